import { type Advice, advise, type Evidence } from "../core/advice/advise.ts";
import type { CandidateFacts } from "../core/advice/candidate.ts";
import { type AdviceSpec, type AdviceStudy, adviceStudy } from "../protocol/adviceSpec.ts";
import { dataTitle } from "../protocol/dataTitle.ts";
import type { Study, StudyData } from "../protocol/study.ts";
import { checkFit, type Machine } from "../protocol/studyWork.ts";
import type { StudyTable, TrainerEvent } from "../protocol/trainer.ts";
import { evidenceOf, factsOf } from "./adviceEvidence.ts";

/** What advice needs of whoever gives it. */
export interface AdviceMeans {
	/** What the study is called before the name of its data, if it is listed somewhere. */
	readonly title?: string;
	/** What to train on. */
	readonly machine: Machine;
	/** Ends it all; the answer is undefined then. */
	readonly signal: AbortSignal;
	readData(data: StudyData): Promise<StudyTable>;
	/** Told before anything is measured. */
	onPlan?(planned: AdviceStudy): void;
	/** Told of so many candidates whose facts are known. */
	onFacts?(done: number): void;
	/** Trains as any study is trained, until the end or the signal, and gives what was reported. */
	train(study: Study, table: StudyTable, signal: AbortSignal): Promise<readonly TrainerEvent[]>;
}

/** A question that cannot be answered as it is asked: one sentence with its field. */
export class AdviceRefusal extends Error {}

/**
 * Answers a question: plans the study where there are data, derives the facts, trains for `spec.seconds` at most.
 * Undefined where the signal ended it. Throws an `AdviceRefusal` for data or a candidate that cannot be taken; what is
 * wrong with the data is said before anything is measured.
 */
export async function giveAdvice(
	spec: AdviceSpec,
	means: AdviceMeans,
): Promise<{ readonly evidence: Evidence; readonly advice: Advice } | undefined> {
	const { signal } = means;
	const planned = spec.data && (await refusing("data", plan(spec, spec.data, means)));
	const facts = await refusing<readonly CandidateFacts[]>("candidates", factsOf(spec, means.onFacts, signal));
	if (signal.aborted) return undefined;
	const trained = planned && {
		study: planned.study,
		events: await within(spec.seconds, signal, (limited) => means.train(planned.study, planned.table, limited)),
	};
	if (signal.aborted) return undefined;
	const evidence = evidenceOf(spec, facts, trained);
	return { evidence, advice: advise(evidence) };
}

/** Reads the data, so that the study can be made as large as there is time for. */
async function plan(spec: AdviceSpec, data: StudyData, { title, machine, readData, onPlan }: AdviceMeans) {
	const table = await readData(data);
	const name = [title, dataTitle(data)].filter((part) => part !== undefined).join(" · ");
	const planned = adviceStudy(spec, table, machine, name);
	checkFit(planned.study, table);
	onPlan?.(planned);
	return { study: planned.study, table };
}

/**
 * Does something until it is done, so long at most, and no longer than the signal lets it. `AbortSignal.timeout` would be
 * shorter, but joined to another by `any` it is garbage to Node 20, and never ends anything.
 */
async function within<T>(seconds: number, signal: AbortSignal, act: (limited: AbortSignal) => Promise<T>): Promise<T> {
	const limit = new AbortController();
	const end = () => limit.abort();
	const timer = setTimeout(end, seconds * 1000);
	signal.addEventListener("abort", end);
	try {
		return await act(limit.signal);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", end);
	}
}

async function refusing<T>(field: string, asked: Promise<T>): Promise<T> {
	try {
		return await asked;
	} catch (error) {
		throw new AdviceRefusal(`${field}: ${error instanceof Error ? error.message : error}`);
	}
}
