import type { Language } from "./language.ts";
import { emptyTree, type OpenNode, type SourceText, type SyntaxNode } from "./node.ts";
import { parsedByMember } from "./openClass.ts";
import { isMember, lastAt, PartStarts } from "./partStarts.ts";
import {
	type Binding,
	type CodeClass,
	type CodeFunction,
	collectScopes,
	moduleScope,
	type PartOfScopes,
	type Scope,
	type Scopes,
	type Site,
} from "./scope.ts";
import { matchesAt } from "./statementScan.ts";

/** A part of the text that has been parsed. */
export type ParsedPart = Required<Pick<Part, "scopes" | "names">>;

/** A part of the text that is parsed alone, once it is needed. */
interface Part {
	readonly start: number;
	readonly end: number;
	/** Where it begins, where the members of its class do that are parsed alone, and where it ends. */
	readonly bounds: readonly number[];
	text?: string;
	mayImport?: boolean;
	/** The name of the one function or class that it defines; null where it may bind others. */
	definedName?: string | null;
	isPassedOver?: boolean;
	kids?: readonly SyntaxNode[];
	scopes?: PartOfScopes;
	/** What it binds in the module's scope. */
	names?: ReadonlyMap<string, readonly Binding[]>;
}

interface PartsByBinding {
	/** Those that define one function or class and bind nothing else, by its name. */
	readonly defining: ReadonlyMap<string, readonly Part[]>;
	/** The others. */
	readonly open: readonly Part[];
}

/** Imports everything of a module, in Python or in JavaScript. */
const STAR = /\bimport[\s(\\]*\*|\bexport\s*\*/g;
/** What makes a name that a call's or a member's sign follows a bound one all the same. */
const DEFINES = /\b(?:def|class|function|export)\W*$/;
/** The same of a method outside of a class, as broken code has it: the line before its name, and what follows that. */
const BEFORE_METHOD = /(?:^|[\r\n;{}])[ \t]*(?:\w+[ \t]+)*[#*]?$/;
const BEHIND_METHOD = /\((?:[^\r\n]*\{|[ \t]*[\r\n])/y;

/**
 * The names of a file of which only the parts are parsed that may bind a name which is asked for. What they hold together
 * is what a reading of the whole text gives.
 */
export class LazyScopes implements Scopes {
	readonly module: Scope;
	readonly lambdas = new Map<CodeFunction["node"], CodeFunction>();
	parsed = 0;
	readonly #source: SourceText;
	readonly #language: Language;
	readonly #root: OpenNode;
	readonly #parts: readonly Part[];
	readonly #names: LazyNames;
	readonly #concerns: (code: string) => boolean;
	#binding: PartsByBinding | undefined;

	/** `concerns` says of a definition's code whether it is of interest: what its name stands for stays unknown if not. */
	constructor(text: string, language: Language, concerns: (code: string) => boolean = () => true) {
		this.#source = { text };
		this.#language = language;
		this.#concerns = concerns;
		this.#root = emptyTree(this.#source);
		const starts = [...new PartStarts(language.scanParts).in(text), text.length];
		const whole = [...starts.keys()].filter((i) => !isMember(text, starts[i]!));
		this.#parts = whole.slice(0, -1).map((first, i) => {
			const bounds = starts.slice(first, whole[i + 1]! + 1);
			return { start: bounds[0]!, end: bounds.at(-1)!, bounds };
		});
		this.#names = new LazyNames(
			(name) => this.#bindingsOf(name),
			() => this.#whole(),
		);
		this.module = moduleScope(this.#names);
		for (const { index } of text.matchAll(STAR)) this.#load(this.#partAt(index));
	}

	/**
	 * The parts of which `isSought` says so by their code, and those that hold a name, as a word, that `namesIn` gives for
	 * one of them: parsed, in the order of the text.
	 */
	partsWhere(
		isSought: (code: string) => boolean,
		namesIn: (part: ParsedPart) => Iterable<string>,
	): readonly ParsedPart[] {
		const found = new Set(this.#parts.filter((part) => isSought(this.#textOf(part))));
		const names = new Set<string>();
		for (const part of found) {
			for (const name of namesIn(this.#load(part))) {
				if (names.has(name)) continue;
				names.add(name);
				for (const other of this.#parts) if (this.#holds(other, name)) found.add(other);
			}
		}
		return this.#loaded([...found].sort((a, b) => a.start - b.start));
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
		if (this.#root.kids.length === 0) for (const { kids } of parts) this.#root.kids.push(...kids);
		return parts;
	}

	#bindingsOf(name: string): Binding[] {
		const { module } = this;
		return this.#partsThatMayBind(name).flatMap((part) =>
			this.#isPassedOver(part)
				? { at: part.start, scope: module, block: module.body, what: { kind: "unknown" } as const }
				: [...(this.#load(part).names.get(name) ?? [])],
		);
	}

	/** In the order of the text. */
	#partsThatMayBind(name: string): readonly Part[] {
		this.#binding ??= this.#partsByBinding();
		const { open, defining } = this.#binding;
		const found = open.filter((part) => this.#holds(part, name, (at) => this.#mayBind(name, at, part)));
		const defined = defining.get(name);
		return defined ? [...found, ...defined].sort((a, b) => a.start - b.start) : found;
	}

	#partsByBinding(): PartsByBinding {
		const open: Part[] = [];
		const defining = new Map<string, Part[]>();
		for (const part of this.#parts) {
			const name = this.#definedName(part);
			if (name === null) open.push(part);
			else defining.set(name, [...(defining.get(name) ?? []), part]);
		}
		return { open, defining };
	}

	/** Whether a name stands in a part as a word, where `suits` says so. */
	#holds(part: Part, name: string, suits: (at: number) => boolean = () => true): boolean {
		const text = this.#textOf(part);
		for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
			// A number that a name follows at once ends before it.
			const isWord = !(isWordAt(text, at - 1) && !isDigitAt(text, at - 1)) && !isWordAt(text, at + name.length);
			if (isWord && suits(part.start + at)) return true;
		}
		return false;
	}

	/** Whether a name may be bound where it stands: it is not only a member, called, or asked for a member. */
	#mayBind(name: string, at: number, part: Part): boolean {
		const { text } = this.#source;
		let before = at - 1;
		while (text.charAt(before) === " ") before--;
		let behind = at + name.length;
		while (text.charAt(behind) === " ") behind++;
		// Behind three dots stands what takes the rest.
		const isMember = text.charAt(before) === "." && text.charAt(before - 1) !== ".";
		const isUsed = isMember || ".([".includes(text.charAt(behind) || " ");
		if (!isUsed) return true;
		if (DEFINES.test(text.slice(Math.max(part.start, at - 20), at)) || this.#mayImport(part)) return true;
		return matchesAt(BEHIND_METHOD, text, behind) && BEFORE_METHOD.test(text.slice(Math.max(part.start, at - 40), at));
	}

	#definedName(part: Part): string | null {
		if (part.definedName === undefined) part.definedName = this.#language.definedName(this.#textOf(part));
		return part.definedName;
	}

	/** Whether a part may hold an import; looked for once. */
	#mayImport(part: Part): boolean {
		part.mayImport ??= this.#language.importing.test(this.#textOf(part));
		return part.mayImport;
	}

	/** Whether a part is a definition that is of no interest; looked for once. */
	#isPassedOver(part: Part): boolean {
		part.isPassedOver ??= this.#definedName(part) !== null && !this.#concerns(this.#textOf(part));
		return part.isPassedOver && !part.scopes;
	}

	#textOf(part: Part): string {
		part.text ??= this.#source.text.slice(part.start, part.end);
		return part.text;
	}

	#partAt(offset: number): Part {
		return this.#parts[lastAt(this.#parts, offset)]!;
	}

	#loaded(parts: readonly Part[]): readonly Required<Part>[] {
		return parts.map((part) => this.#load(part));
	}

	#load(part: Part): Required<Part> {
		if (!part.scopes) {
			const { start, end, bounds } = part;
			const tree = parsedByMember(this.#language, this.#source, bounds);
			for (const kid of tree.kids as OpenNode[]) kid.parent = this.#root;
			this.parsed += end - start;
			part.kids = tree.kids;
			part.names = this.#names.collected(() => {
				part.scopes = collectScopes(tree, this.module);
			});
			for (const [node, lambda] of part.scopes!.lambdas) this.lambdas.set(node, lambda);
		}
		return part as Required<Part>; // All were just set.
	}
}

/** Whether a letter, digit or the like of ASCII stands at an offset. Others may belong to a name or not. */
function isWordAt(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || isDigitAt(text, at);
}

function isDigitAt(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	return code >= 48 && code <= 57;
}

/** The names of a module's scope; each is looked for when it is first asked for. */
class LazyNames extends Map<string, Binding[]> {
	readonly #find: (name: string) => Binding[];
	readonly #findAll: () => readonly Required<Part>[];
	readonly #found = new Map<string, Binding[] | undefined>();
	/** What is being collected of a part, in the order of the text. */
	#open: Map<string, Binding[]> | undefined;
	#all: Map<string, Binding[]> | undefined;

	constructor(find: (name: string) => Binding[], findAll: () => readonly Required<Part>[]) {
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
			for (const { names } of this.#findAll()) {
				for (const [name, bindings] of names) all.set(name, [...(all.get(name) ?? []), ...bindings]);
			}
			this.#all = all;
		}
		return this.#all;
	}
}
