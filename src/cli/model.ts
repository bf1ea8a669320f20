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
import type { Model } from "../core/reading/model/model.ts";
import { readModels } from "../core/reading/model/readModels.ts";
import { english } from "../core/texts.ts";
import type { Locator } from "../engines/located.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { onlyOne, readArguments } from "./arguments.ts";
import { readSourceFile } from "./files.ts";
import type { CommandIo } from "./io.ts";
import { toJson } from "./json.ts";
import { locatedCode } from "./locatedCode.ts";
import { modelAsJson } from "./modelJson.ts";
import { innermostAt, placeOf, placeText } from "./place.ts";

/** A model is run, to confirm its forecast, without being asked where that takes less than about a second. */
const CHEAP = 1e9;

/**
 * `model FILE[:LINE[:COLUMN]] [--confirm] [--json]`: the models of a file, or the innermost one at a place, with the
 * forecast of signal and gradient, one a line; exit 1 where there is none, 130 when interrupted.
 */
export async function modelCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, { confirm: { type: "boolean" }, json: { type: "boolean" } });
	const argument = onlyOne("FILE, FILE:LINE or FILE:LINE:COLUMN", positionals);
	const place = placeOf(argument);
	const { file } = place;
	const complain = (message: string) => io.complain(`activation-lens model: ${message}`);
	const { code, locator } = locatedCode(await readSourceFile(file), workspaceOf(["."])(file), complain);
	const models = innermostAt(code ? readModels(code) : [], place, locator);
	if (models.length === 0) {
		complain(`no model in ${argument}`);
		return 1;
	}
	for (const model of models) {
		const forecast = forecastModel(model);
		const planned = planTrial(model);
		const isRun = planned.kind === "trial" && (values.confirm || planned.multiplyAdds <= CHEAP);
		const confirmation = isRun ? await run(model, planned, io.signal) : null;
		if (io.signal.aborted) return 130;
		const text = values.json
			? toJson(modelAsJson(file, model, forecast, confirmation, locator))
			: readable(file, model, forecast, confirmation ?? planned, locator);
		await io.write(`${text}\n`);
	}
	return 0;
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

function readable(
	file: string,
	model: Model,
	forecast: Forecast,
	outcome: Confirmation | Planned,
	locator: Locator,
): string {
	const confirmation = "stages" in outcome ? outcome : null;
	const { title, stages, notes } = describeForecast(model, forecast, english, confirmation);
	const at = locator.region(model.nameSpan);
	const lines = [`${placeText(file, at)}  ${model.name} (${model.framework})`, `  ${title}`];
	const width = Math.max(...stages.map(({ name }) => name.length), 5);
	const isRun = stages.some(({ run }) => run !== null);
	const heading = ["layer".padEnd(width), "line", "forward std", "gradient, of the last", ...(isRun ? ["run"] : [])];
	if (stages.length > 0) lines.push(`  ${heading.join("  ")}`);
	for (const { layer, name, forward, gradient, run } of stages) {
		const { path, span } = model.layers[layer]!;
		const line = path === null ? String(locator.region(span).line) : "";
		const cells = [
			name.padEnd(width),
			line.padStart(4),
			forward.padEnd(11),
			run === null ? gradient : gradient.padEnd(21),
		];
		lines.push(`  ${[...cells, ...(run === null ? [] : [run])].join("  ")}`);
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
