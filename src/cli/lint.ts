import type { Edit } from "../core/diagnosis/edit.ts";
import { lint } from "../core/diagnosis/rules/lint.ts";
import type { Finding } from "../core/diagnosis/rules/rule.ts";
import type { ReadCode } from "../core/reading/code/codeReading.ts";
import type { InWorkspace } from "../core/reading/readSource.ts";
import { english } from "../core/texts.ts";
import type { Located, Region } from "../engines/located.ts";
import { ProjectSettingsReader } from "../engines/projectSettings.ts";
import { type SourceFile, sourceFiles } from "../engines/sourceFiles.ts";
import { workspaceOf } from "../engines/workspaceFiles.ts";
import { readArguments } from "./arguments.ts";
import { checkPaths } from "./files.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";
import { locatedCode } from "./locatedCode.ts";
import { placeText } from "./place.ts";
import { toSarif } from "./sarif.ts";

/** A finding with its places as lines and columns. */
export interface LocatedFinding extends Located {
	readonly rule: Finding["rule"];
	readonly severity: Finding["severity"];
	readonly message: string;
	readonly evidence: Finding["evidence"];
	readonly related?: Located & { readonly message: string };
	readonly fixes: readonly { readonly title: string; readonly edits: readonly LocatedEdit[] }[];
}

export interface LocatedEdit extends Region {
	/** Index among all cells, in a notebook: an import may belong into another cell. */
	readonly cell?: number;
	readonly text: string;
}

const FORMATS = ["text", "json", "sarif"] as const;

/**
 * `lint PATH… [--format text|json|sarif]`: what is wrong with the activations in files and folders; exit 1 where there is
 * an error or a warning, 0 where there is none.
 */
export async function lintCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values, positionals } = readArguments(args, { format: { type: "string" } });
	const format = FORMATS.find((one) => one === (values.format ?? "text"));
	if (!format) throw new Misuse(`expected --format ${FORMATS.join(", ")}, got "${values.format}"`);
	await checkPaths(positionals);
	const settings = new ProjectSettingsReader();
	const placeOf = workspaceOf([".", ...positionals]);
	let isBad = false;
	let count = 0;
	const kept: LocatedFinding[] = [];
	const complain = (message: string) => io.complain(`activation-lens lint: ${message}`);
	for await (const file of sourceFiles(positionals, complain)) {
		if (io.signal.aborted) return 130;
		const { rules, excludes } = await settings.settingsFor(file.path).catch((error: unknown) => {
			throw error instanceof RangeError ? new Misuse(error.message) : error;
		});
		if (excludes(file.path)) continue;
		for (const finding of findingsIn(file, placeOf(file.path), complain, (read) => lint(read, rules, english))) {
			isBad ||= finding.severity === "error" || finding.severity === "warning";
			if (format === "text") await io.write(`${readable(finding)}\n`);
			else if (format === "json") await io.write(`${count === 0 ? "[" : ","}\n${toJson(finding)}`);
			else kept.push(finding);
			count++;
		}
	}
	if (format === "json") await io.write(count === 0 ? "[]\n" : "\n]\n");
	if (format === "sarif") await io.write(`${JSON.stringify(toSarif(kept), null, "\t")}\n`);
	return isBad ? 1 : 0;
}

function findingsIn(
	file: SourceFile,
	at: InWorkspace,
	complain: (message: string) => void,
	check: (read: ReadCode) => readonly Finding[],
): LocatedFinding[] {
	const { code, locator } = locatedCode(file, at, complain);
	if (!code) return [];
	return check(code).map(({ rule, severity, span, message, evidence, related, fixes }) => ({
		...locator.locate(span),
		rule,
		severity,
		message,
		evidence,
		...(related ? { related: { ...locator.locate(related.span), message: related.message } } : {}),
		fixes: fixes().map(({ title, edits }) => ({
			title,
			edits: edits.map((edit: Edit) => ({ ...locator.region(edit.span), text: edit.text })),
		})),
	}));
}

function readable({ file, severity, rule, message, ...place }: LocatedFinding): string {
	return `${placeText(file, { ...place, column: place.column + 1 })}: ${severity} [${rule}] ${message}`;
}
