import * as vscode from "vscode";
import type { Activation } from "../core/activations/activation.ts";
import { withDefaults } from "../core/activations/activation.ts";
import { catalog, findActivation } from "../core/activations/catalog.ts";
import { activationFacts } from "../core/activations/facts.ts";
import { interestingDomain } from "../core/activations/sample.ts";
import { bestForm } from "../core/diagnosis/stableForm.ts";
import { describeFacts, describeSignal } from "../core/explanation/describeFacts.ts";
import { describeIdentity } from "../core/explanation/describeIdentity.ts";
import type { Expression, Parameters } from "../core/expression/expression.ts";
import { printFormula } from "../core/expression/formula.ts";
import { formatNumber } from "../core/numerics/formatNumber.ts";
import { languageIdOf, readSource } from "../core/reading/readSource.ts";
import type { ActivationUse, Definition, Writing } from "../core/reading/use.ts";
import { costOf } from "../engines/cost.ts";
import { Locator } from "../engines/located.ts";
import { textAt } from "../engines/workspaceFiles.ts";
import type { ActivationCard, CatalogEntry } from "../protocol/panel.ts";
import { toRange } from "./convert.ts";
import type { Documents } from "./documents.ts";

/** An activation that a page's key stands for, and where it is written, if it is. */
export interface Subject {
	readonly activation: Activation;
	readonly location: vscode.Location | null;
	/** The library by whose rules a narrow type is computed. */
	readonly library: string;
	/** The same function in the form that loses least. */
	readonly truth: Expression;
	/** What the code says of the types of its numbers. */
	readonly writing?: Writing;
	/** The user's function that it is; null for an entry of the catalog. */
	readonly definition: Definition | null;
}

type Understood = NonNullable<Definition["understood"]>;

/** Functions of closed files that stay known, for the page that still shows them. */
const MOST_REMEMBERED = 64;

/**
 * Makes the page's cards and finds again what their keys mean: `catalog:<id>`, or `code:<uri>#<name>` for a function of
 * the user's, which is read anew, so that an edit shows. Where several have one name, `#<name>:<n>` is the n-th.
 */
export class Cards {
	readonly #documents: Documents;
	/** What keys of the code meant last, the latest at the end: closing a file does not empty the page. */
	readonly #remembered = new Map<string, Subject>();

	constructor(documents: Documents) {
		this.#documents = documents;
	}

	/** The catalog's entries, without the facts that a card has. */
	catalog(): readonly CatalogEntry[] {
		return catalog.map(({ id, name }) => ({ key: `catalog:${id}`, title: name }));
	}

	ofCatalog(id: string, parameters: Parameters = {}): ActivationCard | undefined {
		const activation = findActivation(id);
		return activation && cardOf(`catalog:${activation.id}`, activation, null, parameters, null);
	}

	/** The card of what stands at a place in the code; undefined where it is not understood, or takes a whole vector. */
	ofUse(document: vscode.TextDocument, use: ActivationUse): ActivationCard | undefined {
		const place = `${vscode.workspace.asRelativePath(document.uri)}:${document.positionAt(use.span.start).line + 1}`;
		const { definition } = use;
		if (definition) {
			const { understood } = definition;
			if (!understood) return undefined;
			const key =
				definition.path === null
					? this.#keyOf(this.#documents.ownerOf(document, definition), definition)
					: this.#keyOfImported(definition.path, definition, understood);
			return cardOf(key, understood.activation, definition, use.parameters, `${definition.name} · ${place}`);
		}
		const activation = use.activation === null ? undefined : findActivation(use.activation);
		return activation && cardOf(`catalog:${activation.id}`, activation, null, use.parameters, `${use.text} · ${place}`);
	}

	/** The card of a key with other parameters. Throws like `subjectOf`. */
	ofKey(key: string, parameters: Parameters): ActivationCard {
		const { activation, location, definition } = this.subjectOf(key);
		const place = location && `${vscode.workspace.asRelativePath(location.uri)}:${location.range.start.line + 1}`;
		return cardOf(key, activation, definition, parameters, place && `${activation.name} · ${place}`);
	}

	/** Like `ofKey`, undefined for what is gone. */
	ofKeyIfKnown(key: string, parameters: Parameters): ActivationCard | undefined {
		try {
			return this.ofKey(key, parameters);
		} catch {
			return undefined;
		}
	}

	/** What a key that the page sent stands for; throws a sentence where it stands for nothing any more. */
	subjectOf(key: string): Subject {
		if (key.startsWith("catalog:")) {
			const activation = findActivation(key.slice("catalog:".length));
			if (activation)
				return { activation, location: null, library: "numpy", truth: activation.accurate, definition: null };
		}
		const code = /^code:(.+)#([^#:]*)(?::(\d+))?$/s.exec(key);
		if (!code) throw new Error(`there is no activation "${key}"`);
		const [, uri = "", name = "", index = "0"] = code;
		const document = openDocument(uri);
		if (!document) {
			const remembered = this.#remembered.get(key);
			if (remembered) return remembered;
			throw new Error(vscode.l10n.t("{0} is not in an open file any more.", name));
		}
		const named = this.#documents.read(document).definitions.filter((one) => one.name === name);
		const definition = named[Number(index)];
		if (!definition?.understood) throw new Error(vscode.l10n.t("{0} is not understood any more.", name));
		const location = new vscode.Location(document.uri, toRange(document, definition.nameSpan));
		return this.#remember(key, subjectIn(definition, definition.understood, location));
	}

	/** Opens the workspace's file that a key names, without showing it, so that a page of before finds its functions. */
	async prepare(key: string): Promise<void> {
		const uri = /^code:(.+)#[^#]*$/s.exec(key)?.[1];
		if (uri === undefined || openDocument(uri)) return;
		try {
			const file = vscode.Uri.parse(uri, true);
			if (vscode.workspace.getWorkspaceFolder(file)) await vscode.workspace.openTextDocument(file);
		} catch {
			// The file is gone, and the function with it.
		}
	}

	#keyOf(document: vscode.TextDocument, definition: Definition): string {
		return keyIn(document.uri, this.#documents.read(document).definitions, definition);
	}

	/** The key of a function in a file that need not be open; while it is not, the key means what was imported. */
	#keyOfImported(path: string, definition: Definition, understood: Understood): string {
		const uri = vscode.Uri.file(path);
		const open = openDocument(uri.toString());
		if (open) return this.#keyOf(open, definition);
		const text = textAt(path) ?? "";
		const key = keyIn(uri, readSource(text, languageIdOf(path) ?? "").definitions, definition);
		const { line, column } = new Locator(path, text).region(definition.nameSpan);
		const location = new vscode.Location(uri, new vscode.Position(line - 1, column));
		this.#remember(key, subjectIn(definition, understood, location));
		return key;
	}

	#remember(key: string, subject: Subject): Subject {
		this.#remembered.delete(key);
		this.#remembered.set(key, subject);
		const [oldest] = this.#remembered.keys();
		if (this.#remembered.size > MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
		return subject;
	}
}

function subjectIn(definition: Definition, { activation, writing }: Understood, location: vscode.Location): Subject {
	return { activation, location, library: definition.library, truth: bestForm(definition), writing, definition };
}

/** Functions of one name are told apart by their order. */
function keyIn(uri: vscode.Uri, all: readonly Definition[], { name, span }: Definition): string {
	const index = all.filter((one) => one.name === name).findIndex((one) => one.span.start === span.start);
	return `code:${uri.toString()}#${name}${index > 0 ? `:${index}` : ""}`;
}

function openDocument(uri: string): vscode.TextDocument | undefined {
	return vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
}

function cardOf(
	key: string,
	activation: Activation,
	definition: Definition | null,
	given: Parameters,
	origin: string | null,
): ActivationCard {
	const parameters = withDefaults(activation, given);
	// What a function is, it is with the values that the code gives.
	const isAsWritten = activation.parameters.every(({ name, default: value }) => parameters[name] === value);
	const { kinks, jumps } = activationFacts(activation, parameters);
	const { t } = vscode.l10n;
	const cost = formatNumber(costOf(activation, parameters), 2);
	const facts = [
		...(definition && isAsWritten ? [{ name: t("Identity"), text: describeIdentity(definition, t) }] : []),
		...describeFacts(activation, parameters, t),
		...describeSignal(activation, parameters, t),
		{ name: t("Cost"), text: t("{0} × ReLU's for value and slope, measured on this machine", cost) },
	];
	return {
		key,
		title: activation.name,
		formula: `f(x) = ${printFormula(activation.definition)}`,
		parameters: activation.parameters.map(({ name, default: value }) => ({
			name,
			value: parameters[name] ?? value,
			default: value,
		})),
		facts: facts.map(({ name, text }) => ({ name, text })),
		kinks: [...kinks, ...jumps],
		domain: interestingDomain(activation, parameters),
		origin,
	};
}
