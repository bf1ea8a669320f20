import type { Span } from "../../span.ts";
import type { ActivationUse, Definition, ReadFile } from "../use.ts";
import { collectScopes } from "./collectScopes.ts";
import { Definitions } from "./definitions.ts";
import { type Imports, importsOf } from "./imports.ts";
import type { Language } from "./language.ts";
import { attributeOf, type Changes, Lookups, mentionedBy, mentionOf, STARS } from "./lookups.ts";
import { childNamed, emptyTree, type OpenNode, type Piece, type SourceText, type SyntaxNode, textOf } from "./node.ts";
import { endAt, type OpenClass, openClassIn, putInto } from "./openClass.ts";
import { isMember, lastAt, PartStarts } from "./partStarts.ts";
import { Reader } from "./reader.ts";
import { type Neighbours, Resolver } from "./resolver.ts";
import {
	type Binding,
	type CodeClass,
	type CodeFunction,
	moduleScope,
	type PartOfScopes,
	type Scope,
	type Scopes,
	type Site,
} from "./scope.ts";
import { textChange } from "./textChange.ts";
import { nextWord } from "./words.ts";

/** A file, or a notebook's cells, as the reader sees it: what it found, and what names stand for. */
export interface ReadCode extends ReadFile {
	readonly text: string;
	readonly root: SyntaxNode;
	readonly resolver: Resolver;
	/** Where each of the texts begins in `text`. */
	readonly starts: readonly number[];
	/**
	 * What `find` finds in each part of the text, in their order: remembered until the part changes, or what `find` asked
	 * the resolver about the rest. Offsets move with the text, so what is found holds nodes, and no numbers of theirs.
	 */
	inParts<T>(find: FindInPart<T>): readonly T[];
}

/** Looks at one part, and at the rest of the text only by the resolver. */
export type FindInPart<T> = (part: Scopes, resolver: Resolver) => readonly T[];

/** Reads texts that run one after the other in one module, as one text; offsets are those within it. */
export function readCode(texts: readonly string[], language: Language, neighbours?: Neighbours): ReadCode {
	return new CodeReading(language, neighbours).update(texts);
}

/** A part of the text that is parsed alone: one or a few statements of the module, or of a class. */
interface Part {
	start: number;
	end: number;
	/** How far the latest edit moved it. */
	shift: number;
	/** What its nodes are counted from. */
	readonly piece: Piece;
	readonly kids: readonly SyntaxNode[];
	/** How many of them are members of `class`. */
	readonly members: number;
	/** How far behind `start` the class ends if they are the last; undefined if there are none. */
	readonly classLength: number | undefined;
	readonly scopes: PartOfScopes;
	/** What it binds in the module's scope. */
	readonly bound: Bound;
	/** The class of which it is a member, whose beginning is a part before it. */
	readonly class: CodeClass | null;
	/** The class that begins in it, with the members that are parts of their own. */
	readonly open: BegunClass | undefined;
	/** What it binds in the scope of the one or the other. */
	readonly boundInClass: Bound;
	definitions?: ReadDefinitions | undefined;
	uses?: ReadUses | undefined;
	/** All that was looked up in the rest of the text for what is read in it. */
	lookups: Lookups;
	/** What others found in it, by what they looked for. */
	readonly found: Map<FindInPart<unknown>, { readonly value: readonly unknown[]; readonly lookups: Lookups }>;
}

/** What a part binds in a scope that has others. */
interface Bound {
	readonly names: ReadonlyMap<string, Binding[]>;
	readonly stars: readonly string[];
}

/** A class whose beginning is a part. */
interface BegunClass extends OpenClass {
	readonly class: CodeClass;
	/** What it descends from, as it is written. */
	readonly bases: string;
	/** The parts whose members are in it now. */
	members?: readonly Part[];
}

/** Where a part lies that a new text has. */
interface Bounds {
	readonly start: number;
	readonly end: number;
	readonly isMember: boolean;
}

/** What is read in a part, which holds while nothing that it looked up in the rest of the text changes. */
interface PartReading {
	readonly lookups: Lookups;
	/** The spans in the result, with the parts that they begin in; `of` is a class that ends with its last member. */
	readonly spans: readonly { readonly span: MovingSpan; readonly part: Part; readonly of: CodeClass | undefined }[];
}

interface ReadDefinitions extends PartReading {
	readonly reader: Definitions;
	readonly found: readonly Definition[];
}

interface ReadUses extends PartReading {
	readonly found: readonly ActivationUse[];
}

type MovingSpan = { -readonly [K in keyof Span]: Span[K] };

/**
 * The reading of a text that is edited. Each part of the text is parsed alone, and what was read in it is kept until the
 * part, or what it looked up elsewhere, changes. So an edit costs what it touches, and the result is that of reading
 * the whole text anew. What an edit leaves alone stays the same object, and its positions move with the text.
 */
export class CodeReading {
	readonly #language: Language;
	readonly #neighbours: Neighbours | undefined;
	readonly #source: { -readonly [K in keyof SourceText]: SourceText[K] } = { text: "" };
	readonly #root: OpenNode = emptyTree(this.#source);
	readonly #module = moduleScope();
	readonly #tracked = new WeakSet<Span>();
	/** Of each of the texts. */
	readonly #partStarts: PartStarts[] = [];
	/** The names of which some part has looked at each place where they are used. */
	readonly #mentioned = new Set<string>();
	#parts: readonly Part[] = [];
	#environment = "";

	constructor(language: Language, neighbours?: Neighbours) {
		this.#language = language;
		this.#neighbours = neighbours;
	}

	/** What the texts say now, by offsets in all of them joined. Results of earlier calls that still hold are part of it. */
	update(texts: readonly string[]): ReadCode {
		const text = texts.length === 1 ? texts[0]! : texts.join("\n");
		const starts: number[] = [];
		const bounds: Bounds[] = [];
		let start = 0;
		this.#partStarts.length = Math.min(this.#partStarts.length, texts.length);
		for (const [i, each] of texts.entries()) {
			starts.push(start);
			this.#partStarts[i] ??= new PartStarts(this.#language.scanParts);
			const offsets = this.#partStarts[i].in(each);
			offsets.forEach((offset, i) => {
				const end = start + (offsets[i + 1] ?? each.length);
				bounds.push({ start: start + offset, end, isMember: isMember(each, offset) });
			});
			start += each.length + 1;
		}
		const changed = this.#replaceParts(text, bounds);
		const scopes = this.#scopes();
		const resolver = new Resolver(text, scopes, this.#language, this.#neighbours);
		this.#readParts(text, scopes, resolver, changed);
		const uses = this.#all((part) => part.uses!.found);
		const definitions = this.#all((part) => part.definitions!.found);
		const inParts = <T>(find: FindInPart<T>) => this.#all((part) => this.#findIn(part, find, text, scopes));
		return { text, root: this.#root, resolver, starts, uses, definitions, inParts };
	}

	#findIn<T>(part: Part, find: FindInPart<T>, text: string, scopes: Scopes): readonly T[] {
		const known = part.found.get(find);
		if (known) return known.value as readonly T[]; // As it was put there by this method.
		const resolver = this.#resolverFor(part, text, scopes);
		const value = find(part.scopes, resolver);
		part.found.set(find, { value, lookups: resolver.lookups });
		this.#noteLookups(part, resolver.lookups);
		return value;
	}

	/** Takes over the parts that the new text still has, moves them, and parses the others. */
	#replaceParts(text: string, bounds: readonly Bounds[]): Changes {
		const before = this.#source.text;
		const { prefix, behind, by } = textChange(before, text);
		const old = this.#parts;
		let next = 0; // Both are in the order of the text, so each is taken over once.
		const found = bounds.map(({ start, end }) => {
			const shift = end <= prefix ? 0 : start >= behind ? by : undefined;
			if (shift === undefined) return undefined;
			while (next < old.length && old[next]!.start < start - shift) next++;
			const part = old[next];
			if (part?.start !== start - shift || part.end !== end - shift) return undefined;
			next++;
			part.shift = shift;
			return part;
		});
		this.#source.text = text;
		const { parts, kept } = this.#partsAt(bounds, found);
		const gone = old.filter((part) => !kept.has(part));
		const made = parts.filter((part) => !kept.has(part));
		const names = new Set<string>();
		for (const part of gone) noteNames(part, before, this.#mentioned, names);
		// At first there is nothing that could have looked a name up.
		if (old.length > 0) for (const part of made) noteNames(part, text, this.#mentioned, names);
		// What came stands where what went stood, so an import that both have has not changed.
		const importedBefore = plainImports(gone);
		for (const [name, module] of plainImports(made)) if (importedBefore.get(name) === module) names.delete(name);
		const basesBefore = basesIn(gone);
		for (const [name, bases] of basesIn(made)) if (basesBefore.get(name) === bases) names.delete(name);
		for (const part of kept) {
			part.start += part.shift;
			part.end += part.shift;
			part.piece.start = part.start;
		}
		this.#parts = parts;
		this.#root.to = text.length;
		this.#root.kids = this.#all(({ kids, members }) => (members > 0 ? kids.slice(members) : kids));
		this.#closeClasses();
		// A span lies in a part that is kept, or is of a reading that no longer holds.
		for (const { definitions, uses } of old) {
			definitions?.spans.forEach(moveSpan);
			uses?.spans.forEach(moveSpan);
		}
		return { names, anyTime: boundAnyTime([...gone, ...made]), ...areaOf(gone, made, by) };
	}

	/**
	 * The parts of the text: those of `found`, and those parsed for the others. A member stays what it was where its class
	 * goes on in what the class now begins with.
	 */
	#partsAt(bounds: readonly Bounds[], found: readonly (Part | undefined)[]) {
		const kept = new Set<Part>();
		const goingOn = new Set(found.flatMap((part) => part?.open?.class ?? []));
		let around: CodeClass | null = null;
		const parts = bounds.map((at, i) => {
			let part = found[i];
			if (at.isMember && part && part.class !== around) part = undefined;
			if (part) kept.add(part);
			else if (at.isMember) part = this.#parse(at, around);
			else {
				const before = found[bounds.findIndex((next, k) => k > i && (!next.isMember || found[k] !== undefined))];
				const again = before?.class && !goingOn.has(before.class) ? before.class : undefined;
				if (again) goingOn.add(again);
				part = this.#parse(at, null, again);
			}
			if (!at.isMember) around = part.open?.class ?? null;
			return part;
		});
		return { parts, kept };
	}

	/** `again` is the class of an earlier reading that the part may begin with now. */
	#parse({ start, end }: Bounds, within: CodeClass | null, again?: CodeClass): Part {
		const memberTree = within && this.#language.parseMembers(this.#source, start, end);
		const tree = memberTree ?? this.#language.parse(this.#source, start, end);
		const { kids } = tree;
		const { members = 0, classEnd } = memberTree ?? {};
		const begun = within ? undefined : openClassIn(kids);
		// One of another name is another class.
		const goesOn = begun && again && nameOf(begun.node) === again.name ? { node: begun.node, of: again } : undefined;
		const inClass = within ?? goesOn?.of;
		if (inClass) emptied(inClass.scope);
		// What the part binds in the module's scope is taken out of it again, to be put together with that of the others.
		const scopes = collectScopes(
			tree,
			emptied(this.#module),
			within ? { scope: within.scope, count: members } : undefined,
			goesOn,
		);
		for (const kid of kids as OpenNode[]) kid.parent = this.#root;
		const binding =
			begun && scopes.bindings.find(({ what }) => what.kind === "class" && what.class.node === begun.node);
		const ofClass = binding?.what.kind === "class" ? binding.what.class : undefined;
		const inItsClass = within ?? ofClass;
		return {
			start,
			end,
			shift: 0,
			piece: tree.piece,
			kids,
			members,
			classLength: classEnd && classEnd - start,
			scopes,
			bound: boundIn(this.#module),
			class: within,
			open: begun && ofClass && { ...begun, class: ofClass, bases: ofClass.bases.map(textOf).join() },
			boundInClass: inItsClass ? boundIn(inItsClass.scope) : NOTHING_BOUND,
			lookups: new Lookups(),
			found: new Map(),
		};
	}

	/** Puts the members into their classes: those of a class that has other ones than before. */
	#closeClasses(): void {
		for (let i = 0; i < this.#parts.length; i++) {
			const { open, boundInClass } = this.#parts[i]!;
			if (!open) continue;
			const from = i + 1;
			while (this.#parts[i + 1]?.class === open.class) i++;
			if (!isRun(open.members, this.#parts, from, i + 1)) {
				const members = this.#parts.slice(from, i + 1);
				open.members = members;
				const kids = members.flatMap((part) => part.kids.slice(0, part.members));
				putInto(open, kids);
				emptied(open.class.scope);
				for (const bound of [boundInClass, ...members.map((part) => part.boundInClass)])
					bindAll(open.class.scope, bound);
			}
			const last = open.members?.findLast(({ classLength }) => classLength);
			endAt(open, last && last.start + last.classLength!);
		}
	}

	/** The parts' names together. */
	#scopes(): Scopes {
		emptied(this.#module);
		const lambdas = new Map<SyntaxNode, CodeFunction>();
		for (const part of this.#parts) {
			bindAll(this.#module, part.bound);
			for (const [node, lambda] of part.scopes.lambdas) lambdas.set(node, lambda);
		}
		const parts = this.#parts;
		// Put together when first asked for: few ask.
		let sites: readonly Site[] | undefined;
		let functions: readonly CodeFunction[] | undefined;
		let classes: readonly CodeClass[] | undefined;
		return {
			root: this.#root,
			module: this.#module,
			lambdas,
			get sites() {
				sites ??= concatenated(parts, (part) => part.scopes.sites);
				return sites;
			},
			get functions() {
				functions ??= concatenated(parts, (part) => part.scopes.functions);
				return functions;
			},
			get classes() {
				classes ??= concatenated(parts, (part) => part.scopes.classes);
				return classes;
			},
			imports: this.#all(({ scopes }) => scopes.imports),
			parsed: this.#source.text.length,
			parts: parts.map(({ scopes }) => scopes).filter(({ sites }) => sites.length > 0),
		};
	}

	#all<T>(of: (part: Part) => readonly T[]): T[] {
		return concatenated(this.#parts, of);
	}

	#readParts(text: string, scopes: Scopes, resolver: Resolver, changes: Changes): void {
		const imports = importsOf(resolver, text);
		const environment = JSON.stringify(imports);
		const isNew = environment !== this.#environment;
		this.#environment = environment;
		for (const part of this.#parts) {
			const holds = ({ lookups }: { readonly lookups: Lookups }) => !isNew && !lookups.areChangedBy(changes, part.end);
			if (holds(part)) continue;
			for (const [find, each] of part.found) if (!holds(each)) part.found.delete(find);
			if (part.uses && !holds(part.uses)) part.uses = undefined;
			if (part.definitions && !holds(part.definitions)) {
				part.definitions = undefined;
				part.uses = undefined; // Those of what it defines hold what was read of it.
			}
			part.lookups = new Lookups();
			for (const each of [part.definitions, part.uses, ...part.found.values()]) {
				if (each) part.lookups.addAll(each.lookups, false);
			}
		}
		for (const part of this.#parts) {
			if (part.definitions) continue;
			part.definitions = this.#readDefinitions(part, this.#resolverFor(part, text, scopes));
			this.#noteLookups(part, part.definitions.lookups);
		}
		for (const part of this.#parts) {
			if (part.uses) continue;
			part.uses = this.#readUses(part, this.#resolverFor(part, text, scopes), imports);
			this.#noteLookups(part, part.uses.lookups);
		}
	}

	/** One that notes what is looked up for a part. */
	#resolverFor({ end }: Part, text: string, scopes: Scopes): Resolver {
		return new Resolver(text, scopes, this.#language, this.#neighbours, new Lookups(end));
	}

	#noteLookups(part: Part, lookups: Lookups): void {
		part.lookups.addAll(lookups, false);
		for (const each of lookups.names) {
			const name = mentionedBy(each);
			if (name !== undefined) this.#mentioned.add(name);
		}
	}

	#readDefinitions(part: Part, resolver: Resolver): ReadDefinitions {
		const reader = new Definitions(resolver, null);
		const found = reader.in(part.scopes);
		return { reader, found, lookups: resolver.lookups.copy(), spans: this.#spansIn(part, found.flatMap(spansOf)) };
	}

	#readUses(part: Part, resolver: Resolver, imports: Imports): ReadUses {
		const own = new Definitions(resolver, null);
		const definitionsOf = (of: CodeFunction | CodeClass): Definitions => {
			const other = this.#parts[lastAt(this.#parts, of.node.from)];
			if (other?.definitions) resolver.lookups.addAll(other.definitions.lookups, other.end > part.end);
			return other?.definitions?.reader ?? own;
		};
		const found = new Reader(resolver, own, definitionsOf).read(
			part.scopes.sites,
			part.definitions!.found,
			() => imports,
		);
		const spans = found.flatMap(({ span, argument, definition }) => [
			span,
			...(argument ? [argument.span] : []),
			...(definition ? spansOf(definition) : []),
		]);
		return { found, lookups: resolver.lookups, spans: this.#spansIn(part, spans) };
	}

	/** The spans, without those of another part's reading, with the parts that they lie in; `part` itself is looked at first. */
	#spansIn(part: Part, spans: readonly Span[]): PartReading["spans"] {
		const found: PartReading["spans"][number][] = [];
		for (const span of spans) {
			if (this.#tracked.has(span)) continue;
			this.#tracked.add(span);
			const isOwn = span.start >= part.start && span.end <= part.end;
			// Where something is missing it is so at the end of what is there.
			const at = span.end > span.start ? span.start : span.start - 1;
			const within = isOwn ? part : this.#parts[lastAt(this.#parts, at)]!;
			const node = within.open?.node;
			const isClass = node?.from === span.start && node.to === span.end;
			found.push({ span, part: within, of: isClass ? within.open?.class : undefined });
		}
		return found;
	}
}

/** All spans that lie in the text of a definition's file. */
function spansOf({ path, span, nameSpan, reasonSpan, understood }: Definition): readonly Span[] {
	if (path !== null) return [];
	return [span, nameSpan, ...(reasonSpan ? [reasonSpan] : []), ...(understood?.origins.values() ?? [])];
}

/** Notes what others may have looked up in a part of a text that came, went or changed, of `mentioned` what stands in it. */
function noteNames(part: Part, text: string, mentioned: ReadonlySet<string>, names: Set<string>): void {
	const { bound, boundInClass } = part;
	for (const name of bound.names.keys()) names.add(name);
	if (bound.stars.length + boundInClass.stars.length > 0) names.add(STARS);
	const owner = part.class ?? part.open?.class;
	if (owner) for (const name of boundInClass.names.keys()) names.add(attributeOf(owner, name));
	if (part.open) names.add(attributeOf(part.open.class));
	const code = text.slice(part.start, part.end);
	for (const name of mentioned) if (nextWord(code, name, 0) >= 0) names.add(mentionOf(name));
}

function nameOf(of: SyntaxNode): string | undefined {
	const node = childNamed(of, "VariableName");
	return node && textOf(node);
}

const NOTHING_BOUND: Bound = { names: new Map(), stars: [] };

/**
 * A scope without what is bound in it. Its tables are new ones: one that is emptied and filled again and again keeps the
 * collector of garbage busy, as what it was before points to what it is now.
 */
function emptied(scope: Scope): Scope {
	Object.assign(scope, { names: new Map(), stars: [] } satisfies Partial<Scope>);
	if (scope.class) Object.assign(scope.class, { attributes: scope.names } satisfies Partial<CodeClass>);
	scope.elsewhere.clear();
	return scope;
}

function boundIn({ names, stars }: Scope): Bound {
	return { names, stars };
}

function bindAll(scope: Scope, { names, stars }: Bound): void {
	for (const [name, bindings] of names) scope.names.set(name, scope.names.get(name)?.concat(bindings) ?? bindings);
	scope.stars.push(...stars);
}

/** All of the text that parts went from, before it moved and behind, and came to. */
function areaOf(gone: readonly Part[], made: readonly Part[], by: number): Pick<Changes, "from" | "to"> {
	let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const { start, end } of [...gone, ...made]) [from, to] = [Math.min(from, start), Math.max(to, end)];
	for (const { start, end } of gone) [from, to] = [Math.min(from, start + by), Math.max(to, end + by)];
	return { from, to };
}

/** The names that parts bind from within a function. */
function boundAnyTime(parts: readonly Part[]): ReadonlySet<string> {
	const found = new Set<string>();
	for (const { bound } of parts) {
		for (const [name, bindings] of bound.names) if (bindings.some(({ block }) => block.arm === -1)) found.add(name);
	}
	return found;
}

/** The names that parts bind once, by an import whatever happens, and what they import. */
function plainImports(parts: readonly Part[]): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	const others = new Set<string>();
	for (const { bound, scopes } of parts) {
		for (const [name, [binding, ...more]] of bound.names) {
			const isPlain = binding?.what.kind === "import" && more.length === 0 && binding.block === scopes.module.body;
			if (isPlain && !found.has(name)) found.set(name, binding.what.name);
			else others.add(name);
		}
	}
	for (const name of others) found.delete(name);
	return found;
}

/** What the classes that begin in parts descend from, by what stands for that. */
function basesIn(parts: readonly Part[]): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	for (const { open } of parts) {
		const name = open && attributeOf(open.class);
		if (name) found.set(name, `${found.get(name) ?? ""}${open.bases};`);
	}
	return found;
}

function concatenated<T>(parts: readonly Part[], of: (part: Part) => readonly T[]): T[] {
	const all: T[] = [];
	for (const part of parts) for (const each of of(part)) all.push(each);
	return all;
}

function moveSpan({ span, part, of }: PartReading["spans"][number]): void {
	if (part.shift !== 0) {
		span.start += part.shift;
		span.end += part.shift;
	}
	if (of) span.end = of.node.to;
}

/** Whether the items are those of `all` from one index to another. */
function isRun<T>(items: readonly T[] | undefined, all: readonly T[], from: number, to: number): boolean {
	if (items?.length !== to - from) return false;
	for (let i = 0; i < items.length; i++) if (items[i] !== all[from + i]) return false;
	return true;
}
