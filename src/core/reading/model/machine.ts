import { literalNumber, namedNumber } from "../code/constants.ts";
import { Definitions } from "../code/definitions.ts";
import {
	argumentsOf,
	assignmentParts,
	attributeParts,
	callParts,
	childNamed,
	hasComma,
	type SyntaxNode,
	splitByCommas,
	textOf,
	unwrap,
} from "../code/node.ts";
import type { CodeFunction } from "../code/scope.ts";
import { elementsOf } from "../code/scope.ts";
import type { Definition } from "../use.ts";
import { type CodeFile, codeFileOf } from "./codeFile.ts";
import { Journal } from "./journal.ts";
import type { Step } from "./model.ts";
import { binaryOperation, comparison, truthOf } from "./operators.ts";
import { addPart, addParts } from "./parts.ts";
import {
	type Arguments,
	booleanThing,
	type ClassThing,
	type GraphNode,
	type Instance,
	keyOf,
	type Layer,
	listThing,
	type Names,
	NONE,
	numberThing,
	positional,
	type Shape,
	type Site,
	sameThing,
	settled,
	shortened,
	stringThing,
	type Thing,
	tensorsIn,
	type Unknown,
	unknown,
} from "./thing.ts";

/** What a library's names, methods and attributes do. Each answers undefined for what it does not know. */
export interface Library {
	call?(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined;
	method?(machine: Machine, object: Thing, name: string, given: Arguments, site: Site): Thing | undefined;
	attribute?(machine: Machine, object: Thing, name: string): Thing | undefined;
}

/** How a statement ends. "unsure": a loop may end here, by a condition that is not known. */
type Ending = { readonly kind: "normal" | "break" | "continue" | "raise" | "unsure" } | Returned;
interface Returned {
	readonly kind: "return";
	readonly value: Thing;
}
const NORMAL: Ending = { kind: "normal" };

/** A function while it runs. */
interface Frame {
	readonly self: Thing | null;
	readonly of: ClassThing | null;
	/** What it may have returned, by conditions that are not known. */
	readonly maybe: Thing[];
	readonly within: Instance | null;
	readonly isPlain: boolean;
}

/** Statements and calls that are executed for one model, and nodes that it may have. */
const MOST_STEPS = 60_000;
/** Those for all models of a file, which take a second or two. */
const MOST_STEPS_IN_ALL = 400_000;
const MOST_NODES = 5_000;
/** Expressions inside expressions, and calls inside calls. */
const DEEPEST = 220;
const MOST_CALLS_DEEP = 48;
const MOST_TURNS = 2_000;
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
 */
export class Machine {
	readonly journal = new Journal(this);
	readonly #libraries: readonly Library[];
	readonly #modules = new Map<CodeFile, Names>();
	readonly #definitions = new Map<CodeFile, Definitions>();
	/** What the code names, for those who list the models of a file. */
	onAssign: ((name: SyntaxNode, value: Thing) => void) | null = null;
	#steps = 0;
	#allSteps = 0;
	#nodes = 0;
	#depth = 0;
	#calls = 0;
	#imports = 0;
	readonly #followed = new Set<CodeFile>();
	#read = 0;
	readonly #importing = new Set<Thing>();
	#frame: Frame = { self: null, of: null, maybe: [], within: null, isPlain: true };

	constructor(libraries: readonly Library[]) {
		this.#libraries = libraries;
	}

	/** Begins another model, with what one may take. */
	refresh(): void {
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

	/** The module in whose method something happens. */
	get within(): Instance | null {
		return this.#frame.within;
	}

	/** How many calls are inside each other. */
	get callDepth(): number {
		return this.#calls;
	}

	/** Whether what runs is the file itself or a function called from it, not a method. */
	get isPlain(): boolean {
		return this.#frame.isPlain;
	}

	// --- nodes of the graph

	node(
		step: () => Step,
		inputs: readonly GraphNode[],
		site: Site,
		more: { layer?: Layer | Instance; suffix?: string; shape?: Shape; features?: number | null } = {},
	): Thing & { kind: "tensor" } {
		if (++this.#nodes > MOST_NODES) throw new TooLong(`more than ${MOST_NODES} layers`);
		const shape = more.shape ?? null;
		const features = more.features ?? shape?.at(-1) ?? null;
		const { layer = null, suffix = "" } = more;
		return {
			kind: "tensor",
			node: { inputs, step, site, layer, suffix, within: this.within, shape, features },
		};
	}

	/** A step that is not understood, fed by all values among the things. */
	unknownNode(what: string, reason: string, things: readonly Thing[], site: Site): Thing {
		const inputs = [...new Set(things.flatMap((thing) => tensorsIn(thing)))];
		const step: Step = { kind: "unknown", what: shortened(what), reason };
		return this.node(() => step, inputs, site, { suffix: "unknown" });
	}

	// --- files and names

	/** The names of a file, whose statements are executed when they are first asked for. */
	moduleNames(file: CodeFile): Names {
		const known = this.#modules.get(file);
		if (known) return known;
		const names: Names = { own: new Map(), outer: null, file };
		this.#modules.set(file, names);
		if (!file.root) return names;
		const { root } = file;
		const before = [this.#steps, this.#frame, this.#depth, this.#calls] as const;
		[this.#steps, this.#depth, this.#calls] = [0, 0, 0];
		this.#frame = { self: null, of: null, maybe: [], within: null, isPlain: true };
		this.#imports++;
		try {
			this.journal.aside(() => {
				for (const statement of root.kids) this.execute(statement, names);
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
		return BUILTINS.has(name) ? { kind: "library", name } : unknown(`${name} is not known`);
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
		return whole ? { kind: "file", file: whole } : { kind: "library", name: dotted };
	}

	// --- statements

	executeBody(body: SyntaxNode, names: Names): Ending {
		for (const statement of body.kids) {
			const ending = this.execute(statement, names);
			if (ending.kind !== "normal") return ending;
		}
		return NORMAL;
	}

	execute(statement: SyntaxNode, names: Names): Ending {
		this.tick();
		if (this.#depth > DEEPEST) return NORMAL;
		this.#depth++;
		try {
			return this.#execute(statement, names);
		} finally {
			this.#depth--;
		}
	}

	#execute(statement: SyntaxNode, names: Names): Ending {
		const { kids } = statement;
		switch (statement.name) {
			case "ExpressionStatement":
				for (const kid of kids) if (kid.name !== ",") this.evaluate(kid, names);
				return NORMAL;
			case "StatementGroup":
			case "Body":
				return this.executeBody(statement, names);
			case "AssignStatement":
				this.#assignStatement(statement, names);
				return NORMAL;
			case "UpdateStatement":
				this.#updateStatement(statement, names);
				return NORMAL;
			case "ReturnStatement": {
				const values = kids.filter((kid) => !/^(return|,)$/.test(kid.name));
				if (values.length === 0) return { kind: "return", value: NONE };
				const value =
					values.length === 1 && !hasComma(statement)
						? this.evaluate(values[0]!, names)
						: listThing(
								values.filter(({ name }) => name !== "*").map((kid) => this.evaluate(kid, names)),
								true,
							);
				return { kind: "return", value };
			}
			case "BreakStatement":
				return { kind: "break" };
			case "ContinueStatement":
				return { kind: "continue" };
			case "RaiseStatement":
				return { kind: "raise" };
			case "IfStatement":
				return this.#ifStatement(statement, names);
			case "ForStatement":
				return this.#forStatement(statement, names);
			case "WhileStatement":
				return this.#whileStatement(statement, names);
			case "WithStatement": {
				kids.forEach((kid, i) => {
					if (kids[i - 1]?.name === "as") this.assign(kid, unknown("what `with` gives is not followed"), names);
				});
				const body = childNamed(statement, "Body");
				return body ? this.executeBody(body, names) : NORMAL;
			}
			case "TryStatement":
				return this.#tryStatement(statement, names);
			case "MatchStatement": {
				const bodies = descendants(statement, "MatchClause").flatMap((clause) => childNamed(clause, "Body") ?? []);
				const arms = bodies.map((body) => () => this.executeBody(body, names));
				return this.#uncertain([...arms, () => NORMAL], "the pattern that matches is not known", names);
			}
			case "FunctionDefinition":
				this.#define(statement, [], names);
				return NORMAL;
			case "ClassDefinition":
				this.#define(statement, [], names);
				return NORMAL;
			case "DecoratedStatement": {
				const definition = kids[kids.length - 1];
				const decorators = kids.filter(({ name }) => name === "Decorator");
				if (definition && definition.name !== "Decorator") this.#define(definition, decorators, names);
				return NORMAL;
			}
			case "ImportStatement":
				for (const { name, dotted } of names.file.imports.get(statement.to) ?? []) {
					if (!names.own.has(name)) names.own.set(name, { kind: "import", dotted, file: names.file });
				}
				return NORMAL;
			case "DeleteStatement":
				for (const kid of kids) if (kid.name === "MemberExpression") this.#delete(kid, names);
				return NORMAL;
			default:
				return NORMAL;
		}
	}

	/** `del object.name` and `del object[key]`. */
	#delete(target: SyntaxNode, names: Names): void {
		const member = attributeParts(target);
		const [objectNode] = target.kids;
		const object = objectNode ? this.evaluate(member?.object ?? objectNode, names) : NONE;
		if (member && object.kind === "instance") this.journal.write(object.attributes, textOf(member.property), undefined);
		else if (object.kind === "list" || object.kind === "dictionary" || object.kind === "instance") {
			this.journal.write(object, "open", unknown("what is deleted is not followed"));
		}
	}

	#define(definition: SyntaxNode, decorators: readonly SyntaxNode[], names: Names): void {
		const { file } = names;
		if (definition.name === "FunctionDefinition") {
			const made = file.functions.get(definition);
			if (!made?.name) return;
			// A method does not see the names of its class.
			const outer = made.class && names.outer ? names.outer : names;
			let thing: Thing = { kind: "function", function: made, outer, file, self: null, of: null };
			for (const decorator of [...decorators].reverse()) {
				const wrapped = this.#decorated(decorator, thing, names);
				if (wrapped) thing = wrapped;
			}
			this.journal.write(names.own, made.name, thing);
		} else if (definition.name === "ClassDefinition") {
			const made = file.classes.get(definition);
			if (!made) return;
			const bases = made.bases.map((base) => this.evaluate(base, names));
			const thing: ClassThing = { kind: "class", class: made, file, outer: names, attributes: new Map(), bases };
			this.journal.write(names.own, made.name, thing);
			const body = childNamed(definition, "Body");
			if (body) this.executeBody(body, { own: thing.attributes, outer: names, file });
		}
	}

	/** What a decorator of the file itself makes of a function; those of others are taken to leave what it computes. */
	#decorated(decorator: SyntaxNode, thing: Thing, names: Names): Thing | null {
		const [, ...kids] = decorator.kids;
		const [first] = kids;
		if (first?.name !== "VariableName" || kids.some(({ name }) => name === "." || name === "ArgList")) return null;
		const found = this.lookUp(textOf(first), names, first.from);
		if (found.kind !== "function" || found.file !== names.file) return null;
		return this.call(found, positional(thing), siteOf(decorator, names.file), textOf(first));
	}

	#assignStatement(statement: SyntaxNode, names: Names): void {
		const { targets, values } = assignmentParts(statement);
		if (values.length === 0) return;
		const spread = statement.kids.some((kid, i) => kid.name === "*" && i > 0 && statement.kids[i - 1]?.name !== "(");
		const hasList = values.length > 1 || statement.kids[statement.kids.length - 1]?.name === ",";
		const value =
			spread && hasList
				? this.#spreadValues(statement, names)
				: hasList
					? listThing(
							values.map((each) => this.evaluate(each, names)),
							true,
						)
					: this.evaluate(values[0]!, names);
		for (const list of targets) {
			const [only] = list;
			if (list.length === 1 && only) {
				this.assign(only, value, names);
				if (only.name === "VariableName") this.onAssign?.(only, value);
			} else this.#unpack(list, value, names, siteOf(statement, names.file));
		}
	}

	/** `a, *b` as a value. */
	#spreadValues(statement: SyntaxNode, names: Names): Thing {
		const last = statement.kids.findLastIndex(({ name }) => name === "AssignOp");
		return this.#listOf(splitByCommas(statement.kids.slice(last + 1)), names, true);
	}

	#updateStatement(statement: SyntaxNode, names: Names): void {
		const [target, operator, value] = statement.kids;
		if (!target || !operator || !value) return;
		const before = this.evaluate(target, names);
		const given = this.evaluate(value, names);
		const sign = textOf(operator).replace(/=$/, "");
		if (sign === "+" && before.kind === "list" && !before.tuple) {
			const items = this.iterate(given);
			if ("kind" in items) this.journal.write(before, "open", items);
			else this.journal.write(before, "items", [...before.items, ...items]);
			return;
		}
		if (sign === "+" && before.kind === "instance" && before.class === null) {
			addParts(this, before, given);
			return;
		}
		this.assign(target, binaryOperation(this, sign, before, given, siteOf(statement, names.file)), names);
	}

	/** Gives a target a value. */
	assign(target: SyntaxNode, value: Thing, names: Names): void {
		const node = unwrap(target);
		if (node.name === "VariableName") {
			const name = textOf(node);
			let holder: Names = names;
			// A comprehension's names and a module's are their own; `global` is rare enough to be left.
			if (names.file.resolver.language.numbers === "javascript") {
				for (let scope: Names | null = names; scope; scope = scope.outer) if (scope.own.has(name)) holder = scope;
			}
			this.journal.write(holder.own, name, value);
			return;
		}
		if (/^(Tuple|Array)Expression$/.test(node.name)) {
			this.#unpack(elementsOf(node), value, names, siteOf(node, names.file));
			return;
		}
		const member = attributeParts(node);
		if (member) {
			this.setAttribute(this.evaluate(member.object, names), textOf(member.property), value);
			return;
		}
		if (node.name !== "MemberExpression" || !node.kids[0]) return;
		const object = this.evaluate(node.kids[0], names);
		const key = node.kids.length === 4 ? this.evaluate(node.kids[2]!, names) : unknown("a slice");
		if (object.kind === "tensor") {
			const made = this.unknownNode(
				textOf(node),
				"assigning to a part of a value is not followed",
				[object, value],
				siteOf(node, names.file),
			);
			if (/^(VariableName|MemberExpression)$/.test(node.kids[0].name)) this.assign(node.kids[0], made, names);
		} else if (object.kind === "dictionary") {
			const name = keyOf(key);
			if (name === undefined) this.journal.write(object, "open", unknown("a key is not known"));
			else this.journal.write(object.entries, name, value);
		} else if (object.kind === "list") {
			if (key.kind !== "number") this.journal.write(object, "open", unknown("an index is not known"));
			else {
				const items = [...object.items];
				items[key.value < 0 ? items.length + key.value : key.value] = value;
				this.journal.write(object, "items", items.slice(0, object.items.length));
			}
		} else if (object.kind === "instance") {
			const name = keyOf(key);
			if (name === undefined) this.journal.write(object, "open", unknown("a key is not known"));
			else addPart(this, object, value, name);
		}
	}

	setAttribute(object: Thing, name: string, value: Thing): void {
		const drawn =
			object.kind === "slot" && name === "data" ? object.slot : object.kind === "layer" && object.slots.get(name);
		if (drawn) {
			// Weights that are replaced are those of what replaces them, and share what becomes of it.
			if (value.kind === "slot") this.journal.write(drawn, "tied", settled(value.slot) === drawn ? null : value.slot);
			else if (value.kind !== "none") {
				const draw = { kind: "unknown", reason: "it is replaced by what is not followed" } as const;
				this.journal.write(settled(drawn), "initialisation", { explicit: true, span: null, draw });
			}
		} else if (object.kind === "instance" || object.kind === "class" || object.kind === "layer")
			// A parameter is called what it is first bound to.
			this.journal.write(
				object.attributes,
				name,
				value.kind === "slot" && value.name === "" ? { ...value, name } : value,
			);
	}

	#unpack(targets: readonly SyntaxNode[], value: Thing, names: Names, site: Site): void {
		const items = this.iterate(value);
		const starred = targets.findIndex((target) => isStarred(target));
		targets.forEach((target, i) => {
			let item: Thing;
			if ("kind" in items) {
				if (value.kind !== "tensor") item = items;
				else item = this.#partOf(value, site);
			} else if (starred >= 0) {
				const behind = targets.length - 1 - i;
				item =
					i < starred
						? (items[i] ?? unknown("too few values"))
						: i === starred
							? listThing(items.slice(i, items.length - behind))
							: (items[items.length - 1 - behind] ?? unknown("too few values"));
			} else item = items.length === targets.length ? items[i]! : unknown("another number of values than names");
			this.assign(target, item, names);
		});
	}

	/** A part of what a step gives: of a step that is not understood, all of it is unknown. */
	#partOf(value: Thing & { kind: "tensor" }, site: Site): Thing {
		if (value.node.step().kind === "unknown") return value;
		return this.node(() => ({ kind: "reshape", what: "part" }), [value.node], site, { suffix: "part" });
	}

	#ifStatement(statement: SyntaxNode, names: Names): Ending {
		const { kids } = statement;
		const arms: { condition: SyntaxNode | null; body: SyntaxNode }[] = [];
		let condition: SyntaxNode | null = null;
		for (const kid of kids) {
			if (kid.name === "Body") {
				arms.push({ condition, body: kid });
				condition = null;
			} else if (!/^(if|elif|else|:|\(|\)|⚠)$/.test(kid.name)) condition = kid;
		}
		return this.#chooseArm(arms, 0, names);
	}

	#chooseArm(arms: readonly { condition: SyntaxNode | null; body: SyntaxNode }[], at: number, names: Names): Ending {
		const arm = arms[at];
		if (!arm) return NORMAL;
		if (!arm.condition) return this.executeBody(arm.body, names);
		const truth = truthOf(this.evaluate(arm.condition, names));
		if (truth === true) return this.executeBody(arm.body, names);
		if (truth === false) return this.#chooseArm(arms, at + 1, names);
		const reason = `it depends on a condition that is not known: ${shortened(textOf(arm.condition))}`;
		return this.#uncertain(
			[() => this.executeBody(arm.body, names), () => this.#chooseArm(arms, at + 1, names)],
			reason,
			names,
		);
	}

	/** Executes arms of which one runs; what they leave behind differently is not known. An arm that raises is not taken. */
	#uncertain(arms: readonly (() => Ending)[], reason: string, names: Names): Ending {
		const ran = arms.map((arm) => this.journal.tried(arm));
		const taken = ran.filter(({ result }) => result.kind !== "raise");
		if (taken.length === 0) return { kind: "raise" };
		const [only] = taken;
		if (taken.length === 1 && only) {
			this.journal.redo(only.writes);
			return only.result;
		}
		const endings = new Set(taken.map(({ result }) => result.kind));
		const returned = taken.filter(({ result }) => result.kind === "return");
		const staying = taken.filter(({ result }) => result.kind !== "return");
		this.journal.merge(
			taken.map(({ writes, result }) => ({ writes, returned: result.kind === "return" })),
			names.own,
			reason,
		);
		if (returned.length === taken.length) {
			const values = returned.map(({ result }) => (result as Returned).value); // All returned.
			return { kind: "return", value: this.joined(values, reason) };
		}
		for (const { result } of returned) this.#frame.maybe.push((result as Returned).value);
		if (endings.has("break") || endings.has("continue") || endings.has("unsure")) {
			const others = [...endings].filter((kind) => kind !== "return");
			return others.length === 1 && returned.length === 0 ? staying[0]!.result : { kind: "unsure" };
		}
		return NORMAL;
	}

	/** The one thing that is all of these; else unknown, and a step that is not understood for values of a model. */
	joined(things: readonly Thing[], reason: string): Thing {
		const [first] = things;
		if (first && things.every((thing) => sameThing(thing, first))) return first;
		if (things.some((thing) => tensorsIn(thing).length > 0)) {
			const [node] = things.flatMap((thing) => tensorsIn(thing));
			return this.unknownNode("one of several values", reason, things, node!.site);
		}
		return { kind: "unknown", reason, among: things };
	}

	#forStatement(statement: SyntaxNode, names: Names): Ending {
		const { kids } = statement;
		const at = kids.findIndex(({ name }) => name === "in");
		const body = childNamed(statement, "Body");
		if (!body) return NORMAL;
		if (at < 0) return this.#unknownLoop(body, [], "the loop is not followed", names);
		const targets = kids.slice(0, at).filter(({ name }) => !/^(async|for|,|\(|\))$/.test(name));
		const sources = kids.slice(at + 1, kids.indexOf(body)).filter(({ name }) => name !== ",");
		const list =
			sources.length === 1
				? this.iterate(this.evaluate(sources[0]!, names))
				: listThing(sources.map((kid) => this.evaluate(kid, names))).items;
		if ("kind" in list) return this.#unknownLoop(body, targets, list.reason, names);
		if (list.length > MOST_TURNS) return this.#unknownLoop(body, targets, `more than ${MOST_TURNS} turns`, names);
		const site = siteOf(statement, names.file);
		const { result, writes } = this.journal.tried((): Ending => {
			for (const item of list) {
				if (targets.length === 1) this.assign(targets[0]!, item, names);
				else this.#unpack(targets, item, names, site);
				const ending = this.executeBody(body, names);
				if (ending.kind === "break") break;
				if (ending.kind !== "normal" && ending.kind !== "continue") return ending;
			}
			return NORMAL;
		});
		if (result.kind === "unsure") {
			return this.#unknownLoop(body, targets, "the loop may end by a condition that is not known", names);
		}
		this.journal.redo(writes);
		return result;
	}

	#whileStatement(statement: SyntaxNode, names: Names): Ending {
		const body = childNamed(statement, "Body");
		const condition = statement.kids.find(({ name }) => !/^(while|do|Body|\(|\))$/.test(name));
		if (!body || !condition) return NORMAL;
		for (let turn = 0; turn < MOST_TURNS; turn++) {
			const truth = truthOf(this.evaluate(condition, names));
			if (truth === false) return NORMAL;
			if (truth === undefined) break;
			const { result, writes } = this.journal.tried(() => this.executeBody(body, names));
			if (result.kind === "unsure") break;
			this.journal.redo(writes);
			if (result.kind === "break") return NORMAL;
			if (result.kind === "return" || result.kind === "raise") return result;
		}
		return this.#unknownLoop(body, [], `how often the loop runs is not known: ${shortened(textOf(condition))}`, names);
	}

	/** A loop of which it is not known how often it runs: what it changes is unknown behind it. */
	#unknownLoop(body: SyntaxNode, targets: readonly SyntaxNode[], reason: string, names: Names): Ending {
		const { result, writes } = this.journal.tried((): Ending => {
			for (const target of targets) this.assign(target, unknown(reason), names);
			return this.executeBody(body, names);
		});
		this.journal.blur(writes, reason, this);
		if (result.kind === "return") this.#frame.maybe.push(result.value);
		return NORMAL;
	}

	#tryStatement(statement: SyntaxNode, names: Names): Ending {
		let ending: Ending = NORMAL;
		let before = "";
		for (const kid of statement.kids) {
			if (kid.name === "Body") {
				if (before === "try") ending = this.executeBody(kid, names);
				else if (before === "except" && ending.kind === "raise") ending = this.executeBody(kid, names);
				else if (before === "finally" || (before === "else" && ending.kind === "normal")) {
					const last = this.executeBody(kid, names);
					if (last.kind !== "normal") ending = last;
				}
			} else if (/^(try|except|else|finally)$/.test(kid.name)) before = kid.name;
		}
		return ending;
	}

	// --- expressions

	evaluate(expression: SyntaxNode, names: Names): Thing {
		if (this.#depth > DEEPEST) return unknown("it is nested too deeply");
		this.#depth++;
		try {
			return this.#evaluate(unwrap(expression), names);
		} finally {
			this.#depth--;
		}
	}

	#evaluate(node: SyntaxNode, names: Names): Thing {
		const { kids } = node;
		switch (node.name) {
			case "Number": {
				const value = literalNumber(textOf(node));
				return value === undefined ? unknown(`the number ${textOf(node)} is not read`) : numberThing(value);
			}
			case "String":
			case "ContinuedString":
			case "FormatString":
				return this.#string(node, names);
			case "Boolean":
				return booleanThing(textOf(node) === "True");
			case "None":
				return NONE;
			case "VariableName":
				return this.lookUp(textOf(node), names, node.from);
			case "MemberExpression":
				return this.#member(node, names);
			case "CallExpression":
				return this.#callExpression(node, names);
			case "UnaryExpression": {
				const operand = kids[1] ? this.evaluate(kids[1], names) : unknown("nothing");
				const sign = kids[0] ? textOf(kids[0]) : "";
				if (sign === "not") {
					const truth = truthOf(operand);
					return truth === undefined ? unknown(`not known: ${shortened(textOf(node))}`) : booleanThing(!truth);
				}
				if (operand.kind === "number") return numberThing(sign === "-" ? -operand.value : operand.value);
				if (sign === "-") return binaryOperation(this, "*", operand, numberThing(-1), siteOf(node, names.file));
				return operand.kind === "tensor"
					? this.unknownNode(textOf(node), `the operator ${sign} is not followed`, [operand], siteOf(node, names.file))
					: unknown(`not known: ${shortened(textOf(node))}`);
			}
			case "BinaryExpression":
				return this.#binary(node, names);
			case "ConditionalExpression": {
				const [then, , condition, , otherwise] = kids;
				if (!then || !condition || !otherwise) return unknown("half of a choice");
				const truth = truthOf(this.evaluate(condition, names));
				if (truth !== undefined) return this.evaluate(truth ? then : otherwise, names);
				const reason = `it depends on a condition that is not known: ${shortened(textOf(condition))}`;
				const arms = [then, otherwise].map((arm) => this.journal.tried(() => this.evaluate(arm, names)));
				this.journal.merge(
					arms.map(({ writes }) => ({ writes, returned: false })),
					null,
					reason,
				);
				return this.joined(
					arms.map(({ result }) => result),
					reason,
				);
			}
			case "LambdaExpression": {
				const made = names.file.functions.get(node);
				if (!made) return unknown("a lambda that is not read");
				return { kind: "function", function: made, outer: names, file: names.file, self: null, of: null };
			}
			case "ArrayExpression":
			case "SetExpression":
			case "TupleExpression":
				return this.#listOf(splitByCommas(kids.slice(1, -1)), names, node.name === "TupleExpression");
			case "DictionaryExpression":
				return this.#dictionary(node, names);
			case "ArrayComprehensionExpression":
			case "ComprehensionExpression":
			case "SetComprehensionExpression":
				return this.#comprehension(kids.slice(1, -1), names);
			case "DictionaryComprehensionExpression":
				return this.#dictionaryComprehension(kids.slice(1, -1), names);
			case "NamedExpression": {
				const [target, , value] = kids;
				if (!target || !value) return unknown("half of an assignment");
				const thing = this.evaluate(value, names);
				this.assign(target, thing, names);
				return thing;
			}
			case "AssignStatement": {
				this.#assignStatement(node, names);
				return NONE;
			}
			case "AwaitExpression":
				return kids[1] ? this.evaluate(kids[1], names) : NONE;
			default:
				return unknown(`${shortened(textOf(node))} is not understood`);
		}
	}

	#string(node: SyntaxNode, names: Names): Thing {
		if (node.name === "ContinuedString") {
			let whole = "";
			for (const kid of node.kids) {
				const part = this.#string(kid, names);
				if (part.kind !== "string") return part;
				whole += part.value;
			}
			return stringThing(whole);
		}
		const match = /^[a-zA-Z]{0,2}("""|'''|"|'|`)([\s\S]*)\1$/.exec(textOf(node));
		if (!match) return unknown("a string that is not read");
		if (node.name === "String") {
			return match[2]!.includes("\\") ? unknown("a string with escapes") : stringThing(match[2]!);
		}
		const start = node.from + match[0].indexOf(match[1]!) + match[1]!.length;
		let [text, at] = ["", start];
		const { text: source } = node.source;
		for (const kid of node.kids) {
			if (!/^(FormatReplacement|Interpolation)$/.test(kid.name)) continue;
			const inner = kid.kids.filter(({ name }) => !/^(\{|\}|\$\{|InterpolationStart|InterpolationEnd)$/.test(name));
			const value = inner.length === 1 ? this.evaluate(inner[0]!, names) : unknown("a format");
			if (value.kind !== "number" && value.kind !== "string") return unknown("a part of a name is not known");
			text += source.slice(at, kid.from) + String(value.value);
			at = kid.to;
		}
		return stringThing(text + source.slice(at, node.to - match[1]!.length));
	}

	#binary(node: SyntaxNode, names: Names): Thing {
		const { kids } = node;
		const [left, ...rest] = kids;
		const right = rest[rest.length - 1];
		if (!left || !right || rest.length < 2) return unknown("half of an expression");
		const sign = rest.slice(0, -1).map(textOf).join(" ");
		if (sign === "and" || sign === "or") {
			const first = this.evaluate(left, names);
			const truth = truthOf(first);
			if (truth !== undefined) return truth === (sign === "and") ? this.evaluate(right, names) : first;
			const second = this.evaluate(right, names);
			const joined = this.joined(
				[first, second],
				`it depends on a condition that is not known: ${shortened(textOf(left))}`,
			);
			// Whatever the first is, `unknown and False` does not hold.
			const other = truthOf(second);
			const isCertain = joined.kind === "unknown" && other !== undefined && other === (sign === "or");
			return isCertain ? { ...joined, truth: other } : joined;
		}
		const [a, b] = [this.evaluate(left, names), this.evaluate(right, names)];
		const compared = comparison(sign, a, b);
		if (compared !== undefined) {
			return compared === null ? unknown(`not known: ${shortened(textOf(node))}`) : booleanThing(compared);
		}
		return binaryOperation(this, sign, a, b, siteOf(node, names.file));
	}

	#listOf(groups: readonly (readonly SyntaxNode[])[], names: Names, tuple: boolean): Thing {
		const items: Thing[] = [];
		let open: Unknown | null = null;
		for (const group of groups) {
			const [first] = group;
			if (!first) continue;
			const value = group[group.length - 1]!;
			if (first.name === "*" || first.name === "Spread" || first.name === "...") {
				const inner = this.iterate(this.evaluate(value, names));
				if ("kind" in inner) open ??= inner;
				else items.push(...inner);
			} else if (group.some(({ name }) => name === "for")) return this.#comprehension(group, names);
			else items.push(this.evaluate(value, names));
		}
		return { kind: "list", items, open, tuple };
	}

	#dictionary(node: SyntaxNode, names: Names): Thing {
		const entries = new Map<string, Thing>();
		let open: Unknown | null = null;
		for (const group of splitByCommas(node.kids.slice(1, -1))) {
			const [first, second, third] = group;
			if (!first || !second) continue;
			if (first.name === "**" || first.name === "Spread") {
				const inner = this.evaluate(second, names);
				if (inner.kind === "dictionary") {
					for (const [key, value] of inner.entries) entries.set(key, value);
					open ??= inner.open;
				} else open ??= unknown(`${shortened(textOf(second))} is not known`);
			} else if (second.name === ":" && third) {
				const key = keyOf(this.evaluate(first, names));
				const value = this.evaluate(third, names);
				if (key === undefined) open ??= unknown(`the key ${shortened(textOf(first))} is not known`);
				else entries.set(key, value);
			}
		}
		return { kind: "dictionary", entries, open };
	}

	/** `value for target in list if condition`, with any number of `for` and `if`. */
	#comprehension(kids: readonly SyntaxNode[], names: Names): Thing {
		const items: Thing[] = [];
		const open = this.#eachOf(kids, names, (inner) => items.push(this.evaluate(kids[0]!, inner)));
		return { kind: "list", items, open, tuple: false };
	}

	#dictionaryComprehension(kids: readonly SyntaxNode[], names: Names): Thing {
		const entries = new Map<string, Thing>();
		let open: Unknown | null = null;
		const [key, , value] = kids;
		const stopped = this.#eachOf(kids, names, (inner) => {
			const name = keyOf(this.evaluate(key!, inner));
			if (name === undefined || !value) open ??= unknown("a key is not known");
			else entries.set(name, this.evaluate(value, inner));
		});
		return { kind: "dictionary", entries, open: stopped ?? open };
	}

	/** Runs `visit` for each turn of a comprehension's loops; gives why not all of them are known. */
	#eachOf(kids: readonly SyntaxNode[], names: Names, visit: (names: Names) => void): Unknown | null {
		let at = kids.findIndex(({ name }) => name === "for");
		if (at > 0 && kids[at - 1]?.name === "async") at--;
		const walk = (from: number, inner: Names): Unknown | null => {
			this.tick();
			let start = from;
			if (kids[start]?.name === "async") start++;
			const keyword = kids[start]?.name;
			if (keyword === undefined) {
				visit(inner);
				return null;
			}
			let end = start + 1;
			while (end < kids.length && !/^(for|if|async)$/.test(kids[end]!.name)) end++;
			const part = kids.slice(start + 1, end);
			if (keyword === "if") {
				const truth = part[0] ? truthOf(this.evaluate(part[0], inner)) : undefined;
				if (truth === undefined)
					return unknown(`a condition is not known: ${part[0] ? shortened(textOf(part[0])) : ""}`);
				return truth ? walk(end, inner) : null;
			}
			const middle = part.findIndex(({ name }) => name === "in");
			const source = part[middle + 1];
			if (keyword !== "for" || middle < 0 || !source) return unknown("a loop that is not read");
			const targets = part.slice(0, middle).filter(({ name }) => !/^(,|\(|\))$/.test(name));
			const list = this.iterate(this.evaluate(source, inner));
			if ("kind" in list) return list;
			if (list.length > MOST_TURNS) return unknown(`more than ${MOST_TURNS} turns`);
			let stopped: Unknown | null = null;
			for (const item of list) {
				const own: Names = { own: new Map(), outer: inner, file: names.file };
				if (targets.length === 1) this.assign(targets[0]!, item, own);
				else this.#unpack(targets, item, own, siteOf(source, names.file));
				stopped = walk(end, own) ?? stopped;
			}
			return stopped;
		};
		return at < 0 ? unknown("a loop that is not read") : walk(at, names);
	}

	#member(node: SyntaxNode, names: Names): Thing {
		const member = attributeParts(node);
		if (member)
			return this.attribute(this.evaluate(member.object, names), textOf(member.property), siteOf(node, names.file));
		const [objectNode, bracket, ...rest] = node.kids;
		if (!objectNode || bracket?.name !== "[") return unknown(`${shortened(textOf(node))} is not understood`);
		const object = this.evaluate(objectNode, names);
		const groups = splitByCommas(rest.filter(({ name }) => name !== "]"));
		const site = siteOf(node, names.file);
		if (object.kind === "tensor") return this.#partOf(object, site);
		if (object.kind === "unknown") return object;
		const [group] = groups;
		const slice = groups.length === 1 && group?.some(({ name }) => name === ":");
		if (slice && group) return this.#slice(object, group, names);
		const key = groups.length === 1 && group?.[0] ? this.evaluate(group[0], names) : unknown("an index is not known");
		return this.element(object, key, site);
	}

	/** `object[key]`. */
	element(object: Thing, key: Thing, site: Site): Thing {
		const items = object.kind === "list" ? object.items : null;
		if (object.kind === "list" && items && key.kind === "number") {
			const at = key.value < 0 ? items.length + key.value : key.value;
			if (object.open && (key.value < 0 || at >= items.length)) return { ...object.open, among: items };
			return items[at] ?? unknown("an index beyond the end");
		}
		if (object.kind === "dictionary") {
			const name = keyOf(key);
			const found = name === undefined ? undefined : object.entries.get(name);
			if (found) return found;
			return name === undefined
				? this.#oneOf([...object.entries.values()], key)
				: (object.open ?? unknown(`there is no key "${name}"`));
		}
		if (object.kind === "string" && key.kind === "number") {
			const letter = object.value.at(key.value);
			return letter === undefined ? unknown("an index beyond the end") : stringThing(letter);
		}
		for (const library of this.#libraries) {
			const found = library.method?.(this, object, "__getitem__", positional(key), site);
			if (found) return found;
		}
		if (object.kind === "list") return this.#oneOf([...object.items], key);
		return unknown("an element that is not followed");
	}

	#oneOf(things: readonly Thing[], key: Thing): Unknown {
		return { kind: "unknown", reason: key.kind === "unknown" ? key.reason : "an index is not known", among: things };
	}

	#slice(object: Thing, group: readonly SyntaxNode[], names: Names): Thing {
		const bounds: (Thing | null)[] = [null];
		for (const kid of group) {
			if (kid.name === ":") bounds.push(null);
			else bounds[bounds.length - 1] = this.evaluate(kid, names);
		}
		const numbers = bounds.map((each) =>
			each === null ? undefined : each.kind === "number" ? each.value : Number.NaN,
		);
		if (numbers.some((each) => Number.isNaN(each)) || numbers.length > 3)
			return unknown("the bounds of a slice are not known");
		const [start, end, stride = 1] = numbers;
		if (object.kind === "string" && stride === 1) return stringThing(object.value.slice(start, end));
		const children = this.iterate(object);
		if ("kind" in children) return children;
		let items = [...children];
		if (stride === -1 && start === undefined && end === undefined) items.reverse();
		else if (stride < 1) return unknown("a slice backwards");
		else items = items.slice(start, end).filter((_, i) => i % stride === 0);
		if (object.kind !== "instance") return listThing(items, object.kind === "list" && object.tuple);
		const part: Instance = {
			...object,
			attributes: new Map(items.map((item, i) => [String(i), item])),
			parts: items.map((_, i) => String(i)),
		};
		return part;
	}

	/** What a thing's attribute is. */
	attribute(object: Thing, name: string, site: Site): Thing {
		switch (object.kind) {
			case "library": {
				if (name === "__name__") return stringThing(object.name.slice(object.name.lastIndexOf(".") + 1));
				const full = `${object.name}.${name}`;
				const number = namedNumber(full);
				return number === undefined ? { kind: "library", name: full } : numberThing(number);
			}
			case "file":
				return this.#exported(object.file, name) ?? this.#imported(`.${name}`, object.file);
			case "class": {
				if (name === "__name__") return stringThing(object.class.name);
				return this.#inClass(object, name, null) ?? unknown(`${object.class.name} has no ${name}`);
			}
			case "super": {
				const found = this.#inherited(object.self, object.of, name);
				return found ?? { kind: "method", object, name };
			}
			case "unknown":
				return object.among
					? { ...object, among: object.among.map((each) => this.attribute(each, name, site)) }
					: object;
			case "instance": {
				const own = object.attributes.get(name);
				if (own) return own;
				if (name === "__class__" && object.class) return object.class;
				const found = object.class && this.#inClass(object.class, name, object);
				if (found) return this.#property(found, site);
				break;
			}
			case "dictionary": {
				// JavaScript's objects are read so, too.
				const found = object.entries.get(name);
				if (found && site.file.resolver.language.numbers === "javascript") return found;
				break;
			}
			default:
		}
		for (const library of this.#libraries) {
			const found = library.attribute?.(this, object, name);
			if (found) return found;
		}
		return { kind: "method", object, name };
	}

	/** A property's value is what its function returns. */
	#property(found: Thing, site: Site): Thing {
		if (found.kind !== "function" || !found.self) return found;
		const isProperty = found.function.decorators.some((decorator) =>
			/^@\s*(\w+\.)*(cached_)?property$/.test(textOf(decorator).trim()),
		);
		return isProperty ? this.call(found, positional(), site, found.function.name) : found;
	}

	/** The classes of the code that a class descends from, itself first, and the last names of libraries among them. */
	lineage(start: ClassThing): readonly Thing[] {
		const found: Thing[] = [];
		const walk = (thing: Thing, depth: number): void => {
			const before = found.indexOf(thing);
			if (before >= 0) found.splice(before, 1);
			found.push(thing);
			if (thing.kind === "class" && depth < 30) for (const base of thing.bases) walk(base, depth + 1);
		};
		walk(start, 0);
		return found;
	}

	#inClass(start: ClassThing, name: string, self: Thing | null): Thing | undefined {
		return this.#firstOf(this.lineage(start), name, self);
	}

	#firstOf(lineage: readonly Thing[], name: string, self: Thing | null): Thing | undefined {
		for (const each of lineage) {
			const found = each.kind === "class" ? each.attributes.get(name) : undefined;
			if (!found || each.kind !== "class") continue;
			if (found.kind !== "function") return found;
			const decorators = found.function.decorators.map((decorator) => textOf(decorator).trim());
			if (decorators.some((text) => /^@\s*staticmethod$/.test(text))) return found;
			if (decorators.some((text) => /^@\s*classmethod$/.test(text)))
				return { ...found, self: start(lineage), of: each };
			return { ...found, self: self ?? found.self, of: each };
		}
		return undefined;
	}

	#inherited(self: Thing, of: ClassThing, name: string): Thing | undefined {
		const start = self.kind === "instance" ? self.class : self.kind === "class" ? self : null;
		if (!start) return undefined;
		const lineage = this.lineage(start);
		return this.#firstOf(lineage.slice(lineage.indexOf(of) + 1), name, self);
	}

	/** The method of an instance's class, if the code has it. */
	methodOf(instance: Instance, name: string): Thing | undefined {
		return (instance.class && this.#inClass(instance.class, name, instance)) ?? undefined;
	}

	/** What may be iterated over: its elements, or why they are not known. */
	iterate(thing: Thing): readonly Thing[] | Unknown {
		switch (thing.kind) {
			case "list":
				return thing.open ? { ...thing.open, among: thing.items } : thing.items;
			case "dictionary":
				return thing.open ?? [...thing.entries.keys()].map(stringThing);
			case "string":
				return [...thing.value].map(stringThing);
			case "unknown":
				return thing;
			case "tensor":
				return unknown("the parts of a value");
			default:
				for (const library of this.#libraries) {
					const found = library.method?.(this, thing, "__iter__", positional(), NO_SITE);
					if (found?.kind === "list") return found.open ?? found.items;
				}
				return unknown("what a loop runs over is not known");
		}
	}

	// --- calls

	#callExpression(node: SyntaxNode, names: Names): Thing {
		const parts = callParts(node);
		const site = siteOf(node, names.file);
		if (!parts) return unknown(`${shortened(textOf(node))} is not understood`);
		const what = textOf(parts.callee);
		if (what === "super") {
			const isScript = names.file.resolver.language.numbers === "javascript";
			const { self, of } = this.#frame;
			if (!self || !of) return unknown("super outside of a method");
			const parent: Thing = { kind: "super", self, of };
			if (!isScript) return parent;
			return this.call(this.attribute(parent, "__init__", site), this.#arguments(parts.list, names), site, what);
		}
		const callee = this.evaluate(parts.callee, names);
		return this.call(callee, this.#arguments(parts.list, names), site, what);
	}

	#arguments(list: SyntaxNode, names: Names): Arguments {
		// A generator is the only argument; its target may hold commas.
		if (list.kids.some(({ name }) => name === "for")) {
			return positional(this.#comprehension(list.kids.slice(1, -1), names));
		}
		const given: Thing[] = [];
		const named = new Map<string, Thing>();
		let open: Unknown | null = null;
		let spread: Unknown | null = null;
		for (const { name, value, stars } of argumentsOf(list)) {
			const thing = this.evaluate(value, names);
			if (stars === 1) {
				const items = this.iterate(thing);
				if ("kind" in items) spread = items;
				else if (!spread) given.push(...items);
			} else if (stars === 2) {
				if (thing.kind === "dictionary") {
					for (const [key, item] of thing.entries) named.set(key, item);
					open ??= thing.open;
				} else open ??= unknown(`${shortened(textOf(value))} is not known`);
			} else if (name) named.set(textOf(name), thing);
			// Behind a list of unknown length the position of an argument says nothing.
			else if (!spread) given.push(thing);
		}
		return { positional: given, named, open: open ?? spread };
	}

	/** What a call gives. `what` is how the code writes the callee. */
	call(callee: Thing, given: Arguments, site: Site, what: string): Thing {
		this.tick();
		if (this.#calls > MOST_CALLS_DEEP) return this.#notFollowed(what, "calls inside calls are too deep", given, site);
		this.#calls++;
		try {
			return this.#call(callee, given, site, what);
		} finally {
			this.#calls--;
		}
	}

	#call(callee: Thing, given: Arguments, site: Site, what: string): Thing {
		switch (callee.kind) {
			case "function":
				return this.#callFunction(callee, given, site);
			case "class":
				return this.instantiate(callee, given, site);
			case "partial": {
				const { positional: first, named, open } = callee.given;
				const all = {
					positional: [...first, ...given.positional],
					named: new Map([...named, ...given.named]),
					open: open ?? given.open,
				};
				return this.call(callee.callee, all, site, what);
			}
			case "library":
				for (const library of this.#libraries) {
					const found = library.call?.(this, callee.name, given, site);
					if (found) return found;
				}
				return this.#notFollowed(what, `${callee.name} is not known here`, given, site);
			case "method":
				if (callee.name === "__init__" && callee.object.kind === "super") {
					const { self, of } = callee.object;
					const lineage = self.kind === "instance" && self.class ? this.lineage(self.class) : [];
					const inherited = lineage.slice(lineage.indexOf(of) + 1);
					if (self.kind === "instance" && isRecord(inherited)) {
						this.#fillFields(self, inherited, given);
						return NONE;
					}
				}
				for (const library of this.#libraries) {
					const found = library.method?.(this, callee.object, callee.name, given, site);
					if (found) return found;
				}
				return this.#notFollowed(what, `the method ${callee.name} is not known here`, given, site, callee.object);
			case "instance":
			case "layer":
			case "initialiser":
				for (const library of this.#libraries) {
					const found = library.method?.(this, callee, "__call__", given, site);
					if (found) return found;
				}
				return this.#notFollowed(what, "what a call of it does is not known", given, site);
			case "unknown":
				return this.#notFollowed(what, callee.reason, given, site, callee);
			default:
				return this.#notFollowed(what, "it is nothing that is called", given, site);
		}
	}

	/** A call that is not followed: a step that is not understood where a value of the model goes into it. */
	#notFollowed(what: string, reason: string, given: Arguments, site: Site, object: Thing = NONE): Thing {
		const things = [object, ...given.positional, ...given.named.values()];
		// What is given a weight itself, or is applied to every module, may draw it anew, however it is called.
		const mayInitialise = /init|weight|^apply$/i.test(what.slice(what.lastIndexOf(".") + 1));
		for (const thing of things) {
			if (mayInitialise || thing.kind === "slot") this.forgetInitialisation(thing, reason, site);
		}
		if (things.some((thing) => tensorsIn(thing).length > 0)) return this.unknownNode(what, reason, things, site);
		return unknown(reason);
	}

	/** Says that the weights of a thing may be drawn in another way. */
	forgetInitialisation(thing: Thing, reason: string, site: Site): void {
		const draw = { kind: "unknown", reason } as const;
		const blur = (each: Thing, depth: number): void => {
			if (depth > 20) return;
			if (each.kind === "slot")
				this.journal.write(each.slot, "initialisation", { explicit: true, span: site.span, draw });
			else if (each.kind === "layer") {
				for (const slot of each.slots.values()) {
					this.journal.write(slot, "initialisation", { explicit: true, span: site.span, draw });
				}
			} else if (each.kind === "instance") for (const kid of each.attributes.values()) blur(kid, depth + 1);
			else if (each.kind === "list") for (const kid of each.items) blur(kid, depth + 1);
			else if (each.kind === "unknown") for (const kid of each.among ?? []) blur(kid, depth + 1);
		};
		blur(thing, 0);
	}

	#callFunction(callee: Thing & { kind: "function" }, given: Arguments, site: Site): Thing {
		const own = this.#asActivation(callee, given, site);
		if (own) return own;
		const { function: made, file, self, of, outer } = callee;
		const names: Names = { own: new Map(), outer, file };
		this.#bind(made, callee, given, names);
		const within = self?.kind === "instance" ? self : this.#frame.within;
		const frame: Frame = { self, of, maybe: [], within, isPlain: this.#frame.isPlain && self === null };
		const before = this.#frame;
		this.#frame = frame;
		try {
			if (!made.body) return NONE;
			if (made.node.name === "LambdaExpression" && made.body.name !== "Body") return this.evaluate(made.body, names);
			if (isGenerator(made.body)) return this.#notFollowed(made.name, "a generator is not followed", given, site);
			const ending = this.executeBody(made.body, names);
			const last = ending.kind === "return" ? ending.value : ending.kind === "raise" ? null : NONE;
			const values = last === null ? frame.maybe : [...frame.maybe, last];
			if (values.length === 0) return unknown(`${made.name} raises an error`);
			return this.joined(values, `which of the values ${made.name || "a lambda"} returns is not known`);
		} finally {
			this.#frame = before;
		}
	}

	#bind(made: CodeFunction, callee: Thing & { kind: "function" }, given: Arguments, names: Names): void {
		const parameters = [...made.parameters];
		if (callee.self && parameters.length > 0 && parameters[0]!.stars === 0) {
			names.own.set(parameters.shift()!.name, callee.self);
		}
		const defaults: Names = callee.of
			? { own: callee.of.attributes, outer: callee.outer, file: callee.file }
			: callee.outer;
		const rest = [...given.positional];
		const taken = new Set<string>();
		for (const parameter of parameters) {
			const { name, stars, keywordOnly } = parameter;
			if (stars === 1) {
				names.own.set(name, { kind: "list", items: rest.splice(0), open: given.open, tuple: true });
				continue;
			}
			if (stars === 2) {
				const others = [...given.named].filter(([key]) => !taken.has(key));
				names.own.set(name, { kind: "dictionary", entries: new Map(others), open: given.open });
				continue;
			}
			taken.add(name);
			const named = given.named.get(name);
			let value: Thing;
			if (named) value = named;
			else if (!keywordOnly && rest.length > 0) value = rest.shift()!;
			else if (given.open) value = given.open;
			else if (parameter.default) value = this.evaluate(parameter.default, defaults);
			else value = unknown(`${name} is not given`);
			names.own.set(name, value);
		}
	}

	/** A function of the code that is an activation as a whole. */
	#asActivation(callee: Thing & { kind: "function" }, given: Arguments, site: Site): Thing | undefined {
		const [only] = given.positional;
		if (callee.self || only?.kind !== "tensor" || given.positional.length !== 1 || given.named.size > 0)
			return undefined;
		if (callee.function.node.name === "LambdaExpression" || callee.function.class) return undefined;
		const definition = this.definitionsOf(callee.file).ofFunction(callee.function);
		return definition ? this.definedActivation(definition, only.node, site, callee.function.name) : undefined;
	}

	/** The step of an activation that the code defines; undefined if its definition is not understood. */
	definedActivation(
		definition: Definition,
		input: GraphNode,
		site: Site,
		suffix: string,
		layer?: Instance,
	): Thing | undefined {
		if (definition.returnsTuple) return undefined;
		const { identity } = definition;
		if (!definition.understood && !identity) return undefined;
		const step: Step = identity
			? { kind: "activation", activation: identity.activation, parameters: identity.parameters }
			: { kind: "own-activation", definition };
		const { shape, features } = input;
		return this.node(() => step, [input], site, { suffix, shape, features, ...(layer && { layer }) });
	}

	/** An instance of a class of the code. */
	instantiate(made: ClassThing, given: Arguments, site: Site): Thing {
		const lineage = this.lineage(made);
		const base = lineage.find((each) => each.kind === "library");
		const instance: Instance = {
			kind: "instance",
			class: made,
			base: base?.kind === "library" ? base.name : null,
			site,
			attributes: new Map(),
			parts: [],
			open: null,
			plain: given.positional.length === 0 && given.named.size === 0 && !given.open,
		};
		const init = this.#firstOf(lineage, "__init__", instance);
		if (init) this.call(init, given, site, `${made.class.name}.__init__`);
		else if (isRecord(lineage)) this.#fillFields(instance, lineage, given);
		else if (base)
			this.call(
				{ kind: "method", object: { kind: "super", self: instance, of: made }, name: "__init__" },
				given,
				site,
				"__init__",
			);
		return instance;
	}

	/** The fields of a data class, in the order in which they are declared. */
	#fillFields(instance: Instance, lineage: readonly Thing[], given: Arguments): void {
		const fields = new Map<string, ClassThing>();
		for (const each of [...lineage].reverse()) {
			if (each.kind !== "class") continue;
			for (const statement of childNamed(each.class.node, "Body")?.kids ?? []) {
				const [target, annotation] = statement.kids;
				if (statement.name === "AssignStatement" && target?.name === "VariableName" && annotation?.name === "TypeDef") {
					fields.set(textOf(target), each);
				}
			}
		}
		const rest = [...given.positional];
		for (const [name, owner] of fields) {
			const value = given.named.get(name) ?? rest.shift() ?? given.open ?? owner.attributes.get(name);
			instance.attributes.set(name, value ?? unknown(`${name} is not given`));
		}
	}
}

function start(lineage: readonly Thing[]): Thing {
	return lineage[0]!;
}

/** Whether objects of a class take their fields as arguments. */
function isRecord(lineage: readonly Thing[]): boolean {
	return lineage.some(
		(each) =>
			(each.kind === "library" &&
				/^(flax\.linen\.(\w+\.)*Module|typing\.NamedTuple|pydantic\.BaseModel)$/.test(each.name)) ||
			(each.kind === "class" &&
				each.class.node.parent?.name === "DecoratedStatement" &&
				each.class.node.parent.kids.some((kid) => kid.name === "Decorator" && /dataclass/.test(textOf(kid)))),
	);
}

export function siteOf(node: SyntaxNode, file: CodeFile): Site {
	return { span: { start: node.from, end: node.to }, file };
}

function isStarred(target: SyntaxNode): boolean {
	const { parent } = target;
	return parent?.kids[parent.kids.indexOf(target) - 1]?.name === "*";
}

function isGenerator(body: SyntaxNode): boolean {
	return /\byield\b/.test(textOf(body)) && descendants(body, "YieldStatement").length > 0;
}

function descendants(node: SyntaxNode, name: string): SyntaxNode[] {
	const found: SyntaxNode[] = [];
	const todo = [...node.kids];
	for (let each = todo.shift(); each; each = todo.shift()) {
		if (each.name === name) found.push(each);
		else todo.push(...each.kids);
	}
	return found;
}

const NO_SITE = { span: { start: 0, end: 0 } } as unknown as Site; // Nothing that is only looked through is placed.

/** Functions of Python's own that are executed. */
const BUILTINS: ReadonlySet<string> = new Set(
	"range len int float str bool list tuple dict set zip enumerate reversed sorted sum min max abs round isinstance issubclass hasattr getattr setattr type callable print any all map filter super object id iter next property staticmethod classmethod slice pow vars repr".split(
		" ",
	),
);
