import type { Span } from "../../span.ts";

/** `# activation-lens: ignore` or `# activation-lens: ignore[rule, rule]`; in TypeScript and JavaScript behind `//`. */
const COMMENT = /(?:#|\/\/)[^\S\n]*activation-lens:[^\S\n]*ignore\b(?:[^\S\n]*\[([^\]\n]*)\])?/g;

/** Which lines of a text ask for silence. */
export class Suppressions {
	/** Start of each line that has findings ignored, with the rules; null for all. */
	readonly #lines = new Map<number, ReadonlySet<string> | null>();
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
		for (const { index, 0: comment, 1: list } of text.matchAll(COMMENT)) {
			const start = lineStart(text, index);
			const rules = list === undefined ? null : new Set(list.split(",").map((rule) => rule.trim()));
			// Alone on its line, it speaks of the next one.
			const isAlone = text.slice(start, index).trim() === "";
			const end = text.indexOf("\n", index + comment.length);
			this.#lines.set(isAlone ? (end < 0 ? text.length : end + 1) : start, rules);
		}
	}

	/** Whether a finding of `rule` is to be left out: the comment stands on the line where it begins, or alone above. */
	has(rule: string, { start }: Span): boolean {
		if (this.#lines.size === 0) return false;
		const rules = this.#lines.get(lineStart(this.#text, start));
		return rules !== undefined && (rules === null || rules.has(rule));
	}
}

function lineStart(text: string, offset: number): number {
	return text.lastIndexOf("\n", offset - 1) + 1;
}
