import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { panelTexts } from "../../src/protocol/panelTexts.ts";
import { studyComplaints } from "../../src/protocol/studyError.ts";
// @ts-expect-error: a script without types.
import { manifest } from "../manifest.mjs";

const read = (file: string) => readFileSync(file, "utf8");
const keysOf = (file: string) => Object.keys(JSON.parse(read(file)));

test("package.json and package.nls.json are as the tables of commands and settings have them", async () => {
	const { current, wanted } = await manifest();
	assert.equal(current.package, wanted.package, "npm run manifest");
	assert.equal(current.nls, wanted.nls, "npm run manifest");
});

test("every %key% of package.json stands in both languages, and no other key does", () => {
	const used = [...new Set([...read("package.json").matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key))].sort();
	assert.deepEqual(keysOf("package.nls.json").sort(), used);
	assert.deepEqual(keysOf("package.nls.zh-cn.json").sort(), used);
});

test("every text of the editor, the hover and the page has a Chinese translation with the same places", () => {
	const sources = ["src/editor", "src/core/explanation", "src/core/diagnosis", "src/protocol"].flatMap((folder) =>
		readdirSync(folder, { recursive: true })
			.filter((name) => String(name).endsWith(".ts"))
			.map((name) => read(join(folder, String(name)))),
	);
	const call = /\b(?:l10n\.t|t)\(\s*"((?:[^"\\]|\\.)*)"/g;
	const texts = new Set<string>([
		...sources.flatMap((source) => [...source.matchAll(call)].map(([, text]) => JSON.parse(`"${text}"`))),
		...panelTexts,
		...studyComplaints,
	]);
	const chinese: Record<string, string> = JSON.parse(read("l10n/bundle.l10n.zh-cn.json"));
	const missing = [...texts].filter((text) => chinese[text] === undefined);
	assert.deepEqual(missing, []);
	const places = (text: string) =>
		[...text.matchAll(/\{\d\}/g)]
			.map(([place]) => place)
			.sort()
			.join();
	for (const text of texts) assert.equal(places(chinese[text]!), places(text), text);
	assert.deepEqual(
		Object.keys(chinese).filter((text) => !texts.has(text)),
		[],
		"translations of nothing",
	);
});
