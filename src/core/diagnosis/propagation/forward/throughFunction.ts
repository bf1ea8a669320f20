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
	const { sensitivity, scatter, ...normal } = ctx.passage(
		found.activation,
		found.parameters,
		beneath?.signal ?? input.signal,
		beneath?.of,
	);
	const through = spread && throughDistribution(found, spread);
	const { signal, slopeSquare, slopeProduct, slopeAlong } = through ?? normal;
	if (beneath && !isGrowing(found)) ctx.reserve("not normal", i);
	const { features } = input;
	// The mean of a logarithm lies below the logarithm of the mean by half the relative variance. Orthogonal weights
	// keep the length of each sample, and scatter little.
	const scatters = features !== null && !isOrthogonal(ctx, input);
	const typical = (relativeVariance: number) => (scatters ? Math.exp(-relativeVariance / features / 2) : 1);
	const added = scatters ? scatter.forward / features : 0;
	const value = {
		signal: sharing(input.signal, scaled(signal, Math.sqrt(typical(scatter.forward)))),
		features,
		isNormal: false,
		...(input.isNormal && { greatest: { signal: input.signal, of: 1, by: { ...found, layer: i } } }),
		...(through && { distribution: through.distribution }),
		scatter: sensitivity ** 2 * input.scatter + added,
	};
	return {
		value,
		back: [slopeSquare * typical(scatter.backward)],
		common: [slopeProduct * typical(scatter.backward)],
		along: slopeAlong,
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
