/** Runs of models against PyTorch's statistics over 20 networks, and gradients against differences. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { describeConfirmation } from "../../../../src/core/diagnosis/propagation/describeForecast.ts";
import { forecastModel } from "../../../../src/core/diagnosis/propagation/forecast.ts";
import type { Weights } from "../../../../src/core/diagnosis/propagation/operation.ts";
import { operationOf } from "../../../../src/core/diagnosis/propagation/operations.ts";
import { drawCell } from "../../../../src/core/diagnosis/propagation/recurrentOperation.ts";
import { type Confirmation, planTrial, simulate } from "../../../../src/core/diagnosis/propagation/simulate.ts";
import { sizesOf } from "../../../../src/core/diagnosis/propagation/sizes.ts";
import { formatNumber } from "../../../../src/core/numerics/formatNumber.ts";
import { Random } from "../../../../src/core/numerics/random.ts";
import type { Initialisation, Model, Step } from "../../../../src/core/reading/model/model.ts";
import { countOf } from "../../../../src/core/reading/model/shapes.ts";
import { type Architecture, initialisation, ModelBuilder, modelOf, type Statistic, TORCH_DEFAULT } from "./models.ts";

type Measured = Architecture & {
	readonly [quantity in "forwardStd" | "forwardRms" | "preStd" | "weightGradRatio" | "preactGradRatio"]: Statistic;
};

const architectures: readonly Measured[] = ["init-propagation", "init-propagation-more"].flatMap(
	(name) => JSON.parse(gunzipSync(readFileSync(`test/golden/${name}.json.gz`)).toString()).architectures,
);

function confirm(model: Model, wanted: { readonly batch?: number; readonly seeds?: number } = {}): Confirmation {
	const planned = planTrial(model, wanted);
	assert.ok(planned.kind === "trial", JSON.stringify(planned));
	const run = simulate(model, planned);
	for (let next = run.next(); ; next = run.next()) if (next.done) return next.value;
}

/** A fifth of PyTorch's networks, for the time's sake. */
const SEEDS = 4;
/** Layers and quantities of one network hang together: some hundred independent comparisons in all. */
const DEVIATIONS = 4.5;
/** PyTorch's numbers have six digits. */
const DIGITS = 1e-5;

for (const measured of architectures) {
	test(`${measured.id}: ${SEEDS} networks lie within PyTorch's spread`, () => {
		const { stages } = confirm(modelOf(measured), { batch: measured.batch, seeds: SEEDS });
		stages.forEach((stage, i) => {
			const pairs = [
				["forwardStd", stage.forwardStd],
				["forwardRms", stage.forwardRms],
				["preStd", stage.preStd],
				["weightGradRatio", stage.weightGradientRatio],
				["preactGradRatio", stage.gradientRatio],
			] as const;
			for (const [name, { logMean }] of pairs) {
				const spread = measured[name].logStd[i]! * Math.sqrt(1 / SEEDS + 1 / measured.seeds) + DIGITS;
				const deviations = (logMean - measured[name].logMean[i]!) / spread;
				assert.ok(Math.abs(deviations) < DEVIATIONS, `${name} of layer ${i + 1}: ${deviations} deviations off`);
			}
		});
	});
}

/** A model around the layer `index`, whose gradients by its inputs are compared with differences. */
function checkGradient(model: Model, index: number, batch = 3, weights: Weights | null = null): void {
	const sized = sizesOf(model);
	assert.ok(sized.kind === "sizes", JSON.stringify(sized));
	const operation = operationOf({ model, sizes: sized.sizes, batch }, index, weights, () => new Random(5, "mask"));
	const random = new Random(1, "gradient");
	const inputs = model.layers[index]!.inputs.map((input) =>
		Float64Array.from({ length: batch * countOf(sized.sizes[input]!) }, () => random.normal()),
	);
	const output = operation.forward(inputs);
	const v = output.map(() => random.normal());
	const gradients = operation.backward(v);
	const loss = () => operation.forward(inputs).reduce((all, one, i) => all + one * v[i]!, 0);
	const h = 1e-5;
	inputs.forEach((input, k) => {
		for (let i = 0; i < input.length; i += 1 + Math.floor(input.length / 10)) {
			const x = input[i]!;
			input[i] = x + h;
			const up = loss();
			input[i] = x - h;
			const down = loss();
			input[i] = x;
			const difference = (up - down) / (2 * h);
			const found = gradients[k]![i]!;
			assert.ok(Math.abs(found - difference) < 1e-6 * Math.max(1, Math.abs(difference)), `${found}, not ${difference}`);
		}
	});
}

/** The gradient by weights, which lie in these arrays one behind the other, compared with differences. */
function checkWeightGradient(model: Model, index: number, weights: Weights, arrays: readonly Float64Array[]): void {
	const sized = sizesOf(model);
	assert.ok(sized.kind === "sizes", JSON.stringify(sized));
	const operation = operationOf({ model, sizes: sized.sizes, batch: 2 }, index, weights, () => new Random(5, ""));
	const random = new Random(1, "gradient");
	const inputs = model.layers[index]!.inputs.map((input) =>
		Float64Array.from({ length: 2 * countOf(sized.sizes[input]!) }, () => random.normal()),
	);
	const v = operation.forward(inputs).map(() => random.normal());
	operation.backward(v);
	const gradient = operation.weightGradient!();
	assert.equal(
		gradient.length,
		arrays.reduce((all, { length }) => all + length, 0),
	);
	const loss = () => operation.forward(inputs).reduce((all, one, i) => all + one * v[i]!, 0);
	const h = 1e-5;
	let start = 0;
	for (const array of arrays) {
		for (let i = 0; i < array.length; i += 5) {
			const before = array[i]!;
			array[i] = before + h;
			const up = loss();
			array[i] = before - h;
			const down = loss();
			array[i] = before;
			const difference = (up - down) / (2 * h);
			assert.ok(Math.abs(gradient[start + i]! - difference) < 1e-6 * Math.max(1, Math.abs(difference)));
		}
		start += array.length;
	}
}

/** Steps of one value, with the shape of what they are fed. */
const STEPS: readonly (readonly [name: string, step: Step, ...shape: number[]])[] = (
	["maximum", "average"] as const
).flatMap((of) => {
	const windows = { kind: "windows", channels: "first", dilation: [1, 1], ceil: false, countsPadding: true } as const;
	const over = { ...windows, kernel: [2, 3], stride: [2, 3], padding: [0, 0] };
	const overlapping = { ...windows, kernel: [3, 3], stride: [2, 2], padding: [1, 1], ceil: true };
	return [
		[`${of} pooling`, { kind: "pool", of, over }, 3, 4, 6],
		[`${of} pooling over windows that overlap and are padded`, { kind: "pool", of, over: overlapping }, 2, 6, 5],
		[`adaptive ${of} pooling`, { kind: "pool", of, over: { kind: "adaptive", to: [3, 2], channels: "last" } }, 5, 4, 2],
		[`${of} over whole axes`, { kind: "pool", of, over: { kind: "axes", axes: [-1, 1], keeps: true } }, 2, 3, 4],
	] as const;
});
const resize = { kind: "resize", to: null, channels: "first" } as const;
const reshapes: readonly (readonly [Extract<Step, { kind: "reshape" }>["how"] & object, ...number[]])[] = [
	[{ to: "order", order: [2, 0, 1] }, 2, 3, 4],
	[{ to: "swapped", axes: [-1, 0] }, 2, 3, 4],
	[{ to: "padded", by: [1, 0, 2, -1] }, 2, 3, 4],
	[{ to: "part", axis: 1, index: 1, count: 2 }, 2, 4, 3],
	[{ to: "pixels", by: 2 }, 8, 2, 3],
	[
		{
			to: "rolled",
			along: [
				{ axis: 0, by: 1 },
				{ axis: -1, by: -6 },
			],
		},
		3,
		2,
		4,
	],
	[
		{
			to: "taken",
			along: [
				{ axis: 0, from: -1, until: "end", by: 1, keeps: false },
				{ axis: -1, from: 1, until: -1, by: 2, keeps: true },
			],
		},
		3,
		2,
		6,
	],
	[{ to: "unflat", axis: 1, sizes: [2, -1] }, 2, 6, 3],
	[{ to: "flat", from: 0, until: -1 }, 2, 3, 4],
	[{ to: "windows", axis: 1, size: 3, by: 2, dilation: 1 }, 2, 8, 3],
	[{ to: "windows", axis: -1, size: 2, by: 1, dilation: 3 }, 2, 6],
];
for (const [name, step, ...shape] of [
	...STEPS,
	[
		"a sum over whole axes",
		{ kind: "pool", of: "sum", over: { kind: "axes", axes: [0, -1], keeps: false } },
		2,
		3,
		4,
	] as const,
	["resizing to the nearest place", { ...resize, of: "nearest", by: [2], alignCorners: false }, 2, 3, 3] as const,
	["resizing between places", { ...resize, of: "linear", by: [2, 1.5], alignCorners: false }, 2, 3, 4] as const,
	["resizing with corners aligned", { ...resize, of: "linear", by: [2], alignCorners: true }, 2, 3, 3] as const,
	...(["softmax", "log_softmax"] as const).flatMap((activation) =>
		[0, -1].map(
			(axis) =>
				[`${activation} along axis ${axis}`, { kind: "activation", activation, parameters: {}, axis }, 3, 4] as const,
		),
	),
	...(["layer", "batch", "instance"] as const).map(
		(of) =>
			[
				`${of} normalisation of what lies beside each other`,
				{ kind: "normalisation", of, features: of === "layer" ? 4 : 2, channels: "first", epsilon: 1e-5, beside: 1 },
				3,
				2,
				3,
				4,
			] as const,
	),
	...reshapes.map(([how, ...sizes]) => [`"${how.to}"`, { kind: "reshape", what: "", how }, ...sizes] as const),
]) {
	test(`the gradient of ${name} is that of differences`, () => {
		const builder = new ModelBuilder();
		const at = builder.add(step, [builder.input(...shape)]);
		checkGradient(builder.model(at), at);
	});
}

test("a convolution of what lies beside each other is that of each", () => {
	const run = (beside: number, batch: number, ...shape: number[]) => {
		const builder = new ModelBuilder();
		const at = builder.convolution(builder.input(...shape), [2, 3], null, TORCH_DEFAULT, TORCH_DEFAULT);
		const model = builder.model(at);
		const { step } = model.layers[at]!;
		assert.ok(step.kind === "convolution");
		const layers = model.layers.with(at, { ...model.layers[at]!, step: { ...step, beside } });
		const sized = sizesOf({ ...model, layers });
		assert.ok(sized.kind === "sizes");
		const random = new Random(3, "weights");
		const weights = { weight: Float64Array.from({ length: 54 }, () => random.normal()), bias: new Float64Array(3) };
		const setting = { model: { ...model, layers }, sizes: sized.sizes, batch };
		const operation = operationOf(setting, at, weights, () => new Random(1, ""));
		const inputs = [Float64Array.from({ length: 2 * 5 * 2 * 16 }, (_, i) => Math.sin(i))];
		return [sized.sizes[at], [...operation.forward(inputs)]] as const;
	};
	const [[beside, values], [alone, each]] = [run(1, 2, 5, 2, 4, 4), run(0, 10, 2, 4, 4)];
	assert.deepEqual(
		[beside, alone],
		[
			[5, 3, 4, 4],
			[3, 4, 4],
		],
	);
	assert.deepEqual(values, each);
});

for (const transposed of [false, true]) {
	test(`a ${transposed ? "transposed " : ""}convolution to one channel behind the places has one bias for all places`, () => {
		const builder = new ModelBuilder();
		const initialisation = (value: number) =>
			({ explicit: true, span: null, draw: { kind: "constant", value } }) as const;
		const windows = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: "same", channels: "last" } as const;
		const drawn = { weight: initialisation(2), bias: initialisation(3) };
		const sizes = { dimensions: 2, transposed, inputs: 1, outputs: 1, groups: 1, outputPadding: [0, 0] } as const;
		const input = builder.input(2, 3, 1);
		const at = builder.add({ kind: "convolution", ...sizes, ...windows, ...drawn }, [input]);
		const sized = sizesOf(builder.model(at));
		assert.ok(sized.kind === "sizes");
		const weights = { weight: Float64Array.of(2), bias: Float64Array.of(3) };
		const setting = { model: builder.model(at), sizes: sized.sizes, batch: 2 };
		const values = operationOf(setting, at, weights, () => new Random(1, "")).forward([new Float64Array(12).fill(1)]);
		assert.deepEqual([...values], Array(12).fill(5));
	});
}

test("what is rolled comes back at the start, as torch.roll does it", () => {
	const builder = new ModelBuilder();
	const how = { to: "rolled", along: [{ axis: 0, by: -2 }] } as const;
	const at = builder.add({ kind: "reshape", what: "roll", how }, [builder.input(5)]);
	const sized = sizesOf(builder.model(at));
	assert.ok(sized.kind === "sizes");
	const setting = { model: builder.model(at), sizes: sized.sizes, batch: 1 };
	const roll = operationOf(setting, at, null, () => new Random(1, ""));
	assert.deepEqual([...roll.forward([Float64Array.of(0, 1, 2, 3, 4)])], [2, 3, 4, 0, 1]);
});

test("what lies beyond the border is what torch.nn.functional.pad puts there", () => {
	const padded = (beyond: "mirrored" | "last" | "around") => {
		const builder = new ModelBuilder();
		const how = { to: "padded", by: [2, 1], beyond } as const;
		const at = builder.add({ kind: "reshape", what: "pad", how }, [builder.input(4)]);
		const sized = sizesOf(builder.model(at));
		assert.ok(sized.kind === "sizes");
		checkGradient(builder.model(at), at);
		const setting = { model: builder.model(at), sizes: sized.sizes, batch: 1 };
		return [...operationOf(setting, at, null, () => new Random(1, "")).forward([Float64Array.of(0, 1, 2, 3)])];
	};
	assert.deepEqual(padded("mirrored"), [2, 1, 0, 1, 2, 3, 2]);
	assert.deepEqual(padded("last"), [0, 0, 0, 1, 2, 3, 3]);
	assert.deepEqual(padded("around"), [2, 3, 0, 1, 2, 3, 0]);
});

test("noise is drawn anew for each sample, and what it has the shape of gets no gradient from it", () => {
	const builder = new ModelBuilder();
	const at = builder.add({ kind: "noise", of: "normal" }, [builder.input(3)], { shape: [3] });
	const sized = sizesOf(builder.model(at));
	assert.ok(sized.kind === "sizes");
	const setting = { model: builder.model(at), sizes: sized.sizes, batch: 2000 };
	const noise = operationOf(setting, at, null, () => new Random(1, "noise"));
	const drawn = noise.forward([new Float64Array(6000).fill(9)]);
	const square = drawn.reduce((all, one) => all + one * one, 0) / drawn.length;
	assert.ok(Math.abs(square - 1) < 5 * Math.sqrt(2 / drawn.length), String(square));
	assert.notEqual(drawn[0], drawn[3]);
	assert.deepEqual(noise.backward(drawn), [new Float64Array(6000)]);
});

test("layers that share weights are run with the same ones, each with a bias of its own", () => {
	const builder = new ModelBuilder();
	const first = builder.linear(builder.input(1), 1, 1, TORCH_DEFAULT, TORCH_DEFAULT);
	const step = builder.layers[first]!.step;
	const second = builder.add(step, [builder.layers[first]!.inputs[0]!], { shape: [1], sharedWith: first });
	const by = builder.add({ kind: "scale", by: -1 }, [second]);
	// The weights' products cancel; what is left is the difference of the biases, which the same layer would not have.
	const difference = builder.add({ kind: "add" }, [first, by]);
	const model = builder.model(builder.linear(difference, 1, 1, TORCH_DEFAULT, null));
	const { stages } = confirm(model, { batch: 16, seeds: 2 });
	const last = stages.at(-1)!;
	assert.ok(last.forwardStd.mean < 1e-15 && last.forwardRms.mean > 1e-3, JSON.stringify(last.forwardRms));
});

test("copies of a layer begin with its weights and bias, and are trained apart", () => {
	const made = (by: number, isCopy: boolean) => {
		const builder = new ModelBuilder();
		const first = builder.linear(builder.input(6), 6, 6, TORCH_DEFAULT, TORCH_DEFAULT);
		const { step, inputs } = builder.layers[first]!;
		const second = builder.add(step, inputs, { shape: [6], ...(isCopy && { copyOf: first }) });
		const sum = builder.add({ kind: "add" }, [first, builder.add({ kind: "scale", by }, [second])]);
		const model = builder.model(builder.linear(sum, 6, 1, TORCH_DEFAULT, null));
		return confirm(model, { batch: 16, seeds: 2 }).stages;
	};
	assert.equal(made(-1, true).at(-1)!.forwardRms.mean, 0);
	assert.ok(made(-1, false).at(-1)!.forwardRms.mean > 0);
	// What comes to each is not added up.
	const [first, second, last] = made(1, true);
	assert.equal(first!.weightGradientRatio.mean, second!.weightGradientRatio.mean);
	assert.ok(first!.weightGradientRatio.mean > 0 && last!.weightGradientRatio.mean === 1);
});

for (const of of ["batch", "layer", "rms", "instance"] as const) {
	test(`the gradient of ${of} normalisation is that of differences`, () => {
		const builder = new ModelBuilder();
		const norm = builder.normalisation(builder.input(5, 2, 5), of, 5);
		checkGradient(builder.model(norm), norm);
	});
}

test("a batch's normalisation of one channel behind the places takes all places together", () => {
	const builder = new ModelBuilder();
	const step = { kind: "normalisation", of: "batch", features: 1, channels: "last", epsilon: 1e-9 } as const;
	const norm = builder.add(step, [builder.input(2, 2, 1)]);
	checkGradient(builder.model(norm), norm);
});

for (const channels of ["first", "last"] as const) {
	test(`the gradient of normalisation over groups of channels, ${channels} of the axes, is that of differences`, () => {
		const builder = new ModelBuilder();
		const step = { kind: "normalisation", of: "group", features: 6, groups: 2, channels, epsilon: 1e-5 } as const;
		const norm = builder.add(step, [channels === "first" ? builder.input(6, 2, 3) : builder.input(2, 3, 6)]);
		checkGradient(builder.model(norm), norm);
	});
}

for (const kind of ["add", "multiply"] as const) {
	test(`the gradient of "${kind}" is that of differences, also where a value is spread out`, () => {
		const builder = new ModelBuilder();
		const joined = builder.add({ kind }, [builder.input(4, 2, 3), builder.input(4, 1, 1), builder.input(3)]);
		checkGradient(builder.model(joined), joined);
	});
}

test("the gradient of a matrix product is that of differences, also where a value is spread out", () => {
	const builder = new ModelBuilder();
	const product = builder.add({ kind: "product" }, [builder.input(2, 3, 4), builder.input(4, 5)]);
	checkGradient(builder.model(product), product);
});

test("the gradient of numbers that are written into a value is that of differences", () => {
	const builder = new ModelBuilder();
	const along = [{ axis: 1, from: 0, until: "end", by: 2, keeps: true }] as const;
	const written = builder.add({ kind: "write", along }, [builder.input(3, 5), builder.input(3, 1)]);
	checkGradient(builder.model(written), written);
});

const TANH = { kind: "activation", activation: "tanh", parameters: {} } as const;
const SIGMOID = { kind: "activation", activation: "sigmoid", parameters: {} } as const;
const DRAWN: Initialisation = { explicit: true, span: null, draw: { kind: "uniform", low: -1, high: 1 } };
const PROJECTED = { projection: { units: 6, weight: DRAWN } } as const;
for (const of of ["rnn", "gru", "lstm"] as const) {
	for (const [what, reversed, gives, more] of [
		["", false, "hidden", {}],
		[" from the last place on", true, "hidden", {}],
		["'s inner state", false, "cell", {}],
		[" with a projection", false, "hidden", PROJECTED],
		["'s inner state before a projection", false, "cell", PROJECTED],
		[" of whose state half is left out", false, "hidden", { stateDropout: 0.5 }],
	] as const) {
		if ((gives === "cell" || "projection" in more) && of !== "lstm") continue;
		const name = `${of}${what}`;
		test(`the gradients of ${name}, by its inputs, first states and weights, are those of differences`, () => {
			const builder = new ModelBuilder();
			const weight = DRAWN;
			const step = {
				kind: "recurrence",
				cell: { of, activation: TANH, gate: SIGMOID, drawnByGate: false },
				inputs: 3,
				outputs: 4,
				reversed,
				gives,
				begins: "given",
				weight,
				bias: weight,
				recurrent: weight,
				recurrentBias: weight,
				forget: null,
				...more,
			} as const;
			const inner = "projection" in more ? PROJECTED.projection.units : 4;
			const states = of === "lstm" ? [builder.input(4), builder.input(inner)] : [builder.input(4)];
			const at = builder.add(step, [builder.input(5, 3), ...states]);
			const weights = drawCell(step, "torch", new Random(3, "weights"));
			const model = builder.model(at);
			checkGradient(model, at, 3, weights);
			checkWeightGradient(model, at, weights, [weights.weight, weights.recurrent.weight]);
		});
	}
}

test("a causal mask lets neither values nor gradients right of the diagonal through", () => {
	const builder = new ModelBuilder();
	const model = builder.model(builder.add({ kind: "causal" }, [builder.input(2, 2)]));
	const operation = operationOf(
		{
			model,
			sizes: [
				[2, 2],
				[2, 2],
			],
			batch: 1,
		},
		1,
		null,
		() => new Random(0, ""),
	);
	assert.deepEqual([...operation.forward([Float64Array.of(1, 2, 3, 4)])], [1, Number.NEGATIVE_INFINITY, 3, 4]);
	assert.deepEqual([...operation.backward(Float64Array.of(1, 2, 3, 4))[0]!], [1, 0, 3, 4]);
});

for (const axis of [0, -1]) {
	test(`the gradient of a concatenation along axis ${axis} is that of differences`, () => {
		const builder = new ModelBuilder();
		const [first, second] =
			axis === 0 ? [builder.input(2, 3), builder.input(4, 3)] : [builder.input(2, 3), builder.input(2, 1)];
		const joined = builder.add({ kind: "concatenate", axis }, [first, second]);
		checkGradient(builder.model(joined), joined);
	});
}

for (const alpha of [false, true]) {
	test(`the gradient of ${alpha ? "alpha " : ""}dropout is that of differences`, () => {
		const builder = new ModelBuilder();
		const dropped = builder.add({ kind: "dropout", rate: 0.4, alpha }, [builder.input(40)]);
		checkGradient(builder.model(dropped), dropped);
	});
}

test("the same seeds give the same numbers", () => {
	const model = modelOf({ ...architectures[0]!, depth: 3, width: 20 });
	assert.deepEqual(confirm(model, { batch: 16, seeds: 2 }), confirm(model, { batch: 16, seeds: 2 }));
});

test("a large model gets fewer networks and samples, and says so; a larger one is refused", () => {
	const large = planTrial(modelOf({ ...architectures[0]!, depth: 8, width: 1000 }));
	assert.ok(large.kind === "trial" && large.reduced && large.batch >= 32 && large.seeds >= 5, JSON.stringify(large));
	const larger = planTrial(modelOf({ ...architectures[0]!, depth: 100, width: 4096 }));
	assert.ok(larger.kind === "refused" && larger.reason === "too large");
});

/** A model whose source does not tell how large its images are. */
const ofImages = (width: number, more: (builder: ModelBuilder, at: number) => number) => {
	const builder = new ModelBuilder();
	const at = builder.convolution(builder.input(), [3, width], null, TORCH_DEFAULT, TORCH_DEFAULT);
	const pooled = builder.add({ kind: "pool", of: "average", over: { kind: "axes", axes: [-1, -2], keeps: false } }, [
		more(builder, at),
	]);
	return builder.model(builder.linear(pooled, width, 1000, TORCH_DEFAULT, null));
};

test("a model that is too large for the images it is made for is run with smaller ones, if its pools leave it so", () => {
	const deep = (depth: number, pool: number | null) =>
		ofImages(16, (builder, first) => {
			let at = first;
			for (let i = 0; i < depth; i++) at = builder.convolution(at, [16, 16], null, TORCH_DEFAULT, TORCH_DEFAULT);
			// One that gives more places than it is fed would make other numbers of smaller images.
			const over = pool === null ? null : ({ kind: "adaptive", to: [pool, pool], channels: "first" } as const);
			return over ? builder.add({ kind: "pool", of: "average", over }, [at]) : at;
		});
	const small = planTrial(deep(0, null));
	assert.ok(small.kind === "trial" && small.side === null, JSON.stringify(small));
	for (const pool of [null, 7]) {
		const large = planTrial(deep(10, pool));
		assert.ok(large.kind === "trial" && large.side !== null && large.side >= 96, JSON.stringify(large));
		assert.ok(large.multiplyAdds <= 5e10 && large.batch >= 4 && large.seeds >= 5);
	}
	const refused = planTrial(deep(10, 200));
	assert.ok(refused.kind === "refused" && refused.reason === "too large", JSON.stringify(refused));
	const sized = (step: Step) => {
		const model = deep(10, null);
		return planTrial({ ...model, layers: model.layers.with(0, { ...model.layers[0]!, step, shape: [3, 224, 224] }) });
	};
	const called = sized({ kind: "input", isCalled: true });
	assert.ok(called.kind === "trial" && called.side !== null, JSON.stringify(called));
	assert.equal(sized({ kind: "input" }).kind, "refused");
});

test("a run with smaller images is the run of the model that is made for these, and is set beside its forecast", () => {
	const model = ofImages(8, (builder, at) => builder.activation(at, "relu"));
	const told = {
		...model,
		layers: model.layers.map((layer, i) => (i === 0 ? { ...layer, shape: [3, 16, 16] } : layer)),
	};
	const finished = (one: Model, side: number | null) => {
		const trial = { batch: 4, seeds: 2, multiplyAdds: 0, reduced: true, side };
		const run = simulate(one, trial);
		for (let next = run.next(); ; next = run.next()) if (next.done) return next.value;
	};
	const [smaller, own] = [finished(model, 16), finished(told, null)];
	assert.deepEqual(smaller.stages, own.stages);
	assert.deepEqual(
		smaller.supposed.map(({ shape }) => shape),
		[[3, 16, 16]],
	);
	// A call's size is that of a sample among others.
	const called = {
		...model,
		layers: model.layers.map((layer, i): Model["layers"][number] =>
			i === 0 ? { ...layer, shape: [3, 64, 64], step: { kind: "input", isCalled: true } } : layer,
		),
	};
	assert.deepEqual(finished(called, 16).stages, own.stages);
	const forecast = forecastModel(told);
	const off = own.stages.map(({ gradientRatio }, i) =>
		Math.abs(gradientRatio.logMean - Math.log(forecast.stages[i]!.gradientRatio!)),
	);
	const factor = formatNumber(Math.exp(Math.max(...off)), 2);
	assert.equal(
		describeConfirmation(model, smaller),
		`The model is too large to run at that size. 2 networks with 4 samples of 3 × 16 × 16 are within a factor of ${factor} of the gradients forecast for those.`,
	);
});

test("what cannot be run is refused with its layer and reason", () => {
	const refused = (make: (builder: ModelBuilder) => number) => {
		const builder = new ModelBuilder();
		const sized = sizesOf(builder.model(make(builder)));
		return sized.kind === "refused" ? sized.reason : null;
	};
	const linear = (builder: ModelBuilder, from: number) => builder.linear(from, 8, 8, TORCH_DEFAULT, null);
	assert.equal(
		refused((one) => one.add({ kind: "unknown", what: "fft", reason: "" }, [one.input(8)])),
		"unknown step",
	);
	assert.equal(
		refused((one) => linear(one, one.input(9))),
		"sizes do not fit",
	);
	assert.equal(
		refused((one) => one.activation(one.input(null, null), "relu")),
		"unknown size",
	);
	assert.equal(
		refused((one) => linear(one, one.activation(linear(one, one.input(8)), "softmax"))),
		"unknown activation",
	);
	assert.equal(
		refused((one) => one.convolution(one.input(5, 5, 8), [8, 8], null, TORCH_DEFAULT, TORCH_DEFAULT)),
		"sizes do not fit",
	);
	assert.equal(
		refused((one) => one.add({ kind: "reshape", what: "a part", how: null }, [one.input(8)])),
		"unknown size",
	);
});

test("an embedding's rows go through the layers that follow", () => {
	const builder = new ModelBuilder();
	const weight = initialisation("normal_1");
	const rows = builder.add({ kind: "embedding", count: 50, outputs: 32, weight }, [builder.input(6)]);
	const { stages } = confirm(builder.model(builder.linear(rows, 32, 32, initialisation("lecun_normal"), null)), {
		batch: 32,
		seeds: 5,
	});
	assert.ok(Math.abs(stages[0]!.forwardStd.mean - 1) < 0.1 && Math.abs(stages[1]!.forwardStd.mean - 1) < 0.1);
});
