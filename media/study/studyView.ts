import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { PageMemory, StudyMaterial, StudyPlan } from "../../src/protocol/panel.ts";
import { documentOf, draftOf, type Fields, type StudyFile, type StudyMemory } from "../../src/protocol/studyDraft.ts";
import type { Context } from "../context.ts";
import { h, setText } from "../dom.ts";
import { durationText } from "../training/timing.ts";
import { activationRows } from "./activationRows.ts";
import { dataRows } from "./dataRows.ts";
import { Form } from "./form.ts";
import { moreFields, networkFields, trainingFields } from "./settings.ts";

/** A change is looked at when the typing has paused this long. */
const PLAN_MS = 250;

/** The form of a study: its document field by field, what is wrong with it, and how much work it is. */
export class StudyView {
	readonly element: HTMLElement;
	readonly #context: Context;
	readonly #heading = h("h1");
	readonly #body = h("div", { class: "study-form" });
	/** What is wrong with the document, but with no field of the form. */
	readonly #elsewhere = h("div", { class: "error", role: "alert" });
	readonly #summary = h("p", { class: "summary", role: "status" });
	readonly #train: HTMLButtonElement;
	readonly #open: HTMLButtonElement;
	#material: Promise<StudyMaterial> | undefined;
	#form: Form | undefined;
	#file: StudyFile | null = null;
	#isEdited = false;
	#showsMore = false;
	#visible = false;
	/** How many documents were begun, and what is kept of the last: also while the next is on its way. */
	#begun = 0;
	#memory: StudyMemory | null = null;
	#timer: number | undefined;
	#plans = 0;

	constructor(context: Context) {
		this.#context = context;
		const { t, run } = context;
		this.#train = h("button", { class: "primary", onclick: () => this.#trainNow() }, t("Train"));
		this.#open = h("button", { onclick: () => run(this.#openDocument()) });
		const afresh = h("button", { class: "small", onclick: () => run(this.#afresh()) }, t("Start Over"));
		this.element = h(
			"div",
			{ class: "study" },
			h("div", { class: "title-row" }, this.#heading, h("span", { class: "spring" }), afresh),
			h("p", { class: "faint" }, t("Several values in a field stand for a study each: every combination is trained.")),
			this.#body,
			h(
				"div",
				{ class: "plan" },
				this.#elsewhere,
				this.#summary,
				h("div", { class: "toolbar" }, this.#train, this.#open),
			),
		);
		this.#showFile();
	}

	/** The form as the page left it. */
	restore(memory: Pick<PageMemory, "study"> | null): void {
		const kept = memory?.study;
		this.#memory = kept ?? null;
		if (kept) this.#context.run(this.#begin(async () => kept.document, kept));
	}

	/** A document to edit; null goes on with what the user has begun, or else begins a new study. */
	async edit(document: Fields | null, file: StudyFile | null): Promise<void> {
		if (document) await this.#begin(async () => document, { file, isEdited: false });
		else if (!this.#isEdited) await this.#afresh();
	}

	/** Begins with a new study where there is none yet. */
	setVisible(visible: boolean): void {
		this.#visible = visible;
		if (visible && this.#begun === 0) this.#context.run(this.#afresh());
		else if (visible) this.#planSoon();
	}

	memory(): Pick<PageMemory, "study"> {
		return { study: this.#memory };
	}

	#afresh(): Promise<void> {
		return this.#begin(() => this.#context.host.newStudy(), { file: null, isEdited: false });
	}

	/** Fills the form with a document; of several that are on their way the last one counts. */
	async #begin(read: () => Promise<Fields>, { file, isEdited }: Omit<StudyMemory, "document">): Promise<void> {
		const { host } = this.#context;
		const number = ++this.#begun;
		this.#isEdited = isEdited;
		this.#material ??= host.studyMaterial();
		const [material, document] = await Promise.all([this.#material, read()]);
		if (number !== this.#begun) return;
		this.#file = file;
		this.#showFile();
		this.#form = new Form(this.#context, draftOf(document), material.usual, (isStructure) => {
			this.#isEdited = true;
			if (isStructure) this.#build(material);
			this.#remember();
			this.#planSoon();
		});
		this.#build(material);
		this.#remember();
		if (this.#visible) await this.#plan();
	}

	#remember(): void {
		if (!this.#form) return;
		this.#memory = { document: documentOf(this.#form.draft), file: this.#file, isEdited: this.#isEdited };
		this.#context.remember();
	}

	/** Makes every control anew, and gives the focus back to the one that had it. */
	#build(material: StudyMaterial): void {
		const form = this.#form;
		if (!form) return;
		const { t } = this.#context;
		const focused = document.activeElement?.id;
		form.clear();
		const group = (title: string, ...content: readonly HTMLElement[]) =>
			h(
				"section",
				{ class: "study-group", "aria-label": title },
				h("h2", { class: "group-heading" }, title),
				...content,
			);
		const more = h(
			"details",
			{
				class: "section study-more",
				open: this.#showsMore,
				ontoggle: () => {
					this.#showsMore = more.open;
				},
			},
			h("summary", {}, h("h2", {}, t("More settings"))),
			...moreFields(form),
		);
		this.#body.replaceChildren(
			group(t("Activations"), ...activationRows(form, material.catalog)),
			group(t("Data"), ...dataRows(form, material)),
			group(t("Network"), ...networkFields(form)),
			group(t("Training"), ...trainingFields(form)),
			more,
		);
		if (focused) document.getElementById(focused)?.focus();
	}

	#planSoon(): void {
		clearTimeout(this.#timer);
		this.#timer = window.setTimeout(() => this.#context.run(this.#plan()), PLAN_MS);
	}

	/** Asks what the draft comes to and says it; an answer that is late is of no use. */
	async #plan(): Promise<void> {
		clearTimeout(this.#timer);
		const form = this.#form;
		if (!form) return;
		const number = ++this.#plans;
		const plan = await this.#context.host.planStudy(documentOf(form.draft));
		if (number !== this.#plans || form !== this.#form) return;
		if (plan.study) form.showStudies(plan.study, plan.rows);
		const elsewhere = form.showProblems(plan.problems);
		for (const details of this.#body.querySelectorAll("details")) {
			if (details.querySelector(".error:not([hidden])")) details.open = true;
		}
		this.#train.disabled = false;
		this.#elsewhere.replaceChildren(...elsewhere.map((sentence) => h("p", {}, sentence)));
		setText(this.#summary, this.#sentences(plan).join(" "));
	}

	/** How much there is to do. */
	#sentences({ problems, study, studies, work, workers }: StudyPlan): string[] {
		const { t } = this.#context;
		if (!study || !work) return problems.length > 0 ? [t("Fields to put right: {0}.", problems.length)] : [];
		const factors = t("{0} activations × {1} seeds", study.activations.length, study.seeds.length);
		const trainings =
			studies === 1
				? t("Trainings: {0} ({1}).", work.trainings, factors)
				: t("Studies: {0}; trainings: {1} ({2} in each).", studies, work.trainings, factors);
		const cores = t(
			"About {0} on {1} cores, by an estimate; steps: {2}.",
			durationText(Math.max(1, work.seconds), t),
			workers,
			formatNumber(work.steps, 3),
		);
		return [
			trainings,
			...(work.tunings > 0 ? [t("Before them, to find learning rates: {0}.", work.tunings)] : []),
			cores,
		];
	}

	#trainNow(): void {
		const { run, host } = this.#context;
		const form = this.#form;
		if (!form) return;
		// Until the run shows: a second click would train a second time.
		this.#train.disabled = true;
		const trained = this.#plan().then(async () => {
			const wrong = form.firstWrong;
			if (wrong) wrong.focus();
			else {
				this.#train.disabled = true;
				await host.trainStudy(documentOf(form.draft)).finally(() => {
					this.#train.disabled = false;
				});
			}
		});
		run(trained);
	}

	async #openDocument(): Promise<void> {
		if (!this.#form) return;
		this.#file = await this.#context.host.openStudy(documentOf(this.#form.draft), this.#file);
		this.#showFile();
		this.#remember();
	}

	#showFile(): void {
		const { t } = this.#context;
		setText(this.#heading, this.#file?.name ?? t("New study"));
		setText(this.#open, this.#file ? t("Write to the Document") : t("Open as JSON Document"));
	}
}
