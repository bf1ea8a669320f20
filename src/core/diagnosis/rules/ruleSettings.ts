import type { RuleId, Severity } from "./rule.ts";
import { rules } from "./rules.ts";

/** How grave each rule's findings are, where that is not as the rule has it. */
export type RuleSettings = Readonly<Partial<Record<RuleId, Severity | "off">>>;

/** What a rule can be set to. */
export const settableSeverities: readonly (Severity | "off")[] = ["error", "warning", "information", "hint", "off"];

/** Rule settings from a document of the user's. Throws a RangeError that says what was expected and what was found. */
export function parseRuleSettings(value: unknown, where: string): RuleSettings {
	if (value === undefined || value === null) return {};
	if (typeof value !== "object" || Array.isArray(value)) {
		throw new RangeError(`${where} must be a table of rules with their severities, got ${JSON.stringify(value)}`);
	}
	for (const [id, severity] of Object.entries(value)) {
		if (!Object.hasOwn(rules, id)) {
			throw new RangeError(`${where} must name rules (${Object.keys(rules).join(", ")}), got "${id}"`);
		}
		if (!settableSeverities.some((one) => one === severity)) {
			const expected = settableSeverities.map((one) => `"${one}"`).join(", ");
			throw new RangeError(`${where}.${id} must be one of ${expected}, got ${JSON.stringify(severity)}`);
		}
	}
	return value as RuleSettings; // Every key and value was looked at.
}
