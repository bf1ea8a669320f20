import type { Span } from "../../span.ts";
import type { ActivationUse, Definition, ReadFile } from "../use.ts";
import { Definitions } from "./definitions.ts";
import type { Language } from "./language.ts";
import { emptyTree, type OpenNode, type SourceText, type SyntaxNode } from "./node.ts";
import { lastAt, PartStarts } from "./partStarts.ts";
import { lambdaTarget, Reader } from "./reader.ts";
import { mentionOf, type Neighbours, Resolver, STARS } from "./resolver.ts";
import {
	type Binding,
	type CodeClass,
	type CodeFunction,
	collectScopes,
	moduleScope,
	type PartOfScopes,
	type Scopes,
	type Site,
} from "./scope.ts";
import { type Imports, importsOf } from "./strings.ts";
import { textChange } from "./textChange.ts";

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
export type FindInPart<T> = (part: Scopes, resolver: Resolver) => T;

/** Reads texts that run one after the other in one module, as one text; offsets are those within it. */
export function readCode(texts: readonly string[], language: Language, neighbours?: Neighbours): ReadCode {
	return new CodeReading(language, neighbours).update(texts);
}

/** Reads texts that run one after the other in one module; offsets are those within each text. */
export function readCells(texts: readonly string[], language: Language, neighbours?: Neighbours): readonly ReadFile[] {
	return inCells(readCode(texts, language, neighbours), texts);
}

/** A part of the text that is parsed alone: one or a few statements of the module. */
interface Part {
	start: number;
	end: number;
	/** How far the latest edit moved it. */
	shift: number;
	readonly kids: readonly SyntaxNode[];
	readonly scopes: PartOfScopes;
	/** What it binds in the module's scope. */
	readonly names: ReadonlyMap<string, Binding[]>;
	readonly stars: readonly string[];
	/** All nodes of its tree, collected when they first move. */
	nodes?: readonly OpenNode[];
	definitions?: ReadDefinitions;
	uses?: ReadUses;
	/** What others found in it, by what they looked for. */
	readonly found: Map<FindInPart<unknown>, { readonly value: unknown; readonly lookups: ReadonlySet<string> }>;
}

/** What is read in a part, which holds while nothing that it looked up in the rest of the text changes. */
interface PartReading {
	readonly lookups: ReadonlySet<string>;
	/** The spans in the result, with the parts that they lie in. */
	readonly spans: readonly { readonly span: MovingSpan; readonly part: Part }[];
}

interface ReadDefinitions extends PartReading {
	readonly reader: Definitions;
	readonly found: readonly Definition[];
}

interface ReadUses extends PartReading {
	readonly found: readonly ActivationUse[];
}

type MovingBinding = { -readonly [K in keyof Binding]: Binding[K] };
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
		const bounds: [start: number, end: number][] = [];
		let start = 0;
		this.#partStarts.length = Math.min(this.#partStarts.length, texts.length);
		for (const [i, each] of texts.entries()) {
			starts.push(start);
			this.#partStarts[i] ??= new PartStarts(this.#language.scanParts);
			const offsets = this.#partStarts[i].in(each);
			offsets.forEach((offset, i) => {
				bounds.push([start + offset, start + (offsets[i + 1] ?? each.length)]);
			});
			start += each.length + 1;
		}
		const changed = this.#replaceParts(text, bounds);
		const scopes = this.#scopes();
		const resolver = new Resolver(text, scopes, this.#language, this.#neighbours);
		this.#readParts(text, scopes, resolver, changed);
		const uses = this.#all((part) => part.uses!.found);
		const definitions = this.#all((part) => part.definitions!.found);
		const inParts = <T>(find: FindInPart<T>) => this.#parts.map((part) => this.#findIn(part, find, text, scopes));
		return { text, root: this.#root, resolver, starts, uses, definitions, inParts };
	}

	#findIn<T>(part: Part, find: FindInPart<T>, text: string, scopes: Scopes): T {
		const known = part.found.get(find);
		if (known) return known.value as T; // As it was put there by this method.
		const resolver = new Resolver(text, scopes, this.#language, this.#neighbours);
		const value = find(part.scopes, resolver);
		part.found.set(find, { value, lookups: resolver.lookups });
		return value;
	}

	/** Takes over the parts that the new text still has, moves them, and parses the others. Gives the names that changed. */
	#replaceParts(text: string, bounds: readonly (readonly [start: number, end: number])[]): ReadonlySet<string> {
		const { prefix, behind, by } = textChange(this.#source.text, text);
		const old = new Map(this.#parts.map((part) => [part.start, part]));
		const kept = new Set<Part>();
		const found = bounds.map(([start, end]) => {
			const shift = end <= prefix ? 0 : start >= behind ? by : undefined;
			const part = shift === undefined ? undefined : old.get(start - shift);
			if (!part || part.end !== end - shift! || kept.has(part)) return undefined;
			part.shift = shift!;
			kept.add(part);
			return part;
		});
		const gone = this.#parts.filter((part) => !kept.has(part));
		const importedBefore = plainImports(gone);
		const changed = new Set<string>();
		for (const part of gone) noteNames(part, changed);
		this.#source.text = text;
		// A span lies in a part that is kept, or is of a reading that no longer holds.
		for (const { definitions, uses } of this.#parts) {
			for (const spans of [definitions?.spans, uses?.spans]) {
				for (const { span, part } of spans ?? []) {
					if (part.shift === 0) continue;
					span.start += part.shift;
					span.end += part.shift;
				}
			}
		}
		for (const part of kept) if (part.shift !== 0) move(part);
		this.#parts = found.map((part, i) => {
			if (part) return part;
			const made = this.#parse(bounds[i]![0], bounds[i]![1]);
			// At first there is nothing that could have looked a name up.
			if (old.size > 0) noteNames(made, changed);
			return made;
		});
		// What came stands where what went stood, so an import that both have has not changed.
		for (const [name, module] of plainImports(this.#parts.filter((part) => !kept.has(part)))) {
			if (importedBefore.get(name) === module) changed.delete(name);
		}
		this.#root.to = text.length;
		this.#root.kids = this.#all(({ kids }) => kids);
		return changed;
	}

	#parse(start: number, end: number): Part {
		const tree = this.#language.parse(this.#source, start, end);
		// What the part binds in the module's scope is taken out of it again, to be put together with that of the others.
		this.#module.names.clear();
		this.#module.stars.length = 0;
		const scopes = collectScopes(tree, this.#module);
		const [names, stars] = [new Map(this.#module.names), [...this.#module.stars]];
		for (const kid of tree.kids as OpenNode[]) kid.parent = this.#root;
		const part: Part = { start, end, shift: 0, kids: tree.kids, scopes, names, stars, found: new Map() };
		return part;
	}

	/** The parts' names together. */
	#scopes(): Scopes {
		const { names, stars } = this.#module;
		names.clear();
		stars.length = 0;
		const lambdas = new Map<SyntaxNode, CodeFunction>();
		for (const part of this.#parts) {
			for (const [name, bindings] of part.names) names.set(name, names.get(name)?.concat(bindings) ?? bindings);
			stars.push(...part.stars);
			for (const [node, lambda] of part.scopes.lambdas) lambdas.set(node, lambda);
		}
		const parts = this.#parts;
		let sites: readonly Site[] | undefined;
		return {
			module: this.#module,
			lambdas,
			/** Put together when first asked for: few ask. */
			get sites() {
				sites ??= concatenated(parts, (part) => part.scopes.sites);
				return sites;
			},
			imports: this.#all(({ scopes }) => scopes.imports),
			parsed: this.#source.text.length,
			parts: parts.map(({ scopes }) => scopes),
			functions: this.#all(({ scopes }) => scopes.functions),
			classes: this.#all(({ scopes }) => scopes.classes),
		};
	}

	#all<T>(of: (part: Part) => readonly T[]): T[] {
		return concatenated(this.#parts, of);
	}

	#readParts(text: string, scopes: Scopes, resolver: Resolver, changed: ReadonlySet<string>): void {
		const imports = importsOf(resolver, text);
		const environment = JSON.stringify([imports, scopes.module.names.size > 0]);
		const isNew = environment !== this.#environment;
		this.#environment = environment;
		const holds = (reading: PartReading | undefined) => reading && !isNew && !intersects(changed, reading.lookups);
		const anew = () => new Resolver(text, scopes, this.#language, this.#neighbours);
		for (const { found } of this.#parts) {
			for (const [find, { lookups }] of found) if (isNew || intersects(changed, lookups)) found.delete(find);
		}
		for (const part of this.#parts)
			if (!holds(part.definitions)) part.definitions = this.#readDefinitions(part, anew());
		for (const part of this.#parts) if (!holds(part.uses)) part.uses = this.#readUses(part, anew(), imports);
	}

	#readDefinitions(part: Part, resolver: Resolver): ReadDefinitions {
		const reader = new Definitions(resolver, null);
		const found = definitionsIn(part.scopes, reader, resolver);
		return { reader, found, lookups: new Set(resolver.lookups), spans: this.#spansIn(part, found.flatMap(spansOf)) };
	}

	#readUses(part: Part, resolver: Resolver, imports: Imports): ReadUses {
		const own = new Definitions(resolver, null);
		const definitionsOf = (of: CodeFunction | CodeClass): Definitions => {
			const other = this.#parts[lastAt(this.#parts, of.node.from)]?.definitions;
			for (const name of other?.lookups ?? []) resolver.lookups.add(name);
			return other?.reader ?? own;
		};
		const found = new Reader(resolver, own, definitionsOf).read(part.scopes.sites, part.definitions!.found, imports);
		const spans = found.flatMap(({ span, argument, definition }) => [
			span,
			...(argument ? [argument.span] : []),
			...(definition ? spansOf(definition) : []),
		]);
		return { found, lookups: resolver.lookups, spans: this.#spansIn(part, spans) };
	}

	/** The spans, without those of another part's reading, with the parts that they lie in; `part` itself is looked at first. */
	#spansIn(part: Part, spans: readonly Span[]): PartReading["spans"] {
		const found: { span: MovingSpan; part: Part }[] = [];
		for (const span of spans) {
			if (this.#tracked.has(span)) continue;
			this.#tracked.add(span);
			const isOwn = span.start >= part.start && span.end <= part.end;
			// Where something is missing it is so at the end of what is there.
			const at = span.end > span.start ? span.start : span.start - 1;
			found.push({ span, part: isOwn ? part : this.#parts[lastAt(this.#parts, at)]! });
		}
		return found;
	}
}

/** All spans that lie in the text of a definition's file. */
function spansOf({ path, span, nameSpan, reasonSpan, understood }: Definition): readonly Span[] {
	if (path !== null) return [];
	return [span, nameSpan, ...(reasonSpan ? [reasonSpan] : []), ...(understood?.origins.values() ?? [])];
}

function definitionsIn({ functions, classes }: Scopes, reader: Definitions, resolver: Resolver): Definition[] {
	const found: Definition[] = [];
	for (const each of functions) {
		const target = each.node.name === "LambdaExpression" ? lambdaTarget(each) : undefined;
		if (each.node.name === "LambdaExpression" && !target) continue;
		const bound = target && { name: resolver.textOf(target), nameSpan: { start: target.from, end: target.to } };
		const definition = reader.ofFunction(each, bound);
		if (definition) found.push(definition);
	}
	for (const each of classes) {
		const definition = reader.ofClass(each);
		if (definition) found.push(definition);
	}
	return found.sort((a, b) => a.span.start - b.span.start);
}

/** Notes what others may have looked up in a part that came, went or changed. */
function noteNames(part: Part, names: Set<string>): void {
	for (const name of part.names.keys()) names.add(name);
	if (part.stars.length > 0) names.add(STARS);
	for (const { node } of part.scopes.sites) {
		if (node.name === "VariableName") names.add(mentionOf(node.text ?? node.source.text.slice(node.from, node.to)));
	}
}

/** The names that parts bind once, by an import whatever happens, and what they import. */
function plainImports(parts: readonly Part[]): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	const others = new Set<string>();
	for (const { names, scopes } of parts) {
		for (const [name, [binding, ...more]] of names) {
			const isPlain = binding?.what.kind === "import" && more.length === 0 && binding.block === scopes.module.body;
			if (isPlain && !found.has(name)) found.set(name, binding.what.name);
			else others.add(name);
		}
	}
	for (const name of others) found.delete(name);
	return found;
}

function concatenated<T>(parts: readonly Part[], of: (part: Part) => readonly T[]): T[] {
	const all: T[] = [];
	for (const part of parts) for (const each of of(part)) all.push(each);
	return all;
}

function move(part: Part): void {
	const by = part.shift;
	part.nodes ??= nodesOf(part.kids);
	for (const node of part.nodes) {
		node.from += by;
		node.to += by;
	}
	for (const binding of part.scopes.bindings as readonly MovingBinding[]) binding.at += by;
	part.start += by;
	part.end += by;
}

/** Each node once: what stands for two things in a tree that was lowered may be in it twice. */
function nodesOf(kids: readonly SyntaxNode[]): readonly OpenNode[] {
	const found = new Set(kids);
	for (const node of found) for (const kid of node.kids) found.add(kid);
	return [...found];
}

function intersects(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
	const [few, many] = a.size < b.size ? [a, b] : [b, a];
	for (const each of few) if (many.has(each)) return true;
	return false;
}

/** What was read, text by text, by offsets within each. */
export function inCells({ uses, definitions, starts }: ReadCode, texts: readonly string[]): readonly ReadFile[] {
	if (texts.length === 1) return [{ uses, definitions }];
	const startOf = (offset: number) => starts.findLast((each) => each <= offset) ?? 0;
	const movedDefinitions = new Map<Definition, Definition>();
	const move = (definition: Definition): Definition => {
		if (definition.path !== null) return definition;
		const known = movedDefinitions.get(definition) ?? movedDefinition(definition, startOf(definition.span.start));
		movedDefinitions.set(definition, known);
		return known;
	};
	return texts.map((text, i) => {
		const from = starts[i]!;
		const within = ({ span }: { span: Span }) => span.start >= from && span.start <= from + text.length;
		return {
			uses: uses.filter(within).map((use) => {
				const { argument } = use;
				return extended(use, {
					span: moved(use.span, from),
					definition: use.definition && move(use.definition),
					argument: argument && { ...argument, span: moved(argument.span, startOf(argument.span.start)) },
				});
			}),
			definitions: definitions.filter(within).map(move),
		};
	});
}

/** A definition by offsets within its own cell. */
function movedDefinition(definition: Definition, by: number): Definition {
	const { understood, reasonSpan } = definition;
	return extended(definition, {
		span: moved(definition.span, by),
		nameSpan: moved(definition.nameSpan, by),
		reasonSpan: reasonSpan && moved(reasonSpan, by),
		understood: understood && {
			...understood,
			origins: new Map([...understood.origins].map(([expression, span]) => [expression, moved(span, by)])),
		},
	});
}

/** A copy with other fields that leaves what is found out lazily to be found out later. */
function extended<T extends object>(original: T, fields: Partial<T>): T {
	const copy = Object.create(Object.getPrototypeOf(original), Object.getOwnPropertyDescriptors(original)) as T; // All of T.
	for (const [name, value] of Object.entries(fields)) Object.defineProperty(copy, name, { value, enumerable: true });
	return copy;
}

function moved(span: Span, by: number): Span {
	return { start: span.start - by, end: span.end - by };
}
