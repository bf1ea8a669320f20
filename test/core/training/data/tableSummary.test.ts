import assert from "node:assert/strict";
import { test } from "node:test";
import { CsvTable } from "../../../../src/core/training/data/csvTable.ts";
import { summaryOf } from "../../../../src/core/training/data/tableSummary.ts";

const header = ["size", "colour", "unit", "kind"];
const rows = Array.from({ length: 12 }, (_, i) => [
	String(i / 2),
	["red", "green", "NA"][i % 3]!,
	"7",
	i < 9 ? "few" : "rare",
]);

function tableOf(target: string, task: "classification" | "regression") {
	const table = new CsvTable(header, target, task);
	for (const row of rows) table.add(row);
	return table.finish();
}

test("a table's summary counts classes and tells constant, encoded and missing values", () => {
	const summary = summaryOf(tableOf("kind", "classification"));
	assert.deepEqual(summary, {
		task: "classification",
		samples: 12,
		features: 5,
		classes: [
			{ name: "few", count: 9 },
			{ name: "rare", count: 3 },
		],
		constant: ["unit"],
		encoded: [{ name: "colour", categories: ["", "green", "red"], first: 1, missing: 4 }],
		ranges: [
			{ name: "size", min: 0, max: 5.5 },
			{ name: "colour=", min: 0, max: 1 },
			{ name: "colour=green", min: 0, max: 1 },
			{ name: "colour=red", min: 0, max: 1 },
			{ name: "unit", min: 7, max: 7 },
		],
		target: null,
		missing: 4,
	});
});

test("a summary of numbers to predict has their range and no classes", () => {
	const { classes, target } = summaryOf(tableOf("size", "regression"));
	assert.deepEqual([classes, target], [[], { min: 0, max: 5.5 }]);
});
