"""Writes test/golden/init-propagation-more.json.gz: signal and gradient before training, by PyTorch in float64.

`.venv/bin/python test/python/propagation.py` makes it anew. Conventions are those of init-propagation.json.gz; `residual`
adds a layer's input behind its activation, `dropout` comes behind the activation, before the sum. A convolution's layers
have `side` × `side` places and a kernel of 3 with "same" padding.
"""

import gzip
import json
import math

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

SEEDS = 20
ACTIVATIONS = {
    "relu": F.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "gelu": F.gelu,
    "elu": F.elu,
    "softplus": F.softplus,
    "mish": F.mish,
    "silu": F.silu,
    "selu": F.selu,
    "hard_swish": F.hardswish,
    "softsign": F.softsign,
    "linear": lambda x: x,
    "squared_relu": lambda x: F.relu(x) ** 2,
    "hardtanh": F.hardtanh,
}
ARCHITECTURES = [
    {"depth": 12, "width": 96, "act": "elu", "init": "xavier_uniform"},
    {"depth": 8, "width": 64, "act": "softplus", "init": "xavier_normal"},
    {"depth": 15, "width": 128, "act": "mish", "init": "kaiming_uniform_relu"},
    {"depth": 6, "width": 200, "act": "hard_swish", "init": "torch_default"},
    {"depth": 10, "width": 128, "act": "softsign", "init": "lecun_normal"},
    {"depth": 20, "width": 100, "act": "linear", "init": "orthogonal_1.2"},
    {"depth": 5, "width": 128, "act": "squared_relu", "init": "kaiming_normal_relu"},
    {"depth": 10, "width": 128, "act": "hardtanh", "init": "normal_0.12"},
    {"depth": 8, "width": 150, "act": "gelu", "init": "trunc_normal_0.02"},
    {"depth": 6, "width": 48, "act": "tanh", "init": "trunc_normal_1.5"},
    {"depth": 10, "width": 128, "act": "tanh", "init": "xavier_uniform", "norm": "batchnorm", "batch": 64},
    {"depth": 10, "width": 128, "act": "gelu", "init": "torch_default", "norm": "rmsnorm"},
    {"depth": 12, "width": 128, "act": "silu", "init": "kaiming_normal_relu", "norm": "layernorm", "batch": 48},
    {"depth": 16, "width": 128, "act": "relu", "init": "kaiming_normal_relu", "residual": True},
    {"depth": 12, "width": 128, "act": "tanh", "init": "torch_default", "residual": True},
    {"depth": 12, "width": 96, "act": "relu", "init": "torch_default", "norm": "batchnorm", "residual": True},
    {"depth": 8, "width": 128, "act": "relu", "init": "kaiming_normal_relu", "dropout": 0.3},
    {"depth": 10, "width": 128, "act": "selu", "init": "lecun_normal", "dropout": 0.5, "residual": True},
    {"depth": 4, "width": 16, "act": "relu", "init": "torch_default", "batch": 16, "side": 6},
    {"depth": 4, "width": 12, "act": "tanh", "init": "xavier_normal", "norm": "batchnorm", "batch": 16, "side": 5},
]


def initialise(weight, bias, name):
    if name == "torch_default":
        return
    nn.init.zeros_(bias)
    number = name.rsplit("_", 1)[1]
    if name == "kaiming_normal_relu":
        nn.init.kaiming_normal_(weight, nonlinearity="relu")
    elif name == "kaiming_uniform_relu":
        nn.init.kaiming_uniform_(weight, nonlinearity="relu")
    elif name == "lecun_normal":
        nn.init.kaiming_normal_(weight, nonlinearity="linear")
    elif name == "xavier_normal":
        nn.init.xavier_normal_(weight)
    elif name == "xavier_uniform":
        nn.init.xavier_uniform_(weight)
    elif name.startswith("orthogonal_"):
        nn.init.orthogonal_(weight, gain=float(number))
    elif name.startswith("trunc_normal_"):
        nn.init.trunc_normal_(weight, std=float(number))
    elif name.startswith("normal_"):
        nn.init.normal_(weight, std=float(number))
    else:
        raise ValueError(name)


def measure(config, seed):
    torch.manual_seed(seed)
    width, batch, side = config["width"], config["batch"], config.get("side")
    layers = [
        nn.Conv2d(width, width, 3, padding=1) if side else nn.Linear(width, width) for _ in range(config["depth"])
    ]
    for layer in layers:
        initialise(layer.weight, layer.bias, config["init"])
    batchnorm = (nn.BatchNorm2d if side else nn.BatchNorm1d)(width)
    norm = {
        "none": lambda z: z,
        "batchnorm": batchnorm,
        "layernorm": nn.LayerNorm(width),
        "rmsnorm": nn.RMSNorm(width, eps=1e-5),
    }[config["norm"]]
    h = torch.randn(batch, width, side, side) if side else torch.randn(batch, width)
    act = ACTIVATIONS[config["act"]]
    pre, post = [], []
    for layer in layers:
        z = norm(layer(h))
        z.retain_grad()
        y = act(z)
        pre.append(z)
        post.append(y)
        if "dropout" in config:
            y = F.dropout(y, config["dropout"])
        h = h + y if config.get("residual") else y
    (h * torch.randn_like(h)).sum().backward()
    weights = [layer.weight.grad.norm().item() for layer in layers]
    gradients = [z.grad.norm().item() for z in pre]
    return {
        "forwardStd": [y.std(correction=0).item() for y in post],
        "forwardRms": [y.pow(2).mean().sqrt().item() for y in post],
        "preStd": [z.std(correction=0).item() for z in pre],
        "weightGradRatio": [w / weights[-1] for w in weights],
        "preactGradRatio": [g / gradients[-1] for g in gradients],
    }


def statistics(runs):
    table = torch.tensor(runs)
    logs = table.log()
    return {
        "mean": table.mean(0).tolist(),
        "std": table.std(0).tolist(),
        "logMean": logs.mean(0).tolist(),
        "logStd": logs.std(0).tolist(),
    }


def run(config):
    config = {"norm": "none", "batch": 128, "seeds": SEEDS, **config}
    parts = [config["act"], config["init"], f"d{config['depth']}", f"w{config['width']}"]
    parts += [config["norm"]] if config["norm"] != "none" else []
    parts += [name for name in ("residual", "dropout", "side") if name in config]
    runs = [measure(config, seed) for seed in range(SEEDS)]
    assert all(math.isfinite(x) for one in runs for values in one.values() for x in values)
    result = {name: statistics([one[name] for one in runs]) for name in runs[0]}
    short = {name: {key: [float(f"{x:.6g}") for x in values] for key, values in one.items()} for name, one in result.items()}
    return {"id": "-".join(parts), **config, **short}


document = {"torch": torch.__version__, "architectures": [run(config) for config in ARCHITECTURES]}
with gzip.GzipFile("test/golden/init-propagation-more.json.gz", "wb", mtime=0) as file:
    file.write(json.dumps(document, separators=(",", ":")).encode())
