import assert from "node:assert/strict";
import { test } from "node:test";
import { glanceAt } from "../../../../src/core/training/data/tableGlance.ts";
import { generate, type Table } from "../../../../src/core/training/table.ts";

function pictures(sampleShape: readonly number[], samples: number, value: (i: number) => number): Table {
	const features = sampleShape.reduce((product, length) => product * length, 1);
	return {
		task: "classification",
		inputs: Float64Array.from({ length: samples * features }, (_, i) => value(i)),
		targets: Float64Array.from({ length: samples }, (_, i) => Number(i >= samples - 2)),
		samples,
		features,
		classes: 2,
		featureNames: Array.from({ length: features }, (_, i) => `pixel ${i}`),
		classNames: ["0", "1"],
		sampleShape,
	};
}

test("of many samples with two features a thousand are points, evenly taken, inside the domain of all", () => {
	const { points, pictures: none } = glanceAt(generate("moons", 5000, 0.1, 0));
	assert.equal(none, null);
	assert.ok(points);
	assert.deepEqual([points.x.length, points.y.length, points.classes.length], [1000, 1000, 1000]);
	const [[left, right], [bottom, top]] = points.domain;
	assert.ok(points.x.every((x) => left < x && x < right));
	assert.ok(points.y.every((y) => bottom < y && y < top));
});

test("a regression on one feature is points of the feature and the target", () => {
	const table = generate("curve", 20, 0, 0);
	const { points } = glanceAt(table);
	assert.deepEqual(points?.x, [...table.inputs]);
	assert.deepEqual(points?.y, [...table.targets]);
	assert.deepEqual(points?.classes, []);
});

test("pictures are of every class in turn, however rare one is", () => {
	const { pictures: shown } = glanceAt(pictures([2, 3], 100, (i) => i % 6));
	assert.deepEqual([shown?.width, shown?.height, shown?.channels], [3, 2, 1]);
	assert.deepEqual(
		shown?.samples.slice(0, 5).map(({ target }) => target),
		[0, 1, 0, 1, 0],
	);
	assert.equal(shown?.samples.length, 14, "12 of the frequent class, both of the rare one");
	assert.deepEqual(shown?.samples[0]?.pixels, [0, 51, 102, 153, 204, 255]);
});

test("a large picture is made smaller by means, and keeps its channels", () => {
	const { pictures: large } = glanceAt(pictures([64, 128], 10, (i) => Number(i % 2 === 0)));
	assert.deepEqual([large?.width, large?.height], [32, 32]);
	assert.equal(large?.samples[0]?.pixels.length, 32 * 32);
	const channel = (shape: readonly number[], at: (i: number) => number) => {
		const { pictures: coloured } = glanceAt(pictures(shape, 10, (i) => at(i % 12)));
		return coloured?.samples[0]?.pixels;
	};
	const expected = [0, 128, 255, 0, 128, 255, 0, 128, 255, 0, 128, 255];
	assert.deepEqual(
		channel([2, 2, 3], (i) => i % 3),
		expected,
	);
	assert.deepEqual(
		channel([3, 2, 2], (i) => Math.floor(i / 4)),
		expected,
	);
});

test("a table that is neither plane nor picture has its summary, with no more names than a page holds", () => {
	const features = 500;
	const {
		summary,
		constant,
		points,
		pictures: none,
	} = glanceAt({
		task: "classification",
		inputs: new Float64Array(20 * features),
		targets: Float64Array.from({ length: 20 }, (_, i) => i % 2),
		samples: 20,
		features,
		classes: 2,
		featureNames: Array.from({ length: features }, (_, i) => `f${i}`),
		classNames: ["a", "b"],
	});
	assert.deepEqual([constant.names.length, constant.count, points, none], [8, 500, null, null]);
	assert.deepEqual(summary.classes, [
		{ name: "a", count: 10 },
		{ name: "b", count: 10 },
	]);
});
