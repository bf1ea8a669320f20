import { sub } from "../expression/build.ts";
import { evaluate } from "../expression/evaluate.ts";
import { evaluateAllExactly, evaluateExactly, isExactlyZero } from "../expression/exact.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { dependsOn, nodesOf } from "../expression/walk.ts";
import type { Activation } from "./activation.ts";
import { wholeLine } from "./grid.ts";

/** A point where the function or one of its first two derivatives jumps. */
export interface Breakpoint {
	readonly x: number;
	/** The lowest of them that jumps: 0 the function itself, 1 its slope, 2 its curvature. */
	readonly order: 0 | 1 | 2;
}

/** Distance at which the two sides are compared, relative to max(1, |x|). */
const SIDE = 2 ** -20;
/** By how much the sides are moved apart to tell a jump from a steep slope. */
const FURTHER = 64;
/** A jump is larger than what a smooth function does over 2·SIDE. */
const JUMP = 1e-4;
/** More are not looked for: a sine inside a comparison has infinitely many. */
const MOST = 64;

/**
 * Where the expression changes its formula (a comparison, max, min, abs or sign flips) and the function notices.
 * Left to right. Candidates come from the expression, so none is missed by sampling unless two lie closer together
 * than the grid of `wholeLine`.
 */
export function breakpointsOf(activation: Activation, parameters: Parameters): readonly Breakpoint[] {
	const candidates = new Set<number>();
	for (const node of nodesOf(activation.stable)) {
		for (const difference of switchesOf(node)) {
			for (const root of rootsOf(difference, parameters)) candidates.add(root);
			if (candidates.size > MOST) break;
		}
	}
	const expressions = [activation.stable, activation.derivative, activation.secondDerivative];
	const sorted = [...candidates].sort((a, b) => a - b);
	const found: Breakpoint[] = [];
	sorted.forEach((x, i) => {
		const gap = Math.min(
			x - (sorted[i - 1] ?? Number.NEGATIVE_INFINITY),
			(sorted[i + 1] ?? Number.POSITIVE_INFINITY) - x,
		);
		const order = jumpAt(expressions, x, Math.min(SIDE * Math.max(1, Math.abs(x)), gap / 4), parameters);
		if (order !== undefined) found.push({ x, order });
	});
	return found;
}

/**
 * The lowest derivative that jumps at x. The function and its slope are compared very close to x, where a steep slope
 * cannot pass for a jump; the curvature at `step` on either side, where an ill-conditioned third derivative cannot.
 */
function jumpAt(
	expressions: readonly Expression[],
	x: number,
	step: number,
	parameters: Parameters,
): 0 | 1 | 2 | undefined {
	const close = Math.min(step, 2 ** -44 * Math.max(1, Math.abs(x)));
	const [left, right] = [x - close, x + close].map((side) => evaluateAllExactly(expressions, side, parameters));
	const scale = Math.max(1, Math.abs(left[0]), Math.abs(right[0]));
	if (Number.isNaN(left[0]) !== Number.isNaN(right[0])) return 0;
	const apart = Math.abs(left[0] - right[0]);
	if (apart > 1e-12 * scale) {
		const far = Math.min(step, FURTHER * close);
		const [before, after] = [x - far, x + far].map((side) => evaluateAllExactly(expressions, side, parameters));
		// What is only steep comes together the closer the sides are; a jump stays.
		if (!(apart < Math.abs(before[0] - after[0]) / 2)) return 0;
		// A root is steeper there than any line.
		if (Math.abs(left[1]) > 2 * Math.abs(before[1])) return 1;
	}
	if (differs(left[1], right[1])) return 1;
	// The curvature of a smooth function differs by less and less the closer the sides are; a jump stays.
	const difference = (distance: number) => {
		const [before, after] = [x - distance, x + distance].map((side) =>
			evaluateExactly(expressions[2], side, parameters),
		);
		return differs(before, after) ? Math.abs(after - before) : 0;
	};
	return difference(step / 64) > difference(step) / 2 ? 2 : undefined;
}

function differs(a: number, b: number): boolean {
	if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) !== Number.isNaN(b);
	if (a === b) return false;
	return !(Math.abs(a - b) <= JUMP * Math.max(Math.abs(a), Math.abs(b), 1e-2));
}

/** Expressions whose sign change switches the formula at this node. */
function switchesOf(node: Expression): readonly Expression[] {
	switch (node.kind) {
		case "compare":
			return dependsOn(node) ? [sub(node.left, node.right)] : [];
		case "binary":
			return (node.operator === "max" || node.operator === "min") && dependsOn(node)
				? [sub(node.left, node.right)]
				: [];
		case "unary":
			return (node.operator === "abs" || node.operator === "sign") && dependsOn(node) ? [node.operand] : [];
		default:
			return [];
	}
}

/** Where the expression changes sign, to the double nearest to it (exactly the zero where a double is it). */
export function rootsOf(expression: Expression, parameters: Parameters): number[] {
	const xs = wholeLine();
	const signs = Array.from(xs, (x) => Math.sign(evaluate(expression, x, parameters)));
	// What float64 rounds to 0 (x + 2 − 2 at 1e-16, or a sigmoid's far tail) need not be 0: the ends of a run of zeros
	// are looked at exactly.
	const exactSign = (i: number) => {
		if (isExactlyZero(expression, xs[i], parameters)) return 0;
		// A value below every double has a sign that is not looked for: its neighbours tell.
		return Math.sign(evaluateExactly(expression, xs[i], parameters)) || Number.NaN;
	};
	const roots: number[] = [];
	let [before, beforeAt] = [Number.NaN, -1];
	for (let i = 0; i < xs.length && roots.length <= MOST; i++) {
		let end = i;
		let [first, last] = [signs[i], signs[i]];
		if (first === 0) {
			while (end + 1 < xs.length && signs[end + 1] === 0) end++;
			[first, last] = [exactSign(i), exactSign(end)];
		}
		if (first === 0) {
			roots.push(xs[i]);
			if (last === 0 && end > i) roots.push(xs[end]);
		} else if (end > i && last !== 0 && !(first * last < 0)) {
			// Touched without a change of sign: x² is 0 in float64 beside 0 too.
			for (let k = i + 1; k < end; k++) if (exactSign(k) === 0) roots.push(xs[k]);
			if (before * first < 0) roots.push(bisect(expression, parameters, xs[beforeAt], xs[i]));
		} else if (last === 0) roots.push(xs[end]);
		else if (before * first < 0) roots.push(bisect(expression, parameters, xs[beforeAt], xs[i]));
		else if (first * last < 0) roots.push(bisect(expression, parameters, xs[i], xs[end]));
		if (!Number.isNaN(last)) [before, beforeAt] = [last, end];
		i = end;
	}
	return roots;
}

function bisect(expression: Expression, parameters: Parameters, from: number, to: number): number {
	let [low, high] = [from, to];
	const signAt = (x: number) =>
		Math.sign(evaluate(expression, x, parameters)) || Math.sign(evaluateExactly(expression, x, parameters));
	const lowSign = signAt(low);
	for (;;) {
		const middle = low + (high - low) / 2;
		if (middle <= low || middle >= high) break;
		const sign = signAt(middle);
		if (sign === 0) return middle;
		if (sign === lowSign) low = middle;
		else high = middle;
	}
	return roundNear(low, expression, parameters);
}

/** The shortest decimal within a few ulp that is a zero too: 2.5 rather than 2.4999999999999996. */
function roundNear(x: number, expression: Expression, parameters: Parameters): number {
	for (let digits = 1; digits <= 15; digits++) {
		const short = Number(x.toPrecision(digits));
		if (Math.abs(short - x) <= 8 * Number.EPSILON * Math.abs(x) && evaluate(expression, short, parameters) === 0)
			return short;
	}
	return x;
}
