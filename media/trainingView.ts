import type { HostApi, RunState, RunView } from "../src/protocol/panel.ts";
import type { Measure, TrainerEvent } from "../src/protocol/trainer.ts";
import { ChartFigure, type Series } from "./chartFigure.ts";
import { button, el, shown } from "./dom.ts";
import { t } from "./texts.ts";

/** What one run of the study has reported. */
interface Track {
	readonly activation: number;
	readonly seed: number;
	readonly measures: Measure[];
	ending: TrainerEvent | null;
}

/** Charts of a study, live: loss, accuracy, and per layer the gradient, the dead and the saturated. */
export class TrainingView {
	readonly element: HTMLElement;
	readonly #head = el("header", { className: "subject" });
	readonly #bar = el("progress", { max: 1, className: "progress" });
	readonly #cancel: HTMLButtonElement;
	readonly #figures: Readonly<Record<"loss" | "accuracy" | "gradient" | "dead" | "saturated", ChartFigure>>;
	readonly #empty: HTMLElement;
	readonly #content: HTMLElement;
	readonly #results = el("div", { className: "table" });
	#run: RunView | null = null;
	#tracks = new Map<string, Track>();
	#drawing = false;

	constructor(host: HostApi) {
		const figure = (title: string, xLabel: string, logarithmic = false) =>
			new ChartFigure({ title, xLabel, logarithmic, wholeX: true, save: (name, bytes) => host.saveFile(name, bytes) });
		this.#figures = {
			loss: figure(t("Loss"), t("Epoch")),
			accuracy: figure(t("Accuracy"), t("Epoch")),
			gradient: figure(t("Gradient norm by layer"), t("Layer"), true),
			dead: figure(t("Dead units by layer"), t("Layer")),
			saturated: figure(t("Saturated by layer"), t("Layer")),
		};
		this.#cancel = button(t("Cancel"), () => {
			if (this.#run) void host.cancelRun(this.#run.summary.id);
		});
		this.#empty = el(
			"div",
			{ className: "empty" },
			el("h1", {}, t("No training yet")),
			el("p", {}, t("Train activations against each other on real data and watch their loss, accuracy and gradients.")),
			button(t("Compare Activations…"), () => void host.compare(), { className: "button primary" }),
		);
		this.#content = el(
			"div",
			{ hidden: true },
			this.#head,
			el(
				"div",
				{ className: "toolbar" },
				this.#bar,
				this.#cancel,
				button(t("Compare Activations…"), () => void host.compare()),
			),
			this.#results,
			el("div", { className: "grid" }, ...Object.values(this.#figures).map(({ element }) => element)),
		);
		this.element = el("section", { className: "view" }, this.#empty, this.#content);
	}

	get runId(): string | null {
		return this.#run?.summary.id ?? null;
	}

	show(run: RunView): void {
		this.#run = run;
		this.#tracks = new Map();
		this.#take(run.events);
		this.#drawSoon();
	}

	add(runId: string, events: readonly TrainerEvent[], state: RunState): void {
		if (!this.#run || this.#run.summary.id !== runId) return;
		this.#take(events);
		this.#run = { ...this.#run, summary: { ...this.#run.summary, state } };
		this.#drawSoon();
	}

	retheme(): void {
		for (const figure of Object.values(this.#figures)) figure.retheme();
	}

	#take(events: readonly TrainerEvent[]): void {
		for (const event of events) {
			const key = `${event.run.activation}/${event.run.seed}`;
			const track = this.#tracks.get(key) ?? { ...event.run, measures: [], ending: null };
			this.#tracks.set(key, track);
			if (event.kind === "progress" || event.kind === "done") track.measures.push(event.measure);
			if (event.kind !== "progress" && event.kind !== "started") track.ending = event;
		}
	}

	/** Draws once a frame, however many events arrive in it. */
	#drawSoon(): void {
		if (this.#drawing) return;
		this.#drawing = true;
		requestAnimationFrame(() => {
			this.#drawing = false;
			this.#draw();
		});
	}

	#draw(): void {
		const run = this.#run;
		this.#empty.hidden = run !== null;
		this.#content.hidden = run === null;
		if (!run) return;
		const { study, name, state } = run.summary;
		const tracks = [...this.#tracks.values()].sort((a, b) => a.activation - b.activation || a.seed - b.seed);
		const done = tracks.reduce(
			(sum, track) => sum + (track.ending?.kind === "diverged" ? study.epochs : (track.measures.at(-1)?.epoch ?? 0)),
			0,
		);
		const progress = state === "done" ? 1 : done / (study.epochs * study.activations.length * study.seeds.length);
		this.#head.replaceChildren(
			el("h1", {}, name),
			el("p", { className: `state ${state}` }, `${t(state)} · ${t("{0} % done", String(Math.floor(100 * progress)))}`),
		);
		this.#bar.value = progress;
		this.#bar.setAttribute("aria-label", t("{0} % done", String(Math.floor(100 * progress))));
		this.#bar.hidden = state !== "running";
		this.#cancel.hidden = state !== "running";
		const summary = this.#summary(tracks);
		const label = (activation: number) => study.activations[activation]?.label ?? "";
		this.#figures.loss.show(
			[
				...this.#curves(tracks, label, ({ validationLoss }) => validationLoss, t("validation"), []),
				...this.#curves(tracks, label, ({ loss }) => loss, t("training"), [4, 3]),
			],
			summary,
		);
		const accuracies = this.#curves(tracks, label, ({ accuracy }) => accuracy ?? Number.NaN, t("validation"), []);
		const hasAccuracy = accuracies.some(({ y }) => y.some((value) => !Number.isNaN(value)));
		this.#figures.accuracy.element.hidden = !hasAccuracy;
		this.#figures.accuracy.show(hasAccuracy ? accuracies : [], "");
		this.#figures.gradient.show(
			this.#layers(tracks, label, ({ gradientNorm }) => gradientNorm || Number.NaN),
			this.#gradientSummary(tracks, label),
		);
		this.#figures.dead.show(
			this.#layers(tracks, label, ({ dead }) => dead),
			"",
		);
		this.#figures.saturated.show(
			this.#layers(tracks, label, ({ saturated }) => saturated),
			"",
		);
		this.#drawResults(tracks, label);
	}

	/** Per activation the mean over its seeds, and each seed as a thin line where there are several. */
	#curves(
		tracks: readonly Track[],
		label: (activation: number) => string,
		pick: (measure: Measure) => number,
		kind: string,
		dash: readonly number[],
	): Series[] {
		return grouped(tracks).flatMap(([activation, group]) => {
			const epochs = Math.max(...group.map(({ measures }) => measures.length));
			const x = Array.from(
				{ length: epochs },
				(_, i) => group.find(({ measures }) => measures[i])?.measures[i]?.epoch ?? i,
			);
			const mean = x.map((_, i) =>
				average(
					group
						.map(({ measures }) => measures[i])
						.filter((one) => one !== undefined)
						.map(pick),
				),
			);
			const seeds = group.length < 2 ? [] : group;
			return [
				{ label: `${label(activation)} (${kind})`, x, y: mean, colour: activation, dash, width: 2, named: true },
				...seeds.map(({ seed, measures }) => ({
					label: `${label(activation)} (${kind}, ${t("Seed")} ${seed})`,
					x: measures.map(({ epoch }) => epoch),
					y: measures.map(pick),
					colour: activation,
					dash,
					width: 0.5,
					named: false,
				})),
			];
		});
	}

	#layers(
		tracks: readonly Track[],
		label: (activation: number) => string,
		pick: (layer: Measure["layers"][number]) => number,
	): Series[] {
		return grouped(tracks).map(([activation, group]) => {
			const last = group.map(({ measures }) => measures.at(-1)).filter((measure) => measure !== undefined);
			const depth = last[0]?.layers.length ?? 0;
			return {
				label: label(activation),
				x: Array.from({ length: depth }, (_, i) => i + 1),
				y: Array.from({ length: depth }, (_, i) =>
					average(last.map(({ layers }) => (layers[i] ? pick(layers[i]) : Number.NaN))),
				),
				colour: activation,
				dash: [],
				width: 2,
				named: true,
			};
		});
	}

	/** Which activation has the lowest validation loss, and how much that says. */
	#summary(tracks: readonly Track[]): string {
		const study = this.#run!.summary.study;
		const sentences: string[] = [];
		const finals = grouped(tracks)
			.map(([activation, group]) => ({
				label: study.activations[activation]?.label ?? "",
				epoch: group[0]?.measures.at(-1)?.epoch ?? 0,
				loss: average(group.map(({ measures }) => measures.at(-1)?.validationLoss ?? Number.NaN)),
			}))
			.filter(({ loss }) => Number.isFinite(loss))
			.sort((a, b) => a.loss - b.loss);
		const [best] = finals;
		if (best) {
			const running = this.#run!.summary.state === "running";
			sentences.push(
				running
					? t(
							"Lowest validation loss so far: {0} with {1} (epoch {2}).",
							shown(best.loss, 4),
							best.label,
							String(best.epoch),
						)
					: study.seeds.length > 1
						? t(
								"Lowest validation loss: {0} with {1}, mean over {2} seeds.",
								shown(best.loss, 4),
								best.label,
								String(study.seeds.length),
							)
						: t(
								"Lowest validation loss: {0} with {1}, from one seed: another seed may change the order.",
								shown(best.loss, 4),
								best.label,
							),
			);
		}
		for (const { activation, ending } of tracks) {
			const label = study.activations[activation]?.label ?? "";
			if (ending?.kind === "diverged") sentences.push(t("{0} diverged at step {1}.", label, String(ending.step)));
			if (ending?.kind === "failed") sentences.push(t("{0} failed: {1}", label, ending.message));
		}
		return sentences.join(" ");
	}

	#gradientSummary(tracks: readonly Track[], label: (activation: number) => string): string {
		const ratios = grouped(tracks).map(([activation, group]) => {
			const layers = group[0]?.measures.at(-1)?.layers ?? [];
			return `${label(activation)} ${shown((layers[0]?.gradientNorm ?? Number.NaN) / (layers.at(-1)?.gradientNorm ?? Number.NaN), 3)}`;
		});
		return t("Gradient at the first layer, relative to the last: {0}.", ratios.join(", "));
	}

	#drawResults(tracks: readonly Track[], label: (activation: number) => string): void {
		const percent = (share: number | null | undefined) =>
			share === null || share === undefined ? "—" : `${shown(100 * share, 4)} %`;
		this.#results.replaceChildren(
			el(
				"table",
				{},
				el(
					"thead",
					{},
					el(
						"tr",
						{},
						...[t("Activation"), t("Seed"), t("Epoch"), t("Loss"), t("Validation loss"), t("Accuracy")].map((name) =>
							el("th", { scope: "col" }, name),
						),
					),
				),
				el(
					"tbody",
					{},
					...tracks.map(({ activation, seed, measures }) => {
						const last = measures.at(-1);
						const swatch = el("span", { className: "swatch" });
						swatch.style.borderTopColor = this.#figures.loss.colourOf(activation);
						return el(
							"tr",
							{},
							el("th", { scope: "row" }, swatch, label(activation)),
							el("td", {}, String(seed)),
							el("td", {}, String(last?.epoch ?? 0)),
							el("td", {}, shown(last?.loss ?? Number.NaN, 4)),
							el("td", {}, shown(last?.validationLoss ?? Number.NaN, 4)),
							el("td", {}, percent(last?.accuracy)),
						);
					}),
				),
			),
		);
	}
}

function grouped(tracks: readonly Track[]): [activation: number, tracks: Track[]][] {
	const groups = new Map<number, Track[]>();
	for (const track of tracks) groups.set(track.activation, [...(groups.get(track.activation) ?? []), track]);
	return [...groups];
}

function average(values: readonly number[]): number {
	return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
