"""Writes test/golden/init-propagation-attention.json.gz, init-propagation-recurrent.json.gz, init-propagation-usual.json.gz,
init-propagation-published.json.gz, init-propagation-repository.json.gz, init-propagation-composed.json.gz and
init-propagation-drawn.json.gz: signal and gradient before training of the models of test/fixtures/models/attention_models.py,
recurrent_models.py, usual_models.py, published_models.py, repository_models.py, composed_models.py and drawn_models.py, by
PyTorch in float64. `.venv/bin/python test/python/sequences.py` makes them anew, or those that are named behind it.

Measured is what each layer with weights gives, before anything follows it, and the gradients by that and by the weights.
Inputs (or any row of an embedding) and the gradient by the output are standard normal; models are in training mode. Of
`nn.MultiheadAttention`, whose products are made inside, only the gradients by the weights are measured, as of the layers
of a recurrent one that others lie over and of cells that a loop calls: by all weights of a layer together.
"""

import gzip
import importlib.util
import inspect
import json
import math
import sys

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

SEEDS = 20
BATCH = 16
FILES = {
    "attention": {
        "TextClassifier": [16],
        "SeriesForecaster": [16, 8],
        "LanguageModel": [16],
        "GPT": [16],
        "ViT": [3, 32, 32],
        "EvenViT": [3, 32, 32],
        "CrossAttention": [16],
        "GatedMLP": [16],
        "EinsumAttention": [16],
        "SineNet": [2],
    },
    "recurrent": {
        "SentimentLSTM": [16],
        "StockLSTM": [16, 8],
        "Tagger": [16],
        "GRUClassifier": [16, 12],
        "BidirectionalGRU": [16, 10],
        "CharRNN": [16],
        "InitialisedLSTM": [16, 16],
        "Translator": [16],
        "ConvLSTM": [4, 128],
    },
    "usual": {
        "Vae": [196],
        "Swin": [3, 32, 32],
        "TiedGpt": [16],
        "StepwiseForecaster": [10, 6],
        "StepwiseLSTM": [12, 8],
    },
    "published": {
        "HandNormed": [24],
        "DeepSet": [16, 3],
        "VideoClassifier": [16, 3, 32, 32],
        "OpenLoop": [16, 8],
        "Patches": [3, 32, 32],
        "Probed": [4, 28, 28],
    },
    "repository": {
        "Critic": [3, 16, 16],
        "Decoder": [48],
        "WaveNet": [4, 128],
        "Padded": [8, 32, 32],
        "Projected": [16, 24],
        "Configured": [48],
        "NextToken": [16],
        "Policy": [24],
        "Reconstructor": [16, 16],
        "Positioned": [16],
        "Pooled": [3, 32, 32],
        "PointSegmenter": [3, 128],
        "SeparateHeads": [16],
        "PatchMean": [3, 32, 32],
    },
    "composed": {
        "Orthogonal": [24],
        "Directed": [4, 128],
        "Growing": [16, 32, 32],
        "Transform": [32],
        "Fitted": [16, 32, 32],
        "GroupedQueries": [16, 64],
        "StochasticDepth": [3, 32, 32],
    },
    "drawn": {
        "Truncated": [32],
        "Rescaled": [24],
        "SelfNormalising": [50],
        "Radiance": [72],
        "Annotated": [64],
        "Value": [64],
        "TwoValues": [64],
    },
}
# What a layer's weight is, or is made of: under a norm, what is drawn is trained.
TRAINED = {"weight", "weight_orig", "weight_v", "parametrizations.weight.original", "parametrizations.weight.original1"}


def measure(made, shape, seed):
    torch.manual_seed(seed)
    model = made()
    values, weights = {}, {}

    def keep(layer):
        def kept(_module, _inputs, output):
            output.retain_grad()
            values[layer] = output

        return kept

    def keep_directions(names, units):
        """A last layer's values, those of each direction; the gradients by them are read of the whole."""

        def kept(_module, _inputs, output):
            output[0].retain_grad()
            for k, name in enumerate(names):
                values[name] = (output[0], slice(k * units, (k + 1) * units))

        return kept

    for layer, module in model.named_modules():
        if isinstance(module, nn.MultiheadAttention):
            weights[layer + ".linear"] = [module.in_proj_weight]
        elif isinstance(module, nn.RNNCellBase):
            weights[layer] = [module.weight_ih, module.weight_hh]
        elif isinstance(module, nn.RNNBase):
            directions = ["", "_reverse"] if module.bidirectional else [""]
            names = [[f"l{level}{direction}" for direction in directions] for level in range(module.num_layers)]
            for name in sum(names, []):
                key = layer if len(sum(names, [])) == 1 else f"{layer}.{name}"
                weights[key] = [getattr(module, f"weight_ih_{name}"), getattr(module, f"weight_hh_{name}")]
            keys = list(weights)[-len(directions) :]
            module.register_forward_hook(keep_directions(keys, module.proj_size or module.hidden_size))
        elif isinstance(module, (nn.Linear, nn.modules.conv._ConvNd, nn.Embedding)):
            module.register_forward_hook(keep(layer))
            weights[layer] = [one for name, one in module.named_parameters() if name in TRAINED]
    rows = next((m.num_embeddings for m in model.modules() if isinstance(m, nn.Embedding)), 0)
    count = sum(one.default is one.empty for one in inspect.signature(model.forward).parameters.values())
    shape = (BATCH, *shape)
    output = model(*(torch.randint(0, rows, shape) if rows else torch.randn(shape) for _ in range(count)))
    outputs = output if isinstance(output, tuple) else (output,)
    # The state that goes on to the next sequence is nothing that a loss is taken of.
    if any(isinstance(module, nn.RNNBase) for module in model.modules()):
        outputs = outputs[:1]
    sum((one * torch.randn_like(one)).sum() for one in outputs).backward()
    result = {}
    for layer, parts in weights.items():
        norm = math.sqrt(sum(part.grad.norm().item() ** 2 for part in parts))
        result[layer] = {"weightGradient": norm}
        if layer in values:
            value, features = values[layer] if isinstance(values[layer], tuple) else (values[layer], slice(None))
            gradient = torch.zeros_like(value) if value.grad is None else value.grad
            result[layer] |= {"preStd": value[..., features].std(correction=0).item(), "gradient": gradient[..., features].norm().item()}
    return result


def statistics(numbers):
    logs = torch.tensor(numbers).log()
    assert all(math.isfinite(x) for x in numbers)
    return {"logMean": float(f"{logs.mean().item():.6g}"), "logStd": float(f"{logs.std().item():.6g}")}


def run(name, made, shape):
    runs = [measure(made, shape, seed) for seed in range(SEEDS)]
    last = list(runs[0])[-1]
    layers = []
    for layer, measured in runs[0].items():
        told = {"name": layer}
        if "preStd" in measured:
            told["preStd"] = statistics([one[layer]["preStd"] for one in runs])
        if measured.get("gradient"):
            told["gradientRatio"] = statistics([one[layer]["gradient"] / one[last]["gradient"] for one in runs])
        told["weightGradientRatio"] = statistics([one[layer]["weightGradient"] / one[last]["weightGradient"] for one in runs])
        layers.append(told)
    return {"name": name, "input": shape, "batch": BATCH, "seeds": SEEDS, "layers": layers}


for kind, inputs in FILES.items():
    if sys.argv[1:] and kind not in sys.argv[1:]:
        continue
    spec = importlib.util.spec_from_file_location(kind, f"test/fixtures/models/{kind}_models.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    models = [run(name, getattr(module, name), shape) for name, shape in inputs.items()]
    document = {"torch": torch.__version__, "models": models}
    with gzip.GzipFile(f"test/golden/init-propagation-{kind}.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps(document, separators=(",", ":")).encode())
