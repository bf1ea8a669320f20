import * as vscode from "vscode";
import type { Advice } from "../core/advice/advise.ts";
import { type DescribedAdvice, describeAdvice } from "../core/explanation/describeAdvice.ts";
import { giveAdvice } from "../engines/giveAdvice.ts";
import {
	type AdviceSpec,
	adviceDtypes,
	adviceLimits,
	parseAdviceSpec,
	usualCandidates,
} from "../protocol/adviceSpec.ts";
import type { StudyActivation, StudyData } from "../protocol/study.ts";
import { parseStudy, studyActivation } from "../protocol/studyDocument.ts";
import { askDataFile } from "./askDataFile.ts";
import { activationsInFile, dataItems, pickOne, type Step } from "./compare.ts";
import type { Documents } from "./documents.ts";
import type { Studies } from "./studies.ts";

/** Training for advice ends after this long, whatever is left. */
const SECONDS = 60;
/** The share of the progress that the facts are; the study is the rest. */
const FACTS_SHARE = 0.2;

interface Answers {
	dtype?: (typeof adviceDtypes)[number];
	depth?: number;
	plain?: boolean;
	data?: StudyData | null;
}

/** The questions of `Which Activation?`; escape ends them, the back button goes one back. */
export async function askForAdvice(documents: Documents): Promise<AdviceSpec | undefined> {
	const answers: Answers = {};
	const steps = [askDtype, askDepth, askData];
	for (let i = 0; i < steps.length; ) {
		const result = await steps[i]!(answers, i + 1, steps.length);
		if (result === "cancelled") return undefined;
		i += { next: 1, again: 0, back: -1 }[result];
	}
	return parseAdviceSpec({ ...answers, candidates: candidatesFor(documents), seconds: SECONDS });
}

/** The usual ones, and what the open file uses or defines. */
function candidatesFor(documents: Documents): readonly StudyActivation[] {
	const usual = usualCandidates.map(studyActivation);
	const known = new Set(usual.map(({ label }) => label));
	return [...usual, ...activationsInFile(documents).filter(({ label }) => !known.has(label))];
}

async function askDtype(answers: Answers, step: number, total: number): Promise<Step> {
	const descriptions: Readonly<Record<(typeof adviceDtypes)[number], string>> = {
		float32: vscode.l10n.t("what libraries use by default"),
		float16: vscode.l10n.t("mixed precision; overflows above 65,504"),
		bfloat16: vscode.l10n.t("mixed precision; about 3 digits"),
		float64: vscode.l10n.t("double precision"),
	};
	const items = adviceDtypes.map((dtype) => ({ label: dtype, description: descriptions[dtype], dtype }));
	const result = await pickOne(vscode.l10n.t("In which type does the network compute?"), items, step, total);
	if (result === "back" || result === "cancelled") return result;
	answers.dtype = result.dtype;
	return "next";
}

async function askDepth(answers: Answers, step: number, total: number): Promise<Step> {
	const plainly = (depth: number) => ({
		label: vscode.l10n.t("{0} layers", String(depth)),
		description: vscode.l10n.t("without normalisation or residual connections"),
		depth,
		plain: true,
	});
	const items = [
		plainly(3),
		plainly(10),
		plainly(30),
		{
			label: vscode.l10n.t("Normalised or residual layers"),
			description: vscode.l10n.t("any number: they keep signal and gradient by themselves"),
			depth: 3,
			plain: false,
		},
		{ label: vscode.l10n.t("Another number…"), description: "", depth: null, plain: true },
	];
	const result = await pickOne(vscode.l10n.t("How many hidden layers?"), items, step, total);
	if (result === "back" || result === "cancelled") return result;
	const depth = result.depth ?? (await askNumberOfLayers());
	if (depth === undefined) return "again";
	answers.depth = depth;
	answers.plain = result.plain;
	return "next";
}

async function askNumberOfLayers(): Promise<number | undefined> {
	const [least, most] = adviceLimits.depth;
	const isDepth = (text: string) => /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
	const text = await vscode.window.showInputBox({
		title: vscode.l10n.t("How many hidden layers?"),
		value: "6",
		validateInput: (value) =>
			isDepth(value) ? undefined : vscode.l10n.t("A whole number from {0} to {1}.", String(least), String(most)),
	});
	return text === undefined ? undefined : Number(text);
}

async function askData(answers: Answers, step: number, total: number): Promise<Step> {
	const items = [
		...dataItems(),
		{
			label: vscode.l10n.t("No data"),
			description: vscode.l10n.t("from facts alone, without training"),
			data: undefined,
		},
	];
	const title = vscode.l10n.t("On which data? Training takes {0} seconds at most", String(SECONDS));
	const result = await pickOne(title, items, step, total);
	if (result === "back" || result === "cancelled") return result;
	const data = result.data === null ? await askDataFile() : (result.data ?? null);
	if (data === undefined) return "again";
	answers.data = data;
	return "next";
}

/** What an advice came to. */
export interface GivenAdvice {
	readonly advice: Advice;
	readonly words: DescribedAdvice;
	/** Of the study, which is kept; undefined where nothing was trained. */
	readonly runId: string | undefined;
}

/** Answers a question, with its progress and cancel as a notification; undefined where that was cancelled. */
export async function answerAdvice(spec: AdviceSpec, studies: Studies): Promise<GivenAdvice | undefined> {
	const { ProgressLocation } = vscode;
	const title = vscode.l10n.t("Which Activation?");
	const options = { location: ProgressLocation.Notification, title, cancellable: true };
	return vscode.window.withProgress(options, async (progress, cancellation) => {
		const abort = new AbortController();
		cancellation.onCancellationRequested(() => abort.abort());
		let shown = 0;
		const report = (share: number, message: string) => {
			progress.report({ increment: 100 * (share - shown), message });
			shown = share;
		};
		let runId: string | undefined;
		let message = "";
		const given = await giveAdvice(spec, {
			title,
			machine: studies.machine,
			signal: abort.signal,
			readData: (data) => studies.dataOf(parseStudy({ activations: spec.candidates, data })),
			onPlan: ({ study, work }) => {
				message = vscode.l10n.t(
					"training {0} activations with {1} seeds: about {2} s, at most {3} s",
					String(study.activations.length),
					String(study.seeds.length),
					String(Math.max(1, Math.ceil(work.seconds))),
					String(spec.seconds),
				);
			},
			onFacts: (done) =>
				report((FACTS_SHARE * done) / spec.candidates.length, vscode.l10n.t("facts of each candidate")),
			train: async (study, table, signal) => {
				report(FACTS_SHARE, message);
				const { id, ended } = await studies.start(study, table);
				runId = id;
				const onShare = (share: number) => report(FACTS_SHARE + (1 - FACTS_SHARE) * share, message);
				return (await studies.until(id, ended, signal, onShare)).events;
			},
		});
		if (!given) return undefined;
		const { evidence, advice } = given;
		const words = describeAdvice(evidence, advice, vscode.l10n.t);
		return { advice, words, runId };
	});
}
