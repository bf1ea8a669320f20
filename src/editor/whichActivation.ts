import { availableParallelism } from "node:os";
import * as vscode from "vscode";
import { type Advice, advise } from "../core/advice/advise.ts";
import type { CandidateFacts } from "../core/advice/candidate.ts";
import { type DescribedAdvice, describeAdvice } from "../core/explanation/describeAdvice.ts";
import { evidenceOf, factsOf } from "../engines/adviceEvidence.ts";
import {
	type AdviceSpec,
	adviceDtypes,
	adviceLimits,
	adviceStudy,
	parseAdviceSpec,
	usualCandidates,
} from "../protocol/adviceSpec.ts";
import { dataTitle } from "../protocol/dataTitle.ts";
import type { RunView } from "../protocol/panel.ts";
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

/** Derives the facts and trains, with its progress and cancel as a notification; undefined where that was cancelled. */
export async function giveAdvice(spec: AdviceSpec, studies: Studies): Promise<GivenAdvice | undefined> {
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
		const planned = spec.data && (await plan(spec, spec.data, studies));
		const facts = await factsOf(
			spec,
			(done) => report((FACTS_SHARE * done) / spec.candidates.length, vscode.l10n.t("facts of each candidate")),
			abort.signal,
		);
		if (abort.signal.aborted) return undefined;
		const run = planned && (await train(planned, spec, studies, abort.signal, report));
		return abort.signal.aborted ? undefined : answer(spec, facts, run);
	});
}

function answer(spec: AdviceSpec, facts: readonly CandidateFacts[], run: RunView | null): GivenAdvice {
	const evidence = evidenceOf(spec, facts, run && { study: run.summary.study, events: run.events });
	const advice = advise(evidence);
	const words = describeAdvice(evidence, advice, (text, ...values) => vscode.l10n.t(text, ...values));
	return { advice, words, runId: run?.summary.id };
}

/** Reads the data, so that the study can be made as large as there is time for. */
async function plan(spec: AdviceSpec, data: StudyData, studies: Studies) {
	const table = await studies.dataOf(parseStudy({ activations: spec.candidates, data }));
	const workers = vscode.workspace.getConfiguration("activations.training").get("workers", 0);
	const name = `${vscode.l10n.t("Which Activation?")} · ${dataTitle(data)}`;
	return adviceStudy(spec, table, workers > 0 ? workers : availableParallelism(), name);
}

async function train(
	{ study, estimatedSeconds }: ReturnType<typeof adviceStudy>,
	{ seconds }: AdviceSpec,
	studies: Studies,
	signal: AbortSignal,
	report: (share: number, message: string) => void,
): Promise<RunView> {
	const { id, ended } = await studies.start(study);
	const cancel = () => studies.cancel(id);
	if (signal.aborted) cancel();
	signal.addEventListener("abort", cancel, { once: true });
	const timer = setTimeout(cancel, seconds * 1000);
	const message = vscode.l10n.t(
		"training {0} activations with {1} seeds: about {2} s, at most {3} s",
		String(study.activations.length),
		String(study.seeds.length),
		String(Math.max(1, Math.ceil(estimatedSeconds))),
		String(seconds),
	);
	report(FACTS_SHARE, message);
	let reported = 0;
	const subscription = studies.onDidReport((changed) => {
		const share = changed === id ? (studies.eventsOf(id)?.summary.progress ?? 0) : 0;
		if (share - reported < 0.02) return;
		report(FACTS_SHARE + (1 - FACTS_SHARE) * share, message);
		reported = share;
	});
	try {
		return await ended;
	} finally {
		clearTimeout(timer);
		subscription.dispose();
		signal.removeEventListener("abort", cancel);
	}
}
