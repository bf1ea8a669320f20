import { isMember, type ScanParts } from "../code/partStarts.ts";
import { LONGEST_RUN, lineEnd, matchesAt, quotedEnd, SHORT_CLASS } from "../code/statementScan.ts";

/** What begins a statement of a module where it stands first on a line without indent. */
const DECLARATION =
	/(?:export|import|(?:async[ \t]+)?function|(?:abstract[ \t]+)?class|const|let|var|type|interface|enum|declare|namespace)\b/y;
/** What stands in no block and in no expression: a bracket before it was left open. */
const SURELY_NEW = /export[ \t]+[\w{*]|import[ \t]+[\w{*"']/y;
/** What ends a text in backticks that was left open, in which a line may begin with a word of the language and be prose. */
const SURELY_CODE =
	/(?:export[ \t]+(?:default[ \t]+)?)?(?:async[ \t]+)?(?:function[ \t*]+[\w$]+[ \t]*[(<]|(?:abstract[ \t]+)?class[ \t]+[\w$]+[ \t<{]|interface[ \t]+[\w$]+[ \t<{])/y;
const DECORATOR = /@[\w$]/y;
/** A word behind which a slash begins a regular expression, or that goes on with what follows. */
const OPEN_WORD =
	/(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|instanceof|yield|await|export|default|async|abstract|declare|extends)$/;
/** Signs behind which an expression goes on. */
const OPEN_SIGN = /[(,=:[!&|?{+\-*%~^<>./]/;
/** What is long enough to be parsed alone; of other statements, those without an empty line between them go together. */
const COMPOUND = /(?:export[ \t]+)?(?:default[ \t]+)?(?:async[ \t]+)?(?:function|(?:abstract[ \t]+)?class)\b/y;

/** A class up to the bracket of its body, where that is sure: the line ends behind it. */
const CLASS_HEAD =
	/(?:export[ \t]+)?(?:default[ \t]+)?(?:abstract[ \t]+)?class[ \t]+[\w$]+(?![\w$])(?:[^{}()<>"'`/;=]|<(?:[^{}<>]|<[^{}<>]*>)*>|\([^{}();]*\))*\{[ \t]*(?:\/\/[^\r\n]*)?[\r\n]/y;
/** What begins a member behind the end of another one: no word that goes on with its value or its type. */
const MEMBER = /(?!(?:in|instanceof|as|satisfies|extends|is)\b)[#@$_A-Za-z]/y;
/** The same by layout, where something is open: a decorator, a method or a value. */
const LIKELY_MEMBER =
	/@[\w$]|(?!(?:if|for|while|switch|catch|with|return|super|function|do|else|const|let|var)\b)(?:(?:public|private|protected|static|async|readonly|override|abstract|get|set)[ \t]+)*[#*]?[\w$]+(?:[ \t]*(?:<[^\r\n]*>)?\((?:[^\r\n]*\{)?[ \t]*[\r\n]|[?!]?(?::[^=\r\n]*)?[ \t]*=[ \t]*[^=\s])/y;

/** What stands before a method's name in its line, and what follows the name. */
const BEFORE_METHOD = /(?:^|[\r\n;{}])[ \t]*(?:\w+[ \t]+)*[#*]?$/;
const BEHIND_METHOD = /\((?:[^\r\n]*\{|[ \t]*[\r\n])/y;

/** Whether the name between two offsets may be that of a method, wherever it stands. */
export function mayBeMethod(text: string, at: number, behind: number): boolean {
	return matchesAt(BEHIND_METHOD, text, behind) && BEFORE_METHOD.test(text.slice(Math.max(0, at - 40), at));
}

const [TAB, LINE_FEED, RETURN, SPACE, DOUBLE, DOLLAR, SINGLE] = [9, 10, 13, 32, 34, 36, 39];
const [OPEN, CLOSE, STAR, SLASH, SEMICOLON] = [40, 41, 42, 47, 59];
const [AT, LOWER_A, LOWER_Z] = [64, 97, 122];
const [OPEN_SQUARE, BACKSLASH, CLOSE_SQUARE, BACKTICK, OPEN_CURLY, CLOSE_CURLY] = [91, 92, 93, 96, 123, 125];

/**
 * Finds the parts of a module: declarations without indent; of a long class its beginning, and its members, each with the
 * fields before it. What stands between brackets is one part with them; by layout a bracket that is left open ends at the
 * next declaration behind an empty line or the end of a block, and a text in backticks where a function or class is
 * declared. In a class both end at the next member that is indented as the one before, and the class with a bracket without
 * indent.
 */
export const scriptStatements: ScanParts = (text, from, byLayout, visit) => {
	let start = from;
	/** The depths at which the texts in backticks go on that the scan is in an expression of. */
	const templates: number[] = [];
	let depth = 0;
	/** The last sign of code before `at`. */
	let last = -1;
	let decorated = false;
	let isLineStart = true;
	let isBlockEnd = true;
	/** Whether the part so far is a run of simple statements. */
	let isRun = false;
	const beginsWithMember = isMember(text, from);
	/** Whether the part so far is a class's beginning, or members. */
	let isHead = false;
	let isOfClass = beginsWithMember;
	/** Whether the class has not ended. Its body is at depth 1. */
	let isInClass = beginsWithMember;
	if (beginsWithMember) depth = 1;
	/** That of the class's latest member. */
	let indent = beginsWithMember ? text.slice(from, indentEnd(text, from)) : "";
	/** Whether all brackets of the class so far are closed that should be, and no others. */
	let isClosed = true;
	const visitPart = (at: number): boolean => {
		const wasClosed = isClosed;
		start = at;
		isClosed = true;
		return visit(at, wasClosed);
	};
	for (let at = from; at < text.length; ) {
		if (isLineStart) {
			isLineStart = false;
			const first = text.charCodeAt(at);
			// Most lines have an indent.
			const begins = first >= LOWER_A && first <= LOWER_Z && matchesAt(DECLARATION, text, at);
			const isDecorator = first === AT && matchesAt(DECORATOR, text, at);
			const isNew = begins && ((byLayout && isBlockEnd) || matchesAt(SURELY_NEW, text, at));
			if (isNew) {
				if (isInClass) isClosed = false;
				depth = 0;
				templates.length = 0;
			}
			if (depth === 0 && templates.length === 0 && (begins || isDecorator)) {
				const goesOn = !isNew && last >= 0 && isOpen(text, last);
				const isSimple = !isDecorator && !decorated && !matchesAt(COMPOUND, text, at);
				const joins = isRun && isSimple && at - start < LONGEST_RUN;
				if (at > from && !decorated && !goesOn && !joins && !visitPart(at)) return false;
				if (!goesOn) isRun = isSimple;
				decorated = isDecorator;
				isInClass = matchesAt(CLASS_HEAD, text, at);
				isHead = isInClass;
				isOfClass = isInClass;
				indent = "";
			} else if (isInClass && (first === SPACE || first === TAB)) {
				const sign = indentEnd(text, at);
				if (byLayout && (depth !== 1 || templates.length > 0) && isLikelyMember(text, at, indent)) {
					depth = 1;
					templates.length = 0;
					last = -1;
				}
				if (depth === 1 && templates.length === 0 && matchesAt(MEMBER, text, sign)) {
					if (indent === "") indent = text.slice(at, sign);
					const before = last < 0 ? CLOSE_CURLY : text.charCodeAt(last);
					const isNext = before === CLOSE_CURLY || (before === SEMICOLON && at - start >= LONGEST_RUN);
					if (at > from && isNext && (!isHead || at - start >= SHORT_CLASS)) {
						isHead = false;
						indent = text.slice(at, sign);
						if (!visitPart(at)) return false;
					}
				}
			} else if (byLayout && isInClass && first === CLOSE_CURLY) {
				depth = 1;
				templates.length = 0;
			}
			isBlockEnd = first === CLOSE_CURLY || first === LINE_FEED || first === RETURN;
			if (isBlockEnd) isRun = false;
		}
		const character = text.charCodeAt(at);
		switch (character) {
			case LINE_FEED:
			case RETURN:
				at += character === RETURN && text.charCodeAt(at + 1) === LINE_FEED ? 2 : 1;
				isLineStart = true;
				continue;
			case SPACE:
			case TAB:
				at++;
				continue;
			case DOUBLE:
			case SINGLE:
				at = quotedEnd(text, at, character);
				break;
			case BACKTICK:
				at = templateEnd(text, at + 1, depth, byLayout, indent, templates);
				isBlockEnd ||= templates.at(-1) === NEVER_CLOSED;
				break;
			case SLASH:
				if (text.charCodeAt(at + 1) === SLASH) {
					at = lineEnd(text, at);
					continue;
				}
				if (text.charCodeAt(at + 1) === STAR) {
					const end = text.indexOf("*/", at + 2);
					at = end < 0 ? text.length : end + 2;
					continue;
				}
				at =
					last < 0 || text.charCodeAt(last) === SEMICOLON || text.charCodeAt(last) === CLOSE_CURLY || isOpen(text, last)
						? regexEnd(text, at)
						: at + 1;
				break;
			case OPEN:
			case OPEN_SQUARE:
			case OPEN_CURLY:
				depth++;
				at++;
				break;
			case CLOSE_CURLY:
				if (templates.at(-1) === depth) {
					templates.pop();
					at = templateEnd(text, at + 1, depth, byLayout, indent, templates);
					isBlockEnd ||= templates.at(-1) === NEVER_CLOSED;
					break;
				}
				if (isOfClass && depth === 0) isClosed = false;
				if (!isInClass || depth !== 1) depth = Math.max(depth - 1, 0);
				else if (!byLayout || isLineEnd(text.charCodeAt(at - 1))) {
					depth = 0;
					isInClass = false;
					indent = "";
				}
				at++;
				break;
			case CLOSE:
			case CLOSE_SQUARE:
				depth = Math.max(depth - 1, isInClass ? 1 : 0);
				at++;
				break;
			default:
				// Words and signs, up to what is looked at above.
				do at++;
				while (at < text.length && !isSpecial(text.charCodeAt(at)));
		}
		last = at - 1;
	}
	return isClosed && depth === 0 && templates.length === 0;
};

/** Where the indent of a line ends. */
function indentEnd(text: string, line: number): number {
	let at = line;
	while (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB) at++;
	return at;
}

/** Whether the line at an offset has just this indent, and behind it what begins a member of a class. */
function isLikelyMember(text: string, line: number, indent: string): boolean {
	const sign = line + indent.length;
	return indent !== "" && text.startsWith(indent, line) && matchesAt(LIKELY_MEMBER, text, sign);
}

function isLineEnd(character: number): boolean {
	return character === LINE_FEED || character === RETURN;
}

/** By character: whether a scan looks at it. */
const SPECIAL = new Uint8Array(128);
for (const sign of " \t\r\n\"'`/()[]{}") SPECIAL[sign.charCodeAt(0)] = 1;

function isSpecial(character: number): boolean {
	return character < SPECIAL.length && SPECIAL[character] === 1;
}

/** Whether what ends at offset `last` goes on behind it. */
function isOpen(text: string, last: number): boolean {
	return OPEN_SIGN.test(text[last]!) || OPEN_WORD.test(text.slice(Math.max(last - 12, 0), last + 1));
}

/** The depth at which a text in backticks goes on that does not end in one. */
const NEVER_CLOSED = -1;

/**
 * The end of a text in backticks that goes on at `at`: behind its closing one, or behind the `${` of an expression in it;
 * by layout also where what cannot be of a text begins, or what is likely a member of a class whose members have an indent.
 */
function templateEnd(
	text: string,
	at: number,
	depth: number,
	byLayout: boolean,
	indent: string,
	templates: number[],
): number {
	for (let end = at; end < text.length; end++) {
		const character = text.charCodeAt(end);
		if (character === BACKTICK) return end + 1;
		if (character === BACKSLASH) end++;
		else if (character === DOLLAR && text.charCodeAt(end + 1) === OPEN_CURLY) {
			templates.push(depth);
			return end + 2;
		} else if (
			byLayout &&
			character === LINE_FEED &&
			(matchesAt(SURELY_CODE, text, end + 1) || isLikelyMember(text, end + 1, indent))
		) {
			templates.push(NEVER_CLOSED);
			return end;
		}
	}
	templates.push(NEVER_CLOSED);
	return text.length;
}

/** The end of a regular expression; behind its first slash if the line ends before it does. */
function regexEnd(text: string, at: number): number {
	let inClass = false;
	for (let end = at + 1; end < text.length; end++) {
		const character = text.charCodeAt(end);
		if (character === LINE_FEED || character === RETURN) break;
		if (character === BACKSLASH) end++;
		else if (character === OPEN_SQUARE) inClass = true;
		else if (character === CLOSE_SQUARE) inClass = false;
		else if (character === SLASH && !inClass) return end + 1;
	}
	return at + 1;
}
