import { firstIndex } from "../../firstIndex.ts";
import {
	argumentsOf,
	assignmentParts,
	attributeParts,
	childNamed,
	type SyntaxNode,
	splitByCommas,
	textOf,
} from "./node.ts";

/** A block of statements: control enters it under its owner's condition, so what it binds may not hold behind it. */
export interface Block {
	readonly parent: Block | null;
	/** The statement that the block is an arm of; null for the body of a scope. */
	readonly owner: SyntaxNode | null;
	readonly arm: number;
	readonly loop: boolean;
}

/**
 * What a name may be bound to. `import` holds a dotted name; `value` an expression, or one element of it; `element` what a
 * loop takes from an expression, for the first, second, … of its names if `at` is not null.
 */
export type Bound =
	| { readonly kind: "import"; readonly name: string }
	| { readonly kind: "value"; readonly node: SyntaxNode }
	| { readonly kind: "element"; readonly of: SyntaxNode; readonly at: number | null }
	| { readonly kind: "function"; readonly function: CodeFunction }
	| { readonly kind: "class"; readonly class: CodeClass }
	| { readonly kind: "unknown" };

/** One binding of a name. It holds from the offset `at`. */
export interface Binding {
	readonly at: number;
	readonly scope: Scope;
	readonly block: Block;
	readonly what: Bound;
}

/** One that holds from behind a node, or from its beginning, wherever it moves. */
class PlacedBinding implements Binding {
	readonly #node: SyntaxNode;
	readonly #edge: Edge;
	readonly scope: Scope;
	readonly block: Block;
	readonly what: Bound;

	constructor(node: SyntaxNode, edge: Edge, { scope, block }: Place, what: Bound) {
		this.#node = node;
		this.#edge = edge;
		this.scope = scope;
		this.block = block;
		this.what = what;
	}

	get at(): number {
		return this.#node[this.#edge];
	}
}
type Edge = "from" | "to";

export interface Scope {
	readonly kind: "module" | "function" | "class" | "comprehension";
	readonly parent: Scope | null;
	/** The scope of the whole file. */
	readonly module: Scope;
	readonly names: Map<string, Binding[]>;
	/** The modules of `from module import *`, in order. */
	readonly stars: string[];
	readonly body: Block;
	readonly function: CodeFunction | null;
	readonly class: CodeClass | null;
	/** Names declared global or nonlocal. */
	readonly elsewhere: Map<string, "global" | "nonlocal">;
	/** Where the comprehension stands in its parent, or the function is defined. */
	readonly site: Place | null;
}

/** Where a node stands: its scope and block. */
export interface Place {
	readonly scope: Scope;
	readonly block: Block;
}

export interface DeclaredParameter {
	readonly name: string;
	readonly node: SyntaxNode;
	readonly default: SyntaxNode | null;
	/** 1 for `*name`, 2 for `**name`. */
	readonly stars: 0 | 1 | 2;
	readonly keywordOnly: boolean;
}

export interface CodeFunction {
	/** "" for a lambda. */
	readonly name: string;
	readonly nameNode: SyntaxNode | null;
	readonly node: SyntaxNode;
	readonly parameters: readonly DeclaredParameter[];
	/** A Body, or the expression of a lambda. */
	readonly body: SyntaxNode | null;
	/** The function's own scope. */
	readonly scope: Scope;
	readonly outer: Place;
	/** The class whose method it is. */
	readonly class: CodeClass | null;
	readonly decorators: readonly SyntaxNode[];
}

export interface CodeClass {
	readonly name: string;
	readonly nameNode: SyntaxNode;
	readonly node: SyntaxNode;
	readonly bases: readonly SyntaxNode[];
	readonly scope: Scope;
	readonly outer: Place;
	/** What the class's body and `self.name = …` in its methods bind, in text order. */
	readonly attributes: Map<string, Binding[]>;
}

/** A node that may refer to an activation: a name, an attribute, a string. In text order, outer before inner. */
export interface Site extends Place {
	readonly node: SyntaxNode;
}

/** The names of one file. */
export interface Scopes {
	readonly module: Scope;
	readonly sites: readonly Site[];
	readonly functions: readonly CodeFunction[];
	readonly classes: readonly CodeClass[];
	readonly lambdas: ReadonlyMap<SyntaxNode, CodeFunction>;
	/** The dotted names that its import statements name, wherever they stand; the module's of `import *`. */
	readonly imports: readonly string[];
	/** How many characters of the file were parsed for them. */
	readonly parsed: number;
	/** Those of its parts in their order, where it was read in parts. */
	readonly parts?: readonly Scopes[];
}

/** The names of one part of a file. */
export interface PartOfScopes extends Scopes {
	/** All that was bound, wherever. */
	readonly bindings: readonly Binding[];
}

/** The parts of a file, or all of it, that have sites between two offsets, in their order. */
export function* partsWithin(scopes: Scopes, from: number, to: number): Generator<Scopes> {
	if (!scopes.parts) yield scopes;
	for (const part of scopes.parts ?? []) {
		const first = part.sites[0];
		if (!first || part.sites.at(-1)!.node.from < from) continue;
		if (first.node.from >= to) return;
		yield part;
	}
}

/** The index of the first of the sites at an offset or behind it; they are in the order of the text. */
export function firstFrom(sites: readonly Site[], offset: number): number {
	return firstIndex(0, sites.length, (i) => sites[i]!.node.from >= offset);
}

interface Task extends Place {
	readonly node: SyntaxNode;
	readonly decorators?: readonly SyntaxNode[];
}

/** The scope of a whole file, before anything is bound in it. */
export function moduleScope(names: Map<string, Binding[]> = new Map()): Scope {
	return makeScope("module", null, null, null, null, names);
}

/**
 * Collects scopes, bindings and sites in one walk without recursion, into the scope of the whole file. `root` may hold
 * any broken code. The first `members.count` of its statements stand in the class of that scope. The class at the node
 * `again.node` becomes that of an earlier reading, which its members hold.
 */
export function collectScopes(
	root: SyntaxNode,
	module: Scope = moduleScope(),
	members?: { readonly scope: Scope; readonly count: number },
	again?: { readonly node: SyntaxNode; readonly of: CodeClass },
): PartOfScopes {
	const bound: Binding[] = [];
	const sites: Site[] = [];
	const functions: CodeFunction[] = [];
	const classes: CodeClass[] = [];
	const lambdas = new Map<SyntaxNode, CodeFunction>();
	const imports: string[] = [];
	const stack: Task[] = [];
	pushAll(root.kids.slice(members?.count ?? 0), { scope: module, block: module.body });
	if (members) pushAll(root.kids.slice(0, members.count), { scope: members.scope, block: members.scope.body });

	function bind(place: Place, name: string, at: SyntaxNode, what: Bound): void {
		let { scope } = place;
		while (scope.kind === "comprehension" && scope.parent) scope = scope.parent;
		bindIn(scope, place, name, at, what);
	}

	function bindIn(start: Scope, place: Place, name: string, at: SyntaxNode, what: Bound): void {
		let scope = start;
		const elsewhere = scope.elsewhere.get(name);
		if (elsewhere === "global") scope = module;
		else if (elsewhere === "nonlocal") {
			while (scope.parent && (scope === start || scope.kind !== "function" || !scope.names.has(name))) {
				scope = scope.parent;
			}
		}
		// A binding from within another scope may happen at any time: its block is one that nothing is known to follow.
		const block = scope === start ? place.block : { parent: scope.body, owner: null, arm: -1, loop: false };
		add(bound, scope.names, name, new PlacedBinding(at, "to", { scope: place.scope, block }, what));
	}

	/** Binds the names in an assignment's or a loop's target; `value` is null where it cannot be said. */
	function bindTarget(target: SyntaxNode, value: SyntaxNode | null, place: Place, at: SyntaxNode): void {
		const todo: [SyntaxNode, SyntaxNode | null][] = [[target, value]];
		for (let item = todo.pop(); item; item = todo.pop()) {
			const [node, from] = item;
			const what: Bound = from ? { kind: "value", node: from } : { kind: "unknown" };
			if (node.name === "VariableName") bind(place, textOf(node), at, what);
			else if (/^(Tuple|Array|Parenthesized)Expression$/.test(node.name)) {
				const elements = elementsOf(node);
				const values = from && /^(Tuple|Array)Expression$/.test(from.name) ? elementsOf(from) : [];
				const single = node.name === "ParenthesizedExpression";
				elements.forEach((element, i) => {
					todo.push([element, single ? from : values.length === elements.length ? values[i]! : null]);
				});
			} else {
				const member = attributeParts(node);
				const owner = member?.object.name === "VariableName" && selfClass(textOf(member.object), place.scope);
				if (member && owner)
					add(bound, owner.attributes, textOf(member.property), new PlacedBinding(at, "to", place, what));
				else for (const kid of node.kids) push(kid, place);
			}
		}
	}

	function push(node: SyntaxNode, place: Place): void {
		stack.push({ node, scope: place.scope, block: place.block });
	}

	function pushAll(nodes: readonly SyntaxNode[], place: Place): void {
		for (let i = nodes.length - 1; i >= 0; i--) {
			const node = nodes[i]!;
			// Keywords, signs and numbers say nothing.
			if (node.kids.length > 0 || node.name === "VariableName" || node.name === "String") push(node, place);
		}
	}

	function readParameters(list: SyntaxNode | undefined, place: Place): DeclaredParameter[] {
		const parameters: DeclaredParameter[] = [];
		let keywordOnly = false;
		for (const group of splitByCommas(list?.kids ?? [])) {
			const stars = group.some((kid) => kid.name === "**") ? 2 : group.some((kid) => kid.name === "*") ? 1 : 0;
			const node = group.find((kid) => kid.name === "VariableName");
			const assign = group.findIndex((kid) => kid.name === "AssignOp");
			const value = assign < 0 ? null : (group[assign + 1] ?? null);
			if (node) parameters.push({ name: textOf(node), node, default: value, stars, keywordOnly });
			if (stars === 1) keywordOnly = true;
			if (value) push(value, place);
			for (const kid of group) if (kid.name === "TypeDef") push(kid, place);
		}
		return parameters;
	}

	function makeFunction(node: SyntaxNode, place: Place, decorators: readonly SyntaxNode[]): CodeFunction {
		const nameNode = node.name === "LambdaExpression" ? null : (childNamed(node, "VariableName") ?? null);
		const parameters = readParameters(childNamed(node, "ParamList"), place);
		const body =
			node.name === "LambdaExpression" ? (node.kids[node.kids.length - 1] ?? null) : (childNamed(node, "Body") ?? null);
		const made: { -readonly [K in keyof CodeFunction]: CodeFunction[K] } = {
			name: nameNode ? textOf(nameNode) : "",
			nameNode,
			node,
			parameters,
			body: body?.name === ":" ? null : body,
			scope: module,
			outer: { scope: place.scope, block: place.block },
			class: place.scope.kind === "class" && node.name !== "LambdaExpression" ? place.scope.class : null,
			decorators,
		};
		made.scope = makeScope("function", place.scope, made, null, place);
		for (const parameter of parameters) {
			const inside = { scope: made.scope, block: made.scope.body };
			add(bound, made.scope.names, parameter.name, new PlacedBinding(node, "from", inside, { kind: "unknown" }));
		}
		functions.push(made);
		if (made.body) push(made.body, { scope: made.scope, block: made.scope.body });
		for (const kid of node.kids) if (kid.name === "TypeDef") push(kid, place);
		return made;
	}

	for (let task = stack.pop(); task; task = stack.pop()) {
		const { node } = task;
		const place: Place = task;
		switch (node.name) {
			case "VariableName":
			case "String":
				sites.push({ node, scope: place.scope, block: place.block });
				break;
			case "MemberExpression":
				sites.push({ node, scope: place.scope, block: place.block });
				pushAll(node.kids, place);
				break;
			case "ImportStatement":
				readImport(node, place);
				break;
			case "ExportStatement": {
				const [name, value] = node.kids;
				if (name && value) bind(place, textOf(name), node, { kind: "value", node: value });
				break;
			}
			case "DecoratedStatement": {
				const decorators = node.kids.filter((kid) => kid.name === "Decorator");
				const definition = node.kids[node.kids.length - 1]!;
				if (definition.name !== "Decorator") stack.push({ ...place, node: definition, decorators });
				for (const decorator of decorators) pushDecorator(decorator, place);
				break;
			}
			case "FunctionDefinition": {
				const made = makeFunction(node, place, task.decorators ?? []);
				if (made.name) bind(place, made.name, node, { kind: "function", function: made });
				break;
			}
			case "LambdaExpression":
				lambdas.set(node, makeFunction(node, place, []));
				break;
			case "ClassDefinition": {
				const nameNode = childNamed(node, "VariableName");
				const list = childNamed(node, "ArgList");
				const body = childNamed(node, "Body");
				if (!nameNode) {
					pushAll(node.kids, place);
					break;
				}
				const bases = list ? argumentsOf(list).filter((argument) => !argument.name && argument.stars === 0) : [];
				const known = node === again?.node ? again.of : undefined;
				const made: { -readonly [K in keyof CodeClass]: CodeClass[K] } = Object.assign(
					known ?? { scope: module, attributes: new Map() },
					{
						name: textOf(nameNode),
						nameNode,
						node,
						bases: bases.map((argument) => argument.value),
						outer: { scope: place.scope, block: place.block },
					},
				);
				if (!known) made.scope = makeScope("class", place.scope, null, made, place);
				// What the body binds is an attribute too, so both have one table.
				made.attributes = made.scope.names;
				classes.push(made);
				bind(place, made.name, node, { kind: "class", class: made });
				if (body) push(body, { scope: made.scope, block: made.scope.body });
				if (list) push(list, place);
				break;
			}
			case "AssignStatement": {
				const { targets, values } = assignmentParts(node);
				const spread = node.kids.some((kid) => kid.name === "*");
				for (const list of targets) {
					if (values.length === 0) {
						if (list.length === 1 && list[0]!.name !== "VariableName") pushAll(list[0]!.kids.slice(0, 1), place);
					} else if (list.length === 1) {
						bindTarget(list[0]!, values.length === 1 && !spread ? values[0]! : null, place, node);
					} else {
						const single = values.length === 1 && /^(Tuple|Array)Expression$/.test(values[0]!.name);
						const elements = single ? elementsOf(values[0]!) : values;
						const matched = elements.length === list.length && !spread;
						list.forEach((target, i) => {
							bindTarget(target, matched ? elements[i]! : null, place, node);
						});
					}
				}
				const annotation = childNamed(node, "TypeDef");
				pushAll(annotation ? [annotation, ...values] : values, place);
				break;
			}
			case "UpdateStatement": {
				const [target, , ...values] = node.kids;
				if (target?.name === "VariableName") bindTarget(target, null, place, node);
				else if (target) bindTarget(target, null, place, node);
				pushAll(values, place);
				break;
			}
			case "NamedExpression": {
				const [target, , value] = node.kids;
				if (target && value) bindTarget(target, value, place, node);
				if (value) push(value, place);
				break;
			}
			case "DeleteStatement":
				for (const kid of node.kids) if (kid.name === "VariableName") bindTarget(kid, null, place, node);
				pushAll(
					node.kids.filter((kid) => kid.name === "MemberExpression").flatMap((kid) => kid.kids),
					place,
				);
				break;
			case "ScopeStatement": {
				const kind = node.kids[0]?.name === "global" ? "global" : "nonlocal";
				for (const kid of node.kids) if (kid.name === "VariableName") place.scope.elsewhere.set(textOf(kid), kind);
				break;
			}
			case "ForStatement": {
				const at = node.kids.findIndex((kid) => kid.name === "in");
				const body = node.kids.findIndex((kid) => kid.name === "Body");
				const targets = node.kids.slice(0, Math.max(at, 0)).filter((kid) => !/^(async|for|,|\(|\))$/.test(kid.name));
				const inside: Place = { scope: place.scope, block: { parent: place.block, owner: node, arm: 0, loop: true } };
				for (const [target, what] of loopNames(targets, node.kids[at + 1])) {
					if (target.name === "VariableName") bind(inside, textOf(target), target, what);
					else bindTarget(target, null, inside, target);
				}
				pushArms(node, place, Math.max(at + 1, 0), true);
				if (body < 0) break;
				break;
			}
			case "WhileStatement":
				pushArms(node, place, 0, true);
				break;
			case "IfStatement":
			case "TryStatement":
				pushArms(node, place, 0, false);
				break;
			case "MatchStatement":
				pushArms(node, place, 0, false);
				break;
			case "WithStatement": {
				const kids: SyntaxNode[] = [];
				node.kids.forEach((kid, i) => {
					if (node.kids[i - 1]?.name === "as") bindTarget(kid, null, place, kid);
					else kids.push(kid);
				});
				pushAll(kids, place);
				break;
			}
			case "ArgList":
				// Not `kids`: the name of a keyword argument refers to nothing.
				pushAll(withoutKeywords(node.kids), place);
				break;
			case "CapturePattern":
			case "AsPattern":
				for (const kid of node.kids) if (kid.name === "VariableName") bindTarget(kid, null, place, kid);
				pushAll(
					node.kids.filter((kid) => kid.name !== "VariableName"),
					place,
				);
				break;
			case "ComprehensionExpression":
			case "ArrayComprehensionExpression":
			case "DictionaryComprehensionExpression":
			case "SetComprehensionExpression":
				pushComprehension(node, place);
				break;
			default:
				pushAll(node.kids, place);
		}
	}
	sites.sort((a, b) => a.node.from - b.node.from || b.node.to - a.node.to);
	return { module, sites, functions, classes, lambdas, imports, bindings: bound, parsed: root.to - root.from };

	function pushDecorator(decorator: SyntaxNode, place: Place): void {
		// Its dotted name is a flat list of names, so no site is made of it; its arguments are as any others.
		for (const kid of decorator.kids) {
			if (kid.name === "ArgList" || kid.name === "CallExpression" || kid.name === "MemberExpression") push(kid, place);
		}
	}

	/** Pushes the kids from index `start`; each Body becomes a block of its own. */
	function pushArms(node: SyntaxNode, place: Place, start: number, loop: boolean): void {
		let arm = 0;
		const tasks: Task[] = [];
		const bodies = (kids: readonly SyntaxNode[]): void => {
			kids.forEach((kid, i) => {
				if (kid.name === "MatchBody" || kid.name === "MatchClause") bodies(kid.kids);
				else if (kid.name === "Body") {
					const block: Block = { parent: place.block, owner: node, arm: arm++, loop: loop && arm === 1 };
					// `finally` and the arms of `with` run in any case.
					const always = kids[i - 1]?.name === "finally";
					tasks.push({ node: kid, scope: place.scope, block: always ? place.block : block });
				} else if (kids[i - 1]?.name === "as") bindTarget(kid, null, place, kid);
				else tasks.push({ node: kid, scope: place.scope, block: place.block });
			});
		};
		bodies(node.kids.slice(start));
		for (let i = tasks.length - 1; i >= 0; i--) stack.push(tasks[i]!);
	}

	function pushComprehension(node: SyntaxNode, place: Place): void {
		const scope = makeScope("comprehension", place.scope, null, null, place);
		const inside: Place = { scope, block: scope.body };
		const rest: SyntaxNode[] = [];
		let targets: SyntaxNode[] | null = null;
		for (const [i, kid] of node.kids.entries()) {
			if (kid.name === "for") targets = [];
			else if (kid.name === "in" && targets) {
				for (const [target, what] of loopNames(targets, node.kids[i + 1])) {
					for (const name of namesIn(target)) {
						const bindsAll = name === target ? what : ({ kind: "unknown" } as const);
						add(bound, scope.names, textOf(name), new PlacedBinding(node, "from", inside, bindsAll));
					}
				}
				targets = null;
			} else if (!targets) rest.push(kid);
			else if (kid.name !== ",") targets.push(kid);
		}
		pushAll(rest, inside);
	}

	function readImport(node: SyntaxNode, place: Place): void {
		const { kids } = node;
		const importAt = kids.findIndex((kid) => kid.name === "import");
		let module = "";
		if (kids[0]?.name === "from") {
			for (const kid of kids.slice(1, importAt < 0 ? undefined : importAt)) {
				if (kid.name === "." || kid.name === "Ellipsis" || kid.name === "VariableName") module += textOf(kid);
			}
			if (importAt < 0) return;
		}
		for (const group of splitByCommas(kids.slice(importAt + 1))) {
			const items = group.filter((kid) => kid.name !== "(" && kid.name !== ")" && kid.name !== "⚠");
			const as = items.findIndex((kid) => kid.name === "as");
			const path = (as < 0 ? items : items.slice(0, as)).map(textOf).join("");
			const alias = as < 0 ? undefined : items[as + 1] && textOf(items[as + 1]!);
			if (path === "") continue;
			if (kids[0]?.name !== "from") {
				const bound = alias ?? path.split(".")[0]!;
				bindImport(place, bound, node, alias === undefined ? bound : path);
			} else if (path === "*") {
				place.scope.stars.push(module);
				imports.push(module);
			} else bindImport(place, alias ?? path, node, module.endsWith(".") ? module + path : `${module}.${path}`);
		}
	}

	function bindImport(place: Place, as: string, at: SyntaxNode, name: string): void {
		imports.push(name);
		bind(place, as, at, { kind: "import", name });
	}

	/** The class whose instance `name` is: the first parameter of the method around. */
	function selfClass(name: string, start: Scope): CodeClass | null {
		for (let scope: Scope | null = start; scope; scope = scope.parent) {
			const { function: owner } = scope;
			if (!owner) continue;
			if (owner.class && owner.parameters[0]?.name === name) return owner.class;
			if (scope.names.has(name)) return null;
		}
		return null;
	}
}

function makeScope(
	kind: Scope["kind"],
	parent: Scope | null,
	owner: CodeFunction | null,
	ofClass: CodeClass | null,
	site: Place | null,
	names: Map<string, Binding[]> = new Map(),
): Scope {
	const made: Omit<Scope, "module"> = {
		kind,
		parent,
		names,
		stars: [],
		body: { parent: null, owner: null, arm: 0, loop: false },
		function: owner,
		class: ofClass,
		elsewhere: new Map(),
		site,
	};
	return Object.assign(made, { module: parent?.module ?? (made as Scope) }); // A module's scope is its own.
}

/** What each of the names of a loop over `source` is. */
function loopNames(targets: readonly SyntaxNode[], source: SyntaxNode | undefined): [SyntaxNode, Bound][] {
	const [only] = targets;
	const isTuple = targets.length === 1 && /^(Tuple|Array)Expression$/.test(only!.name);
	const names = isTuple ? elementsOf(only!) : targets;
	const single = names.length === 1 && !isTuple;
	return names.map((name, i) => [
		name,
		source ? { kind: "element", of: source, at: single ? null : i } : { kind: "unknown" },
	]);
}

function namesIn(target: SyntaxNode): SyntaxNode[] {
	return target.name === "VariableName" ? [target] : target.kids.flatMap(namesIn);
}

function add(all: Binding[], names: Map<string, Binding[]>, name: string, binding: Binding): void {
	all.push(binding);
	const known = names.get(name);
	if (known) known.push(binding);
	else names.set(name, [binding]);
}

/** The elements of a tuple, list or parenthesised node. */
export function elementsOf(node: SyntaxNode): SyntaxNode[] {
	return node.kids.filter((kid) => !/^[()[\],]$|^⚠$/.test(kid.name));
}

function withoutKeywords(kids: readonly SyntaxNode[]): SyntaxNode[] {
	return kids.filter((kid, i) => !(kid.name === "VariableName" && kids[i + 1]?.name === "AssignOp"));
}
