import type { Expression, Parameters } from "../expression/expression.ts";
import type { Dtype } from "../numerics/dtype.ts";
import type { Writing } from "../reading/use.ts";

/**
 * What goes wrong: NaN or ±∞ where the function is finite, 0 where it is not 0, a relative error above 1 %, or an
 * exception of Python's.
 */
export type HazardKind = "nan" | "inf" | "zero" | "relerr" | "exception";

/** Inputs of a type for which the code as written does not give what the function is. */
export interface Hazard {
	readonly dtype: Dtype;
	readonly kind: HazardKind;
	/** The outermost inputs found, both of the type. */
	readonly lo: number;
	readonly hi: number;
	/** Whether the range goes on to the type's lowest or largest number. */
	readonly throughMin: boolean;
	readonly throughMax: boolean;
	/** The share of the inputs looked at in the range that go wrong so: below 1 where rounding decides. */
	readonly fraction: number;
	/** Whether the function is below the smallest normal number in all of the range: little is lost. */
	readonly trueValueSubnormal: boolean;
	/** An input of the range, what the code gives there, and what the function is, rounded to the type. */
	readonly witness: { readonly x: number; readonly got: number; readonly expected: number };
	/** The first part of the expression that goes wrong at the witness. */
	readonly culprit: Expression;
	/** Where that part is ±∞ for all inputs looked at, also beyond the range; null where it is none at the witness. */
	readonly overflow: Reach | null;
}

/** Inputs of a type from one to another, and whether they go on to its lowest or largest number. */
export type Reach = Pick<Hazard, "lo" | "hi" | "throughMin" | "throughMax">;

export interface Subject {
	/** The function as the code writes it. */
	readonly written: Expression;
	/** The same function in a form that loses nothing; null where none is known. */
	readonly truth: Expression | null;
	/** Exactly the same, where `truth` is a series or a limit. */
	readonly exact?: Expression;
	/**
	 * Where no truth is known, and so only NaN and ±∞ are hazards, a form over the same parameters that is likely to lose
	 * less: what is off from it is a loss if it is off from the function's exact value as well.
	 */
	readonly supposed?: Expression;
	readonly parameters: Parameters;
	readonly truthParameters: Parameters;
	readonly library: string;
	/** What the code says of the types of its numbers; of the form that it is about alone. */
	readonly writing?: Writing;
}

/** The hazards of a function and of its gradient, each from the lowest input up. */
export interface Hazards {
	readonly values: readonly Hazard[];
	/** As the library's backward pass computes it; none where that is not known. */
	readonly gradients: readonly Hazard[];
	/** Zeros and lost digits of values where no truth is known, by what is supposed. */
	readonly losses: readonly Hazard[];
}

/** A hazard as far as one form of a function is preferred to another by it. */
export type Flaw = Pick<Hazard, "dtype" | "kind" | "trueValueSubnormal">;
