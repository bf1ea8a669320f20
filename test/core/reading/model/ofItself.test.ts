import assert from "node:assert/strict";
import { test } from "node:test";
import { netOf } from "./told.ts";

/** The activations of what `forward` makes of h, with their parameters that are written; "×" for a product that is none. */
const read = (forward: string) =>
	netOf("self.a, self.b = nn.Linear(8, 8), nn.Linear(8, 8)", `h = self.a(x)\n${forward}\nreturn self.b(h)`)
		.layers.slice(2, -1)
		.flatMap(({ step }) => {
			if (step.kind === "activation") return [step.activation];
			return step.kind === "multiply" ? ["×"] : step.kind === "unknown" ? ["?"] : [];
		});

test("a product or quotient of functions of one value is the activation that it is", () => {
	for (const [activation, code] of [
		["silu", "h = h * torch.sigmoid(h)"],
		["silu", "h = torch.sigmoid(h) * h"],
		["silu", "h = h / (1 + torch.exp(-h))"],
		["silu", "g = h\nh = h.sigmoid().mul(g)"],
		["quick_gelu", "h = h * torch.sigmoid(1.702 * h)"],
		["mish", "h = h * torch.tanh(F.softplus(h))"],
		["gelu", "h = 0.5 * h * (1 + torch.erf(h / 2 ** 0.5))"],
		["gelu_tanh", "h = 0.5 * h * (1 + torch.tanh((2 / 3.141592653589793) ** 0.5 * (h + 0.044715 * h ** 3)))"],
		["relu_squared", "h = F.relu(h) ** 2"],
	] as const)
		assert.deepEqual(read(code), [activation], code);
	// Of the value that it is a function of, nearest first.
	assert.deepEqual(read("h = F.relu(h)\nh = h * torch.sigmoid(h)"), ["relu", "silu"]);
});

test("what gates one value by another, or is no activation that is known, stays a product", () => {
	assert.deepEqual(read("h = self.b(h) * torch.sigmoid(h)"), ["sigmoid", "×"]);
	assert.deepEqual(read("h = h * torch.sigmoid(torch.tanh(h))"), ["tanh", "sigmoid", "×"]);
	assert.deepEqual(read("h = h * h"), ["×"]);
	assert.deepEqual(read("h = F.dropout(h, 0.5) * torch.sigmoid(h)"), ["sigmoid", "×"]);
});
