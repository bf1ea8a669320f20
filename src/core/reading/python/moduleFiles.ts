import { isLibrary } from "../../activations/libraries/resolve.ts";
import { folderOf, isInside } from "../code/paths.ts";

/** Modules of Python's own, as code imports them; a file of such a name is not what it gets. */
const STANDARD =
	/^(?:__future__|abc|argparse|collections|contextlib|copy|dataclasses|enum|functools|inspect|io|itertools|json|logging|math|operator|os|pathlib|random|re|sys|threading|time|types|typing|typing_extensions|warnings|weakref)(?:\.|$)/;

/** Where a module may lie that the file at `from` imports: beside it, or in a folder above, as far as `root`. */
export function pythonFiles(module: string, from: string, root: string): readonly string[] {
	const [, dots = "", name = ""] = /^(\.*)(.*)$/s.exec(module) ?? [];
	const path = name.replaceAll(".", "/");
	let folder = folderOf(from);
	if (dots !== "") {
		for (let level = 1; level < dots.length; level++) folder = folderOf(folder);
		return filesAt(folder, path);
	}
	const found: string[] = [];
	if (name === "" || isLibrary(name) || STANDARD.test(name)) return found;
	for (; folder !== "" && isInside(folder, root); folder = folderOf(folder)) found.push(...filesAt(folder, path));
	return found;
}

/** The folder of a package; null for a module that is none. */
export function packageFolder(path: string): string | null {
	return path.endsWith("/__init__.py") ? folderOf(path) : null;
}

function filesAt(folder: string, path: string): string[] {
	return path === "" ? [`${folder}/__init__.py`] : [`${folder}/${path}/__init__.py`, `${folder}/${path}.py`];
}
