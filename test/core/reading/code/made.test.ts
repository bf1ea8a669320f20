import assert from "node:assert/strict";
import { test } from "node:test";
import { readPython } from "../../../../src/core/reading/python/readPython.ts";
import { openWorkspace, readSource } from "../../../../src/core/reading/readSource.ts";

const HEAD = "import torch.nn as nn\nimport torch.nn.functional as F\n";

/** What is made of `use` by a function of this text, "text kind activation", without what stands in the function. */
function made(maker: string, use: string, parameters = false): string[] {
	const code = `${HEAD}${maker}\n`;
	return readPython(code + use)
		.uses.filter(({ span, activation }) => span.start >= code.length && activation !== null)
		.map((each) => `${each.text} ${each.kind} ${each.activation}${parameters ? JSON.stringify(each.parameters) : ""}`);
}

const CHAIN = `
def get(name, slope=0.2):
    """The activation of a name."""
    if name is None:
        return nn.Identity()
    name = name.lower()
    if name == "relu":
        return nn.ReLU(inplace=True)
    elif name in ("silu", "swish"):
        return nn.SiLU()
    elif name == "leaky":
        return nn.LeakyReLU(slope)
    elif name != "tanh":
        raise ValueError(name)
    return F.tanh
`;

test("a function that chooses by a text makes what it gives for the text that is written", () => {
	assert.deepEqual(made(CHAIN, 'act = get("ReLU")\nact(x)'), ['"ReLU" string relu', "act instance relu"]);
	assert.deepEqual(made(CHAIN, 'get(name="swish")'), ['"swish" string silu']);
	assert.deepEqual(made(CHAIN, 'get("tanh")(x)'), ['"tanh" string tanh']);
	assert.deepEqual(made(CHAIN, "act = get(None)\nact(x)"), ["act instance linear"]);
});

test("what is open in it is not guessed", () => {
	assert.deepEqual(made(CHAIN, "act = get(name)\nact(x)"), []);
	assert.deepEqual(made(CHAIN, 'act = get("gelu")\nact(x)'), []);
	assert.deepEqual(made(CHAIN, 'act = get(*names)\nact2 = get("relu", **rest)\nact(x)\nact2(x)'), [
		'"relu" string relu',
	]);
	const loop = 'def get(name):\n    for each in TABLE:\n        if name == "relu":\n            return nn.ReLU()\n';
	assert.deepEqual(made(loop, 'act = get("relu")\nact(x)'), ['"relu" string relu']);
	const local =
		'def get(name):\n    def gelu(x):\n        return x * scale\n    return gelu if name == "gelu" else nn.ReLU\n';
	assert.deepEqual(made(local, 'get("gelu")'), []);
	const open =
		'def get(name, deep):\n    if deep:\n        act = nn.Identity()\n    else:\n        if name == "relu":\n            act = nn.ReLU()\n        else:\n            raise ValueError\n    return act\n';
	// What the function gives is open, but not what it makes by the text.
	assert.deepEqual(made(open, 'act = get("relu", deep)\nact(x)'), ['"relu" string relu']);
	assert.deepEqual(made(open, 'act = get("relu", False)\nact(x)'), ['"relu" string relu', "act instance relu"]);
});

test("a class' constants are texts by which a function chooses", () => {
	const maker = `class Act:\n    RELU = "relu"\n    GELU = "gelu"\ndef get(name):\n    if name == Act.RELU:\n        return nn.ReLU()\n    raise ValueError\n`;
	assert.deepEqual(made(maker, "act = get(Act.RELU)\nact(x)"), ["Act.RELU instance relu", "act instance relu"]);
	assert.deepEqual(made(maker, 'get("relu")'), ['"relu" string relu']);
	assert.deepEqual(made(maker, "get(Act.GELU)"), []);
});

test("a text is looked up in tables and modules, and what is no part of the choice is not named", () => {
	const table = 'TABLE = {"relu": nn.ReLU, "gelu": F.gelu, "slope": nn.LeakyReLU(0.3)}\ndef get(key="gelu"):\n    ';
	assert.deepEqual(made(`${table}return TABLE[key]`, 'act = get("gelu")\nact(x)'), [
		'"gelu" string gelu',
		"act instance gelu",
	]);
	assert.deepEqual(made(`${table}return TABLE[key]`, "act = get()\nact(x)"), ["act instance gelu"]);
	assert.deepEqual(made(`${table}return TABLE.get(key, nn.Tanh)`, 'get("relu")\nget("elu")'), ['"relu" string relu']);
	assert.deepEqual(
		made(
			`${table}if key not in TABLE:\n        raise KeyError(key)\n    return TABLE[key]()`,
			'act = get("relu")\nact(x)',
		),
		['"relu" string relu', "act instance relu"],
	);
	assert.deepEqual(made("def get(kind):\n    return getattr(nn, kind)()", 'act = get("ELU")\nact(x)'), [
		'"ELU" string elu',
		"act instance elu",
	]);
	assert.deepEqual(made("def layer(name):\n    return nn.ReLU()", 'act = layer("tanh")\nact(x)'), [
		"act instance relu",
	]);
	// A table that is changed may hold anything.
	assert.deepEqual(made(`${table}TABLE["relu"] = other\n    return TABLE[key]`, 'get("relu")'), []);
});

test("a text that a class is told is what its constructor makes by it, also by way of another", () => {
	const act = `
class Act(nn.Module):
    TABLE = {"gelu": nn.GELU(), "celu": nn.CELU(2.0)}
    def __init__(self, kind, slope=0.3):
        super().__init__()
        self.kind = kind.lower()
        if self.kind == "leaky_relu":
            self.fn = nn.LeakyReLU(slope)
        elif kind in self.TABLE:
            self.fn = self.TABLE[kind]
        else:
            self.fn = getattr(nn, kind)()
class Block(nn.Module):
    def __init__(self, size, kind="leaky_relu", **rest):
        super().__init__()
        self.layer = nn.Linear(size, size)
        self.fn = Act(kind, 0.1)
class Wide(Block):
    def __init__(self, size, kind):
        super().__init__(2 * size, kind=kind)
`;
	const slope = (text: string, value: number) => [`"${text}" string leaky_relu{"negative_slope":${value}}`];
	assert.deepEqual(made(act, 'Act("leaky_relu")', true), slope("leaky_relu", 0.3));
	assert.deepEqual(made(act, 'Act("Leaky_ReLU", slope=0.2)', true), slope("Leaky_ReLU", 0.2));
	assert.deepEqual(made(act, 'Block(8, "leaky_relu")', true), slope("leaky_relu", 0.1));
	assert.deepEqual(made(act, 'Wide(8, kind="leaky_relu")', true), slope("leaky_relu", 0.1));
	assert.deepEqual(made(act, 'Act("celu")\nBlock(8, "Tanh")', true), [
		'"celu" string celu{"alpha":2}',
		'"Tanh" string tanh{}',
	]);
	assert.deepEqual(made(`${act}def build(size, kind="leaky_relu"):\n    return Block(size, kind)\n`, "build(8)"), []);
	const byDefault = readPython(`${HEAD}${act}`).uses.find(({ text }) => text === '"leaky_relu"');
	assert.deepEqual(byDefault?.parameters, { negative_slope: 0.1 });
	// A name of another thing, of one that is not made by it, and what a library does with it.
	assert.deepEqual(
		made("class Up(nn.Module):\n    def __init__(self, mode):\n        self.mode = mode\n", 'Up("linear")'),
		[],
	);
	const gated = 'def gate(kind):\n    return nn.Sigmoid() if kind == "relu" else None\n';
	assert.deepEqual(
		made(`${gated}class Net:\n    def __init__(self, kind):\n        self.fn = gate(kind)\n`, 'Net("relu")'),
		[],
	);
	const layer = "class Net:\n    def __init__(self, kind):\n        self.rnn = nn.RNN(3, 3, nonlinearity=kind)\n";
	assert.deepEqual(made(layer, 'Net("relu")'), ['"relu" string relu']);
});

test("an object is the activation that its constructor makes by a text, from a table, a module or a match", () => {
	const act = (body: string) =>
		`class Act(nn.Module):\n    TABLE = {"celu": nn.CELU(2.0), "gelu": nn.GELU()}\n    def __init__(self, kind):\n        super().__init__()\n        ${body.replaceAll("\n", "\n        ")}\n    def forward(self, x):\n        return self.fn(x)\n`;
	const match =
		'match kind:\n    case "a":\n        self.fn = nn.ReLU()\n    case "b" | "celu":\n        self.fn = nn.CELU(2.0)';
	const bodies = [
		"self.fn = self.TABLE[kind.lower()]",
		'self.fn = {"celu": nn.CELU(2.0), "a": nn.ReLU()}[kind]',
		match,
	];
	for (const body of bodies) {
		assert.deepEqual(
			made(act(body), 'act = Act("celu")\nact(x)', true),
			['Act module celu{"alpha":2}', '"celu" string celu{"alpha":2}', 'act instance celu{"alpha":2}'],
			body,
		);
	}
	assert.deepEqual(made(act("self.fn = getattr(nn, kind)()"), 'act = Act("Tanh")\nact(x)'), [
		"Act module tanh",
		'"Tanh" string tanh',
		"act instance tanh",
	]);
	assert.deepEqual(made(act("self.fn = self.TABLE[kind]"), 'act = Act("other")\nact(x)'), []);
});

test("what the file binds under a text is what its own tables of names have", () => {
	const swish = "class Swish(nn.Module):\n    def forward(self, x):\n        return x * F.sigmoid(x)\n";
	const bodies = ["globals()[name]()", "getattr(sys.modules[__name__], name)()"];
	for (const body of bodies) {
		assert.deepEqual(
			made(`import sys\n${swish}def get(name):\n    return ${body}\n`, 'act = get("Swish")\nact(x)'),
			['"Swish" string silu', "act instance silu"],
			body,
		);
	}
});

test("a text's parameters are not those of a library where what makes it by the text is not known", () => {
	const unknown = (code: string) =>
		readPython(HEAD + code).uses.flatMap(({ text, unknownParameters }) => (/^"/.test(text) ? unknownParameters : []));
	const hidden = "class Net(nn.Module):\n    def __init__(self, act):\n        self.act = act\n";
	assert.deepEqual(unknown(`${hidden}Net(act="leaky_relu")`), ["negative_slope"]);
	const two = `class Net(nn.Module):
    def __init__(self, act):
        self.a = nn.LeakyReLU(0.1) if act == "leaky_relu" else nn.ReLU()
        self.b = nn.LeakyReLU(0.2) if act == "leaky_relu" else nn.ReLU()
`;
	assert.deepEqual(unknown(`${two}Net(act="leaky_relu")`), ["negative_slope"]);
	assert.deepEqual(unknown(`${two}Net(act="relu")`), []);
	assert.deepEqual(unknown('def net(act="elu", **rest):\n    return build(act)\n'), ["alpha"]);
});

test("a match chooses by a text, too", () => {
	const maker =
		'def get(name):\n    match name:\n        case "relu":\n            return nn.ReLU()\n        case "leaky" | "leaky_relu":\n            return nn.LeakyReLU(0.3)\n        case _:\n            raise ValueError(name)\n';
	assert.deepEqual(made(maker, 'act = get("leaky_relu")\nact(x)', true), [
		'"leaky_relu" string leaky_relu{"negative_slope":0.3}',
		'act instance leaky_relu{"negative_slope":0.3}',
	]);
	assert.deepEqual(made(maker, 'get("tanh")'), []);
});

test("functions of the workspace that make one, methods and other functions of it are followed", () => {
	const both = `${CHAIN}\ndef outer(kind):\n    return get(kind)\n`;
	assert.deepEqual(made(both, 'outer("relu")'), ['"relu" string relu']);
	assert.deepEqual(made("def get(name):\n    return get(name)", 'get("relu")'), []);
	const method = `class Net:\n    def make(self, kind):\n        return {"relu": nn.ReLU()}[kind]\n`;
	assert.deepEqual(
		made(
			method,
			'    def __init__(self):\n        self.act = self.make("relu")\n    def forward(self, x):\n        return self.act(x)',
		),
		['"relu" string relu', "self.act instance relu"],
	);
	const own = `class Swish(nn.Module):\n    def forward(self, x):\n        return x * F.sigmoid(x)\ndef get(name):\n    return {"swish": Swish, "leaky": nn.LeakyReLU(0.3)}[name]\n`;
	assert.deepEqual(made(own, 'get("swish")'), ['"swish" string silu']);
	const files = new Map([["/w/acts.py", HEAD + CHAIN]]);
	const workspace = openWorkspace({
		has: (path) => files.has(path),
		read: (path) => files.get(path),
		rootOf: () => "/w",
	});
	const { uses } = readSource('from acts import get\nact = get("relu")\nact(x)\n', "python", {
		workspace,
		path: "/w/net.py",
	});
	assert.deepEqual(
		uses.filter(({ activation }) => activation).map(({ text, activation }) => `${text} ${activation}`),
		['"relu" relu', "act relu"],
	);
});

test("PyTorch's own maker is known where its file is not at hand", () => {
	assert.deepEqual(
		made("from torch.nn.modules.transformer import _get_activation_fn", 'act = _get_activation_fn("gelu")\nact(x)'),
		['"gelu" string gelu', "act instance gelu"],
	);
});

test("functions that call one another again and again, on ways that are open, are read in no time", () => {
	const chain = Array.from({ length: 60 }, (_, i) => {
		const next = (given: string) => (i === 59 ? "nn.ReLU()" : `get${i + 1}(${given})`);
		const arms = `    if deep:\n        a = ${next("name, deep")}\n    else:\n        a = ${next("name, not deep")}\n`;
		return `def get${i}(name, deep):\n${arms}${arms}    return a\n`;
	});
	assert.deepEqual(made(chain.join(""), 'act = get0("relu", deep)\nact(x)'), []);
	assert.deepEqual(made(chain.slice(58).join(""), 'act = get58("relu", deep)\nact(x)'), ["act instance relu"]);
});
