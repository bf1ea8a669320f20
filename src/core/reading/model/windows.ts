import type { Given } from "./given.ts";
import type { Rearrangement } from "./model.ts";

/** `x.unfold(axis, size, step)` for an axis of a sample; null where its numbers are not known. */
export function windowsAlongAxis(axis: number | null, a: Given): Rearrangement | null {
	const [size, by] = [a.number("size"), a.number("step")];
	if (axis === null || size === null || by === null || size < 1 || by < 1) return null;
	return { to: "windows", axis, size, by, dilation: 1 };
}

/**
 * What `nn.Unfold` makes of an image, [channels][height][width]: what lies in each of its windows,
 * [channels · window][windows]; null where its numbers are not known.
 */
export function imageWindows(a: Given): readonly Rearrangement[] | null {
	const [kernel, stride, dilation, padding] = [
		a.axes("kernel_size", 2, null),
		a.axes("stride", 2, 1),
		a.axes("dilation", 2, 1),
		a.axes("padding", 2, 0),
	];
	const [[height, width], [down, right], [tall, wide], [above, beside]] = [kernel, stride, dilation, padding];
	const numbers = [height, width, down, right, tall, wide, above, beside];
	if (!numbers.every((one): one is number => one != null)) return null;
	return [
		{ to: "padded", by: [beside!, beside!, above!, above!] },
		{ to: "windows", axis: 1, size: height!, by: down!, dilation: tall! },
		{ to: "windows", axis: 2, size: width!, by: right!, dilation: wide! },
		{ to: "order", order: [0, 3, 4, 1, 2] },
		{ to: "flat", from: 0, until: 2 },
		{ to: "flat", from: 1, until: 2 },
	];
}
