import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "./runInTest.ts";

const file = join(mkdtempSync(join(tmpdir(), "code-")), "model.py");
writeFileSync(
	file,
	"import torch\n\ndef MyAct(x, beta=1.5):\n    return x / (1 + torch.exp(-beta * x))\n\ndef silu(x):\n    while x > 0:\n        x = x - 1\n    return x\n\ndef undefined_left(x):\n    return torch.where(x > 0, torch.exp(x), torch.nan)\n",
);

test("an activation of the catalog is written as code of each library, with its imports", async () => {
	const { code, out } = await run("code", "swish_beta", "--as", "jax");
	assert.equal(code, 0);
	assert.equal(
		out,
		'import jax\n\n\ndef swish_beta(x, beta=1.0):\n    """Swish-β: x · σ(β · x). Ramachandran et al. 2017."""\n    return x * jax.nn.sigmoid(beta * x)\n',
	);
});

test("a hand-written function is written in its best form, with its own parameters", async () => {
	const { out } = await run("code", `${file}:3`, "--as", "typescript");
	assert.match(
		out,
		/^\/\*\* MyAct: x \/ \(1 \+ exp\(−β · x\)\)\. \*\/\nexport function myAct\(x: number, beta = 1\.5\): number \{\n/,
	);
});

test("formulas are written as text and as LaTeX", async () => {
	assert.equal((await run("code", "gelu", "--as", "formula")).out, "0.5 · x · (1 + erf(x / √2))\n");
	assert.equal(
		(await run("code", "gelu", "--as", "latex")).out,
		"0.5 \\cdot x \\cdot \\left(1 + \\operatorname{erf}\\left(\\frac{x}{\\sqrt{2}}\\right)\\right)\n",
	);
});

test("what cannot be written says why in one sentence", async () => {
	const told = async (...args: string[]) => {
		const { code, complaints } = await run("code", ...args);
		return `${code} ${complaints}`;
	};
	assert.match(await told("gelu"), /^2 .*expected --as with one of pytorch, .*, got none/);
	assert.match(await told("gelu", "--as", "fortran"), /^2 .*got "fortran"/);
	assert.match(await told("geluu", "--as", "jax"), /^2 .*expected the id of an activation or FILE:LINE, got "geluu"/);
	assert.match(await told(`${file}:7`, "--as", "jax"), /^2 .*silu is not understood: while loop/);
	assert.match(await told(`${file}:11`, "--as", "jax"), /^1 .*undefined_left cannot be written as jax/);
});
