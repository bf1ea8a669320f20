"""Random functions of NumPy, PyTorch and TensorFlow: where the library gives NaN or infinity and the function is a number.

hazards.py write FILE [SEED] [COUNT] writes a JSON list of codes; hazards.py check FILE runs what hazards.ts made of them,
and compares the ranges that it found with what the library gives, in three types (TensorFlow: in float32), at inputs over the whole line.
"""

import json
import math
import os
import random
import sys
import warnings

HEADS = {"np": "import numpy as np\n", "torch": "import torch\n", "tf.math": "import tensorflow as tf\n"}
TYPES = ("float64", "float32", "float16")


class Writer:
    """Functions that are defined everywhere: what is below a line, a root or in a logarithm is above 0."""

    def __init__(self, rng, library):
        self.rng = rng
        self.library = library

    def constant(self):
        return self.rng.choice(["2", "0.5", "3", "1.5", "0.1", "10"])

    def positive(self, depth):
        r = self.rng.random()
        inner = lambda: self.positive(depth - 1)
        if depth <= 0 or r < 0.25:
            return f"{self.library}.exp({self.real(depth - 1)})"
        if r < 0.45:
            return f"(1 + {inner()})"
        if r < 0.6:
            return f"({inner()} + {inner()})"
        if r < 0.7:
            return f"{inner()} * {inner()}"
        if r < 0.8:
            return f"{self.library}.sqrt({inner()})"
        if r < 0.9:
            return f"(x**2 + {self.constant()})"
        return f"({self.library}.abs({self.real(depth - 1)}) + {self.constant()})"

    def real(self, depth):
        r = self.rng.random()
        inner = lambda: self.real(depth - 1)
        if depth <= 0 or r < 0.2:
            return self.rng.choice(["x", "x", "-x", f"{self.constant()} * x"])
        if r < 0.32:
            return f"({inner()} {self.rng.choice('+-')} {inner()})"
        if r < 0.4:
            return f"x * {self.positive(depth - 1)}"
        if r < 0.55:
            return f"{self.library}.log({self.positive(depth - 1)})"
        if r < 0.8:
            return f"{self.positive(depth - 1)} / ({self.positive(depth - 1)})"
        if r < 0.9:
            return f"{inner()} / ({self.positive(depth - 1)})"
        return f"{self.library}.tanh({inner()})"

    def function(self):
        return f"{HEADS[self.library]}def act(x):\n    return {self.real(4)}\n"


def write(file, seed="20261126", count="150"):
    rng = random.Random(int(seed))
    codes = [Writer(rng, library).function() for _ in range(int(count)) for library in HEADS]
    with open(file, "w", encoding="utf-8") as out:
        json.dump(codes, out)
    print(f"{len(codes)} random functions of NumPy, PyTorch and TensorFlow, seed {seed}")


def results(code, inputs, dtype):
    space = {}
    exec(compile(code, "random", "exec"), space)  # noqa: S102: it is what the test is about.
    x = np.array(inputs, dtype=dtype)
    of = {"np": np.array, "torch": torch.tensor, "tf": tf.constant}[code.split("\n")[0].split()[-1]]
    y = space["act"](of(x))
    return x.astype(float), np.asarray(y).astype(float)


def differences(case, inputs):
    for dtype in TYPES[1:2] if "import tensorflow" in case["code"] else TYPES:
        largest = float(np.finfo(dtype).max)
        ranges = [each for each in case["hazards"] if each["dtype"] == dtype]
        for x, y, exact in zip(*results(case["code"], inputs, dtype), map(float, case["exact"])):
            # Next to the largest number it depends on rounding whether the function is one; what is not known is NaN.
            if not (math.isfinite(x) and abs(exact) < 0.99 * largest):
                continue
            found = [each for each in ranges if each["lo"] <= x <= each["hi"]]
            if math.isfinite(y) and any(each["fraction"] == 1 for each in found):
                yield f"{dtype}: a hazard at {x}, where the library gives {y} for {exact}"
            if not math.isfinite(y) and not found:
                yield f"{dtype}: no hazard at {x}, where the library gives {y} for {exact}"


def check(file):
    with open(file, encoding="utf-8") as lines:
        made = json.load(lines)
    wrong = 0
    for case in made["cases"]:
        found = list(differences(case, made["inputs"]))
        if found:
            wrong += 1
            print(f"{found[0]} ({len(found)} in all)\n{case['code']}")
    print(f"NaN and infinity: {len(made['cases'])} random functions, {wrong} differ from NumPy, PyTorch and TensorFlow")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(*sys.argv[2:])
    else:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
        import numpy as np
        import tensorflow as tf
        import torch

        warnings.simplefilter("ignore")
        check(sys.argv[2])
