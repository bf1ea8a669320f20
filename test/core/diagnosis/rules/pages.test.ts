import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { RuleId } from "../../../../src/core/diagnosis/rules/rule.ts";
import { rules } from "../../../../src/core/diagnosis/rules/rules.ts";
import { found } from "./lintInTest.ts";

test("every rule has a page, every page a rule", () => {
	const pages = readdirSync("docs/rules").filter((name) => name !== "README.md");
	assert.deepEqual(
		pages.sort(),
		Object.keys(rules)
			.map((id) => `${id}.md`)
			.sort(),
	);
});

for (const [id, { severity }] of Object.entries(rules)) {
	test(`the page of ${id} tells its severity; its wrong code is reported, its right code is not`, () => {
		const page = readFileSync(`docs/rules/${id}.md`, "utf8");
		assert.ok(page.includes(`\`${id}\` · ${severity}\n`));
		const code = (title: string) => new RegExp(`## ${title}\\n\\n\`\`\`python\\n([^]*?)\`\`\``).exec(page)?.[1] ?? "";
		const rule = id as RuleId; // A key of `rules`.
		assert.ok(found(rule, code("Wrong")).length > 0, "wrong");
		assert.deepEqual(found(rule, code("Right")), [], "right");
		for (const title of ["Source", "When to ignore"]) assert.ok(page.includes(`## ${title}\n`));
	});
}
