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

/**
 * How many places of a binade are looked at: near 1, where most functions do what they do, and next to the subnormal
 * numbers, and elsewhere.
 */
interface Density {
	readonly near: number;
	readonly far: number;
	/** How many binades below and above 1 are near it. */
	readonly below: number;
	readonly above: number;
}
/** Binades from 0 up, that of the subnormal numbers first, in which a part of a number may be one. */
const LOWEST = 3;

const WIDE: Density = { near: 32, far: 2, below: 60, above: 12 };
const WHOLE: Density = { near: 1024, far: 1024, below: 15, above: 16 };
/** Of bfloat16, which has as many binades as float32, all 128 numbers of those that are near. */
const BRAIN: Density = { near: 128, far: 8, below: 24, above: 12 };
const AT_UNDERFLOW = 64;
const known = new Map<Dtype, Float64Array>();

/** Whether `inputsOf` are all numbers of the format. */
export function areAllNumbers(dtype: Dtype): boolean {
	return dtype === "float16";
}

/**
 * Inputs at which a function is looked at, ascending: all finite numbers of float16; of a wider format several in each
 * binade, with digits as random ones have, since few digits make sums exact.
 */
export function inputsOf(dtype: Dtype): Float64Array {
	let inputs = known.get(dtype);
	if (inputs) return inputs;
	const positive = positiveOf(dtype);
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

function positiveOf(dtype: Dtype): Float64Array {
	const { near, far, below, above } = areAllNumbers(dtype) ? WHOLE : dtype === "bfloat16" ? BRAIN : WIDE;
	const [step, normal] = [unitInLastPlace(0, dtype), smallestNormal(dtype)];
	const inBinade = normal / step;
	const found = [step, 2 * step, 3 * step, 4 * step, normal, largest(dtype)];
	const highest = placeOf(largest(dtype), dtype);
	const one = placeOf(1, dtype);
	for (let binade = 0; binade < highest; binade++) {
		const isNear = binade < LOWEST || (binade > one - below && binade < one + above);
		const count = isNear ? near : far;
		for (let i = 0; i < count; i++) {
			const within = count < inBinade ? (i * 0.6180339887498949 + binade * 0.7548776662466927) % 1 : 0;
			const place = binade + (i + within) / count;
			if (place < highest) found.push(numberAt(place, dtype));
		}
	}
	// Where eˣ and its kin are subnormal: binades of the result that are narrow stretches of the input.
	const [first, last] = [-Math.log(normal), Math.LN2 - Math.log(step)];
	for (let i = 0; i < AT_UNDERFLOW; i++) {
		found.push(roundTo(first + ((i + 0.6180339887498949) * (last - first)) / AT_UNDERFLOW, dtype));
	}
	const ascending = Float64Array.from(found).sort();
	return ascending.filter((value, i) => value !== 0 && value !== ascending[i - 1]);
}
