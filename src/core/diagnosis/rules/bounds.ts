import { constantNumber } from "../../reading/code/constants.ts";
import { attributeParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import { argumentOf, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { At } from "./flow.ts";

/** What no value of an expression, NaN aside, is below and above; infinite where that is not known. */
export interface Bounds {
	readonly least: number;
	readonly greatest: number;
}

const ANY: Bounds = { least: Number.NEGATIVE_INFINITY, greatest: Number.POSITIVE_INFINITY };
const NEVER_NEGATIVE: Bounds = { ...ANY, least: 0 };
const NEVER_POSITIVE: Bounds = { ...ANY, greatest: 0 };
const PROBABILITY: Bounds = { least: 0, greatest: 1 };

/**
 * What functions and methods of the libraries give whatever they are given, by the last part of their names. A bound that
 * the function only tends to is reached where it is rounded: `exp(-200)` is 0 in float32.
 */
const RANGES: readonly (readonly [words: RegExp, range: Bounds])[] = [
	[/^(abs|fabs|absolute|square|sqrt|rsqrt|exp|exp2|relu|softplus)$/, NEVER_NEGATIVE],
	[/^(norm|hypot|cdist|pdist|var|std|reduce_variance|reduce_std|len)$/, NEVER_NEGATIVE],
	[/^(sigmoid|expit|softmax)$/, PROBABILITY],
	[/^(tanh|sin|cos|sign)$/, { least: -1, greatest: 1 }],
	[/^(log_softmax|logsigmoid|log_sigmoid)$/, NEVER_POSITIVE],
];
/** Those that give their first argument's values, some of them, or a mean of them. */
const KEEPS_BOUNDS = /^(mean|reduce_mean|squeeze|unsqueeze|reshape|view|flatten|detach|stop_gradient|float)$/;
const SUM = /^(sum|reduce_sum)$/;
const POWER = /^(pow|power)$/;
/** `torch.max(x, 1)` is the largest along an axis, Python's own the larger of two. */
const LARGER = /^max$|\.(maximum|fmax)$/;
const SMALLER = /^min$|\.(minimum|fmin)$/;
const CLAMP = /^(clamp|clip|clip_by_value|clamp_min|clamp_max)_?$/;
const CLAMP_LEAST = ["min", "a_min", "min_value", "clip_value_min"];
const CLAMP_GREATEST = ["max", "a_max", "max_value", "clip_value_max"];
/** The largest of some values, or what is no smaller. */
const MAXIMUM = /^(max|amax|reduce_max|logsumexp|reduce_logsumexp)$/;

/** What code calls a small number that it does not say. */
const SMALL = /(^|[._])(eps|epsilon|tiny)\d*$/i;
/** So small that no sum depends on it; products of several are still no 0. */
const ABOVE_ZERO: Bounds = { ...ANY, least: 1e-60 };
/** Bounds of a clamp that is not given one of its two. */
const NO_FLOOR: Bounds = { ...ANY, greatest: Number.NEGATIVE_INFINITY };
const NO_CEILING: Bounds = { ...ANY, least: Number.POSITIVE_INFINITY };
/** Deeper expressions, and names made of names, are not looked at. */
const DEEPEST = 12;

/** The bounds of an expression by how it, and what its names stand for, are written: `-(x ** 2)`, `x - m` with `m = max(x)`. */
export function boundsOf(expression: At, code: CodeUnderRules, depth = 0): Bounds {
	const at = { ...expression, node: unwrap(expression.node) };
	const { node, place } = at;
	const constant = constantNumber(node, place, code.resolver);
	if (constant !== undefined) return { least: constant, greatest: constant };
	if (SMALL.test(code.textOf(node))) return ABOVE_ZERO;
	if (depth > DEEPEST) return ANY;
	const of = (part: SyntaxNode | undefined): Bounds => (part ? boundsOf({ ...at, node: part }, code, depth + 1) : ANY);
	switch (node.name) {
		case "VariableName": {
			const made = code.flow.source(at);
			return made && made.node !== node ? boundsOf(made, code, depth + 1) : ANY;
		}
		case "UnaryExpression":
			return code.textOf(node.kids[0]!) === "-" ? negative(of(node.kids[1])) : ANY;
		case "BinaryExpression": {
			const [left, operator, right] = node.kids;
			if (!left || !operator || !right || node.kids.length > 3) return ANY;
			switch (code.textOf(operator)) {
				case "+":
					return sum(of(left), of(right));
				case "-":
					if (isMaximumOf({ ...at, node: right }, { ...at, node: left }, code)) return NEVER_POSITIVE;
					return sum(of(left), negative(of(right)));
				case "*":
				case "/":
					return boundsOfProduct(factorsOf(node, code), of, code);
				case "**":
					return power(of(left), of(right));
				default:
					return ANY;
			}
		}
		case "CallExpression":
			return boundsOfCall(at, of, code);
		default:
			return ANY;
	}
}

function negative({ least, greatest }: Bounds): Bounds {
	return { least: 0 - greatest, greatest: 0 - least };
}

function sum(a: Bounds, b: Bounds): Bounds {
	return { least: a.least + b.least, greatest: a.greatest + b.greatest };
}

function product(a: Bounds, b: Bounds): Bounds {
	const corners = [a.least, a.greatest].flatMap((x) =>
		[b.least, b.greatest].map((y) => (x === 0 || y === 0 ? 0 : x * y)),
	);
	return { least: Math.min(...corners), greatest: Math.max(...corners) };
}

function reciprocal(of: Bounds): Bounds {
	if (of.greatest <= 0) return negative(reciprocal(negative(of)));
	return of.least >= 0 ? { least: 1 / of.greatest, greatest: 1 / of.least } : ANY;
}

function power(base: Bounds, exponent: Bounds): Bounds {
	const isEven = exponent.least === exponent.greatest && exponent.least % 2 === 0;
	return isEven || base.least >= 0 ? NEVER_NEGATIVE : ANY;
}

interface Factor {
	readonly node: SyntaxNode;
	readonly isDivisor: boolean;
}

/** The factors of a product and its divisors; a "-" before one is a factor, too. */
function factorsOf(expression: SyntaxNode, code: CodeUnderRules, isDivisor = false): readonly Factor[] {
	const node = unwrap(expression);
	const [left, operator, right] = node.kids;
	const sign = node.name === "BinaryExpression" ? code.textOf(operator!) : "";
	if (sign === "*" || sign === "/") {
		return [...factorsOf(left!, code, isDivisor), ...factorsOf(right!, code, (sign === "/") !== isDivisor)];
	}
	const isNegative = node.name === "UnaryExpression" && code.textOf(left!) === "-";
	return isNegative ? [{ node: left!, isDivisor }, ...factorsOf(operator!, code, isDivisor)] : [{ node, isDivisor }];
}

/** Factors that are the same, twice, are a square, or the quotient of one by itself. */
function boundsOfProduct(factors: readonly Factor[], of: (factor: SyntaxNode) => Bounds, code: CodeUnderRules): Bounds {
	const single = new Map<string, Factor>();
	let bounds: Bounds = { least: 1, greatest: 1 };
	for (const factor of factors) {
		const written = code.textOf(factor.node);
		if (written === "-") bounds = negative(bounds);
		else if (single.delete(written)) bounds = product(bounds, NEVER_NEGATIVE);
		else single.set(written, factor);
	}
	for (const { node, isDivisor } of single.values()) {
		bounds = product(bounds, isDivisor ? reciprocal(of(node)) : of(node));
	}
	return bounds;
}

function boundsOfCall({ node, place }: At, of: (part: SyntaxNode | undefined) => Bounds, code: CodeUnderRules): Bounds {
	const call = callOf(node, place);
	if (!call) return ANY;
	const member = attributeParts(call.callee);
	const name = code.nameOf(call.callee, place);
	// A layer of the object's, or a function of the code, may have such a name.
	const isMethod = member !== undefined && code.resolver.resolveValue(member.object, place) === undefined;
	if (name === null && !isMethod) return ANY;
	const word = code.textOf(member?.property ?? call.callee);
	const range = RANGES.find(([words]) => words.test(word));
	if (range) return range[1];
	// A method has its first argument before the dot.
	const ahead = name === null ? 1 : 0;
	const argument = (position: number, names: readonly string[] = []) =>
		argumentOf(call.list, position - ahead, names, (part) => code.textOf(part));
	const given = of(ahead ? member!.object : argument(0));
	if (KEEPS_BOUNDS.test(word)) return given;
	if (SUM.test(word)) {
		return { least: given.least >= 0 ? 0 : ANY.least, greatest: given.greatest <= 0 ? 0 : ANY.greatest };
	}
	if (POWER.test(word)) return power(given, of(argument(1)));
	if (CLAMP.test(word)) {
		const isCeiling = word.startsWith("clamp_max");
		const least = isCeiling ? undefined : argument(1, CLAMP_LEAST);
		const greatest = argument(isCeiling ? 1 : 2, CLAMP_GREATEST);
		return clamped(given, least ? of(least) : NO_FLOOR, greatest ? of(greatest) : NO_CEILING);
	}
	const dotted = name ?? `.${word}`;
	const both = [...(ahead ? [given] : []), ...call.list.flatMap((each) => (each.name ? [] : [of(each.value)]))];
	if (LARGER.test(dotted)) return both.reduce(larger, NO_FLOOR);
	return SMALLER.test(dotted) ? both.reduce(smaller, NO_CEILING) : ANY;
}

function larger(a: Bounds, b: Bounds): Bounds {
	return { least: Math.max(a.least, b.least), greatest: Math.max(a.greatest, b.greatest) };
}

function smaller(a: Bounds, b: Bounds): Bounds {
	return { least: Math.min(a.least, b.least), greatest: Math.min(a.greatest, b.greatest) };
}

/** Nothing of what sets a lower bound is taken to be above what sets the upper one. */
function clamped({ least, greatest }: Bounds, from: Bounds, to: Bounds): Bounds {
	return {
		least: Math.max(from.least, Math.min(least, to.least)),
		greatest: Math.min(to.greatest, Math.max(greatest, from.greatest)),
	};
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
