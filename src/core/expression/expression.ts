/**
 * An activation is an expression: a graph of operations on the input `x`, on named parameters and on constants.
 *
 * Nodes are immutable and shared (two equal sub-expressions made by the builders in `build.ts` are one object), so a
 * graph of n nodes may stand for a tree of 2ⁿ. Walk it with a map from node to result, never by plain recursion.
 * A truth value is a node too (`compare`, `and`, `or`, `not`); it evaluates to 1 or 0.
 */
export type Expression = Constant | Input | Parameter | Unary | Binary | Compare | Where;

export interface Constant {
	readonly kind: "constant";
	/** The double nearest to the constant. */
	readonly value: number;
	/** What the exact value is where the double is not it: a decimal such as "0.044715", or a name such as "pi". */
	readonly exact?: string;
}

export interface Input {
	readonly kind: "input";
}

export interface Parameter {
	readonly kind: "parameter";
	readonly name: string;
}

export interface Unary {
	readonly kind: "unary";
	readonly operator: UnaryOperator;
	readonly operand: Expression;
}

export interface Binary {
	readonly kind: "binary";
	readonly operator: BinaryOperator;
	readonly left: Expression;
	readonly right: Expression;
}

export interface Compare {
	readonly kind: "compare";
	readonly operator: CompareOperator;
	readonly left: Expression;
	readonly right: Expression;
}

/** `then` where `condition` is not 0, else `otherwise`. NaN in the branch not taken does not matter. */
export interface Where {
	readonly kind: "where";
	readonly condition: Expression;
	readonly then: Expression;
	readonly otherwise: Expression;
}

export type UnaryOperator =
	| "neg"
	| "abs"
	| "sign"
	| "square"
	| "sqrt"
	| "exp"
	| "expm1"
	| "log"
	| "log1p"
	| "sin"
	| "cos"
	| "tan"
	| "sinh"
	| "cosh"
	| "tanh"
	| "atan"
	| "asinh"
	| "erf"
	| "erfc"
	| "logistic"
	| "softplus"
	| "normalCdf"
	| "logNormalCdf"
	| "sinc"
	| "floor"
	| "not";

export type BinaryOperator = "add" | "sub" | "mul" | "div" | "pow" | "max" | "min" | "and" | "or";

export type CompareOperator = "lt" | "le" | "gt" | "ge" | "eq" | "ne";

/** Whether a node's value is 0 or 1 by its operation. */
export function isTruth(node: Expression): boolean {
	if (node.kind === "compare") return true;
	if (node.kind === "unary") return node.operator === "not";
	return node.kind === "binary" && (node.operator === "and" || node.operator === "or");
}

/** Values of an expression's parameters by name. */
export type Parameters = Readonly<Record<string, number>>;
