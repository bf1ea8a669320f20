import { folderOf } from "../code/paths.ts";

const ENDINGS = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts"];

/** Where a module may lie that the file at `from` imports by a relative path. */
export function scriptFiles(module: string, from: string): readonly string[] {
	const [, specifier] = /^"(\.{1,2}(?:\/.*)?)"$/s.exec(module) ?? [];
	if (specifier === undefined) return [];
	let folder = folderOf(from);
	const names: string[] = [];
	for (const part of specifier.split("/")) {
		if (part === "..") {
			if (names.pop() === undefined) folder = folderOf(folder);
		} else if (part !== "." && part !== "") names.push(part);
	}
	const path = [folder, ...names].join("/");
	// TypeScript imports "./layers.ts" by the name that it will be compiled to.
	const plain = path.replace(/\.[cm]?jsx?$/, "");
	// Without an ending it may be a folder, which is no file.
	const itself = ENDINGS.some((ending) => path.endsWith(ending)) ? [path] : [];
	return [...itself, ...ENDINGS.map((ending) => plain + ending), ...ENDINGS.map((ending) => `${path}/index${ending}`)];
}
