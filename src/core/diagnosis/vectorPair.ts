import { add, constant, div, exp, log, logistic, max, neg, softplus, sub, x } from "../expression/build.ts";
import type { Expression } from "../expression/expression.ts";
import type { Dtype } from "../numerics/dtype.ts";
import { type Hazard, hazardsOf } from "./hazards.ts";

/** What the functions of a whole vector are for [x, 0], for logsumexp [x, x]: an expression for each output. */
export const vectorTruths: Readonly<Record<string, readonly Expression[]>> = {
	softmax: [logistic(x), logistic(neg(x))],
	softmin: [logistic(neg(x)), logistic(x)],
	log_softmax: [neg(softplus(neg(x))), neg(softplus(x))],
	logsumexp: [add(x, log(constant(2)))],
};

const ZERO = constant(0);
const shifted = [x, ZERO].map((element) => sub(element, max(x, 0)));
const powers = shifted.map((element) => exp(element));
const total = powers.reduce((sum, power) => add(sum, power));

/** The same as the code of `stableVectorCode` computes them. */
export const stablePairs: Readonly<Record<string, readonly Expression[]>> = {
	softmax: powers.map((power) => div(power, total)),
	log_softmax: shifted.map((element) => sub(element, log(total))),
	logsumexp: [add(max(x, x), log(add(exp(sub(x, max(x, x))), exp(sub(x, max(x, x))))))],
};

/** The hazards of a function of the whole vector, whose outputs for the pair are given; of one input only the worst. */
export function hazardsOfPair(
	outputs: readonly Expression[],
	truths: readonly Expression[],
	library: string,
	dtype: Dtype,
): Hazard[] {
	const worst: readonly Hazard["kind"][] = ["exception", "nan", "inf", "zero", "relerr"];
	const isWorse = (a: Hazard, b: Hazard) => worst.indexOf(a.kind) < worst.indexOf(b.kind);
	const isWithin = (a: Hazard, b: Hazard) => a.lo >= b.lo && a.hi <= b.hi;
	const all = truths.flatMap((truth, i) => {
		const subject = { written: outputs[i]!, truth, parameters: {}, truthParameters: {}, library };
		return hazardsOf(subject, dtype) ?? [];
	});
	return all
		.filter((one) => !all.some((other) => isWorse(other, one) && isWithin(one, other)))
		.sort((a, b) => a.lo - b.lo);
}
