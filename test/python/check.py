"""
Runs generated code by the real libraries and compares it with what the core computes. Reads cases.json; Keras computes with
PyTorch, or with the library that a second argument names. With "tensorflow" that runs its own code alone.
"""

import importlib
import json
import math
import os
import sys

BACKEND = sys.argv[2] if len(sys.argv) > 2 else "torch"
os.environ["KERAS_BACKEND"] = BACKEND

import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402

if BACKEND == "tensorflow":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")

torch.set_default_dtype(torch.float64)
keras.backend.set_floatx("float64")


def numbers(values):
    return np.array([float(value) for value in values])


def definition(made):
    space = {"__name__": "generated"}
    exec("\n".join([*made["imports"], made["code"]]), space)
    name = made["code"].split("class " if "class " in made["code"] else "def ", 1)[1].split("(", 1)[0]
    return space[name]


TARGETS = ("pytorch", "pytorch-module", "keras", "keras-layer", "jax", "numpy", "python", "tensorflow")
# What Keras gives in float32 where PyTorch computes it, and one operand is a number. With JAX it is in float64, but not tanh.
SINGLE = ("keras.ops.maximum(", "keras.ops.minimum(")


def is_checked(target, code):
    """Whether a function is run with this backend: each of Keras with one that computes all of it in float64."""
    if target == "tensorflow" or BACKEND == "tensorflow":
        return target == BACKEND
    if not target.startswith("keras"):
        return BACKEND == "torch"
    return any(name in code for name in SINGLE) == (BACKEND == "jax")


# What is not compared: libraries, functions, what, where, and why.
EXCEPTIONS = [
    ("*", {"cloglog", "colu", "sqrt_softplus", "tanhexp"}, "slope", lambda x: np.abs(x) > 1e3,
     "a factor of the gradient overflows in any form, and is multiplied by 0"),
    ("*", {"sinc", "sinc_normalized"}, "slope", lambda x: np.abs(x) < 1e-3,
     "cos(x)/x − sin(x)/x² loses its digits near 0"),
    ("jax", {"log_ndtr"}, "value", lambda x: x > 4, "JAX's own log_ndtr keeps the digits of 1 there"),
    ("python", {"cloglog", "colu", "tanhexp"}, "value", lambda x: np.abs(x) > 1e3,
     "math.exp raises an error where it overflows, in any form"),
]
# JAX's own log_ndtr is good to some 1e-10.
OWN_ERROR = {("jax", "log_ndtr"): 1e-10}


def compared(case, library, what, inputs):
    """Which inputs are compared."""
    mask = np.ones(inputs.shape, bool)
    for libraries, names, quantity, where, _ in EXCEPTIONS:
        if libraries in ("*", library) and case["id"] in names and quantity == what:
            mask &= ~where(inputs)
    return mask


class Differences:
    def __init__(self):
        self.compared = 0
        self.found = []

    def check(self, label, got, wanted, tolerance, inputs, mask):
        """Compares where the mask says so."""
        for x, a, b, allowed in zip(inputs[mask], got[mask], wanted[mask], tolerance[mask]):
            self.compared += 1
            same = (math.isnan(a) and math.isnan(b)) or a == b or abs(a - b) <= allowed
            if not same:
                self.found.append(f"{label} at {x!r}: {a!r}, the core has {b!r}")


def torch_results(call, inputs):
    x = torch.tensor(inputs, requires_grad=True)
    y = call(x)
    y = y.expand_as(x)
    (gradient,) = torch.autograd.grad(y.sum(), x, allow_unused=True) if y.requires_grad else (None,)
    gradient = torch.zeros_like(x) if gradient is None else gradient
    return y.detach().numpy(), gradient.numpy()


def slope_by(parameter, module, x):
    """The slope by a parameter of a module at one input."""
    module.zero_grad()
    module(torch.tensor([x])).sum().backward()
    return 0.0 if parameter.grad is None else parameter.grad.item()


def or_overflow(function, x, values):
    """Where a library gives infinity, Python raises an error."""
    try:
        return function(x, **values)
    except OverflowError:
        return math.inf


def jax_results(call, inputs):
    x = jnp.asarray(inputs)
    y = jnp.broadcast_to(call(x), x.shape)
    gradient = jax.vmap(jax.grad(lambda one: jnp.sum(call(one))))(x)
    return np.asarray(y), np.asarray(gradient)


def tensorflow_results(call, inputs):
    """Of a graph, which takes fewer types than what is computed at once."""
    x = tf.constant(inputs)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.broadcast_to(tf.function(call)(x), x.shape)
    gradient = tape.gradient(y, x)
    return y.numpy(), np.zeros_like(inputs) if gradient is None else gradient.numpy()


def check_edges(made, values, edges, target, differences, label):
    """The value where a function is written by steps of its own, to the rounding of these."""
    inputs, wanted = numbers(edges["x"]), numbers(edges["value"])
    if inputs.size == 0:
        return
    function = definition(made)(**values) if target.endswith(("-module", "-layer")) else lambda x: definition(made)(x, **values)
    with np.errstate(all="ignore"):
        if target == "python":
            got = np.array([function(x) for x in inputs.tolist()])
        elif target == "numpy":
            got = function(inputs)
        elif target == "jax":
            got = np.asarray(function(jnp.asarray(inputs)))
        elif target == "tensorflow":
            got = function(tf.constant(inputs)).numpy()
        else:
            got = function(torch.tensor(inputs)).detach().numpy()
    relative = 1e-9 if target == "jax" else 1e-14  # JAX's own log_ndtr is good to some 1e-10.
    mask = inputs > -1e154 if target == "jax" else np.ones(inputs.shape, bool)  # JAX's own squares its input.
    differences.check(label, got, wanted, relative * np.abs(wanted), inputs, mask | ~np.isfinite(inputs))


def keras_layer_results(made, values, trainable, inputs, row, differences, label, slack, mask, slopes):
    layer = definition(made)(**values)
    got = keras.ops.convert_to_numpy(layer(keras.ops.convert_to_tensor(inputs)))
    differences.check(f"{label} value", np.broadcast_to(got, inputs.shape), numbers(row["value"]), slack, inputs, mask)
    again = type(layer).from_config(layer.get_config())
    same = keras.ops.convert_to_numpy(again(keras.ops.convert_to_tensor(inputs)))
    if not np.array_equal(got, same, equal_nan=True):
        differences.found.append(f"{label}: a layer made from its configuration gives other values")
    names = [weight.name for weight in layer.trainable_weights]
    if names != trainable:
        differences.found.append(f"{label}: trains {names}, expected {trainable}")
    for weight in layer.trainable_weights if BACKEND == "torch" else ():
        by_parameter = numbers(row["byParameter"][weight.name])
        got = np.array([slope_by(weight.value, layer, x) for x in inputs])
        allowed = 1e-9 * (1 + np.abs(by_parameter)) * (1 + np.abs(numbers(row["value"])))
        differences.check(f"{label} by {weight.name}", got, by_parameter, allowed, inputs, slopes)


def check(document, target):
    inputs = numbers(document["inputs"])
    differences = Differences()
    functions = 0
    for case in document["cases"]:
        made = case["code"][target]
        if made is None:
            print(f"  {target}: {case['id']} cannot be written")
            continue
        if not is_checked(target, made["code"]):
            continue
        functions += 1
        for row in case["sets"]:
            values = {name: float(value) for name, value in row["values"].items()}
            wanted, slope = numbers(row["value"]), numbers(row["derivative"])
            label = f"{case['id']} {values or ''} {target}"
            slack = numbers(row["rounding"][made["library"]])
            if (target, case["id"]) in OWN_ERROR:
                slack += OWN_ERROR[target, case["id"]] * np.abs(wanted)
            check_edges(made, values, row["edges"], target, differences, f"{label} far out")
            # The slope is compared away from 0, where functions have their kinks, more loosely than the value: its
            # own condition is not known. What must not be is NaN.
            values_compared = compared(case, made["library"], "value", inputs)
            slopes_compared = compared(case, made["library"], "slope", inputs) & (inputs != 0)
            with np.errstate(over="ignore"):
                slope_slack = 1e-9 * (1 + np.abs(slope)) * (1 + np.abs(wanted))
            with np.errstate(all="ignore"):
                if target == "numpy":
                    got = np.broadcast_to(definition(made)(inputs, **values), inputs.shape)
                    differences.check(f"{label} value", got, wanted, slack, inputs, values_compared)
                elif target == "python":
                    function = definition(made)
                    got = np.array([or_overflow(function, x, values) for x in inputs.tolist()])
                    differences.check(f"{label} value", got, wanted, slack, inputs, values_compared)
                elif target == "keras-layer":
                    keras_layer_results(made, values, case["trainable"], inputs, row, differences, label, slack, values_compared, slopes_compared)
                else:
                    if target == "pytorch-module":
                        module = definition(made)(**values)
                        trained = [name for name, _ in module.named_parameters()]
                        if trained != case["trainable"]:
                            differences.found.append(f"{label}: trains {trained}, expected {case['trainable']}")
                        call = module
                        for name, parameter in module.named_parameters():
                            by_parameter = numbers(row["byParameter"][name])
                            got = np.array([slope_by(parameter, module, x) for x in inputs])
                            allowed = 1e-9 * (1 + np.abs(by_parameter)) * (1 + np.abs(wanted))
                            differences.check(f"{label} by {name}", got, by_parameter, allowed, inputs, slopes_compared)
                    else:
                        function = definition(made)
                        call = lambda x: function(x, **values)  # noqa: E731
                    results = {"jax": jax_results, "tensorflow": tensorflow_results}
                    got, gradient = results.get(BACKEND if target == "keras" else target, torch_results)(call, inputs)
                    differences.check(f"{label} value", got, wanted, slack, inputs, values_compared)
                    differences.check(f"{label} slope", gradient, slope, slope_slack, inputs, slopes_compared)
    return functions, differences


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    failed = 0
    for libraries, names, what, _, reason in EXCEPTIONS if BACKEND == "torch" else ():
        print(f"Not everywhere compared: {what} of {', '.join(sorted(names))} ({libraries}): {reason}.")
    of = {"torch": lambda target: target != "tensorflow", "jax": lambda target: target.startswith("keras")}
    targets = list(filter(of.get(BACKEND, lambda target: target == BACKEND), TARGETS))
    for target in targets:
        functions, differences = check(document, target)
        passed = not differences.found
        failed += not passed
        name = {"pytorch": "torch"}.get(target.split("-")[0], target.split("-")[0])
        version = sys.version.split()[0] if name == "python" else importlib.import_module(name).__version__
        by = f" with {BACKEND}" if name == "keras" else ""
        print(f"{'✔' if passed else '✖'} {target}{by}: {functions} functions, {differences.compared} values ({name} {version})")
        for line in differences.found[:40]:
            print(f"    {line}")
        if len(differences.found) > 40:
            print(f"    and {len(differences.found) - 40} more")
    print(f"{len(targets) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
