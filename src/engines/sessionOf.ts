import type { Activation } from "../core/activations/activation.ts";
import { findActivation } from "../core/activations/catalog.ts";
import { readSource } from "../core/reading/readSource.ts";
import type { OptimizerSettings } from "../core/training/optimizer.ts";
import { Session } from "../core/training/session.ts";
import type { Study, StudyActivation, StudyOptimizer } from "../protocol/study.ts";
import type { RunKey, StudyTable } from "../protocol/trainer.ts";

/** The training session of one run of a study. Throws an Error that says why, where the activation is not understood. */
export function sessionOf(study: Study, { activation: index, seed }: RunKey, table: StudyTable): Session {
	const chosen = study.activations[index];
	if (!chosen) throw new RangeError(`the study has ${study.activations.length} activations, got index ${index}`);
	return new Session({
		table,
		activation: activationOf(chosen),
		parameters: chosen.parameters,
		hidden: study.network.hidden,
		initialiser: study.network.initialiser,
		optimizer: optimizerSettings(study.optimizer),
		epochs: study.epochs,
		batchSize: study.batchSize,
		validation: study.validation,
		...(study.test === undefined ? {} : { test: study.test }),
		precision: "float32",
		seed,
	});
}

/** The activation that a study names: of the catalog, or read from the source of a hand-written function. */
export function activationOf({ id, source, language, label }: StudyActivation): Activation {
	const known = findActivation(id);
	if (known) return known;
	if (source === undefined) throw new Error(`there is no activation "${id}"`);
	const { definitions } = readSource(source, language ?? "python");
	// The last one, and not a helper that it holds inside.
	const definition = definitions.findLast(
		({ span }) => !definitions.some((one) => one.span.start < span.start && span.end <= one.span.end),
	);
	if (!definition) throw new Error(`"${label}" must hold a function that can be read as an activation, got none`);
	if (!definition.understood) throw new Error(`"${label}" is ${definition.reason ?? "not understood"}`);
	return definition.understood.activation;
}

function optimizerSettings({ kind, learningRate: lr }: StudyOptimizer): OptimizerSettings {
	switch (kind) {
		case "adam":
			return { name: "adam", lr };
		case "sgd":
			return { name: "sgd", lr };
		case "momentum":
			return { name: "sgd", lr, momentum: 0.9 };
	}
}
