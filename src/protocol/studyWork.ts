import { kernelsHold } from "../core/training/kernels/kernelTrainer.ts";
import { padded } from "../core/training/kernels/products.ts";
import { partSizes, type TableShape } from "../core/training/table.ts";
import type { Study } from "./study.ts";
import { StudyError } from "./studyError.ts";

/** What trainings may take. */
export interface Machine {
	/** Trainings at once at most. */
	readonly workers: number;
	/** Memory for all trainings at once, of which one is always under way. */
	readonly memoryBytes: number;
}

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
 * moons, and 2 × 32 with a norm in float64. A core that others use, too, takes longer.
 */
const OPERATIONS_PER_SECOND = { kernels: 1.5e10, reference: 5e8 };
const SECONDS_PER_LAYER = 1e-5;
const SECONDS_PER_TRAINING = 0.08;

/** How many of a study's trainings run at once: as many as there are workers and memory for. */
export function lanesOf(study: Study, table: TableShape, { workers, memoryBytes }: Machine): number {
	return Math.max(1, Math.min(workers, Math.floor(memoryBytes / trainingBytes(study, table))));
}

/** The work of a study on data of that shape, on that machine. */
export function workOf(study: Study, table: TableShape, machine: Machine): StudyWork {
	const { activations, network, seeds, epochs, batchSize, tuning } = study;
	const { training } = partSizes(table, { validation: study.validation, test: study.test ?? 0 });
	const stepsPerEpoch = Math.ceil(training / batchSize);
	const weights = weightsOf(study, table);
	const engine = engineOf(study, table);
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
			Math.min(lanesOf(study, table, machine), trainings),
	};
}

/**
 * Throws a StudyError where the study does not go with data of that shape: no sample is left to validate or to test on, as
 * each class has one for training alone; its labels cannot be smoothed; its batch is larger than the samples that are left
 * for training, or leaves a last one of a single sample to a batch norm, which has no deviation then; or a training would
 * take more memory than a machine should be asked for.
 */
export function checkFit(study: Study, table: TableShape): void {
	const { batchSize, network } = study;
	const { training, validation, test } = partSizes(table, { validation: study.validation, test: study.test ?? 0 });
	if (validation === 0) throw noneFor("validation", 2);
	if (study.test !== undefined && test === 0) throw noneFor("test", 3);
	// The losses of two classes, which have one logit, and of numbers do not smooth.
	if (study.labelSmoothing && table.classes < 3) {
		throw new StudyError("labelSmoothing", "{0} goes with 3 classes or more, got {1}", table.classes);
	}
	if (batchSize > training) {
		const complaint = "{0} must be at most the {1} of {2} samples that are for training, got {3}";
		throw new StudyError("batchSize", complaint, training, table.samples, batchSize);
	}
	if (network.norm === "batchnorm" && (batchSize === 1 || training % batchSize === 1)) {
		const complaint = "{0} must leave 2 samples or more to each batch for {1}, got {2} for {3} training samples";
		throw new StudyError("batchSize", complaint, "batchnorm", batchSize, training);
	}
	const bytes = trainingBytes(study, table);
	if (bytes > MOST_BYTES) {
		const complaint = "{0} must need at most {1} GB of memory for a training, got about {2} GB";
		const isOfBatch = trainingBytes({ ...study, batchSize: 1 }, table) < MOST_BYTES / 2;
		const field = isOfBatch ? "batchSize" : "network.hidden";
		throw new StudyError(field, complaint, MOST_BYTES / 2 ** 30, Math.ceil(bytes / 2 ** 30));
	}
}

/** Each class has fewer samples than it takes for one of them to be held out. */
function noneFor(part: "validation" | "test", least: number): StudyError {
	const complaint =
		"{0} must have a class with {1} samples or more, so that one is kept for the {2}, got at most {3} of each; is it a number to predict (regression)?";
	return new StudyError("data", complaint, least, part, least - 1);
}

/** Memory that a training takes, an estimate from above; the table is not in it, for all trainings share one. */
export function trainingBytes(study: Study, table: TableShape): number {
	const { batchSize } = study;
	const { validation, test } = partSizes(table, { validation: study.validation, test: study.test ?? 0 });
	const engine = engineOf(study, table);
	const { perWeight, perUnit } = BYTES[engine];
	const units = study.network.hidden.reduce((sum, width) => sum + width, 0);
	const atOnce = engine === "kernels" ? batchSize : Math.max(batchSize, validation, test);
	const samples = table.samples * (SAMPLE_BYTES + VALUE_BYTES * padded(table.features));
	return perWeight * weightsOf(study, table) + perUnit * units * atOnce + samples;
}

/**
 * For each weight, with its gradient, what an optimizer remembers and checkpoints; and for each hidden unit and sample that
 * are computed at once. Measured were 42 a weight by the kernels, to which a checkpoint adds 16 while it is written to disk,
 * and up to 125 by the reference, whose activations took 60.
 */
const BYTES = { kernels: { perWeight: 60, perUnit: 40 }, reference: { perWeight: 128, perUnit: 64 } };
/** For each sample, and each of its values, as they are split and standardised: 13 a value were measured. */
const SAMPLE_BYTES = 64;
const VALUE_BYTES = 16;
const MOST_BYTES = 4 * 2 ** 30;

function widthsOf({ network }: Study, table: TableShape): readonly number[] {
	return [table.features, ...network.hidden, Math.max(1, table.classes)];
}

function weightsOf(study: Study, table: TableShape): number {
	const widths = widthsOf(study, table);
	return widths.slice(1).reduce((sum, width, i) => sum + width * widths[i]!, 0);
}

/** What will train it. */
function engineOf(study: Study, table: TableShape): "kernels" | "reference" {
	const holds = kernelsHold(widthsOf(study, table), table.samples, study.batchSize);
	return study.precision !== "float64" && holds ? "kernels" : "reference";
}
