import { abs, add, constant, exp, mul, neg, sub } from "./build.ts";
import { compareOperations } from "./evaluate.ts";
import type { Constant, Expression, Unary } from "./expression.ts";
import { rewrite, withOperands } from "./walk.ts";

/**
 * The same function with fewer operations: neutral elements, double negation and constant conditions go, and plain
 * integers are folded. Only what is true at every input is done (0·u is not 0 where u is NaN, so it stays, but where u
 * is a derivative that the rules made it never arises); rounding never changes for the worse.
 */
export function simplify(expression: Expression): Expression {
	return rewrite(expression, (node, operands) => simplifyNode(withOperands(node, operands)));
}

function simplifyNode(node: Expression): Expression {
	switch (node.kind) {
		case "unary": {
			const u = node.operand;
			if (node.operator === "neg") {
				if (u.kind === "unary" && u.operator === "neg") return u.operand;
				if (u.kind === "constant" && u.exact === undefined && u.value !== 0) return constant(-u.value);
				if (u.kind === "binary" && u.operator === "sub") return simplifyNode(sub(u.right, u.left));
			}
			if (node.operator === "abs" && u.kind === "unary" && (u.operator === "neg" || u.operator === "abs"))
				return abs(u.operand);
			return node;
		}
		case "binary": {
			const { left: a, right: b } = node;
			const [p, q] = [wholeNumber(a), wholeNumber(b)];
			if (p !== undefined && q !== undefined) {
				const folded = fold(node.operator, p, q);
				if (folded !== undefined && Number.isSafeInteger(folded)) return constant(folded);
			}
			switch (node.operator) {
				case "add":
					if (p === 0) return b;
					if (q === 0) return a;
					if (b.kind === "unary" && b.operator === "neg") return simplifyNode(sub(a, b.operand));
					return node;
				case "sub":
					if (q === 0) return a;
					if (p === 0) return simplifyNode(neg(b));
					if (b.kind === "unary" && b.operator === "neg") return simplifyNode(add(a, b.operand));
					return node;
				case "mul":
					if (p === 1) return b;
					if (q === 1) return a;
					if (p === -1) return simplifyNode(neg(b));
					if (q === -1) return simplifyNode(neg(a));
					if (q !== undefined && p === undefined) return simplifyNode(mul(b, a));
					// e^a·e^b is 0·∞ where both are out of range and e^(a+b) is not.
					if (isExp(a) && isExp(b)) return exp(simplifyNode(add(a.operand, b.operand)));
					if (p !== undefined && b.kind === "unary" && b.operator === "neg")
						return simplifyNode(mul(constant(-p), b.operand));
					return node;
				case "div":
					if (q === 1) return a;
					if (q === -1) return simplifyNode(neg(a));
					return node;
				case "pow":
					if (q === 1) return a;
					return node;
				case "max":
				case "min":
					return a === b ? a : node;
				default:
					return node;
			}
		}
		case "compare": {
			const { left: a, right: b } = node;
			// Nothing is beyond ±∞, and NaN is not either.
			if (node.operator === "gt" && b.kind === "constant" && b.value === Number.POSITIVE_INFINITY) return constant(0);
			if (node.operator === "lt" && b.kind === "constant" && b.value === Number.NEGATIVE_INFINITY) return constant(0);
			if (!isPlain(a) || !isPlain(b)) return node;
			return constant(compareOperations[node.operator](a.value, b.value) ? 1 : 0);
		}
		case "where": {
			if (node.then === node.otherwise) return node.then;
			if (node.condition.kind === "constant") return node.condition.value !== 0 ? node.then : node.otherwise;
			return node;
		}
		default:
			return node;
	}
}

/** A constant that is its double exactly. */
function isPlain(node: Expression): node is Constant {
	return node.kind === "constant" && node.exact === undefined;
}

function isExp(node: Expression): node is Unary {
	return node.kind === "unary" && node.operator === "exp";
}

function wholeNumber(node: Expression): number | undefined {
	return node.kind === "constant" && node.exact === undefined && Number.isSafeInteger(node.value)
		? node.value
		: undefined;
}

function fold(operator: string, p: number, q: number): number | undefined {
	switch (operator) {
		case "add":
			return p + q;
		case "sub":
			return p - q;
		case "mul":
			return p * q;
		case "max":
			return Math.max(p, q);
		case "min":
			return Math.min(p, q);
		default:
			return undefined;
	}
}
