import { allEntries } from "../../activations/libraries/resolve.ts";
import { looksLikeActivation } from "../code/definitions.ts";
import { lineEnd, logicalLines } from "./statements.ts";

/** A function that is in no other, and what of the text is its body. */
interface FunctionText {
	readonly name: string;
	readonly header: number;
	readonly body: number;
	end: number;
	/** The class around it. */
	readonly class: ClassText | null;
	kept: boolean;
}

interface ClassText {
	readonly name: string;
	readonly indent: number;
	readonly header: number;
}

const WORDS = vocabulary();
/** A shorter body is not worth a blank. */
const SHORT = 40;
/** What a function that is an activation without naming one is made of. */
const FORMULA =
	/[<>/]|\*\*|\b(?:max|min|maximum|minimum|fmax|fmin|where|clip|clip_by_value|clamp\w*|select|cond|piecewise|absolute|fabs|r?sqrt|square|pow|power|log\w*|exp\w*|erfc?|erfcx|reciprocal|divide|multiply|relu\w*)\b/;
/** A library that a string's meaning depends on. */
const LIBRARY = /\b(?:torch\w*|keras\w*|tf_keras|tensorflow|timm|transformers|sentence_transformers|sklearn|lightning|pytorch_lightning|fastai|monai|configuration_utils|modeling_utils|PreTrained\w+|PretrainedConfig)\b/;
const HEADER = /(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(/y;
const CLASS = /class[ \t]+(\w+)/y;
const IMPORT = /(?:from|import)\b/y;

/**
 * A text with the same offsets in which the bodies of functions that name no activation, and are none by their
 * formula, are blank; undefined if the whole text says nothing. What the catalog knows is found in it as in the text.
 *
 * `others` are more names that stand for activations: those that the workspace's own files give.
 */
export function condensePython(text: string, others: readonly string[] = []): string | undefined {
	const found = new Finder(text);
	let words: RegExp | undefined = WORDS;
	if (others.length > 0) found.look(wholeWords(others));
	while (words) {
		found.look(words);
		const names = found.takeNames();
		words = names.length > 0 ? wholeWords(names) : undefined;
	}
	return found.isConcerned ? found.condensed() : undefined;
}

class Finder {
	readonly #text: string;
	readonly #lines: number[] = [];
	readonly #imports: number[] = [];
	readonly #longStrings: (readonly [start: number, end: number])[] = [];
	readonly #functions: FunctionText[] = [];
	readonly #classes: (ClassText & { end: number })[] = [];
	readonly #named = new Set<string>();
	#new: string[] = [];
	readonly #hasGlobal: boolean;
	isConcerned = false;

	constructor(text: string) {
		this.#text = text;
		this.#hasGlobal = /^[ \t]*global\b/m.test(text);
		let around: FunctionText | null = null;
		let aroundIndent = 0;
		let header: Omit<FunctionText, "body" | "end" | "kept"> | null = null;
		const classes: (ClassText & { end: number })[] = [];
		logicalLines(
			text,
			(start, first) => {
				const indent = first - start;
				this.#lines.push(first);
				if (header) {
					// The first line behind a header is deeper, or the function is one line.
					if (indent > aroundIndent) {
						around = { ...header, body: first, end: text.length, kept: false };
						this.#functions.push(around);
					}
					header = null;
				}
				if (around && indent <= aroundIndent) {
					around.end = start;
					around = null;
				}
				IMPORT.lastIndex = first;
				if (IMPORT.test(text)) this.#imports.push(first);
				if (around) return;
				while (classes.length > 0 && indent <= classes.at(-1)!.indent) classes.pop()!.end = start;
				HEADER.lastIndex = first;
				const [, name] = HEADER.exec(text) ?? [];
				if (name !== undefined) {
					header = { name, header: first, class: classes.at(-1) ?? null };
					aroundIndent = indent;
					return;
				}
				CLASS.lastIndex = first;
				const [, className] = CLASS.exec(text) ?? [];
				if (className === undefined) return;
				const made = { name: className, indent, header: first, end: text.length };
				classes.push(made);
				this.#classes.push(made);
			},
			(start, end) => this.#longStrings.push([start, end]),
		);
		for (const each of this.#functions) {
			if (!isCandidate(each, text)) continue;
			each.kept = true;
			this.isConcerned = true;
			this.#nameFunction(each);
		}
	}

	/** Notes where the words stand. */
	look(words: RegExp): void {
		words.lastIndex = 0;
		let at = 0;
		let string = 0;
		for (let match = words.exec(this.#text); match; match = words.exec(this.#text)) {
			const { index } = match;
			while (string < this.#longStrings.length && this.#longStrings[string]![1] <= index) string++;
			if ((this.#longStrings[string]?.[0] ?? Number.POSITIVE_INFINITY) <= index) {
				words.lastIndex = this.#longStrings[string]![1];
				continue;
			}
			const line = this.#lines[lastBefore(this.#lines, index, (start) => start)] ?? 0;
			if (isComment(this.#text, index)) continue;
			this.isConcerned = true;
			while (at < this.#functions.length && this.#functions[at]!.end <= index) at++;
			const within = this.#functions[at];
			this.#nameTargets(line, index, within !== undefined && within.body <= index);
			if (within && within.body <= index) {
				if (!within.kept) this.#nameFunction(within);
				within.kept = true;
			}
			const around = this.#classes[lastBefore(this.#classes, index, ({ header }) => header)];
			// What a class is, its bases and its call decide.
			if (around && line === around.header) this.#name(around.name);
		}
	}

	/** The names found since the last call that stand for what was found. */
	takeNames(): readonly string[] {
		const names = this.#new;
		this.#new = [];
		return names;
	}

	condensed(): string {
		const pieces: string[] = [];
		let behind = 0;
		let at = 0;
		for (const { body, end, kept } of this.#functions) {
			if (kept || end - body < SHORT) continue;
			const [column, stop] = [columnOf(this.#text, body), lastCode(this.#text, body, end)];
			while (at < this.#imports.length && this.#imports[at]! < body) at++;
			pieces.push(this.#text.slice(behind, body), "pass");
			let written = body + 4;
			for (; at < this.#imports.length && this.#imports[at]! < stop; at++) {
				const from = this.#imports[at]!;
				const line = this.#lines[lastBefore(this.#lines, from, (start) => start) + 1] ?? this.#text.length;
				const statement = this.#text.slice(from, Math.min(line, stop)).trimEnd();
				const separator = `\n${" ".repeat(column)}`;
				if (!LIBRARY.test(statement) || written + separator.length > from) continue;
				pieces.push(" ".repeat(from - written - separator.length), separator, statement);
				written = from + statement.length;
			}
			pieces.push(" ".repeat(stop - written));
			behind = stop;
		}
		pieces.push(this.#text.slice(behind));
		return pieces.join("");
	}

	#name(name: string): void {
		if (this.#named.has(name) || /^__/.test(name)) return;
		this.#named.add(name);
		this.#new.push(name);
	}

	#nameFunction({ name, header, class: owner }: FunctionText): void {
		const isCall = owner !== null && /^(?:forward|call|__call__)$/.test(name);
		if (isCall) this.#name(owner.name);
		if (!(owner && /^(?:forward|call|backward|__\w+)$/.test(name)) && mayTakeOne(name, header, owner !== null, this.#text))
			this.#name(name);
		// What the constructor of a class makes, its objects are.
		if (owner && name === "__init__") this.#name(owner.name);
	}

	/** The targets of an assignment that holds what stands at `index`; within a function its own names are no one else's. */
	#nameTargets(line: number, index: number, isLocal: boolean): void {
		const before = this.#text.slice(line, index);
		const equals = /^[^=]*[^=!<>:+*/-](?=\s*=(?!=))|^\s*\w(?=\s*=(?!=))/.exec(before)?.[0];
		if (equals !== undefined && isBalanced(equals)) {
			const targets = equals.replace(/:[^,]*$/, "");
			const names = isLocal && !this.#hasGlobal ? /\.\s*(\w+)/g : /(\w+)/g;
			for (const [, name] of targets.matchAll(names)) if (name !== "self" && name !== "cls") this.#name(name!);
			// `a = b = nn.ReLU`.
			for (const [, name] of before.slice(equals.length).matchAll(/=\s*(?:\w+\.)?(\w+)\s*(?==[^=])/g)) this.#name(name!);
		}
		if (/^(?:from|import)\b/.test(before)) {
			const rest = this.#text.slice(index, lineEnd(this.#text, index));
			const [, alias] = /^[\w.]+\s+as\s+(\w+)/.exec(rest) ?? [];
			if (alias !== undefined) this.#name(alias);
		}
		for (const [, name] of before.matchAll(/(\w+)\s*:=/g)) if (!isLocal) this.#name(name!);
	}
}

/** Whether a function may be an activation by its name or formula alone. */
function isCandidate({ name, header, body, end, class: owner }: FunctionText, text: string): boolean {
	if (looksLikeActivation(name) || (owner && looksLikeActivation(owner.name))) return true;
	if (/^__(?!call__)/.test(name) || /^test_/.test(name)) return false;
	return mayTakeOne(name, header, owner !== null, text) && FORMULA.test(text.slice(body, end));
}

/** Whether a function may be called with its input alone, by its parameters. */
function mayTakeOne(name: string, header: number, isMethod: boolean, text: string): boolean {
	const open = text.indexOf("(", header);
	let depth = 0;
	let required = 0;
	let others = 0;
	let part = open + 1;
	for (let at = open; at < text.length; at++) {
		const c = text.charCodeAt(at);
		if (c === 40 || c === 91 || c === 123) depth++;
		else if (c === 41 || c === 93 || c === 125) depth--;
		if (depth > 1 || (depth === 1 && c !== 44)) continue;
		const parameter = text.slice(part, at).trim();
		part = at + 1;
		if (parameter !== "" && !parameter.startsWith("*") && parameter !== "/") {
			if (parameter.includes("=")) others++;
			else required++;
		}
		if (depth === 0) break;
	}
	// A decorated one may be static, and have no self.
	const isDecorated = /\)?[ \t]*\r?\n[ \t]*$/.test(text.slice(Math.max(0, header - 60), header)) && /@[^\n]*\r?\n[ \t]*$/.test(text.slice(Math.max(0, header - 200), header));
	if (isDecorated) return required + others > 0;
	const own = required - (isMethod ? 1 : 0);
	return own + others > 0 && own <= (looksLikeActivation(name) ? 3 : 1);
}

function isBalanced(text: string): boolean {
	let depth = 0;
	for (const character of text) {
		if ("([{".includes(character)) depth++;
		else if (")]}".includes(character)) depth--;
	}
	return depth === 0;
}

/** Whether a # stands before the offset on its line, and no quote: then it is in a comment. */
function isComment(text: string, index: number): boolean {
	for (let at = index - 1; at >= 0; at--) {
		const character = text.charCodeAt(at);
		if (character === 10 || character === 13) return false;
		if (character === 35) return !/["']/.test(text.slice(text.lastIndexOf("\n", at) + 1, at));
	}
	return false;
}

/** The end of the last line of code before `end`: what follows is left as it is. */
function lastCode(text: string, body: number, end: number): number {
	let stop = end;
	while (stop > body && /\s/.test(text[stop - 1]!)) stop--;
	return stop;
}

function columnOf(text: string, at: number): number {
	return at - Math.max(text.lastIndexOf("\n", at - 1), text.lastIndexOf("\r", at - 1)) - 1;
}

/** Index of the last of the items, in the order of their offsets, that begins at or before `offset`; -1 if none does. */
function lastBefore<T>(items: readonly T[], offset: number, startOf: (item: T) => number): number {
	let [low, high] = [0, items.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (startOf(items[middle]!) <= offset) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}

function wholeWords(words: readonly string[]): RegExp {
	return new RegExp(`\\b(?:${words.join("|")})\\b`, "g");
}

/** The last parts of all names of the tables, and the strings that name activations, in their quotes. */
function vocabulary(): RegExp {
	const names = new Set<string>();
	const strings = new Set<string>();
	for (const { name } of allEntries()) {
		const dot = name.lastIndexOf(".");
		if (dot < 0) strings.add(name);
		else names.add(name.slice(dot + 1));
	}
	return new RegExp(`\\b(?:${[...names, "ACT2FN", "ACT2CLS"].join("|")})\\b|["'](?:${[...strings].join("|")})["']`, "g");
}
