import type { ModelLayer, Step } from "../../../reading/model/model.ts";
import { besideOf } from "../../../reading/model/shapes.ts";
import { type Passed, partsOfValue, type Value } from "../propagated.ts";
import { sharing } from "../signal.ts";
import { factorMoments, isByFeature, isWeightStep } from "../weights.ts";
import { signalAlong } from "./axes.ts";
import type { Context } from "./context.ts";

/** A normalisation of what is known. */
export function normalise(
	ctx: Context,
	step: Extract<Step, { kind: "normalisation" }>,
	epsilon: number,
	i: number,
	input: Value,
): Passed | null {
	const isByChannel = isByFeature(step);
	const [at] = ctx.model.layers[i].inputs;
	const whole = isByChannel
		? signalAlong(ctx, at, input, step.channels === "first" ? besideOf(step) : -1)
		: input.signal;
	const isWide = step.of === "layer" || step.of === "rms";
	const features = step.features ?? input.features;
	// Of the differences between features a mean over few of them takes a part.
	const together = step.of === "group" ? (features ?? Number.NaN) / (step.groups ?? Number.NaN) : null;
	if (Number.isNaN(together)) return ctx.unknown(i, "the size of a group");
	// Features of each part of a concatenation are divided by sizes of their own.
	const parts = isByChannel && whole === input.signal ? partsOfValue(input) : [{ share: 1, signal: whole }];
	const normalised = parts.map(({ share, signal: { mean, variance, within } }) => {
		const left = isWide ? variance : within + (variance - within) * (together === null ? 0 : 1 - 1 / together);
		const size = (step.of === "rms" ? variance + mean ** 2 : left) + epsilon;
		return {
			share,
			by: 1 / size,
			mean: step.of === "rms" ? mean / Math.sqrt(size) : 0,
			variance: left / size,
			within: within / size,
		};
	});
	const inAll = (of: "by" | "mean" | "variance" | "within") =>
		normalised.reduce((all, one) => all + one.share * one[of], 0);
	const by = inAll("by");
	const signal = { mean: inAll("mean"), variance: inAll("variance"), within: inAll("within") };
	if (step.of === "instance") ctx.reserve("places", i);
	const factors = factorMoments(step);
	if (!factors) return ctx.unknown(i, "a normalisation whose factors are not known");
	const apart = isWide ? "places" : "features";
	if ((isWide || step.of === "batch") && input.uneven === apart && parts.length === 1) ctx.reserve("uneven parts", i);
	const square = factors.variance + factors.mean ** 2;
	// Of each sample's gradient the parts along the normalised values, and along all ones, are taken out.
	const removed = step.of === "layer" ? 2 : step.of === "rms" ? 1 : 0;
	const kept = features === null ? 1 : Math.max(0, 1 - removed / features);
	const behind = {
		mean: signal.mean * factors.mean,
		variance: square * signal.variance + factors.variance * signal.mean ** 2,
		within: square * signal.within,
	};
	// Along the values of one feature nothing is left, along those of a group the share in which its features differ.
	const keptAlong = isByChannel ? 0 : together === null ? kept : 1 - 1 / together;
	const { features: count, isNormal } = input;
	return {
		value: { signal: sharing(input.signal, behind), features: count, isNormal, scatter: 0, sampleScatter: 0 },
		back: [square * kept * by],
		along: square * keptAlong * by,
		...(parts.length > 1 && { byPart: Float64Array.from(normalised, (one) => one.by / by) }),
		// The gradients of a sample's places sum to 0 for each feature.
		...(step.of === "instance" && { common: [0], gathered: [-square * by] }),
	};
}

/** Batch normalisation knows its output whatever comes in. */
export function normaliseUnknown(ctx: Context, { step, inputs }: ModelLayer): Passed | null {
	if (step.kind !== "normalisation" || step.of !== "batch") return null;
	const factors = factorMoments(step);
	if (!factors) return null;
	const square = factors.variance + factors.mean ** 2;
	const signal = { mean: 0, variance: square, within: square };
	const isNormal = inputs.every((input) => isWeightStep(ctx.model.layers[input].step));
	return { value: { signal, features: step.features, isNormal }, back: [Number.NaN] };
}
