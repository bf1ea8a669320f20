"""Runs each model of test/fixtures/models/unhealthy_*.py with each fix made, as test/python/fixes.ts writes them: it runs,
and the gradient by an early layer's weights, relative to the last's, is the forecast one."""

import json
import math
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import flax
import jax
import jax.numpy as jnp
import keras
import torch

SEEDS = 5
BATCH = 64
# Networks of these widths scatter by some tenths.
DECADES = 0.25


def torch_norms(made):
    model = made() if isinstance(made, type) else made
    shape = (16, 3, 32, 32) if hasattr(model, "conv1") else (BATCH, 64)
    output = model(torch.randn(shape))
    (output * torch.randn_like(output)).sum().backward()
    weights = [m.weight for m in model.modules() if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d))]
    return [float(weight.grad.norm()) for weight in weights]


def keras_norms(made):
    model = keras.models.clone_model(made)
    x = jax.random.normal(jax.random.key(next(keys)), (16, *model.inputs[0].shape[1:]))
    v = jax.random.normal(jax.random.key(next(keys)), (16, 10))
    trainable = [v.value for v in model.trainable_variables]
    rest = [v.value for v in model.non_trainable_variables]

    def loss(values):
        output, _ = model.stateless_call(values, rest, x, training=True)
        return (output * v).sum()

    gradients = jax.grad(loss)(trainable)
    kernels = [g for g, variable in zip(gradients, model.trainable_variables) if variable.path.endswith("kernel")]
    return [float(jnp.linalg.norm(g)) for g in kernels]


def flax_norms(made):
    x = jax.random.normal(jax.random.key(next(keys)), (BATCH, 64))
    v = jax.random.normal(jax.random.key(next(keys)), (BATCH, 10))
    model = made()
    variables = model.init(jax.random.key(next(keys)), x)
    gradients = jax.grad(lambda params: (model.apply({"params": params}, x) * v).sum())(variables["params"])
    found = {path[-2]: g for path, g in flax.traverse_util.flatten_dict(gradients).items() if path[-1] == "kernel"}
    order = ["one", "two", "three", "four", "five", "six", "head"] if "head" in found else sorted(found)
    return [float(jnp.linalg.norm(found[name])) for name in order]


def nnx_norms(made):
    x = jax.random.normal(jax.random.key(next(keys)), (BATCH, 64))
    v = jax.random.normal(jax.random.key(next(keys)), (BATCH, 10))
    gradients = flax.nnx.grad(lambda model: (model(x) * v).sum())(made(flax.nnx.Rngs(next(keys))))
    names = ["one", "two", "three", "four", "five", "head"]
    return [float(jnp.linalg.norm(gradients[name]["kernel"][...])) for name in names]


keys = iter(range(10_000))
NORMS = {"torch": torch_norms, "keras": keras_norms, "flax": flax_norms, "nnx": nnx_norms}
torch.manual_seed(0)
keras.utils.set_random_seed(0)
failed = 0
with open(sys.argv[1]) as file:
    fixes = json.load(file)
for fix in fixes:
    logs = []
    for seed in range(SEEDS):
        # A model that is made with the module is drawn anew with it.
        names = {"__name__": "fixed"}
        exec(compile(fix["source"], "fixed.py", "exec"), names)
        norms = NORMS[fix["framework"]](names[fix["model"]])
        logs.append(math.log10(norms[fix["stage"]] / norms[-1]))
    off = sum(logs) / SEEDS - math.log10(fix["ratio"])
    agrees = abs(off) < DECADES
    failed += not agrees
    if not agrees:
        print(f"{fix['framework']} {fix['model']} {fix['change']}: {off:.3f} decades off")
print(f"{len(fixes) - failed} of {len(fixes)} fixed models do what is forecast.")
sys.exit(failed > 0 or len(fixes) == 0)
