/** Normalisation that code writes by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Step } from "../../../../src/core/reading/model/model.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";

/** The steps behind the layer that is normalised. */
function stepsOf(forward: string, layer = "nn.Linear(8, 16)"): readonly Step[] {
	const text = `import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tself.fc = ${layer}\n\t\tself.g = nn.Parameter(torch.ones(16))\n\t\tself.b = nn.Parameter(torch.zeros(16))\n\tdef forward(self, x):\n\t\tx = self.fc(x)\n${forward.replace(/^/gm, "\t\t")}\n`;
	const [model] = readModels(codeOf(text, "python")!);
	return model!.layers.slice(2).map(({ step }) => step);
}

const norm = (of: "layer" | "rms", epsilon: number) => ({
	kind: "normalisation",
	of,
	features: 16,
	channels: "first",
	epsilon,
});

test("x times the reciprocal root of the mean of its squares is RMS normalisation", () => {
	for (const code of [
		"return self.g * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)",
		"return x * (x ** 2).mean(-1, keepdim=True).add(1e-6).rsqrt()",
		"return x / torch.sqrt(torch.mean(torch.square(x), dim=-1, keepdim=True) + 1e-6)",
		"return x * torch.pow((x * x).mean(-1, keepdim=True) + 1e-6, -0.5)",
	]) {
		assert.deepEqual(stepsOf(code), [norm("rms", 1e-6)], code);
	}
});

test("x without its mean over its deviation is layer normalisation", () => {
	for (const code of [
		"m = x.mean(-1, keepdim=True)\nv = x.var(-1, unbiased=False, keepdim=True)\nreturn self.g * ((x - m) / torch.sqrt(v + 1e-5)) + self.b",
		"m = x.mean(-1, keepdim=True)\nv = (x - m).pow(2).mean(-1, keepdim=True)\nreturn (x - m) / (v + 1e-5).sqrt()",
	]) {
		assert.deepEqual(stepsOf(code), [norm("layer", 1e-5)], code);
	}
});

test("a deviation that counts one number less leaves a factor", () => {
	const [made, scale, ...rest] = stepsOf(
		"m = x.mean(-1, keepdim=True)\ns = x.std(-1, keepdim=True)\nreturn self.g * (x - m) / (s + 1e-3) + self.b",
	);
	assert.deepEqual([made, scale, rest], [norm("layer", 1e-6), { kind: "scale", by: Math.sqrt(15 / 16) }, []]);
});

test("along the channels of an image it works on each place", () => {
	const steps = stepsOf(
		"u = x.mean(1, keepdim=True)\ns = (x - u).pow(2).mean(1, keepdim=True)\nx = (x - u) / torch.sqrt(s + 1e-6)\nreturn self.g[:, None, None] * x + self.b[:, None, None]",
		"nn.Conv2d(3, 16, 3)",
	);
	const moved = { kind: "reshape", what: "transpose", how: { to: "swapped", axes: [0, -1] } };
	assert.deepEqual(steps, [moved, norm("layer", 1e-6), moved]);
});

test("a value over its length is as one over its root mean square, by the root of its size", () => {
	assert.deepEqual(stepsOf("return F.normalize(x, dim=-1)"), [
		norm("rms", 1e-24 / 16),
		{ kind: "scale", by: 1 / Math.sqrt(16) },
	]);
	assert.deepEqual(
		stepsOf("return F.normalize(x, dim=-2)").map(({ kind }) => kind),
		["unknown"],
	);
	assert.deepEqual(
		stepsOf("return F.normalize(x, p=1.0, dim=-1)").map(({ kind }) => kind),
		["unknown"],
	);
});

test("a value over another's deviation, or along another axis than its mean, is none", () => {
	for (const code of [
		"y = torch.tanh(x)\nreturn y / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)",
		"return (x - x.mean(1, keepdim=True)) / torch.sqrt(x.var(-1, keepdim=True) + 1e-6)",
		"return x / torch.sqrt(x.var(-1, keepdim=True) + 1e-6)",
		"return x / (x.pow(2).mean(-1, keepdim=True) + 1e-6)",
		"return torch.sqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) / x",
	]) {
		const kinds = stepsOf(code).map(({ kind }) => kind);
		assert.ok(kinds.includes("unknown") && !kinds.includes("normalisation"), `${code}: ${kinds.join()}`);
	}
});
