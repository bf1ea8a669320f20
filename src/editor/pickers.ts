import * as vscode from "vscode";
import type { Activation } from "../core/activations/activation.ts";
import { catalog } from "../core/activations/catalog.ts";
import type { RuleId } from "../core/diagnosis/rules/rule.ts";
import { rules } from "../core/diagnosis/rules/rules.ts";
import type { RunSummary } from "../protocol/panel.ts";
import type { Studies } from "./studies.ts";

/** Lets the user pick an entry of the catalog; one that `describe` says nothing about is not offered. */
export async function pickActivation(
	describe: (activation: Activation) => string | undefined,
): Promise<Activation | undefined> {
	const items = catalog.flatMap((activation) => {
		const description = describe(activation);
		return description === undefined ? [] : [{ label: activation.name, description, activation }];
	});
	const title = vscode.l10n.t("Which activation?");
	return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.activation;
}

/** Lets the user pick one of the runs; `offered` says which, and `none` that there is none of these. */
export async function pickRun(
	studies: Studies,
	none = vscode.l10n.t("There is no run yet."),
	offered: (run: RunSummary) => boolean = () => true,
): Promise<RunSummary | undefined> {
	const items = itemsOf((await studies.list()).filter(offered));
	if (items.length === 0) {
		void vscode.window.showInformationMessage(none);
		return undefined;
	}
	const title = vscode.l10n.t("Which run?");
	return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.run;
}

/** Lets the user pick several of the runs; those in `picked` are ticked. */
export async function pickRuns(studies: Studies, picked: readonly RunSummary[]): Promise<readonly RunSummary[]> {
	const ticked = new Set(picked.map(({ id }) => id));
	const items = itemsOf(await studies.list()).map((item) => ({ ...item, picked: ticked.has(item.run.id) }));
	const title = vscode.l10n.t("Which runs?");
	const chosen = await vscode.window.showQuickPick(items, { title, canPickMany: true, matchOnDescription: true });
	return chosen?.map(({ run }) => run) ?? [];
}

function itemsOf(runs: readonly RunSummary[]): { label: string; description: string; run: RunSummary }[] {
	return runs.map((run) => ({
		label: run.name || run.id,
		description: new Date(run.startedAt).toLocaleString(vscode.env.language),
		run,
	}));
}

/** Lets the user pick one of the rules. */
export async function pickRule(): Promise<RuleId | undefined> {
	const items = Object.entries(rules).map(([label, { summary }]) => ({ label, description: summary }));
	const title = vscode.l10n.t("Which rule?");
	const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
	return picked?.label as RuleId | undefined; // A key of `rules`.
}
