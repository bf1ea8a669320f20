import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { canonicalName, mayNameActivation, resolveName, resolveString } from "../../activations/libraries/resolve.ts";
import { plainRelu } from "../../activations/plainRelu.ts";
import { foundOnce } from "../../foundOnce.ts";
import { takesActivation } from "./activationKeyword.ts";
import { bindParameters, defaultParameters, withUnknown } from "./callParameters.ts";
import { namesOfColumn } from "./columns.ts";
import { constantString } from "./constantString.ts";
import { byImports, classNamed, type Imports, namedFor, registered } from "./imports.ts";
import { scales, tableTaking } from "./libraryStrings.ts";
import { calledFunction, madeOfText } from "./madeOfText.ts";
import { isAct2fn } from "./namedActivation.ts";
import {
	argumentsOf,
	attributeParts,
	type CallArgument,
	callAround,
	callParts,
	childNamed,
	type SyntaxNode,
	stringValue,
	subscriptParts,
	textOf,
} from "./node.ts";
import { optionName } from "./optionName.ts";
import type { Resolver } from "./resolver.ts";
import {
	type CodeClass,
	type CodeFunction,
	elementsOf,
	givenParameters,
	type Place,
	type Scope,
	type Site,
} from "./scope.ts";
import { testedWith } from "./testValues.ts";
import type { Value } from "./value.ts";

/**
 * What a string, or a class' constant that is one, stands for that names an activation where it stands, with what is said
 * of it beside, as in `dict(type="LeakyReLU", negative_slope=0.1)`; undefined for any other.
 */
export function stringUse(site: Site, imports: () => Imports, resolver: Resolver): Value | undefined {
	const { node } = site;
	const key = stringValue(node) ?? constantString(node, site, resolver);
	if (key === undefined || !mayNameActivation(key.slice(key.lastIndexOf(".") + 1))) return undefined;
	const made = madeByText(site, resolver);
	if (made && made.kind !== "name") return made;
	const named = made ? resolveName(made.name) : entryNamed(key, site, imports, resolver);
	const taken = made || (named && !hasParameters(named)) ? undefined : takenBy(site, resolver);
	const becomes = taken && madeOfText(node, taken.of, taken.list, taken.place, resolver);
	if (becomes && isMeant(becomes, named ?? byImports("activation", key, imports())))
		return asActivation(becomes, resolver);
	if (!named) return undefined;
	// Settings are those of the class, of which a library's own string says nothing.
	const ofClass = node.parent && isWithSettings(node.parent, node) ? classNamed(key, imports()) : undefined;
	const entry = ofClass ?? named;
	const settings = made ? [] : settingsBeside(node);
	const bound = bindParameters(entry, settings, site, resolver);
	// What is given them where the text is used is not known.
	return { kind: "activation", entry, bound: taken ? withUnknown(bound) : bound };
}

/** Whether a call could make another function of it, which is still called the same. */
function hasParameters(entry: LibraryEntry): boolean {
	const parameters = defaultParameters(entry);
	return plainRelu(entry.activation, parameters) !== "relu" && Object.keys(parameters).length > 0;
}

/** A function or class of the workspace that is called, or whose parameters have their defaults. */
interface Taker {
	readonly of: CodeFunction | CodeClass;
	readonly list: readonly CallArgument[];
	readonly place: Place;
}

/** What a text is handed to by a call, or as the default of a parameter. */
function takenBy(site: Site, resolver: Resolver): Taker | undefined {
	const call = callAround(site.node);
	const parts = call && callParts(call);
	if (parts) {
		const callee = resolver.resolveValue(parts.callee, site);
		const of = callee?.kind === "class" ? callee.class : callee?.kind === "function" ? callee.function : undefined;
		return of && { of, list: argumentsOf(parts.list), place: site };
	}
	const { parent } = site.node;
	const of = parent?.name === "ParamList" && parent.parent ? functionAt(parent.parent, site.scope) : undefined;
	return of && { of, list: [], place: site };
}

/** The function that a definition makes, which stands in a scope. */
function functionAt(definition: SyntaxNode, scope: Scope): CodeFunction | undefined {
	const name = childNamed(definition, "VariableName");
	const bindings = name && (scope.class?.attributes ?? scope.names).get(textOf(name));
	for (const { what } of bindings ?? [])
		if (what.kind === "function" && what.function.node === definition) return what.function;
	return undefined;
}

/** The activation that a name of a library is. */
function asActivation(made: Value, resolver: Resolver): Value {
	const entry = made.kind === "name" ? resolveName(made.name) : undefined;
	return entry ? { kind: "activation", entry, bound: bindParameters(entry, [], null, resolver) } : made;
}

/** Whether what becomes of a text is what it names, or of the code itself. */
function isMeant(made: Value, named: LibraryEntry | undefined): boolean {
	if (made.kind !== "activation" && made.kind !== "name") return true;
	const entry = made.kind === "name" ? resolveName(made.name) : made.entry;
	return entry !== undefined && entry.activation === named?.activation;
}

/** What a function of the workspace makes by a text that it is given: `get_activation("relu")`. */
function madeByText(site: Site, resolver: Resolver): Value | undefined {
	const { node } = site;
	const call = callAround(node);
	const parts = call && callParts(call);
	const callee = parts && resolver.resolveValue(parts.callee, site);
	if (callee?.kind !== "function") return undefined;
	const made = resolver.madeBy(callee.function, call!, site);
	return made?.chosenBy.has(node) ? made.value : undefined;
}

function entryNamed(key: string, site: Site, imports: () => Imports, resolver: Resolver): LibraryEntry | undefined {
	const tested = testedWith(site.node);
	if (tested !== undefined) return namedFor(tested, key, imports);
	let node = site.node;
	/** What it is given in place of. */
	let replaced: SyntaxNode | undefined;
	for (;;) {
		const { parent } = node;
		if (!parent) return undefined;
		if (parent.name === "ParenthesizedExpression") node = parent;
		else if (parent.name === "ConditionalExpression") {
			// The condition of `"relu" if deep else "tanh"` is not a value.
			if (parent.kids[2] === node) return undefined;
			node = parent;
		} else if (isOtherwise(parent, node, resolver)) {
			replaced = parent.kids[0];
			node = parent;
		} else if (isGivenList(parent, node) || isWithSettings(parent, node)) node = parent;
		else if (isTakenFrom(parent, node)) node = parent.parent!;
		else break;
	}
	const parent = node.parent!;
	switch (parent.name) {
		case "MemberExpression": {
			// `(activation or "relu").lower()`
			if (replaced && attributeParts(parent)) {
				const name = textOf(attributeParts(replaced)?.property ?? replaced);
				return namedFor(name, key, imports);
			}
			const parts = subscriptParts(parent);
			if (!parts || parts.indices[0] !== node) return undefined;
			const table = resolver.resolveValue(parts.object, site);
			if (table?.kind === "name" && isAct2fn(table.name)) return resolveString("transformers", key);
			return undefined;
		}
		case "ArgList":
			return argumentUse(parent, node, key, site, imports, resolver);
		case "ForStatement": {
			const [, target] = parent.kids;
			const name = target?.name === "VariableName" ? textOf(target) : "";
			return namedFor(name, key, imports);
		}
		case "ParamList":
		case "AssignStatement":
			return fieldUse(parent, node, key, imports, resolver);
		case "DictionaryExpression": {
			const field = keyOf(parent, node);
			if (field === "type" && isConfiguration(parent, resolver)) return registered(key, imports());
			return namedFor(field, key, imports);
		}
		case "ArrayExpression":
		case "TupleExpression": {
			const column = namesOfColumn(parent, node, site, resolver).find((name) => takesActivation(name, key));
			return column === undefined ? undefined : byImports(column, key, imports());
		}
		default:
			return undefined;
	}
}

function argumentUse(
	list: SyntaxNode,
	node: SyntaxNode,
	key: string,
	site: Site,
	imports: () => Imports,
	resolver: Resolver,
): LibraryEntry | undefined {
	const call = list.parent;
	if (call?.name !== "CallExpression") return undefined;
	const callee = callParts(call)?.callee;
	const found = callee && resolver.resolveValue(callee, site);
	const name = found?.kind === "name" ? canonicalName(found.name) : "";
	const all = argumentsOf(list);
	const at = all.findIndex((argument) => argument.value === node);
	const argument = all[at];
	if (!argument || argument.stars > 0) return undefined;
	const table = tableTaking(name, all, at, key);
	if (table) return resolveString(table, key);
	if (!argument.name) {
		if (name === "getattr" && at === 1) return attributeUse(all, key, site, resolver);
		const parameter =
			(callee && (keyWithDefault(callee, all, at) ?? optionWithDefault(callee, all, at))) ??
			(found && parameterAt(found, all, at, resolver));
		const isMaker = callee && at === 0 && makesActivation(callee);
		return namedFor(isMaker ? "activation" : parameter, key, imports);
	}
	const keyword = resolver.textOf(argument.name);
	if (name === "dict" && keyword === "type" && isConfiguration(call, resolver)) return registered(key, imports());
	const option = callee && keyword === "default" ? optionWithDefault(callee, all, at) : undefined;
	if (option !== undefined) return namedFor(option, key, imports);
	if (keyword === "default" && call.parent && site.scope.kind === "class")
		return fieldUse(call.parent, call, key, imports, resolver);
	if (!takesActivation(keyword, key) || scales(name) || (callee && scales(textOf(callee)))) return undefined;
	return byImports(keyword, key, imports());
}

/** Whether a callee says that it makes an activation of its first argument: `get_activation("relu")`, `layers.Activation("relu")`. */
function makesActivation(callee: SyntaxNode): boolean {
	const [, made] =
		/^_*(?:(?:get|make|create|build)_?)?(?!register|add|set)(\w+)$/.exec(
			textOf(attributeParts(callee)?.property ?? callee),
		) ?? [];
	return made !== undefined && takesActivation(made);
}

/** Whether a value is what another is replaced by where that is none: `activation or "relu"`. */
function isOtherwise({ name, kids }: SyntaxNode, value: SyntaxNode, resolver: Resolver): boolean {
	return name === "BinaryExpression" && kids[2] === value && /^(or|\|\||\?\?)$/.test(resolver.textOf(kids[1]!));
}

/** Whether a value is in a table of which one is taken at once: `{"small": "relu", "large": "gelu"}[size]`. */
function isTakenFrom(table: SyntaxNode, value: SyntaxNode): boolean {
	if (table.name !== "DictionaryExpression" || keyOf(table, value) === undefined) return false;
	return table.parent !== null && subscriptParts(table.parent)?.object === table;
}

/** Where a list gives a value for each of some layers, or of some turns. */
const GIVEN = /^(ArgList|ParamList|BinaryExpression|ForStatement)$/;
/** Where one that holds variables, too, does. */
const IN_USE = /^(ArgList|ParamList|BinaryExpression|AssignStatement|ConditionalExpression)$/;

/** Whether a list of names holds others than those that are written. */
function isMixed(list: SyntaxNode): boolean {
	return elementsOf(list).some(({ name }) => name === "VariableName" || name === "MemberExpression");
}

/** Whether it is a list of names for some layers, or is made of such lists: `acts = ["relu"] * 3 + ["tanh"]`. */
function isGivenList(list: SyntaxNode, value: SyntaxNode): boolean {
	switch (list.name) {
		case "ArrayExpression":
		case "TupleExpression":
			return isListOfNames(list);
		case "ArrayComprehensionExpression":
			return list.kids[1] === value;
		case "BinaryExpression":
			return (
				/^(Tuple|Array|ArrayComprehension|Binary)Expression$/.test(value.name) && /^[+*]$/.test(textOf(list.kids[1]!))
			);
		default:
			return false;
	}
}

/**
 * Whether a list holds names alone, one for each of some layers: `act=["relu", "tanh"]`, `acts = (act, "tanh")`. One of
 * strings alone that is only bound to a name may hold what there is to choose from. Asked for each string in it.
 */
const isListOfNames = foundOnce((list: SyntaxNode): boolean => {
	if (!elementsOf(list).every(({ name }) => /^(String|None|VariableName|MemberExpression)$/.test(name))) return false;
	if (valuesAround(list)) return isForLayers(list);
	return (isMixed(list) ? IN_USE : GIVEN).test(list.parent?.name ?? "");
});

/**
 * Whether a list in a table holds a value for each of some layers, as another one there does:
 * `{"units": [8, 8], "activation": ["relu", "linear"]}`. In a table of nothing but choices all are lists, and none repeats;
 * and it is no value of another table.
 */
function isForLayers(list: SyntaxNode): boolean {
	const values = valuesAround(list) ?? [];
	const lists = values.filter(({ name }) => /^(Tuple|Array)Expression$/.test(name)).map(elementsOf);
	const own = elementsOf(list).length;
	const alike = lists.filter(({ length }) => length === own);
	const repeats = (items: readonly SyntaxNode[]) => new Set(items.map(textOf)).size < items.length;
	const isValue = list.parent?.parent?.name === "DictionaryExpression";
	return alike.length > 1 && (isValue || lists.length < values.length || alike.some(repeats));
}

/** The values of the table that a list is in, as `{…}` or `dict(…)` make one. */
function valuesAround({ parent }: SyntaxNode): readonly SyntaxNode[] | undefined {
	if (parent?.name === "DictionaryExpression") return settingsIn(parent).map(({ value }) => value);
	const isTable = parent?.name === "ArgList" && textOf(parent.parent!.kids[0]!) === "dict";
	return isTable ? argumentsOf(parent).map(({ value }) => value) : undefined;
}

/** Whether it is a name and the settings of what it names, as MONAI's layers are told: `act=("prelu", {"init": 0.2})`. */
function isWithSettings(pair: SyntaxNode, name: SyntaxNode): boolean {
	if (!/^(Tuple|Array)Expression$/.test(pair.name)) return false;
	const elements = elementsOf(pair);
	return elements.length === 2 && elements[0] === name && elements[1]!.name === "DictionaryExpression";
}

/** The key of which an argument is the value, if nothing else is under it: `config.get("activation", "relu")`. */
function keyWithDefault(callee: SyntaxNode, all: readonly CallArgument[], at: number): string | undefined {
	const before = all[at - 1];
	const member = attributeParts(callee);
	const asks = member
		? /^(get|pop|setdefault|add_hparam|set_hparam)$/.test(textOf(member.property))
		: /^\w*getattr$/.test(textOf(callee));
	return asks && before && at === (member ? 1 : 2) ? stringValue(before.value) : undefined;
}

/**
 * The option of a command line of which an argument is the default: `parser.add_argument("--activation", default="relu")`,
 * or ConfigArgParse's `add`, `flags.DEFINE_string("activation", "relu", …)`.
 */
function optionWithDefault(callee: SyntaxNode, all: readonly CallArgument[], at: number): string | undefined {
	const { property } = attributeParts(callee) ?? {};
	const name = property && textOf(property);
	if (name === "add_argument" || name === "option" || name === "add") {
		const flags = all.flatMap((argument) => (argument.name ? [] : (stringValue(argument.value) ?? [])));
		if (!all[at]?.name || (name === "add" && !flags[0]?.startsWith("-"))) return undefined;
		return optionName(flags);
	}
	return name === "DEFINE_string" && at === 1 && all[0] ? stringValue(all[0].value) : undefined;
}

/** `getattr(F, "relu")`. */
function attributeUse(
	[object]: readonly CallArgument[],
	key: string,
	site: Site,
	resolver: Resolver,
): LibraryEntry | undefined {
	const value = object && resolver.resolveValue(object.value, site);
	return value?.kind === "name" ? resolveName(`${value.name}.${key}`) : undefined;
}

/** The name of the parameter that takes a positional argument of a function or class of the workspace. */
function parameterAt(callee: Value, all: readonly CallArgument[], at: number, resolver: Resolver): string | undefined {
	if (all.slice(0, at).some(({ stars, name }) => stars > 0 || name)) return undefined;
	const of = callee.kind === "class" ? callee.class : callee.kind === "function" ? callee.function : undefined;
	const called = of && calledFunction(of, resolver);
	const own = called ? givenParameters(called) : [];
	const positional = own.findIndex(({ stars, keywordOnly }) => stars > 0 || keywordOnly);
	return positional >= 0 && positional <= at ? undefined : own[at]?.name;
}

/** `hidden_act="gelu"` as a parameter's default, or what a name or attribute is given; also a field's `field(default="gelu")`. */
function fieldUse(
	parent: SyntaxNode,
	node: SyntaxNode,
	key: string,
	imports: () => Imports,
	resolver: Resolver,
): LibraryEntry | undefined {
	const name = assignedName(parent, node, resolver);
	// An initialiser's parameter says what follows it: `def init(w, mode="fan_in", nonlinearity="relu")`.
	if (parent.name === "ParamList" && /["']fan_\w+["']/.test(textOf(parent))) return undefined;
	return namedFor(name, key, imports);
}

/** The name before the `=` that a value stands behind: of an argument, a parameter with its default, a field; or a table's key. */
function assignedName(parent: SyntaxNode, value: SyntaxNode, resolver: Resolver): string | undefined {
	const at = parent.kids.indexOf(value);
	if (parent.kids[at - 1]?.name !== "AssignOp") return undefined;
	const before = parent.kids[at - 2];
	const target = before?.name === "TypeDef" ? parent.kids[at - 3] : before;
	if (target?.name === "VariableName") return resolver.textOf(target);
	const member = target && attributeParts(target);
	if (member) return resolver.textOf(member.property);
	const [key, ...others] = (target && subscriptParts(target)?.indices) ?? [];
	return key && others.length === 0 ? stringValue(key) : undefined;
}

/** The key of a value in `{"key": value}`. */
function keyOf(table: SyntaxNode, value: SyntaxNode): string | undefined {
	const at = table.kids.indexOf(value);
	const key = table.kids[at - 2];
	return key && table.kids[at - 1]?.name === ":" ? stringValue(key) : undefined;
}

/**
 * Whether a table says how an activation is made, or is one of some that do, as OpenMMLab's layers are told:
 * `act_cfg=dict(type="ReLU")`.
 */
function isConfiguration(table: SyntaxNode, resolver: Resolver): boolean {
	let value = table;
	while (value.parent && /^(Tuple|Array)Expression$/.test(value.parent.name)) value = value.parent;
	const { parent } = value;
	if (parent?.name === "ArgList" && /(^|\.)build_activation_layer$/.test(textOf(parent.parent!.kids[0]!))) return true;
	const name = parent && (assignedName(parent, value, resolver) ?? keyOf(parent, value));
	return takesActivation(/^(.+)_cfg(_\w+)?$/.exec(name ?? "")?.[1] ?? "");
}

/** What stands beside the name of a type in a table of settings, or in one that follows the name. */
function settingsBeside(type: SyntaxNode): readonly CallArgument[] {
	const table = type.parent;
	switch (table?.name) {
		case "DictionaryExpression":
			return keyOf(table, type) === "type" ? settingsIn(table).filter(({ value }) => value !== type) : [];
		case "ArgList": {
			const all = argumentsOf(table);
			const own = all.find(({ value }) => value === type)?.name;
			return own && textOf(own) === "type" ? all.filter(({ value }) => value !== type) : [];
		}
		default:
			return table && isWithSettings(table, type) ? settingsIn(elementsOf(table)[1]!) : [];
	}
}

function settingsIn({ kids }: SyntaxNode): CallArgument[] {
	return kids.flatMap((kid, i): CallArgument[] => {
		const [name, value] = [kids[i - 1], kids[i + 1]];
		if (kid.name === "**" && value) return [{ name: null, value, stars: 2 }];
		return kid.name === ":" && name && value ? [{ name, value, stars: 0 }] : [];
	});
}
