import {
	add,
	constant,
	cos,
	cosh,
	div,
	eq,
	exp,
	gt,
	log,
	logistic,
	logNormalCdf,
	lt,
	mul,
	neg,
	normalCdf,
	pow,
	sign,
	sin,
	sinc,
	sinh,
	sqrt,
	square,
	sub,
	tan,
	where,
} from "./build.ts";
import type { Binary, Expression, Unary } from "./expression.ts";
import { simplify } from "./simplify.ts";
import { dependsOn, nodesOf } from "./walk.ts";

const ZERO = constant(0);
const ONE = constant(1);
/** The root as an expression: its exact value is then known to every precision. */
const SQRT_TWO_PI = sqrt(mul(2, constant(Math.PI, "pi")));
const TWO_OVER_SQRT_PI = div(2, sqrt(constant(Math.PI, "pi")));

/**
 * The derivative by the input ("x") or by the parameter of that name, simplified.
 *
 * Each rule is written so that it does not cancel where the function itself does not: tanh′ is 4σ(2u)σ(−2u), not
 * 1 − tanh². At a kink the derivative follows PyTorch: abs′(0) = 0; `where` takes the branch that its condition takes;
 * `max` and `min` take the bound at a tie, and the mean of both slopes where neither operand is a bound.
 */
export function differentiate(expression: Expression, variable: string): Expression {
	const by = variable === "x" ? undefined : variable;
	const results = new Map<Expression, Expression>();
	for (const node of nodesOf(expression)) {
		results.set(node, dependsOn(node, by) ? derivativeOf(node, (operand) => results.get(operand)!) : ZERO);
	}
	return simplify(results.get(expression)!);
}

function derivativeOf(node: Expression, d: (operand: Expression) => Expression): Expression {
	switch (node.kind) {
		case "input":
		case "parameter":
			return ONE; // Only reached for the variable itself.
		case "constant":
		case "compare":
			return ZERO;
		case "unary":
			return times(slopeOf(node), d(node.operand));
		case "binary":
			return binaryDerivative(node, d(node.left), d(node.right));
		case "where":
			return where(node.condition, d(node.then), d(node.otherwise));
	}
}

/** The slope of a unary operation at its operand. */
function slopeOf(node: Unary): Expression {
	const u = node.operand;
	switch (node.operator) {
		case "neg":
			return constant(-1);
		case "abs":
			return sign(u);
		case "sign":
		case "floor":
		case "not":
			return ZERO;
		case "square":
			return mul(2, u);
		case "sqrt":
			return div(0.5, node);
		case "exp":
			return node;
		case "expm1":
			return exp(u);
		case "log":
			return div(1, u);
		case "log1p":
			return div(1, add(1, u));
		case "sin":
			return cos(u);
		case "cos":
			return neg(sin(u));
		case "tan":
			return add(1, square(tan(u)));
		case "sinh":
			return cosh(u);
		case "cosh":
			return sinh(u);
		case "tanh":
			return mul(4, mul(logistic(mul(2, u)), logistic(mul(-2, u))));
		case "atan":
			return div(1, add(1, square(u)));
		case "asinh":
			return div(1, sqrt(add(1, square(u))));
		case "erf":
			return mul(TWO_OVER_SQRT_PI, exp(neg(square(u))));
		case "erfc":
			return neg(mul(TWO_OVER_SQRT_PI, exp(neg(square(u)))));
		case "logistic":
			return mul(node, logistic(neg(u)));
		case "softplus":
			return logistic(u);
		case "normalCdf":
			return div(exp(neg(mul(0.5, square(u)))), SQRT_TWO_PI);
		case "logNormalCdf":
			// φ(u)/Φ(u): on the left both underflow, and their logarithms' difference does not.
			return where(
				gt(u, constant(-1)),
				div(exp(neg(mul(0.5, square(u)))), mul(SQRT_TWO_PI, normalCdf(u))),
				div(exp(sub(neg(mul(0.5, square(u))), logNormalCdf(u))), SQRT_TWO_PI),
			);
		case "sinc":
			// At 0 the series −u/3 + u³/30, so that this derivative's own derivatives are right there too.
			return where(eq(u, ZERO), sub(div(pow(u, 3), 30), div(u, 3)), div(sub(cos(u), sinc(u)), u));
	}
}

function binaryDerivative(node: Binary, da: Expression, db: Expression): Expression {
	const { left: a, right: b } = node;
	switch (node.operator) {
		case "add":
			return plus(da, db);
		case "sub":
			return isZero(db) ? da : isZero(da) ? neg(db) : sub(da, db);
		case "mul":
			return plus(times(da, b), times(a, db));
		case "div":
			// (a/b)′ = (a′ − (a/b)·b′)/b, which overflows later than (a′b − ab′)/b².
			if (isZero(db)) return div(da, b);
			return div(isZero(da) ? neg(mul(node, db)) : sub(da, mul(node, db)), b);
		case "pow":
			return powerDerivative(node, da, db);
		case "max":
			return where(gt(a, b), da, where(lt(a, b), db, atTie(node, da, db)));
		case "min":
			return where(lt(a, b), da, where(gt(a, b), db, atTie(node, da, db)));
		case "and":
		case "or":
			return ZERO;
	}
}

function powerDerivative({ left: a, right: b }: Binary, da: Expression, db: Expression): Expression {
	const byBase =
		isZero(da) || (b.kind === "constant" && b.value === 0)
			? ZERO
			: times(mul(b, b.kind === "constant" ? pow(a, b.value - 1) : pow(a, sub(b, 1))), da);
	const byExponent = isZero(db) ? ZERO : times(mul(pow(a, b), log(a)), db);
	return plus(byBase, byExponent);
}

/** Where the operands are equal, the bound wins: the one that does not move with the input. */
function atTie({ left, right }: Binary, da: Expression, db: Expression): Expression {
	if (!dependsOn(right)) return db;
	if (!dependsOn(left)) return da;
	return mul(0.5, add(da, db));
}

function isZero(node: Expression): boolean {
	return node === ZERO;
}

function plus(a: Expression, b: Expression): Expression {
	return isZero(a) ? b : isZero(b) ? a : add(a, b);
}

function times(a: Expression, b: Expression): Expression {
	if (isZero(a) || isZero(b)) return ZERO;
	return a === ONE ? b : b === ONE ? a : mul(a, b);
}
