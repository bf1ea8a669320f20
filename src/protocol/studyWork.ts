import { kernelsLack } from "../core/training/kernels/kernelTrainer.ts";
import { partSizes, type TableShape } from "../core/training/table.ts";
import type { Study } from "./study.ts";
import { StudyError } from "./studyError.ts";

/** How much there is to do for a study. */
export interface StudyWork {
	/** Every activation with every seed. */
	readonly trainings: number;
	/** Trainings before those, which find the learning rates. */
	readonly tunings: number;
	/** Updates of the weights in all of them. */
	readonly steps: number;
	/** An estimate: within a factor of about three on the machines that it was compared with. */
	readonly seconds: number;
}

/**
 * What a core does in a second, in multiplications and additions: by the kernels in float32, and by the reference in
 * float64; and what a hidden layer costs in a step, and a training in all, whatever their size. With these the processor
 * time of studies on an AMD EPYC (Zen 4) came within 20 %: 2 × 32, 10 × 32 and 2 × 256 units on the digits, 2 × 32 on
 * moons, and 2 × 32 with a norm. A core that others use, too, takes longer.
 */
const OPERATIONS_PER_SECOND = { kernels: 1.5e10, reference: 5e8 };
const SECONDS_PER_LAYER = 1e-5;
const SECONDS_PER_TRAINING = 0.08;

/** The work of a study on data of that shape, on so many cores. */
export function workOf(study: Study, table: TableShape, workers: number): StudyWork {
	const { activations, network, seeds, epochs, batchSize, tuning, precision } = study;
	const { training } = partSizes(table, { validation: study.validation, test: study.test ?? 0 });
	const stepsPerEpoch = Math.ceil(training / batchSize);
	const widths = [table.features, ...network.hidden, Math.max(1, table.classes)];
	const weights = widths.slice(1).reduce((sum, width, i) => sum + width * widths[i]!, 0);
	const lacks = kernelsLack({ norm: network.norm ?? "none", residual: network.residual, dropout: network.dropout });
	const engine = precision === "float64" || lacks !== null ? "reference" : "kernels";
	// Forward, and back by the weights and by the inputs: a multiplication and an addition each.
	const secondsPerEpoch =
		(6 * training * weights) / OPERATIONS_PER_SECOND[engine] +
		stepsPerEpoch * network.hidden.length * SECONDS_PER_LAYER;
	const trainings = activations.length * seeds.length;
	const tunings = tuning ? activations.length * tuning.learningRates.length * tuning.seeds : 0;
	const allEpochs = trainings * epochs + tunings * (tuning?.epochs ?? 0);
	return {
		trainings,
		tunings,
		steps: allEpochs * stepsPerEpoch,
		seconds:
			(allEpochs * secondsPerEpoch + (trainings + tunings) * SECONDS_PER_TRAINING) /
			Math.max(1, Math.min(workers, trainings)),
	};
}

/** Throws a StudyError where the study's batch is larger than the samples that are left for training. */
export function checkBatch(study: Study, table: TableShape): void {
	const { training } = partSizes(table, { validation: study.validation, test: study.test ?? 0 });
	if (study.batchSize > training) {
		const complaint = "{0} must be at most the {1} of {2} samples that are for training, got {3}";
		throw new StudyError("batchSize", complaint, training, table.samples, study.batchSize);
	}
}
