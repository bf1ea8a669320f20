import { erf, erfc, logistic, logNormalCdf, normalCdf, sinc, softplus } from "../numerics/special.ts";
import type { BinaryOperator, CompareOperator, Expression, Parameters, UnaryOperator } from "./expression.ts";
import { nodesOf } from "./walk.ts";

/** Each unary operation in float64. NaN gives NaN; a limit at ±∞ is taken where there is one. */
export const unaryOperations: Readonly<Record<UnaryOperator, (u: number) => number>> = {
	neg: (u) => -u,
	abs: Math.abs,
	sign: Math.sign,
	square: (u) => u * u,
	sqrt: Math.sqrt,
	exp: Math.exp,
	expm1: Math.expm1,
	log: Math.log,
	log1p: Math.log1p,
	sin: Math.sin,
	cos: Math.cos,
	tan: Math.tan,
	sinh: Math.sinh,
	cosh: Math.cosh,
	tanh: Math.tanh,
	atan: Math.atan,
	asinh: Math.asinh,
	erf,
	erfc,
	logistic,
	softplus,
	normalCdf,
	logNormalCdf,
	sinc,
	floor: Math.floor,
	not: (u) => (u === 0 ? 1 : 0),
};

/** Each binary operation in float64. `max` and `min` pass NaN through, as NumPy's maximum and PyTorch's do. */
export const binaryOperations: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
	add: (a, b) => a + b,
	sub: (a, b) => a - b,
	mul: (a, b) => a * b,
	div: (a, b) => a / b,
	pow: power,
	max: Math.max,
	min: Math.min,
	and: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
	or: (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
};

export const compareOperations: Readonly<Record<CompareOperator, (a: number, b: number) => boolean>> = {
	lt: (a, b) => a < b,
	le: (a, b) => a <= b,
	gt: (a, b) => a > b,
	ge: (a, b) => a >= b,
	eq: (a, b) => a === b,
	ne: (a, b) => a !== b,
};

/** aᵇ as IEEE 754 and NumPy have it: 1^NaN, 1^∞ and (−1)^±∞ are 1, where JavaScript gives NaN. */
function power(a: number, b: number): number {
	if (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY)) return 1;
	return a ** b;
}

/** The value at `x` in float64, each operation rounded. A parameter without a value is NaN. */
export function evaluate(expression: Expression, x: number, parameters: Parameters = {}): number {
	const values = new Map<Expression, number>();
	for (const node of nodesOf(expression)) values.set(node, valueAt(node, x, parameters, values));
	return values.get(expression)!;
}

function valueAt(node: Expression, x: number, parameters: Parameters, values: ReadonlyMap<Expression, number>): number {
	switch (node.kind) {
		case "constant":
			return node.value;
		case "input":
			return x;
		case "parameter":
			return parameters[node.name] ?? Number.NaN;
		case "unary":
			return unaryOperations[node.operator](values.get(node.operand)!);
		case "binary":
			return binaryOperations[node.operator](values.get(node.left)!, values.get(node.right)!);
		case "compare":
			return compareOperations[node.operator](values.get(node.left)!, values.get(node.right)!) ? 1 : 0;
		case "where":
			return values.get(values.get(node.condition) !== 0 ? node.then : node.otherwise)!;
	}
}

/** How a library computes in a type: what it rounds to, and the operations that it does in a way of its own. */
export interface Arithmetic {
	/** Rounds the first `count` results of an operation in place. */
	readonly round?: (values: Float64Array, count: number) => void;
	/** The same for one operation, where they are not all rounded alike; it goes before `round`. */
	readonly roundOf?: (node: Expression) => ((values: Float64Array, count: number) => void) | undefined;
	/** Rounds numbers that the code writes down. */
	readonly roundLiteral?: (values: Float64Array, count: number) => void;
	readonly unary: Readonly<Partial<Record<UnaryOperator, (u: number) => number>>>;
	readonly binary: Readonly<Partial<Record<BinaryOperator, (a: number, b: number) => number>>>;
}

const FLOAT64: Arithmetic = { unary: {}, binary: {} };

/** Points computed at a time: the work arrays of a block stay in the first-level cache. */
const BLOCK = 256;

/**
 * A fast evaluator of several expressions at once over arrays: `compile([f, f′])(xs)` gives `[f(xs), f′(xs)]`, each as
 * long as `xs`. Shared sub-expressions are computed once. Operation by operation over blocks, so the cost of choosing
 * the operation is spread over a block; the results are those of `evaluate`, bit for bit.
 *
 * `parameters` is read at each call, so an owner who changes it changes what is computed. Results go to `into` where it
 * is given (arrays as long as `xs`, one an expression), so that a loop of calls allocates nothing. With an `arithmetic`
 * the operations are done and rounded as it says.
 */
export function compile(
	expressions: readonly Expression[],
	parameters: Parameters = {},
	arithmetic: Arithmetic = FLOAT64,
): (x: Float64Array, into?: Float64Array[]) => Float64Array[] {
	const order: Expression[] = [];
	const slots = new Map<Expression, number>();
	for (const root of expressions) {
		for (const node of nodesOf(root)) {
			if (slots.has(node)) continue;
			slots.set(node, order.length);
			order.push(node);
		}
	}
	const work = order.map(() => new Float64Array(BLOCK));
	const steps: Step[] = [];
	const parameterSlots: { readonly name: string; readonly out: Float64Array }[] = [];
	const pushRounded = (node: Expression, step: Step, out: Float64Array) => {
		steps.push(step);
		const round = arithmetic.roundOf ? arithmetic.roundOf(node) : arithmetic.round;
		if (round) steps.push((_x, _start, count) => round(out, count));
	};
	order.forEach((node, slot) => {
		const out = work[slot];
		const of = (operand: Expression) => work[slots.get(operand)!];
		switch (node.kind) {
			case "constant":
				out.fill(node.value);
				arithmetic.roundLiteral?.(out, BLOCK);
				break;
			case "parameter":
				parameterSlots.push({ name: node.name, out });
				break;
			case "input":
				steps.push((x, start, count) => {
					for (let i = 0; i < count; i++) out[i] = x[start + i];
				});
				break;
			case "unary":
				pushRounded(node, unaryStep(node.operator, of(node.operand), out, arithmetic.unary[node.operator]), out);
				break;
			case "binary":
				pushRounded(
					node,
					binaryStep(node.operator, of(node.left), of(node.right), out, arithmetic.binary[node.operator]),
					out,
				);
				break;
			case "compare":
				steps.push(compareStep(node.operator, of(node.left), of(node.right), out));
				break;
			case "where": {
				const [condition, then, otherwise] = [of(node.condition), of(node.then), of(node.otherwise)];
				steps.push((_x, _start, count) => {
					for (let i = 0; i < count; i++) out[i] = condition[i] !== 0 ? then[i] : otherwise[i];
				});
			}
		}
	});
	const roots = expressions.map((root) => work[slots.get(root)!]);
	return (x, into) => {
		for (const { name, out } of parameterSlots) {
			const value = parameters[name] ?? Number.NaN;
			out.fill(value);
			arithmetic.roundLiteral?.(out, BLOCK);
		}
		const results = into ?? expressions.map(() => new Float64Array(x.length));
		for (let start = 0; start < x.length; start += BLOCK) {
			const count = Math.min(BLOCK, x.length - start);
			for (const step of steps) step(x, start, count);
			for (let k = 0; k < roots.length; k++) {
				results[k].set(count === BLOCK ? roots[k] : roots[k].subarray(0, count), start);
			}
		}
		return results;
	};
}

type Step = (x: Float64Array, start: number, count: number) => void;

/** The common operations are written out: a loop over a known operation is several times faster than one over a call. */
function unaryStep(operator: UnaryOperator, u: Float64Array, out: Float64Array, own?: (u: number) => number): Step {
	switch (own ? "own" : operator) {
		case "neg":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = -u[i];
			};
		case "abs":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = Math.abs(u[i]);
			};
		case "square":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = u[i] * u[i];
			};
		case "exp":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = Math.exp(u[i]);
			};
		case "tanh":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = Math.tanh(u[i]);
			};
		default: {
			const operation = own ?? unaryOperations[operator];
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = operation(u[i]);
			};
		}
	}
}

function binaryStep(
	operator: BinaryOperator,
	a: Float64Array,
	b: Float64Array,
	out: Float64Array,
	own?: (a: number, b: number) => number,
): Step {
	switch (own ? "own" : operator) {
		case "add":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] + b[i];
			};
		case "sub":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] - b[i];
			};
		case "mul":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] * b[i];
			};
		case "div":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] / b[i];
			};
		case "max":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = Math.max(a[i], b[i]);
			};
		case "min":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = Math.min(a[i], b[i]);
			};
		default: {
			const operation = own ?? binaryOperations[operator];
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = operation(a[i], b[i]);
			};
		}
	}
}

function compareStep(operator: CompareOperator, a: Float64Array, b: Float64Array, out: Float64Array): Step {
	switch (operator) {
		case "gt":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] > b[i] ? 1 : 0;
			};
		case "lt":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] < b[i] ? 1 : 0;
			};
		case "ge":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] >= b[i] ? 1 : 0;
			};
		case "le":
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] <= b[i] ? 1 : 0;
			};
		default: {
			const operation = compareOperations[operator];
			return (_x, _start, count) => {
				for (let i = 0; i < count; i++) out[i] = operation(a[i], b[i]) ? 1 : 0;
			};
		}
	}
}
