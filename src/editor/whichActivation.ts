import * as vscode from "vscode";
import { adviceDtypes, candidatesOf } from "../engines/candidates.ts";
import { advise } from "../protocol/advice.ts";
import { adviceText } from "../protocol/adviceText.ts";
import { dataTitle } from "../protocol/dataTitle.ts";
import type { RunView } from "../protocol/panel.ts";
import type { Study } from "../protocol/study.ts";
import { resultOf } from "../protocol/studyResult.ts";
import { askForStudy } from "./compare.ts";
import type { Documents } from "./documents.ts";

/**
 * Asks for candidates, data, network and type, trains them, and shows which to use as a Markdown page with the evidence.
 * The study is kept as a run. Escape at any question ends it.
 */
export async function whichActivation(
	documents: Documents,
	train: (study: Study) => Promise<RunView>,
): Promise<string | undefined> {
	const study = await askForStudy(documents);
	if (!study) return undefined;
	const title = vscode.l10n.t("In which type will the network compute?");
	const dtype = await vscode.window.showQuickPick([...adviceDtypes], { title });
	const wanted = adviceDtypes.find((one) => one === dtype);
	if (!wanted) return undefined;
	const candidates = candidatesOf(study, wanted);
	const { events, summary } = await train(study);
	const result = summary.state === "cancelled" ? null : resultOf(study, events);
	const data = result ? dataTitle(study.data) : null;
	const conditions = { dtype: wanted, depth: study.network.hidden.length, data };
	const translate = (text: string, ...values: string[]) => vscode.l10n.t(text, ...values);
	const content = adviceText(advise(candidates, result), candidates, result, conditions, translate);
	const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
	try {
		await vscode.commands.executeCommand("markdown.showPreviewToSide", document.uri);
	} catch {
		await vscode.window.showTextDocument(document); // Without the Markdown extension it is read as text.
	}
	return content;
}
