import type { BinaryOperator, CompareOperator, Expression, UnaryOperator } from "../expression.ts";
import { ATOM, LOOSEST, NEGATION, type Printed, within } from "../printed.ts";

/** How an operation is written: the name of a function, or a form of its operands. */
export type Form = string | ((...operands: readonly Printed[]) => Printed);

/** How a library's code is written. An operation without a form is what `rewrites` make of it, or cannot be written. */
export interface Dialect {
	readonly unary: Partial<Record<UnaryOperator, Form>>;
	/** Those that are not written by a sign of the language. */
	readonly binary: Partial<Record<BinaryOperator, Form>>;
	readonly compare: Partial<Record<CompareOperator, Form>>;
	readonly where: Form;
	/** The greater, or the less, of a tensor and a number, where that is written another way than of two tensors. */
	readonly atLeast?: Form;
	readonly atMost?: Form;
	readonly relu?: string;
	/** A truth value as a number. */
	readonly number: (truth: Printed, x: Printed) => Printed;
	/** The first of two numbers to choose from, so that the choice has the type of x and not another. */
	readonly firstOfNumbers?: (number: Printed, x: Printed) => Printed;
	/** Whether a choice has the type of what is first alone, so that this holds of a number before a tensor, too. */
	readonly isTypedByFirst?: boolean;
	readonly rewrites: Partial<Record<UnaryOperator, (operand: Expression) => Expression>>;
	/** Longer ones that keep the digits far out, where what is written else does not. */
	readonly tails?: Partial<Record<UnaryOperator, (operand: Expression) => Expression>>;
	/** What σ(u)·σ(−u) and 4·σ(2u)·σ(−2u) are written as, where not as these. */
	readonly logisticSlope?: (u: Expression) => Expression;
	readonly tanhSlope?: (u: Expression) => Expression;
	readonly pi: string;
	readonly e: string;
	readonly infinity: string;
	readonly equal: string;
	readonly notEqual: string;
	/** Whether a sign in front of a power needs brackets around it: a rule of JavaScript. */
	readonly bracketsNegatedPower?: boolean;
	/** How what does not depend on the input is written; its own way where that is not said. */
	readonly scalar?: Dialect;
	/** Whether a choice that parameters alone decide is left to the language where they are tensors: PyTorch's decide like numbers. */
	readonly tensorsDecide?: boolean;
	/** Whether parameters are tensors even in a plain function, as they are when JAX differentiates by them. */
	readonly parametersAreTensors?: boolean;
}

/** A sign in front, on an operand that is in brackets unless it is an atom. */
export function prefix(sign: string): Form {
	return (operand) => ({
		text: `${sign}${operand!.strength > NEGATION ? operand!.text : `(${operand!.text})`}`,
		strength: NEGATION,
	});
}

/** The operand with the other sign: without the sign in front, if it has one. */
export function negated(operand: Printed, least: number): Printed {
	const { text, strength } = operand;
	if (strength === NEGATION && text.startsWith("-")) return { text: text.slice(1), strength };
	return { text: `-${within(operand, least)}`, strength: NEGATION };
}

/** Functions of one namespace that have the operators' own names. */
export function named(namespace: string, ...operators: readonly UnaryOperator[]): Partial<Record<UnaryOperator, Form>> {
	return Object.fromEntries(operators.map((operator) => [operator, `${namespace}.${operator}`]));
}

/** A sign between two truth values, which are in brackets unless they are atoms. */
export const signs = (both: string) => (left: Printed, right: Printed) => ({
	text: `${within(left, ATOM)} ${both} ${within(right, ATOM)}`,
	strength: LOOSEST,
});

/** Operations that every library calls by the same name. */
export const USUAL = [
	"abs",
	"sign",
	"sqrt",
	"exp",
	"expm1",
	"log",
	"log1p",
	"sin",
	"cos",
	"tan",
	"sinh",
	"cosh",
] as const;
