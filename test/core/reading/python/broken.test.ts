import assert from "node:assert/strict";
import { test } from "node:test";
import { readPython } from "../../../../src/core/reading/python/readPython.ts";

const SAMPLE = `import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
from functools import partial
SCALE = 1.0507

def sigmoid(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1. / (1. + np.exp(-x))

class Swish(nn.Module):
    def __init__(self, beta=1.0, *, act: type = nn.SiLU, **kw):
        super().__init__()
        self.beta, self.act = beta, act()
        self.relu = nn.LeakyReLU(0.2)
    @staticmethod
    def helper(x): return [max(0, v) for v in x if v]
    def forward(self, x):
        with torch.no_grad():
            y = x[x > 0] = self.relu(x)
        for i in range(3):
            y = F.gelu(y, approximate="tanh")
        else:
            y += x.sigmoid()
        return y * torch.sigmoid(self.beta * x) if x is not None else {"act": nn.ReLU}["act"]

x = np.array([[1, 2.5], [3, -4]], dtype=np.float32)
y = sigmoid(x); z = (lambda v: np.maximum(v, 0))(y)
match y:
    case [a, *b]: print(f"{a!r:>{b}}")
try:
    layer = keras.layers.Dense(3, activation="relu")
except (A, B) as e:
    del y
while (n := 3) < 5: pass
`;

/** A seeded generator of numbers in [0, 1): mulberry32. */
function random(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

/** Cuts, doubles, swaps or spoils pieces of a text. */
function mutate(text: string, next: () => number): string {
	const at = () => Math.floor(next() * text.length);
	const [a, b] = [at(), at()].sort((p, q) => p - q) as [number, number];
	const noise = [
		"(",
		")",
		"[",
		"\n",
		"    ",
		"\t",
		'"""',
		"'",
		":",
		",",
		"\\",
		"😀",
		"\0",
		"lambda",
		"def ",
		"*",
		"= ",
		"\f",
	];
	const lines = text.split("\n");
	switch (Math.floor(next() * 5)) {
		case 0:
			return text.slice(0, a) + text.slice(Math.min(b, a + 40));
		case 1:
			return text.slice(0, b) + text.slice(Math.max(a, b - 80));
		case 2:
			return text.slice(0, a) + noise[Math.floor(next() * noise.length)]! + text.slice(a);
		case 3:
			lines.splice(Math.floor(next() * lines.length), 1);
			return lines.join("\n");
		default:
			return lines.sort(() => next() - 0.5).join("\n");
	}
}

const MUTANTS = Number(process.env.MUTANTS ?? 500);

test(`${MUTANTS} broken files: no exception, and every range holds what it says`, () => {
	const seed = Number(process.env.SEED ?? 20_241_124);
	console.log(`seed ${seed}`);
	const next = random(seed);
	let text = SAMPLE;
	for (let i = 0; i < MUTANTS; i++) {
		text = i % 12 === 0 ? SAMPLE : mutate(text, next);
		const { uses, definitions } = readPython(text);
		let before = -1;
		for (const use of uses) {
			assert.equal(text.slice(use.span.start, use.span.end), use.text);
			assert.ok(use.span.start > before && use.span.end > use.span.start, `${use.text} at ${use.span.start}`);
			before = use.span.start;
			assert.ok(use.activation === null || typeof use.activation === "string");
		}
		for (const { span, nameSpan, reasonSpan } of definitions) {
			for (const each of [span, nameSpan, reasonSpan]) {
				if (each) assert.ok(each.start >= 0 && each.end >= each.start && each.end <= text.length);
			}
		}
	}
});

test("deep nesting, long chains and self-reference take bounded time and give a reason", () => {
	const deep = (n: number) => `def relu(x):\n    return ${"(".repeat(n)}x${" + 1)".repeat(n)}\n`;
	const chain = Array.from({ length: 3000 }, (_, i) => `def relu${i}(x):\n    return relu${i + 1}(x)\n`).join("");
	const cases = [
		deep(10_000),
		`y = ${"-".repeat(20_000)}x\nz = ${"f(".repeat(10_000)}x`,
		`def relu(x):\n    return ${"x + ".repeat(50_000)}x\n`,
		"def relu(x):\n    return relu(x)\n",
		"def relu(x):\n    return tanh2(x)\ndef tanh2(x):\n    return relu(x)\n",
		chain,
		`def relu(x):\n${Array.from({ length: 3000 }, (_, i) => `    if x > ${i}:\n        x = x * 2\n`).join("")}    return x\n`,
		"x = x\ny = z\nz = y\ny(x)\nclass A(A): pass\nA()(x)\n",
		`${Array.from({ length: 900 }, (_, i) => `${" ".repeat(i)}if x:\n`).join("")}`,
	];
	const started = performance.now();
	for (const code of cases) {
		for (const { name, understood, reason } of readPython(code).definitions) {
			assert.ok(understood !== null || reason?.startsWith("not understood: "), name);
		}
	}
	const calls = `import numpy as np\ndef act(x):\n    return ${"np.tanh(".repeat(10_000)}x${")".repeat(10_000)}\n`;
	assert.match(readPython(calls).definitions[0]?.reason ?? "", /too deep/);
	assert.match(readPython(deep(10_000)).definitions[0]?.reason ?? "", /too deep/);
	assert.match(readPython(cases[3]!).definitions[0]?.reason ?? "", /recursive function/);
	const seconds = (performance.now() - started) / 1000;
	assert.ok(seconds < 20, `${seconds} s`);
});

test("every kind of line end and a byte order mark keep the ranges right", () => {
	for (const end of ["\n", "\r\n", "\r"]) {
		const text = `\uFEFFimport torch${end}# 😀${end}y = torch.relu(x)${end}`;
		const { uses } = readPython(text);
		assert.deepEqual(
			uses.map(({ span }) => text.slice(span.start, span.end)),
			["torch.relu"],
		);
	}
});

test("each construct that is not understood is named, at its place", () => {
	const cases: [string, string, string][] = [
		["    while x:\n        pass\n    return x", "while loop", "while x:\n        pass"],
		["    for i in x:\n        pass\n    return x", "for loop", "for i in x:\n        pass"],
		["    return helper(x)", "the name helper", "helper"],
		["    return x.mean() * x", "reduction over the input", "x.mean()"],
		["    return x[0]", "indexing", "x[0]"],
		["    return np.fft.fft(x)", "numpy.fft.fft", "np.fft.fft(x)"],
		["    return x.astype(int)", "conversion to integers", "x.astype(int)"],
	];
	for (const [body, what, where] of cases) {
		const text = `def relu(x):\n${body}\n`;
		const [definition] = readPython(text).definitions;
		assert.equal(definition?.reason, `not understood: ${what}`);
		const { start, end } = definition?.reasonSpan ?? { start: 0, end: 0 };
		assert.equal(text.slice(start, end).trim(), where, what);
	}
});
