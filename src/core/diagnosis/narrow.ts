import {
	type Arithmetic,
	binaryOperations,
	blockStep,
	compile,
	hasOneValue,
	operationOf,
	type Rounding,
	roundingOf,
} from "../expression/evaluate.ts";
import type { BinaryOperator, Constant, Expression, Parameter, Parameters } from "../expression/expression.ts";
import {
	BLOCK,
	type BlockStep,
	type ExactOperation,
	MOST_ARRAYS,
	type NarrowFormat,
	type RoundedOperation,
	roundedSteps,
} from "../expression/kernel/roundedSteps.ts";
import { nodesOf, operandsOf } from "../expression/walk.ts";
import type { Dtype } from "../numerics/dtype.ts";
import { inputsOf, singleInputsOf } from "./ladder.ts";
import { singleStep, tabulated } from "./tabulated.ts";

/** An arithmetic that says of its roundings to which format they are, where that is one narrower than float64. */
export interface NarrowArithmetic extends Arithmetic {
	readonly formatOf?: (node: Expression) => NarrowFormat | undefined;
}

const QUICK: ReadonlySet<string> = new Set<RoundedOperation>(["neg", "abs", "sign", "square", "sqrt"]);
const QUICK_BINARY: ReadonlySet<string> = new Set<RoundedOperation>(["add", "sub", "mul", "div", "max", "min"]);

/** Results go to `into` where it is given: as many arrays as expressions, each as long as `x`. */
type Run = (x: Float64Array, into?: Float64Array[]) => Float64Array[];

/**
 * `compile` for an arithmetic on numbers of `dtype`, bit for bit. Of a 16-bit type everything that is computed is a
 * float32 number, and four are computed at a time, where all is rounded to such; exp, tanh and the like are looked up.
 * The parameters are those of now.
 */
export function compileIn(
	expressions: readonly Expression[],
	parameters: Parameters,
	arithmetic: NarrowArithmetic,
	dtype: Dtype,
): Run {
	const narrow =
		dtype === "float16" || dtype === "bfloat16" ? narrowRun(expressions, parameters, arithmetic, dtype) : null;
	return narrow ?? compile(expressions, parameters, tabulated(arithmetic, dtype));
}

interface Operation {
	readonly run: (count: number) => void;
	readonly out: Values;
	/** The operands' values, the first's again where there are fewer than three. */
	readonly a: Values;
	readonly b: Values;
	readonly c: Values;
}

/** A node's values: float32 numbers where all of them are such, or float64 ones. Others may ask for them as the latter. */
class Values {
	readonly narrow: Float32Array;
	readonly isWide: boolean;
	/** Whether all values of the block are one. */
	isFlat = false;
	readonly #bits: Int32Array;
	#wide: Float64Array | undefined;

	constructor(narrow: Float32Array, isWide: boolean) {
		this.narrow = narrow;
		this.isWide = isWide;
		this.#bits = new Int32Array(narrow.buffer, narrow.byteOffset, BLOCK);
	}

	get wide(): Float64Array {
		this.#wide ??= new Float64Array(BLOCK);
		return this.#wide;
	}

	get values(): Float32Array | Float64Array {
		return this.isWide ? this.wide : this.narrow;
	}

	/** After all values, or the first where they are to be one, were computed. */
	settle(count: number, isOne: boolean): void {
		if (isOne) this.values.fill(this.values[0]!);
		this.isFlat = isOne || (this.isWide ? hasOneValue(this.wide, count) : hasOneWord(this.#bits, count));
		// What is narrow has been asked for as wide before, when the operations were chosen.
		if (!this.isWide) this.#wide?.set(this.narrow);
	}
}

/**
 * Null where it is not said what is rounded to what. What is not rounded to a narrow format, as where an array meets a
 * float64 number of NumPy's, is computed in float64, and so is what is made of it.
 */
function narrowRun(
	expressions: readonly Expression[],
	parameters: Parameters,
	arithmetic: NarrowArithmetic,
	dtype: Dtype,
): Run | null {
	const order = [...new Set(expressions.flatMap((root) => [...nodesOf(root)]))];
	const { formatOf } = arithmetic;
	if (!formatOf || order.length > MOST_ARRAYS) return null;
	const steps = roundedSteps();
	const inFloat64 = tabulated(arithmetic, dtype);
	const addressOf = (slot: number) => steps.start + slot * BLOCK * Float32Array.BYTES_PER_ELEMENT;
	const slots = new Map(order.map((node, slot) => [node, slot]));
	const operations: Operation[] = [];
	const literals: { readonly slot: number; readonly value: number }[] = [];
	const all: Values[] = [];
	for (const [slot, node] of order.entries()) {
		const operands = operandsOf(node).map((operand) => slots.get(operand)!);
		const add = (isWide: boolean) => {
			const values = new Values(new Float32Array(steps.buffer, addressOf(slot), BLOCK), isWide);
			all.push(values);
			return values;
		};
		const push = (run: Operation["run"]) => {
			const [a, b = a, c = a] = operands.map((operand) => all[operand]!) as [Values, Values?, Values?];
			operations.push({ run, out: all[slot]!, a, b, c });
		};
		const quick = (step: BlockStep) => {
			const [a = 0, b = 0, c = 0] = operands.map(addressOf);
			const out = addressOf(slot);
			push((count) => step(a, b, c, out, 16 * Math.ceil(count / 4)));
		};
		if (node.kind === "input") {
			add(false);
			continue;
		}
		if (node.kind === "constant" || node.kind === "parameter") {
			const value = literalOf(node, parameters, arithmetic);
			literals.push({ slot, value });
			add(!Object.is(Math.fround(value), value));
			continue;
		}
		const isRounded = node.kind === "unary" || (node.kind === "binary" && !isLogical(node.operator));
		const format = isRounded ? formatOf(node) : undefined;
		if ((isRounded && !format) || operands.some((operand) => all[operand]!.isWide)) {
			const of = operands.map((operand) => all[operand]!.wide);
			push(blockStep(node, of, add(true).wide, inFloat64));
			continue;
		}
		const out = add(false).narrow;
		const [u, v] = operands.map((operand) => all[operand]!.narrow);
		switch (node.kind) {
			case "unary":
				if (QUICK.has(node.operator) && !arithmetic.unary[node.operator])
					quick(steps.rounded(node.operator as RoundedOperation, format!)); // By the line above.
				else push(singleStep(operationOf(node.operator, arithmetic), roundingOf(arithmetic, node), dtype, u!, out));
				break;
			case "binary":
				if (isLogical(node.operator)) quick(steps.exact(node.operator));
				else if (QUICK_BINARY.has(node.operator) && !arithmetic.binary[node.operator])
					quick(steps.rounded(node.operator as RoundedOperation, format!)); // By the line above.
				else if (node.operator === "pow" && node.right.kind === "constant" && !arithmetic.binary.pow) {
					const raised = powerBy(literalOf(node.right, parameters, arithmetic));
					push(singleStep(raised, roundingOf(arithmetic, node), dtype, u!, out));
				} else {
					const operation = arithmetic.binary[node.operator] ?? binaryOperations[node.operator];
					push(slowBinary(operation, u!, v!, roundingOf(arithmetic, node), out));
				}
				break;
			case "compare":
				quick(steps.exact(node.operator satisfies ExactOperation));
				break;
			case "where":
				quick(steps.exact("where"));
		}
	}
	const input = all[order.findIndex(({ kind }) => kind === "input")];
	const roots = expressions.map((root) => all[slots.get(root)!]!);
	const asWide = new Float64Array(BLOCK);
	return (x, into) => {
		// All functions share the arrays.
		for (const { slot, value } of literals) {
			all[slot]!.values[0] = value;
			all[slot]!.settle(BLOCK, true);
		}
		const results = into ?? expressions.map(() => new Float64Array(x.length));
		const from = x === inputsOf(dtype) ? singleInputsOf(dtype) : x;
		for (let start = 0; start < x.length; start += BLOCK) {
			const count = Math.min(BLOCK, x.length - start);
			if (input) {
				const { narrow } = input;
				narrow.set(count === x.length ? x : from.subarray(start, start + count));
				if (arithmetic.roundInput) {
					asWide.set(narrow);
					arithmetic.roundInput(asWide, count);
					narrow.set(asWide);
				}
				input.settle(count, false);
			}
			for (let k = 0; k < operations.length; k++) {
				const { run, out, a, b, c } = operations[k]!;
				const isOne = a.isFlat && b.isFlat && c.isFlat;
				run(isOne ? 1 : count);
				out.settle(count, isOne);
			}
			for (let k = 0; k < roots.length; k++) {
				const { values } = roots[k]!;
				results[k]!.set(count === BLOCK ? values : values.subarray(0, count), start);
			}
		}
		return results;
	};
}

function isLogical(operator: BinaryOperator): operator is "and" | "or" {
	return operator === "and" || operator === "or";
}

/** A number that the code writes down or sets, as the library takes it. */
function literalOf(node: Constant | Parameter, parameters: Parameters, { roundLiteral }: Arithmetic): number {
	const cell = Float64Array.of(node.kind === "constant" ? node.value : (parameters[node.name] ?? Number.NaN));
	roundLiteral?.(cell, 1);
	return cell[0]!;
}

/** One function an exponent, so that its table is found again. */
const powers = new Map<number, (u: number) => number>();

function powerBy(exponent: number): (u: number) => number {
	const raised = powers.get(exponent) ?? ((u: number) => binaryOperations.pow(u, exponent));
	powers.set(exponent, raised);
	return raised;
}

function slowBinary(
	operation: (a: number, b: number) => number,
	a: Float32Array,
	b: Float32Array,
	round: Rounding | undefined,
	out: Float32Array,
): (count: number) => void {
	const wide = new Float64Array(BLOCK);
	return (count) => {
		for (let i = 0; i < count; i++) wide[i] = operation(a[i]!, b[i]!);
		round?.(wide, count);
		for (let i = 0; i < count; i++) out[i] = wide[i]!;
	};
}

function hasOneWord(bits: Int32Array, count: number): boolean {
	const first = bits[0]!;
	if (first !== bits[count - 1]) return false;
	for (let i = 1; i < count; i++) if (bits[i] !== first) return false;
	return true;
}
