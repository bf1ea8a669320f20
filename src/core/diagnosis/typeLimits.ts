import { type Activation, withDefaults } from "../activations/activation.ts";
import { activationFacts } from "../activations/facts.ts";
import { compile } from "../expression/evaluate.ts";
import type { Parameters } from "../expression/expression.ts";
import { type Dtype, roundTo } from "../numerics/dtype.ts";
import { hazardsOf } from "./hazards.ts";
import { inputsOf } from "./ladder.ts";

/** Inputs from which something holds: all at most `below`, all at least `above`; null where there are none such. */
export interface Beyond {
	readonly below: number | null;
	readonly above: number | null;
}

/** What a type does to an activation that a library computes well: the exact values, rounded to it. */
export interface TypeLimits {
	/** Where the value is infinite. */
	readonly overflow: Beyond;
	/** Where the slope, which is not 0, rounds to 0: no gradient passes. */
	readonly lostSlope: Beyond;
	/** Where the textbook form, written by hand for PyTorch, gives NaN or infinity though the function does not. */
	readonly textbookOverflow: Beyond;
}

/** The limits of an activation in `dtype`, looked for at every number of a 16-bit type and at several in each binade. */
export function typeLimitsOf(activation: Activation, given: Parameters, dtype: Dtype): TypeLimits {
	const parameters = withDefaults(activation, given);
	const inputs = inputsOf(dtype);
	const [value, slope] = compile([activation.stable, activation.derivative], parameters)(inputs) as [
		Float64Array,
		Float64Array,
	];
	const { zeroGradient } = activationFacts(activation, parameters);
	const isFlat = (x: number) => zeroGradient.some(({ from, to }) => x >= from && x <= to);
	return {
		overflow: beyond(inputs, (i) => Number.isFinite(value[i]!) && !Number.isFinite(roundTo(value[i]!, dtype))),
		lostSlope: beyond(inputs, (i) => roundTo(slope[i]!, dtype) === 0 && !isFlat(inputs[i]!)),
		textbookOverflow: textbookOverflow(activation, parameters, dtype),
	};
}

function beyond(inputs: Float64Array, holds: (index: number) => boolean): Beyond {
	let low = -1;
	while (low + 1 < inputs.length && holds(low + 1)) low++;
	let high = inputs.length;
	while (high > low + 1 && holds(high - 1)) high--;
	return { below: low < 0 ? null : inputs[low]!, above: high === inputs.length ? null : inputs[high]! };
}

function textbookOverflow(activation: Activation, parameters: Parameters, dtype: Dtype): Beyond {
	const { definition, stable } = activation;
	if (definition === stable) return { below: null, above: null };
	const subject = {
		written: definition,
		truth: stable,
		parameters,
		truthParameters: parameters,
		library: "torch",
	};
	const wrong = (hazardsOf(subject, dtype) ?? []).filter(({ kind }) => kind === "inf" || kind === "nan");
	const below = wrong.filter(({ throughMin }) => throughMin).map(({ hi }) => hi);
	const above = wrong.filter(({ throughMax }) => throughMax).map(({ lo }) => lo);
	return {
		below: below.length > 0 ? Math.max(...below) : null,
		above: above.length > 0 ? Math.min(...above) : null,
	};
}
