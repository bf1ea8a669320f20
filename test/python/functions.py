"""Writes random functions of one number, in all the ways that the reader follows, with the values that Python gives.

functions.py FILE [SEED] [COUNT] writes a JSON list of {code, values}: as many functions of Python's own numbers, and of
arrays of NumPy and of PyTorch. A value is {x, y, within}, where `within` is what rounding may make of it, as the function
magnifies it. Values that are no finite number are left out.
"""

import json
import math
import random
import sys

import numpy as np
import torch

NUMBERS = ["0", "1", "2", "0.5", "-1", "3.0", "0.1", "1.", "6", ".25", "1e-3", "-2.5", "2**3", "math.pi"]
FACTORS = ["0.5", "2", "1.5", "-1", "3"]
FUNCTIONS = ["math.exp", "math.tanh", "math.sin", "abs", "math.atan", "math.fabs", "math.erf", "math.cos"]
HELPERS = ["t * k", "t if t > k else k * t", "math.tanh(t) - k", "max(t, k)"]
INPUTS = [-7.3, -2.5, -2.0, -1.0, -0.61, -0.1, 0.0, 0.05, 0.25, 0.5, 0.9, 1.0, 1.7, 2.0, 3.0, 4.4, 6.0, 8.2]


class Writer:
    def __init__(self, rng):
        self.rng = rng
        self.names = ["x"]
        self.made = 0
        self.helper = None

    def one(self, *choices):
        return self.rng.choice(choices)

    def name(self):
        self.made += 1
        return f"v{self.made}"

    def number(self, depth):
        r = self.rng.random()
        inner = lambda: self.number(depth - 1)
        if depth <= 0 or r < 0.25:
            return self.rng.choice(self.names) if self.rng.random() < 0.7 else self.rng.choice(NUMBERS)
        if r < 0.38:
            return f"({inner()} {self.one(*'+-*/')} {inner()})"
        if r < 0.5:
            return f"{inner()} {self.one(*'+-*')} {inner()}"
        if r < 0.62:
            return f"{self.rng.choice(FUNCTIONS)}({inner()})"
        if r < 0.7:
            return f"{self.one('max', 'min')}({inner()}, {inner()})"
        if r < 0.76:
            return f"{self.one('-', '+', '- -')}{self.one('x', f'({inner()})')}{self.one('', '**2', '** 2', '**3')}"
        if r < 0.86:
            return f"({inner()} if {self.condition(depth - 1)} else {inner()})"
        if r < 0.9:
            return f"({inner()}) * ({self.condition(depth - 1)})"
        if r < 0.93 and self.helper:
            return f"{self.helper}({inner()})"
        if r < 0.96:
            factor, term = self.rng.choice(FACTORS), self.rng.choice(FACTORS)
            return f"(lambda t, u={factor}: t * u + {term})({inner()})"
        return f"({inner()}) {self.one('% 2', '% 3.0', '% 1.5', '// 1', '// 2', '// 0.5')}"

    def condition(self, depth):
        r = self.rng.random()
        compared = lambda: self.number(depth - 1)
        inner = lambda: self.condition(depth - 1)
        if depth <= 0 or r < 0.4:
            return f"{compared()} {self.one('<', '<=', '>', '>=')} {compared()}"
        if r < 0.55:
            return f"{self.rng.choice(NUMBERS)} {self.one('<', '<=')} {compared()} {self.one('<', '<=', '>')} {compared()}"
        if r < 0.7:
            return f"not {inner()}"
        if r < 0.85:
            return f"{inner()} {self.one('and', 'or')} {inner()}"
        if r < 0.95:
            return f"({inner()}) {self.one('and', 'or')} not ({inner()})"
        return f"not {inner()} {self.one('and', 'or')} {inner()}"

    def body(self, indent, depth, branches):
        lines, known, pad = [], list(self.names), " " * indent
        for _ in range(self.rng.randint(0, 2)):
            r = self.rng.random()
            if r < 0.4:
                value, name = self.number(depth), self.name()
                lines.append(f"{pad}{name} = {value}")
                self.names.append(name)
            elif r < 0.55 and len(self.names) > 1:
                lines.append(f"{pad}{self.one(*self.names[1:])} {self.one('+=', '-=', '*=')} {self.number(depth - 1)}")
            elif r < 0.65:
                values, names = (self.number(depth - 1), self.number(depth - 1)), (self.name(), self.name())
                lines.append(f"{pad}{', '.join(names)} = {', '.join(values)}")
                self.names.extend(names)
            elif r < 0.8 and branches > 0 and len(self.names) > 1:
                name = self.one(*self.names[1:])
                lines.append(f"{pad}if {self.condition(depth - 1)}:\n{pad}    {name} = {self.number(depth - 1)}")
                if self.rng.random() < 0.5:
                    lines.append(f"{pad}else:\n{pad}    {name} = {self.number(depth - 1)}")
            elif branches > 0:
                lines.append(f"{pad}if {self.condition(depth - 1)}:\n{self.body(indent + 4, depth - 1, branches - 1)}")
            else:
                lines.append(pad + self.one("pass", "assert True", "'''A text.'''"))
        if branches > 0 and self.rng.random() < 0.35:
            lines.append(f"{pad}if {self.condition(depth - 1)}:\n{pad}    return {self.number(depth)}")
            lines.append(f"{pad}elif {self.condition(depth - 1)}: return {self.number(depth - 1)}")
            lines.append(f"{pad}else:\n{self.body(indent + 4, depth - 1, 0)}")
        else:
            lines.append(f"{pad}return {self.number(depth)}")
        self.names = known
        return "\n".join(lines)

    def function(self):
        code = "import math\n"
        if self.rng.random() < 0.4:
            self.helper = "helper"
            code += f"def helper(t, k={self.rng.choice(FACTORS)}):\n    return {self.rng.choice(HELPERS)}\n"
        return f"{code}def act(x):\n{self.body(4, 3, 2)}\n"


class ArrayWriter(Writer):
    """Functions of whole arrays: masks, `where`, bounds, methods, and what is changed in place."""

    LIBRARIES = {
        "np": "import numpy as np\n",
        "torch": "import torch\nimport torch.nn.functional as F\n",
    }
    # PyTorch loses the far tail of gelu.
    FUNCTIONS = {
        "np": ["exp", "tanh", "sin", "abs", "sign", "square", "expm1", "cos"],
        "torch": ["exp", "tanh", "sin", "abs", "sign", "square", "expm1", "cos", "sigmoid", "relu"],
    }

    def __init__(self, rng, library):
        super().__init__(rng)
        self.library = library

    def number(self, depth):
        r = self.rng.random()
        inner = lambda: self.number(depth - 1)
        constant = lambda: self.rng.choice(NUMBERS[:-1])
        if depth <= 0 or r < 0.22:
            return self.rng.choice(self.names)
        if r < 0.3:
            return f"({inner()} {self.one(*'+-*')} {constant()})"
        if r < 0.45:
            # Nothing is divided by 0, whose sign masks do not keep, and no NaN made, which `heaviside` does not.
            return self.one(*(f"({inner()} {sign} {inner()})" for sign in "+-*"), f"({inner()} / ({inner()} + 7.77))")
        if r < 0.5:
            return f"{inner()} {self.one(*'+-*')} {inner()}"
        if r < 0.6:
            return f"{self.library}.{self.rng.choice(self.FUNCTIONS[self.library])}({inner()})"
        if r < 0.62:
            return f"{self.library}.log1p({self.library}.exp({inner()}))"
        if r < 0.7:
            return self.bounded(inner, constant)
        if r < 0.76:
            return f"{self.one('-', '+')}{self.one('x', f'({inner()})')}{self.one('', '**2', '** 2', '**3')}"
        if r < 0.88:
            return f"{self.library}.where({self.condition(depth - 1)}, {inner()}, {inner()})"
        if r < 0.92:
            return f"({inner()}) * ({self.condition(depth - 1)})"
        if r < 0.95:
            return f"({self.condition(depth - 1)}) * ({inner()}) + ({inner()}) * (~({self.condition(depth - 1)}))"
        return f"({inner()}) {self.one('% 2', '% 3.0', '// 1.5')}"

    def bounded(self, inner, constant):
        low, high = self.one("0", "-1", "-2.5"), self.one("1", "6", "2")
        if self.library == "np":
            return self.one(
                f"np.maximum({inner()}, {constant()})",
                f"np.minimum({inner()}, {inner()})",
                f"np.clip({inner()}, {low}, {high})",
                f"np.heaviside({inner()}, {self.one('0', '0.5', '1.0')})",
            )
        return self.one(
            f"torch.clamp({inner()}, min={low})",
            f"torch.clamp({inner()}, {low}, {high})",
            f"({inner()}).clamp(max={high})",
            f"torch.maximum({inner()}, {inner()})",
            f"F.{self.one('relu', 'softplus', 'elu', 'silu', 'hardtanh', 'leaky_relu')}({inner()})",
            f"({inner()}).{self.one('tanh', 'sigmoid', 'abs', 'exp', 'relu', 'neg', 'square')}()",
        )

    def condition(self, depth):
        r = self.rng.random()
        inner = lambda: self.condition(depth - 1)
        if depth <= 0 or r < 0.5:
            right = self.one(self.number(depth - 1), self.rng.choice(NUMBERS[:-1]))
            return f"{self.number(depth - 1)} {self.one('<', '<=', '>', '>=')} {right}"
        if r < 0.6:
            return f"~({inner()})"
        if r < 0.8:
            return f"({inner()}) {self.one('&', '|')} ({inner()})"
        if r < 0.9:
            return f"{self.library}.logical_{self.one('and', 'or')}({inner()}, {inner()})"
        return f"{self.library}.logical_not({inner()})"

    def function(self):
        lines = []
        for _ in range(self.rng.randint(0, 3)):
            r = self.rng.random()
            changed = self.one(*self.names[1:]) if len(self.names) > 1 else None
            if r < 0.5:
                value, name = self.number(2), self.name()
                lines.append(f"{name} = {value}")
                self.names.append(name)
            elif r < 0.65 and changed:
                lines.append(f"{changed} {self.one('+=', '-=', '*=')} {self.number(1)}")
            elif r < 0.72 and changed:
                lines.append(f"{changed}[{changed} {self.one('<', '>')} 0] {self.one('=', '*=')} {self.one('0.5', '-1')}")
            elif r < 0.8:
                mask, name = self.name(), self.name()
                lines.append(f"{mask} = {self.condition(1)}\n    {name} = x * {mask} + {self.number(1)}")
                self.names.append(name)
            elif self.library == "torch" and changed:
                method = self.one("mul_(2)", "add_(1)", "clamp_(min=0)", "abs_()", "tanh_()")
                lines.append(f"{changed}.{method}")
        body = "".join(f"    {line}\n" for line in [*lines, f"return {self.number(3)}"])
        return f"{self.LIBRARIES[self.library]}def act(x):\n{body}"


def one_by_one(function, inputs):
    def value(x):
        try:
            return float(function(x))
        except (ArithmeticError, ValueError, TypeError):
            return math.nan

    return [value(x) for x in inputs]


def as_array(library):
    def values(function, inputs):
        try:
            if library == "np":
                with np.errstate(all="ignore"):
                    found = function(np.array(inputs))
            else:
                found = function(torch.tensor(inputs, dtype=torch.float64))
            return [float(one) for one in found]
        except (TypeError, ValueError, RuntimeError):
            # What the library itself refuses: a mask minus a mask, or no array at all.
            return [math.nan] * len(inputs)

    return values


def values(code, apply):
    space = {}
    exec(compile(code, "random", "exec"), space)  # noqa: S102: it is what the test is about.
    moved = [[x * factor for x in INPUTS] for factor in (1, 1 + 1e-13, 1 - 1e-13)]
    for x, y, *others in zip(INPUTS, *(apply(space["act"], inputs) for inputs in moved)):
        if all(map(math.isfinite, (y, *others))):
            yield {"x": x, "y": y, "within": 1e-9 * max(1, abs(y)) + 1e4 * max(abs(each - y) for each in others)}


def main(file, seed="20261126", count="5000"):
    rng = random.Random(int(seed))
    kinds = [(lambda: Writer(rng), one_by_one)]
    kinds += [(lambda each=each: ArrayWriter(rng, each), as_array(each)) for each in ArrayWriter.LIBRARIES]
    codes = [(make().function(), apply) for make, apply in kinds for _ in range(int(count))]
    with open(file, "w", encoding="utf-8") as out:
        json.dump([{"code": code, "values": list(values(code, apply))} for code, apply in codes], out)
    print(f"{len(codes)} random functions, seed {seed}")


if __name__ == "__main__":
    main(*sys.argv[1:])
