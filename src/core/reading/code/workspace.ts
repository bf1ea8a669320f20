import type { Language } from "./language.ts";
import { emptyTree } from "./node.ts";
import { type Neighbours, Resolver } from "./resolver.ts";
import { collectScopes } from "./scope.ts";

/** The texts of a workspace, as its host has them. Paths are absolute, with "/". */
export interface Files {
	/** A file's text; undefined where there is no file, or none that is known yet. */
	read(path: string): string | undefined;
	/** The outermost folder in which modules that a file imports are looked for. */
	rootOf(path: string): string;
}

/** Together, the texts of files that are held because others import them are not longer than this. */
const MOST_HELD = 3_000_000;

/** The files of a workspace that imports lead to, each read when it is first asked for. */
export class Workspace {
	readonly #files: Files;
	readonly #languageOf: (path: string) => Language | undefined;
	readonly #resolvers = new Map<string, Resolver | null>();
	/** By the folder and the module's name. */
	readonly #found = new Map<string, Resolver | null>();
	#held = 0;

	constructor(files: Files, languageOf: (path: string) => Language | undefined) {
		this.#files = files;
		this.#languageOf = languageOf;
	}

	/** Where the imports of the file at a path lead. */
	neighboursOf(path: string, language: Language): Neighbours {
		const folder = path.slice(0, path.lastIndexOf("/") + 1);
		const isPackage = path.endsWith("/__init__.py");
		const fileOf = (module: string): Resolver | undefined => {
			const key = `${folder}\n${module}`;
			let found = this.#found.get(key);
			if (found === undefined) {
				found = this.#first(language.filesOf(module, path, this.#files.rootOf(path)));
				this.#found.set(key, found);
			}
			return found ?? undefined;
		};
		return { path, fileOf, submodule: (name) => (isPackage ? fileOf(`.${name}`) : undefined) };
	}

	/** Lets go of all that was read: files may have changed. */
	forget(): void {
		this.#resolvers.clear();
		this.#found.clear();
		this.#held = 0;
	}

	#first(paths: readonly string[]): Resolver | null {
		for (const path of paths) {
			const found = this.#at(path);
			if (found) return found;
		}
		return null;
	}

	#at(path: string): Resolver | null {
		const known = this.#resolvers.get(path);
		if (known !== undefined) return known;
		const language = this.#languageOf(path);
		const text = language && this.#files.read(path);
		if (language && text !== undefined && this.#held + text.length > MOST_HELD) this.forget();
		const made = language && text !== undefined ? this.#read(path, text, language) : null;
		this.#resolvers.set(path, made);
		return made;
	}

	#read(path: string, text: string, language: Language): Resolver | null {
		// One file alone that is longer than all may be is not read for another's sake.
		if (text.length > MOST_HELD || language.mayConcern?.(text) === false) return null;
		this.#held += text.length;
		const source = { text };
		const root = emptyTree(source);
		root.kids.push(...language.parse(text, 0, source).kids.map((kid) => Object.assign(kid, { parent: root })));
		return new Resolver(text, collectScopes(root), language, this.neighboursOf(path, language));
	}
}
