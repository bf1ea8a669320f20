import type { Activation } from "../core/activations/activation.ts";
import { findActivation } from "../core/activations/catalog.ts";
import type { Parameters } from "../core/expression/expression.ts";
import { languageIds } from "../core/reading/readSource.ts";
import type { Dropout } from "../core/training/dropout.ts";
import type { ExactRun } from "../core/training/exactRun.ts";
import type { NormKind } from "../core/training/norm.ts";
import { activationOf } from "../engines/sessionOf.ts";
import { shown } from "../protocol/shown.ts";
import { MAX_SOURCE } from "../protocol/studyLimits.ts";
import { choiceAt, flagAt, listAt, matrixAt, numberAt, objectAt, textAt, wholeAt } from "./fields.ts";
import { Misuse } from "./io.ts";
import { numberFrom } from "./json.ts";
import { clippingAt, initialiserAt, lossAt, optimizerAt, scheduleAt } from "./trainSettings.ts";
import { type LearnedForm, weightsAt } from "./trainWeights.ts";

const NORMS: readonly NormKind[] = ["none", "batchnorm", "layernorm"];
const MAX_WIDTH = 4096;
/** Entries of `layers`: a thousand hidden layers and some. */
const MAX_LAYERS = 1025;
/** The result writes them three times: as text, a third of the longest there is. */
const MAX_WEIGHTS = 2 ** 22;
/** Values of all layers for all samples, which are in memory at once: some 16 million, about a gigabyte. */
const MAX_VALUES = 2 ** 24;

/** The fields of a document; those in `notes` say nothing to the trainer. */
export const specFields = {
	run: [
		"layers",
		"activation",
		"norm",
		"residual",
		"dropout",
		"loss",
		"optimizer",
		"schedule",
		"clipping",
		"data",
		"batches",
		"init",
	],
	notes: ["$schema", "id", "name", "tag", "note", "expected"],
	activation: ["id", "source", "language", "params", "parameters"],
	dropout: ["p", "seed", "masks"],
	data: ["x", "y"],
} as const;

/** A run, and how its document writes the activation's learned parameters: the result is written the same way. */
export interface TrainSpec {
	readonly run: ExactRun;
	readonly learnedForm: LearnedForm;
}

/** The run that a document of unknown shape describes; throws `Misuse` naming the field that is wrong. */
export function trainSpecOf(document: unknown): TrainSpec {
	const spec = objectAt(document, "the spec", [...specFields.run, ...specFields.notes]);
	const widths = widthsAt(spec.layers);
	const { activation, parameters } = activationAt(spec.activation);
	const norm = choiceAt(spec.norm ?? "none", "norm", NORMS);
	const loss = lossAt(spec.loss);
	const optimizer = optimizerAt(spec.optimizer);
	const data = objectAt(spec.data, "data", specFields.data);
	const inputs = matrixAt(data.x, "data.x", undefined, widths[0]!);
	const samples = inputs.length;
	checkSize(samples, widths, norm);
	const last = widths[widths.length - 1]!;
	const targets =
		loss.name === "cross_entropy"
			? listAt(data.y, "data.y", samples).map((one, i) => wholeAt(one, `data.y[${i}]`, 0, last - 1))
			: matrixAt(data.y, "data.y", samples, last).flat();
	const batches = batchesAt(spec.batches, samples, norm);
	const drawn = typeof spec.init === "object" && "name" in spec.init!;
	const { weights, trained, learnedForm } = drawn ? DRAWN : weightsAt(spec.init, { widths, norm, activation });
	return {
		learnedForm,
		run: {
			widths,
			activation,
			parameters,
			...(trained ? { trained } : {}),
			norm,
			residual: spec.residual === undefined ? false : flagAt(spec.residual, "residual"),
			...(spec.dropout === undefined ? {} : { dropout: dropoutAt(spec.dropout, batches, widths.slice(1, -1)) }),
			loss,
			optimizer,
			...(spec.schedule === undefined ? {} : { schedule: scheduleAt(spec.schedule) }),
			...(spec.clipping === undefined ? {} : { clipping: clippingAt(spec.clipping) }),
			inputs: Float64Array.from(inputs.flat()),
			targets: Float64Array.from(targets),
			batches,
			initial: weights ?? initialiserAt(spec.init),
		},
	};
}

/** Drawn weights train every parameter that is trainable. */
const DRAWN = { weights: undefined, trained: undefined, learnedForm: "named" } as const;

function widthsAt(value: unknown): number[] {
	const widths = listAt(value, "layers").map((one, i) => wholeAt(one, `layers[${i}]`, 1, MAX_WIDTH));
	if (widths.length < 2 || widths.length > MAX_LAYERS) {
		throw new Misuse(`layers must have 2…${MAX_LAYERS} entries, got ${widths.length}`);
	}
	const weights = widths.slice(1).reduce((sum, width, i) => sum + width * (widths[i]! + 1), 0);
	if (weights > MAX_WEIGHTS) throw new Misuse(`layers must have at most ${MAX_WEIGHTS} weights, got ${weights}`);
	return widths;
}

function checkSize(samples: number, widths: readonly number[], norm: NormKind): void {
	const least = norm === "batchnorm" ? 2 : 1;
	if (samples < least) {
		throw new Misuse(`data.x must have at least ${least} ${least === 1 ? "row" : "rows"}, got ${samples}`);
	}
	const values = samples * widths.reduce((sum, width) => sum + width, 0);
	if (values <= MAX_VALUES) return;
	throw new Misuse(
		`data.x must have at most ${Math.floor((MAX_VALUES / values) * samples)} rows with these layers, got ${samples}`,
	);
}

function activationAt(value: unknown): { readonly activation: Activation; readonly parameters: Parameters } {
	if (typeof value === "string") return activationAt({ id: value });
	const chosen = objectAt(value, "activation", specFields.activation);
	if (chosen.source !== undefined && (chosen.id ?? "custom") !== "custom") {
		throw new Misuse(`activation.source goes with no id or the id "custom", got ${shown(chosen.id)}`);
	}
	if (chosen.source === undefined && chosen.language !== undefined) {
		throw new Misuse(`activation.language goes with activation.source, got ${shown(chosen.language)} alone`);
	}
	const activation = chosen.source === undefined ? knownAt(chosen.id) : writtenAt(chosen.source, chosen.language);
	const names = activation.parameters.map(({ name }) => name);
	const given = chosen.params ?? chosen.parameters ?? {};
	if (typeof given !== "object" || Array.isArray(given)) {
		throw new Misuse(`activation.params must be an object, got ${shown(given)}`);
	}
	const parameters = Object.entries(given ?? {}).map(([name, one]) => {
		if (!names.includes(name)) {
			const has = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
			throw new Misuse(`activation.params: ${activation.name} has no parameter ${shown(name)}; ${has}`);
		}
		const number = numberFrom(one);
		// An infinite one has a meaning: softplus without its threshold.
		if (number !== undefined && !Number.isNaN(number)) return [name, number];
		throw new Misuse(`activation.params.${name} must be a number, got ${shown(one)}`);
	});
	return { activation, parameters: Object.fromEntries(parameters) };
}

function knownAt(id: unknown): Activation {
	const activation = typeof id === "string" ? findActivation(id) : undefined;
	if (activation) return activation;
	throw new Misuse(`activation.id must be an activation of the catalog, got ${shown(id)}`);
}

function writtenAt(value: unknown, languageId: unknown): Activation {
	const source = textAt(value, "activation.source");
	if (source.length > MAX_SOURCE) {
		throw new Misuse(`activation.source must have at most ${MAX_SOURCE} characters, got ${source.length}`);
	}
	const language = choiceAt(languageId ?? "python", "activation.language", languageIds);
	try {
		return activationOf({ id: "custom", source, language, parameters: {}, label: "activation.source" });
	} catch (error) {
		throw new Misuse(error instanceof Error ? error.message : String(error));
	}
}

function batchesAt(value: unknown, samples: number, norm: NormKind): number[][] {
	const least = norm === "batchnorm" ? 2 : 1;
	return listAt(value, "batches").map((one, i) => {
		const batch = listAt(one, `batches[${i}]`).map((index) => {
			const number = numberFrom(index);
			if (number !== undefined && Number.isInteger(number) && number >= 0 && number < samples) return number;
			throw new Misuse(`batches[${i}] must hold indices 0…${samples - 1}, got ${number ?? shown(index)}`);
		});
		if (batch.length >= least) return batch;
		const wanted = least === 1 ? "1 entry" : "2 entries for a batch norm";
		throw new Misuse(`batches[${i}] must have at least ${wanted}, got ${batch.length}`);
	});
}

function dropoutAt(value: unknown, batches: readonly (readonly number[])[], hidden: readonly number[]): Dropout {
	const given = objectAt(value, "dropout", specFields.dropout);
	const p = numberAt(given.p, "dropout.p", 0, 1);
	if (p === 1) throw new Misuse("dropout.p must be below 1, got 1");
	if (given.masks === undefined) {
		return { p, seed: given.seed === undefined ? 0 : wholeAt(given.seed, "dropout.seed", 0, 2 ** 32 - 1) };
	}
	if (given.seed !== undefined) throw new Misuse("dropout.seed must not be there beside dropout.masks");
	const masks = listAt(given.masks, "dropout.masks", batches.length).map((layers, step) =>
		listAt(layers, `dropout.masks[${step}]`, hidden.length).map((mask, layer) => {
			const field = `dropout.masks[${step}][${layer}]`;
			const rows = matrixAt(mask, field, batches[step]!.length, hidden[layer]!);
			const other = rows.flat().find((one) => one !== 0 && one !== 1);
			if (other !== undefined) throw new Misuse(`${field} must hold 0 and 1, got ${other}`);
			return rows;
		}),
	);
	return { p, masks };
}
