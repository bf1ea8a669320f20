import * as vscode from "vscode";
import { catalog } from "../core/activations/catalog.ts";
import type { Definition } from "../core/reading/use.ts";
import type { Study, StudyActivation, StudyData, StudyNetwork } from "../protocol/study.ts";
import { parseStudy, studyActivation } from "../protocol/studyDocument.ts";
import { askDataFile } from "./askDataFile.ts";
import { cellsAround, codeDocument, type Documents } from "./documents.ts";
import { studyFunction } from "./ownFunctions.ts";
import { sentenceOf } from "./sentenceOf.ts";

/** The questions of `Compare Activations…`; escape ends them, the back button goes one back. */
export async function askForStudy(documents: Documents): Promise<Study | undefined> {
	const answers: Answers = {};
	const steps = [askActivations, askData, askNetwork];
	for (let i = 0; i < steps.length; ) {
		const result = await steps[i]!(answers, documents, i + 1, steps.length);
		if (result === "cancelled") return undefined;
		i += { next: 1, again: 0, back: -1 }[result];
	}
	const { activations = [], data, network, epochs } = answers;
	return parseStudy({ version: 1, activations, data, network, epochs });
}

interface Answers {
	activations?: readonly StudyActivation[];
	data?: StudyData;
	network?: StudyNetwork;
	epochs?: number;
}

/** How a question ended. "again": what was to be said in more detail was not. */
export type Step = "next" | "again" | "back" | "cancelled";

const MOST_IN_FILE = 12;
const COMMON = ["relu", "gelu", "silu", "tanh", "sigmoid", "elu", "leaky_relu", "mish"];

async function askActivations(answers: Answers, documents: Documents, step: number, total: number): Promise<Step> {
	const inFile = activationsInFile(documents);
	const chosen = new Set(
		(answers.activations ?? (inFile.length > 0 ? inFile : ["relu", "tanh"].map(studyActivation))).map(
			({ label }) => label,
		),
	);
	const rest = [...COMMON, ...catalog.map(({ id }) => id).filter((id) => !COMMON.includes(id))].map(studyActivation);
	const known = new Set(inFile.map(({ label }) => label));
	const toItem = (activation: StudyActivation) => ({
		label: activation.label,
		picked: chosen.has(activation.label),
		activation,
	});
	const items = [
		...(inFile.length > 0 ? [separator(vscode.l10n.t("In this file"))] : []),
		...inFile.map(toItem),
		separator(vscode.l10n.t("Catalog")),
		...rest.filter(({ label }) => !known.has(label)).map(toItem),
	];
	const result = await pickMany(vscode.l10n.t("Which activations?"), items, step, total);
	if (result === "back" || result === "cancelled") return result;
	answers.activations = result.map(({ activation }) => activation);
	return "next";
}

/**
 * What the open file or notebook uses: each catalog entry with its parameters, each hand-written function with
 * its source.
 */
export function activationsInFile(documents: Documents): readonly StudyActivation[] {
	const document = codeDocument();
	if (!document) return [];
	const found = new Map<string, StudyActivation>();
	const cells = cellsAround(document);
	for (const { activation, parameters, definition } of cells.flatMap((cell) => documents.read(cell).uses)) {
		if (definition !== null || activation === null) continue;
		const entry = catalog.find(({ id }) => id === activation);
		if (!entry) continue;
		const differing = Object.entries(parameters).filter(
			([name, value]) => entry.parameters.find((one) => one.name === name)?.default !== value,
		);
		const written = differing.map(([name, value]) => `${name}=${value}`);
		const label = written.length === 0 ? entry.name : `${entry.name} (${written.join(", ")})`;
		found.set(label, { id: entry.id, parameters: Object.fromEntries(differing), label });
	}
	let text = "";
	const definitions: Definition[] = [];
	for (const cell of cells) {
		for (const definition of documents.read(cell).definitions) {
			const { start, end } = definition.span;
			definitions.push({ ...definition, span: { start: start + text.length, end: end + text.length } });
		}
		text += `${cell.getText()}\n`;
	}
	for (const definition of definitions) {
		const own = studyFunction(text, definition, definitions, document.languageId);
		if (own) found.set(own.label, own);
	}
	return [...found.values()].slice(0, MOST_IN_FILE);
}

async function askData(answers: Answers, _documents: Documents, step: number, total: number): Promise<Step> {
	const result = await pickOne(vscode.l10n.t("On which data?"), dataItems(), step, total);
	if (result === "back" || result === "cancelled") return result;
	const data = result.data ?? (await askDataFile());
	if (!data) return "again";
	answers.data = data;
	return "next";
}

/** The sets that come with the extension, and null for a file of the user's. */
export function dataItems(): readonly (vscode.QuickPickItem & { readonly data: StudyData | null })[] {
	const generated = (kind: "xor" | "moons" | "circles" | "spirals" | "curve", noise: number): StudyData => ({
		kind,
		samples: 500,
		noise,
	});
	return [
		{
			label: vscode.l10n.t("Handwritten digits"),
			description: vscode.l10n.t("1,797 images of 8×8 pixels, 10 classes"),
			data: { kind: "digits" } as StudyData,
		},
		{
			label: vscode.l10n.t("Two moons"),
			description: vscode.l10n.t("500 points, 2 classes"),
			data: generated("moons", 0.15),
		},
		{
			label: vscode.l10n.t("Circles"),
			description: vscode.l10n.t("500 points, 2 classes"),
			data: generated("circles", 0.08),
		},
		{
			label: vscode.l10n.t("Spirals"),
			description: vscode.l10n.t("500 points, 2 classes"),
			data: generated("spirals", 0.03),
		},
		{ label: "XOR", description: vscode.l10n.t("500 points, 2 classes"), data: generated("xor", 0.05) },
		{
			label: vscode.l10n.t("Curve"),
			description: vscode.l10n.t("500 points, regression"),
			data: generated("curve", 0.1),
		},
		{
			label: vscode.l10n.t("Data file…"),
			description: vscode.l10n.t("your own data: CSV, NumPy or IDX"),
			data: null,
		},
	];
}

async function askNetwork(answers: Answers, _documents: Documents, step: number, total: number): Promise<Step> {
	const preset = (label: string, hidden: readonly number[], epochs: number) => ({
		label,
		description: vscode.l10n.t("hidden layers {0}, {1} epochs", hidden.join(", "), String(epochs)),
		hidden,
		epochs,
	});
	const items = [
		preset(vscode.l10n.t("Small"), [32, 32], 30),
		preset(vscode.l10n.t("Medium"), [64, 64, 64], 30),
		preset(
			vscode.l10n.t("Deep"),
			Array.from({ length: 10 }, () => 32),
			40,
		),
		{
			label: vscode.l10n.t("Custom…"),
			description: vscode.l10n.t("widths of the hidden layers"),
			hidden: null,
			epochs: 30,
		},
	];
	const result = await pickOne(vscode.l10n.t("With which network?"), items, step, total);
	if (result === "back" || result === "cancelled") return result;
	const hidden = result.hidden ?? (await askWidths());
	if (!hidden) return "again";
	answers.network = { hidden, initialiser: "auto" };
	answers.epochs = result.epochs;
	return "next";
}

async function askWidths(): Promise<readonly number[] | undefined> {
	const text = await vscode.window.showInputBox({
		title: vscode.l10n.t("Widths of the hidden layers"),
		value: "64, 32",
		validateInput: (value) => {
			try {
				parseStudy({ activations: ["relu"], network: { hidden: widthsIn(value) } });
				return undefined;
			} catch (error) {
				return sentenceOf(error);
			}
		},
	});
	return text === undefined ? undefined : widthsIn(text);
}

function widthsIn(text: string): number[] {
	return text
		.split(/[\s,;×x]+/)
		.filter((part) => part !== "")
		.map(Number);
}

function separator(label: string): { label: string; kind: vscode.QuickPickItemKind.Separator } {
	return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** One question of several, with a way back to the one before. */
export function pickOne<T extends vscode.QuickPickItem>(
	title: string,
	items: readonly T[],
	step: number,
	total: number,
): Promise<T | "back" | "cancelled"> {
	return pick(title, items, step, total, false).then((result) => (typeof result === "string" ? result : result[0]!));
}

function pickMany<T extends vscode.QuickPickItem>(
	title: string,
	items: readonly (T | { label: string; kind: vscode.QuickPickItemKind.Separator })[],
	step: number,
	total: number,
): Promise<readonly T[] | "back" | "cancelled"> {
	return pick(title, items as readonly T[], step, total, true); // A separator cannot be chosen.
}

function pick<T extends vscode.QuickPickItem>(
	title: string,
	items: readonly T[],
	step: number,
	total: number,
	many: boolean,
): Promise<readonly T[] | "back" | "cancelled"> {
	const input = vscode.window.createQuickPick<T>();
	input.title = title;
	input.step = step;
	input.totalSteps = total;
	input.items = items;
	input.canSelectMany = many;
	input.matchOnDescription = true;
	input.ignoreFocusOut = true;
	if (many) {
		input.selectedItems = items.filter(({ picked }) => picked);
		input.placeholder = vscode.l10n.t("Choose one or more");
	}
	if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
	return new Promise<readonly T[] | "back" | "cancelled">((resolve) => {
		input.onDidTriggerButton(() => resolve("back"));
		input.onDidAccept(() => {
			const chosen = many ? input.selectedItems : input.activeItems;
			if (chosen.length > 0) resolve([...chosen]);
		});
		input.onDidHide(() => resolve("cancelled"));
		input.show();
	}).finally(() => input.dispose());
}
