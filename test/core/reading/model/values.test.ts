import assert from "node:assert/strict";
import { test } from "node:test";
import { shapesOf } from "../../../../src/core/diagnosis/propagation/sizes.ts";
import { HEAD, kindsOf, modelsOf, netOf, unknownsOf, weightsOf } from "./told.ts";

test("what is resized only where it has another size than what it is resized to is resized; by another question it may be", () => {
	const fitted = (condition: string, size = "y.shape[2:]") => {
		const init = "self.down = nn.Conv2d(4, 4, 3, stride=2)\nself.fc = nn.Conv2d(4, 4, 1)";
		const resized = `y = self.fc(x)\nx = self.down(x)\nif ${condition}:\n\tx = torch.nn.functional.interpolate(x, size=${size})`;
		return unknownsOf(netOf(init, `${resized}\nreturn self.fc(x + y)`)).length === 0;
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
		const model = netOf(init, `y = self.a(x)\nreturn self.b(torch.cat([y, torch.relu(y)], ${axis}))`);
		const { step } = model.layers.at(-1)!;
		return step.kind === "convolution" && step.inputs;
	};
	assert.equal(last(1), 16);
	assert.equal(last(2), null);
});

test("two values are of one shape where the steps between keep it, and of another where features tell", () => {
	const chosen = (layer: string) =>
		kindsOf(
			netOf(
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
		const model = netOf(
			`import numpy as np\n${convolution}\nself.fc = nn.Linear(${size}, 2)`,
			"return self.fc(self.conv(x).flatten(1))",
		);
		assert.deepEqual(weightsOf(model), [[256, 2]], size);
	}
	const two = netOf(
		`${convolution}\nself.fc = nn.Linear(self.conv(torch.zeros(2, 3, 20, 20)).numel(), 2)`,
		"return self.fc(self.conv(x).flatten(1))",
	);
	assert.deepEqual(weightsOf(two), [[null, 2]]);
});

test("sums, differences and products of values, and constants", () => {
	const of = (result: string) =>
		kindsOf(netOf("self.fc = nn.Linear(8, 8)", `y = self.fc(x)\nreturn ${result}`)).slice(2);
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
		kindsOf(netOf("self.fc = nn.Linear(8, 8)", `y = self.fc(x)\nreturn y + ${noise}`)).slice(2);
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
		).map(kindsOf)[0];
	const wanted = ["input", "linear", "scale", "activation", "noise", "multiply", "add"];
	assert.deepEqual(sampled("tf.random.normal(shape=tf.shape(x))"), wanted);
	assert.deepEqual(sampled("keras.random.normal(shape=(ops.shape(x)[0], ops.shape(x)[1]), seed=1)"), wanted);
	assert.deepEqual(sampled("tf.keras.backend.random_normal(shape=(tf.shape(x)[0], 4))"), wanted);
	assert.deepEqual(sampled("jax.random.normal(key, x.shape)"), wanted);
	assert.equal(sampled("tf.random.normal(tf.shape(x), 0.0, 0.1)")?.includes("noise"), false);
});

test("a clamp between two numbers is an activation; between others it is not known", () => {
	const of = (call: string) => netOf("self.fc = nn.Linear(8, 8)", `return ${call}`).layers.at(-1)!.step;
	const between = { kind: "activation", activation: "hardtanh", parameters: { min_val: -20, max_val: 2 } };
	assert.deepEqual(of("self.fc(x).clamp(-20, 2)"), between);
	assert.deepEqual(of("torch.clamp(self.fc(x), min=-20, max=2)"), between);
	assert.deepEqual(of("torch.clamp(self.fc(x), min=0)"), { kind: "activation", activation: "relu", parameters: {} });
	assert.equal(of("torch.clamp(self.fc(x), min=-1)").kind, "unknown");
	assert.equal(of("torch.clamp(self.fc(x), -1, other)").kind, "unknown");
});

test("windows of an image that are fed to what takes whole images are gone through side by side", () => {
	const windows = (layer: string) =>
		netOf(`self.layer = ${layer}`, "x = x.view(x.size(0), 8, 4, 4)\nreturn self.layer(x.view(-1, 2, 4, 4))").layers.at(
			-1,
		)!;
	const sized = (layer: string) => [windows(layer).step.kind, windows(layer).shape];
	assert.deepEqual(sized("nn.Linear(4, 6)"), ["linear", [4, 2, 4, 6]]);
	assert.deepEqual(sized("nn.Conv2d(2, 6, 3)"), ["convolution", [4, 6, 2, 2]]);
	assert.deepEqual(sized("nn.BatchNorm2d(2)"), ["normalisation", [4, 2, 4, 4]]);
	assert.deepEqual(sized("nn.Sequential(nn.Flatten(), nn.Linear(32, 3))"), ["linear", [4, 3]]);
	assert.deepEqual(sized("nn.PixelShuffle(1)"), ["unknown", null]);
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

test("the only sample of a parameter may be written into; one of several samples is not followed", () => {
	const added = (write: string) =>
		kindsOf(
			netOf(
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
	assert.deepEqual(unknownsOf(netOf(write, "return x + self.p")).length, 1);
});

test("a number to the power of a value is an exponential, and a value over it a product with another", () => {
	const of = (value: string) => kindsOf(netOf("self.fc = nn.Linear(8, 8)", `return self.fc(${value})`)).slice(1, -1);
	assert.deepEqual(of("10 ** x"), ["scale", "activation"]);
	assert.deepEqual(of("x / 10 ** x"), ["scale", "scale", "activation", "multiply"]);
	assert.deepEqual(of("x / torch.tanh(x)"), ["activation", "unknown"]);
	assert.deepEqual(of("(-2) ** x"), ["unknown"]);
});

test("all sizes of a value, and more behind them, are unpacked into as many names", () => {
	const features = (heads: string) => {
		const model = netOf(
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
	const sum = netOf(init, "return sum([part(x) for part in self.parts])");
	assert.deepEqual(kindsOf(sum), ["input", "linear", "linear", "add", "linear", "add"]);
});

test("rows that all samples share span a grid", () => {
	const grid = (indexing: string) =>
		netOf(
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
	assert.deepEqual(kindsOf(netOf("self.fc = nn.Linear(6, 6)", alone)).at(-1), "linear");
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
		const model = netOf(
			"self.fc = nn.Conv1d(3, 8, 4)",
			`from einops import rearrange\nreturn rearrange(self.fc(x), "${pattern}"${more})`,
		);
		return unknownsOf(model).length > 0 ? "unknown" : model.layers.at(-1)!.shape;
	};
	assert.deepEqual(shape("b c n -> b c 1 n"), [8, 1, null]);
	assert.deepEqual(shape("b c n -> b n c ()"), [null, 8, 1]);
	assert.deepEqual(shape("b (c 1) n -> b c n"), [8, null]);
	assert.equal(shape("b c n -> b c 2 n"), "unknown");
	const patches = netOf(
		"self.fc = nn.Linear(12, 8)",
		`from einops import rearrange\nreturn self.fc(rearrange(x, "b (n p) c -> b n (p c)", p=4))`,
	);
	assert.deepEqual(patches.layers.at(-1)!.shape, [null, 8]);
});

test("what is packed lies behind each other, and is unpacked as it was", () => {
	const model = netOf(
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
	const open = netOf("pass", 'from einops import pack\ny, _ = pack([x], "b * d")\nreturn y');
	assert.match(unknownsOf(open).join(), /einops.pack/);
});

test("einsum is a matrix product, of a vector or of several axes, too, and with a matrix of weights a linear layer", () => {
	const read = (pattern: string, other = "y") => {
		const model = netOf(
			"self.a, self.b = nn.Conv1d(3, 8, 4), nn.Conv1d(3, 8, 4)\nself.w = nn.Parameter(torch.randn(8, 5))\nself.v = nn.Parameter(torch.randn(5, 8))",
			`x, y = self.a(x), self.b(x)\nreturn torch.einsum("${pattern}", x, ${other})`,
		);
		if (unknownsOf(model).length > 0) return unknownsOf(model)[0]!.replace(/^.*: /, "");
		return kindsOf(model).filter((kind) => !/^(input|convolution)$/.test(kind));
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

test("what keeps some of the samples is dropout of whole samples, with a factor where it does not make up for them", () => {
	const steps = (forward: string) =>
		netOf("self.fc = nn.Linear(8, 8)", `x = self.fc(x)\n${forward}`)
			.layers.slice(2)
			.map(({ step }) =>
				step.kind === "dropout" ? [step.rate, step.of] : step.kind === "scale" ? step.by : step.kind,
			);
	const shape = "shape = (x.shape[0],) + (1,) * (x.ndim - 1)\n";
	assert.deepEqual(steps(`${shape}kept = x.new_empty(shape).bernoulli_(0.75)\nkept.div_(0.75)\nreturn x * kept`), [
		[0.25, "samples"],
	]);
	assert.deepEqual(steps(`${shape}return x.div(0.5) * torch.empty(shape, dtype=x.dtype).bernoulli_(0.5)`), [
		2,
		[0.5, "samples"],
		0.5,
	]);
	assert.deepEqual(steps("return x * torch.empty([x.shape[0], 1]).bernoulli_(0.5)"), [[0.5, "samples"], 0.5]);
	assert.deepEqual(steps("return x * torch.empty([x.shape[0], 8]).bernoulli_(0.5)"), ["unknown"]);
	assert.deepEqual(steps(`${shape}return x * x.new_empty(shape).bernoulli_(n)`), ["unknown"]);
});

test("rates are shared out among stages, one thing is repeated, and a partial tells what it was made of", () => {
	const more = `
import dataclasses
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat

@dataclass
class Config:
	width: int = 8
	bias: bool = True

def rates(rate, depths):
	return [part.tolist() for part in torch.linspace(0, rate, sum(depths)).split(depths)]

def unbound(layer):
	named = {}
	if isinstance(layer, partial):
		named.update(layer.keywords)
		layer = layer.func
	return partial(layer, **named) if named else layer
`;
	const told = (init: string) => {
		const model = netOf(init, "return self.net(x)", more);
		return model.layers
			.slice(1)
			.map(({ step }) => (step.kind === "dropout" ? step.rate : step.kind === "linear" ? step.outputs : step.kind));
	};
	assert.deepEqual(
		told(
			"self.net = nn.Sequential(*[nn.Dropout(r) for s in rates(0.5, (2, 1)) for r in s])\nself.fc = nn.Linear(1, 1)\nself.net.append(self.fc)",
		),
		[0, 0.25, 0.5, 1],
	);
	assert.deepEqual(told("self.net = nn.Sequential(*[nn.Linear(n, n) for n in tuple(repeat(8, 2))])"), [8, 8]);
	assert.deepEqual(told("self.net = unbound(partial(nn.Linear, out_features=5))(8)"), [5]);
	assert.deepEqual(told("self.net = unbound(nn.Linear)(8, 4)"), [4]);
	assert.deepEqual(told("self.net = nn.Linear(8, replace(Config(), width=3).width)"), [3]);
	assert.deepEqual(told("base = Config()\nreplace(base, width=3)\nself.net = nn.Linear(8, base.width)"), [8]);
	assert.deepEqual(told('self.net = nn.Linear(8, {"a.b": 6}[".".join(("a", "b"))])'), [6]);
});

test("what is made as large as a value is one number everywhere", () => {
	const kinds = (what: string) =>
		kindsOf(netOf("self.fc = nn.Linear(8, 8)", `y = self.fc(x)\nreturn ${what}`)).slice(2);
	assert.deepEqual(kinds("y + torch.zeros_like(y)"), []);
	assert.deepEqual(kinds("y * torch.ones_like(y)"), []);
	assert.deepEqual(kinds("y * torch.full_like(y, 0.5)"), ["scale"]);
	assert.deepEqual(kinds("y * torch.full_like(y, n)"), ["parameter", "multiply"]);
	assert.deepEqual(kinds("y * torch.empty_like(y)"), ["unknown", "multiply"]);
});

test("functional batch normalisation in training is a normalisation, by other statistics it is not understood", () => {
	const kinds = (training: string) =>
		kindsOf(
			netOf(
				"self.fc = nn.Linear(8, 8)\nself.bn = nn.BatchNorm1d(8)",
				`return F.batch_norm(self.fc(x), self.bn.running_mean, self.bn.running_var, self.bn.weight, self.bn.bias, ${training}, 0.1, 1e-5)`,
			),
		);
	assert.deepEqual(kinds("self.training"), ["input", "linear", "normalisation"]);
	assert.deepEqual(kinds("False"), ["input", "linear", "unknown"]);
});

test("a class of a library's is none of the code's, and holds as a condition", () => {
	const more = "\n\nclass Own(nn.BatchNorm1d):\n\tpass\n\nOWN = {Own}\n";
	const of = (init: string) => kindsOf(netOf(init, "return self.net(x)", more)).slice(1);
	const made = (norm: string) => `norm = ${norm}\nself.net = nn.ReLU() if norm in OWN else nn.Tanh()`;
	const step = (norm: string) => {
		const { step } = netOf(`self.fc = nn.Linear(8, 8)\n${made(norm)}`, "return self.net(self.fc(x))", more).layers.at(
			-1,
		)!;
		return step.kind === "activation" ? step.activation : step.kind;
	};
	assert.equal(step("nn.BatchNorm1d"), "tanh");
	assert.equal(step("Own"), "relu");
	assert.equal(step("other"), "unknown");
	assert.deepEqual(of("norm = nn.LayerNorm\nself.net = norm(8) if norm else nn.Identity()"), ["normalisation"]);
});

test("an activation of the file is its step; with weights of its own it is what it does", () => {
	const more =
		"\n\ndef swish(x):\n\treturn x * torch.sigmoid(x)\n\ndef odd(x):\n\treturn x * torch.sigmoid(2.5 * x) ** 3\n";
	const of = (name: string) =>
		netOf("self.fc = nn.Linear(8, 8)", `return ${name}(self.fc(x))`, more).layers.at(-1)!.step;
	assert.deepEqual(of("swish"), { kind: "activation", activation: "silu", parameters: {} });
	assert.equal(of("odd").kind, "own-activation");
});
