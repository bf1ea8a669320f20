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
