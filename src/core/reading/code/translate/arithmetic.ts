import { add, and, constant, div, floor, mul, neg, not, or, sub } from "../../../expression/build.ts";
import { type Expression, isTruth } from "../../../expression/expression.ts";
import { type SyntaxNode, unwrap } from "../node.ts";
import { conditionOf, readComparison, readEither } from "./conditions.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { asNumber, numberOf, readNumber } from "./numbers.ts";
import { power } from "./operations.ts";
import { type Environment, list, number, type Term } from "./term.ts";
import { numberSpelling } from "./writing.ts";

/** What an operator before its operand gives. */
export function readUnary(ctx: Context, node: SyntaxNode, environment: Environment): Term {
	const [operator, operand] = node.kids;
	if (!operator || !operand) throw new NotUnderstood("half-typed expression", node);
	const sign = ctx.text(operator);
	if (sign === "not") {
		const truth = conditionOf(ctx, operand, environment);
		return typeof truth === "boolean" ? { kind: "literal", value: !truth } : number(not(truth));
	}
	const inner = unwrap(operand);
	if (sign === "-" && inner.name === "Number") {
		const term = readNumber(ctx, inner);
		if (term.kind === "number" && term.e.kind === "constant") {
			const { value, exact } = term.e;
			const e = constant(-value, exact === undefined ? undefined : `-${exact}`);
			return number(ctx.writing.note(e, numberSpelling(ctx.text(inner))));
		}
	}
	const term = ctx.term(operand, environment);
	const value = asNumber(ctx, term, operand);
	if (sign === "-") return number(neg(value));
	// PyTorch's `+x` is x itself.
	if (sign === "+") return term.kind === "number" ? term : number(value);
	if (sign === "~" && isTruth(value)) return number(not(value));
	throw new NotUnderstood(`operator ${sign}`, node);
}

/** What an operator between its operands gives. */
export function readBinary(ctx: Context, node: SyntaxNode, environment: Environment): Term {
	const { kids } = node;
	const [left] = kids;
	const right = kids[kids.length - 1];
	if (!left || !right || kids.length < 3) throw new NotUnderstood("half-typed expression", node);
	const operator = kids
		.slice(1, -1)
		.map((kid) => ctx.text(kid))
		.join(" ");
	if (operator === "and" || operator === "or") return readEither(ctx, operator, left, right, environment);
	if (operator === "*" && unwrap(left).name === "ArrayExpression" && ctx.term(right, environment).kind === "length")
		return list(numberOf(ctx, left, environment)); // `[0] * len(x)`
	if (kids[1]!.name === "CompareOp" || /^(is|is not|in|not in)$/.test(operator))
		return readComparison(ctx, node, environment);
	if (/^[-+*/]/.test(operator)) ctx.comparedAt ??= [left, right].find((each) => isComparison(each)) ?? null;
	const a = operandOf(ctx, operator, left, environment);
	return number(arithmetic(ctx, operator, a, operandOf(ctx, operator, right, environment), node));
}

function isComparison(operand: SyntaxNode): boolean {
	return unwrap(operand).kids[1]?.name === "CompareOp";
}

/** A number that an operator computes with: `+` would join lists and `*` repeat them, if none of NumPy's is beside them. */
export function operandOf(ctx: Context, operator: string, node: SyntaxNode, environment: Environment): Expression {
	const term = ctx.term(node, environment);
	if (term.kind === "number" && term.isList && /^[+*]$/.test(operator))
		throw new NotUnderstood(`operator ${operator} of a list`, node);
	return asNumber(ctx, term, node);
}

/** What an operator between two numbers gives: of arithmetic, or `&` and `|` of truth values. */
export function arithmetic(ctx: Context, operator: string, a: Expression, b: Expression, node: SyntaxNode): Expression {
	switch (operator) {
		case "+":
			return add(a, b);
		case "-":
			return sub(a, b);
		case "*":
			return mul(a, b);
		case "/":
			return div(a, b);
		case "//":
			return floor(div(a, b));
		case "%":
			return sub(a, mul(floor(div(a, b)), b));
		case "**":
			return powerOf(ctx, a, b);
		case "&":
			if (isTruth(a) && isTruth(b)) return and(a, b);
			break;
		case "|":
			if (isTruth(a) && isTruth(b)) return or(a, b);
			break;
		default:
	}
	throw new NotUnderstood(`operator ${operator}`, node);
}

/** What a function of two numbers of the table of operations gives, noted as the type of its result depends on it. */
export function binaryFunction(
	ctx: Context,
	name: string,
	operation: typeof power,
	a: Expression,
	b: Expression,
): Expression {
	if (operation === power) return powerOf(ctx, a, b);
	return name === "hypot" ? ctx.writing.note(operation(a, b), "hypot") : operation(a, b);
}

function powerOf(ctx: Context, base: Expression, exponent: Expression): Expression {
	const e = power(base, exponent);
	if (e.kind === "unary") {
		for (const spelling of ctx.writing.spellingsOf(exponent)) {
			ctx.writing.note(e, spelling === "whole" ? "whole power" : "fraction power");
		}
	}
	return e;
}
