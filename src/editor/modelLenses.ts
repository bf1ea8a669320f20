import * as vscode from "vscode";
import { describeForecast } from "../core/diagnosis/propagation/describeForecast.ts";
import { toldOf } from "../core/diagnosis/propagation/modelReading.ts";
import { isTrouble } from "../core/diagnosis/propagation/verdict.ts";
import { formatNumber } from "../core/numerics/formatNumber.ts";
import type { CommandId } from "./commands.ts";
import { codeSelector } from "./convert.ts";
import type { Models } from "./models.ts";
import { placeIn } from "./places.ts";
import { setting } from "./setting.ts";

/** What becomes of the gradient, above each model; and behind each of its layers, where that is asked for. */
export class ModelLenses implements vscode.CodeLensProvider, vscode.InlayHintsProvider, vscode.Disposable {
	readonly #models: Models;
	readonly #lenses = new vscode.EventEmitter<void>();
	readonly #hints = new vscode.EventEmitter<void>();
	readonly #subscriptions: readonly vscode.Disposable[];
	readonly onDidChangeCodeLenses = this.#lenses.event;
	readonly onDidChangeInlayHints = this.#hints.event;

	constructor(models: Models) {
		this.#models = models;
		const renew = () => {
			this.#lenses.fire();
			this.#hints.fire();
		};
		this.#subscriptions = [
			this.#lenses,
			this.#hints,
			models.onDidChange(renew),
			vscode.workspace.onDidChangeConfiguration((event) => {
				if (event.affectsConfiguration("activations.models")) renew();
			}),
			vscode.languages.registerCodeLensProvider(codeSelector, this),
			vscode.languages.registerInlayHintsProvider(codeSelector, this),
		];
	}

	provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
		if (!setting("activations.models.lenses", document)) return [];
		const known = this.#models.of(document);
		const readings = known?.readings ?? [];
		return readings.flatMap(({ model: { nameSpan } }, at) => {
			const place = placeIn(known!.open, nameSpan);
			const index = toldOf(readings, at);
			const { model, forecast } = readings[index]!;
			if (place.uri.toString() !== document.uri.toString() || forecast.stages.length < 2) return [];
			const described = describeForecast(model, forecast, vscode.l10n.t);
			const { verdict } = described;
			const title = index === at ? described.title : vscode.l10n.t("{0}: {1}", model.name, described.title);
			const icon = isTrouble(verdict.kind) ? "$(warning)" : "$(graph-line)";
			return new vscode.CodeLens(place.range, {
				title: `${icon}\u00a0${title}`, // Behind an icon the editor drops a plain space.
				command: "activations.showForecast" satisfies CommandId,
				arguments: [document.uri, index],
			});
		});
	}

	provideInlayHints(document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
		if (!setting("activations.models.inlayHints", document)) return [];
		const known = this.#models.of(document);
		const hints = new Map<string, vscode.InlayHint>();
		for (const { model, forecast } of known?.readings ?? []) {
			for (const { weights, gradientRatio } of forecast.stages) {
				const { span, path } = model.layers[weights]!;
				if (gradientRatio === null || path !== null) continue;
				const place = placeIn(known!.open, span);
				const key = String(span.end);
				// One layer of the source may be many of a model: the first is told.
				if (hints.has(key) || place.uri.toString() !== document.uri.toString() || !range.contains(place.range))
					continue;
				const hint = new vscode.InlayHint(place.range.end, `∇ ${formatNumber(gradientRatio, 2)}`);
				hint.paddingLeft = true;
				hint.tooltip = vscode.l10n.t("Norm of the gradient here before training, relative to the last layer");
				hints.set(key, hint);
			}
		}
		return [...hints.values()];
	}

	dispose(): void {
		for (const each of this.#subscriptions) each.dispose();
	}
}
