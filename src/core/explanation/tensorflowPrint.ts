import { type NumericArray, printNumpy } from "./numpyPrint.ts";

/** TensorFlow's `print(tensor)`: the numbers as NumPy prints them, on lines of their own where they take several. */
export function printTensorflow(array: NumericArray): string {
	const numbers = printNumpy(array);
	const [size, ...sizes] = array.shape;
	const shape = sizes.length > 0 ? [size, ...sizes].join(", ") : size === undefined ? "" : `${size},`;
	return `tf.Tensor(${numbers.includes("\n") ? "\n" : ""}${numbers}, shape=(${shape}), dtype=${array.dtype})`;
}
