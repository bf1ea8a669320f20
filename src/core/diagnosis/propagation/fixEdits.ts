import { codeFor } from "../../activations/libraries/codeFor.ts";
import {
	argumentsOf,
	attributeParts,
	type CallArgument,
	callParts,
	type SyntaxNode,
	splitByCommas,
	stringValue,
	textOf,
} from "../../reading/code/node.ts";
import type { Model } from "../../reading/model/model.ts";
import type { Span } from "../../span.ts";
import type { Edit } from "../edit.ts";
import { stagesOf } from "./stages.ts";

/** A text that a model is read from. */
export interface SourceTree {
	readonly text: string;
	readonly root: SyntaxNode;
}

/**
 * Ways to put a normalisation between each layer with weights and the activation behind it, the plainest first: beside the
 * layer, or in one module with it where a list of layers is gone through; none where one is written otherwise.
 */
export function normalisationEdits(
	model: Model,
	of: "batch" | "layer",
	source: SourceTree,
): readonly (readonly Edit[])[] {
	return (["beside", "together"] as const).flatMap((how) => {
		const edits = editsOf(
			model,
			source,
			(stage) => (stage.normalisation === null ? stage.weights : null),
			(call) => normalised(model, of, call, source, how),
		);
		return edits ? [once(edits)] : [];
	});
}

/** Edits without those that are made twice, as that of an import is by each layer. */
function once(edits: readonly Edit[]): Edit[] {
	const key = ({ span, text }: Edit) => `${span.start} ${span.end} ${text}`;
	const seen = new Set<string>();
	return edits.filter(
		(edit) =>
			edit.span.start < edit.span.end || !/^, \w+$/.test(edit.text) || (!seen.has(key(edit)) && seen.add(key(edit))),
	);
}

/** Writes another activation in the place of each that follows a layer with weights; null where one is written otherwise. */
export function activationEdits(model: Model, activation: string, source: SourceTree): Edit[] | null {
	return editsOf(
		model,
		source,
		(stage) => stage.activation,
		(call) => replaced(model, activation, call, source),
	);
}

/**
 * The edits of all places that the layers of stages with an activation are written at; each place is edited once. None
 * where one of them is in another file: with that as it is, it is not the model that is wanted.
 */
function editsOf(
	model: Model,
	{ root }: SourceTree,
	layerOf: (stage: ReturnType<typeof stagesOf>[number]) => number | null,
	editsAt: (call: SyntaxNode) => Edit[] | null,
): Edit[] | null {
	const edits = new Map<number, Edit[]>();
	for (const stage of stagesOf(model)) {
		const at = stage.activation === null ? null : layerOf(stage);
		if (at === null) continue;
		const { span, path } = model.layers[at];
		if (path !== null) return null;
		if (edits.has(span.start)) continue;
		const call = callAt(root, span);
		const made = call && editsAt(call);
		if (!made) return null;
		edits.set(span.start, made);
	}
	return edits.size === 0 ? null : [...edits.values()].flat();
}

function callAt(node: SyntaxNode, { start, end }: Span): SyntaxNode | undefined {
	if (node.from === start && node.to === end && node.name === "CallExpression") return node;
	const inner = node.kids.find((kid) => kid.from <= start && end <= kid.to);
	return inner && callAt(inner, { start, end });
}

/** What stands before the last name of a dotted one, with its dot: "nn." of `nn.Linear`; null for a name by itself. */
function prefixOf(callee: SyntaxNode): string | null {
	return /^([\w.]+\.)\w+$/.exec(textOf(callee))?.[1] ?? null;
}

function normalised(
	model: Model,
	of: "batch" | "layer",
	call: SyntaxNode,
	source: SourceTree,
	how: "beside" | "together",
): Edit[] | null {
	const parts = callParts(call);
	if (!parts) return null;
	const given = argumentsOf(parts.list);
	const norm = normalisationCall(model, of, textOf(parts.callee), given);
	if (!norm) return null;
	// What Keras' layer does behind its weights moves behind the normalisation.
	const isKeras = model.framework === "keras" || model.framework === "tfjs";
	const moved = isKeras ? argument(given, "activation") : undefined;
	const activation = moved && activationCall(model, textOf(moved.value));
	const calls = [norm, ...(activation ? [activation] : [])];
	const prefix = prefixOf(parts.callee);
	const named = prefix === null ? importedBeside(source.root, textOf(parts.callee), calls) : [];
	if (!named) return null;
	const layers = calls.map(({ name, given: own }) => `${prefix ?? ""}${name}(${own})`);
	const cut = moved ? withoutArgument(moved, source.text) : [];
	const asOne = how === "together" && model.framework === "torch" ? together(call, layers, prefix) : null;
	const inserted = asOne ?? placed(call, layers, source);
	return inserted && [...named, ...cut, ...inserted];
}

/** A layer that is made: its class or function, and what it is given. */
interface Made {
	readonly name: string;
	readonly given: string;
}

function activationCall({ framework }: Model, activation: string): Made {
	return framework === "tfjs"
		? { name: "activation", given: `{activation: ${activation}}` }
		: { name: "Activation", given: activation };
}

function normalisationCall(
	{ framework }: Model,
	of: "batch" | "layer",
	callee: string,
	given: readonly CallArgument[],
): Made | null {
	const isBatch = of === "batch";
	const features = (...names: readonly string[]) => {
		const named = names.map((name) => argument(given, name)).find((each) => each);
		const second = given[1];
		const found = named ?? (second && !second.name && !second.stars ? second : undefined);
		return found && !given[0]?.stars ? textOf(found.value) : null;
	};
	switch (framework) {
		case "torch": {
			const size = /^(?!.*Lazy)(?:.*\.)?(?:Linear|Conv(?:Transpose)?([123])d)$/.exec(callee);
			const outputs = features("out_features", "out_channels");
			if (!size || outputs === null) return null;
			return { name: isBatch ? `BatchNorm${size[1] ?? 1}d` : "LayerNorm", given: outputs };
		}
		case "keras":
			return { name: isBatch ? "BatchNormalization" : "LayerNormalization", given: "" };
		case "flax": {
			if (/^(flax\.)?nnx\.Linear$/.test(callee)) {
				const [outputs, rngs] = [features("out_features"), argument(given, "rngs")];
				if (outputs === null || !rngs) return null;
				return { name: isBatch ? "BatchNorm" : "LayerNorm", given: `${outputs}, rngs=${textOf(rngs.value)}` };
			}
			// Linen's batch statistics are variables of their own, which the training must hand on.
			return !isBatch && /^(flax\.linen|linen|nn)\.\w+$/.test(callee) ? { name: "LayerNorm", given: "" } : null;
		}
		case "tfjs":
			return { name: isBatch ? "batchNormalization" : "layerNormalization", given: "" };
	}
}

/**
 * Imports what is made beside a name that is imported by itself; null where the text does not say where that comes from, or
 * means something else by one of the names.
 */
function importedBeside(root: SyntaxNode, name: string, made: readonly Made[]): Edit[] | null {
	const imports = root.kids.filter((kid) => kid.name === "ImportStatement" && kid.kids[0]?.name === "from");
	const namesIn = (statement: SyntaxNode) => {
		const at = statement.kids.findIndex((kid) => kid.name === "import");
		return splitByCommas(statement.kids.slice(at + 1)).map((group) =>
			group.filter(({ name: kind }) => !/^[()]$/.test(kind)),
		);
	};
	const home = imports.flatMap((statement) =>
		namesIn(statement).flatMap((group) => (group.length === 1 && textOf(group[0]!) === name ? [group[0]!] : [])),
	)[0];
	if (!home) return null;
	const own = namesIn(home.parent!).map((group) => (group.length === 1 ? textOf(group[0]!) : ""));
	const wanted = made.map(({ name: one }) => one).filter((one) => !own.includes(one));
	const isTaken = wanted.some((one) => new RegExp(`(?<![.\\w])${one}\\b`).test(root.source.text));
	return isTaken ? null : wanted.map((one) => insertion(home.to, `, ${one}`));
}

/** Makes one module of a layer and those behind it, where a list that is gone through has it as one. */
function together(call: SyntaxNode, layers: readonly string[], prefix: string | null): Edit[] | null {
	const { parent } = call;
	const holder = parent?.parent?.kids[0];
	const isListed =
		parent?.name === "ArrayComprehensionExpression" || parent?.name === "ComprehensionExpression"
			? parent.kids.find(({ name }) => name === "CallExpression") === call
			: parent?.name === "ArgList" && holder !== undefined && /\.append$/.test(textOf(holder));
	if (!isListed || prefix === null) return null;
	return [insertion(call.from, `${prefix}Sequential(`), insertion(call.to, `, ${layers.join(", ")})`)];
}

/** Calls layers behind another: beside it in a list, or around each of its calls. */
function placed(call: SyntaxNode, layers: readonly string[], source: SourceTree): Edit[] | null {
	const { parent } = call;
	if (!parent) return null;
	const { text } = source;
	const isElement =
		parent.name === "ArrayExpression" ||
		(parent.name === "ArgList" && /(^|\.)Sequential$/.test(textOf(parent.parent!.kids[0]!)));
	if (isElement) {
		const margin = marginAt(text, call.from);
		const between = margin === null ? ", " : `,\n${margin}`;
		return [insertion(call.to, layers.map((layer) => between + layer).join(""))];
	}
	if (parent.name === "CallExpression" && parent.kids[0] === call) return around(parent, layers);
	const statement = parent.name === "ArgList" ? parent.parent?.parent : parent;
	const margin = statement && marginAt(text, statement.from);
	if (!statement || margin == null || !endsLine(text, statement.to)) return null;
	if (parent.name === "ArgList") {
		const adding = textOf(parent.parent!.kids[0]!);
		const isAlone = statement.name === "ExpressionStatement" && argumentsOf(parent).length === 1;
		if (!isAlone || !/^[\w.]+\.(append|add)$/.test(adding)) return null;
		const end = textOf(statement).endsWith(";") ? ";" : "";
		return [insertion(statement.to, layers.map((layer) => `\n${margin}${adding}(${layer})${end}`).join(""))];
	}
	const target = statement.name === "AssignStatement" ? statement.kids[0] : undefined;
	const member = target && attributeParts(target);
	if (!member || textOf(member.object) !== "self" || statement.kids.length !== 3 || layers.length !== 1) return null;
	const name = textOf(target);
	const made = `${name}_norm`;
	const owner = classAround(statement);
	if (!owner || textOf(owner).includes(made)) return null;
	const calls = callsOf(owner, name);
	if (calls.length === 0) return null;
	return [
		insertion(statement.to, `\n${margin}${made} = ${layers[0]}`),
		...calls.flatMap((each) => around(each, [made])),
	];
}

function argument(given: readonly CallArgument[], wanted: string): CallArgument | undefined {
	return given.find(({ name }) => name !== null && textOf(name) === wanted);
}

function around(call: SyntaxNode, layers: readonly string[]): Edit[] {
	const opening = layers
		.map((layer) => `${layer}(`)
		.reverse()
		.join("");
	return [insertion(call.from, opening), insertion(call.to, ")".repeat(layers.length))];
}

function insertion(at: number, text: string): Edit {
	return { span: { start: at, end: at }, text };
}

/** What stands before a place on its line, if that is only white space. */
function marginAt(text: string, at: number): string | null {
	const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
	return /^[ \t]*$/.test(before) ? before : null;
}

function endsLine(text: string, at: number): boolean {
	return /^[ \t]*(\r?\n|$)/.test(text.slice(at));
}

function classAround(node: SyntaxNode): SyntaxNode | undefined {
	for (let each = node.parent; each; each = each.parent) if (each.name === "ClassDefinition") return each;
	return undefined;
}

function callsOf(node: SyntaxNode, callee: string): SyntaxNode[] {
	const inside = node.kids.flatMap((kid) => callsOf(kid, callee));
	return node.name === "CallExpression" && textOf(node.kids[0]!) === callee ? [...inside, node] : inside;
}

/** Cuts an argument with the comma before it, or the one behind it where it is the first. */
function withoutArgument({ name, value }: CallArgument, text: string): Edit[] {
	const start = text.slice(0, value.from).search(new RegExp(`${textOf(name!)}\\s*[=:]\\s*$`));
	const before = /,\s*$/.exec(text.slice(0, start));
	if (before) return [{ span: { start: before.index, end: value.to }, text: "" }];
	const behind = /^\s*,\s*/.exec(text.slice(value.to))?.[0] ?? "";
	return [{ span: { start, end: value.to + behind.length }, text: "" }];
}

function replaced({ framework }: Model, activation: string, call: SyntaxNode, { text }: SourceTree): Edit[] | null {
	const parts = callParts(call);
	if (!parts) return null;
	const callee = textOf(parts.callee);
	const prefix = prefixOf(parts.callee);
	const given = argumentsOf(parts.list);
	if (framework === "tfjs") return /^(re)?[a-z]+$/.test(activation) ? inObject(call, activation) : null;
	if (framework === "keras") {
		const isLayer = /(^|\.)Activation$/.test(callee);
		const named = argument(given, "activation") ?? (isLayer ? given[0] : undefined);
		if (named) {
			const isText = stringValue(named.value) !== undefined && KERAS.has(activation);
			return isText ? [{ span: { start: named.value.from, end: named.value.to }, text: `"${activation}"` }] : null;
		}
	}
	if (!prefix) return null;
	const isClass = /\.[A-Z]\w*$/.test(callee);
	if (isClass) {
		if (framework === "keras") {
			const layer = KERAS.has(activation) ? `${prefix}Activation("${activation}")` : null;
			return layer && given.every(({ name }) => name !== null) ? [whole(call, layer)] : null;
		}
		const code = framework === "torch" ? codeFor(activation, "pytorch")?.code : undefined;
		const bare = /^nn\.(\w+\(.*\))$/.exec(code ?? "")?.[1];
		return bare && /^(torch\.)?nn\.$/.test(prefix) ? [whole(call, prefix + bare)] : null;
	}
	// A function's further arguments are of its own.
	if (given.length !== 1 || given[0]!.name) return null;
	if (framework !== "torch") return [whole(parts.callee, prefix + activation)];
	if (!/^(F|torch|(torch\.)?nn\.functional)\.$/.test(prefix)) return null;
	const isTensors = activation === "tanh" || (prefix === "torch." && /^(relu|selu)$/.test(activation));
	if (isTensors) return /^import torch\b/m.test(text) ? [whole(parts.callee, `torch.${activation}`)] : null;
	const home =
		prefix !== "torch." ? prefix : /\bimport torch\.nn\.functional as F\b/.test(text) ? "F." : "torch.nn.functional.";
	return [whole(parts.callee, home + activation)];
}

/** Activations that all versions of Keras know by these words. */
const KERAS: ReadonlySet<string> = new Set(["relu", "elu", "selu", "tanh"]);

function whole(node: SyntaxNode, text: string): Edit {
	return { span: { start: node.from, end: node.to }, text };
}

/** The word behind `activation:` in JavaScript's object. */
function inObject(call: SyntaxNode, activation: string): Edit[] | null {
	const found = /(\bactivation\s*:\s*)(['"])\w+\2/.exec(textOf(call));
	if (!found || !KERAS.has(activation)) return null;
	const start = call.from + found.index + found[1]!.length;
	return [
		{ span: { start, end: call.from + found.index + found[0].length }, text: found[2]! + activation + found[2]! },
	];
}

/** The text with all edits made; those at one place stand in their order. */
export function edited(text: string, edits: readonly Edit[]): string {
	const ordered = edits.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
	let [made, at] = ["", 0];
	for (const { span, text: added } of ordered) {
		made += text.slice(at, span.start) + added;
		at = Math.max(at, span.end);
	}
	return made + text.slice(at);
}
