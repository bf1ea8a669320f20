import type { Activation } from "../activations/activation.ts";
import { activationValues } from "../activations/values.ts";
import { evaluateVector, type VectorActivation } from "../activations/vector.ts";
import type { Parameters } from "../expression/expression.ts";
import { nodesOf } from "../expression/walk.ts";
import { roundTo } from "../numerics/dtype.ts";
import type { ActivationUse, ArgumentValue, Definition } from "../reading/use.ts";
import { catalogValues } from "./catalogValues.ts";
import { type CodeValues, codeValues, type NoValues } from "./codeValues.ts";
import { type ElementType, type NumericArray, printNumpy } from "./numpyPrint.ts";
import { takenBy } from "./takenBy.ts";
import { printTensorflow } from "./tensorflowPrint.ts";
import { printTfjs } from "./tfjsPrint.ts";
import { printTorch } from "./torchPrint.ts";

/** What is explained of a use. */
export type Subject =
	| { readonly kind: "elementwise"; readonly activation: Activation }
	| { readonly kind: "vector"; readonly activation: VectorActivation }
	| { readonly kind: "unknown" };

/** What the code yields for the numbers that it passes. */
export interface ExplainedValues {
	readonly shape: readonly number[];
	readonly dtype: ElementType;
	readonly input: readonly number[];
	readonly value: readonly number[];
	/** Exact slope at each input; null where the activation takes a whole vector. */
	readonly derivative: readonly number[] | null;
	/** What printing the result shows. */
	readonly print: string;
}

/** The most values that are computed; a longer array is not shown. */
const MOST_VALUES = 5000;
/** Each output of a vector activation depends on all of the vector. */
const LONGEST_VECTOR = 24;

export interface Found {
	readonly values: ExplainedValues | null;
	readonly reason: NoValues | null;
	/** An input at which the code as written strays from the function that it writes, and both numbers there. */
	readonly astray: { readonly x: number; readonly written: number; readonly exact: number } | null;
	/** Whether the last printed digit depends on the library and the processor. */
	readonly rough: boolean;
}

const without = (reason: NoValues | null): Found => ({ values: null, reason, astray: null, rough: false });

const found = new WeakMap<ActivationUse, { readonly source: string | null; readonly result: Found }>();

/** The values that a use gives for its argument; null where it has none, or they are not certain. */
export function valuesOf(
	use: ActivationUse,
	subject: Subject,
	parameters: Parameters,
	source: string | null,
): Found | null {
	const known = found.get(use);
	if (known && known.source === source) return known.result;
	const result = use.argument && valuesAt(use, use.argument, subject, parameters, source);
	if (result) found.set(use, { source, result });
	return result;
}

/** The values at what the function's library makes of the argument. */
function valuesAt(
	use: ActivationUse,
	argument: ArgumentValue,
	subject: Subject,
	parameters: Parameters,
	source: string | null,
): Found | null {
	const library = use.definition?.library ?? use.library;
	const taken = takenBy(library, argument);
	if (!taken) return null;
	const isJax = taken.container === "jax" || library === "jax";
	// With it, JAX has float64.
	if (isJax && source?.includes("jax_enable_x64")) return null;
	if (!use.definition || argument.container === "python") {
		return computeValues(use, use.definition ? argument : taken, subject, parameters, source);
	}
	// Operators before the library's first function still compute in the argument's own type: the last digit may be another.
	const isSame = taken.dtype === argument.dtype && !(isJax && argument.dtype === "int64");
	const isRounded = argument.dtype === "int64" || argument.values.some((value, i) => value !== taken.values[i]);
	if (!isSame && isRounded) return without("type not certain");
	const result = computeValues(use, taken, subject, parameters, source);
	return result && { ...result, rough: result.rough || !isSame };
}

function computeValues(
	use: ActivationUse,
	argument: ArgumentValue,
	subject: Subject,
	parameters: Parameters,
	source: string | null,
): Found | null {
	if (subject.kind === "unknown") return null;
	if (subject.kind === "vector") return use.definition ? null : vectorValues(use, argument, subject.activation);
	if (use.unknownParameters.length > 0 || !canBeShown(argument)) return null;
	// A list has no arithmetic of its own.
	if (use.definition && argument.container === "python" && argument.shape.length > 0) return null;
	if (argument.container === "tfjs" && argument.shape.length > 2) return null;
	const { activation } = subject;
	const computed: CodeValues = use.definition
		? codeValues(use.definition, argument, parameters, textOf(use.definition, source))
		: catalogValues(activation, parameters, argument, use);
	if (computed.values === null) return without(computed.reason);
	const exact = activationValues(activation, parameters, argument.values);
	const isCertain = use.definition ? isArithmetic(activation) || computed.dtype !== "float32" : isExact(activation);
	const values = explained(use, argument, computed.values, computed.dtype, Array.from(exact.derivative));
	const rough = !isCertain && (showsLastDigit(computed.dtype, argument.container) || isNearTie(values));
	const astray = use.definition ? strayed(argument.values, computed.values, exact.value, computed.dtype) : null;
	return { values, reason: null, astray, rough };
}

/** Whole numbers beyond 2⁵³ are not read exactly. */
function canBeShown({ dtype, values }: ArgumentValue): boolean {
	return values.length > 0 && values.length <= MOST_VALUES && (dtype !== "int64" || values.every(Number.isSafeInteger));
}

/** Operations that take their values from others and compute none, so that nothing is rounded. */
const EXACT = ["neg", "abs", "sign", "floor", "not", "max", "min", "and", "or"];
const isExact = madeOf(EXACT);
/** Operations that every processor rounds in the same way. */
const isArithmetic = madeOf([...EXACT, "square", "sqrt", "add", "sub", "mul", "div"]);

function madeOf(operators: readonly string[]): (activation: Activation) => boolean {
	const all = new Set(operators);
	return ({ definition }) =>
		nodesOf(definition).every((node) => (node.kind !== "unary" && node.kind !== "binary") || all.has(node.operator));
}

/** Whether a print shows the digits that are rounded: PyTorch's has four, and float64 more than any. */
function showsLastDigit(dtype: ElementType, container: ArgumentValue["container"]): boolean {
	return dtype === "float16" || dtype === "bfloat16" || (dtype === "float32" && container !== "torch");
}

/** How far, relatively, a library may be from a value of float32. */
const SINGLE_ERROR = 6e-7;

/** Whether PyTorch's four digits of float32 would be others for values that are a few units in the last place away. */
function isNearTie({ value, shape, dtype, print: shown }: ExplainedValues): boolean {
	if (dtype !== "float32") return false;
	const away = (by: number) => printTorch({ values: value.map((one) => one * (1 + by)), shape, dtype });
	return shown.startsWith("tensor(") && [SINGLE_ERROR, -SINGLE_ERROR].some((by) => away(by) !== shown);
}

/** A vector activation is shown for one vector of fractions; which axis of a matrix it takes is not followed. */
function vectorValues(use: ActivationUse, argument: ArgumentValue, activation: VectorActivation): Found | null {
	const { shape, values: x, dtype, container } = argument;
	const suits =
		shape.length === 1 && x.length > 0 && x.length <= LONGEST_VECTOR && x.length % activation.multipleOf === 0;
	if (!suits || !activation.outputs || dtype === "int64" || container === "python" || container === "javascript")
		return null;
	const value = evaluateVector(activation, x).value.map((one) => roundTo(one, dtype));
	const size = activation.id === "logsumexp" ? [] : [value.length];
	const printed = print({ values: value, shape: size, dtype }, resultOf(use, container));
	const values = { shape: size, dtype, input: x, value, derivative: null, print: printed };
	return { values, reason: null, astray: null, rough: showsLastDigit(dtype, container) || isNearTie(values) };
}

function explained(
	use: ActivationUse,
	{ shape, values: input, container }: ArgumentValue,
	value: readonly number[],
	dtype: ElementType,
	derivative: readonly number[] | null,
): ExplainedValues {
	const printed = print({ values: value, shape, dtype }, resultOf(use, container));
	return { shape, dtype, input, value, derivative, print: printed };
}

/** What a call gives for an argument in a container: TensorFlow makes tensors of what it is given. */
function resultOf(
	{ definition, library }: ActivationUse,
	container: ArgumentValue["container"],
): ArgumentValue["container"] {
	const isTensor = (definition?.library ?? library) === "tensorflow" || container === "tensorflow";
	return isTensor ? "tensorflow" : container;
}

/** What the container's library prints. */
export function print(array: NumericArray, container: ArgumentValue["container"]): string {
	if (container === "javascript" && array.dtype === "float64") return String(array.values[0]);
	if (container === "tfjs" || container === "javascript") return printTfjs(array) ?? "";
	if (container === "tensorflow") return printTensorflow(array);
	return container === "torch" ? printTorch(array) : printNumpy(array);
}

/** How far, relatively, rounding alone takes a function that is written sensibly. */
const ORDINARY_ERROR: Readonly<Partial<Record<ElementType, number>>> = {
	float64: 1e-6,
	float32: 1e-3,
	float16: 0.05,
	bfloat16: 0.3,
};

function strayed(
	inputs: readonly number[],
	written: readonly number[],
	exact: ArrayLike<number>,
	dtype: ElementType,
): Found["astray"] {
	const share = ORDINARY_ERROR[dtype];
	if (share === undefined) return null;
	for (const [i, value] of written.entries()) {
		const truth = exact[i]!;
		if (Object.is(value, truth) || !Number.isFinite(truth)) continue;
		const error = Math.abs(value - truth);
		if (!(error <= share * Math.abs(truth) + 1e-12)) return { x: inputs[i]!, written: value, exact: truth };
	}
	return null;
}

/** The definition's own text; null if `source` is not the text that it was read from (another cell of a notebook). */
export function textOf({ name, span, nameSpan, path }: Definition, source: string | null): string | null {
	if (source === null || path !== null) return null;
	const here = source.slice(nameSpan.start, nameSpan.end);
	return here === name || here.endsWith(`.${name}`) ? source.slice(span.start, span.end) : null;
}
