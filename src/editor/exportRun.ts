import * as vscode from "vscode";
import type { ExportedFile } from "../engines/exports/exportedFile.ts";
import { runAsCsv } from "../engines/exports/runAsCsv.ts";
import { runAsJson } from "../engines/exports/runAsJson.ts";
import { runAsTensorBoard } from "../engines/exports/runAsTensorBoard.ts";
import { safeName } from "../engines/exports/safeName.ts";
import { studyAsPyTorch } from "../engines/exports/studyAsPyTorch.ts";
import type { RunView } from "../protocol/panel.ts";
import type { Studies } from "./studies.ts";

/** Asks as what and where to, and writes the run there. A PyTorch script needs the data, which are read again. */
export async function exportRun(run: RunView, studies: Studies): Promise<void> {
	const format = await vscode.window.showQuickPick(
		[
			{
				label: "CSV",
				description: vscode.l10n.t("every measured epoch of every training as a table"),
				as: "csv" as const,
			},
			{ label: "JSON", description: vscode.l10n.t("the study and all that it reported"), as: "json" as const },
			{ label: "TensorBoard", description: vscode.l10n.t("a folder of event files"), as: "tensorboard" as const },
			{ label: "PyTorch", description: vscode.l10n.t("a script that trains the study again"), as: "py" as const },
		],
		{ title: vscode.l10n.t("Export {0} as what?", run.summary.name) },
	);
	if (!format) return;
	if (format.as === "tensorboard") {
		const options = { canSelectFiles: false, canSelectFolders: true, title: vscode.l10n.t("Folder of the logs") };
		const [folder] = (await vscode.window.showOpenDialog({ ...options, ...inWorkspace("") })) ?? [];
		if (folder) await write(runAsTensorBoard(run), folder);
		return;
	}
	const target = await vscode.window.showSaveDialog({
		filters: { [format.label]: [format.as] },
		...inWorkspace(`${safeName(run.summary.name, "run")}.${format.as}`),
	});
	if (!target) return;
	const fileName = target.path.slice(target.path.lastIndexOf("/") + 1);
	const stem = fileName.replace(/\.py$/, "");
	const files = {
		csv: () => [{ path: fileName, content: runAsCsv(run) }],
		json: () => [{ path: fileName, content: runAsJson(run) }],
		py: async () => studyAsPyTorch(run.summary.study, await studies.dataOf(run.summary.study), stem, run.events),
	}[format.as];
	await write(await files(), vscode.Uri.joinPath(target, ".."));
}

function inWorkspace(name: string): { defaultUri?: vscode.Uri } {
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	return folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {};
}

async function write(files: readonly ExportedFile[], folder: vscode.Uri): Promise<void> {
	for (const { path, content } of files) {
		await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, path), Buffer.from(content));
	}
}
