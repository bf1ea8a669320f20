import type { Translate } from "../../texts.ts";
import { describeFix, describeModelFinding } from "../propagation/describeForecast.ts";
import { modelFindings } from "../propagation/findings.ts";
import type { ModelReading } from "../propagation/modelReading.ts";
import type { ReservationKind } from "../propagation/reservations.ts";
import type { Finding, RuleFacts } from "./rule.ts";
import { stackedLinear } from "./stackedLinear.ts";

/** What becomes of signal and gradient in a model before it is trained. */
export const modelRules = {
	"dead-signal": { severity: "information", summary: "The signal fades before the last layer" },
	"exploding-gradient": { severity: "information", summary: "The gradient grows towards the first layers" },
	"exploding-signal": { severity: "information", summary: "The signal grows towards the last layer" },
	"vanishing-gradient": { severity: "information", summary: "The gradient does not reach the first layers" },
	"stacked-linear": { severity: "warning", summary: "Two linear layers with nothing between" },
} as const satisfies Readonly<Record<string, RuleFacts>>;

/** Reservations that leave the order of magnitude as it is. */
const HARMLESS: ReadonlySet<ReservationKind> = new Set(["narrow", "places", "stochastic", "bytes", "output left out"]);

/** The findings of the models that a text makes, each place once. */
export function modelReports(readings: readonly ModelReading[], t: Translate): Finding[] {
	const found = new Map<string, Finding>();
	for (const reading of readings) {
		for (const finding of [...ofForecast(reading, t), ...stackedLinear(reading.model, t)]) {
			const key = `${finding.rule} ${finding.span.start}`;
			if (!found.has(key)) found.set(key, finding);
		}
	}
	return [...found.values()];
}

/** A forecast whose assumptions do not hold, or of which a part is not understood, finds nothing. */
function ofForecast(reading: ModelReading, t: Translate): Finding[] {
	const { model, forecast } = reading;
	if (forecast.reservations.some(({ kind }) => !HARMLESS.has(kind))) return [];
	return modelFindings(model, forecast).map((finding) => ({
		rule: finding.rule,
		severity: modelRules[finding.rule].severity,
		// The model's name: the layers that show it may be many, or of another file.
		span: model.nameSpan,
		message: `${model.name}: ${describeModelFinding(model, finding, t)}`,
		evidence: { stage: finding.stage, stages: finding.stages, value: finding.value },
		fixes: () => reading.fixes.flatMap((fix) => (fix.edits ? [{ title: describeFix(fix, t), edits: fix.edits }] : [])),
	}));
}
