/** What people write out by hand; `npm run test:python` runs such functions by the libraries. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectDefinition } from "../../../../src/core/diagnosis/inspectDefinition.ts";
import { printFormula } from "../../../../src/core/expression/formula.ts";
import { readPython } from "../../../../src/core/reading/python/readPython.ts";

function read(body: string) {
	const code = `import math\nimport numpy as np\nimport torch\n\ndef act(x):\n    ${body.replaceAll("\n", "\n    ")}\n`;
	const definition = readPython(code).definitions.find(({ name }) => name === "act")!;
	return { code, definition };
}

function formula(body: string): string | null {
	const { understood, reason } = read(body).definition;
	return understood ? printFormula(understood.activation.definition) : reason;
}

test("np.piecewise takes the last condition that holds, a function more for all others, and 0 without it", () => {
	assert.equal(
		formula("return np.piecewise(x, [x < 0, x >= 0], [lambda v: 0.1 * v, lambda v: v])"),
		"x if x ≥ 0, else (0.1 · x if x < 0, else 0)",
	);
	assert.equal(
		formula("return np.piecewise(x, [x > 0, x > 1], [lambda v: v, 1, np.tanh])"),
		"1 if x > 1, else (x if x > 0, else tanh(x))",
	);
	assert.equal(formula("return np.piecewise(x, x < 0, [0, lambda v: v])"), "0 if x < 0, else x");
	assert.match(formula("return np.piecewise(x, [x < 0], [0.1 * x, x])")!, /an array in place of a function/);
	assert.match(formula("return np.piecewise(x, [x < 0], [f, g], 2)")!, /arguments of piecewise/);
});

test("the places where a condition holds pick what the condition picks", () => {
	for (const where of ["np.where(x < 0)", "np.nonzero(x < 0)", "torch.where(x < 0)"]) {
		assert.equal(formula(`y = x.copy()\ny[${where}] = 0.1 * x[${where}]\nreturn y`), "0.1 · x if x < 0, else x", where);
		assert.equal(formula(`y = x.copy()\ny[${where}] *= 0.1\nreturn y`), "x · 0.1 if x < 0, else x", where);
	}
	// Rows of places are no index of all axes, and of three values one is none.
	for (const other of ["torch.nonzero(x < 0)", "np.where(x < 0, 1, 0)", "np.argwhere(x < 0)"]) {
		assert.equal(read(`y = x.copy()\ny[${other}] = 0\nreturn y`).definition.understood, null, other);
	}
});

test("np.select takes the first condition that holds, and 0 without a default; lists may have names", () => {
	assert.equal(formula("return np.select([x > 1, x > 0], [1, x])"), "1 if x > 1, else (x if x > 0, else 0)");
	assert.equal(
		formula("cases = [x < 0]\nvalues = [0.1 * x]\nreturn np.select(cases, values, default=x)"),
		"0.1 · x if x < 0, else x",
	);
	assert.match(formula("return np.select([x > 0], [x, 1])")!, /select/);
	// PyTorch's picks by an index.
	assert.match(formula("return torch.select(x, 0, 1)")!, /torch\.select/);
});

/** Bodies of loops over elements, with what they compute. */
const LOOPS: readonly (readonly [body: string, formula: string])[] = [
	["out = []\nfor v in x:\n    out.append(max(0, v))\nreturn np.array(out)", "max(0, x)"],
	[
		"out = []\nfor v in x:\n    if v > 0:\n        out.append(v)\n    else:\n        out.append(0.1 * v)\nreturn out",
		"x if x > 0, else 0.1 · x",
	],
	[
		"out = []\nfor v in x:\n    if v > 0:\n        out.append(v)\n    elif v <= 0:\n        out.append(0)\nreturn out",
		"x if x > 0, else 0",
	],
	["out = []\nfor v in x:\n    if v < 0:\n        v = 0\n    out.append(v)\nreturn out", "0 if x < 0, else x"],
	["for i in range(len(x)):\n    x[i] = max(0, x[i])\nreturn x", "max(0, x)"],
	["for i in range(0, len(x)):\n    if x[i] < 0:\n        x[i] *= 0.1\nreturn x", "x · 0.1 if x < 0, else x"],
	["for i, v in enumerate(x):\n    if v < 0:\n        x[i] = 0\nreturn x", "0 if x < 0, else x"],
	[
		"y = np.zeros_like(x)\nfor i in range(x.shape[0]):\n    if x[i] > 0:\n        y[i] = x[i]\nreturn y",
		"x if x > 0, else 0",
	],
	[
		"y = np.empty_like(x)\nfor i in range(x.size):\n    if x[i] > 0:\n        y[i] = x[i]\n    elif x[i] <= 0:\n        y[i] = 0\nreturn y",
		"x if x > 0, else 0",
	],
	["out = [0] * len(x)\nfor i in range(len(x)):\n    out[i] = max(0, x[i])\nreturn out", "max(0, x)"],
	[
		"y = np.zeros(x.shape)\nfor i in range(x.shape[0]):\n    for j in range(x.shape[1]):\n        y[i, j] = max(0, x[i, j])\nreturn y",
		"max(0, x)",
	],
	[
		"m, n = x.shape\nx = x.copy()\nfor i in range(m):\n    for j in range(n):\n        x[i][j] = max(x[i][j], 0)\nreturn x",
		"max(x, 0)",
	],
	[
		"for i in range(len(x)):\n    for j in range(len(x[0])):\n        x[i][j] = 0 if x[i][j] < 0 else x[i][j]\nreturn x",
		"0 if x < 0, else x",
	],
	[
		"out = []\nfor row in x:\n    r = []\n    for v in row:\n        r.append(max(0, v))\n    out.append(r)\nreturn np.array(out)",
		"max(0, x)",
	],
	["return [[max(0, v) for v in row] for row in x]", "max(0, x)"],
	["return np.array([max(0, x[i]) for i in range(len(x))])", "max(0, x)"],
	["y = np.zeros(len(x))\nfor i in range(len(x)):\n    y[i] = max(0, x[i])\nreturn y.reshape(x.shape)", "max(0, x)"],
	["y = torch.zeros_like(x)\nfor i in range(x.size(0)):\n    y[i] = torch.tanh(x[i])\nreturn y", "tanh(x)"],
];

test("a loop over the elements computes of each what its body says", () => {
	for (const [body, expected] of LOOPS) assert.equal(formula(body), expected, body);
});

test("lists are no arrays: + joins them and * repeats them", () => {
	const loop = "out = []\nfor v in x:\n    out.append(max(0, v))\n";
	for (const rest of ["return out * 2", "return out + [0]", "out += [0]\nreturn out"]) {
		assert.match(formula(loop + rest)!, /operator [+*] of a list/, rest);
	}
	assert.match(formula("return [max(0, v) for v in x] * 2")!, /operator \* of a list/);
	assert.equal(formula(`${loop}return np.array(out) * 2`), "max(0, x) · 2");
	assert.equal(formula(`${loop}return out / np.sqrt(2)`), "max(0, x) / √2");
});

test("a softmax by a loop has the sum of the whole array, or of each row", () => {
	const identity = (body: string) => read(body).definition.identity?.activation;
	assert.equal(identity("return [np.exp(v) / np.sum(np.exp(x)) for v in x]"), "softmax");
	assert.equal(identity("return np.exp(x - np.log(np.sum(np.exp(x))))"), "softmax");
	assert.equal(identity("e = [math.exp(v) for v in x]\ntotal = sum(e)\nreturn [v / total for v in e]"), "softmax");
	assert.equal(identity("m = max(x)\ne = [math.exp(v - m) for v in x]\nreturn [v / sum(e) for v in e]"), "softmax");
	assert.equal(
		identity(
			"y = np.zeros_like(x)\nfor i in range(len(x)):\n    e = np.exp(x[i] - x[i].max())\n    y[i] = e / e.sum()\nreturn y",
		),
		"softmax",
	);
});

test("a loop may add up what it computes of all elements, or find the largest of them", () => {
	const identity = (body: string) => read(body).definition.identity?.activation;
	const squad = `if not x:
    return []
most = None
for v in x:
    if most is None or v > most:
        most = v
e = []
total = 0.0
for v in x:
    u = math.exp(v - most)
    e.append(u)
    total += u
probs = []
for u in e:
    probs.append(u / total)
return probs`;
	assert.equal(identity(squad), "softmax");
	const sum = (turn: string, start = "0") =>
		identity(`total = ${start}\nfor i in range(len(x)):\n    ${turn}\nreturn [math.exp(v) / total for v in x]`);
	assert.equal(sum("total += math.exp(x[i])"), "softmax");
	// What is added to something else, or is used on the way, is another number; what is found last is none of the largest.
	assert.notEqual(sum("total += math.exp(x[i])", "1"), "softmax");
	assert.notEqual(sum("total += math.exp(x[i])\n    x[i] = total"), "softmax");
	assert.notEqual(sum("if x[i] > 0:\n        total += math.exp(x[i])"), "softmax");
	assert.notEqual(sum("total += 1"), "softmax");
	for (const [condition, start] of [
		["v < most", "None"],
		["v > most", "0"],
		["True", "None"],
	] as const)
		assert.notEqual(identity(squad.replace("most is None or v > most", condition).replace("None", start)), "softmax");
	assert.equal(identity(squad.replace("most is None or v > most", "v > most").replace("None", "-math.inf")), "softmax");
});

test("a loop that does more than put each element at its own place is not understood, and what more is named", () => {
	const cases: readonly (readonly [body: string, reason: string, at: string])[] = [
		["s = 1\nfor v in x:\n    s += v\nreturn s", "what is kept from element to element", "s"],
		[
			"last = 0\nout = []\nfor v in x:\n    out.append(v - last)\n    last = v\nreturn out",
			"what is kept from element to element",
			"last",
		],
		["t = 0\nreturn [(t := t + v) for v in x]", "what is kept from element to element", "t"],
		["out = []\nfor v in x:\n    out.append(v * x)\nreturn out", "an array among its elements", "x"],
		["return [v * x for v in x]", "an array among its elements", "x"],
		["return list(map(lambda v: v * x, x))", "an array among its elements", "x"],
		["f = lambda v: v * x\nreturn [f(v) for v in x]", "an array among its elements", "x"],
		["for i in range(len(x)):\n    x[i] = x[i - 1]\nreturn x", "indexing", "x[i - 1]"],
		[
			"y = np.zeros_like(x)\nfor i in range(len(x)):\n    for j in range(len(x[i])):\n        y[j][i] = x[i][j]\nreturn y",
			"indexing",
			"i",
		],
		["for i in range(1, len(x)):\n    x[i] = 0\nreturn x", "for loop", "for i in range(1, len(x)):\n        x[i] = 0"],
		["for v in x:\n    return v", "return in a loop", "for v in x:\n        return v"],
		[
			"y = np.empty_like(x)\nfor i in range(len(x)):\n    if x[i] > 0:\n        y[i] = 1\nreturn y",
			"elements that nothing is assigned to",
			"act",
		],
	];
	for (const [body, reason, at] of cases) {
		const { code, definition } = read(body);
		assert.equal(definition.reason, `not understood: ${reason}`, body);
		const { start, end } = definition.reasonSpan!;
		assert.ok(code.slice(start, end).trim().endsWith(at) || at === "act", `${body}: ${code.slice(start, end)}`);
	}
	for (const body of [
		"out = []\nfor v in x:\n    if v > 0:\n        out.append(v)\nreturn out",
		"out = []\nfor v in x:\n    out.append(v)\n    out.append(0)\nreturn out",
		"y = x\nfor i in range(len(x)):\n    y[i] = max(0, x[i])\nreturn x",
		"for row in x:\n    row[row < 0] = 0\nreturn x",
		"for v in x:\n    x = v\nreturn x",
		"for x in x:\n    pass\nreturn x",
		"def clip(t):\n    for i in range(len(t)):\n        t[i] = max(0, math.tanh(t[i]))\n    return t\ny = clip(x)\nreturn x * y",
		"for i in range(len(x)):\n    x[i] = i\nreturn x",
	]) {
		assert.equal(read(body).definition.understood, null, body);
	}
});

test("what a mask picks may have a name, where it is put back by the same mask", () => {
	assert.equal(
		formula(
			"y = np.empty_like(x)\npos = x >= 0\ny[pos] = 1 / (1 + np.exp(-x[pos]))\nz = np.exp(x[~pos])\ny[~pos] = z / (1 + z)\nreturn y",
		),
		"exp(x) / (1 + exp(x)) if not (x ≥ 0), else 1 / (1 + exp(−x))",
	);
	for (const rest of ["return z", "return x + z", "x[x > 0] = z\nreturn x"]) {
		assert.match(formula(`z = np.exp(x[x < 0])\n${rest}`)!, /picked elements among all/, rest);
	}
	assert.match(formula("y = np.empty_like(x)\ny[x > 0] = x[x > 0]\nreturn y")!, /nothing is assigned to/);
});

test("a match goes by its patterns and guards", () => {
	const match = (subject: string, ...cases: readonly string[]) =>
		formula(`match ${subject}:\n${cases.map((each) => `    case ${each}`).join("\n")}`);
	assert.equal(match("x > 0", "True: return x", "False: return 0.0"), "x if x > 0, else 0");
	assert.equal(match("x > 0", "True: return x", "_: return 0.1 * x"), "x if x > 0, else 0.1 · x");
	assert.equal(match("x", "v if v > 1: return 1", "v: return v"), "1 if x > 1, else x");
	assert.match(match("x > 0", "True: return x")!, /a way that returns nothing/);
	assert.match(match("x", "True: return x", "_: return 0")!, /case/);
	assert.match(match("x", "0: return 1.0", "_: return math.sin(x) / x")!, /case/);
	assert.match(match("(x > 0, x > 1)", "(True, True): return x", "_: return 0")!, /pattern/);
});

test("an elif that asks for all that is left is the else", () => {
	assert.equal(formula("if x > 0:\n    return x\nelif x <= 0:\n    return 0"), "x if x > 0, else 0");
	assert.equal(formula("if x < 0:\n    return 0.1 * x\nif 0 <= x:\n    return x"), "0.1 · x if x < 0, else x");
	assert.equal(
		formula("if x < -1:\n    y = -1\nelif x > 1:\n    y = 1\nelif -1 <= x <= 1:\n    y = x\nreturn y"),
		"−1 if x < −1, else (1 if x > 1, else x)",
	);
	assert.match(formula("if x > 0:\n    return x\nelif x < 0:\n    return 0")!, /a way that returns nothing/);
	assert.match(formula("if x > 0:\n    y = x\nelif x < 0:\n    y = 0\nreturn y")!, /the name y/);
});

test("the distribution function of PyTorch's standard normal object is known, in a field too, and of no other", () => {
	const half = "x · 0.5 · (1 + erf(x / √2))";
	assert.equal(formula("return x * torch.distributions.Normal(0, 1).cdf(x)"), half);
	assert.match(formula("return x * torch.distributions.Normal(0, 2).cdf(x)")!, /torch\.distributions\.Normal/);
	const code =
		"import torch\nfrom torch.distributions import Normal\nclass G(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.normal = Normal(0.0, 1.0)\n    def forward(self, x):\n        return x * self.normal.cdf(x)";
	assert.equal(readPython(code).definitions[0]?.identity?.activation, "gelu");
});

test("max and min of a list of numbers are those of the numbers", () => {
	assert.equal(formula("return max([0, x]) + min((0, 0.1 * x))"), "max(0, x) + min(0, 0.1 · x)");
});

test("types are looked at where it is certain to which the elements are rounded that are stored", () => {
	const types = (body: string) => inspectDefinition(read(body).definition).dtypes;
	const loop = (array: string, value: string) =>
		types(`y = ${array}\nfor i in range(len(x)):\n    y[i] = ${value}\nreturn y`);
	const all = ["float64", "float32", "float16", "bfloat16"];
	assert.deepEqual(loop("np.zeros_like(x)", "np.tanh(x[i])"), all);
	assert.deepEqual(loop("np.empty_like(x)", "np.tanh(x[i])"), all);
	// NumPy's √2 is float64, of which a narrower array keeps less.
	assert.deepEqual(loop("np.zeros_like(x)", "np.sqrt(2) * np.tanh(x[i])"), ["float64"]);
	assert.deepEqual(loop("np.zeros(len(x))", "np.tanh(x[i])"), ["float64"]);
	assert.deepEqual(loop("np.zeros(len(x), dtype=np.float32)", "np.tanh(x[i])"), ["float32"]);
	assert.deepEqual(loop("torch.zeros(len(x))", "torch.tanh(x[i])"), []);
	assert.deepEqual(types("return np.piecewise(x, [x < 0], [np.tanh, lambda v: v])"), all);
	assert.deepEqual(types("return np.piecewise(x, [x < 0], [lambda v: v * np.sqrt(2), lambda v: v])"), ["float64"]);
	assert.deepEqual(types("y = np.zeros(x.shape, dtype=np.float32)\ny[x > 0] = np.tanh(x[x > 0])\nreturn y"), [
		"float32",
	]);
	// NumPy's truth values are not the True of a pattern.
	assert.deepEqual(types("match x > 0:\n    case True: return x\n    case _: return math.exp(x)"), ["float64"]);
});

test("math raises in a loop as it does alone, and what the numbers are put into does not compute them", () => {
	for (const body of [
		"out = []\nfor v in x:\n    out.append(1 / (1 + math.exp(-v)))\nreturn np.array(out)",
		"return np.array([1 / (1 + math.exp(-v)) for v in x])",
	]) {
		const { hazards, library } = inspectDefinition(read(body).definition);
		assert.equal(library, "math");
		assert.deepEqual(
			hazards.map(({ dtype, kind }) => `${dtype} ${kind}`),
			["float64 exception"],
		);
	}
});

test("what overflows in a try is what its handler gives there", () => {
	const caught = "(0 if x < 0, else 1) if −x > 709.7827, else 1 / (1 + exp(−x))";
	const attempt = "try:\n    return 1 / (1 + math.exp(-x))\nexcept OverflowError:\n    return 0.0 if x < 0 else 1.0";
	assert.equal(formula(attempt), caught);
	const named = "try:\n    y = math.exp(x)\nexcept OverflowError:\n    y = 1e308\nreturn y - 1";
	assert.equal(formula(named), "(1e308 if x > 709.7827, else exp(x)) − 1");
	// NumPy's arrays do not raise it.
	assert.equal(formula(attempt.replace("math.", "np.")), "1 / (1 + exp(−x))");
	for (const other of [
		attempt.replace("OverflowError", "ValueError"),
		attempt.replace(" OverflowError", ""),
		attempt.replace("math.exp(-x)", "2.5 ** -x"),
		attempt.replace("math.exp(-x)", "math.cosh(x)"),
		`${attempt}\nfinally:\n    pass`,
	])
		assert.match(formula(other)!, /^not understood: try statement$/, other);
});

test("what is not understood matters where it is used, if nothing else could have changed", () => {
	const rectified = (before: string) => formula(`${before}\nreturn np.maximum(0, x)`);
	for (const harmless of [
		"shape = [1, len(x)] + [1] * (len(x.shape) - 2)",
		"import time\nstart = time.time()",
		"width = x.shape[0] * 2\nhalf = width // 2",
	])
		assert.equal(rectified(harmless), "max(0, x)", harmless);
	assert.match(rectified("n = unknown(x)")!, /unknown/);
	assert.match(rectified("n = [v.fill(0) for v in x]")!, /not understood/);
	assert.match(formula("n = len(x) * 2\nreturn np.maximum(0, x) / n")!, /length of an array as a number/);
});

test("an element of a table of numbers is that number", () => {
	const code = "C = (0.5, [1.5, 2.5])\n\ndef act(x):\n    return C[0] * x * C[1][-1] + abs(x)\n";
	const { understood } = readPython(code).definitions[0]!;
	assert.equal(printFormula(understood!.activation.definition), "0.5 · x · 2.5 + |x|");
	for (const other of ["C[len(x)]", "C[7]", "C[x > 0]", "C[-n]"])
		assert.equal(
			readPython(code.replace("C[0]", other).replace("act", "my_relu")).definitions[0]!.understood,
			null,
			other,
		);
	assert.equal(readPython(`${code}C[0] = 3\n`.replace("act", "my_relu")).definitions[0]!.understood, null);
});

test("a softmax that guards its sum by a small number is one where the sum is 1 at least", () => {
	const softmax = (body: string) => read(body).definition.identity?.activation;
	assert.equal(softmax("e = np.exp(x - np.max(x))\nreturn e / (np.sum(e) + 1e-8)"), "softmax");
	assert.equal(softmax("e = np.exp(x)\nreturn e / (np.sum(e) + 1e-8)"), undefined);
	assert.equal(softmax("e = np.exp(x - np.max(x))\nreturn e / (np.sum(e) + 0.1)"), undefined);
	assert.equal(softmax("e = np.exp(x - np.mean(x))\nreturn e / (np.sum(e) + 1e-8)"), undefined);
});

test("a softmax may be shifted by the mean or the smallest of its inputs as well, not by what differs among them", () => {
	const identity = (body: string) => read(body).definition.identity?.activation;
	const shifted = (by: string) => identity(`e = np.exp(x - ${by})\nreturn e / np.sum(e, axis=-1, keepdims=True)`);
	assert.equal(shifted("np.mean(x, axis=-1, keepdims=True)"), "softmax");
	assert.equal(shifted("x.mean()"), "softmax");
	assert.equal(shifted("np.min(x)"), "softmax");
	assert.equal(identity("z = x - x.mean()\nreturn z - np.log(np.sum(np.exp(z)))"), "log_softmax");
	assert.equal(shifted("np.mean(x) * x"), undefined);
	assert.equal(shifted("np.mean(np.exp(x))"), undefined);
});

test("a property is no value that is true, and an element of a softmax is no softmax", () => {
	const code = `import torch

class Head:
    def __init__(self):
        self.act = torch.sigmoid if self.is_binary else torch.exp

    @property
    def is_binary(self):
        return self.count < 2

    def activation(self, x):
        return self.act(x)
`;
	assert.equal(readPython(code).definitions.find(({ name }) => name === "activation")?.identity, null);
	const picked = (index: string) =>
		readPython(`import torch.nn.functional as F\ndef softmax(x):\n    return F.softmax(x, dim=1)${index}\n`)
			.definitions[0]!.identity?.activation;
	assert.deepEqual([picked(""), picked("[:, 1]")], ["softmax", undefined]);
});

test("a unit that gates one half of its input by the other is the catalog's, in its order alone", () => {
	const identity = (body: string) => read(body).definition.identity?.activation;
	const halves = "x, gate = x.chunk(2, dim=-1)";
	assert.equal(identity(`${halves}\nreturn torch.nn.functional.gelu(gate) * x`), "geglu");
	assert.equal(identity(`${halves}\nreturn x * gate.sigmoid()`), "glu");
	assert.equal(identity(`${halves}\nreturn x * gate * torch.sigmoid(gate)`), "swiglu");
	assert.equal(identity("a, b = np.split(x, 2, axis=-1)\nreturn a * np.maximum(b, 0)"), "reglu");
	assert.equal(identity(`${halves}\nreturn torch.nn.functional.gelu(x) * gate`), undefined);
	assert.equal(identity(`${halves}\nreturn torch.nn.functional.gelu(gate, approximate="tanh") * x`), undefined);
	assert.equal(identity("a, b = (x + 1).chunk(2, dim=-1)\nreturn a * torch.sigmoid(b)"), undefined);
	assert.equal(identity("a, b = x.chunk(3, dim=-1)\nreturn a * torch.sigmoid(b)"), undefined);
	assert.equal(identity("a, b = x.chunk(2, dim=-1)\nreturn x * torch.sigmoid(b)"), undefined);
});

test("statements on one line are read one by one", () => {
	assert.equal(read("z = x - x.max(); e = np.exp(z); return e / e.sum()").definition.identity?.activation, "softmax");
	assert.equal(formula("if x > 0: y = x; return y\nreturn 0.1 * x"), "x if x > 0, else 0.1 · x");
});

test("what a constructor makes by what it is given is what it makes of the default, or of a call's argument", () => {
	const code = `import torch
import torch.nn as nn
import torch.nn.functional as F

class Activation(nn.Module):
    def __init__(self, kind="gelu"):
        super().__init__()
        self.act = nn.ReLU()
        if kind is None or kind == "identity":
            self.act = nn.Identity()
        elif kind == "sigmoid":
            self.act = torch.sigmoid
        elif kind in ("gelu", "GELU"):
            self.act = F.gelu
        elif callable(kind):
            self.act = kind

    def forward(self, x):
        return self.act(x)

made = [Activation(), Activation("sigmoid"), Activation(kind="GELU"), Activation(other)]
`;
	const made = readPython(code).uses.filter(({ kind, text }) => kind === "module" && text === "Activation");
	assert.deepEqual(
		made.map(({ activation }) => activation),
		["gelu", "sigmoid", "gelu", null],
	);
	// One way or the other, by what nobody knows: neither.
	const unknown = code.replace('if kind is None or kind == "identity"', "if torch.cuda.is_available()");
	assert.equal(readPython(unknown).definitions[0]!.identity, null);
	const inLoop = code.replace(
		"if kind is None",
		"for _ in range(2):\n            self.act = nn.Tanh()\n        if kind is None",
	);
	assert.equal(readPython(inLoop).definitions[0]!.identity, null);
});
