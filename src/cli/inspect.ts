import { libraryCall } from "../core/diagnosis/codeEdits.ts";
import type { Hazard } from "../core/diagnosis/hazard.ts";
import { type Inspection, inspectDefinition } from "../core/diagnosis/inspectDefinition.ts";
import { codeLibraryOf, stableFormOf } from "../core/diagnosis/stableForm.ts";
import { describeIdentity } from "../core/explanation/describeIdentity.ts";
import type { Definition } from "../core/reading/use.ts";
import type { Span } from "../core/span.ts";
import type { Located, Locator } from "../engines/located.ts";
import { readArguments } from "./arguments.ts";
import { definitionsAt, type FileDefinitions } from "./definitions.ts";
import type { CommandIo } from "./io.ts";
import { toJson } from "./json.ts";
import { placeText } from "./place.ts";

/**
 * `inspect FILE[:LINE[:COLUMN]] [--json]`: the hand-written activations of a file, or the innermost one at a place, one
 * a line; exit 1 where there is none.
 */
export async function inspectCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values: options, positionals } = readArguments(args, { json: { type: "boolean" } });
	const complain = (message: string) => io.complain(`activation-lens inspect: ${message}`);
	const found = await definitionsAt(positionals, complain);
	if (found.definitions.length === 0) {
		complain(`no hand-written activation in ${positionals[0]}`);
		return 1;
	}
	for (const definition of found.definitions) {
		if (io.signal.aborted) return 130;
		const inspection = inspectDefinition(definition);
		await io.write(
			`${options.json ? toJson(asJson(found, definition, inspection)) : readable(found, definition, inspection)}\n`,
		);
	}
	return 0;
}

function asJson({ file, text, locator }: FileDefinitions, definition: Definition, inspection: Inspection): unknown {
	const { hazards, gradientHazards, losses, ...rest } = inspection;
	const located = ({ culprit, ...hazard }: Hazard) => {
		const span = definition.understood?.origins.get(culprit);
		const place = span && { ...startOf(span, locator), text: text.slice(span.start, span.end) };
		return { ...hazard, culprit: place ?? null };
	};
	return {
		file,
		...startOf(definition.nameSpan, locator),
		...rest,
		stable: stableFormOf(definition, inspection, codeLibraryOf(definition, text))?.code ?? null,
		libraryFunction: libraryCall(definition, text),
		hazards: hazards.map(located),
		gradientHazards: gradientHazards.map(located),
		losses: losses.map(located),
	};
}

function readable({ file, text, locator }: FileDefinitions, definition: Definition, inspection: Inspection): string {
	const { name, identity, expression, hazards, losses, gradientHazards, reason, notInspected } = inspection;
	const at = locator.region(definition.nameSpan);
	const lines = [`${placeText(file, at)}  ${name}: ${reason ?? identity?.activation ?? "not in the catalog"}`];
	if (expression) lines.push(`  f(x) = ${expression}`);
	if (definition.understood) lines.push(`  ${describeIdentity(definition)}`);
	const line = (what: string, { dtype, kind, lo, hi, witness, culprit }: Hazard) => {
		const span = definition.understood?.origins.get(culprit);
		const at = span ? ` at ${text.slice(span.start, span.end).replace(/\s+/g, " ").slice(0, 60)}` : "";
		const [low, high] = [lo, hi].map((value) => Number(value.toPrecision(6)));
		const range = `${kind} for x ${lo === hi ? `= ${low}` : `from ${low} to ${high}`}`;
		return `  ${dtype}: ${range}${at}; ${what}(${witness.x}) gives ${witness.got}, is ${witness.expected}`;
	};
	lines.push(...[...hazards, ...losses].map((one) => line("f", one)), ...gradientHazards.map((one) => line("f′", one)));
	for (const one of notInspected) lines.push(`  ${one.dtype}: not looked at: ${one.reason}`);
	const stable = stableFormOf(definition, inspection, codeLibraryOf(definition, text));
	if (stable) lines.push(`  stable: ${stable.code}`);
	const call = libraryCall(definition, text);
	if (call) lines.push(`  the library's own: ${call}`);
	return lines.join("\n");
}

function startOf(span: Span, locator: Locator): Pick<Located, "cell" | "line" | "column"> {
	const { cell, line, column } = locator.region(span);
	return { ...(cell === undefined ? {} : { cell }), line, column };
}
