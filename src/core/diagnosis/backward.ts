import {
	add,
	and,
	applyUnary,
	constant,
	cos,
	div,
	eq,
	exp,
	gt,
	x as input,
	log,
	logistic,
	lt,
	mul,
	neg,
	not,
	or,
	pow,
	sign,
	sin,
	sqrt,
	square,
	sub,
	where,
} from "../expression/build.ts";
import { differentiate } from "../expression/differentiate.ts";
import type { Binary, Expression, Unary, UnaryOperator, Where } from "../expression/expression.ts";
import { dependsOn, nodesOf, operandsOf, rewrite, substitute } from "../expression/walk.ts";
import type { Dtype } from "../numerics/dtype.ts";
import type { Spelling, Writing } from "../reading/use.ts";

/** A gradient as a library's backward pass computes it, and the part of the function from which each step comes. */
export interface Backward {
	readonly gradient: Expression;
	readonly stepOf: ReadonlyMap<Expression, Expression>;
	/** Parts that the library has no array of: PyTorch computes them in float32, also between arrays of a narrower type. */
	readonly fused: ReadonlySet<Expression>;
}

const ZERO = constant(0);
const ONE = constant(1);
const HALF = constant(0.5);
const TWO_OVER_SQRT_PI = div(2, sqrt(constant(Math.PI, "pi")));

/** Whether the way in which a library differentiates is known. */
export function hasBackward(library: string): boolean {
	return library === "torch" || library === "jax";
}

/**
 * The gradient of an expression by its input in reverse mode, operation by operation as PyTorch (`derivatives.yaml`) or
 * JAX (`lax.py`) has it, and not simplified: where `where` does not take a side its gradient is 0 · what stands there, which
 * is NaN if that is infinite. At a kink both differ from the mathematics, and from each other. By what the code says of its
 * `writing`, what is repeated is computed, and so differentiated, each time that it is used: in another order the sum of its
 * shares may round to another number; and of what an `if` or a mask chooses from, only what is taken is computed.
 */
export function backward(expression: Expression, library: string, dtype: Dtype, writing?: Writing): Backward {
	const steps = stepsOf(expression, writing?.repeated ?? new Set());
	const adjoints = new Map<Step, Expression>([[steps.at(-1)!, ONE]]);
	const taken = new Map<Step, Expression | null>();
	const stepOf = new Map<Expression, Expression>();
	const ofCode = new Set(steps.map(({ node }) => node));
	const fused = new Set<Expression>();
	const jax = library === "jax";
	const isNumber = (node: Expression) => {
		const spellings = writing?.spellings.get(node);
		return node.kind === "constant" && !spellings?.has("like input") && !spellings?.has("numpy");
	};
	for (const step of steps.reverse()) {
		const g = adjoints.get(step);
		if (!g || !dependsOn(step.node)) continue;
		const when = taken.get(step) ?? null;
		const choice = writing && choosesBefore(step.node, library, writing) ? step.node : null;
		const spellings = writing?.spellings.get(step.node);
		const isClamp = spellings?.has("clip") || spellings?.has("bound");
		const manner = { jax, isOwn: spellings?.has("library") ?? false, isClamp: isClamp ?? false, isNumber };
		const own = writing && !jax ? ownFunction(step, writing) : undefined;
		const shares = own ? [shareOfOwn(own, g, library, dtype)] : sharesOf(step.node, g, manner);
		const operands = own ? [own.argument] : [...step.operands];
		for (const [operand, everywhere] of shares) {
			const [before] = operands.splice(
				operands.findIndex(({ node }) => node === operand),
				1,
			);
			if (!before || !dependsOn(operand)) continue;
			const share = when ? where(when, everywhere, ZERO) : everywhere;
			const known = adjoints.get(before);
			const sum = known ? add(known, share) : share;
			const isInOne = manner.isOwn || (step.node.kind === "unary" && IN_ONE[dtype]?.has(step.node.operator));
			const isInner = writing?.spellings.get(operand)?.has("inner") ?? false;
			for (const each of [...(isInOne ? betweenOf(everywhere, g) : []), ...(isInner ? [everywhere, sum] : [])]) {
				if (!jax && !ofCode.has(each)) fused.add(each);
			}
			adjoints.set(before, sum);
			const side = choice && (operand === choice.then ? choice.condition : not(choice.condition));
			const whenUsed = side && when ? and(when, side) : (side ?? when);
			taken.set(before, known ? either(taken.get(before) ?? null, whenUsed) : whenUsed);
			for (const each of nodesOf(sum)) if (!stepOf.has(each)) stepOf.set(each, step.node);
		}
	}
	const start = steps.find(({ node }) => node === input);
	return { gradient: (start && adjoints.get(start)) ?? ZERO, stepOf, fused };
}

/** Of these PyTorch computes in one operation what they pass on; of σ of a float16 it rounds each step. */
const IN_ONE: Readonly<Partial<Record<Dtype, ReadonlySet<UnaryOperator>>>> = {
	float16: new Set(["tanh", "softplus"]),
	bfloat16: new Set(["tanh", "softplus", "logistic"]),
};

/** A function of PyTorch's own that is computed in one piece. */
interface OwnFunction {
	readonly writing: Writing;
	readonly result: Expression;
	readonly argument: Step;
}

/** The function whose result the step is, where it is a smooth one of one argument. */
function ownFunction(step: Step, writing: Writing): OwnFunction | undefined {
	const isInner = ({ node }: Step) => writing.spellings.get(node)?.has("inner") ?? false;
	if (!writing.spellings.get(step.node)?.has("library") || isInner(step)) return undefined;
	const given = new Map<Expression, Step>();
	const open = [step];
	for (const each of open) {
		const { node } = each;
		const isPiecewise = node.kind === "where" || (node.kind === "binary" && /^(max|min)$/.test(node.operator));
		if (isPiecewise) return undefined;
		for (const operand of each.operands) {
			if (isInner(operand)) open.push(operand);
			else if (dependsOn(operand.node)) given.set(operand.node, operand);
		}
	}
	const [argument, ...others] = given.values();
	return open.length > 1 && argument && others.length === 0 ? { writing, result: step.node, argument } : undefined;
}

/** Such a function multiplies what it is given by its slope, which it computes by itself. */
function shareOfOwn(
	{ writing, result, argument: { node } }: OwnFunction,
	g: Expression,
	library: string,
	dtype: Dtype,
): readonly [Expression, Expression] {
	const expression = rewrite(result, (each) => (each === node ? input : undefined));
	const inner: ReadonlySet<Spelling> = new Set(["library", "inner"]);
	const spellings = new Map(nodesOf(expression).map((each) => [each, inner]));
	const { gradient } = backward(expression, library, dtype, { ...writing, expression, spellings, repeated: new Set() });
	return [node, times(g, substitute(gradient, node))];
}

/** What is computed of `g` on the way to what an operation passes on. */
function betweenOf(share: Expression, g: Expression): Expression[] {
	const given = new Set(nodesOf(g));
	const ends = share.kind === "where" ? [share, share.then, share.otherwise] : [share];
	return nodesOf(share).filter((node) => !given.has(node) && !ends.includes(node));
}

/**
 * Whether a side that is not taken is not computed either: an `if`, or an assignment to the elements of a mask. JAX computes
 * both sides, but for an `if`, which it takes by what does not depend on the input. A library's own functions, as elu,
 * have no slope of the side that is not taken.
 */
function choosesBefore(node: Expression, library: string, { spellings }: Writing): node is Where {
	if (node.kind !== "where") return false;
	const spelling = spellings.get(node);
	if (!spelling || spelling.has("select")) return false;
	if (spelling.has("library")) return true;
	return library === "jax"
		? spelling.has("branch") && !dependsOn(node.condition)
		: spelling.has("branch") || spelling.has("assigned");
}

/** When a step is taken that is under either of two conditions; null for always. */
function either(a: Expression | null, b: Expression | null): Expression | null {
	if (a === null || b === null) return null;
	return a === b ? a : or(a, b);
}

/** One operation that the library carries out. Equal ones are several where the code computes them again. */
interface Step {
	readonly node: Expression;
	readonly operands: readonly Step[];
}

/** More steps are not told apart. */
const MOST_STEPS = 1000;

/** In the order in which they are carried out. */
function stepsOf(expression: Expression, repeated: ReadonlySet<Expression>): Step[] {
	const steps: Step[] = [];
	const known = new Map<Expression, Step>();
	const stepFor = (node: Expression): Step => {
		const before = known.get(node);
		const isAgain = repeated.has(node) && node !== input && steps.length <= MOST_STEPS;
		if (before && !isAgain) return before;
		const step = { node, operands: operandsOf(node).map(stepFor) };
		known.set(node, step);
		steps.push(step);
		return step;
	};
	stepFor(expression);
	return steps;
}

type Shares = readonly (readonly [Expression, Expression])[];

interface Manner {
	readonly jax: boolean;
	/** Whether the operation is inside a function of the library's own. */
	readonly isOwn: boolean;
	/** Whether a bound is written as clamp. */
	readonly isClamp: boolean;
	/** Whether a part is a number of the language's, not an array. */
	readonly isNumber: (node: Expression) => boolean;
}

/** What an operation passes on to its operands. */
function sharesOf(node: Expression, g: Expression, manner: Manner): Shares {
	const { jax, isOwn } = manner;
	switch (node.kind) {
		case "unary":
			// PyTorch's ELU, CELU and SELU have a backward pass of their own, in which nothing cancels.
			if (isOwn && !jax && node.operator === "expm1") return [[node.operand, times(g, exp(node.operand))]];
			return [[node.operand, unaryShare(node, g, jax)]];
		case "binary":
			return binaryShares(node, g, manner);
		case "where":
			return [
				[node.then, where(node.condition, g, ZERO)],
				[node.otherwise, where(node.condition, ZERO, g)],
			];
		default:
			return [];
	}
}

function times(g: Expression, factor: Expression): Expression {
	return g === ONE ? factor : mul(g, factor);
}

function unaryShare(node: Unary, g: Expression, jax: boolean): Expression {
	const u = node.operand;
	switch (node.operator) {
		case "neg":
			return neg(g);
		case "abs":
			return times(g, sign(u));
		case "sign":
		case "floor":
		case "not":
			return ZERO;
		case "square":
			return times(g, mul(2, u));
		case "sqrt":
			return div(g, mul(2, node));
		case "exp":
			return times(g, node);
		case "expm1":
			return times(g, add(node, 1));
		case "log":
			return div(g, u);
		case "log1p":
			return div(g, add(u, 1));
		case "sin":
			return times(g, cos(u));
		case "cos":
			return times(g, neg(sin(u)));
		case "tanh":
			return times(g, sub(1, mul(node, node)));
		case "logistic":
			return mul(times(g, sub(1, node)), node);
		case "softplus":
			if (jax) return times(g, exp(sub(u, node)));
			// PyTorch has eᵘ/(eᵘ + 1) up to its threshold, in float32 at least, where the exponential does not overflow.
			return where(gt(u, 0), times(g, logistic(u)), div(times(g, exp(u)), add(exp(u), 1)));
		case "erf":
			return times(g, mul(TWO_OVER_SQRT_PI, exp(neg(square(u)))));
		default:
			return times(g, substitute(differentiate(applyUnary(node.operator, input), "x"), u));
	}
}

function binaryShares(node: Binary, g: Expression, { jax, isOwn, isClamp, isNumber }: Manner): Shares {
	const { left: a, right: b } = node;
	switch (node.operator) {
		case "add":
			return [
				[a, g],
				[b, g],
			];
		case "sub":
			return [
				[a, g],
				[b, neg(g)],
			];
		case "mul":
			return [
				[a, times(g, b)],
				[b, times(g, a)],
			];
		case "div":
			if (!jax && isNumber(a)) {
				// PyTorch has it as the number times the reciprocal.
				const reciprocal = div(1, b);
				return [[b, mul(neg(times(g, a)), mul(reciprocal, reciprocal))]];
			}
			return [
				[a, div(g, b)],
				[b, jax ? mul(mul(neg(g), a), div(1, mul(b, b))) : times(neg(g), div(div(a, b), b))],
			];
		case "pow":
			return [
				[a, times(g, mul(b, pow(a, b.kind === "constant" ? b.value - 1 : sub(b, 1))))],
				[b, times(g, mul(node, log(a)))],
			];
		case "max":
		case "min": {
			const first = node.operator === "max" ? gt(a, b) : lt(a, b);
			// PyTorch's relu and hardtanh pass nothing on at a bound, its clamp all, its maximum half to each.
			const [ofA, ofB] = jax || !(isOwn || isClamp) ? [mul(HALF, g), mul(HALF, g)] : [isOwn ? ZERO : g, ZERO];
			return [
				[a, where(first, g, where(eq(a, b), ofA, ZERO))],
				[b, where(first, ZERO, where(eq(a, b), ofB, g))],
			];
		}
		case "and":
		case "or":
			return [];
	}
}
