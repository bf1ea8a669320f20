import type { Language } from "./language.ts";
import { type OpenCode, openCode } from "./openCode.ts";
import type { Neighbours, Resolver } from "./resolver.ts";
import { nextWord } from "./words.ts";

/** The texts of a workspace, as its host has them. Paths are absolute, with "/". */
export interface Files {
	has(path: string): boolean;
	/** A file's text; undefined where there is no file, or none that is known yet. */
	read(path: string): string | undefined;
	/** The outermost folder in which modules that a file imports are looked for. */
	rootOf(path: string): string;
}

/** Of the files that are held in memory, together, no more characters are parsed than this, or those of one file are. */
const MOST_PARSED = 1_500_000;
/** Nor are there more in all, most of which are never parsed. */
const MOST_HELD = 16_000_000;
/** One file alone that is longer is not read for another's sake. */
const LONGEST = 1_500_000;

/** What defines a function or class of the module, and what may stand before it in its line. */
const KEYWORDS = ["def", "class", "function"];
const BEFORE = /(?<=^((?:export |default |async )*))/my;
/** What begins behind a definition. */
const END = /^[^\s)\]}#]/gm;
/** What may bring in any name. */
const STAR = /^(?:from|export) .*\*/m;

/** The files of a workspace that imports lead to, each read when it is first asked for. */
export class Workspace {
	readonly #files: Files;
	readonly #languageOf: (path: string) => Language | undefined;
	readonly #concerns: (code: string) => boolean;
	readonly #open = new Map<string, OpenCode | null>();
	/** The paths of modules by their names, for the files of each folder. */
	readonly #paths = new Map<string, Map<string, string | null>>();
	/** Texts in which names were looked for lately. */
	readonly #texts = new Map<string, string>();
	#textLength = 0;
	/** Names that were looked for in vain, by path and name. */
	readonly #missing = new Set<string>();

	/** `concerns` says whether the code of a definition is of interest: a file is not read for one that is not. */
	constructor(
		files: Files,
		languageOf: (path: string) => Language | undefined,
		concerns: (code: string) => boolean = () => true,
	) {
		this.#files = files;
		this.#languageOf = languageOf;
		this.#concerns = concerns;
	}

	/** Where the imports of the file at a path lead. */
	neighboursOf(path: string, language: Language): Neighbours {
		const folder = path.slice(0, path.lastIndexOf("/") + 1);
		const isPackage = path.endsWith("/__init__.py");
		const root = this.#files.rootOf(path);
		const pathOf = (module: string): string | null => {
			const known = this.#paths.get(folder) ?? new Map<string, string | null>();
			this.#paths.set(folder, known);
			let found = known.get(module);
			if (found === undefined) {
				const paths = language.filesOf(module, path, root);
				found = paths.find((each) => this.#files.has(each)) ?? null;
				known.set(module, found);
			}
			return found;
		};
		const fileOf = (module: string, name?: string): Resolver | undefined => {
			const found = pathOf(module);
			return (found && this.#at(found, name)?.resolver) || undefined;
		};
		return { path, fileOf, mayLead: (module) => pathOf(module) !== null, isPackage };
	}

	/** Opens the file at a path, whose text it is, unless it is open for the sake of another one. */
	open(path: string, text: string, language: Language): OpenCode {
		const known = this.#known(path);
		if (known?.resolver.text === text) return known;
		const made = openCode(text, language, this.neighboursOf(path, language), this.#concerns);
		this.#hold(path, made);
		return made;
	}

	/** Lets go of all that was read: files may have changed. */
	forget(): void {
		this.#open.clear();
		this.#paths.clear();
		this.#missing.clear();
		this.#texts.clear();
		this.#textLength = 0;
	}

	#known(path: string): OpenCode | null | undefined {
		const known = this.#open.get(path);
		if (known !== undefined) {
			// The latest that was asked for is let go last.
			this.#open.delete(path);
			this.#open.set(path, known);
		}
		return known;
	}

	#at(path: string, name?: string): OpenCode | null {
		const known = this.#known(path);
		if (known !== undefined) return known;
		const language = this.#languageOf(path);
		const key = `${path}\n${name}`;
		if (this.#missing.has(key)) return null;
		const text = language && this.#textAt(path);
		if (text !== undefined && name !== undefined && !this.#mayGive(text, name)) {
			this.#missing.add(key);
			return null;
		}
		const isRead = text !== undefined && text.length <= LONGEST && language?.mayConcern?.(text) !== false;
		const made =
			isRead && language ? openCode(text, language, this.neighboursOf(path, language), this.#concerns) : null;
		this.#hold(path, made);
		return made;
	}

	/** A quick look at a text: whether it can give the name, as something of interest. */
	#mayGive(text: string, name: string): boolean {
		const definitions = KEYWORDS.flatMap((keyword) => definitionOf(text, keyword, name) ?? []);
		if (definitions.length === 0) return nextWord(text, name, 0) >= 0 || STAR.test(text);
		const [first] = definitions.sort((a, b) => a.start - b.start);
		// It ends where the next thing begins at the line's start.
		END.lastIndex = first!.named;
		return this.#concerns(text.slice(first!.start, END.exec(text)?.index));
	}

	#textAt(path: string): string | undefined {
		const known = this.#texts.get(path);
		if (known !== undefined) return known;
		const text = this.#files.read(path);
		if (text === undefined) return undefined;
		this.#textLength += text.length;
		if (this.#textLength > MOST_HELD) {
			this.#texts.clear();
			this.#textLength = text.length;
		}
		this.#texts.set(path, text);
		return text;
	}

	#hold(path: string, code: OpenCode | null): void {
		this.#open.delete(path);
		this.#open.set(path, code);
		const all = [...this.#open];
		let [parsed, held] = [0, 0];
		for (const [, each] of all) {
			parsed += each?.scopes.parsed ?? 0;
			held += each?.resolver.text.length ?? 0;
		}
		if (parsed <= MOST_PARSED && held <= MOST_HELD) return;
		for (const [other, each] of all) {
			if (parsed <= MOST_PARSED / 2 && held <= MOST_HELD / 2) break;
			if (!each || other === path) continue;
			this.#open.delete(other);
			parsed -= each.scopes.parsed;
			held -= each.resolver.text.length;
		}
		// What one file knows of another holds it in memory, and what that one knows, and so on.
		for (const [, each] of all) each?.resolver.forget();
	}
}

/** Where the line of a text begins that defines a name by a keyword, and where the name ends. */
function definitionOf(text: string, keyword: string, name: string): { start: number; named: number } | undefined {
	const words = `${keyword} ${name}`;
	for (let at = nextWord(text, words, 0); at >= 0; at = nextWord(text, words, at + words.length)) {
		BEFORE.lastIndex = at;
		const before = BEFORE.exec(text)?.[1];
		if (before !== undefined) return { start: at - before.length, named: at + words.length };
	}
	return undefined;
}
