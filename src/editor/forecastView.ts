import { join } from "node:path";
import * as vscode from "vscode";
import { describeConfirmation, describeFix, describeForecast } from "../core/diagnosis/propagation/describeForecast.ts";
import type { ModelReading } from "../core/diagnosis/propagation/modelReading.ts";
import { planTrial } from "../core/diagnosis/propagation/simulate.ts";
import { EXPLODES, VANISHES } from "../core/diagnosis/propagation/verdict.ts";
import { confirmForecast, type ForecastEnding } from "../engines/forecastRunner.ts";
import type { CommandId } from "./commands.ts";
import type { OpenCode } from "./documents.ts";
import { placeIn } from "./findings.ts";
import { type ForecastRow, forecastHtml } from "./forecastHtml.ts";
import type { CommandLink } from "./html.ts";
import type { Models } from "./models.ts";
import { PageBeside } from "./pageBeside.ts";

/** What a link of the page may run, and nothing else. */
const ALLOWED: readonly CommandId[] = ["activations.revealLayer", "activations.applyModelFix"];
/** Decades below the largest gradient at which a bar has no length. */
const DECADES = 10;

/** The page of a model's forecast beside the code: a bar a layer; confirmed by running the model in a worker thread. */
export class ForecastView implements vscode.Disposable {
	readonly #extensionUri: vscode.Uri;
	readonly #models: Models;
	readonly #page: PageBeside;
	#run: AbortController | undefined;
	/** What is shown: the links of the page speak of it. */
	#shown: { readonly open: OpenCode; readonly reading: ModelReading } | undefined;

	constructor(extensionUri: vscode.Uri, models: Models) {
		this.#extensionUri = extensionUri;
		this.#models = models;
		this.#page = new PageBeside(extensionUri, "activations.forecast", ALLOWED, () => this.#run?.abort());
	}

	/** Shows the forecast of a document's model, and confirms it. Resolves when that has ended, to how it did. */
	async show(document: vscode.TextDocument, index: number): Promise<ForecastEnding["kind"] | undefined> {
		const known = this.#models.of(document);
		const reading = known?.readings[index];
		if (!known || !reading) return undefined;
		this.#run?.abort();
		const run = new AbortController();
		this.#run = run;
		this.#shown = { open: known.open, reading };
		const { model } = reading;
		const planned = planTrial(model);
		this.#render(
			planned.kind === "trial"
				? vscode.l10n.t("Running the model to confirm it…")
				: describeConfirmation(model, planned, vscode.l10n.t),
		);
		this.#page.reveal();
		if (planned.kind !== "trial") return "refused";
		const workerFile = join(this.#extensionUri.fsPath, "dist", "forecastWorker.js");
		const ending = await confirmForecast(model, { workerFile }, run.signal);
		if (ending.kind === "cancelled" || this.#run !== run) return ending.kind;
		if (ending.kind === "failed") this.#render(ending.message);
		else if (ending.kind === "done") this.#render(describeConfirmation(model, ending.confirmation, vscode.l10n.t));
		else this.#render(describeConfirmation(model, ending, vscode.l10n.t));
		return ending.kind;
	}

	/** Goes to the line of a layer of the model that is shown. */
	async revealLayer(layer: number): Promise<void> {
		const place = this.#placeOf(layer);
		if (place)
			await vscode.window.showTextDocument(place.uri, { selection: place.range, viewColumn: vscode.ViewColumn.One });
	}

	/** Makes one of the changes that the page offers, in the text as it was read. */
	async applyFix(index: number): Promise<void> {
		const { open, reading } = this.#shown ?? {};
		const edits = reading?.fixes[index]?.edits;
		if (!open || !edits) return;
		const edit = new vscode.WorkspaceEdit();
		for (const { span, text } of edits) {
			const { uri, range } = placeIn(open, span);
			edit.replace(uri, range, text);
		}
		await vscode.workspace.applyEdit(edit);
	}

	dispose(): void {
		this.#run?.abort();
		this.#page.dispose();
	}

	#placeOf(layer: number): vscode.Location | undefined {
		const { open, reading } = this.#shown ?? {};
		const found = reading?.model.layers[layer];
		if (!open || !found) return undefined;
		return found.path === null
			? placeIn(open, found.span)
			: new vscode.Location(vscode.Uri.file(found.path), new vscode.Position(0, 0));
	}

	#render(confirmation: string): void {
		if (!this.#shown) return;
		const { model, forecast, fixes } = this.#shown.reading;
		const words = describeForecast(model, forecast, vscode.l10n.t);
		const most = Math.max(...forecast.stages.map(({ gradientRatio }) => gradientRatio ?? 0));
		this.#page.write(model.name, (style) =>
			forecastHtml({
				language: vscode.env.language,
				title: model.name,
				summary: words.title,
				headings: {
					layer: vscode.l10n.t("Layer"),
					forward: vscode.l10n.t("Signal"),
					gradient: vscode.l10n.t("Gradient, of the last"),
					scale: vscode.l10n.t("The gradient by layer before training; each tenth of a bar is a power of ten"),
				},
				rows: words.stages.map(({ layer, name, forward, gradient }, i): ForecastRow => {
					const ratio = forecast.stages[i]!.gradientRatio;
					const link: CommandLink = {
						text: name,
						command: "activations.revealLayer" satisfies CommandId,
						args: [layer],
					};
					const share =
						ratio === null || most <= 0 ? null : Math.min(Math.max(1 + Math.log10(ratio / most) / DECADES, 0), 1);
					const isBad = ratio !== null && (ratio < VANISHES || ratio > EXPLODES);
					return { link, forward, gradient, share, isBad };
				}),
				confirmation,
				fixesHeading: vscode.l10n.t("What would help"),
				fixes: fixes.flatMap((fix, i) =>
					fix.edits
						? [
								{
									text: describeFix(fix, vscode.l10n.t),
									command: "activations.applyModelFix" satisfies CommandId,
									args: [i],
								},
							]
						: [],
				),
				notes: words.notes,
				style,
			}),
		);
	}
}
