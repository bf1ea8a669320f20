import type { Arithmetic } from "../expression/evaluate.ts";
import { blockRounding, type Dtype, smallestNormal } from "../numerics/dtype.ts";

/** The types in which a library's code is looked at; none for a library whose arithmetic is not known. */
export function dtypesOf(library: string): readonly Dtype[] {
	switch (library) {
		case "torch":
		case "jax":
		case "keras":
			return ["float64", "float32", "float16", "bfloat16"];
		case "numpy":
		case "python":
			return ["float64", "float32", "float16"];
		case "math":
		case "javascript":
			return ["float64"];
		case "tfjs":
			return ["float32"];
		default:
			return [];
	}
}

/**
 * How a library computes in `dtype`: each result rounded to it.
 *
 * PyTorch keeps a literal beside a 16-bit tensor in float32 and has σ as 1/(1 + e⁻ᵘ) in at least float32; XLA (JAX,
 * Keras) has it so in the type itself, and takes subnormal numbers for 0. Python's `math` raises an exception where the
 * result is infinite or undefined: that is NaN here.
 */
export function arithmeticOf(library: string, dtype: Dtype): Arithmetic {
	const round = blockRounding(dtype);
	const plain: Arithmetic = round ? { round, roundLiteral: round, unary: {}, binary: {} } : { unary: {}, binary: {} };
	switch (library) {
		case "torch": {
			const sigmoid = dtype === "float64" ? quotient : inSingle;
			const literal = dtype === "float64" ? undefined : blockRounding("float32");
			return { ...plain, ...(literal && { roundLiteral: literal }), unary: { logistic: sigmoid } };
		}
		case "jax":
		case "keras": {
			const flush = flushing(dtype, round);
			return { ...plain, round: flush, unary: { logistic: steps(flush) } };
		}
		case "math":
			return { unary: raising, binary: { div: (a, b) => (b === 0 ? Number.NaN : a / b), pow: raisingPower } };
		default:
			return plain;
	}
}

const quotient = (u: number) => 1 / (1 + Math.exp(-u));
const inSingle = (u: number) => Math.fround(1 / Math.fround(1 + Math.fround(Math.exp(-u))));

const raised = (value: number, u: number) => (Number.isFinite(u) && !Number.isFinite(value) ? Number.NaN : value);
const raising: Arithmetic["unary"] = {
	exp: (u) => raised(Math.exp(u), u),
	expm1: (u) => raised(Math.expm1(u), u),
	sinh: (u) => raised(Math.sinh(u), u),
	cosh: (u) => raised(Math.cosh(u), u),
	log: (u) => raised(Math.log(u), u),
	log1p: (u) => raised(Math.log1p(u), u),
	square: (u) => u * u,
};
const raisingPower = (a: number, b: number) => raised(a ** b, a);

type Rounding = (values: Float64Array, count: number) => void;

/** XLA computes float16 in float32, whose subnormal numbers lie below float16's own. */
function flushing(dtype: Dtype, round: Rounding | undefined): Rounding {
	const least = smallestNormal(dtype === "float16" ? "float32" : dtype);
	return (values, count) => {
		round?.(values, count);
		for (let i = 0; i < count; i++) {
			if (Math.abs(values[i]!) < least) values[i] = 0 * values[i]!;
		}
	};
}

function steps(round: Rounding): (u: number) => number {
	const cell = new Float64Array(1);
	const rounded = (value: number) => {
		cell[0] = value;
		round(cell, 1);
		return cell[0];
	};
	return (u) => rounded(1 / rounded(1 + rounded(Math.exp(-u))));
}

/** Whether the library takes subnormal results for 0. */
export function flushesSubnormals(library: string): boolean {
	return library === "jax" || library === "keras";
}
