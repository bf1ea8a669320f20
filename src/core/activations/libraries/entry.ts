/** The name of an activation in one library, with what that library means by it. */
export interface LibraryEntry {
	/** The library as users call it: "torch", "keras", "jax", … */
	readonly library: string;
	/** The full dotted name, or the key of a string such as Keras' `activation="relu"`. */
	readonly name: string;
	readonly kind: EntryKind;
	/** The canonical id of the activation. */
	readonly activation: string;
	/** In the order in which they follow the input (for a module or layer: the arguments of its constructor). */
	readonly parameters: readonly EntryParameter[];
	/** Canonical parameters that the name implies. */
	readonly fixed: Readonly<Record<string, number>>;
}

export type EntryKind = "function" | "module" | "method" | "string";

export interface EntryParameter {
	readonly name: string;
	/** What holds when it is not written; undefined if it must be written. */
	readonly default: number | string | boolean | null | undefined;
	/** The canonical parameter that it sets; null if it sets none (a dimension, an in-place flag, an initialiser). */
	readonly canonical: string | null;
	/** Whether another value than the default makes another function of it, which is none of the catalog. */
	readonly isFixed?: true;
}

/**
 * Reads a table of names of one module, a line each: `name activation(parameter=default, …) [parameter=value, …]`.
 *
 * `parameter=default>other` sets the canonical parameter `other`, `parameter=default>` none, and with another value than
 * in `parameter=default!` it is another function. Defaults are numbers, true, false, none, required, or words. `#` starts
 * a comment.
 */
export function readTable(library: string, prefix: string, kind: EntryKind, lines: string): LibraryEntry[] {
	const entries: LibraryEntry[] = [];
	for (const line of lines.split("\n")) {
		const match = /^\s*(\S+) (\w+)(?:\(([^)]*)\))?(?: \[([^\]]*)\])?\s*(?:#.*)?$/.exec(line);
		if (!match) {
			if (line.trim() !== "" && !line.trim().startsWith("#")) throw new SyntaxError(`not a line of a table: ${line}`);
			continue;
		}
		const [, name = "", activation = "", parameters = "", fixed = ""] = match;
		entries.push({
			library,
			name: prefix === "" ? name : `${prefix}.${name}`,
			kind,
			activation,
			parameters: list(parameters).map(readParameter),
			fixed: Object.fromEntries(list(fixed).map((item) => [item.split("=")[0], Number(item.split("=")[1])])),
		});
	}
	return entries;
}

function list(text: string): string[] {
	return text.trim() === "" ? [] : text.split(",").map((item) => item.trim());
}

function readParameter(text: string): EntryParameter {
	const [assignment = "", canonical] = text.split(/[>!]/);
	const [name = "", value = "required"] = assignment.split("=");
	const isFixed = text.endsWith("!");
	return {
		name,
		default: readDefault(value),
		canonical: canonical === undefined ? name : canonical || null,
		...(isFixed && { isFixed }),
	};
}

function readDefault(text: string): EntryParameter["default"] {
	if (text === "required") return undefined;
	if (text === "none") return null;
	if (text === "true" || text === "false") return text === "true";
	const number = Number(text);
	return Number.isNaN(number) ? text : number;
}
