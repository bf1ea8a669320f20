"""Writes test/golden/init-propagation-models.json.gz: signal and gradient before training of the models of
test/fixtures/models/image_models.py, by PyTorch in float64. `.venv/bin/python test/python/architectures.py` makes it anew.

A layer's values are measured as in init-propagation.json.gz: the pre-activation is that behind the normalisation that
follows, `forward…` that behind the activation, as far as each is fed nothing else. Inputs (or any row of an
embedding) and the gradient by the output are standard normal; models are in training mode.
"""

import gzip
import importlib.util
import json
import math

import torch
import torch.fx
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

SEEDS = 20
BATCH = 8
IMAGE = [3, 32, 32]
INPUTS = {"Generator": [100], "Autoencoder": [1, 28, 28], "LeNet": [1, 28, 28], "Signals": [1, 128], "TextCNN": [16]}
PARTS = {"BasicBlock", "DoubleConv", "Up", "MlpBlock", "MixerLayer", "Excited", "DenseLayer", "InvertedResidual"}
WEIGHTS = (nn.Linear, nn.modules.conv._ConvNd, nn.Embedding)
NORMS = (nn.modules.batchnorm._BatchNorm, nn.GroupNorm, nn.LayerNorm)
ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SiLU, nn.Hardswish, nn.Tanh, nn.Sigmoid)
FUNCTIONS = {F.relu, F.gelu, torch.tanh, torch.sigmoid}


def modules_of(spec):
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module).items()


class Keeper(torch.fx.Interpreter):
    """Runs a model and keeps each value, with its gradient."""

    def __init__(self, traced):
        super().__init__(traced)
        self.values = {}

    def run_node(self, node):
        value = super().run_node(node)
        if isinstance(value, torch.Tensor) and value.requires_grad:
            value.retain_grad()
            self.values[node.name] = value
        return value


def stages_of(traced):
    """By layer with weights its name, and the nodes before and behind its activation."""
    modules = dict(traced.named_modules())

    def module_of(node):
        return modules[node.target] if node.op == "call_module" else None

    for node in traced.graph.nodes:
        if not isinstance(module_of(node), WEIGHTS):
            continue
        before, after = node, node
        while len(after.users) == 1:
            (following,) = after.users
            if isinstance(module_of(following), NORMS) and before is node:
                before = after = following
            elif isinstance(module_of(following), ACTIVATIONS) or following.target in FUNCTIONS:
                after = following
                break
            else:
                break
        yield node.target, before.name, after.name


def measure(made, shape, seed):
    torch.manual_seed(seed)
    model = made()
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    traced = torch.fx.symbolic_trace(model)
    # What is added in place would take the place of the value before.
    for node in traced.graph.nodes:
        if node.op == "call_function" and node.target.__name__ == "iadd":
            node.target = torch.add
    traced.recompile()
    keeper = Keeper(traced)
    embeddings = [module for module in model.modules() if isinstance(module, nn.Embedding)]
    tokens = torch.randint(0, embeddings[0].num_embeddings, (BATCH, *shape)) if embeddings else None
    outputs = keeper.run(torch.randn(BATCH, *shape) if tokens is None else tokens)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    sum((output * torch.randn_like(output)).sum() for output in outputs).backward()
    modules = dict(traced.named_modules())
    return {
        name: {
            "forwardStd": keeper.values[after].std(correction=0).item(),
            "forwardRms": keeper.values[after].pow(2).mean().sqrt().item(),
            "preStd": keeper.values[before].std(correction=0).item(),
            "weightGradient": modules[name].weight.grad.norm().item(),
            "gradient": keeper.values[before].grad.norm().item(),
        }
        for name, before, after in stages_of(traced)
    }


def statistics(numbers):
    logs = torch.tensor(numbers).log()
    assert all(math.isfinite(x) for x in numbers)
    return {"logMean": float(f"{logs.mean().item():.6g}"), "logStd": float(f"{logs.std().item():.6g}")}


def run(name, made):
    shape = INPUTS.get(name, IMAGE)
    runs = [measure(made, shape, seed) for seed in range(SEEDS)]
    names = list(runs[0])
    last = names[-1]
    return {
        "name": name,
        "input": shape,
        "batch": BATCH,
        "seeds": SEEDS,
        "layers": [
            {
                "name": layer,
                **{key: statistics([one[layer][key] for one in runs]) for key in ("forwardStd", "forwardRms", "preStd")},
                "gradientRatio": statistics([one[layer]["gradient"] / one[last]["gradient"] for one in runs]),
                "weightGradientRatio": statistics([one[layer]["weightGradient"] / one[last]["weightGradient"] for one in runs]),
            }
            for layer in names
        ],
    }


spec = importlib.util.spec_from_file_location("image_models", "test/fixtures/models/image_models.py")
found = [(name, made) for name, made in modules_of(spec) if isinstance(made, type) and issubclass(made, nn.Module) and name not in PARTS]
document = {"torch": torch.__version__, "models": [run(name, made) for name, made in found]}
with gzip.GzipFile("test/golden/init-propagation-models.json.gz", "wb", mtime=0) as file:
    file.write(json.dumps(document, separators=(",", ":")).encode())
