import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ModelReader } from "../../src/engines/modelReader.ts";
import type { ModelsRequest } from "../../src/protocol/models.ts";

/** A worker that never ends a text that says "slow", dies of one that says "deadly", and gives a mark of the others. */
const WORKER = `import { parentPort } from "node:worker_threads";
parentPort.on("message", ({ texts: [text] }) => {
	while (text === "slow");
	if (text === "deadly") process.exit(1);
	parentPort.postMessage({ kind: "models", readings: [text] });
});
`;

const requestOf = (text: string): ModelsRequest => ({ texts: [text], languageId: "python", place: null });

test("one text that takes too long, or kills the worker, is left without models, and those behind it are read", async () => {
	const file = join(mkdtempSync(join(tmpdir(), "models-")), "worker.mjs");
	writeFileSync(file, WORKER);
	const reader = new ModelReader(file, 300);
	try {
		const texts = ["a", "slow", "b", "deadly", "c"];
		const found = await Promise.all(texts.map((text) => reader.read(requestOf(text))));
		assert.deepEqual(found, [["a"], [], ["b"], [], ["c"]]);
	} finally {
		reader.dispose();
	}
});

test("what waits for its models when the reader is let go of gets none", async () => {
	const reader = new ModelReader(join(tmpdir(), "there-is-no-worker.mjs"), 300);
	const waiting = ["a", "b"].map((text) => reader.read(requestOf(text)));
	reader.dispose();
	assert.deepEqual(await Promise.all(waiting), [[], []]);
});
