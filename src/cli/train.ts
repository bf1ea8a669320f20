import { readFile } from "node:fs/promises";
import { findActivation } from "../core/activations/catalog.ts";
import { type ExactRun, runExactly, type StepReport, type Weights } from "../core/training/exactRun.ts";
import type { LossKind } from "../core/training/loss.ts";
import type { NormKind } from "../core/training/norm.ts";
import type { OptimizerSettings } from "../core/training/optimizer.ts";
import { readArguments } from "./arguments.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { numberFrom, shown, toJson } from "./json.ts";

const LOSSES: readonly LossKind[] = ["mse", "bce_with_logits", "cross_entropy"];
const NORMS: readonly NormKind[] = ["none", "batchnorm", "layernorm"];
const OPTIMIZERS: readonly OptimizerSettings["name"][] = ["sgd", "adam", "adamw", "rmsprop", "adagrad"];
const MAX_WIDTH = 4096;
const MAX_LAYERS = 128;

type Fields = Readonly<Record<string, unknown>>;

/**
 * `train SPEC.json --json`: one training run in float64 with its weights, data and batches given, as JSON lines: each
 * step before its update (`{step, loss, gradientNorms: {W, b}}`), then `{kind: "result"}` with the final weights, the
 * statistics of the untrained network, and loss and outputs over all data in evaluation mode.
 */
export async function trainCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { positionals } = readArguments(args, { json: { type: "boolean" } });
	const [file] = positionals;
	if (file === undefined || positionals.length > 1) {
		throw new Misuse(`expected one SPEC.json, got ${positionals.length === 0 ? "none" : positionals.join(" ")}`);
	}
	const run = runOf(await readJson(file));
	const steps: StepReport[] = [];
	const result = runExactly(run, (step) => steps.push(step));
	for (const step of steps) await io.write(`${toJson({ kind: "step", ...step })}\n`);
	await io.write(`${toJson({ kind: "result", ...result })}\n`);
	return 0;
}

async function readJson(file: string): Promise<unknown> {
	const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
		throw new Misuse(`${file} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}`);
	});
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new Misuse(`${file} must hold JSON: ${error instanceof Error ? error.message : error}`);
	}
}

/** The run that a document of unknown shape describes; throws `Misuse` naming the field that is wrong. */
function runOf(document: unknown): ExactRun {
	const spec = fieldsOf(document, "the spec");
	const widths = numbersOf(spec.layers, "layers");
	if (widths.length < 2 || widths.length > MAX_LAYERS) {
		throw new Misuse(`layers must have 2…${MAX_LAYERS} entries, got ${widths.length}`);
	}
	widths.forEach((width, i) => {
		if (!Number.isInteger(width) || width < 1 || width > MAX_WIDTH) {
			throw new Misuse(`layers[${i}] must be a whole number 1…${MAX_WIDTH}, got ${width}`);
		}
	});
	const chosen = fieldsOf(spec.activation, "activation");
	const activation = typeof chosen.id === "string" ? findActivation(chosen.id) : undefined;
	if (!activation) throw new Misuse(`activation.id must be an activation of the catalog, got ${shown(chosen.id)}`);
	const loss = choiceOf(spec.loss, "loss", LOSSES);
	const norm = choiceOf(spec.norm ?? "none", "norm", NORMS);
	const optimizer = fieldsOf(spec.optimizer, "optimizer");
	choiceOf(optimizer.name, "optimizer.name", OPTIMIZERS);
	numberOf(optimizer.lr, "optimizer.lr");
	const data = fieldsOf(spec.data, "data");
	const inputs = matrixOf(data.x, "data.x", undefined, widths[0]!);
	const samples = inputs.length;
	const last = widths[widths.length - 1]!;
	const targets =
		loss === "cross_entropy" ? classesOf(data.y, samples, last) : matrixOf(data.y, "data.y", samples, last).flat();
	return {
		widths,
		activation,
		parameters: Object.fromEntries(
			Object.entries(fieldsOf(chosen.params ?? chosen.parameters ?? {}, "activation.params")).map(([name, value]) => [
				name,
				numberOf(value, `activation.params.${name}`),
			]),
		),
		norm,
		loss,
		optimizer: optimizer as unknown as OptimizerSettings, // Its name and rate are checked; the rest has defaults.
		inputs: Float64Array.from(inputs.flat()),
		targets: Float64Array.from(targets),
		batches: batchesOf(spec.batches, samples),
		initial: weightsOf(spec.init, widths, norm),
	};
}

function weightsOf(value: unknown, widths: readonly number[], norm: NormKind): Weights {
	const init = fieldsOf(value, "init");
	const layers = listOf(init.layers, "init.layers", widths.length - 1).map((one, i) => {
		const layer = fieldsOf(one, `init.layers[${i}]`);
		const outputs = widths[i + 1]!;
		return {
			W: matrixOf(layer.W, `init.layers[${i}].W`, outputs, widths[i]!),
			b: numbersOf(layer.b, `init.layers[${i}].b`, outputs),
		};
	});
	const learned = init.prelu ?? init.activations;
	return {
		layers,
		...(norm === "none"
			? {}
			: {
					norms: listOf(init.norms, "init.norms", widths.length - 2).map((one, i) => {
						const { gamma, beta } = fieldsOf(one, `init.norms[${i}]`);
						const width = widths[i + 1]!;
						return {
							gamma: numbersOf(gamma, `init.norms[${i}].gamma`, width),
							beta: numbersOf(beta, `init.norms[${i}].beta`, width),
						};
					}),
				}),
		...(learned === undefined ? {} : { activations: numbersOf(learned, "init.activations", widths.length - 2) }),
	};
}

function batchesOf(value: unknown, samples: number): number[][] {
	return listOf(value, "batches").map((one, i) =>
		numbersOf(one, `batches[${i}]`).map((index) => {
			if (Number.isInteger(index) && index >= 0 && index < samples) return index;
			throw new Misuse(`batches[${i}] must hold indices 0…${samples - 1}, got ${index}`);
		}),
	);
}

function classesOf(value: unknown, samples: number, classes: number): number[] {
	return numbersOf(value, "data.y", samples).map((index) => {
		if (Number.isInteger(index) && index >= 0 && index < classes) return index;
		throw new Misuse(`data.y must hold classes 0…${classes - 1}, got ${index}`);
	});
}

function fieldsOf(value: unknown, field: string): Fields {
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
	throw new Misuse(`${field} must be an object, got ${shown(value)}`);
}

function listOf(value: unknown, field: string, length?: number): readonly unknown[] {
	if (!Array.isArray(value)) throw new Misuse(`${field} must be a list, got ${shown(value)}`);
	if (length !== undefined && value.length !== length) {
		throw new Misuse(`${field} must have ${length} entries, got ${value.length}`);
	}
	return value;
}

function numbersOf(value: unknown, field: string, length?: number): number[] {
	return listOf(value, field, length).map((one, i) => numberOf(one, `${field}[${i}]`));
}

function matrixOf(value: unknown, field: string, rows: number | undefined, columns: number): number[][] {
	return listOf(value, field, rows).map((row, i) => numbersOf(row, `${field}[${i}]`, columns));
}

function numberOf(value: unknown, field: string): number {
	const number = numberFrom(value);
	if (number === undefined) throw new Misuse(`${field} must be a number, got ${shown(value)}`);
	return number;
}

function choiceOf<Choice extends string>(value: unknown, field: string, choices: readonly Choice[]): Choice {
	const found = choices.find((choice) => choice === value);
	if (found === undefined) throw new Misuse(`${field} must be one of ${choices.join(", ")}, got ${shown(value)}`);
	return found;
}
