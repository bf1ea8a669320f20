"""Runs hand-written functions after their quick fix by the real libraries; compares with the exact values."""

import json
import math
import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
# Some operations, each rounded.
RELATIVE = {"keras": 4e-6, "tensorflow": 4e-6}
LEAST = {"keras": 1e-36, "tensorflow": 1e-36}


# The least normal number of each type, and its unit in the last place of 1.
TYPES = {"float64": (2.0**-1022, 2.0**-52), "float32": (2.0**-126, 2.0**-23), "float16": (2.0**-14, 2.0**-10), "bfloat16": (2.0**-126, 2.0**-7)}


def made(case):
    space = {}
    exec(compile(case["text"], case["id"], "exec"), space)  # noqa: S102: it is what the test is about.
    function = space[case["entry"]]
    return function() if case["isClass"] else function


def values(case, x, dtype):
    function = made(case)
    x = [float(one) for one in x]
    if case["lang"] == "math":
        return [function(one) for one in x]
    if case["lang"] == "numpy":
        import ml_dtypes
        import numpy as np

        with np.errstate(all="ignore"):
            given = np.array(x).astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
            return list(map(float, function(given)))
    if case["lang"] == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        import jax.numpy as jnp

        return list(map(float, function(jnp.array(x, dtype=dtype))))
    if case["lang"] == "tensorflow":
        import tensorflow as tf

        # At once: of a graph, oneDNN computes x·tanh(softplus(x)) as a Mish of its own, which is 0 from −40 on.
        return list(map(float, function(tf.constant(x, dtype=dtype)).numpy()))
    import torch

    tensor = torch.tensor(x, dtype=getattr(torch, dtype), requires_grad=case["lang"] == "torch")
    result = function(tensor)
    if case["lang"] == "torch":
        result.sum().backward()
        if torch.isnan(tensor.grad).any():
            raise ValueError(f"a gradient of {case['id']} is NaN in {dtype}")
    return result.detach().tolist()


def check(case):
    relative = RELATIVE.get(case["lang"], 1e-14)
    computed = values(case, case["x"], "float32" if case["lang"] in LEAST else "float64")
    for x, got, wanted, magnified in zip(case["x"], computed, case["expected"], case["magnified"], strict=True):
        wanted, magnified = float(wanted), float(magnified)
        if not math.isfinite(wanted) or abs(wanted) < LEAST.get(case["lang"], 1e-300):
            continue
        allowed = relative * max(1.0, magnified if math.isfinite(magnified) else 1.0)
        if not abs(got - wanted) <= allowed * abs(wanted):
            return f"{case['id']} at {x!r}: {got!r}, not {wanted!r}\n{case['text']}"
    return check_mended(case)


def check_mended(case):
    """Where the code as written went wrong, in the type in which it did: right to 1 %, or a few roundings of few digits."""
    for one in case["mended"]:
        least, unit = TYPES[one["dtype"]]
        for x, got, wanted in zip(one["x"], values(case, one["x"], one["dtype"]), one["expected"], strict=True):
            wanted = float(wanted)
            # JAX takes for 0 what is rounded below the least normal number.
            if abs(wanted) < 1.01 * least or got == wanted:
                continue
            if not abs(got - wanted) <= max(0.01, 4 * unit) * abs(wanted):
                return f"{case['id']} in {one['dtype']} at {x!r}: {got!r}, not {wanted!r}\n{case['text']}"
    return None


warnings.filterwarnings("ignore")
with open(sys.argv[1], encoding="utf-8") as file:
    cases = [case for case in json.load(file) if case["lang"] not in ("tfjs", "js")]
failures = [found for found in map(check, cases) if found]
for found in failures:
    print(f"✖ {found}")
libraries = ", ".join(sorted({case["lang"] for case in cases}))
mended = sum(len(one["x"]) for case in cases for one in case["mended"])
print(f"✔ {len(cases) - len(failures)} of {len(cases)} functions are right over the whole line after their quick fix ({libraries}), and at {mended} inputs where they went wrong, in each type")
sys.exit(1 if failures else 0)
