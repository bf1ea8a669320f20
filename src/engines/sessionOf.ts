import type { Activation } from "../core/activations/activation.ts";
import { findActivation } from "../core/activations/catalog.ts";
import { readSource } from "../core/reading/readSource.ts";
import type { Definition } from "../core/reading/use.ts";
import type { OptimizerSettings } from "../core/training/optimizer.ts";
import type { Schedule } from "../core/training/schedule.ts";
import { Session } from "../core/training/session.ts";
import { partSizes, type TableShape } from "../core/training/table.ts";
import type { Study, StudyActivation, StudyOptimizer } from "../protocol/study.ts";
import { studyLimits } from "../protocol/studyLimits.ts";
import type { RunKey, StudyTable } from "../protocol/trainer.ts";

/**
 * The training session of one run of a study, at `learningRate` where one was found for it. Throws an Error that says
 * why, where the activation is not understood.
 */
export function sessionOf(study: Study, run: RunKey, table: StudyTable, learningRate?: number): Session {
	const { activations, network, optimizer, tuning } = study;
	const chosen = activations[run.activation];
	if (!chosen) throw new RangeError(`the study has ${activations.length} activations, got index ${run.activation}`);
	const isTuning = tuning !== undefined && run.rate !== undefined;
	const rate = isTuning ? tuning.learningRates[run.rate] : learningRate;
	const epochs = isTuning ? tuning.epochs : study.epochs;
	const schedule = scheduleOf(study, table, epochs);
	return new Session({
		table,
		activation: activationOf(chosen),
		parameters: chosen.parameters,
		hidden: network.hidden,
		norm: network.norm ?? "none",
		residual: network.residual ?? false,
		dropout: network.dropout ?? 0,
		initialiser: network.initialiser,
		optimizer: optimizerSettings(optimizer, rate ?? optimizer.learningRate),
		...(schedule ? { schedule } : {}),
		...(optimizer.clip === undefined ? {} : { clipping: { name: "norm", max_norm: optimizer.clip } }),
		labelSmoothing: study.labelSmoothing ?? 0,
		epochs,
		batchSize: study.batchSize,
		validation: study.validation,
		...(study.test === undefined ? {} : { test: study.test }),
		precision: study.precision ?? "float32",
		seed: run.seed,
	});
}

/** Functions that were read, by their sources: a study trains one again and again, and what is derived of it stays with it. */
const functionsRead = new Map<string, Activation>();

/** The activation that a study names: of the catalog, or read from the source of a hand-written function. */
export function activationOf({ id, source, language, label }: StudyActivation): Activation {
	const key = JSON.stringify([language, source]);
	const known = findActivation(id) ?? functionsRead.get(key);
	if (known) return known;
	if (source === undefined) throw new Error(`there is no activation "${id}"`);
	const isPython = (language ?? "python") === "python";
	// A function without a name is given one.
	const definition =
		lastDefinition(source, language) ?? lastDefinition(`${isPython ? "f" : "const f"} = ${source}`, language);
	if (!definition) {
		const expected = "a function of one input, whose other parameters it uses or gives a default";
		throw new Error(`"${label}" must hold ${expected}, got none that can be read`);
	}
	if (!definition.understood) throw new Error(`"${label}" is ${definition.reason ?? "not understood"}`);
	const { activation } = definition.understood;
	functionsRead.set(key, activation);
	const [, most] = studyLimits.activations;
	if (functionsRead.size > most) functionsRead.delete(functionsRead.keys().next().value!);
	return activation;
}

/** The last function of a source, and not a helper that it holds inside. */
function lastDefinition(source: string, language = "python"): Definition | undefined {
	const { definitions } = readSource(source, language);
	return definitions.findLast(
		({ span }) => !definitions.some((one) => one.span.start < span.start && span.end <= one.span.end),
	);
}

/** A study's optimizer by PyTorch's names. */
export function optimizerSettings({ kind, weightDecay }: StudyOptimizer, lr: number): OptimizerSettings {
	const decay = weightDecay === undefined ? {} : { weight_decay: weightDecay };
	switch (kind) {
		case "sgd":
			return { name: "sgd", lr, ...decay };
		case "momentum":
			return { name: "sgd", lr, momentum: 0.9, ...decay };
		case "nesterov":
			return { name: "sgd", lr, momentum: 0.9, nesterov: true, ...decay };
		default:
			return { name: kind, lr, ...decay };
	}
}

/** A study's schedule over the steps of so many epochs; undefined where the rate is constant. */
export function scheduleOf(study: Study, table: TableShape, epochs: number): Schedule | undefined {
	const { optimizer, validation, test = 0, batchSize } = study;
	if (!optimizer.schedule) return undefined;
	const { kind, warmup = 0 } = optimizer.schedule;
	const steps = epochs * Math.ceil(partSizes(table, { validation, test }).training / batchSize);
	const rising = Math.round(warmup * steps);
	const rest = Math.max(1, steps - rising);
	const before = rising > 0 ? { warmup: { total_iters: rising, start_factor: 1 / rising } } : {};
	switch (kind) {
		case "constant":
			return { name: "constant", ...before };
		case "cosine":
			return { name: "cosine", T_max: rest, ...before };
		case "step":
			return { name: "step", step_size: Math.max(1, Math.ceil(rest / 4)), gamma: Math.sqrt(0.1), ...before };
	}
}
