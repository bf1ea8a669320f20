/** Shapes of one sample behind PyTorch's expressions, told of the source, against those that PyTorch 2.13 gives. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { shapesOf } from "../../../../src/core/diagnosis/propagation/sizes.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
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
	["x.sum(1)", [32, 32]],
	["x.unfold(2, 8, 4)", [4, 7, 32, 8]],
	["x.unfold(-1, 5, 3).unfold(1, 2, 2)", [2, 32, 10, 5, 2]],
	["F.unfold(x, 4, stride=4)", [64, 64]],
	["nn.Unfold((3, 5), dilation=2, padding=1, stride=(2, 3))(x)", [60, 135]],
	["x.flatten(0, 1).unflatten(0, (x.shape[0], x.shape[1]))", [4, 32, 32]],
	["nn.MaxPool1d(4)(x.view(x.size(0) * x.size(1), x.size(2), x.size(3)))", [4, 32, 8]],
	["nn.Conv1d(32, 6, 3)(x.flatten(0, 1)).view(x.size(0), x.size(1), -1)", [4, 180]],
	["F.adaptive_avg_pool1d(x.view(-1, x.size(2), x.size(3)), 5)", [4, 32, 5]],
	["F.adaptive_avg_pool1d(x.view(-1, x.size(2), x.size(-1)), 5)", [4, 32, 5]],
	["x.sum(3).unsqueeze(1).expand(-1, 2, -1, -1)[:, 0]", [4, 32]],
	["torch.sum(x, dim=(2, 3), keepdim=True)", [4, 1, 1]],
	["x.mean(1, keepdim=True).repeat(1, 3, 1, 2)", [3, 32, 64]],
	["x[:, :, 0].repeat(1, x.size(1), 1)", [16, 32]],
	["x.mean((2, 3), keepdim=True).expand(-1, -1, x.size(2), 5)", [4, 32, 5]],
	["F.avg_pool2d(x, x.size()[3])", [4, 1, 1]],
	["F.max_pool2d(x, x.size()[2:])", [4, 1, 1]],
	["F.avg_pool2d(x, kernel_size=(x.size(2), x.size(3)))", [4, 1, 1]],
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
	["nn.ReflectionPad2d((1, 2, 3, 0))(x)", [4, 35, 35]],
	["nn.ReplicationPad2d(3)(x)", [4, 38, 38]],
	["nn.CircularPad2d(1)(x)", [4, 34, 34]],
	["F.pad(x, (2, 1, 0, 3), mode='reflect')", [4, 35, 35]],
	["nn.Conv2d(4, 6, 5, padding=(2, 1), padding_mode='reflect')(x)", [6, 32, 30]],
	["nn.Upsample(size=20)(x)", [4, 20, 20]],
	["nn.Unflatten(1, (2, 2))(x.mean((2, 3)))", [2, 2]],
	["nn.Unflatten(-1, (4, 8))(x)", [4, 32, 4, 8]],
	["nn.Unflatten(2, (2, -1))(x)", [4, 2, 16, 32]],
	["x[:, 0]", [32, 32]],
	["x[:, :, [-1]]", [4, 1, 32]],
	["x[:, [1, 2], :, :5]", [2, 32, 5]],
	["x[:, -1, 1:]", [31, 32]],
	["x[..., :5]", [4, 32, 5]],
	["x[..., 4:-2, ::2]", [4, 26, 16]],
	["x[:, None]", [1, 4, 32, 32]],
	["x[:, :, 0, None]", [4, 1, 32]],
	["x[:, : x.shape[1] // 2]", [2, 32, 32]],
	["x.split(1, dim=1)[3]", [1, 32, 32]],
	["x.split([1, 3], dim=1)[1]", [3, 32, 32]],
	["x.split(2, dim=1)[0]", [2, 32, 32]],
	["x.unbind(1)[2]", [32, 32]],
	["x.repeat_interleave(3, dim=1)", [12, 32, 32]],
	["torch.repeat_interleave(x, 2, -1)", [4, 32, 64]],
	["x.unflatten(1, (2, -1))", [2, 2, 32, 32]],
	["x.permute(1, 0, 2, 3)[0]", [32, 32]],
	["x.permute(1, 0, 2, 3).unbind(0)[3]", [32, 32]],
	["x.transpose(0, 1).transpose(0, 1)", [4, 32, 32]],
	["x.transpose(0, 2)[5]", [4, 32]],
	["x.permute(1, 0, 2, 3).reshape(4, x.shape[0], -1).permute(1, 0, 2)", [4, 1024]],
	["x.reshape(x.shape[0], 2, 2, 32, 32).permute(1, 0, 2, 3, 4)[1]", [2, 32, 32]],
	["x.roll(3, 2)[:, :, 1:]", [4, 31, 32]],
	["torch.roll(x, shifts=(-1, 2), dims=(2, 3)).mean(3)", [4, 32]],
	["torch.stack([x, x, x], dim=1)", [3, 4, 32, 32]],
	["torch.stack([x[:, 0], x[:, 1]], -1)", [32, 32, 2]],
	["torch.stack([x, x])[1]", [4, 32, 32]],
	["F.adaptive_avg_pool2d(x, 8).view(-1, 8, 8).mean(1).view(x.size(0), 4, 8)[:, 1:]", [3, 8]],
	["F.adaptive_avg_pool2d(x, 8).view(-1, 2, 8, 8).permute(1, 0, 2, 3)[0].reshape(x.size(0), 2, 64)[:, 0]", [64]],
	["F.adaptive_avg_pool2d(x, 8).reshape(x.size(0) * 4, 64).reshape(-1, 4, 64).transpose(1, 2)", [64, 4]],
	["x @ x.transpose(-2, -1)", [4, 32, 32]],
	["torch.matmul(x, x[:, :, :, :7])", [4, 32, 7]],
	["x.flatten(2) @ x.flatten(2).transpose(1, 2)", [4, 4]],
	['torch.einsum("bchw,bcvw->bchv", x, x)', [4, 32, 32]],
	['torch.einsum("b c h w, b c h v -> b w c v", x, x)', [32, 4, 32]],
	['rearrange(x, "b c h w -> b (h w) c")', [1024, 4]],
	['rearrange(x, "b (g c) h w -> b g (c h) w", g=2)', [2, 64, 32]],
	['rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", p=8, q=4)', [32, 128]],
	['reduce(x, "b c h w -> b c", "mean")', [4]],
	['reduce(x, "b c (h p) (w q) -> b h (c w)", "max", p=2, q=4)', [16, 32]],
	["torch.cat([nn.Parameter(torch.zeros(1, 1, 32, 32)).expand(x.size(0), -1, -1, -1), x], dim=1)", [5, 32, 32]],
	[
		"torch.cat([repeat(nn.Parameter(torch.zeros(1, 2, 32, 32)), '1 c h w -> b c h w', b=x.shape[0]), x], 1)",
		[6, 32, 32],
	],
	["x.mean((1, 2, 3)).view(x.size(0))", []],
	["F.glu(x, 1)", [2, 32, 32]],
	["nn.GLU()(x)", [4, 32, 16]],
	["x + nn.Parameter(torch.randn(1, 4, 1, 32))", [4, 32, 32]],
	["nn.Parameter(torch.randn(1, 6, 32, 32))[:, :4] * x", [4, 32, 32]],
	["x + nn.Embedding(50, 32)(torch.arange(x.size(-1)))", [4, 32, 32]],
	["x + nn.Embedding(50, 32)(torch.arange(0, x.size(2)).unsqueeze(0)).unsqueeze(1)", [4, 32, 32]],
	["F.scaled_dot_product_attention(nn.Linear(32, 8)(x), nn.Linear(32, 8)(x[:, :, :7]), x[:, :, :7])", [4, 32, 32]],
	["nn.MultiheadAttention(32, 4, batch_first=True)(x[:, 0], x[:, 1, :5], x[:, 1, :5])[0]", [32, 32]],
	["nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)(x.mean(1))", [32, 32]],
	["nn.TransformerEncoderLayer(32, 4, 64)(x.mean(1).permute(1, 0, 2)).permute(1, 0, 2)", [32, 32]],
];

for (const [expression, shape] of EXPRESSIONS) {
	test(`${expression} is of the shape ${shape.join(" × ")}`, () => {
		const text = [
			"import torch",
			"import torch.nn as nn",
			"import torch.nn.functional as F",
			"from einops import rearrange, reduce, repeat",
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
		assert.deepEqual(shapes[model!.outputs[0]!], shape);
	});
}

test("the sines of positions that are written into a table keep its shape; what is taken of it is as long as the value", () => {
	const text = readFileSync("test/fixtures/models/attention_models.py", "utf8");
	const model = readModels(codeOf(text, "python")!).find(({ name }) => name === "LanguageModel")!;
	const { shapes } = shapesOf(model);
	const of = (kind: string) => model.layers.flatMap(({ step }, i) => (step.kind === kind ? [shapes[i]] : []));
	assert.deepEqual([...of("range"), ...of("write"), ...of("add")], [[100], [16], [100, 32], [100, 32], [16, 32]]);
});

test("an image that is cut into patches by einops has the channels that a patch tells", () => {
	const text = [
		"import torch.nn as nn",
		"from einops.layers.torch import Rearrange",
		"patches = Rearrange('b c (h p1) (w p2) -> b (h w) (p1 p2 c)', p1=8, p2=8)",
		"net = nn.Sequential(patches, nn.LayerNorm(192), nn.Linear(192, 32))",
	].join("\n");
	const model = readModels(codeOf(text, "python")!).find(({ name }) => name === "net")!;
	const { supposed, shapes } = shapesOf(model);
	assert.deepEqual(
		supposed.map(({ shape }) => shape),
		[[3, 32, 32]],
	);
	assert.deepEqual(shapes[model.outputs[0]!], [16, 32]);
});

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

test("numbers that are taken off an input and multiplied with it tell nothing of its size", () => {
	const text = [
		"import torch.nn as nn",
		"class Net(nn.Module):",
		"    def __init__(self):",
		"        super().__init__()",
		"        self.fc = nn.Linear(20, 4)",
		"    def forward(self, x):",
		"        return self.fc(x / 127.5 - 1) + 0.5",
	].join("\n");
	const [model] = readModels(codeOf(text, "python")!);
	const { supposed, shapes } = shapesOf(model!);
	assert.deepEqual(
		supposed.map(({ shape }) => shape),
		[[20]],
	);
	assert.deepEqual(shapes[model!.outputs[0]!], [4]);
});

test("an image of NASNet's and PolyNet's size is supposed where no other fits", () => {
	const text = [
		"import torch.nn as nn",
		"net = nn.Sequential(nn.Conv2d(3, 8, 4, stride=32), nn.AvgPool2d(9, stride=1), nn.Flatten(), nn.Linear(72, 5))",
	].join("\n");
	const [model] = readModels(codeOf(text, "python")!);
	assert.deepEqual(
		shapesOf(model!).supposed.map(({ shape }) => shape),
		[[3, 331, 331]],
	);
});
