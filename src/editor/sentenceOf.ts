import * as vscode from "vscode";
import { StudyError } from "../protocol/studyError.ts";

/** What went wrong as one sentence in the user's language. */
export function sentenceOf(error: unknown): string {
	if (error instanceof StudyError) return vscode.l10n.t(error.complaint, error.field, ...error.values);
	return error instanceof Error ? error.message : String(error);
}
