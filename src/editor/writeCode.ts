import * as vscode from "vscode";
import type { Activation } from "../core/activations/activation.ts";
import { findActivation } from "../core/activations/catalog.ts";
import { type CodeTarget, codeTargets, functionCode } from "../core/activations/libraries/functionCode.ts";
import { definitionToWrite, entryToWrite, type Writable } from "../core/explanation/functionToWrite.ts";
import { printFormula, printLatex } from "../core/expression/formula.ts";
import type { Definition } from "../core/reading/use.ts";
import { pickActivation } from "./pickers.ts";

const TARGET_NAMES: Readonly<Record<CodeTarget, string>> = {
	pytorch: "PyTorch",
	"pytorch-module": "PyTorch nn.Module",
	keras: "Keras",
	"keras-layer": "Keras Layer",
	tensorflow: "TensorFlow",
	jax: "JAX",
	numpy: "NumPy",
	python: "Python",
	tfjs: "TensorFlow.js",
	typescript: "TypeScript",
};

type Given = Activation | Definition | string | undefined;

/** Opens an activation of the catalog, or a hand-written function, as code of a picked library in an editor of its own. */
export async function writeAsCode(given: Given): Promise<void> {
	const what = await chosen(given);
	if (!what) return;
	const items = codeTargets.flatMap((target) => {
		const made = functionCode(what, target);
		return made ? [{ label: TARGET_NAMES[target], detail: lastLine(made.code), target, made }] : [];
	});
	const title = vscode.l10n.t("{0} as code of which library?", what.title);
	const picked = await vscode.window.showQuickPick(items, { title });
	if (!picked) return;
	const { imports, code } = picked.made;
	const content = [...imports, ...(imports.length > 0 ? ["", ""] : []), code].join("\n");
	const language = /^(tfjs|typescript)$/.test(picked.target) ? "typescript" : "python";
	const document = await vscode.workspace.openTextDocument({ language, content });
	await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
}

/** Shows the formula, which can be copied as text or LaTeX. */
export async function showFormula(given: Given): Promise<void> {
	const what = await chosen(given);
	if (!what) return;
	const text = `${what.name}(x) = ${printFormula(what.formula)}`;
	const [copy, latex] = [vscode.l10n.t("Copy"), vscode.l10n.t("Copy as LaTeX")];
	const answer = await vscode.window.showInformationMessage(text, copy, latex);
	if (answer === copy) await vscode.env.clipboard.writeText(text);
	if (answer === latex) await vscode.env.clipboard.writeText(printLatex(what.formula));
}

async function chosen(given: Given): Promise<Writable | undefined> {
	if (given && typeof given === "object" && "nameSpan" in given) return definitionToWrite(given);
	const entry =
		typeof given === "string" ? findActivation(given) : (given ?? (await pickActivation(({ source }) => source)));
	return entry && entryToWrite(entry);
}

/** What it returns, as a preview. */
function lastLine(code: string): string {
	const returned = code.split("\n").findLast((line) => /^\s*return /.test(line) && !line.includes("get_config"));
	return returned?.trim() ?? "";
}
