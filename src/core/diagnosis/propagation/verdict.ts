import { stabilityOf } from "../../activations/signalForecast.ts";
import type { Initialisation, Model } from "../../reading/model/model.ts";
import type { Forecast, StageForecast } from "./forecast.ts";
import { activationOf, softmaxAxis } from "./outputs.ts";
import { isRough } from "./reservations.ts";
import { consumersOf } from "./stages.ts";
import { isWeightStep } from "./weights.ts";

/** What may be wrong with a model. */
export type Trouble = "vanishing gradient" | "exploding gradient" | "dead signal" | "exploding signal";

/** What becomes of a model before its first step of training. */
export interface Verdict {
	/** "uncertain" is trouble by a rough forecast that may be off by more than what makes it one. */
	readonly kind: Trouble | "healthy" | "uncertain" | "unknown";
	/** The stage where it shows most; null where the model is healthy or nothing is known. */
	readonly stage: number | null;
	/** Of an uncertain verdict, what it would be. */
	readonly suspected: Trouble | null;
	readonly cause: Cause | null;
	/** The root mean square of what the model is fed, as which its signal counts: of tokens, that of their embeddings. */
	readonly inputRms: number;
	/** Activations (indices of layers) of a model without normalisation that no weights keep stable: GELU, SiLU, Mish. */
	readonly withoutStablePoint: readonly number[];
}

/** The kind of step from a stage back to the one before it that changes the gradient most. */
export interface Cause {
	/** Steps of that kind. */
	readonly count: number;
	/** Of one of them: the stage that it comes to, whose activation and normalisation the gradient has passed. */
	readonly stage: StageForecast;
	/** And the layer whose weights it has passed, that of the next stage. */
	readonly weights: number;
	/** What the gradient's norm is multiplied by in one of them (the geometric mean). */
	readonly factor: number;
}

/** Of the gradient's norm, relative to the last stage: AutoTrainer (Zhang et al. 2021) calls 1e-3 vanishing, 70 exploding. */
export const VANISHES = 1e-3;
export const EXPLODES = 70;
/** Of the signal's root mean square, next to an input of 1: what bfloat16 still tells from 1, and its inverse. */
export const DEAD = 2 ** -8;
export const OVERGROWN = 2 ** 8;

/** A rough forecast is trusted up to such a factor: of residual networks with gates it is off by six or seven. */
const ROUGHNESS = 10;

/** Whether a verdict says that something is wrong. */
export function isTrouble(kind: Verdict["kind"]): kind is Trouble {
	return kind !== "healthy" && kind !== "uncertain" && kind !== "unknown";
}

/** The verdict on a model by its forecast. A part that is not known leaves the verdict to the part that is. */
export function verdictOf(model: Model, forecast: Forecast): Verdict {
	const found = verdictBeyond(model, forecast, 1);
	if (!isTrouble(found.kind) || !isRough(forecast)) return found;
	const sure = verdictBeyond(model, forecast, ROUGHNESS);
	return isTrouble(sure.kind) ? sure : { ...found, kind: "uncertain", suspected: found.kind, cause: null };
}

/** The verdict where numbers must lie beyond their bounds by a factor. */
function verdictBeyond(model: Model, { stages, reservations }: Forecast, margin: number): Verdict {
	const isNormalised = model.layers.some(({ step }) => step.kind === "normalisation");
	const withoutStablePoint = stages.flatMap(({ activation }) => {
		if (activation === null || isNormalised) return [];
		const found = activationOf(model.layers[activation].step);
		return found && stabilityOf(found.activation, found.parameters) === "unstable" ? [activation] : [];
	});
	const inputRms = inputRmsOf(model, stages);
	const verdict = (kind: Verdict["kind"], stage: number | null): Verdict => ({
		kind,
		stage,
		suspected: null,
		inputRms,
		cause: kind === "vanishing gradient" || kind === "exploding gradient" ? causeOf(model, stages, kind) : null,
		withoutStablePoint,
	});
	// A cell that a loop calls step by step learns from its last steps, as a recurrent layer does.
	const strongest = (one: StageForecast) => {
		const { step, sharedWith } = model.layers[one.weights];
		if (step.kind !== "recurrence") return one.gradientRatio;
		const owner = sharedWith ?? one.weights;
		const calls = stages.filter(({ weights }) => weights === owner || model.layers[weights].sharedWith === owner);
		return calls.reduce<number | null>((all, { gradientRatio: ratio }) => {
			return all === null || (ratio !== null && ratio > all) ? ratio : all;
		}, null);
	};
	const through = throughIn(model);
	const shut = new Set(stages.filter(shutIn(model, through)));
	// Scores near each other pass little on to queries and keys at first, however deep a model is.
	const passed = (one: StageForecast) => (makesScores(model, one, through) || shut.has(one) ? null : strongest(one));
	const [least, most] = [leastOf(stages, passed), mostOf(stages, (one) => one.gradientRatio)];
	const isKnown = stages.some(({ gradientRatio }) => gradientRatio !== null);
	// Where all of it is shut at first, nothing is wrong.
	if (least === null || most === null) return verdict(isKnown && shut.size > 0 ? "healthy" : "unknown", null);
	if (passed(stages[least])! < VANISHES / margin) return verdict("vanishing gradient", least);
	if (!(stages[most].gradientRatio! <= EXPLODES * margin)) return verdict("exploding gradient", most);
	// What a model gives may be small at first; what its layers give each other goes on, alone or in a sum.
	const isInside = leadToWeights(model);
	const goesOn = (one: StageForecast) => isInside[one.after] && !shut.has(one) && !isAdded(model, one, through);
	const quietest = leastOf(stages, (one) => (goesOn(one) ? one.forwardRms : null));
	const loudest = mostOf(stages, (one) => one.forwardRms);
	if (quietest !== null && stages[quietest].forwardRms! < (DEAD / margin) * inputRms)
		return verdict("dead signal", quietest);
	if (loudest !== null && !(stages[loudest].forwardRms! <= OVERGROWN * margin))
		return verdict("exploding signal", loudest);
	// Of the last stage alone, whose gradient all are relative to, nothing follows.
	const isCut = reservations.some(({ kind }) => kind === "unknown");
	const isOnlyLast = stages.slice(0, -1).every(({ gradientRatio }) => gradientRatio === null);
	return verdict(isCut && isOnlyLast ? "unknown" : "healthy", null);
}

/** 1 for numbers, which are taken to be normal; embeddings of tokens may begin smaller, and are what there is of a signal. */
function inputRmsOf({ layers }: Model, stages: readonly StageForecast[]): number {
	const isToken = (i: number) => layers.every(({ inputs, step }) => !inputs.includes(i) || step.kind === "embedding");
	const areTokens = layers.every(({ step }, i) => step.kind !== "input" || isToken(i));
	const embedded = stages.flatMap(({ weights, forwardRms }) =>
		layers[weights].step.kind === "embedding" && forwardRms !== null ? [forwardRms] : [],
	);
	return areTokens && embedded.length > 0 ? Math.min(1, ...embedded) : 1;
}

/** Finds the layers that a value comes to first but for those of some kinds, behind which it is looked for. */
type Through = (at: number, on: RegExp) => number[];

function throughIn({ layers }: Model): Through {
	const consumers = consumersOf(layers);
	const through: Through = (at, on) =>
		consumers[at].flatMap((i) => (on.test(layers[i].step.kind) ? through(i, on) : [i]));
	return through;
}

/** By layer, whether its value comes to weights behind it. */
function leadToWeights({ layers }: Model): readonly boolean[] {
	const consumers = consumersOf(layers);
	const lead: boolean[] = [];
	for (let at = layers.length - 1; at >= 0; at--) {
		lead[at] = consumers[at].some((i) => isWeightStep(layers[i].step) || lead[i]);
	}
	return lead;
}

/** Whether what a stage gives goes into the scores of attention alone. */
function makesScores({ layers }: Model, { after }: StageForecast, through: Through): boolean {
	const products = through(after, /^(reshape|scale|normalisation|identity)$/);
	const areProducts = products.length > 0 && products.every((i) => layers[i].step.kind === "product");
	return (
		areProducts &&
		products.every((i) =>
			through(i, /^(scale|causal|masked|identity|dropout)$/).every((next) => softmaxAxis(layers[next].step) !== null),
		)
	);
}

/** Whether what a stage gives is only added to something else, as a residual branch is, which may be small next to that. */
function isAdded({ layers }: Model, { after }: StageForecast, through: Through): boolean {
	const sums = through(after, /^(reshape|scale|dropout|identity|masked|unknown)$/);
	return sums.length > 0 && sums.every((i) => layers[i].step.kind === "add");
}

/** The factor that a branch begins with at most so that it is meant to be shut: CaiT's LayerScale (Touvron et al. 2021). */
const SHUT = 0.1;

/**
 * Of a model, whether what a stage gives ends in what is shut at first and opens in training: a layer of weights 0, a normalisation of
 * factors 0, or a factor near 0, before a sum or at the model's end. The gradient goes past it, and comes to it as soon as it opens (Zhang et al. 2019,
 * Fixup; Bachlechner et al. 2021, ReZero).
 */
function shutIn({ layers, outputs }: Model, through: Through): (stage: StageForecast) => boolean {
	const consumers = consumersOf(layers);
	const isBeforeSum = (i: number) =>
		through(i, /^(reshape|scale|dropout|identity)$/).every((next) => layers[next].step.kind === "add");
	const shuts = (i: number) => {
		const { step } = layers[i];
		const drawn = step.kind === "normalisation" ? step.factors : initialisationOf(step);
		const isNone = step.kind === "scale" ? Math.abs(step.by) <= SHUT : drawn?.draw.kind === "zeros";
		return isNone && isBeforeSum(i);
	};
	const leadsToShut: boolean[] = [];
	// What a layer feeds stands behind it.
	for (let at = layers.length - 1; at >= 0; at--) {
		const next = consumers[at];
		leadsToShut[at] = next.length > 0 && next.every((i) => shuts(i) || (!outputs.includes(i) && leadsToShut[i]));
	}
	return ({ weights, normalisation, after }) =>
		shuts(weights) || (normalisation !== null && shuts(normalisation)) || leadsToShut[after];
}

/** The first stage with the least of a number; null where no stage has one. */
function leastOf(stages: readonly StageForecast[], of: (stage: StageForecast) => number | null): number | null {
	let found: number | null = null;
	stages.forEach((stage, i) => {
		const value = of(stage);
		if (value !== null && (found === null || value < of(stages[found])!)) found = i;
	});
	return found;
}

function mostOf(stages: readonly StageForecast[], of: (stage: StageForecast) => number | null): number | null {
	return leastOf(stages, (stage) => {
		const value = of(stage);
		return value === null ? null : -value;
	});
}

/** Steps by the same activation, normalisation and initialisation do the same; the kind that does most is the cause. */
function causeOf(model: Model, stages: readonly StageForecast[], kind: Verdict["kind"]): Cause | null {
	const kinds = new Map<string, { logs: number[]; stage: StageForecast; weights: number }>();
	for (let i = 0; i + 1 < stages.length; i++) {
		const [stage, next] = [stages[i], stages[i + 1]];
		// Of what is shut no factor is known.
		if (!stage.gradientRatio || !next.gradientRatio) continue;
		const log = Math.log(stage.gradientRatio / next.gradientRatio);
		const { weights } = next;
		const key = kindOf(model, stage, weights);
		const known = kinds.get(key) ?? { logs: [], stage, weights };
		known.logs.push(log);
		kinds.set(key, known);
	}
	const sign = kind === "vanishing gradient" ? -1 : 1;
	const sum = (logs: readonly number[]) => logs.reduce((a, b) => a + b, 0);
	const [worst] = [...kinds.values()].sort((a, b) => sign * (sum(b.logs) - sum(a.logs)));
	if (!worst) return null;
	const { logs, stage, weights } = worst;
	return { count: logs.length, stage, weights, factor: Math.exp(sum(logs) / logs.length) };
}

function kindOf({ layers }: Model, { activation, normalisation }: StageForecast, weights: number): string {
	const act = activation === null ? null : layers[activation].step;
	const norm = normalisation === null ? null : layers[normalisation].step;
	const { step } = layers[weights];
	const parts = [
		step.kind === "recurrence" && step.cell.of,
		act?.kind === "activation"
			? [act.activation, act.parameters]
			: act?.kind === "own-activation" && act.definition.name,
		norm?.kind === "normalisation" && norm.of,
		initialisationOf(step)?.draw,
	];
	return JSON.stringify(parts);
}

function initialisationOf(step: Model["layers"][number]["step"]): Initialisation | null {
	return isWeightStep(step) ? step.weight : null;
}
