import type { Language } from "./language.ts";
import { type OpenCode, openCode } from "./openCode.ts";
import type { Neighbours, Resolver } from "./resolver.ts";
import { DESCENDS, SearchedText } from "./searchedText.ts";
import { mayBeActivation } from "./tellingPlaces.ts";

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

/** The files of a workspace that imports lead to, each read when it is first asked for. */
export class Workspace {
	readonly #files: Files;
	readonly #languageOf: (path: string) => Language | undefined;
	readonly #concerns: (code: string) => boolean;
	readonly #open = new Map<string, OpenCode>();
	/** The paths of modules by their names, for the files of each folder. */
	readonly #paths = new Map<string, Map<string, string | null>>();
	/** Texts in which names were looked for lately. */
	readonly #texts = new Map<string, SearchedText>();
	#textLength = 0;
	/** Whether a file may hold an activation under a name, by path and name. */
	readonly #holdings = new Map<string, Map<string, boolean>>();
	/** Names that were looked for in vain, by path and name, and the paths at which nothing is read. */
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
		const mayHold = (module: string, name: string) => {
			const found = pathOf(module);
			return found !== null && this.#mayHold(found, name);
		};
		return { path, fileOf, mayLead: (module) => pathOf(module) !== null, mayHold, isPackage };
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
		this.#holdings.clear();
		this.#texts.clear();
		this.#textLength = 0;
	}

	#known(path: string): OpenCode | undefined {
		const known = this.#open.get(path);
		if (known) {
			// The latest that was asked for is let go last.
			this.#open.delete(path);
			this.#open.set(path, known);
		}
		return known;
	}

	#at(path: string, name?: string): OpenCode | null {
		const known = this.#known(path);
		if (known) return known;
		const key = `${path}\n${name}`;
		if (this.#missing.has(path) || this.#missing.has(key)) return null;
		const language = this.#languageOf(path);
		const searched = language && this.#textAt(path);
		if (searched && name !== undefined && !searched.mayHold(name, this.#concerns)) {
			this.#missing.add(key);
			return null;
		}
		const isRead = searched && searched.text.length <= LONGEST && language.mayConcern?.(searched.text) !== false;
		if (!isRead) {
			this.#missing.add(path);
			return null;
		}
		const made = openCode(searched.text, language, this.neighboursOf(path, language), this.#concerns);
		this.#hold(path, made);
		return made;
	}

	#mayHold(path: string, name: string): boolean {
		const known = this.#holdings.get(path) ?? new Map<string, boolean>();
		this.#holdings.set(path, known);
		let found = known.get(name);
		if (found === undefined) {
			found = !!this.#textAt(path)?.mayHold(name, (code) => mayBeActivation(code) || DESCENDS.test(code));
			known.set(name, found);
		}
		return found;
	}

	#textAt(path: string): SearchedText | undefined {
		const known = this.#texts.get(path);
		if (known) return known;
		const text = this.#files.read(path);
		if (text === undefined) return undefined;
		this.#textLength += text.length;
		if (this.#textLength > MOST_HELD) {
			this.#texts.clear();
			this.#textLength = text.length;
		}
		const made = new SearchedText(text);
		this.#texts.set(path, made);
		return made;
	}

	#hold(path: string, code: OpenCode): void {
		this.#open.delete(path);
		this.#open.set(path, code);
		let [parsed, held] = [0, 0];
		for (const { scopes, resolver } of this.#open.values()) {
			parsed += scopes.parsed;
			held += resolver.text.length;
		}
		if (parsed <= MOST_PARSED && held <= MOST_HELD) return;
		const all = [...this.#open];
		for (const [other, { scopes, resolver }] of all) {
			if (parsed <= MOST_PARSED / 2 && held <= MOST_HELD / 2) break;
			if (other === path) continue;
			this.#open.delete(other);
			parsed -= scopes.parsed;
			held -= resolver.text.length;
		}
		// What one file knows of another holds it in memory, and what that one knows, and so on.
		for (const [, { resolver }] of all) resolver.forget();
	}
}
