/** A convolution over places in up to three dimensions, channels last; padding with zeros, as much before as after. */
export interface PatchShape {
	/** Sizes along each dimension. */
	readonly from: readonly number[];
	readonly to: readonly number[];
	readonly kernel: readonly number[];
	readonly stride: readonly number[];
	/** Places of padding before the first. */
	readonly padding: readonly number[];
}

/**
 * For each place of the output and each of the kernel, the place of the input, −1 in the padding: [places of the output]
 * [places of the kernel]. A convolution is a product of weights with what lies at these places.
 */
export function patchPlaces({ from, to, kernel, stride, padding }: PatchShape): Int32Array {
	const [outer, inner] = [places(to), places(kernel)];
	const map = new Int32Array(outer * inner);
	for (let o = 0; o < outer; o++) {
		const at = coordinates(o, to);
		for (let k = 0; k < inner; k++) {
			const offset = coordinates(k, kernel);
			let index = 0;
			for (let d = 0; d < from.length; d++) {
				const place = at[d] * stride[d] + offset[d] - padding[d];
				index = index < 0 || place < 0 || place >= from[d] ? -1 : index * from[d] + place;
			}
			map[o * inner + k] = index;
		}
	}
	return map;
}

export function places(sizes: readonly number[]): number {
	return sizes.reduce((all, one) => all * one, 1);
}

function coordinates(index: number, sizes: readonly number[]): number[] {
	const found: number[] = [];
	for (let rest = index, d = sizes.length - 1; d >= 0; d--) {
		found.unshift(rest % sizes[d]);
		rest = Math.floor(rest / sizes[d]);
	}
	return found;
}
