import type { Tried, TriedRate } from "../protocol/trainer.ts";

/**
 * The learning rate whose trainings have the best mean accuracy on the validation samples, or the lowest mean loss where
 * there is no accuracy; of equal ones the smallest. A rate without a value for each of its `seeds` trainings is out. Where
 * all are, it is the smallest: the runs that follow will show the same.
 */
export function bestRate(
	learningRates: readonly number[],
	seeds: number,
	all: readonly Pick<Tried, "run" | "value">[],
	isClassified: boolean,
): { readonly learningRate: number; readonly tried: readonly TriedRate[] } {
	// In the order of the seeds, so that no sum depends on which training ended first.
	const ordered = [...all].sort((a, b) => a.run.seed - b.run.seed);
	const tried = learningRates.map((learningRate, rate): TriedRate => {
		const values = ordered.flatMap(({ run, value }) => (run.rate === rate && value !== null ? [value] : []));
		const sum = values.reduce((total, value) => total + value, 0);
		return { learningRate, value: values.length < seeds ? null : sum / seeds };
	});
	const worth = ({ value }: TriedRate) => (value === null ? Number.NEGATIVE_INFINITY : isClassified ? value : -value);
	const [best] = [...tried].sort((a, b) => worth(b) - worth(a) || a.learningRate - b.learningRate);
	return { learningRate: best!.learningRate, tried };
}
