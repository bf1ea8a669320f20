import type { Context } from "../context.ts";
import { dataTable, h, setText } from "../dom.ts";
import type { LineState, RunModel } from "./runModel.ts";
import { section } from "./section.ts";
import { durationText, secondsPerEpoch, type Target, timeToTarget, usualTarget } from "./timing.ts";

/** How long activations take to a target that the user sets, and the state of every training. */
export class TimeSection {
	readonly element: HTMLDetailsElement;
	readonly #context: Context;
	readonly #label = h("label", { for: "time-target" });
	readonly #target: HTMLInputElement;
	readonly #byActivation = h("div");
	readonly #byTraining = h("div");
	readonly #trainings: HTMLDetailsElement;
	#model: RunModel | undefined;
	/** Undefined while the user has not set one. */
	#chosen: number | undefined;

	constructor(context: Context) {
		this.#context = context;
		const { t } = context;
		this.#target = h("input", {
			id: "time-target",
			type: "number",
			step: "any",
			oninput: () => {
				const value = this.#target.valueAsNumber;
				this.#chosen = Number.isNaN(value) ? undefined : value;
				this.draw();
			},
		});
		this.#trainings = h(
			"details",
			{ ontoggle: () => this.draw() },
			h("summary", {}, t("Every training")),
			this.#byTraining,
		);
		this.element = section(
			"time",
			t("Time"),
			false,
			() => this.draw(),
			h("p", { class: "group" }, this.#label, this.#target),
			this.#byActivation,
			this.#trainings,
		);
	}

	show(model: RunModel): void {
		if (model !== this.#model) this.#chosen = undefined;
		this.#model = model;
		this.draw();
	}

	draw(): void {
		const model = this.#model;
		if (!model || !this.element.open) return;
		const { t } = this.#context;
		const isShare = model.isClassification;
		setText(this.#label, isShare ? t("Time to a validation accuracy of, in %") : t("Time to a validation loss of"));
		const usual = usualTarget(model);
		if (this.#chosen === undefined && document.activeElement !== this.#target) {
			const shown = usual ? (isShare ? Math.round(100 * usual.value) : usual.value) : "";
			if (this.#target.value !== String(shown)) this.#target.value = String(shown);
		}
		const target: Target | undefined =
			this.#chosen === undefined
				? usual
				: { quantity: isShare ? "accuracy" : "validationLoss", value: isShare ? this.#chosen / 100 : this.#chosen };
		this.#write(
			this.#byActivation,
			t("Time by activation"),
			[t("Activation"), t("Time per epoch"), t("Reached by"), t("Epochs to it"), t("Time to it")],
			model.study.activations.map(({ label }, index) => [label, ...this.#timesOf(model, index, target)]),
		);
		if (this.#trainings.open) this.#listTrainings(model);
	}

	#timesOf(model: RunModel, index: number, target: Target | undefined): string[] {
		const { t } = this.#context;
		const paces = model.linesOf(index).map(secondsPerEpoch);
		const known = paces.filter((pace) => !Number.isNaN(pace));
		const pace = known.reduce((sum, one) => sum + one, 0) / known.length;
		if (!target) return [durationText(pace, t), "–", "–", "–"];
		const { reached, seeds, epochs, seconds } = timeToTarget(model, index, target);
		const spread = seconds?.halfWidth == null ? "" : ` ± ${durationText(seconds.halfWidth, t)}`;
		return [
			durationText(pace, t),
			t("{0} of {1} seeds", reached, seeds),
			epochs === null ? "–" : epochs.toFixed(Number.isInteger(epochs) ? 0 : 1),
			seconds ? durationText(seconds.mean, t) + spread : "–",
		];
	}

	#listTrainings(model: RunModel): void {
		const { t } = this.#context;
		const states: Readonly<Record<LineState, string>> = {
			waiting: t("waiting"),
			running: t("running"),
			done: t("done"),
			diverged: t("diverged"),
			cancelled: t("cancelled"),
			failed: t("failed"),
		};
		this.#write(
			this.#byTraining,
			t("Every training"),
			[t("Activation"), t("Seed"), t("State"), t("Epoch"), t("Time"), t("Time per epoch")],
			model.lines.map((line) => [
				model.study.activations[line.run.activation]?.label ?? "",
				String(line.run.seed),
				states[line.state],
				`${line.measures[line.measures.length - 1]?.epoch ?? "–"}`,
				durationText(line.seconds[line.seconds.length - 1] ?? Number.NaN, t),
				durationText(secondsPerEpoch(line), t),
			]),
		);
	}

	/** Written only when it says something new: replacing a table takes the focus away. */
	#write(into: HTMLElement, caption: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
		const said = JSON.stringify([head, rows]);
		if (into.dataset.said === said) return;
		into.dataset.said = said;
		const scrolled = into.firstElementChild?.scrollTop ?? 0;
		const table = dataTable(caption, head, rows);
		into.replaceChildren(table);
		table.scrollTop = scrolled;
	}
}
