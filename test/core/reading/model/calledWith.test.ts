import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isWeightStep } from "../../../../src/core/diagnosis/propagation/weights.ts";
import { flaxNetOf, modelsOf, unknownsOf, weightsOf } from "./told.ts";

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
			flaxNetOf(`return nn.Conv(4, (7, 7), (2, 2), padding=${padding})(x)`, [1, 64, 64, 3]).layers.map(
				({ shape }) => shape,
			);
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
			flaxNetOf(
				`n, t, c = x.shape\nreturn nn.Dense(2)(jnp.asarray(x + self.param("position", ${initialiser}, (1, t, c))))`,
				[1, 5, 6],
			);
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
