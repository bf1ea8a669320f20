import type { ReadCode } from "../../reading/code/codeReading.ts";
import type { Translate } from "../../texts.ts";
import { inspectDefinition, isInspected } from "../inspectDefinition.ts";
import { CodeUnderRules } from "./codeUnderRules.ts";
import { hazardFindings } from "./hazards.ts";
import type { Finding, RuleId } from "./rule.ts";
import type { RuleSettings } from "./ruleSettings.ts";
import { rules } from "./rules.ts";
import { Suppressions } from "./suppressions.ts";

/** All findings of a file, in the order of the text. */
export function lint(read: ReadCode, settings: RuleSettings, t: Translate): Finding[] {
	const hazards = read.definitions.flatMap((definition) =>
		isInspected(definition) ? hazardFindings(definition, inspectDefinition(definition), read.text, t) : [],
	);
	return settled([...codeFindings(read, t), ...hazards], read.text, settings);
}

/** The findings of the rules that look at the code alone, in no order; of those of hazards and of models others tell. */
export function codeFindings(read: ReadCode, t: Translate): Finding[] {
	const code = new CodeUnderRules(read, t);
	return Object.entries(rules).flatMap(([id, rule]) => {
		if (!("check" in rule)) return [];
		return [...rule.check(code)].map(({ fixes = [], ...report }) => ({
			severity: rule.severity,
			evidence: {},
			...report,
			rule: id as RuleId, // Keys of `rules`.
			fixes: () => fixes,
		}));
	});
}

/** Findings in the order of the text, as the settings and the comments of the text will have them. */
export function settled(findings: readonly Finding[], text: string, settings: RuleSettings): Finding[] {
	const suppressions = new Suppressions(text);
	return findings
		.flatMap((finding) => {
			const own = rules[finding.rule].severity;
			// What a rule says of a finding itself (a hint, a warning under some conditions) holds whatever is set.
			const severity = finding.severity === own ? (settings[finding.rule] ?? own) : finding.severity;
			if (settings[finding.rule] === "off" || severity === "off") return [];
			return suppressions.has(finding.rule, finding.span) ? [] : [{ ...finding, severity }];
		})
		.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}
