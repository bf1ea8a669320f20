import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import { LEAST_RUNS } from "../../src/core/training/statistics/compareActivations.ts";
import type { Study } from "../../src/protocol/study.ts";
import {
	type Fields,
	fieldOf,
	gridIn,
	isFields,
	numberIn,
	numbersIn,
	type Path,
	ratesOf,
	textOf,
	valueAt,
	widthsIn,
	withRates,
	withValue,
} from "../../src/protocol/studyDraft.ts";
import { studyChoices, studyLimits } from "../../src/protocol/studyLimits.ts";
import { h } from "../dom.ts";
import { factorRows } from "./factorRows.ts";
import { checkField, choiceField, type Form, idOf, row, severalField, textField, textInput } from "./form.ts";

/** The networks: the fields of the one, or a row for each with all its fields. */
export function networkFields(form: Form): readonly HTMLElement[] {
	const { t } = form.context;
	const rowFields = (place: Path) => [...layerFields(form, place), ...regularFields(form, place)];
	return factorRows(form, "network", (i) => t("Network {0}", i), t("Add a network"), {
		one: (place) => layerFields(form, place),
		row: rowFields,
	});
}

/** The hidden layers and how their weights begin. */
function layerFields(form: Form, place: Path): readonly HTMLElement[] {
	const { t } = form.context;
	const isOneByOne = form.value([...place, "hidden"]) !== undefined;
	const planned = () => (form.studyAt(place) ?? form.study).network.hidden;
	const mode = h(
		"select",
		{
			id: idOf([...place, "layers"]),
			onchange: () =>
				form.change((draft) => withValue(draft, place, layersOtherwise(valueAt(draft, place), isOneByOne, planned()))),
		},
		h("option", { selected: !isOneByOne }, t("equally wide")),
		h("option", { selected: isOneByOne }, t("each of its own width")),
	);
	const layers = row(h("label", { for: mode.id }, t("Hidden layers")), mode);
	const initialiser = severalField(
		form,
		[...place, "initialiser"],
		t("Initialiser"),
		studyChoices.initialisers,
		t("auto: by the gain of each activation"),
	);
	const usual = (study: Study) => study.network.hidden;
	if (isOneByOne) {
		const widths = textField(form, {
			path: [...place, "hidden"],
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
			path: [...place, "depth"],
			label: t("Number of layers"),
			read: gridIn,
			usual: (study) => String(usual(study).length),
		}),
		textField(form, {
			path: [...place, "width"],
			label: t("Width of each"),
			read: gridIn,
			usual: (study) => String(usual(study)[0] ?? ""),
		}),
		initialiser,
	];
}

/** How a network's units are kept from growing, fading or relying on each other. */
function regularFields(form: Form, place: Path): readonly HTMLElement[] {
	const { t } = form.context;
	return [
		choiceField(form, [...place, "norm"], t("Normalisation"), studyChoices.norms),
		checkField(form, [...place, "residual"], t("Residual"), t("add a layer's input to its output")),
		numberField(form, [...place, "dropout"], t("Dropout"), () => t("none")),
	];
}

/** How the weights are updated, and how often: the fields of the one optimizer, or a row for each with all its fields. */
export function trainingFields(form: Form): readonly HTMLElement[] {
	const { t } = form.context;
	const rates = ratesOf(form.draft);
	const kind = (place: Path) => severalField(form, [...place, "kind"], t("Optimizer"), studyChoices.optimizers);
	const rate = (place: Path) =>
		rates === "found"
			? []
			: [
					textField(form, {
						path: [...place, "learningRate"],
						label: t("Rate"),
						read: gridIn,
						usual: (study) => (study.tuning ? t("found") : usualRates(study)),
						wide: true,
					}),
				];
	const mode = h(
		"select",
		{
			id: "study-rate-mode",
			onchange: () => form.change((draft) => withRates(draft, mode.value === "found" ? "found" : "given")),
		},
		h("option", { value: "found", selected: rates === "found" }, t("found for each activation")),
		h("option", { value: "given", selected: rates === "given" }, t("the same for all")),
		...(rates === "mixed" ? [h("option", { value: "mixed", selected: true }, t("as each optimizer says"))] : []),
	);
	const optimizers = factorRows(form, "optimizer", (i) => t("Optimizer {0}", i), t("Add an optimizer"), {
		one: (place) => [kind(place)],
		row: (place) => [kind(place), ...rate(place), ...updateFields(form, place)],
	});
	const isOne = !Array.isArray(form.draft.optimizer);
	const ratesToTry = textField(form, {
		path: ["tuning", "learningRates"],
		label: t("Rates to try"),
		read: numbersIn,
		// Each optimizer has usual rates of its own.
		usual: isOne ? usualRates : () => "",
		wide: true,
	});
	return [
		...optimizers,
		row(h("label", { for: mode.id }, t("Learning rate")), mode),
		...(rates === "found" ? [ratesToTry] : isOne ? rate(["optimizer"]) : []),
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

function usualRates({ tuning, optimizer }: Study): string {
	return (tuning?.learningRates ?? [optimizer.learningRate]).map((rate) => formatNumber(rate)).join(", ");
}

/** What an optimizer does beside its step: the schedule of its rate, and what holds weights and gradients down. */
function updateFields(form: Form, place: Path): readonly HTMLElement[] {
	const { t } = form.context;
	const own = t("the optimizer's own where nothing is given");
	return [
		schedule(form, [...place, "schedule"]),
		numberField(form, [...place, "weightDecay"], t("Weight decay"), () => "", own),
		numberField(form, [...place, "clip"], t("Longest gradient"), () => t("none")),
	];
}

/** What most studies leave as it is. Listed networks and optimizers have theirs in their rows. */
export function moreFields(form: Form): readonly HTMLElement[] {
	const { t } = form.context;
	const none = () => t("none");
	const share = (limits: readonly [number, number]) => t("share of the samples, {0} to {1}", ...limits);
	const number = (path: Path, label: string, usual: (study: Study) => string, hint?: string) =>
		numberField(form, path, label, usual, hint);
	const network = Array.isArray(form.draft.network) ? [] : regularFields(form, ["network"]);
	const tuning =
		ratesOf(form.draft) === "found"
			? [
					number(["tuning", "epochs"], t("Epochs to find rates"), ({ tuning }) => String(tuning?.epochs ?? "")),
					number(["tuning", "seeds"], t("Seeds to find rates"), ({ tuning }) => String(tuning?.seeds ?? "")),
				]
			: [];
	const optimizer = Array.isArray(form.draft.optimizer) ? [] : updateFields(form, ["optimizer"]);
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

function numberField(
	form: Form,
	path: Path,
	label: string,
	usual: (study: Study) => string,
	hint?: string,
): HTMLElement {
	return textField(form, { path, label, read: numberIn, usual, ...(hint === undefined ? {} : { hint }) });
}

/** The kind of schedule, and its warm-up beside it. */
function schedule(form: Form, path: Path): HTMLElement {
	const { t } = form.context;
	const given = form.value(path);
	// Written short, a schedule is its kind.
	if (given !== undefined && !isFields(given)) form.draft = withValue(form.draft, path, { kind: given });
	const kind = choiceField(form, [...path, "kind"], t("Schedule"), studyChoices.schedules);
	const warmup = textInput(form, {
		path: [...path, "warmup"],
		label: t("Warm-up, as a share of all steps"),
		read: numberIn,
		usual: () => "0",
	});
	kind
		.querySelector(".control")
		?.append(
			h("label", { class: "group" }, h("span", { class: "faint", "aria-hidden": "true" }, t("warm-up")), warmup),
			form.errorOf(fieldOf(path), t("Schedule"), warmup),
		);
	return kind;
}

/** A network said the other way: widths one by one, or so many layers of one width; as it was planned last. */
function layersOtherwise(given: unknown, isOneByOne: boolean, planned: readonly number[]): Fields {
	const { hidden: _, depth: __, width: ___, ...network } = isFields(given) ? given : {};
	const layers = isOneByOne ? { depth: planned.length, width: planned[0] } : { hidden: planned };
	return { ...layers, ...network };
}
