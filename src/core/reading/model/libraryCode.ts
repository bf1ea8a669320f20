import { readCode } from "../code/codeReading.ts";
import { python } from "../python/python.ts";
import { type CodeFile, codeFileOf } from "./codeFile.ts";

/** Parts of a library that are made of others, as code that is read like the user's. */
export interface LibraryCode {
	/** The functions and classes that the code defines. */
	readonly names: ReadonlySet<string>;
	/** The code, read when it is first asked for. */
	readonly file: () => CodeFile;
}

/** The parts of a library that Python code says. */
export function libraryCode(source: string): LibraryCode {
	let file: CodeFile | null = null;
	return {
		names: new Set([...source.matchAll(/^(?:class|def) (\w+)/gm)].map(([, name]) => name!)),
		file: () => {
			file ??= { ...codeFileOf(readCode([source], python).resolver, null), stands: { for: null } };
			return file;
		},
	};
}
