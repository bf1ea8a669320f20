import type { ModelLayer } from "../../../reading/model/model.ts";
import { inputDeviation } from "../inputs.ts";
import { softmaxAxis } from "../outputs.ts";
import type { Passed, Value } from "../propagated.ts";
import { scaled } from "../signal.ts";
import { throughConstant, throughParameter } from "./constants.ts";
import type { Context } from "./context.ts";
import { throughProduct, throughSoftmax } from "./throughAttention.ts";
import { throughFunction } from "./throughFunction.ts";
import { add, concatenate, multiply } from "./throughJoin.ts";
import { drawNoise, dropOut, dropSamples } from "./throughNoise.ts";
import { normalise, normaliseUnknown } from "./throughNormalisation.ts";
import { pool, resize } from "./throughPlaces.ts";
import { throughRecurrence } from "./throughRecurrence.ts";
import { reshape } from "./throughReshape.ts";
import { throughWeights } from "./throughWeights.ts";

/** What a layer makes of its inputs; null where nothing can be said. `inputs` is null where they are unknown. */
export function throughStep(
	ctx: Context,
	layer: ModelLayer,
	i: number,
	inputs: readonly Value[] | null,
): Passed | null {
	const { step } = layer;
	if (inputs === null) return normaliseUnknown(ctx, layer);
	if (ctx.constants[i]) return throughConstant(ctx, ctx.constants[i], layer, i);
	const [input] = inputs;
	if (!/^(input|embedding|parameter|range|noise)$/.test(step.kind) && !input)
		return ctx.unknown(i, "a layer without input");
	switch (step.kind) {
		case "input": {
			const shape = ctx.shapes[i];
			const features = shape?.length === 1 ? shape[0] : null;
			const deviation = inputDeviation(ctx.model, i);
			if (deviation !== 1) ctx.reserve("bytes", i);
			const signal = scaled({ mean: 0, variance: 1, within: 1 }, deviation);
			const sampleScatter = features === null ? 0 : 2 / features;
			return { value: { signal, features, isNormal: true, sampleScatter }, back: [] };
		}
		case "linear":
		case "convolution":
		case "embedding":
			return throughWeights(ctx, step, i, input);
		case "recurrence":
			return throughRecurrence(ctx, step, i, inputs);
		case "activation": {
			const axis = step.activation === "softmax" && !ctx.leftOut.has(i) ? softmaxAxis(step) : null;
			return axis === null ? throughFunction(ctx, step, i, input) : throughSoftmax(ctx, i, axis, input);
		}
		case "own-activation":
			return throughFunction(ctx, step, i, input);
		case "normalisation":
			if (step.epsilon === null) return ctx.unknown(i, "a normalisation's epsilon");
			return normalise(ctx, step, step.epsilon, i, input);
		case "dropout":
			if (step.rate === null || step.rate >= 1) return ctx.unknown(i, "dropout's rate");
			return step.of === "samples" ? dropSamples(input, step.rate) : dropOut(input, step.rate, step.alpha);
		case "add":
			return add(ctx, layer, i, inputs);
		case "multiply":
			return multiply(ctx, i, inputs);
		case "concatenate":
			return concatenate(ctx, layer, i, inputs);
		case "scale":
			return {
				value: {
					...withoutSizes(input),
					signal: scaled(input.signal, step.by),
					terms: new Map([...input.terms].map(([source, by]) => [source, by * step.by])),
				},
				back: [step.by ** 2],
			};
		case "pool":
			return pool(ctx, layer, i, input);
		case "resize":
			return resize(ctx, layer, i, input);
		case "reshape":
			return reshape(ctx, layer, i, input);
		case "identity":
			return { value: input, back: [1] };
		case "masked":
			ctx.reserve("mask", i);
			return { value: input, back: [1] };
		case "parameter":
			return throughParameter(ctx, step, i);
		case "noise":
			return drawNoise(step, layer, inputs);
		case "range":
			return ctx.unknown(i, "the size of a value");
		case "write":
			return ctx.unknown(i, "a value that others are written into");
		case "causal":
			return { value: { ...input, isCausal: true }, back: [1] };
		case "product":
			return throughProduct(ctx, layer, i, inputs);
		case "unknown":
			return ctx.unknown(i, `${step.what}: ${step.reason}`);
	}
}

/** What a value is beside its size. */
function withoutSizes(value: Value): Value {
	const { squares: _, squaresAt: _at, squareAt: _square, parts: _parts, ...others } = value;
	const { greatest: _greatest, distribution: _spread, ...rest } = others;
	return rest;
}
