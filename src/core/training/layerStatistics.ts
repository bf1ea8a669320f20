import { activationFacts } from "../activations/facts.ts";
import type { Network } from "./network.ts";

/** A hidden layer's signal over some samples. Deviations are those of the population. */
export interface LayerStatistics {
	/** Of the activation's output. */
	readonly mean: number;
	readonly std: number;
	/** Of the activation's input. */
	readonly preMean: number;
	readonly preStd: number;
	readonly fracZero: number;
	/** Share of |f′(z)| below 1/1000 of the largest |f′|; 0 where that is unbounded. */
	readonly fracSaturated: number;
	/** Largest |f′| of the activation, with this layer's parameters, over the whole line. */
	readonly maxAbsDeriv: number;
}

/** The statistics of each hidden layer after the network's last `forward`. */
export function layerStatistics(network: Network): readonly LayerStatistics[] {
	return network.hidden.map(({ preActivation, output, slope }, layer) => {
		const [mean, std] = meanAndStd(output);
		const [preMean, preStd] = meanAndStd(preActivation);
		const facts = activationFacts(network.shape.activation, network.parametersOf(layer));
		const peak = Math.abs(facts.peakSlope.value);
		return {
			mean,
			std,
			preMean,
			preStd,
			fracZero: share(output, (value) => value === 0),
			fracSaturated: Number.isFinite(peak) ? share(slope, (value) => Math.abs(value) < 1e-3 * peak) : 0,
			maxAbsDeriv: peak,
		};
	});
}

function meanAndStd(values: Float64Array): readonly [mean: number, std: number] {
	let mean = 0;
	for (const value of values) mean += value / values.length;
	let variance = 0;
	for (const value of values) variance += (value - mean) ** 2 / values.length;
	return [mean, Math.sqrt(variance)];
}

function share(values: Float64Array, holds: (value: number) => boolean): number {
	let count = 0;
	for (const value of values) if (holds(value)) count++;
	return count / values.length;
}
