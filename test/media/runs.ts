/** Runs for the gallery, trained by the real trainer when the gallery starts; only their ids and times are made up. */
import { glanceAt, type TableGlance } from "../../src/core/training/data/tableGlance.ts";
import { readStudyData } from "../../src/engines/readData.ts";
import { sessionOf } from "../../src/engines/sessionOf.ts";
import { runsOf } from "../../src/engines/studyRunner.ts";
import type { RunState, RunView } from "../../src/protocol/panel.ts";
import type { Study } from "../../src/protocol/study.ts";
import { parseStudy } from "../../src/protocol/studyDocument.ts";
import type { RunSurface, TrainerEvent } from "../../src/protocol/trainer.ts";

/** A run, and what is still to come where it is running. */
export interface GalleryRun {
	readonly view: RunView;
	readonly later: readonly TrainerEvent[];
	readonly data: TableGlance;
	readonly surfaces: readonly RunSurface[];
}

export type RunName = "done" | "compared" | "running" | "cancelled" | "failed" | "diverged";

/** Trains all of them; a few seconds. */
export async function trainRuns(): Promise<Readonly<Record<RunName, GalleryRun>>> {
	const digits = study("ReLU, Sigmoid and GELU on digits", ["relu", "sigmoid", "gelu"], {
		data: { kind: "digits" },
		network: { hidden: [24, 24, 24, 24] },
		epochs: 8,
		seeds: [0, 1],
	});
	const moons = study("Tanh and SiLU on two moons", ["tanh", "silu"], {
		data: { kind: "moons", samples: 400, noise: 0.2 },
		network: { hidden: [16, 16] },
		epochs: 30,
		seeds: [0],
	});
	const curve = study("ReLU and Tanh on a curve", ["relu", "tanh"], {
		data: { kind: "curve", samples: 200, noise: 0.1 },
		network: { hidden: [16] },
		optimizer: { kind: "sgd", learningRate: 10 },
		epochs: 10,
		seeds: [0],
	});
	const custom = parseStudy({
		...moons,
		name: "A function that is not understood",
		activations: [{ id: "custom", source: "def f(x):\n    while True:\n        x = x + 1", label: "f" }],
	});
	const [all, moonEvents] = [await train(digits), await train(moons)];
	const five = parseStudy({
		...moons,
		name: "Tanh, SiLU and ReLU over five seeds",
		seeds: [0, 1, 2, 3, 4],
		activations: [...moons.activations, "relu"],
	});
	const half = Math.floor(moonEvents.length / 2);
	const runs: Readonly<Record<RunName, Omit<GalleryRun, "data" | "surfaces">>> = {
		done: { view: view("done", digits, "done", all), later: [] },
		compared: { view: view("compared", five, "done", await train(five)), later: [] },
		running: { view: view("running", moons, "running", moonEvents.slice(0, half)), later: moonEvents.slice(half) },
		cancelled: {
			view: view("cancelled", moons, "cancelled", [
				...moonEvents.slice(0, half).filter(({ kind }) => kind !== "done"),
				...runsOf(moons).map((run): TrainerEvent => ({ kind: "cancelled", run })),
			]),
			later: [],
		},
		failed: { view: view("failed", custom, "failed", await train(custom)), later: [] },
		diverged: { view: view("diverged", curve, "done", await train(curve)), later: [] },
	};
	const withData = Object.entries(runs).map(async ([name, run]) => {
		const { study: of } = run.view.summary;
		return [name, { ...run, data: glanceAt(await dataOf(of)), surfaces: learned.get(of) ?? [] }] as const;
	});
	return Object.fromEntries(await Promise.all(withData)) as Record<RunName, GalleryRun>;
}

function dataOf({ data }: Study) {
	return readStudyData(data, { shipped: "media/data", base: "." }, 0);
}

function study(name: string, ids: readonly string[], rest: object): Study {
	const labels: Readonly<Record<string, string>> = {
		relu: "ReLU",
		sigmoid: "Sigmoid",
		gelu: "GELU",
		tanh: "Tanh",
		silu: "SiLU",
	};
	return parseStudy({ name, activations: ids.map((id) => ({ id, parameters: {}, label: labels[id] })), ...rest });
}

function view(id: string, of: Study, state: RunState, events: readonly TrainerEvent[]): RunView {
	return { summary: { id, name: of.name, state, startedAt: 0, study: of, progress: 0 }, events };
}

/** What the networks of a study answered in the end. */
const learned = new Map<Study, readonly RunSurface[]>();

/** Every event of a study, as a worker would report them. */
async function train(of: Study): Promise<TrainerEvent[]> {
	const table = await dataOf(of);
	const surfaces: RunSurface[] = [];
	learned.set(of, surfaces);
	return runsOf(of).flatMap((run) => {
		const events: TrainerEvent[] = [];
		const secondsAt = (epoch: number) => epoch * (0.4 + 0.1 * run.activation + 0.01 * run.seed);
		try {
			const session = sessionOf(of, run, table);
			events.push({ kind: "started", run, parameters: session.parameterCount, steps: session.totalSteps });
			let last = session.start();
			events.push({ kind: "progress", run, measure: last });
			for (;;) {
				const result = session.advance(1000);
				if (result === undefined) continue;
				if ("divergedAt" in result) {
					events.push({ kind: "diverged", run, step: result.divergedAt, measure: last });
					break;
				}
				last = result;
				if (last.step >= session.totalSteps) {
					const surface = session.surface();
					if (surface) surfaces.push({ run, epoch: last.epoch, surface });
					events.push({ kind: "done", run, measure: last, seconds: secondsAt(last.epoch) });
					break;
				}
				events.push({ kind: "progress", run, measure: last, seconds: secondsAt(last.epoch) });
			}
		} catch (error) {
			events.push({ kind: "failed", run, message: (error as Error).message });
		}
		return events;
	});
}
