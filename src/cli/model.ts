import { setImmediate } from "node:timers/promises";
import { describeConfirmation, describeForecast } from "../core/diagnosis/propagation/describeForecast.ts";
import { type Forecast, forecastModel } from "../core/diagnosis/propagation/forecast.ts";
import {
	type Confirmation,
	type Planned,
	planTrial,
	simulate,
	type Trial,
} from "../core/diagnosis/propagation/simulate.ts";
import { formatNumber } from "../core/numerics/formatNumber.ts";
import type { ReadCode } from "../core/reading/code/codeReading.ts";
import type { Initialisation, Model, ModelLayer, Step } from "../core/reading/model/model.ts";
import { readModels } from "../core/reading/model/readModels.ts";
import { parseNotebook } from "../core/reading/notebook/parseNotebook.ts";
import { codeOfNotebook } from "../core/reading/notebook/readNotebook.ts";
import { codeOf } from "../core/reading/readSource.ts";
import { Locator } from "../engines/located.ts";
import { languageOf } from "../engines/sourceFiles.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { readArguments } from "./arguments.ts";
import { textOf } from "./explain.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";

/** A model is run, to confirm its forecast, without being asked where that takes less than about a second. */
const CHEAP = 1e9;

/**
 * `model FILE[:LINE] [--confirm] [--json]`: the models of a file, or the innermost one at a line, with the forecast of
 * signal and gradient, one a line; exit 1 where there is none, 130 when interrupted.
 */
export async function modelCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, { confirm: { type: "boolean" }, json: { type: "boolean" } });
	if (positionals.length !== 1) {
		throw new Misuse(
			`expected one FILE or FILE:LINE, got ${positionals.length === 0 ? "none" : positionals.join(" ")}`,
		);
	}
	const { file, line } = placeOf(positionals[0]!);
	const { code, locator } = await read(file);
	const all = code ? readModels(code) : [];
	const models = line === null ? all : innermost(all, line, locator);
	if (models.length === 0) {
		io.complain(`activation-lens model: no model in ${positionals[0]}`);
		return 1;
	}
	for (const model of models) {
		const forecast = forecastModel(model);
		const planned = planTrial(model);
		const isRun = planned.kind === "trial" && (values.confirm || planned.multiplyAdds <= CHEAP);
		const confirmation = isRun ? await run(model, planned, io.signal) : null;
		if (io.signal.aborted) return 130;
		const text = values.json
			? toJson(asJson(file, model, forecast, confirmation, locator))
			: readable(file, model, forecast, confirmation ?? planned, locator);
		await io.write(`${text}\n`);
	}
	return 0;
}

function placeOf(argument: string): { file: string; line: number | null } {
	const [, file = argument, line] = /^(.+?)(?::(\d+))?$/s.exec(argument) ?? [];
	if (line !== undefined && Number(line) === 0) throw new Misuse(`expected a line from 1, got 0 in ${argument}`);
	return { file, line: line === undefined ? null : Number(line) };
}

async function read(file: string): Promise<{ code: ReadCode | undefined; locator: Locator }> {
	const language = languageOf(file);
	if (!language) throw new Misuse(`expected a file of Python, TypeScript or JavaScript, or a notebook, got ${file}`);
	const text = await textOf(file);
	const at = workspaceOf(["."])(file);
	if (language !== "notebook") return { code: codeOf(text, language, at), locator: new Locator(file, text) };
	const cells = parseNotebook(text);
	const texts = cells.map(({ source }) => source);
	const locator = new Locator(file, { texts, indices: cells.map(({ index }) => index) });
	return { code: codeOfNotebook(texts, at), locator };
}

function innermost(models: readonly Model[], line: number, locator: Locator): Model[] {
	const around = models.filter(({ span }) => {
		const place = locator.region(span);
		return place.line <= line && line <= place.endLine;
	});
	return around.sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start)).slice(0, 1);
}

/** Null where the signal ended it. */
async function run(model: Model, trial: Trial, signal: AbortSignal): Promise<Confirmation | null> {
	const passes = simulate(model, trial);
	for (let next = passes.next(); ; next = passes.next()) {
		if (next.done) return next.value;
		// A signal is heard between two turns of the event loop alone.
		await setImmediate();
		if (signal.aborted) return null;
	}
}

function asJson(
	file: string,
	model: Model,
	forecast: Forecast,
	confirmation: Confirmation | null,
	locator: Locator,
): unknown {
	const { verdict, title, notes } = describeForecast(model, forecast);
	const { line, column, cell } = locator.region(model.nameSpan);
	const stages = new Map(forecast.stages.map((stage) => [stage.weights, stage]));
	const measured = new Map(confirmation?.stages.map((stage) => [stage.weights, stage]));
	return {
		file,
		...(cell === undefined ? {} : { cell }),
		line,
		column,
		name: model.name,
		framework: model.framework,
		layers: model.layers.map((layer, index) => {
			const stage = stages.get(index);
			const run = measured.get(index);
			return {
				index,
				name: layer.name,
				...placeOfLayer(layer, locator),
				...stepAsJson(layer.step),
				inputs: layer.inputs,
				shape: layer.shape,
				sharedWith: layer.sharedWith,
				forwardStd: stage?.forwardStd ?? null,
				forwardRms: stage?.forwardRms ?? null,
				preStd: stage?.preStd ?? null,
				gradientRatio: stage?.gradientRatio ?? null,
				weightGradientRatio: stage?.weightGradientRatio ?? null,
				...(run
					? {
							confirmed: {
								forwardStd: run.forwardStd,
								forwardRms: run.forwardRms,
								preStd: run.preStd,
								gradientRatio: run.gradientRatio,
								weightGradientRatio: run.weightGradientRatio,
							},
						}
					: {}),
			};
		}),
		outputs: model.outputs,
		supposedInputs: forecast.supposed,
		verdict: verdict.kind,
		summary: title,
		notes,
		confirmation: confirmation && {
			samples: confirmation.batch,
			networks: confirmation.seeds,
			// The run's numbers are those of smaller images.
			...(confirmation.side !== null && { images: confirmation.supposed.map(({ shape }) => shape) }),
		},
	};
}

/** A layer of another file is told by that file alone: its lines are not at hand. */
function placeOfLayer({ span, path }: ModelLayer, locator: Locator): object {
	if (path !== null) return { file: path, line: null, column: null };
	const { line, column, cell } = locator.region(span);
	return { ...(cell === undefined ? {} : { cell }), line, column };
}

function stepAsJson(step: Step): object {
	const { kind, ...rest } = step;
	if (step.kind === "own-activation") {
		const { name, identity } = step.definition;
		return {
			kind: "activation",
			activation: identity?.activation ?? null,
			parameters: identity?.parameters ?? {},
			definition: name,
		};
	}
	if (step.kind === "recurrence") {
		const { weight, recurrent, bias, recurrentBias, forget, projection, cell, ...sizes } = step;
		const drawn = (one: Initialisation | null) => one && initialisationAsJson(one);
		return {
			...sizes,
			cell: cell.of,
			activation: stepAsJson(cell.activation),
			...(cell.of === "rnn" ? {} : { gate: stepAsJson(cell.gate) }),
			weight: drawn(weight),
			recurrent: drawn(recurrent),
			bias: drawn(bias),
			recurrentBias: drawn(recurrentBias),
			...(forget ? { forget: drawn(forget) } : {}),
			...(projection ? { projection: { units: projection.units, weight: drawn(projection.weight) } } : {}),
		};
	}
	if (step.kind === "linear" || step.kind === "convolution" || step.kind === "embedding") {
		const { weight, ...sizes } = step;
		const bias = "bias" in step ? step.bias : null;
		return {
			...sizes,
			weight: initialisationAsJson(weight),
			...("bias" in step ? { bias: bias && initialisationAsJson(bias) } : {}),
		};
	}
	return { kind, ...rest };
}

function initialisationAsJson({ explicit, draw }: Initialisation): object {
	return { explicit, ...draw };
}

function readable(
	file: string,
	model: Model,
	forecast: Forecast,
	outcome: Confirmation | Planned,
	locator: Locator,
): string {
	const { title, stages, notes } = describeForecast(model, forecast);
	const at = locator.region(model.nameSpan);
	const lines = [`${file}:${at.line}:${at.column}  ${model.name} (${model.framework})`, `  ${title}`];
	const width = Math.max(...stages.map(({ name }) => name.length), 5);
	if (stages.length > 0) lines.push(`  ${"layer".padEnd(width)}  line  forward std  gradient, of the last`);
	for (const { layer, name, forward, gradient } of stages) {
		const { path, span } = model.layers[layer]!;
		const line = path === null ? String(locator.region(span).line) : "";
		lines.push(`  ${name.padEnd(width)}  ${line.padStart(4)}  ${forward.padEnd(11)}  ${gradient}`);
	}
	for (const { name, step } of model.layers) {
		if (step.kind === "unknown") lines.push(`  not understood: ${name} (${step.what}): ${step.reason}`);
	}
	lines.push(...notes.map((note) => `  ${note}`));
	lines.push(
		!("stages" in outcome) && outcome.kind === "trial"
			? `  Not run yet: that takes ${formatNumber(outcome.multiplyAdds / 1e9, 2)} billion multiplications; --confirm does it.`
			: `  ${describeConfirmation(model, outcome)}`,
	);
	return lines.join("\n");
}
