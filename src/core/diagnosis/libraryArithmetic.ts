import { expm1, log1p } from "../expression/build.ts";
import { type Arithmetic, roundingOf, withLoop } from "../expression/evaluate.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { nodesOf, operandsOf, rewrite, withOperands } from "../expression/walk.ts";
import { blockRounding, type Dtype, roundTo, smallestNormal, unitInLastPlace } from "../numerics/dtype.ts";
import { erf, softplus } from "../numerics/special.ts";
import type { Spelling, Writing } from "../reading/use.ts";
import type { NarrowArithmetic } from "./narrow.ts";
import { keepsType, numpyForm } from "./numpyTypes.ts";

/** The types in which a library's code is looked at; none for a library whose arithmetic is not known. */
export function dtypesOf(library: string): readonly Dtype[] {
	switch (library) {
		case "torch":
		case "jax":
		case "keras":
		case "numpy":
			return ["float64", "float32", "float16", "bfloat16"];
		case "python":
			return ["float64", "float32", "float16"];
		case "math":
		case "javascript":
			return ["float64"];
		case "tfjs":
		case "tensorflow": // Tensors made of constants are float32, and meet no others.
			return ["float32"];
		default:
			return [];
	}
}

/**
 * How a library computes in `dtype`: each result rounded to it.
 *
 * PyTorch keeps a literal beside a 16-bit tensor in float32, has σ as 1/(1 + e⁻ᵘ) in at least float32, and softplus with one
 * digit less among subnormal numbers; XLA (JAX, Keras) and TensorFlow have it so in the type itself, and take subnormal numbers, operands
 * and results, for 0. Python's `math` raises an exception where the
 * result is infinite or undefined: that is NaN here.
 */
export function arithmeticOf(library: string, dtype: Dtype): NarrowArithmetic {
	const key = `${library} ${dtype}`;
	const arithmetic = known.get(key) ?? made(library, dtype);
	known.set(key, arithmetic);
	return arithmetic;
}

/** One of each, so that what is remembered of its functions is found again. */
const known = new Map<string, NarrowArithmetic>();

function made(library: string, dtype: Dtype): NarrowArithmetic {
	const round = blockRounding(dtype);
	const isNarrow = dtype === "float16" || dtype === "bfloat16";
	const plain: NarrowArithmetic = {
		...(round && { round, roundLiteral: round }),
		...(isNarrow && { formatOf: () => dtype }),
		unary: {},
		binary: {},
	};
	switch (library) {
		case "torch": {
			const sigmoid = dtype === "float64" ? quotient : quotientInSingle;
			const literal = dtype === "float64" ? undefined : blockRounding("float32");
			const unary = { logistic: sigmoid, ...(!isNarrow && { softplus: inPairsOfSteps(dtype) }) };
			return { ...plain, ...(literal && { roundLiteral: literal }), unary };
		}
		case "jax":
		case "keras":
		case "tensorflow": {
			const least = smallestNormal(isNarrow ? "float32" : dtype);
			const flush = flushing(least);
			const flushed = flushedAndRounded(flush, round, isNarrow);
			return {
				...plain,
				round: flushed,
				// All numbers of float16 are normal ones of float32.
				...(unitInLastPlace(0, dtype) < least && { roundInput: flush }),
				...(isNarrow && { formatOf: () => `flushed ${dtype}` as const }),
				unary: { logistic: steps(flushed), ...(library === "tensorflow" && dtype === "float32" && EIGEN) },
			};
		}
		case "math":
			return { unary: raising, binary: { div: (a, b) => (b === 0 ? Number.NaN : a / b), pow: raisingPower } };
		default:
			return plain;
	}
}

/** How a function is computed, and the type of its result: wider than the input's where it meets wider numbers. */
export interface Computed {
	readonly arithmetic: NarrowArithmetic;
	readonly result: Dtype;
}

/** A form of a function whose arithmetic is known. */
export interface ComputedForm extends Computed {
	readonly expression: Expression;
	/** The part of the code's expression that a part of this one computes, where they are not the same. */
	readonly originals?: ReadonlyMap<Expression, Expression>;
}

/** The arithmetic with these parts rounded to float32 where others are to a narrower type. */
export function inSingle(arithmetic: NarrowArithmetic, parts: ReadonlySet<Expression>): NarrowArithmetic {
	const { formatOf } = arithmetic;
	if (!formatOf || parts.size === 0) return arithmetic;
	const single = blockRounding("float32");
	return {
		...arithmetic,
		formatOf: (node) => (parts.has(node) ? "float32" : formatOf(node)),
		roundOf: (node) => (parts.has(node) ? single : roundingOf(arithmetic, node)),
	};
}

/** What a function, as its library computes it on numbers of `dtype`, is made of; null where that is not certain. */
export function formIn({ written, parameters, library, writing }: Written, dtype: Dtype): ComputedForm | null {
	const own = writing?.expression === written ? writing : undefined;
	// Libraries take the root of a sum of squares without the squares, which overflow.
	if (own && holds(own, written, "hypot")) return null;
	if (library === "numpy" || library === "python") {
		const form = numpyForm(written, dtype, parameters, own);
		// Without a word of a library the arrays may be another's, which promotes in ways of its own.
		return form && library === "python" && form.result !== dtype ? null : form;
	}
	const isNarrow = dtype === "float16" || dtype === "bfloat16";
	if (library === "keras" && dtype === "float64" && nodesOf(written).some(isInSingle)) return null;
	// JAX' ndtr and log_ndtr, and PyTorch's log_ndtr, do not take 16 bits.
	const isRefused = (node: Expression) =>
		node.kind === "unary" && (node.operator === "logNormalCdf" || (node.operator === "normalCdf" && library === "jax"));
	if (isNarrow && nodesOf(written).some(isRefused)) return null;
	// PyTorch computes a function of its own in float32, and rounds what that gives.
	if (isNarrow && library === "torch" && own?.isLibraryFunction && computedIn(written) > 1) return null;
	// JAX promotes a 16-bit array that meets a float64 of NumPy's, and Keras what meets a number that it has computed.
	if (isNarrow && (library === "jax" || library === "keras") && own && holds(own, written, "numpy")) return null;
	if (own && !keepsType(own, dtype)) return null;
	const arithmetic = arithmeticOf(library, dtype);
	const inner =
		library === "torch" && own ? nodesOf(written).filter((node) => own.spellings.get(node)?.has("inner")) : [];
	const form = library === "tensorflow" && own?.isGraph ? inGraph(written) : { expression: written };
	return { ...form, arithmetic: inSingle(arithmetic, new Set(inner)), result: dtype };
}

/** What TensorFlow's optimizer of graphs makes of an expression. */
function inGraph(written: Expression): Pick<ComputedForm, "expression" | "originals"> {
	const originals = new Map<Expression, Expression>();
	const expression = rewrite(written, (node, operands) => {
		const form = optimized(withOperands(node, operands));
		originals.set(form, node);
		return form;
	});
	return { expression, originals };
}

function optimized(node: Expression): Expression {
	const isOne = (each: Expression) => each.kind === "constant" && each.value === 1;
	if (node.kind === "unary" && node.operator === "log") {
		const { operand: sum } = node;
		if (sum.kind !== "binary" || sum.operator !== "add") return node;
		return isOne(sum.left) ? log1p(sum.right) : isOne(sum.right) ? log1p(sum.left) : node;
	}
	const isLessOne = node.kind === "binary" && node.operator === "sub" && isOne(node.right);
	return isLessOne && node.left.kind === "unary" && node.left.operator === "exp" ? expm1(node.left.operand) : node;
}

/** What Keras computes in float32 where it is given float64: the bounds with PyTorch, the others with JAX. */
const IN_SINGLE = new Set<string>("sin cos tan sinh cosh tanh atan asinh floor max min".split(" "));

function isInSingle(node: Expression): boolean {
	return (node.kind === "unary" || node.kind === "binary") && IN_SINGLE.has(node.operator);
}

function holds({ spellings }: Writing, written: Expression, spelling: Spelling): boolean {
	return nodesOf(written).some((node) => spellings.get(node)?.has(spelling));
}

/** How many operations an expression takes. */
function computedIn(written: Expression): number {
	return nodesOf(written).filter((node) => operandsOf(node).length > 0).length;
}

interface Written {
	readonly written: Expression;
	readonly parameters: Parameters;
	readonly library: string;
	readonly writing?: Writing;
}

/** PyTorch's vectors' log1p, of which softplus is made, halves and doubles subnormal numbers: an odd step is lost. */
function inPairsOfSteps(dtype: Dtype): (u: number) => number {
	const [pair, least] = [2 * unitInLastPlace(0, dtype), smallestNormal(dtype)];
	return (u) => {
		const value = softplus(u);
		if (!(value < least)) return value;
		const steps = roundTo(value, dtype) / (pair / 2);
		const half = Math.floor(steps / 2);
		return pair * (steps % 2 === 0 ? half : half + (half % 2));
	};
}

const quotient = withLoop(
	(u) => 1 / (1 + Math.exp(-u)),
	(u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = 1 / (1 + Math.exp(-u[i]!));
	},
);
const quotientInSingle = (u: number) => Math.fround(1 / Math.fround(1 + Math.fround(Math.exp(-u))));

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

/** Takes what is below the least normal number for 0. */
function flushing(least: number): Rounding {
	return (values, count) => {
		for (let i = 0; i < count; i++) {
			if (Math.abs(values[i]!) < least) values[i] = 0 * values[i]!;
		}
	};
}

/** XLA computes 16-bit types in float32, takes that one's subnormal numbers for 0, and rounds what is left. */
function flushedAndRounded(flush: Rounding, round: Rounding | undefined, isNarrow: boolean): Rounding {
	return (values, count) => {
		if (!isNarrow) round?.(values, count);
		flush(values, count);
		if (isNarrow) round?.(values, count);
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

/** TensorFlow's tanh and erf of float32 are ±1 from these numbers on. */
const EIGEN: Arithmetic["unary"] = {
	tanh: (u) => (Math.abs(u) < 7.90739 ? Math.tanh(u) : Math.sign(u)),
	erf: (u) => (Math.abs(u) < 3.799935 ? erf(u) : Math.sign(u)),
};

/** Whether the library takes subnormal results for 0. */
export function flushesSubnormals(library: string): boolean {
	return library === "jax" || library === "keras" || library === "tensorflow";
}
