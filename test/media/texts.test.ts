import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { panelTexts } from "../../media/texts.ts";

test("every text that is listed for translation is said somewhere on the page", () => {
	const page = readdirSync("media", { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(".ts"))
		.map((name) => join("media", name));
	const withCommandLine = join("src", "protocol", "columnFacts.ts");
	const sources = [...page, withCommandLine].map((file) => readFileSync(file, "utf8")).join("\n");
	assert.deepEqual(
		panelTexts.filter((text) => !sources.includes(JSON.stringify(text))),
		[],
	);
});
