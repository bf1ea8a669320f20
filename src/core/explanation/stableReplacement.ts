import type { Inspection } from "../diagnosis/inspectDefinition.ts";
import type { Definition } from "../reading/use.ts";
import type { Span } from "../span.ts";

/** An edit that puts a stable form in the place of what a function returns. */
export interface Replacement {
	readonly span: Span;
	readonly code: string;
	/** Lines that import what the code uses and the text does not have. */
	readonly imports: readonly string[];
}

/** What stands before and behind the value, in each way to write a function that only returns. */
const FORMS: readonly (readonly [start: RegExp, end: RegExp])[] = [
	[/^def\s+\w+\s*\(\s*(\w+)[^()]*\)[^:\n]*:\s*return[ \t]+/, /\s*$/],
	[/^lambda\s+(\w+)\s*:\s*/, /\s*$/],
	[/^(?:function\b\s*\w*\s*)\(\s*(\w+)[^()]*\)[^{]*\{\s*return[ \t]+/, /\s*;?\s*\}\s*$/],
	[/^(?:(\w+)|\(\s*(\w+)[^()]*\)[^={]*)\s*=>\s*\{\s*return[ \t]+/, /\s*;?\s*\}\s*$/],
	[/^(?:(\w+)|\(\s*(\w+)[^()]*\)[^={]*)\s*=>\s*(?!\{)/, /\s*$/],
];

/** How each prefix of the generated code is bound. */
const IMPORTS: readonly (readonly [prefix: string, line: string])[] = [
	["np", "import numpy as np"],
	["special", "from scipy import special"],
	["torch", "import torch"],
	["jnp", "import jax.numpy as jnp"],
	["jax", "import jax"],
	["keras", "import keras"],
];

/**
 * The edit for a function that is one `return`, or a lambda, and has no parameters beside its input; null for any other:
 * what such a body does besides would be lost. `text` is what the definition was read from.
 */
export function stableReplacement(definition: Definition, { stable }: Inspection, text: string): Replacement | null {
	const { span, understood } = definition;
	if (stable === null || !understood || understood.activation.parameters.length > 0) return null;
	const own = text.slice(span.start, span.end);
	const form = FORMS.find(([head]) => head.test(own));
	const match = form?.[0].exec(own);
	if (!form || !match) return null;
	const [start] = match;
	const input = match[1] ?? match[2]!;
	const returned = own.slice(start.length).replace(form[1], "");
	if (/[\n#;]|\/\//.test(returned.replace(/^\((.*)\)$/s, "$1"))) return null;
	const code = stable.replace(/(?<![\w.])x(?!\w)/g, input);
	// A file may call TensorFlow.js by another name.
	if (/(?<![\w.])tf\./.test(code) && !/(?<![\w.])tf\./.test(text)) return null;
	const isBound = (prefix: string) => new RegExp(`^\\s*(import|from)\\b[^\\n#]*\\b${prefix}\\b`, "m").test(text);
	const imports = IMPORTS.filter(([prefix]) => new RegExp(`(?<![\\w.])${prefix}\\.`).test(code) && !isBound(prefix));
	const from = span.start + start.length;
	return { span: { start: from, end: from + returned.length }, code, imports: imports.map(([, line]) => line) };
}
