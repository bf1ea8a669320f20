import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD, indented, kindsOf, modelsOf, netOf, unknownsOf } from "./told.ts";

test("attention is fused where timm says so by default, and by hand where it is an experiment", () => {
	const kindsWith = (argument: string) =>
		kindsOf(
			netOf(
				`from timm.layers import use_fused_attn\nself.fused = use_fused_attn(${argument})\nself.fc = nn.Linear(8, 8)`,
				"x = self.fc(x)\nif self.fused:\n\tx = F.scaled_dot_product_attention(x, x, x)\nreturn x",
			),
		);
	assert.deepEqual(kindsWith(""), ["input", "linear", "reshape", "product", "scale", "activation", "product"]);
	assert.deepEqual(kindsWith("experimental=True"), ["input", "linear"]);
});

test("fused attention is that of PyTorch 2, which computes the same as what stands in for it", () => {
	const of = (name: string) =>
		kindsOf(
			netOf(
				`self.flash = hasattr(torch.nn.functional, "${name}")\nself.fc = nn.Linear(8, 8)`,
				"x = self.fc(x)\nif self.flash:\n\tx = torch.relu(x)\nreturn x",
			),
		);
	assert.deepEqual(of("scaled_dot_product_attention"), ["input", "linear", "activation"]);
	assert.equal(of("something_else").at(-1), "unknown");
});

test("a mask that comes with the data leaves a step that says so; scores that it is not known to hide stay unknown", () => {
	const attention = (line: string, parameters = "x") =>
		kindsOf(
			modelsOf(
				`${HEAD}class Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.fc = nn.Linear(8, 8)\n\tdef forward(self, ${parameters}):\n${indented(`y = self.fc(x)\n${line}\nreturn y`)}`,
			)[0]!,
		);
	const masked = ["input", "linear", "masked"];
	assert.deepEqual(attention("y = y.masked_fill(mask == 0, -1e9)", "x, mask"), masked);
	assert.deepEqual(attention("y = y + (1.0 - attention_mask) * -10000.0", "x, attention_mask"), masked);
	assert.deepEqual(attention("y = y.masked_fill(~mask.unsqueeze(1).bool(), float('-inf'))", "x, mask"), masked);
	assert.deepEqual(attention("y = y * mask[:, None]", "x, mask"), masked);
	assert.deepEqual(attention("y = torch.where(mask, y, torch.full((1,), -1e9))", "x, mask"), masked);
	assert.deepEqual(attention("y = y.masked_fill((tokens != 0).unsqueeze(1) == 0, -1e9)", "x, tokens"), masked);
	assert.deepEqual(
		attention("y = y.masked_fill(torch.arange(8)[None] >= lengths[:, None], -1e9)", "x, lengths"),
		masked,
	);
	const causal = "mask = torch.tril(torch.ones(8, 8)) == 0\ny = y.masked_fill(mask, -1e9)";
	assert.deepEqual(attention(causal), ["input", "linear", "causal"]);
	const both = "y = y.masked_fill((mask & torch.tril(torch.ones(8, 8))) == 0, -1e9)";
	assert.deepEqual(attention(both, "x, mask"), ["input", "linear", "causal", "masked"]);
	// What is called a mask may be fed to layers, too.
	assert.deepEqual(attention("y = torch.cat([y, mask], 1)", "x, mask").sort(), [
		"concatenate",
		"input",
		"input",
		"linear",
	]);
	assert.deepEqual(attention("y = self.fc(mask)", "x, mask"), ["input", "linear"]);
	// An activation by hand is no mask, as what is filled with another number is not.
	assert.equal(attention("y = y * (x > 0)").at(-1), "unknown");
	assert.equal(attention("y = y.masked_fill(mask == 0, 1.0)", "x, mask").at(-1), "unknown");
});

test("PyTorch's attention, with a mask for padding, is attention that leaves places out", () => {
	const model = netOf(
		"self.a = nn.MultiheadAttention(8, 2, batch_first=True)",
		"pad = x == 0\ny = torch.relu(x)\nreturn self.a(y, y, y, key_padding_mask=pad)[0]",
	);
	assert.equal(kindsOf(model).filter((kind) => kind === "masked").length, 1);
	assert.deepEqual(unknownsOf(model), []);
});
