import { add, constant, div, exp, log, logistic, max, neg, softplus, sub, x } from "../expression/build.ts";
import type { Expression } from "../expression/expression.ts";
import type { Dtype } from "../numerics/dtype.ts";
import type { Hazard, Subject } from "./hazard.ts";
import { hazardsOf } from "./hazards.ts";

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
const stablePairs: Readonly<Record<string, readonly Expression[]>> = {
	softmax: powers.map((power) => div(power, total)),
	log_softmax: shifted.map((element) => sub(element, log(total))),
	logsumexp: [add(max(x, x), log(add(exp(sub(x, max(x, x))), exp(sub(x, max(x, x))))))],
};

/**
 * The hazards of a function of the whole vector, whose outputs for the pair are given; of one input only the worst. Null
 * where it is not certain how the library computes it.
 */
export function hazardsOfPair(
	outputs: readonly Expression[],
	truths: readonly Expression[],
	{ library, writing }: Pick<Subject, "library" | "writing">,
	dtype: Dtype,
): Hazard[] | null {
	const worst: readonly Hazard["kind"][] = ["exception", "nan", "inf", "zero", "relerr"];
	const isWorse = (a: Hazard, b: Hazard) => worst.indexOf(a.kind) < worst.indexOf(b.kind);
	const isWithin = (a: Hazard, b: Hazard) => a.lo >= b.lo && a.hi <= b.hi;
	const all: Hazard[] = [];
	for (const [i, truth] of truths.entries()) {
		const written = outputs[i]!;
		const subject = { written, truth, parameters: {}, truthParameters: {}, library };
		const found = hazardsOf(writing ? { ...subject, writing: { ...writing, expression: written } } : subject, dtype);
		if (!found) return null;
		all.push(...found);
	}
	return all
		.filter((one) => !all.some((other) => isWorse(other, one) && isWithin(one, other)))
		.sort((a, b) => a.lo - b.lo);
}

const ofStablePairs = new Map<string, readonly Hazard[]>();

/** The hazards of `stableVectorCode`, which are the same for whatever it replaces; none where they are not certain. */
export function hazardsOfStablePair(activation: string, library: string, dtype: Dtype): readonly Hazard[] {
	const key = `${activation} ${library} ${dtype}`;
	const [pair, truths] = [stablePairs[activation], vectorTruths[activation]];
	const found = ofStablePairs.get(key) ?? ((pair && truths && hazardsOfPair(pair, truths, { library }, dtype)) || []);
	ofStablePairs.set(key, found);
	return found;
}
