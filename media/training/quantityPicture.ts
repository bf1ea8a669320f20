import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { LayerMeasure, Measure } from "../../src/protocol/trainer.ts";
import { decadeRange, type Picture, type PictureArea, type Series } from "../chart/picture.ts";
import type { Context } from "../context.ts";
import { dashOf } from "../lineSample.ts";
import { average, type RunModel } from "./runModel.ts";
import { percent } from "./summary.ts";

/** With more seeds than this, lines of single seeds would be a carpet. */
const MOST_SEED_LINES = 12;
/** Layer choice: every layer at the last epoch. */
export const ALL_LAYERS = -1;
/** Layer choices from here down: a line for each layer of an activation, the first one's at this. */
export const LAYERS_OF = -2;
/** Lines of layers; of a deeper network these many, evenly, with the first and the last. */
const MOST_LAYER_LINES = 8;
/** Where an update's size by that of its weights usually lies, and the ends of what is healthy. */
const USUAL_UPDATE = 1e-3;
const HEALTHY_UPDATES = [1e-5, 1e-1];

/** A quantity that a run reports, as a chart shows it. */
export interface Quantity {
	readonly id: "loss" | "accuracy" | "gradientNorm" | "dead" | "saturated" | "updateRatio";
	readonly title: string;
	readonly perLayer: boolean;
	readonly percent: boolean;
}

/** What of a run is shown. */
export interface Shown {
	/** Activations that are not. */
	readonly hidden: ReadonlySet<number>;
	/** A layer, or one of the other layer choices. */
	readonly layer: number;
	/** Whether the loss's axis is logarithmic. */
	readonly logLoss: boolean;
}

/** The chart of a quantity: lines over epochs or over layers, with intervals over seeds. */
export function pictureOf(context: Context, shown: Shown, quantity: Quantity, model: RunModel): Picture {
	const { t } = context;
	const visible = model.study.activations.map((_, index) => index).filter((index) => !shown.hidden.has(index));
	const ofLayers = activationOfLines(shown, quantity);
	const series =
		ofLayers !== undefined
			? linesOfLayers(context, quantity, model, ofLayers)
			: isByLayer(shown, quantity)
				? visible.flatMap((index) => layerSeries(context, quantity, model, index))
				: visible.flatMap((index) => epochSeries(context, shown, quantity, model, index));
	const areas =
		ofLayers === undefined && !isByLayer(shown, quantity)
			? visible.flatMap((index) => intervalOf(context, shown, quantity, model, index))
			: [];
	const isUpdate = quantity.id === "updateRatio";
	const logarithmic = quantity.id === "gradientNorm" || isUpdate || (quantity.id === "loss" && shown.logLoss);
	const byLayer = isByLayer(shown, quantity);
	const label = model.study.activations[ofLayers ?? -1]?.label;
	const where =
		label !== undefined ? `, ${label}` : quantity.perLayer && !byLayer ? `, ${t("Layer {0}", shown.layer + 1)}` : "";
	const values = [...series.map(({ y }) => y), ...(isUpdate ? [[USUAL_UPDATE]] : [])];
	const [bottom, top] = rangeOf(values);
	const [min, max] = logarithmic
		? decadeRange(values)
		: quantity.percent
			? percentRange(quantity, bottom, top)
			: [0, top > 0 ? top * 1.06 : 1];
	return {
		title: `${quantity.title}${where}`,
		series,
		areas,
		...(isUpdate ? { guides: updateGuides(context) } : {}),
		x: byLayer
			? { label: t("Layer"), min: 1, max: Math.max(2, model.layers), whole: true }
			: { label: t("Epoch"), min: 0, max: model.study.epochs, whole: true },
		y: { label: "", min, max, logarithmic, percent: quantity.percent },
	};
}

/** The last value of each line in words. */
export function summaryOf(context: Context, shown: Shown, quantity: Quantity, picture: Picture): string {
	const { t } = context;
	const named = picture.series.filter(({ faint, x }) => !faint && x.length > 0);
	if (named.length === 0) return t("Nothing has been reported yet.");
	const value = (number: number | undefined) => formatValue(quantity, number ?? Number.NaN);
	if (isByLayer(shown, quantity)) {
		const parts = named.map(({ name, y }) => `${name} ${y.map(value).join(" · ")}`);
		return t("From the first layer to the last: {0}.", parts.join("; "));
	}
	return named
		.map(({ name, x, y }) => t("{0}: {1} at epoch {2}.", name, value(y[y.length - 1]), x[x.length - 1]!))
		.join(" ");
}

/** The activation that is shown with a line for each of its layers; undefined where layers are not lines. */
export function activationOfLines(shown: Shown, quantity: Quantity): number | undefined {
	return quantity.perLayer && shown.layer <= LAYERS_OF ? LAYERS_OF - shown.layer : undefined;
}

/** Whether the chart has layers on its x axis rather than epochs. */
function isByLayer(shown: Shown, quantity: Quantity): boolean {
	return quantity.perLayer && shown.layer === ALL_LAYERS;
}

/** How the quantity is read from a measure; null where it was not taken. */
function readerOf(shown: Shown, quantity: Quantity): (measure: Measure) => number | null {
	switch (quantity.id) {
		case "loss":
			return (measure) => measure.validationLoss;
		case "accuracy":
			return (measure) => measure.accuracy;
		default:
			return (measure) => layerValue(quantity, measure.layers[Math.max(0, shown.layer)]);
	}
}

function updateGuides(context: Context) {
	const { t } = context;
	return [
		{ y: USUAL_UPDATE, label: t("usual") },
		...HEALTHY_UPDATES.map((y) => ({ y, label: t("end of the healthy range") })),
	];
}

/** The 95 % interval of a mean over seeds, epoch by epoch; none where there are too few. */
function intervalOf(context: Context, shown: Shown, quantity: Quantity, model: RunModel, index: number): PictureArea[] {
	const { x, mean, halfWidth } = model.meanOf(index, readerOf(shown, quantity));
	if (!halfWidth.some((half) => !Number.isNaN(half))) return [];
	return [
		{
			x,
			low: mean.map((value, i) => value - halfWidth[i]!),
			high: mean.map((value, i) => value + halfWidth[i]!),
			colour: colourOf(context, index),
		},
	];
}

/** A line for each layer of an activation, the first layer's thickest: means over seeds. */
export function linesOfLayers(context: Context, quantity: Quantity, model: RunModel, index: number): Series[] {
	const { series, highContrast } = context.colours();
	const count = Math.min(model.layers, MOST_LAYER_LINES);
	const layers = Array.from({ length: count }, (_, i) =>
		count === 1 ? 0 : Math.round((i * (model.layers - 1)) / (count - 1)),
	);
	return layers.map((layer, i) => {
		const { x, mean } = model.meanOf(index, (measure) => layerValue(quantity, measure.layers[layer]));
		return {
			name: context.t("Layer {0}", layer + 1),
			x,
			y: mean,
			colour: series[i % series.length]!,
			dash: dashOf([], i, highContrast),
			width: i === 0 ? 3 : 1.6,
		};
	});
}

function epochSeries(context: Context, shown: Shown, quantity: Quantity, model: RunModel, index: number): Series[] {
	const { t } = context;
	const { highContrast } = context.colours();
	const label = model.study.activations[index]?.label ?? "";
	const read = readerOf(shown, quantity);
	const common = {
		colour: colourOf(context, index),
		dash: dashOf([], index, highContrast),
		width: highContrast ? 2.6 : 2,
	};
	const { x, mean, halfWidth } = model.meanOf(index, read);
	const hasBand = halfWidth.some((half) => !Number.isNaN(half));
	const series: Series[] = [{ ...common, name: label, x, y: mean }];
	if (quantity.id === "loss") {
		series[0] = { ...series[0]!, name: `${label}, ${t("validation")}` };
		const training = model.meanOf(index, (measure) => measure.loss);
		series.push({
			...common,
			name: `${label}, ${t("training")}`,
			x: training.x,
			y: training.mean,
			dash: dashOf([5, 4], index, highContrast),
			width: 1.3,
		});
	}
	const begun = model.linesOf(index).filter(({ measures }) => measures.length > 0);
	if (!hasBand && begun.length > 1 && begun.length <= MOST_SEED_LINES) {
		for (const { measures } of begun) {
			series.push({
				...common,
				name: label,
				x: measures.map(({ epoch }) => epoch),
				y: measures.map((measure) => read(measure) ?? Number.NaN),
				faint: true,
			});
		}
	}
	return series;
}

/** One point for each layer: the mean over seeds of what each was last. */
function layerSeries(context: Context, quantity: Quantity, model: RunModel, index: number): Series[] {
	const { highContrast } = context.colours();
	const lasts = model.linesOf(index).flatMap(({ measures }) => measures.slice(-1));
	if (lasts.length === 0) return [];
	const layers = Array.from({ length: model.layers }, (_, layer) => layer);
	const y = layers.map((layer) => average(lasts.map((measure) => layerValue(quantity, measure.layers[layer]))));
	return [
		{
			name: model.study.activations[index]?.label ?? "",
			x: layers.map((layer) => layer + 1),
			y,
			colour: colourOf(context, index),
			dash: dashOf([], index, highContrast),
			width: highContrast ? 2.6 : 2,
			dots: true,
		},
	];
}

/** The colour of an activation's lines. */
export function colourOf(context: Context, activation: number): string {
	const { series } = context.colours();
	return series[activation % series.length]!;
}

/** The quantity in a layer; NaN where it is not reported. */
export function layerValue({ id }: Quantity, layer: LayerMeasure | undefined): number {
	if (!layer) return Number.NaN;
	if (id === "updateRatio") return layer.updateRatio ?? Number.NaN;
	return id === "dead" ? layer.dead : id === "saturated" ? layer.saturated : layer.gradientNorm;
}

/** The least and the largest of all finite values; infinite, the wrong way round, where there are none. */
function rangeOf(series: readonly (readonly number[])[]): [least: number, largest: number] {
	let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const values of series) {
		for (const value of values) {
			if (!Number.isFinite(value)) continue;
			least = Math.min(least, value);
			largest = Math.max(largest, value);
		}
	}
	return [least, largest];
}

/** Shares lie between 0 and 1; an accuracy near 1 gets the room it needs to be told from another. */
function percentRange({ id }: Quantity, least: number, largest: number): [number, number] {
	if (id === "accuracy") return [Math.floor(Math.min(0.9, least) * 10) / 10, 1];
	const top = Math.max(0, largest);
	return [0, top > 0.5 ? 1 : top > 0.2 ? 0.5 : top > 0.1 ? 0.2 : 0.1];
}

/** A value of the quantity for people. */
export function formatValue({ percent: isShare, id }: Quantity, value: number): string {
	if (isShare) return Number.isNaN(value) ? "NaN" : percent(value);
	return formatNumber(value, id === "gradientNorm" || id === "updateRatio" ? 3 : 4);
}
