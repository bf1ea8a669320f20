import type { ImportedName } from "../code/language.ts";

/** What begins an import statement, or stands in a text or comment. */
export const IMPORTING = /(?:^|[;:])[ \t\f]*(?:import|from)\b/m;
const EACH = new RegExp(IMPORTING.source, "gm");
/** A whole one, as nearly all are written. */
const STATEMENT =
	/(?:^|[;:])[ \t\f]*(?:from[ \t]+([.\w]+)[ \t]+import\b((?:[^;#\r\n(\\]|\\\r?\n)*(?:\([^()]*\))?)|import\b([^;#\r\n(\\]*))(?=[ \t]*(?:[;#]|$))/gm;

/** What the import statements in some code name, also those in texts and comments; undefined if one is written in another way. */
export function importedNames(code: string): readonly ImportedName[] | undefined {
	const found: ImportedName[] = [];
	let statements = 0;
	for (const [statement, module, names, modules] of code.matchAll(STATEMENT)) {
		if (/[^\0-\x7F]/.test(statement)) return undefined;
		statements++;
		if (module !== undefined) {
			for (const [name] of names!.matchAll(/\w+|\*/g)) found.push({ module, name: name === "*" ? null : name });
		}
		for (const each of modules?.split(",") ?? []) {
			const [name = ""] = each.trim().split(/\s/);
			found.push({ module: name, name: null }, { module: name.split(".")[0]!, name: null });
		}
	}
	return statements === (code.match(EACH)?.length ?? 0) ? found : undefined;
}
