import { Random } from "../../../numerics/random.ts";
import type { ModelLayer, Shape, Step } from "../../../reading/model/model.ts";
import { countOf, isWhole } from "../../../reading/model/shapes.ts";
import { operationOf } from "../operations.ts";
import { activationOf, softmaxAxis } from "../outputs.ts";
import type { Passed } from "../propagated.ts";
import { countAlong, type Roles } from "../roles.ts";
import type { Signal } from "../signal.ts";
import { identityOf, isWeightStep, plainMoments } from "../weights.ts";
import type { Context } from "./context.ts";

/** Of more numbers, 32 megabytes, only moments are followed: time and memory would go to what is but a table of zeros, mostly. */
const MOST_NUMBERS = 2 ** 22;

/** The numbers of a layer that hangs on no input and no draw, such as the sines of positions; null for others. */
export function constantOf(ctx: Context, { step, inputs }: ModelLayer, i: number): Float64Array | null {
	const shape = ctx.shapes[i];
	if (
		!isWhole(shape) ||
		countOf(shape) > MOST_NUMBERS ||
		isWeightStep(step) ||
		/^(input|unknown|dropout|noise|normalisation)$/.test(step.kind)
	)
		return null;
	if (step.kind === "parameter") {
		const { draw } = step.weight;
		if (draw.kind === "identity") return identityOf(shape);
		const value = draw.kind === "zeros" ? 0 : draw.kind === "constant" ? draw.value : null;
		return value === null ? null : new Float64Array(countOf(shape)).fill(value);
	}
	const own = inputs.map((input) => ctx.constants[input]);
	if (own.includes(null) || (step.kind !== "range" && own.length === 0)) return null;
	if (/activation$/.test(step.kind) && !activationOf(step) && softmaxAxis(step) === null) return null;
	const sizes = ctx.shapes.map((one) => (isWhole(one) ? one : null));
	const operation = operationOf({ model: ctx.model, sizes, batch: 1 }, i, null, () => new Random(0, ""));
	return operation.forward(own as Float64Array[]); // Null is looked for.
}

/** What is the same in all samples, as a value. */
export function throughConstant(ctx: Context, numbers: Float64Array, { inputs }: ModelLayer, i: number): Passed {
	const [shape, roles] = [ctx.shapes[i], ctx.roles[i]];
	const signal = signalOfConstant(numbers, shape, roles);
	const value = { signal, features: countAlong(shape, roles, "features"), isNormal: true, terms: new Map([[i, 1]]) };
	return { value, back: inputs.map(() => 0) };
}

/** The signal of numbers that are the same in all samples, by the roles of their axes. */
export function signalOfConstant(numbers: Float64Array, shape: Shape, roles: Roles): Signal {
	const mean = numbers.reduce((all, one) => all + one, 0) / numbers.length;
	const variance = numbers.reduce((all, one) => all + (one - mean) ** 2, 0) / numbers.length;
	return { mean, variance, within: Math.min(variance, withinFeatures(numbers, shape, roles)) };
}

/** The variance over the places of a feature, in the mean over features; 0 where it is not known which axes are places. */
function withinFeatures(numbers: Float64Array, shape: Shape, roles: Roles): number {
	if (!isWhole(shape) || roles?.length !== shape.length) return 0;
	// The numbers of a feature have one index along the axes of features.
	const sums = new Map<number, { sum: number; squares: number; count: number }>();
	numbers.forEach((one, at) => {
		let [feature, rest] = [0, at];
		for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
			if (roles[axis] === "features") {
				feature += (rest % shape[axis]) * stride;
				stride *= shape[axis];
			}
			rest = Math.floor(rest / shape[axis]);
		}
		const { sum, squares, count } = sums.get(feature) ?? { sum: 0, squares: 0, count: 0 };
		sums.set(feature, { sum: sum + one, squares: squares + one * one, count: count + 1 });
	});
	const variances = [...sums.values()].map(({ sum, squares, count }) => squares / count - (sum / count) ** 2);
	return Math.max(0, variances.reduce((all, one) => all + one, 0) / variances.length);
}

/** A tensor of the model that is drawn once, as a value. */
export function throughParameter(
	ctx: Context,
	{ weight }: Extract<Step, { kind: "parameter" }>,
	i: number,
): Passed | null {
	const drawn = plainMoments(weight.draw, ctx.model.framework);
	if (!drawn) return ctx.unknown(i, "an initialisation");
	const [shape, roles] = [ctx.shapes[i], ctx.roles[i]];
	// What is at one place is at all places and in all samples.
	const differs = (countAlong(shape, roles, "places") ?? 1) > 1;
	const signal = { ...drawn, within: differs ? drawn.variance : 0 };
	return { value: { signal, features: countAlong(shape, roles, "features"), isNormal: true }, back: [] };
}
