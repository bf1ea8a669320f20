import { type ReadCode, readCode } from "../../reading/code/codeReading.ts";
import type { Model } from "../../reading/model/model.ts";
import { readModels } from "../../reading/model/readModels.ts";
import type { Edit } from "../edit.ts";
import { edited } from "./fixEdits.ts";
import { type FixedSource, fixesFor, type ModelFix } from "./fixes.ts";
import { type Forecast, forecastModel } from "./forecast.ts";

/** A model of a text with its forecast, and what would make that better. */
export interface ModelReading {
	readonly model: Model;
	readonly forecast: Forecast;
	/** Found when first asked for: it takes longer than reading. */
	readonly fixes: readonly ModelFix[];
}

/** How often a text is read again with a fix made, and how long one may be that is. */
const MOST_AGAIN = 12;
const LONGEST_AGAIN = 100_000;

/** The models of a text with their forecasts. May take a second for a text with many large models. */
export function modelReadings(read: ReadCode): ModelReading[] {
	const source = fixedSource(read);
	return readModels(read).map((model) => {
		const forecast = forecastModel(model);
		let fixes: readonly ModelFix[] | undefined;
		return {
			model,
			forecast,
			get fixes() {
				fixes ??= fixesFor(model, forecast, source);
				return fixes;
			},
		};
	});
}

/**
 * The index of the model to tell of where one stands: that one, but where the gradient of a class is not known by itself,
 * as its sizes are given where it is made, the only variable's that is made of it.
 */
export function toldOf(readings: readonly Pick<ModelReading, "model" | "forecast">[], index: number): number {
	const { model, forecast } = readings[index];
	if (forecast.stages[0]?.gradientRatio !== null) return index;
	const made = readings.filter(({ model: { instanceOf } }) => instanceOf?.start === model.nameSpan.start);
	const [only] = made.length === 1 ? made : [];
	return only && only.forecast.stages[0]?.gradientRatio !== null ? readings.indexOf(only) : index;
}

/** A text whose models are read again with edits made. */
export function fixedSource({ text, root, starts, resolver }: ReadCode): FixedSource {
	let times = 0;
	return {
		text,
		root,
		readAgain: (edits, name) => {
			if (text.length > LONGEST_AGAIN || ++times > MOST_AGAIN) return null;
			return readModels(readCode(textsWith(text, starts, edits), resolver.language, resolver.neighbours), name);
		},
	};
}

/** The texts that are joined, one behind the other with a sign between them, after edits. */
function textsWith(text: string, starts: readonly number[], edits: readonly Edit[]): string[] {
	return starts.map((start, i) => {
		const end = i + 1 < starts.length ? starts[i + 1]! - 1 : text.length;
		const own = edits.filter(({ span }) => start <= span.start && span.end <= end);
		const moved = own.map((edit) => ({
			...edit,
			span: { start: edit.span.start - start, end: edit.span.end - start },
		}));
		return edited(text.slice(start, end), moved);
	});
}
