import { type Binary, type Expression, isTruth } from "../../../expression/expression.ts";
import { dependsOn } from "../../../expression/walk.ts";
import type { CallArgument, SyntaxNode } from "../node.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import type { Term } from "./term.ts";
import { conversionTarget } from "./writing.ts";

/** What a library's function makes of the type of its result. */
export function noteMathematics(
	ctx: Context,
	module: string,
	name: string,
	e: Expression,
	list: readonly CallArgument[],
): void {
	const ofArrays = /^(numpy|scipy|cupy|autograd)/.test(module);
	if (!dependsOn(e)) {
		const isMade =
			/^(zeros|ones|full|empty)(_like)?$/.test(name) && (/_like$/.test(name) || module === "torch" || ofArrays);
		if (isMade) noteMade(ctx, module, name, e, list);
		else if (ofArrays || module.startsWith("keras")) ctx.writing.note(e, "numpy");
		else if (module === "math")
			ctx.writing.note(e, ...(/^(floor|ceil)$/.test(name) ? (["whole"] as const) : (["fraction"] as const)));
		return;
	}
	// A number of Python's comes out, whatever goes in.
	if (module === "math") ctx.writing.convertTo("float64", false);
	if (module === "torch" && e.kind === "binary" && /^cl(amp|ip)/.test(name)) noteBounds(ctx, "clip", e);
	if (!ofArrays) return;
	if (list.some((argument) => argument.name && ctx.text(argument.name) === "dtype"))
		ctx.writing.convertTo("unknown", false);
	if (e.kind === "where") ctx.writing.note(e, name === "heaviside" ? "step" : "select");
	else if (e.kind === "binary") noteBounds(ctx, name, e);
	// np.sinc multiplies by Python's π.
	else if (e.kind === "unary" && e.operator === "sinc" && e.operand.kind === "binary") {
		ctx.writing.note(e.operand.left, "fraction");
	} else if (e.kind === "unary" && e.operator === "square" && name === "square") ctx.writing.note(e, "whole power");
}

/** Notes the type of an array that is made with one number in it. */
function noteMade(ctx: Context, module: string, name: string, e: Expression, list: readonly CallArgument[]): void {
	const given = list.find((argument) => argument.name && ctx.text(argument.name) === "dtype");
	if (given) ctx.writing.convertTo(conversionTarget(ctx.text(given.value), false), false);
	if (given || /_like$/.test(name)) ctx.writing.note(e, "like input");
	else if (module === "torch")
		ctx.writing.note(e, "like input", "numpy"); // That of its settings.
	else ctx.writing.note(e, "numpy");
}

/** Notes the type of the array that all elements of are stored in, to which they are rounded. */
export function noteStored({ writing }: Context, before: Expression, after: Expression): void {
	if (dependsOn(before)) {
		writing.changeInPlace(before, after);
		return;
	}
	// Equal numbers are one node, whether of an array or not.
	const [isLike, isOwn] = (["like input", "numpy"] as const).map((each) => writing.spellingsOf(before).has(each));
	writing.convertTo(isLike === isOwn ? "unknown" : isLike ? "input" : "float64", false);
}

/** `np.clip` between two bounds is an operation of its own; with one it is `np.maximum` or `np.minimum`. */
export function noteBounds(ctx: Context, name: string, e: Binary): void {
	const isBound = (node: Expression): node is Binary =>
		node.kind === "binary" && (node.operator === "max" || node.operator === "min");
	if (!isBound(e)) return;
	const isClip = name === "clip" && e.operator === "min" && isBound(e.left);
	ctx.writing.note(e, isClip ? "clip" : "bound");
	if (isClip) ctx.writing.note(e.left, "clip");
}

/** A conversion's target: its name says it (`np.float32(c)`, `x.half()`), or an argument (`np.asarray(x, float)`). */
export function noteConversion(
	ctx: Context,
	name: string,
	term: Term,
	rest: readonly CallArgument[],
	isMethod = false,
): void {
	if (term.kind !== "number") return;
	const ofTruth = isTruth(term.e);
	const own = /(?:^|\.)(float64|float32|float16|bfloat16|double|half)$/.exec(name)?.[1];
	const isFree = !dependsOn(term.e);
	if (name === "Math.fround") {
		ctx.writing.convertTo("float32", ofTruth);
		return;
	}
	if (name === "float") {
		if (isMethod) ctx.writing.convertTo("float32", ofTruth);
		else if (isFree) ctx.writing.note(term.e, "fraction");
		else ctx.writing.convertTo("float64", ofTruth);
		return;
	}
	const given = rest.filter((each) => !each.name || /^(dtype|type|new_dtype)$/.test(ctx.text(each.name)));
	const target = own ?? given.map(({ value }) => ctx.text(value)).find((text) => !/cpu|cuda|device|^-?\d/.test(text));
	if (name === "type_as") ctx.writing.convertTo("input", ofTruth);
	else if (target !== undefined || name === "item") {
		ctx.writing.convertTo(conversionTarget(target ?? "float", ctx.resolver.language.tensor === "tfjs"), ofTruth);
	} else if (isFree && /^(numpy|cupy)\./.test(name)) ctx.writing.note(term.e, "numpy");
}

/** A conversion to integers rounds; only truth values pass it unchanged. */
export function refuseIntegers(ctx: Context, term: Term, rest: readonly CallArgument[], node: SyntaxNode): void {
	const toInteger = rest.some(({ value }) => /(^|[^a-z])u?(int|long|bool|byte)\d*\b/i.test(ctx.text(value)));
	if (toInteger && !(term.kind === "number" && isTruth(term.e)))
		throw new NotUnderstood("conversion to integers", node);
}
