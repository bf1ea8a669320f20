"""Writes test/golden/trainer-features.json.gz: training runs by PyTorch in float64, for what trainer.json.gz lacks.

`.venv/bin/python test/python/trainer.py` makes it anew; the same PyTorch on the same kind of machine gives the same bytes.
Each configuration is a document for the command `train`, with PyTorch's numbers in `expected`.
"""

import gzip
import json
import math

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

STEPS = 20

# Textbook forms of the activations with several learned parameters.
LEARNED = {
    "prelu": lambda x, weight: torch.where(x >= 0, x, weight * x),
    "swish_beta": lambda x, beta: x * torch.sigmoid(beta * x),
    "star_relu": lambda x, scale, bias: scale * F.relu(x) ** 2 + bias,
    "srelu": lambda x, t_l, a_l, t_r, a_r: torch.where(
        x >= t_r, t_r + a_r * (x - t_r), torch.where(x > t_l, x, t_l + a_l * (x - t_l))
    ),
    "acon_c": lambda x, p1, p2, beta: (p1 - p2) * x * torch.sigmoid(beta * (p1 - p2) * x) + p2 * x,
    "snake_beta": lambda x, alpha, beta: x + torch.sin(alpha * x) ** 2 / beta,
    "dynamic_tanh": lambda x, alpha, weight, bias: weight * torch.tanh(alpha * x) + bias,
    "pelu": lambda x, a, b: torch.where(x > 0, a / b * x, a * torch.expm1(torch.clamp(x, max=0) / b)),
    "xielu": lambda x, alpha_p, alpha_n: torch.where(
        x > 0,
        alpha_p * x * x + 0.5 * x,
        alpha_n * torch.expm1(torch.minimum(x, torch.tensor(-1e-6))) - alpha_n * x + 0.5 * x,
    ),
}
PLAIN = {"relu": F.relu, "tanh": torch.tanh, "gelu": F.gelu, "silu": F.silu, "elu": F.elu, "mish": F.mish}
LOSSES = {
    "mse": F.mse_loss,
    "bce_with_logits": F.binary_cross_entropy_with_logits,
    "cross_entropy": F.cross_entropy,
}


class Net(nn.Module):
    """h <- [h +] dropout(f(norm(W h + b))) for each hidden layer, then a linear layer."""

    def __init__(self, config):
        super().__init__()
        widths = config["layers"]
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        norm = {"batchnorm": nn.BatchNorm1d, "layernorm": nn.LayerNorm}.get(config["norm"])
        self.norms = nn.ModuleList(norm(width) for width in widths[1:-1]) if norm else []
        init = config["init"]
        self.learned = nn.ParameterList(
            nn.Parameter(torch.tensor(float(value))) for one in init.get("activations", []) for value in one.values()
        )
        self.names = list(init["activations"][0]) if "activations" in init else []
        self.config = config
        with torch.no_grad():
            for linear, given in zip(self.linears, init["layers"]):
                linear.weight.copy_(torch.tensor(given["W"]))
                linear.bias.copy_(torch.tensor(given["b"]))
            for module, given in zip(self.norms, init.get("norms", [])):
                module.weight.copy_(torch.tensor(given["gamma"]))
                module.bias.copy_(torch.tensor(given["beta"]))

    def values(self, layer):
        count = len(self.names)
        return dict(zip(self.names, self.learned[layer * count : (layer + 1) * count]))

    def activate(self, x, layer):
        chosen = self.config["activation"]
        if "source" in chosen:
            space = {"torch": torch, "F": F, "math": math}
            exec(self.config["python"], space)
            return space["act"](x, **{**chosen.get("params", {}), **self.values(layer)})
        if chosen["id"] in LEARNED:
            return LEARNED[chosen["id"]](x, **self.values(layer))
        return PLAIN[chosen["id"]](x)

    def forward(self, x, masks=None):
        self.signals = []
        for i, linear in enumerate(self.linears[:-1]):
            z = linear(x)
            if self.norms:
                z = self.norms[i](z)
            y = self.activate(z, i)
            self.signals.append((z, y))
            if masks is not None:
                # What torch.nn.Dropout does with its own random mask.
                y = y * (torch.tensor(masks[i]) / (1 - self.config["dropout"]["p"]))
            x = x + y if self.config.get("residual") and x.shape == y.shape else y
        return self.linears[-1](x)

    def tensors(self, of):
        """Weights or gradients in the form of `init`."""
        found = {"layers": [{"W": of(one.weight), "b": of(one.bias)} for one in self.linears]}
        if self.norms:
            found["norms"] = [{"gamma": of(one.weight), "beta": of(one.bias)} for one in self.norms]
        if self.names:
            hidden = range(len(self.linears) - 1)
            found["activations"] = [{name: of(one) for name, one in self.values(i).items()} for i in hidden]
        return found


def optimizer_of(settings, parameters):
    options = dict(settings)
    kinds = {
        "sgd": torch.optim.SGD,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "rmsprop": torch.optim.RMSprop,
        "adagrad": torch.optim.Adagrad,
    }
    return kinds[options.pop("name")](parameters, **options)


def scheduler_of(schedule, optimizer):
    options = {name: value for name, value in schedule.items() if name not in ("name", "warmup")}
    kinds = {
        "constant": lambda: torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1),
        "step": lambda: torch.optim.lr_scheduler.StepLR(optimizer, **options),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, **options),
    }
    if "warmup" not in schedule:
        return kinds[schedule["name"]]()
    warmup = torch.optim.lr_scheduler.LinearLR(optimizer, **schedule["warmup"])
    after = kinds[schedule["name"]]()
    steps = [schedule["warmup"]["total_iters"]]
    return torch.optim.lr_scheduler.SequentialLR(optimizer, [warmup, after], milestones=steps)


def clip(clipping, parameters):
    if clipping["name"] == "norm":
        torch.nn.utils.clip_grad_norm_(parameters, clipping["max_norm"])
    else:
        torch.nn.utils.clip_grad_value_(parameters, clipping["clip_value"])


def train(config):
    net = Net(config)
    x = torch.tensor(config["data"]["x"])
    y = torch.tensor(config["data"]["y"])
    given = config["loss"]
    options = {name: value for name, value in given.items() if name != "name"} if isinstance(given, dict) else {}
    loss_of = LOSSES[given["name"] if isinstance(given, dict) else given]
    optimizer = optimizer_of(config["optimizer"], net.parameters())
    scheduler = scheduler_of(config.get("schedule", {"name": "constant"}), optimizer)
    expected = {"loss": [], "learningRate": [], "totalNorm": [], "gradNorms": []}
    running = [{name: value.clone() for name, value in one.state_dict().items()} for one in net.norms]
    with torch.no_grad():
        net.train()
        net(x)
        expected["initStats"] = [
            {
                "mean": signal.mean().item(),
                "std": signal.std(unbiased=False).item(),
                "preMean": pre.mean().item(),
                "preStd": pre.std(unbiased=False).item(),
                "fracZero": (signal == 0).double().mean().item(),
            }
            for pre, signal in net.signals
        ]
    for one, state in zip(net.norms, running):
        one.load_state_dict(state)
    for step, batch in enumerate(config["batches"]):
        masks = config["dropout"]["masks"][step] if "dropout" in config else None
        loss = loss_of(net(x[batch], masks), y[batch], **options)
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            expected["gradStep1"] = net.tensors(lambda tensor: tensor.grad.tolist())
        expected["loss"].append(loss.item())
        expected["learningRate"].append(optimizer.param_groups[0]["lr"])
        norms = torch.stack([one.grad.norm() for one in net.parameters()])
        expected["totalNorm"].append(norms.norm().item())
        expected["gradNorms"].append(
            {
                "W": [one.weight.grad.norm().item() for one in net.linears],
                "b": [one.bias.grad.norm().item() for one in net.linears],
            }
        )
        if "clipping" in config:
            clip(config["clipping"], list(net.parameters()))
        optimizer.step()
        scheduler.step()
    net.eval()
    with torch.no_grad():
        outputs = net(x)
        expected["final"] = net.tensors(lambda tensor: tensor.tolist())
        expected["finalEvalLoss"] = loss_of(outputs, y, **options).item()
        expected["finalEvalOutput"] = outputs[:4].tolist()
    if config["norm"] == "batchnorm":
        expected["runningStats"] = [
            {"mean": one.running_mean.tolist(), "var": one.running_var.tolist()} for one in net.norms
        ]
    return expected


def rounded(tensor, digits=4):
    if tensor.dim() == 2:
        return [rounded(row, digits) for row in tensor]
    return [round(one, digits) for one in tensor.tolist()]


def config_of(number, tag, activation, optimizer, **more):
    """A configuration with data, weights and batches drawn by its number."""
    random = torch.Generator().manual_seed(1000 + number)
    normal = lambda *shape: torch.randn(*shape, generator=random)  # noqa: E731
    widths = more.pop("layers", [4, 6, 6, 3])
    norm = more.pop("norm", "none")
    loss = more.pop("loss", "mse")
    learned = more.pop("learned", None)
    dropout = more.pop("p", None)
    samples, size = 16, 8
    classes = loss == "cross_entropy" or isinstance(loss, dict)
    config = {
        "id": f"feature-{number:02}",
        "tag": tag,
        "layers": widths,
        "activation": activation,
        "norm": norm,
        "loss": loss,
        "optimizer": optimizer,
        **more,
        "data": {
            "x": rounded(normal(samples, widths[0])),
            "y": torch.randint(widths[-1], (samples,), generator=random).tolist()
            if classes
            else rounded(torch.rand(samples, widths[-1], generator=random)),
        },
        "batches": [torch.randperm(samples, generator=random)[:size].tolist() for _ in range(STEPS)],
        "init": {
            "layers": [
                {"W": rounded(normal(b, a) / math.sqrt(a)), "b": rounded(0.1 * normal(b))}
                for a, b in zip(widths, widths[1:])
            ]
        },
    }
    hidden = widths[1:-1]
    if norm != "none":
        config["init"]["norms"] = [
            {"gamma": rounded(1 + 0.2 * normal(width)), "beta": rounded(0.1 * normal(width))} for width in hidden
        ]
    if learned:
        # Another value in each layer.
        config["init"]["activations"] = [
            {name: round(value * (1 + 0.25 * i), 5) for name, value in learned.items()} for i in range(len(hidden))
        ]
    if dropout is not None:
        keep = lambda width: (torch.rand(size, width, generator=random) >= dropout).int().tolist()  # noqa: E731
        config["dropout"] = {"p": dropout, "masks": [[keep(width) for width in hidden] for _ in range(STEPS)]}
    return config


def sgd(lr=0.1, **more):
    return {"name": "sgd", "lr": lr, **more}


def smooth(epsilon):
    return {"name": "cross_entropy", "label_smoothing": epsilon}


def known(name):
    return {"id": name}


OWN = "def act(x):\n    return x * torch.tanh(torch.log(1 + torch.exp(x)))\n"
OWN_LEARNED = "def act(x, k=1.5, c=0.1):\n    return torch.where(x > 0, x, c * x) * torch.sigmoid(k * x)\n"
OWN_TYPESCRIPT = "const act = (x: number): number => x / (1 + Math.exp(-x)) + Math.max(0, x);\n"
OWN_TYPESCRIPT_IN_PYTHON = "def act(x):\n    return x / (1 + torch.exp(-x)) + torch.relu(x)\n"

RUNS = [
    ("label smoothing", known("gelu"), {"name": "adam", "lr": 0.01}, {"loss": smooth(0.1)}),
    ("label smoothing after batch norm", known("relu"), sgd(momentum=0.9), {"loss": smooth(0.3), "norm": "batchnorm"}),
    ("dropout", known("tanh"), sgd(momentum=0.9), {"p": 0.3}),
    ("dropout after layer norm", known("elu"), {"name": "adamw", "lr": 0.01}, {"p": 0.5, "norm": "layernorm"}),
    ("residual", known("tanh"), sgd(0.05), {"residual": True, "layers": [4, 4, 6, 6, 6, 2]}),
    ("residual with batch norm", known("silu"), sgd(0.05), {"residual": True, "norm": "batchnorm"}),
    ("residual with layer norm and dropout", known("gelu"), sgd(0.05), {"residual": True, "norm": "layernorm", "p": 0.2}),
    ("clipping by norm", known("relu"), sgd(0.5), {"clipping": {"name": "norm", "max_norm": 0.2}}),
    (
        "clipping by norm with decay",
        known("mish"),
        {"name": "adamw", "lr": 0.02, "weight_decay": 0.1},
        {"clipping": {"name": "norm", "max_norm": 1.0}, "norm": "layernorm"},
    ),
    ("clipping by value", known("tanh"), sgd(0.5, momentum=0.5), {"clipping": {"name": "value", "clip_value": 0.02}}),
    ("step schedule", known("silu"), sgd(0.2), {"schedule": {"name": "step", "step_size": 6, "gamma": 0.5}}),
    ("cosine schedule past its end", known("silu"), sgd(0.2), {"schedule": {"name": "cosine", "T_max": 15}}),
    (
        "cosine schedule to a minimum",
        known("gelu"),
        {"name": "adam", "lr": 0.02},
        {"schedule": {"name": "cosine", "T_max": 20, "eta_min": 0.002}},
    ),
    (
        "warm-up, then cosine",
        known("tanh"),
        {"name": "adamw", "lr": 0.02},
        {"schedule": {"name": "cosine", "T_max": 14, "warmup": {"total_iters": 6, "start_factor": 0.1}}},
    ),
    (
        "warm-up, then steps",
        known("relu"),
        sgd(0.2, nesterov=True, momentum=0.9),
        {"schedule": {"name": "step", "step_size": 5, "warmup": {"total_iters": 4}}},
    ),
    (
        "warm-up, then constant",
        known("elu"),
        {"name": "rmsprop", "lr": 0.01},
        {"schedule": {"name": "constant", "warmup": {"total_iters": 5, "start_factor": 0.5}}},
    ),
    ("amsgrad", known("gelu"), {"name": "adam", "lr": 0.05, "amsgrad": True, "weight_decay": 0.01}, {}),
    ("decoupled amsgrad", known("tanh"), {"name": "adamw", "lr": 0.05, "amsgrad": True, "betas": [0.8, 0.95]}, {}),
    ("dampening", known("tanh"), sgd(momentum=0.9, dampening=0.3, weight_decay=0.01), {}),
    (
        "centered RMSprop with momentum",
        known("silu"),
        {"name": "rmsprop", "lr": 0.01, "centered": True, "momentum": 0.5, "alpha": 0.9, "weight_decay": 0.01},
        {},
    ),
    (
        "Adagrad with decay",
        known("elu"),
        {"name": "adagrad", "lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.1, "weight_decay": 0.01},
        {},
    ),
    ("no hidden layer", known("relu"), sgd(0.5), {"layers": [4, 3], "loss": "cross_entropy"}),
    ("learned swish_beta", known("swish_beta"), {"name": "adam", "lr": 0.02}, {"learned": {"beta": 0.8}}),
    (
        "learned dynamic_tanh",
        known("dynamic_tanh"),
        sgd(momentum=0.9),
        {"learned": {"alpha": 0.5, "weight": 1.1, "bias": 0.1}, "loss": "cross_entropy"},
    ),
    ("learned pelu", known("pelu"), {"name": "adam", "lr": 0.01}, {"learned": {"a": 1.2, "b": 0.9}}),
    (
        "learned srelu",
        known("srelu"),
        sgd(weight_decay=0.01),
        {"learned": {"t_l": -0.5, "a_l": 0.1, "t_r": 0.6, "a_r": 1.5}, "norm": "batchnorm"},
    ),
    ("learned acon_c", known("acon_c"), sgd(), {"learned": {"p1": 1.1, "p2": 0.2, "beta": 0.9}}),
    ("learned snake_beta", known("snake_beta"), {"name": "adamw", "lr": 0.01}, {"learned": {"alpha": 0.9, "beta": 1.2}}),
    ("learned star_relu", known("star_relu"), sgd(0.002), {"learned": {"scale": 0.9, "bias": -0.4}}),
    ("learned xielu", known("xielu"), {"name": "adam", "lr": 0.005}, {"learned": {"alpha_p": 0.8, "alpha_n": 0.9}}),
    ("own function", {"source": OWN}, {"name": "adam", "lr": 0.01}, {"python": OWN}),
    (
        "own function with learned parameters",
        {"source": OWN_LEARNED},
        sgd(),
        {"python": OWN_LEARNED, "learned": {"k": 1.3, "c": 0.2}},
    ),
    (
        "own function with fixed parameters",
        {"source": OWN_LEARNED, "params": {"k": 2.5}},
        sgd(),
        {"python": OWN_LEARNED},
    ),
    (
        "own function in TypeScript",
        {"source": OWN_TYPESCRIPT, "language": "typescript"},
        sgd(),
        {"python": OWN_TYPESCRIPT_IN_PYTHON},
    ),
    (
        "everything at once",
        known("swish_beta"),
        {"name": "adamw", "lr": 0.03, "amsgrad": True, "weight_decay": 0.05},
        {
            "learned": {"beta": 1.2},
            "norm": "layernorm",
            "p": 0.25,
            "residual": True,
            "loss": smooth(0.1),
            "clipping": {"name": "norm", "max_norm": 0.5},
            "schedule": {"name": "cosine", "T_max": 15, "warmup": {"total_iters": 5, "start_factor": 0.2}},
        },
    ),
]


def shortened(value):
    """Numbers with 13 digits: the file is smaller, and the comparison is to 1e-9."""
    if isinstance(value, float):
        return float(f"{value:.13g}")
    if isinstance(value, list):
        return [shortened(one) for one in value]
    return {name: shortened(one) for name, one in value.items()} if isinstance(value, dict) else value


def main():
    configs = []
    for number, (tag, activation, optimizer, more) in enumerate(RUNS):
        config = config_of(number, tag, activation, optimizer, **more)
        expected = train(config)
        config.pop("python", None)
        print(config["id"], tag, expected["loss"][0], expected["loss"][-1])
        configs.append({**config, "expected": shortened(expected)})
    document = {"made": f"PyTorch {torch.__version__}, float64", "configs": configs}
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    with open("test/golden/trainer-features.json.gz", "wb") as file:
        file.write(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
