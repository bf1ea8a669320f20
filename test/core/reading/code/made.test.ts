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
	assert.deepEqual(made(CHAIN, 'act = get(*names)\nact2 = get("relu", **rest)\nact(x)\nact2(x)'), []);
	const loop = 'def get(name):\n    for each in TABLE:\n        if name == "relu":\n            return nn.ReLU()\n';
	assert.deepEqual(made(loop, 'act = get("relu")\nact(x)'), []);
	const local =
		'def get(name):\n    def gelu(x):\n        return x * scale\n    return gelu if name == "gelu" else nn.ReLU\n';
	assert.deepEqual(made(local, 'get("gelu")'), []);
	const open =
		'def get(name, deep):\n    if deep:\n        act = nn.Identity()\n    else:\n        if name == "relu":\n            act = nn.ReLU()\n        else:\n            raise ValueError\n    return act\n';
	assert.deepEqual(made(open, 'act = get("relu", deep)\nact(x)'), []);
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
