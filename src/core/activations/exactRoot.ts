import { add, constant } from "../expression/build.ts";
import { differentiate } from "../expression/differentiate.ts";
import { evaluateExactly, isExactlyZero } from "../expression/exact.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { substitute } from "../expression/walk.ts";

/** Each step of Newton's method with one slope gives some sixteen digits. */
const MOST_STEPS = 14;
/** A root is known when a step moves it by less. */
const KNOWN = 1e-170;

/**
 * The root to which the double `near` is the nearest, as a constant expression: a decimal or a double where that is
 * exactly the root, else a sum that comes closer to it than 1e-160. Undefined where the slope there leads to no root.
 */
export function exactRoot(expression: Expression, near: number, parameters: Parameters): Expression | undefined {
	for (const place of [constant(near), constant(near, String(near))]) {
		if (isExactlyZero(substitute(expression, place), 0, parameters)) return place;
	}
	const slope = evaluateExactly(differentiate(expression, "x"), near, parameters);
	let root = constant(near);
	for (let step = 0; step < MOST_STEPS; step++) {
		const move = -evaluateExactly(substitute(expression, root), 0, parameters) / slope;
		if (!Number.isFinite(move)) return undefined;
		if (Math.abs(move) < KNOWN) return root;
		root = add(root, constant(move));
	}
	return undefined;
}
