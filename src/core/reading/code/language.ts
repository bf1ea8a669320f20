import type { StringLibrary } from "../../activations/libraries/resolve.ts";
import type { SourceText, SyntaxNode } from "./node.ts";
import type { ScanParts } from "./partStarts.ts";

/** The tree of some members of a class, and of what stands behind the class where it ends. */
export interface MemberTree extends SyntaxNode {
	/** How many of the first kids are members. */
	readonly members: number;
	/** Where the class ends if these are its last members; undefined if there are none. */
	readonly classEnd: number | undefined;
}

/** What a module is asked for: a name, perhaps the one that this gets; null for the module itself, or all that it holds. */
export interface ImportedName {
	readonly module: string;
	readonly name: string | null;
}

/** What the reading of code asks of a language. */
export interface Language {
	/** The library of a body that calls none: "python", "javascript". */
	readonly library: string;
	/** Whether a text may say anything about activations: a quick look, for languages that are mostly used for other things. */
	readonly mayConcern?: (text: string) => boolean;
	/** Finds where a text falls into parts that are parsed one by one. */
	readonly scanParts: ScanParts;
	/** What code holds in which something is imported. */
	readonly importing: RegExp;
	/** What the import statements in some code name, by a quick look; undefined where that does not say. */
	readonly importedNames?: (code: string) => readonly ImportedName[] | undefined;
	/** The one name that the code of a part binds in the module's scope, by a quick look; null where it may bind others. */
	readonly definedName: (code: string) => string | null;
	/**
	 * Whether the name between two offsets may be that of a method outside of a class, as broken code has it, by a quick
	 * look; for languages in which no word says that it is one.
	 */
	readonly mayBeMethod?: (text: string, at: number, behind: number) => boolean;
	/** Whether a class' member may bind a name in the module's scope, by a quick look. */
	readonly bindsOutside: (code: string) => boolean;
	/** Whether a class surely ends with the code of its last members, not in it, by a quick look. */
	readonly endsWithClass: (code: string) => boolean;
	/** The tree of what lies between two offsets of a source, whatever it is, in the terms of Python's grammar. */
	readonly parse: (source: SourceText, from: number, to: number) => SyntaxNode;
	/** The same of what begins with members of a class whose beginning lies before it. */
	readonly parseMembers: (source: SourceText, from: number, to: number) => MemberTree;
	/** What a file without any import most likely means by these names. A binding in the file always comes first. */
	readonly conventions: ReadonlyMap<string, string>;
	/** Functions of the language itself that a body may call. */
	readonly builtins: ReadonlySet<string>;
	/** Whether `from module import *` brings in `name`. */
	readonly starBrings: (module: string, name: string) => boolean;
	/**
	 * Where the file of a module may lie that the file at `from` imports, most likely first; none for a library's. `root`
	 * is the outermost folder to look in.
	 */
	readonly filesOf: (module: string, from: string, root: string) => readonly string[];
	/** The dotted name under which the tables hold the methods of tensors. */
	readonly tensor: "torch.Tensor" | "tfjs";
	/** The tables for a string that names an activation in a file that imports none of the libraries. */
	readonly stringLibraries: readonly StringLibrary[];
	/** What the language's own numbers are; JavaScript's have one type. */
	readonly numbers: "python" | "javascript";
}
