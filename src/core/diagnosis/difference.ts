import type { Activation } from "../activations/activation.ts";
import { compile } from "../expression/evaluate.ts";
import type { Definition } from "../reading/use.ts";
import type { Subject } from "./hazard.ts";
import { computedIn } from "./hazards.ts";
import { inputsOf } from "./ladder.ts";
import { keepsType } from "./numpyTypes.ts";
import { subjectOf } from "./subject.ts";
import { truthAtAll } from "./truthAtAll.ts";

/**
 * How far code is from what it is identical to where it is furthest, relatively above 1; 0 at 0 where it is nowhere. What
 * it is measured against is off by a few roundings itself: nothing is known of differences below `ROUNDING`.
 */
export interface Difference {
	readonly difference: number;
	readonly x: number;
	/** Whether the code gives NaN or ±∞ somewhere else, where the entry is finite: a hazard, and no difference. */
	readonly fails: boolean;
}

export const ROUNDING = 1e-14;

const known = new WeakMap<Activation, Difference>();

/**
 * Where a definition's code is furthest in float64 from the entry that it equals, over the whole line where it gives a
 * number: as its library computes it, or operation by operation where it is not certain how that does. Null where it
 * equals none, takes a whole vector, or rounds to another type on its way.
 */
export function largestDifference(definition: Definition): Difference | null {
	const subject = subjectOf(definition);
	if (!subject?.truth || !definition.understood) return null;
	const { activation, writing } = definition.understood;
	if (!keepsType(writing, "float64")) return null;
	let found = known.get(activation);
	if (!found) {
		const truth = truthAtAll(subject.truth, subject.truthParameters, "float64");
		found = furthestApart(computedIn(subject, "float64") ?? asWritten(subject), truth);
		known.set(activation, found);
	}
	return found;
}

function asWritten({ written, parameters }: Subject): Float64Array {
	return compile([written], parameters)(inputsOf("float64"))[0]!;
}

/** Where values at all inputs of float64 are furthest from the truth. */
function furthestApart(values: Float64Array, truth: Float64Array): Difference {
	const inputs = inputsOf("float64");
	let [largest, at, fails] = [0, 0, false];
	for (let i = 0; i < values.length; i++) {
		const difference = Math.abs(values[i]! - truth[i]!) / Math.max(1, Math.abs(truth[i]!));
		if (!Number.isFinite(values[i]!)) fails ||= Number.isFinite(truth[i]!);
		else if (difference > largest && Number.isFinite(difference)) [largest, at] = [difference, inputs[i]!];
	}
	return { difference: largest, x: at, fails };
}
