import type { ReadCode } from "../../reading/code/codeReading.ts";
import type { Model } from "../../reading/model/model.ts";
import { readModels } from "../../reading/model/readModels.ts";
import { fixesFor, type ModelFix } from "./fixes.ts";
import { type Forecast, forecastModel } from "./forecast.ts";

/** A model of a text with its forecast, and what would make that better. */
export interface ModelReading {
	readonly model: Model;
	readonly forecast: Forecast;
	readonly fixes: readonly ModelFix[];
}

/** The models of a text with their forecasts. May take a second for a text with many large models. */
export function modelReadings(read: Pick<ReadCode, "text" | "root" | "resolver">): ModelReading[] {
	return readModels(read).map((model) => {
		const forecast = forecastModel(model);
		return { model, forecast, fixes: fixesFor(model, forecast, read.text) };
	});
}
