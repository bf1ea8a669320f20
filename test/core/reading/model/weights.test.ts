import assert from "node:assert/strict";
import { test } from "node:test";
import { isWeightStep } from "../../../../src/core/diagnosis/propagation/weights.ts";
import type { Step } from "../../../../src/core/reading/model/model.ts";
import { netOf } from "./told.ts";

test("a weight that weight_norm keeps begins as it is drawn, whatever its name is given", () => {
	const drawn = (more: string) => {
		const { step } = netOf(`self.fc = nn.utils.weight_norm(nn.Linear(8, 8))\n${more}`, "return self.fc(x)").layers[1]!;
		return isWeightStep(step) ? step.weight.draw.kind : step.kind;
	};
	assert.equal(drawn("pass"), "variance-scaling");
	assert.equal(drawn("self.fc.weight.data.normal_(0, 0.01)"), "variance-scaling");
	assert.equal(drawn("nn.init.zeros_(self.fc.weight)"), "variance-scaling");
	assert.equal(drawn("for p in self.parameters():\n\tnn.init.normal_(p, std=0.1)"), "unknown");
});

test("the length of a direction that weight_norm keeps may be drawn by itself, which is not followed", () => {
	for (const [norm, length] of [
		["nn.utils.weight_norm", "weight_g"],
		["nn.utils.parametrizations.weight_norm", "parametrizations.weight.original0"],
	]) {
		const { step } = netOf(`self.fc = ${norm}(nn.Linear(8, 8))\nself.fc.${length}.data.fill_(1)`, "return self.fc(x)")
			.layers[1]!;
		assert.equal(isWeightStep(step) && step.weight.draw.kind, "unknown", norm);
	}
});

test("a weight that a parametrisation keeps orthogonal is so from the start, whatever is drawn for it", () => {
	const drawn = (more: string, layer = "nn.Linear(8, 6)", behind = "pass") => {
		const init = `self.fc = ${layer}\nnn.utils.parametrizations.orthogonal(self.fc${more})\n${behind}`;
		const { step } = netOf(init, "return self.fc(x)").layers[1]!;
		const draw = isWeightStep(step) ? step.weight.draw : null;
		return draw?.kind === "orthogonal" ? draw.trained : draw?.kind;
	};
	assert.equal(drawn(""), "reflections");
	assert.equal(drawn("", "nn.Linear(8, 8)"), "rotation");
	assert.equal(drawn(", orthogonal_map='cayley'"), "rotation");
	assert.equal(drawn("", "nn.Linear(8, 6)", "nn.init.zeros_(self.fc.weight)"), "reflections");
	assert.equal(drawn(", orthogonal_map=chosen"), "unknown");
	assert.equal(drawn(", use_trivialization=False"), "unknown");
	// Of a kernel each row of windows would be orthogonal by itself.
	assert.equal(drawn("", "nn.Conv1d(8, 6, 3)"), "unknown");
	assert.equal(drawn("", "nn.Linear(8, 6)", "self.fc.parametrizations.weight.original.data.normal_()"), "unknown");
});

test("a spectral norm is of what was drawn before, and of what is drawn behind it where that is what is trained", () => {
	const drawn = (norm: string, behind = "pass") => {
		const { step } = netOf(`self.fc = nn.Linear(8, 8)\n${norm}\n${behind}`, "return self.fc(x)").layers[1]!;
		const draw = isWeightStep(step) ? step.weight.draw : null;
		return draw?.kind === "spectral-norm" ? [draw.of.kind, draw.iterations] : draw?.kind;
	};
	const [old, parametrized] = ["nn.utils.spectral_norm(self.fc)", "nn.utils.parametrizations.spectral_norm(self.fc)"];
	assert.deepEqual(drawn(old), ["variance-scaling", 1]);
	assert.deepEqual(drawn(parametrized), ["variance-scaling", 16]);
	assert.deepEqual(drawn("nn.utils.spectral_norm(self.fc, n_power_iterations=4)"), ["variance-scaling", 4]);
	assert.deepEqual(drawn("nn.utils.spectral_norm(self.fc, 'bias')"), "unknown");
	assert.deepEqual(drawn("nn.init.orthogonal_(self.fc.weight)", old), ["orthogonal", 1]);
	// The parametrisation makes the weight anew each time that it is asked for.
	assert.deepEqual(drawn(old, "nn.init.normal_(self.fc.weight)"), ["normal", 1]);
	assert.deepEqual(drawn(parametrized, "nn.init.normal_(self.fc.weight)"), ["variance-scaling", 16]);
	const named = (key: string) =>
		`for name, p in self.named_parameters():\n\tif name.endswith("${key}"):\n\t\tnn.init.normal_(p)`;
	assert.deepEqual(drawn(old, named("weight")), ["variance-scaling", 1]);
	assert.deepEqual(drawn(old, named("weight_orig")), ["normal", 1]);
	assert.deepEqual(drawn(parametrized, named("original")), ["normal", 16]);
	assert.deepEqual(drawn(old, "nn.init.zeros_(self.fc.weight)"), "unknown");
});

test("copies begin with the same weights until one is drawn anew, and so do those of PyTorch's own transformers", () => {
	const copies = (init: string, more = "") =>
		netOf(
			`import copy\n${init}\nself.layers = nn.ModuleList([copy.deepcopy(layer) for _ in range(3)])\n${more}`,
			"for layer in self.layers:\n\tx = torch.tanh(layer(x))\nreturn x",
		)
			.layers.filter(({ step }) => isWeightStep(step))
			.map(({ copyOf }) => copyOf ?? null);
	assert.deepEqual(copies("layer = nn.Linear(8, 8)"), [null, 1, 1]);
	assert.deepEqual(copies("layer = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))"), [null, null, 1, 2, 1, 2]);
	assert.deepEqual(copies("layer = nn.Linear(8, 8)\nnn.init.orthogonal_(layer.weight)"), [null, 1, 1]);
	const drawn = "for layer in self.layers:\n\tnn.init.orthogonal_(layer.weight)";
	assert.deepEqual(copies("layer = nn.Linear(8, 8)", drawn), [null, null, null]);
	assert.deepEqual(copies("layer = nn.Linear(8, 8)", "nn.init.zeros_(self.layers[1].weight)"), [null, null, 1]);
	const encoder = (kind: string) =>
		netOf(kind, "return self.encoder(x)")
			.layers.filter(({ copyOf }) => copyOf !== undefined)
			.map(({ name }) => name);
	const layer = "nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)";
	assert.deepEqual(encoder(`self.encoder = nn.TransformerEncoder(${layer}, 2)`), [
		"encoder.layers.1.self_attn.linear",
		"encoder.layers.1.self_attn.out_proj",
		"encoder.layers.1.linear1",
		"encoder.layers.1.linear2",
	]);
	assert.deepEqual(encoder(`self.encoder = nn.Sequential(${layer}, ${layer})`), []);
});

test("a function that is given an embedding's weight shares it", () => {
	const { layers } = netOf("self.emb = nn.Embedding(50, 8)", "return F.linear(self.emb(x), self.emb.weight)");
	assert.deepEqual(
		layers.map(({ sharedWith }) => sharedWith),
		[null, null, 1],
	);
});

test("a draw in an arm that may not run is unknown, that of one that runs is known", () => {
	const draw = (condition: string) => {
		const init = `self.fc = nn.Linear(8, 8)\nif ${condition}:\n\tnn.init.orthogonal_(self.fc.weight, gain=2)`;
		const { step } = netOf(init, "return self.fc(x)").layers[1]!;
		return isWeightStep(step) && step.weight.draw;
	};
	assert.deepEqual(draw("depth"), { kind: "orthogonal", gain: 2 });
	assert.equal((draw("flag") as { kind: string }).kind, "unknown");
});

test("weights that are loaded, normalised or replaced by what is not followed have no known draw", () => {
	const draw = (after: string) => {
		const { step } = netOf(`self.fc = nn.Linear(8, 8)\n${after}`, "return self.fc(x)").layers[1]!;
		return isWeightStep(step) && step.weight.draw.kind;
	};
	assert.equal(draw("self.load_state_dict(other)"), "unknown");
	assert.equal(draw("self.fc = nn.utils.spectral_norm(self.fc, dim=1)"), "unknown");
	assert.equal(draw("nn.utils.weight_norm(self.fc, dim=None)"), "variance-scaling");
	assert.equal(draw("nn.utils.parametrize.register_parametrization(self.fc, 'weight', Own())"), "unknown");
	assert.equal(draw("nn.utils.prune.random_unstructured(self.fc, 'weight', 0.5)"), "unknown");
	assert.equal(draw("self.fc.weight = other"), "unknown");
	assert.equal(draw("self.fc.weight.data = other(3)"), "unknown");
	assert.equal(draw("self.fc.weight = nn.Parameter(torch.zeros(8, 8))"), "zeros");
	assert.equal(draw("nn.init.trunc_normal_(self.fc.weight, std=0.02)"), "normal");
	assert.equal(draw("nn.init.trunc_normal_(self.fc.weight, std=0.02, a=-0.02, b=0.02)"), "normal");
	assert.equal(draw("nn.init.eye_(self.fc.weight)"), "unknown");
});

test("functions of weights that are one number everywhere, vectors of them behind each other, and buffers of them", () => {
	const stepOf = (step: Step) => {
		if (step.kind === "linear") return [step.inputs, step.outputs, step.bias?.draw.kind ?? null];
		return step.kind === "scale" ? Number(step.by.toPrecision(6)) : step.kind;
	};
	const of = (init: string, value: string) =>
		netOf(`self.fc = nn.Linear(8, 8, bias=False)\n${init}`, `return ${value}`)
			.layers.filter(({ step }) => step.kind !== "input")
			.map(({ step }) => stepOf(step));
	const scale = "self.s = nn.Parameter(torch.log(10 * torch.ones(2, 1, 1)))";
	const plain = [8, 8, null];
	assert.deepEqual(of(scale, "self.fc(x) * torch.exp(self.s)"), [plain, 10]);
	assert.deepEqual(of(scale, "self.fc(x) * self.s.exp()"), [plain, 10]);
	assert.deepEqual(of(scale, "self.fc(x) * torch.clamp(self.s, max=1.5)"), [plain, 1.5]);
	assert.deepEqual(of("self.register_buffer('s', torch.full((1,), 4.0))", "self.fc(x) * torch.rsqrt(self.s)"), [
		plain,
		0.5,
	]);
	assert.deepEqual(of("self.s = nn.Parameter(-torch.ones(1))", "self.fc(x) * torch.log(self.s)").at(-1), "unknown");
	assert.deepEqual(of("self.s = nn.Parameter(torch.randn(8))", "torch.mul(torch.sigmoid(self.s), self.fc(x))"), [
		"parameter",
		"activation",
		plain,
		"multiply",
	]);
	const biases = (second: string) =>
		of(
			`self.a, self.b = nn.Parameter(torch.zeros(3)), nn.Parameter(torch.${second}(5))`,
			"nn.functional.linear(x, self.fc.weight, torch.cat((self.a, self.b)))",
		);
	assert.deepEqual(biases("zeros"), [[8, 8, "zeros"]]);
	assert.deepEqual(biases("ones").at(-1), "unknown");
});

test("a layer that is given another's weights shares them", () => {
	const tied = netOf(
		"self.fc = nn.Linear(8, 8)\nself.last = nn.Linear(8, 8)\nself.last.weight = self.fc.weight",
		"return self.last(self.fc(x))",
	);
	assert.deepEqual(
		tied.layers.map(({ sharedWith }) => sharedWith),
		[null, null, 1],
	);
});

test("a product with a parameter is a linear layer by hand, with the fans that PyTorch counts of such a matrix", () => {
	const init =
		"self.w = nn.Parameter(torch.empty(4, 8))\nself.b = nn.Parameter(torch.zeros(8))\nself.v = nn.Parameter(torch.randn(8, 8) / 4)\nnn.init.kaiming_uniform_(self.w, nonlinearity='linear')\nstdv = 1. / self.w.size(1) ** 2\nself.u = nn.Parameter(torch.FloatTensor(8, 3))\nself.u.data.uniform_(-stdv, stdv)";
	const model = netOf(
		init,
		"h = torch.relu(x @ self.w + self.b)\nh = torch.mm(h.matmul(self.v), self.v)\nreturn h @ self.u",
	);
	const layers = model.layers.flatMap(({ step, name, sharedWith }) =>
		step.kind === "linear" ? [{ name, sizes: [step.inputs, step.outputs], draw: step.weight.draw, sharedWith }] : [],
	);
	const normal = { kind: "normal", mean: 0, std: 1 / 4, truncated: false };
	const v = model.layers.findIndex(({ name }) => name === "v");
	assert.deepEqual(layers, [
		{
			name: "w",
			sizes: [4, 8],
			draw: { kind: "variance-scaling", scale: 1, fan: "out", distribution: "uniform" },
			sharedWith: null,
		},
		{ name: "v", sizes: [8, 8], draw: normal, sharedWith: null },
		{ name: "v", sizes: [8, 8], draw: normal, sharedWith: v },
		{ name: "u", sizes: [8, 3], draw: { kind: "uniform", low: -1 / 64, high: 1 / 64 }, sharedWith: null },
	]);
});

test("weights tell their sizes", () => {
	const drawn = (init: string) => {
		const step = netOf(init, "return self.a(x)").layers.at(-1)!.step;
		return isWeightStep(step) && step.weight.draw;
	};
	const within = (bound: number) => ({ kind: "uniform", low: -bound, high: bound });
	const fill = (size: string) => `self.a.weight.data.uniform_(-1 / ${size}, 1 / ${size})`;
	assert.deepEqual(drawn(`self.a = nn.Linear(8, 4)\n${fill("self.a.weight.data.size()[0]")}`), within(1 / 4));
	assert.deepEqual(drawn(`self.a = nn.Linear(8, 4)\n${fill("self.a.weight.size(1)")}`), within(1 / 8));
	assert.deepEqual(drawn(`self.a = nn.Conv2d(6, 4, 3, groups=2)\n${fill("self.a.weight.shape[1]")}`), within(1 / 3));
	assert.deepEqual(drawn(`self.a = nn.ConvTranspose2d(8, 4, 5)\n${fill("self.a.weight.shape[0]")}`), within(1 / 8));
});

test("a normal that is cut may be drawn step by step, as files copy it from PyTorch", () => {
	const more = `
import math

def trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0):
	def norm_cdf(x):
		return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0
	with torch.no_grad():
		l = norm_cdf((a - mean) / std)
		u = norm_cdf((b - mean) / std)
		tensor.uniform_(2 * l - 1, 2 * u - 1)
		tensor.erfinv_()
		tensor.mul_(std * math.sqrt(2.0))
		tensor.add_(mean)
		tensor.clamp_(min=a, max=b)
		return tensor
`;
	const drawn = (init: string) => {
		const { step } = netOf(`self.fc = nn.Linear(8, 8)\n${init}`, "return self.fc(x)", more).layers[1]!;
		if (!isWeightStep(step) || step.weight.draw.kind !== "normal") return "unknown";
		const { mean, std, truncated } = step.weight.draw;
		return [mean, Number(std.toFixed(9)), truncated ? truncated.map((at) => Number(at.toFixed(9))) : false];
	};
	assert.deepEqual(drawn("trunc_normal_(self.fc.weight, std=0.02)"), [0, 0.02, false]);
	assert.deepEqual(drawn("trunc_normal_(self.fc.weight, 0.5, 0.1)"), [0.5, 0.1, false]);
	assert.deepEqual(drawn("trunc_normal_(self.fc.weight)"), [0, 1, [-2, 2]]);
	assert.deepEqual(drawn("trunc_normal_(self.fc.weight, a=-1.0, b=0.5)"), [0, 1, [-1, 0.5]]);
	assert.deepEqual(drawn("nn.init.normal_(self.fc.weight)\nself.fc.weight.data.mul_(0.5).sub_(1)"), [-1, 0.5, false]);
	assert.deepEqual(drawn("nn.init.normal_(self.fc.weight)\nself.fc.weight.data.clamp_(-1, 1)"), "unknown");
});

test("PyTorch's normal is cut at values, and stays cut where it is scaled", () => {
	const drawn = (init: string) => {
		const { step } = netOf(`self.fc = nn.Linear(8, 8)\n${init}`, "return self.fc(x)").layers[1]!;
		return isWeightStep(step) && step.weight.draw;
	};
	const cut = "nn.init.trunc_normal_(self.fc.weight, std=0.1, a=-0.2, b=0.1)";
	assert.deepEqual(drawn(cut), { kind: "normal", mean: 0, std: 0.1, truncated: [-2, 1] });
	assert.deepEqual(drawn(`${cut}\nself.fc.weight.data *= -2`), {
		kind: "normal",
		mean: -0,
		std: 0.2,
		truncated: [-1, 2],
	});
	const far = { kind: "normal", mean: 0, std: 0.02, truncated: false };
	assert.deepEqual(drawn("nn.init.trunc_normal_(self.fc.weight, std=0.02)"), far);
});

test("weights are scaled in place, under each of their names, however they are drawn", () => {
	const drawn = (init: string) => {
		const { step } = netOf(`self.fc = nn.Linear(8, 8)\n${init}`, "return self.fc(x)").layers[1]!;
		return isWeightStep(step) && step.weight.draw;
	};
	const uniform = { kind: "variance-scaling", scale: 3, fan: "in", distribution: "uniform" };
	for (const code of [
		"self.fc.weight.data *= 3",
		"with torch.no_grad():\n\tself.fc.weight *= 3",
		"weight = self.fc.weight\nwith torch.no_grad():\n\tweight *= 3",
		"with torch.no_grad():\n\tfor p in self.parameters():\n\t\tp *= 3",
		"self.fc.weight.data.mul_(3)",
		"self.fc.weight.data.div_(1 / 3)",
	]) {
		assert.deepEqual(drawn(code), uniform, code);
	}
	const orthogonal = "nn.init.orthogonal_(self.fc.weight, 2)\nself.fc.weight.data /= -4";
	assert.deepEqual(drawn(orthogonal), { kind: "orthogonal", gain: 0.5 });
	assert.deepEqual(drawn("self.fc.weight.data *= 0"), { kind: "zeros" });
});

test("the fans that PyTorch counts of a weight", () => {
	const stds = (code: string) => {
		const { step } = netOf(`self.conv = nn.Conv2d(4, 8, 3, groups=2)\n${code}`, "return self.conv(x)").layers[1]!;
		return isWeightStep(step) && step.weight.draw.kind === "normal" && step.weight.draw.std;
	};
	const both = "a, b = nn.init._calculate_fan_in_and_fan_out(self.conv.weight)\n";
	assert.equal(stds(`${both}nn.init.normal_(self.conv.weight, std=a)`), 2 * 9);
	assert.equal(stds(`${both}nn.init.normal_(self.conv.weight, std=b)`), 8 * 9);
	assert.equal(
		stds("nn.init.normal_(self.conv.weight, std=nn.init._calculate_correct_fan(self.conv.weight, 'fan_out'))"),
		8 * 9,
	);
});

test("a layer that is called again shares its weights", () => {
	const model = netOf("self.fc = nn.Linear(8, 8)", "return self.fc(torch.tanh(self.fc(x)))");
	assert.deepEqual(
		model.layers.map(({ sharedWith }) => sharedWith),
		[null, null, null, 1],
	);
});
