import * as vscode from "vscode";
import type { InsertLibrary } from "../core/activations/libraries/codeFor.ts";
import type { DescribedAdvice } from "../core/explanation/describeAdvice.ts";
import { adviceHtml } from "./adviceHtml.ts";
import type { CommandId } from "./commands.ts";
import { codeDocument, type Documents } from "./documents.ts";
import type { CommandLink } from "./html.ts";
import { insertLibraries } from "./insert.ts";
import { PageBeside } from "./pageBeside.ts";

const INSERT: Readonly<Partial<Record<InsertLibrary, { readonly command: CommandId; readonly name: string }>>> = {
	pytorch: { command: "activations.insertAsPyTorch", name: "PyTorch" },
	keras: { command: "activations.insertAsKeras", name: "Keras" },
	jax: { command: "activations.insertAsJax", name: "JAX" },
	numpy: { command: "activations.insertAsNumPy", name: "NumPy" },
};
/** The libraries of code, as the reader calls them, for which there is one to insert as. */
const OWN: Readonly<Record<string, InsertLibrary>> = {
	torch: "pytorch",
	keras: "keras",
	tensorflow: "keras",
	jax: "jax",
	numpy: "numpy",
};
/** What a link of the page may run, and nothing else. */
const ALLOWED: readonly CommandId[] = [
	...Object.values(INSERT).map(({ command }) => command),
	"activations.openRun",
	"activations.whichActivation",
];

/** The page of an advice beside the code: one at a time, without a script. */
export class AdviceView implements vscode.Disposable {
	readonly #documents: Documents;
	readonly #page: PageBeside;

	constructor(extensionUri: vscode.Uri, documents: Documents) {
		this.#page = new PageBeside(extensionUri, "activations.advice", ALLOWED);
		this.#documents = documents;
	}

	/** Shows an advice; `runId` is its study's, where there is one. */
	show(words: DescribedAdvice, runId: string | undefined): void {
		this.#page.write(vscode.l10n.t("Which Activation?"), (style) =>
			adviceHtml({
				language: vscode.env.language,
				words,
				headings: { list: vscode.l10n.t("The best of them"), notes: vscode.l10n.t("Notes") },
				links: Object.fromEntries(words.shortList.map((one) => [one.label, this.#insertLinks(one)])),
				actions: [
					...(runId === undefined
						? []
						: [{ text: vscode.l10n.t("Show the study"), command: "activations.openRun", args: [runId] }]),
					{ text: vscode.l10n.t("Ask again…"), command: "activations.whichActivation", args: [] },
				],
				style,
			}),
		);
		this.#page.reveal();
	}

	dispose(): void {
		this.#page.dispose();
	}

	/** The library of the open file first. */
	#insertLinks({ id, parameters }: DescribedAdvice["shortList"][number]): CommandLink[] {
		// JSON has no infinity.
		const given = Object.entries(parameters).map(([name, value]) => [
			name,
			Number.isFinite(value) ? value : String(value),
		]);
		const args = [id, Object.fromEntries(given)];
		const document = codeDocument();
		const used = document ? this.#documents.read(document).uses.map(({ library }) => OWN[library]) : [];
		const count = (library: InsertLibrary) => used.filter((one) => one === library).length;
		return [...insertLibraries(id)]
			.sort((a, b) => count(b) - count(a))
			.flatMap((library) => {
				const insert = INSERT[library];
				return insert ? [{ text: vscode.l10n.t("Insert as {0}", insert.name), command: insert.command, args }] : [];
			});
	}
}
