import { add, div, max, min, parameter } from "../../../expression/build.ts";
import type { Expression } from "../../../expression/expression.ts";
import { nodesOf, rewrite } from "../../../expression/walk.ts";

const FOLLOWED = ["sum", "max", "min", "mean", "softmax", "log_softmax", "logsumexp"] as const;

export type Reduction = (typeof FOLLOWED)[number] | "other";

/** What all elements may be less by: one number for all of them, wherever they lie. */
const SHIFTS = ["max", "min", "mean"] as const;

/** The reduction that a library's function is; what is not followed is another one. */
export function reductionNamed(name: string): Reduction {
	return FOLLOWED.find((each) => each === name) ?? "other";
}

/** The largest number that is added only to keep a quotient from 0/0. */
const LARGEST_GUARD = 1e-6;

/**
 * Stands for reductions over the whole input while a body is read: `np.sum(np.exp(x))` becomes a symbol, a parameter with
 * a name that no code can have. Equal reductions have one symbol.
 */
export class Reductions {
	readonly #symbols = new Map<Expression, Map<Reduction, Expression>>();
	readonly #meanings = new Map<Expression, { kind: Reduction; of: Expression }>();

	symbol(kind: Reduction, of: Expression): Expression {
		const known = this.#symbols.get(of)?.get(kind);
		if (known) return known;
		const made = parameter(`#${this.#meanings.size} ${kind}`);
		this.#meanings.set(made, { kind, of });
		const symbols = this.#symbols.get(of) ?? new Map<Reduction, Expression>();
		this.#symbols.set(of, symbols.set(kind, made));
		return made;
	}

	isSymbol(expression: Expression): boolean {
		return this.#meanings.has(expression);
	}

	/** Whether an expression has one number where the input has an axis, or none. */
	isReduced(expression: Expression): boolean {
		const kind = this.#meanings.get(expression)?.kind;
		return kind !== undefined && kind !== "softmax" && kind !== "log_softmax";
	}

	/** Whether any part of the expression is a reduction. */
	occurIn(expression: Expression): boolean {
		if (this.#meanings.size === 0) return false;
		return nodesOf(expression).some((node) => this.#meanings.has(node));
	}

	/**
	 * What the expression gives for an input of two elements, each as a function of x; undefined where a reduction is not
	 * followed. The elements are expressions of x themselves.
	 */
	ofPair(expression: Expression, elements: readonly [Expression, Expression]): readonly Expression[] | undefined {
		let isFollowed = true;
		const at = (part: Expression, element: Expression): Expression =>
			rewrite(part, (node) => {
				if (node.kind === "input") return element;
				const meaning = this.#meanings.get(node);
				if (!meaning) return undefined;
				const [a, b] = elements.map((each) => at(meaning.of, each)) as [Expression, Expression];
				if (meaning.kind === "sum") return add(a, b);
				if (meaning.kind === "max") return max(a, b);
				if (meaning.kind === "min") return min(a, b);
				if (meaning.kind === "mean") return div(add(a, b), 2);
				isFollowed = false;
				return node;
			});
		const outputs = elements.map((element) => at(expression, element));
		return isFollowed ? outputs : undefined;
	}

	#is(node: Expression, kind: Reduction): Expression | undefined {
		const meaning = this.#meanings.get(node);
		return meaning?.kind === kind ? meaning.of : undefined;
	}

	/** Which function of the whole input an expression is, if its form leaves no doubt. */
	recognise(expression: Expression): "softmax" | "log_softmax" | "logsumexp" | "softmin" | undefined {
		const softmaxOf = this.#softmaxOf(expression);
		if (softmaxOf) {
			if (this.#isShiftedInput(softmaxOf)) return "softmax";
			return softmaxOf.kind === "unary" && softmaxOf.operator === "neg" && softmaxOf.operand.kind === "input"
				? "softmin"
				: undefined;
		}
		if (this.#isLogSoftmax(expression)) return "log_softmax";
		// exp(x − log Σ exp x)
		if (expression.kind === "unary" && expression.operator === "exp" && this.#isLogSoftmax(expression.operand))
			return "softmax";
		return this.#isLogSumExp(expression) ? "logsumexp" : undefined;
	}

	/** u, if the expression is softmax(u). */
	#softmaxOf(e: Expression): Expression | undefined {
		const named = this.#is(e, "softmax");
		if (named) return named;
		if (e.kind !== "binary" || e.operator !== "div") return undefined;
		const { left, right } = e;
		if (left.kind !== "unary" || left.operator !== "exp") return undefined;
		const u = left.operand;
		if (this.#is(right, "sum") === left) return u;
		// Next to a sum that is 1 at least, as its largest term is e⁰, a small number is nothing.
		const isGuarded = right.kind === "binary" && right.operator === "add" && isGuard(right.right);
		const isBelow0 = u.kind === "binary" && this.#isShiftedInput(u) && this.#isMaxOfInput(u.right);
		return isGuarded && isBelow0 && this.#is(right.left, "sum") === left ? u : undefined;
	}

	/** Whether u is x, or x less its own maximum, minimum or mean, which softmax and log-softmax do not see. */
	#isShiftedInput(u: Expression): boolean {
		if (u.kind === "input") return true;
		if (u.kind !== "binary" || u.operator !== "sub" || u.left.kind !== "input") return false;
		return SHIFTS.some((kind) => this.#is(u.right, kind)?.kind === "input");
	}

	#isMaxOfInput(e: Expression): boolean {
		return this.#is(e, "max")?.kind === "input";
	}

	/** u, if the expression is log Σ exp u. */
	#logSumOf(e: Expression): Expression | undefined {
		const named = this.#is(e, "logsumexp");
		if (named) return named;
		const sum = e.kind === "unary" && e.operator === "log" ? this.#is(e.operand, "sum") : undefined;
		return sum?.kind === "unary" && sum.operator === "exp" ? sum.operand : undefined;
	}

	#isLogSoftmax(e: Expression): boolean {
		const named = this.#is(e, "log_softmax");
		if (named) return this.#isShiftedInput(named);
		if (e.kind === "unary" && e.operator === "log") {
			const inner = this.#softmaxOf(e.operand);
			return inner !== undefined && this.#isShiftedInput(inner);
		}
		if (e.kind !== "binary" || e.operator !== "sub") return false;
		if (this.#logSumOf(e.right) === e.left) return this.#isShiftedInput(e.left);
		return e.left.kind === "input" && this.#isLogSumExp(e.right);
	}

	#isLogSumExp(e: Expression): boolean {
		if (this.#logSumOf(e)?.kind === "input") return true;
		if (e.kind !== "binary" || e.operator !== "add") return false;
		const [max, rest] = this.#isMaxOfInput(e.left) ? [e.left, e.right] : [e.right, e.left];
		const inner = this.#logSumOf(rest);
		return (
			inner?.kind === "binary" &&
			inner.operator === "sub" &&
			inner.left.kind === "input" &&
			inner.right === max &&
			this.#isMaxOfInput(max)
		);
	}
}

function isGuard(e: Expression): boolean {
	return e.kind === "constant" && e.value >= 0 && e.value <= LARGEST_GUARD;
}
