import { attributeParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import { callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { At } from "./flow.ts";

/** 1 for what is never below 0, −1 for what is never above it; undefined where neither is certain. */
export type Sign = 1 | -1 | undefined;

/** Functions and methods that give nothing below 0. */
const NEVER_NEGATIVE = /^(abs|fabs|absolute|square|sqrt|exp|norm|cdist|hypot|relu|softplus|sigmoid|var|std)$/;
/** Those of one value that give a sum or a mean of it, or the same in another shape. */
const KEEPS_SIGN = /^(sum|mean|reduce_sum|reduce_mean|squeeze|unsqueeze|reshape|view|detach|float)$/;
const POWER = /^(pow|power)$/;
const MAXIMUM = /^(max|amax|reduce_max|logsumexp|reduce_logsumexp)$/;
/** Deeper expressions, and names made of names, are not looked at. */
const DEEPEST = 12;

/** The sign of an expression by how it and what its names stand for are written: `-(x ** 2)`, `x - m` with `m = max(x)`. */
export function signOf(expression: At, code: CodeUnderRules, depth = 0): Sign {
	if (depth > DEEPEST) return undefined;
	const at = { ...expression, node: unwrap(expression.node) };
	const { node } = at;
	const of = (part: SyntaxNode | undefined): Sign => part && signOf({ ...at, node: part }, code, depth + 1);
	switch (node.name) {
		case "Number":
			return 1;
		case "VariableName": {
			const made = code.flow.source(at);
			return made && made.node !== node ? signOf(made, code, depth + 1) : undefined;
		}
		case "UnaryExpression":
			return code.textOf(node.kids[0]!) === "-" ? opposite(of(node.kids[1])) : undefined;
		case "BinaryExpression": {
			const [left, operator, right] = node.kids;
			if (!left || !operator || !right || node.kids.length > 3) return undefined;
			switch (code.textOf(operator)) {
				case "+":
					return of(left) === of(right) ? of(left) : undefined;
				case "-":
					if (isMaximumOf({ ...at, node: right }, { ...at, node: left }, code)) return -1;
					return of(left) === opposite(of(right)) ? of(left) : undefined;
				case "*":
				case "/":
					return signOfProduct(factorsOf(node, code), of, code);
				case "**":
					return isEven(right, code) ? 1 : undefined;
				default:
					return undefined;
			}
		}
		case "CallExpression":
			return signOfCall(at, of, code);
		default:
			return undefined;
	}
}

function opposite(sign: Sign): Sign {
	return sign && (sign === 1 ? -1 : 1);
}

/** The factors of a product, and the divisors, which have the same sign as what they are one over. */
function factorsOf(expression: SyntaxNode, code: CodeUnderRules): readonly SyntaxNode[] {
	const node = unwrap(expression);
	const [left, operator, right] = node.kids;
	const isProduct = node.name === "BinaryExpression" && /^[*/]$/.test(code.textOf(operator!));
	if (isProduct) return [...factorsOf(left!, code), ...factorsOf(right!, code)];
	const isNegative = node.name === "UnaryExpression" && code.textOf(left!) === "-";
	return isNegative ? [left!, ...factorsOf(operator!, code)] : [node];
}

/** Factors that are the same, twice, are a square; each "-" among the others counts. */
function signOfProduct(factors: readonly SyntaxNode[], of: (factor: SyntaxNode) => Sign, code: CodeUnderRules): Sign {
	const odd = new Map<string, SyntaxNode>();
	let sign: Sign = 1;
	for (const factor of factors) {
		const written = code.textOf(factor);
		if (written === "-") sign = opposite(sign);
		else if (odd.has(written) && !written.includes("(")) odd.delete(written);
		else odd.set(written, factor);
	}
	for (const factor of odd.values()) {
		const own = of(factor);
		if (own === undefined) return undefined;
		if (own === -1) sign = opposite(sign);
	}
	return sign;
}

function isEven(exponent: SyntaxNode, code: CodeUnderRules): boolean {
	return /^\d*[02468](\.0*)?$/.test(code.textOf(unwrap(exponent)));
}

function signOfCall({ node, place }: At, of: (part: SyntaxNode) => Sign, code: CodeUnderRules): Sign {
	const call = callOf(node, place);
	if (!call) return undefined;
	const member = attributeParts(call.callee);
	const isLibrary = code.resolver.resolveValue(call.callee, place)?.kind === "name";
	// A layer of the object's, or a function of the code, may have such a name.
	const isMethod = member !== undefined && code.resolver.resolveValue(member.object, place) === undefined;
	if (!isLibrary && !isMethod) return undefined;
	const word = code.textOf(member?.property ?? call.callee);
	if (NEVER_NEGATIVE.test(word)) return 1;
	const given = call.list.flatMap(({ name, value }) => (name ? [] : [value]));
	const [value, second] = isLibrary ? given : [member!.object, ...given];
	if (POWER.test(word)) return second && isEven(second, code) ? 1 : undefined;
	return value && KEEPS_SIGN.test(word) ? of(value) : undefined;
}

/** Whether an expression is the largest of the values that a name stands for. */
function isMaximumOf(largest: At, values: At, code: CodeUnderRules): boolean {
	const made = code.flow.source(largest);
	const call = made && callOf(made.node, made.place);
	const member = call && attributeParts(call.callee);
	if (!call || !MAXIMUM.test(code.textOf(member?.property ?? call.callee))) return false;
	const isLibrary = code.nameOf(call.callee, call.place) !== null;
	const of = isLibrary ? call.list[0]?.value : member?.object;
	const name = unwrap(values.node);
	if (!of || code.textOf(unwrap(of)) !== code.textOf(name)) return false;
	return code.flow.isSame({ ...made, node: unwrap(of) }, values.place, name.from);
}
