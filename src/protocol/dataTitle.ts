import type { StudyData } from "./study.ts";

/** What a study's data are called: the name of a file, or the kind of a set that comes with the extension. */
export function dataTitle(data: StudyData): string {
	switch (data.kind) {
		case "csv":
		case "npz":
			return nameOf(data.path);
		case "npy":
			return nameOf(data.inputs);
		case "idx":
			return nameOf(data.images);
		default:
			return data.kind;
	}
}

function nameOf(path: string): string {
	return path.split(/[\\/]/).pop() ?? "";
}
