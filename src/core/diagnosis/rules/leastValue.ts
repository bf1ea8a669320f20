import { constantNumber } from "../../reading/code/constants.ts";
import { attributeParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import type { Place } from "../../reading/code/scope.ts";
import { argumentOf, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";

/** Deeper expressions are not looked at. */
const DEEPEST = 12;
/** Functions and methods whose second argument, or that of one of these names, bounds the first from below. */
const CLAMP = /^(clamp|clamp_|clamp_min|clamp_min_|clip|clip_by_value)$/;
const CLAMP_NAMES = ["min", "a_min", "clip_value_min"];
const NEVER_NEGATIVE = /^(abs|absolute|square|relu|exp|sqrt|sigmoid|softplus|norm|var|std)$/;
/** Functions of many numbers that are negative only where one of them is. */
const MADE_OF_SEVERAL = /^(sum|mean)$/;
/** What code calls a small number that it does not say. */
const SMALL = /(^|[._])(eps|epsilon|tiny)\d*$/i;

/** A number that no value of an expression is below, as its own code says; −∞ where it says nothing. */
export function leastValue(expression: SyntaxNode, place: Place, code: CodeUnderRules, depth = 0): number {
	const node = unwrap(expression);
	const constant = constantNumber(node, place, code.resolver);
	if (constant !== undefined) return constant;
	if (SMALL.test(code.textOf(node))) return Number.MIN_VALUE;
	if (depth > DEEPEST) return Number.NEGATIVE_INFINITY;
	const least = (kid: SyntaxNode) => leastValue(kid, place, code, depth + 1);
	switch (node.name) {
		case "VariableName": {
			const made = code.resolver.certainValue(code.textOf(node), place, node.from);
			return made ? leastValue(made.node, made.place, code, depth + 1) : Number.NEGATIVE_INFINITY;
		}
		case "BinaryExpression": {
			const [left, operator, right] = node.kids as [SyntaxNode, SyntaxNode, SyntaxNode];
			const sign = code.textOf(operator);
			if (sign === "+") return least(left) + least(right);
			const isSquare =
				sign === "*"
					? code.textOf(left) === code.textOf(right)
					: sign === "**" && constantNumber(right, place, code.resolver) === 2;
			return isSquare ? 0 : Number.NEGATIVE_INFINITY;
		}
		case "CallExpression":
			return leastOfCall(node, place, code, least);
		default:
			return Number.NEGATIVE_INFINITY;
	}
}

function leastOfCall(node: SyntaxNode, place: Place, code: CodeUnderRules, least: (kid: SyntaxNode) => number): number {
	const call = callOf(node, place);
	if (!call) return Number.NEGATIVE_INFINITY;
	const member = attributeParts(call.callee);
	const word = code.textOf(member?.property ?? call.callee);
	// A method has its first argument before the dot.
	const ahead = member && code.nameOf(call.callee, place) === null ? 1 : 0;
	if (NEVER_NEGATIVE.test(word)) return 0;
	const first = ahead ? member!.object : call.list[0]?.value;
	if (MADE_OF_SEVERAL.test(word)) return first && least(first) >= 0 ? 0 : Number.NEGATIVE_INFINITY;
	if (word === "pow" || word === "power") {
		const exponent = call.list[1 - ahead]?.value;
		return exponent && least(exponent) === 2 ? 0 : Number.NEGATIVE_INFINITY;
	}
	if (CLAMP.test(word)) {
		const bound = argumentOf(call.list, 1 - ahead, CLAMP_NAMES, (part) => code.textOf(part));
		return bound ? least(bound) : Number.NEGATIVE_INFINITY;
	}
	if (word === "maximum") return Math.max(...call.list.map(({ value }) => least(value)));
	return Number.NEGATIVE_INFINITY;
}
