import type { Along } from "../../reading/model/shapes.ts";

/**
 * For each window and each place of the kernel, the place that it lies on, −1 in the padding: [windows][places of the
 * kernel]. A convolution is a product of weights with what lies at these places.
 */
export function patchPlaces(along: readonly Along[]): Int32Array {
	const [counts, kernel] = [along.map(({ count }) => count), along.map(({ kernel: length }) => length)];
	const [outer, inner] = [places(counts), places(kernel)];
	const map = new Int32Array(outer * inner);
	for (let o = 0; o < outer; o++) {
		const at = coordinates(o, counts);
		for (let k = 0; k < inner; k++) {
			const offset = coordinates(k, kernel);
			let index = 0;
			along.forEach(({ places: size, stride, dilation, before }, d) => {
				const place = at[d] * stride + offset[d] * dilation - before;
				index = index < 0 || place < 0 || place >= size ? -1 : index * size + place;
			});
			map[o * inner + k] = index;
		}
	}
	return map;
}

/**
 * How many pairs of a window and a place of the kernel lie on no padding, and how many pairs of such windows there are for
 * the same place of the kernel.
 */
export function pairsOf(along: readonly Along[]): { readonly pairs: number; readonly alike: number } {
	let [pairs, alike] = [1, 1];
	for (const { count, places: size, kernel, stride, dilation, before } of along) {
		let [own, squares] = [0, 0];
		for (let k = 0; k < kernel; k++) {
			let windows = 0;
			for (let w = 0; w < count; w++) {
				const place = w * stride + k * dilation - before;
				if (place >= 0 && place < size) windows++;
			}
			own += windows;
			squares += windows * windows;
		}
		pairs *= own;
		alike *= squares;
	}
	return { pairs, alike };
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
