/**
 * Activations of a whole vector: softmax and its kin, the gated linear units, maxout. Each output is an expression of the
 * inputs x0, x1, …, so value and Jacobian are exact by the same means as an elementwise activation's.
 */
import {
	add,
	constant,
	div,
	exp,
	ge,
	log,
	logistic,
	max,
	min,
	mul,
	neg,
	parameter,
	sqrt,
	square,
	sub,
	tanh,
	where,
} from "../expression/build.ts";
import { differentiate } from "../expression/differentiate.ts";
import { evaluateAllExactly, evaluateExactly } from "../expression/exact.ts";
import type { Expression } from "../expression/expression.ts";
import { substitute } from "../expression/walk.ts";
import { gelu, geluTanh, silu } from "./gated.ts";

export interface VectorActivation {
	readonly id: string;
	readonly name: string;
	readonly aliases: readonly string[];
	readonly formula: string;
	/**
	 * The outputs for the inputs `x` whose values are `at` (the values choose a shift, an order or a support, and count as
	 * constants). Null where the result needs more than the vector: a convolution, batch statistics, random numbers.
	 */
	readonly outputs: ((x: readonly Expression[], at: readonly number[]) => readonly Expression[]) | null;
	/** What the length of the input must be a multiple of. */
	readonly multipleOf: number;
}

/** Value and Jacobian (`jacobian[i][j]` = ∂fᵢ/∂xⱼ), correctly rounded. */
export interface VectorValues {
	readonly value: readonly number[];
	readonly jacobian: readonly (readonly number[])[];
}

/**
 * The outputs of `activation` at `x` and their Jacobian. Throws a RangeError for an empty vector, a length that does not
 * divide, or an activation that a vector alone does not determine. NaN among the inputs spreads to every output of the
 * softmax family; ∞ − ∞ is NaN.
 */
export function evaluateVector(activation: VectorActivation, x: readonly number[]): VectorValues {
	if (!activation.outputs) throw new RangeError(`${activation.name} is not determined by its input alone`);
	if (x.length === 0 || x.length % activation.multipleOf !== 0) {
		throw new RangeError(
			`${activation.name} takes a vector whose length is a multiple of ${activation.multipleOf}, got ${x.length}`,
		);
	}
	const inputs = x.map((_, i) => parameter(`x${i}`));
	const parameters = Object.fromEntries(x.map((value, i) => [`x${i}`, value]));
	const outputs = activation.outputs(inputs, x);
	const entries = outputs.flatMap((output) => inputs.map((input) => differentiate(output, input.name)));
	const results = evaluateAllExactly([...outputs, ...entries], 0, parameters);
	return {
		value: results.slice(0, outputs.length),
		jacobian: outputs.map((_, i) => {
			const start = outputs.length + i * x.length;
			return results.slice(start, start + x.length);
		}),
	};
}

const sum = (terms: readonly Expression[]) => terms.reduce((a, b) => add(a, b));
/** xᵢ − max x, which leaves the softmax family unchanged and its exponentials at most 1. */
const shifted = (x: readonly Expression[], at: readonly number[]) =>
	x.map((one) => sub(one, constant(Math.max(...at))));
const softmaxOf = (x: readonly Expression[], at: readonly number[]) => {
	const powers = shifted(x, at).map((one) => exp(one));
	const total = sum(powers);
	return powers.map((power) => div(power, total));
};
const of = (u: Expression, f: { readonly stable: Expression }) => substitute(f.stable, u);

/** [a, b] = the halves of x; each output from the pair. */
function gated(gate: (a: Expression, b: Expression) => Expression): VectorActivation["outputs"] {
	return (x) => {
		const half = x.length / 2;
		return x.slice(0, half).map((a, i) => gate(a, x[half + i]));
	};
}

/** Inputs from the largest down. Ties keep their order. */
function ranked(at: readonly number[]): number[] {
	return at.map((_, i) => i).sort((i, j) => at[j] - at[i] || i - j);
}

/** Euclidean projection onto the simplex: xᵢ − τ on the support, where 1 + k·x₍ₖ₎ > Σⱼ≤ₖ x₍ⱼ₎. */
function sparsemaxOf(x: readonly Expression[], at: readonly number[]): readonly Expression[] {
	const order = ranked(at);
	let support = 1;
	for (let k = 1; k <= order.length; k++) {
		const total = sum(order.slice(0, k).map((i) => constant(at[i])));
		const slack = sub(add(1, mul(k, constant(at[order[k - 1]]))), total);
		if (evaluateExactly(slack, 0) > 0) support = k;
	}
	const inside = order.slice(0, support);
	const tau = div(sub(sum(inside.map((i) => x[i])), 1), support);
	return x.map((one, i) => (inside.includes(i) ? sub(one, tau) : constant(0)));
}

/** (xᵢ/2 − τ)² on the support; τ solves Σ(xᵢ/2 − τ)² = 1 there. */
function entmax15Of(x: readonly Expression[], at: readonly number[]): readonly Expression[] {
	const order = ranked(at);
	const tauOf = (z: readonly Expression[]) => {
		const mean = div(sum(z), z.length);
		const spread = sum(z.map((one) => square(sub(one, mean))));
		return sub(mean, sqrt(div(sub(1, spread), z.length)));
	};
	let support = 1;
	for (let k = 1; k <= order.length; k++) {
		const z = order.slice(0, k).map((i) => div(constant(at[i]), 2));
		if (!(evaluateExactly(sub(z[k - 1], tauOf(z)), 0) >= 0)) break;
		support = k;
	}
	const inside = order.slice(0, support);
	const tau = tauOf(inside.map((i) => div(x[i], 2)));
	return x.map((one, i) => (inside.includes(i) ? square(sub(div(one, 2), tau)) : constant(0)));
}

function entry(
	id: string,
	name: string,
	formula: string,
	outputs: VectorActivation["outputs"],
	options: { readonly aliases?: readonly string[]; readonly multipleOf?: number } = {},
): VectorActivation {
	return { id, name, formula, outputs, aliases: options.aliases ?? [], multipleOf: options.multipleOf ?? 1 };
}

const PAIRS = { multipleOf: 2 };
const swigluOai = (gate: Expression, up: Expression) => {
	const g = min(gate, 7);
	const u = min(max(up, -7), 7);
	return mul(mul(g, logistic(mul(constant(1.702, "1.702"), g))), add(u, 1));
};

export const vectorActivations: readonly VectorActivation[] = [
	entry("softmax", "Softmax", "exp(xᵢ) / Σⱼ exp(xⱼ)", softmaxOf),
	entry("log_softmax", "LogSoftmax", "xᵢ − log Σⱼ exp(xⱼ)", (x, at) => {
		const z = shifted(x, at);
		const total = log(sum(z.map((one) => exp(one))));
		return z.map((one) => sub(one, total));
	}),
	entry("softmin", "Softmin", "exp(−xᵢ) / Σⱼ exp(−xⱼ)", (x, at) =>
		softmaxOf(
			x.map((one) => neg(one)),
			at.map((value) => -value),
		),
	),
	entry("softmax2d", "Softmax2d", "softmax over the channels of an image", softmaxOf),
	entry("logsumexp", "LogSumExp", "log Σⱼ exp(xⱼ)", (x, at) => [
		add(constant(Math.max(...at)), log(sum(shifted(x, at).map((one) => exp(one))))),
	]),
	entry("sparsemax", "Sparsemax", "max(xᵢ − τ, 0), with τ so that they sum to 1", sparsemaxOf),
	entry("entmax15", "1.5-entmax", "max(xᵢ/2 − τ, 0)², with τ so that they sum to 1", entmax15Of),
	entry("hardmax", "Hardmax", "1 for the first largest, else 0", (x, at) => {
		const first = at.indexOf(Math.max(...at));
		return x.map((_, i) => constant(i === first ? 1 : 0));
	}),
	entry(
		"glu",
		"GLU",
		"a · σ(b), [a, b] = x",
		gated((a, b) => mul(a, logistic(b))),
		PAIRS,
	),
	entry(
		"glu_bilinear",
		"Bilinear GLU",
		"a · b, [a, b] = x",
		gated((a, b) => mul(a, b)),
		PAIRS,
	),
	entry(
		"gtu",
		"GTU",
		"tanh(a) · σ(b), [a, b] = x",
		gated((a, b) => mul(tanh(a), logistic(b))),
		PAIRS,
	),
	entry(
		"reglu",
		"ReGLU",
		"a · max(b, 0), [a, b] = x",
		gated((a, b) => mul(a, max(b, 0))),
		PAIRS,
	),
	entry(
		"geglu",
		"GEGLU",
		"a · GELU(b), [a, b] = x",
		gated((a, b) => mul(a, of(b, gelu))),
		PAIRS,
	),
	entry(
		"geglu_tanh",
		"GEGLU (tanh form)",
		"a · GELU_tanh(b), [a, b] = x",
		gated((a, b) => mul(a, of(b, geluTanh))),
		PAIRS,
	),
	entry(
		"swiglu",
		"SwiGLU",
		"a · SiLU(b), [a, b] = x",
		gated((a, b) => mul(a, of(b, silu))),
		PAIRS,
	),
	entry(
		"swiglu_gate_first",
		"SwiGLU (gate first)",
		"SiLU(a) · b, [a, b] = x",
		gated((a, b) => mul(of(a, silu), b)),
		PAIRS,
	),
	entry(
		"swiglu_oai",
		"SwiGLU (clamped)",
		"g · σ(1.702 g) · (u + 1), g = min(a, 7), u = clip(b, −7, 7)",
		gated(swigluOai),
		PAIRS,
	),
	entry("crelu", "CReLU", "[max(x, 0), max(−x, 0)]", (x) => [
		...x.map((one) => max(one, 0)),
		...x.map((one) => max(neg(one), 0)),
	]),
	entry(
		"maxout2",
		"Maxout",
		"max(x₂ᵢ, x₂ᵢ₊₁)",
		(x) => x.filter((_, i) => i % 2 === 0).map((a, i) => where(ge(a, x[2 * i + 1]), a, x[2 * i + 1])),
		{ aliases: ["maxout"], multipleOf: 2 },
	),
	entry("gumbel_softmax", "Gumbel-softmax", "softmax((x + g) / τ), g drawn from a Gumbel distribution", null),
	entry("frelu", "FReLU", "max(x, T(x)), T a depthwise convolution", null),
	entry("dice", "Dice", "p·x + (1 − p)·α·x, p = σ((x − mean) / std) over the batch", null),
];

const byName = new Map(
	vectorActivations.flatMap((one) => [one.id, ...one.aliases].map((name) => [name, one] as const)),
);

/** The vector activation with this canonical id or alias. */
export function findVectorActivation(idOrAlias: string): VectorActivation | undefined {
	return byName.get(idOrAlias);
}
