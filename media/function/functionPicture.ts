import type { LossKind } from "../../src/core/diagnosis/inPrecision.ts";
import { valueRange } from "../../src/core/explanation/valueRange.ts";
import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Curve } from "../../src/protocol/panel.ts";
import type { Picture, Series } from "../chart/picture.ts";
import type { Context } from "../context.ts";
import { dashOf } from "../lineSample.ts";
import type { Domain } from "./interaction.ts";
import { ORDERS } from "./legend.ts";
import { labelOf, type Shown } from "./shown.ts";

/** Stretches that the summary names. */
const MOST_LISTED = 4;
const SEVERITY: readonly LossKind[] = ["overflow", "underflow", "rounding"];
/** Which of the colours for lines marks each loss: red, blue, yellow. */
const LOSS_COLOURS: Readonly<Record<LossKind, number>> = { overflow: 4, underflow: 0, rounding: 5 };

/** What of activations is drawn. */
export interface Drawn {
	readonly shown: readonly Shown[];
	/** The one whose losses are marked. */
	readonly selected: Shown | undefined;
	readonly domain: Domain;
	/** How many of f, f′ and f″. */
	readonly orders: number;
}

/** The chart of the curves, as they were sampled. */
export function pictureOf(context: Context, { shown, selected, domain, orders }: Drawn): Picture {
	const colours = context.colours();
	const single = shown.length === 1;
	const drawn = shown.flatMap((entry, index) => (entry.curve ? [{ entry, index, curve: entry.curve }] : []));
	const series = drawn.flatMap(({ entry, index, curve }): Series[] =>
		ORDERS.slice(0, orders).map(({ name, field, dash, width }, order) => ({
			name: (single ? `${name}(x)` : `${labelOf(entry)} ${name}`) + (order === 0 ? inType(context, curve) : ""),
			x: curve.x,
			y: curve[field],
			colour: colours.series[(single ? order : index) % colours.series.length]!,
			dash: single ? dash : dashOf(dash, index, colours.highContrast),
			width: colours.highContrast ? width + 0.6 : width,
		})),
	);
	const [yMin, yMax] = valueRange(series.map(({ y }) => y));
	return {
		title: shown.map(labelOf).join(", "),
		series,
		x: { label: "x", min: domain[0], max: domain[1] },
		y: { label: "", min: yMin, max: yMax },
		bands: (selected?.curve?.bands ?? []).map(({ kind, from, to }) => ({
			from,
			to,
			label: lossNames(context)[kind],
			colour: colours.series[LOSS_COLOURS[kind]]!,
		})),
	};
}

/** What the chart shows in words: the values' ranges, and what the type loses. */
export function summaryOf(context: Context, { shown, selected, domain }: Drawn): string {
	const { t } = context;
	const [min, max] = domain.map((x) => formatNumber(x));
	const parts = shown.flatMap((entry) => {
		if (!entry.curve) return [];
		const [f, slope] = [rangeOf(entry.curve.value), rangeOf(entry.curve.derivative)];
		if (!f || !slope) return [t("{0} has no finite value here.", labelOf(entry))];
		return [t("{0}: f from {1} to {2}, f′ from {3} to {4}.", labelOf(entry), ...f, ...slope)];
	});
	if (selected?.curve && selected.curve.dtype !== "float64") parts.push(lossText(context, selected, selected.curve));
	return parts.length === 0 ? "" : [t("Drawn for x from {0} to {1}.", min!, max!), ...parts].join(" ");
}

/** " in float16", for what is computed so. */
function inType(context: Context, { dtype }: Curve): string {
	return dtype === "float64" ? "" : ` ${context.t("in {0}", dtype)}`;
}

function lossNames({ t }: Context): Readonly<Record<LossKind, string>> {
	return { overflow: t("overflow"), underflow: t("underflow"), rounding: t("rounding") };
}

/** "SiLU in float16: overflow for −6 < x < −5." */
function lossText(context: Context, entry: Shown, curve: Curve): string {
	const { t } = context;
	const { bands } = curve;
	const what = `${labelOf(entry)}${inType(context, curve)}`;
	if (bands.length === 0) return t("{0}: no value is lost here.", what);
	// What is lost altogether comes first.
	const listed = [...bands].sort((a, b) => SEVERITY.indexOf(a.kind) - SEVERITY.indexOf(b.kind));
	const texts = listed.slice(0, MOST_LISTED).map(({ kind, from, to }) => {
		const [start, end] = [from, to].map((x) => formatNumber(x, 4));
		return `${lossNames(context)[kind]} ${t("for x from {0} to {1}", start!, end!)}`;
	});
	return `${what}: ${texts.join("; ")}${bands.length > MOST_LISTED ? "; …" : "."}`;
}

function rangeOf(values: readonly number[]): [string, string] | undefined {
	const finite = values.filter(Number.isFinite);
	if (finite.length === 0) return undefined;
	const text = (value: number) => formatNumber(value === 0 ? 0 : value, 4);
	return [text(Math.min(...finite)), text(Math.max(...finite))];
}
