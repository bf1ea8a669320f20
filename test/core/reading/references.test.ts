import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { languageIdOf, openWorkspace, readSource } from "../../../src/core/reading/readSource.ts";

const FOLDER = join(process.cwd(), "test/fixtures/references");
/** For each file "line:column-endColumn activation", by test/corpus/label.py, and by eye what that does not follow. */
const labels: Readonly<Record<string, readonly string[]>> = JSON.parse(
	readFileSync(join(FOLDER, "labels.json"), "utf8"),
);

/** Shares of what is labelled that is found, and of what is found that is labelled, must not be less. */
const LEAST = 0.99;

test("of the activations labelled in files as people write them, 99 % are found, and 99 % of what is found are", (t) => {
	const files = new Map<string, string>();
	for (const name of Object.keys(labels)) files.set(`/w/${name}`, readFileSync(join(FOLDER, name), "utf8"));
	const workspace = openWorkspace({
		has: (path) => files.has(path),
		read: (path) => files.get(path),
		rootOf: () => "/w",
	});
	let [expected, found, right] = [0, 0, 0];
	const differences: string[] = [];
	for (const [path, text] of files) {
		const wanted = new Set(labels[path.slice(3)]);
		const { uses } = readSource(text, languageIdOf(path)!, { workspace, path });
		const given = uses.filter(({ activation }) => activation !== null).map((use) => placed(use, text));
		expected += wanted.size;
		found += given.length;
		right += given.filter((each) => wanted.has(each)).length;
		differences.push(...given.filter((each) => !wanted.has(each)).map((each) => `${path}:${each} is not labelled`));
		differences.push(
			...[...wanted].filter((each) => !given.includes(each)).map((each) => `${path}:${each} is not found`),
		);
	}
	const [recall, precision] = [right / expected, right / found];
	t.diagnostic(
		`${expected} labels: recall ${(recall * 100).toFixed(2)} %, precision ${(precision * 100).toFixed(2)} %`,
	);
	assert.ok(expected > 150);
	assert.ok(recall >= LEAST && precision >= LEAST, differences.join("\n"));
});

function placed(
	{ span, activation }: { span: { start: number; end: number }; activation: string | null },
	text: string,
) {
	const before = text.slice(0, span.start).split("\n");
	const column = before.at(-1)!.length;
	return `${before.length}:${column}-${column + span.end - span.start} ${activation}`;
}
