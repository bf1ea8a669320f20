import type { ModelLayer } from "../../../reading/model/model.ts";
import { axisAt, countOf, isWhole } from "../../../reading/model/shapes.ts";
import { distributionOf, profileOfTerm, sumOf } from "../distribution.ts";
import { type Passed, partsOfValue, type Value } from "../propagated.ts";
import type { Roles } from "../roles.ts";
import { meanSquare, memoryOf, productOf, type Signal, scaled } from "../signal.ts";
import { signalOfConstant } from "./constants.ts";
import type { Context } from "./context.ts";

/** Share of a sum's mean square that comes from means of different terms, from which the gradient follows. */
export const MOST_COMMON = 0.1;
/** Ratio of variances from which on it matters that each feature is normalised by its own. */
const UNEVEN = 2;

/** Share of a factor's mean square that varies, up to which it is taken as one number for the shape of a product. */
const MOST_VARYING = 0.05;

/** A sum: variances of what is independent add up, and a source that comes twice counts with its sum. */
export function add(ctx: Context, { inputs: indices }: ModelLayer, i: number, inputs: readonly Value[]): Passed {
	const terms = new Map<number, number>();
	let areApart = indices.length > 1 && new Set(indices).size === indices.length;
	inputs.forEach((one, k) => {
		const seen = inputs.slice(0, k).some((other, l) => indices[l] !== indices[k] && !ctx.areIndependent(one, other));
		if (seen) ctx.reserve("dependent branches", i);
		if (seen) areApart = false;
		for (const [source, by] of one.terms) terms.set(source, (terms.get(source) ?? 0) + by);
	});
	const signal = { mean: 0, variance: 0, within: 0, shared: 0 };
	for (const [source, by] of terms) {
		const numbers = ctx.constants[source];
		const { signal: whole } = ctx.values[source]!;
		// What axes of numbers are that all samples share is told by what they are added to.
		const one = numbers ? signalOfConstant(numbers, ctx.shapes[source], rolesOf(ctx, i, source)) : whole;
		const part = scaled(one, by);
		signal.shared += part.shared ?? 0;
		signal.mean += part.mean;
		signal.variance += part.variance;
		signal.within += part.within;
	}
	const others = ctx.roles[i]?.join();
	// Where features of one are places of another, both differ from place to place.
	const isMixed = indices.some((index) => {
		const roles = ctx.roles[index];
		const isDrawn = /^(parameter|input)$/.test(ctx.model.layers[index].step.kind);
		return (
			!isDrawn &&
			!ctx.constants[index] &&
			others !== undefined &&
			roles?.length === ctx.roles[i]?.length &&
			roles?.join() !== others
		);
	});
	if (isMixed) signal.within = signal.variance;
	const own = inputs.reduce((all, { signal: one }) => all + one.mean ** 2, 0);
	const total = meanSquare(signal);
	const parts = [...terms].map(([source, by]) => [ctx.values[source]!.signal, by * by] as const);
	const memory = memoryOf(
		parts.map(([part]) => part),
		parts.map(([, by]) => by),
	);
	if (Math.abs(signal.mean ** 2 - own) > MOST_COMMON * total) ctx.reserve("means add up", i);
	const times = (index: number) => indices.filter((one) => one === index).length;
	const isNormal = inputs.every((one) => one.isNormal);
	const spread = isNormal || !areApart ? [null] : inputs.map(distributionOf);
	const known = spread.filter((one) => one !== null);
	const distribution = known.length === spread.length ? known.reduce(sumOf) : null;
	return {
		value: {
			signal: { ...signal, ...memory },
			terms,
			features: inputs.find(({ features }) => features !== null)?.features ?? null,
			isNormal,
			...(distribution && { distribution }),
			uneven: unevenOf(inputs),
			scatter: inputs.reduce((all, one) => all + one.scatter * (meanSquare(one.signal) / total) ** 2, 0),
			sampleScatter: inputs.reduce((all, one) => all + one.sampleScatter * (meanSquare(one.signal) / total) ** 2, 0),
		},
		// What is added twice takes the gradient twice; here it is shared among its mentions.
		back: indices.map((index) => times(index)),
		profiled: (profile) => {
			if (!distribution || !profile) return null;
			const others = (k: number) => known.filter((_, l) => l !== k).reduce(sumOf);
			return known.map((term, k) => ({ back: 1, profile: profileOfTerm({ distribution, profile }, term, others(k)) }));
		},
	};
}

/** The roles that a layer has for the axes of a value that it is fed, the last of its own. */
function rolesOf(ctx: Context, layer: number, value: number): Roles {
	const length = ctx.shapes[value]?.length ?? 0;
	return length === 0 ? null : (ctx.roles[layer]?.slice(-length) ?? null);
}

/** A product, value by value. */
export function multiply(ctx: Context, i: number, inputs: readonly Value[]): Passed | null {
	const [first, ...others] = inputs;
	const isKnown = others.every((one, k) => inputs.slice(0, k + 1).every((before) => ctx.areIndependent(one, before)));
	if (!isKnown) return ctx.unknown(i, "a product of values that hang together");
	const signal = others.reduce((all, one) => productOf(all, one.signal), first.signal);
	// What is alike for all shares of a whole is nothing to them.
	const counted = (k: number, { mean }: Signal) => (inputs[k].squares === undefined ? 0 : mean ** 2);
	const timesOthers = (k: number, of: (signal: Signal) => number) =>
		inputs.reduce((all, { signal }, l) => (l === k ? all : all * (of(signal) - counted(k, signal))), 1);
	const back = inputs.map((_, k) => timesOthers(k, meanSquare));
	const counts = [...ctx.model.layers[i].inputs, i].map((at) => ctx.shapes[at]);
	// The gradient by a factor of many places is a sum over them, of the common parts of gradient and value, too.
	const gathered = inputs.map((_, k) => {
		const [own, all] = [counts[k], counts.at(-1)];
		if (!isWhole(own!) || !isWhole(all!)) return 0;
		return (countOf(all) / countOf(own) - 1) * timesOthers(k, (signal) => meanSquare(signal) - signal.within);
	});
	const features = inputs.find((one) => one.features !== null)?.features ?? null;
	// A factor that is alike nearly everywhere, as a gate is at first, leaves normal values normal.
	const varying = inputs.filter((one) => one.signal.variance > MOST_VARYING * meanSquare(one.signal));
	const isNormal = varying.length === 1 && varying[0].isNormal;
	return { value: { signal, features, isNormal }, back, gathered };
}

/** Values beside each other, each with its share. */
export function concatenate(
	ctx: Context,
	{ step, inputs: indices }: ModelLayer,
	i: number,
	inputs: readonly Value[],
): Passed | null {
	const axis = step.kind === "concatenate" ? step.axis : null;
	const roles = ctx.roles[i];
	const at = axis === null || !roles ? undefined : axisAt(axis, roles.length);
	const arePlaces = roles !== null && at !== undefined && roles[at] === "places";
	const sizes = inputs.map(({ features }, k) => (arePlaces ? (ctx.shapes[indices[k]]?.[at] ?? null) : features));
	const total = sizes.reduce<number | null>((all, size) => (all === null || size === null ? null : all + size), 0);
	if (total === null) return ctx.unknown(i, "the size of a layer");
	let [mean, square, within, shared] = [0, 0, 0, 0];
	const widths = inputs.map(({ signal }) => (arePlaces ? meanSquare(signal) : signal.within));
	const [most, least] = [Math.max(...widths), Math.min(...widths)];
	for (const [k, { signal }] of inputs.entries()) {
		const share = sizes[k]! / total;
		mean += share * signal.mean;
		square += share * meanSquare(signal);
		within += share * signal.within;
		shared += share * (signal.shared ?? 0);
	}
	const whole = { mean, variance: Math.max(square - mean * mean, within), within };
	const kept = memoryOf(
		inputs.map(({ signal }) => signal),
		sizes.map((size) => size! / total),
	);
	// Of a value whose features differ in a way that is not told, no parts are known.
	const areTold = !arePlaces && inputs.every(({ uneven, parts }) => uneven !== "features" || parts);
	return {
		value: {
			// Places behind each other are other places; features beside each other are of the same ones.
			signal: arePlaces || shared === 0 ? whole : { ...whole, shared, ...kept },
			features: arePlaces ? inputs[0].features : total,
			isNormal: inputs.every(({ isNormal }) => isNormal),
			uneven: most > UNEVEN * least ? (arePlaces ? "places" : "features") : unevenOf(inputs),
			...(areTold && {
				parts: inputs.flatMap((one, k) =>
					partsOfValue(one).map(({ share, signal }) => ({ share: (share * sizes[k]!) / total, signal })),
				),
			}),
		},
		back: inputs.map(() => 1),
	};
}

function unevenOf(inputs: readonly Value[]): Value["uneven"] {
	return inputs.find(({ uneven }) => uneven !== undefined)?.uneven;
}
