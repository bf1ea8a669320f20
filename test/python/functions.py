"""Writes random functions of one number, in all the ways that the reader follows, with the values that Python gives.

functions.py FILE [SEED] [COUNT] writes a JSON list of {code, values}: a value is {x, y, within}, where `within` is what
rounding may make of it, as the function magnifies it. Values that are no finite number are left out.
"""

import json
import math
import random
import sys

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


def value(function, x):
    try:
        return float(function(x))
    except (ArithmeticError, ValueError, TypeError):
        return math.nan


def values(code):
    space = {}
    exec(compile(code, "random", "exec"), space)  # noqa: S102: it is what the test is about.
    for x in INPUTS:
        y, *moved = [value(space["act"], each) for each in (x, x * (1 + 1e-13), x * (1 - 1e-13))]
        if not all(map(math.isfinite, (y, *moved))):
            continue
        yield {"x": x, "y": y, "within": 1e-9 * max(1, abs(y)) + 1e4 * max(abs(each - y) for each in moved)}


def main(file, seed="20261126", count="10000"):
    rng = random.Random(int(seed))
    codes = [Writer(rng).function() for _ in range(int(count))]
    with open(file, "w", encoding="utf-8") as out:
        json.dump([{"code": code, "values": list(values(code))} for code in codes], out)
    print(f"{count} random functions, seed {seed}")


if __name__ == "__main__":
    main(*sys.argv[1:])
