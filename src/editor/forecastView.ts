import { join } from "node:path";
import * as vscode from "vscode";
import { describeConfirmation, describeFix, describeForecast } from "../core/diagnosis/propagation/describeForecast.ts";
import type { ModelReading } from "../core/diagnosis/propagation/modelReading.ts";
import { type Confirmation, planTrial } from "../core/diagnosis/propagation/simulate.ts";
import { EXPLODES, VANISHES } from "../core/diagnosis/propagation/verdict.ts";
import { confirmForecast, type ForecastEnding } from "../engines/forecastRunner.ts";
import type { CommandId } from "./commands.ts";
import { type OpenCode, readingKey } from "./documents.ts";
import { type ForecastRow, forecastHtml } from "./forecastHtml.ts";
import type { CommandLink } from "./html.ts";
import type { Models } from "./models.ts";
import { PageBeside } from "./pageBeside.ts";
import { placeIn, revealRange, workspaceEdit } from "./places.ts";

/** What a link of the page may run, and nothing else. */
const ALLOWED: readonly CommandId[] = ["activations.revealLayer", "activations.applyModelFix"];
/** Decades below the largest gradient at which a bar has no length. */
const DECADES = 10;

/** What the page shows, of which its links speak. */
interface Shown {
	readonly document: vscode.TextDocument;
	readonly open: OpenCode;
	readonly reading: ModelReading;
}

/**
 * The page of a model's forecast beside the code: a bar a layer; confirmed by running the model in a worker thread. It
 * follows the code: a model that is read anew is shown anew.
 */
export class ForecastView implements vscode.Disposable {
	readonly #extensionUri: vscode.Uri;
	readonly #models: Models;
	readonly #page: PageBeside;
	readonly #subscription: vscode.Disposable;
	#run: AbortController | undefined;
	#shown: Shown | undefined;

	constructor(extensionUri: vscode.Uri, models: Models) {
		this.#extensionUri = extensionUri;
		this.#models = models;
		this.#page = new PageBeside(extensionUri, "activations.forecast", ALLOWED, () => {
			this.#run?.abort();
			this.#shown = undefined;
		});
		this.#subscription = models.onDidChange((document) => this.#follow(document));
	}

	/** Shows the forecast of a document's model, and confirms it. Resolves when that has ended, to how it did. */
	async show(document: vscode.TextDocument, index: number): Promise<ForecastEnding["kind"] | undefined> {
		const known = this.#models.of(document);
		const reading = known?.readings[index];
		if (!known || !reading) return undefined;
		const ending = this.#confirm({ document, open: known.open, reading });
		this.#page.reveal();
		return ending;
	}

	/** Goes to the line of a layer of the model that is shown. */
	async revealLayer(layer: number): Promise<void> {
		const shown = this.#current();
		const found = shown?.reading.model.layers[layer];
		if (!found) return;
		const start = new vscode.Position(0, 0);
		const { uri, range } =
			found.path === null
				? placeIn(shown.open, found.span)
				: new vscode.Location(vscode.Uri.file(found.path), new vscode.Range(start, start));
		await revealRange(uri, range);
	}

	/** Makes one of the changes that the page offers. */
	async applyFix(index: number): Promise<void> {
		const shown = this.#current();
		const edits = shown?.reading.fixes[index]?.edits;
		if (edits) await vscode.workspace.applyEdit(workspaceEdit(edits, shown.open));
	}

	dispose(): void {
		this.#run?.abort();
		this.#subscription.dispose();
		this.#page.dispose();
	}

	/** What is shown, where it is of the code as it is now; else undefined, with a word of it. */
	#current(): Shown | undefined {
		const shown = this.#shown;
		if (!shown || this.#models.of(shown.document)?.open.stamp === shown.open.stamp) return shown;
		const { name } = shown.reading.model;
		void vscode.window.showInformationMessage(
			vscode.l10n.t("The code of {0} has changed and is being read: try again when the page has followed.", name),
		);
		return undefined;
	}

	/** The model that is shown as it is in a document that has been read again; where it is gone the page stays as it is. */
	#follow(document: vscode.TextDocument): void {
		const shown = this.#shown;
		if (!shown || readingKey(shown.document) !== readingKey(document)) return;
		const known = this.#models.of(document);
		const reading = known?.readings.find(({ model }) => model.name === shown.reading.model.name);
		if (!known || !reading) return;
		const now = { document, open: known.open, reading };
		const isSame = JSON.stringify(reading.forecast) === JSON.stringify(shown.reading.forecast);
		if (isSame) this.#shown = now;
		else void this.#confirm(now);
	}

	async #confirm(shown: Shown): Promise<ForecastEnding["kind"]> {
		this.#run?.abort();
		const run = new AbortController();
		this.#run = run;
		this.#shown = shown;
		const { model } = shown.reading;
		const planned = planTrial(model);
		if (planned.kind !== "trial") {
			this.#render(describeConfirmation(model, planned, vscode.l10n.t));
			return "refused";
		}
		this.#render(vscode.l10n.t("Running the model to confirm it…"));
		const workerFile = join(this.#extensionUri.fsPath, "dist", "forecastWorker.js");
		const ending = await confirmForecast(model, { workerFile }, run.signal);
		if (ending.kind === "cancelled" || this.#run !== run) return ending.kind;
		if (ending.kind === "failed") this.#render(ending.message);
		else if (ending.kind === "done")
			this.#render(describeConfirmation(model, ending.confirmation, vscode.l10n.t), ending.confirmation);
		else this.#render(describeConfirmation(model, ending, vscode.l10n.t));
		return ending.kind;
	}

	#render(confirmation: string, run: Confirmation | null = null): void {
		if (!this.#shown) return;
		const { model, forecast, fixes } = this.#shown.reading;
		const words = describeForecast(model, forecast, vscode.l10n.t, run);
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
					run: vscode.l10n.t("Run"),
					scale: vscode.l10n.t("The gradient by layer before training; each tenth of a bar is a power of ten"),
				},
				rows: words.stages.map(({ layer, name, forward, gradient, run }, i): ForecastRow => {
					const ratio = forecast.stages[i]!.gradientRatio;
					const link: CommandLink = {
						text: name,
						command: "activations.revealLayer" satisfies CommandId,
						args: [layer],
					};
					const share =
						ratio === null || most <= 0 ? null : Math.min(Math.max(1 + Math.log10(ratio / most) / DECADES, 0), 1);
					const isBad = ratio !== null && (ratio < VANISHES || ratio > EXPLODES);
					return { link, forward, gradient, run, share, isBad };
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
