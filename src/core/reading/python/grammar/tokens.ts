import { nodeAt, type OpenNode, type Piece, type SourceText, type SyntaxNode } from "../../code/node.ts";

const [TAB, LINE_FEED, FORM_FEED, RETURN, SPACE] = [9, 10, 12, 13, 32];
const [BANG, DOUBLE, HASH, PERCENT, AMPERSAND] = [33, 34, 35, 37, 38];
const [STAR, PLUS, MINUS, DOT, SLASH] = [42, 43, 45, 46, 47];
const [COLON, LESS, EQUALS, GREATER, AT] = [58, 60, 61, 62, 64];
const [BACKSLASH, CARET, BAR, BYTE_ORDER_MARK] = [92, 94, 124, 0xfeff];

/** What a character is, by its code: 0 for none of these. What lies above the table belongs to names. */
const [LETTER, DIGIT, QUOTE, SIGN, BLANK, LINE_END] = [1, 2, 3, 4, 5, 6];
const CLASSES = new Uint8Array(0xa1);
for (let code = 0; code < CLASSES.length; code++) {
	const character = String.fromCharCode(code);
	if (/[A-Za-z_]/.test(character)) CLASSES[code] = LETTER;
	else if (/[0-9]/.test(character)) CLASSES[code] = DIGIT;
	else if (/["']/.test(character)) CLASSES[code] = QUOTE;
	else if (/[ \t\f\\]/.test(character)) CLASSES[code] = BLANK;
	else if (/[\r\n]/.test(character)) CLASSES[code] = LINE_END;
	else if (/[-+*/%@<>=!&|^~.,:;()[\]{}]/.test(character)) CLASSES[code] = SIGN;
}

const classOf = (code: number) => (code < CLASSES.length ? CLASSES[code]! : LETTER);

/** What may stand before a line's first sign: blanks, a form feed, which starts the line anew, and a file's mark. */
const isIndent = (code: number) => code === SPACE || code === TAB || code === FORM_FEED || code === BYTE_ORDER_MARK;

const KEYWORDS: ReadonlyMap<string, string> = new Map([
	...(
		"False None True and as assert async await break class continue def del elif else except finally for from global if" +
		" import in is lambda nonlocal not or pass raise return try while with yield"
	)
		.split(" ")
		.map((word) => [word, word] as const),
	["True", "Boolean"],
	["False", "Boolean"],
]);
const [SHORTEST_KEYWORD, LONGEST_KEYWORD] = [2, 8];
/** What a text's opening quotes may follow. */
const PREFIX = /^(?:[ubft]|[bft]r|r[bft]?)$/i;
const FORMAT_PREFIX = /[ft]/i;

/** Begins a statement wherever it stands: a bracket before it was left open. */
const STATEMENTS: ReadonlySet<string> = new Set(
	"assert break class continue def del elif except finally global import nonlocal pass raise return try while with".split(
		" ",
	),
);

/** Begins a statement at the start of a line, unless `yield` stands before it. */
const IMPORT = /from[ \t]+[\w.]+[ \t]+import\b/y;

const WORD = /[\s\\]+(\w+)/y;

/** What opens a text. */
export interface Quotes {
	/** Where its content begins. */
	readonly content: number;
	/** The quote's code. */
	readonly quote: number;
	/** Whether there are three of it. */
	readonly isLong: boolean;
	/** Whether a backslash stands for itself. */
	readonly isRaw: boolean;
}

/** Where reading may go on another time. */
export type Mark = Pick<Tokens, "kind" | "from" | "to" | "last" | "indent" | "isFirst">;

/**
 * The tokens of a Python text, one by one: the current one lies at `from`. Its `kind` is the name of the node that it makes:
 * the word of a keyword, "VariableName", "Number", "String", "FormatString", "CompareOp", "UpdateOp"; a sign's own text
 * else; "newline" behind a line that no bracket continues, "eof" at the end, and "⚠" for what is of no language.
 */
export class Tokens {
	readonly source: SourceText;
	readonly #piece: Piece;
	readonly #text: string;
	readonly end: number;
	kind = "newline";
	from: number;
	to: number;
	/** Where the token before ends. */
	last: number;
	/** The signs that close the open brackets. Inside of any, lines go on. */
	closers: string[] = [];
	/** How deep what is being read lies in other things: about two for each bracket, and four for each body. */
	nesting = 0;
	/** The column of the line's first token; tabs reach to the next multiple of 8, as Python has it. */
	indent = 0;
	/** Whether the token is the first of its line, inside brackets. */
	isFirst = false;

	/** Of a piece of a text up to an offset; it begins a line. */
	constructor(piece: Piece, to: number) {
		const { source, start: from } = piece;
		this.#piece = piece;
		this.source = source;
		this.#text = source.text;
		this.end = to;
		this.from = from;
		this.to = from;
		this.last = from;
		this.next();
		this.last = from;
	}

	/** For `back`, where no bracket is open. */
	mark(): Mark {
		const { kind, from, to, last, indent, isFirst } = this;
		return { kind, from, to, last, indent, isFirst };
	}

	back(mark: Mark): void {
		Object.assign(this, mark);
		this.closers.length = 0;
	}

	/** Whether what follows lies deeper than Python itself reads: 200 brackets or 100 bodies in each other. */
	get isTooDeep(): boolean {
		return this.nesting >= 400;
	}

	is(kind: string): boolean {
		return this.kind === kind;
	}

	/** Whether the token says a word. */
	says(word: string): boolean {
		return this.to - this.from === word.length && this.#text.startsWith(word, this.from);
	}

	/** The character behind the token, and behind blanks. */
	get follower(): string {
		let at = this.to;
		while (at < this.end && (this.#text.charCodeAt(at) === SPACE || this.#text.charCodeAt(at) === TAB)) at++;
		return at < this.end ? this.#text.charAt(at) : "\n";
	}

	/** The word that follows on the token, with blanks and lines' ends between; empty where none does. */
	get followingWord(): string {
		WORD.lastIndex = this.to;
		return WORD.exec(this.#text)?.[1] ?? "";
	}

	/** A leaf of the current token, behind which the next one is read. */
	take(name = this.kind): SyntaxNode {
		const leaf = this.leaf(name, this.from, this.to);
		this.next();
		return leaf;
	}

	leaf(name: string, from: number, to: number): SyntaxNode {
		return nodeAt(this.#piece, name, from, to);
	}

	/** A node that ends with the token before. */
	node(name: string, from: number, kids: SyntaxNode[]): SyntaxNode {
		return this.nodeTo(name, from, Math.max(this.last, from), kids);
	}

	nodeTo(name: string, from: number, to: number, kids: SyntaxNode[]): SyntaxNode {
		const node = nodeAt(this.#piece, name, from, to, kids);
		for (let i = 0; i < kids.length; i++) (kids[i] as OpenNode).parent = node;
		return node;
	}

	/** What stands for something that is not there. */
	missing(): SyntaxNode {
		return this.leaf("⚠", this.last, this.last);
	}

	/** Takes an opening bracket. Lines go on until it is closed. */
	open(closer: string): SyntaxNode {
		this.closers.push(closer);
		return this.take();
	}

	/** Takes the sign that closes the innermost bracket. */
	close(): SyntaxNode {
		this.closers.pop();
		return this.take();
	}

	/** Whether the token is the first of a line that is not indented deeper than the statement's first one. */
	get isUnindented(): boolean {
		return this.isFirst && this.#column(this.#lineStart) <= this.indent;
	}

	/** Gives up the open brackets: the line that the token is first on is a statement's own. */
	breakOff(): void {
		const lineStart = this.#lineStart;
		this.closers.length = 0;
		this.isFirst = false;
		this.#set("newline", lineStart, lineStart);
	}

	/** Whether nothing follows in the statement's line. */
	get isAtEnd(): boolean {
		return this.kind === "newline" || this.kind === "eof";
	}

	/** Whether the token is a word, be it a keyword. */
	get isWord(): boolean {
		return (
			classOf(this.#text.charCodeAt(this.from)) === LETTER && this.kind !== "String" && this.kind !== "FormatString"
		);
	}

	/** Goes on behind an offset, as behind a token that ends there. */
	goOn(at: number): void {
		this.#set("⚠", this.from, at);
		this.next();
	}

	/** Reads the next token. */
	next(): void {
		const text = this.#text;
		const wasNewline = this.kind === "newline";
		this.last = this.to;
		this.isFirst = false;
		let at = wasNewline && this.closers.length === 0 ? this.#startOfLine(this.to) : this.to;
		for (;;) {
			if (at >= this.end) {
				this.#set("eof", this.end, this.end);
				return;
			}
			const code = text.charCodeAt(at);
			const characterClass = classOf(code);
			switch (characterClass) {
				case BLANK:
					if (code !== BACKSLASH) at++;
					else if (classOf(text.charCodeAt(at + 1)) === LINE_END && at + 1 < this.end) at = this.#behindLine(at + 1);
					else {
						this.#set("⚠", at, at + 1);
						return;
					}
					continue;
				case LINE_END: {
					const behind = this.#behindLine(at);
					if (this.closers.length === 0) {
						this.#set("newline", at, behind);
						return;
					}
					this.isFirst = true;
					at = behind;
					continue;
				}
				case LETTER:
					this.#word(at);
					if (this.isFirst && (STATEMENTS.has(this.kind) || this.#isImport())) this.breakOff();
					return;
				case DIGIT:
					this.#number(at);
					return;
				case QUOTE:
					this.#set("String", at, at + 1);
					return;
				case SIGN:
					this.#sign(at, code);
					return;
				default:
					if (code === HASH) {
						at = this.#lineEnd(at);
						continue;
					}
					this.#set("⚠", at, at + 1);
					return;
			}
		}
	}

	#set(kind: string, from: number, to: number): void {
		this.kind = kind;
		this.from = from;
		this.to = to;
	}

	#isImport(): boolean {
		IMPORT.lastIndex = this.from;
		return this.kind === "from" && IMPORT.test(this.#text);
	}

	/** The offset of the first token in the first line from `at` on that has one. Measures its indent. */
	#startOfLine(at: number): number {
		for (let line = at; ; ) {
			let first = line;
			while (first < this.end && isIndent(this.#text.charCodeAt(first))) first++;
			if (first < this.end && this.#text.charCodeAt(first) === HASH) first = this.#lineEnd(first);
			else if (first < this.end && classOf(this.#text.charCodeAt(first)) !== LINE_END) {
				this.indent = this.#column(line);
				return first;
			}
			if (first >= this.end) return first;
			line = this.#behindLine(first);
		}
	}

	/** The column of the first sign in the line that starts at `line`. */
	#column(line: number): number {
		let column = 0;
		for (let at = line; at < this.end; at++) {
			const code = this.#text.charCodeAt(at);
			if (!isIndent(code)) break;
			if (code === SPACE) column++;
			else if (code === TAB) column += 8 - (column % 8);
			else column = 0;
		}
		return column;
	}

	/** Where the line of the token starts. */
	get #lineStart(): number {
		let start = this.from;
		while (start > this.last && classOf(this.#text.charCodeAt(start - 1)) !== LINE_END) start--;
		return start;
	}

	#lineEnd(at: number): number {
		let end = at;
		while (end < this.end && classOf(this.#text.charCodeAt(end)) !== LINE_END) end++;
		return end;
	}

	/** Behind the line's end that stands at `at`. */
	#behindLine(at: number): number {
		return this.#text.charCodeAt(at) === RETURN && this.#text.charCodeAt(at + 1) === LINE_FEED ? at + 2 : at + 1;
	}

	#word(from: number): void {
		const text = this.#text;
		let at = from + 1;
		let characterClass = classOf(text.charCodeAt(at));
		while (at < this.end && (characterClass === LETTER || characterClass === DIGIT)) {
			characterClass = classOf(text.charCodeAt(++at));
		}
		const length = at - from;
		if (length <= 2 && characterClass === QUOTE && at < this.end) {
			const prefix = text.slice(from, at);
			if (PREFIX.test(prefix)) {
				this.#set(FORMAT_PREFIX.test(prefix) ? "FormatString" : "String", from, at + 1);
				return;
			}
		}
		const mayBeKeyword = length >= SHORTEST_KEYWORD && length <= LONGEST_KEYWORD;
		this.#set((mayBeKeyword && KEYWORDS.get(text.slice(from, at))) || "VariableName", from, at);
	}

	/** Of digits with underscores, points and exponents, or with a base's prefix; no part of it is checked. */
	#number(from: number): void {
		const text = this.#text;
		const isBased = text.charCodeAt(from) === 48 && /[xXbBoO]/.test(text.charAt(from + 1));
		let at = from;
		let hasPoint = false;
		for (; at < this.end; at++) {
			const code = text.charCodeAt(at);
			const characterClass = classOf(code);
			if (characterClass === DIGIT || code === 95) continue;
			if (code === DOT && !hasPoint && !isBased) {
				hasPoint = true;
				continue;
			}
			if (characterClass !== LETTER) break;
			if (isBased ? /[xXoO0-9a-fA-F]/.test(text.charAt(at)) : code === 106 || code === 74) continue;
			if (isBased || (code !== 101 && code !== 69)) break;
			// The exponent has no point, and its sign belongs to it.
			const behind = text.charCodeAt(at + 1);
			const isSigned = behind === PLUS || behind === MINUS;
			if (classOf(text.charCodeAt(isSigned ? at + 2 : at + 1)) !== DIGIT) break;
			hasPoint = true;
			if (isSigned) at++;
		}
		this.#set("Number", from, at);
	}

	#sign(at: number, code: number): void {
		const text = this.#text;
		const next = at + 1 < this.end ? text.charCodeAt(at + 1) : 0;
		const third = at + 2 < this.end ? text.charCodeAt(at + 2) : 0;
		switch (code) {
			case DOT:
				if (classOf(next) === DIGIT) this.#number(at);
				else if (next === DOT && third === DOT) this.#set("Ellipsis", at, at + 3);
				else this.#set(".", at, at + 1);
				return;
			case EQUALS:
				if (next === EQUALS) this.#set("CompareOp", at, at + 2);
				else this.#set("=", at, at + 1);
				return;
			case LESS:
			case GREATER:
				if (next === code) {
					if (third === EQUALS) this.#set("UpdateOp", at, at + 3);
					else this.#set(code === LESS ? "<<" : ">>", at, at + 2);
				} else this.#set("CompareOp", at, next === EQUALS || (code === LESS && next === GREATER) ? at + 2 : at + 1);
				return;
			case BANG:
				if (next === EQUALS) this.#set("CompareOp", at, at + 2);
				else this.#set("!", at, at + 1);
				return;
			case COLON:
				if (next === EQUALS) this.#set(":=", at, at + 2);
				else this.#set(":", at, at + 1);
				return;
			case STAR:
			case SLASH:
				if (next === code) {
					if (third === EQUALS) this.#set("UpdateOp", at, at + 3);
					else this.#set(code === STAR ? "**" : "//", at, at + 2);
				} else if (next === EQUALS) this.#set("UpdateOp", at, at + 2);
				else this.#set(code === STAR ? "*" : "/", at, at + 1);
				return;
			case MINUS:
				if (next === GREATER) {
					this.#set("->", at, at + 2);
					return;
				}
				break;
		}
		const updates =
			code === PLUS ||
			code === MINUS ||
			code === AT ||
			code === PERCENT ||
			code === AMPERSAND ||
			code === BAR ||
			code === CARET;
		if (updates && next === EQUALS) this.#set("UpdateOp", at, at + 2);
		else this.#set(text[at]!, at, at + 1);
	}

	/** The opening quotes of the text that the token begins. */
	quotes(): Quotes {
		const text = this.#text;
		const at = this.to - 1;
		const quote = text.charCodeAt(at);
		const isLong = text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote && at + 2 < this.end;
		const prefix = text.slice(this.from, at);
		return { content: at + (isLong ? 3 : 1), quote, isLong, isRaw: /r/i.test(prefix) };
	}

	/** The end of a text that is opened by the current token: behind its quotes, or that of the line or text before them. */
	stringEnd(): number {
		const text = this.#text;
		const { content, quote, isLong } = this.quotes();
		if (isLong) {
			const closing = quote === DOUBLE ? '"""' : "'''";
			for (let end = text.indexOf(closing, content); end >= 0 && end + 3 <= this.end; ) {
				let slashes = 0;
				while (text.charCodeAt(end - 1 - slashes) === BACKSLASH && end - slashes > content) slashes++;
				if (slashes % 2 === 0) return end + 3;
				end = text.indexOf(closing, end + 1);
			}
			return this.end;
		}
		for (let at = content; at < this.end; at++) {
			const code = text.charCodeAt(at);
			if (code === quote) return at + 1;
			if (code === BACKSLASH) at = this.#behindLine(at + 1) - 1;
			else if (code === LINE_FEED || code === RETURN) return at;
		}
		return this.end;
	}
}
