import { differentiate } from "../expression/differentiate.ts";
import { evaluateAllExactly, evaluateExactly } from "../expression/exact.ts";
import type { Parameters } from "../expression/expression.ts";
import { type Dtype, roundTo } from "../numerics/dtype.ts";
import { type Activation, withDefaults } from "./activation.ts";

/** f, f′ and f″ at each input, equally long. */
export interface Values {
	readonly value: Float64Array;
	readonly derivative: Float64Array;
	readonly secondDerivative: Float64Array;
}

/**
 * f, f′ and f″ at `xs`, correctly rounded to float64 and, for a narrower dtype, from there to it. Inputs are rounded to
 * the dtype first. At a kink the slope is the convention of PyTorch; at ±∞ the limit, NaN where there is none.
 */
export function activationValues(
	activation: Activation,
	parameters: Parameters,
	xs: ArrayLike<number>,
	dtype: Dtype = "float64",
): Values {
	const all = withDefaults(activation, parameters);
	const expressions = [activation.stable, activation.derivative, activation.secondDerivative];
	const [value, derivative, secondDerivative] = expressions.map(() => new Float64Array(xs.length));
	for (let i = 0; i < xs.length; i++) {
		const results = evaluateAllExactly(expressions, roundTo(xs[i], dtype), all);
		// Outside its domain a function has no slope, whatever the derivative's formula gives there.
		const undefinedHere = Number.isNaN(results[0]);
		value[i] = roundTo(results[0], dtype);
		derivative[i] = undefinedHere ? Number.NaN : roundTo(results[1], dtype);
		secondDerivative[i] = undefinedHere ? Number.NaN : roundTo(results[2], dtype);
	}
	return { value, derivative, secondDerivative };
}

/** The derivative by each parameter at each input, correctly rounded as `activationValues` are. */
export function parameterSlopes(
	activation: Activation,
	parameters: Parameters,
	xs: ArrayLike<number>,
	dtype: Dtype = "float64",
): Record<string, Float64Array> {
	const all = withDefaults(activation, parameters);
	return Object.fromEntries(
		activation.parameters.map(({ name }) => {
			const slope = differentiate(activation.stable, name);
			const at = (x: number) => roundTo(evaluateExactly(slope, roundTo(x, dtype), all), dtype);
			return [name, Float64Array.from(xs, at)];
		}),
	);
}
