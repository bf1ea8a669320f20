import type { Activation } from "../activations/activation.ts";
import { activationValues } from "../activations/values.ts";
import type { Parameters } from "../expression/expression.ts";
import type { ArgumentValue } from "../reading/use.ts";
import type { CodeValues } from "./codeValues.ts";

/** Activations whose value for whole numbers is whole, and of the argument's type, in PyTorch, JAX and NumPy. */
const KEEPS_INTEGERS: ReadonlySet<string> = new Set(["relu", "linear", "sign", "abs"]);

/** What else stays whole in one library, where all parameters are whole. Seen with PyTorch 2.13 and JAX 0.10. */
const KEEPS_INTEGERS_IN: Readonly<Record<string, ReadonlySet<string>>> = {
	torch: new Set(["relu6", "hardtanh", "threshold"]),
	jax: new Set(["hardtanh"]),
};

/** What raises an exception for an array of whole numbers. Seen with PyTorch 2.13 and JAX 0.10. */
const REFUSES_INTEGERS: Readonly<Record<string, ReadonlySet<string>>> = {
	torch: new Set([
		"gelu",
		"gelu_tanh",
		"elu",
		"celu",
		"selu",
		"hardshrink",
		"hard_sigmoid",
		"hard_swish",
		"leaky_relu",
		"rrelu",
		"log_sigmoid",
		"mish",
		"silu",
		"softplus",
		"softshrink",
		"prelu",
	]),
	jax: new Set(["sigmoid", "silu", "ndtr", "log_ndtr"]),
};

/** Where a library gives what the function is not, its zeros as rounding noise or by constants of another type, or nothing. */
function isUncertain(id: string, values: readonly number[], dtype: string, library: string): boolean {
	if (id === "sinc_normalized") return values.some((x) => Number.isInteger(x) && x !== 0);
	const isNarrow = dtype === "float16" || dtype === "bfloat16";
	if (isNarrow && (id === "log_ndtr" || (id === "ndtr" && library === "jax"))) return true;
	return library === "tensorflow" && dtype !== "float32" && /^(gelu|gelu_tanh|leaky_relu)$/.test(id);
}

/**
 * What a library's own activation yields for the numbers that the code passes to it, in the type it gives them. `text`
 * is the name as it is written: some names of one activation take whole numbers and others do not.
 */
export function catalogValues(
	activation: Activation,
	parameters: Parameters,
	argument: ArgumentValue,
	{ text, library }: { readonly text: string; readonly library: string },
): CodeValues {
	const { values, dtype, shape } = argument;
	const isList = argument.container === "python" && shape.length > 0;

	// NumPy makes an array of a list; the others refuse one.
	if (isList && library !== "numpy") return { values: null, reason: null };
	const container = isList ? "numpy" : argument.container;
	if (isUncertain(activation.id, values, dtype, library)) return { values: null, reason: null };
	if (argument.container === "javascript" && library === "tfjs") {
		const result = activationValues(activation, parameters, values, "float32").value;
		return { values: Array.from(result), dtype: "float32" };
	}
	if (argument.container === "javascript" && shape.length > 0) return { values: null, reason: null };
	const isWhole = dtype === "int64" && container !== "python";
	if (!isWhole) {
		const result = activationValues(activation, parameters, values, dtype === "int64" ? "float64" : dtype).value;
		// PyTorch's softshrink multiplies what it shrinks to nothing by 0.
		const isSigned = container === "torch" && activation.id === "softshrink";
		const signed = Array.from(result, (value, i) => (isSigned && value === 0 ? 0 * values[i]! : value));
		return { values: signed, dtype: dtype === "int64" ? "float64" : dtype };
	}
	if (!["torch", "jax", "numpy"].includes(container) || /\blax\./.test(text)) return { values: null, reason: null };
	const refused = REFUSES_INTEGERS[container]?.has(activation.id) && !/\bexpit$/.test(text);
	const keeps =
		KEEPS_INTEGERS.has(activation.id) ||
		(KEEPS_INTEGERS_IN[container]?.has(activation.id) && Object.values(parameters).every(Number.isInteger));
	// What writes into its argument cannot make it an array of fractions.
	if (refused || (!keeps && container === "torch" && text.endsWith("_"))) {
		return { values: null, reason: "whole numbers are refused" };
	}
	const float = container === "numpy" ? "float64" : "float32";
	const result = activationValues(activation, parameters, values, keeps ? "float64" : float).value;
	const whole = container === "jax" ? "int32" : "int64";
	return { values: Array.from(result), dtype: keeps ? whole : float };
}
