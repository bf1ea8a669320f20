import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { CommandIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run.ts";

const folder = mkdtempSync(join(tmpdir(), "activation-lens-scan-"));
after(() => rmSync(folder, { recursive: true }));

async function scan(
	...args: string[]
): Promise<{ code: number; found: Record<string, unknown>[]; complaints: string }> {
	let [output, complaints] = ["", ""];
	const io: CommandIo = {
		input: (async function* () {})(),
		write: async (text) => {
			output += text;
		},
		complain: (message) => {
			complaints += `${message}\n`;
		},
		signal: new AbortController().signal,
	};
	const code = await runCli(["scan", "--json", ...args], io, () => "0");
	return {
		code,
		complaints,
		found: output
			.split("\n")
			.filter(Boolean)
			.map((line) => JSON.parse(line)),
	};
}

function file(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	mkdirSync(join(path, ".."), { recursive: true });
	writeFileSync(path, content);
	return path;
}

const short = ({ line, column, endColumn, text, kind, activation }: Record<string, unknown>) =>
	`${line}:${column}-${endColumn} ${text} ${kind} ${activation}`;

test("each kind of use is found at its exact range; imports, argument strings and layer names are none", async () => {
	const path = file(
		"kinds.py",
		`import torch, numpy as np
from torch import nn
import torch.nn.functional as F
import keras
act = nn.GELU(approximate="tanh")
y = F.silu(x) + x.sigmoid()
block = dict(act_layer=nn.Mish)
layer = keras.layers.Dense(8, activation="elu")
net = nn.Sequential(("relu1", nn.ReLU()))
def swish(x):
    return x / (1 + np.exp(-x))
z = act(y)
`,
	);
	const { code, found } = await scan(path);
	assert.equal(code, 0);
	assert.deepEqual(found.map(short), [
		"5:6-13 nn.GELU module gelu_tanh",
		"6:4-10 F.silu call silu",
		"6:18-25 sigmoid method sigmoid",
		"7:23-30 nn.Mish module mish",
		'8:41-46 "elu" string elu',
		"9:30-37 nn.ReLU module relu",
		"10:4-9 swish definition silu",
		"12:4-7 act instance gelu_tanh",
	]);
});

test("columns count UTF-16 units behind astral characters, and a byte order mark is no column", async () => {
	const path = file("astral.py", '\uFEFFimport torch; s = "😀"; y = torch.tanh(s)\r\nz = torch.relu(y)\r\n');
	assert.deepEqual((await scan(path)).found.map(short), [
		"1:28-38 torch.tanh call tanh",
		"2:4-14 torch.relu call relu",
	]);
});

test("a file that is not UTF-8 is read as Latin-1, and binary rubbish finds nothing", async () => {
	const latin = file(
		"latin.py",
		Buffer.from("# -*- coding: latin-1 -*-\n# d\xe9j\xe0\nimport torch\ntorch.relu(x)\n", "latin1"),
	);
	assert.equal((await scan(latin)).found.length, 1);
	const rubbish = file(
		"rubbish.py",
		Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 256),
	);
	assert.deepEqual(await scan(rubbish), { code: 0, found: [], complaints: "" });
});

test("a notebook's uses name their cell among all cells; a broken notebook finds nothing", async () => {
	const cell = (cell_type: string, source: string) => ({ cell_type, source, metadata: {} });
	const notebook = {
		cells: [
			cell("markdown", "# relu"),
			cell("code", "from torch import nn as layers"),
			cell("code", "%time\nlayers.ReLU()"),
		],
		nbformat: 4,
	};
	const path = file("book.ipynb", JSON.stringify(notebook));
	const { found } = await scan(path);
	assert.deepEqual(
		found.map((one) => [one.cell, short(one)]),
		[[2, "2:0-11 layers.ReLU module relu"]],
	);
	assert.deepEqual((await scan(file("broken.ipynb", "{"))).found, []);
});

test("a folder is walked in order, links that lead back are followed once, other people's code is left out", async () => {
	const root = join(folder, "walk");
	for (const name of ["b.py", "a.py", "node_modules/x.py", ".venv/x.py", "sub/c.py"])
		file(join("walk", name), "import torch\ntorch.relu(x)\n");
	symlinkSync(root, join(root, "sub", "loop"));
	const { found } = await scan(root);
	assert.deepEqual(
		found.map((one) => String(one.file).slice(root.length + 1)),
		["a.py", "b.py", join("sub", "c.py")],
	);
});

test("a file is read once, at the first of its places, through whatever links it and its folder are reached", async () => {
	file(join("linked", "real", "z.py"), "import torch\ntorch.relu(x)\n");
	const root = join(folder, "linked", "through");
	symlinkSync(join(folder, "linked", "real"), root);
	symlinkSync(join(folder, "linked", "real", "z.py"), join(root, "a.py"));
	const { found } = await scan(root, join(folder, "linked", "real"));
	assert.deepEqual(
		found.map((one) => one.file),
		[join(root, "a.py")],
	);
});

test("a script's import of a folder leads to the folder's index", async () => {
	file(
		join("script", "ops", "index.ts"),
		"export function sigmoid(x: number) {\n  return 1 / (1 + Math.exp(-x));\n}\n",
	);
	const path = file(join("script", "main.ts"), 'import { sigmoid } from "./ops";\nconst y = sigmoid(0.3);\n');
	const { found } = await scan(path);
	assert.deepEqual(found.map(short), ["2:10-17 sigmoid call sigmoid"]);
});

test("a path that does not exist is one sentence and exit code 2", async () => {
	const { code, complaints } = await scan(join(folder, "none.py"));
	assert.equal(code, 2);
	assert.match(complaints, /^activation-lens scan: expected files or folders, but .*none\.py does not exist\n$/);
});

test("half-typed lines, merge markers and tabs do not keep the rest from being read", async () => {
	const path = file(
		"broken.py",
		"import torch\n<<<<<<< HEAD\ny = torch.relu(\n=======\n>>>>>>> other\n\tz = torch.tanh(y)\ndef f(:\n",
	);
	const activations = (await scan(path)).found.map(({ activation }) => activation);
	assert.deepEqual(activations, ["relu", "tanh"]);
});

test("a function by hand that is none of the catalog's is listed with --all alone", async () => {
	const path = file("own.py", "import numpy as np\ndef own(x):\n    return np.tanh(x) ** 3 + x\nown(2)\n");
	assert.deepEqual((await scan(path)).found.map(short), ["3:11-18 np.tanh call tanh"]);
	assert.deepEqual((await scan("--all", path)).found.map(short), [
		"2:4-7 own definition null",
		"3:11-18 np.tanh call tanh",
		"4:0-3 own call null",
	]);
});
