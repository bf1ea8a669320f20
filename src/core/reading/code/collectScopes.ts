import {
	argumentsOf,
	assignmentParts,
	attributeParts,
	callParts,
	childNamed,
	type SyntaxNode,
	splitByCommas,
	stringValue,
	textOf,
} from "./node.ts";
import {
	type Binding,
	type Block,
	type Bound,
	type CodeClass,
	type CodeFunction,
	type DeclaredParameter,
	elementsOf,
	makeScope,
	moduleScope,
	nameIn,
	type PartOfScopes,
	type Place,
	PlacedBinding,
	type Scope,
	type Site,
} from "./scope.ts";

interface Task extends Place {
	readonly node: SyntaxNode;
	readonly decorators?: readonly SyntaxNode[];
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
	return new Collector(root, module, members, again);
}

/** One walk, of what is collected on the way. */
class Collector implements PartOfScopes {
	readonly root: SyntaxNode;
	readonly module: Scope;
	readonly parsed: number;
	readonly bindings: Binding[] = [];
	readonly sites: Site[] = [];
	readonly functions: CodeFunction[] = [];
	readonly classes: CodeClass[] = [];
	readonly lambdas = new Map<SyntaxNode, CodeFunction>();
	readonly imports: string[] = [];
	readonly inner: Scope[] = [];
	readonly #stack: Task[] = [];
	readonly #again: { readonly node: SyntaxNode; readonly of: CodeClass } | undefined;

	constructor(
		root: SyntaxNode,
		module: Scope,
		members: { readonly scope: Scope; readonly count: number } | undefined,
		again: { readonly node: SyntaxNode; readonly of: CodeClass } | undefined,
	) {
		this.root = root;
		this.module = module;
		this.parsed = root.to - root.from;
		this.#again = again;
		this.#pushAll(root.kids.slice(members?.count ?? 0), { scope: module, block: module.body });
		if (members) {
			this.#pushAll(root.kids.slice(0, members.count), { scope: members.scope, block: members.scope.body });
		}
		for (let task = this.#stack.pop(); task; task = this.#stack.pop()) this.#visit(task);
		this.sites.sort((a, b) => a.node.from - b.node.from || b.node.to - a.node.to);
	}

	#visit(task: Task): void {
		const { node } = task;
		const place: Place = task;
		switch (node.name) {
			case "VariableName":
			case "String":
				this.sites.push(task);
				break;
			case "MemberExpression":
				this.sites.push(task);
				this.#pushAll(node.kids, place);
				break;
			case "ImportStatement":
				this.#readImport(node, place);
				break;
			case "ExportStatement": {
				const [name, value] = node.kids;
				if (name && value) this.#bind(place, textOf(name), node, { kind: "value", node: value });
				break;
			}
			case "DecoratedStatement":
				this.#readDecorated(node, place);
				break;
			case "FunctionDefinition":
				this.#readFunction(node, place, task.decorators ?? []);
				break;
			case "LambdaExpression":
				this.lambdas.set(node, this.#makeFunction(node, place, []));
				break;
			case "ClassDefinition":
				this.#readClass(node, place);
				break;
			case "AssignStatement":
				this.#readAssignment(node, place);
				break;
			case "UpdateStatement":
				this.#readUpdate(node, place);
				break;
			case "NamedExpression":
				this.#readNamed(node, place);
				break;
			case "DeleteStatement":
				for (const kid of node.kids) if (kid.name === "VariableName") this.#bindTarget(kid, UNKNOWN, place, node);
				this.#pushAll(
					node.kids.filter((kid) => kid.name === "MemberExpression").flatMap((kid) => kid.kids),
					place,
				);
				break;
			case "ScopeStatement":
				this.#readDeclaration(node, place);
				break;
			case "ForStatement":
				this.#readLoop(node, place);
				break;
			case "WhileStatement":
				this.#pushArms(node, place, 0, true);
				break;
			case "IfStatement":
			case "TryStatement":
				this.#pushArms(node, place, 0, false);
				break;
			case "MatchStatement":
				this.#pushArms(node, place, 0, false);
				break;
			case "WithStatement":
				this.#readWith(node, place);
				break;
			case "CallExpression":
				this.#readSetAttribute(node, place);
				this.#pushAll(node.kids, place);
				break;
			case "ArgList":
				// Not `kids`: the name of a keyword argument refers to nothing.
				this.#pushAll(withoutKeywords(node.kids), place);
				break;
			case "CapturePattern":
			case "AsPattern":
				for (const kid of node.kids) if (kid.name === "VariableName") this.#bindTarget(kid, UNKNOWN, place, kid);
				this.#pushAll(
					node.kids.filter((kid) => kid.name !== "VariableName"),
					place,
				);
				break;
			case "ComprehensionExpression":
			case "ArrayComprehensionExpression":
			case "DictionaryComprehensionExpression":
			case "SetComprehensionExpression":
				this.#pushComprehension(node, place);
				break;
			default:
				this.#pushAll(node.kids, place);
		}
	}

	#readDecorated(node: SyntaxNode, place: Place): void {
		const decorators = node.kids.filter((kid) => kid.name === "Decorator");
		const definition = node.kids[node.kids.length - 1]!;
		if (definition.name !== "Decorator") this.#stack.push({ ...place, node: definition, decorators });
		for (const decorator of decorators) this.#pushDecorator(decorator, place);
	}

	#readClass(node: SyntaxNode, place: Place): void {
		const nameNode = childNamed(node, "VariableName");
		const list = childNamed(node, "ArgList");
		const body = childNamed(node, "Body");
		if (!nameNode) {
			this.#pushAll(node.kids, place);
			return;
		}
		const bases = list ? argumentsOf(list).filter((argument) => !argument.name && argument.stars === 0) : [];
		const known = node === this.#again?.node ? this.#again.of : undefined;
		const made: { -readonly [K in keyof CodeClass]: CodeClass[K] } = Object.assign(
			known ?? { scope: this.module, attributes: new Map() },
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
		this.classes.push(made);
		this.#bind(place, made.name, node, { kind: "class", class: made });
		if (body) this.#push(body, { scope: made.scope, block: made.scope.body });
		if (list) this.#push(list, place);
	}

	#readAssignment(node: SyntaxNode, place: Place): void {
		const { targets, values } = assignmentParts(node);
		const spread = node.kids.some((kid) => kid.name === "*");
		for (const list of targets) {
			if (values.length === 0) {
				if (list.length === 1 && list[0]!.name !== "VariableName") this.#pushAll(list[0]!.kids.slice(0, 1), place);
			} else if (list.length === 1) {
				const what: Bound = values.length === 1 && !spread ? { kind: "value", node: values[0]! } : UNKNOWN;
				this.#bindTarget(list[0]!, what, place, node);
			} else {
				const parts = spread ? list.map(() => UNKNOWN) : partsOf(values, list.length);
				list.forEach((target, i) => {
					this.#bindTarget(target, parts[i]!, place, node);
				});
			}
		}
		const annotation = childNamed(node, "TypeDef");
		this.#pushAll(annotation ? [annotation, ...values] : values, place);
	}

	#readUpdate(node: SyntaxNode, place: Place): void {
		const [target, , ...values] = node.kids;
		if (target?.name === "VariableName") this.#bindTarget(target, UNKNOWN, place, node);
		else if (target) this.#bindTarget(target, UNKNOWN, place, node);
		this.#pushAll(values, place);
	}

	#readNamed(node: SyntaxNode, place: Place): void {
		const [target, , value] = node.kids;
		if (target && value) this.#bindTarget(target, { kind: "value", node: value }, place, node);
		if (value) this.#push(value, place);
	}

	#readDeclaration(node: SyntaxNode, place: Place): void {
		const kind = node.kids[0]?.name === "global" ? "global" : "nonlocal";
		for (const kid of node.kids) if (kid.name === "VariableName") place.scope.elsewhere.set(textOf(kid), kind);
	}

	#readLoop(node: SyntaxNode, place: Place): void {
		const at = node.kids.findIndex((kid) => kid.name === "in");
		const targets = node.kids.slice(0, Math.max(at, 0)).filter((kid) => !/^(async|for|,|\(|\))$/.test(kid.name));
		const inside: Place = { scope: place.scope, block: { parent: place.block, owner: node, arm: 0, loop: true } };
		for (const [target, what] of loopNames(targets, node.kids[at + 1])) {
			if (target.name === "VariableName") this.#bind(inside, textOf(target), target, what);
			else this.#bindTarget(target, UNKNOWN, inside, target);
		}
		this.#pushArms(node, place, Math.max(at + 1, 0), true);
	}

	#readWith(node: SyntaxNode, place: Place): void {
		const kids: SyntaxNode[] = [];
		node.kids.forEach((kid, i) => {
			if (node.kids[i - 1]?.name === "as") this.#bindTarget(kid, UNKNOWN, place, kid);
			else kids.push(kid);
		});
		this.#pushAll(kids, place);
	}

	#readFunction(node: SyntaxNode, place: Place, decorators: readonly SyntaxNode[]): void {
		const made = this.#makeFunction(node, place, decorators);
		if (made.name) this.#bind(place, made.name, node, { kind: "function", function: made });
	}

	#bind(place: Place, name: string, at: SyntaxNode, what: Bound): void {
		let { scope } = place;
		while (scope.kind === "comprehension" && scope.parent) scope = scope.parent;
		this.#bindIn(scope, place, name, at, what);
	}

	#bindIn(start: Scope, place: Place, name: string, at: SyntaxNode, what: Bound): void {
		let scope = start;
		const elsewhere = scope.elsewhere.get(name);
		if (elsewhere === "global") scope = this.module;
		else if (elsewhere === "nonlocal") {
			while (scope.parent && (scope === start || scope.kind !== "function" || !scope.names.has(name))) {
				scope = scope.parent;
			}
		}
		// A binding from within another scope may happen at any time: its block is one that nothing is known to follow.
		const block = scope === start ? place.block : { parent: scope.body, owner: null, arm: -1, loop: false };
		add(this.bindings, scope.names, name, new PlacedBinding(at, "to", { scope: place.scope, block }, what));
	}

	/** Binds the names in an assignment's or a loop's target. */
	#bindTarget(target: SyntaxNode, all: Bound, place: Place, at: SyntaxNode): void {
		const todo: [SyntaxNode, Bound][] = [[target, all]];
		for (let item = todo.pop(); item; item = todo.pop()) {
			const [node, what] = item;
			if (node.name === "VariableName") this.#bind(place, textOf(node), at, what);
			else if (/^(Tuple|Array|Parenthesized)Expression$/.test(node.name)) {
				const elements = elementsOf(node);
				const isSingle = node.name === "ParenthesizedExpression";
				const isSpread = what.kind !== "value" || elements.some(({ name }) => name === "*");
				const parts = isSingle || isSpread ? null : partsOf([what.node], elements.length);
				elements.forEach((element, i) => {
					todo.push([element, isSingle ? what : (parts?.[i] ?? UNKNOWN)]);
				});
			} else {
				const member = attributeParts(node);
				const owner = member?.object.name === "VariableName" && this.#selfClass(textOf(member.object), place.scope);
				if (member && owner)
					add(this.bindings, owner.attributes, textOf(member.property), new PlacedBinding(at, "to", place, what));
				else for (const kid of node.kids) this.#push(kid, place);
			}
		}
	}

	/** `self.add_module("act", nn.ReLU())` and `setattr(self, "act", nn.ReLU())` bind an attribute. */
	#readSetAttribute(call: SyntaxNode, place: Place): void {
		const parts = callParts(call);
		if (!parts) return;
		const member = attributeParts(parts.callee);
		const adds = member && /^(add|register)_module$/.test(textOf(member.property));
		if (!adds && (member || textOf(parts.callee) !== "setattr")) return;
		const given = argumentsOf(parts.list).map(({ value }) => value);
		const [object, name, value, ...others] = member ? [member.object, ...given] : given;
		const written = name && stringValue(name);
		if (object?.name !== "VariableName" || !written || !value || others.length > 0) return;
		const owner = this.#selfClass(textOf(object), place.scope);
		const what: Bound = { kind: "value", node: value };
		if (owner) add(this.bindings, owner.attributes, written, new PlacedBinding(call, "to", place, what));
	}

	#push(node: SyntaxNode, place: Place): void {
		this.#stack.push({ node, scope: place.scope, block: place.block });
	}

	#pushAll(nodes: readonly SyntaxNode[], place: Place): void {
		for (let i = nodes.length - 1; i >= 0; i--) {
			const node = nodes[i]!;
			// Keywords, signs and numbers say nothing.
			if (node.kids.length > 0 || node.name === "VariableName" || node.name === "String") this.#push(node, place);
		}
	}

	#readParameters(list: SyntaxNode | undefined, place: Place): DeclaredParameter[] {
		const parameters: DeclaredParameter[] = [];
		let keywordOnly = false;
		for (const group of splitByCommas(list?.kids ?? [])) {
			const stars = group.some((kid) => kid.name === "**") ? 2 : group.some((kid) => kid.name === "*") ? 1 : 0;
			const node = group.find((kid) => kid.name === "VariableName");
			const assign = group.findIndex((kid) => kid.name === "AssignOp");
			const value = assign < 0 ? null : (group[assign + 1] ?? null);
			if (node) parameters.push({ name: textOf(node), node, default: value, stars, keywordOnly });
			if (stars === 1) keywordOnly = true;
			if (value) this.#push(value, place);
			for (const kid of group) if (kid.name === "TypeDef") this.#push(kid, place);
		}
		return parameters;
	}

	#makeFunction(node: SyntaxNode, place: Place, decorators: readonly SyntaxNode[]): CodeFunction {
		const nameNode = node.name === "LambdaExpression" ? null : (childNamed(node, "VariableName") ?? null);
		const parameters = this.#readParameters(childNamed(node, "ParamList"), place);
		const body =
			node.name === "LambdaExpression" ? (node.kids[node.kids.length - 1] ?? null) : (childNamed(node, "Body") ?? null);
		const made: { -readonly [K in keyof CodeFunction]: CodeFunction[K] } = {
			name: nameNode ? textOf(nameNode) : "",
			nameNode,
			node,
			parameters,
			body: body?.name === ":" ? null : body,
			scope: this.module,
			outer: { scope: place.scope, block: place.block },
			class: place.scope.kind === "class" && node.name !== "LambdaExpression" ? place.scope.class : null,
			decorators,
		};
		made.scope = makeScope("function", place.scope, made, null, place);
		this.inner.push(made.scope);
		for (const parameter of parameters) {
			const inside = { scope: made.scope, block: made.scope.body };
			const binding = new PlacedBinding(node, "from", inside, { kind: "unknown" });
			add(this.bindings, made.scope.names, parameter.name, binding);
		}
		this.functions.push(made);
		if (made.body) this.#push(made.body, { scope: made.scope, block: made.scope.body });
		for (const kid of node.kids) if (kid.name === "TypeDef") this.#push(kid, place);
		return made;
	}

	#pushDecorator(decorator: SyntaxNode, place: Place): void {
		// Its dotted name is a flat list of names, so no site is made of it; its arguments are as any others.
		for (const kid of decorator.kids) {
			if (kid.name === "ArgList" || kid.name === "CallExpression" || kid.name === "MemberExpression")
				this.#push(kid, place);
		}
	}

	/** Pushes the kids from index `start`; each Body becomes a block of its own. */
	#pushArms(node: SyntaxNode, place: Place, start: number, loop: boolean): void {
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
				} else if (kids[i - 1]?.name === "as") this.#bindTarget(kid, UNKNOWN, place, kid);
				else tasks.push({ node: kid, scope: place.scope, block: place.block });
			});
		};
		bodies(node.kids.slice(start));
		for (let i = tasks.length - 1; i >= 0; i--) this.#stack.push(tasks[i]!);
	}

	#pushComprehension(node: SyntaxNode, place: Place): void {
		const scope = makeScope("comprehension", place.scope, null, null, place);
		this.inner.push(scope);
		const inside: Place = { scope, block: scope.body };
		const rest: SyntaxNode[] = [];
		let targets: SyntaxNode[] | null = null;
		for (const [i, kid] of node.kids.entries()) {
			if (kid.name === "for") targets = [];
			else if (kid.name === "in" && targets) {
				for (const [target, what] of loopNames(targets, node.kids[i + 1])) {
					for (const name of namesIn(target)) {
						const bindsAll = name === target ? what : ({ kind: "unknown" } as const);
						add(this.bindings, scope.names, textOf(name), new PlacedBinding(node, "from", inside, bindsAll));
					}
				}
				targets = null;
			} else if (!targets) rest.push(kid);
			else if (kid.name !== ",") targets.push(kid);
		}
		this.#pushAll(rest, inside);
	}

	#readImport(node: SyntaxNode, place: Place): void {
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
				this.#bindImport(place, bound, node, alias === undefined ? bound : path);
			} else if (path === "*") {
				place.scope.stars.push(module);
				this.imports.push(module);
			} else this.#bindImport(place, alias ?? path, node, nameIn(module, path));
		}
	}

	#bindImport(place: Place, as: string, at: SyntaxNode, name: string): void {
		this.imports.push(name);
		this.#bind(place, as, at, { kind: "import", name });
	}

	/** The class whose instance `name` is: the first parameter of the method around. */
	#selfClass(name: string, start: Scope): CodeClass | null {
		for (let scope: Scope | null = start; scope; scope = scope.parent) {
			const { function: owner } = scope;
			if (!owner) continue;
			if (owner.class && owner.parameters[0]?.name === name) return owner.class;
			if (scope.names.has(name)) return null;
		}
		return null;
	}
}

const UNKNOWN: Bound = { kind: "unknown" };

/** What each of `count` names beside each other gets of values beside each other, or of a single one. */
function partsOf(values: readonly SyntaxNode[], count: number): readonly Bound[] {
	const [only] = values;
	const isSingle = values.length === 1;
	const elements = isSingle && /^(Tuple|Array)Expression$/.test(only!.name) ? elementsOf(only!) : values;
	if (elements.length === count) return elements.map((node) => ({ kind: "value", node }));
	const isWhole = isSingle && elements === values;
	return Array.from({ length: count }, (_, at) => (isWhole ? { kind: "part", of: only!, at, count } : UNKNOWN));
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

function withoutKeywords(kids: readonly SyntaxNode[]): SyntaxNode[] {
	return kids.filter((kid, i) => !(kid.name === "VariableName" && kids[i + 1]?.name === "AssignOp"));
}
