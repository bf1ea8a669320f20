import { firstIndex } from "../../firstIndex.ts";
import { once } from "../../once.ts";
import type { Span } from "../../span.ts";
import type { ActivationUse, Definition, ReadFile } from "../use.ts";
import { type ReadCode, readCode } from "./codeReading.ts";
import type { Language } from "./language.ts";
import type { Neighbours } from "./resolver.ts";

/** Reads texts that run one after the other in one module; offsets are those within each text. */
export function readCells(texts: readonly string[], language: Language, neighbours?: Neighbours): readonly ReadFile[] {
	return inCells(readCode(texts, language, neighbours));
}

/** What was read, text by text, by offsets within each; what of it is not asked for costs nothing. */
export function inCells(code: ReadCode): readonly ReadFile[] {
	const { starts } = code;
	if (starts.length === 1) return [code];
	const cellOf = (offset: number) => firstIndex(1, starts.length, (i) => starts[i]! > offset) - 1;
	const startOf = (offset: number) => starts[cellOf(offset)]!;
	const movedDefinitions = new Map<Definition, Definition>();
	const move = (definition: Definition): Definition => {
		if (definition.path !== null) return definition;
		const known = movedDefinitions.get(definition) ?? movedDefinition(definition, startOf(definition.span.start));
		movedDefinitions.set(definition, known);
		return known;
	};
	const moveUse = (use: ActivationUse): ActivationUse => {
		const { span, definition, argument } = use;
		return extended(use, {
			span: moved(span, startOf(span.start)),
			definition: definition && move(definition),
			argument: argument && { ...argument, span: moved(argument.span, startOf(argument.span.start)) },
		});
	};
	const uses = once(() => byCell(code.uses, starts.length, cellOf));
	const definitions = once(() => byCell(code.definitions, starts.length, cellOf));
	return starts.map((_, cell) => {
		const usesOfCell = once(() => uses()[cell]!.map(moveUse));
		const definitionsOfCell = once(() => definitions()[cell]!.map(move));
		return {
			get uses() {
				return usesOfCell();
			},
			get definitions() {
				return definitionsOfCell();
			},
		};
	});
}

/** The items of each cell, in their order. */
function byCell<T extends { readonly span: Span }>(
	items: readonly T[],
	cells: number,
	cellOf: (offset: number) => number,
): readonly (readonly T[])[] {
	const found = Array.from({ length: cells }, (): T[] => []);
	for (const item of items) found[cellOf(item.span.start)]!.push(item);
	return found;
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
