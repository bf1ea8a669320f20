import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { workspaceScan } from "../../src/engines/workspaceScan.ts";
import type { ScannedFile } from "../../src/protocol/workspaceScan.ts";

const folder = mkdtempSync(join(tmpdir(), "activation-lens-workspace-"));
const workerFile = join(folder, "scanWorker.cjs");
before(() =>
	build({
		entryPoints: ["src/engines/scanWorker.ts"],
		outfile: workerFile,
		bundle: true,
		platform: "node",
		format: "cjs",
		logLevel: "warning",
	}),
);
after(() => rmSync(folder, { recursive: true }));

function workspace(name: string, files: Readonly<Record<string, string>>): string {
	const root = join(folder, name);
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(join(root, path, ".."), { recursive: true });
		writeFileSync(join(root, path), text);
	}
	return root;
}

async function scan(root: string): Promise<ScannedFile[]> {
	const found: ScannedFile[] = [];
	for await (const file of workspaceScan([root], workerFile)) found.push(file);
	return found.map((file) => ({ ...file, path: file.path.slice(root.length + 1) }));
}

test("each file that holds activations comes once, with their counts and places; the others do not", async () => {
	const root = workspace("counts", {
		"a.py": "import torch\nfrom torch import nn\nnet = [nn.ReLU(), nn.ReLU()]\n😀 = torch.tanh(x)\n",
		"deep/b.ts": 'import * as tf from "@tensorflow/tfjs";\nconst y = tf.relu(x);\n',
		"deep/empty.py": "x = 1\n",
		"n.ipynb": JSON.stringify({
			cells: [
				{ cell_type: "markdown" },
				{ cell_type: "code", source: ["%matplotlib inline\n", "import torch\n", "torch.relu(x)"] },
			],
		}),
		"deep/user.py": "from deep.own import own\nown(2)\n",
		"deep/own.py": "import numpy as np\ndef own(x):\n    return np.maximum(x, 0)\n",
		"node_modules/skipped.js": "const y = tf.relu(x);\n",
	});
	const found = await scan(root);
	assert.deepEqual(
		found.map(({ path, counts }) => [path, counts]),
		[
			["a.py", { relu: 2, tanh: 1 }],
			["deep/b.ts", { relu: 1 }],
			["deep/own.py", { relu: 1 }],
			["deep/user.py", { relu: 1 }],
			["n.ipynb", { relu: 1 }],
		],
	);
	assert.deepEqual(found[0]?.uses[2], { activation: "tanh", kind: "call", line: 3, column: 5, endColumn: 15 });
	assert.deepEqual(found[4]?.uses[0], { activation: "relu", kind: "call", cell: 1, line: 2, column: 0, endColumn: 10 });
});

test("what cannot be read is told in a sentence, and the rest is read; a loop of links ends", async () => {
	const root = workspace("bad", {
		"a/broken.ipynb": '{"cells": [',
		"a/none.ipynb": "[]",
		"b/locked/x.py": "import torch\ntorch.relu(x)\n",
		"c/fine.py": "import torch\ntorch.relu(x)\n",
	});
	symlinkSync(root, join(root, "c", "loop"));
	symlinkSync(join(root, "nowhere"), join(root, "c", "dangling.py"));
	chmodSync(join(root, "b/locked"), 0);
	try {
		const found = await scan(root);
		const problems = Object.fromEntries(
			found.filter(({ problem }) => problem).map(({ path, problem }) => [path, problem]),
		);
		assert.match(problems["a/broken.ipynb"] ?? "", /expected a notebook, but it is not JSON/);
		assert.match(problems["a/none.ipynb"] ?? "", /expected a notebook with a list of cells/);
		assert.match(problems["c/dangling.py"] ?? "", /cannot be read \(ENOENT\)/);
		// Whoever may read everything reads this too.
		if (process.getuid?.() !== 0) assert.match(problems["b/locked"] ?? "", /cannot be read \(EACCES\)/);
		assert.ok(found.some(({ path, counts }) => path === "c/fine.py" && counts.relu === 1));
	} finally {
		chmodSync(join(root, "b/locked"), 0o755);
	}
});

test("a scan that is left early, or aborted, ends its worker", async () => {
	const files = Object.fromEntries(
		Array.from({ length: 300 }, (_, i) => [`f${i}.py`, `import torch\n${"torch.relu(x)\n".repeat(50)}`]),
	);
	const root = workspace("many", files);
	for await (const { counts } of workspaceScan([root], workerFile)) {
		assert.equal(counts.relu, 50);
		break;
	}
	const controller = new AbortController();
	let seen = 0;
	for await (const _ of workspaceScan([root], workerFile, controller.signal)) if (++seen === 3) controller.abort();
	assert.ok(seen >= 3 && seen < 300, `${seen}`);
	for await (const _ of workspaceScan([root], workerFile, AbortSignal.abort())) assert.fail("begun though aborted");
});

test("a worker that cannot start throws", async () => {
	await assert.rejects(async () => {
		for await (const _ of workspaceScan([folder], join(folder, "missing.cjs"))) assert.fail("nothing can come");
	});
});
