"""Runs each call of values.json, and compares what it prints with what a hover shows."""

import json
import os
import sys
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
warnings.simplefilter("ignore")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import jax.scipy.special  # noqa: E402
import numpy as np  # noqa: E402
import scipy.special  # noqa: E402
import tensorflow as tf  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional  # noqa: E402

# Two units in the last place, of a function that a library computes in a few steps: of 1, or of the value.
UNITS = {"float64": 2e-15, "float32": 1e-6, "float16": 4e-3, "bfloat16": 3e-2}
LEAST = {"float64": 1e-2, "float32": 1e-1, "float16": 1e-1, "bfloat16": 1e-1}


def numbers(result):
    if isinstance(result, torch.Tensor):
        result = result.to(torch.float64)
    if isinstance(result, tf.Tensor):
        result = tf.cast(result, tf.float64)
    return np.asarray(result).astype(float).ravel()


def difference(case):
    try:
        result = eval(case["call"])  # noqa: S307: it is what the test is about.
    except Exception as error:
        return f"raises {str(error)[:80]!r}, shown is {case['print']}"
    dtype = getattr(result.dtype, "name", str(result.dtype)).removeprefix("torch.")
    if dtype != case["dtype"]:
        return f"is {dtype}, shown is {case['dtype']}"
    if not case["isRough"]:
        return None if str(result) == case["print"] else f"prints {result}, shown is {case['print']}"
    got, shown = numbers(result), np.array([float(value) for value in case["values"]])
    allowed = UNITS[dtype] * np.maximum(np.abs(got), LEAST[dtype])
    same = got.shape == shown.shape and np.all((np.abs(got - shown) <= allowed) | (np.isnan(got) & np.isnan(shown)))
    return None if same else f"gives {got}, shown is {shown}"


with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
wrong = [(case["call"], found) for case in cases if (found := difference(case))]
for call, found in wrong:
    print(f"✖ {call} {found}")
rough = sum(case["isRough"] for case in cases)
print(f"{'✖' if wrong else '✔'} {len(cases)} calls of PyTorch, JAX, TensorFlow, NumPy and SciPy: {len(cases) - rough} print what a hover shows, {rough} to the last digits; {len(wrong)} differ")
sys.exit(1 if wrong else 0)
