import type { StringLibrary } from "../../activations/libraries/resolve.ts";
import type { SyntaxNode } from "./node.ts";

/** What the reading of code asks of a language. */
export interface Language {
	/** The library of a body that calls none: "python", "javascript". */
	readonly library: string;
	/** Whether a text may say anything about activations: a quick look, for languages that are mostly used for other things. */
	readonly mayConcern?: (text: string) => boolean;
	/** The tree of any text, in the terms of Python's grammar; `base` is added to every offset. */
	readonly parse: (text: string, base: number) => SyntaxNode;
	/** What a file without any import most likely means by these names. A binding in the file always comes first. */
	readonly conventions: ReadonlyMap<string, string>;
	/** Functions of the language itself that a body may call. */
	readonly builtins: ReadonlySet<string>;
	/** Whether `from module import *` brings in `name`. */
	readonly starBrings: (module: string, name: string) => boolean;
	/** The dotted name under which the tables hold the methods of tensors. */
	readonly tensor: "torch.Tensor" | "tfjs";
	/** The tables for a string that names an activation in a file that imports none of the libraries. */
	readonly stringLibraries: readonly StringLibrary[];
	/** What the language's own numbers are; JavaScript's have one type. */
	readonly numbers: "python" | "javascript";
}
