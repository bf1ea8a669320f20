import type { Model } from "../../reading/model/model.ts";
import type { Span } from "../../span.ts";
import type { Forecast } from "./forecast.ts";
import { isRough } from "./reservations.ts";
import { isTrouble, type Verdict, verdictOf } from "./verdict.ts";

/** What is wrong with a model before its first step of training. */
export interface ModelFinding {
	readonly rule: "vanishing-gradient" | "exploding-gradient" | "dead-signal" | "exploding-signal";
	/** The weights of the stage where it shows most. */
	readonly span: Span;
	/** That stage, counted from 1, of how many. */
	readonly stage: number;
	readonly stages: number;
	/** The gradient's norm there relative to the last stage's; for a signal its root mean square relative to the input's. */
	readonly value: number;
	/** Whether the theory's assumptions do not hold, so that only a run tells the number. */
	readonly isRough: boolean;
	readonly verdict: Verdict;
}

const RULES = {
	"vanishing gradient": "vanishing-gradient",
	"exploding gradient": "exploding-gradient",
	"dead signal": "dead-signal",
	"exploding signal": "exploding-signal",
} as const;

/** At most one finding: a model whose gradient vanishes has no other trouble before that. */
export function modelFindings(model: Model, forecast: Forecast): ModelFinding[] {
	const verdict = verdictOf(model, forecast);
	if (!isTrouble(verdict.kind) || verdict.stage === null) return [];
	const stage = forecast.stages[verdict.stage];
	const ofGradient = verdict.kind === "vanishing gradient" || verdict.kind === "exploding gradient";
	return [
		{
			rule: RULES[verdict.kind],
			span: model.layers[stage.weights].span,
			stage: verdict.stage + 1,
			stages: forecast.stages.length,
			value: ofGradient ? stage.gradientRatio! : stage.forwardRms! / verdict.inputRms,
			isRough: isRough(forecast),
			verdict,
		},
	];
}
