import { setImmediate } from "node:timers/promises";
import type { Evidence, StudyEvidence } from "../core/advice/advise.ts";
import { type CandidateFacts, candidateFacts } from "../core/advice/candidate.ts";
import type { AdviceSpec } from "../protocol/adviceSpec.ts";
import type { Study } from "../protocol/study.ts";
import { resultOf } from "../protocol/studyResult.ts";
import type { TrainerEvent } from "../protocol/trainer.ts";
import { costOf } from "./cost.ts";
import { activationOf } from "./sessionOf.ts";
import { runsOf } from "./studyRunner.ts";

/**
 * The facts of all candidates, one after the other; whoever waits may report or stop between two. Throws an Error that
 * names a candidate which is not understood.
 */
export async function factsOf(
	{ candidates, situation }: AdviceSpec,
	onFacts: (done: number) => void = () => {},
	signal?: AbortSignal,
): Promise<readonly CandidateFacts[]> {
	const facts: CandidateFacts[] = [];
	for (const chosen of candidates) {
		await setImmediate();
		if (signal?.aborted) break;
		const { id, label, parameters } = chosen;
		const activation = activationOf(chosen);
		facts.push(candidateFacts({ label, id, activation, parameters }, costOf(activation, parameters), situation));
		onFacts(facts.length);
	}
	return facts;
}

/** What the facts and a study's events, with or without those of its progress, say together. */
export function evidenceOf(
	{ situation, tieBreak }: AdviceSpec,
	candidates: readonly CandidateFacts[],
	trained: { readonly study: Study; readonly events: readonly TrainerEvent[] } | null,
): Evidence {
	return { situation, tieBreak, candidates, study: trained && studyEvidence(trained.study, trained.events) };
}

function studyEvidence(study: Study, events: readonly TrainerEvent[]): StudyEvidence {
	const ended = events.filter(({ kind }) => kind === "done" || kind === "diverged" || kind === "failed").length;
	return {
		result: resultOf(study, events),
		depth: study.network.hidden.length,
		seeds: study.seeds.length,
		epochs: study.epochs,
		learningRates: events.flatMap((event) => {
			const label = study.activations[event.run.activation]?.label;
			return event.kind === "tuned" && label !== undefined ? [{ label, learningRate: event.learningRate }] : [];
		}),
		tried: study.tuning?.learningRates ?? [],
		complete: ended === runsOf(study).length,
	};
}
