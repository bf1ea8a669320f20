import type { Definition } from "../../reading/use.ts";
import type { Translate } from "../../texts.ts";
import { editsOf, stableReplacement } from "../codeEdits.ts";
import { describeHazards } from "../describeHazards.ts";
import type { HazardKind } from "../hazard.ts";
import type { Inspection } from "../inspectDefinition.ts";
import type { Finding, Fix, RuleFacts } from "./rule.ts";

/** What a hand-written activation loses, in some type; each kind can be turned off by itself. */
export const hazardRules: Readonly<Record<`hazard-${HazardKind}`, RuleFacts>> = {
	"hazard-exception": { severity: "information", summary: "A hand-written activation raises an exception" },
	"hazard-inf": { severity: "information", summary: "A hand-written activation overflows" },
	"hazard-nan": { severity: "information", summary: "A hand-written activation gives NaN" },
	"hazard-relerr": { severity: "information", summary: "A hand-written activation is more than 1 % wrong" },
	"hazard-zero": { severity: "information", summary: "A hand-written activation loses its value" },
};

/** The hazards of a definition of `text` as findings; what takes huge inputs is but a hint. */
export function hazardFindings(definition: Definition, inspection: Inspection, text: string, t: Translate): Finding[] {
	return describeHazards(inspection, t).flatMap(({ kind, culprit, message, isFar, witness }) => {
		const rule = `hazard-${kind}` as const;
		const origin = definition.understood?.origins.get(culprit);
		// What a library's own function loses inside is not for its users to mend.
		const isOfLibrary = !origin && inspection.vector === null;
		if (isOfLibrary && (kind === "zero" || kind === "relerr")) return [];
		const isOwn = origin && origin.start >= definition.span.start && origin.end <= definition.span.end;
		return {
			rule,
			severity: isFar ? "hint" : hazardRules[rule].severity,
			span: isOwn ? origin : definition.nameSpan,
			message,
			evidence: witness,
			fixes: () => fixesFor(definition, inspection, text, t),
		};
	});
}

function fixesFor(definition: Definition, inspection: Inspection, text: string, t: Translate): Fix[] {
	const stable = stableReplacement(definition, inspection, text);
	if (!stable) return [];
	return [{ title: t("Replace by stable form: {0}", shortened(stable.code)), edits: editsOf(stable, text) }];
}

/** Longer code is cut in a title, which is one line. */
const LONGEST = 80;

/** Code as part of a title. */
export function shortened(code: string): string {
	const line = code.replace(/^return /, "").replace(/\s+/g, " ");
	return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
