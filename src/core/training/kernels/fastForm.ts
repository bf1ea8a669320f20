import {
	abs,
	add,
	constant,
	div,
	eq,
	exp,
	ge,
	gt,
	logistic,
	lt,
	max,
	min,
	mul,
	neg,
	pow,
	square,
	sub,
	tanh,
	where,
} from "../../expression/build.ts";
import type { Expression } from "../../expression/expression.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import { withSlopes } from "../../expression/slopes.ts";
import { rewrite } from "../../expression/walk.ts";

/**
 * The same function in a form that costs less in float32: slopes by the values that are computed anyway, as PyTorch's
 * backward pass has them, one exponential for tanh(softplus(u)), and for softplus
 * and Φ with their slopes, and a product in place of a
 * quotient by a constant. A slope may then be off by 1e-7 of the steepest, where the function is nearly flat, and Φ(u) by
 * u²/2 ulp on the left, where it vanishes: of no weight in training, and less than float32's rounding of the products
 * around it.
 */
export function fastForm(expression: Expression): Expression {
	const bySlopes = withSlopes(expression, {
		logisticSlope: (u) => mul(logistic(u), sub(1, logistic(u))),
		tanhSlope: (u) => sub(1, square(tanh(u))),
	});
	const gated = rewrite(bySlopes, (node, [operand]) => {
		if (node.kind !== "unary" || node.operator !== "tanh") return undefined;
		return operand?.kind === "unary" && operand.operator === "softplus" ? tanhOfSoftplus(operand.operand) : undefined;
	});
	return rewrite(gated, (node, [first, second]) => {
		if (node.kind === "unary" && node.operator === "softplus") return softplusByLogistic(first);
		if (node.kind === "unary" && node.operator === "normalCdf") return normalCdfByBell(first);
		if (node.kind !== "binary" || second.kind !== "constant") return undefined;
		if (node.operator === "pow")
			return Number.isInteger(second.value) || Math.abs(second.value) === 0.5
				? undefined
				: powerOfPositive(first, second.value);
		const inverse = 1 / second.value;
		const isDivided = node.operator === "div" && Math.abs(inverse) > 1e-30 && Math.abs(inverse) < 1e30;
		return isDivided ? mul(first, inverse) : undefined;
	});
}

/** uⁿ for a broken n: of a base that has no power a kernel would ask JavaScript, a lane at a time. */
function powerOfPositive(u: Expression, n: number): Expression {
	const isPositive = gt(u, 0);
	const otherwise = where(eq(u, 0), n > 0 ? 0 : Number.POSITIVE_INFINITY, Number.NaN);
	return where(isPositive, pow(where(isPositive, u, 1), n), otherwise);
}

/** By the exponential that Φ's slope has; see `erfcx` of the vector mathematics. */
function normalCdfByBell(u: Expression): Expression {
	const { erfcx, erfcxCenter, normalFar } = F32.constants;
	const a = mul(Math.SQRT1_2, min(abs(u), normalFar));
	const q = sub(div(add(a, a), add(a, erfcxCenter)), 1);
	const scaled = polynomial(erfcx, q);
	const tail = mul(exp(neg(mul(0.5, square(u)))), div(add(scaled, 1.25), add(mul(4, a), 2)));
	return where(lt(u, 0), tail, sub(1, tail));
}

/** With e = e^−|u|: (1 + 2e)/(1 + 2e + 2e²) for u ≥ 0, else (2e + e²)/(2 + 2e + e²). */
function tanhOfSoftplus(u: Expression): Expression {
	const e = exp(neg(abs(u)));
	const [double, squared] = [mul(2, e), square(e)];
	const isPositive = ge(u, 0);
	const above = where(isPositive, add(1, double), add(double, squared));
	return div(above, add(above, where(isPositive, mul(2, squared), 2)));
}

/** (log((1 + s)/(1 − s))/s − 2)/s² as a polynomial in s², on 0 ≤ s ≤ ⅓; the error it leaves is below 2⁻²⁵. */
const LOG_THIRD = [0.66666639, 0.40007672, 0.28233957, 0.26867548];

/** max(u, 0) + log(1 + e) with e = e^−|u|, which σ has, too: 1 + e is at most 2, so its logarithm is a series in e/(2 + e). */
function softplusByLogistic(u: Expression): Expression {
	const e = exp(neg(abs(u)));
	const s = div(e, add(e, 2));
	const z = square(s);
	return add(max(u, 0), mul(s, add(mul(z, polynomial(LOG_THIRD, z)), 2)));
}

/** The polynomial with these coefficients, lowest power first, by pairs of terms and pairs of pairs (Estrin). */
function polynomial(coefficients: readonly number[], z: Expression): Expression {
	let terms = coefficients.map((one) => constant(one));
	for (let power = z; terms.length > 1; power = square(power)) {
		const pairs: Expression[] = [];
		for (let i = 0; i < terms.length; i += 2) {
			pairs.push(i + 1 < terms.length ? add(mul(terms[i + 1], power), terms[i]) : terms[i]);
		}
		terms = pairs;
	}
	return terms[0];
}
