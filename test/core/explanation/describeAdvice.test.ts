import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import type { Evidence } from "../../../src/core/advice/advise.ts";
import { candidateFacts, type Situation } from "../../../src/core/advice/candidate.ts";
import { describeAdvice } from "../../../src/core/explanation/describeAdvice.ts";

function evidence(ids: readonly string[], more: Partial<Situation> = {}): Evidence {
	const situation: Situation = { dtype: "float16", depth: 10, width: 32, plain: true, ...more };
	const candidates = ids.map((id, i) => {
		const activation = findActivation(id)!;
		return candidateFacts({ id, label: activation.name, activation, parameters: {} }, 1 + i, situation);
	});
	return { situation, tieBreak: "cost", candidates, study: null };
}

test("without a study the advice says that it is from facts alone", () => {
	const { title, certainty, shortList, table } = describeAdvice(evidence(["relu", "gelu", "sigmoid"]));
	assert.equal(title, "Take ReLU");
	assert.match(certainty[0]!, /^From facts alone: nothing was trained/);
	assert.equal(shortList[0]?.reason, "costs 1 × ReLU; forecast gradient × 1 over 10 layers; units can die");
	assert.deepEqual(
		table.rows.map(([label]) => label),
		["ReLU", "GELU", "Sigmoid"],
	);
	assert.equal(table.rows[2]?.[1], "forecast: the gradient vanishes, × 6.77e−5 over 10 layers");
	assert.ok(table.rows[1]?.some((cell) => cell.endsWith("no stable critical point")));
	assert.ok(table.rows.every((row) => row.length === table.head.length));
});

test("a note tells where the textbook form of the choice overflows; none does for a choice without one", () => {
	const notes = (id: string) => describeAdvice(evidence([id], { depth: 2 })).notes.join("\n");
	assert.match(notes("softplus"), /Softplus overflows in float16 for x ≥ 11\.09: use the library's function/);
	assert.ok(!/overflows/.test(notes("relu")));
});

test("normalised layers have no forecast", () => {
	const { table, notes } = describeAdvice(evidence(["relu", "sigmoid"], { plain: false }));
	assert.ok(!table.head.some((name) => name.includes("own gain")));
	assert.match(notes.at(-1)!, /^No forecast/);
});

test("what has no gradient at all is not advised, however cheap it is and whatever is around the layers", () => {
	const { title, table } = describeAdvice(evidence(["heaviside", "relu"], { plain: false }));
	assert.equal(title, "Take ReLU");
	assert.deepEqual(table.rows[1]?.slice(0, 2), [
		"Heaviside step",
		"forecast: the gradient vanishes, × 0 over 10 layers",
	]);
	assert.ok(table.rows[1]?.includes("everywhere"));
});

test("a study that was cut short before anything ended is no measurement", () => {
	const cut = {
		result: {
			metric: "accuracy" as const,
			activations: [{ activation: "ReLU", runs: 0, diverged: 0, failed: 0, accuracy: null, validationLoss: null }],
			comparisons: [],
		},
		depth: 10,
		seeds: 5,
		epochs: 1,
		learningRates: [{ label: "Tanh", learningRate: 0.003 }],
		tried: [0.001, 0.003],
		complete: false,
	};
	const { certainty, table, notes } = describeAdvice({ ...evidence(["relu"]), study: cut });
	assert.match(certainty[0]!, /^From facts alone/);
	assert.equal(certainty[1], "Training was cut short before any run had ended.");
	assert.ok(!table.head.includes("Accuracy, %") && !notes.some((note) => note.startsWith("Trained")));
});
