import type { Activation } from "../core/activations/activation.ts";
import type { Definition } from "../core/reading/use.ts";
import { activationOf } from "../engines/sessionOf.ts";
import type { StudyActivation } from "../protocol/study.ts";
import { parseStudy } from "../protocol/studyDocument.ts";

/**
 * A hand-written function as a study trains it: with the least source in which it is read as the same function as in its
 * file. Undefined where there is none: a function of whose surroundings too much is needed is not offered.
 *
 * `languageId` is the editor's id of its language, `text` is the file, or the cells of a notebook up to the definition's own; `definition` has its offsets in `text`.
 */
export function studyFunction(
	text: string,
	definition: Definition,
	others: readonly Definition[],
	languageId: string,
): StudyActivation | undefined {
	const wanted = definition.understood?.activation;
	if (!wanted) return undefined;
	const label = `${definition.name}()`;
	const language = languageId === "python" ? {} : { language: languageId };
	for (const source of sources(text, definition, others)) {
		try {
			// The door of a study refuses what is too long.
			const [own] = parseStudy({ activations: [{ id: "custom", label, source, ...language }] }).activations;
			if (own && isSame(activationOf(own), wanted)) return own;
		} catch {
			// Not understood without what surrounds it: the next has more of it.
		}
	}
	return undefined;
}

/** From the least to the whole text up to the definition's end. */
function* sources(text: string, definition: Definition, others: readonly Definition[]): Generator<string> {
	const before = text.slice(0, definition.span.start);
	const imports = before.match(/^[ \t]*(?:import|from)[ \t][^\n(]*(?:\([^)]*\))?/gm)?.map((line) => line.trim()) ?? [];
	const own = ownText(text, definition);
	yield [...imports, own].join("\n");
	const constants = before.match(/^(?:export )?(?:(?:const|let|var) )?[A-Za-z_]\w*[ \t]*(?::[^=\n]*)?=[^=].*$/gm) ?? [];
	const helpers = others.filter(({ span }) => span.end <= definition.span.start).map((helper) => ownText(text, helper));
	yield [...imports, ...constants, ...helpers, own].join("\n");
	yield text.slice(0, definition.span.end);
}

/** The definition on the left margin. */
function ownText(text: string, { name, kind, span }: Definition): string {
	const lineStart = text.lastIndexOf("\n", span.start - 1) + 1;
	const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
	const own = text
		.slice(span.start, span.end)
		.split("\n")
		.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
		.join("\n");
	return kind === "lambda" ? `${name} = ${own}` : own;
}

function isSame(a: Activation, b: Activation): boolean {
	const parameters = (one: Activation) => one.parameters.map(({ name, default: value }) => `${name}=${value}`).join();
	// Equal expressions are one object.
	return a.definition === b.definition && parameters(a) === parameters(b);
}
