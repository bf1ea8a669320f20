"""Writes test/golden/init-propagation-attention.json.gz: signal and gradient before training of the models of
test/fixtures/models/attention_models.py, by PyTorch in float64. `.venv/bin/python test/python/attention.py` makes it anew.

Measured is what each layer with weights gives, before anything follows it, and the gradients by that and by the weights.
Inputs (or any row of an embedding) and the gradient by the output are standard normal; models are in training mode. Of
`nn.MultiheadAttention`, whose products are made inside, only the gradients by the weights are measured.
"""

import gzip
import importlib.util
import json
import math

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

SEEDS = 20
BATCH = 16
INPUTS = {
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
}
TOKENS = {"TextClassifier", "LanguageModel", "GPT", "CrossAttention", "EinsumAttention"}


def measure(made, name, seed):
    torch.manual_seed(seed)
    model = made()
    values, weights = {}, {}

    def keep(layer):
        def kept(_module, _inputs, output):
            output.retain_grad()
            values[layer] = output

        return kept

    for layer, module in model.named_modules():
        if isinstance(module, nn.MultiheadAttention):
            weights[layer + ".linear"] = module.in_proj_weight
        elif isinstance(module, (nn.Linear, nn.Conv2d, nn.Embedding)):
            module.register_forward_hook(keep(layer))
            weights[layer] = module.weight
    rows = next((m.num_embeddings for m in model.modules() if isinstance(m, nn.Embedding)), 0)
    shape = (BATCH, *INPUTS[name])
    output = model(torch.randint(0, rows, shape) if name in TOKENS else torch.randn(shape))
    (output * torch.randn_like(output)).sum().backward()
    result = {}
    for layer, weight in weights.items():
        result[layer] = {"weightGradient": weight.grad.norm().item()}
        if layer in values:
            value = values[layer]
            result[layer] |= {"preStd": value.std(correction=0).item(), "gradient": value.grad.norm().item()}
    return result


def statistics(numbers):
    logs = torch.tensor(numbers).log()
    assert all(math.isfinite(x) for x in numbers)
    return {"logMean": float(f"{logs.mean().item():.6g}"), "logStd": float(f"{logs.std().item():.6g}")}


def run(name, made):
    runs = [measure(made, name, seed) for seed in range(SEEDS)]
    last = list(runs[0])[-1]
    layers = []
    for layer, measured in runs[0].items():
        told = {"name": layer}
        if "preStd" in measured:
            told["preStd"] = statistics([one[layer]["preStd"] for one in runs])
            told["gradientRatio"] = statistics([one[layer]["gradient"] / one[last]["gradient"] for one in runs])
        told["weightGradientRatio"] = statistics([one[layer]["weightGradient"] / one[last]["weightGradient"] for one in runs])
        layers.append(told)
    return {"name": name, "input": INPUTS[name], "batch": BATCH, "seeds": SEEDS, "layers": layers}


spec = importlib.util.spec_from_file_location("attention_models", "test/fixtures/models/attention_models.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
document = {"torch": torch.__version__, "models": [run(name, getattr(module, name)) for name in INPUTS]}
with gzip.GzipFile("test/golden/init-propagation-attention.json.gz", "wb", mtime=0) as file:
    file.write(json.dumps(document, separators=(",", ":")).encode())
