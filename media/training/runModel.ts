import { studentQuantile } from "../../src/core/numerics/studentT.ts";
import { standardError } from "../../src/core/training/statistics/interval.ts";
import type { RunState, RunView } from "../../src/protocol/panel.ts";
import type { Study } from "../../src/protocol/study.ts";
import { StudyProgress } from "../../src/protocol/studyProgress.ts";
import { resultOf, type StudyResult } from "../../src/protocol/studyResult.ts";
import type { Measure, RunKey, TrainerEvent, Tried } from "../../src/protocol/trainer.ts";

export type LineState = "waiting" | "running" | "done" | "diverged" | "cancelled" | "failed";

/** One training of one activation with one seed, as far as it was reported. */
export interface RunLine {
	readonly run: RunKey;
	state: LineState;
	/** By rising epoch. */
	readonly measures: Measure[];
	/** Seconds since the training began, for each measure; NaN where it was not told. */
	readonly seconds: number[];
	/** Step at which the loss stopped being a number. */
	divergedAt: number | undefined;
	message: string | undefined;
	/** The event that nothing followed. */
	ending: TrainerEvent | undefined;
}

/** An interval of two values is six times wider than one of three, and would hide everything else. */
const LEAST_SEEDS = 3;

/** A mean over seeds, and what it is the mean of. */
export interface MeanLine {
	readonly x: readonly number[];
	readonly mean: readonly number[];
	/** Half-width of the mean's 95 % interval; NaN where there are fewer than three seeds. */
	readonly halfWidth: readonly number[];
	readonly runs: readonly RunLine[];
}

/** A study's run on the page: its events put in order. */
export class RunModel {
	readonly id: string;
	readonly name: string;
	readonly study: Study;
	state: RunState;
	readonly lines: readonly RunLine[];
	/** The learning rate that was found for each activation, as far as they were. */
	readonly rates = new Map<number, number>();
	/** The trainings that looked for learning rates. */
	readonly tries: Tried[] = [];
	/** Trainings that were seen to run at once. */
	workers = 1;
	/** How far the study is. */
	readonly progress: StudyProgress;
	#result: StudyResult | undefined;

	constructor({ summary, events }: RunView) {
		this.id = summary.id;
		this.name = summary.name;
		this.study = summary.study;
		this.state = summary.state;
		this.progress = new StudyProgress(summary.study);
		this.lines = summary.study.seeds.flatMap((seed) =>
			summary.study.activations.map(
				(_, activation): RunLine => ({
					run: { activation, seed },
					state: "waiting",
					measures: [],
					seconds: [],
					divergedAt: undefined,
					message: undefined,
					ending: undefined,
				}),
			),
		);
		this.add(events, summary.state);
	}

	/** Takes in what happened since, oldest first. */
	add(events: readonly TrainerEvent[], state: RunState): void {
		this.state = state;
		this.#result = undefined;
		for (const event of events) {
			if (event.kind === "tried" || event.kind === "tuned") {
				this.#look(event);
				continue;
			}
			const line = this.#lineOf(event.run);
			if (!line) continue;
			this.progress.add(event);
			apply(line, event);
			if (event.kind === "started") {
				this.workers = Math.max(this.workers, this.lines.filter((one) => one.state === "running").length);
			}
		}
	}

	/** Takes in what the look for learning rates has found. */
	#look(event: Extract<TrainerEvent, { kind: "tried" | "tuned" }>): void {
		this.progress.add(event);
		if (event.kind === "tuned") this.rates.set(event.run.activation, event.learningRate);
		else {
			this.tries.push(event);
			this.workers = Math.max(this.workers, event.together);
		}
	}

	#lineOf({ activation, seed }: RunKey): RunLine | undefined {
		return this.lines[this.study.seeds.indexOf(seed) * this.study.activations.length + activation];
	}

	/** The lines of an activation, by its index in the study. */
	linesOf(activation: number): readonly RunLine[] {
		return this.lines.filter(({ run }) => run.activation === activation);
	}

	/** What the runs that have ended come to. */
	get result(): StudyResult {
		const endings = this.lines.flatMap(({ ending }) => ending ?? []);
		this.#result ??= resultOf(this.study, endings);
		return this.#result;
	}

	/** Hidden layers. */
	get layers(): number {
		return this.study.network.hidden.length;
	}

	get isClassification(): boolean {
		return this.lines.some(({ measures }) => measures.some(({ accuracy }) => accuracy !== null));
	}

	/**
	 * The mean of a quantity over the seeds of an activation, epoch by epoch, over the lines that have ended, or while
	 * none has over those that run. It stops where the first of them stops: a mean over the survivors of a divergence
	 * would look better than the activation is, and one over fewer and fewer seeds would jump.
	 */
	meanOf(activation: number, quantity: (measure: Measure) => number | null): MeanLine {
		const begun = this.linesOf(activation).filter(({ measures }) => measures.length > 0);
		const ended = begun.filter(({ state }) => state !== "running");
		const runs = ended.length > 0 ? ended : begun;
		const length = runs.length === 0 ? 0 : Math.min(...runs.map(({ measures }) => measures.length));
		const x: number[] = [];
		const mean: number[] = [];
		const halfWidth: number[] = [];
		for (let i = 0; i < length; i++) {
			x.push(runs[0]!.measures[i]!.epoch);
			const values = runs.map(({ measures }) => quantity(measures[i]!) ?? Number.NaN);
			mean.push(average(values));
			halfWidth.push(values.length < LEAST_SEEDS ? Number.NaN : quantile(values.length) * standardError(values));
		}
		return { x, mean, halfWidth, runs };
	}
}

/** Student's t for a 95 % interval of that many values: found once, not for every epoch of every drawing. */
function quantile(count: number): number {
	const known = QUANTILES.get(count) ?? studentQuantile(0.05, count - 1);
	QUANTILES.set(count, known);
	return known;
}
const QUANTILES = new Map<number, number>();

export function average(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function apply(line: RunLine, event: Exclude<TrainerEvent, { kind: "tried" | "tuned" }>): void {
	if (event.kind !== "started" && event.kind !== "progress") line.ending = event;
	switch (event.kind) {
		case "started":
			line.state = "running";
			break;
		case "progress":
			line.state = "running";
			keep(line, event.measure, event.seconds);
			break;
		case "done":
			line.state = "done";
			keep(line, event.measure, event.seconds);
			break;
		case "diverged":
			line.state = "diverged";
			line.divergedAt = event.step;
			// Its measure is that of the last measured epoch.
			keep(line, event.measure);
			break;
		case "cancelled":
			line.state = "cancelled";
			break;
		case "failed":
			line.state = "failed";
			line.message = event.message;
			break;
		default:
			event satisfies never;
	}
}

function keep({ measures, seconds }: RunLine, measure: Measure, at = Number.NaN): void {
	if (measure.epoch <= (measures[measures.length - 1]?.epoch ?? -1)) return;
	measures.push(measure);
	seconds.push(at);
}
