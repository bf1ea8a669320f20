import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shapesOf } from "../../../../src/core/diagnosis/propagation/sizes.ts";
import { isWeightStep } from "../../../../src/core/diagnosis/propagation/weights.ts";
import type { Model } from "../../../../src/core/reading/model/model.ts";
import { modelsOf, unknownsOf, weightsOf } from "./told.ts";

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
