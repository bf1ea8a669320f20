import type { Definition } from "../reading/use.ts";
import type { Span } from "../span.ts";

/** The text of a function: what it calls its input, and where its body stands. */
export interface FunctionText {
	readonly input: string;
	/** The statements, or the expression, that make the value; a docstring is not among them. */
	readonly body: Span;
	/** Whether the body is statements or one expression. */
	readonly form: "statements" | "expression";
	readonly language: "python" | "javascript";
	/** The margin of the body's lines; null where it stands on the function's first line. */
	readonly indent: string | null;
	/** How its parameters are written in the body: as `self.alpha` in a class. */
	readonly nameOf: (parameter: string) => string;
}

/** Finds the parts of a definition in the text that it was read from; null where it is written in another way. */
export function functionText(definition: Definition, text: string): FunctionText | null {
	const { kind, span } = definition;
	const own = text.slice(span.start, span.end);
	if (kind === "class") {
		const method = /^([ \t]+)def (?:forward|call|__call__)[ \t]*\(/m.exec(own);
		if (!method) return null;
		const from = method.index + method[1]!.length;
		const end = endOfBlock(own, from, method[1]!);
		const found = pythonFunction(own.slice(from, end), true);
		return found && moved(found, span.start + from, (name) => `self.${name}`);
	}
	const found =
		pythonFunction(own, false) ?? pythonLambda(own) ?? javascriptFunction(own, lineIndent(text, span.start));
	return found && moved(found, span.start, (name) => name);
}

type Found = Omit<FunctionText, "nameOf">;

function moved(found: Found, by: number, nameOf: FunctionText["nameOf"]): FunctionText {
	return { ...found, body: { start: found.body.start + by, end: found.body.end + by }, nameOf };
}

function lineIndent(text: string, at: number): string {
	return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1))![0];
}

/** Where the lines that stand further in than `indent` end. */
function endOfBlock(text: string, from: number, indent: string): number {
	let end = from;
	for (const [i, content] of text.slice(from).split("\n").entries()) {
		const margin = /^[ \t]*/.exec(content)![0];
		if (i > 0 && content.trim() !== "" && margin.length <= indent.length) break;
		end += content.length + 1;
	}
	return from + text.slice(from, end).trimEnd().length;
}

function pythonFunction(own: string, isMethod: boolean): Found | null {
	const head = /^(?:async\s+)?def\s+\w+\s*(?=\()/.exec(own);
	if (!head) return null;
	const close = closing(own, head[0].length);
	const names = parameterNames(own.slice(head[0].length + 1, close)).filter((name) => !/^(self|cls)$/.test(name));
	const colon = outside(own, close + 1, ":");
	const [input] = names;
	if (input === undefined || colon < 0 || (isMethod && names.length !== 1)) return null;
	const rest = own.slice(colon + 1);
	const isOnOneLine = /^[ \t]*[^\s#]/.test(rest);
	const docstring = /^\s*[rRuU]?(?:("""|''')[\s\S]*?\1|"[^"\n]*"|'[^'\n]*')[ \t]*(?=\n|$)/.exec(rest)?.[0] ?? "";
	const lead = /^\s*/.exec(rest.slice(docstring.length))![0];
	const start = colon + 1 + docstring.length + lead.length;
	const end = own.trimEnd().length;
	if (start >= end || own.slice(start, end).includes("#")) return null;
	const indent = isOnOneLine ? null : (/[^\n]*$/.exec(lead)![0] ?? "");
	return { input, body: { start, end }, form: "statements", language: "python", indent };
}

function pythonLambda(own: string): Found | null {
	const head = /^lambda\s+(\w+)[^:]*:\s*/.exec(own);
	if (!head) return null;
	const body = { start: head[0].length, end: own.trimEnd().length };
	if (/[#\n]/.test(own.slice(body.start, body.end))) return null;
	return { input: head[1]!, body, form: "expression", language: "python", indent: null };
}

function javascriptFunction(own: string, margin: string): Found | null {
	const single = /^(?:async\s+)?([A-Za-z_$][\w$]*)\s*(?==>)/.exec(own);
	const head = /^(?:async\s+)?(?:function\b\s*)?[\w$]*\s*(?:<[^>(]*>)?\s*(?=\()/.exec(own);
	const open = single ? single[0].length : head ? head[0].length : -1;
	if (open < 0) return null;
	const close = single ? open - 1 : closing(own, open);
	const input = single ? single[1]! : parameterNames(own.slice(open + 1, close))[0];
	const arrow = outside(own, close + 1, "=>");
	const isArrow = arrow >= 0 && !/^(?:async\s+)?function\b/.test(own);
	const from = isArrow ? arrow + 2 : outside(own, close + 1, "{");
	if (input === undefined || from < 0) return null;
	const start = from + /^\s*/.exec(own.slice(from))![0].length;
	if (own[start] !== "{") {
		const end = own.trimEnd().length;
		if (!isArrow || /\/\/|\/\*/.test(own.slice(start, end))) return null;
		return { input, body: { start, end }, form: "expression", language: "javascript", indent: null };
	}
	const end = closing(own, start);
	const inner = own.slice(start + 1, end);
	if (/\/\/|\/\*/.test(inner)) return null;
	const lead = /^\s*/.exec(inner)![0];
	const body = { start: start + 1 + lead.length, end: start + 1 + inner.trimEnd().length };
	const indent = lead.includes("\n") ? /[^\n]*$/.exec(lead)![0] : null;
	return { input, body, form: "statements", language: "javascript", indent: indent === margin ? null : indent };
}

/** The names at the start of the parts between commas. */
function parameterNames(list: string): string[] {
	const names: string[] = [];
	let from = 0;
	for (let at = 0; at <= list.length; at = skip(list, at)) {
		if (at < list.length && list[at] !== ",") continue;
		const name = /^\s*([A-Za-z_$][\w$]*)/.exec(list.slice(from, at))?.[1];
		if (name !== undefined) names.push(name);
		from = at + 1;
	}
	return names;
}

/** Where a text stands outside brackets and strings, from an offset on; −1 if it does not. */
function outside(text: string, from: number, wanted: string): number {
	for (let at = from; at < text.length; at = skip(text, at)) if (text.startsWith(wanted, at)) return at;
	return -1;
}

/** The bracket that closes the one at an offset; the text's end if none does. */
function closing(text: string, open: number): number {
	return Math.min(skip(text, open) - 1, text.length);
}

/** The offset behind the character at an offset, or behind the brackets or the string that begin there. */
function skip(text: string, at: number): number {
	const first = text[at]!;
	if (first === '"' || first === "'" || first === "`") {
		for (let i = at + 1; i < text.length; i++) {
			if (text[i] === "\\") i++;
			else if (text[i] === first) return i + 1;
		}
		return text.length;
	}
	if (!/[([{]/.test(first)) return at + 1;
	let i = at + 1;
	while (i < text.length && !/[)\]}]/.test(text[i]!)) i = skip(text, i);
	return i + 1;
}
