"""Writes test/golden/init-propagation-keras.json.gz and init-propagation-normed-keras.json.gz: the gradient before training
in the models of test/fixtures/models/sequences_keras.py and normed_keras.py, by Keras on PyTorch in float64.
`.venv/bin/python test/python/keras_sequences.py` makes them anew.

Measured is the gradient by all weights of a layer but its biases together. Inputs (or any row of an embedding) and the
gradient by the output are standard normal; models are in training mode.
"""

import os

os.environ["KERAS_BACKEND"] = "torch"

import gzip
import importlib.util
import json
import math

import keras
import torch

keras.config.set_floatx("float64")
torch.set_num_threads(1)

SEEDS = 20
BATCH = 16
FILES = {"sequences_keras": "init-propagation-keras", "normed_keras": "init-propagation-normed-keras"}


def parts_of(layer):
    """The layer's parts with weights of their own, by the names that a reader gives them."""
    if isinstance(layer, keras.layers.Bidirectional):
        return {f"{layer.name}.forward": layer.forward_layer, f"{layer.name}.backward": layer.backward_layer}
    if isinstance(layer, (keras.layers.TimeDistributed, keras.layers.SpectralNormalization)):
        return parts_of(layer.layer)
    if isinstance(layer, keras.layers.MultiHeadAttention):
        parts = {"query": layer.query_dense, "key": layer.key_dense, "value": layer.value_dense, "output": layer.output_dense}
        return {f"{layer.name}.{name}": part for name, part in parts.items()}
    others = (keras.layers.LayerNormalization, keras.layers.PReLU)
    return {} if isinstance(layer, others) or not layer.weights else {layer.name: layer}


def measure(made, seed):
    keras.utils.set_random_seed(seed)
    model = keras.models.clone_model(made)
    parts = {name: part for layer in model.layers for name, part in parts_of(layer).items()}
    rows = [layer.input_dim for layer in model.layers if isinstance(layer, keras.layers.Embedding)]
    shapes = [(BATCH, *tensor.shape[1:]) for tensor in model.inputs]
    draw = torch.float64
    inputs = [torch.randint(0, rows[0], shape) if rows else torch.randn(shape, dtype=draw) for shape in shapes]
    output = model(inputs if len(inputs) > 1 else inputs[0], training=True)
    (output * torch.randn(output.shape, dtype=draw)).sum().backward()
    result = {}
    for name, part in parts.items():
        own = [variable.value.grad for variable in part.trainable_variables if "bias" not in variable.path]
        result[name] = {"weightGradient": math.sqrt(sum(float((gradient**2).sum()) for gradient in own))}
    return result


def statistics(numbers):
    logs = [math.log(x) for x in numbers]
    mean = sum(logs) / len(logs)
    std = math.sqrt(sum((x - mean) ** 2 for x in logs) / (len(logs) - 1))
    return {"logMean": float(f"{mean:.6g}"), "logStd": float(f"{std:.6g}")}


def run(name, made):
    runs = [measure(made, seed) for seed in range(SEEDS)]
    last = list(runs[0])[-1]
    layers = [
        {
            "name": layer,
            "weightGradientRatio": statistics([one[layer]["weightGradient"] / one[last]["weightGradient"] for one in runs]),
        }
        for layer in runs[0]
    ]
    shapes = [list(tensor.shape[1:]) for tensor in made.inputs]
    return {"name": name, "inputs": shapes, "batch": BATCH, "seeds": SEEDS, "layers": layers}


for models, golden in FILES.items():
    spec = importlib.util.spec_from_file_location(models, f"test/fixtures/models/{models}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = [(name, made) for name, made in vars(module).items() if isinstance(made, keras.Model)]
    document = {"keras": keras.__version__, "models": [run(name, made) for name, made in found]}
    with gzip.GzipFile(f"test/golden/{golden}.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps(document, separators=(",", ":")).encode())
