import { type Activation, withDefaults } from "../activations/activation.ts";
import { activationFacts } from "../activations/facts.ts";
import { compile } from "../expression/evaluate.ts";
import { evaluateExactly } from "../expression/exact.ts";
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
	/** Where the value, which is not its limit, rounds to that: sigmoid's 1 from 8.32 in float16. */
	readonly saturated: Beyond;
	/** Where the slope, which is not 0, rounds to 0: no gradient passes. */
	readonly lostSlope: Beyond;
	/** Where the textbook form, written by hand for PyTorch, gives NaN or infinity though the function does not. */
	readonly textbookOverflow: Beyond;
}

/**
 * The limits of an activation in `dtype`, looked for at every number of a 16-bit type, and at several in each binade of
 * a wider one with the edges then found to its last place.
 */
export function typeLimitsOf(activation: Activation, given: Parameters, dtype: Dtype): TypeLimits {
	const parameters = withDefaults(activation, given);
	const compiled = compile([activation.stable, activation.derivative], parameters);
	const { zeroGradient, saturates } = activationFacts(activation, parameters);
	const isFlat = (x: number) => zeroGradient.some(({ from, to }) => x >= from && x <= to);
	const isLimit = (one: number, limit: number | null) =>
		limit !== null && roundTo(one, dtype) === roundTo(limit, dtype);
	const look = new Look(compiled, dtype);
	// In float64 an exponential overflows and x² on the way to a finite value does: only the exact value tells them apart.
	const exact = (x: number, value: number) =>
		Math.abs(value) === Number.POSITIVE_INFINITY ? evaluateExactly(activation.stable, x, parameters) : value;
	const overflow = look.beyond((x, value) => Math.abs(roundTo(exact(x, value), dtype)) === Number.POSITIVE_INFINITY);
	return {
		overflow,
		saturated: {
			below: look.beyond((x, value) => !isFlat(x) && isLimit(value, saturates.left)).below,
			above: look.beyond((x, value) => !isFlat(x) && isLimit(value, saturates.right)).above,
		},
		lostSlope: look.beyond((x, _, slope) => !isFlat(x) && roundTo(slope, dtype) === 0),
		textbookOverflow: textbookOverflow(activation, parameters, dtype),
	};
}

type Holds = (x: number, value: number, slope: number) => boolean;

/** Value and slope at the numbers of a type, and where something begins to hold among them. */
class Look {
	readonly #compiled: (x: Float64Array) => Float64Array[];
	readonly #dtype: Dtype;
	readonly #inputs: Float64Array;
	readonly #value: Float64Array;
	readonly #slope: Float64Array;

	constructor(compiled: (x: Float64Array) => Float64Array[], dtype: Dtype) {
		this.#compiled = compiled;
		this.#dtype = dtype;
		this.#inputs = inputsOf(dtype);
		[this.#value, this.#slope] = compiled(this.#inputs) as [Float64Array, Float64Array];
	}

	beyond(holds: Holds): Beyond {
		const inputs = this.#inputs;
		const at = (i: number) => holds(inputs[i]!, this.#value[i]!, this.#slope[i]!);
		let low = -1;
		while (low + 1 < inputs.length && at(low + 1)) low++;
		let high = inputs.length;
		while (high > low + 1 && at(high - 1)) high--;
		return {
			below: low < 0 ? null : this.#edge(holds, inputs[low]!, inputs[low + 1]),
			above: high === inputs.length ? null : this.#edge(holds, inputs[high]!, inputs[high - 1]),
		};
	}

	/** The last number from `inside`, where it holds, towards `outside`, where it does not. */
	#edge(holds: Holds, inside: number, outside: number | undefined): number {
		let [yes, no] = [inside, outside ?? inside];
		for (let i = 0; i < MOST_HALVINGS; i++) {
			const middle = roundTo(yes + (no - yes) / 2, this.#dtype);
			if (middle === yes || middle === no) break;
			const [value, slope] = this.#compiled(Float64Array.of(middle)) as [Float64Array, Float64Array];
			if (holds(middle, value[0]!, slope[0]!)) yes = middle;
			else no = middle;
		}
		return yes;
	}
}

/** The digits of a double, and some. */
const MOST_HALVINGS = 60;

function textbookOverflow(activation: Activation, parameters: Parameters, dtype: Dtype): Beyond {
	const { definition, stable, accurate } = activation;
	if (definition === stable) return { below: null, above: null };
	const subject = {
		written: definition,
		truth: accurate,
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
