import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Activation, activation } from "../../../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../../../src/core/activations/catalog.ts";
import { add, mul, sub, tanh, x } from "../../../../src/core/expression/build.ts";
import { isValid } from "../../../../src/core/expression/kernel/instantiate.ts";
import { Random } from "../../../../src/core/numerics/random.ts";
import { readSource } from "../../../../src/core/reading/readSource.ts";
import { initialise } from "../../../../src/core/training/initialise.ts";
import { KernelTrainer, reasonAgainstKernels } from "../../../../src/core/training/kernels/kernelTrainer.ts";
import { bestStyle, type ProductStyle, styles } from "../../../../src/core/training/kernels/products.ts";
import type { LossKind } from "../../../../src/core/training/loss.ts";
import { Network } from "../../../../src/core/training/network.ts";
import type { NormKind } from "../../../../src/core/training/norm.ts";
import type { OptimizerSettings } from "../../../../src/core/training/optimizer.ts";
import { ReferenceTrainer } from "../../../../src/core/training/referenceTrainer.ts";
import type { Samples, Trainer, TrainerSettings, TrainerState } from "../../../../src/core/training/trainer.ts";

const SEED = Number(process.env.SEED ?? 20_261_125);

interface Plan {
	readonly widths: readonly number[];
	readonly activation?: string;
	readonly loss: LossKind;
	readonly optimizer: OptimizerSettings;
	readonly batchSize: number;
	readonly samples: number;
	readonly seed?: number;
	readonly norm?: NormKind;
	readonly residual?: boolean;
	readonly dropout?: number;
	readonly more?: Partial<TrainerSettings>;
}

function settingsOf(plan: Plan) {
	const {
		widths,
		activation = "tanh",
		loss,
		optimizer,
		batchSize,
		samples,
		seed = 1,
		norm = "none",
		residual = false,
		dropout = 0,
		more,
	} = plan;
	const random = new Random(seed, "data");
	const [inputs, outputs] = [widths[0]!, widths.at(-1)!];
	const draw = (count: number): Samples => ({
		// The numbers that float32 has: what differs then is the computation alone.
		inputs: Float64Array.from({ length: count * inputs }, () => Math.fround(random.normal())),
		targets: Float64Array.from({ length: count }, () => {
			if (loss === "mse") return Math.fround(random.normal());
			return Math.floor(random.uniform() * (loss === "cross_entropy" ? outputs : 2));
		}),
		samples: count,
	});
	const known = findActivation(activation)!;
	const network = new Network({ widths, activation: known, parameters: {}, norm, residual });
	initialise(network, "pytorch", seed);
	for (const { values } of network.weights) for (let i = 0; i < values.length; i++) values[i] = Math.fround(values[i]!);
	const settings: TrainerSettings = {
		network,
		loss: { name: loss },
		optimizer,
		clipping: null,
		dropout: dropout > 0 ? { p: dropout, seed } : null,
		batchSize,
		samples: { training: draw(samples), validation: draw(Math.ceil(samples / 3)), test: draw(5) },
		...more,
	};
	return settings;
}

function orderOf(samples: number, epoch: number): Uint32Array {
	const order = Uint32Array.from({ length: samples }, (_, i) => i);
	new Random(7, `order ${epoch}`).shuffle(order);
	return order;
}

/** What both give for the validation samples. */
function pairsOfPredictions(a: Trainer, b: Trainer, { samples: { validation } }: TrainerSettings) {
	const [own, exact] = [a, b].map((trainer) => trainer.predict(validation.inputs, validation.samples));
	assert.equal(own!.length, exact!.length);
	return Array.from(own!, (value, i) => [value, exact![i]!]);
}

/** A loss beyond this is of a run that blows up: it amplifies rounding without bound, so its steps before count. */
const BLOWN_UP = 1e4;

/** Both trained side by side; the largest relative difference of a loss, and of what is measured in the end. */
function difference(plan: Plan, style: ProductStyle, epochs = 3): { readonly loss: number; readonly measured: number } {
	const settings = settingsOf(plan);
	const kernels = new KernelTrainer(settings, style);
	const reference = new ReferenceTrainer(settings);
	const steps = Math.ceil(plan.samples / plan.batchSize);
	const rates = Array.from({ length: steps }, (_, i) => plan.optimizer.lr * (1 - i / (2 * steps)));
	const relative = (a: number, b: number) => (a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-3));
	let loss = 0;
	for (let epoch = 0; epoch < epochs; epoch++) {
		const order = orderOf(plan.samples, epoch);
		// The last step apart, so that its update is measured.
		const [first, last] = [rates.slice(0, -1), rates.slice(-1)];
		const train = (trainer: Trainer) => {
			const losses = [...Array.from(trainer.train(order, first))];
			trainer.remember();
			return [...losses, trainer.train(order.subarray((steps - 1) * plan.batchSize), last)[0]!];
		};
		const [own, exact] = [train(kernels), train(reference)];
		for (let i = 0; i < steps; i++) {
			if (!(exact[i]! < BLOWN_UP)) {
				assert.ok(!(own[i]! < BLOWN_UP / 2), `only the reference blows up: the kernels give ${own[i]}`);
				return { loss, measured: 0 };
			}
			loss = Math.max(loss, relative(own[i]!, exact[i]!));
		}
	}
	const [own, exact] = [kernels.measure("validation", 1e-3), reference.measure("validation", 1e-3)];
	const pairs = [
		[own.loss, exact.loss],
		...pairsOfPredictions(kernels, reference, settings),
		...own.layers.map(({ updateRatio }, i) => [updateRatio!, exact.layers[i]!.updateRatio!]),
		...own.layers.map(({ gradientNorm }, i) => [gradientNorm, exact.layers[i]!.gradientNorm]),
	] as [number, number][];
	return { loss, measured: Math.max(...pairs.map(([a, b]) => relative(a, b))) };
}

const OPTIMIZERS: readonly OptimizerSettings[] = [
	{ name: "sgd", lr: 0.05 },
	{ name: "sgd", lr: 0.02, momentum: 0.9, dampening: 0.1, weight_decay: 1e-3 },
	{ name: "sgd", lr: 0.02, momentum: 0.9, nesterov: true },
	{ name: "adam", lr: 0.003, weight_decay: 1e-3 },
	{ name: "adam", lr: 0.003, amsgrad: true },
	{ name: "adamw", lr: 0.003 },
	{ name: "rmsprop", lr: 0.002 },
	{ name: "rmsprop", lr: 0.002, momentum: 0.9, centered: true, alpha: 0.9 },
	{ name: "adagrad", lr: 0.02, lr_decay: 0.01, initial_accumulator_value: 0.1 },
];
const LOSSES: readonly LossKind[] = ["mse", "bce_with_logits", "cross_entropy"];

/** Draws one of a list. */
function pickBy(random: Random): <T>(from: readonly T[]) => T {
	return (from) => from[Math.floor(random.uniform() * from.length)]!;
}

/** The styles that this machine has; it says which it lacks. */
function stylesHere(t: TestContext): readonly ProductStyle[] {
	if (bestStyle(isValid).relaxed) return [styles.plain, styles.relaxed];
	t.diagnostic("relaxed SIMD is not tested: this version of Node does not have it");
	return [styles.plain];
}

test("the kernels train as the float64 reference does, whatever the shapes, losses and optimizers", (t) => {
	const random = new Random(SEED, "shapes");
	const pick = pickBy(random);
	const width = () => 1 + Math.floor(random.uniform() ** 2 * 40);
	let worst = 0;
	for (const style of stylesHere(t)) {
		for (let i = 0; i < 40; i++) {
			const loss = pick(LOSSES);
			const hidden = Array.from({ length: 1 + Math.floor(3 * random.uniform()) }, width);
			const plan: Plan = {
				widths: [width(), ...hidden, loss === "cross_entropy" ? 3 + Math.floor(9 * random.uniform()) : 1],
				activation: pick(["tanh", "relu", "gelu", "mish", "sigmoid", "prelu", "swish_beta", "elu"]),
				loss,
				optimizer: pick(OPTIMIZERS),
				batchSize: 1 + Math.floor(random.uniform() * 40),
				samples: 20 + Math.floor(random.uniform() * 60),
				seed: i,
			};
			const found = difference(plan, style);
			const what = `seed ${SEED}, case ${i}: ${JSON.stringify(plan)} gives ${JSON.stringify(found)}`;
			// Adam and its kin divide by the root of small squares, which makes rounding count in the first steps.
			assert.ok(found.loss < 1e-4 && found.measured < 1e-3, what);
			worst = Math.max(worst, found.loss);
		}
	}
	t.diagnostic(`largest relative difference of a loss: ${worst.toExponential(1)}`);
});

/** What a network may have beside linear layers and activations. */
const PARTS: readonly Partial<Plan>[] = [
	{ residual: true },
	{ norm: "layernorm" },
	{ norm: "batchnorm" },
	{ dropout: 0.3 },
	{ norm: "layernorm", residual: true, dropout: 0.1 },
	{ norm: "batchnorm", residual: true, dropout: 0.2 },
];

test("residual layers, norms and dropout train in the kernels as in the reference, whatever the shapes and optimizers", (t) => {
	const random = new Random(SEED, "parts");
	const pick = pickBy(random);
	// Normalised over two values everything is ±1, and the gradient is rounding alone; over three it is not much better.
	const width = () => 6 + Math.floor(random.uniform() ** 2 * 40);
	let worst = 0;
	for (const style of stylesHere(t)) {
		for (const part of PARTS) {
			for (let i = 0; i < 20; i++) {
				const loss = pick(LOSSES);
				// A width twice in a row, the inputs' too, is a layer that a skip goes around.
				const [inputs, first, second] = [width(), width(), width()];
				const hidden = pick([[inputs], [first, first], [inputs, first, first], [first, second, second, second]]);
				const batchSize = 9 + Math.floor(random.uniform() * 36);
				const last = pick([0, 7, batchSize - 1]);
				// Adam and RMSprop divide by the gradient's size, be it rounding alone: at a kink, and of the biases that a batch
				// norm takes away, which then show in evaluation.
				const activation = pick(["tanh", "relu", "gelu", "sigmoid", "prelu", "swish_beta", "elu"]);
				const isKinked = activation === "relu" || activation === "prelu";
				const isSteady = ({ name }: OptimizerSettings) => name === "sgd" || name === "adagrad";
				const optimizer = pick(OPTIMIZERS.filter((one) => !isKinked || isSteady(one)));
				const plan: Plan = {
					widths: [inputs, ...hidden, loss === "cross_entropy" ? 3 + Math.floor(9 * random.uniform()) : 1],
					activation,
					loss,
					// Residual sums are large: at the whole rate some runs diverge, and with them rounding.
					optimizer: { ...optimizer, lr: 0.2 * optimizer.lr },
					batchSize,
					samples: batchSize * (1 + Math.floor(random.uniform() * 3)) + last,
					seed: i,
					...part,
					more: { clipping: pick([null, { name: "norm", max_norm: 0.5 }]) },
				};
				const found = difference(plan, style);
				const what = `seed ${SEED}, case ${i}: ${JSON.stringify(plan)} gives ${JSON.stringify(found)}`;
				assert.ok(found.loss < 1e-4, what);
				if (part.norm !== "batchnorm" || isSteady(optimizer)) assert.ok(found.measured < 1e-3, what);
				worst = Math.max(worst, found.loss);
			}
		}
	}
	t.diagnostic(`largest relative difference of a loss: ${worst.toExponential(1)}`);
});

test("a batch of one sample is refused to a batch norm, by both trainers, and trains with a layer norm", (t) => {
	for (const style of stylesHere(t)) {
		for (const batchSize of [1, 4]) {
			const plan: Plan = { widths: [3, 9, 1], loss: "mse", optimizer: { name: "sgd", lr: 0.1 }, batchSize, samples: 5 };
			const rates = Array.from({ length: Math.ceil(5 / batchSize) }, () => 0.1);
			const settings = settingsOf({ ...plan, norm: "batchnorm" });
			for (const trainer of [new KernelTrainer(settings, style), new ReferenceTrainer(settings)]) {
				assert.throws(
					() => trainer.train(orderOf(5, 0), rates),
					/a batch norm must have 2 samples or more to train on, got 1/,
				);
				// In evaluation it uses what it has learned.
				assert.ok(trainer.predict(new Float64Array(3), 1).every(Number.isFinite));
			}
			assert.ok(difference({ ...plan, norm: "layernorm" }, style).loss < 1e-4);
		}
	}
});

test("dropout goes on from step to step where the steps of an epoch do not fit into a call", (t) => {
	// 1,100 steps, of which a call does 1,024.
	const plan: Plan = {
		widths: [3, 20, 11, 1],
		loss: "mse",
		optimizer: { name: "sgd", lr: 0.01 },
		batchSize: 3,
		samples: 3300,
		dropout: 0.5,
	};
	for (const style of stylesHere(t)) {
		const { loss, measured } = difference(plan, style);
		assert.ok(loss < 1e-5 && measured < 1e-4, `loss off by ${loss}, measured by ${measured}`);
	}
});

test("one step in float32 is the reference's to rounding, for every activation of the catalog", (t) => {
	let worst = { loss: 0, activation: "" };
	for (const style of stylesHere(t)) {
		for (const { id } of catalog) {
			const plan: Plan = {
				widths: [5, 9, 7, 3],
				activation: id,
				loss: "cross_entropy",
				optimizer: { name: "sgd", lr: 0.05 },
				batchSize: 24,
				samples: 24,
			};
			const { loss, measured } = difference(plan, style, 2);
			assert.ok(loss < 1e-5 && measured < 1e-4, `${id}: loss off by ${loss}, measured by ${measured}`);
			if (loss > worst.loss) worst = { loss, activation: id };
		}
	}
	t.diagnostic(`largest relative difference of a loss: ${worst.loss.toExponential(1)} (${worst.activation})`);
});

test("clipping and label smoothing are the reference's", (t) => {
	for (const more of [
		{ clipping: { name: "norm", max_norm: 0.05 } },
		{ clipping: { name: "value", clip_value: 0.01 } },
		{ loss: { name: "cross_entropy", label_smoothing: 0.1 } },
	] as const satisfies readonly Partial<TrainerSettings>[]) {
		for (const activation of ["gelu", "prelu"]) {
			const plan: Plan = {
				widths: [6, 12, 12, 4],
				activation,
				loss: "cross_entropy",
				optimizer: { name: "sgd", lr: 0.5 },
				batchSize: 16,
				samples: 60,
				more,
			};
			for (const style of stylesHere(t)) {
				const { loss, measured } = difference(plan, style);
				assert.ok(
					loss < 1e-5 && measured < 1e-4,
					`${JSON.stringify(more)}: loss off by ${loss}, measured by ${measured}`,
				);
			}
		}
	}
});

test("a hand-written activation runs in the kernels too", (t) => {
	for (const expression of [
		"np.where(x > 0, x, 0.3 * np.sin(x)) / (1 + 0.01 * np.abs(x))",
		"np.where(x > 0, x ** 1.7, -0.1 * np.abs(x) ** 0.3)",
	]) {
		const activation = handWritten(expression);
		const network = new Network({ widths: [4, 8, 8, 3], activation, parameters: {}, norm: "none" });
		initialise(network, "kaiming", 3);
		const plan: Plan = {
			widths: [4, 8, 8, 3],
			loss: "cross_entropy",
			optimizer: { name: "sgd", lr: 0.1 },
			batchSize: 8,
			samples: 30,
			more: { network },
		};
		for (const style of stylesHere(t)) {
			const { loss } = difference(plan, style);
			assert.ok(loss < 1e-5, `${expression}: off by ${loss}`);
		}
	}
});

function handWritten(expression: string): Activation {
	const text = `import numpy as np\ndef f(x):\n    return ${expression}\n`;
	return readSource(text, "python").definitions[0]!.understood!.activation;
}

test("the same run gives the same bytes, in one call or in many, and from a state in the middle", (t) => {
	const plain: Plan = {
		widths: [7, 13, 13, 5],
		activation: "prelu",
		loss: "cross_entropy",
		optimizer: { name: "adam", lr: 0.01 },
		batchSize: 6,
		samples: 50,
	};
	const rates = new Array<number>(9).fill(0.01);
	for (const [style, part] of stylesHere(t).flatMap((one) => [{}, ...PARTS].map((part) => [one, part] as const))) {
		const plan = { ...plain, ...part };
		const whole = new KernelTrainer(settingsOf(plan), style);
		const order = orderOf(50, 0);
		const losses = [...whole.train(order, rates)];
		const again = new KernelTrainer(settingsOf(plan), style);
		assert.deepEqual([...again.train(order, rates)], losses);
		assert.deepEqual(again.state(), whole.state());
		const first = new KernelTrainer(settingsOf(plan), style);
		const parts = [...first.train(order, rates.slice(0, 4))];
		const second = new KernelTrainer(settingsOf(plan), style);
		second.restore(first.state());
		parts.push(...second.train(order.subarray(24), rates.slice(4)));
		assert.deepEqual(parts, losses);
		assert.deepEqual(second.state(), whole.state());
	}
	const state = { steps: 3, memory: new Uint8Array(8) };
	const fresh = new KernelTrainer(settingsOf(plain), styles.plain);
	assert.throws(() => fresh.restore(state), /^RangeError: the state must have \d+ bytes, got 8$/);
});

test("the network that a run starts from is let go", async () => {
	const plan: Plan = { widths: [3, 8, 1], loss: "mse", optimizer: { name: "sgd", lr: 0.1 }, batchSize: 8, samples: 16 };
	const start = () => {
		const settings = settingsOf(plan);
		return { trainer: new KernelTrainer(settings, styles.plain), network: new WeakRef(settings.network) };
	};
	const { trainer, network } = start();
	setFlagsFromString("--expose-gc");
	const collect: () => void = runInNewContext("gc");
	// What a WeakRef was made of stays until the turn of the event loop is over.
	await setImmediate();
	collect();
	assert.equal(network.deref(), undefined);
	assert.ok(trainer.predict(new Float64Array(3), 1).every(Number.isFinite));
});

/** How many of a state's numbers are not 0, and smaller than float32's normal numbers: slow on many processors. */
function subnormals({ memory }: TrainerState): number {
	const numbers = new Float32Array(memory.buffer, memory.byteOffset, memory.length / 4);
	return numbers.filter((one) => one !== 0 && Math.abs(one) < 2 ** -126).length;
}

test("what an optimizer remembers of a gradient that is no more does not fade into subnormal numbers", (t) => {
	for (const style of stylesHere(t)) {
		for (const optimizer of OPTIMIZERS) {
			const plan: Plan = { widths: [4, 8, 1], loss: "mse", optimizer, batchSize: 4, samples: 8 };
			const settings = settingsOf(plan);
			// The first layer's weights get no gradient from the second batch.
			settings.samples.training.inputs.fill(0, 16);
			const trainer = new KernelTrainer(settings, style);
			const order = Uint32Array.from({ length: 4 * 1000 }, (_, i) => (i < 4 ? i : 4 + (i % 4)));
			const rates = new Array<number>(1000).fill(optimizer.lr);
			for (let call = 0; call < 12; call++)
				trainer.train(call === 0 ? order : order.subarray(4), rates.slice(call && 1));
			assert.equal(subnormals(trainer.state()), 0, JSON.stringify(optimizer));
		}
	}
});

test("a gradient that vanishes over many layers is the reference's down to 1e-30, then 0", (t) => {
	const cases = [
		["sigmoid", 60],
		["swish_beta", 100], // Its slope is multiplied apart, as that of each with a trained parameter.
	] as const;
	for (const [style, [activation, depth]] of stylesHere(t).flatMap((one) =>
		cases.map((other) => [one, other] as const),
	)) {
		const optimizer: OptimizerSettings = { name: "sgd", lr: 0.01, momentum: 0.9 };
		const widths = [8, ...new Array<number>(depth).fill(8), 3];
		const plan: Plan = { widths, activation, loss: "cross_entropy", optimizer, batchSize: 8, samples: 8 };
		const settings = settingsOf(plan);
		const [own, exact] = [new KernelTrainer(settings, style), new ReferenceTrainer(settings)];
		const norms = [own, exact].map((one) => one.measure("training", 0).layers.map(({ gradientNorm }) => gradientNorm));
		const pairs = norms[0]!.map((norm, i) => [norm, norms[1]![i]!] as const);
		const seen = pairs.filter(([, norm]) => norm > 1e-30);
		const gone = pairs.filter(([, norm]) => norm < 1e-35);
		assert.ok(seen.length > 20 && gone.length > 5, `${seen.length} and ${gone.length} layers`);
		for (const [norm, wanted] of seen) assert.ok(Math.abs(norm - wanted) < 1e-3 * wanted, `${norm}, not ${wanted}`);
		for (const [norm] of gone) assert.equal(norm, 0);
		own.train(orderOf(8, 0), [0.01]);
		assert.equal(subnormals(own.state()), 0);
	}
});

test("dead and flat units are counted as the reference counts them", () => {
	const plan: Plan = {
		widths: [3, 20, 20, 1],
		activation: "relu",
		loss: "bce_with_logits",
		optimizer: { name: "sgd", lr: 0.5 },
		batchSize: 7,
		samples: 40,
	};
	const settings = settingsOf(plan);
	for (let j = 0; j < 5; j++) settings.network.layers[0]!.bias.values[j] = -100;
	const [own, exact] = [new KernelTrainer(settings, styles.plain), new ReferenceTrainer(settings)].map((one) =>
		one.measure("training", 0.5),
	);
	assert.ok(own!.layers[0]!.dead >= 0.25);
	assert.equal(own!.accuracy, exact!.accuracy);
	for (const [i, { dead, flat }] of own!.layers.entries()) {
		assert.equal(dead, exact!.layers[i]!.dead);
		assert.ok(Math.abs(flat - exact!.layers[i]!.flat) < 1e-12);
	}
});

test("what the kernels cannot compute is said", () => {
	const plan: Plan = {
		widths: [3, 4, 4, 1],
		loss: "mse",
		optimizer: { name: "sgd", lr: 0.1 },
		batchSize: 8,
		samples: 8,
	};
	assert.equal(reasonAgainstKernels(settingsOf(plan)), null);
	for (const part of PARTS) assert.equal(reasonAgainstKernels(settingsOf({ ...plan, ...part })), null);
	assert.equal(
		reasonAgainstKernels(settingsOf({ ...plan, more: { batchSize: 2 ** 27 } })),
		"the data and weights are too large for the float32 kernels",
	);
	const withTerms = (count: number) => {
		const terms = Array.from({ length: count }, (_, i) => tanh(sub(x, i)));
		const sum = activation({
			id: "sum",
			name: "Sum",
			family: "sigmoidal",
			definition: mul(
				1 / count,
				terms.reduce((a, b) => add(a, b)),
			),
			source: "a test",
		});
		return { network: new Network({ widths: plan.widths, activation: sum, parameters: {}, norm: "none" }) };
	};
	assert.equal(reasonAgainstKernels(settingsOf({ ...plan, more: withTerms(300) })), null);
	assert.ok(difference({ ...plan, more: withTerms(300) }, styles.plain, 1).loss < 1e-5);
	const reason = "the activation has too many operations for the float32 kernels";
	assert.equal(reasonAgainstKernels(settingsOf({ ...plan, more: withTerms(1000) })), reason);
});

test("histograms of both trainers count the same samples, thinned out where they are many", () => {
	// 401 × 700 outputs are more than a histogram looks at.
	const plan: Plan = {
		widths: [3, 700, 5, 5, 1],
		loss: "mse",
		optimizer: { name: "sgd", lr: 0.01 },
		batchSize: 32,
		samples: 1201,
	};
	for (const part of [{}, ...PARTS]) {
		const settings = settingsOf({ ...plan, ...part, activation: "relu" });
		const histograms = [new KernelTrainer(settings, bestStyle(isValid)), new ReferenceTrainer(settings)].map(
			(trainer) => trainer.measure("validation", 0, true).layers.map(({ histogram }) => histogram!),
		);
		const [own, exact] = histograms as [(typeof histograms)[0], (typeof histograms)[0]];
		own.forEach(({ min, max, counts }, i) => {
			const other = exact[i]!;
			assert.ok(Math.abs(min - other.min) < 1e-5 && Math.abs(max - other.max) < 1e-5);
			const total = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0);
			assert.equal(total(counts), total(other.counts));
			assert.ok(total(counts) <= 2 ** 13 + 700, "to a sample");
			const apart = counts.reduce((sum, one, k) => sum + Math.abs(one - other.counts[k]!), 0);
			assert.ok(apart <= 0.001 * total(counts), `${apart} of ${total(counts)} fall into other bins`);
		});
		assert.equal(
			own[1]!.counts.reduce((sum, one) => sum + one, 0),
			401 * 5,
		);
	}
});

test("an update ratio is of the step right after the weights were remembered, and of no other", () => {
	const plan: Plan = {
		widths: [3, 8, 1],
		loss: "mse",
		optimizer: { name: "sgd", lr: 0.01 },
		batchSize: 16,
		samples: 64,
	};
	const settings = settingsOf(plan);
	for (const trainer of [new KernelTrainer(settings, bestStyle(isValid)), new ReferenceTrainer(settings)]) {
		const ratio = () => trainer.measure("validation", 0).layers[0]!.updateRatio;
		assert.equal(ratio(), null);
		trainer.remember();
		assert.equal(ratio(), null);
		trainer.train(orderOf(64, 0), [0.01]);
		assert.ok(ratio()! > 0 && ratio()! < 0.1);
		trainer.train(orderOf(64, 0), [0.01]);
		assert.equal(ratio(), null);
	}
});
