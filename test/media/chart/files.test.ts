import assert from "node:assert/strict";
import { test } from "node:test";
import { csv } from "../../../media/chart/files.ts";
import { decadeRange } from "../../../media/chart/picture.ts";
import { roundStep, roundTo } from "../../../media/function/steps.ts";
import { panelTexts, translator } from "../../../media/texts.ts";
import { valueRange } from "../../../src/core/explanation/valueRange.ts";

test("a CSV holds every number in full, and a text that a spreadsheet would run is a text", () => {
	assert.equal(
		csv([
			["name", "x"],
			['a "b", c', 0.1 + 0.2],
			["=1+1", Number.NaN],
		]),
		'name,x\r\n"a ""b"", c",0.30000000000000004\r\n\'=1+1,NaN\r\n',
	);
});

test("a value that towers over the rest does not flatten them", () => {
	const [low, high] = valueRange([Array.from({ length: 200 }, (_, i) => (i === 100 ? 1e9 : i / 100))]);
	assert.ok(low <= 0 && low > -1 && high >= 1.99 && high < 5, `${low} … ${high}`);
});

test("a constant is in the middle, and nothing finite has a range all the same", () => {
	assert.deepEqual(valueRange([[3, 3]]), [1.5, 4.5]);
	assert.deepEqual(valueRange([[Number.NaN, Number.POSITIVE_INFINITY]]), [-1, 1]);
});

test("a logarithmic axis spans whole decades and ignores what it cannot show", () => {
	assert.deepEqual(decadeRange([[0, -1, Number.NaN, 0.02, 30]]), [0.01, 100]);
	assert.deepEqual(decadeRange([[0]]), [1e-3, 1]);
});

test("steps are 1, 2 or 5 times a power of ten, and rounding to one gives a number that a person would write", () => {
	assert.deepEqual([0.12, 0.02, 7, 1, 0.0999].map(roundStep), [0.1, 0.02, 5, 1, 0.05]);
	assert.equal(roundTo(0.30000000000000004, 0.1), 0.3);
	assert.equal(Object.is(roundTo(-0.01, 0.1), 0), true);
});

test("a text without a translation stays English, and its places are filled in either case", () => {
	const t = translator({ "Remove {0}": "{0} entfernen" });
	assert.equal(t("Remove {0}", "GELU"), "GELU entfernen");
	assert.equal(t("Layer {0}", 3), "Layer 3");
	assert.equal(new Set(panelTexts).size, panelTexts.length);
});
