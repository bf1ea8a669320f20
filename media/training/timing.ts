import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import { intervalOf } from "../../src/core/training/statistics/interval.ts";
import type { Translate } from "../texts.ts";
import { average, type RunLine, type RunModel } from "./runModel.ts";

/** Seconds an epoch of this training took, its measuring included; NaN before the first has ended. */
export function secondsPerEpoch({ measures, seconds }: RunLine): number {
	const last = measures.length - 1;
	const epoch = measures[last]?.epoch ?? 0;
	return epoch > 0 ? seconds[last]! / epoch : Number.NaN;
}

/**
 * Seconds until a running study is done, if it goes on as it has: what is left of every training, and of those that look
 * for learning rates, at the pace of its activation, shared by as many as were seen to run at once. Undefined while no
 * epoch has ended.
 */
export function secondsLeft(model: RunModel): number | undefined {
	const { study, progress, tries } = model;
	const epochsOfTry = study.tuning?.epochs ?? 0;
	const paces = study.activations.map((_, index) => {
		const pace = meanOf(model.linesOf(index).map(secondsPerEpoch));
		if (!Number.isNaN(pace)) return pace;
		return (
			meanOf(tries.flatMap(({ run, seconds = Number.NaN }) => (run.activation === index ? [seconds] : []))) /
			epochsOfTry
		);
	});
	const usual = meanOf(paces);
	if (Number.isNaN(usual)) return undefined;
	const paceOf = (activation: number) => (Number.isNaN(paces[activation]) ? usual : paces[activation]!);
	const left = model.lines.map((line) => {
		if (line.state !== "waiting" && line.state !== "running") return 0;
		const epoch = line.measures[line.measures.length - 1]?.epoch ?? 0;
		return (study.epochs - epoch) * paceOf(line.run.activation);
	});
	const looking = study.activations.map((_, index) => progress.triesLeft(index) * epochsOfTry * paceOf(index));
	const together = [...left, ...looking].reduce((sum, one) => sum + one, 0) / model.workers;
	// The last training is not shared.
	return Math.max(together, ...left);
}

/** What is to be reached: an accuracy (at least) or a validation loss (at most). */
export interface Target {
	readonly quantity: "accuracy" | "validationLoss";
	readonly value: number;
}

/** How long an activation took to its target. */
export interface TimeToTarget {
	/** Means over the seeds that reached it, the time with its 95 % interval where there are three; null where none did. */
	readonly epochs: number | null;
	readonly seconds: { readonly mean: number; readonly halfWidth: number | null } | null;
	readonly reached: number;
	readonly seeds: number;
}

export function timeToTarget(model: RunModel, activation: number, target: Target): TimeToTarget {
	const lines = model.linesOf(activation);
	const hits = lines.flatMap(({ measures, seconds }) => {
		const at = measures.findIndex((measure) => {
			const value = measure[target.quantity];
			if (value === null) return false;
			return target.quantity === "accuracy" ? value >= target.value : value <= target.value;
		});
		return at < 0 ? [] : [{ epoch: measures[at]!.epoch, seconds: seconds[at]! }];
	});
	const times = hits.map(({ seconds }) => seconds);
	return {
		epochs: hits.length === 0 ? null : average(hits.map(({ epoch }) => epoch)),
		seconds: times.some(Number.isNaN) ? null : timesOf(times),
		reached: hits.length,
		seeds: lines.length,
	};
}

/** The best that every training that goes on or went to the end has reached, rounded so that it stays reached. */
export function usualTarget(model: RunModel): Target | undefined {
	const quantity = model.isClassification ? "accuracy" : "validationLoss";
	const best = model.lines.flatMap(({ state, measures }) => {
		if (state !== "running" && state !== "done") return [];
		const values = measures.map((measure) => measure[quantity] ?? Number.NaN).filter(Number.isFinite);
		if (values.length === 0) return [];
		return [quantity === "accuracy" ? Math.max(...values) : Math.min(...values)];
	});
	if (best.length === 0) return undefined;
	// A hair above first: 0.29 × 100 is 28.999….
	if (quantity === "accuracy") return { quantity, value: Math.floor(100 * Math.min(...best) + 1e-9) / 100 };
	const worst = Math.max(...best);
	if (!(worst > 0)) return { quantity, value: worst };
	const step = 10 ** (Math.floor(Math.log10(worst)) - 1);
	return { quantity, value: Number((Math.ceil(worst / step - 1e-9) * step).toPrecision(3)) };
}

function meanOf(values: readonly number[]): number {
	return average(values.filter((value) => !Number.isNaN(value)));
}

/** "3.2 ms", "12 s", "3 min", "1 h 20 min". */
export function durationText(seconds: number, t: Translate): string {
	if (Number.isNaN(seconds)) return "–";
	if (seconds < 0.9995) return t("{0} ms", formatNumber(seconds * 1000, 2));
	if (seconds < 9.95) return t("{0} s", formatNumber(seconds, 2));
	if (seconds < 99.5) return t("{0} s", Math.round(seconds));
	const minutes = Math.round(seconds / 60);
	return minutes < 100 ? t("{0} min", minutes) : t("{0} h {1} min", Math.floor(minutes / 60), minutes % 60);
}

function timesOf(times: readonly number[]): TimeToTarget["seconds"] {
	const interval = intervalOf(times);
	// Of two values it is wider than anything it would be compared with.
	return interval && times.length < 3 ? { ...interval, halfWidth: null } : interval;
}
