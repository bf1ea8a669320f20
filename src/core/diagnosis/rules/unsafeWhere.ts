import { type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import { type Call, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { Rule } from "./rule.ts";

const NAMES = new Set(["where"]);
const WHERE = /^(torch|jax\.numpy|tensorflow)\.where$/;
/** Functions whose slope at 0 is infinite, and at negative inputs infinite or NaN, by the last part of their name. */
const SINGULAR_AT_ZERO = /^(torch|jax\.numpy|jax\.lax|tensorflow|tensorflow\.math)\.(log|sqrt|rsqrt|reciprocal)$/;

/**
 * `where(x > 0, log(x), 0)`: the other branch is taken where x is 0, and yet the gradient is NaN there, as 0 · ∞ is. The
 * condition has to be the very guard of that argument.
 */
export const unsafeWhere: Rule = {
	severity: "warning",
	summary: "NaN gradient through where",
	*check(code) {
		for (const call of code.callsNamed(NAMES)) {
			const where = code.nameOf(call.callee, call.place);
			if (where === null || !WHERE.test(where) || call.list.length !== 3) continue;
			if (call.list.some(({ name, stars }) => name !== null || stars > 0)) continue;
			const [condition, then, otherwise] = call.list.map(({ value }) => unwrap(value)) as [
				SyntaxNode,
				SyntaxNode,
				SyntaxNode,
			];
			const guard = guardOf(condition, call, code);
			if (!guard || hasNoGradient(call.node, code)) continue;
			const branch = guard.whenTrue ? then : otherwise;
			for (const danger of singularIn(branch, guard.guarded, call, code)) {
				const written = code.textOf(danger.argument);
				const safe = guard.whenTrue
					? `${code.textOf(call.callee)}(${code.textOf(condition)}, ${written}, 1.0)`
					: `${code.textOf(call.callee)}(${code.textOf(condition)}, 1.0, ${written})`;
				const { from: start, to: end } = danger.argument;
				yield {
					span: { start: danger.node.from, end: danger.node.to },
					message: code.t(
						"where drops the value of {0} at {1} = 0 but not its gradient, which is 0 · ∞ = NaN there. Guard the argument too.",
						danger.what,
						written,
					),
					fixes: [
						{ title: code.t("Replace the argument by {0}", safe), edits: [{ span: { start, end }, text: safe }] },
					],
				};
			}
		}
	},
};

interface Guard {
	/** What the condition keeps from 0, as it is written. */
	readonly guarded: string;
	readonly whenTrue: boolean;
}

/** `x > 0`, `x != 0`, `0 < x`, `x >= eps`; and `x == 0`, `x <= 0`, whose other branch is the guarded one. */
function guardOf(node: SyntaxNode, { place }: Call, code: CodeUnderRules): Guard | undefined {
	if (node.name !== "BinaryExpression" || node.kids.length !== 3) return undefined;
	const [left, operator, right] = node.kids as [SyntaxNode, SyntaxNode, SyntaxNode];
	const flipped: Readonly<Record<string, string>> = { "<": ">", ">": "<", "<=": ">=", ">=": "<=" };
	const sign = code.textOf(operator);
	const forms = [
		{ of: left, sign, bound: right },
		{ of: right, sign: flipped[sign] ?? sign, bound: left },
	];
	for (const { of, sign: is, bound } of forms) {
		if (!/^0(\.0*)?$/.test(code.textOf(unwrap(bound))) || callOf(unwrap(of), place)) continue;
		const guarded = code.textOf(unwrap(of));
		if (is === ">" || is === "!=") return { guarded, whenTrue: true };
		if (is === "<=" || is === "==") return { guarded, whenTrue: false };
	}
	return undefined;
}

/** The functions in a branch that are singular where the guard keeps their argument from. */
function* singularIn(
	branch: SyntaxNode,
	guarded: string,
	{ place }: Call,
	code: CodeUnderRules,
): Generator<{ node: SyntaxNode; argument: SyntaxNode; what: string }> {
	const stack = [branch];
	for (let node = stack.pop(); node; node = stack.pop()) {
		if (node.name === "LambdaExpression") continue;
		const call = node.name === "CallExpression" ? callOf(node, place) : undefined;
		const name = call && code.nameOf(call.callee, call.place);
		const first = call?.list[0];
		if (call && name && SINGULAR_AT_ZERO.test(name) && first?.name === null) {
			if (code.textOf(unwrap(first.value)) === guarded) {
				yield { node: call.callee, argument: first.value, what: name.slice(name.lastIndexOf(".") + 1) };
			}
		} else if (node.name === "BinaryExpression" && code.textOf(node.kids[1]!) === "/") {
			// A mean or a rate over a count that may be 0 has no gradient to lose; a function of the guarded value has.
			const [dividend, , divisor] = node.kids as [SyntaxNode, SyntaxNode, SyntaxNode];
			if (code.textOf(unwrap(divisor)) === guarded && holds(dividend, guarded, code)) {
				yield { node, argument: divisor, what: "/" };
			}
		}
		stack.push(...node.kids);
	}
}

/** Whether an expression holds one that is written so. */
function holds(expression: SyntaxNode, written: string, code: CodeUnderRules): boolean {
	const stack = [expression];
	for (let node = stack.pop(); node; node = stack.pop()) {
		if (code.textOf(unwrap(node)) === written) return true;
		stack.push(...node.kids);
	}
	return false;
}

const NO_GRADIENT = /\b(no_grad|inference_mode|stop_gradient)\b/;
/** What an optimizer or a metric computes is the end of it: nobody asks for its gradient. */
const END_OF_GRADIENT = /[Oo]ptimi[sz]er|Metric|(?<![A-Za-z])metric/;

/** What says around a piece of code how it is run, by the kind of statement. */
const HEADS: Readonly<Record<string, (part: SyntaxNode) => boolean>> = {
	DecoratedStatement: ({ name }) => name === "Decorator",
	WithStatement: ({ name }) => name !== "Body",
	ClassDefinition: ({ name }) => name !== "Body",
	FunctionDefinition: ({ name }) => name === "VariableName",
};

/** Whether the code stands where no gradients are kept, or none are asked for. */
function hasNoGradient(node: SyntaxNode, code: CodeUnderRules): boolean {
	for (let around = node.parent; around; around = around.parent) {
		const heads = around.kids.filter(HEADS[around.name] ?? (() => false)).map((head) => code.textOf(head));
		if (heads.some((head) => NO_GRADIENT.test(head) || END_OF_GRADIENT.test(head))) return true;
	}
	return false;
}
