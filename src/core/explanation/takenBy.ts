import { roundTo } from "../numerics/dtype.ts";
import type { ArgumentValue } from "../reading/use.ts";

/**
 * What a library's function makes of its argument before it computes: the argument itself, or an array of the library's
 * own. Null where it raises an exception, or where what becomes of the argument is not certain. Seen with PyTorch 2.13, JAX
 * 0.10 and TensorFlow 2.21.
 */
export function takenBy(library: string, argument: ArgumentValue): ArgumentValue | null {
	const { container, shape, dtype } = argument;
	const isNumber = container === "python" && shape.length === 0;
	switch (library) {
		case "torch":
		case "timm":
		case "transformers":
			return container === "torch" ? argument : null;
		case "jax":
		case "flax":
		case "equinox":
			if (container === "numpy") return { ...inSingle(argument), container: "jax" };
			if (isNumber && dtype !== "int64") return { ...inSingle(argument), container: "jax" };
			return container === "jax" || isNumber ? argument : null;
		case "tensorflow":
		case "tensorflow-addons":
			if (isNumber && dtype !== "int64") return { ...inSingle(argument), container: "tensorflow" };
			return container === "tensorflow" || container === "numpy" ? argument : null;
		case "keras":
			// Its backends keep float64, or do not.
			return container !== "numpy" || dtype === "float32" ? argument : null;
		case "scipy":
			// Its functions have no float16.
			if (dtype === "float16") return null;
			return takenBy("numpy", argument);
		case "numpy":
			if (container === "tensorflow") return { ...argument, container: "numpy" };
			return container === "keras" ? null : argument;
		default:
			return argument;
	}
}

/** JAX has no float64 unless it is told to. */
function inSingle(argument: ArgumentValue): ArgumentValue {
	if (argument.dtype !== "float64") return argument;
	return { ...argument, dtype: "float32", values: argument.values.map((value) => roundTo(value, "float32")) };
}
