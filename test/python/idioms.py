"""Activations as people write them: what the libraries give, in each type, and what the reader takes them for.

idioms.py write FILE writes the codes and inputs; idioms.py check FILE runs the codes, and compares with what idioms.ts
made of them. An exception is NaN.
"""

import json
import math
import sys
import warnings

SIZES = [0.0, 1e-6, 0.04, 0.3, 0.5, 1.0, 1.7, 2.5, 3.0, 6.2, 20.0, 95.0, 150.0, 800.0, 3e4, 1e30, 1e300]
INPUTS = [sign * size for size in SIZES for sign in (1, -1)]

# Of an array of one axis, unless the line above says of what.
CODES = '''
return np.piecewise(x, [x < 0, x >= 0], [lambda v: 0.1 * v, lambda v: v])
---
return np.piecewise(x, [x > 0, x > 1], [lambda v: v, 1])
---
return np.piecewise(x, [x < -1, x > 1], [-1, 1, lambda v: v])
---
return np.piecewise(x, x < 0, [0, lambda v: v * np.sqrt(2)])
---
return np.piecewise(x, [x < 0], [np.expm1, lambda v: np.log1p(v)])
---
return np.piecewise(x, [x > 0], [lambda v: 0.1 * np.exp(v)])
---
return np.piecewise(x, [x < 0], [0.1, 0.3])
---
return np.select([x < 0, x >= 0], [0.1 * x, x])
---
return np.select([x < -1, x > 1], [-1, 1], default=x)
---
return np.select([x < 0, x < 1, x >= 1], [0, x, 1])
---
return np.select([x < 0, x < 1], [0.1, np.exp(x)])
---
cases = [x < 0, x > 2]
values = [np.exp(x) - 1, 2.0]
return np.select(cases, values, x)
---
out = []
for v in x:
    out.append(max(0, v))
return np.array(out)
---
out = []
for v in x:
    if v > 0:
        out.append(v)
    else:
        out.append(0.01 * v)
return out
---
out = []
for i in range(len(x)):
    e = np.exp(-x[i])
    out.append(1 / (1 + e))
return np.array(out)
---
out = []
for v in x:
    if v >= 0:
        out.append(v)
    elif v < 0:
        out.append(0.5 * (np.exp(v) - 1))
return out
---
for i in range(len(x)):
    x[i] = max(0, x[i])
return x
---
for i in range(0, len(x)):
    if x[i] < 0:
        x[i] *= 0.1
return x
---
for i, v in enumerate(x):
    if v < 0:
        x[i] = 0.01 * v
return x
---
y = np.zeros_like(x)
for i in range(x.shape[0]):
    if x[i] > 0:
        y[i] = x[i]
return y
---
y = np.zeros_like(x)
for i in range(len(x)):
    y[i] = x[i] * np.sqrt(2)
return y
---
y = np.zeros(len(x))
for i in range(len(x)):
    if x[i] < 0:
        y[i] = 0
    elif x[i] < 6:
        y[i] = x[i] / (1 + np.exp(-x[i]))
    else:
        y[i] = 6
return y
---
y = np.zeros_like(x, dtype=np.float32)
for i in range(x.size):
    y[i] = np.exp(x[i])
return y
---
y = np.empty_like(x)
for i in range(len(x)):
    y[i] = np.tanh(x[i])
return y
---
n = len(x)
out = [0] * n
for i in range(n):
    out[i] = 1 / (1 + np.exp(-x[i]))
return out
---
y = x.copy()
for i in range(len(y)):
    y[i] = y[i] if y[i] > 0 else np.exp(y[i]) - 1
return y
---
return np.array([x[i] * x[i] if x[i] > 0 else 0.0 for i in range(len(x))])
---
return np.array([v * np.exp(-v) for v in x])
---
return list(map(lambda v: v / (1 + abs(v)), x))
---
f = np.vectorize(lambda v: v if v > 0 else 0.01 * v)
return f(x)
---
out = np.zeros_like(x)
pos = x >= 0
out[pos] = 1 / (1 + np.exp(-x[pos]))
z = np.exp(x[~pos])
out[~pos] = z / (1 + z)
return out
---
out = np.empty_like(x)
out[x > 0] = x[x > 0]
neg = x[x <= 0]
out[x <= 0] = 0.2 * (np.exp(neg) - 1)
return out
---
shape = [1, len(x)] + [1] * (len(x.shape) - 2)
return np.maximum(0, x)
---
C = (0.254829592, -0.284496736)
return C[0] * x + abs(x) * C[-1]
# number
try:
    return 1 / (1 + math.exp(-x))
except OverflowError:
    return 0.0 if x < 0 else 1.0
# number
try:
    y = math.exp(x)
except OverflowError:
    y = 1e308
return y - 1
# list
out = [0.0] * len(x)
for i in range(len(x)):
    out[i] = 1 / (1 + math.exp(-x[i]))
return out
# list
out = []
for v in x:
    out.append(math.log(1 + math.exp(v)))
return out
# list
return [math.exp(v) - 1 if v < 0 else v for v in x]
# list
return np.array([v / (1 + math.exp(-v)) for v in x])
# rows
y = np.zeros(x.shape)
for i in range(x.shape[0]):
    for j in range(x.shape[1]):
        y[i, j] = max(0, x[i, j])
return y
# rows
x = x.copy()
for i in range(x.shape[0]):
    for j in range(x.shape[1]):
        x[i][j] = x[i][j] / (1 + np.exp(-x[i][j]))
return x
# rows
m, n = x.shape
y = np.zeros_like(x)
for i in range(m):
    for j in range(n):
        v = x[i, j]
        if v > 0:
            y[i, j] = v
        else:
            y[i, j] = np.exp(v) - 1
return y
# rows
out = []
for row in x:
    values = []
    for v in row:
        values.append(v ** 2 if v > 0 else 0)
    out.append(values)
return np.array(out)
# rows
for i in range(len(x)):
    for j in range(len(x[0])):
        if x[i][j] < 0:
            x[i][j] = 0
return x
# rows
return [[max(0.1 * v, v) for v in row] for row in x]
# rows
out = []
for i in range(len(x)):
    out.append(np.log(1 + np.exp(x[i])))
return np.array(out)
# number
match x > 0:
    case True:
        return x
    case False:
        return math.exp(x) - 1
# number
match x:
    case v if v > 1:
        return 1.0
    case v if v < -1:
        return -1.0
    case _:
        return x
# number
if x > 0:
    return x
elif x <= 0:
    return 0.1 * x
# number
if x < -1:
    y = -1.0
elif x > 1:
    y = 1.0
elif -1 <= x <= 1:
    y = x
return y
# number
return max([0, x]) + min((0, 0.1 * x))
# tensor
return x * torch.distributions.Normal(0, 1).cdf(x)
# tensor
y = torch.zeros_like(x)
for i in range(x.size(0)):
    y[i] = torch.tanh(x[i])
return y
# tensor
y = torch.empty_like(x)
y[x > 0] = x[x > 0]
y[x <= 0] = torch.exp(x[x <= 0]) - 1
return y
'''

HEAD = "import math\nimport numpy as np\nimport torch\n\ndef act(x):\n"


def cases():
    """What each code is of, and the code."""
    kind, lines = "array", []
    for line in [*CODES.strip().split("\n"), "---"]:
        if line == "---" or line.startswith("# "):
            yield kind, HEAD + "".join(f"    {each}\n" for each in lines)
            kind, lines = line[2:] if line != "---" else "array", []
        else:
            lines.append(line)


def apply(kind, function, x, dtype):
    if kind == "list":
        return function([x, 0.5])[0]
    if kind == "number":
        return function(x)
    if kind == "tensor":
        return function(torch.tensor([x, 0.5], dtype=getattr(torch, dtype)))[0]
    if kind == "rows":
        return function(np.array([[0.5, x, 2], [-1, 1, 3]], dtype=dtype))[0][1]
    return function(np.array([x, 0.5], dtype=dtype))[0]


def value(kind, function, x, dtype):
    try:
        return float(apply(kind, function, x, dtype))
    except (ArithmeticError, ValueError):
        return math.nan


def differences(kind, code, case):
    if case["reason"] is not None:
        yield case["reason"]
    space = {}
    exec(compile(code, "idiom", "exec"), space)  # noqa: S102: it is what the test is about.
    for dtype, made in case["types"].items():
        if dtype == "bfloat16" and "vectorize" in code:
            continue  # NumPy refuses.
        if kind in ("list", "number") and dtype != "float64":
            continue  # Python's own numbers are of one type.
        within = 16 * float(torch.finfo(getattr(torch, made["result"])).eps)
        for x, got in zip(INPUTS, map(float, made["values"])):
            x = torch.tensor(x, dtype=getattr(torch, dtype)).item()
            if not math.isfinite(x):
                continue
            real = value(kind, space["act"], x, dtype)
            same = got == real or (math.isnan(got) and math.isnan(real))
            if not same and not abs(got - real) <= within * max(1, abs(real)):
                yield f"{dtype}: at {x} the library gives {real}, the core {got}"


def check(file):
    with open(file, encoding="utf-8") as lines:
        made = json.load(lines)
    wrong, looked = 0, 0
    for (kind, code), case in zip(cases(), made, strict=True):
        looked += len(case["types"])
        found = list(differences(kind, code, case))
        if found:
            wrong += 1
            print(f"{found[0]} ({len(found)} in all)\n{code}")
    print(f"activations as people write them: {len(made)} in {looked} types, {wrong} differ from Python, NumPy and PyTorch")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        with open(sys.argv[2], "w", encoding="utf-8") as out:
            json.dump({"codes": [code for _, code in cases()], "inputs": INPUTS}, out)
    else:
        import ml_dtypes  # noqa: F401: gives NumPy bfloat16.
        import numpy as np
        import torch

        warnings.simplefilter("ignore")
        check(sys.argv[2])
