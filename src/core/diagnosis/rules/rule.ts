import type { Span } from "../../span.ts";
import type { Edit } from "../edit.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";

/** Never change meaning: they stand in comments and settings. */
export type RuleId =
	| "activation-before-logits-loss"
	| "dead-signal"
	| "exploding-gradient"
	| "exploding-signal"
	| "hazard-exception"
	| "hazard-inf"
	| "hazard-nan"
	| "hazard-relerr"
	| "hazard-zero"
	| "log-of-softmax"
	| "sigmoid-before-bce"
	| "softmax-twice"
	| "softmax-without-dim"
	| "stacked-linear"
	| "unguarded-log-exp"
	| "unknown-activation"
	| "unsafe-where"
	| "vanishing-gradient";

/** From what breaks the program to what is worth knowing. */
export type Severity = "error" | "warning" | "information" | "hint";

/** A change of the text that mends a finding. */
export interface Fix {
	readonly title: string;
	/** Replacements that do not overlap. */
	readonly edits: readonly Edit[];
}

/** What a rule says of a place in the code. */
export interface Finding {
	readonly rule: RuleId;
	readonly severity: Severity;
	readonly span: Span;
	/** The cause, the number where there is one, and what to do: one line. */
	readonly message: string;
	/** The numbers of the message. */
	readonly evidence: Readonly<Record<string, number>>;
	/** Another place that has a part in it. */
	readonly related?: { readonly span: Span; readonly message: string };
	/** Made when asked for: some take longer than the finding. */
	fixes(): readonly Fix[];
}

/** A finding as a rule reports it: its own id and severity hold unless it says otherwise. */
export interface Report extends Pick<Finding, "span" | "message" | "related"> {
	readonly severity?: Severity;
	readonly evidence?: Finding["evidence"];
	readonly fixes?: readonly Fix[];
}

/** What is known of every rule. */
export interface RuleFacts {
	/** How grave its findings are unless one says otherwise. */
	readonly severity: Severity;
	/** What is wrong, as a title. */
	readonly summary: string;
}

/** A rule that looks at the code of a file. */
export interface Rule extends RuleFacts {
	check(code: CodeUnderRules): Iterable<Report>;
}
