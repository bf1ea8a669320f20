import { foundOnce } from "../../foundOnce.ts";
import { argumentsOf, attributeParts, callParts, type SyntaxNode, textOf } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import { type CodeFunction, firstFrom, partsWithin, type Scopes, type Site } from "./scope.ts";

const CHANGING_METHODS =
	/^(sort|fill|append|extend|insert|add_module|register_module|pop|remove|clear|reverse|resize|put|itemset|partition|setflags|update|push|shift|unshift|splice|copyWithin|assign|dispose)$/;
const IN_PLACE = /[^_]_$/;
const CHANGING_FUNCTIONS = /(^|\.)(shuffle|copyto|fill_diagonal|place|putmask|put|insert|setattr|exec|eval)$|[^_]_$/;
/** Methods and attributes that give the same numbers, or some of them, and no copy. */
const VIEWS =
	/^(data|m?T|detach_?|requires_grad_|share_memory_|view|view_as|reshape|ravel|flatten|squeeze|unsqueeze|transpose|permute|t|select|narrow|diagonal|expand|expand_as|numpy)$/;
/** Attributes that say nothing of what is computed. */
const ASIDE = /^(requires_grad|grad|training|trainable|name|weight|bias)$/;

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

/** The sites of a name, or of an attribute as `.weight`, that begin between two offsets, in the order of the text. */
function* sitesNamed(name: string, scopes: Scopes, from: number, to: number): Generator<Site> {
	for (const part of partsWithin(scopes, from, to)) yield* between(sitesByNameIn(part).get(name), from, to);
}

/** Those of them at which the value is changed: where it stands, or by what it is given to. */
export function* changesOf(name: string, resolver: Resolver, from: number, to: number): Generator<Site> {
	for (const site of sitesChanging(name, resolver.scopes, from, to)) if (isChangedAt(site, resolver)) yield site;
}

/** Another name for a value: `q = p`, `q = p.view(-1)`. */
export interface Alias {
	readonly name: string;
	/** Where the value has its own name. */
	readonly site: Site;
	/** What the other name is bound to. */
	readonly value: SyntaxNode;
}

/** The names that are bound, between two offsets, to the value of a name or to its own numbers. */
export function* aliasesOf(name: string, { scopes }: Resolver, from: number, to: number): Generator<Alias> {
	for (const site of sitesChanging(name, scopes, from, to)) {
		const change = changeAt(site);
		if (typeof change === "object" && "name" in change) yield change;
	}
}

function* sitesChanging(name: string, scopes: Scopes, from: number, to: number): Generator<Site> {
	const isWhole = from <= 0 && to === Number.POSITIVE_INFINITY;
	for (const part of isWhole ? partsChanging(name, scopes) : partsWithin(scopes, from, to)) {
		yield* between(changingIn(part).get(name), from, to);
	}
}

function* between(sites: readonly Site[] | undefined, from: number, to: number): Generator<Site> {
	if (!sites) return;
	for (let i = firstFrom(sites, from); i < sites.length && sites[i]!.node.from < to; i++) yield sites[i]!;
}

/** By name, the sites of a part at which a value may be changed. */
const changingIn = foundOnce((part: Scopes): ReadonlyMap<string, readonly Site[]> => {
	const all = [...sitesByNameIn(part)].map(([name, sites]) => [name, sites.filter(mayBeChangedAt)] as const);
	return new Map(all.filter(([, sites]) => sites.length > 0));
});

function partsChanging(name: string, scopes: Scopes): readonly Scopes[] {
	return partsByName(scopes).get(name) ?? [];
}

/** The parts of a file in which each name may be changed, in their order. */
const partsByName = foundOnce((scopes: Scopes): ReadonlyMap<string, readonly Scopes[]> => {
	const byName = new Map<string, Scopes[]>();
	for (const part of scopes.parts ?? [scopes]) {
		for (const each of changingIn(part).keys()) {
			const known = byName.get(each);
			if (known) known.push(part);
			else byName.set(each, [part]);
		}
	}
	return byName;
});

/** The parts outlive an edit elsewhere, and so does what is known of them. */
const sitesByNameIn = foundOnce((scopes: Scopes): ReadonlyMap<string, readonly Site[]> => {
	const byName = new Map<string, Site[]>();
	for (const site of scopes.sites) {
		const name = siteName(site.node);
		if (name === undefined) continue;
		const known = byName.get(name);
		if (known) known.push(site);
		else byName.set(name, [site]);
	}
	for (const sites of byName.values()) sites.sort((a, b) => a.node.from - b.node.from);
	return byName;
});

/** What the sites of a name, or of an attribute, are found by. */
export function siteName(node: SyntaxNode): string | undefined {
	if (node.name === "VariableName") return textOf(node);
	const member = attributeParts(node);
	return member && `.${textOf(member.property)}`;
}

/** Whether the name stands where its value may be changed: where it is, or under another name, or by what is not known. */
function changes(site: Site, resolver: Resolver, depth: number): boolean {
	const node = outermost(site.node);
	const { parent } = node;
	if (!parent || depth > 3 || parent.name === "AssignStatement") return true;
	if (isChangedAt(site, resolver, (inside) => changes(inside, resolver, depth + 1))) return true;
	if (parent.name !== "ArgList") return false;
	const call = parent.parent;
	const parts = call?.name === "CallExpression" ? callParts(call) : undefined;
	if (!call || !parts) return true;
	// An unknown function called for its effect.
	return (
		resolver.resolveValue(parts.callee, site) === undefined &&
		call.parent?.name === "ExpressionStatement" &&
		!/^(print|plt\.|ax\.)/.test(resolver.textOf(parts.callee))
	);
}

/**
 * Whether a name or an attribute stands where its value is changed: `x[0] = 1`, `x.data.sort()`, `shuffle(x)`; `inside`
 * says the same of the parameters of a function of the code that it is given to.
 */
function isChangedAt(
	site: Site,
	resolver: Resolver,
	inside = (parameter: Site) => isChangedAt(parameter, resolver, () => false),
): boolean {
	const change = changeAt(site);
	if (typeof change === "boolean") return change;
	if ("name" in change) return false;
	const { parts, node } = change;
	const list = argumentsOf(parts.list);
	const isGiven = (word: string, is: (value: SyntaxNode) => boolean) =>
		list.some(({ name, value }) => name && resolver.textOf(name) === word && is(value));
	if (isGiven("out", (value) => value === node)) return true;
	if (isGiven("inplace", (value) => resolver.textOf(value) === "True") && list[0]!.value === node) return true;
	if (node !== outermost(site.node)) return false;
	const callee = resolver.resolveValue(parts.callee, site);
	if (callee?.kind === "name") return CHANGING_FUNCTIONS.test(callee.name);
	return callee?.kind === "function" && changesItsArguments(callee.function, resolver, inside);
}

function mayBeChangedAt(site: Site): boolean {
	return changeAt(site) !== false;
}

/** The argument of a call, which may change it. */
interface Given {
	readonly node: SyntaxNode;
	readonly parts: NonNullable<ReturnType<typeof callParts>>;
}

/** Whether a value is changed where it stands, as far as that can be seen there; or what else it is given to. */
function changeAt(site: Site): boolean | Given | Alias {
	// Whether what is looked at are still numbers of the value's own, and no others that it holds: `x[0]`, `x.data`.
	let isOwn = true;
	for (let node = outermost(site.node); node.parent; node = outermost(node.parent)) {
		const { parent } = node;
		const member = attributeParts(node);
		const word = member ? textOf(member.property) : "";
		if (isTarget(node)) return !ASIDE.test(word);
		if (parent.name === "ArgList") {
			const call = isOwn ? parent.parent : null;
			const parts = call?.name === "CallExpression" ? callParts(call) : undefined;
			return parts ? { node, parts } : false;
		}
		if (parent.name === "CallExpression") {
			if (node === site.node) return false;
			if (!VIEWS.test(word)) return CHANGING_METHODS.test(word) || (isOwn && IN_PLACE.test(word));
		} else if (parent.name === "MemberExpression" && parent.kids[0] === node) {
			isOwn &&= node === site.node || !member || VIEWS.test(word);
		} else return isOwn && aliasAt(site, node);
	}
	return false;
}

function aliasAt(site: Site, value: SyntaxNode): Alias | false {
	const { name, kids } = value.parent!;
	const isAlias =
		name === "AssignStatement" && kids.length === 3 && kids[2] === value && kids[0]!.name === "VariableName";
	return isAlias && { name: textOf(kids[0]!), site, value };
}

/** An expression in its parentheses. */
function outermost(expression: SyntaxNode): SyntaxNode {
	let node = expression;
	while (node.parent?.name === "ParenthesizedExpression") node = node.parent;
	return node;
}

function isTarget(node: SyntaxNode): boolean {
	const { parent } = node;
	if (parent?.name === "UpdateStatement") return parent.kids[0] === node;
	if (parent?.name === "DeleteStatement") return true;
	return (
		parent?.name === "AssignStatement" &&
		parent.kids.indexOf(node) < parent.kids.findLastIndex((kid) => kid.name === "AssignOp")
	);
}

function changesItsArguments(called: CodeFunction, resolver: Resolver, changes: (parameter: Site) => boolean): boolean {
	const { from, to } = called.node;
	for (const { name } of called.parameters) {
		for (const site of sitesNamed(name, resolver.of(called.scope).scopes, from, to)) {
			if (site.node.parent?.name !== "AssignStatement" && changes(site)) return true;
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
