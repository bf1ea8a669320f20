import type { Parameters } from "../expression/expression.ts";
import { type Activation, withDefaults } from "./activation.ts";

/** Of an activation whose parameter is dragged along, only the last values are kept. */
const MOST_PARAMETERS = 32;

/**
 * What `compute` gives for an activation and its parameters (defaults where none is given), computed once and then
 * remembered for as long as the activation lives.
 */
export function remembered<T extends object>(
	compute: (activation: Activation, parameters: Parameters) => T,
): (activation: Activation, parameters?: Parameters) => T {
	const known = new WeakMap<Activation, Map<string, T>>();
	return (activation, parameters = {}) => {
		const all = withDefaults(activation, parameters);
		const key = Object.values(all).join(" ");
		const own = known.get(activation) ?? new Map<string, T>();
		known.set(activation, own);
		const result = own.get(key) ?? compute(activation, all);
		own.set(key, result);
		if (own.size > MOST_PARAMETERS) own.delete(own.keys().next().value!);
		return result;
	};
}
