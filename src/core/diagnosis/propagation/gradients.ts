import type { Shape, Step } from "../../reading/model/model.ts";
import { type AskSize, axisAt, countOf, isWhole, takenPlaces } from "../../reading/model/shapes.ts";
import { askIn } from "./bins.ts";
import type { Profile } from "./distribution.ts";
import { typicalOfFew } from "./fewOutputs.ts";
import { softmaxAxis } from "./outputs.ts";
import { type Gradient, type Propagated, productsOf } from "./propagated.ts";
import { countAlong, type Roles } from "./roles.ts";
import { meanSquare } from "./signal.ts";
import { isByFeature, isInner, isWeightStep, trainedShare, weightSize } from "./weights.ts";

const NO_GRADIENT: Gradient = {
	square: 0,
	common: 0,
	alone: 0,
	place: null,
	profile: null,
	byPart: null,
	centered: 0,
	alike: 0,
	units: 1,
};

function together(a: Gradient, b: Gradient): Gradient {
	const place = a.place ?? b.place;
	const isOne = (a.place === null || a.place === place) && (b.place === null || b.place === place);
	return {
		square: a.square + b.square,
		centered: a.centered + b.centered,
		profile: profileOfBoth(a, b, "profile"),
		byPart: profileOfBoth(a, b, "byPart"),
		common: a.common + b.common,
		alike: a.alike + b.alike,
		units: a.alike + b.alike > 0 ? (a.alike + b.alike) ** 2 / (a.alike ** 2 / a.units + b.alike ** 2 / b.units) : 1,
		...(isOne ? { alone: a.alone + b.alone, place } : { alone: 0, place: null }),
	};
}

function profileOfBoth(a: Gradient, b: Gradient, over: "profile" | "byPart"): Profile | null {
	const profile = a[over] ?? b[over];
	const square = a.square + b.square;
	if (!profile || !(square > 0)) return null;
	const at = (one: Gradient, k: number) => one.square * (one[over]?.[k] ?? 1);
	return profile.map((_, k) => (at(a, k) + at(b, k)) / square);
}

/** By layer, the gradient by its value; null where something unknown follows. */
export function gradientsOf(propagated: Propagated, outputs: readonly number[]): (Gradient | null)[] {
	const { model, shapes, values, passed: all } = propagated;
	const { layers } = model;
	const gradients: (Gradient | null)[] = layers.map(() => NO_GRADIENT);
	const add = (at: number, more: Gradient | null) => {
		const before = gradients[at];
		gradients[at] = before && more && together(before, more);
	};
	for (const output of new Set(outputs)) {
		const shape = shapes[output];
		const square = isWhole(shape) ? countOf(shape) : (values[output]?.features ?? 1);
		add(output, { ...NO_GRADIENT, square, alike: square, units: values[output]?.features ?? square });
	}
	for (let i = layers.length - 1; i >= 0; i--) {
		const [gradient, passed] = [gradients[i], all[i]];
		if (gradient?.square === 0) continue;
		const { inputs, step } = layers[i];
		const profiled = gradient && passed?.profiled?.(gradient.profile);
		for (const [k, input] of inputs.entries()) {
			const { back: by, profile } = profiled?.[k] ?? { back: passed?.back[k], profile: null };
			if (!gradient || !passed || by === undefined || Number.isNaN(by)) {
				add(input, null);
				continue;
			}
			const { share, byPart } = partOf(propagated, i, k, gradient);
			const { common = passed.back, sharing = [], gathered = [] } = passed;
			// Normalised within a sample, the part along its values is taken out.
			const isWithin = step.kind === "normalisation" && step.of === "instance";
			const along = isWithin ? alongValue(propagated, i, gradients) : 0;
			const own = (gradient.square - gradient.alone - along) * by + gradient.common * (gathered[k] ?? 0);
			const { alone, place } = aloneIn(propagated, i, k, gradient);
			const byAlone = gradient.place === null ? by : (passed.atPlace?.(gradient.place)[k] ?? by);
			const ofAlone = step.kind === "concatenate" ? alone : gradient.alone * byAlone;
			const square = own * share + ofAlone;
			const shared = sharing[k] ?? 0;
			const sharedAlone = (gradient.place === null ? null : passed.sharingAt?.(gradient.place)[k]) ?? shared;
			add(input, {
				square,
				common: gradient.common * common[k] * share * (1 - shared) + own * share * shared + ofAlone * sharedAlone,
				alone: alone * by,
				place,
				profile,
				byPart,
				centered: square * centeredShare(propagated, i, gradient),
				alike: isByFeature(step) ? 0 : (square * gradient.alike * (passed.alike ?? 1)) / gradient.square,
				units: gradient.units,
			});
		}
	}
	return gradients;
}

/** What of a gradient comes to one place of a layer's input, and which that is. */
function aloneIn(
	propagated: Propagated,
	i: number,
	k: number,
	{ square, alone, place }: Gradient,
): Pick<Gradient, "alone" | "place"> {
	const { model, shapes, roles: allRoles } = propagated;
	const { step, inputs } = model.layers[i];
	const [shape, roles] = [shapes[inputs[k]], allRoles[inputs[k]]];
	const [before, after] = [inputs[k], i].map((at) => countAlong(shapes[at], allRoles[at], "places"));
	if (after === 1 && before !== null && before > 1) {
		const taken = placeTaken(step, shape, roles, before, askIn(shapes));
		if (taken !== null) return { alone: square, place: taken };
	}
	if (place === null) return NO_GRADIENT;
	if (step.kind === "concatenate") {
		const counts = inputs.map((input) => countAlong(shapes[input], allRoles[input], "places"));
		const start = counts.slice(0, k).reduce<number>((all, one) => all + (one ?? Number.NaN), 0);
		// Features beside each other are all at the same places.
		if (after === before) return { alone: alone * shareBySize(propagated, inputs[k], inputs), place };
		const isIn = place >= start && place < start + (before ?? 0);
		return isIn ? { alone, place: place - start } : NO_GRADIENT;
	}
	return before === after && keepsPlaces(step) ? { alone, place } : NO_GRADIENT;
}

/** The one of `count` places that a step takes of a value; null for other steps. */
export function placeTaken(step: Step, shape: Shape, roles: Roles, count: number, ask: AskSize): number | null {
	if (step.kind !== "reshape" || step.how?.to !== "taken" || step.how.along.length !== 1 || !shape) return null;
	const [one] = step.how.along;
	const at = axisAt(one.axis, shape.length);
	if (at === undefined || roles?.[at] !== "places" || shape[at] !== count) return null;
	const places = takenPlaces(one, count, ask);
	return places?.length === 1 ? places[0] : null;
}

/** The share of a gradient's square that goes to an input as its own, and how it lies in that input's parts. */
function partOf(
	propagated: Propagated,
	i: number,
	k: number,
	{ byPart }: Gradient,
): { readonly share: number; readonly byPart: Profile | null } {
	const { model, values, passed } = propagated;
	const { step, inputs } = model.layers[i];
	const [own, input] = [values[i]?.parts, values[inputs[k]]?.parts];
	if (step.kind !== "concatenate") return { share: 1, byPart: passed[i]?.byPart ?? (own === input ? byPart : null) };
	if (!byPart || !own) return { share: shareBySize(propagated, inputs[k], inputs), byPart: null };
	const counts = inputs.map((one) => values[one]?.parts?.length ?? 1);
	const from = counts.slice(0, k).reduce((all, one) => all + one, 0);
	const [parts, profile] = [own.slice(from, from + counts[k]), byPart.slice(from, from + counts[k])];
	const size = parts.reduce((all, one) => all + one.share, 0);
	const share = parts.reduce((all, one, l) => all + one.share * profile[l], 0);
	return { share, byPart: profile.map((one) => (one * size) / share) };
}

/** The part of what a concatenation gives that one of its inputs is. */
function shareBySize({ shapes, values }: Propagated, input: number, inputs: readonly number[]): number {
	const areWhole = inputs.every((index) => isWhole(shapes[index]));
	const size = (index: number) =>
		(areWhole ? countOf(shapes[index] as readonly number[]) : values[index]?.features) ?? Number.NaN;
	return size(input) / inputs.reduce((all, one) => all + size(one), 0);
}

/**
 * The square of the norm of a weight's gradient: over samples, that by its output times what comes in. Behind batch
 * normalisation the gradients of a feature sum to 0 over the samples, and what all samples share comes to nothing, but at
 * the border, where padding lies instead. What the gradients of a sample's places have in common adds up with what their
 * values have.
 */
export function weightGradient(
	propagated: Propagated,
	i: number,
	gradients: readonly (Gradient | null)[],
): number | null {
	const { model, shapes, values } = propagated;
	const { layers, framework } = model;
	const { step, inputs } = layers[i];
	const gradient = gradients[i];
	if (!isWeightStep(step) || !gradient) return null;
	const [input, size] = [values[inputs[0]], weightSize(step, framework)];
	const share = size ? trainedShare(step.weight, size, framework) : 1;
	if (step.kind === "embedding") return gradient.square * share;
	if (step.kind === "recurrence") {
		// What an LSTM's inner state makes of the gradient comes to the same weights.
		const parts = layers.flatMap((layer, k) => (k === i || (layer.sharedWith === i && isInner(layer.step)) ? [k] : []));
		return parts.reduce<number | null>((all, k) => {
			const [own, by] = [gradients[k], propagated.passed[k]?.weights];
			return all === null || !own || !by ? null : all + by(own);
		}, 0);
	}
	if (!input || !size) return null;
	const { count: fan, common: alike } = productsOf(model, i, size, shapes);
	const { signal } = input;
	const differing = fan * signal.within + (fan - alike) * (meanSquare(signal) - signal.within);
	const { square, centered, alone, place } = gradient;
	const rest = square > 0 ? 1 - centered / square : 0;
	const shape = shapes[i];
	const others = isWhole(shape) ? countOf(shape) / size.outputs - 1 : 0;
	const common = gradient.common * others * (meanSquare(signal) - signal.within + (signal.shared ?? 0));
	const times = propagated.turned.get(i) ?? 1;
	const along = others * signal.within * alongValue(propagated, i, gradients);
	const atPlace = place === null ? 0 : alone * ((input.squareAt?.(place) ?? meanSquare(signal)) - meanSquare(signal));
	const plain = fan * ((square * meanSquare(signal) + atPlace) * times + common) + along;
	const all = centered * differing + rest * plain;
	const ofOutputs = square > 0 ? gradient.alike / square : 0;
	const inputAlike = meanSquare(signal) - signal.within;
	const ofFew = rest * ofOutputs * fan * inputAlike * (square + gradient.common * others);
	return share * all * typicalOfFew(ofFew / all, gradient.units);
}

/** The share of what a layer's gradient makes of an input's that sums to 0 over samples and places for each feature. */
function centeredShare({ model, values }: Propagated, i: number, { square, centered }: Gradient): number {
	const { step } = model.layers[i];
	if (isByFeature(step)) return 1;
	const keepsSums =
		/^(add|scale|identity|linear|convolution)$/.test(step.kind) ||
		(step.kind === "pool" && step.of === "average") ||
		(step.kind === "concatenate" && values[i]?.parts !== undefined);
	return keepsSums && square > 0 ? centered / square : 0;
}

/**
 * The part of a gradient by a layer's value that goes along the value: where the places of a sample have one gradient behind
 * an activation, its slopes, which go with what comes in, add up along it; a normalisation before it lets a part through.
 */
function alongValue(propagated: Propagated, i: number, gradients: readonly (Gradient | null)[]): number {
	const { model, consumers, passed } = propagated;
	const [next, ...others] = consumers[i];
	if (next === undefined || others.length > 0) return 0;
	const isNormalised = model.layers[next].step.kind === "normalisation";
	const behind = isNormalised ? alongValue(propagated, next, gradients) : (gradients[next]?.common ?? 0);
	return behind * (passed[next]?.along ?? 0);
}

/** Whether what a step makes of a place comes of that place alone. */
function keepsPlaces(step: Step): boolean {
	switch (step.kind) {
		case "convolution":
			return step.kernel.every((size) => size === 1);
		case "activation":
			return softmaxAxis(step) === null;
		case "normalisation":
			return step.of === "layer" || step.of === "rms";
		default:
			return /^(linear|reshape|own-activation|dropout|add|multiply|scale|identity|masked)$/.test(step.kind);
	}
}
