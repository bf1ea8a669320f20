import { differentiate } from "../expression/differentiate.ts";
import { type Arithmetic, compile } from "../expression/evaluate.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { foundOnce } from "../foundOnce.ts";
import type { Dtype } from "../numerics/dtype.ts";
import { inputsOf } from "./ladder.ts";
import { tabulated } from "./tabulated.ts";

/** Nothing is rounded but to float64. */
export const FLOAT64: Arithmetic = { unary: {}, binary: {} };

/** How many lists of values are remembered: some 24 functions and their gradients in each of four types, about 40 megabytes. */
const MOST_REMEMBERED = 192;
const remembered: { readonly truth: Expression; readonly key: string; readonly values: Float64Array }[] = [];

/** The truth at all inputs of a type: the same for a function, for what might replace it, and after each key typed. */
export function truthAtAll(truth: Expression, parameters: Parameters, dtype: Dtype): Float64Array {
	const key = [dtype, ...Object.entries(parameters)].join();
	const at = remembered.findIndex((one) => one.truth === truth && one.key === key);
	const [known] = at < 0 ? [] : remembered.splice(at, 1);
	const values = known?.values ?? compile([truth], parameters, tabulated(FLOAT64, dtype))(inputsOf(dtype))[0]!;
	remembered.push({ truth, key, values });
	if (remembered.length > MOST_REMEMBERED) remembered.shift();
	return values;
}

/** The derivative of a truth, which is one for all types. */
export const slopeOf = foundOnce((truth: Expression): Expression => differentiate(truth, "x"));
