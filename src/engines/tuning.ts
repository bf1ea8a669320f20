import type { TrainerEvent, TriedRate } from "../protocol/trainer.ts";

/**
 * The learning rate whose runs have the best mean accuracy on the validation samples, or the lowest mean loss where there
 * is no accuracy; of equal ones the smallest. A rate with a run that did not go to the end is out. Where all are, it is
 * the smallest: the runs that follow will show the same.
 */
export function bestRate(
	learningRates: readonly number[],
	endings: readonly TrainerEvent[],
): { readonly learningRate: number; readonly tried: readonly TriedRate[] } {
	const isClassified = endings.some((event) => event.kind === "done" && event.measure.accuracy !== null);
	const tried = learningRates.map((learningRate, rate): TriedRate => {
		const mine = endings.filter(({ run }) => run.rate === rate);
		const values = mine.map((event) => {
			if (event.kind !== "done") return null;
			return isClassified ? event.measure.accuracy : event.measure.validationLoss;
		});
		const sum = values.reduce(
			(total: number | null, value) => (total === null || value === null ? null : total + value),
			0,
		);
		return { learningRate, value: sum === null || values.length === 0 ? null : sum / values.length };
	});
	const worth = ({ value }: TriedRate) => (value === null ? Number.NEGATIVE_INFINITY : isClassified ? value : -value);
	const [best] = [...tried].sort((a, b) => worth(b) - worth(a) || a.learningRate - b.learningRate);
	return { learningRate: best!.learningRate, tried };
}
