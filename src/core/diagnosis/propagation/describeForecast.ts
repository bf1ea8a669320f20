import { formatNumber } from "../../numerics/formatNumber.ts";
import type { Draw, Model } from "../../reading/model/model.ts";
import { english, type Translate } from "../../texts.ts";
import type { ModelFinding } from "./findings.ts";
import type { Change, Initialiser, ModelFix } from "./fixes.ts";
import { type Forecast, forecastModel } from "./forecast.ts";
import { activationOf } from "./outputs.ts";
import { isRough, type ReservationKind } from "./reservations.ts";
import type { Confirmation, Planned } from "./simulate.ts";
import type { RefusalReason } from "./sizes.ts";
import { type Cause, type Verdict, verdictOf } from "./verdict.ts";
import { isWeightStep } from "./weights.ts";

/** A forecast in words: what a lens, the panel and the command line show. */
export interface DescribedForecast {
	readonly verdict: Verdict;
	/** One line: what the gradient comes to, and why. */
	readonly title: string;
	readonly stages: readonly {
		/** Of the weights, in the model's layers. */
		readonly layer: number;
		readonly name: string;
		readonly forward: string;
		readonly gradient: string;
		/** What the gradient came to where the model was run at its sizes (the geometric mean); null where it was not. */
		readonly run: string | null;
	}[];
	/** What the numbers suppose, a sentence each. */
	readonly notes: readonly string[];
}

/** What the forecast of a model says, in words, and what came of running it where it was. */
export function describeForecast(
	model: Model,
	forecast: Forecast,
	t: Translate = english,
	confirmation: Confirmation | null = null,
): DescribedForecast {
	const verdict = verdictOf(model, forecast);
	const run = confirmation && gradientsOf(confirmation);
	return {
		verdict,
		title: (run && titleByRun(forecast, verdict, run, t)) ?? titleOf(model, forecast, verdict, t),
		stages: forecast.stages.map(({ weights, forwardStd, gradientRatio }) => ({
			layer: weights,
			name: model.layers[weights].name,
			forward: forwardStd === null ? t("not known") : short(forwardStd),
			gradient: gradientRatio === null ? t("not known") : short(gradientRatio),
			run: run && short(run.get(weights) ?? Number.NaN),
		})),
		notes: notesOf(model, forecast, verdict, run !== null, t),
	};
}

/** By layer of weights, the gradient that a run at the model's own sizes found; null for one at smaller ones. */
function gradientsOf({ side, stages }: Confirmation): ReadonlyMap<number, number> | null {
	if (side !== null) return null;
	return new Map(stages.map(({ weights, gradientRatio }) => [weights, Math.exp(gradientRatio.logMean)]));
}

/** The title where the run knows more than the forecast: that does not know, or is too rough to say. */
function titleByRun(
	{ stages }: Forecast,
	{ kind }: Verdict,
	run: ReadonlyMap<number, number>,
	t: Translate,
): string | undefined {
	const ratio = stages[0] && run.get(stages[0].weights);
	if ((kind !== "unknown" && kind !== "uncertain") || ratio === undefined) return undefined;
	return t("gradient at layer 1: {0} of the last, by running the model", short(ratio));
}

/** A finding as one sentence: the number, the cause, what it means. */
export function describeModelFinding(model: Model, finding: ModelFinding, t: Translate = english): string {
	const { rule, stage, stages, value, verdict } = finding;
	const [at, of] = [String(stage), String(stages)];
	const cause = verdict.cause ? `${t("; ")}${causeText(model, verdict.cause, t)}` : "";
	switch (rule) {
		case "vanishing-gradient": {
			const head = t("gradient at layer {0} of {1}: {2} of the last{3}", at, of, short(value), cause);
			return t("{0}. Early layers will hardly learn.", head);
		}
		case "exploding-gradient": {
			const head = t("gradient at layer {0} of {1}: {2} × the last{3}", at, of, short(value), cause);
			return t("{0}. Training may be unstable.", head);
		}
		case "dead-signal":
			return t("The signal at layer {0} of {1} is {2} of the input: hardly anything arrives.", at, of, short(value));
		case "exploding-signal":
			return t("The signal at layer {0} of {1} is {2} × the input: training may be unstable.", at, of, short(value));
	}
}

/** What a fix does and what the forecast says of it. */
export function describeFix({ change, forecast, verdict }: ModelFix, t: Translate = english): string {
	const stage = verdict.stage ?? 0;
	const ratio = forecast.stages[stage]?.gradientRatio ?? Number.NaN;
	return t("{0}: gradient at layer {1} then {2} of the last", changeText(change, t), String(stage + 1), short(ratio));
}

/** How a forecast was confirmed, or why it was not. */
export function describeConfirmation(
	model: Model,
	outcome: Confirmation | Extract<Planned, { kind: "refused" }>,
	t: Translate = english,
): string {
	if ("stages" in outcome) {
		const [seeds, batch] = [String(outcome.seeds), String(outcome.batch)];
		if (outcome.side !== null) {
			const image = outcome.supposed.find(({ shape }) => shape.length > 2)!.shape.join(" × ");
			const times = short(furthest(model, outcome));
			return t(
				"The model is too large to run at that size. {0} networks with {1} samples of {2} are within a factor of {3} of the gradients forecast for those.",
				seeds,
				batch,
				image,
				times,
			);
		}
		return outcome.reduced
			? t("Confirmed by {0} networks with {1} samples, fewer than usual: the model is large.", seeds, batch)
			: t("Confirmed by {0} networks with {1} samples.", seeds, batch);
	}
	const name = model.layers[outcome.layer]?.name ?? "";
	return t("Not confirmed by running it: {0} ({1}).", refusalText(outcome.reason, t), name);
}

/** The factor by which a run's gradients lie off what is forecast for images of its size, where they do most. */
function furthest(model: Model, { side, stages }: Confirmation): number {
	const forecast = new Map(forecastModel(model, side).stages.map((stage) => [stage.weights, stage]));
	const logs = stages.flatMap(({ weights, gradientRatio: { logMean } }) => {
		const ratio = forecast.get(weights)?.gradientRatio;
		return ratio == null || ratio === 0 ? [] : [Math.abs(logMean - Math.log(ratio))];
	});
	return Math.exp(Math.max(0, ...logs));
}

function titleOf(
	model: Model,
	{ stages, reservations }: Forecast,
	{ kind, stage, suspected, cause, inputRms }: Verdict,
	t: Translate,
): string {
	const what = reservations.find((one) => one.kind === "unknown")?.what;
	const notKnown = what
		? t("gradient not known: {0}", what)
		: t("gradient not known: a part of the model is not understood");
	if (kind === "unknown") return notKnown;
	const at = stage ?? stages.findIndex(({ gradientRatio }) => gradientRatio !== null);
	const { gradientRatio, forwardRms } = stages[at];
	const layer = String(at + 1);
	if (kind === "healthy" && at > 0) {
		return t("gradient at layer {0}: {1} of the last; before it not known", layer, short(gradientRatio!));
	}
	const trouble = suspected ?? kind;
	const told = (head: string) => (kind === "uncertain" ? t("{0}, roughly", head) : head);
	if (trouble === "dead signal" || trouble === "exploding signal") {
		return told(t("signal at layer {0}: {1} of the input", layer, short(forwardRms! / inputRms)));
	}
	const why = cause ? `${t("; ")}${causeText(model, cause, t)}` : "";
	const head =
		trouble === "exploding gradient"
			? t("gradient at layer {0}: {1} × the last", layer, short(gradientRatio!))
			: t("gradient at layer {0}: {1} of the last", layer, short(gradientRatio!));
	return told(head) + why;
}

function causeText(model: Model, { count, stage, weights, factor }: Cause, t: Translate): string {
	const what = stepText(model, stage, weights, t);
	const times = short(factor < 1 ? 1 / factor : factor);
	const square = short(factor < 1 ? factor ** -2 : factor ** 2);
	if (count === 1) {
		return factor < 1
			? t("{0} loses {1}× ({2}× in variance)", what, times, square)
			: t("{0} gains {1}× ({2}× in variance)", what, times, square);
	}
	return factor < 1
		? t("{0} loses {1}× a layer ({2}× in variance)", what, times, square)
		: t("{0} gains {1}× a layer ({2}× in variance)", what, times, square);
}

/** "ReLU with PyTorch's default initialisation", "Tanh behind batch normalisation". */
function stepText(
	model: Model,
	{ activation, normalisation }: Cause["stage"],
	weights: Cause["weights"],
	t: Translate,
): string {
	const act = activation === null ? null : model.layers[activation].step;
	const made = model.layers[weights].step;
	const bare = made.kind === "recurrence" ? CELLS[made.cell.of] : t("a layer without activation");
	const name = act === null ? bare : (activationOf(act)?.activation.name ?? "");
	const norm = normalisation === null ? null : model.layers[normalisation].step;
	if (norm?.kind === "normalisation") return t("{0} behind {1} normalisation", name, norm.of);
	return t("{0} with {1}", name, isWeightStep(made) ? initialisationText(model.framework, made.weight, t) : "");
}

const CELLS = { lstm: "LSTM", gru: "GRU", rnn: "RNN" } as const;

const FRAMEWORKS = { torch: "PyTorch", keras: "Keras", flax: "Flax", tfjs: "TensorFlow.js" } as const;

function initialisationText(
	framework: Model["framework"],
	{ explicit, draw }: { readonly explicit: boolean; readonly draw: Draw },
	t: Translate,
): string {
	if (!explicit) return t("{0}'s default initialisation", FRAMEWORKS[framework]);
	switch (draw.kind) {
		case "zeros":
			return t("weights of 0");
		case "constant":
			return t("weights of {0}", formatNumber(draw.value));
		case "normal":
			return draw.truncated
				? t("normal weights of deviation {0}, truncated", formatNumber(draw.std))
				: t("normal weights of deviation {0}", formatNumber(draw.std));
		case "uniform":
			return t("uniform weights from {0} to {1}", formatNumber(draw.low), formatNumber(draw.high));
		case "variance-scaling": {
			const { scale, fan } = draw;
			if (fan === "in" && Math.abs(scale - 2) < 1e-9) return t("He's initialisation");
			if (fan === "in" && Math.abs(scale - 1) < 1e-9) return t("LeCun's initialisation");
			if (fan === "average" && Math.abs(scale - 1) < 1e-9) return t("Glorot's initialisation");
			return t("weights of variance {0} / fan", formatNumber(scale));
		}
		case "orthogonal":
			return draw.gain === 1 ? t("orthogonal weights") : t("orthogonal weights of gain {0}", formatNumber(draw.gain));
		case "spectral-norm":
			return t("weights over their largest singular value");
		case "identity":
		case "unknown":
			return t("an initialisation that is not known");
	}
}

function changeText(change: Change, t: Translate): string {
	switch (change.kind) {
		case "initialisation":
			return initialiserText(change.initialiser, t);
		case "normalisation":
			return change.of === "batch"
				? t("Batch normalisation before each activation")
				: t("Layer normalisation before each activation");
		case "activation":
			return t("Another activation, {0}", change.activation);
	}
}

function initialiserText(initialiser: Initialiser, t: Translate): string {
	switch (initialiser) {
		case "he":
			return t("He's initialisation");
		case "glorot":
			return t("Glorot's initialisation");
		case "lecun":
			return t("LeCun's initialisation");
		case "orthogonal":
			return t("Orthogonal initialisation");
	}
}

function notesOf(
	model: Model,
	forecast: Forecast,
	{ withoutStablePoint }: Verdict,
	isRun: boolean,
	t: Translate,
): string[] {
	const names = new Set(
		withoutStablePoint.map((layer) => activationOf(model.layers[layer].step)?.activation.name ?? ""),
	);
	return [
		...supposedText(forecast.supposed, t),
		...[...names].map((name) =>
			t(
				"No weights keep the signal of {0} at a stable size without normalisation: it fades or grows with depth.",
				name,
			),
		),
		...forecast.reservations.map(({ kind, layers, what }) => {
			const first = model.layers[layers[0]].name;
			return what === undefined ? reservationText(kind, first, t) : t("Not known from {0} on: {1}.", first, what);
		}),
		...(isRough(forecast) && !isRun ? [t("The forecast is rough; running the model tells.")] : []),
	];
}

/** The sizes of inputs that the source leaves open. */
function supposedText(supposed: Forecast["supposed"], t: Translate): string[] {
	const sizes = new Set(supposed.filter(({ shape }) => shape.length > 1).map(({ shape }) => shape.join(" × ")));
	return sizes.size === 0 ? [] : [t("The source does not tell the inputs' size: {0} is taken.", [...sizes].join(", "))];
}

function reservationText(kind: ReservationKind, layer: string, t: Translate): string {
	switch (kind) {
		case "narrow":
			return t("Few units for the depth ({0}): networks drawn alike differ much.", layer);
		case "not normal":
			return t("What comes into {0} is not close to normal, as the theory supposes.", layer);
		case "dependent branches":
			return t("The branches that meet in {0} hang on the same weights; they are taken as independent.", layer);
		case "means add up":
			return t("Means add up in {0}: the gradient grows along them, which the theory leaves out.", layer);
		case "shared weights":
			return t("{0} shares its weights; they are taken as drawn anew.", layer);
		case "copied weights":
			return t("{0} begins as a copy of another layer; its weights are taken as drawn anew.", layer);
		case "weights with a mean":
			return t("The weights of {0} are not drawn around 0.", layer);
		case "places":
			return t("Neighbouring places in {0} are taken as independent.", layer);
		case "border":
			return t(
				"Up to {0}, padding makes places at the border differ so often that it is only roughly followed.",
				layer,
			);
		case "mean over places":
			return t(
				"What {0} leaves of the differences between places hangs on how neighbours are alike, which is left out.",
				layer,
			);
		case "uneven parts":
			return t("{0} normalises parts of different sizes; the gradient is taken as shared evenly.", layer);
		case "softmax":
			return t("The shares of {0} are taken as of scores near each other, which mix what lies at many places.", layer);
		case "few dimensions":
			return t(
				"What comes into {0} is made of few numbers: its features hang together, which is only roughly followed.",
				layer,
			);
		case "lost sizes":
			return t("The sizes of {0} are not known: over how many places the gradient adds up there is left out.", layer);
		case "mask":
			return t("Which places {0} leaves out comes with the data; all are taken to count.", layer);
		case "back through places":
			return t(
				"The gradient comes back through all places of {0} by the same weights; they are taken as drawn anew.",
				layer,
			);
		case "recurrent over recurrent":
			return t(
				"{0} lies over others of its kind, which make neighbouring places alike; that is only roughly followed.",
				layer,
			);
		case "state":
			return t("The state that {0} begins with comes with the data; it is taken as 0.", layer);
		case "bytes":
			return t("{0} is taken to be as large as what it is divided by: bytes.", layer);
		case "stochastic":
			return t("{0} draws at random while training; its evaluation is forecast.", layer);
		case "output left out":
			return t("{0} at the end is left out: the gradient is counted from before it.", layer);
		case "unknown":
			return t("Not known from {0} on.", layer);
	}
}

function refusalText(reason: RefusalReason, t: Translate): string {
	switch (reason) {
		case "unknown step":
			return t("a step is not understood");
		case "unknown activation":
			return t("the activation is not one of single numbers");
		case "unknown initialisation":
			return t("an initialisation is not known");
		case "unknown size":
			return t("a size is not known");
		case "sizes do not fit":
			return t("sizes do not fit");
		case "too large":
			return t("the model is too large to run here");
	}
}

/** Two digits: a forecast knows no more. */
function short(value: number): string {
	return formatNumber(value, 2);
}
