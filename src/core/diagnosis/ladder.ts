import {
	type Dtype,
	dtypes,
	exponentOf,
	largest,
	powerOfTwo,
	roundTo,
	smallestNormal,
	unitInLastPlace,
} from "../numerics/dtype.ts";

/** The exponent of each format's smallest normal number; `dtypes` are all there are. */
const normalExponents = Object.fromEntries(
	dtypes.map((dtype) => [dtype, Math.log2(smallestNormal(dtype))]),
) as Readonly<Record<Dtype, number>>;

/**
 * A number's place on the ladder of its format's numbers, in binades from 0: each binade is 1 long, and so are all
 * subnormal numbers of a sign together.
 */
export function placeOf(value: number, dtype: Dtype): number {
	const size = Math.abs(value);
	const normal = powerOfTwo(normalExponents[dtype]);
	if (size < normal) return value / normal;
	const exponent = exponentOf(size);
	return Math.sign(value) * (exponent - normalExponents[dtype] + size / powerOfTwo(exponent));
}

/** The format's number nearest to a place, the largest one beyond it. */
export function numberAt(place: number, dtype: Dtype): number {
	const size = Math.abs(place);
	const binade = Math.max(Math.floor(size) - 1, 0);
	const value = powerOfTwo(Math.min(binade + normalExponents[dtype], 1024)) * (size < 1 ? size : size - binade);
	return Math.sign(place) * Math.min(roundTo(value, dtype), largest(dtype));
}

/** Places in each binade of a wide format: most functions do what they do in the middle, and little far out. */
const DENSE = 32;
const SPARSE = 4;
const AT_UNDERFLOW = 64;
const known = new Map<Dtype, Float64Array>();

/**
 * Inputs at which a function is looked at, ascending: all finite numbers of a 16-bit format; of a wider one several in
 * each binade, with digits as random ones have, since few digits make sums exact.
 */
export function inputsOf(dtype: Dtype): Float64Array {
	let inputs = known.get(dtype);
	if (inputs) return inputs;
	const positive = dtype === "float16" || dtype === "bfloat16" ? allPositive(dtype) : somePositive(dtype);
	const count = positive.length;
	inputs = new Float64Array(2 * count + 1);
	for (let i = 0; i < count; i++) {
		inputs[count - 1 - i] = -positive[i]!;
		inputs[count + 1 + i] = positive[i]!;
	}
	known.set(dtype, inputs);
	return inputs;
}

const knownSingles = new Map<Dtype, Float32Array>();

/** The same as float32 numbers, which those of a 16-bit format are. */
export function singleInputsOf(dtype: Dtype): Float32Array {
	const singles = knownSingles.get(dtype) ?? Float32Array.from(inputsOf(dtype));
	knownSingles.set(dtype, singles);
	return singles;
}

function allPositive(dtype: Dtype): number[] {
	const found: number[] = [];
	const [smallest, most] = [unitInLastPlace(0, dtype), largest(dtype)];
	const inBinade = smallestNormal(dtype) / smallest;
	for (let k = 1; k < inBinade; k++) found.push(k * smallest);
	for (let unit = smallest; inBinade * unit <= most; unit *= 2) {
		for (let k = inBinade; k < 2 * inBinade; k++) found.push(k * unit);
	}
	return found;
}

function somePositive(dtype: Dtype): number[] {
	const step = unitInLastPlace(0, dtype);
	const found = new Set<number>([step, 2 * step, 3 * step, 4 * step, smallestNormal(dtype)]);
	const highest = placeOf(largest(dtype), dtype);
	const one = placeOf(1, dtype);
	for (let binade = 0; binade <= highest; binade++) {
		const count = binade > one - 60 && binade < one + 12 ? DENSE : SPARSE;
		for (let i = 0; i < count; i++) {
			const place = binade + (i + ((i * 0.6180339887498949 + binade * 0.7548776662466927) % 1)) / count;
			if (place < highest) found.add(numberAt(place, dtype));
		}
	}
	// Where eˣ and its kin are subnormal: binades of the result that are narrow stretches of the input.
	const [first, last] = [-Math.log(smallestNormal(dtype)), Math.LN2 - Math.log(step)];
	for (let i = 0; i < AT_UNDERFLOW; i++) {
		found.add(roundTo(first + ((i + 0.6180339887498949) * (last - first)) / AT_UNDERFLOW, dtype));
	}
	found.delete(0);
	found.add(largest(dtype));
	return [...found].sort((a, b) => a - b);
}
