import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultStudy, parseStudies, parseStudy, studyActivation } from "../../src/protocol/studyDocument.ts";

test("a study of names alone gets the usual settings", () => {
	const study = parseStudy({ activations: ["relu", "gelu"] });
	assert.deepEqual(study.data, { kind: "digits" });
	assert.deepEqual(study.network, { hidden: [32, 32], initialiser: "auto" });
	// Fewer seeds show no difference, and one rate for all is not fair.
	assert.deepEqual(study.seeds, [0, 1, 2, 3, 4]);
	assert.deepEqual(study.tuning, { learningRates: [0.0003, 0.0009, 0.003, 0.009], epochs: 30, seeds: 2 });
	assert.equal(parseStudy({ activations: ["relu"], optimizer: { learningRate: 0.1 } }).tuning, undefined);
	assert.equal(parseStudy({ activations: ["relu"], tuning: false }).tuning, undefined);
	assert.deepEqual(
		study.activations.map(({ label }) => label),
		["ReLU", "GELU"],
	);
	assert.deepEqual(defaultStudy([studyActivation("relu")]).activations, [study.activations[0]]);
});

test("a study read back is the same study", () => {
	const study = parseStudy({
		name: "mine",
		activations: [
			{ id: "leaky_relu", parameters: { negative_slope: 0.2 } },
			{ id: "softplus", parameters: { threshold: "Infinity" } },
		],
		data: { kind: "moons", samples: 300, noise: 0.2 },
		seeds: [1, 2, 3],
	});
	assert.deepEqual(parseStudy(study), study);
});

for (const data of [
	{ kind: "csv", path: "a.csv", target: "y", task: "regression" },
	{ kind: "npy", inputs: "x.npy", targets: "y.npy", task: "regression" },
	{ kind: "npz", path: "data.npz", inputs: "x_train", targets: "y_train", task: "classification" },
	{ kind: "idx", images: "train-images-idx3-ubyte.gz", labels: "train-labels-idx1-ubyte.gz" },
]) {
	test(`a study on ${data.kind} data with a test part is read as it is written`, () => {
		const study = parseStudy({ activations: ["relu"], data, validation: 0.1, test: 0.2 });
		assert.deepEqual(study.data, data);
		assert.equal(study.test, 0.2);
		assert.deepEqual(parseStudy(study), study);
	});
}

test("a study without a test part has none", () => {
	assert.ok(!("test" in parseStudy({ activations: ["relu"] })));
});

const refused: readonly (readonly [what: string, document: unknown, message: RegExp])[] = [
	["no object", 3, /^study must be an object, got 3$/],
	["no activations", {}, /^activations must be a list, got nothing$/],
	["an empty list", { activations: [] }, /^activations must have 1…32 entries, got 0$/],
	[
		"an unknown activation",
		{ activations: ["rleu"] },
		/^activations\[0\]\.id must be an activation of the catalog .*got "rleu"$/,
	],
	[
		"an unknown parameter",
		{ activations: [{ id: "relu", parameters: { slope: 1 } }] },
		/relu has no parameter "slope"; it has none/,
	],
	[
		"a text as parameter",
		{ activations: [{ id: "elu", parameters: { alpha: "1" } }] },
		/^activations\[0\]\.parameters\.alpha must be a number, got "1"$/,
	],
	["two equal labels", { activations: ["relu", "relu"] }, /different labels, got "ReLU" twice/],
	["width 0", { activations: ["relu"], network: { hidden: [8, 0] } }, /^network\.hidden\[1\] must be 1…4096, got 0$/],
	[
		"half a unit",
		{ activations: ["relu"], network: { hidden: [8.5] } },
		/^network\.hidden\[0\] must be a whole number, got 8\.5$/,
	],
	[
		"depth 1,000",
		{ activations: ["relu"], network: { hidden: Array(1000).fill(8) } },
		/^network\.hidden must have 1…64 entries, got 1000$/,
	],
	[
		"a huge learning rate",
		{ activations: ["relu"], optimizer: { learningRate: 1e10 } },
		/^optimizer\.learningRate must be 0\.000001…1000000000, got 10000000000$/,
	],
	[
		"not a number",
		{ activations: ["relu"], optimizer: { learningRate: Number.NaN } },
		/^optimizer\.learningRate must be 0\.000001…1000000000, got NaN$/,
	],
	["no epochs", { activations: ["relu"], epochs: 0 }, /^epochs must be 1…10000, got 0$/],
	["a seed twice", { activations: ["relu"], seeds: [1, 1] }, /^seeds must differ, got 1 twice$/],
	["an unknown field", { activations: ["relu"], epoch: 3 }, /^study has no field "epoch"; it has /],
	["an unknown data set", { activations: ["relu"], data: "mnist" }, /^data\.kind must be one of xor, .*got "mnist"$/],
	[
		"a field of another data set",
		{ activations: ["relu"], data: { kind: "digits", noise: 1 } },
		/^data\.noise does not go with data\.kind "digits"$/,
	],
	[
		"a CSV without a target",
		{ activations: ["relu"], data: { kind: "csv", path: "a.csv" } },
		/^data\.target must be a text, got nothing$/,
	],
	[
		"an archive without the name of its targets",
		{ activations: ["relu"], data: { kind: "npz", path: "a.npz", inputs: "x" } },
		/^data\.targets must be a text, got nothing$/,
	],
	[
		"a path where two are needed",
		{ activations: ["relu"], data: { kind: "idx", path: "images" } },
		/^data\.path does not go with data\.kind "idx"$/,
	],
	[
		"a task of labels",
		{ activations: ["relu"], data: { kind: "idx", images: "a", labels: "b", task: "regression" } },
		/^data\.task does not go with data\.kind "idx"$/,
	],
	[
		"a number as a path",
		{ activations: ["relu"], data: { kind: "npy", inputs: 3, targets: "y.npy" } },
		/^data\.inputs must be a text, got 3$/,
	],
	[
		"a depth beside its widths",
		{ activations: ["relu"], network: { hidden: [8], depth: 3 } },
		/^network\.depth does not go with network\.hidden \[8\]$/,
	],
	[
		"half a layer",
		{ activations: ["relu"], network: { depth: 2.5 } },
		/^network\.depth must be a whole number, got 2\.5$/,
	],
	["a test of everything", { activations: ["relu"], test: 1 }, /^test must be 0\.05…0\.5, got 1$/],
	[
		"nothing left for training",
		{ activations: ["relu"], validation: 0.5, test: 0.5 },
		/^validation and test together must be 0…0\.8, got 1$/,
	],
	["another version", { version: 2, activations: ["relu"] }, /^version must be 1, got 2$/],
];

for (const [what, document, message] of refused) {
	test(`a study with ${what} is refused with the field named`, () => {
		assert.throws(
			() => parseStudy(document),
			({ message: text }: Error) => message.test(text) || assert.fail(text),
		);
	});
}

test("lists in a document stand for a study each, named by what differs", () => {
	const studies = parseStudies({
		name: "both",
		activations: ["relu"],
		data: ["moons", { kind: "circles", samples: 100 }],
		network: { hidden: [[8], [8, 8]], initialiser: ["auto"] },
		optimizer: { kind: "sgd", learningRate: [0.1, 1] },
	});
	assert.equal(studies.length, 8);
	assert.deepEqual(
		[studies[0]?.name, studies[7]?.name],
		["both · moons · 8 · rate 0.1", "both · circles 100 · 8×8 · rate 1"],
	);
	assert.deepEqual(studies[7]?.network.hidden, [8, 8]);
	assert.equal(studies[7]?.optimizer.learningRate, 1);
	assert.deepEqual(parseStudies({ activations: ["relu"], network: { hidden: [8, 4] } })[0]?.network.hidden, [8, 4]);
});

test("a choice that holds several things is named by them, numbers and flags by their fields", () => {
	const names = (document: object) =>
		parseStudies({ name: "", activations: ["relu"], ...document }).map(({ name }) =>
			name.slice("ReLU · digits · ".length),
		);
	assert.deepEqual(
		names({ network: [{ depth: 8, width: 4, residual: true }, { hidden: [4], norm: "layernorm", dropout: 0.1 }, {}] }),
		["depth 8 width 4 residual", "4 layernorm dropout 0.1", "usual"],
	);
	assert.deepEqual(
		names({ optimizer: [{ kind: "adam", learningRate: 0.01 }, { schedule: { kind: "cosine", warmup: 0.1 } }] }),
		["adam rate 0.01", "cosine warmup 0.1"],
	);
});

test("a study without a name is called after its activations and its data", () => {
	const names = (document: object) =>
		parseStudies({ activations: ["relu", "mish"], ...document }).map(({ name }) => name);
	assert.deepEqual(names({}), ["ReLU · Mish · digits"]);
	assert.deepEqual(names({ name: "" }), ["ReLU · Mish · digits"]);
	assert.deepEqual(names({ data: ["digits", "moons"] }), ["ReLU · Mish · digits", "ReLU · Mish · moons"]);
	assert.deepEqual(names({ name: "mine", data: ["digits", "moons"] }), ["mine · digits", "mine · moons"]);
});

test("depths and widths in a document stand for networks of equally wide layers", () => {
	const studies = parseStudies({ activations: ["relu"], network: { depth: [1, 3], width: [8, 16] } });
	assert.deepEqual(
		studies.map(({ name, network }) => [name, network.hidden]),
		[
			["ReLU · digits · depth 1 · width 8", [8]],
			["ReLU · digits · depth 1 · width 16", [16]],
			["ReLU · digits · depth 3 · width 8", [8, 8, 8]],
			["ReLU · digits · depth 3 · width 16", [16, 16, 16]],
		],
	);
	assert.deepEqual(parseStudies({ activations: ["relu"], network: { depth: 1 } })[0]?.network.hidden, [32]);
});

test("tuning without learning rates tries those around the optimizer's usual one", () => {
	const { tuning } = parseStudy({ activations: ["relu"], optimizer: { kind: "sgd" }, tuning: { seeds: 3 } });
	assert.deepEqual(tuning, { learningRates: [0.01, 0.03, 0.1, 0.3], epochs: 30, seeds: 3 });
});

test("a document that stands for too many studies, or for none, is refused", () => {
	const rates = Array.from({ length: 65 }, (_, i) => 0.01 + i / 1000);
	assert.throws(
		() => parseStudies({ activations: ["relu"], optimizer: { learningRate: rates } }),
		/^RangeError: a document must stand for at most 64 studies, got 65$/,
	);
	assert.throws(
		() => parseStudies({ activations: ["relu"], data: [] }),
		/^RangeError: data must have at least 1 entry, got 0$/,
	);
});

for (const [document, sentence] of [
	[{ tuning: { learningRates: [0.1] } }, "tuning.learningRates must have 2…16 entries, got 1"],
	[{ tuning: { learningRates: [0.1, 0.1] } }, "tuning.learningRates must differ, got 0.1 twice"],
	[{ tuning: { learningRates: [0.1, 1], epochs: 99 } }, "tuning.epochs must be 1…30, got 99"],
	[{ tuning: { learningRates: [0.1, 1], seeds: 6 } }, "tuning.seeds must be 1…5, got 6"],
	[{ network: { dropout: 1 } }, "network.dropout must be 0…0.9, got 1"],
	[{ network: { norm: "group" } }, 'network.norm must be one of none, batchnorm, layernorm, got "group"'],
	[{ network: { residual: 1 } }, "network.residual must be true or false, got 1"],
	[
		{ optimizer: { schedule: "linear" } },
		'optimizer.schedule.kind must be one of constant, cosine, step, got "linear"',
	],
	[{ optimizer: { clip: 0 } }, "optimizer.clip must be 0.000001…1000000, got 0"],
	[{ precision: "float16" }, 'precision must be one of float32, float64, got "float16"'],
	[{ labelSmoothing: 0.9 }, "labelSmoothing must be 0…0.5, got 0.9"],
] as const) {
	test(`refused: ${sentence}`, () => {
		assert.throws(() => parseStudy({ activations: ["relu"], ...document }), { message: sentence });
	});
}
