/**
 * What turns the gradient by an orthogonal weight, [rows][columns], into that by numbers that turn it, of the same norm: the
 * logarithm of a rotation, or with `times` 2 the vectors of the reflections that PyTorch's `orthogonal` makes it of. With Q
 * its orthonormal columns or, where there are fewer, rows, G is what of it leads out of their space, G − Q·QᵀG, and what of
 * QᵀG is skew; a rotation has each number of that once where a matrix has it twice.
 */
export function byTurning(weight: Float64Array, rows: number, times: number): (gradient: Float64Array) => Float64Array {
	const columns = weight.length / rows;
	const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
	// The place of number i of vector k.
	const at = (k: number, i: number) => (rows <= columns ? k * columns + i : i * columns + k);
	const kept = weight.slice();
	return (gradient) => {
		const product = new Float64Array(count * count);
		for (let a = 0; a < count; a++) {
			for (let b = 0; b < count; b++) {
				let sum = 0;
				for (let i = 0; i < length; i++) sum += kept[at(a, i)] * gradient[at(b, i)];
				product[a * count + b] = sum;
			}
		}
		const turned = gradient.slice();
		for (let a = 0; a < count; a++) {
			for (let b = 0; b < count; b++) {
				const [own, other] = [product[a * count + b], product[b * count + a]];
				const by = (own - other) * Math.SQRT1_2 - own;
				for (let i = 0; i < length; i++) turned[at(b, i)] += by * kept[at(a, i)];
			}
		}
		return turned.map((one) => one * times);
	};
}
