"""Trains a workload of the benchmark by PyTorch's eager mode on one thread, as lines of JSON on standard input ask."""

import json
import math
import sys
import time

import torch
from torch import nn

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "gelu": nn.GELU}


class Run:
    """A network in training: what `steps` takes is the whole of it, shuffle and batches included."""

    def __init__(self, workload: dict) -> None:
        torch.manual_seed(1)
        widths = workload["widths"]
        layers: list[nn.Module] = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [nn.Linear(inputs, outputs), ACTIVATIONS[workload["activation"]]()]
        self.model = nn.Sequential(*layers[:-1])
        self.samples, self.batch = workload["samples"], workload["batch"]
        self.inputs = torch.randn(self.samples, widths[0])
        if workload["loss"] == "mse":
            self.loss: nn.Module = nn.MSELoss()
            self.targets = torch.randn(self.samples, 1)
        else:
            self.loss = nn.CrossEntropyLoss()
            self.targets = torch.randint(widths[-1], (self.samples,))
        settings = workload["optimizer"]
        if settings["name"] == "adam":
            self.optimizer: torch.optim.Optimizer = torch.optim.Adam(
                self.model.parameters(), lr=settings["lr"], fused=True
            )
        else:
            self.optimizer = torch.optim.SGD(
                self.model.parameters(), lr=settings["lr"], momentum=settings.get("momentum", 0), fused=True
            )
        self.order = torch.empty(0, dtype=torch.int64)
        self.at = self.samples

    def step(self) -> torch.Tensor:
        if self.at >= self.samples:
            self.order, self.at = torch.randperm(self.samples), 0
        chosen = self.order[self.at : self.at + self.batch]
        self.at += self.batch
        loss = self.loss(self.model(self.inputs[chosen]), self.targets[chosen])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def steps(self, count: int) -> dict:
        before = time.process_time()
        for _ in range(count):
            loss = self.step()
        seconds = time.process_time() - before
        value = loss.item()
        return {"steps": count, "seconds": seconds, "loss": value if math.isfinite(value) else None}


def answer(value: dict) -> None:
    print(json.dumps(value), flush=True)


def main() -> None:
    torch.set_num_threads(1)
    answer({"name": f"PyTorch {torch.__version__.split('+')[0]}"})
    run = None
    for line in sys.stdin:
        question = json.loads(line)
        if "workload" in question:
            run = Run(question["workload"])
            answer({})
        elif run:
            answer(run.steps(question["steps"]))


main()
