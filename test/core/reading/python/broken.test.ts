import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNotebook } from "../../../../src/core/reading/notebook/parseNotebook.ts";
import { readNotebook } from "../../../../src/core/reading/notebook/readNotebook.ts";
import { readPython } from "../../../../src/core/reading/python/readPython.ts";
import { readSource } from "../../../../src/core/reading/readSource.ts";
import type { ReadFile } from "../../../../src/core/reading/use.ts";
import type { Span } from "../../../../src/core/span.ts";
import { decodeSource } from "../../../../src/engines/sourceFiles.ts";
import { LINKED, mutate, random, SAMPLE, TYPESCRIPT } from "../brokenCode.ts";

const MUTANTS = Number(process.env.MUTANTS ?? 20_000);
const SEED = Number(process.env.SEED ?? 20_241_124);
/** Many times what the slowest takes on a slow machine; what hangs takes longer. */
const MOST_MS = 4000;

/** Each mutant comes of the one before, until it has little left in common with the sample. */
const GENERATIONS = 12;

const readers: readonly (readonly [name: string, share: number, sample: string, read: (text: string) => ReadFile])[] = [
	["Python", 0.4, SAMPLE, (text) => readPython(text)],
	["linked Python", 0.1, LINKED, (text) => readPython(text)],
	["TypeScript", 0.3, TYPESCRIPT, (text) => readSource(text, "typescript")],
	["a notebook's cell", 0.2, SAMPLE, (text) => readNotebook([text])[0]!],
];

test(`${MUTANTS} broken files: no exception, no hang, and every range holds what it says`, () => {
	console.log(`seed ${SEED}`);
	const next = random(SEED);
	for (const [name, share, sample, read] of readers) {
		let text = sample;
		for (let i = 0; i < MUTANTS * share; i++) {
			text = i % GENERATIONS === 0 ? sample : mutate(text, next, [sample]).slice(0, 1.2 * sample.length);
			const started = performance.now();
			const file = read(text);
			const ms = performance.now() - started;
			const which = `${name}, mutant ${i}, seed ${SEED}`;
			checkRanges(file, text, which);
			assert.ok(ms < MOST_MS, `${which}: ${ms} ms`);
		}
	}
});

function checkRanges({ uses, definitions }: ReadFile, text: string, which: string): void {
	let before = -1;
	for (const use of uses) {
		const { span, argument, definition } = use;
		assert.equal(text.slice(span.start, span.end), use.text, which);
		assert.ok(span.start > before && span.end > span.start, `${which}: ${use.text} at ${span.start}`);
		before = span.start;
		if (argument) checkSpan(argument.span, text, which);
		if (definition) checkSpan(definition.span, text, which);
	}
	for (const { span, nameSpan, reasonSpan, understood } of definitions) {
		for (const each of [span, nameSpan, ...(reasonSpan ? [reasonSpan] : [])]) checkSpan(each, text, which);
		for (const each of understood?.origins.values() ?? []) checkSpan(each, text, which);
	}
}

function checkSpan({ start, end }: Span, text: string, which: string): void {
	assert.ok(start >= 0 && end >= start && end <= text.length, `${which}: ${start}–${end} of ${text.length}`);
}

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
		["    for i in range(3):\n        pass\n    return x", "for loop", "for i in range(3):\n        pass"],
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

const texts = (code: string, languageId = "python") => readSource(code, languageId).uses.map(({ text }) => text);

test("what is around broken code is read: other versions, half lines, conflicts, tabs, form feeds, NULs", () => {
	const around = (bad: string) => `import torch\na = torch.relu(x)\n${bad}\nb = torch.tanh(x)\n`;
	const cases: Record<string, string> = {
		"Python 2":
			'print "old", x\nexec "code" in ns\nraise ValueError, "bad"\ntry:\n    pass\nexcept E, e:\n    print >>f, `e`, 0777, ur"x"\n',
		"a half-typed call": "y = foo(x, ",
		"a half-typed import": "from torch import",
		"a half-typed definition": "def foo(x",
		"a half-typed class": "class Foo(",
		"a half-typed string": "name = 'relu",
		"a half-typed attribute": "x = torch.",
		"a half-typed decorator": "@",
		"a conflict": "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> theirs",
		"a conflict of three": "<<<<<<< HEAD\nx = 1\n||||||| base\nx = 0\n=======\nx = 2\n>>>>>>> theirs",
		"a conflict in a function": "def f(x):\n<<<<<<< HEAD\n    return 1\n=======\n    return 2\n>>>>>>> theirs",
		tabs: "if x:\n\ty = 1\n        z = 2\n\tw = 3",
		"a form feed": "\f\nx = 1\n\fy = 2",
		NULs: "x = '\0'\n\0\0\n",
		"lone surrogates": "x = '\ud800' # \udc00",
		"too many brackets": "x = ((((((\n",
		"too few brackets": "x = 1))))]]}}",
	};
	for (const [name, bad] of Object.entries(cases)) {
		const found = texts(around(bad));
		assert.ok(found.includes("torch.relu"), `${name}: before, ${found}`);
		// An open bracket may take the one line behind it; the definitions that follow are read.
		const behind = texts(`${around(bad)}\ndef after(y):\n    return torch.sigmoid(y)\n`);
		assert.ok(behind.includes("torch.sigmoid"), `${name}: behind, ${behind}`);
	}
});

test("columns count UTF-16 units behind any character, and bytes of no known encoding are read", () => {
	const text = 'import torch\ns = "😀𝒳é"; y = torch.relu(x)  # 😀\n';
	const [use] = readSource(text, "python").uses;
	assert.equal(use?.span.start, text.indexOf("torch.relu"));
	const latin = decodeSource(
		Uint8Array.from([...Buffer.from("# caf"), 0xe9, ...Buffer.from("\nimport torch\ntorch.relu(x)\n")]),
	);
	assert.deepEqual(texts(latin), ["torch.relu"]);
	const wide = decodeSource(
		Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("import torch\r\ntorch.relu(x)\r\n", "utf16le")]),
	);
	assert.deepEqual(texts(wide), ["torch.relu"]);
});

test("a file of 100,000 lines is read whole, in time that grows with its length", () => {
	const block =
		"def f(x):\n    y = torch.relu(x)\n    return y + 1\n\nz = [1,\n     2]\nif z:\n    z = 3\n# a comment\n\n";
	const time = (blocks: number) => {
		const text = `import torch\n${block.repeat(blocks)}`;
		const started = performance.now();
		assert.equal(readSource(text, "python").uses.filter(({ kind }) => kind === "call").length, blocks);
		return performance.now() - started;
	};
	time(100);
	const [part, whole] = [time(1000), time(10_000)];
	// Ten times the length; were it quadratic it would take a hundred times the time.
	assert.ok(whole < 60 * part + 1000, `${part} ms, then ${whole} ms`);
	assert.deepEqual(texts(`import torch\n${"x = 1\n".repeat(100_000)}torch.relu(x)`), ["torch.relu"]);
	assert.deepEqual(texts(`import torch\nx = [${"1, ".repeat(200_000)}]\ntorch.relu(x)`), ["torch.relu"]);
	// Each string is looked at where it stands.
	for (const long of [
		`[${'"relu", '.repeat(20_000)}]`,
		`f(${'"relu", '.repeat(20_000)})`,
		`[${'("relu", 1, 2), '.repeat(20_000)}]`,
	])
		assert.deepEqual(texts(`import torch\nnames = ${long}\ntorch.relu(x)`), ["torch.relu"]);
});

test("cells with magics, shell lines and help are read around these", () => {
	const cell = (source: string) => readNotebook(["import torch", source])[1]!.uses.map(({ text }) => text);
	for (const line of [
		"%matplotlib inline",
		"!pip install torch",
		"?torch.relu",
		"torch.relu?",
		"torch.relu??",
		"files = !ls",
		"%time y = 3",
		"!echo \\\n  more",
	]) {
		assert.deepEqual(cell(`${line}\ntorch.tanh(x)`), ["torch.tanh"], line);
	}
	assert.deepEqual(cell("%%time\ntorch.tanh(x)"), ["torch.tanh"]);
	assert.deepEqual(cell("%%bash\ntorch.tanh(x)"), []);
	const problems: string[] = [];
	for (const bad of [
		"",
		"{",
		"[]",
		"null",
		'{"cells": 3}',
		'{"cells": [null, 3, {"cell_type": "code"}, {"cell_type": "code", "source": [1, null]}]}',
	]) {
		assert.ok(parseNotebook(bad, (message) => problems.push(message)).length <= 1, bad);
	}
	assert.equal(problems.length, 5);
});
