import type { Step } from "../../../reading/model/model.ts";
import { besideOf, countOf } from "../../../reading/model/shapes.ts";
import { type Passed, productsOf, type Value } from "../propagated.ts";
import { sharing } from "../signal.ts";
import { drawnMoments, isByFeature, type RecurrentStep, type WeightStep, weightSize } from "../weights.ts";
import { signalAlong } from "./axes.ts";
import type { Context } from "./context.ts";

/** What padding may add to a model's deviations, in decades: the gradient's is off by about a quarter of it. */
const MOST_BORDERING = 0.5;

/** Products with weights that are drawn, or the one that an index picks. */
export function throughWeights(ctx: Context, step: Exclude<WeightStep, RecurrentStep>, i: number, input: Value) {
	const { framework } = ctx.model;
	const size = weightSize(step, framework);
	if (!size) return byFanIn(ctx, step, i, input) ?? ctx.unknown(i, "the size of a layer");
	const drawn = drawnMoments(step.weight.draw, size, framework);
	const bias = step.kind === "embedding" ? null : step.bias;
	const shift = bias ? drawnMoments(bias.draw, size, framework) : { mean: 0, variance: 0 };
	if (!drawn || !shift) return ctx.unknown(i, "an initialisation");
	if (step.kind === "embedding") {
		const signal = { mean: drawn.mean, variance: drawn.variance, within: drawn.variance };
		return { value: { signal, features: size.outputs, isNormal: true }, back: [0] };
	}
	if (step.kind === "convolution" && step.kernel.some((length) => length !== 1)) ctx.reserve("places", i);
	if (drawn.mean !== 0) ctx.reserve("weights with a mean", i);
	const products = productsOf(ctx.model, i, size, ctx.shapes);
	const fan = products.count;
	const channels = step.kind === "convolution" && step.channels === "first" ? besideOf(step) : -1;
	const { mean, variance, within } = signalAlong(ctx, ctx.model.layers[i].inputs[0], input, channels);
	// A convolution with a stride has other weights for the places between two windows: of a transposed one they make
	// different values of the same, and of the gradients of a plain one.
	const phases = step.kind === "convolution" ? countOf(step.stride.map((size) => size ?? 1)) : 1;
	const isTransposed = step.kind === "convolution" && step.transposed;
	const spread = isTransposed ? within + (1 - 1 / phases) * (variance + mean ** 2 - within) : within;
	const bordering = (fan - products.common) * (variance + mean ** 2 - within);
	if (ctx.consumers[i].some((next) => isByFeature(ctx.model.layers[next].step))) {
		ctx.bordering += Math.log10(1 + bordering / (fan * spread)) / 2;
		if (ctx.bordering > MOST_BORDERING) ctx.reserve("border", i);
	}
	const signal = {
		mean: drawn.mean * fan * mean + shift.mean,
		variance: fan * (drawn.variance * (variance + mean ** 2) + drawn.mean ** 2 * variance) + shift.variance,
		within: (drawn.variance + drawn.mean ** 2) * (fan * spread + bordering),
	};
	// Each of the inputs feeds as many outputs as make the sum of squares grow by the fan, too.
	const back = [fan * (drawn.variance + drawn.mean ** 2)];
	const common = isTransposed ? back : [back[0] / phases];
	// A window takes the mean of the places in it.
	const places = step.kind === "convolution" ? countOf(step.kernel.map((length) => length ?? 1)) : 1;
	const sampleScatter = input.sampleScatter / places;
	const value = { signal: sharing(input.signal, signal), features: size.outputs, isNormal: true, sampleScatter };
	return { value, back, common };
}

/** Weights of variance scale/fan keep what comes in to the scale, however much it is. */
function byFanIn(ctx: Context, step: Step, i: number, input: Value): Passed | null {
	if (step.kind !== "linear" && step.kind !== "convolution") return null;
	const { draw } = step.weight;
	const isPlain = step.kind === "linear" || (!step.transposed && step.groups === 1);
	const isScaled = draw.kind === "variance-scaling" && draw.fan === "in" && ctx.model.framework !== "tfjs";
	if (!isPlain || !isScaled || (step.bias && step.bias.draw.kind !== "zeros")) return null;
	if (step.kind === "convolution" && step.kernel.some((length) => length !== 1)) ctx.reserve("places", i);
	const { variance, mean, within } = input.signal;
	const signal = { mean: 0, variance: draw.scale * (variance + mean ** 2), within: draw.scale * within };
	return { value: { signal, features: step.outputs, isNormal: true }, back: [draw.scale] };
}
