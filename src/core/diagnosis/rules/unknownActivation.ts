import { catalog } from "../../activations/catalog.ts";
import { canonicalName, kerasName, resolveName, resolveString } from "../../activations/libraries/resolve.ts";
import { vectorActivations } from "../../activations/vector.ts";
import { constantNumber } from "../../reading/code/constants.ts";
import {
	assignmentParts,
	attributeParts,
	type SyntaxNode,
	splitByCommas,
	stringValue,
	textOf,
	unwrap,
} from "../../reading/code/node.ts";
import type { Resolver } from "../../reading/code/resolver.ts";
import type { Scopes, Site } from "../../reading/code/scope.ts";
import type { Span } from "../../span.ts";
import type { Edit } from "../edit.ts";
import { callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import { functionAround } from "./flow.ts";
import { nameInFile } from "./libraryNames.ts";
import { isModule, MODULES, type ModuleName } from "./moduleNames.ts";
import type { Report, Rule } from "./rule.ts";
import { sequentialAround } from "./sequentialAround.ts";

/** Answers that are kept. */
const MOST_LOOKED = 20_000;

/** Activations by what is left of their names without case and underscores. */
const ids: ReadonlyMap<string, string> = new Map(
	[...catalog, ...vectorActivations].flatMap(({ id, name, aliases }) =>
		[id, name, ...aliases].map((each) => [plain(each), id] as const),
	),
);

/** `torch.nn.relu`: no module of that library has it, and one close by does. */
export const unknownActivation: Rule = {
	severity: "error",
	summary: "A name that the library does not have",
	*check(code) {
		yield* missingMembersIn(code);
		yield* missingImportsIn(code);
		yield* missingKeysIn(code);
	},
};

function* missingMembersIn(code: CodeUnderRules): Generator<Report> {
	const given = new Set(assignedMembers(code));
	for (const { site, moduleName, prefix, property } of code.read.inParts(missingMembers)) {
		if (given.has(`${prefix}${moduleName}.${property}`)) continue;
		const use = useOf(site, isClass(property), code);
		const found = suggestionFor(property, moduleName, use === "named" ? isClass(property) : use !== "applied");
		if (!found) continue;
		const suggestion = `${prefix}${found.place}.${found.name}`;
		// A module that is made and a function that is applied cannot take each other's place; a layer is still to be made.
		const fits = use === "named" || (use !== "layer" && isClass(found.name) === (use === "made"));
		const written = fits ? nameInFile(suggestion, site, code) : null;
		const span = spanOf(site.node);
		yield report(span, `${prefix}${moduleName}`, property, suggestion, written ? { span, text: written } : null, code);
	}
}

/** `from torch.nn import relu`, as a statement of the file. */
function* missingImportsIn(code: CodeUnderRules): Generator<Report> {
	for (const { name, kids } of code.read.root.kids) {
		if (name !== "ImportStatement" || kids[0]?.name !== "from") continue;
		const at = kids.findIndex((kid) => kid.name === "import");
		const path = kids.slice(1, Math.max(at, 1));
		const written = path.map(textOf).join("");
		const { moduleName, prefix } = moduleOf(written);
		if (!isModule(moduleName)) continue;
		const names = splitByCommas(kids.slice(at + 1)).map((group) => group.find((kid) => kid.name === "VariableName"));
		for (const node of names) {
			const property = node && textOf(node);
			if (!property || !isActivationName(property) || MODULES[moduleName].names.has(property)) continue;
			const found = suggestionFor(property, moduleName, isClass(property));
			if (!found) continue;
			// The other names are imported from where they are, and one of another name is used under that.
			const isPlain = names.length === 1 && found.name === property;
			const edit = isPlain
				? { span: { start: path[0]!.from, end: path.at(-1)!.to }, text: prefix + found.place }
				: null;
			const suggestion = `${prefix}${found.place}.${found.name}`;
			yield report(spanOf(node), `${prefix}${moduleName}`, property, suggestion, edit, code);
		}
	}
}

/** `Dense(4, activation="Relu")`, unless the file tells Keras of activations of its own. */
function* missingKeysIn(code: CodeUnderRules): Generator<Report> {
	if (/custom_objects|CustomObject|custom_object|register_keras_serializable/.test(code.read.text)) return;
	for (const { node, key, found } of code.read.inParts(missingKeys)) {
		const start = node.from + textOf(node).indexOf(key);
		const edit = { span: { start, end: start + key.length }, text: found };
		yield report(spanOf(node), "keras.activations", key, `keras.activations.${found}`, edit, code);
	}
}

interface MissingKey {
	readonly node: SyntaxNode;
	readonly key: string;
	/** The key that is like it. */
	readonly found: string;
}

/** Keys for activations, given to layers of Keras, that differ from one of its own in case, underscores or a doubled letter. */
function missingKeys({ sites }: Scopes, resolver: Resolver): readonly MissingKey[] {
	return sites.flatMap(({ node, ...place }) => {
		const key = stringValue(node);
		const call = key && node.parent?.parent ? callOf(node.parent.parent, place) : undefined;
		const given = call?.list.find(({ value }) => value === node);
		if (!key || !call || !given || mayBeKey(key)) return [];
		const layer = resolver.resolveValue(call.callee, place);
		const name = layer?.kind === "name" ? kerasName(layer.name) : "";
		if (!name.startsWith("keras.layers.")) return [];
		const isActivation = given.name
			? /^(recurrent_)?activation$/.test(textOf(given.name))
			: name === "keras.layers.Activation" && call.list[0] === given;
		if (!isActivation) return [];
		// What has the name of another activation is one of somebody's own.
		const spelled = isActivationName(key) ? plain : single;
		const found = [...MODULES["keras.activations"].names].find((each) => spelled(each) === spelled(key));
		return found ? [{ node, key, found }] : [];
	});
}

/** Whether some version of Keras has an activation, or a layer that is one, of the name. */
function mayBeKey(key: string): boolean {
	return (
		MODULES["keras.activations"].names.has(key) ||
		MODULES["keras.layers"].names.has(key) ||
		resolveString("keras", key) !== undefined ||
		resolveString("keras2", key) !== undefined
	);
}

/** What is left of a name without case, underscores and doubled letters. */
function single(name: string): string {
	return plain(name).replace(/(.)\1+/g, "$1");
}

function report(
	span: Span,
	module: string,
	name: string,
	suggestion: string,
	edit: Edit | null,
	{ t }: CodeUnderRules,
): Report {
	return {
		span,
		message: t("{0} has no {1}; {2} is meant.", module, name, suggestion),
		fixes: edit ? [{ title: t("Replace by {0}", edit.text), edits: [edit] }] : [],
	};
}

function spanOf({ from, to }: SyntaxNode): Span {
	return { start: from, end: to };
}

interface Missing {
	readonly site: Site;
	/** The module that has no such name. */
	readonly moduleName: ModuleName;
	/** What the file writes before it: TensorFlow has Keras' modules, too. */
	readonly prefix: string;
	readonly property: string;
}

/** `a.relu`, where `a` is a module that is imported and has none. */
function missingMembers({ sites }: Scopes, resolver: Resolver): readonly Missing[] {
	return sites.flatMap((site) => {
		const member = site.node.name === "MemberExpression" ? attributeParts(site.node) : undefined;
		const property = member && textOf(member.property);
		if (!property || !isActivationName(property) || !isImported(member.object, site, resolver)) return [];
		const value = resolver.resolveValue(member.object, site);
		const { moduleName, prefix } = moduleOf(value?.kind === "name" ? value.name : "");
		if (!isModule(moduleName) || MODULES[moduleName].names.has(property) || isGuarded(site)) return [];
		return [{ site, moduleName, prefix, property }];
	});
}

/** A module as Keras itself calls it, and what TensorFlow, which has Keras' modules, writes before that. */
function moduleOf(path: string): { moduleName: string; prefix: string } {
	const dotted = canonicalName(path);
	const moduleName = kerasName(dotted);
	return { moduleName, prefix: dotted.slice(0, dotted.length - moduleName.length) };
}

/** The members that the file itself gives to modules: `nn.Swish = nn.SiLU`. */
function assignedMembers({ read, resolver }: CodeUnderRules): string[] {
	const place = { scope: resolver.scopes.module, block: resolver.scopes.module.body };
	return read.root.kids.flatMap((statement) => {
		if (statement.name !== "AssignStatement") return [];
		return assignmentParts(statement).targets.flatMap(([target]) => {
			const member = target && attributeParts(target);
			const module = member && resolver.resolveValue(member.object, place);
			return module?.kind === "name" ? [`${canonicalName(module.name)}.${textOf(member!.property)}`] : [];
		});
	});
}

/** A name is called to make a module, or on a value, or is not called: where PyTorch wants a module, or elsewhere. */
type Use = "made" | "applied" | "layer" | "named";

function useOf({ node, ...place }: Site, isWrittenAsClass: boolean, code: CodeUnderRules): Use {
	const call = node.parent ? callOf(node.parent, place) : undefined;
	if (call?.callee !== node) {
		return sequentialAround(node, place, code)?.name.startsWith("torch.") ? "layer" : "named";
	}
	const around = call.node.parent;
	if (around?.name === "CallExpression" && around.kids[0] === call.node) return "made";
	// Values are not computed where a module is put together.
	if (isWrittenAsClass && functionAround(place)?.name === "__init__") return "made";
	// A setting by place is a literal, as of `nn.Softmax(-1)`.
	const isSetting = (value: SyntaxNode) =>
		/^(Boolean|String|None)$/.test(unwrap(value).name) || constantNumber(value, place, code.resolver) !== undefined;
	const takesValue = call.list.some(({ name, value }) =>
		name ? INPUT_NAMES.has(code.textOf(name)) : !isSetting(value),
	);
	return takesValue ? "applied" : "made";
}

const INPUT_NAMES: ReadonlySet<string> = new Set(["input", "inputs", "x", "features", "logits"]);

/**
 * The very name in another module, else what the module itself has that differs in case only; else one of a like name if
 * there is one, else of the same meaning. Classes alone where one is wanted, functions alone else, before all others.
 */
function suggestionFor(property: string, moduleName: ModuleName, wantsClass: boolean) {
	const all = [moduleName, ...MODULES[moduleName].others].flatMap((place) =>
		[...MODULES[place].names].map((name) => ({ place, name })),
	);
	const inOrder = [true, false].map((isWanted) =>
		all.filter(({ name }) => (isClass(name) === wantsClass) === isWanted),
	);
	for (const candidates of inOrder) {
		const found =
			candidates.find(({ name }) => name === property) ??
			candidates.find(({ place, name }) => place === moduleName && name.toLowerCase() === property.toLowerCase()) ??
			candidates.find(({ name }) => plain(name) === plain(property)) ??
			candidates.find(({ place, name }) => resolveName(`${place}.${name}`)?.activation === ids.get(plain(property)));
		if (found) return found;
	}
	return undefined;
}

function isClass(name: string): boolean {
	return /^[A-Z]/.test(name);
}

const looked = new Map<string, boolean>();

/** Whether an activation has the name but for case and underscores; the same names come again and again. */
function isActivationName(name: string): boolean {
	let known = looked.get(name);
	if (known === undefined) {
		known = ids.has(plain(name));
		if (looked.size < MOST_LOOKED) looked.set(name, known);
	}
	return known;
}

function plain(name: string): string {
	return name.replaceAll("_", "").toLowerCase();
}

/** Whether the file itself says what the first name of `a.b.c` is; a guess is no ground for an error. */
function isImported(object: SyntaxNode, site: Site, resolver: Resolver): boolean {
	let base = object;
	for (let parts = attributeParts(base); parts; parts = attributeParts(base)) base = parts.object;
	return base.name === "VariableName" && resolver.bindingsOf(textOf(base), site, base.from).length > 0;
}

/** Inside `try` or under a condition the code may well know that the name is not in every version. */
function isGuarded({ block }: Site): boolean {
	for (let around: Site["block"] | null = block; around; around = around.parent) {
		if (around.owner && /^(Try|If)Statement$/.test(around.owner.name)) return true;
	}
	return false;
}
