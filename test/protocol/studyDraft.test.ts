import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStudies } from "../../src/protocol/studyDocument.ts";
import {
	documentOf,
	draftOf,
	fieldOf,
	gridIn,
	numberIn,
	numbersIn,
	placesOf,
	ratesOf,
	textOf,
	valueAt,
	widthsIn,
	withoutRow,
	withRates,
	withRow,
	withValue,
} from "../../src/protocol/studyDraft.ts";

const documents = [
	{ activations: ["relu"] },
	{ activations: ["relu", { id: "elu", parameters: { alpha: 2 } }], data: "moons", seeds: [3, 4] },
	{
		activations: [{ id: "softplus", parameters: { threshold: "Infinity" } }],
		data: ["digits", { kind: "xor", noise: 1 }],
	},
	{ activations: [{ id: "custom", source: "def f(x):\n    return x", label: "f()" }], network: { depth: [2, 8] } },
	{
		name: "everything",
		activations: ["gelu"],
		data: { kind: "csv", path: "a.csv", target: "y", task: "regression" },
		network: [{ hidden: [8] }, { width: 4, norm: "layernorm" }],
		optimizer: { kind: ["sgd", "adam"], schedule: "cosine", clip: 1, weightDecay: 0.01 },
		tuning: { seeds: 1 },
		epochs: 3,
		test: 0.1,
		labelSmoothing: 0.1,
		precision: "float64",
	},
];

for (const document of documents) {
	test(`form and back, ${JSON.stringify(document).slice(0, 60)}… stands for the same studies`, () => {
		const back = documentOf(draftOf(document));
		assert.deepEqual(parseStudies(back), parseStudies(document));
		assert.deepEqual(back, document);
		assert.deepEqual(Object.keys(back), Object.keys(document), "in its author's order");
	});
}

test("a value goes to its place and away again, with the objects that were made for it", () => {
	const draft = draftOf({ activations: ["relu"], epochs: 3 });
	const more = withValue(draft, ["optimizer", "schedule", "warmup"], 0.1);
	assert.deepEqual(more.optimizer, { schedule: { warmup: 0.1 } });
	assert.equal(valueAt(more, ["optimizer", "schedule", "warmup"]), 0.1);
	assert.deepEqual(withValue(more, ["optimizer", "schedule", "warmup"], undefined), draft);
	assert.deepEqual(withValue(draft, ["activations", 0, "parameters", "alpha"], 2).activations, [
		{ id: "relu", parameters: { alpha: 2 } },
	]);
	assert.deepEqual(Object.keys(withValue(more, ["epochs"], 4)), Object.keys(more));
	assert.equal(valueAt(draft, ["network", "hidden", 0]), undefined);
});

test("numbers are read as they are typed, and what is no number stays for the door to name", () => {
	assert.deepEqual(
		[numberIn(" 0.5 "), numberIn("1e-3"), numberIn(""), numberIn("x"), numberIn("Infinity")],
		[0.5, 0.001, undefined, "x", "Infinity"],
	);
	assert.deepEqual(numbersIn("0-3, 7"), [0, 1, 2, 3, 7]);
	assert.deepEqual(numbersIn("0-99999999"), ["0-99999999"]);
	assert.equal(numbersIn(" , "), undefined);
	assert.deepEqual([gridIn("0.1"), gridIn("0.1, 1")], [0.1, [0.1, 1]]);
	assert.deepEqual(
		[widthsIn("64, 32"), widthsIn("64 ; 32 32"), widthsIn(";")],
		[[64, 32], [[64], [32, 32]], undefined],
	);
});

test("what was read is shown as it would be typed", () => {
	for (const text of ["64, 32", "64; 32, 32"]) assert.equal(textOf(widthsIn(text)), text);
	assert.deepEqual([textOf(undefined), textOf(0.001), textOf([1, "x"]), textOf(true)], ["", "0.001", "1, x", "true"]);
});

test("a list of one network is the network, and stands for the same studies", () => {
	const document = { activations: ["relu"], network: [{ depth: 3 }], optimizer: [{ kind: "sgd" }], epochs: 2 };
	const back = documentOf(draftOf(document));
	assert.deepEqual(back, { ...document, network: { depth: 3 }, optimizer: { kind: "sgd" } });
	assert.deepEqual(Object.keys(back), Object.keys(document));
	assert.deepEqual(parseStudies(back), parseStudies(document));
});

test("a row more is like the last and makes a list; without it the document is what it was", () => {
	const draft = draftOf({ activations: ["relu"], network: { depth: 3, norm: "layernorm" }, epochs: 2 });
	assert.deepEqual(placesOf(draft, "network"), [["network"]]);
	const two = withRow(draft, "network");
	assert.deepEqual(two.network, [draft.network, draft.network]);
	assert.deepEqual(placesOf(two, "network").map(fieldOf), ["network[0]", "network[1]"]);
	const other = withValue(two, ["network", 1, "depth"], 5);
	assert.deepEqual(other.network, [draft.network, { depth: 5, norm: "layernorm" }]);
	assert.deepEqual(withoutRow(other, "network", 1), draft);
	assert.deepEqual(withoutRow(other, "network", 0).network, { depth: 5, norm: "layernorm" });
	assert.deepEqual(withoutRow(withRow(other, "network"), "network", 0).network, [
		{ depth: 5, norm: "layernorm" },
		{ depth: 5, norm: "layernorm" },
	]);
	assert.deepEqual(Object.keys(other), Object.keys(draft));
});

test("a row of a factor that the document does not name says nothing, and neither does what is left of two", () => {
	const draft = draftOf({ activations: ["relu"] });
	const two = withRow(draft, "optimizer");
	assert.deepEqual(two.optimizer, [{}, {}]);
	assert.deepEqual(documentOf(withoutRow(two, "optimizer", 0)), { activations: ["relu"] });
	const other = withValue(withValue(two, ["optimizer", 1, "clip"], 1), ["optimizer", 1, "clip"], undefined);
	assert.deepEqual(other, two, "an emptied row stays a row");
});

test("learning rates are found, given, or found for those optimizers that give none", () => {
	const rates = (document: object) => ratesOf(draftOf({ activations: ["relu"], ...document }));
	const own = { learningRate: 0.1 };
	assert.deepEqual(
		[
			rates({}),
			rates({ tuning: false, optimizer: [{}, {}] }),
			rates({ tuning: {}, optimizer: own }),
			rates({ optimizer: own }),
			rates({ optimizer: [own, own] }),
			rates({ optimizer: [own, {}] }),
		],
		["found", "given", "found", "given", "given", "mixed"],
	);
	const mixed = draftOf({ activations: ["relu"], optimizer: [own, { kind: "sgd" }] });
	assert.deepEqual(
		parseStudies(documentOf(mixed)).map(({ tuning }) => tuning === undefined),
		[true, false],
	);
	assert.deepEqual(withRates(mixed, "given"), { ...mixed, tuning: false });
	assert.deepEqual(withRates(mixed, "found").optimizer, [{}, { kind: "sgd" }]);
	assert.equal(ratesOf(withRates({ ...mixed, tuning: { seeds: 1 } }, "found")), "found");
});
