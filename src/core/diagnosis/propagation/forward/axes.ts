import { axisAt } from "../../../reading/model/shapes.ts";
import type { Value } from "../propagated.ts";
import type { Signal } from "../signal.ts";
import type { Context } from "./context.ts";

/** The signal for a step that takes one axis together: what features lie along others are its places. */
export function signalAlong(ctx: Context, input: number, { signal }: Value, axis: number): Signal {
	const [shape, roles] = [ctx.shapes[input], ctx.roles[input]];
	const at = roles && axisAt(axis, roles.length);
	const mixes = roles?.some((role, k) => k !== at && role === "features" && shape?.[k] !== 1);
	return mixes ? { ...signal, within: signal.variance } : signal;
}

/** The same for a step that takes places together, along an axis of them. */
export function signalOver(ctx: Context, input: number, { signal }: Value, axis: number): Signal {
	const roles = ctx.roles[input];
	const at = roles && axisAt(axis, roles.length);
	return roles && at !== undefined && at !== null && roles[at] === "features"
		? { ...signal, within: signal.variance }
		: signal;
}
