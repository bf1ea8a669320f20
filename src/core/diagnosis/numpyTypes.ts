/**
 * The type in which NumPy 2 computes each part of a function of an array, by the rules of NEP 50: Python's own numbers
 * take the type of the array that they meet, NumPy's (`np.sqrt(2)`) are float64 and make the result so. bfloat16 is that
 * of ml_dtypes, which knows Python's whole numbers but makes float32 of its fractions.
 */
import { constant } from "../expression/build.ts";
import { evaluate } from "../expression/evaluate.ts";
import type { Binary, Expression, Parameters, Unary, UnaryOperator, Where } from "../expression/expression.ts";
import type { NarrowFormat } from "../expression/kernel/roundedSteps.ts";
import { dependsOn, nodesOf, operandsOf, withOperands } from "../expression/walk.ts";
import { blockRounding, type Dtype, roundTo } from "../numerics/dtype.ts";
import type { Spelling, Writing } from "../reading/use.ts";
import type { NarrowArithmetic } from "./narrow.ts";
import { numpyExpInDouble, numpyExpInSingle } from "./numpyExp.ts";

/** A function with its numbers as they enter each operation, and what each operation is rounded to. */
export interface NumpyForm {
	readonly expression: Expression;
	readonly arithmetic: NarrowArithmetic;
	/** The type of the result. */
	readonly result: Dtype;
	/** Whether it is an array of that type: truth values and whole numbers are of another, and Python's have none. */
	readonly isTyped: boolean;
	/** The part of the code's expression that a part of this one computes. */
	readonly originals: ReadonlyMap<Expression, Expression>;
}

/** What a number is to NumPy; a "whole" or "fraction" of Python's has no type of its own. */
type Kind = Dtype | "int64" | "bool" | "whole" | "fraction";

/** More combinations of ways in which the code may mean its numbers are not tried. */
const MOST_WAYS = 64;

/** Functions of SciPy, which has them in float32 and float64 only, and computes narrower types in float64. */
const OF_SCIPY: ReadonlySet<UnaryOperator> = new Set(["erf", "erfc", "logistic", "normalCdf", "logNormalCdf"]);
const KEEP_WHOLE: ReadonlySet<UnaryOperator> = new Set(["neg", "abs", "sign", "square", "floor"]);

/** The function as NumPy computes it on an array of `dtype`; null where the types are not certain. */
export function numpyForm(
	written: Expression,
	dtype: Dtype,
	parameters: Parameters,
	writing: Writing | undefined,
): NumpyForm | null {
	const kinds = certainKinds(written, dtype, parameters, writing);
	if (!kinds) return null;
	// Truth values and whole numbers are exact in float64.
	const kind = kinds.get(written)!;
	const result = typeOf(kind) ?? "float64";
	const isTyped = typeOf(kind) === kind;
	const forms = new Map<Expression, Expression>();
	const originals = new Map<Expression, Expression>();
	const types = new Map<Expression, Dtype>();
	for (const node of nodesOf(written)) {
		if (!dependsOn(node)) continue;
		const kind = kinds.get(node)!;
		const meeting = meetingKind(node, kind, kinds);
		const operands = operandsOf(node).map((operand) => forms.get(operand) ?? numberIn(operand, meeting, parameters));
		const form = withOperands(node, operands);
		const type = typeOf(kind);
		// Two parts of one form that are of two types cannot be told apart.
		const twin = originals.get(form);
		if (twin && typeOf(kinds.get(twin)!) !== type) return null;
		if (type) types.set(form, type);
		forms.set(node, form);
		originals.set(form, node);
	}
	const roundings = new Map([...new Set(types.values())].map((type) => [type, blockRounding(type)]));
	const exp = exponentialOf(types);
	const arithmetic: NarrowArithmetic = {
		unary: exp ? { exp } : {},
		binary: {},
		formatOf: (node) => narrowFormat(types.get(node)),
		roundOf: (node) => {
			const type = types.get(node);
			return type && roundings.get(type);
		},
	};
	return {
		expression: forms.get(written) ?? numberIn(written, kinds.get(written)!, parameters),
		arithmetic,
		result,
		isTyped,
		originals,
	};
}

/** NumPy's own e^u, where all of a function are of one type that has one. */
function exponentialOf(types: ReadonlyMap<Expression, Dtype>): ((u: number) => number) | undefined {
	const of = new Set<Dtype>();
	for (const [node, type] of types) if (node.kind === "unary" && node.operator === "exp") of.add(type);
	if (of.size !== 1) return undefined;
	return of.has("float32") ? numpyExpInSingle : of.has("float64") ? numpyExpInDouble : undefined;
}

/** The format if it is narrower than float64. */
function narrowFormat(type: Dtype | undefined): NarrowFormat | undefined {
	return type === "float32" || type === "float16" || type === "bfloat16" ? type : undefined;
}

/** The type in which a node's operands meet. */
function meetingKind(node: Expression, kind: Kind, kinds: ReadonlyMap<Expression, Kind>): Kind {
	if (node.kind !== "compare") return kind;
	return promote(kinds.get(node.left)!, kinds.get(node.right)!);
}

/** A number that does not depend on the input, computed in float64 and rounded to the type that it meets. */
function numberIn(node: Expression, kind: Kind, parameters: Parameters): Expression {
	const type = typeOf(kind);
	const value = evaluate(node, 0, parameters);
	const rounded = type ? roundTo(value, type) : value;
	return node.kind === "constant" && rounded === node.value ? node : constant(rounded);
}

/** The floating-point type of a result; Python's fractions are float64. Undefined for truth values and whole numbers. */
function typeOf(kind: Kind): Dtype | undefined {
	if (kind === "bool" || kind === "int64" || kind === "whole") return undefined;
	return kind === "fraction" ? "float64" : kind;
}

const WIDTH: Readonly<Partial<Record<Dtype, number>>> = { float64: 3, float32: 2, float16: 1, bfloat16: 1 };

/** Whether the body's conversions leave numbers of `dtype` what they are. */
export function keepsType({ conversions }: Writing, dtype: Dtype): boolean {
	return conversions.every(({ target, ofTruth }) => {
		if (target === "input" || target === dtype) return true;
		return ofTruth && target !== "unknown" && (WIDTH[target] ?? 0) < (WIDTH[dtype] ?? 0);
	});
}

/** The kind of every node where all that the code may mean gives the same. */
function certainKinds(
	written: Expression,
	dtype: Dtype,
	parameters: Parameters,
	writing: Writing | undefined,
): ReadonlyMap<Expression, Kind> | null {
	if (writing && !keepsType(writing, dtype)) return null;
	const nodes = nodesOf(written);
	const open = nodes.map((node) => [...spellingsOf(node, parameters, writing)]);
	const ways = open.reduce((product, list) => product * Math.max(1, list.length), 1);
	if (ways > MOST_WAYS) return null;
	let certain: ReadonlyMap<Expression, Kind> | null = null;
	for (let way = 0; way < ways; way++) {
		let rest = way;
		const chosen = new Map<Expression, Spelling>();
		nodes.forEach((node, i) => {
			const list = open[i]!;
			if (list.length === 0) return;
			chosen.set(node, list[rest % list.length]!);
			rest = Math.floor(rest / list.length);
		});
		const kinds = kindsOf(nodes, dtype, chosen);
		if (!kinds || !isKept(kinds, dtype, writing)) return null;
		const before = certain;
		if (before && nodes.some((node) => dependsOn(node) && before.get(node) !== kinds.get(node))) return null;
		certain = kinds;
	}
	return certain;
}

/** Whether nothing changes an array's type in place, nor converts what is not of the input's type back to it. */
function isKept(kinds: ReadonlyMap<Expression, Kind>, dtype: Dtype, writing: Writing | undefined): boolean {
	if (!writing) return true;
	for (const [before, after] of writing.inPlace) {
		const [from, to] = [kinds.get(before), kinds.get(after)];
		// A part that the result does not come from does not matter.
		if (to !== undefined && from !== undefined && from !== to && !isPythons(from)) return false;
	}
	if (writing.conversions.some(({ ofTruth }) => ofTruth)) {
		// Which truth values are meant is not known, and with a number of Python's their type decides.
		const isMixed = (node: Expression) =>
			node.kind === "binary" &&
			[node.left, node.right].some((operand) => kinds.get(operand) === "bool") &&
			[node.left, node.right].some((operand) => isPythons(kinds.get(operand)!));
		if ([...kinds.keys()].some(isMixed)) return false;
	}
	if (!writing.conversions.some(({ target }) => target === "input")) return true;
	// A result that is a number of Python's would be rounded.
	if (isPythons(kinds.get(writing.expression)!)) return false;
	return [...kinds.values()].every((kind) => typeOf(kind) === undefined || kind === "fraction" || kind === dtype);
}

/** The ways in which the code writes the node; of a number that comes with an operation, what leaves other types alone. */
function spellingsOf(
	node: Expression,
	parameters: Parameters,
	writing: Writing | undefined,
): ReadonlySet<Spelling> | readonly Spelling[] {
	const known = writing?.spellings.get(node);
	if (known) return known;
	if (node.kind === "parameter") {
		return Number.isInteger(parameters[node.name]) ? ["whole", "fraction"] : ["fraction"];
	}
	if (node.kind === "constant") return [writing || Number.isInteger(node.value) ? "whole" : "fraction"];
	if (node.kind === "where") return [writing ? "branch" : "select"];
	return [];
}

function kindsOf(
	nodes: readonly Expression[],
	dtype: Dtype,
	chosen: ReadonlyMap<Expression, Spelling>,
): ReadonlyMap<Expression, Kind> | null {
	const kinds = new Map<Expression, Kind>();
	for (const node of nodes) {
		const kind = kindOf(node, dtype, chosen.get(node), kinds);
		if (kind === null) return null;
		kinds.set(node, kind);
	}
	return kinds;
}

function kindOf(
	node: Expression,
	dtype: Dtype,
	spelling: Spelling | undefined,
	kinds: ReadonlyMap<Expression, Kind>,
): Kind | null {
	if (node.kind === "input" || spelling === "like input") return dtype;
	if (spelling === "numpy") return "float64";
	if (spelling === "whole" || spelling === "fraction") return spelling;
	switch (node.kind) {
		case "compare":
			return "bool";
		case "where":
			return whereKind(node, spelling, kinds);
		case "unary":
			return unaryKind(node, spelling, kinds.get(node.operand)!);
		case "binary":
			return binaryKind(node, spelling, kinds.get(node.left)!, kinds.get(node.right)!);
		default:
			return "whole";
	}
}

function whereKind(node: Where, spelling: Spelling | undefined, kinds: ReadonlyMap<Expression, Kind>): Kind | null {
	const [then, otherwise] = [kinds.get(node.then)!, kinds.get(node.otherwise)!];
	if (spelling === "step" && node.condition.kind === "compare" && node.otherwise.kind === "where") {
		// np.heaviside(u, h) as it is written out: 0 where u < 0, h where u = 0, else 1.
		return promote(kinds.get(node.condition.left)!, kinds.get(node.otherwise.then)!);
	}
	if (spelling === "assigned") {
		// `y[mask] = value` leaves y's type: a value of a wider one is rounded where no operation shows it.
		if (isPythons(otherwise)) return then; // Only an array has elements: these are the zeros that it is made of.
		return isPythons(then) || then === otherwise ? otherwise : null;
	}
	if (then === "bool" || otherwise === "bool") return null;
	const both = promote(then, otherwise);
	if (spelling !== "select") return both;
	// np.where knows no number without a type, and bfloat16 and Python's fractions have float64 in common.
	if (both === "whole") return "int64";
	if (both === "fraction") return "float64";
	const meets = (a: Kind, b: Kind) => a === "bfloat16" && b === "fraction";
	return meets(then, otherwise) || meets(otherwise, then) ? "float64" : both;
}

function unaryKind(node: Unary, spelling: Spelling | undefined, operand: Kind): Kind | null {
	const { operator } = node;
	if (operator === "not") return "bool";
	if (isPythons(operand)) {
		if (KEEP_WHOLE.has(operator) || !dependsOn(node)) return operand;
		return null;
	}
	if (operand === "bool") return null;
	if (operand === "int64") return KEEP_WHOLE.has(operator) ? operand : "float64";
	if (spelling === "fraction power") return promote(operand, "fraction");
	if (OF_SCIPY.has(operator)) return operand === "float32" ? operand : "float64";
	// np.sinc(u / np.pi) multiplies by Python's π.
	return operator === "sinc" ? promote(operand, "fraction") : operand;
}

function binaryKind(node: Binary, spelling: Spelling | undefined, left: Kind, right: Kind): Kind | null {
	const { operator } = node;
	if (operator === "and" || operator === "or") return "bool";
	if (left === "bool" && right === "bool") return operator === "mul" ? "bool" : null;
	const both = promote(left, right);
	if (spelling === "clip") return promote(both, "fraction");
	if (typeOf(both) !== undefined) return both;
	if (operator === "div") return both === "whole" ? "fraction" : "float64";
	return operator === "pow" && both !== "whole" ? null : both;
}

const NARROW_TO_WIDE: readonly Kind[] = [
	"whole",
	"fraction",
	"bool",
	"int64",
	"float16",
	"bfloat16",
	"float32",
	"float64",
];

/** The kind in which two numbers meet in an operation. */
function promote(a: Kind, b: Kind): Kind {
	if (a === b) return a;
	const [low, high] = NARROW_TO_WIDE.indexOf(a) < NARROW_TO_WIDE.indexOf(b) ? [a, b] : [b, a];
	if (low === "whole") return high === "bool" ? "int64" : high;
	if (low === "fraction") {
		if (high === "bool" || high === "int64") return "float64";
		return high === "bfloat16" ? "float32" : high;
	}
	if (low === "int64") return "float64";
	return low === "float16" && high === "bfloat16" ? "float32" : high;
}

function isPythons(kind: Kind): boolean {
	return kind === "whole" || kind === "fraction";
}
