import { BallFunctions } from "../numerics/ballFunctions.ts";
import { nextUp } from "../numerics/dtype.ts";
import { type Ball, type Enclosure, isBall, isLarge, isScaled, midpoint, roundEnds } from "../numerics/enclosure.ts";
import type { Compare, Expression, Parameters } from "./expression.ts";

/** Working precisions tried in turn. The first settles nearly every value; the last is beyond any cancellation in doubles. */
const PRECISIONS = [96, 192, 384, 768, 1536, 3072, 6144];
/** So many values are sought to the last precision in vain before the rest of many is only sought with the first few. */
const MOST_IN_VAIN = 16;
const FEW_PRECISIONS = PRECISIONS.slice(0, 4);
/** Inputs that stand for ±∞ where the limit cannot be seen from the operations' own limits. */
const LIMIT_INPUTS = [
	{ exponents: [2 ** 30, 2 ** 31], precisions: [128, 1024] },
	{ exponents: [1100, 1200], precisions: [512, 3072, 8192] },
];

/**
 * The double nearest to the expression's true value at exactly `x` and exactly these parameters: correctly rounded.
 *
 * The expression means its mathematics, not its float64 evaluation: `1/(1 + exp(-x))` at −800 is 3.7e-348, rounded to 0.
 * At ±∞ it is the limit, NaN where there is none; NaN where the function is undefined. A zero is +0. Where the value
 * does not settle at 6,144 bits between two neighbouring doubles, it is the nearer; NaN where even that is unknown.
 */
export function evaluateExactly(expression: Expression, x: number, parameters: Parameters = {}): number {
	return exactlyAt(x, parameters)(expression);
}

/** Whether the value is 0 because the expression says so (a flat piece), not because it rounds to 0. */
export function isExactlyZero(expression: Expression, x: number, parameters: Parameters = {}): boolean {
	const value = evaluationAt(x, PRECISIONS[0], parameters).of(expression);
	return isBall(value) && value.mantissa === 0n && value.radius === 0n;
}

/** Whether the expression has no value at `x`; false also where that cannot be told. */
export function isUndefined(expression: Expression, x: number, parameters: Parameters = {}): boolean {
	return [PRECISIONS[0], PRECISIONS[2]].some((bits) => evaluationAt(x, bits, parameters).of(expression) === "nan");
}

/** `evaluateExactly` of several expressions that share parts. */
export function evaluateAllExactly(
	expressions: readonly Expression[],
	x: number,
	parameters: Parameters = {},
): number[] {
	return expressions.map(exactlyAt(x, parameters));
}

/**
 * `evaluateAllExactly` at one input after the other. A value that does not settle costs as much as thousands that do:
 * after some of them the others are tried to fewer bits, and what settles beyond is NaN as well.
 */
export function exactlyAlong(expressions: readonly Expression[], parameters: Parameters = {}): (x: number) => number[] {
	let inVain = 0;
	return (x) => {
		const known = knownAt(x, parameters, inVain < MOST_IN_VAIN ? PRECISIONS : FEW_PRECISIONS);
		return expressions.map((expression) => {
			const value = known(expression);
			if (value === undefined) inVain++;
			return value ?? Number.NaN;
		});
	};
}

/** `evaluateExactly` at one input, of one expression after the other: parts that they share are computed once. */
export function exactlyAt(x: number, parameters: Parameters = {}): (expression: Expression) => number {
	const known = knownAt(x, parameters);
	return (expression) => known(expression) ?? Number.NaN;
}

/** `evaluateExactly`, but undefined where the value is not known: NaN only where the function has none. */
export function evaluateIfKnown(expression: Expression, x: number, parameters: Parameters = {}): number | undefined {
	return knownAt(x, parameters)(expression);
}

function knownAt(
	x: number,
	parameters: Parameters,
	precisions: readonly number[] = PRECISIONS,
): (expression: Expression) => number | undefined {
	if (Number.isNaN(x)) return () => Number.NaN;
	if (!Number.isFinite(x)) return limitsAt(x, parameters);
	const evaluations: Evaluation[] = [];
	return (expression) => {
		for (const [i, bits] of precisions.entries()) {
			evaluations[i] ??= evaluationAt(x, bits, parameters);
			const value = settled(evaluations[i].of(expression));
			if (value !== undefined) return value;
		}
		return betweenNeighbours(evaluations.at(-1)!.of(expression)) ?? farOut(expression, x, parameters, precisions);
	};
}

function evaluationAt(x: number, bits: number, parameters: Parameters): Evaluation {
	const arithmetic = new BallFunctions(bits);
	return new Evaluation(arithmetic, arithmetic.fromNumber(x), parameters);
}

/**
 * At |x| > 2⁵⁰ an e^x inside can lie beyond every exponent that is kept. By then a function that has a limit has reached
 * it: its value is what two smaller inputs agree on, and not known if they do not.
 */
function farOut(
	expression: Expression,
	x: number,
	parameters: Parameters,
	precisions: readonly number[],
): number | undefined {
	return Math.abs(x) < 2 ** 50 ? undefined : agreed(expression, Math.sign(x), parameters, precisions);
}

function agreed(
	expression: Expression,
	sign: number,
	parameters: Parameters,
	precisions: readonly number[] = PRECISIONS,
): number | undefined {
	const [near, far] = [2 ** 46, 2 ** 49].map((size) => knownAt(sign * size, parameters, precisions)(expression));
	return near === far ? near : undefined;
}

function limitsAt(x: number, parameters: Parameters): (expression: Expression) => number | undefined {
	const arithmetic = new BallFunctions(256, true);
	const symbolic = new Evaluation(arithmetic, arithmetic.fromNumber(x), parameters);
	return (expression) => settled(symbolic.of(expression)) ?? numericLimit(expression, x > 0 ? 1n : -1n, parameters);
}

function numericLimit(expression: Expression, sign: bigint, parameters: Parameters): number | undefined {
	for (const { exponents, precisions } of LIMIT_INPUTS) {
		// One far input is no limit: log x is an ordinary number at 2^(2³⁰). Two that agree are.
		const values = exponents.map((exponent) =>
			valueFarOut(expression, { mantissa: sign, radius: 0n, exponent }, precisions, parameters),
		);
		if (values[0] !== undefined && values[0] === values[1]) return values[0];
	}
	return agreed(expression, Number(sign), parameters);
}

function valueFarOut(
	expression: Expression,
	input: Ball,
	precisions: readonly number[],
	parameters: Parameters,
): number | undefined {
	for (const bits of precisions) {
		const value = settled(new Evaluation(new BallFunctions(bits, true), input, parameters).of(expression));
		if (value !== undefined && !Number.isNaN(value)) return value;
	}
	return undefined;
}

/** The middle of an enclosure so narrow that only a tie of two neighbouring doubles is open; undefined for a wide one. */
function betweenNeighbours(value: Enclosure): number | undefined {
	if (!isBall(value)) return undefined;
	const [low, high] = roundEnds(value);
	return nextUp(low, "float64") >= high ? midpoint(value) : undefined;
}

/** The double that every number in the enclosure rounds to; undefined where there are several. */
function settled(value: Enclosure): number | undefined {
	if (value === "nan") return Number.NaN;
	if (value === "+inf") return Number.POSITIVE_INFINITY;
	if (value === "-inf") return Number.NEGATIVE_INFINITY;
	if (value === "unknown") return undefined;
	if (isScaled(value)) return isLarge(value) ? value.sign * Number.POSITIVE_INFINITY : 0;
	const [low, high] = roundEnds(value);
	return low === high ? (low === 0 ? 0 : low) : undefined;
}

/** One pass at one precision. Only the branches that are taken are computed; a where that cannot be decided is unknown. */
class Evaluation {
	readonly #arithmetic: BallFunctions;
	readonly #input: Enclosure;
	readonly #parameters: Parameters;
	readonly #known = new Map<Expression, Enclosure>();

	constructor(arithmetic: BallFunctions, input: Enclosure, parameters: Parameters) {
		this.#arithmetic = arithmetic;
		this.#input = input;
		this.#parameters = parameters;
	}

	of(root: Expression): Enclosure {
		const stack = [root];
		while (stack.length > 0) {
			const node = stack[stack.length - 1];
			if (this.#known.has(node)) {
				stack.pop();
				continue;
			}
			const missing = this.#needs(node).filter((operand) => !this.#known.has(operand));
			if (missing.length > 0) stack.push(...missing);
			else {
				this.#known.set(node, this.#compute(node));
				stack.pop();
			}
		}
		return this.#get(root);
	}

	#get(node: Expression): Enclosure {
		return this.#known.get(node) as Enclosure; // `of` computes operands first.
	}

	/** The operands to compute next; for a where, the branch only once the condition is known. */
	#needs(node: Expression): readonly Expression[] {
		switch (node.kind) {
			case "unary":
				return [node.operand];
			case "binary":
			case "compare":
				return [node.left, node.right];
			case "where": {
				if (!this.#known.has(node.condition)) return [node.condition];
				const taken = truth(this.#get(node.condition));
				return taken === undefined ? [] : [taken ? node.then : node.otherwise];
			}
			default:
				return [];
		}
	}

	#compute(node: Expression): Enclosure {
		const a = this.#arithmetic;
		switch (node.kind) {
			case "input":
				return this.#input;
			case "parameter":
				return a.fromNumber(this.#parameters[node.name] ?? Number.NaN);
			case "constant":
				if (node.exact === undefined) return a.fromNumber(node.value);
				if (node.exact === "pi") return a.pi();
				if (node.exact === "e") return a.exp(a.fromNumber(1));
				return a.fromDecimal(node.exact);
			case "compare":
				return this.#compare(node);
			case "where": {
				const taken = truth(this.#get(node.condition));
				return taken === undefined ? "unknown" : this.#get(taken ? node.then : node.otherwise);
			}
			case "unary": {
				const u = this.#get(node.operand);
				switch (node.operator) {
					case "sign":
						return this.#signOf(u);
					case "square":
						return a.mul(u, u);
					case "not": {
						const value = truth(u);
						return value === undefined ? "unknown" : fromTruth(!value);
					}
					default:
						return a[node.operator](u);
				}
			}
			case "binary": {
				const [u, v] = [this.#get(node.left), this.#get(node.right)];
				switch (node.operator) {
					case "max":
					case "min": {
						if (u === "nan" || v === "nan") return "nan";
						const order = a.compare(u, v);
						if (order === undefined) return node.left === node.right ? u : "unknown";
						return order > 0 === (node.operator === "max") ? u : v;
					}
					case "and":
					case "or": {
						const [p, q] = [truth(u), truth(v)];
						const decides = node.operator === "or";
						if (p === decides || q === decides) return fromTruth(decides);
						return p === undefined || q === undefined ? "unknown" : fromTruth(!decides);
					}
					case "sub":
						// Two balls of one radius enclose 0, and more; the same number less itself is 0.
						return node.left === node.right && typeof u !== "string" ? a.fromNumber(0) : a.sub(u, v);
					case "mul":
						// A square is never negative, which a product of two balls cannot see.
						return node.left === node.right && typeof u !== "string" ? a.abs(a.mul(u, u)) : a.mul(u, v);
					default:
						return a[node.operator](u, v);
				}
			}
		}
	}

	#signOf(u: Enclosure): Enclosure {
		if (u === "nan") return "nan";
		const order = this.#arithmetic.compare(u, this.#arithmetic.fromNumber(0));
		return order === undefined ? "unknown" : this.#arithmetic.fromNumber(order);
	}

	#compare(node: Compare): Enclosure {
		const [u, v] = [this.#get(node.left), this.#get(node.right)];
		if (u === "nan" || v === "nan") return fromTruth(node.operator === "ne");
		// Two balls of one radius overlap, though they enclose the same number.
		const order = node.left === node.right && u !== "unknown" ? 0 : this.#arithmetic.compare(u, v);
		if (order === undefined) return "unknown";
		switch (node.operator) {
			case "lt":
				return fromTruth(order < 0);
			case "le":
				return fromTruth(order <= 0);
			case "gt":
				return fromTruth(order > 0);
			case "ge":
				return fromTruth(order >= 0);
			case "eq":
				return fromTruth(order === 0);
			case "ne":
				return fromTruth(order !== 0);
		}
	}
}

const TRUE: Ball = { mantissa: 1n, radius: 0n, exponent: 0 };
const FALSE: Ball = { mantissa: 0n, radius: 0n, exponent: 0 };

function fromTruth(value: boolean): Ball {
	return value ? TRUE : FALSE;
}

/** Whether the value is not 0; undefined where the ball leaves it open. */
function truth(value: Enclosure): boolean | undefined {
	if (value === "unknown") return undefined;
	if (!isBall(value)) return true;
	if (value.mantissa === 0n && value.radius === 0n) return false;
	const size = value.mantissa < 0n ? -value.mantissa : value.mantissa;
	return size > value.radius ? true : undefined;
}
