import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { tieBreaks } from "../../src/core/advice/advise.ts";
import { generate } from "../../src/core/training/table.ts";
import {
	adviceDtypes,
	adviceFields,
	adviceLimits,
	adviceStudy,
	parseAdviceSpec,
	usualCandidates,
} from "../../src/protocol/adviceSpec.ts";

const moons = { kind: "moons", samples: 200, noise: 0.1 };
const table = generate("moons", 200, 0.1, 0);
const planned = (more: object, workers = 2) =>
	adviceStudy(parseAdviceSpec({ data: moons, ...more }), table, { workers, memoryBytes: 2 ** 30 }, "moons").study;

test("an empty question is about the usual candidates in float32, three plain layers and no data", () => {
	const spec = parseAdviceSpec({});
	assert.deepEqual(spec.situation, { dtype: "float32", depth: 3, width: 32, plain: true });
	assert.deepEqual(
		spec.candidates.map(({ id }) => id),
		[...usualCandidates],
	);
	assert.equal(spec.data, null);
});

for (const [document, message] of [
	[[], /^the spec must be an object, got \[\]$/],
	[{ depht: 3 }, /^the spec has no field "depht"; it has .*depth/],
	[{ dtype: "float8" }, /^dtype must be one of float32, float16, bfloat16, float64, got "float8"$/],
	[{ depth: 0 }, /^depth must be 1…1000, got 0$/],
	[{ depth: 2.5 }, /^depth must be a whole number, got 2\.5$/],
	[{ seconds: "60" }, /^seconds must be a number, got "60"$/],
	[{ matters: "fame" }, /^matters must be one of cost, smoothness, no dead units, got "fame"$/],
	[{ plain: 1 }, /^plain must be true or false, got 1$/],
	[{ candidates: [] }, /^candidates must have 1…32 entries, got 0$/],
	[{ candidates: ["rely"] }, /^candidates\[0\]\.id must be an activation of the catalog .* got "rely"$/],
	[{ data: { kind: "csv" } }, /^data\.path must be a text, got nothing$/],
] as const) {
	test(`a question of ${JSON.stringify(document)} is refused with its field`, () => {
		assert.throws(() => parseAdviceSpec(document), { message });
	});
}

test("a study for advice has its network, at least five seeds, and fewer epochs where there is less time", () => {
	const ample = planned({ depth: 4, width: 16 });
	assert.deepEqual(ample.network, { hidden: [16, 16, 16, 16], initialiser: "auto" });
	assert.deepEqual([ample.seeds.length, ample.epochs], [10, 30]);
	const short = planned({ depth: 40, seconds: 2 }, 1);
	assert.equal(short.seeds.length, 5);
	assert.ok(short.epochs < 30);
});

test("what is not plain is stood for by three layers; what is deeper than a study may be, by its 64", () => {
	assert.equal(planned({ depth: 50, plain: false }).network.hidden.length, 3);
	assert.equal(planned({ depth: 200 }).network.hidden.length, 64);
});

test("the published schema has the fields, choices and limits of the door", () => {
	const { properties } = JSON.parse(readFileSync("media/schemas/advise.schema.json", "utf8"));
	assert.deepEqual(Object.keys(properties).sort(), [...adviceFields].sort());
	assert.deepEqual(properties.dtype.enum, adviceDtypes);
	assert.deepEqual(properties.matters.enum, tieBreaks);
	for (const [name, limits] of Object.entries(adviceLimits)) {
		assert.deepEqual([properties[name].minimum, properties[name].maximum], limits, name);
	}
});
