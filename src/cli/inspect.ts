import type { Hazard } from "../core/diagnosis/hazards.ts";
import { type Inspection, inspectDefinition } from "../core/diagnosis/inspectDefinition.ts";
import { readSource } from "../core/reading/readSource.ts";
import type { Definition } from "../core/reading/use.ts";
import { readArguments } from "./arguments.ts";
import { lineAndColumn, textOf } from "./explain.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";
import { languageOf } from "./sourceFiles.ts";

/**
 * `inspect FILE[:LINE[:COLUMN]] [--json]`: the hand-written activations of a file, or the innermost one at a place, one
 * a line; exit 1 where there is none.
 */
export async function inspectCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values: options, positionals } = readArguments(args, { json: { type: "boolean" } });
	if (positionals.length !== 1) {
		throw new Misuse(
			`expected one FILE, FILE:LINE or FILE:LINE:COLUMN, got ${positionals.length === 0 ? "none" : positionals.join(" ")}`,
		);
	}
	const { file, line, column } = placeOf(positionals[0]!);
	const language = languageOf(file);
	if (!language || language === "notebook") throw new Misuse(`expected a source file, got ${file}`);
	const text = await textOf(file);
	const { definitions } = readSource(text, language);
	const wanted = line === null ? definitions : innermost(definitions, text, line, column);
	if (wanted.length === 0) {
		io.complain(`activation-lens inspect: no hand-written activation in ${positionals[0]}`);
		return 1;
	}
	for (const definition of wanted) {
		if (io.signal.aborted) return 130;
		const inspection = inspectDefinition(definition);
		await io.write(
			`${options.json ? toJson(asJson(file, text, definition, inspection)) : readable(file, text, definition, inspection)}\n`,
		);
	}
	return 0;
}

function placeOf(argument: string): { file: string; line: number | null; column: number | null } {
	const [, file = argument, line, column] = /^(.+?)(?::(\d+))?(?::(\d+))?$/s.exec(argument) ?? [];
	if (line !== undefined && Number(line) === 0) throw new Misuse(`expected a line from 1, got 0 in ${argument}`);
	return {
		file,
		line: line === undefined ? null : Number(line),
		column: column === undefined ? null : Number(column),
	};
}

function innermost(
	definitions: readonly Definition[],
	text: string,
	line: number,
	column: number | null,
): readonly Definition[] {
	const around = definitions.filter(({ span }) => {
		const [from, to] = [lineAndColumn(text, span.start), lineAndColumn(text, span.end)];
		if (line < from.line || line > to.line) return false;
		if (column === null) return true;
		return (line > from.line || column >= from.column) && (line < to.line || column <= to.column);
	});
	return around.sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start)).slice(0, 1);
}

function asJson(
	file: string,
	text: string,
	definition: Definition,
	{ hazards, gradientHazards, ...rest }: Inspection,
): unknown {
	const located = ({ culprit, ...hazard }: Hazard) => {
		const span = definition.understood?.origins.get(culprit);
		const place = span && { ...lineAndColumn(text, span.start), text: text.slice(span.start, span.end) };
		return { ...hazard, culprit: place ?? null };
	};
	return {
		file,
		...lineAndColumn(text, definition.nameSpan.start),
		...rest,
		hazards: hazards.map(located),
		gradientHazards: gradientHazards.map(located),
	};
}

function readable(file: string, text: string, definition: Definition, inspection: Inspection): string {
	const { name, identity, expression, hazards, gradientHazards, stable, reason, notInspected } = inspection;
	const at = lineAndColumn(text, definition.nameSpan.start);
	const lines = [`${file}:${at.line}:${at.column}  ${name}: ${reason ?? identity?.activation ?? "not in the catalog"}`];
	if (expression) lines.push(`  f(x) = ${expression}`);
	const difference = identity?.largestDifference;
	if (difference && difference.difference > 0) {
		lines.push(
			`  largest difference in float64: ${difference.difference.toPrecision(3)} at x = ${difference.x.toPrecision(4)}`,
		);
	}
	const line = (what: string, { dtype, kind, lo, hi, witness, culprit }: Hazard) => {
		const span = definition.understood?.origins.get(culprit);
		const at = span ? ` at ${text.slice(span.start, span.end).replace(/\s+/g, " ").slice(0, 60)}` : "";
		const range = `${kind} for x from ${lo.toPrecision(6)} to ${hi.toPrecision(6)}`;
		return `  ${dtype}: ${range}${at}; ${what}(${witness.x}) gives ${witness.got}, is ${witness.expected}`;
	};
	lines.push(...hazards.map((one) => line("f", one)), ...gradientHazards.map((one) => line("f′", one)));
	for (const one of notInspected) lines.push(`  ${one.dtype}: not looked at: ${one.reason}`);
	if (stable) lines.push(`  stable: ${stable}`);
	return lines.join("\n");
}
