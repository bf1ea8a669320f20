import { basename } from "node:path";
import * as vscode from "vscode";
import { kindOfFile, npzNames } from "../engines/readArrays.ts";
import { csvColumns } from "../engines/readCsv.ts";
import type { StudyData, StudyTask } from "../protocol/study.ts";
import { sentenceOf } from "./sentenceOf.ts";

/**
 * Asks for a file of data and for what is to be predicted. What the file is, its first bytes tell. Undefined where the
 * user gave up, or where the file was refused, which is shown.
 */
export async function askDataFile(): Promise<StudyData | undefined> {
	const path = await askFile(vscode.l10n.t("Data to train on"));
	if (path === undefined) return undefined;
	try {
		const kind = await kindOfFile(path);
		switch (kind) {
			case "csv":
				return await askCsv(path);
			case "npz":
				return await askArrays(path);
			case "npy":
			case "idx":
				return await askTargets(kind, path);
			default:
				return kind satisfies never;
		}
	} catch (error) {
		void vscode.window.showErrorMessage(sentenceOf(error));
		return undefined;
	}
}

async function askCsv(path: string): Promise<StudyData | undefined> {
	const columns = await csvColumns(path);
	const title = vscode.l10n.t("Which column is to be predicted?");
	const target = await vscode.window.showQuickPick(columns.toReversed(), { title });
	if (target === undefined) return undefined;
	const task = await askTask(target);
	return task && { kind: "csv", path, target, task };
}

async function askArrays(path: string): Promise<StudyData | undefined> {
	const names = await npzNames(path);
	const title = vscode.l10n.t("Which array holds the inputs?");
	const inputs = await vscode.window.showQuickPick(names, { title });
	if (inputs === undefined) return undefined;
	const others = names.filter((name) => name !== inputs);
	const targets = await vscode.window.showQuickPick(others, {
		title: vscode.l10n.t("Which array holds what is to be predicted?"),
	});
	if (targets === undefined) return undefined;
	const task = await askTask(targets);
	return task && { kind: "npz", path, inputs, targets, task };
}

/** The second file: in these formats the targets are not beside the inputs. */
async function askTargets(kind: "npy" | "idx", path: string): Promise<StudyData | undefined> {
	const targets = await askFile(vscode.l10n.t("What is to be predicted from {0}", basename(path)));
	if (targets === undefined) return undefined;
	if (kind === "idx") return { kind, images: path, labels: targets };
	const task = await askTask(basename(targets));
	return task && { kind, inputs: path, targets, task };
}

async function askTask(target: string): Promise<StudyTask | undefined> {
	const tasks = [
		{ label: vscode.l10n.t("A class"), task: "classification" as const },
		{ label: vscode.l10n.t("A number"), task: "regression" as const },
	];
	return (await vscode.window.showQuickPick(tasks, { title: vscode.l10n.t("What does {0} hold?", target) }))?.task;
}

async function askFile(title: string): Promise<string | undefined> {
	const filters = {
		[vscode.l10n.t("CSV, NumPy, IDX")]: ["csv", "tsv", "txt", "npy", "npz", "idx", "gz"],
		[vscode.l10n.t("All files")]: ["*"], // MNIST's own files have no ending.
	};
	return (await vscode.window.showOpenDialog({ filters, title }))?.[0]?.fsPath;
}
