import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Workspace } from "../../../src/core/reading/code/workspace.ts";
import { parseNotebook } from "../../../src/core/reading/notebook/parseNotebook.ts";
import { readNotebook } from "../../../src/core/reading/notebook/readNotebook.ts";
import { languageIdOf, openWorkspace, readSource } from "../../../src/core/reading/readSource.ts";
import type { ReadFile } from "../../../src/core/reading/use.ts";

const FOLDER = join(process.cwd(), "test/fixtures/references");
/**
 * For each file "line:column-endColumn activation", behind "cell/" in a notebook: by test/corpus/label.py, and by eye what
 * that does not follow.
 */
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
	let [expected, listed, right] = [0, 0, 0];
	const differences: string[] = [];
	for (const [path, text] of files) {
		const wanted = new Set(labels[path.slice(3)]);
		const given = found(path, text, workspace);
		expected += wanted.size;
		listed += given.length;
		right += given.filter((each) => wanted.has(each)).length;
		differences.push(...given.filter((each) => !wanted.has(each)).map((each) => `${path}:${each} is not labelled`));
		differences.push(
			...[...wanted].filter((each) => !given.includes(each)).map((each) => `${path}:${each} is not found`),
		);
	}
	const [recall, precision] = [right / expected, right / listed];
	t.diagnostic(
		`${expected} labels: recall ${(recall * 100).toFixed(2)} %, precision ${(precision * 100).toFixed(2)} %`,
	);
	assert.ok(expected > 550);
	assert.ok(recall >= LEAST && precision >= LEAST, differences.join("\n"));
});

/** What is found in a file, as it is labelled. */
function found(path: string, text: string, workspace: Workspace): string[] {
	const named = ({ uses }: ReadFile) => uses.filter(({ activation }) => activation !== null);
	if (!path.endsWith(".ipynb")) {
		const file = readSource(text, languageIdOf(path)!, { workspace, path });
		return named(file).map((use) => placed(use, text));
	}
	const cells = parseNotebook(text);
	const files = readNotebook(
		cells.map(({ source }) => source),
		{ workspace, path },
	);
	return files.flatMap((file, i) => named(file).map((use) => `${cells[i]!.index}/${placed(use, cells[i]!.source)}`));
}

function placed(
	{ span, activation }: { span: { start: number; end: number }; activation: string | null },
	text: string,
) {
	const before = text.slice(0, span.start).split("\n");
	const column = before.at(-1)!.length;
	return `${before.length}:${column}-${column + span.end - span.start} ${activation}`;
}
