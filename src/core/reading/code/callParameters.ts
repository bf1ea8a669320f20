import { findActivation } from "../../activations/catalog.ts";
import type { EntryParameter, LibraryEntry } from "../../activations/libraries/entry.ts";
import { constantNumber } from "./constants.ts";
import { type CallArgument, type SyntaxNode, stringValue, textOf, unwrap } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import type { Place } from "./scope.ts";

/** What a call makes of an entry: which activation it is, with which parameters. */
export interface BoundParameters {
	/** Null where an argument makes another function of it, or may do so. */
	readonly activation: string | null;
	readonly parameters: Readonly<Record<string, number>>;
	/** Canonical parameters that are written, but not as a number that can be read. */
	readonly unknown: readonly string[];
}

/** The activation's parameters with the defaults of its library, where nothing is written. */
export function defaultParameters(entry: LibraryEntry): Record<string, number> {
	const parameters: Record<string, number> = {};
	for (const { name, default: value } of findActivation(entry.activation)?.parameters ?? []) parameters[name] = value;
	for (const { canonical, default: value } of entry.parameters) {
		if (canonical !== null && typeof value === "number") parameters[canonical] = value;
	}
	return Object.assign(parameters, entry.fixed);
}

/** Reads the arguments that follow the input (`place` is null where there are none), as the numbers that `numberOf` gives. */
export function bindParameters(
	entry: LibraryEntry,
	list: readonly CallArgument[],
	place: Place | null,
	resolver: Resolver,
	numberOf = (node: SyntaxNode) => (place ? constantNumber(node, place, resolver) : undefined),
): BoundParameters {
	const parameters = defaultParameters(entry);
	const unknown: string[] = [];
	let activation: string | null = entry.activation;
	for (const { parameter, argument } of matchArguments(entry.parameters, list, resolver)) {
		// What must be written and is not, as where the function is handed on, is whatever it will be called with.
		if (argument === "unknown" || (argument === undefined && parameter.default === undefined)) {
			if (parameter.canonical !== null) {
				unknown.push(parameter.canonical);
				delete parameters[parameter.canonical];
			}
			if (parameter.isFixed) activation = null;
			continue;
		}
		if (argument === undefined || place === null) continue;
		if (parameter.name === "approximate") {
			const form = approximation(argument, resolver);
			if (form === undefined) unknown.push("approximate");
			else activation = form;
			continue;
		}
		if (parameter.isFixed && numberOf(argument) !== parameter.default) {
			unknown.push(parameter.name);
			activation = null;
			continue;
		}
		const { canonical } = parameter;
		if (canonical === null) continue;
		const value = unwrap(argument).name === "None" ? null : numberOf(argument);
		if (value === undefined) unknown.push(canonical);
		else if (value !== null) parameters[canonical] = value;
		if (value === undefined) delete parameters[canonical];
	}
	return { activation, parameters, unknown };
}

/** The same where nothing is known of its parameters. */
export function withUnknown(bound: BoundParameters): BoundParameters {
	return { ...bound, parameters: {}, unknown: [...new Set([...bound.unknown, ...Object.keys(bound.parameters)])] };
}

/** The arguments behind the input, which is the first positional one, or has one of the names it goes by. */
export function withoutInput(all: readonly CallArgument[]): CallArgument[] {
	const positional = all.findIndex((argument) => argument.name === null && argument.stars === 0);
	const at =
		positional >= 0
			? positional
			: all.findIndex(({ name }) => name && /^(input|x|a|features|logits|tensor)$/.test(textOf(name)));
	return all.filter((_, i) => i !== at);
}

/** Which argument each parameter takes: an expression, none, or "unknown" where a `*list` or `**table` may hold it. */
export function* matchArguments(
	parameters: readonly EntryParameter[],
	list: readonly CallArgument[],
	resolver: Resolver,
): Generator<{ parameter: EntryParameter; argument: SyntaxNode | undefined | "unknown" }> {
	const positional = list.filter((argument) => argument.name === null && argument.stars !== 2);
	const spread = positional.findIndex((argument) => argument.stars === 1);
	const table = list.some((argument) => argument.stars === 2);
	for (const [position, parameter] of parameters.entries()) {
		const named = list.find((argument) => argument.name && nameOf(argument.name, resolver) === parameter.name);
		if (named) yield { parameter, argument: named.value };
		else if (spread >= 0 && position >= spread) yield { parameter, argument: "unknown" };
		else if (positional[position]) yield { parameter, argument: positional[position].value };
		else yield { parameter, argument: table ? "unknown" : undefined };
	}
}

/** An argument's name, which is a text in a table of settings: `{"negative_slope": 0.1}`. */
function nameOf(node: SyntaxNode, resolver: Resolver): string {
	return stringValue(node) ?? resolver.textOf(node);
}

/** The form of GELU that an `approximate=` argument chooses. */
export function approximation(argument: SyntaxNode, resolver: Resolver): "gelu" | "gelu_tanh" | undefined {
	const node = unwrap(argument);
	if (node.name === "Boolean") return resolver.textOf(node) === "True" ? "gelu_tanh" : "gelu";
	switch (stringValue(node)) {
		case "tanh":
			return "gelu_tanh";
		case "none":
			return "gelu";
		default:
			return undefined;
	}
}
