import assert from "node:assert/strict";
import { test } from "node:test";
import type { Edit } from "../../../../src/core/diagnosis/edit.ts";
import { lint } from "../../../../src/core/diagnosis/rules/lint.ts";
import type { RuleId } from "../../../../src/core/diagnosis/rules/rule.ts";
import { readCode } from "../../../../src/core/reading/code/codeReading.ts";
import { python } from "../../../../src/core/reading/python/python.ts";
import { english } from "../../../../src/core/texts.ts";

/** What a rule finds in a Python text: the text at each finding, its message, and the text after its first fix. */
export function found(rule: RuleId, text: string) {
	return lint(readCode([text], python), {}, english)
		.filter((finding) => finding.rule === rule)
		.map(({ span, message, severity, evidence, fixes }) => {
			const [fix] = fixes();
			return {
				at: text.slice(span.start, span.end),
				message,
				severity,
				evidence,
				fixed: fix ? edited(text, fix.edits) : null,
			};
		});
}

export function edited(text: string, edits: readonly Edit[]): string {
	return [...edits]
		.sort((a, b) => b.span.start - a.span.start)
		.reduce((now, { span, text: by }) => now.slice(0, span.start) + by + now.slice(span.end), text);
}

/** A rule's pairs: code in which it reports the text between « and », and code in which it reports nothing. */
export function pairs(rule: RuleId, fires: Readonly<Record<string, string>>, quiet: Readonly<Record<string, string>>) {
	for (const [name, marked] of Object.entries(fires)) {
		test(`${rule} reports ${name}`, () => {
			const wanted = [...marked.matchAll(/«([^»]*)»/g)].map(([, at]) => at);
			assert.ok(wanted.length > 0);
			const text = marked.replaceAll(/[«»]/g, "");
			assert.deepEqual(
				found(rule, text).map(({ at }) => at),
				wanted,
			);
		});
	}
	for (const [name, text] of Object.entries(quiet)) {
		test(`${rule} says nothing of ${name}`, () => {
			assert.deepEqual(
				found(rule, text).map(({ at }) => at),
				[],
			);
		});
	}
}
