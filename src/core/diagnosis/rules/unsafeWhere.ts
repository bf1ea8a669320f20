import { constantNumber } from "../../reading/code/constants.ts";
import { attributeParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import { boundsOf } from "./bounds.ts";
import { type Call, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { Rule } from "./rule.ts";

const NAMES = new Set(["where"]);
const WHERE = /^(torch|jax\.numpy|tensorflow)\.where$/;
/**
 * Functions whose slope at 0 is infinite, by the last part of their name. TensorFlow's own gradients of its roots and
 * reciprocals are 0 where what comes from behind is.
 */
const SINGULAR_AT_ZERO =
	/^((torch|jax\.numpy|jax\.lax)\.(log|log2|log10|sqrt|rsqrt|reciprocal)|tensorflow\.(math\.)?log)$/;
const POWER = /^(torch\.pow|jax\.numpy\.(pow|power)|tensorflow\.(math\.)?pow)$/;
/** Those of PyTorch's tensors. */
const SINGULAR_METHOD = /^(log|log2|log10|sqrt|rsqrt|reciprocal)$/;
/** What a condition compares with to keep a value from 0 is no larger; above, it tells two pieces of a function apart. */
const LARGEST_GUARD = 0.01;

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
			const guards = [true, false].map((whenTrue) => guardedBy(condition, whenTrue, call, code));
			if (guards.every(({ size }) => size === 0) || hasNoGradient(call.node, code)) continue;
			for (const [guarded, branch] of [[guards[0]!, then] as const, [guards[1]!, otherwise] as const]) {
				for (const danger of singularIn(branch, guarded, call, code)) {
					const argument = { node: danger.argument, place: call.place, context: new Map() };
					if (boundsOf(argument, code).least > 0) continue;
					const written = code.textOf(danger.argument);
					const safe =
						branch === then
							? `${code.textOf(call.callee)}(${code.textOf(condition)}, ${written}, 1.0)`
							: `${code.textOf(call.callee)}(${code.textOf(condition)}, 1.0, ${written})`;
					const { from: start, to: end } = danger.argument;
					yield {
						...(danger.mayBeCount ? { severity: "information" as const } : {}),
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
		}
	},
};

const FLIPPED: Readonly<Record<string, string>> = { "<": ">", ">": "<", "<=": ">=", ">=": "<=" };
const NOTHING: ReadonlySet<string> = new Set();

/**
 * What is not 0, as it is written, where a condition is true, or where it is false: x by `x > 0`, `x != 0`, `0 < x`,
 * `x >= 1e-6`, `abs(x) > 1e-6`, and by `(x > 0) & mask`.
 */
function guardedBy(condition: SyntaxNode, whenTrue: boolean, call: Call, code: CodeUnderRules): ReadonlySet<string> {
	const node = unwrap(condition);
	if (node.name === "UnaryExpression" && code.textOf(node.kids[0]!) === "~") {
		return guardedBy(node.kids[1]!, !whenTrue, call, code);
	}
	if (node.name !== "BinaryExpression" || node.kids.length !== 3) return NOTHING;
	const [left, operator, right] = node.kids as [SyntaxNode, SyntaxNode, SyntaxNode];
	const sign = code.textOf(operator);
	if (sign === (whenTrue ? "&" : "|")) {
		return new Set([left, right].flatMap((side) => [...guardedBy(side, whenTrue, call, code)]));
	}
	for (const [of, is, bound] of [[left, sign, right] as const, [right, FLIPPED[sign] ?? sign, left] as const]) {
		const least = constantNumber(bound, call.place, code.resolver);
		if (least === undefined || least < 0 || least > LARGEST_GUARD) continue;
		const keeps = whenTrue
			? is === ">" || (least > 0 ? is === ">=" : is === "!=")
			: is === "<=" || (least > 0 ? is === "<" : is === "==");
		if (keeps) return writtenIn(unwrap(of), call, code);
	}
	return NOTHING;
}

/** What is 0 where a value is: itself, and x for its absolute value; no other call, which may give another each time. */
function writtenIn(node: SyntaxNode, { place }: Call, code: CodeUnderRules): ReadonlySet<string> {
	const call = callOf(node, place);
	if (!call) return new Set([code.textOf(node)]);
	const member = attributeParts(call.callee);
	if (code.textOf(member?.property ?? call.callee) !== "abs") return NOTHING;
	const inner = call.list[0]?.value ?? member?.object;
	return new Set([node, ...(inner ? [unwrap(inner)] : [])].map((each) => code.textOf(each)));
}

interface Singular {
	readonly node: SyntaxNode;
	readonly argument: SyntaxNode;
	readonly what: string;
	/** Whether the argument may as well be a count, which has no gradient to lose. */
	readonly mayBeCount?: boolean;
}

/** The functions in a branch that are singular where the guard keeps their argument from. */
function* singularIn(
	branch: SyntaxNode,
	guarded: ReadonlySet<string>,
	call: Call,
	code: CodeUnderRules,
): Generator<Singular> {
	if (guarded.size === 0) return;
	const stack = [branch];
	for (let node = stack.pop(); node; node = stack.pop()) {
		if (node.name === "LambdaExpression") continue;
		const found =
			node.name === "CallExpression"
				? singularCall(node, call, code)
				: node.name === "BinaryExpression"
					? singularOperator(node, call, code)
					: undefined;
		if (found && guarded.has(code.textOf(unwrap(found.argument)))) yield found;
		stack.push(...node.kids);
	}
}

function singularCall(node: SyntaxNode, where: Call, code: CodeUnderRules): Singular | undefined {
	const call = callOf(node, where.place);
	if (!call) return undefined;
	const name = code.nameOf(call.callee, call.place);
	const member = attributeParts(call.callee);
	const [first, second] = call.list;
	if (name !== null) {
		const isSingular =
			SINGULAR_AT_ZERO.test(name) || (POWER.test(name) && second && isSteepPower(second.value, where, code));
		if (!isSingular || first?.name !== null) return undefined;
		return { node: call.callee, argument: first.value, what: name.slice(name.lastIndexOf(".") + 1) };
	}
	if (!member || !code.nameOf(where.callee, where.place)?.startsWith("torch.")) return undefined;
	const what = code.textOf(member.property);
	const isSingular = SINGULAR_METHOD.test(what) || (what === "pow" && first && isSteepPower(first.value, where, code));
	return isSingular ? { node: member.property, argument: member.object, what } : undefined;
}

function singularOperator(node: SyntaxNode, where: Call, code: CodeUnderRules): Singular | undefined {
	const [left, operator, right] = node.kids as [SyntaxNode, SyntaxNode, SyntaxNode];
	const what = code.textOf(operator);
	if (what === "**") return isSteepPower(right, where, code) ? { node, argument: left, what } : undefined;
	if (what !== "/") return undefined;
	// A mean or a rate over a count that may be 0 has no gradient to lose; a function of the guarded value has.
	if (holds(left, code.textOf(unwrap(right)), code)) return { node, argument: right, what };
	const isReciprocal = constantNumber(left, where.place, code.resolver) !== undefined;
	return isReciprocal ? { node, argument: right, what, mayBeCount: true } : undefined;
}

/** Whether a power has an infinite slope at 0. */
function isSteepPower(exponent: SyntaxNode, { place }: Call, code: CodeUnderRules): boolean {
	const power = constantNumber(exponent, place, code.resolver);
	return power !== undefined && power < 1 && power !== 0;
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
