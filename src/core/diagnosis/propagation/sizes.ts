import type { Model, Shape, Step } from "../../reading/model/model.ts";
import { besideOf, countOf, isWhole, partsOf, shapeBehind } from "../../reading/model/shapes.ts";
import { askIn } from "./bins.ts";
import { activationOf, cellActivation, countedOutputs, softmaxAxis } from "./outputs.ts";
import { consumersOf } from "./stages.ts";
import { factorMoments, isWeightStep, plainMoments, weightSize } from "./weights.ts";

/** The shapes of all values of a model, as far as they are known, with those that its inputs are supposed to have. */
export interface Shapes {
	readonly shapes: readonly Shape[];
	/** Inputs whose size the source does not tell, and what is taken: a size with which all layers fit. */
	readonly supposed: readonly { readonly layer: number; readonly shape: readonly number[] }[];
}

/** The sizes of all layers up to the outputs, or why the model cannot be run. Layers that no output needs have null. */
export type Sizes =
	| {
			readonly kind: "sizes";
			readonly sizes: readonly (readonly number[] | null)[];
			readonly outputs: readonly number[];
			readonly supposed: Shapes["supposed"];
	  }
	| { readonly kind: "refused"; readonly layer: number; readonly reason: RefusalReason };

export type RefusalReason =
	| "unknown step"
	| "unknown activation"
	| "unknown initialisation"
	| "unknown size"
	| "sizes do not fit"
	| "too large";

/** Places along each axis that are tried for an input: those of the data that most models are made for, first. */
const SIDES: Readonly<Record<number, readonly number[]>> = {
	1: [128, 64, 32, 256, 512, 1024, 784, 100, 16, 8],
	2: [32, 28, 64, 224, 96, 128, 256, 48, 299, 331, 227, 160, 192, 84, 512, 16, 14, 8, 7, 4, 1],
	3: [16, 32, 8, 64, 96, 128],
};
/** A model that tells so many classes apart is made for ImageNet's images. */
const IMAGENET = { classes: 1000, side: 224 };
/** Steps of a row of features. */
const ROW = 16;
const TOKENS: readonly number[] = [16, 8, 1, 32, 64, 10, 20, 50, 100, 128, 256, 512];

/**
 * Shapes from the inputs on. Inputs whose size is left open get one with which all layers fit; images have `side` places
 * along each axis, where that is given.
 */
export function shapesOf(model: Model, side: number | null = null): Shapes {
	const { layers } = model;
	const wanted = layers.map(({ step, shape }, i) =>
		step.kind === "input" && (!isWhole(shape) || (step.isCalled && side !== null)) ? inputOf(model, i) : null,
	);
	const places = wanted.find((one) => one?.kind === "places");
	const isImageNet = layers.some(
		({ step }) => (step.kind === "linear" || step.kind === "convolution") && step.outputs === IMAGENET.classes,
	);
	const sides = places?.kind === "places" ? SIDES[places.dimensions] : TOKENS;
	// What makes an image of few numbers is fed them at one place, as a generator is.
	const isGenerator = places?.kind === "places" && places.isSpread;
	const own = places && side !== null ? [side] : null;
	const tried = own ?? (isGenerator ? [1, ...sides] : isImageNet && places ? [IMAGENET.side, ...sides] : sides);
	const isOpen = wanted.some((one) => one !== null && one.kind !== "vector");
	/** Features alone, and where they do not fit, features of each of a row of steps. */
	const rows = wanted.some((one) => one !== null) ? [1, ROW] : [1];
	let best: (Shapes & { readonly lacking: number }) | null = null;
	for (const size of isOpen ? tried : rows) {
		const supposed = wanted.flatMap((one, layer) => {
			if (!one) return [];
			const shape =
				one.kind === "vector"
					? [...(isOpen || size === 1 ? [] : [size]), one.features]
					: one.kind === "tokens"
						? [size]
						: one.kind === "steps"
							? [one.count ?? size, one.features]
							: [one.channels, ...Array.from({ length: one.dimensions }, () => size)];
			const isLast = one.kind === "places" && one.at === "last";
			const steps = one.kind === "places" && one.steps !== undefined ? [one.steps] : [];
			return { layer, shape: [...steps, ...(isLast ? [...shape.slice(1), shape[0]] : shape)] };
		});
		const shapes = withInputs(model, supposed);
		const lacking = lackingIn(model, shapes);
		if (!best || lacking < best.lacking) best = { shapes, supposed, lacking };
		if (lacking === 0) break;
	}
	return { shapes: best!.shapes, supposed: best!.supposed };
}

function withInputs({ layers, turns = [] }: Model, supposed: Shapes["supposed"]): Shape[] {
	const given = new Map(supposed.map(({ layer, shape }) => [layer, shape]));
	const shapes: Shape[] = [];
	for (const [i, { step, inputs, shape }] of layers.entries()) {
		const before = inputs.map((input) => shapes[input]);
		const isOwn = step.kind === "input" || step.kind === "parameter" || (step.kind === "noise" && inputs.length === 0);
		const behind = isOwn ? (given.get(i) ?? shape) : shapeBehind(step, before, askIn(shapes));
		const made = behind ?? (step.kind === "reshape" && !step.how ? flatFor(layers, i, before[0]) : null);
		// A loop over its places has been followed for another number of them.
		const isOther = turns.some(
			({ layer, axis, count }) => layer === i && made && made.at(axis - (axis > 0 ? 1 : 0)) !== count,
		);
		shapes.push(isOther ? null : made);
	}
	return shapes;
}

/** A value of which a linear layer takes all numbers is flat, however it came to be. */
function flatFor(layers: Model["layers"], at: number, before: Shape | undefined): Shape {
	if (!before || !isWhole(before)) return null;
	const next = layers.find(({ inputs }) => inputs.includes(at))?.step;
	return next?.kind === "linear" && next.inputs === countOf(before) ? [countOf(before)] : null;
}

/** A size that does not fit costs more than a window that is larger than what it slides over. */
const MISFIT = 1000;

/** How much speaks against the shapes: values of no known size, places beyond an embedding's rows, and padded windows that lie mostly on zeros. */
function lackingIn({ layers }: Model, shapes: readonly Shape[]): number {
	return layers.reduce((all, { step, inputs }, i) => {
		if (!isWhole(shapes[i])) return all + MISFIT;
		if (step.kind === "embedding" && step.count !== null) {
			// Of the numbers of places it has no more rows than were counted.
			const { step: places } = layers[inputs[0]];
			const size = shapes[inputs[0]]?.[0] ?? 0;
			if (places.kind === "range" && places.from + (size - 1) * places.by >= step.count) return all + MISFIT;
		}
		if (step.kind !== "convolution" || step.transposed) return all;
		const from = shapes[inputs[0]];
		const parts = isWhole(from) ? partsOf(from.slice(besideOf(step)), step.channels) : null;
		return parts?.places.some((size, d) => size < (step.kernel[d] ?? 1)) ? all + 1 : all;
	}, 0);
}

type Wanted =
	| { readonly kind: "vector"; readonly features: number }
	| { readonly kind: "tokens" }
	/** As many steps as are taken one by one; else as many as fit. */
	| { readonly kind: "steps"; readonly features: number; readonly count?: number }
	| {
			readonly kind: "places";
			readonly dimensions: number;
			readonly channels: number;
			readonly at: "first" | "last";
			/** Images behind each other, as the frames of a video. */
			readonly steps?: number;
			/** Whether a transposed convolution comes first. */
			readonly isSpread: boolean;
	  };

/** What an input is by the layers that it comes to first. */
function inputOf({ layers, turns = [] }: Pick<Model, "layers" | "turns">, input: number): Wanted | null {
	const consumers = consumersOf(layers);
	const taken = featuresTaken(layers, consumers[input]);
	if (taken !== null) {
		const looped = turns.find(({ layer }) => layer === input)?.count ?? 0;
		const count = Math.max(taken, looped);
		return stepsTaken({ layers }, consumers, input, count) ?? { kind: "vector", features: count };
	}
	const cut = cutIntoPatches(layers, consumers, input);
	if (cut) return cut;
	const seen = new Set<number>();
	const todo = [input];
	for (let at = todo.shift(); at !== undefined; at = todo.shift()) {
		for (const next of consumers[at]) {
			if (seen.has(next)) continue;
			seen.add(next);
			const { step } = layers[next];
			switch (step.kind) {
				case "embedding":
					return { kind: "tokens" };
				case "linear":
					return step.inputs === null ? null : { kind: "vector", features: step.inputs };
				case "recurrence":
					return step.inputs === null ? null : { kind: "steps", features: step.inputs };
				case "convolution":
					if (step.inputs === null) return null;
					return {
						kind: "places",
						dimensions: step.dimensions,
						channels: step.inputs,
						at: step.channels,
						isSpread: step.transposed,
						...(besideOf(step) > 0 && { steps: ROW }),
					};
				case "reshape": {
					const { how } = step;
					const sizes = how?.to === "sizes" ? how.sizes : null;
					const count = sizes?.reduce<number>((all, one) => (typeof one === "number" ? all * one : Number.NaN), 1);
					if (count !== undefined && count > 0) return { kind: "vector", features: count };
					if (how && /^(flat|padded|sizes|same)$/.test(how.to)) todo.push(next);
					// A cell is fed with one step at a time.
					const cell = how?.to === "unsqueezed" && layers[consumers[next][0]]?.step;
					if (cell && cell.kind === "recurrence" && cell.inputs !== null)
						return { kind: "vector", features: cell.inputs };
					break;
				}
				case "add":
				case "multiply":
					// A number for all, or one for each feature, leaves the sizes as they are.
					if (layers[next].inputs.every((one) => one === at || /^(range|parameter)$/.test(layers[one].step.kind))) {
						todo.push(next);
					}
					break;
				case "activation":
				case "own-activation":
				case "normalisation":
				case "dropout":
				case "scale":
				case "identity":
				case "masked":
				case "resize":
					todo.push(next);
					break;
				case "pool":
					// Behind whole axes that are gone it is another value.
					if (step.over?.kind !== "axes") todo.push(next);
					break;
				default:
			}
		}
	}
	const joined = featuresJoined(layers, consumers, input);
	return joined === null ? null : { kind: "vector", features: joined };
}

/** An image of which patches are made by splitting its axes: what the first layer takes of a patch tells the channels. */
function cutIntoPatches(
	layers: Model["layers"],
	consumers: readonly (readonly number[])[],
	input: number,
): Wanted | null {
	let [area, dimensions] = [1, 0];
	for (let at = consumers[input][0]; at !== undefined; at = consumers[at][0]) {
		const { step } = layers[at];
		if (step.kind === "reshape" && step.how?.to === "windows") {
			area *= step.how.size;
			dimensions++;
		} else if (step.kind === "reshape" && step.how?.to === "unflat") {
			for (const size of step.how.sizes) if (typeof size === "number" && size > 0) area *= size;
			dimensions++;
		} else if (step.kind !== "reshape") {
			const taken = step.kind === "linear" ? step.inputs : step.kind === "normalisation" ? step.features : null;
			const channels = taken === null ? Number.NaN : taken / area;
			return dimensions > 0 && Number.isInteger(channels)
				? { kind: "places", dimensions, channels, at: "first", isSpread: false }
				: null;
		}
	}
	return null;
}

/** Parts of a row that are more than those that a layer makes at once are steps. */
const PARTS = 4;

/** A row of numbers that is only taken apart, `x[:, 0:1]` or `x[..., 3:6]`, has as many as are taken; null for others. */
function featuresTaken(layers: Model["layers"], consumers: readonly number[]): number | null {
	const ends = consumers.flatMap((next) => {
		const { step } = layers[next];
		const how = step.kind === "reshape" ? step.how : null;
		if (how?.to === "part" && how.axis === 0 && how.count > PARTS) return [how.count];
		if (how?.to !== "taken" || how.along.length !== 1) return [Number.NaN];
		const [{ axis, from, until, keeps }] = how.along;
		const end = keeps ? until : from;
		const isAlongRow = axis === 0 || axis === -1;
		return [isAlongRow && typeof end === "number" && end >= 0 ? end + (keeps ? 0 : 1) : Number.NaN];
	});
	const most = Math.max(0, ...ends);
	return most > 0 ? most : null;
}

/** Steps that are taken one by one, `x[:, t]`, by layers that tell how many features each has; null for other values. */
function stepsTaken(
	model: Pick<Model, "layers">,
	consumers: readonly (readonly number[])[],
	input: number,
	count: number,
): Wanted | null {
	const steps = consumers[input].map((next) => stepTaken(model.layers, consumers, next));
	const wanted = steps.includes(null) ? null : inputOf(model, steps[0]!);
	if (wanted?.kind === "places") return { ...wanted, steps: count };
	return wanted?.kind === "vector" ? { kind: "steps", features: wanted.features, count } : null;
}

/** The layer at which one step is out of its row: `x[:, t]`, or one of the parts of `x.split(1, 1)` that is squeezed. */
function stepTaken(layers: Model["layers"], consumers: readonly (readonly number[])[], at: number): number | null {
	const { step } = layers[at];
	const how = step.kind === "reshape" ? step.how : null;
	if (how?.to === "taken" && how.along.every(({ keeps }) => !keeps)) return at;
	const [next, ...others] = consumers[at];
	const after = next === undefined || others.length > 0 ? undefined : layers[next].step;
	const isSqueezed = after?.kind === "reshape" && after.how?.to === "squeezed" && after.how.axis === 0;
	return how?.to === "part" && how.axis === 0 && isSqueezed ? next : null;
}

/**
 * What a row of numbers is joined with tells its size, where a layer takes all of them, `cat([h, action], 1)`: several of
 * which nothing is known share what is left.
 */
function featuresJoined(
	layers: Model["layers"],
	consumers: readonly (readonly number[])[],
	input: number,
): number | null {
	const joined = consumers[input].find((next) => layers[next].step.kind === "concatenate");
	const next =
		joined === undefined
			? undefined
			: consumers[joined].map((one) => layers[one].step).find((step) => step.kind === "linear");
	if (joined === undefined || next?.kind !== "linear" || next.inputs === null) return null;
	const { inputs } = layers[joined];
	const open = inputs.filter((one) => layers[one].step.kind === "input" && !isWhole(layers[one].shape));
	const known = inputs.filter((one) => !open.includes(one)).map((one) => featuresOf(layers, one) ?? Number.NaN);
	const left = known.reduce((all, features) => all - features, next.inputs);
	const share = Math.floor(left / open.length);
	if (!(share >= 1) || new Set(open).size !== open.length) return null;
	return input === open.at(-1) ? left - share * (open.length - 1) : share;
}

/** How many numbers a row has that a linear layer makes; null for other values. */
function featuresOf(layers: Model["layers"], at: number): number | null {
	const { step, shape, inputs } = layers[at];
	if (isWhole(shape)) return shape.length === 1 ? shape[0] : null;
	if (step.kind === "linear") return step.outputs;
	return /^(activation|own-activation|normalisation|dropout|scale|identity)$/.test(step.kind)
		? featuresOf(layers, inputs[0])
		: null;
}

/**
 * Sides of smaller images that a model may be run with, the largest first, where the source leaves their size open: its
 * windows lie on them, and its pools have as many places to take as they give.
 */
export function smallerSides(model: Model): number[] {
	const { shapes: all, supposed } = shapesOf(model);
	const called = model.layers.flatMap(({ step }, i) => (step.kind === "input" && step.isCalled ? [all[i]!] : []));
	const images = [...supposed.map(({ shape }) => shape), ...called].filter((shape) => shape.length > 2);
	const side = Math.max(0, ...images.map((shape) => shape.at(-2)!));
	return SMALLER.filter((one) => {
		if (one >= side) return false;
		const { shapes } = shapesOf(model, one);
		return lackingIn(model, shapes) === 0 && model.layers.every((layer) => !spreadsPlaces(layer, shapes));
	});
}

const SMALLER = [192, 160, 128, 96, 64, 32] as const;

/** Whether a pool gives more places than it is fed. */
function spreadsPlaces({ step, inputs }: Model["layers"][number], shapes: readonly Shape[]): boolean {
	if (step.kind !== "pool" || step.over?.kind !== "adaptive") return false;
	const from = shapes[inputs[0]];
	const { to, channels } = step.over;
	return (
		!!isWhole(from) && partsOf(from.slice(besideOf(step)), channels)!.places.some((size, d) => size < (to[d] ?? 0))
	);
}

/** Works the sizes out from the input on; nothing is guessed for one that the model leaves open. */
export function sizesOf(model: Model, side: number | null = null): Sizes {
	const { layers, framework } = model;
	const outputs = countedOutputs(model);
	const needed = neededFor(model, outputs);
	const { shapes, supposed } = shapesOf(model, side);
	const sizes: (readonly number[] | null)[] = [];
	for (let i = 0; i < layers.length; i++) {
		const { step, inputs } = layers[i];
		if (!needed.has(i)) {
			sizes.push(null);
			continue;
		}
		const refused = (reason: RefusalReason): Sizes => ({ kind: "refused", layer: i, reason });
		if (inputs.length === 0 && !/^(input|parameter|range|noise)$/.test(step.kind)) return refused("unknown step");
		const reason = refusalOf(step, framework);
		if (reason) return refused(reason);
		const shape = shapes[i];
		if (isWhole(shape) && shape.every((size) => size > 0)) sizes.push(shape);
		else return refused(shape === null && mustFit(step) ? "sizes do not fit" : "unknown size");
	}
	return { kind: "sizes", sizes, outputs, supposed };
}

/** Whether a step whose inputs have sizes has one, too, if they fit. */
function mustFit(step: Step): boolean {
	if (/^(input|parameter|range|noise)$/.test(step.kind)) return false;
	return !(step.kind === "reshape" && !step.how) && !(step.kind === "pool" && !step.over);
}

/** Why a step cannot be run, whatever comes in. */
function refusalOf(step: Step, framework: Model["framework"]): RefusalReason | null {
	if (isWeightStep(step)) {
		if (!weightSize(step, framework)) return "unknown size";
		if (step.kind === "recurrence") {
			const { cell, recurrent, recurrentBias, forget, projection } = step;
			if (!cellActivation(cell.activation) || !cellActivation(cell.gate)) return "unknown activation";
			const others = [recurrent, recurrentBias, forget, projection?.weight];
			const isDrawn = others.every((one) => one?.draw.kind !== "unknown");
			if (!isDrawn) return "unknown initialisation";
		}
		const bias = step.kind === "embedding" ? null : step.bias;
		const isKnown = step.weight.draw.kind !== "unknown" && bias?.draw.kind !== "unknown";
		return isKnown ? null : "unknown initialisation";
	}
	switch (step.kind) {
		case "unknown":
			return "unknown step";
		case "activation":
		case "own-activation":
			return activationOf(step) || softmaxAxis(step) !== null ? null : "unknown activation";
		case "parameter":
			return step.weight.draw.kind === "identity" || plainMoments(step.weight.draw, framework)
				? null
				: "unknown initialisation";
		case "normalisation":
			if (step.of === "group" && step.groups == null) return "unknown size";
			return step.epsilon === null || !factorMoments(step) ? "unknown initialisation" : null;
		case "dropout":
			return step.rate === null || step.rate >= 1 ? "unknown size" : null;
		default:
			return null;
	}
}

function neededFor({ layers }: Model, outputs: readonly number[]): Set<number> {
	const needed = new Set<number>(outputs);
	for (let i = layers.length - 1; i >= 0; i--)
		if (needed.has(i)) for (const input of layers[i].inputs) needed.add(input);
	return needed;
}
