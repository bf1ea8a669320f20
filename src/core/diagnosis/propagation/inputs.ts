import type { Model } from "../../reading/model/model.ts";
import { consumersOf } from "./stages.ts";

/** What code divides bytes by, those of images, to bring them between 0 and 1 or around 0. */
const BYTES: ReadonlySet<number> = new Set([255, 256, 127.5, 128]);

/**
 * The standard deviation that an input is taken to have: 1, and of one that the model itself divides as bytes are divided,
 * first of all, as much as that makes up for.
 */
export function inputDeviation({ layers }: Pick<Model, "layers">, at: number): number {
	const [next, ...others] = consumersOf(layers)[at];
	if (next === undefined || others.length > 0) return 1;
	const { step } = layers[next];
	if (step.kind === "reshape" || step.kind === "identity") return inputDeviation({ layers }, next);
	const by = step.kind === "scale" ? 1 / step.by : 1;
	const divisor = Math.round(by * 1e6) / 1e6;
	return BYTES.has(divisor) ? divisor : 1;
}
