import { resolveName } from "../../activations/libraries/resolve.ts";
import type { Span } from "../../span.ts";
import type { SyntaxNode } from "../code/node.ts";
import type { CodeClass, CodeFunction } from "../code/scope.ts";
import type { CodeFile } from "./codeFile.ts";
import type { Machine } from "./machine.ts";
import type { Cell, Draw, Initialisation, Shape, Step } from "./model.ts";
import { numberOperation } from "./numberOperation.ts";

/** Where something is written. */
export interface Site {
	readonly span: Span;
	readonly file: CodeFile;
}

/** Where a piece of code is written. */
export function siteOf(node: SyntaxNode, file: CodeFile): Site {
	return file.stands?.for ?? { span: { start: node.from, end: node.to }, file };
}

/** A step of a computation that the code describes, while its models are being put together. */
export interface GraphNode {
	readonly inputs: readonly GraphNode[];
	/** A layer's step follows from its slots, which may be initialised anew behind the call. */
	readonly step: () => Step;
	readonly site: Site;
	/** The layer that is called, and what its name is followed by; for a function its name alone. */
	readonly layer: Layer | Instance | null;
	readonly suffix: string;
	/** The module in whose method this happens. */
	readonly within: Instance | null;
	readonly shape: Shape;
	/** The size of the features' axis, where it is known; it is the last where nothing is known of the shape. */
	features: number | null;
	/** The place of the batch among all axes; null for a value that all samples share. */
	readonly batch: number | null;
	/** How many axes of a sample lie in the batch's axis, too: `view(-1, …)` makes samples of windows. They are those at `batch`. */
	readonly folded: number;
	/** The number of samples, where the code makes them itself to ask what comes of one. */
	readonly samples?: 1;
	/** The parameter that it is, or is a product with. */
	readonly slot?: Slot;
	/** Sizes of this and of other values that its shape follows from. */
	readonly sizes?: readonly Thing[];
	/** The states of recurrent layers that it has one behind the other along its first axis. */
	readonly states?: readonly GraphNode[];
}

/** Weights or biases of a layer, or a parameter of its own. */
export interface Slot {
	initialisation: Initialisation;
	/** How many axes it has; null if that is not known. */
	readonly axes: number | null;
	/** Its sizes, as far as they are known. */
	readonly sizes?: Shape;
	/** Whether the first of them is the number of samples. */
	readonly isForSamples?: boolean;
	/** Whether each sample has a single number. */
	readonly isOnePerSample?: boolean;
	/** What is trained in its place, where the weight is made of that by a norm. */
	normed?: Normed;
	/** The weights that it shares, as an embedding and the layer behind a model may. */
	tied?: Slot | null;
	/** Those that it is a copy of, as they were drawn; drawn anew, one of them is no longer as the other. */
	readonly copied?: { readonly from: Slot; readonly initialisation: Initialisation };
}

/** The numbers that a weight with a norm is made of. */
export interface Normed {
	/** What a module calls them. */
	readonly name: string;
	/** How the weight begins where they are drawn so. */
	readonly draw: (drawn: Draw) => Draw;
}

/** What a library's layer is made to do. */
export interface Layer {
	readonly kind: "layer";
	/** The library's full name of it: "torch.nn.Linear". */
	readonly type: string;
	readonly site: Site;
	/** A name that the code gives it; null for none. */
	readonly name: string | null;
	readonly attributes: Map<string, Thing>;
	readonly slots: ReadonlyMap<string, Slot>;
	/** The steps that a call takes, one after the other. */
	readonly steps: (slots: ReadonlyMap<string, Slot>) => readonly LayerStep[];
	/** What a call gives, for layers that are more than steps behind each other. */
	readonly apply?: (machine: Machine, layer: Layer, given: Arguments, site: Site) => Thing;
	/** The cell that it is, or goes along places with. */
	readonly recurrent?: RecurrentCell;
	/** What it makes of a list of values, for layers that take one. */
	readonly merges?: Step;
	/** The input that it says it has (Keras' `input_shape`). */
	readonly input?: Shape;
	/** What was called first; its features tell sizes that the code does not write. */
	built: { features: number | null } | null;
}

export interface LayerStep {
	readonly suffix: string;
	/** The step; `features` is that of what the layer was first fed with. */
	readonly step: (features: number | null) => Step;
	readonly features: (features: number | null) => number | null;
}

/** What makes the slot of an initialiser that is given, or of what holds otherwise, for so many axes. */
export type SlotOf = (thing: Thing | undefined, otherwise: () => Draw, axes: number) => Slot;

/** A recurrent cell as its library makes it. */
export interface RecurrentCell {
	readonly cell: Cell;
	/** Null for those of what it is fed. */
	readonly inputs: number | null;
	readonly outputs: number | null;
	readonly weights: {
		readonly weight: Slot;
		readonly bias: Slot | null;
		readonly recurrent: Slot;
		readonly recurrentBias: Slot | null;
		readonly forget: Initialisation | null;
	};
	/** As a step has them. */
	readonly projection?: { readonly units: number | null; readonly slot: Slot };
	readonly stateDropout?: number;
	/** Of a layer around it: whether it gives all places or the last, and its state; the share of inputs that is dropped. */
	readonly gives?: { readonly sequences: boolean; readonly state: boolean; readonly rate: number | null };
}

/** An instance of a class of the code, or of one of a library's containers. */
export interface Instance {
	readonly kind: "instance";
	/** The class of the code; null for a container of a library's. */
	readonly class: ClassThing | null;
	/** The library's class that it is, or descends from: "torch.nn.Module", "torch.nn.Sequential". */
	readonly base: string | null;
	readonly site: Site;
	readonly attributes: Map<string, Thing>;
	/** The names of what a container was given, in their order. */
	parts: readonly string[];
	/** Why there may be more attributes than these; null if there are none. */
	open: Unknown | null;
	/** Whether it is made without arguments. */
	readonly plain: boolean;
	/** The computation, for Keras' functional models. */
	graph?: { readonly inputs: readonly GraphNode[]; readonly outputs: readonly GraphNode[] };
}

export interface ClassThing {
	readonly kind: "class";
	readonly class: CodeClass;
	readonly file: CodeFile;
	readonly outer: Names;
	/** What the class's body binds. */
	readonly attributes: Map<string, Thing>;
	readonly bases: readonly Thing[];
}

export interface List {
	readonly kind: "list";
	items: readonly Thing[];
	/** Why there may be more or other items; null if there are none. */
	open: Unknown | null;
	readonly tuple: boolean;
	/** All sizes of a value that stand before the item `at`, where it is not known how many there are. */
	readonly sizes?: { readonly at: number; readonly of: Thing & { kind: "sizes" } };
}

export interface Unknown {
	readonly kind: "unknown";
	readonly reason: string;
	/** Whether it holds as a condition, where that much is known. */
	readonly truth?: boolean;
	/** The values whose sizes it asks if they differ. */
	readonly asksSizesOf?: readonly GraphNode[];
	/** Of these it is one. */
	readonly among?: readonly Thing[];
	/** Those of an array that it is. */
	readonly sizes?: Shape;
}

/** What an expression of the code stands for when it is executed symbolically. */
export type Thing =
	| { readonly kind: "number"; readonly value: number }
	| { readonly kind: "string"; readonly value: string }
	| { readonly kind: "boolean"; readonly value: boolean }
	| { readonly kind: "none" }
	| List
	| { readonly kind: "dictionary"; readonly entries: Map<string, Thing>; open: Unknown | null }
	/** A name of a library's. */
	| { readonly kind: "library"; readonly name: string }
	/** What a statement imports, before it is asked for. */
	| { readonly kind: "import"; readonly dotted: string; readonly file: CodeFile }
	| { readonly kind: "file"; readonly file: CodeFile }
	| {
			readonly kind: "function";
			readonly function: CodeFunction;
			readonly outer: Names;
			readonly file: CodeFile;
			/** What the method is of. */
			readonly self: Thing | null;
			/** The class that the method is found in. */
			readonly of: ClassThing | null;
	  }
	| ClassThing
	| Instance
	| Layer
	| { readonly kind: "super"; readonly self: Thing; readonly of: ClassThing }
	/** A method of something that is no instance of the code's. */
	| { readonly kind: "method"; readonly object: Thing; readonly name: string }
	| { readonly kind: "partial"; readonly callee: Thing; readonly given: Arguments }
	/** A value that flows through the model. */
	| { readonly kind: "tensor"; readonly node: GraphNode }
	/**
	 * 1 on one side of the diagonal, 0 on the other: what a causal mask is made of. Marked is what is not 0. `padded` where
	 * a mask that comes with the data leaves out more.
	 */
	| {
			readonly kind: "triangle";
			readonly marks: "later" | "others";
			readonly by: "ones" | "infinity";
			readonly padded?: boolean;
	  }
	/** 1 for a share of the samples, drawn anew for each, and 0 for the others, times a number. */
	| { readonly kind: "kept"; readonly share: number; readonly by: number }
	/** Which places count, as it comes with the data; `input` where layers may be fed with it as it is. */
	| { readonly kind: "mask"; readonly input?: GraphNode }
	/**
	 * The variance of a value along an axis of its samples, or without `isCentred` the mean of its squares, with `within`
	 * added to it, its root with `outside` added, and 1 over that where it is `inverse`.
	 */
	| {
			readonly kind: "spread";
			readonly node: GraphNode;
			readonly axis: number;
			readonly isCentred: boolean;
			/** Whether it counts one number less than there are. */
			readonly isUnbiased: boolean;
			readonly root: boolean;
			readonly within: number;
			readonly outside: number;
			readonly inverse?: boolean;
	  }
	/** A size of such a value along an axis as the framework counts them, 0 the batch; or arithmetic with sizes. */
	| { readonly kind: "size"; readonly node: GraphNode; readonly axis: number }
	| { readonly kind: "size arithmetic"; readonly sign: string; readonly left: Thing; readonly right: Thing }
	/** All sizes of such a value from an axis on. */
	| { readonly kind: "sizes"; readonly node: GraphNode; readonly from: number }
	| { readonly kind: "slot"; readonly slot: Slot; readonly name: string; readonly site: Site }
	/** How a framework's initialiser object draws. */
	| { readonly kind: "initialiser"; readonly draw: Initialiser }
	| Unknown;

/**
 * How weights are drawn, by the fans as the framework counts them; of those of which a reader of the layer counts the
 * same, nothing need be given.
 */
export type Initialiser = (fans: { readonly in: number | null; readonly out: number | null } | "plain") => Draw;

/** The names that hold in a function, a module or a comprehension. */
export interface Names {
	readonly own: Map<string, Thing>;
	readonly outer: Names | null;
	readonly file: CodeFile;
}

export interface Arguments {
	readonly positional: readonly Thing[];
	readonly named: ReadonlyMap<string, Thing>;
	/** Where a `*list` or `**table` that is not known may give more. */
	readonly open: Unknown | null;
}

export const NONE: Thing = { kind: "none" };
export const MASK: Thing = { kind: "mask" };

/** Whether a value comes with the samples as it is. */
export function isData(node: GraphNode): boolean {
	const step = node.step();
	const [only] = node.inputs;
	return step.kind === "input" || (step.kind === "reshape" && only !== undefined && isData(only));
}

/** It is told of so many values at most that something is one of them: a loop may make more and more. */
const MOST_AMONG = 32;

/** One of some values, or of those that they are one of. */
export function oneAmong(things: readonly Thing[], reason: string): Unknown {
	const all = new Set(things.flatMap((thing) => (thing.kind === "unknown" && thing.among) || [thing]));
	return { kind: "unknown", reason, ...(all.size <= MOST_AMONG && { among: [...all] }) };
}

export function unknown(reason: string): Unknown {
	return { kind: "unknown", reason };
}

export function numberThing(value: number): Thing {
	return { kind: "number", value };
}

export function booleanThing(value: boolean): Thing {
	return { kind: "boolean", value };
}

export function stringThing(value: string): Thing {
	return { kind: "string", value };
}

export function listThing(items: readonly Thing[], tuple = false): List {
	return { kind: "list", items, open: null, tuple };
}

/** The number that a thing is; null if it is none, or is not known. */
export function numberOf(thing: Thing | undefined): number | null {
	switch (thing?.kind) {
		case "number":
			return thing.value;
		case "size": {
			// What comes behind may have told it since.
			const { node, axis } = thing;
			const { shape, samples } = node;
			if (axis === 0) return samples ?? null;
			if (!shape) return axis === -1 ? node.features : null;
			return (axis > 0 ? shape[axis - 1] : axis < 0 ? shape.at(axis) : null) ?? null;
		}
		case "size arithmetic": {
			const [a, b] = [numberOf(thing.left), numberOf(thing.right)];
			return a === null || b === null ? null : (numberOperation(thing.sign, a, b) ?? null);
		}
		default:
			return null;
	}
}

/** The values of a model that a thing holds, in their order. */
export function tensorsIn(thing: Thing, depth = 0): GraphNode[] {
	if (thing.kind === "tensor") return [thing.node];
	if (thing.kind === "mask") return thing.input ? [thing.input] : [];
	if (thing.kind === "spread") return [thing.node];
	// What is read of a result that is not understood is of it.
	if (thing.kind === "method" && thing.object.kind === "tensor" && thing.object.node.step().kind === "unknown") {
		return [thing.object.node];
	}
	if (depth > 8) return [];
	if (thing.kind === "list") return thing.items.flatMap((item) => tensorsIn(item, depth + 1));
	if (thing.kind === "dictionary") return [...thing.entries.values()].flatMap((item) => tensorsIn(item, depth + 1));
	// A record of a model's results.
	if (thing.kind === "instance" && thing.class)
		return [...thing.attributes.values()].flatMap((item) => tensorsIn(item, 8));
	return [];
}

/** Arguments by their positions. */
export function positional(...things: readonly Thing[]): Arguments {
	return { positional: things, named: new Map(), open: null };
}

/** How a dictionary holds a key. */
export function keyOf(thing: Thing): string | undefined {
	return thing.kind === "string" || thing.kind === "number" || thing.kind === "boolean"
		? String(thing.value)
		: undefined;
}

/** Code on one line, as a message shows it. */
export function shortened(text: string): string {
	const line = text.replace(/\s+/g, " ");
	return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

/** Whether two things are certainly the same. */
export function sameThing(a: Thing, b: Thing): boolean {
	if (a === b) return true;
	if (a.kind === "tensor" && b.kind === "tensor") return a.node === b.node;
	if (a.kind === "size" && b.kind === "size") return a.node === b.node && a.axis === b.axis;
	if (a.kind === "slot" && b.kind === "slot") return a.slot === b.slot;
	if (a.kind === "library" && b.kind === "library") return a.name === b.name || sameEntry(a.name, b.name);
	if (a.kind === "function" && b.kind === "function")
		return a.function === b.function && a.self === b.self && a.outer === b.outer;
	if (a.kind === "list" && b.kind === "list") {
		return (
			!a.open &&
			!b.open &&
			a.items.length === b.items.length &&
			a.items.every((item, i) => sameThing(item, b.items[i]!))
		);
	}
	return a.kind === b.kind && "value" in a && "value" in b && a.value === b.value
		? true
		: a.kind === "none" && b.kind === "none";
}

function sameEntry(a: string, b: string): boolean {
	const entry = resolveName(a);
	return entry !== undefined && entry === resolveName(b);
}

/** The slot whose weights these are. */
export function settled(slot: Slot): Slot {
	let found = slot;
	for (let i = 0; i < 8 && found.tied; i++) found = found.tied;
	return found;
}

/** The slot that these weights are a copy of, number by number; itself where they are none, or no longer. */
export function originOf(slot: Slot): Slot {
	const { copied, initialisation } = slot;
	const isSame = copied && copied.initialisation === initialisation && copied.from.initialisation === initialisation;
	return isSame ? originOf(copied.from) : slot;
}

/** The number that a thing is everywhere; null if it is none, or is not known. */
export function constantOf(thing: Thing): number | null {
	if (thing.kind !== "slot") return numberOf(thing);
	const { draw } = settled(thing.slot).initialisation;
	return draw.kind === "zeros" ? 0 : draw.kind === "constant" ? draw.value : null;
}
