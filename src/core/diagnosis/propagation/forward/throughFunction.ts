import type { Activation } from "../../../activations/activation.ts";
import { activationFacts } from "../../../activations/facts.ts";
import type { Parameters } from "../../../expression/expression.ts";
import type { Step } from "../../../reading/model/model.ts";
import { distributionOf, throughDistribution } from "../distribution.ts";
import { activationOf } from "../outputs.ts";
import { type Passed, productsOf, type Value } from "../propagated.ts";
import { isStraight, scaled, sharing } from "../signal.ts";
import { isWeightStep, weightSize } from "../weights.ts";
import type { Context } from "./context.ts";

/** Of fewer values a sum is not close to normal where these are not. */
const FEW = 16;
/** Each curved activation of such a sum takes the gradient off by up to 0.04 decades. */
const MOST_SUMS_OF_FEW = 2;

/** As a logarithm: the signal, and the gradient's ratio, is off by half of it. */
const MOST_BENDING = 0.5;

/** A function of each value. */
export function throughFunction(ctx: Context, step: Step, i: number, input: Value): Passed | null {
	const found = activationOf(step);
	if (!found) {
		const name = step.kind === "activation" ? step.activation : "a function of the file";
		return ctx.unknown(i, name);
	}
	const beneath = input.greatest && !input.greatest.by ? input.greatest : null;
	const spread = input.isNormal || beneath ? null : distributionOf(input);
	if (!input.isNormal && !beneath && !spread) ctx.reserve("not normal", i);
	if (isSumOfFew(ctx, ctx.model.layers[i].inputs[0]) && !isStraight(found.activation, found.parameters)) {
		ctx.sumsOfFew++;
		if (ctx.sumsOfFew > MOST_SUMS_OF_FEW) ctx.reserve("not normal", i);
	}
	if (found.activation.stochastic) ctx.reserve("stochastic", i);
	const { sensitivity, scatter, sampleScatter, ...normal } = ctx.passage(
		found.activation,
		found.parameters,
		beneath?.signal ?? input.signal,
		beneath?.of,
	);
	const through = spread && throughDistribution(found, spread);
	const { signal, slopeSquare, slopeProduct, slopeAlong } = through ?? normal;
	if (beneath && !isGrowing(found)) ctx.reserve("not normal", i);
	const { features } = input;
	// The mean of a logarithm lies below the logarithm of the mean by half the relative variance. Orthogonal weights keep
	// the length of each sample, and with it what of f² goes with x²: by Stein's lemma 2·(d log E[f²] / d log variance)².
	const { variance, within } = input.signal;
	const kept = variance > 0 && isOrthogonal(ctx, input) ? 2 * sensitivity ** 2 : 0;
	const scatters = Math.max(0, scatter.forward - (kept && kept * (1 - within / variance) ** 2));
	const typical = (relativeVariance: number) => (features === null ? 1 : Math.exp(-relativeVariance / features / 2));
	const added = features === null ? 0 : scatters / features;
	const value = {
		signal: sharing(input.signal, scaled(signal, Math.sqrt(typical(scatters)))),
		features,
		isNormal: false,
		...(input.isNormal && { greatest: { signal: input.signal, of: 1, by: { ...found, layer: i } } }),
		...(through && { distribution: through.distribution }),
		scatter: sensitivity ** 2 * input.scatter + added,
		sampleScatter: sensitivity ** 2 * input.sampleScatter + (features === null ? 0 : (sampleScatter - kept) / features),
	};
	// The mean of the squares to a power, over samples, next to that power of their mean.
	const apart = Math.max(0, input.sampleScatter - input.scatter);
	ctx.bending += ((sensitivity * (sensitivity - 1)) / 2) * apart;
	if (ctx.bending > MOST_BENDING) ctx.reserve("narrow", i);
	return {
		value,
		back: [slopeSquare * typical(scatter.backward)],
		common: [slopeProduct * typical(scatter.backward)],
		along: slopeAlong,
		alike: slopeSquare > 0 ? slopeProduct / slopeSquare : 0,
		profiled: (profile) => {
			const [before, distribution] = [spread ?? (profile && distributionOf(input)), profile && distributionOf(value)];
			if (!before) return null;
			const own = throughDistribution(found, before, profile && distribution && { distribution, profile });
			return [{ back: own.slopeSquare * typical(scatter.backward), profile: own.profile }];
		},
	};
}

/** Whether a value, normalised or not, is a sum of few others that are not normal, as a depthwise convolution makes it. */
function isSumOfFew(ctx: Context, at: number): boolean {
	const { step, inputs } = ctx.model.layers[at];
	if (step.kind === "normalisation" || step.kind === "identity") return isSumOfFew(ctx, inputs[0]);
	const size = step.kind === "convolution" ? weightSize(step, ctx.model.framework) : null;
	const isNormal = ctx.values[inputs[0]]?.isNormal ?? true;
	return size !== null && !isNormal && productsOf(ctx.model, at, size, ctx.shapes).count < FEW;
}

/** Whether an activation never falls. */
export function isGrowing({ activation, parameters }: { activation: Activation; parameters: Parameters }): boolean {
	return activationFacts(activation, parameters).monotonic === "increasing";
}

function isOrthogonal(ctx: Context, { terms }: Value): boolean {
	return [...terms.keys()].every((source) => {
		const { step } = ctx.model.layers[source];
		if (!isWeightStep(step)) return false;
		const { draw } = step.weight;
		return (draw.kind === "spectral-norm" ? draw.of : draw).kind === "orthogonal";
	});
}
