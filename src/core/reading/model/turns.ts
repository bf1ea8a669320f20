import type { Machine } from "./machine.ts";
import { numberOperation } from "./numberOperation.ts";
import { numberOf, type Thing } from "./thing.ts";

/** Turns of a loop over places of which the code does not tell how many there are. */
export const TURNS = 16;

/**
 * How often a loop up to a number runs; null where that is not known. A size that is left open is taken to be `TURNS`, which
 * `Machine.looped` holds, so that the model's inputs get that many places; that of the batch is not.
 */
export function turnsOf(machine: Machine, thing: Thing): number | null {
	const known = numberOf(thing);
	if (known !== null) return known;
	if (thing.kind === "size arithmetic") {
		const [left, right] = [turnsOf(machine, thing.left), turnsOf(machine, thing.right)];
		const value = left === null || right === null ? undefined : numberOperation(thing.sign, left, right);
		return value !== undefined && Number.isInteger(value) ? value : null;
	}
	if (thing.kind !== "size" || thing.axis === 0) return null;
	machine.looped.push(thing);
	return TURNS;
}
