import { Definitions } from "../code/definitions.ts";
import { type SyntaxNode, unwrap } from "../code/node.ts";
import type { CodeFunction } from "../code/scope.ts";
import { CalledWith } from "./calledWith.ts";
import { callThing, notFollowed } from "./calls.ts";
import { type CodeFile, codeFileOf } from "./codeFile.ts";
import { evaluateExpression } from "./expressions.ts";
import { Journal } from "./journal.ts";
import { libraryThing } from "./libraryNames.ts";
import type { Shape, Step } from "./model.ts";
import { shapeBehind } from "./shapes.ts";
import { type Ending, executeStatement, NORMAL } from "./statements.ts";
import {
	type Arguments,
	type ClassThing,
	type GraphNode,
	type Instance,
	type Layer,
	type Names,
	oneAmong,
	type Site,
	type Slot,
	sameThing,
	shortened,
	stringThing,
	type Thing,
	tensorsIn,
	unknown,
} from "./thing.ts";

/** What a library's names, methods and attributes do. Each answers undefined for what it does not know. */
export interface Library {
	call?(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined;
	method?(machine: Machine, object: Thing, name: string, given: Arguments, site: Site): Thing | undefined;
	attribute?(machine: Machine, object: Thing, name: string): Thing | undefined;
}

/** A function while it runs. */
export interface Frame {
	readonly self: Thing | null;
	readonly of: ClassThing | null;
	/** What it may have returned, by conditions that are not known. */
	readonly maybe: Thing[];
	readonly within: Instance | null;
	readonly isPlain: boolean;
	/** The function with the names that it binds; null for what runs as a file. */
	readonly running: { readonly function: CodeFunction; readonly names: Names } | null;
}

/** That of a file. */
const FILE: Frame = { self: null, of: null, maybe: [], within: null, isPlain: true, running: null };

/** Statements and calls that are executed for one model, and nodes that it may have. */
const MOST_STEPS = 60_000;
/** Those for all models of a file, which take a second or two. */
const MOST_STEPS_IN_ALL = 400_000;
const MOST_NODES = 5_000;
/** Expressions inside expressions, and calls inside calls. */
const DEEPEST = 220;
const MOST_CALLS_DEEP = 48;
/** Files that import files, each executed because the one before asks for a name. */
const MOST_IMPORTS_DEEP = 8;
/** Characters of other files that are read for the models of one. */
const MOST_READ = 1_500_000;
/** Files that a name is looked for in behind `from … import *`. */
const MOST_STARS = 40;

/** Thrown where a model takes more steps than are executed; the model ends there. */
export class TooLong extends Error {}

/**
 * Executes code symbolically: sizes and flags are numbers and truths of the code, the values that flow through a model are
 * nodes of a graph. Where a condition is not known both arms are executed, and what they leave behind differently is
 * unknown from there on.
 *
 * What a statement, an expression and a call do is said in files of their own. They come back here for what is inside them,
 * so that steps and depth are counted in one place.
 */
export class Machine {
	readonly journal = new Journal(this);
	readonly libraries: readonly Library[];
	readonly #modules = new Map<CodeFile, Names>();
	readonly #definitions = new Map<CodeFile, Definitions>();
	/** What the code names, for those who list the models of a file. */
	onAssign: ((name: SyntaxNode, value: Thing) => void) | null = null;
	/** What the file itself calls its models with. */
	readonly calledWith = new CalledWith();
	/** Inputs, and where modules that they come to say that their batch is. */
	readonly moved = new Map<GraphNode, number>();
	/** Sizes that the code leaves open and loops run over. */
	readonly looped: (Thing & { kind: "size" })[] = [];
	/** Whether inputs have their batch where modules say. */
	isMoved = false;
	#steps = 0;
	#allSteps = 0;
	#nodes = 0;
	#depth = 0;
	#calls = 0;
	#imports = 0;
	readonly #followed = new Set<CodeFile>();
	#read = 0;
	readonly #importing = new Set<Thing>();
	#frame = FILE;

	constructor(libraries: readonly Library[]) {
		this.libraries = libraries;
	}

	/** Begins another model, with what one may take. */
	refresh(): void {
		this.moved.clear();
		this.looped.length = 0;
		this.isMoved = false;
		this.#steps = 0;
		this.#nodes = 0;
		this.#depth = 0;
		this.#calls = 0;
	}

	tick(steps = 1): void {
		this.#steps += steps;
		this.#allSteps += steps;
		if (this.#steps > MOST_STEPS) throw new TooLong(`more than ${MOST_STEPS} steps`);
		if (this.#allSteps > MOST_STEPS_IN_ALL) throw new TooLong(`more than ${MOST_STEPS_IN_ALL} steps in all`);
	}

	/** The function that runs. */
	get frame(): Frame {
		return this.#frame;
	}

	/** Runs something as the body of a function. */
	runIn<T>(frame: Frame, run: () => T): T {
		const before = this.#frame;
		this.#frame = frame;
		try {
			return run();
		} finally {
			this.#frame = before;
		}
	}

	/** The module in whose method something happens. */
	get within(): Instance | null {
		return this.#frame.within;
	}

	/** How many calls are inside each other. */
	get callDepth(): number {
		return this.#calls;
	}

	/** Whether what runs is the file itself or a function called from it, or a method of what is no model. */
	get isPlain(): boolean {
		return this.#frame.isPlain;
	}

	// --- nodes of the graph

	node(
		step: () => Step,
		inputs: readonly GraphNode[],
		site: Site,
		more: {
			layer?: Layer | Instance;
			suffix?: string;
			/** An input's; that of a step follows from what it is fed. */
			shape?: Shape;
			features?: number | null;
			/** That of what it is fed where nothing is said. */
			batch?: number | null;
			folded?: number;
			sizes?: readonly Thing[];
			states?: readonly GraphNode[];
			slot?: Slot;
			/** That of all that it is fed where nothing is said. */
			samples?: 1;
		} = {},
	): Thing & { kind: "tensor" } {
		if (++this.#nodes > MOST_NODES) throw new TooLong(`more than ${MOST_NODES} layers`);
		const shapes = inputs.map((input) => input.shape);
		const shape = more.shape ?? (inputs.length > 0 ? shapeBehind(step(), shapes) : null);
		const features = more.features ?? shape?.at(-1) ?? null;
		const own = inputs.map((input) => input.batch).filter((each) => each !== null);
		const batch =
			more.batch === undefined
				? (own.find((each) => each !== 0) ?? (inputs.length === 0 || own.length > 0 ? 0 : null))
				: more.batch;
		const { layer = null, suffix = "", sizes, states, slot } = more;
		const folded = more.folded ?? Math.max(0, ...inputs.map((input) => input.folded));
		const { within } = this;
		return {
			kind: "tensor",
			node: {
				inputs,
				step,
				site,
				layer,
				suffix,
				within,
				shape,
				features,
				batch,
				folded,
				...(sizes && { sizes }),
				...(states && { states }),
				...(slot && { slot }),
				...((more.samples ?? (inputs.length > 0 && inputs.every(({ samples }) => samples === 1))) && { samples: 1 }),
			},
		};
	}

	/** A step that is not understood, fed by all values among the things. */
	unknownNode(what: string, reason: string, things: readonly Thing[], site: Site): Thing {
		const inputs = [...new Set(things.flatMap((thing) => tensorsIn(thing)))];
		const step: Step = { kind: "unknown", what: shortened(what), reason };
		return this.node(() => step, inputs, site, { suffix: "unknown" });
	}

	/** The one thing that is all of these; else unknown, and a step that is not understood for values of a model. */
	joined(things: readonly Thing[], reason: string): Thing {
		const [first] = things;
		if (first && things.every((thing) => sameThing(thing, first))) return first;
		if (things.some((thing) => tensorsIn(thing).length > 0)) {
			const [node] = things.flatMap((thing) => tensorsIn(thing));
			return this.unknownNode("one of several values", reason, things, node!.site);
		}
		return oneAmong(things, reason);
	}

	// --- files and names

	/** The names of a file, whose statements are executed when they are first asked for. */
	moduleNames(file: CodeFile): Names {
		const known = this.#modules.get(file);
		if (known) return known;
		const names: Names = { own: new Map(), outer: null, file };
		this.#modules.set(file, names);
		const before = [this.#steps, this.#frame, this.#depth, this.#calls] as const;
		[this.#steps, this.#depth, this.#calls] = [0, 0, 0];
		this.#frame = FILE;
		this.#imports++;
		try {
			this.journal.aside(() => {
				for (const statement of file.root.kids) this.execute(statement, names);
			});
		} catch (error) {
			if (!(error instanceof TooLong)) throw error;
		} finally {
			this.#imports--;
			[this.#steps, this.#frame, this.#depth, this.#calls] = before;
		}
		return names;
	}

	definitionsOf(file: CodeFile): Definitions {
		const known = this.#definitions.get(file) ?? new Definitions(file.resolver, file.path);
		this.#definitions.set(file, known);
		return known;
	}

	lookUp(name: string, names: Names, at: number): Thing {
		for (let scope: Names | null = names; scope; scope = scope.outer) {
			const found = scope.own.get(name);
			if (found?.kind !== "import") {
				if (found) return found;
				continue;
			}
			// A file may import a name from itself, as a package does its own modules.
			if (this.#importing.has(found)) continue;
			this.#importing.add(found);
			const thing = this.#imported(found.dotted, found.file);
			this.#importing.delete(found);
			scope.own.set(name, thing);
			return thing;
		}
		const { resolver, path } = names.file;
		if (name === "__name__") return stringThing(path === null ? "__main__" : "imported");
		const { module } = resolver.scopes;
		for (const star of module.stars) {
			const file = name.startsWith("_") ? undefined : this.#fileOf(star, name, names.file);
			const found = file && this.#exported(file, name);
			if (found) return found;
		}
		const value = module.names.has(name)
			? undefined
			: resolver.resolveName(name, { scope: module, block: module.body }, at)?.value;
		if (value?.kind === "name") return { kind: "library", name: value.name };
		const brought = module.names.has(name) ? undefined : module.stars.findLast((star) => holdsName(star, name));
		if (brought !== undefined) return { kind: "library", name: `${brought}.${name}` };
		return BUILTINS.has(name) ? { kind: "library", name } : unknown(`${name} is not known`);
	}

	/** What `file.name` is. */
	inFile(file: CodeFile, name: string): Thing {
		return this.#exported(file, name) ?? this.#imported(`.${name}`, file);
	}

	/** What a file holds under a name, by itself or by its stars. It is only executed if it binds the name. */
	#exported(file: CodeFile, name: string, seen = new Set<CodeFile>()): Thing | undefined {
		seen.add(file);
		const { module } = file.resolver.scopes;
		const isReached = this.#imports <= MOST_IMPORTS_DEEP || this.#modules.has(file);
		if (module.names.has(name) && isReached) {
			const names = this.moduleNames(file);
			const held = names.own.get(name);
			if (held && !this.#importing.has(held)) return this.lookUp(name, names, 0);
		}
		for (const star of module.stars) {
			const from = this.#fileOf(star, name, file);
			if (!from || seen.has(from) || seen.size > MOST_STARS) continue;
			const found = this.#exported(from, name, seen);
			if (found) return found;
		}
		return undefined;
	}

	/** The file of a module that a file imports; none once so much has been read for one file's models. */
	#fileOf(module: string, name: string | undefined, from: CodeFile): CodeFile | undefined {
		if (this.#read > MOST_READ) return undefined;
		const found = from.resolver.neighbours?.fileOf(module, name);
		const file = found && codeFileOf(found, found.neighbours?.path ?? null);
		if (file && !this.#followed.has(file)) {
			this.#followed.add(file);
			this.#read += found.text.length;
		}
		return file;
	}

	/** What an import gives: what a file of the workspace defines, such a file, or a name of a library. */
	#imported(dotted: string, file: CodeFile): Thing {
		const dot = dotted.lastIndexOf(".");
		const module = /^\.+$/.test(dotted.slice(0, dot + 1))
			? dotted.slice(0, dot + 1)
			: dotted.slice(0, Math.max(dot, 0));
		const name = dotted.slice(dot + 1);
		const holder = module === "" ? undefined : this.#fileOf(module, name, file);
		const found = holder && this.#exported(holder, name);
		if (found) return found;
		const whole = this.#fileOf(dotted, undefined, file);
		return whole ? { kind: "file", file: whole } : libraryThing(dotted);
	}

	// --- what runs: statements, expressions and calls

	execute(statement: SyntaxNode, names: Names): Ending {
		this.tick();
		if (this.#depth > DEEPEST) return NORMAL;
		this.#depth++;
		try {
			return executeStatement(this, statement, names);
		} finally {
			this.#depth--;
		}
	}

	evaluate(expression: SyntaxNode, names: Names): Thing {
		if (this.#depth > DEEPEST) return unknown("it is nested too deeply");
		this.#depth++;
		try {
			return evaluateExpression(this, unwrap(expression), names);
		} finally {
			this.#depth--;
		}
	}

	/** What a call gives. `what` is how the code writes the callee. */
	call(callee: Thing, given: Arguments, site: Site, what: string): Thing {
		this.tick();
		if (this.#calls > MOST_CALLS_DEEP) return notFollowed(this, what, "calls inside calls are too deep", given, site);
		if (this.isPlain) this.calledWith.note(callee, given);
		this.#calls++;
		const stands = callee.kind === "class" || callee.kind === "function" ? callee.file.stands : undefined;
		const before = stands?.for ?? null;
		if (stands) stands.for = site;
		try {
			return callThing(this, callee, given, site, what);
		} finally {
			this.#calls--;
			if (stands) stands.for = before;
		}
	}
}

/** Whether a library's module has a name that `from … import *` gives, as far as its kind of names tells. */
function holdsName(module: string, name: string): boolean {
	if (/(^|\.)keras\.layers$/.test(module)) return /^[A-Z]|^(add|concatenate|multiply)$/.test(name);
	if (/(^|\.)keras\.models$|^(tensorflow\.)?keras$/.test(module)) return /^(Sequential|Model|Input)$/.test(name);
	if (module === "torch.nn") return /^[A-Z]/.test(name);
	return module === "torch.nn.functional" && /^[a-z]/.test(name) && !BUILTINS.has(name);
}

/** Functions of Python's own that are executed. */
const BUILTINS: ReadonlySet<string> = new Set(
	"range len int float str bool list tuple dict set zip enumerate reversed sorted sum min max abs round isinstance issubclass hasattr getattr setattr type callable print any all map filter super object id iter next property staticmethod classmethod slice pow vars repr".split(
		" ",
	),
);
