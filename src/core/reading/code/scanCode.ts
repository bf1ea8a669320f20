import type { ActivationUse } from "../use.ts";
import { Definitions } from "./definitions.ts";
import { type Imports, importsOf } from "./imports.ts";
import type { ImportedName, Language } from "./language.ts";
import type { OpenCode } from "./openCode.ts";
import { Reader } from "./reader.ts";
import type { Neighbours } from "./resolver.ts";
import { nameIn } from "./scope.ts";
import { mayBringActivation, TellingBindings } from "./tellingBindings.ts";
import { TellingPlaces } from "./tellingPlaces.ts";

/** What turns a string into the attribute of that name. */
const ATTRIBUTE_BY_STRING = "getattr";

/**
 * The uses of the catalog's activations in a file, in the order of the text, at a fraction of the cost of reading all of
 * it: only parts are parsed that are telling, that import, or that hold a name which one of these binds to an activation;
 * in these only what holds a telling word, or such a name, is resolved.
 */
export function scanCode(
	text: string,
	language: Language,
	neighbours: Neighbours | undefined,
	open: () => OpenCode,
): readonly ActivationUse[] {
	const places = new TellingPlaces(text);
	const mayBring = (dotted: string) => mayBringActivation(dotted, neighbours);
	const brings = ({ module, name }: ImportedName) =>
		name === null ? mayBring(module) : mayBring(nameIn(module, name)) && places.standsAgain(name);
	const isImportSought = (code: string) => language.importedNames?.(code)?.some(brings) ?? true;
	if (!places.areAny && !isImportSought(text)) return [];
	const { scopes, resolver } = open();
	const definitions = new Definitions(resolver, null);
	const names = new TellingBindings(resolver, definitions, places);
	places.add(ATTRIBUTE_BY_STRING);
	const parts = scopes
		.partsWhere(
			(from, to) => places.isTelling({ from, to }),
			isImportSought,
			(part) => names.in(part),
		)
		.map(({ scopes }) => scopes)
		.filter(({ sites }) => sites.length > 0);
	if (parts.length === 0) return [];
	let known: Imports | undefined;
	const imports = () => {
		known ??= importsOf(resolver, text);
		return known;
	};
	return parts.flatMap((part) => {
		const reader = new Reader(resolver, new Definitions(resolver, null), () => definitions);
		const sites = part.sites.filter(({ node }) => node.name === "String" || places.mayName(node));
		const functions = part.functions.filter(({ node }) => places.mayDefine(node));
		const uses = reader.read(sites, definitions.in({ functions, classes: part.classes }), imports);
		return uses.filter(({ activation }) => activation !== null);
	});
}
