/**
 * What a hand-written function yields for the numbers that the code passes to it, as its library computes them: each
 * operation in the type that NumPy, PyTorch or JAX gives it, rounded as that type rounds. Where the type of a result is
 * not certain there is no value, rather than a likely one.
 */

import { numpyForm } from "../diagnosis/numpyTypes.ts";
import { ONE_NUMBER } from "../diagnosis/stableForm.ts";
import { evaluateAsWritten } from "../expression/asWritten.ts";
import { applyBinary, applyUnary, parameter } from "../expression/build.ts";
import { compile } from "../expression/evaluate.ts";
import type { BinaryOperator, Expression, Parameters, UnaryOperator } from "../expression/expression.ts";
import { nodesOf, operandsOf } from "../expression/walk.ts";
import type { FloatFormat } from "../numerics/decimal.ts";
import { roundTo } from "../numerics/dtype.ts";
import { withoutTexts } from "../reading/code/withoutTexts.ts";
import type { ArgumentValue, Definition } from "../reading/use.ts";
import type { ElementType } from "./numpyPrint.ts";

/** Values with their type, or why there are none (null: nothing worth saying). */
export type CodeValues =
	| { readonly values: readonly number[]; readonly dtype: ElementType }
	| { readonly values: null; readonly reason: NoValues | null };

export type NoValues =
	/** `if`, `max(…)` or `math.exp` take one number, and the argument is an array. */
	| "one number at a time"
	/** Python's own arithmetic raises an exception where NumPy goes on with inf or nan. */
	| "Python raises an exception"
	/** A conversion in the body, or a constant from elsewhere, leaves the type of the result open. */
	| "type not certain"
	/** The library raises an exception for whole numbers. */
	| "whole numbers are refused";

/** Where in a result's type a number stands. Python's own numbers take the type of the array that they meet. */
type Kind = "python int" | "python float" | "bool" | "int" | FloatFormat;

/** What a library makes of whole numbers and of Python's numbers. */
interface Conventions {
	readonly int: "int64" | "int32";
	/** What whole numbers become in `exp`, in a division, or where they meet Python's fractions. */
	readonly float: FloatFormat;
	/** Whether whole numbers that meet float32 give float64. */
	readonly widens: boolean;
	/** Whether functions of constants alone are the language's own: `Math.sqrt(2)` is a number without a type. */
	readonly isPlain?: boolean;
}

const NUMPY: Conventions = { int: "int64", float: "float64", widens: true };
const TORCH: Conventions = { int: "int64", float: "float32", widens: false };
const TFJS: Conventions = { int: "int32", float: "float32", widens: false, isPlain: true };
const TENSORFLOW: Conventions = { int: "int32", float: "float32", widens: false };
const JAX: Conventions = { int: "int32", float: "float32", widens: false };

/** Operations that keep whole numbers whole. */
const KEEPS_INTEGERS: ReadonlySet<UnaryOperator> = new Set(["neg", "abs", "sign", "square", "floor"]);

/** Words after which an array may have another type than the operations alone give it. */
const CONVERTS =
	/\b(astype|float|float16|float32|float64|double|half|bfloat16|int|dtype|type_as|type|cast|to|reciprocal)\b\s*[(=]|\/\//;

/** A tensor of TensorFlow's made of constants is float32, and meets no other type. */
const MAKES_TENSOR = /\btf\.(constant|Variable|convert_to_tensor)\b|\btf\.[\w.]+\(\s*-?[\d.]+\s*\)/;

/** What cuts fractions off, where the elements of an array of whole numbers are stored. */
const STORES = /\bpiecewise\s*\(|\]\s*(?:[-+*/%]|\*\*|\/\/)?=(?!=)/;
/** What Python's mathematics computes of one number only. */
const MATH = /\bmath\.(?!pi\b|e\b|inf\b|nan\b|tau\b|sqrt\(\s*[\d.])/;
/** The same, where these names come from `math`. */
const ONE_NUMBER_OF_MATH = /(?<![\w.]|def )(exp|expm1|log|log1p|tanh|erf|sqrt|sin|cos|atan)\s*\(/;

/**
 * The values of `definition` at `argument`, which is what a call passes to it with `parameters`. `text` is the
 * definition's own source, null where it is not at hand.
 */
export function codeValues(
	definition: Definition,
	argument: ArgumentValue,
	parameters: Parameters,
	written: string | null,
): CodeValues {
	const none = (reason: NoValues | null): CodeValues => ({ values: null, reason });
	const text = written && withoutTexts(written, /^(javascript|tfjs)$/.test(definition.library));
	const expression = definition.understood?.activation.definition;
	if (expression && argument.container === "javascript" && definition.library === "javascript") {
		return javascriptValues(expression, argument, parameters, text);
	}
	const conventions = conventionsOf(definition, argument);
	if (!expression || !conventions) return none(null);
	if (conventions === TENSORFLOW) {
		if (argument.dtype === "int64") return none(null);
		// What NumPy gives TensorFlow may take the type of a number that it meets first.
		const isOther = argument.dtype !== "float32" && argument.container !== "python";
		if (isOther && (argument.container !== "tensorflow" || text === null || MAKES_TENSOR.test(text)))
			return none("type not certain");
	}
	// It may give a list of them.
	if (definition.understood?.writing.isByElement) return none(null);
	if (text !== null && argument.dtype === "int64" && STORES.test(text)) return none("type not certain");
	const ofMath = definition.library === "python" || definition.library === "math";
	const oneNumber =
		text !== null && (ONE_NUMBER.test(text) || MATH.test(text) || (ofMath && ONE_NUMBER_OF_MATH.test(text)));
	if (oneNumber && argument.shape.length > 0) return none("one number at a time");

	const input: Kind = argument.dtype === "int64" ? "int" : argument.dtype;
	// float64 stays float64 whatever Python's numbers are; everything else depends on how the body is written.
	const open = () => promotedValues(definition, argument, parameters) ?? none("type not certain");
	if (text === null ? input !== "float64" : CONVERTS.test(text)) return open();
	// A constant that could be `2` or `2.0` must not matter.
	const kindsIf = (open: Kind) =>
		resolveKinds(expression, input, conventions, constantKinds(input, text, conventions, open), (name) =>
			Number.isInteger(parameters[name]) ? open : "python float",
		);
	const kinds = kindsIf("python int");
	const others = kindsIf("python float");
	if (kinds === "type not certain") return open();
	if (typeof kinds === "string") return none(kinds);
	const result = kinds.get(expression)!;
	if (typeof others === "string" || others.get(expression) !== result) return open();

	// Python's own numbers know no infinity as a result; NumPy's warn and go on.
	const raises = argument.container === "python" && oneNumber && !/\b(np|numpy|jnp|jax|torch)\./.test(text);
	const values: number[] = [];
	for (const x of argument.values) {
		const value = run(expression, kinds, conventions, x, parameters, raises);
		if (value === undefined) return none("Python raises an exception");
		if (Number.isNaN(value) ? isWhole(result) : isWhole(result) && !Number.isSafeInteger(value)) {
			return none("type not certain");
		}
		values.push(value);
	}
	return { values, dtype: elementType(result, conventions) };
}

/** An array of fractions through a function of NumPy's, by the types that NumPy 2 gives its parts; null if not certain. */
function promotedValues({ library, understood }: Definition, argument: ArgumentValue, parameters: Parameters) {
	const { dtype, container, values } = argument;
	if (container !== "numpy" || library !== "numpy" || dtype === "int64" || !understood) return null;
	const { activation, writing } = understood;
	const form = numpyForm(activation.definition, dtype, parameters, writing);
	if (!form?.isTyped || form.result === "float8_e4m3" || form.result === "float8_e5m2") return null;
	const results = compile([form.expression], parameters, form.arithmetic)(Float64Array.from(values))[0]!;
	return { values: Array.from(results), dtype: form.result };
}

/** Functions of JavaScript that the expression has in other operations. */
const WRITTEN_OUT = /\b(log2|log10|hypot|cbrt|ceil|pow)\b|\*\*/;
/** What rounds to another type. */
const ROUNDS = /\bfround\b/;

/** JavaScript's numbers are float64, and each operation is done on one of them. */
function javascriptValues(
	expression: Expression,
	argument: ArgumentValue,
	parameters: Parameters,
	text: string | null,
): CodeValues {
	if (argument.shape.length > 0 || text === null || WRITTEN_OUT.test(text)) return { values: null, reason: null };
	if (ROUNDS.test(text)) return { values: null, reason: "type not certain" };
	return {
		values: argument.values.map((x) => evaluateAsWritten(expression, x, parameters, "float64")),
		dtype: "float64",
	};
}

function conventionsOf(definition: Definition, { container }: ArgumentValue): Conventions | null {
	if (definition.library === "tensorflow") return /^(tensorflow|numpy|python)$/.test(container) ? TENSORFLOW : null;
	// Python's numbers become what the library at work makes of them; PyTorch's functions refuse them.
	const library = container === "python" ? definition.library : container;
	switch (library) {
		case "numpy":
		case "python":
		case "math":
		case "scipy":
			return NUMPY;
		case "torch":
			return container === "torch" ? TORCH : null;
		case "jax":
			return JAX;
		case "tensorflow":
			return definition.library === "python" ? TENSORFLOW : null;
		case "tfjs":
			return container === "tfjs" ? TFJS : null;
		default:
			return null;
	}
}

/**
 * The type of a constant: whether the text writes it as a whole number or with a point, `open` where it has both (`0`
 * and `0.0` are one constant of the expression). Null where it may be an array's number from elsewhere, and that matters.
 */
function constantKinds(
	input: Kind,
	text: string | null,
	{ widens }: Conventions,
	open: Kind,
): (value: number) => Kind | null {
	const spellings = new Map<number, Set<Kind>>();
	for (const [literal] of text?.matchAll(/(?<![\w.])(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?(?![\w.])/gi) ?? []) {
		const value = Number(literal.replaceAll("_", ""));
		const kind = /[.e]/i.test(literal) ? "python float" : "python int";
		spellings.set(value, (spellings.get(value) ?? new Set()).add(kind));
	}
	return (value) => {
		const kinds = spellings.get(Math.abs(value));
		if (kinds) return kinds.size === 1 ? [...kinds][0]! : open;
		if (value === Math.PI || value === Math.E || !Number.isFinite(value)) return "python float";
		// A whole number may come with the operation, as the 0 of `relu` does.
		if (Number.isInteger(value)) return open;
		return widens && input !== "float64" && input !== "int" ? null : "python float";
	};
}

/** The type of every node, or why one has none that is certain. */
function resolveKinds(
	expression: Expression,
	input: Kind,
	conventions: Conventions,
	constantKind: (value: number) => Kind | null,
	parameterKind: (name: string) => Kind,
): Map<Expression, Kind> | NoValues {
	const kinds = new Map<Expression, Kind>();
	for (const node of nodesOf(expression)) {
		const kind = kindOf(
			node,
			operandsOf(node).map((operand) => kinds.get(operand)!),
		);
		if (kind === null) return "type not certain";
		if (kind === "refused") return "whole numbers are refused";
		kinds.set(node, kind);
	}
	return kinds;

	function kindOf(node: Expression, operands: readonly Kind[]): Kind | "refused" | null {
		switch (node.kind) {
			case "constant":
				return constantKind(node.value);
			case "input":
				return input;
			case "parameter":
				return parameterKind(node.name);
			case "compare":
				return "bool";
			case "where": {
				const both = promote(operands[1]!, operands[2]!, conventions);
				// Between two of Python's numbers the library makes an array of its own type.
				return both === "python int" ? "int" : both === "python float" ? conventions.float : both;
			}
			case "unary": {
				const operand = operands[0]!;
				if (node.operator === "not") return "bool";
				if (operand === "bool") return null;
				if (KEEPS_INTEGERS.has(node.operator)) return operand;
				if (operand === "int") return conventions.float;
				// A function of constants alone: `math` gives a Python number, NumPy one of its own, which is stronger.
				if (isCode(operand) && conventions.isPlain) return "python float";
				if (isCode(operand)) return input === "float64" ? "float64" : null;
				return operand;
			}
			case "binary": {
				if (node.operator === "and" || node.operator === "or") return "bool";
				const both =
					operands[0] === "bool" && operands[1] === "bool" ? null : promote(operands[0]!, operands[1]!, conventions);
				if (both === null || !isWhole(both)) return both;
				if (node.operator === "div") return both === "int" ? conventions.float : "python float";
				if (node.operator !== "pow") return both;
				if (node.right.kind === "constant" && node.right.value >= 0) return both;
				return both === "int" && node.right.kind === "constant" ? "refused" : null;
			}
		}
	}
}

const PYTHON_ORDER: readonly Kind[] = ["bool", "python int", "int", "python float"];

/** The type in which two numbers meet; null where the libraries differ in ways not followed here. */
function promote(a: Kind, b: Kind, { float, widens }: Conventions): Kind | null {
	if (a === b) return a;
	const [low, high] = [a, b].sort((p, q) => PYTHON_ORDER.indexOf(p) - PYTHON_ORDER.indexOf(q)) as [Kind, Kind];
	// A float of the library stands outside the order, at −1, and so comes first.
	if (PYTHON_ORDER.includes(low)) {
		if (high === "python float") return low === "python int" ? high : float;
		return high === "python int" ? "int" : high;
	}
	if (PYTHON_ORDER.includes(high)) return high === "int" && widens ? "float64" : low;
	const wider = ["float64", "float32"].find((kind) => kind === a || kind === b);
	return (wider as Kind | undefined) ?? null;
}

/** One evaluation; undefined where Python raises an exception, if that is asked. */
function run(
	expression: Expression,
	kinds: ReadonlyMap<Expression, Kind>,
	conventions: Conventions,
	x: number,
	parameters: Parameters,
	raises: boolean,
): number | undefined {
	const results = new Map<Expression, number>();
	for (const node of nodesOf(expression)) {
		const kind = kinds.get(node)!;
		const operands = operandsOf(node).map((operand) => results.get(operand)!);
		const value = result(node, kind, operands);
		if (raises && !Number.isFinite(value) && operands.length > 0 && operands.every(Number.isFinite)) return undefined;
		results.set(node, value);
	}
	return results.get(expression)!;

	function result(node: Expression, kind: Kind, operands: readonly number[]): number {
		switch (node.kind) {
			case "constant":
				return node.value;
			case "input":
				return x;
			case "parameter":
				return parameters[node.name] ?? Number.NaN;
			case "unary":
				if (node.operator === "not") return operands[0] === 0 ? 1 : 0;
				return unary(node.operator, as(operands[0]!, kind), kind);
			case "compare": {
				const both = promote(kinds.get(node.left)!, kinds.get(node.right)!, conventions) ?? "float64";
				return holds(node.operator, as(operands[0]!, both), as(operands[1]!, both)) ? 1 : 0;
			}
			case "where":
				return as(operands[0] !== 0 ? operands[1]! : operands[2]!, kind);
			case "binary": {
				if (node.operator === "and") return operands[0] !== 0 && operands[1] !== 0 ? 1 : 0;
				if (node.operator === "or") return operands[0] !== 0 || operands[1] !== 0 ? 1 : 0;
				return binary(node.operator, as(operands[0]!, kind), as(operands[1]!, kind), kind);
			}
		}
	}
}

/** The number in another type. */
function as(value: number, kind: Kind): number {
	return isFloat(kind) ? roundTo(value, kind) : value;
}

const a = parameter("a");
const b = parameter("b");

function unary(operator: UnaryOperator, value: number, kind: Kind): number {
	switch (operator) {
		case "neg":
			// Whole numbers have one zero.
			return isWhole(kind) ? 0 - value : -value;
		case "abs":
			return Math.abs(value);
		case "square":
			return as(value * value, kind);
		default:
			return evaluateAsWritten(applyUnary(operator, a), 0, { a: value }, isFloat(kind) ? kind : "float64");
	}
}

function binary(operator: BinaryOperator, left: number, right: number, kind: Kind): number {
	// A double holds the exact result of one of these well enough to be rounded again to any narrower type.
	switch (operator) {
		case "add":
			return as(left + right, kind);
		case "sub":
			return as(left - right, kind);
		case "mul":
			return as(isWhole(kind) ? left * right + 0 : left * right, kind);
		case "div":
			return as(left / right, kind);
		default:
			return evaluateAsWritten(applyBinary(operator, a, b), 0, { a: left, b: right }, isFloat(kind) ? kind : "float64");
	}
}

function holds(operator: "lt" | "le" | "gt" | "ge" | "eq" | "ne", left: number, right: number): boolean {
	switch (operator) {
		case "lt":
			return left < right;
		case "le":
			return left <= right;
		case "gt":
			return left > right;
		case "ge":
			return left >= right;
		case "eq":
			return left === right;
		case "ne":
			return left !== right;
	}
}

function elementType(kind: Kind, conventions: Conventions): ElementType {
	if (kind === "int" || kind === "python int") return conventions.int;
	return kind === "python float" ? "float64" : kind;
}

function isCode(kind: Kind): boolean {
	return kind === "python int" || kind === "python float";
}

function isWhole(kind: Kind): boolean {
	return kind === "int" || kind === "python int";
}

function isFloat(kind: Kind): kind is FloatFormat {
	return kind === "float64" || kind === "float32" || kind === "float16" || kind === "bfloat16";
}
