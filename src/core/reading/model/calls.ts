import type { CodeFunction } from "../code/scope.ts";
import type { Definition } from "../use.ts";
import { fillFields, instantiate, isOrdinary, isRecord, lineageOf } from "./classes.ts";
import type { Frame, Machine } from "./machine.ts";
import type { Step } from "./model.ts";
import { executeBody, isGenerator } from "./statements.ts";
import {
	type Arguments,
	type GraphNode,
	type Instance,
	type Names,
	NONE,
	type Site,
	type Thing,
	tensorsIn,
	unknown,
} from "./thing.ts";

/** What a call does, by what is called. */
export function callThing(machine: Machine, callee: Thing, given: Arguments, site: Site, what: string): Thing {
	switch (callee.kind) {
		case "function":
			return callFunction(machine, callee, given, site);
		case "class":
			return instantiate(machine, callee, given, site);
		case "partial": {
			const { positional: first, named, open } = callee.given;
			const all = {
				positional: [...first, ...given.positional],
				named: new Map([...named, ...given.named]),
				open: open ?? given.open,
			};
			return machine.call(callee.callee, all, site, what);
		}
		case "library":
			for (const library of machine.libraries) {
				const found = library.call?.(machine, callee.name, given, site);
				if (found) return found;
			}
			return notFollowed(machine, what, `${callee.name} is not known here`, given, site, callee);
		case "method":
			if (callee.name === "__init__" && callee.object.kind === "super") {
				const { self, of } = callee.object;
				const lineage = self.kind === "instance" && self.class ? lineageOf(self.class) : [];
				const inherited = lineage.slice(lineage.indexOf(of) + 1);
				if (self.kind === "instance" && isRecord(inherited)) {
					fillFields(self, inherited, given);
					return NONE;
				}
			}
			for (const library of machine.libraries) {
				const found = library.method?.(machine, callee.object, callee.name, given, site);
				if (found) return found;
			}
			return notFollowed(machine, what, `the method ${callee.name} is not known here`, given, site, callee.object);
		case "instance":
		case "layer":
		case "initialiser":
			for (const library of machine.libraries) {
				const found = library.method?.(machine, callee, "__call__", given, site);
				if (found) return found;
			}
			return notFollowed(machine, what, "what a call of it does is not known", given, site);
		case "unknown":
			return notFollowed(machine, what, callee.reason, given, site, callee);
		default:
			return notFollowed(machine, what, "it is nothing that is called", given, site);
	}
}

/** A call that is not followed: a step that is not understood where a value of the model goes into it. */
export function notFollowed(
	machine: Machine,
	what: string,
	reason: string,
	given: Arguments,
	site: Site,
	object: Thing = NONE,
): Thing {
	const things = [object, ...given.positional, ...given.named.values()];
	const isStep = things.some((thing) => tensorsIn(thing).length > 0);
	// What is given a weight itself, or is applied to every module, may draw it anew, however it is called. A function that
	// was handed on has its own name; where not even that is known, one that is given no value of the model may.
	const names = object.kind === "library" ? [what, object.name] : [what];
	const mayInitialise =
		names.some((name) => /init|weight|^apply$/i.test(name.slice(name.lastIndexOf(".") + 1))) ||
		(object.kind === "unknown" && /^\w+$/.test(what) && !isStep);
	for (const thing of things) {
		if (mayInitialise || thing.kind === "slot") forgetInitialisation(machine, thing, reason, site);
	}
	if (isStep) return machine.unknownNode(what, reason, things, site);
	return unknown(reason);
}

/** Says that the weights of a thing may be drawn in another way. */
export function forgetInitialisation(machine: Machine, thing: Thing, reason: string, site: Site): void {
	const draw = { kind: "unknown", reason } as const;
	const blur = (each: Thing, depth: number): void => {
		if (depth > 20) return;
		if (each.kind === "slot")
			machine.journal.write(each.slot, "initialisation", { explicit: true, span: site.span, draw });
		else if (each.kind === "layer") {
			for (const slot of each.slots.values()) {
				machine.journal.write(slot, "initialisation", { explicit: true, span: site.span, draw });
			}
		} else if (each.kind === "instance") for (const kid of each.attributes.values()) blur(kid, depth + 1);
		else if (each.kind === "list") for (const kid of each.items) blur(kid, depth + 1);
		else if (each.kind === "unknown") for (const kid of each.among ?? []) blur(kid, depth + 1);
	};
	blur(thing, 0);
}

function callFunction(machine: Machine, callee: Thing & { kind: "function" }, given: Arguments, site: Site): Thing {
	const own = asActivation(machine, callee, given, site);
	if (own) return own;
	const { function: made, file, self, of, outer } = callee;
	const names: Names = { own: new Map(), outer, file };
	bind(machine, made, callee, given, names);
	const within = self?.kind === "instance" ? self : machine.frame.within;
	const isOrdinaryObject = self?.kind === "instance" && self.class !== null && isOrdinary(self.class);
	const isPlain = machine.frame.isPlain && (self === null || isOrdinaryObject);
	const frame: Frame = { self, of, maybe: [], within, isPlain, running: { function: made, names } };
	return machine.runIn(frame, () => {
		if (!made.body) return NONE;
		if (made.node.name === "LambdaExpression" && made.body.name !== "Body") return machine.evaluate(made.body, names);
		if (isGenerator(made.body)) return notFollowed(machine, made.name, "a generator is not followed", given, site);
		const ending = executeBody(machine, made.body, names);
		const last = ending.kind === "return" ? ending.value : ending.kind === "raise" ? null : NONE;
		const values = last === null ? frame.maybe : [...frame.maybe, last];
		if (values.length === 0) return unknown(`${made.name} raises an error`);
		return machine.joined(values, `which of the values ${made.name || "a lambda"} returns is not known`);
	});
}

function bind(
	machine: Machine,
	made: CodeFunction,
	callee: Thing & { kind: "function" },
	given: Arguments,
	names: Names,
): void {
	const parameters = [...made.parameters];
	if (callee.self && parameters.length > 0 && parameters[0]!.stars === 0) {
		names.own.set(parameters.shift()!.name, callee.self);
	}
	const defaults: Names = callee.of
		? { own: callee.of.attributes, outer: callee.outer, file: callee.file }
		: callee.outer;
	const rest = [...given.positional];
	const taken = new Set<string>();
	for (const parameter of parameters) {
		const { name, stars, keywordOnly } = parameter;
		if (stars === 1) {
			names.own.set(name, { kind: "list", items: rest.splice(0), open: given.open, tuple: true });
			continue;
		}
		if (stars === 2) {
			const others = [...given.named].filter(([key]) => !taken.has(key));
			names.own.set(name, { kind: "dictionary", entries: new Map(others), open: given.open });
			continue;
		}
		taken.add(name);
		const named = given.named.get(name);
		let value: Thing;
		if (named) value = named;
		else if (!keywordOnly && rest.length > 0) value = rest.shift()!;
		else if (given.open) value = given.open;
		else if (parameter.default) value = machine.evaluate(parameter.default, defaults);
		else value = unknown(`${name} is not given`);
		names.own.set(name, value);
	}
}

/** A function of the code that is an activation as a whole. */
function asActivation(
	machine: Machine,
	callee: Thing & { kind: "function" },
	given: Arguments,
	site: Site,
): Thing | undefined {
	const [only] = given.positional;
	if (callee.self || only?.kind !== "tensor" || given.positional.length !== 1 || given.named.size > 0) return undefined;
	if (callee.function.node.name === "LambdaExpression" || callee.function.class) return undefined;
	const definition = machine.definitionsOf(callee.file).ofFunction(callee.function);
	return definition ? definedActivation(machine, definition, only.node, site, callee.function.name) : undefined;
}

/** The step of an activation that the code defines; undefined if its definition is not understood. */
export function definedActivation(
	machine: Machine,
	definition: Definition,
	input: GraphNode,
	site: Site,
	suffix: string,
	layer?: Instance,
): Thing | undefined {
	if (definition.returnsTuple) return undefined;
	const { identity } = definition;
	if (!definition.understood && !identity) return undefined;
	const step: Step = identity
		? { kind: "activation", activation: identity.activation, parameters: identity.parameters }
		: { kind: "own-activation", definition };
	const { features } = input;
	return machine.node(() => step, [input], site, { suffix, features, ...(layer && { layer }) });
}
