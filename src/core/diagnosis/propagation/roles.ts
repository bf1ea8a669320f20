import type { Rearrangement, Shape, Step } from "../../reading/model/model.ts";
import { aloneOf, axisAt, besideOf, countOf, isWhole, reducedAxes } from "../../reading/model/shapes.ts";

/**
 * What the axes of a value are: features, which differ by the weights that make them, or places, at which the same weights
 * are used again. Null where the shape is not known.
 */
export type Roles = readonly ("features" | "places")[] | null;

/** The roles of the axes behind a step, by those of what it is fed and the shapes before and behind. */
export function rolesBehind(step: Step, inputs: readonly Roles[], from: readonly Shape[], to: Shape): Roles {
	if (!to) return null;
	const [first = null] = inputs;
	const beside = besideOf(step);
	if (beside > 0) {
		const own = inputs.map((one) => one?.slice(beside) ?? null);
		const before = from.map((one) => one?.slice(beside) ?? null);
		const roles = rolesBehind(aloneOf(step), own, before, to.slice(beside));
		return first && roles && [...first.slice(0, beside), ...roles];
	}
	switch (step.kind) {
		case "linear":
		case "embedding":
		case "recurrence":
		case "parameter":
		case "range":
			return withFeatures(to, to.length - 1);
		case "input":
			return withFeatures(to, to.length - 1);
		case "noise":
			return first ?? withFeatures(to, to.length - 1);
		case "convolution":
			return withFeatures(to, step.channels === "first" ? 0 : to.length - 1);
		case "product": {
			const second = inputs[1] ?? null;
			const rows = first && [...Array.from({ length: to.length - first.length }, () => "places" as const), ...first];
			return rows && second && [...rows.slice(0, -1), second.at(-1)!];
		}
		case "pool": {
			if (step.over?.kind !== "axes" || step.over.keeps || !first) return first;
			const gone = reducedAxes(first.length, step.over.axes);
			return gone && first.filter((_, i) => !gone.has(i));
		}
		case "reshape":
			return first && from[0] && step.how && rearranged(step.how, first, from[0], to);
		case "add":
		case "multiply":
		case "concatenate":
			return inputs.find((one) => one?.length === to.length) ?? null;
		default:
			return first;
	}
}

/** How many numbers lie along the axes of one role; null where that is not known. */
export function countAlong(shape: Shape, roles: Roles, role: "features" | "places"): number | null {
	if (!isWhole(shape) || roles?.length !== shape.length) return null;
	return countOf(shape.filter((_, i) => roles[i] === role));
}

function withFeatures(shape: readonly unknown[], axis: number): Roles {
	return shape.map((_, i) => (i === axis ? "features" : "places"));
}

function rearranged(
	how: Rearrangement,
	roles: NonNullable<Roles>,
	from: NonNullable<Shape>,
	to: NonNullable<Shape>,
): Roles {
	const { length } = roles;
	switch (how.to) {
		case "order":
			return how.order.map((axis) => roles[axisAt(axis, length)!]!);
		case "swapped": {
			const [a, b] = how.axes.map((axis) => axisAt(axis, length)!);
			return roles.map((role, i) => (i === a ? roles[b!]! : i === b ? roles[a!]! : role));
		}
		case "taken": {
			const gone = new Set(how.along.flatMap(({ axis, keeps }) => (keeps ? [] : [axisAt(axis, length)])));
			return roles.filter((_, i) => !gone.has(i));
		}
		case "unsqueezed":
			return roles.toSpliced(axisAt(how.axis, length + 1)!, 0, "places");
		case "flat":
		case "unflat":
		case "sizes":
		case "squeezed":
			return isWhole(from) && isWhole(to) ? regrouped(roles, from, to) : null;
		case "windows":
			return [...roles.with(axisAt(how.axis, length)!, "places"), "features"];
		case "pixels":
			return withFeatures(to, 0);
		case "padded":
		case "repeated":
		case "expanded":
		case "part":
		case "rolled":
		case "same":
			return roles;
	}
}

/** Runs of axes with as many numbers before as behind: what one is made of only features or places stays that, all else is features. */
function regrouped(roles: NonNullable<Roles>, from: readonly number[], to: readonly number[]): Roles {
	const made: ("features" | "places")[] = [];
	let [i, j] = [0, 0];
	while (j < to.length) {
		let [a, b] = [1, to[j]!];
		const [start, first] = [j++, i];
		if (i < from.length) a = from[i++]!;
		while (a !== b) {
			if (a < b && i < from.length) a *= from[i++]!;
			else if (j < to.length) b *= to[j++]!;
			else return null;
		}
		const own = roles.slice(first, i).filter((_, k) => from[first + k] !== 1);
		const role =
			own.length > 0 && own.every((one) => one === "places") ? "places" : own.length === 0 ? "places" : "features";
		for (let k = start; k < j; k++) made.push(role);
	}
	return made;
}
