import { erf } from "../../numerics/special.ts";
import type { Draw, Initialisation } from "./model.ts";
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

export function normalDraw(mean: number | null, std: number | null, truncated = false): Draw {
	if (mean === null || std === null) return unknownDraw("the standard deviation is not known");
	return std === 0 ? constantDraw(mean) : { kind: "normal", mean, std, truncated };
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
			return normalDraw(draw.mean * by, draw.std * Math.abs(by), draw.truncated);
		case "uniform":
			return uniformDraw(Math.min(draw.low * by, draw.high * by), Math.max(draw.low * by, draw.high * by));
		default:
			return unknownDraw("a scaled draw");
	}
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

/** Deviations within which all of a normal lies, and all of one that is truncated. */
const FAR = 6;
const CUT = 2;

/** The inverse error function of what is drawn evenly: of all between −1 and 1 a normal, of less one that is cut. */
export function inverseErrorOf(draw: Draw): Draw {
	if (draw.kind === "uniform" && draw.low === -draw.high) {
		if (draw.high >= erf(FAR / Math.SQRT2)) return normalDraw(0, Math.SQRT1_2);
		if (Math.abs(draw.high - erf(CUT / Math.SQRT2)) < 1e-9) return normalDraw(0, Math.SQRT1_2, true);
	}
	return unknownDraw("a normal that is cut at other values than -2 and 2");
}

/** What is drawn between two bounds, those beyond at the bounds; it is known where these change nothing. */
export function clampedDraw(draw: Draw, low: number, high: number): Draw {
	const isWithin =
		draw.kind === "normal" &&
		Math.min(draw.mean - low, high - draw.mean) >= draw.std * (draw.truncated ? CUT - 1e-9 : FAR);
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
