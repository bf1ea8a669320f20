import assert from "node:assert/strict";
import { test } from "node:test";
import type { Workspace } from "../../../src/core/reading/code/workspace.ts";
import { readNotebook } from "../../../src/core/reading/notebook/readNotebook.ts";
import { languageIdOf, openWorkspace, readSource } from "../../../src/core/reading/readSource.ts";
import type { ActivationUse } from "../../../src/core/reading/use.ts";

const short = ({ text, kind, activation }: ActivationUse) => `${text} ${kind} ${activation}`;

function workspaceOf(files: Readonly<Record<string, string>>): { workspace: Workspace; asked: string[] } {
	const asked: string[] = [];
	const read = (path: string) => {
		asked.push(path);
		return files[path];
	};
	return { workspace: openWorkspace({ has: (path) => path in files, read, rootOf: () => "/w" }), asked };
}

/** The uses in one of the files. */
function uses(path: string, files: Readonly<Record<string, string>>): string[] {
	const { workspace } = workspaceOf(files);
	return readSource(files[path]!, languageIdOf(path)!, { workspace, path }).uses.map(short);
}

const LAYERS = `from torch import nn
import torch.nn.functional as F
class MyAct(nn.Module):
    def forward(self, x):
        return x * F.sigmoid(x)
def cap(x):
    return F.relu6(x)
act = nn.Mish()
fast = F.silu
`;

test("what is imported from another file is what that file says it is", () => {
	const found = uses("/w/pkg/model.py", {
		"/w/pkg/layers.py": LAYERS,
		"/w/pkg/model.py":
			"from .layers import MyAct, cap, act as a, fast\nlayer = MyAct()\nlayer(x)\ncap(x)\na(x)\nfast(x)\n",
	});
	assert.deepEqual(found, [
		"MyAct module silu",
		"layer instance silu",
		"cap call relu6",
		"a instance mish",
		"fast instance silu",
	]);
});

test("modules are found beside the file, in folders above, by alias, in packages, and through re-exports and stars", () => {
	const files = {
		"/w/utils/nn.py": LAYERS,
		"/w/pkg/__init__.py": "from .inner import *\nfrom .inner.deep import cap as cap6\n",
		"/w/pkg/inner/__init__.py": "from .deep import MyAct\nfrom . import deep\n",
		"/w/pkg/inner/deep.py": LAYERS,
	};
	const found = (code: string, path = "/w/src/model.py") => uses(path, { ...files, [path]: code });
	assert.deepEqual(found("import utils.nn as u\nu.cap(x)"), ["u.cap call relu6"]);
	assert.deepEqual(found("from utils import nn as u\nu.MyAct()"), ["u.MyAct module silu"]);
	assert.deepEqual(found("from pkg import MyAct, cap6\nMyAct()\ncap6(x)"), ["MyAct module silu", "cap6 call relu6"]);
	assert.deepEqual(found("import pkg.inner.deep\npkg.inner.deep.act(x)"), ["pkg.inner.deep.act instance mish"]);
	assert.deepEqual(found("from ..pkg.inner.deep import *\nF.gelu(x)\ncap(x)"), ["F.gelu call gelu", "cap call relu6"]);
	assert.deepEqual(found("from nothing import MyAct\nMyAct()"), []);
});

test("a class inherits from one of another file, and an object is what its constructor's arguments make it", () => {
	const base = `from torch import nn
import torch
class Base(nn.Module):
    def __init__(self):
        self.act = nn.ELU()
class Swish(nn.Module):
    def __init__(self, beta=1.0):
        self.beta = beta
    def forward(self, x):
        return x * torch.sigmoid(self.beta * x)
`;
	const model = `from base import Base, Swish
class Net(Base):
    def forward(self, x):
        return self.act(self.fc(x))
s = Swish(2)
s(y)
`;
	const { workspace } = workspaceOf({ "/w/base.py": base });
	const file = readSource(model, "python", { workspace, path: "/w/model.py" });
	assert.deepEqual(file.uses.map(short), ["self.act instance elu", "Swish module swish_beta", "s instance swish_beta"]);
	assert.deepEqual(file.uses[1]?.parameters, { beta: 2 });
	assert.equal(file.uses[1]?.definition?.path, "/w/base.py");
	assert.deepEqual(file.definitions, []);
});

test("parts of a definition that another file writes have no place in its own text", () => {
	const { workspace } = workspaceOf({
		"/w/a.py": `${"#".repeat(500)}\nimport numpy as np\ndef s(x):\n    return np.tanh(x) + np.exp(x)\n`,
	});
	const text = "from a import s\ndef act(x):\n    return x * s(x)\n";
	const { definitions } = readSource(text, "python", { workspace, path: "/w/b.py" });
	const [own] = definitions;
	assert.ok(own?.understood);
	assert.equal(own.path, null);
	for (const { end } of own.understood.origins.values()) assert.ok(end <= text.length);
});

test("files that import each other in a circle are read", () => {
	const found = uses("/w/a.py", {
		"/w/a.py": "from b import *\nfrom b import act\nimport torch\nrelu = torch.relu\nact(x)\nnone(x)\n",
		"/w/b.py": "from a import *\nfrom a import relu, none\nact = relu\n",
	});
	assert.deepEqual(found, ["torch.relu call relu", "act instance relu"]);
});

test("TypeScript's relative imports are followed: by name, as default, as a whole, re-exported", () => {
	const files = {
		"/w/lib/act.ts": `import * as tf from "@tensorflow/tfjs";
export const swish = (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x));
export function cap(x: number) { return Math.max(0, x); }
export default function sig(x: number) { return 1 / (1 + Math.exp(-x)); }
function inner(x: number) { return Math.tanh(x); }
export { inner as tanh };
`,
		"/w/lib/index.ts": `export * from "./act";\nexport { cap as relu } from "./act.js";\n`,
	};
	const found = (code: string) => uses("/w/main.ts", { ...files, "/w/main.ts": code });
	assert.deepEqual(found('import { swish, tanh } from "./lib/act";\nswish(x); tanh(1);'), [
		"swish call silu",
		"tanh call tanh",
	]);
	assert.deepEqual(found('import s from "./lib/act.js";\ns(1);'), ["s call sigmoid"]);
	assert.deepEqual(found('import * as acts from "./lib";\nacts.cap(1); acts.relu(2);'), [
		"acts.cap call relu",
		"acts.relu call relu",
	]);
});

test("a notebook imports from the files beside it", () => {
	const { workspace } = workspaceOf({ "/w/layers.py": LAYERS });
	const at = { workspace, path: "/w/book.ipynb" };
	const cells = readNotebook(["from layers import cap", "y = 1\ncap(y)"], at);
	assert.deepEqual(
		cells.map((file) => file.uses.map(short)),
		[[], ["cap call relu6"]],
	);
});

test("a library's modules are not looked for among the files, and a file is read once", () => {
	const { workspace, asked } = workspaceOf({ "/w/layers.py": LAYERS });
	const text = "import torch, numpy as np\nfrom layers import cap\ncap(np.tanh(torch.relu(x)))\n";
	for (let i = 0; i < 3; i++) readSource(text, "python", { workspace, path: "/w/model.py" });
	assert.deepEqual(asked, ["/w/layers.py"]);
});
