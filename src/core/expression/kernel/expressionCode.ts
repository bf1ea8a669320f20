import { binaryOperations, evaluate, unaryOperations } from "../evaluate.ts";
import type { Binary, Expression } from "../expression.ts";
import { nodesOf, operandsOf } from "../walk.ts";
import { valueType } from "./encoding.ts";
import type { Mask, Vector, VectorCode } from "./vectorCode.ts";
import { greater, lesser, power, powerByConstant, simpleOperations, vectorOperations } from "./vectorMath.ts";
import type { FunctionType } from "./wasmModule.ts";

const UNARY: FunctionType = { parameters: [valueType.f64], results: [valueType.f64] };
const BINARY: FunctionType = { parameters: [valueType.f64, valueType.f64], results: [valueType.f64] };

/** What the code calls for single lanes; every module that holds an `ExpressionCode` imports them. */
export const importedTypes: Readonly<Record<string, FunctionType>> = {
	sin: UNARY,
	cos: UNARY,
	tan: UNARY,
	pow: BINARY,
};
/** The functions themselves, as the object to instantiate with. */
export const importedFunctions = {
	imports: {
		sin: unaryOperations.sin,
		cos: unaryOperations.cos,
		tan: unaryOperations.tan,
		pow: binaryOperations.pow,
	},
};

/**
 * Expressions as code inside a function that someone else writes: their values for a vector of inputs, one vector each.
 *
 * What hangs on parameters alone is computed where the object is made, which should be before the loop; `at` writes the
 * rest, as often as it is called. Constants are folded in float64. Both branches of a `where` are computed. What
 * several expressions share is computed once.
 */
export class ExpressionCode {
	readonly #v: VectorCode;
	readonly #roots: readonly Expression[];
	/** What depends on the input, operands first. */
	readonly #varying: Expression[] = [];
	readonly #constants = new Map<Expression, number>();
	readonly #invariant: Values = { vectors: new Map(), masks: new Map() };

	/** `parameterOf` gives the vector of a parameter's values, the same in every lane or not. */
	constructor(v: VectorCode, expressions: readonly Expression[], parameterOf: (name: string) => Vector) {
		this.#v = v;
		this.#roots = expressions;
		const varying = new Set<Expression>();
		for (const node of nodesOfAll(expressions)) {
			const operands = operandsOf(node);
			if (node.kind === "input" || operands.some((one) => varying.has(one))) {
				varying.add(node);
				this.#varying.push(node);
			} else if (node.kind === "parameter") {
				this.#invariant.vectors.set(node, parameterOf(node.name));
			} else if (operands.every((one) => this.#constants.has(one))) {
				this.#constants.set(node, evaluate(node, Number.NaN));
			} else {
				this.#write(node, this.#invariant);
			}
		}
	}

	/** The expressions' values at a vector of inputs. */
	at(input: Vector): Vector[] {
		return this.atEach([input])[0];
	}

	/** The same at several vectors, in step: while an operation waits for one, it goes on for the others. */
	atEach(inputs: readonly Vector[]): Vector[][] {
		const all = inputs.map((input) => ({ input, values: { vectors: new Map(), masks: new Map() } as Values }));
		for (const node of this.#varying) {
			for (const { input, values } of all) {
				if (node.kind === "input") values.vectors.set(node, input);
				else this.#write(node, values);
			}
		}
		return all.map(({ values }) => this.#roots.map((root) => this.#vectorOf(root, values)));
	}

	/** A truth value that is only asked for as such never becomes a number. */
	#write(node: Expression, values: Values): void {
		const v = this.#v;
		const of = (operand: Expression) => this.#vectorOf(operand, values);
		const maskOf = (operand: Expression) => this.#maskOf(operand, values);
		switch (node.kind) {
			case "constant":
			case "input":
			case "parameter":
				return;
			case "unary":
				if (node.operator === "not") values.masks.set(node, v.notMask(maskOf(node.operand)));
				else if (simpleOperations.has(node.operator))
					values.vectors.set(node, vectorOperations[node.operator](v, of(node.operand)));
				else values.vectors.set(node, v.apply(node.operator, vectorOperations[node.operator], of(node.operand)));
				return;
			case "binary":
				if (node.operator === "and") values.masks.set(node, v.and(maskOf(node.left), maskOf(node.right)));
				else if (node.operator === "or") values.masks.set(node, v.or(maskOf(node.left), maskOf(node.right)));
				else values.vectors.set(node, this.#binary(node, of(node.left), of(node.right), values));
				return;
			case "compare":
				values.masks.set(node, v[node.operator](of(node.left), of(node.right)));
				return;
			case "where":
				values.vectors.set(node, v.select(maskOf(node.condition), of(node.then), of(node.otherwise)));
		}
	}

	#binary({ operator, left, right }: Binary, a: Vector, b: Vector, values: Values): Vector {
		const v = this.#v;
		const [p, q] = [this.#constants.get(left), this.#constants.get(right)];
		switch (operator) {
			case "mul":
				// −c·u as −(c·u): functions that are even or odd then share what they compute of both.
				if (p !== undefined && p < 0) return v.neg(v.mul(v.constant(-p), b));
				return v.mul(a, b);
			case "div":
				if (q !== undefined && isExactlyInverted(q)) return v.mul(a, v.constant(1 / q));
				return v.div(a, b);
			case "max":
				return p === undefined ? greater(v, a, b, q) : greater(v, b, a, p);
			case "min":
				return p === undefined ? lesser(v, a, b, q) : lesser(v, b, a, p);
			case "pow":
				return (q === undefined ? undefined : powerByConstant(v, a, q)) ?? v.apply("pow", power, a, b);
			case "add": {
				const [factors, term] = factorsOf(left) ? [factorsOf(left), b] : [factorsOf(right), a];
				if (!v.fused || !factors) return v.add(a, b);
				return v.multiplyAdd(this.#vectorOf(factors[0], values), this.#vectorOf(factors[1], values), term);
			}
			case "sub": {
				const factors = factorsOf(right);
				if (!v.fused || !factors) return v.sub(a, b);
				return v.multiplySub(this.#vectorOf(factors[0], values), this.#vectorOf(factors[1], values), a);
			}
			case "and":
			case "or":
				throw new TypeError(`expected an operation on numbers, got ${operator}`);
		}
	}

	#vectorOf(node: Expression, values: Values): Vector {
		const constant = this.#constants.get(node);
		if (constant !== undefined) return this.#v.constant(constant);
		const vector = values.vectors.get(node) ?? this.#invariant.vectors.get(node);
		return vector ?? this.#v.and(this.#maskOf(node, values), this.#v.constant(1));
	}

	#maskOf(node: Expression, values: Values): Mask {
		const mask = values.masks.get(node) ?? this.#invariant.masks.get(node);
		return mask ?? this.#v.ne(this.#vectorOf(node, values), this.#v.constant(0));
	}
}

interface Values {
	readonly vectors: Map<Expression, Vector>;
	/** Of comparisons and what is made of them. */
	readonly masks: Map<Expression, Mask>;
}

/** Every node of several expressions once, operands first. */
export function nodesOfAll(expressions: readonly Expression[]): ReadonlySet<Expression> {
	return new Set(expressions.flatMap((root) => nodesOf(root)));
}

/** Whether 1/c is exact: c is a power of 2 in the middle of both lane types' range. */
function isExactlyInverted(c: number): boolean {
	const size = Math.abs(c);
	return size >= 2 ** -100 && size <= 2 ** 100 && Number.isInteger(Math.log2(size)) && 2 ** Math.log2(size) === size;
}

/** What a product is made of. */
function factorsOf(node: Expression): readonly [Expression, Expression] | undefined {
	if (node.kind === "binary" && node.operator === "mul") return [node.left, node.right];
	if (node.kind === "unary" && node.operator === "square") return [node.operand, node.operand];
	return undefined;
}
