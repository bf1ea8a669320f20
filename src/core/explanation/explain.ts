import type { Activation } from "../activations/activation.ts";
import { findActivation } from "../activations/catalog.ts";
import { plainRelu } from "../activations/plainRelu.ts";
import { interestingDomain, sampleCurve } from "../activations/sample.ts";
import { findVectorActivation } from "../activations/vector.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { printFormula } from "../expression/formula.ts";
import { formatNumber } from "../numerics/formatNumber.ts";
import type { ActivationUse, ArgumentValue, Definition } from "../reading/use.ts";
import type { Span } from "../span.ts";
import { english, type Translate } from "../texts.ts";
import type { NoValues } from "./codeValues.ts";
import { describeFacts, type Fact } from "./describeFacts.ts";
import { describeIdentity } from "./describeIdentity.ts";
import { codeBlock, codeSpan, escapeMarkdown } from "./markdown.ts";
import { differenceNote } from "./notes.ts";
import { type PlotTheme, plotSvg, svgDataUri } from "./plot.ts";
import { type ExplainedValues, type Found, print, type Subject, textOf, valuesOf } from "./valuesOfUse.ts";

/** What a hover is made of; each part can be turned off. */
export type ExplanationPart = "plot" | "formula" | "values" | "range" | "gradient" | "notes";

export const explanationParts: readonly ExplanationPart[] = ["plot", "formula", "values", "range", "gradient", "notes"];

export interface ExplainOptions {
	/** The text that the use was read from; without it lines are not named and fewer values are certain. */
	readonly source?: string;
	/** The editor's kind of theme; light if not given. */
	readonly theme?: PlotTheme;
	/** Parts that are off, by `false`. */
	readonly parts?: Readonly<Partial<Record<ExplanationPart, boolean>>>;
	readonly translate?: Translate;
}

/** An activation at a place in the code, ready to be shown. */
export interface Explanation {
	/** The name: "GELU", or that of the hand-written function. */
	readonly title: string;
	/** Canonical id of the catalog's entry that this is, or is identical to; null if there is none. */
	readonly activation: string | null;
	/** What a hand-written function is: "identical to SiLU", "not in the catalog", "not understood: …"; else null. */
	readonly identity: string | null;
	readonly formula: string | null;
	readonly parameters: Readonly<Record<string, number>>;
	readonly facts: readonly Fact[];
	readonly values: ExplainedValues | null;
	readonly notes: readonly string[];
	/** The picture of f and f′ as SVG; null where there is none, or it is turned off. */
	readonly plot: string | null;
	/** All of it, without what is turned off. Text from the user's file is escaped; needs neither trust nor HTML. */
	readonly markdown: string;
}

/** Points of a curve; the picture drops those that change nothing. */
const CURVE_POINTS = 241;
/** A formula is cut here; it is to be taken in at a glance. */
const LONGEST_FORMULA = 180;
/** A longer print is cut in the middle. */
const MOST_PRINTED_LINES = 5;
/** Explains a use of an activation that was read from source. */
export function explain(use: ActivationUse, options: ExplainOptions = {}): Explanation {
	const t = options.translate ?? english;
	const subject = subjectOf(use);
	const activation = subject.kind === "elementwise" ? sharedActivation(subject.activation) : null;
	const parameters = parametersOf(use, activation);
	const has = (part: ExplanationPart) => options.parts?.[part] !== false;

	const wanted = has("range") || has("gradient");
	const facts = activation && wanted ? describeFacts(activation, parameters, t).filter(({ part }) => has(part)) : [];
	const found = has("values") ? valuesOf(use, subject, parameters, options.source ?? null) : null;
	const values = found?.values ?? null;
	const notes = has("notes") ? notesOf(use, subject, parameters, found, t) : [];
	const plot = activation && has("plot") ? plotOf(activation, parameters, options.theme ?? "light") : null;
	const formula = has("formula") ? formulaOf(subject) : null;
	const title =
		subject.kind === "unknown" || use.definition ? (use.definition?.name ?? use.text) : subject.activation.name;
	const identity = identityOf(use, options.source ?? null, t);
	const result = { title, activation: use.activation, identity, formula, parameters, facts, values, notes, plot };
	return { ...result, markdown: markdownOf(result, use, t) };
}

/** A hand-written function is explained as it is written, even where it is identical to a catalog's entry. */
function subjectOf(use: ActivationUse): Subject {
	const { definition } = use;
	const id = simplerId(use);
	if (definition) {
		if (definition.understood) return { kind: "elementwise", activation: definition.understood.activation };
		// A hand-written softmax is known by its shape; what its steps yield is not followed.
		const whole = id === null ? undefined : findVectorActivation(id);
		return whole ? { kind: "vector", activation: whole } : { kind: "unknown" };
	}
	const elementwise = id === null ? undefined : findActivation(id);
	if (elementwise) return { kind: "elementwise", activation: elementwise };
	const vector = id === null ? undefined : findVectorActivation(id);
	return vector ? { kind: "vector", activation: vector } : { kind: "unknown" };
}

/** The activation's id, in its plain form where that is certain. */
function simplerId({ activation: id, parameters, unknownParameters }: ActivationUse): string | null {
	return id === null || unknownParameters.length > 0 ? id : plainRelu(id, parameters);
}

const byExpression = new WeakMap<Expression, Activation>();

/**
 * The activation first seen with the same expression. Reading an edited text again makes new objects of what has not
 * changed, while equal expressions are one object; so what is known of it (facts, picture) need not be found again.
 */
function sharedActivation(activation: Activation): Activation {
	if (activation.origin === "catalog") return activation;
	const known = byExpression.get(activation.stable);
	const names = (one: Activation) => one.parameters.map(({ name }) => name).join();
	if (known && names(known) === names(activation)) return known;
	byExpression.set(activation.stable, activation);
	return activation;
}

/** The values in force: those of the use, else the activation's defaults. */
function parametersOf(use: ActivationUse, activation: Activation | null): Parameters {
	const names = activation?.parameters ?? [];
	return Object.fromEntries(names.map(({ name, default: value }) => [name, use.parameters[name] ?? value]));
}

function formulaOf(subject: Subject): string | null {
	if (subject.kind === "elementwise") return `f(x) = ${printFormula(subject.activation.definition)}`;
	return subject.kind === "vector" ? subject.activation.formula : null;
}

function identityOf(use: ActivationUse, source: string | null, t: Translate): string | null {
	const { definition } = use;
	if (!definition) return null;
	if (!definition.understood) {
		const whole = use.activation === null ? undefined : findVectorActivation(use.activation);
		if (whole) return t("a form of {0}", whole.name);
		const construct = (definition.reason ?? "").replace(/^not understood: /, "") || t("its body");
		const line = definition.reasonSpan && lineOf(definition, definition.reasonSpan, source);
		return line ? t("not understood: {0} in line {1}", construct, String(line)) : t("not understood: {0}", construct);
	}
	return describeIdentity(definition, t);
}

function notesOf(
	use: ActivationUse,
	subject: Subject,
	parameters: Parameters,
	values: Found | null,
	t: Translate,
): string[] {
	const notes: string[] = [];
	for (const name of use.unknownParameters) {
		const value = parameters[name];
		if (value === undefined) continue;
		notes.push(t("{0} is not known here: shown with {1}.", codeSpan(name), formatNumber(value)));
	}
	if (values?.astray) {
		const { x, written, exact } = values.astray;
		const [at, gives, is] = [x, written, exact].map((number) => formatNumber(number)) as [string, string, string];
		notes.push(t("As written, the code gives {1} at x = {0}, where the function is {2}.", at, gives, is));
	}
	const reason = values?.reason && reasonText(values.reason, use, t);
	if (reason) notes.push(reason);
	if (values?.rough && values.values && values.values.input.length > 1) {
		notes.push(
			t("In {0} the last digits can differ: libraries and processors round in their own ways.", values.values.dtype),
		);
	}
	if (values?.values && use.definition?.returnsTuple)
		notes.push(t("The value is the first one of the returned tuple."));
	const difference = subject.kind === "elementwise" && differenceNote(subject.activation.id, use.library, t);
	if (difference) notes.push(difference);
	return notes;
}

function reasonText(reason: NoValues, { argument, library }: ActivationUse, t: Translate): string {
	switch (reason) {
		case "one number at a time":
			return t("The function takes one number at a time, and is given an array.");
		case "Python raises an exception":
			return t("Python raises an exception for this number.");
		case "type not certain":
			return t("No values: the type of the result is not certain.");
		case "whole numbers are refused":
			return t("{0} raises an exception for an array of whole numbers.", libraryName(argument?.container ?? library));
	}
}

function libraryName(library: string): string {
	const names: Readonly<Record<string, string>> = { torch: "PyTorch", jax: "JAX", numpy: "NumPy" };
	return names[library] ?? library;
}

function lineOf(definition: Definition, span: Span, source: string | null): number | null {
	if (source === null || textOf(definition, source) === null) return null;
	return source.slice(0, span.start).split("\n").length;
}

const plots = new WeakMap<Activation, Map<string, string>>();

function plotOf(activation: Activation, parameters: Parameters, theme: PlotTheme): string {
	const key = `${theme} ${Object.values(parameters).join(" ")}`;
	const known = plots.get(activation) ?? new Map<string, string>();
	plots.set(activation, known);
	let svg = known.get(key);
	if (svg === undefined) {
		const [min, max] = interestingDomain(activation, parameters);
		svg = plotSvg(sampleCurve(activation, parameters, min, max, CURVE_POINTS), theme);
		known.set(key, svg);
	}
	return svg;
}

function markdownOf(explanation: Omit<Explanation, "markdown">, use: ActivationUse, t: Translate): string {
	const { title, identity, formula, parameters, facts, values, notes, plot } = explanation;
	const settings = Object.entries(parameters)
		.filter(([, value]) => Number.isFinite(value))
		.map(([name, value]) => `${name} = ${formatNumber(value)}`);
	const heading = [
		`**${escapeMarkdown(title)}**`,
		...(identity ? [escapeMarkdown(identity)] : []),
		...(settings.length > 0 ? [codeSpan(settings.join(", "))] : []),
	].join(" · ");
	const blocks: string[] = [heading];
	// What only this place in the code has comes first: a hover shows its top without scrolling.
	if (values) blocks.push(valuesMarkdown(values, use, t));
	if (plot) blocks.push(`![${t("f (solid) and f′ (dashed)")}](${svgDataUri(plot)})`);
	const lines: string[] = [];
	if (formula) lines.push(codeSpan(formula, LONGEST_FORMULA));
	for (const fact of facts) lines.push(`${fact.name}: ${fact.text}`);
	if (lines.length > 0) blocks.push(lines.join("  \n"));
	if (notes.length > 0) blocks.push(notes.map((note) => `*${note}*`).join("  \n"));
	return blocks.join("\n\n");
}

/** The container whose print is no longer than the numbers. */
const shortest = (container: ArgumentValue["container"]) => (container === "tensorflow" ? "numpy" : container);

function valuesMarkdown(values: ExplainedValues, use: ActivationUse, t: Translate): string {
	const callee = use.kind === "module" || use.kind === "string" || use.kind === "instance" ? "f" : use.text;
	const { shape, input, value, derivative, print: text } = values;
	if (shape.length === 0 && input.length === 1) {
		const call = codeSpan(`${callee}(${formatNumber(input[0]!)})`);
		const slope = derivative ? `, ${t("slope {0}", formatNumber(derivative[0]!))}` : "";
		return `${call} = ${formatNumber(value[0]!)}${slope}`;
	}
	const lines = text.split("\n");
	const shown =
		lines.length <= MOST_PRINTED_LINES
			? lines
			: [...lines.slice(0, MOST_PRINTED_LINES - 2), "…", lines[lines.length - 1]!];
	const given = use.argument;
	const argument = given && print({ values: input, shape: given.shape, dtype: given.dtype }, shortest(given.container));
	const call =
		argument && !argument.includes("\n") && argument.length <= 60 ? `${callee}(${argument})` : `${callee}(…)`;
	return `${codeSpan(call)} =\n${codeBlock(shown.join("\n"))}`;
}
