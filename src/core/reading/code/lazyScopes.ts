import { collectScopes } from "./collectScopes.ts";
import type { Language } from "./language.ts";
import { emptyTree, type OpenNode, type SourceText, type SyntaxNode } from "./node.ts";
import { endAt, type OpenClass, openClassIn, parsedByMember, putInto } from "./openClass.ts";
import { isMember, lastAt, PartStarts } from "./partStarts.ts";
import {
	type Binding,
	type CodeClass,
	type CodeFunction,
	moduleScope,
	openClass,
	type PartOfScopes,
	type Scope,
	type Scopes,
	type Site,
} from "./scope.ts";
import { matchesAt } from "./statementScan.ts";
import { nextWord, WordPlaces } from "./words.ts";

/** A part of the text that has been parsed. */
export type ParsedPart = Required<Pick<Part, "start" | "end" | "scopes" | "names" | "attributes">>;

/** A statement of the module, or a few. */
interface Statement {
	readonly start: number;
	readonly end: number;
	/** More than one only of a long class: its beginning, and its members. */
	readonly parts: readonly Part[];
	text?: string;
	/** The name of the one function or class that it defines; null where it may bind others. */
	definedName?: string | null;
	isPassedOver?: boolean;
	/** The class whose members are parts of their own, once its beginning is parsed. */
	open?: LazyClass | undefined;
}

/** A part of the text that is parsed alone, once it is needed. */
interface Part {
	readonly of: Statement;
	readonly start: number;
	readonly end: number;
	/** Where it begins, where the members of its class do that are parsed with it, and where it ends. */
	readonly bounds: readonly number[];
	text?: string;
	mayImport?: boolean;
	kids?: readonly SyntaxNode[];
	/** How many of them are members of the statement's class. */
	members?: number;
	scopes?: PartOfScopes;
	/** What it binds in the module's scope. */
	names?: Names;
	/** What it binds in each class. */
	attributes?: ReadonlyMap<CodeClass, Names>;
}

type Names = ReadonlyMap<string, readonly Binding[]>;

interface LazyClass extends OpenClass {
	readonly class: CodeClass;
	readonly names: LazyNames;
}

interface PartsByBinding {
	/** Those that begin the definition of one function or class that binds nothing else, by its name. */
	readonly defining: ReadonlyMap<string, readonly Part[]>;
	/** Those of other statements. */
	readonly open: ReadonlySet<Part>;
}

/** What stands before the name of an attribute that a call sets. */
const SETS_ATTRIBUTE = /(?:_module\s*\(|\bsetattr\s*\(\s*\w+\s*,)\s*(?:name\s*=\s*)?["']$/;
/** Imports everything of a module, in Python or in JavaScript. */
const STAR = /\bimport[\s(\\]*\*|\bexport\s*\*/g;
/** What makes a name that a call's or a member's sign follows a bound one all the same. A number may stand right before it. */
const DEFINES = /(?<![^\W\d])(?:(?:def|class|function|export)\W*|import\b(?:[^;\r\n\\]|\\\r?\n)*)$/;
/** What follows a target of an assignment, of a loop or the like. */
const BEHIND_TARGET = /[ \t]*(?:[^\s\w=!<>()'"#.[]{0,3}=(?!=)|[:,)\]}]|in\b|[\\#\r\n]|$)/y;

/**
 * The names of a file of which only the parts are parsed that may bind a name which is asked for. What they hold together
 * is what a reading of the whole text gives.
 */
export class LazyScopes implements Scopes {
	readonly module: Scope;
	readonly lambdas = new Map<CodeFunction["node"], CodeFunction>();
	parsed = 0;
	readonly #source: SourceText;
	readonly #words: WordPlaces;
	readonly #language: Language;
	readonly #root: OpenNode;
	readonly #statements: readonly Statement[];
	/** Those of all statements. */
	readonly #parts: readonly Part[];
	readonly #names: LazyNames;
	readonly #concerns: (code: string) => boolean;
	#binding: PartsByBinding | undefined;

	/** `concerns` says of a definition's code whether it is of interest: what its name stands for stays unknown if not. */
	constructor(text: string, language: Language, concerns: (code: string) => boolean = () => true) {
		this.#source = { text };
		this.#words = new WordPlaces(text);
		this.#language = language;
		this.#concerns = concerns;
		this.#root = emptyTree(this.#source);
		const starts = [...new PartStarts(language.scanParts).in(text), text.length];
		const whole = [...starts.keys()].filter((i) => !isMember(text, starts[i]!));
		this.#statements = whole.slice(0, -1).map((first, i) => this.#statementAt(starts.slice(first, whole[i + 1]! + 1)));
		this.#parts = this.#statements.flatMap(({ parts }) => parts);
		this.#names = new LazyNames(
			(name) => this.#bindingsOf(name),
			() => this.#whole().map(({ names }) => names),
		);
		this.module = moduleScope(this.#names);
		for (const { index } of text.matchAll(STAR)) this.#load(this.#parts[lastAt(this.#parts, index)]!);
	}

	/** What lies between the first of the bounds and the last, where it begins, its members do, and it ends. */
	#statementAt(bounds: readonly number[]): Statement {
		const parts: Part[] = [];
		const statement: Statement = { start: bounds[0]!, end: bounds.at(-1)!, parts };
		// Where the class ends is known before its members are.
		const isDivided =
			bounds.length > 2 && this.#language.endsWithClass(this.#source.text.slice(bounds.at(-2), bounds.at(-1)));
		const pieces = isDivided ? bounds.slice(1).map((end, i) => [bounds[i]!, end]) : [bounds];
		for (const each of pieces) parts.push({ of: statement, start: each[0]!, end: each.at(-1)!, bounds: each });
		return statement;
	}

	/**
	 * The parts of which `isSought` says so, those that import and of which `isImportSought` says so by their code, and
	 * those that hold a name, as a word, that `namesIn` gives for one of them: parsed, in the order of the text.
	 */
	partsWhere(
		isSought: (start: number, end: number) => boolean,
		isImportSought: (code: string) => boolean,
		namesIn: (part: ParsedPart) => Iterable<string>,
	): readonly ParsedPart[] {
		const imports = (part: Part) =>
			this.#definedName(part.of) === null && this.#mayImport(part) && isImportSought(this.#textOf(part));
		const sought = this.#parts.filter((part) => isSought(part.start, part.end) || imports(part));
		// What a class is says a member, and its name stands where it begins, which is parsed with each of them.
		const found = new Set(sought.flatMap((part) => [part.of.parts[0]!, part]));
		const names = new Set<string>();
		// What a name stands for that is found late may say what others do in a part that was looked at before.
		for (const todo = new Set(found); todo.size > 0; ) {
			const [part] = todo;
			todo.delete(part!);
			for (const name of namesIn(this.#load(part!))) {
				if (names.has(name)) continue;
				names.add(name);
				for (const other of this.#partsWith(name)) {
					found.add(other);
					todo.add(other);
				}
			}
		}
		return this.#loaded([...found].sort((a, b) => a.start - b.start));
	}

	get root(): SyntaxNode {
		this.#whole();
		return this.#root;
	}

	get sites(): readonly Site[] {
		return this.#whole().flatMap(({ scopes }) => scopes.sites);
	}

	get functions(): readonly CodeFunction[] {
		return this.#whole().flatMap(({ scopes }) => scopes.functions);
	}

	get classes(): readonly CodeClass[] {
		return this.#whole().flatMap(({ scopes }) => scopes.classes);
	}

	get imports(): readonly string[] {
		const parts = this.#parts.filter((part) => this.#mayImport(part));
		return this.#loaded(parts).flatMap(({ scopes }) => scopes.imports);
	}

	#whole(): readonly Required<Part>[] {
		const parts = this.#loaded(this.#parts);
		if (this.#root.kids.length > 0) return parts;
		for (const { kids, members } of parts) this.#root.kids.push(...kids.slice(members));
		for (const { open, parts, end } of this.#statements) {
			if (!open) continue;
			putInto(
				open,
				this.#loaded(parts).flatMap(({ kids, members }) => kids.slice(0, members)),
			);
			endAt(open, codeEnd(this.#source.text, end));
		}
		return parts;
	}

	#bindingsOf(name: string): Binding[] {
		const { module } = this;
		return this.#partsThatMayBind(name).flatMap((part) =>
			this.#isPassedOver(part.of)
				? { at: part.start, scope: module, block: module.body, what: { kind: "unknown" } as const }
				: [...(this.#load(part).names.get(name) ?? [])],
		);
	}

	/** In the order of the text. */
	#partsThatMayBind(name: string): readonly Part[] {
		this.#binding ??= this.#partsByBinding();
		const { open, defining } = this.#binding;
		const found: Part[] = [];
		for (let at = this.#words.next(name, 0); at >= 0; ) {
			const part = this.#parts[lastAt(this.#parts, at)]!;
			const isOpen = open.has(part);
			const isFound = isOpen && this.#mayBind(name, at, part);
			if (isFound) found.push(part);
			at = this.#words.next(name, isOpen && !isFound ? at + name.length : part.end);
		}
		const defined = defining.get(name);
		return defined ? [...found, ...defined].sort((a, b) => a.start - b.start) : found;
	}

	#partsByBinding(): PartsByBinding {
		const open = new Set<Part>();
		const defining = new Map<string, Part[]>();
		for (const { parts } of this.#statements) {
			const [head, ...members] = parts;
			const name = this.#language.definedName(this.#textOf(head!));
			if (name === null) for (const part of parts) open.add(part);
			else {
				defining.set(name, [...(defining.get(name) ?? []), head!]);
				for (const each of members) if (this.#language.bindsOutside(this.#textOf(each))) open.add(each);
			}
		}
		return { open, defining };
	}

	/** The parts in which a name stands as a word, in the order of the text. */
	#partsWith(name: string): Part[] {
		const found: Part[] = [];
		for (let at = this.#words.next(name, 0); at >= 0; ) {
			const part = this.#parts[lastAt(this.#parts, at)]!;
			found.push(part);
			at = this.#words.next(name, part.end);
		}
		return found;
	}

	/** Whether a name stands in a part as a word, where `suits` says so. */
	#holds(part: Part, name: string, suits: (at: number) => boolean): boolean {
		const text = this.#textOf(part);
		for (let at = nextWord(text, name, 0); at >= 0; at = nextWord(text, name, at + name.length)) {
			if (suits(part.start + at)) return true;
		}
		return false;
	}

	/** Whether a name may be bound where it stands: it is not only a member, called, or asked for a member. */
	#mayBind(name: string, at: number, part: Part): boolean {
		const { text } = this.#source;
		const quote = text.charAt(at - 1);
		if ((quote === '"' || quote === "'") && quote === text.charAt(at + name.length)) return false;
		let before = at - 1;
		while (text.charAt(before) === " ") before--;
		let behind = at + name.length;
		while (text.charAt(behind) === " ") behind++;
		// Behind three dots stands what takes the rest.
		const isMember = text.charAt(before) === "." && text.charAt(before - 1) !== ".";
		const isUsed = isMember || ".([".includes(text.charAt(behind) || " ");
		if (!isUsed) return true;
		if (DEFINES.test(text.slice(Math.max(part.start, at - 200), at))) return true;
		return this.#language.mayBeMethod?.(text, at, behind) === true;
	}

	/** Whether a name may be bound in a class where it stands in a member: as a name, or as an attribute that is set. */
	#mayBindIn(name: string, at: number, part: Part): boolean {
		const { text } = this.#source;
		const isQuoted = text[at - 1] === '"' || text[at - 1] === "'";
		if (isQuoted && SETS_ATTRIBUTE.test(text.slice(Math.max(part.start, at - 100), at))) return true;
		return matchesAt(BEHIND_TARGET, text, at + name.length) || (text[at - 1] !== "." && this.#mayBind(name, at, part));
	}

	#definedName(statement: Statement): string | null {
		if (statement.definedName === undefined) {
			statement.definedName = this.#language.definedName(this.#textOf(statement));
		}
		return statement.definedName;
	}

	/** Whether a part may hold an import; looked for once. */
	#mayImport(part: Part): boolean {
		part.mayImport ??= this.#language.importing.test(this.#textOf(part));
		return part.mayImport;
	}

	/** Whether a statement is a definition that is of no interest; looked for once. */
	#isPassedOver(statement: Statement): boolean {
		statement.isPassedOver ??= this.#definedName(statement) !== null && !this.#concerns(this.#textOf(statement));
		return statement.isPassedOver && !statement.parts[0]!.scopes;
	}

	#textOf(of: Part | Statement): string {
		of.text ??= this.#source.text.slice(of.start, of.end);
		return of.text;
	}

	#loaded(parts: readonly Part[]): readonly Required<Part>[] {
		return parts.map((part) => this.#load(part));
	}

	#load(part: Part): Required<Part> {
		if (!part.scopes) {
			const { of, start, end } = part;
			const [head] = of.parts;
			if (part === head) this.#loadStatement(part);
			else {
				this.#load(head!);
				this.#loadMembers(part);
			}
			this.parsed += end - start;
			for (const [node, lambda] of part.scopes!.lambdas) this.lambdas.set(node, lambda);
		}
		return part as Required<Part>; // All were just set.
	}

	#loadStatement(part: Part): void {
		const { of, bounds } = part;
		const tree = parsedByMember(this.#language, this.#source, bounds);
		const begun = of.parts.length > 1 ? openClassIn(tree.kids) : undefined;
		if (begun) {
			putInto(begun, []);
			endAt(begun, codeEnd(this.#source.text, of.end));
			const names = new LazyNames(
				(name) => this.#attributesOf(of, name),
				() => this.#loaded(of.parts).flatMap(({ attributes }) => attributes.get(open.class) ?? []),
			);
			const open: LazyClass = { ...begun, names, class: openClass(this.module, names) };
			of.open = open;
		}
		this.#collect(part, tree, 0);
	}

	#loadMembers(part: Part): void {
		const { of, start, end } = part;
		const tree = of.open && this.#language.parseMembers(this.#source, start, end);
		this.#collect(part, tree ?? this.#language.parse(this.#source, start, end), tree?.members ?? 0);
	}

	#collect(part: Part, tree: SyntaxNode, members: number): void {
		const { open } = part.of;
		(tree.kids as OpenNode[]).forEach((kid, i) => {
			kid.parent = i < members ? open!.body : this.#root;
		});
		part.kids = tree.kids;
		part.members = members;
		const attributes = new Map<CodeClass, Names>();
		const collect = () => {
			const within = open && { scope: open.class.scope, count: members };
			part.scopes = collectScopes(tree, this.module, within, open && { node: open.node, of: open.class });
		};
		part.names = this.#names.collected(() => {
			if (open) attributes.set(open.class, open.names.collected(collect));
			else collect();
		});
		for (const each of part.scopes!.classes) if (each !== open?.class) attributes.set(each, each.attributes);
		part.attributes = attributes;
	}

	#attributesOf({ parts }: Statement, name: string): Binding[] {
		return parts.flatMap((part) => {
			if (!part.scopes && !this.#holds(part, name, (at) => this.#mayBindIn(name, at, part))) return [];
			const { attributes } = this.#load(part);
			return [...(attributes.get(part.of.open!.class)?.get(name) ?? [])];
		});
	}
}

/** The end of the last line before `end` that holds code. */
function codeEnd(text: string, end: number): number {
	for (let at = end; at > 0; ) {
		const behind = at;
		if (text.charCodeAt(at - 1) === LINE_FEED) at--;
		if (text.charCodeAt(at - 1) === RETURN) at--;
		while (at > 0 && text.charCodeAt(at - 1) !== LINE_FEED && text.charCodeAt(at - 1) !== RETURN) at--;
		if (/[^\s]/.test(text.slice(at, behind)) && !/^[ \t\f]*#/.test(text.slice(at, behind))) return behind;
	}
	return end;
}

const [LINE_FEED, RETURN] = [10, 13];

/** The names of a module's or a class's scope; each is looked for when it is first asked for. */
class LazyNames extends Map<string, Binding[]> {
	readonly #find: (name: string) => Binding[];
	readonly #findAll: () => readonly Names[];
	readonly #found = new Map<string, Binding[] | undefined>();
	/** What is being collected of a part, in the order of the text. */
	#open: Map<string, Binding[]> | undefined;
	#all: Map<string, Binding[]> | undefined;

	constructor(find: (name: string) => Binding[], findAll: () => readonly Names[]) {
		super();
		this.#find = find;
		this.#findAll = findAll;
	}

	/** What `collect` binds. */
	collected(collect: () => void): ReadonlyMap<string, readonly Binding[]> {
		const open = new Map<string, Binding[]>();
		this.#open = open;
		collect();
		this.#open = undefined;
		return open;
	}

	override get(name: string): Binding[] | undefined {
		if (this.#open) return this.#open.get(name);
		if (this.#all) return this.#all.get(name);
		if (!this.#found.has(name)) {
			const bindings = this.#find(name);
			this.#found.set(name, bindings.length > 0 ? bindings : undefined);
		}
		return this.#found.get(name);
	}

	override has(name: string): boolean {
		return this.get(name) !== undefined;
	}

	override set(name: string, bindings: Binding[]): this {
		if (this.#open) this.#open.set(name, bindings);
		else super.set(name, bindings);
		return this;
	}

	override get size(): number {
		return this.#whole().size;
	}

	override keys(): MapIterator<string> {
		return this.#whole().keys();
	}

	override values(): MapIterator<Binding[]> {
		return this.#whole().values();
	}

	override entries(): MapIterator<[string, Binding[]]> {
		return this.#whole().entries();
	}

	override [Symbol.iterator](): MapIterator<[string, Binding[]]> {
		return this.#whole().entries();
	}

	#whole(): Map<string, Binding[]> {
		if (!this.#all) {
			const all = new Map<string, Binding[]>();
			for (const names of this.#findAll()) {
				for (const [name, bindings] of names) all.set(name, [...(all.get(name) ?? []), ...bindings]);
			}
			this.#all = all;
		}
		return this.#all;
	}
}
