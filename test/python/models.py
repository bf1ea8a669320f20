"""Writes test/fixtures/models/expected.json by PyTorch, Keras and Flax themselves: `python test/python/models.py`, with the
libraries of requirements.txt and Flax 0.12.2.

Every model of the fixtures runs once. Expected is each call of a layer with a weight, in the order of the calls: inputs,
outputs, and the standard deviation of the weight as drawn.
"""

import importlib.util
import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import flax
import jax
import keras
import torch

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "models"


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def torch_calls(model):
    calls = []

    def called(layer, _inputs, _output):
        calls.append([layer.in_features, layer.out_features, layer.weight.std().item()])

    for layer in model.modules():
        if isinstance(layer, torch.nn.Linear):
            layer.register_forward_hook(called)
    model(torch.randn(8, 64))
    return calls


def keras_calls(model):
    return [
        [*layer.kernel.shape, float(keras.ops.std(layer.kernel))] for layer in model.layers if hasattr(layer, "kernel")
    ]


def flax_calls(made):
    x = jax.numpy.ones((8, 64))
    if issubclass(made, flax.nnx.Module):
        model = made(rngs=flax.nnx.Rngs(0))
        return [kernel_call(one.kernel[...]) for one in vars(model).values() if isinstance(one, flax.nnx.Linear)]
    parameters = made().init(jax.random.key(0), x)["params"]
    called = []

    def intercept(call, given, named, context):
        if isinstance(context.module, flax.linen.Dense):
            called.append(context.module.name)
        return call(*given, **named)

    with flax.linen.intercept_methods(intercept):
        made().apply({"params": parameters}, x)
    return [kernel_call(parameters[name]["kernel"]) for name in called]


def kernel_call(kernel):
    return [*kernel.shape, float(kernel.std())]


torch.manual_seed(0)
keras.utils.set_random_seed(0)
expected = {"torch_models": {}, "keras_models": {}, "flax_models": {}}
module = load("torch_models")
for name, made in vars(module).items():
    if isinstance(made, type) and issubclass(made, torch.nn.Module) and name != "Base":
        expected["torch_models"][name] = torch_calls(made())
for name, made in vars(load("keras_models")).items():
    if isinstance(made, keras.Model):
        expected["keras_models"][name] = keras_calls(made)
for name, made in vars(load("flax_models")).items():
    if isinstance(made, type) and issubclass(made, (flax.linen.Module, flax.nnx.Module)):
        expected["flax_models"][name] = flax_calls(made)
(FOLDER / "expected.json").write_text(json.dumps(expected, indent="\t") + "\n")
