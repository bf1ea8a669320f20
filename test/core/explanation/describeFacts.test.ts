import assert from "node:assert/strict";
import { test } from "node:test";
import { withDefaults } from "../../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../../src/core/activations/catalog.ts";
import { interestingDomain, sampleCurve } from "../../../src/core/activations/sample.ts";
import { describeFacts } from "../../../src/core/explanation/describeFacts.ts";
import { plotSvg, svgDataUri } from "../../../src/core/explanation/plot.ts";

const linesOf = (id: string, parameters = {}) => {
	const activation = findActivation(id)!;
	return describeFacts(activation, withDefaults(activation, parameters)).map(({ name, text }) => `${name}: ${text}`);
};

test("facts are told in a line each", () => {
	assert.deepEqual(linesOf("sigmoid"), [
		"Range: (0, 1), increasing, smooth",
		"Gradient: peak 0.25 at x = 0; below 1 % of it for x < −5.98645 or x > 5.98645",
	]);
	assert.deepEqual(linesOf("relu"), ["Range: [0, ∞), increasing", "Gradient: peak 1; 0 for x < 0", "Kinks: x = 0"]);
	assert.deepEqual(linesOf("hard_swish"), [
		"Range: [−0.375, ∞)",
		"Gradient: peak 1.5 at x = 3; 0 for x < −3; below 1 % of it for −1.545 < x < −1.455",
		"Kinks: x = −3, 3",
	]);
	assert.deepEqual(linesOf("hardtanh", { min_val: -2, max_val: 3 }), [
		"Range: [−2, 3], increasing",
		"Gradient: peak 1; 0 for x < −2 or x > 3",
		"Kinks: x = −2, 3",
	]);
	assert.deepEqual(linesOf("heaviside").slice(1), ["Gradient: 0 everywhere", "Jumps: x = 0"]);
	assert.deepEqual(linesOf("abs")[1], "Gradient: peak 1; never below 1 % of it");
	assert.deepEqual(linesOf("gaussian")[1]?.slice(0, 41), "Gradient: peak 0.857764 at x = ±0.707107;");
});

test("a wave's gradient is not said to be never small, and no one crest is named as its peak", () => {
	assert.equal(linesOf("sine")[1], "Gradient: peak 1");
	assert.equal(linesOf("cosine")[1], "Gradient: peak 1");
	assert.equal(linesOf("snake")[1], "Gradient: peak 2");
});

test("every activation of the catalog has a picture below 8 kB and facts without NaN", () => {
	for (const activation of catalog) {
		const parameters = withDefaults(activation);
		const [min, max] = interestingDomain(activation, parameters);
		const svg = plotSvg(sampleCurve(activation, parameters, min, max, 241), "high-contrast-light");
		assert.ok(svgDataUri(svg).length <= 8192, `${activation.id}: ${svgDataUri(svg).length}`);
		assert.doesNotMatch(svg, /NaN|Infinity|undefined/, activation.id);
		for (const { text } of describeFacts(activation, parameters)) assert.doesNotMatch(text, /NaN|undefined|−0\b(?!\.)/);
	}
});
