import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import { LEAST_RUNS } from "../../src/core/training/statistics/compareActivations.ts";
import type { Study } from "../../src/protocol/study.ts";
import {
	gridIn,
	isFields,
	numberIn,
	numbersIn,
	type StudyDraft,
	textOf,
	widthsIn,
	withValue,
} from "../../src/protocol/studyDraft.ts";
import { studyChoices, studyLimits } from "../../src/protocol/studyLimits.ts";
import { h } from "../dom.ts";
import { checkField, choiceField, type Form, fieldOf, row, severalField, textField, textInput } from "./form.ts";

/** The hidden layers and how their weights begin. */
export function networkFields(form: Form): readonly HTMLElement[] {
	const { t } = form.context;
	const listed = listedNote(form, "network", t("Networks"));
	if (listed) return [listed];
	const isOneByOne = form.value(["network", "hidden"]) !== undefined;
	const mode = h(
		"select",
		{
			id: "study-layers",
			onchange: () => form.change((draft) => layersOtherwise(draft, isOneByOne, form.study.network.hidden)),
		},
		h("option", { selected: !isOneByOne }, t("equally wide")),
		h("option", { selected: isOneByOne }, t("each of its own width")),
	);
	const layers = row(h("label", { for: mode.id }, t("Hidden layers")), mode);
	const initialiser = severalField(
		form,
		["network", "initialiser"],
		t("Initialiser"),
		studyChoices.initialisers,
		t("auto: by the gain of each activation"),
	);
	const usual = (study: Study) => study.network.hidden;
	if (isOneByOne) {
		const widths = textField(form, {
			path: ["network", "hidden"],
			label: t("Widths"),
			read: (text) => widthsIn(text) ?? [],
			hint: t("From the first layer to the last: 64, 32. A semicolon begins another network."),
			wide: true,
		});
		return [layers, widths, initialiser];
	}
	return [
		layers,
		textField(form, {
			path: ["network", "depth"],
			label: t("Number of layers"),
			read: gridIn,
			usual: (study) => String(usual(study).length),
		}),
		textField(form, {
			path: ["network", "width"],
			label: t("Width of each"),
			read: gridIn,
			usual: (study) => String(usual(study)[0] ?? ""),
		}),
		initialiser,
	];
}

/** How the weights are updated, and how often. */
export function trainingFields(form: Form): readonly HTMLElement[] {
	const { t } = form.context;
	const usualRates = ({ tuning, optimizer }: Study) =>
		(tuning?.learningRates ?? [optimizer.learningRate]).map((rate) => formatNumber(rate)).join(", ");
	const listed = listedNote(form, "optimizer", t("Optimizers"));
	const { draft } = form;
	const isShared =
		draft.tuning === false || (draft.tuning === undefined && form.value(["optimizer", "learningRate"]) !== undefined);
	const mode = h(
		"select",
		{
			id: "study-rate-mode",
			onchange: () =>
				form.change((before) => {
					const rest = withValue(withValue(before, ["tuning"], undefined), ["optimizer", "learningRate"], undefined);
					return isShared ? rest : { ...rest, tuning: false };
				}),
		},
		h("option", { selected: !isShared }, t("found for each activation")),
		h("option", { selected: isShared }, t("the same for all")),
	);
	const rate = isShared
		? textField(form, {
				path: ["optimizer", "learningRate"],
				label: t("Rate"),
				read: gridIn,
				usual: usualRates,
				wide: true,
			})
		: textField(form, {
				path: ["tuning", "learningRates"],
				label: t("Rates to try"),
				read: numbersIn,
				usual: usualRates,
				wide: true,
			});
	return [
		...(listed ? [listed] : [severalField(form, ["optimizer", "kind"], t("Optimizer"), studyChoices.optimizers)]),
		...(listed ? [] : [row(h("label", { for: mode.id }, t("Learning rate")), mode), rate]),
		textField(form, { path: ["epochs"], label: t("Epochs"), read: numberIn, usual: ({ epochs }) => String(epochs) }),
		textField(form, {
			path: ["batchSize"],
			label: t("Batch size"),
			read: numberIn,
			usual: ({ batchSize }) => String(batchSize),
		}),
		textField(form, {
			path: ["seeds"],
			label: t("Seeds"),
			read: numbersIn,
			usual: ({ seeds }) => textOf(seeds),
			hint: t("Fewer than {0} show no difference, however large; 0-9 stands for ten.", LEAST_RUNS),
			wide: true,
		}),
	];
}

/** What most studies leave as it is. */
export function moreFields(form: Form): readonly HTMLElement[] {
	const { t } = form.context;
	const number = (path: readonly string[], label: string, usual: (study: Study) => string, hint?: string) =>
		textField(form, { path, label, read: numberIn, usual, ...(hint === undefined ? {} : { hint }) });
	const none = () => t("none");
	const share = (limits: readonly [number, number]) => t("share of the samples, {0} to {1}", ...limits);
	const network = Array.isArray(form.draft.network)
		? []
		: [
				choiceField(form, ["network", "norm"], t("Normalisation"), studyChoices.norms),
				checkField(form, ["network", "residual"], t("Residual"), t("add a layer's input to its output")),
				number(["network", "dropout"], t("Dropout"), none),
			];
	const isTuned = form.draft.tuning !== false && form.value(["optimizer", "learningRate"]) === undefined;
	const tuning = isTuned
		? [
				number(["tuning", "epochs"], t("Epochs to find rates"), ({ tuning }) => String(tuning?.epochs ?? "")),
				number(["tuning", "seeds"], t("Seeds to find rates"), ({ tuning }) => String(tuning?.seeds ?? "")),
			]
		: [];
	const optimizer = Array.isArray(form.draft.optimizer)
		? []
		: [
				schedule(form),
				number(
					["optimizer", "weightDecay"],
					t("Weight decay"),
					() => "",
					t("the optimizer's own where nothing is given"),
				),
				number(["optimizer", "clip"], t("Longest gradient"), none),
			];
	return [
		textField(form, {
			path: ["name"],
			label: t("Name"),
			read: (text) => (text === "" ? undefined : text),
			wide: true,
		}),
		...network,
		...tuning,
		...optimizer,
		number(["validation"], t("Validation"), ({ validation }) => String(validation), share(studyLimits.validation)),
		number(["test"], t("Test"), none, share(studyLimits.test)),
		number(["labelSmoothing"], t("Label smoothing"), none),
		choiceField(form, ["precision"], t("Precision"), studyChoices.precisions),
	];
}

/** The kind of schedule, and its warm-up beside it. */
function schedule(form: Form): HTMLElement {
	const { t } = form.context;
	const given = form.value(["optimizer", "schedule"]);
	// Written short, a schedule is its kind.
	if (given !== undefined && !isFields(given))
		form.draft = withValue(form.draft, ["optimizer", "schedule"], { kind: given });
	const kind = choiceField(form, ["optimizer", "schedule", "kind"], t("Schedule"), studyChoices.schedules);
	const warmup = textInput(form, {
		path: ["optimizer", "schedule", "warmup"],
		label: t("Warm-up, as a share of all steps"),
		read: numberIn,
		usual: () => "0",
	});
	kind
		.querySelector(".control")
		?.append(
			h("label", { class: "group" }, h("span", { class: "faint", "aria-hidden": "true" }, t("warm-up")), warmup),
			form.errorOf(fieldOf(["optimizer", "schedule"]), t("Schedule"), warmup),
		);
	return kind;
}

/** Of a document that lists whole networks or optimizers: that it does, and the way back to one. */
function listedNote(form: Form, name: "network" | "optimizer", title: string): HTMLElement | undefined {
	const { t } = form.context;
	const given = form.draft[name];
	if (!Array.isArray(given)) return undefined;
	const reset = h(
		"button",
		{ id: `study-reset-${name}`, onclick: () => form.change((draft) => withValue(draft, [name], undefined)) },
		t("Use one instead"),
	);
	return row(
		title,
		h("p", {}, t("{0} of the document; they are edited there.", given.length)),
		reset,
		form.errorOf(name, title, reset),
	);
}

/** The network said the other way: widths one by one, or so many layers of one width; as it was planned last. */
function layersOtherwise(draft: StudyDraft, isOneByOne: boolean, planned: readonly number[]): StudyDraft {
	const { hidden: _, depth: __, width: ___, ...network } = isFields(draft.network) ? draft.network : {};
	const layers = isOneByOne ? { depth: planned.length, width: planned[0] } : { hidden: planned };
	return { ...draft, network: { ...layers, ...network } };
}
