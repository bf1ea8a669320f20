import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { allEntries } from "../../../../src/core/activations/libraries/resolve.ts";
import { TellingPlaces } from "../../../../src/core/reading/code/tellingPlaces.ts";
import { languageIdOf, openWorkspace, readSource, scanSource } from "../../../../src/core/reading/readSource.ts";
import type { ActivationUse } from "../../../../src/core/reading/use.ts";
import { LINKED, MEMBERS, mutate, random, SAMPLE } from "../brokenCode.ts";

const MUTANTS = Number(process.env.MUTANTS ?? 200);
const SEED = Number(process.env.SEED ?? 20_261_127);
const FIXTURES = "test/fixtures/references";

const plain = ({ span, text, kind, activation, library, parameters }: ActivationUse) =>
	JSON.stringify([span.start, span.end, text, kind, activation, library, parameters]);
const named = (uses: readonly ActivationUse[]) => uses.filter(({ activation }) => activation !== null).map(plain);

function files(texts: Readonly<Record<string, string>>) {
	const workspace = (only?: "activations") =>
		openWorkspace(
			{
				has: (path) => path in texts,
				read: (path) => texts[path],
				rootOf: () => "/w",
			},
			only,
		);
	const [whole, scanned] = [workspace(), workspace("activations")];
	return (path: string) => {
		const language = languageIdOf(path)!;
		return {
			whole: named(readSource(texts[path]!, language, { workspace: whole, path }).uses),
			scanned: named(scanSource(texts[path]!, language, { workspace: scanned, path })),
		};
	};
}

test("in files as people write them a scan finds all that a reading of the whole file finds", () => {
	const labels: Record<string, unknown> = JSON.parse(readFileSync(`${FIXTURES}/labels.json`, "utf8"));
	const names = Object.keys(labels).filter((name) => !name.endsWith(".ipynb"));
	const read = files(
		Object.fromEntries(names.map((name) => [`/w/${name}`, readFileSync(`${FIXTURES}/${name}`, "utf8")])),
	);
	let count = 0;
	for (const name of names) {
		const { whole, scanned } = read(`/w/${name}`);
		assert.deepEqual(scanned, whole, name);
		count += whole.length;
	}
	assert.ok(count > 400, `${count} uses`);
});

const FOLLOWED: readonly (readonly [what: string, code: string, uses: number])[] = [
	["a name", "import torch\n\nh = torch.tanh\n\ndef f(x):\n    return h(x) + 1\n", 2],
	[
		"a function by hand",
		"import numpy as np\n\ndef h(x):\n    return np.maximum(x, 0)\n\ndef f(x):\n    return h(x) + 1\n",
		2,
	],
	[
		"an attribute that a base sets",
		"from torch import nn\n\nclass A(nn.Module):\n    def __init__(self):\n        self.h = nn.GELU()\n\nclass B(A):\n    def forward(self, x):\n        return self.h(x)\n",
		3,
	],
	[
		"what another name stands for",
		"from torch.nn.functional import relu as h\n\ng = h\n\ndef f(x):\n    return g(x)\n",
		3,
	],
	[
		"a name inside a function",
		"import torch\n\ndef f(x):\n    h = torch.tanh\n    def inner(y):\n        return h(y)\n    return [h(each) for each in x]\n",
		5,
	],
	[
		"an element of a list",
		"from torch import nn\n\nlayers = [nn.ReLU(), nn.ReLU()]\n\ndef f(x):\n    for h in layers:\n        x = h(x)\n    return x\n",
		3,
	],
	[
		"what a string names that says nothing",
		'import torch\n\nh = getattr(torch, "exp")\ny = torch.tanh(h(1))\n\ndef f(x):\n    return h(x)\n',
		4,
	],
	[
		"an attribute that a call sets",
		'from torch import nn\n\nclass A(nn.Module):\n    def __init__(self):\n        self.add_module("h", nn.GELU())\n\n    def forward(self, x):\n        return self.h(x)\n',
		3,
	],
	[
		"an attribute that a subclass sets",
		"from torch import nn\n\nclass A(nn.Module):\n    def forward(self, x):\n        return self.act(x)\n\nclass B(A):\n    def __init__(self):\n        self.act = nn.GELU()\n",
		3,
	],
	[
		"what a function makes",
		"from torch import nn\n\ndef make():\n    return nn.GELU()\n\nh = make()\n\ndef f(x):\n    return h(x)\n",
		3,
	],
	[
		"an object that a text makes one",
		'from torch import nn\n\nclass Act(nn.Module):\n    def __init__(self, kind):\n        self.h = {"b": nn.GELU()}[kind]\n\n    def forward(self, x):\n        return self.h(x)\n\na = Act("b")\n\ndef f(x):\n    return a(x)\n',
		5,
	],
	["what is imported where it is used", "def f(x):\n    from torch import exp as h\n    return h(x) + x.tanh()\n", 2],
	[
		"a long class that is one by a method that bounds",
		`import torch\n\nclass Unit(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n${"        self.step()\n".repeat(80)}\n    def forward(self, x):\n        return torch.maximum(x, 0 * x)\n\nUnit()(3)\n`,
		2,
	],
	[
		"a perceptron's step",
		"class Unit:\n    def __init__(self):\n        self.weights = [0]\n\n    def step(self, x):\n        return 1 if x >= 0 else 0\n\n    def f(self, x):\n        return self.step(x)\n",
		2,
	],
];
for (const [what, code, uses] of FOLLOWED) {
	test(`${what} that stands for an activation is followed to where nothing else tells of one`, () => {
		const { whole, scanned } = files({ "/w/a.py": code })("/w/a.py");
		assert.deepEqual(scanned, whole);
		assert.equal(scanned.length, uses);
	});
}

test("an activation of another file is found by whatever name", () => {
	const texts = {
		"/w/parts.py": "import numpy as np\n\ndef h(x):\n    return np.where(x > 0, x, 0)\n\ndef g(x):\n    return x\n",
		"/w/a.py": "from parts import h, g\n\nimport numpy as np\n\ndef f(x):\n    return g(h(x)) * np.tanh(x)\n",
	};
	const { whole, scanned } = files(texts)("/w/a.py");
	assert.deepEqual(scanned, whole);
	assert.equal(scanned.length, 2);
});

test("what a class, a module or all names of another file hold is found by whatever name", () => {
	const texts = {
		"/w/parts/__init__.py": "",
		"/w/parts/base.py":
			"from torch import nn\n\nclass Base(nn.Module):\n    def __init__(self):\n        self.h = nn.GELU()\n\ndef k(x):\n    return max(x, 0)\n",
		"/w/a.py":
			"import torch\nfrom parts.base import Base\nfrom parts import base\n\nclass A(Base):\n    def forward(self, x):\n        return self.h(x) + base.k(x) + torch.tanh(x)\n\nclass B(A):\n    def forward(self, x):\n        return torch.tanh(self.h(x)) + A().h(x)\n",
		"/w/b.py": "import torch\nfrom parts.base import *\n\ndef f(x):\n    return torch.tanh(k(x))\n",
	};
	const read = files(texts);
	for (const [path, uses] of [
		["/w/a.py", 5],
		["/w/b.py", 2],
	] as const) {
		const { whole, scanned } = read(path);
		assert.deepEqual(scanned, whole, path);
		assert.ok(scanned.length >= uses, `${path}: ${scanned.length} uses`);
	}
});

const isTelling = (statement: string) => new TellingPlaces(statement).isTelling({ from: 0, to: statement.length });

test("every activation of a library is telling where it is called, made or named by a string", () => {
	for (const { name } of allEntries()) {
		assert.ok(isTelling(name.includes(".") ? `y = ${name}(x)` : `Dense(3, activation="${name}")`), name);
	}
});

test("texts and comments are not telling, nor is what computes nothing", () => {
	assert.ok(!isTelling('def f(x):\n    """Like ReLU."""\n    return x + 1  # sigmoid\n'));
	assert.ok(!isTelling("for i in range(3):\n    print(max(i, 2))\n"));
	assert.ok(isTelling("def f(x):\n    return max(x, 0)\n"));
	assert.ok(isTelling('def f(x):\n    """Bounds "x"."""\n    return max(x, 0)  # not "x"\n'));
	assert.ok(!isTelling('def f(x):\n    return max(x, "a")\n'));
	assert.ok(!isTelling("def f(self, x):\n    self.largest = max(x, 0)\n    return x\n"));
	assert.ok(isTelling("def f(self, x):\n    return max(x, 0) * self.scale\n"));
});

test(`in ${MUTANTS} broken files a scan finds what the reading of the whole file does`, () => {
	console.log(`seed ${SEED}`);
	const next = random(SEED);
	for (const sample of [SAMPLE, LINKED, MEMBERS]) {
		for (let i = 0; i < MUTANTS / 3; i++) {
			const { whole, scanned } = files({ "/w/a.py": mutate(sample, next, [sample]) })("/w/a.py");
			assert.deepEqual(scanned, whole, `mutant ${i}, seed ${SEED}`);
		}
	}
});
