import type { Parameters } from "../expression/expression.ts";

/** Keras's `relu` has parameters that make other functions of it; with none of them it is ReLU. Other ids stay what they are. */
export function plainRelu(id: string, parameters: Parameters): string {
	if (id !== "relu_general") return id;
	const { negative_slope: slope = 0, max_value: limit = Number.POSITIVE_INFINITY, threshold = 0 } = parameters;
	if (threshold !== 0) return id;
	if (limit === Number.POSITIVE_INFINITY) return slope === 0 ? "relu" : "leaky_relu";
	return limit === 6 && slope === 0 ? "relu6" : id;
}
