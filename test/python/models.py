"""Writes test/fixtures/models/expected.json by PyTorch, Keras and Flax themselves: `python test/python/models.py`, with the
libraries of requirements.txt.

Every model of the fixtures runs once. Expected is each call of a layer with weights or statistics: its kind, sizes, and
the standard deviation of its weight and bias as drawn. For PyTorch, whose modules have the names that code gives them,
also which of these layers it is fed by: torch.fx tells.
"""

import importlib.util
import json
import math
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import flax
import jax
import keras
import torch
import torch.fx

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "models"
INPUTS = {
    "Resnet": lambda: [torch.randn(2, 3, 32, 32)],
    "Convolutions": lambda: [torch.randn(2, 3, 16, 16)],
    "Unet": lambda: [torch.randn(2, 3, 16, 16)],
    "Vgg": lambda: [torch.randn(2, 3, 32, 32)],
    "Signal": lambda: [torch.randn(2, 1, 32)],
    "Tokens": lambda: [torch.randint(0, 100, (2, 16)), torch.arange(16)],
    "Images": lambda: [torch.randn(2, 3, 32, 32)],
    "Generator": lambda: [torch.randn(2, 100)],
    "Autoencoder": lambda: [torch.randn(2, 1, 28, 28)],
    "LeNet": lambda: [torch.randn(2, 1, 28, 28)],
    "Signals": lambda: [torch.randn(2, 1, 128)],
    "TextCNN": lambda: [torch.randint(0, 1000, (2, 16))],
}
# What the models of a file run with that are not named above.
DEFAULTS = {"image_models": lambda: [torch.randn(2, 3, 32, 32)]}
# Parts of others, which take what they are told.
PARTS = {"Base", "Block", "Small", "BasicBlock", "DoubleConv", "Up", "MlpBlock", "MixerLayer", "Excited", "DenseLayer", "InvertedResidual"}


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def deviation(values):
    return None if values is None else float(torch.as_tensor(values.tolist()).float().std(correction=0))


def torch_call(layer):
    nn = torch.nn
    weight, bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
    drawn = {"std": deviation(weight), "bias": deviation(bias)}
    if isinstance(layer, nn.Linear):
        return {"kind": "linear", "inputs": layer.in_features, "outputs": layer.out_features, **drawn}
    if isinstance(layer, nn.modules.conv._ConvNd):
        sizes = {"kernel": list(layer.kernel_size), "stride": list(layer.stride), "groups": layer.groups}
        return {"kind": "convolution", "inputs": layer.in_channels, "outputs": layer.out_channels, **sizes, **drawn}
    if isinstance(layer, nn.Embedding):
        return {"kind": "embedding", "count": layer.num_embeddings, "outputs": layer.embedding_dim, "std": drawn["std"]}
    factors = None if weight is None else float(weight.detach().mean())
    if isinstance(layer, (nn.modules.batchnorm._BatchNorm, nn.modules.instancenorm._InstanceNorm)):
        of = "batch" if isinstance(layer, nn.modules.batchnorm._BatchNorm) else "instance"
        return {"kind": "normalisation", "of": of, "features": layer.num_features, "epsilon": layer.eps, "factors": factors}
    if isinstance(layer, nn.GroupNorm):
        return {"kind": "normalisation", "of": "group", "features": layer.num_channels, "epsilon": layer.eps, "factors": factors}
    if isinstance(layer, nn.LayerNorm):
        features = math.prod(layer.normalized_shape)
        return {"kind": "normalisation", "of": "layer", "features": features, "epsilon": layer.eps, "factors": factors}
    return None


def torch_cells(name, layer):
    """Each direction of each layer of a recurrent one, as a call of its own."""
    calls = []
    directions = 2 if layer.bidirectional else 1
    for level in range(layer.num_layers):
        for reverse in range(directions):
            behind = f"l{level}{'_reverse' if reverse else ''}"
            weight, recurrent = getattr(layer, f"weight_ih_{behind}"), getattr(layer, f"weight_hh_{behind}")
            told = {"name": name if layer.num_layers * directions == 1 else f"{name}.{behind}", "kind": "recurrence"}
            told |= {"cell": type(layer).__name__.lower(), "inputs": weight.shape[1], "outputs": layer.hidden_size}
            told |= {"reversed": bool(reverse), "std": deviation(weight), "recurrent": deviation(recurrent)}
            calls.append(told | {"bias": deviation(getattr(layer, f"bias_ih_{behind}"))})
    return calls


def torch_step(name, cell):
    """A call of a cell for a single step."""
    sizes = {"inputs": cell.input_size, "outputs": cell.hidden_size, "reversed": False}
    drawn = {"std": deviation(cell.weight_ih), "recurrent": deviation(cell.weight_hh), "bias": deviation(cell.bias_ih)}
    return {"name": name, "kind": "recurrence", "cell": type(cell).__name__.lower().removesuffix("cell"), **sizes, **drawn}


def torch_sequence_calls(model, inputs):
    calls = []
    for name, layer in model.named_modules():
        if isinstance(layer, torch.nn.RNNCellBase):
            layer.register_forward_hook(lambda layer, _inputs, _output, name=name: calls.append(torch_step(name, layer)))
        elif isinstance(layer, torch.nn.RNNBase):
            layer.register_forward_hook(lambda layer, _inputs, _output, name=name: calls.extend(torch_cells(name, layer)))
        elif torch_call(layer):
            layer.register_forward_hook(lambda layer, _inputs, _output, name=name: calls.append({"name": name, **torch_call(layer)}))
    model(*inputs)
    return calls


def torch_calls(model, inputs):
    calls = []

    def called(name):
        return lambda layer, _inputs, _output: calls.append({"name": name, **torch_call(layer)})

    for name, layer in model.named_modules():
        if torch_call(layer):
            layer.register_forward_hook(called(name))
    model(*inputs)
    fed = fed_by(model)
    counts = {}
    for call in calls:
        count = counts.get(call["name"], 0)
        counts[call["name"]] = count + 1
        call["fedBy"] = fed[(call["name"], count)]
    return calls


def fed_by(model):
    """The layers, as names, whose values reach each call without another of them between."""
    graph = torch.fx.symbolic_trace(model).graph
    modules = dict(model.named_modules())
    sources, fed, counts = {}, {}, {}
    for node in graph.nodes:
        around = set().union(*(sources[one] for one in node.all_input_nodes)) if node.all_input_nodes else set()
        if node.op == "call_module" and torch_call(modules[node.target]):
            count = counts.get(node.target, 0)
            counts[node.target] = count + 1
            fed[(node.target, count)] = sorted(around)
            sources[node] = {node.target}
        else:
            sources[node] = {"input"} if node.op == "placeholder" else around
    return fed


def keras_call(layer):
    kind = type(layer).__name__
    bias = deviation(layer.bias.numpy()) if getattr(layer, "bias", None) is not None else None
    if kind == "Dense":
        return {"kind": "linear", "inputs": layer.kernel.shape[0], "outputs": layer.units, "std": deviation(layer.kernel.numpy()), "bias": bias}
    if kind == "Embedding":
        return {"kind": "embedding", "count": layer.input_dim, "outputs": layer.output_dim, "std": deviation(layer.embeddings.numpy())}
    if kind in ("Conv1D", "Conv2D", "Conv2DTranspose", "DepthwiseConv2D"):
        kernel = layer.kernel
        inputs = layer.input.shape[-1]
        sizes = {"kernel": list(layer.kernel_size), "stride": list(layer.strides)}
        groups = inputs if kind == "DepthwiseConv2D" else getattr(layer, "groups", 1)
        drawn = {"std": deviation(kernel.numpy()), "bias": bias}
        return {"kind": "convolution", "inputs": inputs, "outputs": layer.output.shape[-1], **sizes, "groups": groups, **drawn}
    if kind in ("BatchNormalization", "LayerNormalization"):
        of = "batch" if kind == "BatchNormalization" else "layer"
        return {"kind": "normalisation", "of": of, "features": layer.input.shape[-1], "epsilon": layer.epsilon, "factors": 1.0}
    return None


def keras_cell(layer, reverse):
    cell = layer.cell
    kind = {"LSTMCell": "lstm", "GRUCell": "gru", "SimpleRNNCell": "rnn"}[type(cell).__name__]
    told = {"kind": "recurrence", "cell": kind, "inputs": cell.kernel.shape[0], "outputs": cell.units, "reversed": reverse}
    drawn = {"std": deviation(cell.kernel.numpy()), "recurrent": deviation(cell.recurrent_kernel.numpy())}
    bias = cell.bias.numpy()
    # Of the gate that forgets it is another.
    return told | drawn | {"bias": deviation(bias[: cell.units] if kind == "lstm" else bias)}


def keras_projection(dense, inputs=1):
    """A product of all axes but the last `inputs` of its kernel, or with the first."""
    shape = dense.kernel.shape
    sizes = {"inputs": math.prod(shape[:inputs]), "outputs": math.prod(shape[inputs:])}
    return {"kind": "linear", **sizes, "std": deviation(dense.kernel.numpy()), "bias": deviation(dense.bias.numpy())}


def keras_calls(model):
    calls = []
    for layer in model.layers:
        while isinstance(layer, keras.layers.TimeDistributed):
            layer = layer.layer
        if isinstance(layer, keras.layers.MultiHeadAttention):
            calls += [keras_projection(one) for one in (layer.query_dense, layer.key_dense, layer.value_dense)]
            calls.append(keras_projection(layer.output_dense, 2))
        elif isinstance(layer, keras.layers.Bidirectional):
            calls += [keras_cell(layer.forward_layer, False), keras_cell(layer.backward_layer, True)]
        elif isinstance(layer, keras.layers.RNN):
            calls.append(keras_cell(layer, layer.go_backwards))
        else:
            calls += [call for call in [keras_call(layer)] if call]
    return calls


FLAX_CELLS = {"LSTMCell": "lstm", "GRUCell": "gru", "SimpleCell": "rnn"}


def flax_cell(kind, parameters, reverse):
    """Flax has a kernel for each gate; whether a cell goes backwards its call does not tell, but its name."""
    own = [one["kernel"] for name, one in parameters.items() if name.startswith("i")]
    state = [one["kernel"] for name, one in parameters.items() if name.startswith("h")]
    told = {"kind": "recurrence", "cell": kind, "inputs": own[0].shape[0], "outputs": own[0].shape[1], "reversed": reverse}
    return told | {"std": deviation(jax.numpy.stack(own)), "recurrent": deviation(jax.numpy.stack(state)), "bias": 0.0}


def nnx_cell(cell):
    kind = {"OptimizedLSTMCell": "lstm", "GRUCell": "gru"}[type(cell).__name__]
    own, state = cell.dense_i.kernel[...], cell.dense_h.kernel[...]
    told = {"kind": "recurrence", "cell": kind, "inputs": own.shape[0], "outputs": state.shape[0], "reversed": False}
    return told | {"std": deviation(own), "recurrent": deviation(state), "bias": 0.0}


def nnx_general(layer):
    kernel = layer.kernel[...]
    size = math.prod(kernel.shape[:-1]) if kernel.ndim == 3 and layer.bias.ndim == 1 else kernel.shape[0]
    kernel = kernel.reshape(size, -1)
    return {"kind": "linear", "inputs": size, "outputs": kernel.shape[1], "std": deviation(kernel), "bias": deviation(layer.bias[...])}


def flax_call(module, parameters, inputs):
    name = type(module).__name__
    if name in ("GroupNorm", "LayerNorm"):
        of = {"GroupNorm": "group", "LayerNorm": "layer"}[name]
        return {"kind": "normalisation", "of": of, "features": inputs, "epsilon": module.epsilon, "factors": 1.0}
    if name in FLAX_CELLS:
        return flax_cell(FLAX_CELLS[name], parameters, module.name == "backward")
    kernel = parameters["kernel"]
    if name == "DenseGeneral":
        # The last of attention takes heads and their features together.
        size = math.prod(kernel.shape[:-1]) if module.name == "out" else kernel.shape[0]
        kernel = kernel.reshape(size, -1)
    bias = deviation(parameters["bias"]) if "bias" in parameters else None
    drawn = {"std": deviation(kernel), "bias": bias}
    if name in ("Dense", "DenseGeneral"):
        return {"kind": "linear", "inputs": kernel.shape[0], "outputs": kernel.shape[1], **drawn}
    stride = module.strides if isinstance(module.strides, (list, tuple)) else [module.strides] * 2
    sizes = {"kernel": list(module.kernel_size), "stride": list(stride), "groups": module.feature_group_count}
    return {"kind": "convolution", "inputs": kernel.shape[2], "outputs": kernel.shape[3], **sizes, **drawn}


def flax_calls(made):
    x = jax.numpy.ones((8, 64))
    if issubclass(made, flax.nnx.Module):
        model = made(rngs=flax.nnx.Rngs(0))
        layers = vars(model).values()
        if hasattr(model, "attention"):
            attention = model.attention
            parts = [attention.query, attention.key, attention.value, attention.out, model.head]
            return [nnx_general(part) for part in parts]
        cells = [nnx_cell(one.cell) for one in layers if isinstance(one, flax.nnx.RNN)]
        return cells + [nnx_call(one) for one in layers if isinstance(one, flax.nnx.Linear)]
    variables = made().init(jax.random.key(0), x)
    called, seen = [], set()
    cells = (flax.linen.LSTMCell, flax.linen.GRUCell, flax.linen.SimpleCell)
    known = (flax.linen.Dense, flax.linen.DenseGeneral, flax.linen.Conv, flax.linen.GroupNorm, flax.linen.LayerNorm, *cells)

    def intercept(call, given, named, context):
        # Cells are made of layers themselves.
        inside = isinstance(context.module.parent, cells)
        if isinstance(context.module, known) and not inside and context.method_name == "__call__":
            parameters = variables["params"]
            for part in context.module.path:
                parameters = parameters[part]
            # A cell is given its state first. That it is called for each place is one call.
            if not isinstance(context.module, cells) or context.module.path not in seen:
                called.append(flax_call(context.module, parameters, given[-1].shape[-1]))
            seen.add(context.module.path)
        return call(*given, **named)

    with flax.linen.intercept_methods(intercept):
        made().apply(variables, x)
    return called


def nnx_call(layer):
    kernel = layer.kernel[...]
    bias = deviation(layer.bias[...])
    return {"kind": "linear", "inputs": kernel.shape[0], "outputs": kernel.shape[1], "std": deviation(kernel), "bias": bias}


torch.manual_seed(0)
keras.utils.set_random_seed(0)
expected = {}
for file in ("torch_models", "image_models", "unhealthy_torch"):
    calls = expected[file] = {}
    for name, made in vars(load(file)).items():
        is_class = isinstance(made, type) and issubclass(made, torch.nn.Module) and name not in PARTS
        if is_class or (isinstance(made, torch.nn.Module) and name != "layer"):
            inputs = (INPUTS.get(name) or DEFAULTS.get(file, lambda: [torch.randn(8, 64)]))()
            calls[name] = torch_calls(made() if is_class else made, inputs)
calls = expected["recurrent_models"] = {}
SEQUENCES = {"StockLSTM": [16, 8], "GRUClassifier": [16, 12], "BidirectionalGRU": [16, 10], "InitialisedLSTM": [16, 16], "ConvLSTM": [4, 128]}
for name, made in vars(load("recurrent_models")).items():
    if isinstance(made, type) and issubclass(made, torch.nn.Module):
        tokens = [torch.randint(0, 64, (2, 16))] * (2 if name == "Translator" else 1)
        calls[name] = torch_sequence_calls(made(), [torch.randn(2, *SEQUENCES[name])] if name in SEQUENCES else tokens)
USUAL = {"Vae": [196], "Swin": [3, 32, 32], "StepwiseForecaster": [10, 6], "StepwiseLSTM": [12, 8]}
usual = load("usual_models")
calls = expected["usual_models"] = {"TiedGpt": torch_sequence_calls(usual.TiedGpt(), [torch.randint(0, 65, (2, 16))])}
for name, shape in USUAL.items():
    calls[name] = torch_sequence_calls(getattr(usual, name)(), [torch.randn(2, *shape)])
for file in ("keras_models", "unhealthy_keras", "sequences_keras"):
    expected[file] = {name: keras_calls(made) for name, made in vars(load(file)).items() if isinstance(made, keras.Model)}
for file in ("flax_models", "unhealthy_flax"):
    made_by = vars(load(file)).items()
    kinds = (flax.linen.Module, flax.nnx.Module)
    expected[file] = {name: flax_calls(made) for name, made in made_by if isinstance(made, type) and issubclass(made, kinds)}
# A call a line.
texts = []
for file, models in expected.items():
    lists = [f'\t\t"{name}": [\n' + ",\n".join(f"\t\t\t{json.dumps(call)}" for call in calls) + "\n\t\t]" for name, calls in models.items()]
    texts.append(f'\t"{file}": {{\n' + ",\n".join(lists) + "\n\t}")
(FOLDER / "expected.json").write_text("{\n" + ",\n".join(texts) + "\n}\n")
