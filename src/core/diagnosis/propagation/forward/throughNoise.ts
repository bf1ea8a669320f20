import type { ModelLayer, Step } from "../../../reading/model/model.ts";
import type { Passed, Value } from "../propagated.ts";
import { meanSquare, memoryOf, SELU_FLOOR, type Signal } from "../signal.ts";

const NOISE: Readonly<Record<"normal" | "uniform", Signal>> = {
	normal: { mean: 0, variance: 1, within: 1 },
	uniform: { mean: 1 / 2, variance: 1 / 12, within: 1 / 12 },
};

/** Numbers that are drawn anew for each sample, whatever comes in. */
export function drawNoise(
	{ of }: Extract<Step, { kind: "noise" }>,
	{ shape }: ModelLayer,
	inputs: readonly Value[],
): Passed {
	const features = inputs[0]?.features ?? shape?.at(-1) ?? null;
	return { value: { signal: NOISE[of], features, isNormal: of === "normal" }, back: inputs.map(() => 0) };
}

/** Dropout while training, or for SELU the one that keeps mean and variance. */
export function dropOut(input: Value, rate: number, alpha: boolean): Passed {
	const kept = 1 - rate;
	const { mean, variance, within } = input.signal;
	if (!alpha) {
		const added = (meanSquare(input.signal) * rate) / kept;
		const { shared, memory } = input.signal;
		const alike = { ...(shared && { shared }), ...(memory && { memory }) };
		const signal = { mean, variance: variance + added, within: within + added, ...alike };
		const shares = input.squares !== undefined && { squares: input.squares / kept };
		const { squaresAt, squareAt } = input;
		const atPlaces = {
			...(squaresAt && { squaresAt: (place: number) => squaresAt(place) / kept }),
			...(squareAt && { squareAt: (place: number) => squareAt(place) / kept }),
		};
		const causal = input.isCausal && { isCausal: true };
		return {
			value: {
				signal,
				features: input.features,
				isNormal: input.isNormal && rate < 0.2,
				...shares,
				...causal,
				...atPlaces,
				uneven: input.uneven,
			},
			back: [1 / kept],
			common: [1],
			alike: kept,
		};
	}
	// Klambauer et al. 2017: dropped values become α′, then an affine map restores mean 0 and variance 1.
	const scale = (kept * (1 + rate * SELU_FLOOR ** 2)) ** -0.5;
	const square = scale * scale;
	const jump = kept * rate * (mean - SELU_FLOOR) ** 2;
	const signal = {
		mean: scale * (kept * mean + rate * SELU_FLOOR) - scale * rate * SELU_FLOOR,
		variance: square * (kept * variance + jump),
		within: square * (kept * within + rate * kept * (variance - within) + jump),
	};
	const { features, uneven } = input;
	return { value: { signal, features, isNormal: input.isNormal && rate < 0.2, uneven }, back: [square * kept] };
}

/** Dropout of all numbers of a sample together: what its places have in common is as much larger as the rest. */
export function dropSamples(input: Value, rate: number): Passed {
	const kept = 1 - rate;
	const { value } = dropOut(input, rate, false);
	const { signal } = input;
	const between = meanSquare(signal) - signal.within;
	const shared = ((signal.shared ?? 0) + between * rate) / kept;
	return {
		value: { ...value, signal: { ...value.signal, shared, ...memoryOf([signal], [1 / kept]) } },
		back: [1 / kept],
		common: [1 / kept],
	};
}
