import { findVectorActivation } from "../../../activations/vector.ts";
import { parameter } from "../../../expression/build.ts";
import { evaluate } from "../../../expression/evaluate.ts";
import type { Expression } from "../../../expression/expression.ts";
import { dependsOn } from "../../../expression/walk.ts";
import type { CallArgument, SyntaxNode } from "../node.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { number, type Term } from "./term.ts";

/** Functions that cut an array into as many parts as they are told. */
export const CUTS = /^((torch|paddle)\.chunk|(numpy|jax\.numpy|tensorflow|keras\.ops)\.split)$/;
/** What they call the number of parts. */
const PARTS = /^(chunks|indices_or_sections|num_or_size_splits)$/;

/** Stand for the halves of the input along an axis while a body is read: parameters with names that no code can have. */
const HALVES = [parameter("#first half"), parameter("#second half")] as const;

/** The units that gate one half of the input by the other. */
const GATED = ["glu", "reglu", "geglu", "swiglu"].map((id) => findVectorActivation(id)!);

/** Where a unit is compared with those of the catalog: both halves on both sides of 0, near and far. */
const PROBES = [-7.1, -2.3, -0.61, 0.37, 1.3, 5.9].flatMap((a, _, all) => all.map((b) => [a, b + 0.05] as const));
/** Two units differ if they do so by more than this at any of them. */
const TOLERANCE = 1e-10;

/** What cutting an array in two gives, by the arguments behind it; only the input is followed. */
export function halvesOf(ctx: Context, array: Term, list: readonly CallArgument[], node: SyntaxNode): Term {
	const parts = list.find(({ name }) => !name || PARTS.test(ctx.text(name)));
	if (array.kind !== "number" || array.e.kind !== "input" || !parts || ctx.text(parts.value) !== "2")
		throw new NotUnderstood("parts of an array", node);
	return { kind: "tuple", items: HALVES.map(number) };
}

/** Whether an expression has a half of the input. */
export function hasHalves(expression: Expression): boolean {
	return HALVES.some(({ name }) => dependsOn(expression, name));
}

/** The gated unit that an expression of both halves is; undefined if it is none of the catalog's. */
export function gatedUnit(expression: Expression): string | undefined {
	if (dependsOn(expression)) return undefined;
	const [first, second] = HALVES;
	return GATED.find(({ outputs }) => {
		const [unit] = outputs?.(HALVES, [0, 0]) ?? [];
		return PROBES.every(([a, b]) => {
			const at = { [first.name]: a, [second.name]: b };
			const expected = evaluate(unit!, 0, at);
			return Math.abs(evaluate(expression, 0, at) - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
		});
	})?.id;
}
