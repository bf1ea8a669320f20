import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Severity } from "../core/diagnosis/rules/rule.ts";
import { rules } from "../core/diagnosis/rules/rules.ts";
import type { Located, Region } from "../engines/located.ts";
import { version } from "../engines/version.ts";
import type { LocatedFinding } from "./lint.ts";

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
	error: "error",
	warning: "warning",
	information: "note",
	hint: "note",
};

const ids = Object.keys(rules);

/** Findings as a log of SARIF 2.1.0. In a notebook, lines are those within the cell that `properties.cell` tells. */
export function toSarif(findings: readonly LocatedFinding[]): unknown {
	return {
		$schema: "https://json.schemastore.org/sarif-2.1.0.json",
		version: "2.1.0",
		runs: [
			{
				tool: {
					driver: {
						name: "Activation Lens",
						version,
						rules: Object.entries(rules).map(([id, { summary, severity }]) => ({
							id,
							shortDescription: { text: summary },
							defaultConfiguration: { level: LEVELS[severity] },
						})),
					},
				},
				columnKind: "utf16CodeUnits",
				results: findings.map((finding) => ({
					ruleId: finding.rule,
					ruleIndex: ids.indexOf(finding.rule),
					level: LEVELS[finding.severity],
					message: { text: finding.message },
					locations: [locationOf(finding)],
					...(finding.related
						? { relatedLocations: [{ ...locationOf(finding.related), message: { text: finding.related.message } }] }
						: {}),
					...(finding.cell === undefined ? {} : { properties: { cell: finding.cell } }),
					...(finding.fixes.length > 0 && finding.cell === undefined ? { fixes: fixesOf(finding) } : {}),
				})),
			},
		],
	};
}

function fixesOf({ file, fixes }: LocatedFinding): unknown[] {
	return fixes.map(({ title, edits }) => ({
		description: { text: title },
		artifactChanges: [
			{
				artifactLocation: { uri: uriOf(file) },
				replacements: edits.map((edit) => ({ deletedRegion: regionOf(edit), insertedContent: { text: edit.text } })),
			},
		],
	}));
}

function locationOf(place: Located): object {
	return { physicalLocation: { artifactLocation: { uri: uriOf(place.file) }, region: regionOf(place) } };
}

/** Columns of SARIF count from 1. */
function regionOf({ line, column, endLine, endColumn }: Region): object {
	return { startLine: line, startColumn: column + 1, endLine, endColumn: endColumn + 1 };
}

function uriOf(file: string): string {
	return isAbsolute(file) ? pathToFileURL(file).href : file.split(/[\\/]/).map(encodeURIComponent).join("/");
}
