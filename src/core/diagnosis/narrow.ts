import { type Arithmetic, binaryOperations, compile, type Rounding, roundingOf } from "../expression/evaluate.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
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
import { singleStep, tabulated } from "./tabulated.ts";

/** An arithmetic that says of its roundings to which format they are, where that is one narrower than float64. */
export interface NarrowArithmetic extends Arithmetic {
	readonly formatOf?: (node: Expression) => NarrowFormat | undefined;
}

const QUICK: ReadonlySet<string> = new Set<RoundedOperation>(["neg", "abs", "square", "sqrt"]);
const QUICK_BINARY: ReadonlySet<string> = new Set<RoundedOperation>(["add", "sub", "mul", "div", "max", "min"]);

type Run = (x: Float64Array) => Float64Array[];

/**
 * `compile` for an arithmetic on numbers of `dtype`, bit for bit. Of a 16-bit type everything that is computed is a
 * float32 number, and four are computed at a time, where all is rounded to such; exp, tanh and the like are looked up.
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
	readonly slot: number;
	readonly operands: readonly number[];
}

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
	const addressOf = (slot: number) => steps.start + slot * BLOCK * Float32Array.BYTES_PER_ELEMENT;
	const arrays = order.map((_, slot) => new Float32Array(steps.buffer, addressOf(slot), BLOCK));
	const slots = new Map(order.map((node, slot) => [node, slot]));
	const operations: Operation[] = [];
	const literals: { readonly slot: number; readonly value: () => number }[] = [];
	for (const [slot, node] of order.entries()) {
		const operands = operandsOf(node).map((operand) => slots.get(operand)!);
		const push = (run: Operation["run"]) => operations.push({ run, slot, operands });
		const quick = (step: BlockStep) => {
			const [a = 0, b = 0, c = 0] = operands.map(addressOf);
			const out = addressOf(slot);
			push((count) => step(a, b, c, out, 16 * Math.ceil(count / 4)));
		};
		switch (node.kind) {
			case "constant":
				literals.push({ slot, value: () => node.value });
				break;
			case "parameter":
				literals.push({ slot, value: () => parameters[node.name] ?? Number.NaN });
				break;
			case "unary": {
				const format = formatOf(node);
				if (!format) return null;
				if (QUICK.has(node.operator) && !arithmetic.unary[node.operator])
					quick(steps.rounded(node.operator as RoundedOperation, format)); // By the line above.
				else push(singleStep(arithmetic, node, dtype, arrays[operands[0]!]!, arrays[slot]!));
				break;
			}
			case "binary": {
				if (node.operator === "and" || node.operator === "or") {
					quick(steps.exact(node.operator));
					break;
				}
				const format = formatOf(node);
				if (!format) return null;
				const own = arithmetic.binary[node.operator];
				if (QUICK_BINARY.has(node.operator) && !own)
					quick(steps.rounded(node.operator as RoundedOperation, format)); // By the line above.
				else {
					const operation = own ?? binaryOperations[node.operator];
					const [a, b] = operands.map((operand) => arrays[operand]!) as [Float32Array, Float32Array];
					push(slowBinary(operation, a, b, roundingOf(arithmetic, node), arrays[slot]!));
				}
				break;
			}
			case "compare":
				quick(steps.exact(node.operator satisfies ExactOperation));
				break;
			case "where":
				quick(steps.exact("where"));
		}
	}
	const isFlat = new Uint8Array(order.length);
	const bits = arrays.map(({ buffer, byteOffset }) => new Int32Array(buffer, byteOffset, BLOCK));
	const input = order.findIndex(({ kind }) => kind === "input");
	const cell = new Float64Array(1);
	return (x) => {
		// All functions share the arrays.
		for (const { slot, value } of literals) {
			cell[0] = value();
			arithmetic.roundLiteral?.(cell, 1);
			arrays[slot]!.fill(cell[0]);
			isFlat[slot] = 1;
		}
		const results = expressions.map(() => new Float64Array(x.length));
		for (let start = 0; start < x.length; start += BLOCK) {
			const count = Math.min(BLOCK, x.length - start);
			if (input >= 0) arrays[input]!.set(count === x.length ? x : x.subarray(start, start + count));
			for (const { run, slot, operands } of operations) {
				let flat = 1;
				for (const operand of operands) flat &= isFlat[operand]!;
				run(flat === 1 ? 1 : count);
				if (flat === 1) arrays[slot]!.fill(arrays[slot]![0]!);
				isFlat[slot] = flat === 1 || hasOneValue(bits[slot]!, count) ? 1 : 0;
			}
			for (const [k, root] of expressions.entries()) {
				const from = arrays[slots.get(root)!]!;
				results[k]!.set(count === BLOCK ? from : from.subarray(0, count), start);
			}
		}
		return results;
	};
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

function hasOneValue(bits: Int32Array, count: number): boolean {
	const first = bits[0]!;
	if (first !== bits[count - 1]) return false;
	for (let i = 1; i < count; i++) if (bits[i] !== first) return false;
	return true;
}
