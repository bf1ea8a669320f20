import { erf, erfc, logistic, logNormalCdf, normalCdf, sinc, softplus } from "../numerics/special.ts";
import type {
	BinaryOperator,
	CompareOperator,
	Constant,
	Expression,
	Parameter,
	Parameters,
	Unary,
	UnaryOperator,
} from "./expression.ts";
import { nodesOf, operandsOf } from "./walk.ts";

/** Computes an operation of the first `count` numbers. */
type Loop = (u: Float64Array, out: Float64Array, count: number) => void;

const loops = new Map<(u: number) => number, Loop>();

/** The operation, with a loop that has it written out: several times as fast as one that calls it. */
export function withLoop(operation: (u: number) => number, loop: Loop): (u: number) => number {
	loops.set(operation, loop);
	return operation;
}

/** Each unary operation in float64. NaN gives NaN; a limit at ±∞ is taken where there is one. */
export const unaryOperations: Readonly<Record<UnaryOperator, (u: number) => number>> = {
	neg: withLoop(
		(u) => -u,
		(u, out, count) => {
			for (let i = 0; i < count; i++) out[i] = -u[i];
		},
	),
	abs: withLoop(Math.abs, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = Math.abs(u[i]);
	}),
	sign: Math.sign,
	square: withLoop(
		(u) => u * u,
		(u, out, count) => {
			for (let i = 0; i < count; i++) out[i] = u[i] * u[i];
		},
	),
	sqrt: withLoop(Math.sqrt, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = Math.sqrt(u[i]);
	}),
	exp: withLoop(Math.exp, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = Math.exp(u[i]);
	}),
	expm1: withLoop(Math.expm1, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = Math.expm1(u[i]);
	}),
	log: withLoop(Math.log, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = Math.log(u[i]);
	}),
	log1p: withLoop(Math.log1p, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = Math.log1p(u[i]);
	}),
	sin: withLoop(Math.sin, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = Math.sin(u[i]);
	}),
	cos: withLoop(Math.cos, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = Math.cos(u[i]);
	}),
	tan: Math.tan,
	sinh: Math.sinh,
	cosh: Math.cosh,
	tanh: withLoop(Math.tanh, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = Math.tanh(u[i]);
	}),
	atan: Math.atan,
	asinh: Math.asinh,
	erf,
	erfc,
	logistic: withLoop(logistic, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = logistic(u[i]);
	}),
	softplus: withLoop(softplus, (u, out, count) => {
		for (let i = 0; i < count; i++) out[i] = softplus(u[i]);
	}),
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
	let program = programs.get(expression);
	if (!program) {
		program = programOf(expression);
		programs.set(expression, program);
	}
	const { instructions, values } = program;
	for (let i = 0; i < instructions.length; i++) values[i] = instructions[i](values, x, parameters);
	return values[instructions.length - 1];
}

/** The value of a node by those of the nodes before it. */
type Instruction = (values: Float64Array, x: number, parameters: Parameters) => number;

interface Program {
	readonly instructions: readonly Instruction[];
	/** What is computed, until the next time. */
	readonly values: Float64Array;
}

const programs = new WeakMap<Expression, Program>();

function programOf(expression: Expression): Program {
	const nodes = nodesOf(expression);
	const places = new Map(nodes.map((node, i) => [node, i]));
	const instructions = nodes.map((node) => {
		const [a = 0, b = 0, c = 0] = operandsOf(node).map((operand) => places.get(operand)!);
		return instructionOf(node, a, b, c);
	});
	return { instructions, values: new Float64Array(nodes.length) };
}

function instructionOf(node: Expression, a: number, b: number, c: number): Instruction {
	switch (node.kind) {
		case "constant":
			return () => node.value;
		case "input":
			return (_, x) => x;
		case "parameter":
			return (_, __, parameters) => parameters[node.name] ?? Number.NaN;
		case "unary": {
			const operation = unaryOperations[node.operator];
			return (values) => operation(values[a]);
		}
		case "binary": {
			const operation = binaryOperations[node.operator];
			return (values) => operation(values[a], values[b]);
		}
		case "compare": {
			const operation = compareOperations[node.operator];
			return (values) => (operation(values[a], values[b]) ? 1 : 0);
		}
		case "where":
			return (values) => (values[a] !== 0 ? values[b] : values[c]);
	}
}

/** How a library computes in a type: what it rounds to, and the operations that it does in a way of its own. */
export interface Arithmetic {
	readonly round?: Rounding;
	/** The same for one operation, where they are not all rounded alike; it goes before `round`. */
	readonly roundOf?: (node: Expression) => Rounding | undefined;
	/** Rounds numbers that the code writes down. */
	readonly roundLiteral?: Rounding;
	/** What the library takes the input for, where that is not what it is. */
	readonly roundInput?: Rounding;
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

/** The unary operation as the library does it. */
export function operationOf(operator: UnaryOperator, { unary }: Arithmetic): (u: number) => number {
	return unary[operator] ?? unaryOperations[operator];
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
	const work = workArrays(order.length);
	const operations: Operation[] = [];
	const literals: { readonly node: Constant | Parameter; readonly out: Float64Array }[] = [];
	/** Whether a node has one value in all of the block: what is made of such values alone is computed once. */
	const isFlat = new Uint8Array(order.length);
	order.forEach((node, slot) => {
		const out = work[slot];
		switch (node.kind) {
			case "constant":
			case "parameter":
				literals.push({ node, out });
				isFlat[slot] = 1;
				break;
			case "input":
				break;
			default: {
				const operands = operandsOf(node).map((operand) => slots.get(operand)!);
				const [a, b = a, c = a] = operands;
				const of = operands.map((operand) => work[operand]);
				operations.push({ step: blockStep(node, of, out, arithmetic), slot, out, a, b, c });
			}
		}
	});
	const roots = expressions.map((root) => work[slots.get(root)!]);
	const input = order.findIndex(({ kind }) => kind === "input");
	return (x, into) => {
		for (let k = 0; k < literals.length; k++) {
			const { node, out } = literals[k];
			out[0] = node.kind === "constant" ? node.value : (parameters[node.name] ?? Number.NaN);
			arithmetic.roundLiteral?.(out, 1);
			out.fill(out[0], 1, x.length);
		}
		const results = into ?? expressions.map(() => new Float64Array(x.length));
		for (let start = 0; start < x.length; start += BLOCK) {
			const count = Math.min(BLOCK, x.length - start);
			if (input >= 0) {
				work[input].set(count === x.length ? x : x.subarray(start, start + count));
				arithmetic.roundInput?.(work[input], count);
			}
			for (let k = 0; k < operations.length; k++) {
				const { step, slot, out, a, b, c } = operations[k];
				if ((isFlat[a] & isFlat[b] & isFlat[c]) === 1) {
					step(1);
					out.fill(out[0], 1, count);
					isFlat[slot] = 1;
				} else {
					step(count);
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

const known: Float64Array[] = [];

/** Arrays for a block's values. All functions share them: each is done with them when it returns. */
function workArrays(count: number): Float64Array[] {
	while (known.length < count) known.push(new Float64Array(BLOCK));
	return known.slice(0, count);
}

/** A node that computes something of others. */
export type Operator = Extract<Expression, { readonly kind: "unary" | "binary" | "compare" | "where" }>;

/** Computes the first `count` values of a block. */
export type Step = (count: number) => void;

interface Operation {
	readonly step: Step;
	readonly slot: number;
	readonly out: Float64Array;
	/** The operands' slots, the first again where there are fewer than three. */
	readonly a: number;
	readonly b: number;
	readonly c: number;
}

/** How an operation is computed on arrays of its operands' values, and rounded. */
export function blockStep(
	node: Operator,
	operands: readonly Float64Array[],
	out: Float64Array,
	arithmetic: Arithmetic,
): Step {
	const [a, b = a, c = a] = operands;
	switch (node.kind) {
		case "unary":
			return (
				arithmetic.unaryBlock?.(node, a, out) ??
				roundedStep(unaryStep(operationOf(node.operator, arithmetic), a, out), node, out, arithmetic)
			);
		case "binary":
			return roundedStep(binaryStep(node.operator, a, b, out, arithmetic.binary[node.operator]), node, out, arithmetic);
		case "compare":
			return compareStep(node.operator, a, b, out);
		case "where":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = a[i] !== 0 ? b[i] : c[i];
			};
	}
}

function roundedStep(step: Step, node: Operator, out: Float64Array, arithmetic: Arithmetic): Step {
	const round = roundingOf(arithmetic, node);
	if (!round) return step;
	return (count) => {
		step(count);
		round(out, count);
	};
}

/** Whether the first `count` values are one number, bit for bit. */
export function hasOneValue(values: Float64Array, count: number): boolean {
	const first = values[0];
	if (!Object.is(first, values[count - 1])) return false;
	if (first === 0 || Number.isNaN(first)) {
		for (let i = 1; i < count; i++) if (!Object.is(values[i], first)) return false;
	} else for (let i = 1; i < count; i++) if (values[i] !== first) return false;
	return true;
}

function unaryStep(operation: (u: number) => number, u: Float64Array, out: Float64Array): Step {
	const loop = loops.get(operation);
	if (loop) return (count) => loop(u, out, count);
	return (count) => {
		for (let i = 0; i < count; i++) out[i] = operation(u[i]);
	};
}

/** The common operations are written out, as in `withLoop`. */
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
		case "pow":
			return (count) => {
				for (let i = 0; i < count; i++) out[i] = power(a[i], b[i]);
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
