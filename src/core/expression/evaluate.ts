import { erf, erfc, logistic, logNormalCdf, normalCdf, sinc, softplus } from "../numerics/special.ts";
import type { BinaryOperator, CompareOperator, Expression, Parameters, Unary, UnaryOperator } from "./expression.ts";
import { nodesOf, operandsOf } from "./walk.ts";

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

/** The value of one node by those of its operands. */
export function valueAt(
	node: Expression,
	x: number,
	parameters: Parameters,
	values: ReadonlyMap<Expression, number>,
): number {
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
	readonly round?: Rounding;
	/** The same for one operation, where they are not all rounded alike; it goes before `round`. */
	readonly roundOf?: (node: Expression) => Rounding | undefined;
	/** Rounds numbers that the code writes down. */
	readonly roundLiteral?: Rounding;
	readonly unary: Readonly<Partial<Record<UnaryOperator, (u: number) => number>>>;
	readonly binary: Readonly<Partial<Record<BinaryOperator, (a: number, b: number) => number>>>;
	/** Computes the first results of a unary operation on `u`, rounded, where there is a faster way than one by one. */
	readonly unaryBlock?: (node: Unary, u: Float64Array, out: Float64Array) => ((count: number) => void) | undefined;
}

/** Rounds the first `count` results of an operation in place. */
export type Rounding = (values: Float64Array, count: number) => void;

/** How the results of an operation are rounded; undefined where they are not. */
export function roundingOf({ round, roundOf }: Arithmetic, node: Expression): Rounding | undefined {
	return roundOf ? roundOf(node) : round;
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
 * the operations are done and rounded as it says. Where a few ulp do not matter and speed does, `kernel/kernel.ts` is
 * several times as fast, once it is made.
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
	const operations: Operation[] = [];
	const parameterSlots: { readonly name: string; readonly out: Float64Array }[] = [];
	/** Whether a node has one value in all of the block: what is made of such values alone is computed once. */
	const isFlat = new Uint8Array(order.length);
	order.forEach((node, slot) => {
		const out = work[slot];
		const of = (operand: Expression) => work[slots.get(operand)!];
		const push = (step: Step, round?: Rounding) => {
			const [a, b = a, c = a] = operandsOf(node).map((operand) => slots.get(operand)!);
			operations.push({ step, round, slot, out, a, b, c });
		};
		switch (node.kind) {
			case "constant":
				out.fill(node.value);
				arithmetic.roundLiteral?.(out, BLOCK);
				isFlat[slot] = 1;
				break;
			case "parameter":
				parameterSlots.push({ name: node.name, out });
				isFlat[slot] = 1;
				break;
			case "input":
				break;
			case "unary": {
				const u = of(node.operand);
				const block = arithmetic.unaryBlock?.(node, u, out);
				if (block) push(block);
				else push(unaryStep(node.operator, u, out, arithmetic.unary[node.operator]), roundingOf(arithmetic, node));
				break;
			}
			case "binary":
				push(
					binaryStep(node.operator, of(node.left), of(node.right), out, arithmetic.binary[node.operator]),
					roundingOf(arithmetic, node),
				);
				break;
			case "compare":
				push(compareStep(node.operator, of(node.left), of(node.right), out));
				break;
			case "where": {
				const [condition, then, otherwise] = [of(node.condition), of(node.then), of(node.otherwise)];
				push((count) => {
					for (let i = 0; i < count; i++) out[i] = condition[i] !== 0 ? then[i] : otherwise[i];
				});
			}
		}
	});
	const roots = expressions.map((root) => work[slots.get(root)!]);
	const input = order.findIndex(({ kind }) => kind === "input");
	return (x, into) => {
		for (const { name, out } of parameterSlots) {
			const value = parameters[name] ?? Number.NaN;
			out.fill(value);
			arithmetic.roundLiteral?.(out, BLOCK);
		}
		const results = into ?? expressions.map(() => new Float64Array(x.length));
		for (let start = 0; start < x.length; start += BLOCK) {
			const count = Math.min(BLOCK, x.length - start);
			if (input >= 0) for (let i = 0, block = work[input]; i < count; i++) block[i] = x[start + i];
			for (let k = 0; k < operations.length; k++) {
				const { step, round, slot, out, a, b, c } = operations[k];
				if ((isFlat[a] & isFlat[b] & isFlat[c]) === 1) {
					step(1);
					round?.(out, 1);
					out.fill(out[0], 1, count);
					isFlat[slot] = 1;
				} else {
					step(count);
					round?.(out, count);
					isFlat[slot] = hasOneValue(out, count) ? 1 : 0;
				}
			}
			for (let k = 0; k < roots.length; k++) {
				results[k].set(count === BLOCK ? roots[k] : roots[k].subarray(0, count), start);
			}
		}
		return results;
	};
}

/** Computes the first `count` values of a block. */
type Step = (count: number) => void;

interface Operation {
	readonly step: Step;
	readonly round: Rounding | undefined;
	readonly slot: number;
	readonly out: Float64Array;
	/** The operands' slots, the first again where there are fewer than three. */
	readonly a: number;
	readonly b: number;
	readonly c: number;
}

function hasOneValue(values: Float64Array, count: number): boolean {
	const first = values[0];
	if (!Object.is(first, values[count - 1])) return false;
	if (first === 0 || Number.isNaN(first)) {
		for (let i = 1; i < count; i++) if (!Object.is(values[i], first)) return false;
	} else for (let i = 1; i < count; i++) if (values[i] !== first) return false;
	return true;
}

/** The common operations are written out: a loop over a known operation is several times faster than one over a call. */
function unaryStep(operator: UnaryOperator, u: Float64Array, out: Float64Array, own?: (u: number) => number): Step {
	switch (own ? "own" : operator) {
		case "neg":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = -u[i];
			};
		case "abs":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = Math.abs(u[i]);
			};
		case "square":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = u[i] * u[i];
			};
		case "exp":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = Math.exp(u[i]);
			};
		case "tanh":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = Math.tanh(u[i]);
			};
		default: {
			const operation = own ?? unaryOperations[operator];
			return (count) => {
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
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] + b[i];
			};
		case "sub":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] - b[i];
			};
		case "mul":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] * b[i];
			};
		case "div":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] / b[i];
			};
		case "max":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = Math.max(a[i], b[i]);
			};
		case "min":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = Math.min(a[i], b[i]);
			};
		default: {
			const operation = own ?? binaryOperations[operator];
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = operation(a[i], b[i]);
			};
		}
	}
}

function compareStep(operator: CompareOperator, a: Float64Array, b: Float64Array, out: Float64Array): Step {
	switch (operator) {
		case "gt":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] > b[i] ? 1 : 0;
			};
		case "lt":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] < b[i] ? 1 : 0;
			};
		case "ge":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] >= b[i] ? 1 : 0;
			};
		case "le":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] <= b[i] ? 1 : 0;
			};
		default: {
			const operation = compareOperations[operator];
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = operation(a[i], b[i]) ? 1 : 0;
			};
		}
	}
}
