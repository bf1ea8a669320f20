import type { Span } from "../../span.ts";
import type { SyntaxNode } from "../code/node.ts";
import type { Model, ModelLayer, SizeOf, Step, Taken, Turns } from "./model.ts";
import { type GraphNode, type Instance, type Layer, originOf, type Slot, settled, type Thing } from "./thing.ts";
import { TURNS } from "./turns.ts";

/** The model whose values these nodes are: all that leads to `outputs`, in the order of computation. */
export function modelOf(
	name: string,
	framework: Model["framework"],
	nameSpan: Span,
	span: Span,
	root: Thing | null,
	given: readonly GraphNode[],
	looped: readonly (Thing & { kind: "size" })[],
): Model {
	// The state that goes on to the next sequence is nothing that a loss is taken of.
	const own = given.filter(({ states }) => !states);
	const outputs = own.length > 0 ? own : given;
	const nodes = reached(outputs);
	const index = new Map(nodes.map((node, i) => [node, i]));
	const names = new Names(root, framework);
	const first = new Map<Layer | Instance, Map<string, number>>();
	const drawn = new Map<Slot, number>();
	const origins = new Map<Slot, number>();
	const layers = nodes.map((node, i): ModelLayer => {
		const { layer, suffix, site, shape } = node;
		const calls = layer && (first.get(layer) ?? new Map<string, number>());
		if (layer && calls) first.set(layer, calls);
		const sharedWith = calls?.get(suffix) ?? null;
		if (calls && sharedWith === null) calls.set(suffix, i);
		const weight = weightOf(node);
		// Another layer may have been given the weights of this one, or a parameter is used again.
		const tied = weight ? (drawn.get(weight) ?? null) : null;
		if (weight && tied === null) drawn.set(weight, i);
		const origin = weight && originOf(weight);
		const copyOf = tied === null && origin ? origins.get(origin) : undefined;
		if (origin && copyOf === undefined) origins.set(origin, i);
		return {
			name: names.of(node),
			span: site.span,
			path: site.file.path,
			inputs: node.inputs.flatMap((input) => index.get(input) ?? []),
			step: withSizes(node, index),
			shape,
			sharedWith: (layer && hasWeights(layer) ? sharedWith : null) ?? tied,
			...(copyOf !== undefined && { copyOf }),
		};
	});
	const turns = looped.flatMap(({ node, axis }): Turns[] => {
		const layer = index.get(node);
		return layer === undefined ? [] : [{ layer, axis, count: TURNS }];
	});
	const behind = outputs.flatMap((node) => index.get(node) ?? []);
	return { name, framework, nameSpan, span, layers, outputs: behind, ...(turns.length > 0 && { turns }) };
}

/** A node's step, with the sizes that its shape follows from. */
function withSizes(node: GraphNode, index: ReadonlyMap<GraphNode, number>): Step {
	const step = node.step();
	if (!node.sizes) return step;
	const sizes = node.sizes.map((each) => sizeIn(each, index));
	if (step.kind === "resize") return { ...step, to: sizes };
	if (step.kind === "range") return { ...step, until: sizes[0]! };
	if (step.kind === "write") return { ...step, along: boundedBy(step.along, sizes) };
	if (step.kind !== "reshape") return step;
	if (step.how?.to === "sizes" || step.how?.to === "expanded") return { ...step, how: { ...step.how, sizes } };
	if (step.how?.to === "repeated") return { ...step, how: { to: "repeated", times: sizes } };
	if (step.how?.to === "unflat") return { ...step, how: { ...step.how, sizes } };
	if (step.how?.to === "taken") return { ...step, how: { to: "taken", along: boundedBy(step.how.along, sizes) } };
	return step.how?.to === "padded" ? { ...step, how: { ...step.how, by: sizes } } : step;
}

/** Places with their bounds, two for each axis. */
function boundedBy(along: readonly Taken[], sizes: readonly SizeOf[]): Taken[] {
	return along.map((one, i) => ({
		...one,
		from: sizes[2 * i]!,
		until: one.until === "end" ? one.until : sizes[2 * i + 1]!,
	}));
}

function sizeIn(thing: Thing, index: ReadonlyMap<GraphNode, number>): SizeOf {
	switch (thing.kind) {
		case "number":
			return thing.value;
		case "size": {
			const layer = index.get(thing.node);
			return layer === undefined ? null : { layer, axis: thing.axis };
		}
		case "size arithmetic":
			return { sign: thing.sign, left: sizeIn(thing.left, index), right: sizeIn(thing.right, index) };
		default:
			return null;
	}
}

/** What leads to the outputs: each node behind what it is fed, as the code computes them. */
function reached(outputs: readonly GraphNode[]): GraphNode[] {
	const done = new Set<GraphNode>();
	const ordered: GraphNode[] = [];
	const stack = outputs.map((node) => ({ node, at: 0 })).reverse();
	for (let top = stack.at(-1); top; top = stack.at(-1)) {
		if (done.has(top.node)) {
			stack.pop();
			continue;
		}
		const next = top.node.inputs[top.at++];
		if (next) {
			if (!done.has(next)) stack.push({ node: next, at: 0 });
			continue;
		}
		done.add(top.node);
		ordered.push(top.node);
		stack.pop();
	}
	return ordered;
}

/** The parameter that a node multiplies with; of a layer of several steps that of the one that has it. */
function weightOf({ slot, layer, step }: GraphNode): Slot | undefined {
	const made = step();
	if (!/^(linear|embedding|convolution|parameter)$/.test(made.kind)) return undefined;
	if (slot) return settled(slot);
	const own = layer?.kind === "layer" ? layer.slots.get("weight") : undefined;
	const weight = own && settled(own);
	return "weight" in made && made.weight === weight?.initialisation ? weight : undefined;
}

function hasWeights(layer: Layer | Instance): boolean {
	return layer.kind === "layer" && layer.slots.size > 0;
}

/** How the code calls the steps of a model. */
class Names {
	readonly #paths = new Map<unknown, string>();
	readonly #counts = new Map<string, number>();
	readonly #given = new Map<unknown, string>();
	readonly #framework: Model["framework"];

	constructor(root: Thing | null, framework: Model["framework"]) {
		this.#framework = framework;
		const seen = new Set<unknown>();
		const todo: [Thing, string][] = root ? [[root, ""]] : [];
		for (let item = todo.shift(); item; item = todo.shift()) {
			const [thing, path] = item;
			if (seen.has(thing)) continue;
			seen.add(thing);
			if (path !== "") this.#paths.set(thing, path);
			const inside = (key: string) => (path === "" ? key : `${path}.${key}`);
			if (thing.kind === "instance")
				for (const [key, kid] of thing.attributes) todo.push([kid, key === "(itself)" ? path : inside(key)]);
			if (thing.kind === "list") for (const [i, kid] of thing.items.entries()) todo.push([kid, inside(String(i))]);
			if (thing.kind === "dictionary") for (const [key, kid] of thing.entries) todo.push([kid, inside(key)]);
			if (seen.size > 20_000) break;
		}
	}

	of(node: GraphNode): string {
		const { layer, suffix, within } = node;
		if (!layer) {
			const path = within && this.#paths.get(within);
			return path ? `${path}.${suffix || "input"}` : suffix || "input";
		}
		const name = this.#nameOf(layer);
		return suffix === "" ? name : `${name}.${suffix}`;
	}

	#nameOf(layer: Layer | Instance): string {
		const known = (layer.kind === "layer" ? layer.name : null) ?? this.#given.get(layer);
		if (known) return known;
		const path = this.#paths.get(layer);
		if (path && this.#framework === "torch") return path;
		if (path && !/^[\d.]+$/.test(path)) return path;
		const type =
			layer.kind === "layer" ? layer.type.slice(layer.type.lastIndexOf(".") + 1) : (layer.class?.class.name ?? "");
		const plain = snakeCase(type);
		const count = this.#counts.get(plain) ?? 0;
		this.#counts.set(plain, count + 1);
		const made = count === 0 ? plain : `${plain}_${count}`;
		this.#given.set(layer, made);
		return made;
	}
}

/** "BatchNormalization" as Keras names its layers: "batch_normalization". */
function snakeCase(name: string): string {
	return name
		.replace(/(.)([A-Z][a-z0-9]+)/g, "$1_$2")
		.replace(/([a-z])([A-Z])/g, "$1_$2")
		.toLowerCase();
}

/** The span of a node of a file. */
export function spanOf(node: SyntaxNode): Span {
	return { start: node.from, end: node.to };
}
