import { isMember, type ScanParts } from "../code/partStarts.ts";
import { LONGEST_RUN, lineEnd, matchesAt, quotedEnd, SHORT_CLASS } from "../code/statementScan.ts";

/** What begins a statement wherever it stands first on a line without indent: an open bracket before it was left open. */
const SURELY_NEW =
	/(?:(?:async[ \t]+)?def|class|while|with|return|raise|import)[ \t]+[\w("'[]|from[ \t]+[\w.]+[ \t]+import\b|@[A-Za-z_]|try[ \t]*:/y;
/** The same inside a text, in which a line may begin with such a word and be prose. */
const SURELY_CODE =
	/[\r\n](?:(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[(:]|from[ \t]+[\w.]+[ \t]+import\b|@[A-Za-z_][\w.]*[ \t]*(?:\(|[\r\n])|[A-Za-z_]\w*[ \t]*=[ \t]*[^=\s])/;
/** What begins a member where it stands first on a line that is indented no deeper than the member before. */
const SURELY_MEMBER = /(?:async[ \t]+)?def[ \t]+\w|class[ \t]+\w|@[A-Za-z_]/y;
/** The same behind a statement of the module, in which an operator may stand so. */
const SURELY_DEFINITION = /(?:async[ \t]+)?def[ \t]+\w|class[ \t]+\w/y;
/** The same inside a text. */
const SURELY_METHOD = /[\r\n]([ \t]+)(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(/g;
/** What goes on with the statement before. */
const CLAUSE = /(?:else|elif|except|finally)\b/y;
/** Decorators belong to what follows. */
const DECORATOR = /\uFEFF?@/y;
/** What is long enough to be parsed alone; of other statements, those without an empty line between them go together. */
const COMPOUND = /\uFEFF?(?:(?:async[ \t]+)?(?:def|class|for|with)|if|while|try|match)\b/y;
const CLASS = /\uFEFF?class[ \t]+\w/y;

/** A definition, with its decorators, each of a name or of a call with brackets in brackets. */
const DEFINITION =
	/^(?:@[\w.]+[ \t]*(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?[ \t]*\r?\n)*(?:(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(|class[ \t]+(\w+)[ \t]*[(:])/;
/** What may bind more in the module's scope: a statement without indent, or what binds outside of the scope that it stands in. */
const BINDS_MORE = /[\r\n][^\s#)\]}]|\bglobal\b/;
/** Where the body of a definition begins: what binds a name in an expression behind it does so in a scope of its own. */
const BODY = /:[ \t]*(?:#.*)?[\r\n]|$/g;
/** A line without indent that is more than the end of one before. */
const OUTSIDE = /[\r\n][^\s#)\]}]/;

/** The name that a part binds if it is the definition of a function or class and nothing else. */
export function definedName(code: string): string | null {
	const [head, ...names] = DEFINITION.exec(code) ?? [];
	if (head === undefined || BINDS_MORE.test(code.slice(head.length))) return null;
	const walrus = code.indexOf(":=");
	BODY.lastIndex = head.length;
	if (walrus >= 0 && walrus < BODY.exec(code)!.index) return null;
	return names.find((each) => each) ?? null;
}

/** Whether a member of a class may bind a name in the module's scope. */
export function bindsOutside(member: string): boolean {
	return BINDS_MORE.test(member);
}

/** Whether a class ends with the last line of its last members' code: nothing stands behind it there, and no text is open. */
export function endsWithClass(code: string): boolean {
	return !OUTSIDE.test(code) && LONG_QUOTES.every((quotes) => code.split(quotes).length % 2 === 1);
}

const LONG_QUOTES = ['"""', "'''"];

const [TAB, LINE_FEED, FORM_FEED, RETURN, SPACE] = [9, 10, 12, 13, 32];
const [DOUBLE, HASH, SINGLE, OPEN, CLOSE] = [34, 35, 39, 40, 41];
const [OPEN_SQUARE, BACKSLASH, CLOSE_SQUARE, OPEN_CURLY, CLOSE_CURLY] = [91, 92, 93, 123, 125];

/**
 * Finds the parts of a module: a compound statement with its decorators and clauses, or a few simple statements; of a
 * long class its beginning, and its members in the same way, with a line without indent that is out of place between them.
 * A bracket that is left open ends where the next definition begins; by layout, so does a text.
 */
export const pythonStatements: ScanParts = (text, from, byLayout, visit) => {
	let start = from;
	let compound = from === 0;
	let decorated = false;
	let behind = from;
	const isInClass = isMember(text, from);
	let isHead = false;
	const members: OpenMembers = { column: isInClass ? columnAt(text, from) : 0, stray: null };
	const begin = (line: number, first: number, column: number): boolean => {
		if (matchesAt(CLAUSE, text, first) || (column === 0 && first > line)) {
			if (column === 0) members.column = 0;
			return true;
		}
		const begins = matchesAt(COMPOUND, text, first);
		const isDecorator = matchesAt(DECORATOR, text, first);
		const isSimple = !begins && !isDecorator && line - start < LONGEST_RUN;
		const isRun = isSimple && !compound && !isBlankLine(text, behind, line);
		isHead &&= column > 0 && line - start < SHORT_CLASS;
		if (line > from && !decorated && !isRun && !isHead) {
			start = line;
			if (!visit(start, true)) return false;
		}
		compound = begins || isDecorator || decorated;
		decorated = isDecorator;
		behind = line;
		if (column === 0) isHead = matchesAt(CLASS, text, first);
		members.column = column > 0 ? column : isHead ? Number.POSITIVE_INFINITY : 0;
		return true;
	};
	const isStray = (first: number) =>
		members.column > 0 && !decorated && ![CLAUSE, COMPOUND, DECORATOR].some((each) => matchesAt(each, text, first));
	const isClosed = logicalLines(text, from, byLayout, members, (line, first) => {
		if (members.stray !== null && !beginStray(columnAt(text, line) > 0)) return false;
		if (first - line > members.column) return true; // Most lines; a column is no less than its characters.
		const column = columnAt(text, line);
		if (column > members.column || (column > 0 && !isMember(text, line))) return true;
		if (first > line || !isStray(first)) return begin(line, first, column);
		members.stray = line;
		return true;
	});
	/** What is indented behind it is of the class, so it did not end. */
	function beginStray(isInClass: boolean): boolean {
		const line = members.stray!;
		members.stray = null;
		return isInClass || begin(line, line, 0);
	}
	const isDone = members.stray === null || beginStray(false);
	return isClosed && isDone;
};

/** The column of the first sign in a line; tabs reach to the next multiple of 8, and a form feed starts the line anew. */
function columnAt(text: string, line: number): number {
	let column = 0;
	for (let at = line; at < text.length; at++) {
		const character = text.charCodeAt(at);
		if (character === SPACE) column++;
		else if (character === TAB) column += 8 - (column % 8);
		else if (character === FORM_FEED) column = 0;
		else break;
	}
	return column;
}

/** Whether the line before `at` is empty. */
function isBlankLine(text: string, from: number, at: number): boolean {
	const end = text.charCodeAt(at - 1) === LINE_FEED && text.charCodeAt(at - 2) === RETURN ? at - 2 : at - 1;
	const last = text.charCodeAt(end - 1);
	return end > from && (last === LINE_FEED || last === RETURN);
}

/** In which class the scan is. */
interface Members {
	/** The column of the latest member, which is the deepest that another one stands at; 0 outside of classes. */
	readonly column: number;
	/** The latest line, if it is a simple statement without indent: it ends the class unless it is out of place there. */
	readonly stray: number | null;
}
type OpenMembers = { -readonly [K in keyof Members]: Members[K] };

/**
 * Visits each line of code that is not the continuation of another, while `visit` gives true: where it starts, and where
 * its first sign stands behind the indent. Gives whether all were visited, and no text was open at the end. In a class a
 * bracket that was left open ends at its next member, too.
 */
function logicalLines(
	text: string,
	from: number,
	byLayout: boolean,
	members: Members,
	visit: (start: number, first: number) => boolean,
): boolean {
	let depth = 0;
	let continued = false;
	let isClosed = true;
	for (let at = from; at < text.length; ) {
		const start = at;
		let first = text.charCodeAt(at);
		while (first === SPACE || first === TAB || first === FORM_FEED) first = text.charCodeAt(++at);
		const isCode = at < text.length && first !== LINE_FEED && first !== RETURN && first !== HASH;
		if (depth > 0 && isCode && isNew(text, start, at, members)) depth = 0;
		if (isCode && depth === 0 && !continued && !visit(start, at)) return false;
		continued = false;
		// To the next line, over strings and brackets.
		line: while (at < text.length) {
			const character = text.charCodeAt(at);
			// Letters and most signs, which are nearly all.
			if (character > BACKSLASH + 1 ? character < OPEN_CURLY : character > CLOSE && character < OPEN_SQUARE) {
				at++;
				continue;
			}
			switch (character) {
				case LINE_FEED:
				case RETURN:
					at += character === RETURN && text.charCodeAt(at + 1) === LINE_FEED ? 2 : 1;
					break line;
				case DOUBLE:
				case SINGLE: {
					const end = stringEnd(text, at, character, byLayout, members);
					isClosed = end !== undefined;
					at = end ?? text.length;
					continue;
				}
				case HASH:
					at = lineEnd(text, at);
					continue;
				case OPEN:
				case OPEN_SQUARE:
				case OPEN_CURLY:
					depth++;
					break;
				case CLOSE:
				case CLOSE_SQUARE:
				case CLOSE_CURLY:
					if (depth > 0) depth--;
					break;
				case BACKSLASH: {
					const next = text.charCodeAt(at + 1);
					continued = next === LINE_FEED || next === RETURN;
				}
			}
			at++;
		}
	}
	return isClosed;
}

/**
 * The end of a string that opens at `at`: behind its closing quotes, or where the line or, by layout, what cannot be of a
 * text ends it before them; undefined for one that is open to the end.
 */
function stringEnd(text: string, at: number, quote: number, byLayout: boolean, members: Members): number | undefined {
	if (text.charCodeAt(at + 1) !== quote || text.charCodeAt(at + 2) !== quote) return quotedEnd(text, at, quote);
	const closing = quote === DOUBLE ? '"""' : "'''";
	let end = text.indexOf(closing, at + 3);
	while (end >= 0 && isEscaped(text, end)) end = text.indexOf(closing, end + 1);
	if (byLayout) {
		const inside = text.slice(at, end < 0 ? text.length : end);
		const code = inside.search(SURELY_CODE);
		const method = members.column > 0 ? methodIn(code < 0 ? inside : inside.slice(0, code), members) : -1;
		if (method >= 0 || code >= 0) return at + (method >= 0 ? method : code);
	}
	return end < 0 ? undefined : end + 3;
}

/** Whether what stands first in a line begins a statement whatever is open before it. */
function isNew(text: string, line: number, first: number, members: Members): boolean {
	if (first === line) return matchesAt(SURELY_NEW, text, first);
	const pattern = members.stray === null ? SURELY_MEMBER : SURELY_DEFINITION;
	return members.column > 0 && matchesAt(pattern, text, first) && columnAt(text, line) <= members.column;
}

/** Where in a text the line before a method ends; -1 if there is none. */
function methodIn(text: string, { column }: Members): number {
	for (const { index, 1: indent } of text.matchAll(SURELY_METHOD)) if (columnAt(indent!, 0) <= column) return index;
	return -1;
}

function isEscaped(text: string, at: number): boolean {
	let slashes = 0;
	while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
	return slashes % 2 === 1;
}
