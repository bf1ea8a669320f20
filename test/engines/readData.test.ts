import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { csvColumns, parseCsv, readCsv } from "../../src/engines/readCsv.ts";
import { readStudyData } from "../../src/engines/readData.ts";

const folder = mkdtempSync(join(tmpdir(), "activation-lens-data-"));
after(() => rmSync(folder, { recursive: true }));
const folders = { shipped: join(process.cwd(), "media", "data"), base: folder };

const rows = Array.from({ length: 12 }, (_, i) => `${i},${i * 0.5},${i % 2 === 0 ? "even" : "odd"}`);
const good = ["a,b,label", ...rows].join("\n");

test("the digits are 1,797 samples of 64 pixels 0…16 in 10 classes of about 180", async () => {
	const { samples, features, classes, inputs, targets } = await readStudyData({ kind: "digits" }, folders, 0);
	assert.deepEqual([samples, features, classes], [1797, 64, 10]);
	assert.ok(inputs.every((pixel) => pixel >= 0 && pixel <= 16));
	for (let digit = 0; digit < 10; digit++) {
		const count = targets.filter((target) => target === digit).length;
		assert.ok(count > 170 && count < 190, `${count} of ${digit}`);
	}
});

for (const kind of ["xor", "moons", "circles", "spirals", "curve"] as const) {
	test(`${kind}: the same seed gives the same samples, another seed others`, async () => {
		const make = (seed: number) => readStudyData({ kind, samples: 50, noise: 0.1 }, folders, seed);
		const [one, again, other] = await Promise.all([make(1), make(1), make(2)]);
		assert.deepEqual(one.inputs, again.inputs);
		assert.notDeepEqual(one.inputs, other.inputs);
		assert.equal(one.inputs.length, one.samples * one.features);
		assert.ok(one.inputs.every(Number.isFinite));
	});
}

test("a CSV's classes are indexed in the order of their names, its other columns are the inputs", () => {
	const table = parseCsv(good, "label", "classification");
	assert.deepEqual(table.classNames, ["even", "odd"]);
	assert.deepEqual([...table.inputs.slice(0, 4)], [0, 0, 1, 0.5]);
	assert.deepEqual([...table.targets.slice(0, 3)], [0, 1, 0]);
	assert.deepEqual(table.featureNames, ["a", "b"]);
});

test("BOM, CRLF, quotes, semicolons and empty lines are understood", () => {
	const text = `\uFEFF"a";"the ""b""";label\r\n\r\n${rows.join("\r\n").replaceAll(",", ";")}\r\n`;
	const table = parseCsv(text, "label", "classification");
	assert.deepEqual(table.featureNames, ["a", 'the "b"']);
	assert.equal(table.samples, 12);
});

test("a column of texts is one-hot encoded, a missing value as a text of its own", () => {
	const text = ["n,colour,label", ...rows.map((_, i) => `${i},${["red", "", "blue"][i % 3]},${i % 2}`)].join("\n");
	const table = parseCsv(text, "label", "classification");
	assert.deepEqual(table.featureNames, ["n", "colour=", "colour=blue", "colour=red"]);
	assert.deepEqual([...table.inputs.slice(0, 12)], [0, 0, 0, 1, 1, 1, 0, 0, 2, 0, 1, 0]);
	assert.deepEqual(table.encoded, [{ name: "colour", categories: ["", "blue", "red"], first: 1, missing: 4 }]);
});

test("0x1F, 0b1 and 0o7 in a CSV are texts, as for everyone who reads one, not JavaScript's numbers", () => {
	const text = ["code,label", ...rows.map((_, i) => `${["0x1F", "0b1", "0o7"][i % 3]},${i % 2}`)].join("\n");
	const { featureNames } = parseCsv(text, "label", "classification");
	assert.deepEqual(featureNames, ["code=0b1", "code=0o7", "code=0x1F"]);
});

test("where semicolons divide the columns, a comma is for decimals", () => {
	const decimal = rows.join("\n").replaceAll(",", ";").replaceAll(".", ",");
	const { inputs, encoded } = parseCsv(`a;b;label\n${decimal}`, "label", "classification");
	assert.deepEqual(inputs, parseCsv(good, "label", "classification").inputs);
	assert.equal(encoded, undefined);
	const { targets } = parseCsv(`a;b;label\n${decimal}`, "b", "regression");
	assert.deepEqual([...targets.slice(0, 3)], [0, 0.5, 1]);
});

test("tabs separate columns as commas do", () => {
	const table = parseCsv(good.replaceAll(",", "\t"), "label", "classification");
	assert.deepEqual(table.featureNames, ["a", "b"]);
});

const refused: readonly (readonly [
	what: string,
	text: string,
	target: string,
	task: "classification" | "regression",
	message: RegExp,
])[] = [
	["an empty file", "", "label", "classification", /must have a line that names the columns, got an empty file/],
	["no such column", good, "labl", "classification", /^there is no column "labl"; the columns are "a", "b", "label"$/],
	["one row", ["a,b,label", rows[0]].join("\n"), "label", "classification", /at least 10 rows of data, got 1$/],
	[
		"text in a number column",
		good.replace("3,1.5", "3,many"),
		"label",
		"classification",
		/^row 4 of column "b" must be a finite number, got "many"$/,
	],
	[
		"a missing value",
		good.replace("3,1.5", "3,"),
		"label",
		"classification",
		/^row 4 of column "b" must be a finite number, got nothing$/,
	],
	[
		"an infinite value",
		good.replace("3,1.5", "3,Infinity"),
		"label",
		"classification",
		/must be a finite number, got "Infinity"$/,
	],
	[
		"a row too short",
		good.replace("3,1.5,odd", "3,1.5"),
		"label",
		"classification",
		/^row 4 must have 3 values like the header, got 2$/,
	],
	[
		"a value that is no number",
		good.replace("3,1.5", "3,nan"),
		"label",
		"classification",
		/^row 4 of column "b" must be a finite number, got "nan"$/,
	],
	[
		"a column of NaN",
		["a,label", ...rows.map((_, i) => `NaN,${i % 2}`)].join("\n"),
		"label",
		"classification",
		/^row 1 of column "a" must be a finite number, got "NaN"$/,
	],
	[
		"an empty column",
		["a,label", ...rows.map((_, i) => `,${i % 2}`)].join("\n"),
		"label",
		"classification",
		/^column "a" must hold values, got none in any row$/,
	],
	[
		"a text for every row",
		["id,label", ...Array.from({ length: 60 }, (_, i) => `id-${i},${i % 2}`)].join("\n"),
		"label",
		"classification",
		/^column "id" must hold numbers, or at most 50 different texts to encode, got more$/,
	],
	[
		"a missing class",
		good.replace("3,1.5,odd", "3,1.5,"),
		"label",
		"classification",
		/^row 4 of column "label" must name a class, got nothing$/,
	],
	[
		"one class",
		good.replaceAll("odd", "even"),
		"label",
		"classification",
		/must hold at least two classes, got only "even"$/,
	],
	[
		"text as a number to predict",
		good,
		"label",
		"regression",
		/^row 1 of column "label" must be a finite number, got "even"$/,
	],
	[
		"a comma for decimals between tabs",
		good.replaceAll(",", "\t").replaceAll(".", ","),
		"label",
		"classification",
		/^row 2 of column "b" must have a point for decimals, and none between thousands, got "0,5"$/,
	],
	[
		"a comma between thousands",
		good.replace("3,1.5,odd", '"1,003",1.5,odd'),
		"label",
		"classification",
		/^row 4 of column "a" must have a point for decimals, and none between thousands, got "1,003"$/,
	],
	[
		"commas and points for decimals",
		good.replaceAll(",", ";").replace("0.5", "0,5"),
		"label",
		"classification",
		/^row 4 of column "b" must have the same mark for decimals as "0,5" before it, got "1.5"$/,
	],
	[
		"a class written in two ways",
		["a,label", ...rows.map((_, i) => `${i},${["0", "1", "1.0"][i % 3]}`)].join("\n"),
		"label",
		"classification",
		/^column "label" must write each class in one way, got "1" and "1.0"$/,
	],
	[
		"a class written in two ways among others that begin like it",
		["a,label", ...rows.map((_, i) => `${i},${["1", "1-x", "1.0"][i % 3]}`)].join("\n"),
		"label",
		"classification",
		/^column "label" must write each class in one way, got "1" and "1.0"$/,
	],
	[
		"a constant to predict",
		["a,y", ...rows.map((_, i) => `${i},7`)].join("\n"),
		"y",
		"regression",
		/must hold different values, got 7 in every row$/,
	],
	[
		"a first text among numbers",
		good.replace("0,0,even", "zero,0,even"),
		"label",
		"classification",
		/^row 1 of column "a" must be a finite number, got "zero"$/,
	],
	[
		"a first value missing among numbers",
		good.replace("0,0,even", "NA,0,even"),
		"label",
		"classification",
		/^row 1 of column "a" must be a finite number, got "NA"$/,
	],
	[
		"an open quote",
		good.replace("3,1.5,odd", '3,1.5,"odd'),
		"label",
		"classification",
		/^line 5 must have its quotes in pairs: Quoted field unterminated$/,
	],
	[
		"101 classes",
		["a,label", ...Array.from({ length: 101 }, (_, i) => `${i},${i}`)].join("\n"),
		"label",
		"classification",
		/^column "label" must hold at most 100 classes, got more; is it a number to predict \(regression\)\?$/,
	],
	[
		"the target twice",
		good.replace("a,b,label", "a,label,label"),
		"label",
		"classification",
		/^only one column must be called "label", got two$/,
	],
	[
		"20,000 columns",
		`${"a,".repeat(20_000)}label\n`,
		"label",
		"classification",
		/at most 16,384 columns .*, got 20,000$/,
	],
	[
		"nothing but the target",
		["y", ...rows.map((_, i) => `${i}`)].join("\n"),
		"y",
		"regression",
		/at least one column beside "y", got none$/,
	],
];

for (const [what, text, target, task, message] of refused) {
	test(`a CSV with ${what} is refused with one sentence`, () => {
		assert.throws(
			() => parseCsv(text, target, task),
			({ message: found }: Error) => message.test(found) || assert.fail(found),
		);
	});
}

test("a file in UTF-16 or in Western Europe's code page is read, and its texts stay different", async () => {
	const text = `größe,ort,label\r\n${rows.map((_, i) => `${i},${["à", "á"][i % 2]},${i % 2}`).join("\r\n")}`;
	const little = Buffer.from(`\uFEFF${text}`, "utf16le");
	const file = join(folder, "encoded.csv");
	for (const bytes of [Buffer.from(text), Buffer.from(text, "latin1"), little, Buffer.from(little).swap16()]) {
		writeFileSync(file, bytes);
		assert.deepEqual((await readCsv(file, "label", "classification")).featureNames, ["größe", "ort=à", "ort=á"]);
	}
});

test("the columns of a file are told by its first line alone", async () => {
	const file = join(folder, "columns.csv");
	writeFileSync(file, '\n"a";b\n"');
	assert.deepEqual(await csvColumns(file), ["a", "b"]);
	writeFileSync(file, `a,b\n${"1,2\n".repeat(1_000_000)}`);
	assert.deepEqual(await csvColumns(file), ["a", "b"]);
});

test("a line of more than a million characters is refused, quoted or not", () => {
	for (const line of ['"', ","]) {
		const text = `a,label\n${line.repeat(2 ** 20 + 1)}`;
		assert.throws(
			() => parseCsv(text, "label", "regression"),
			/^Error: a line must have at most 1048576 characters, got/,
		);
	}
});

test("a quote that is not closed within a million characters is refused", () => {
	const text = `a,label\n"${'""\n'.repeat(2 ** 20)}`;
	assert.throws(() => parseCsv(text, "label", "regression"), /line 2 must have its quotes in pairs, got an open one$/);
});

test("millions of empty rows, as spreadsheets leave them, are passed over", () => {
	assert.equal(parseCsv(`${good}\n${",,\n".repeat(2 ** 20)}`, "label", "classification").samples, 12);
});

test("a field of several lines, and letters of several bytes, come through where the text is split", () => {
	const lines = Array.from({ length: 60_000 }, (_, i) => `${i},"é\n→ ${i % 2}"`);
	const table = parseCsv(["a,label", ...lines].join("\r\n"), "label", "classification");
	assert.equal(table.samples, 60_000);
	assert.deepEqual(table.classNames, ["é\n→ 0", "é\n→ 1"]);
	assert.ok(table.inputs.every((value, i) => value === i));
});

test("five million rows and one are refused before the rest is parsed", () => {
	const text = `a,label\n${"1,2\n".repeat(5_000_001)}x`;
	assert.throws(() => parseCsv(text, "label", "regression"), /at most 5,000,000 samples, got 5,000,001$/);
});

test("a CSV file of 2 GB is refused before it is read", async () => {
	const file = join(folder, "large.csv");
	writeFileSync(file, good);
	truncateSync(file, 2 * 1024 ** 3); // A hole: it takes no space.
	await assert.rejects(readCsv(file, "label", "classification"), /must have at most 64 MB, got 2048 MB$/);
});

test("binary data and a missing file are refused", async () => {
	const file = join(folder, "binary.csv");
	writeFileSync(file, Buffer.from([1, 2, 0, 3]));
	await assert.rejects(readCsv(file, "label", "classification"), /must be text \(CSV\), got binary data/);
	await assert.rejects(readCsv(join(folder, "none.csv"), "label", "classification"), /^Error: there is no file/);
});
