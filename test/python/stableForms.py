"""Runs hand-written functions after their quick fix by the real libraries; compares with the exact values."""

import json
import math
import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "torch")
# Some operations, each rounded.
RELATIVE = {"keras": 4e-6}
LEAST = {"keras": 1e-36}


def values(case):
    space = {}
    exec(compile(case["text"], case["id"], "exec"), space)  # noqa: S102: it is what the test is about.
    function = space[case["entry"]]
    if case["isClass"]:
        function = function()
    x = [float(one) for one in case["x"]]
    if case["lang"] == "math":
        return [function(one) for one in x]
    if case["lang"] == "numpy":
        import numpy as np

        with np.errstate(all="ignore"):
            return list(map(float, function(np.array(x))))
    if case["lang"] == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        import jax.numpy as jnp

        return list(map(float, function(jnp.array(x, dtype=jnp.float64))))
    import torch

    if case["lang"] == "keras":
        return list(map(float, function(torch.tensor(x, dtype=torch.float32))))
    tensor = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    result = function(tensor)
    result.sum().backward()
    if torch.isnan(tensor.grad).any():
        raise ValueError("a gradient is NaN")
    return result.detach().tolist()


def check(case):
    relative = RELATIVE.get(case["lang"], 1e-14)
    for x, got, wanted, magnified in zip(case["x"], values(case), case["expected"], case["magnified"], strict=True):
        wanted, magnified = float(wanted), float(magnified)
        if not math.isfinite(wanted) or abs(wanted) < LEAST.get(case["lang"], 1e-300):
            continue
        allowed = relative * max(1.0, magnified if math.isfinite(magnified) else 1.0)
        if not abs(got - wanted) <= allowed * abs(wanted):
            return f"{case['id']} at {x!r}: {got!r}, not {wanted!r}\n{case['text']}"
    return None


warnings.filterwarnings("ignore")
with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
failures = [found for found in map(check, cases) if found]
for found in failures:
    print(f"✖ {found}")
libraries = ", ".join(sorted({case["lang"] for case in cases}))
print(f"✔ {len(cases) - len(failures)} of {len(cases)} functions are right over the whole line after their quick fix ({libraries})")
sys.exit(1 if failures else 0)
