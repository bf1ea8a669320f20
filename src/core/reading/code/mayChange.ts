import { resolveName } from "../../activations/libraries/resolve.ts";
import { argumentsOf, attributeParts, callParts, type SyntaxNode, subscriptParts, textOf } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import { type CodeFunction, firstFrom, partsWithin, type Scopes, type Site } from "./scope.ts";

const CHANGING_METHODS =
	/^(sort|fill|append|extend|insert|pop|remove|clear|reverse|resize|put|itemset|partition|setflags|update|push|shift|unshift|splice|copyWithin|assign|dispose)$|[^_]_$/;
const CHANGING_FUNCTIONS = /(^|\.)(shuffle|copyto|fill_diagonal|place|putmask|put|insert|setattr|exec|eval)$|[^_]_$/;

/** Sites of one name that are looked at; a name that stands more often may well be changed somewhere. */
const MOST_SITES = 500;

/** Whether something between the offsets may change the numbers that `name` is bound to. */
export function mayChange(name: string, from: number, to: number, resolver: Resolver): boolean {
	let count = 0;
	for (const site of sitesNamed(name, resolver.scopes, from, to)) {
		if (count++ >= MOST_SITES || changes(site, resolver, 0)) return true;
	}
	return false;
}

/** The sites of a name that begin between two offsets, in the order of the text. */
function* sitesNamed(name: string, scopes: Scopes, from: number, to: number): Generator<Site> {
	for (const part of partsWithin(scopes, from, to)) {
		const sites = sitesByNameIn(part).get(name) ?? [];
		for (let i = firstFrom(sites, from); i < sites.length && sites[i]!.node.from < to; i++) yield sites[i]!;
	}
}

/** The parts outlive an edit elsewhere, and so does what is known of them. */
const sitesByName = new WeakMap<Scopes, Map<string, Site[]>>();

function sitesByNameIn(scopes: Scopes): ReadonlyMap<string, Site[]> {
	let byName = sitesByName.get(scopes);
	if (!byName) {
		byName = new Map();
		for (const site of scopes.sites) {
			if (site.node.name !== "VariableName") continue;
			const text = textOf(site.node);
			const known = byName.get(text);
			if (known) known.push(site);
			else byName.set(text, [site]);
		}
		for (const sites of byName.values()) sites.sort((a, b) => a.node.from - b.node.from);
		sitesByName.set(scopes, byName);
	}
	return byName;
}

/** Whether the name stands where its value may be changed: `x[0] = 1`, `x.sort()`, `shuffle(x)`, `y = x`. */
function changes(site: Site, resolver: Resolver, depth: number): boolean {
	let { node } = site;
	while (node.parent?.name === "ParenthesizedExpression") node = node.parent;
	const { parent } = node;
	if (!parent || depth > 3) return true;
	switch (parent.name) {
		case "AssignStatement":
			return true; // Another name for the same array.
		case "UpdateStatement":
			return parent.kids[0] === node;
		case "MemberExpression": {
			const subscript =
				subscriptParts(parent) ?? (parent.kids[1]?.name === "[" ? { object: parent.kids[0]! } : undefined);
			if (subscript?.object === node) return isTarget(parent);
			const member = attributeParts(parent);
			if (!member) return false;
			const call =
				parent.parent?.name === "CallExpression" && parent.parent.kids[0] === parent ? parent.parent : undefined;
			return call ? CHANGING_METHODS.test(resolver.textOf(member.property)) : isTarget(parent);
		}
		case "ArgList": {
			const call = parent.parent;
			const parts = call?.name === "CallExpression" ? callParts(call) : undefined;
			if (!call || !parts) return true;
			if (argumentsOf(parts.list).some(({ name, value }) => value === node && name && resolver.textOf(name) === "out"))
				return true;
			const callee = resolver.resolveValue(parts.callee, site);
			if (callee?.kind === "name")
				return CHANGING_FUNCTIONS.test(callee.name) && resolveName(callee.name) === undefined;
			if (callee?.kind === "function") return changesItsArguments(callee.function, resolver, depth);
			// An unknown function called for its effect.
			return (
				callee === undefined &&
				call.parent?.name === "ExpressionStatement" &&
				!/^(print|plt\.|ax\.)/.test(resolver.textOf(parts.callee))
			);
		}
		default:
			return false;
	}
}

function isTarget(node: SyntaxNode): boolean {
	const { parent } = node;
	if (parent?.name === "UpdateStatement") return parent.kids[0] === node;
	if (parent?.name === "DeleteStatement") return true;
	return (
		parent?.name === "AssignStatement" &&
		parent.kids.indexOf(node) < parent.kids.findIndex((kid) => kid.name === "AssignOp")
	);
}

function changesItsArguments(called: CodeFunction, resolver: Resolver, depth: number): boolean {
	const { from, to } = called.node;
	for (const { name } of called.parameters) {
		for (const site of sitesNamed(name, resolver.scopes, from, to)) {
			if (site.node.parent?.name !== "AssignStatement" && changes(site, resolver, depth + 1)) return true;
		}
	}
	return updatesParameter(called, resolver);
}

/** `x *= 2` in a function changes the caller's array. */
function updatesParameter(called: CodeFunction, resolver: Resolver): boolean {
	const todo = called.body ? [called.body] : [];
	for (let node = todo.pop(); node; node = todo.pop()) {
		const target = node.name === "UpdateStatement" ? node.kids[0] : undefined;
		if (target?.name === "VariableName" && called.parameters.some(({ name }) => name === resolver.textOf(target)))
			return true;
		if (node.name.endsWith("Statement") || node.name === "Body") todo.push(...node.kids);
	}
	return false;
}
