import { parser } from "@lezer/javascript";
import type { Language } from "../code/language.ts";
import { parseTree } from "../code/node.ts";
import { lower } from "./lower.ts";

/** Names that stand for themselves, and `tf` where a page loads TensorFlow.js by a script tag. */
const CONVENTIONS: ReadonlyMap<string, string> = new Map([
	["tf", "tfjs"],
	["Math", "Math"],
	["Number", "Number"],
	["Infinity", "Infinity"],
	["NaN", "NaN"],
]);

const languageOf = (dialect: string): Language => {
	const own = parser.configure({ dialect });
	return {
		library: "javascript",
		parse: (text, base) => lower(parseTree(own, text, base), text, base),
		conventions: CONVENTIONS,
		builtins: new Set(),
		starBrings: () => false,
		tensor: "tfjs",
		stringLibraries: [],
		readsArguments: false,
	};
};

/** TypeScript and JavaScript, with or without JSX, by the editor's ids. */
export const typescript: ReadonlyMap<string, Language> = new Map([
	["typescript", languageOf("ts")],
	["typescriptreact", languageOf("ts jsx")],
	["javascript", languageOf("jsx")],
	["javascriptreact", languageOf("jsx")],
]);
