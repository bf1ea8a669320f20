import { parser } from "@lezer/javascript";
import type { Language } from "../code/language.ts";
import { scriptFiles } from "./moduleFiles.ts";
import { parseMembers, parseStatements } from "./parse.ts";
import { mayBeMethod, scriptStatements } from "./statements.ts";

/** Names that stand for themselves, and those of libraries that a page loads by a script tag. */
const CONVENTIONS: ReadonlyMap<string, string> = new Map([
	["tf", "tfjs"],
	["synaptic", "synaptic"],
	["neataptic", "neataptic"],
	["Math", "Math"],
	["Number", "Number"],
	["Array", "Array"],
	["Infinity", "Infinity"],
	["NaN", "NaN"],
]);

/** TensorFlow.js, mathematics that activations are made of, or one by its name. */
const CONCERNED =
	/@tensorflow|\btf\s*\.|\bMath\s*\.\s*(exp|expm1|log1p|tanh|sinh|cosh|atan|max|min)\b|relu|sigmoid|softplus|softmax|softsign|swish|silu|gelu|mish\b|\belu|selu|activation/i;
/** A shorter text is read whatever it holds. */
const SHORT = 50_000;
/** What is longer is a bundle that nobody wrote; reading it would take seconds. */
const LONGEST = 500_000;

const languageOf = (dialect: string): Language => {
	const own = parser.configure({ dialect });
	return {
		library: "javascript",
		mayConcern: (text) => text.length <= SHORT || (text.length <= LONGEST && CONCERNED.test(text)),
		scanParts: scriptStatements,
		importing: /\b(?:import|require)\b/,
		definedName: () => null,
		mayBeMethod,
		bindsOutside: () => true,
		endsWithClass: () => false,
		parse: (source, from, to) => parseStatements(own, source, from, to),
		parseMembers: (source, from, to) => parseMembers(own, source, from, to),
		conventions: CONVENTIONS,
		builtins: new Set(),
		starBrings: () => false,
		filesOf: scriptFiles,
		tensor: "tfjs",
		stringLibraries: ["tfjs", "brain"],
		numbers: "javascript",
	};
};

/** TypeScript and JavaScript, with or without JSX, by the editor's ids. */
export const typescript: ReadonlyMap<string, Language> = new Map([
	["typescript", languageOf("ts")],
	["typescriptreact", languageOf("ts jsx")],
	["javascript", languageOf("jsx")],
	["javascriptreact", languageOf("jsx")],
]);
