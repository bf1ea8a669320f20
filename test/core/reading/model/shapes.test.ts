/** Shapes of one sample behind PyTorch's expressions, told of the source, against those that PyTorch 2.13 gives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { shapesOf } from "../../../../src/core/diagnosis/propagation/sizes.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { isWhole } from "../../../../src/core/reading/model/shapes.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";

/** Of x with 4 channels and 32 × 32 places. */
const EXPRESSIONS: readonly (readonly [expression: string, shape: readonly number[]])[] = [
	["x.view(x.size(0), -1)", [4096]],
	["x.view(-1, 4 * 32 * 32)", [4096]],
	["torch.flatten(x, 1)", [4096]],
	["x.flatten(2).transpose(1, 2)", [1024, 4]],
	["x.permute(0, 2, 3, 1)", [32, 32, 4]],
	["x.reshape(x.shape[0], 2, 2, 32, -1)", [2, 2, 32, 32]],
	["x.mean((2, 3))", [4]],
	["x.mean(dim=1, keepdim=True)", [1, 32, 32]],
	["x.mean([-1, -2])", [4]],
	["x.unsqueeze(1).squeeze(1)", [4, 32, 32]],
	["x[:, :2]", [2, 32, 32]],
	["x.chunk(2, dim=1)[0]", [2, 32, 32]],
	["F.max_pool2d(x, 3, stride=2)", [4, 15, 15]],
	["F.max_pool2d(x, kernel_size=3, stride=2, padding=1, ceil_mode=True)", [4, 17, 17]],
	["F.avg_pool2d(x, 5, ceil_mode=True)", [4, 7, 7]],
	["F.adaptive_avg_pool2d(x, (3, None))", [4, 3, 32]],
	["nn.AdaptiveMaxPool2d(1)(x)", [4, 1, 1]],
	["F.interpolate(x, scale_factor=2)", [4, 64, 64]],
	["F.interpolate(x, size=(7, 9), mode='bilinear', align_corners=False)", [4, 7, 9]],
	["F.interpolate(F.avg_pool2d(x, 2), size=x.shape[2:], mode='bilinear')", [4, 32, 32]],
	["F.pad(x, (1, 2, 3, 0))", [4, 35, 35]],
	["nn.PixelShuffle(2)(x)", [1, 64, 64]],
	["nn.Conv2d(4, 6, 5, stride=3, padding=2, dilation=2)(x)", [6, 10, 10]],
	["nn.ConvTranspose2d(4, 5, 3, stride=2, padding=1, output_padding=1)(x)", [5, 64, 64]],
	["nn.Conv2d(4, 8, 3, padding='same', groups=2)(x)", [8, 32, 32]],
	["torch.cat([x, x[:, :2]], dim=1)", [6, 32, 32]],
	["torch.cat([x, x], -1)", [4, 32, 64]],
	["x.max(dim=3)[0]", [4, 32]],
	["torch.max(x, 1, keepdim=True)[0]", [1, 32, 32]],
	["x * x.mean((2, 3), keepdim=True)", [4, 32, 32]],
	["nn.ZeroPad2d(2)(x)", [4, 36, 36]],
	["nn.Upsample(size=20)(x)", [4, 20, 20]],
	["nn.Unflatten(1, (2, 2))(x.mean((2, 3)))", [2, 2]],
];

/** Of those that are not followed nothing is told. */
const NOT_FOLLOWED = new Set(["x[:, :2]", "torch.cat([x, x[:, :2]], dim=1)"]);

for (const [expression, shape] of EXPRESSIONS) {
	test(`${expression} is of the shape ${shape.join(" × ")}${NOT_FOLLOWED.has(expression) ? ", which is not followed" : ""}`, () => {
		const text = [
			"import torch",
			"import torch.nn as nn",
			"import torch.nn.functional as F",
			"class Net(nn.Module):",
			"    def __init__(self):",
			"        super().__init__()",
			"        self.conv = nn.Conv2d(4, 4, 1)",
			"    def forward(self, x):",
			"        x = self.conv(x)",
			`        return ${expression}`,
		].join("\n");
		const [model] = readModels(codeOf(text, "python")!);
		const { shapes } = shapesOf(model!);
		const told = shapes[model!.outputs[0]!]!;
		if (NOT_FOLLOWED.has(expression)) assert.equal(isWhole(told), false);
		else assert.deepEqual(told, shape);
	});
}

test("a pool over a whole sequence, as long as it is", () => {
	const text = [
		"import torch.nn as nn",
		"import torch.nn.functional as F",
		"class Net(nn.Module):",
		"    def __init__(self):",
		"        super().__init__()",
		"        self.conv = nn.Conv1d(8, 16, 3)",
		"    def forward(self, x):",
		"        x = self.conv(x)",
		"        return F.max_pool1d(x, x.size(2)).squeeze(2)",
	].join("\n");
	const [model] = readModels(codeOf(text, "python")!);
	assert.deepEqual(shapesOf(model!).shapes[model!.outputs[0]!], [16]);
});
