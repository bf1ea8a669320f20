import { erf } from "../../numerics/special.ts";
import type { Cut, Draw, Initialisation } from "./model.ts";
import type { Site, Slot } from "./thing.ts";

/** Draws that several frameworks have. */

export const ZEROS: Draw = { kind: "zeros" };
export const ONES: Draw = { kind: "constant", value: 1 };

export function byDefault(draw: Draw): Initialisation {
	return { explicit: false, span: null, draw };
}

export function bySource(draw: Draw, site: Site): Initialisation {
	return { explicit: true, span: site.span, draw };
}

export function constantDraw(value: number | null): Draw {
	if (value === null) return unknownDraw("the value is not known");
	return value === 0 ? ZEROS : { kind: "constant", value };
}

/** What Keras and JAX call truncated; PyTorch cuts at values instead. */
export const AT_TWO_DEVIATIONS: Cut = [-2, 2];

/** Deviations within which all of a normal lies. */
const FAR = 6;

export function normalDraw(mean: number | null, std: number | null, truncated: Cut | false = false): Draw {
	if (mean === null || std === null) return unknownDraw("the standard deviation is not known");
	if (std === 0) return constantDraw(mean);
	return { kind: "normal", mean, std, truncated: truncated && isCutting(truncated) && truncated };
}

function isCutting([low, high]: Cut): boolean {
	return low > -FAR || high < FAR;
}

export function uniformDraw(low: number | null, high: number | null): Draw {
	if (low === null || high === null) return unknownDraw("the bounds are not known");
	return { kind: "uniform", low, high };
}

export function scaledDraw(
	scale: number | null,
	fan: "in" | "out" | "average",
	distribution: "normal" | "truncated-normal" | "uniform",
): Draw {
	if (scale === null) return unknownDraw("the scale is not known");
	return { kind: "variance-scaling", scale, fan, distribution };
}

export function unknownDraw(reason: string): Draw {
	return { kind: "unknown", reason };
}

/** What is drawn, times a number. */
export function drawTimes(draw: Draw, by: number): Draw {
	switch (draw.kind) {
		case "zeros":
			return draw;
		case "constant":
			return constantDraw(draw.value * by);
		case "normal":
			return normalDraw(draw.mean * by, draw.std * Math.abs(by), draw.truncated && turned(draw.truncated, by));
		case "uniform":
			return uniformDraw(Math.min(draw.low * by, draw.high * by), Math.max(draw.low * by, draw.high * by));
		case "variance-scaling":
			return by === 0 ? ZEROS : { ...draw, scale: draw.scale * by ** 2 };
		case "orthogonal":
			return by === 0 ? ZEROS : { ...draw, gain: draw.gain * Math.abs(by) };
		default:
			return unknownDraw("a scaled draw");
	}
}

function turned([low, high]: Cut, by: number): Cut {
	return by < 0 ? [-high, -low] : [low, high];
}

/** What is drawn, plus a number. */
export function drawPlus(draw: Draw, by: number): Draw {
	switch (draw.kind) {
		case "zeros":
			return constantDraw(by);
		case "constant":
			return constantDraw(draw.value + by);
		case "normal":
			return normalDraw(draw.mean + by, draw.std, draw.truncated);
		case "uniform":
			return uniformDraw(draw.low + by, draw.high + by);
		default:
			return unknownDraw("a draw that is added to");
	}
}

/** The inverse error function of what is drawn evenly: a normal, cut where less is drawn than all between −1 and 1. */
export function inverseErrorOf(draw: Draw): Draw {
	if (draw.kind !== "uniform" || draw.low < -1 || draw.high > 1)
		return unknownDraw("the inverse error function of a draw");
	return normalDraw(0, Math.SQRT1_2, [deviationsWithin(draw.low), deviationsWithin(draw.high)]);
}

/** How many deviations x the mean of a normal is away for erf(x/√2) to be `error`. */
function deviationsWithin(error: number): number {
	let [low, high] = [-2 * FAR, 2 * FAR];
	while (high - low > 1e-12) {
		const middle = (low + high) / 2;
		if (erf(middle / Math.SQRT2) < error) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}

/** What is drawn between two bounds, those beyond at the bounds; it is known where these change nothing. */
export function clampedDraw(draw: Draw, low: number, high: number): Draw {
	if (draw.kind !== "normal") return unknownDraw("it is changed by clamp_");
	const { mean, std, truncated } = draw;
	const [least, most] = truncated || [-FAR, FAR];
	const isWithin = low <= mean + (least + 1e-9) * std && high >= mean + (most - 1e-9) * std;
	return isWithin ? draw : unknownDraw("it is changed by clamp_");
}

/** What is drawn over its largest singular value. */
export function spectralDraw(of: Draw, iterations: number, more: { readonly replaces?: true } = {}): Draw {
	if (of.kind === "unknown") return of;
	if (of.kind === "zeros") return unknownDraw("weights of 0 have no norm");
	return { kind: "spectral-norm", of, iterations, ...more };
}

/** The bias of a layer that may have one, `slot` if it does; null if it has none. */
export function biasSlot(has: boolean | undefined, slot: () => Slot): Slot | null {
	if (has !== undefined) return has ? slot() : null;
	return { initialisation: byDefault(unknownDraw("whether there is a bias is not known")), axes: 1 };
}
