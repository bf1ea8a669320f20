/**
 * Models read from source, held against the same models run by PyTorch, Keras and Flax (`test/python/models.py` writes
 * test/fixtures/models/expected.json): the calls of layers with weights in their order, sizes, and the weights' deviation.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { shapesOf, sizesOf as sizesFor } from "../../../../src/core/diagnosis/propagation/sizes.ts";
import {
	cellSizes,
	drawnMoments,
	factorMoments,
	isInner,
	isWeightStep,
	weightSize,
} from "../../../../src/core/diagnosis/propagation/weights.ts";
import type { Model, ModelLayer, Step } from "../../../../src/core/reading/model/model.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf, openWorkspace } from "../../../../src/core/reading/readSource.ts";

/** A call of a layer with weights or statistics, as it ran. */
interface Call {
	/** PyTorch's modules have the names that code gives them. */
	readonly name?: string;
	readonly kind: string;
	/** Deviation of the weight, of the state's in a recurrent layer, and of the bias as drawn; null without one. */
	readonly std?: number | null;
	readonly recurrent?: number;
	readonly bias?: number | null;
	/** Mean of a normalisation's factors; null without them. */
	readonly factors?: number | null;
	/** The layers whose values reach it without another of them between. */
	readonly fedBy?: readonly string[];
	readonly [size: string]: unknown;
}

const FOLDER = "test/fixtures/models";
const expected: Record<string, Record<string, readonly Call[]>> = JSON.parse(
	readFileSync(`${FOLDER}/expected.json`, "utf8"),
);

/** Features of the samples that test/python/models.py runs models with. */
const RUN_WITH = 64;

/** Standard errors within which a deviation drawn once lies; the weights of an orthogonal matrix scatter less. */
const SURELY = 5;

for (const [file, models] of Object.entries(expected)) {
	const read = modelsOf(readFileSync(`${FOLDER}/${file}.py`, "utf8"));
	describe(`${file} is read as it runs`, () => {
		for (const [name, calls] of Object.entries(models)) {
			test(name, () => {
				const model = read.find((one) => one.name === name);
				assert.ok(model, `no model ${name}`);
				assert.deepEqual(unknownsOf(model), []);
				const made = callsOf(model);
				// What cannot be traced is not told what it is fed by.
				const isTraced = calls.some(({ fedBy }) => fedBy !== undefined);
				// The same call is told by its name and its turn; without names by the order of the calls.
				const [got, ran] = [
					made.map(({ call: { fedBy, ...call } }) => (isTraced ? { ...call, fedBy } : call)),
					calls,
				].map(byName);
				assert.deepEqual(got!.map(sizesOf), ran!.map(sizesOf));
				for (const [i, { step }] of byName(made.map((one) => ({ ...one, name: one.call.name }))).entries()) {
					agreeOnDraws(model, step, ran![i]!);
				}
			});
		}
	});
}

/** Keeps the order of calls of one name. */
function byName<T extends { readonly name?: string | undefined }>(calls: readonly T[]): T[] {
	return calls.toSorted((a, b) => (a.name === b.name ? 0 : (a.name ?? "") < (b.name ?? "") ? -1 : 1));
}

function sizesOf({ std: _, bias, factors: __, recurrent: ___, ...rest }: Call): object {
	return { ...rest, ...(bias !== undefined && { hasBias: bias !== null }) };
}

function agreeOnDraws(model: Model, step: Step, ran: Call): void {
	if (step.kind === "normalisation") {
		const moments = factorMoments(step);
		assert.ok(moments, "factors that are not known");
		// Without factors it is as if they were 1.
		const off = Math.abs(moments.mean - (ran.factors ?? 1));
		assert.ok(off <= SURELY * Math.sqrt(moments.variance / step.features!), `${off} off`);
		return;
	}
	assert.ok(isWeightStep(step));
	const size = weightSize(fed(model, step), model.framework);
	const moments = size && drawnMoments(step.weight.draw, size, model.framework);
	assert.ok(moments, "a draw that is not known");
	agree("weight", Math.sqrt(moments.variance), ran.std!, size.count);
	if (step.kind === "recurrence") {
		const { draws, recurrent } = cellSizes(fed(model, step))!;
		const ofState = drawnMoments(step.recurrent.draw, recurrent, model.framework)!;
		agree("weight of the state", Math.sqrt(ofState.variance), ran.recurrent!, draws * recurrent.count);
	}
	const bias = step.kind === "embedding" ? null : step.bias;
	const drawn = bias && drawnMoments(bias.draw, size, model.framework);
	if (drawn) agree("bias", Math.sqrt(drawn.variance), ran.bias!, size.outputs);
}

/** A deviation told and one drawn of `count` numbers agree. */
function agree(what: string, std: number, drawn: number, count: number): void {
	const tolerance = (SURELY * std) / Math.sqrt(2 * count) + 1e-9;
	assert.ok(Math.abs(std - drawn) <= tolerance, `${what}: ${std} read, ${drawn} drawn`);
}

describe("what is not understood is an unknown", () => {
	const torch = (init: string, forward: string, before = "") =>
		modelsOf(
			[
				"import functools\nimport torch\nimport torch.nn as nn\nfrom elsewhere import Block, init_weights, WIDTH, helper\n",
				before,
				"class Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n",
				...init.split("\n").map((line) => `\t\t${line}\n`),
				"\tdef forward(self, x):\n",
				...forward.split("\n").map((line) => `\t\t${line}\n`),
			].join(""),
		)[0]!;

	test("a size from elsewhere, and the same with a number", () => {
		const sizes = (width: string) =>
			weightsOf(torch(`self.a = nn.Linear(64, ${width})`, "return torch.relu(self.a(x))")).map(
				([, outputs]) => outputs,
			);
		assert.deepEqual(sizes("96"), [96]);
		assert.deepEqual(sizes("WIDTH"), [null]);
	});

	test("a block of another module, and the same as a layer", () => {
		const of = (block: string) =>
			unknownsOf(torch(`self.a = nn.Linear(64, 64)\nself.b = ${block}`, "return self.b(self.a(x))"));
		assert.deepEqual(of("nn.Linear(64, 64)"), []);
		assert.equal(of("Block(64)").length, 1);
	});

	test("weights that an unknown function was given, and weights left as they are", () => {
		const draw = (after: string) => {
			const { step } = torch(`self.a = nn.Linear(64, 64)\n${after}`, "return self.a(x)").layers.find((one) =>
				isWeightStep(one.step),
			)!;
			return isWeightStep(step) && step.weight.draw.kind;
		};
		assert.equal(draw("pass"), "variance-scaling");
		assert.equal(draw("self.apply(init_weights)"), "unknown");
		assert.equal(draw("init_weights(self.a)"), "unknown");
		assert.equal(draw("helper(self.a.weight)"), "unknown");
		assert.equal(draw("print(self.a.weight)"), "variance-scaling");
	});

	test("weights that a function was given which was handed on under another name", () => {
		const each = "def each(fn, module):\n\tfor child in module.children():\n\t\teach(fn, child)\n\tfn(module)\n";
		const draw = (fn: string) => {
			const { step } = torch(`self.a = nn.Linear(64, 64)\neach(${fn}, self)`, "return self.a(x)", each).layers.find(
				(one) => isWeightStep(one.step),
			)!;
			return isWeightStep(step) && step.weight.draw.kind;
		};
		assert.equal(draw("lambda module: None"), "variance-scaling");
		assert.equal(draw("print"), "variance-scaling");
		assert.equal(draw("init_weights"), "unknown");
		assert.equal(draw("functools.partial(init_weights, std=1)"), "unknown");
		assert.equal(draw("helper(1)"), "unknown");
		// What is given values of the model computes something.
		const { layers } = torch("self.a = nn.Linear(64, 64)", "attend = helper(1)\nreturn attend(self, self.a(x))");
		const { step } = layers.find((one) => isWeightStep(one.step))!;
		assert.equal(isWeightStep(step) && step.weight.draw.kind, "variance-scaling");
	});

	test("a value that passes through an unknown function", () => {
		const of = (value: string) => unknownsOf(torch("self.a = nn.Linear(64, 64)", `return self.a(${value})`));
		assert.deepEqual(of("torch.tanh(x)"), []);
		assert.equal(of("helper(x)").length, 1);
	});
});

describe("what is known and what is not lie beside each other", () => {
	const HEAD =
		"import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom elsewhere import flag, n, other\n";
	const net = (init: string, forward: string, more = "") =>
		modelsOf(
			`${HEAD}class Net(nn.Module):\n\tdef __init__(self, width=None, depth=2):\n\t\tsuper().__init__()\n${indented(init)}\tdef forward(self, x):\n${indented(forward)}${more}`,
		)[0]!;
	const indented = (code: string) => code.replaceAll(/^/gm, "\t\t").concat("\n");
	const kinds = (model: Model) => model.layers.map(({ step }) => step.kind);

	test("a loop over as many layers as are counted, and over as many as nobody knows", () => {
		const loop = (count: string) =>
			net(
				`self.layers = nn.ModuleList()\nfor _ in range(${count}):\n\tself.layers.append(nn.Linear(8, 8))`,
				"for layer in self.layers:\n\tx = layer(x)\nreturn x",
			);
		assert.deepEqual(kinds(loop("depth")), ["input", "linear", "linear"]);
		const open = loop("n");
		assert.deepEqual(kinds(open), ["input", "unknown"]);
		assert.match(unknownsOf(open)[0]!, /^a loop: elsewhere.n is not known/);
	});

	test("what a model is called with is a tensor, a function of the code is one, and a library has what it is known for", () => {
		const taken = (condition: string) =>
			kinds(net("self.fc = nn.Linear(8, 8)", `import inspect\nif ${condition}:\n\tx = self.fc(x)\nreturn self.fc(x)`));
		for (const condition of [
			"isinstance(x, torch.Tensor)",
			"torch.is_tensor(x)",
			"inspect.isfunction(lambda x: x)",
			"hasattr(nn, 'GELU')",
		]) {
			assert.deepEqual(taken(condition), ["input", "linear", "linear"], condition);
		}
		for (const condition of ["isinstance(x, nn.Module)", "isinstance(x, list)", "inspect.isfunction(self.fc)"]) {
			assert.deepEqual(taken(condition), ["input", "linear"], condition);
		}
		assert.ok(taken("isinstance(x, other)").includes("unknown"));
	});

	test("a number is the item of what holds it alone", () => {
		const rate = "[x.item() for x in torch.linspace(0, 0.2, 3)][1]";
		const { step } = net(`self.drop = nn.Dropout(${rate})\nself.fc = nn.Linear(8, 8)`, "return self.drop(self.fc(x))")
			.layers[2]!;
		assert.ok(step.kind === "dropout" && Math.abs(step.rate! - 0.1) < 1e-12);
	});

	test("sizes that reduce collects", () => {
		const reduced = "functools.reduce(lambda all, one: all + [all[-1] + one], [4, 4], [8])";
		const model = net(
			`import functools\nself.layers = nn.Sequential(*[nn.Linear(n, n + 4) for n in ${reduced}])`,
			"return self.layers(x)",
		);
		assert.deepEqual(weightsOf(model), [
			[8, 12],
			[12, 16],
			[16, 20],
		]);
	});

	test("a branch by a constant is taken; by something else both are, and what differs is unknown", () => {
		const branch = (condition: string) =>
			net(
				`self.act = nn.ReLU() if ${condition} else nn.Tanh()\nself.fc = nn.Linear(8, 8)`,
				"return self.act(self.fc(x))",
			);
		assert.deepEqual(branch("depth == 2").layers.at(-1)!.step, {
			kind: "activation",
			activation: "relu",
			parameters: {},
		});
		assert.equal(kinds(branch("flag")).at(-1), "unknown");
		const same = net(
			"self.fc = nn.Linear(8, 8)",
			"if flag:\n\tx = F.relu(self.fc(x))\nelse:\n\tx = x\nreturn self.fc(x)",
		);
		assert.deepEqual(kinds(same), ["input", "linear", "activation", "unknown", "linear"]);
	});

	test("a loop over an open number of places is followed for 16, which its input then has", () => {
		const loop = (turns: string) =>
			net(
				"self.cell = nn.GRUCell(4, 8)",
				`h = torch.zeros(x.size(0), 8)\nfor t in ${turns}:\n\th = self.cell(x[:, t], h)\nreturn h`,
			);
		const cells = (model: Model) => model.layers.filter(({ step }) => step.kind === "recurrence").length;
		const open = loop("range(x.size(1))");
		assert.equal(cells(open), 16);
		assert.deepEqual(open.turns, [{ layer: 0, axis: 1, count: 16 }]);
		assert.deepEqual(
			shapesOf(open).supposed.map(({ shape }) => shape),
			[[16, 4]],
		);
		assert.equal(cells(loop("range(1, x.shape[1] - 1)")), 14);
		assert.equal(cells(loop("range(x.size(1) - 1, -1, -1)")), 16);
		// How many samples there are is nothing that a model is run for.
		assert.match(unknownsOf(loop("range(x.size(0))"))[0]!, /the length of a range is not known/);
		assert.match(unknownsOf(loop("range(n)"))[0]!, /n is not known/);
	});

	test("a loop that was followed for another number of places than there are says nothing behind it", () => {
		const sizes = (init: string, before: string) => {
			const model = net(
				`self.cell = nn.RNNCell(4, 8)\n${init}`,
				`${before}\nh, hs = torch.zeros(x.size(0), 8), []\nfor t in range(x.size(1)):\n\th = self.cell(x[:, t], h)\n\ths.append(h)\nreturn self.out(torch.stack(hs, 1).flatten(1))`,
			);
			return sizesFor(model).kind;
		};
		assert.equal(sizes("self.out = nn.Linear(128, 2)", "pass"), "sizes");
		assert.equal(sizes("self.out = nn.Linear(160, 2)", "pass"), "refused");
		assert.equal(sizes("self.out = nn.Linear(40, 2)", "x = x.view(x.size(0), 5, 4)"), "sizes");
		// Of the places behind the convolution there are not 16, whatever comes in.
		const convolved = "self.conv = nn.Conv1d(1, 4, 3, stride=40)\nself.out = nn.Linear(128, 2)";
		assert.equal(sizes(convolved, "x = self.conv(x).transpose(1, 2)"), "refused");
	});

	test("a weight that weight_norm keeps begins as it is drawn, whatever its name is given", () => {
		const drawn = (more: string) => {
			const { step } = net(`self.fc = nn.utils.weight_norm(nn.Linear(8, 8))\n${more}`, "return self.fc(x)").layers[1]!;
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
			const { step } = net(`self.fc = ${norm}(nn.Linear(8, 8))\nself.fc.${length}.data.fill_(1)`, "return self.fc(x)")
				.layers[1]!;
			assert.equal(isWeightStep(step) && step.weight.draw.kind, "unknown", norm);
		}
	});

	test("what is resized only where it has another size than what it is resized to is resized; by another question it may be", () => {
		const fitted = (condition: string, size = "y.shape[2:]") => {
			const init = "self.down = nn.Conv2d(4, 4, 3, stride=2)\nself.fc = nn.Conv2d(4, 4, 1)";
			const resized = `y = self.fc(x)\nx = self.down(x)\nif ${condition}:\n\tx = torch.nn.functional.interpolate(x, size=${size})`;
			return unknownsOf(net(init, `${resized}\nreturn self.fc(x + y)`)).length === 0;
		};
		assert.ok(fitted("x.shape != y.shape"));
		assert.ok(fitted("x.shape[2:] != y.shape[2:]"));
		assert.ok(fitted("x.size()[-2:] != y.size()[-2:]"));
		assert.ok(!fitted("x.shape == y.shape"));
		assert.ok(!fitted("x.shape[2] != y.shape[2]"));
		assert.ok(!fitted("self.n != y.shape"));
		assert.ok(!fitted("x.shape != y.shape", "(8, 8)"));
	});

	test("channels that are joined are as many as a layer that asks for none is fed, places are not", () => {
		const last = (axis: number) => {
			const init = "self.a = nn.Conv2d(3, 8, 3)\nself.b = nn.LazyConv2d(2, 1)";
			const model = net(init, `y = self.a(x)\nreturn self.b(torch.cat([y, torch.relu(y)], ${axis}))`);
			const { step } = model.layers.at(-1)!;
			return step.kind === "convolution" && step.inputs;
		};
		assert.equal(last(1), 16);
		assert.equal(last(2), null);
	});

	test("a weight that a parametrisation keeps orthogonal is so from the start, whatever is drawn for it", () => {
		const drawn = (more: string, layer = "nn.Linear(8, 6)", behind = "pass") => {
			const init = `self.fc = ${layer}\nnn.utils.parametrizations.orthogonal(self.fc${more})\n${behind}`;
			const { step } = net(init, "return self.fc(x)").layers[1]!;
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
			const { step } = net(`self.fc = nn.Linear(8, 8)\n${norm}\n${behind}`, "return self.fc(x)").layers[1]!;
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

	test("two values are of one shape where the steps between keep it, and of another where features tell", () => {
		const chosen = (layer: string) =>
			kinds(
				net(
					`self.stem = nn.Conv2d(3, 8, 3)\nself.conv = ${layer}\nself.fc = nn.Linear(5, 5)`,
					"x = self.stem(x)\ny = torch.relu(self.conv(x))\nif x.shape != y.shape:\n\treturn self.fc(y)\nreturn y",
				),
			).at(-1);
		assert.equal(chosen("nn.Conv2d(8, 8, 3, padding=1)"), "activation");
		assert.equal(chosen("nn.Conv2d(8, 8, 5, padding='same')"), "activation");
		assert.equal(chosen("nn.Conv2d(8, 9, 3, padding=1)"), "linear");
		assert.equal(chosen("nn.Conv2d(8, 8, 3)"), "unknown");
		assert.equal(chosen("nn.Conv2d(8, 8, 3, padding=1, stride=2)"), "unknown");
	});

	test("what layers make of zeros tells how many numbers there are", () => {
		const convolution = "self.conv = nn.Sequential(nn.Conv2d(3, 4, 5), nn.ReLU(), nn.MaxPool2d(2))";
		for (const size of [
			"self.conv(torch.zeros(1, 3, 20, 20)).view(1, -1).size(1)",
			"self.conv(torch.randn(1, *(3, 20, 20))).numel()",
			"self.conv(torch.rand((1, 3, 20, 20))).flatten().shape[0]",
			"self.conv(torch.zeros(1, 3, 20, 20)).view(-1).size(0)",
			"int(np.prod(self.conv(torch.zeros(1, 3, 20, 20)).size()))",
		]) {
			const model = net(
				`import numpy as np\n${convolution}\nself.fc = nn.Linear(${size}, 2)`,
				"return self.fc(self.conv(x).flatten(1))",
			);
			assert.deepEqual(weightsOf(model), [[256, 2]], size);
		}
		const two = net(
			`${convolution}\nself.fc = nn.Linear(self.conv(torch.zeros(2, 3, 20, 20)).numel(), 2)`,
			"return self.fc(self.conv(x).flatten(1))",
		);
		assert.deepEqual(weightsOf(two), [[null, 2]]);
	});

	test("attention is fused where timm says so by default, and by hand where it is an experiment", () => {
		const kindsWith = (argument: string) =>
			kinds(
				net(
					`from timm.layers import use_fused_attn\nself.fused = use_fused_attn(${argument})\nself.fc = nn.Linear(8, 8)`,
					"x = self.fc(x)\nif self.fused:\n\tx = F.scaled_dot_product_attention(x, x, x)\nreturn x",
				),
			);
		assert.deepEqual(kindsWith(""), ["input", "linear", "reshape", "product", "scale", "activation", "product"]);
		assert.deepEqual(kindsWith("experimental=True"), ["input", "linear"]);
	});

	test("fused attention is that of PyTorch 2, which computes the same as what stands in for it", () => {
		const of = (name: string) =>
			kinds(
				net(
					`self.flash = hasattr(torch.nn.functional, "${name}")\nself.fc = nn.Linear(8, 8)`,
					"x = self.fc(x)\nif self.flash:\n\tx = torch.relu(x)\nreturn x",
				),
			);
		assert.deepEqual(of("scaled_dot_product_attention"), ["input", "linear", "activation"]);
		assert.equal(of("something_else").at(-1), "unknown");
	});

	test("copies begin with the same weights until one is drawn anew, and so do those of PyTorch's own transformers", () => {
		const copies = (init: string, more = "") =>
			net(
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
			net(kind, "return self.encoder(x)")
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

	test("parameters in a list are those of the module", () => {
		const scales = (init: string) =>
			net(
				`self.scales = nn.ParameterList([nn.Parameter(torch.zeros(1)) for _ in range(2)])\nself.fc = nn.Linear(8, 8)\n${init}`,
				"for scale in self.scales:\n\tx = x + scale * self.fc(x)\nreturn x",
			).layers.flatMap(({ step }): (string | number)[] =>
				step.kind === "scale" ? [step.by] : step.kind === "unknown" ? [step.reason] : [],
			);
		assert.deepEqual(scales("pass"), [0, 0]);
		assert.deepEqual(scales("for p in self.parameters():\n\tnn.init.constant_(p, 0.5)"), [0.5, 0.5]);
	});

	test("a function that is given an embedding's weight shares it", () => {
		const { layers } = net("self.emb = nn.Embedding(50, 8)", "return F.linear(self.emb(x), self.emb.weight)");
		assert.deepEqual(
			layers.map(({ sharedWith }) => sharedWith),
			[null, null, 1],
		);
	});

	test("a command line that says nothing leaves what its arguments are by default", () => {
		const sizes = (size: string, parser: string, parse = "p.parse_args()") => {
			const made = `import argparse\np = argparse.ArgumentParser()\n${parser}\nargs = ${parse}`;
			return weightsOf(net(`${made}\nself.fc = nn.Linear(8, ${size})`, "return self.fc(x)"));
		};
		assert.deepEqual(sizes("args.hidden", 'p.add_argument("--hidden", type=int, default=4)'), [[8, 4]]);
		assert.deepEqual(sizes("args.h_size", 'p.add_argument("-s", "--h-size", type=int, default="4")'), [[8, 4]]);
		assert.deepEqual(sizes("args.n", 'p.add_argument("-s", dest="n", default=4)'), [[8, 4]]);
		assert.deepEqual(
			sizes("args.n", 'g = p.add_argument_group("more")\ng.add_argument("--n", default=4)', "p.parse_known_args()[0]"),
			[[8, 4]],
		);
		assert.deepEqual(sizes("args.n", 'p.add_argument("--n", default=3)\np.set_defaults(n=5)'), [[8, 5]]);
		assert.deepEqual(sizes('vars(args)["n"]', 'p.add_argument("--n", default=3)', "p.parse_args([])"), [[8, 3]]);
		assert.deepEqual(sizes("2 if args.wide else 3", 'p.add_argument("--wide", action="store_true")'), [[8, 3]]);
		assert.deepEqual(sizes("2 if args.wide else 3", 'p.add_argument("--no", dest="wide", action="store_false")'), [
			[8, 2],
		]);
		assert.deepEqual(sizes("args.n or 6", 'p.add_argument("--n", type=int)'), [[8, 6]]);
		// What must be given is not known, nor what is read of other words.
		assert.deepEqual(sizes("args.n", 'p.add_argument("n", type=int)'), [[8, null]]);
		assert.deepEqual(sizes("args.n", 'p.add_argument("--n", type=int, required=True)'), [[8, null]]);
		assert.deepEqual(sizes("args.n", 'p.add_argument("--n", default=3)', 'p.parse_args(["--n", "7"])'), [[8, null]]);
	});

	test("numbers and texts that Python's modules have by name, and numbers that texts hold", () => {
		const size = (expression: string, imports: string) =>
			weightsOf(net(`${imports}\nself.fc = nn.Linear(8, ${expression})`, "return self.fc(x)"))[0]![1];
		assert.equal(size("len(string.ascii_letters + ' .,;')", "import string"), 56);
		assert.equal(size("len(printable)", "from string import printable"), 100);
		assert.equal(size("int(math.log(16, 2))", "import math"), 4);
		assert.equal(size("int(pi)", "from math import pi"), 3);
		assert.equal(size("int('12') + int(float('1e1'))", "import math"), 22);
		assert.equal(size("int('a')", "import math"), null);
	});

	test("a model on several devices, or on one, computes the same", () => {
		const forward =
			"if x.is_cuda and self.ngpu > 1:\n\treturn nn.parallel.data_parallel(self.fc, x, range(self.ngpu))\nreturn self.fc(x)";
		assert.deepEqual(kinds(net("self.ngpu = n\nself.fc = nn.Linear(8, 4)", forward)), ["input", "linear"]);
		const split = "self.fc = nn.Linear(8, 4)";
		assert.deepEqual(kinds(net(split, "return nn.parallel.data_parallel(self.fc, x)")), ["input", "linear"]);
	});

	test("records hold what they are made with, and Lightning's what a module is made with", () => {
		const sizes = (init: string, before = "") => weightsOf(net(`${before}\n${init}`, "return self.fc(x)"));
		const record = "from types import SimpleNamespace\nargs = SimpleNamespace(hidden=4, n=2)";
		assert.deepEqual(sizes("self.fc = nn.Linear(8, args.hidden)", record), [[8, 4]]);
		assert.deepEqual(sizes("args.hidden = 6\nself.fc = nn.Linear(8, args.hidden)", record), [[8, 6]]);
		assert.deepEqual(sizes("self.fc = nn.Linear(8, args.other)", record), [[8, null]]);
		// It is none of the modules.
		const drawn = "self.args = args\nself.fc = nn.Linear(8, 4)\nself.apply(init)";
		const { step } = net(
			`${record}\ndef init(m):\n\tif isinstance(m, nn.Linear):\n\t\tnn.init.zeros_(m.weight)\n${drawn}`,
			"return self.fc(x)",
		).layers[1]!;
		assert.equal(isWeightStep(step) && step.weight.draw.kind, "zeros");

		const lightning = (saved: string, size: string) =>
			weightsOf(
				modelsOf(
					[
						"import pytorch_lightning as pl\nfrom torch import nn",
						"class Net(pl.LightningModule):",
						"\tdef __init__(self, hidden=4, rate=0.1, **more):",
						"\t\tsuper().__init__()",
						`\t\t${saved}`,
						`\t\tself.fc = nn.Linear(8, ${size})`,
						"\tdef forward(self, x):",
						"\t\treturn self.fc(x)",
						"net = Net(hidden=5, wide=6)",
					].join("\n"),
				).find(({ name }) => name === "net")!,
			)[0]![1];
		assert.equal(lightning("self.save_hyperparameters()", "self.hparams.hidden"), 5);
		assert.equal(lightning("self.save_hyperparameters()", "self.hparams.wide"), 6);
		assert.equal(lightning('self.save_hyperparameters("hidden")', "self.hparams.hidden"), 5);
		assert.equal(lightning("hidden = 7; self.save_hyperparameters()", "self.hparams.hidden"), 7);
		assert.equal(lightning('self.save_hyperparameters("rate")', "self.hparams.hidden"), null);
		assert.equal(lightning('self.save_hyperparameters(ignore=["hidden"])', "self.hparams.hidden"), null);
		assert.equal(lightning("self.save_hyperparameters(other)", "self.hparams.hidden"), null);
	});

	test("a chain of comparisons holds where each of them does", () => {
		const sizes = (condition: string) =>
			weightsOf(net(`self.fc = nn.Linear(8, 4 if ${condition} else 6)`, "return self.fc(x)"))[0]![1];
		assert.equal(sizes("0 < depth <= 2"), 4);
		assert.equal(sizes("0 < depth < 2"), 6);
		assert.equal(sizes("3 < depth <= n"), 6);
		assert.equal(sizes("0 < depth <= n"), null);
	});

	test("an arm that only raises is not taken, and an early return ends a function", () => {
		const raising = net("self.fc = nn.Linear(8, 8)", 'if flag:\n\traise ValueError("no")\nreturn self.fc(x)');
		assert.deepEqual(kinds(raising), ["input", "linear"]);
		const early = net(
			"self.fc = nn.Linear(8, 8)",
			"if depth:\n\treturn self.fc(x)\nreturn x".replace("depth", "self.training"),
		);
		assert.deepEqual(kinds(early), ["input", "linear"]);
	});

	test("a size that one of two things may give is no size", () => {
		const sizes = (value: string) => weightsOf(net(`self.fc = nn.Linear(8, ${value})`, "return self.fc(x)"))[0]![1];
		assert.equal(sizes("width or 16"), 16);
		assert.equal(sizes("n or 16"), null);
		assert.equal(sizes("2 * depth ** 3"), 16);
		assert.equal(sizes("{1: 4, 2: 16}[depth]"), 16);
		assert.equal(sizes("{1: 4, 2: 16}[n]"), null);
		assert.equal(sizes("int(3.9 * depth)"), 7);
		assert.equal(sizes("True"), null);
	});

	test("a draw in an arm that may not run is unknown, that of one that runs is known", () => {
		const draw = (condition: string) => {
			const init = `self.fc = nn.Linear(8, 8)\nif ${condition}:\n\tnn.init.orthogonal_(self.fc.weight, gain=2)`;
			const { step } = net(init, "return self.fc(x)").layers[1]!;
			return isWeightStep(step) && step.weight.draw;
		};
		assert.deepEqual(draw("depth"), { kind: "orthogonal", gain: 2 });
		assert.equal((draw("flag") as { kind: string }).kind, "unknown");
	});

	test("a layer of the library's has the methods of any module: what is moved or typed stays itself", () => {
		for (const fc of ["nn.Linear(8, 4)", "nn.Sequential(nn.Linear(8, 4))"]) {
			for (const method of ["cpu()", "bfloat16()", "type(torch.float64)", "to('cuda')"]) {
				assert.deepEqual(kinds(net(`self.fc = ${fc}.${method}`, "return self.fc(x)")), ["input", "linear"], method);
			}
			const named =
				"for name, module in self.fc.named_modules():\n\tif isinstance(module, nn.Linear):\n\t\tnn.init.zeros_(module.weight)";
			const { step } = net(`self.fc = ${fc}\n${named}`, "return self.fc(x)").layers[1]!;
			assert.equal(isWeightStep(step) && step.weight.draw.kind, "zeros");
		}
	});

	test("weights that are loaded, normalised or replaced by what is not followed have no known draw", () => {
		const draw = (after: string) => {
			const { step } = net(`self.fc = nn.Linear(8, 8)\n${after}`, "return self.fc(x)").layers[1]!;
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
		assert.equal(draw("nn.init.trunc_normal_(self.fc.weight, std=0.02, a=-0.02, b=0.02)"), "unknown");
		assert.equal(draw("nn.init.eye_(self.fc.weight)"), "unknown");
	});

	test("sums, differences and products of values, and constants", () => {
		const of = (result: string) => kinds(net("self.fc = nn.Linear(8, 8)", `y = self.fc(x)\nreturn ${result}`)).slice(2);
		assert.deepEqual(of("x + y"), ["add"]);
		assert.deepEqual(of("torch.add(x, y)"), ["add"]);
		assert.deepEqual(of("x.mul(y)"), ["multiply"]);
		assert.deepEqual(of("x - y"), ["scale", "add"]);
		assert.deepEqual(of("0.5 * y"), ["scale"]);
		assert.deepEqual(of("y / 2"), ["scale"]);
		assert.deepEqual(of("y + 1"), ["range", "add"]);
		assert.deepEqual(of("y / 127.5 - 1"), ["scale", "range", "add"]);
		assert.deepEqual(of("1 - y").slice(-2), ["scale", "add"]);
		assert.deepEqual(of("1 / y"), ["unknown"]);
		assert.deepEqual(of("y @ x"), ["product"]);
		assert.deepEqual(of("y // x"), ["unknown"]);
		assert.deepEqual(of("torch.cat([x, y], 1)"), ["concatenate"]);
		assert.deepEqual(of("y.view(-1, 4).contiguous()"), ["reshape"]);
		assert.deepEqual(of("F.dropout(y, 0.5, training=self.training)"), ["dropout"]);
		assert.deepEqual(of("F.dropout(y, 0.5, training=False)"), []);
	});

	test("noise of a value's shape is drawn for each sample; of a shape without the batch, or with a spread of its own, it is not known", () => {
		const of = (noise: string) =>
			kinds(net("self.fc = nn.Linear(8, 8)", `y = self.fc(x)\nreturn y + ${noise}`)).slice(2);
		for (const noise of [
			"torch.randn_like(y)",
			"torch.rand_like(y)",
			"torch.randn(y.shape, device=y.device)",
			"torch.randn(y.size())",
			"torch.randn(x.size(0), 8)",
			"torch.randn((y.shape[0], 8))",
		]) {
			assert.deepEqual(of(noise), ["noise", "add"], noise);
		}
		assert.equal(of("torch.randn(8)").includes("noise"), false);
		assert.equal(of("torch.randn(16, 8)").includes("noise"), false);
		const layers = "import tensorflow as tf\nimport jax\nfrom tensorflow import keras\nfrom keras import layers, ops\n";
		const sampled = (noise: string) =>
			modelsOf(
				`${layers}def sample(x):\n\treturn x + tf.exp(0.5 * x) * ${noise}\ninputs = keras.Input((8,))\nx = layers.Dense(4)(inputs)\nnet = keras.Model(inputs, layers.Lambda(sample)(x))\n`,
			).map(kinds)[0];
		const wanted = ["input", "linear", "scale", "activation", "noise", "multiply", "add"];
		assert.deepEqual(sampled("tf.random.normal(shape=tf.shape(x))"), wanted);
		assert.deepEqual(sampled("keras.random.normal(shape=(ops.shape(x)[0], ops.shape(x)[1]), seed=1)"), wanted);
		assert.deepEqual(sampled("tf.keras.backend.random_normal(shape=(tf.shape(x)[0], 4))"), wanted);
		assert.deepEqual(sampled("jax.random.normal(key, x.shape)"), wanted);
		assert.equal(sampled("tf.random.normal(tf.shape(x), 0.0, 0.1)")?.includes("noise"), false);
	});

	test("a clamp between two numbers is an activation; between others it is not known", () => {
		const of = (call: string) => net("self.fc = nn.Linear(8, 8)", `return ${call}`).layers.at(-1)!.step;
		const between = { kind: "activation", activation: "hardtanh", parameters: { min_val: -20, max_val: 2 } };
		assert.deepEqual(of("self.fc(x).clamp(-20, 2)"), between);
		assert.deepEqual(of("torch.clamp(self.fc(x), min=-20, max=2)"), between);
		assert.deepEqual(of("torch.clamp(self.fc(x), min=0)"), { kind: "activation", activation: "relu", parameters: {} });
		assert.equal(of("torch.clamp(self.fc(x), min=-1)").kind, "unknown");
		assert.equal(of("torch.clamp(self.fc(x), -1, other)").kind, "unknown");
	});

	test("functions of weights that are one number everywhere, vectors of them behind each other, and buffers of them", () => {
		const stepOf = (step: Step) => {
			if (step.kind === "linear") return [step.inputs, step.outputs, step.bias?.draw.kind ?? null];
			return step.kind === "scale" ? Number(step.by.toPrecision(6)) : step.kind;
		};
		const of = (init: string, value: string) =>
			net(`self.fc = nn.Linear(8, 8, bias=False)\n${init}`, `return ${value}`)
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

	test("layers that are marked by the code have the mark, others do not; what PyTorch may have is not known", () => {
		const draw = (mark: string) => {
			const init = `self.fc = nn.Linear(8, 8)\nself.last = nn.Linear(8, 8)\nself.last.${mark} = 1\nfor m in self.modules():\n\tif isinstance(m, nn.Linear):\n\t\tnn.init.normal_(m.weight, std=0.01 if hasattr(m, "${mark}") else 0.02)`;
			return net(init, "return self.last(self.fc(x))").layers.flatMap(({ step }) =>
				step.kind === "linear"
					? [step.weight.draw.kind === "normal" ? step.weight.draw.std : step.weight.draw.kind]
					: [],
			);
		};
		assert.deepEqual(draw("NANOGPT_SCALE_INIT"), [0.02, 0.01]);
		assert.deepEqual(draw("scale_init"), ["unknown", 0.01]);
	});

	test("a layer that is given another's weights shares them", () => {
		const tied = net(
			"self.fc = nn.Linear(8, 8)\nself.last = nn.Linear(8, 8)\nself.last.weight = self.fc.weight",
			"return self.last(self.fc(x))",
		);
		assert.deepEqual(
			tied.layers.map(({ sharedWith }) => sharedWith),
			[null, null, 1],
		);
	});

	test("windows of an image that are fed to what takes whole images are gone through side by side", () => {
		const windows = (layer: string) =>
			net(`self.layer = ${layer}`, "x = x.view(x.size(0), 8, 4, 4)\nreturn self.layer(x.view(-1, 2, 4, 4))").layers.at(
				-1,
			)!;
		const sized = (layer: string) => [windows(layer).step.kind, windows(layer).shape];
		assert.deepEqual(sized("nn.Linear(4, 6)"), ["linear", [4, 2, 4, 6]]);
		assert.deepEqual(sized("nn.Conv2d(2, 6, 3)"), ["convolution", [4, 6, 2, 2]]);
		assert.deepEqual(sized("nn.BatchNorm2d(2)"), ["normalisation", [4, 2, 4, 4]]);
		assert.deepEqual(sized("nn.Sequential(nn.Flatten(), nn.Linear(32, 3))"), ["linear", [4, 3]]);
		assert.deepEqual(sized("nn.PixelShuffle(1)"), ["unknown", null]);
	});

	test("a product with a parameter is a linear layer by hand, with the fans that PyTorch counts of such a matrix", () => {
		const init =
			"self.w = nn.Parameter(torch.empty(4, 8))\nself.b = nn.Parameter(torch.zeros(8))\nself.v = nn.Parameter(torch.randn(8, 8) / 4)\nnn.init.kaiming_uniform_(self.w, nonlinearity='linear')\nstdv = 1. / self.w.size(1) ** 2\nself.u = nn.Parameter(torch.FloatTensor(8, 3))\nself.u.data.uniform_(-stdv, stdv)";
		const model = net(
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

	test("a layer of einops takes places together, as its function does", () => {
		const { layers } = modelsOf(
			`${HEAD}from einops.layers.torch import Reduce\nnet = nn.Sequential(nn.Conv2d(3, 8, 4), Reduce("b c h w -> b c", "mean"), nn.Linear(8, 2))\n`,
		)[0]!;
		assert.deepEqual(
			layers.map(({ step: { kind } }) => kind),
			["input", "convolution", "pool", "linear"],
		);
		const least = modelsOf(
			`${HEAD}from einops.layers.torch import Reduce\nnet = nn.Sequential(nn.Conv2d(3, 8, 4), Reduce("b c h w -> b c", "min"))\n`,
		)[0]!;
		assert.match(unknownsOf(least)[0]!, /^reduce b c h w -> b c: this pattern/);
	});

	test("a layer of Keras' that goes backwards gives what it makes of the first place; all places are not followed", () => {
		const of = (layer: string) =>
			modelsOf(
				`from tensorflow import keras\nfrom keras import layers\nnet = keras.Sequential([keras.Input((20, 8)), ${layer}])\n`,
			)[0]!.layers.map(({ step }) => (step.kind === "recurrence" ? `reversed ${step.reversed}` : step.kind));
		assert.deepEqual(of("layers.GRU(4, go_backwards=True)"), ["input", "reversed true", "reshape"]);
		assert.deepEqual(of("layers.GRU(4)"), ["input", "reversed false", "reshape"]);
		assert.deepEqual(of("layers.GRU(4, go_backwards=True, return_sequences=True)"), ["input", "unknown"]);
		assert.deepEqual(of("layers.Bidirectional(layers.GRU(4, go_backwards=True))"), ["input", "unknown"]);
	});

	test("a cell is one step of a recurrent layer, with the state that it is given", () => {
		const begins = (cell: string, state: string) => {
			const { layers } = net(`self.cell = ${cell}\nself.fc = nn.Linear(4, 6)`, `return self.cell(x${state})`);
			const step = layers.find(({ step: { kind } }) => kind === "recurrence" || kind === "unknown")!.step;
			return step.kind === "recurrence" ? `${step.cell.of} ${step.begins} ${step.inputs} ${step.outputs}` : step.kind;
		};
		assert.equal(begins("nn.GRUCell(4, 6)", ""), "gru zero 4 6");
		assert.equal(begins("nn.GRUCell(4, 6)", ", torch.zeros(x.size(0), 6)"), "gru zero 4 6");
		assert.equal(begins("nn.RNNCell(4, 6)", ", self.fc(x)"), "rnn given 4 6");
		assert.equal(begins("nn.RNNCell(4, 6)", ", other(3)"), "unknown");
		const twice = net("self.cell = nn.LSTMCell(4, 4)", "h, c = self.cell(x)\nh, c = self.cell(h, (h, c))\nreturn h");
		const steps = twice.layers.filter(({ step }) => step.kind === "recurrence");
		assert.deepEqual(
			steps.map(({ sharedWith }) => sharedWith !== null),
			[false, true, true],
		);
	});

	test("the only sample of a parameter may be written into; one of several samples is not followed", () => {
		const added = (write: string) =>
			kinds(
				net(
					`self.fc = nn.Linear(8, 8)\np = torch.zeros(1, 16, 8)\n${write}\nself.register_buffer("p", p)`,
					"return self.fc(x + self.p[:, : x.size(1)])",
				),
			);
		const part = "torch.sin(torch.arange(16).unsqueeze(1) / 10000 ** (torch.arange(0, 8, 2) / 8))";
		assert.ok(!added(`p[0, :, 0::2] = ${part}`).includes("unknown"));
		assert.ok(!added(`p[:, :, 0::2] = ${part}`).includes("unknown"));
		assert.ok(added(`p[1, :, 0::2] = ${part}`).includes("unknown"));
	});

	test("what is written number by number into a tensor is one thing that is not understood", () => {
		const write = "p = torch.zeros(64, 64)\nfor i in range(64):\n\tfor j in range(64):\n\t\tp[i, j] = n\nself.p = p";
		assert.deepEqual(unknownsOf(net(write, "return x + self.p")).length, 1);
	});

	test("a number to the power of a value is an exponential, and a value over it a product with another", () => {
		const of = (value: string) => kinds(net("self.fc = nn.Linear(8, 8)", `return self.fc(${value})`)).slice(1, -1);
		assert.deepEqual(of("10 ** x"), ["scale", "activation"]);
		assert.deepEqual(of("x / 10 ** x"), ["scale", "scale", "activation", "multiply"]);
		assert.deepEqual(of("x / torch.tanh(x)"), ["activation", "unknown"]);
		assert.deepEqual(of("(-2) ** x"), ["unknown"]);
	});

	test("all sizes of a value, and more behind them, are unpacked into as many names", () => {
		const features = (heads: string) => {
			const model = net(
				"self.fc = nn.Linear(8, 12)",
				`b, n, _, h = *x.shape, ${heads}\nreturn self.fc(x).view(b, n, h, -1)`,
			);
			return shapesOf({ ...model, layers: model.layers.with(0, { ...model.layers[0]!, shape: [5, 8] }) }).shapes.at(-1);
		};
		assert.deepEqual(features("4"), [5, 4, 3]);
		assert.equal(features("other"), null);
	});

	test("a list of values is summed up", () => {
		const init = "self.parts = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])";
		const sum = net(init, "return sum([part(x) for part in self.parts])");
		assert.deepEqual(kinds(sum), ["input", "linear", "linear", "add", "linear", "add"]);
	});

	test("rows that all samples share span a grid", () => {
		const grid = (indexing: string) =>
			net(
				"self.fc = nn.Linear(6, 6)",
				`u, v = torch.meshgrid(torch.arange(4), torch.arange(6), indexing="${indexing}")\nreturn self.fc(x + u)`,
			);
		const shape = (indexing: string) => {
			const model = grid(indexing);
			return shapesOf(model).shapes[model.layers.findLastIndex(({ name }) => name.startsWith("meshgrid"))];
		};
		assert.deepEqual(shape("ij"), [4, 6]);
		assert.deepEqual(shape("xy"), [6, 4]);
		const alone = 'u, = torch.meshgrid(torch.arange(6), indexing="xy")\nreturn self.fc(x + u)';
		assert.deepEqual(kinds(net("self.fc = nn.Linear(6, 6)", alone)).at(-1), "linear");
	});

	test("what all samples share is repeated for each by a pattern, also without an axis for them", () => {
		const head = "from einops import repeat\n";
		const token = (sizes: string, pattern: string) =>
			modelsOf(
				`${head}${HEAD}class Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.fc = nn.Linear(8, 8)\n\t\tself.token = nn.Parameter(torch.randn(${sizes}))\n\tdef forward(self, x):\n\t\tt = repeat(self.token, "${pattern}", b=x.shape[0])\n\t\treturn torch.cat((t, self.fc(x)), dim=1)\n`,
			)[0]!;
		for (const [sizes, pattern] of [
			["1, 1, 8", "1 1 d -> b 1 d"],
			["1, 1, 8", "() n d -> b n d"],
			["2, 8", "n d -> b n d"],
			["1, 8", "... d -> b ... d"],
		] as const) {
			const { layers } = token(sizes, pattern);
			assert.ok(!layers.some(({ step }) => step.kind === "unknown"), pattern);
			assert.deepEqual(layers.at(-1)!.step, { kind: "concatenate", axis: 0 }, pattern);
		}
		assert.ok(unknownsOf(token("2, 8", "n d -> n b d")).length > 0);
	});

	test("an axis of size 1 in a pattern is one more or one less, and a pattern tells how many axes there are", () => {
		const shape = (pattern: string, more = "") => {
			const model = net(
				"self.fc = nn.Conv1d(3, 8, 4)",
				`from einops import rearrange\nreturn rearrange(self.fc(x), "${pattern}"${more})`,
			);
			return unknownsOf(model).length > 0 ? "unknown" : model.layers.at(-1)!.shape;
		};
		assert.deepEqual(shape("b c n -> b c 1 n"), [8, 1, null]);
		assert.deepEqual(shape("b c n -> b n c ()"), [null, 8, 1]);
		assert.deepEqual(shape("b (c 1) n -> b c n"), [8, null]);
		assert.equal(shape("b c n -> b c 2 n"), "unknown");
		const patches = net(
			"self.fc = nn.Linear(12, 8)",
			`from einops import rearrange\nreturn self.fc(rearrange(x, "b (n p) c -> b n (p c)", p=4))`,
		);
		assert.deepEqual(patches.layers.at(-1)!.shape, [null, 8]);
	});

	test("what is packed lies behind each other, and is unpacked as it was", () => {
		const model = net(
			"self.a, self.b = nn.Conv2d(3, 8, 4), nn.Linear(8, 8)",
			'from einops import pack, unpack\nx = self.a(x).permute(0, 2, 3, 1)\ny, shapes = pack([x.mean(1), x], "b * d")\nfirst, rest = unpack(self.b(y), shapes, "b * d")\nreturn first.mean(1) + rest.mean((1, 2))',
		);
		assert.deepEqual(unknownsOf(model), []);
		const { shapes } = shapesOf(model);
		const named = (name: string) => model.layers.flatMap((layer, i) => (layer.name === name ? [shapes[i]] : []));
		const side = shapes[1]![1]!;
		assert.deepEqual(named("b"), [[side + side * side, 8]]);
		assert.deepEqual(named("part"), [
			[side, 8],
			[side * side, 8],
		]);
		assert.deepEqual(shapes.at(-1), [8]);
		// How many axes a star stands for is not known of a value of which nothing is.
		const open = net("pass", 'from einops import pack\ny, _ = pack([x], "b * d")\nreturn y');
		assert.match(unknownsOf(open).join(), /einops.pack/);
	});

	test("einsum is a matrix product, of a vector or of several axes, too, and with a matrix of weights a linear layer", () => {
		const read = (pattern: string, other = "y") => {
			const model = net(
				"self.a, self.b = nn.Conv1d(3, 8, 4), nn.Conv1d(3, 8, 4)\nself.w = nn.Parameter(torch.randn(8, 5))\nself.v = nn.Parameter(torch.randn(5, 8))",
				`x, y = self.a(x), self.b(x)\nreturn torch.einsum("${pattern}", x, ${other})`,
			);
			if (unknownsOf(model).length > 0) return unknownsOf(model)[0]!.replace(/^.*: /, "");
			return kinds(model).filter((kind) => !/^(input|convolution)$/.test(kind));
		};
		assert.deepEqual(read("bcn,bdn->bcd"), ["reshape", "product"]);
		assert.deepEqual(read("bcn,bcn->b"), ["reshape", "reshape", "reshape", "reshape", "product", "reshape", "reshape"]);
		assert.deepEqual(read("... c n, ... d n -> ... c d"), ["reshape", "product"]);
		assert.deepEqual(read("...Y,...Y->..."), read("bcn,bcn->bc"));
		assert.deepEqual(read("bcn,co->bno", "self.w"), ["reshape", "linear"]);
		assert.deepEqual(read("bcn,nc->bnn", "self.w"), "it is no linear layer");
		assert.deepEqual(read("bcn,oc->bon", "self.v"), ["reshape", "linear", "reshape"]);
		assert.equal(read("bcn,bcn->bcn"), "it is no matrix product");
		assert.equal(read("bcn,cn->bcn", "self.w"), "it is no linear layer");
	});

	test("weights tell their sizes", () => {
		const drawn = (init: string) => {
			const step = net(init, "return self.a(x)").layers.at(-1)!.step;
			return isWeightStep(step) && step.weight.draw;
		};
		const within = (bound: number) => ({ kind: "uniform", low: -bound, high: bound });
		const fill = (size: string) => `self.a.weight.data.uniform_(-1 / ${size}, 1 / ${size})`;
		assert.deepEqual(drawn(`self.a = nn.Linear(8, 4)\n${fill("self.a.weight.data.size()[0]")}`), within(1 / 4));
		assert.deepEqual(drawn(`self.a = nn.Linear(8, 4)\n${fill("self.a.weight.size(1)")}`), within(1 / 8));
		assert.deepEqual(drawn(`self.a = nn.Conv2d(6, 4, 3, groups=2)\n${fill("self.a.weight.shape[1]")}`), within(1 / 3));
		assert.deepEqual(drawn(`self.a = nn.ConvTranspose2d(8, 4, 5)\n${fill("self.a.weight.shape[0]")}`), within(1 / 8));
	});

	test("a module of a sequence that is not understood stays in its place", () => {
		const model = net("self.net = nn.Sequential(nn.Linear(8, 8), other(8), nn.ReLU())", "return self.net(x)");
		assert.deepEqual(kinds(model), ["input", "linear", "unknown", "activation"]);
	});

	test("an activation of the file is its step; with weights of its own it is what it does", () => {
		const more =
			"\n\ndef swish(x):\n\treturn x * torch.sigmoid(x)\n\ndef odd(x):\n\treturn x * torch.sigmoid(2.5 * x) ** 3\n";
		const of = (name: string) =>
			net("self.fc = nn.Linear(8, 8)", `return ${name}(self.fc(x))`, more).layers.at(-1)!.step;
		assert.deepEqual(of("swish"), { kind: "activation", activation: "silu", parameters: {} });
		assert.equal(of("odd").kind, "own-activation");
	});

	test("a mask that comes with the data leaves a step that says so; scores that it is not known to hide stay unknown", () => {
		const attention = (line: string, parameters = "x") =>
			kinds(
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
		const model = net(
			"self.a = nn.MultiheadAttention(8, 2, batch_first=True)",
			"pad = x == 0\ny = torch.relu(x)\nreturn self.a(y, y, y, key_padding_mask=pad)[0]",
		);
		assert.equal(kinds(model).filter((kind) => kind === "masked").length, 1);
		assert.deepEqual(unknownsOf(model), []);
	});

	test("a recurrent layer begins with 0, with a state that is given, or with one that comes with the data", () => {
		const begins = (state: string, parameters = "x") => {
			const model = modelsOf(
				`${HEAD}class Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.fc = nn.Linear(8, 8)\n\t\tself.rnn = nn.LSTM(8, 6, batch_first=True)\n\tdef forward(self, ${parameters}):\n\t\treturn self.rnn(x, ${state})[0]\n`,
			)[0]!;
			const { step } = model.layers.at(-1)!;
			return step.kind === "recurrence" ? step.begins : step.kind;
		};
		assert.equal(begins("None"), "zero");
		assert.equal(begins("(torch.zeros(1, x.size(0), 6), torch.zeros(1, x.size(0), 6).to(x.device))"), "zero");
		assert.equal(begins("(x.new_zeros(1, x.size(0), 6), x.new_zeros(1, x.size(0), 6))"), "zero");
		assert.equal(begins("hidden", "x, hidden"), "data");
		assert.equal(begins("(h, c)", "x, h, c"), "data");
		assert.equal(begins("self.rnn(x)[1]"), "given");
		assert.equal(begins("other(x)"), "unknown");
		assert.equal(begins("(torch.randn(1, 3, 6), torch.randn(1, 3, 6))"), "unknown");
	});

	test("sequences that are packed go through a recurrent layer as if all were of one length, and say so", () => {
		const model = net(
			"self.rnn = nn.GRU(8, 6, batch_first=True)\nself.fc = nn.Linear(6, 4)",
			"p = nn.utils.rnn.pack_padded_sequence(x, n, batch_first=True)\nout, h = self.rnn(p)\nout, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True)\nreturn self.fc(out[:, -1])",
		);
		assert.deepEqual(kinds(model), ["input", "masked", "recurrence", "reshape", "linear"]);
	});

	test("layers over each other, in both directions, and their states by number", () => {
		const model = net(
			"self.rnn = nn.LSTM(8, 6, 2, bidirectional=True, dropout=0.5)",
			"_, (h, c) = self.rnn(x)\nreturn torch.cat([h[-1], c[0]], -1)",
		);
		assert.deepEqual(
			model.layers.map(({ name }) => name),
			[
				"x",
				"rnn.l0",
				"rnn.l0_reverse",
				"rnn.l0_directions",
				"rnn.l0_dropout",
				"rnn.l1_reverse",
				"part",
				"rnn.l0",
				"part",
				"cat",
			],
		);
		const [first, , , , , last, , inner] = model.layers.slice(1).map(({ step }) => step);
		assert.ok(first?.kind === "recurrence" && first.inputs === 8 && first.gives === "hidden" && !first.reversed);
		assert.equal(last?.kind, "reshape");
		assert.ok(inner?.kind === "reshape");
		const cell = model.layers[7]!;
		assert.ok(cell.step.kind === "recurrence" && cell.step.gives === "cell" && cell.sharedWith === 1);
	});

	test("an LSTM that projects its state gives as much as it is projected to, and keeps its units inside", () => {
		const { layers } = net(
			"self.rnn = nn.LSTM(8, 6, batch_first=True, proj_size=3)",
			"out, (h, c) = self.rnn(x)\nreturn out, c[-1]",
		);
		const [, hidden, cell] = layers.filter(({ step }, i) => i === 0 || step.kind === "recurrence");
		assert.deepEqual(
			[hidden!.shape, cell!.shape],
			[
				[null, 3],
				[null, 6],
			],
		);
		assert.ok(hidden!.step.kind === "recurrence" && hidden!.step.projection?.units === 6);
		// All weights are drawn by the number of units.
		assert.deepEqual(hidden!.step.projection.weight.draw, hidden!.step.weight.draw);
	});

	test("weights of a recurrent layer are drawn as the code says, each by its name", () => {
		const { step } = net(
			"self.rnn = nn.GRU(8, 6)\nfor name, p in self.rnn.named_parameters():\n\tif 'weight_hh' in name:\n\t\tnn.init.orthogonal_(p)\n\telif 'bias' in name:\n\t\tnn.init.zeros_(p)",
			"return self.rnn(x)[0]",
		).layers[1]!;
		assert.ok(step.kind === "recurrence");
		assert.deepEqual(step.recurrent.draw, { kind: "orthogonal", gain: 1 });
		assert.deepEqual(step.bias?.draw, { kind: "zeros" });
		assert.equal(step.weight.draw.kind, "uniform");
	});

	test("a recurrent layer whose number of layers, or projection, is not followed says so", () => {
		for (const more of ["num_layers=n", "bidirectional=flag", "proj_size=n"]) {
			assert.equal(kinds(net(`self.rnn = nn.LSTM(8, 6, ${more})`, "return self.rnn(x)[0]")).at(-1), "unknown", more);
		}
	});

	test("an input has its batch where batch_first says, and a layer that goes along the batch is not followed", () => {
		const rnn = (init: string, forward: string) => {
			const model = net(`self.rnn = ${init}\nself.conv = nn.Conv1d(6, 6, 3)`, forward);
			return model.layers.map(({ step, shape }) => [step.kind, shape] as const);
		};
		// The last step of a sequence, by the axis of time; the last sample of a batch is nothing of one sample.
		const last = [
			["input", null],
			["recurrence", [null, 6]],
			["reshape", [6]],
		];
		assert.deepEqual(rnn("nn.LSTM(8, 6)", "return self.rnn(x)[0][-1]"), last);
		assert.deepEqual(rnn("nn.LSTM(8, 6, batch_first=True)", "return self.rnn(x)[0][:, -1]"), last);
		assert.equal(rnn("nn.LSTM(8, 6)", "return self.rnn(x)[0][:, -1]").at(-1)![1], null);
		const permuted = rnn("nn.LSTM(8, 6)", "return self.rnn(x.permute(1, 0, 2))[0][-1]");
		assert.deepEqual(permuted.toSpliced(1, 1), last);
		// Behind a convolution it is known where the batch is.
		assert.equal(rnn("nn.GRU(6, 6)", "return self.rnn(self.conv(x).transpose(1, 2))[0]").at(-1)![0], "unknown");
		assert.equal(rnn("nn.GRU(6, 6)", "return self.rnn(self.conv(x).permute(2, 0, 1))[0]").at(-1)![0], "recurrence");
		assert.equal(rnn("nn.GRU(8, 6)", "return self.conv(self.rnn(x)[0])").at(-1)![0], "unknown");
		const attention = (x: string) =>
			unknownsOf(
				net(
					"self.a = nn.MultiheadAttention(6, 2)\nself.conv = nn.Conv1d(6, 6, 3)",
					`y = ${x}\nreturn self.a(y, y, y)[0]`,
				),
			);
		assert.deepEqual(attention("torch.relu(x)"), []);
		assert.deepEqual(attention("self.conv(x).permute(2, 0, 1)"), []);
		assert.match(attention("self.conv(x).transpose(1, 2)")[0]!, /along the batch/);
	});

	test("a helper that many call stands for no one's arguments; what it makes for one does", () => {
		const helper = `${HEAD}def build(width):\n\tnet = nn.Sequential(nn.Linear(8, width))\n\treturn net\n`;
		const widths = (text: string) => modelsOf(text).map((model) => [model.name, weightsOf(model)[0]![1]]);
		assert.deepEqual(widths(helper), [["net", null]]);
		assert.deepEqual(widths(`${helper}a = build(4)\n`), [
			["net", 4],
			["a", 4],
		]);
		assert.deepEqual(widths(`${helper}a = build(4)\nb = build(5)\n`), [
			["net", null],
			["a", 4],
			["b", 5],
		]);
	});

	test("layers that are added behind the assignment of a model are in it", () => {
		const model = modelsOf(
			`${HEAD}net = nn.Sequential(nn.Linear(8, 4))\nnet.append(nn.ReLU())\nnet.add_module("last", nn.Linear(4, 2))\n`,
		)[0]!;
		assert.deepEqual(kinds(model), ["input", "linear", "activation", "linear"]);
		assert.equal(model.layers[3]!.name, "last");
	});

	test("a list that something unknown is done to has unknown layers; one that grows as read has known ones", () => {
		const of = (change: string) =>
			kinds(net(`layers = [nn.Linear(8, 8)]\n${change}\nself.net = nn.Sequential(*layers)`, "return self.net(x)"));
		assert.deepEqual(of("layers.insert(0, nn.ReLU())"), ["input", "activation", "linear"]);
		assert.deepEqual(of("layers.pop()\nlayers += [nn.Tanh(), nn.Linear(8, 2)]"), ["input", "activation", "linear"]);
		assert.equal(of("layers.sort()").at(-1), "unknown");
		assert.equal(of("del layers[0]").at(-1), "unknown");
		assert.equal(of("layers[n] = nn.ReLU()").at(-1), "unknown");
	});

	test("a layer that is called again shares its weights", () => {
		const model = net("self.fc = nn.Linear(8, 8)", "return self.fc(torch.tanh(self.fc(x)))");
		assert.deepEqual(
			model.layers.map(({ sharedWith }) => sharedWith),
			[null, null, null, 1],
		);
	});

	test("blocks of another file of the workspace, with its path", () => {
		const files: Record<string, string> = {
			"/w/net.py": `${HEAD}from blocks import Block\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.a = Block(8)\n\tdef forward(self, x):\n\t\treturn self.a(x)\n`,
			"/w/blocks.py":
				"import torch.nn as nn\nWIDTH = 32\nclass Block(nn.Module):\n\tdef __init__(self, n):\n\t\tsuper().__init__()\n\t\tself.fc = nn.Linear(n, WIDTH)\n\tdef forward(self, x):\n\t\treturn self.fc(x)\n",
		};
		const host = { has: (path: string) => path in files, read: (path: string) => files[path], rootOf: () => "/w" };
		const at = { workspace: openWorkspace(host), path: "/w/net.py" };
		const [model] = readModels(codeOf(files["/w/net.py"]!, "python", at)!);
		assert.deepEqual(weightsOf(model!), [[8, 32]]);
		assert.equal(model!.layers[1]!.path, "/w/blocks.py");
		assert.deepEqual(unknownsOf(modelsOf(files["/w/net.py"]!)[0]!).length, 1);
	});
});

describe("inputs have the sizes that the file calls its models with", () => {
	const shapesOfInputs = (text: string, name: string) => {
		const model = modelsOf(text).find((one) => one.name === name);
		return model?.layers.filter(({ step }) => step.kind === "input").map(({ shape }) => shape);
	};
	const NET = [
		"import torch",
		"import torch.nn as nn",
		"import numpy as np",
		"class Net(nn.Module):",
		"\tdef __init__(self, channels=3):",
		"\t\tsuper().__init__()",
		"\t\tself.conv = nn.Conv2d(channels, 4, 3)",
		"\tdef forward(self, x):",
		"\t\treturn self.conv(x)",
		"",
	].join("\n");

	test("PyTorch's, its class's too where it is made without arguments", () => {
		for (const call of [
			"net(torch.randn(2, 3, 20, 30))",
			"x = torch.zeros((1, 3, 20, 30)).to('cuda')\nnet(x)",
			"net(x=torch.rand(2, 3, 20, 30))",
			"net.to('cuda')(torch.ones(8, 3, 20, 30).float())",
			"torch.jit.trace(net, torch.rand(1, 3, 20, 30))",
			"from torchinfo import summary\nsummary(net, input_size=(16, 3, 20, 30))",
			"from torchsummary import summary\nsummary(net, (3, 20, 30))",
			"net(torch.randn(2, 3, 20, 30))\nnet(torch.randn(5, 3, 20, 30))",
			"def model_runs():\n\tmodel = Net()\n\treturn model(torch.randn(2, 3, 20, 30))",
		]) {
			const text = `${NET}net = Net()\n${call}\n`;
			assert.deepEqual(shapesOfInputs(text, "Net"), [[3, 20, 30]], call);
		}
		const other = `${NET}net = Net(channels=1)\nnet(torch.randn(2, 1, 20, 30))\n`;
		assert.deepEqual(shapesOfInputs(other, "net"), [[1, 20, 30]]);
		assert.deepEqual(shapesOfInputs(other, "Net"), [null]);
	});

	test("none where calls differ, where the array is not the file's own, or where a layer cannot take it", () => {
		for (const call of [
			"net(torch.randn(2, 3, 20, 30))\nnet(torch.randn(2, 3, 32, 32))",
			"net(next(iter(loader)))",
			"net(torch.randn(n, 3, 20, 30))",
			"net(torch.randn(3, 20, 30))",
			"net(torch.randn(2, 4, 20, 30))",
		]) {
			assert.deepEqual(shapesOfInputs(`${NET}net = Net()\n${call}\n`, "net"), [null], call);
		}
	});

	test("where a recurrent layer takes the samples behind the places", () => {
		const text = [
			"import torch",
			"from torch import nn",
			"class Tagger(nn.Module):",
			"\tdef __init__(self):",
			"\t\tsuper().__init__()",
			"\t\tself.embedding = nn.Embedding(100, 16)",
			"\t\tself.rnn = nn.LSTM(16, 8)",
			"\tdef forward(self, tokens):",
			"\t\treturn self.rnn(self.embedding(tokens))[0]",
			"tagger = Tagger()",
			"tagger(torch.randint(0, 100, (35, 20)))",
		].join("\n");
		assert.deepEqual(shapesOfInputs(text, "tagger"), [[35]]);
	});

	test("Keras' and Flax's, whose layers are as wide as what they are fed", () => {
		const made = "from tensorflow import keras\nimport numpy as np\nimport tensorflow as tf\n";
		for (const call of [
			"model.build((None, 30))",
			"model.build(input_shape=(None, 30))",
			"model(tf.ones((4, 30)))",
			"model(np.random.rand(4, 30))",
		]) {
			const text = `${made}model = keras.Sequential([keras.layers.Dense(5), keras.layers.Dense(2)])\n${call}\n`;
			const model = modelsOf(text)[0]!;
			assert.deepEqual(weightsOf(model), [
				[30, 5],
				[5, 2],
			]);
			assert.deepEqual(model.layers[0]!.shape, [30]);
		}
		const flax = [
			"import jax, jax.numpy as jnp",
			"from flax import linen as nn",
			"class Net(nn.Module):",
			"\t@nn.compact",
			"\tdef __call__(self, x):",
			"\t\tx = nn.relu(nn.Conv(4, (3, 3))(x))",
			"\t\treturn nn.Dense(10)(x.reshape((x.shape[0], -1)))",
			"net = Net()",
			"",
		].join("\n");
		const init = "params = net.init(jax.random.PRNGKey(0), jnp.ones([1, 28, 28, 1]))['params']";
		const drawn = "x = jax.random.normal(key, (8, 28, 28, 1))\ny = net.apply(params, x)";
		for (const call of [init, drawn, `def create(key):\n\tnet = Net()\n\t${init}`]) {
			const models = modelsOf(`${flax}${call}\n`);
			for (const name of ["Net", "net"]) {
				if (call.startsWith("def") && name === "net") continue;
				const made = models.find((one) => one.name === name)!.layers.map(({ step }) => step);
				const widths = made.flatMap((step) => ("outputs" in step ? [step.outputs] : []));
				assert.deepEqual(widths, [4, 10]);
				assert.deepEqual(models.find((one) => one.name === name)!.layers.at(-1)!.shape, [10]);
				assert.deepEqual(shapesOfInputs(`${flax}${call}\n`, name), [[28, 28, 1]]);
			}
		}
	});

	test("a padding that is the same at both ends of an axis is known, another is not", () => {
		const sized = (padding: string) =>
			modelsOf(
				[
					"import jax, jax.numpy as jnp",
					"from flax import linen as nn",
					"class Net(nn.Module):",
					"\t@nn.compact",
					"\tdef __call__(self, x):",
					`\t\treturn nn.Conv(4, (7, 7), (2, 2), padding=${padding})(x)`,
					"net = Net()",
					"net.init(jax.random.key(0), jnp.ones((1, 64, 64, 3)))",
				].join("\n"),
			)[0]!.layers.map(({ shape }) => shape);
		assert.deepEqual(sized("[(3, 3), (3, 3)]"), [
			[64, 64, 3],
			[32, 32, 4],
		]);
		assert.deepEqual(sized("[(3, 2), (3, 3)]"), [
			[64, 64, 3],
			[null, 32, 4],
		]);
	});

	test("JAX's parts by their number are halves of the features", () => {
		const [model] = modelsOf(
			[
				"import jax, jax.numpy as jnp",
				"from flax import nnx",
				"class Gated(nnx.Module):",
				"\tdef __init__(self, rngs):",
				"\t\tself.up = nnx.Linear(8, 24, rngs=rngs)",
				"\t\tself.down = nnx.Linear(12, 8, rngs=rngs)",
				"\tdef __call__(self, x):",
				"\t\ta, b = jnp.split(self.up(x), 2, axis=-1)",
				"\t\treturn self.down(jax.nn.silu(a) * b)",
			].join("\n"),
		);
		const parts = model!.layers.flatMap(({ step }) => (step.kind === "reshape" && step.how ? [step.how] : []));
		assert.deepEqual(parts, [
			{ to: "part", axis: -1, index: 0, count: 2 },
			{ to: "part", axis: -1, index: 1, count: 2 },
		]);
		assert.ok(model!.layers.every(({ step }) => step.kind !== "unknown"));
	});

	test("Flax's spectral norm takes the steps of init, too, where it keeps them", () => {
		const read = (called: string, inner = "nn.Dense(8)") => {
			const model = modelsOf(
				[
					"from flax import linen as nn",
					"class Net(nn.Module):",
					"\t@nn.compact",
					"\tdef __call__(self, x, train):",
					`\t\treturn nn.SpectralNorm(${inner}, n_steps=3)(x, ${called})`,
				].join("\n"),
			)[0]!;
			const { step } = model.layers.at(-1)!;
			const draw = isWeightStep(step) ? step.weight.draw : null;
			return draw?.kind === "spectral-norm" ? draw.iterations : unknownsOf(model);
		};
		assert.equal(read("update_stats=True"), 6);
		assert.equal(read("update_stats=False"), 3);
		const unknown = ["nn.SpectralNorm: what it divides is not known"];
		assert.deepEqual(read("update_stats=train"), unknown);
		assert.deepEqual(read("update_stats=True", "nn.ConvTranspose(8, (3,))"), unknown);
	});

	test("Flax's own parameters have the sizes that are told", () => {
		const added = (initialiser: string) =>
			modelsOf(
				[
					"import jax, jax.numpy as jnp",
					"from flax import linen as nn",
					"class Net(nn.Module):",
					"\t@nn.compact",
					"\tdef __call__(self, x):",
					"\t\tn, t, c = x.shape",
					`\t\treturn nn.Dense(2)(jnp.asarray(x + self.param("position", ${initialiser}, (1, t, c))))`,
					"net = Net()",
					"net.init(jax.random.key(0), jnp.ones((1, 5, 6)))",
				].join("\n"),
			)[0]!;
		const model = added("nn.initializers.normal(stddev=0.02)");
		const parameter = model.layers.find(({ step }) => step.kind === "parameter")!;
		assert.deepEqual([parameter.name, parameter.shape], ["position", [5, 6]]);
		assert.deepEqual(parameter.step.kind === "parameter" && parameter.step.weight.draw, {
			kind: "normal",
			mean: 0,
			std: 0.02,
			truncated: false,
		});
		assert.deepEqual(model.layers.at(-1)!.shape, [5, 2]);
		assert.equal(unknownsOf(added("nn.initializers.lecun_normal()")).length, 1);
	});
});

describe("Keras, subclassed, and its initialisers", () => {
	test("layers without a name are numbered as Keras does, those of a Sequential in another one too", () => {
		const [, model] = modelsOf(
			"from keras import layers as L, Sequential\ninner = Sequential([L.Dense(3), L.Dense(2, name='head')])\nnet = Sequential([L.Input((4,)), L.Dense(2), inner, L.Dense(2)])\n",
		);
		const names = model!.layers.flatMap(({ name, step }) => (step.kind === "linear" ? [name] : []));
		assert.deepEqual(names, ["dense", "dense_1", "head", "dense_2"]);
	});

	test("the two products of a separable convolution have weights of their own", () => {
		const [model] = modelsOf(
			"from keras import layers, Sequential\nnet = Sequential([layers.Input((8, 8, 4)), layers.SeparableConv2D(4, 3), layers.SeparableConv2D(4, 3)])\n",
		);
		assert.deepEqual(
			model!.layers.map(({ sharedWith }) => sharedWith),
			model!.layers.map(() => null),
		);
	});

	test("a layer or a model for each step goes through the steps side by side", () => {
		const made = (layers: string) =>
			modelsOf(
				`from keras import layers as L, Sequential\nimages = Sequential([L.Conv2D(8, 3), L.GlobalAveragePooling2D(), L.Dense(5)])\nnet = Sequential([L.Input((7, 9, 9, 3)), ${layers}])\n`,
			).find(({ name }) => name === "net")!;
		const shapes = (model: Model) => shapesOf(model).shapes.at(-1);
		const each = (layer: string) => `L.TimeDistributed(${layer})`;
		assert.deepEqual(shapes(made(each("L.Conv2D(8, 3)"))), [7, 7, 7, 8]);
		assert.deepEqual(weightsOf(made([each("L.MaxPooling2D(3)"), each("L.Flatten()"), "L.Dense(4)"].join())), [[27, 4]]);
		assert.deepEqual(shapes(made([each("L.Flatten()"), "L.Dense(4)"].join())), [7, 4]);
		assert.deepEqual(shapes(made(each("images"))), [7, 5]);
		assert.match(unknownsOf(made(each("L.Reshape((27, 9))")))[0]!, /several parts of a sample/);
	});

	test("layers that `from … import *` gives are those of the library", () => {
		const layers = "Conv2D(8, 3), BatchNormalization(), SeparableConv2D(8, 3), GlobalMaxPooling2D(), Dense(2)";
		const [model] = modelsOf(
			`from keras.models import *\nfrom keras.layers import *\nnet = Sequential([Input((8, 8, 4)), ${layers}])\n`,
		);
		assert.deepEqual(unknownsOf(model!), []);
		const [torch] = modelsOf(
			"from torch.nn import *\nclass Net(Module):\n\tdef __init__(self):\n\t\tself.a = Sequential(Conv1d(1, 2, 3), MaxPool1d(2))\n\tdef forward(self, x):\n\t\treturn self.a(x)\n",
		);
		assert.deepEqual(unknownsOf(torch!), []);
	});

	const HEAD = "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers\n";
	const draw = (argument: string) => {
		const model = modelsOf(`${HEAD}m = keras.Sequential([layers.Dense(4, input_shape=(8,)${argument})])\n`)[0]!;
		const { step } = model.layers[1]!;
		return isWeightStep(step) && [step.weight.explicit, step.weight.draw];
	};

	test("by a name, by an object, by none, and by something unknown", () => {
		const he = { kind: "variance-scaling", scale: 2, fan: "in", distribution: "truncated-normal" };
		assert.deepEqual(draw(""), [
			false,
			{ kind: "variance-scaling", scale: 1, fan: "average", distribution: "uniform" },
		]);
		assert.deepEqual(draw(', kernel_initializer="he_normal"'), [true, he]);
		assert.deepEqual(draw(', kernel_initializer="HeNormal"'), [true, he]);
		assert.deepEqual(draw(", kernel_initializer=keras.initializers.HeNormal()"), [true, he]);
		assert.deepEqual(draw(", kernel_initializer=tf.keras.initializers.RandomNormal(stddev=0.01)"), [
			true,
			{ kind: "normal", mean: 0, std: 0.01, truncated: false },
		]);
		assert.deepEqual(draw(", kernel_initializer=keras.initializers.Orthogonal(gain=0.5)"), [
			true,
			{ kind: "orthogonal", gain: 0.5 },
		]);
		assert.equal((draw(", kernel_initializer=own") as [boolean, { kind: string }])[1].kind, "unknown");
	});

	test("a model with call", () => {
		const text = `${HEAD}class Net(keras.Model):\n\tdef __init__(self, units=16):\n\t\tsuper().__init__()\n\t\tself.one = layers.Dense(units, activation="relu")\n\t\tself.drop = layers.Dropout(0.5)\n\t\tself.two = layers.Dense(2)\n\tdef call(self, inputs, training=False):\n\t\tx = self.one(inputs)\n\t\tif training:\n\t\t\tx = self.drop(x, training=training)\n\t\treturn self.two(x)\n`;
		const [model] = modelsOf(text);
		assert.deepEqual(
			model!.layers.map(({ name }) => name),
			["inputs", "one", "one.activation", "two"],
		);
		// The first layer's inputs come with the data.
		assert.deepEqual(weightsOf(model!), [
			[null, 16],
			[16, 2],
		]);
	});
});

describe("TensorFlow.js", () => {
	const HEAD = 'import * as tf from "@tensorflow/tfjs";\n';
	const script = (text: string) => readModels(codeOf(HEAD + text, "typescript")!);

	test("a sequential model as a list and by add", () => {
		const listed =
			"const a = tf.sequential({layers: [tf.layers.dense({units: 16, inputShape: [8], activation: 'relu'}), tf.layers.dense({units: 2})]});";
		const added =
			"const a = tf.sequential();\na.add(tf.layers.dense({units: 16, inputShape: [8], activation: 'relu'}));\na.add(tf.layers.dense({units: 2}));";
		for (const text of [listed, added]) {
			const [model] = script(text);
			assert.equal(model!.framework, "tfjs");
			assert.deepEqual(weightsOf(model!), [
				[8, 16],
				[16, 2],
			]);
		}
	});

	test("layers that a loop adds, by each value, by a count and by a method; parts of objects by name are not followed", () => {
		const made = (loop: string) =>
			script(`const m = tf.sequential();\n${loop}\nm.add(tf.layers.dense({units: 2}));`)[0]!;
		const add = (units: string) => `m.add(tf.layers.dense({units: ${units}, inputShape: [8]}));`;
		const sizes = [
			[8, 16],
			[16, 4],
			[4, 2],
		];
		assert.deepEqual(weightsOf(made(`for (const units of [16, 4]) ${add("units")}`)), sizes);
		assert.deepEqual(weightsOf(made(`for (const units of [16, 4]) { ${add("units")} }`)), sizes);
		assert.deepEqual(weightsOf(made(`for (let i = 0; i < 2; i++) { ${add("i === 0 ? 16 : 4")} }`)), sizes);
		assert.deepEqual(weightsOf(made(`for (let i = 4; i > 0; i -= 2) { ${add("i === 4 ? 16 : 4")} }`)), sizes);
		assert.deepEqual(weightsOf(made(`let i = 0;\nwhile (i < 2) { ${add("i === 0 ? 16 : 4")} i++; }`)), sizes);
		assert.deepEqual(weightsOf(made(`[16, 4].forEach((units) => { ${add("units")} });`)), sizes);
		for (const loop of [
			`for (const {units} of [{units: 16}]) ${add("units")}`,
			`for (let i = 0; i < options.depth; i++) ${add("16")}`,
			`for (;;) ${add("16")}`,
		]) {
			assert.ok(unknownsOf(made(loop)).length > 0, loop);
		}
	});

	test("a functional model; a size that is not known is none", () => {
		const text = (units: string) =>
			`const x = tf.input({shape: [8]});\nconst h = tf.layers.dense({units: ${units}, kernelInitializer: 'heNormal'}).apply(x);\nconst y = tf.layers.add().apply([h, tf.layers.dense({units: 4}).apply(x)]);\nconst model = tf.model({inputs: x, outputs: y});`;
		const [model] = script(text("4"));
		assert.deepEqual(
			model!.layers.map(({ step }) => step.kind),
			["input", "linear", "linear", "add"],
		);
		const { step } = model!.layers[1]!;
		assert.deepEqual(isWeightStep(step) && step.weight.draw, {
			kind: "variance-scaling",
			scale: 2,
			fan: "in",
			distribution: "truncated-normal",
		});
		assert.deepEqual(weightsOf(script(text("options.units"))[0]!)[0], [8, null]);
	});
});

describe("broken and endless code gives fewer models, never an exception", () => {
	const whole = readFileSync(`${FOLDER}/torch_models.py`, "utf8");

	test("a file cut anywhere", () => {
		for (let end = 0; end < whole.length; end += 101) modelsOf(whole.slice(0, end));
	});

	test("a class that makes itself, and loops without end", () => {
		const head = "import torch.nn as nn\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n";
		modelsOf(`${head}\t\tself.inner = Net()\n\tdef forward(self, x):\n\t\treturn self.inner(x)\n`);
		modelsOf(`${head}\t\tself.a = nn.Linear(4, 4)\n\tdef forward(self, x):\n\t\treturn self.forward(self.a(x))\n`);
		modelsOf(
			`${head}\t\tself.a = nn.Linear(4, 4)\n\tdef forward(self, x):\n\t\tfor i in range(10**12):\n\t\t\tx = self.a(x)\n\t\treturn x\n`,
		);
	});
});

function modelsOf(text: string): readonly Model[] {
	return readModels(codeOf(text, "python")!);
}

function unknownsOf({ layers }: Model): string[] {
	return layers.flatMap(({ step }) => (step.kind === "unknown" ? [`${step.what}: ${step.reason}`] : []));
}

/** The layers with weights or statistics, as test/python/models.py tells of them. */
function callsOf(model: Model): { readonly step: Step; readonly call: Call }[] {
	const tells = ({ step }: ModelLayer) => (isWeightStep(step) && !isInner(step)) || step.kind === "normalisation";
	const sources = new Map<number, ReadonlySet<string>>();
	return model.layers.flatMap((layer, i) => {
		const { step, name, inputs } = layer;
		const around = new Set(inputs.flatMap((one) => [...sources.get(one)!]));
		sources.set(i, step.kind === "input" ? new Set(["input"]) : tells(layer) ? new Set([name]) : around);
		if (!tells(layer)) return [];
		const named = model.framework === "torch" ? { name, fedBy: [...around].sort() } : {};
		return [{ step, call: { ...named, ...sizesToTell(fed(model, step)) } }];
	});
}

function sizesToTell(step: Step): Call {
	switch (step.kind) {
		case "normalisation": {
			const { kind, of, features, epsilon } = step;
			return { kind, of, features, epsilon };
		}
		case "recurrence": {
			const { kind, cell, inputs, outputs, reversed, bias } = step;
			return { kind, cell: cell.of, inputs, outputs, reversed, bias: bias && 0 };
		}
		case "embedding": {
			const { kind, count, outputs } = step;
			return { kind, count, outputs };
		}
		case "convolution": {
			const { kind, inputs, outputs, kernel, stride, groups, bias } = step;
			return { kind, inputs, outputs, kernel, stride, groups, bias: bias && 0 };
		}
		case "linear": {
			const { kind, inputs, outputs, bias } = step;
			return { kind, inputs, outputs, bias: bias && 0 };
		}
		default:
			return { kind: step.kind };
	}
}

/** A step with the sizes that Flax leaves to the first call: those of the samples that the models run with. */
function fed<S extends Step>({ framework }: Model, step: S): S {
	if (framework !== "flax" || !("inputs" in step) || step.inputs !== null) return step;
	return { ...step, inputs: step.kind === "convolution" ? 1 : RUN_WITH };
}

/** Inputs and outputs of each linear layer. */
function weightsOf({ layers }: Model): (readonly [inputs: number | null, outputs: number | null])[] {
	return layers.flatMap(({ step }) => (step.kind === "linear" ? [[step.inputs, step.outputs] as const] : []));
}

test("what a loop makes more and more of is left at some point", () => {
	const source = `import sys
import torch.nn as nn

def read(text, turns=200):
    line = text
    at = 0
    while at < turns:
        if sys.argv[at]:
            line = line.next
        at = at + 1
    return line

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.text = read("abc")
        self.fc = nn.Linear(3, 4)

    def forward(self, x):
        return self.fc(x)
`;
	const [model] = readModels(codeOf(source, "python")!);
	assert.equal(model?.name, "Net");
});

describe("a class that is no model makes some", () => {
	/** "name: inputs→outputs …" of each model, in the order of the text. */
	const told = (code: string, languageId = "python") =>
		readModels(codeOf(code, languageId)!).map(
			(model) => `${model.name}: ${weightsOf(model).map(([inputs, outputs]) => `${inputs}→${outputs}`)}`,
		);
	const KERAS = "from keras.models import Sequential, Model\nfrom keras.layers import Dense, Input\n";

	test("in a method that its constructor calls, with what it has set", () => {
		const agent = `${KERAS}class Agent:
	def __init__(self, actions=2):
		self.state_size = 4
		self.actions = actions
		self.model = self._build_model()
	def _build_model(self):
		model = Sequential()
		model.add(Dense(24, input_dim=self.state_size, activation="relu"))
		model.add(Dense(self.actions))
		return model
`;
		assert.deepEqual(told(agent), ["model: 4→24,24→2"]);
		assert.deepEqual(told(`${agent}agent = Agent(3)\n`), ["model: 4→24,24→3"], "as the file makes it");
		assert.deepEqual(
			told(`${agent}one, two = Agent(3), Agent(5)\n`),
			["model: 4→24,24→2"],
			"by itself where that differs",
		);
	});

	test("in methods that nothing calls, and as attributes", () => {
		const code = `${KERAS}class Gan(object):
	def __init__(self):
		z = Input(shape=(10,))
		self.combined = Model(z, self.generator()(z))
	def generator(self):
		return Sequential([Dense(16, input_dim=10, activation="relu"), Dense(8)])
	@staticmethod
	def critic(width=32):
		return Sequential([Dense(width, input_dim=8, activation="tanh"), Dense(1)])
`;
		assert.deepEqual(told(code), ["combined: 10→16,16→8", "generator: 10→16,16→8", "critic: 8→32,32→1"]);
	});

	test("in PyTorch and TensorFlow.js, but not of a class whose base is not known", () => {
		const torch = `from torch import nn
class Policy:
	def __init__(self):
		self.q = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
class Part(Unknown):
	def __init__(self):
		self.q = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
class Net(nn.Module):
	def __init__(self):
		super().__init__()
		self.stem = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
	def forward(self, x):
		return self.stem(x)
`;
		assert.deepEqual(told(torch), ["q: 4→8,8→2", "Net: 4→8,8→2"]);
		const script = `import * as tf from "@tensorflow/tfjs";
class Agent {
	constructor() { this.size = 4; this.model = this.create(); }
	create() {
		const net = tf.sequential();
		net.add(tf.layers.dense({ units: 8, inputShape: [this.size], activation: "relu" }));
		net.add(tf.layers.dense({ units: 2 }));
		return net;
	}
}
`;
		assert.deepEqual(told(script, "typescript"), ["net: 4→8,8→2"]);
	});
});

describe("OpenMMLab's blocks are read", () => {
	const IMPORTS =
		"import torch.nn as nn\nfrom mmcv.cnn import ConvModule, DepthwiseSeparableConvModule\nfrom mmcv.cnn import Conv2d, build_activation_layer, build_conv_layer, build_norm_layer\n";
	const netOf = (init: string) => {
		const lines = init
			.trim()
			.split("\n")
			.map((line) => `\t\t${line.trim()}\n`)
			.join("");
		const forward = "\tdef forward(self, x):\n\t\treturn self.net(x)\n";
		const [model] = modelsOf(
			`${IMPORTS}class Net(nn.Module):\n\tdef __init__(self, norm_cfg=dict(type="BN", requires_grad=True)):\n\t\tsuper().__init__()\n${lines}${forward}`,
		);
		return model!;
	};
	/** Layers without where they are written. */
	const layersOf = (init: string) =>
		netOf(init).layers.map(({ step, inputs, shape }) =>
			JSON.parse(JSON.stringify({ step, inputs, shape }, (key, value) => (key === "span" ? null : value))),
		);
	const drawn = (conv: string, bias = "", slope = "a=0") =>
		`self.c = ${conv}\nnn.init.kaiming_normal_(self.c.weight, ${slope}, mode="fan_out", nonlinearity="leaky_relu")${bias && "\nnn.init.zeros_(self.c.bias)"}\n`;

	// What mmcv 2.2 makes, written out.
	const pairs: readonly (readonly [block: string, written: string])[] = [
		[
			"ConvModule(3, 8, 3, stride=2, padding=1, norm_cfg=norm_cfg)",
			`${drawn("nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)")}self.net = nn.Sequential(self.c, nn.BatchNorm2d(8), nn.ReLU())`,
		],
		["ConvModule(3, 8, 3, act_cfg=None)", `${drawn("nn.Conv2d(3, 8, 3)", "zeros")}self.net = nn.Sequential(self.c)`],
		[
			'ConvModule(3, 8, 1, bias=False, act_cfg=dict(type="LeakyReLU", negative_slope=0.2))',
			`${drawn("nn.Conv2d(3, 8, 1, bias=False)", "", "a=0.2")}self.net = nn.Sequential(self.c, nn.LeakyReLU(0.2))`,
		],
		[
			'ConvModule(8, 4, 1, conv_cfg=dict(type="Conv1d"), norm_cfg=dict(type="GN", num_groups=2), act_cfg=dict(type="HSwish"), order=("norm", "act", "conv"))',
			`${drawn("nn.Conv1d(8, 4, 1, bias=False)")}self.net = nn.Sequential(nn.GroupNorm(2, 8), nn.Hardswish(), self.c)`,
		],
		[
			'ConvModule(3, 8, 3, padding=1, padding_mode="reflect", act_cfg=dict(type="Swish"))',
			`${drawn("nn.Conv2d(3, 8, 3)", "zeros")}self.net = nn.Sequential(nn.ReflectionPad2d(1), self.c, nn.SiLU())`,
		],
		[
			"DepthwiseSeparableConvModule(4, 8, 3, padding=1, norm_cfg=norm_cfg, dw_act_cfg=None)",
			`${drawn("nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False)")}self.d = nn.Sequential(self.c, nn.BatchNorm2d(4))
			${drawn("nn.Conv2d(4, 8, 1, bias=False)")}self.net = nn.Sequential(self.d, self.c, nn.BatchNorm2d(8), nn.ReLU())`,
		],
		[
			'nn.Sequential(Conv2d(3, 8, 3), build_conv_layer(None, 8, 8, 3), build_norm_layer(dict(type="SyncBN", eps=1e-3), 8)[1], build_activation_layer(dict(type="HSigmoid")))',
			"self.net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3), nn.SyncBatchNorm(8, eps=1e-3), nn.Hardsigmoid())",
		],
	];
	for (const [block, written] of pairs) {
		test(block, () => assert.deepEqual(layersOf(`self.net = ${block}`), layersOf(written)));
	}

	test("kinds that are not in the tables, and a spectral norm, are not understood", () => {
		for (const block of [
			'ConvModule(3, 8, 3, conv_cfg=dict(type="DCNv2"))',
			'ConvModule(3, 8, 3, norm_cfg=dict(type="MyNorm"))',
			'ConvModule(3, 8, 3, act_cfg=dict(type="MyActivation"))',
			'ConvModule(3, 8, 3, act_cfg=dict(type="HSigmoid", bias=1.0, divisor=2.0))',
			'ConvModule(3, 8, 3, padding=1, padding_mode="circular")',
			"ConvModule(3, 8, 3, with_spectral_norm=True)",
			"ConvModule(3, 8, 3, norm_cfg=somewhere.norm_cfg)",
		]) {
			assert.notDeepEqual(unknownsOf(netOf(`self.net = ${block}`)), [], block);
		}
	});
});
