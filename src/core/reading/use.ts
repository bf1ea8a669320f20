import type { Activation } from "../activations/activation.ts";
import type { Expression } from "../expression/expression.ts";
import type { Dtype } from "../numerics/dtype.ts";
import type { Span } from "../span.ts";
import type { Identity } from "./identity.ts";

/**
 * How an activation stands in the code: a function (called or passed on), a class or layer, a string that a library
 * turns into one, a tensor's method, a definition by hand, or a variable or attribute bound to one.
 */
export type UseKind = "call" | "module" | "string" | "method" | "definition" | "instance";

/** One reference to an activation. */
export interface ActivationUse {
	/** The whole dotted callee; a method's name alone; a string with its quotes; a definition's name. */
	readonly span: Span;
	/** The text at the span. */
	readonly text: string;
	readonly kind: UseKind;
	/** The canonical id; null for a hand-written function that is not in the catalog, not understood, or not meant as one. */
	readonly activation: string | null;
	/** Where the name comes from: "torch", "keras", "jax", "numpy", …, or "code" for what this file defines. */
	readonly library: string;
	/** Under canonical names: what the library's name implies, its defaults, and the literals as written. */
	readonly parameters: Readonly<Record<string, number>>;
	/** Canonical parameters that are written, but not as a value that can be read. */
	readonly unknownParameters: readonly string[];
	/** The hand-written function that is used or defined here. */
	readonly definition: Definition | null;
	/** What the activation is applied to, if that is certain. */
	readonly argument: ArgumentValue | null;
}

export type ArgumentDtype = "int64" | "float64" | "float32" | "float16" | "bfloat16";

/** Numbers that the code itself writes down, as the library would hold them. */
export interface ArgumentValue {
	readonly dtype: ArgumentDtype;
	/** Empty for a scalar. */
	readonly shape: readonly number[];
	/** In row-major order, each already rounded to the dtype. */
	readonly values: readonly number[];
	readonly container: "numpy" | "torch" | "jax" | "python" | "keras" | "tensorflow" | "javascript" | "tfjs";
	/** Where the numbers are written. */
	readonly span: Span;
}

/**
 * How the code writes a part of an expression, as far as a library gives its result another type by it: a number of
 * Python's ("whole", "fraction") or with a type of its own, as NumPy's and Keras' functions give it ("numpy"); zeros of the
 * input's type; a choice by `np.where`, by `if`, by an assignment to some elements, by `np.heaviside`, or by a
 * function of a library's ("library"), which has no array of what it computes on its way ("inner"); bounds by
 * `np.clip` or by other functions; `np.hypot`; a square as `x ** 2` or as `x ** 2.0`.
 */
export type Spelling =
	| "whole"
	| "fraction"
	| "numpy"
	| "like input"
	| "select"
	| "branch"
	| "assigned"
	| "step"
	| "library"
	| "inner"
	| "clip"
	| "bound"
	| "hypot"
	| "whole power"
	| "fraction power";

/** What the code says of the types of its numbers, which the expression does not hold. */
export interface Writing {
	/** The expression that it is about. */
	readonly expression: Expression;
	/** Equal parts are one node: each has all the ways in which the code writes it. */
	readonly spellings: ReadonlyMap<Expression, ReadonlySet<Spelling>>;
	readonly conversions: readonly Conversion[];
	/** What is changed in place, and what it is made: an array keeps its type. */
	readonly inPlace: readonly (readonly [before: Expression, after: Expression])[];
	/** Parts that are computed again each time that the code uses them: it writes them out, with no name for them. */
	readonly repeated: ReadonlySet<Expression>;
	/** Whether the code takes an array's elements one by one: what it says is of one of them, not of the array. */
	readonly isByElement: boolean;
	/**
	 * Whether its gradient is not that of its operations: there is none, of what is detached, made of an array of NumPy's
	 * or such an array, or computed under `no_grad`; or the code says itself what it is (`jax.custom_jvp`,
	 * `torch.autograd.Function`).
	 */
	readonly isDetached: boolean;
	/** Whether TensorFlow makes a graph of it (`@tf.function`), in which log(1 + u) is log1p(u), and eᵘ − 1 expm1(u). */
	readonly isGraph: boolean;
	/** Whether it is a library's own function of the input, and no more: what that rounds on its way is not in the code. */
	readonly isLibraryFunction: boolean;
}

/** A conversion of a part of the body, to a type, to that of the input, or to one that is not known. */
export interface Conversion {
	readonly target: Dtype | "input" | "unknown";
	/** Whether truth values are converted: every type holds them. */
	readonly ofTruth: boolean;
}

/** A function, lambda or module class that is, or may be meant as, an activation. */
export interface Definition {
	readonly name: string;
	readonly kind: "function" | "lambda" | "class";
	readonly span: Span;
	readonly nameSpan: Span;
	/** The file that it is imported from, whose text all its spans are of; null if that is the text that was read. */
	readonly path: string | null;
	/** The library whose functions the body calls first; "python" if it calls none. */
	readonly library: string;
	/** The function as an expression of its input, and where in the text each part of it is written. */
	readonly understood: {
		readonly activation: Activation;
		readonly origins: ReadonlyMap<Expression, Span>;
		readonly writing: Writing;
	} | null;
	/** The canonical id and parameters of the catalog's entry that it is identical to; null for a mere formula. */
	readonly identity: Identity | null;
	/** The same, also where nothing says that the formula is meant as an activation: eˣ, or arsinh x. */
	readonly equals: Identity | null;
	/**
	 * For a function of the whole input: what it gives for [x, 0], for logsumexp [x, x], an expression for each element;
	 * null where that is not known. Absent from elementwise functions.
	 */
	readonly outputs?: readonly Expression[] | null;
	/** Whether such a function reduces along every axis, none being told. */
	readonly reducesAll?: boolean;
	/** What the code of such a function says of its numbers. */
	readonly writing?: Writing;
	/** Whether calls return a tuple whose first element is the activation's value (a value and a cache for later). */
	readonly returnsTuple: boolean;
	/** Why the body is not understood: "not understood: while loop". */
	readonly reason: string | null;
	readonly reasonSpan: Span | null;
}

/** What a source text says about activations. */
export interface ReadFile {
	/** In the order of the text; no two have the same span. */
	readonly uses: readonly ActivationUse[];
	readonly definitions: readonly Definition[];
}
