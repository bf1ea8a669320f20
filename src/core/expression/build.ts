/**
 * Builders of expressions. Two equal expressions are one object, so sharing is by identity, and nothing is simplified:
 * a hand-written function keeps the shape in which it was written.
 */
import type {
	BinaryOperator,
	CompareOperator,
	Expression,
	Input,
	Parameter,
	UnaryOperator,
	Where,
} from "./expression.ts";

/** An operand: a number stands for the constant. */
export type Operand = Expression | number;

/** Live nodes by their structure; a node that nobody holds leaves the table. */
const nodes = new Map<string, WeakRef<Expression>>();
const ids = new WeakMap<Expression, number>();
const forgotten = new FinalizationRegistry<string>((key) => {
	if (nodes.get(key)?.deref() === undefined) nodes.delete(key);
});
let nextId = 0;

function shared<E extends Expression>(key: string, make: () => E): E {
	const known = nodes.get(key)?.deref();
	if (known) return known as E; // The key holds the kind, so the node found under it is an E.
	const node: E = Object.freeze(make());
	ids.set(node, nextId++);
	nodes.set(key, new WeakRef(node));
	forgotten.register(node, key);
	return node;
}

function idOf(node: Expression): number {
	const id = ids.get(node);
	if (id === undefined) throw new TypeError("expected an expression made by the builders");
	return id;
}

function asExpression(operand: Operand): Expression {
	return typeof operand === "number" ? constant(operand) : operand;
}

/** The input of the activation. */
export const x: Input = shared("x", () => ({ kind: "input" }));

/** A named parameter; its value comes with each evaluation. */
export function parameter(name: string): Parameter {
	return shared(`p:${name}`, () => ({ kind: "parameter", name }));
}

/** A constant; `exact` is a decimal or a name ("pi", "e") where the double is not the exact value. */
export function constant(value: number, exact?: string): Expression {
	const key = `c:${Object.is(value, -0) ? "-0" : value}:${exact ?? ""}`;
	return shared(key, () => (exact === undefined ? { kind: "constant", value } : { kind: "constant", value, exact }));
}

function unary(operator: UnaryOperator): (operand: Operand) => Expression {
	return (operand) => {
		const node = asExpression(operand);
		return shared(`u:${operator}:${idOf(node)}`, () => ({ kind: "unary", operator, operand: node }));
	};
}

function binary(operator: BinaryOperator): (left: Operand, right: Operand) => Expression {
	return (left, right) => {
		const [a, b] = [asExpression(left), asExpression(right)];
		return shared(`b:${operator}:${idOf(a)}:${idOf(b)}`, () => ({ kind: "binary", operator, left: a, right: b }));
	};
}

function compare(operator: CompareOperator): (left: Operand, right: Operand) => Expression {
	return (left, right) => {
		const [a, b] = [asExpression(left), asExpression(right)];
		return shared(`r:${operator}:${idOf(a)}:${idOf(b)}`, () => ({ kind: "compare", operator, left: a, right: b }));
	};
}

/** `then` where `condition` is not 0, else `otherwise`. */
export function where(condition: Expression, then: Operand, otherwise: Operand): Where {
	const [a, b] = [asExpression(then), asExpression(otherwise)];
	const key = `w:${idOf(condition)}:${idOf(a)}:${idOf(b)}`;
	return shared(key, () => ({ kind: "where", condition, then: a, otherwise: b }));
}

export const neg = unary("neg");
export const abs = unary("abs");
export const sign = unary("sign");
export const square = unary("square");
export const sqrt = unary("sqrt");
export const exp = unary("exp");
export const expm1 = unary("expm1");
export const log = unary("log");
export const log1p = unary("log1p");
export const sin = unary("sin");
export const cos = unary("cos");
export const tan = unary("tan");
export const sinh = unary("sinh");
export const cosh = unary("cosh");
export const tanh = unary("tanh");
export const atan = unary("atan");
export const asinh = unary("asinh");
export const erf = unary("erf");
export const erfc = unary("erfc");
/** 1/(1 + e⁻ᵘ). */
export const logistic = unary("logistic");
/** log(1 + eᵘ). */
export const softplus = unary("softplus");
/** Φ(u), the normal distribution function. */
export const normalCdf = unary("normalCdf");
/** log Φ(u). */
export const logNormalCdf = unary("logNormalCdf");
/** sin(u)/u, 1 at 0. */
export const sinc = unary("sinc");
export const floor = unary("floor");
export const not = unary("not");

export const add = binary("add");
export const sub = binary("sub");
export const mul = binary("mul");
export const div = binary("div");
export const pow = binary("pow");
export const max = binary("max");
export const min = binary("min");
export const and = binary("and");
export const or = binary("or");

export const lt = compare("lt");
export const le = compare("le");
export const gt = compare("gt");
export const ge = compare("ge");
export const eq = compare("eq");
export const ne = compare("ne");

/** A unary node by its operator's name. */
export function applyUnary(operator: UnaryOperator, operand: Operand): Expression {
	return unary(operator)(operand);
}

/** A binary node by its operator's name. */
export function applyBinary(operator: BinaryOperator, left: Operand, right: Operand): Expression {
	return binary(operator)(left, right);
}

/** A comparison by its operator's name. */
export function applyCompare(operator: CompareOperator, left: Operand, right: Operand): Expression {
	return compare(operator)(left, right);
}
