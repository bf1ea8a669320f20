import { NO_KIDS, nodeAt, type OpenNode, type SyntaxNode, textOf as says } from "../code/node.ts";

type Nodes = readonly SyntaxNode[];
/** What becomes of a node whose kids have become `of(kid)`. */
type Rule = (node: SyntaxNode, of: (kid: SyntaxNode) => Nodes) => Nodes;

/**
 * A tree of TypeScript or JavaScript in the terms of Python's grammar, with the offsets of its own text, so that one
 * reader understands both. Types are left out. What has no counterpart keeps its name, by which it is not understood.
 */
export function lower(root: SyntaxNode): SyntaxNode {
	const order: SyntaxNode[] = [root];
	for (const node of order) for (const kid of node.kids) order.push(kid);
	const lowered = new Map<SyntaxNode, Nodes>();
	const of = (node: SyntaxNode): Nodes => lowered.get(node) ?? [];
	// Kids come behind their parents, so from the end on they are lowered first.
	for (let i = order.length - 1; i > 0; i--) {
		const node = order[i]!;
		const rule = RULES.get(node.name) ?? keep;
		lowered.set(node, rule(node, of));
	}
	const made = like(root, "Script", all(root, of));
	const stack: SyntaxNode[] = [made];
	for (let parent = stack.pop(); parent; parent = stack.pop()) {
		for (const kid of parent.kids as OpenNode[]) {
			kid.parent = parent;
			stack.push(kid);
		}
	}
	return made;
}

/** A node over the same text. Its parent is set when the whole tree is there. */
function like({ piece, from, to }: SyntaxNode, name: string, kids: Nodes = NO_KIDS, text?: string): SyntaxNode {
	return nodeAt(piece, name, from, to, kids as SyntaxNode[], text);
}

/** A node over several. */
function around(kids: Nodes, name: string): SyntaxNode {
	const [first] = kids;
	return nodeAt(first!.piece, name, first!.from, kids[kids.length - 1]!.to, kids as SyntaxNode[]);
}

function all(node: SyntaxNode, of: (kid: SyntaxNode) => Nodes): SyntaxNode[] {
	return node.kids.flatMap(of);
}

const keep: Rule = (node, of) => [like(node, node.name, all(node, of))];
const nothing: Rule = () => [];
const inside: Rule = (node, of) => all(node, of);
const rename =
	(name: string): Rule =>
	(node, of) => [like(node, name, all(node, of))];

/** Stands for a value that is not read. */
const unknown = (at: SyntaxNode) => like(at, "⚠");

const isUndefined = (node: SyntaxNode) => node.to - node.from === 9 && says(node) === "undefined";

const kidNamed = (node: SyntaxNode, ...names: string[]) => node.kids.find(({ name }) => names.includes(name));
const isStatement = ({ name }: SyntaxNode) => /(Statement|Definition)$/.test(name);

/** Signs and words by what Python says for them. `%` differs for negative numbers, `~`, `<<` and their like round. */
const SAID: Readonly<Record<string, string>> = {
	"===": "==",
	"!==": "!=",
	"&&": "and",
	"||": "or",
	"!": "not",
	"%": "remainder",
	"%=": "remainder=",
	"~": "bitwise ~",
	"^": "bitwise ^",
	true: "True",
	false: "False",
};

/** TensorFlow.js by its packages, also of a version, from the net or as one file: "../lib/tfjs.esm". */
const TENSORFLOW =
	/^(?:npm:|https?:.*\/)?@tensorflow\/tfjs(?:-(?:node|node-gpu|core|layers|react-native))?(?:@[^/]+)?(?:\/(?:\+esm|dist\/(?:index|tf[\w.-]*)))?$|\/tf(?:js)?\.(?:esm|fesm|es2017|min)(?:\.m?js)?$/;

/** Other packages that the tables know. */
const OTHERS = /^(synaptic|neataptic)$/;

/** A library of the tables by its name there; another module by one that no table holds. */
function moduleName(specifier: string): string {
	if (TENSORFLOW.test(specifier)) return "tfjs";
	return OTHERS.test(specifier) ? specifier : `"${specifier}"`;
}

function makeRules(): ReadonlyMap<string, Rule> {
	const sign =
		(name?: string): Rule =>
		(node) => {
			const said = SAID[says(node)];
			return [like(node, name ?? said ?? node.name, [], said)];
		};
	const unquoted = (node: SyntaxNode) => says(node).replace(/^(['"`])(.*)\1$/s, "$2");

	/** `import module as alias`. */
	const importOf = (name: string, alias: SyntaxNode) =>
		like(alias, "ImportStatement", [
			like(alias, "import"),
			like(alias, "VariableName", [], name),
			like(alias, "as"),
			like(alias, "VariableName"),
		]);

	const importRule: Rule = (node) => {
		const from = kidNamed(node, "String");
		if (!from || node.kids[1]?.name === "type") return [];
		const module = moduleName(unquoted(from));
		const found: SyntaxNode[] = [];
		for (const [i, kid] of node.kids.entries()) {
			if (kid.name === "ImportGroup") found.push(...namesIn(kid, module));
			else if (kid.name === "VariableDefinition") {
				const whole = node.kids[i - 1]?.name === "as" || !module.startsWith('"');
				found.push(importOf(whole ? module : `${module}.default`, kid));
			}
		}
		return found;
	};

	/**
	 * What of an `export` is a statement, with the other names that it gives: `export default Net` and
	 * `export {a as b}` are statements `export b a`, as Python has none; `export … from` is an import.
	 */
	const exportRule: Rule = (node, of) => {
		const from = node.kids.some((kid) => kid.name === "from") ? kidNamed(node, "String") : undefined;
		const group = kidNamed(node, "ExportGroup");
		const module = from && moduleName(unquoted(from));
		if (module && !group) {
			// What `export * as all from` gives a name is not followed.
			if (kidNamed(node, "as")) return [];
			const all = ["from", "VariableName", "import", "*"];
			return [
				like(
					node,
					"ImportStatement",
					all.map((name) => like(from, name, [], name === "VariableName" ? module : name)),
				),
			];
		}
		if (group) {
			return group.kids.flatMap((kid, i): Nodes => {
				if (!/^VariableName$/.test(kid.name) || group.kids[i - 1]?.name === "as") return [];
				const alias = group.kids[i + 1]?.name === "as" ? (group.kids[i + 2] ?? kid) : kid;
				if (module) return [importOf(`${module}.${says(kid)}`, like(alias, "VariableName"))];
				return alias === kid ? [] : [exported(says(alias), kid)];
			});
		}
		const kids = all(node, of);
		const statements = kids.filter(isStatement);
		const value = kids.at(-1);
		if (!value || !kidNamed(node, "default")) return statements;
		const [statement] = statements;
		const name = statement ? statement.kids.find((kid) => kid.name === "VariableName") : value;
		const given = name?.name === "VariableName" ? [exported("default", name)] : [];
		if (statement) return [...statements, ...given];
		return /Expression$/.test(value.name) ? [like(value, "ExpressionStatement", [value])] : given;
	};

	const exported = (name: string, value: SyntaxNode) =>
		like(value, "ExportStatement", [like(value, "VariableName", [], name), like(value, "VariableName")]);

	/** `{a, b as c}` of an import. */
	const namesIn = (group: SyntaxNode, module: string): SyntaxNode[] => {
		const found: SyntaxNode[] = [];
		for (const [i, kid] of group.kids.entries()) {
			if (kid.name !== "VariableDefinition") continue;
			const original = group.kids[i - 1]?.name === "as" ? (group.kids[i - 2] ?? kid) : kid;
			found.push(importOf(`${module}.${says(original)}`, kid));
		}
		return found;
	};

	/** The names and their properties in `{a, b: c}`; a property is null where it is not plain. */
	const patternNames = (pattern: SyntaxNode): { name: SyntaxNode; property: SyntaxNode | null }[] => {
		const found: { name: SyntaxNode; property: SyntaxNode | null }[] = [];
		const todo = [pattern];
		for (let node = todo.pop(); node; node = todo.pop()) {
			if (node.name === "VariableDefinition") {
				const property = node.parent;
				const isPlain = property?.name === "PatternProperty" && property.parent === pattern;
				const isAll =
					isPlain && (property.kids.length === 1 || (property.kids.length === 3 && property.kids[2] === node));
				found.push({ name: node, property: isAll ? property.kids[0]! : null });
			}
			todo.push(...node.kids);
		}
		return found.sort((a, b) => a.name.from - b.name.from);
	};

	const assignment = (target: SyntaxNode, value: SyntaxNode) =>
		around([target, like(target, "AssignOp"), value], "AssignStatement");

	/** `const a = 1, b = 2`: a statement for each name. */
	const declarationRule: Rule = (node, of) => {
		const made: SyntaxNode[] = [];
		for (let i = 0; i < node.kids.length; i++) {
			const target = node.kids[i]!;
			if (!/^(VariableDefinition|ObjectPattern|ArrayPattern)$/.test(target.name)) continue;
			const equals = node.kids[i + 1]?.name === "TypeAnnotation" ? i + 2 : i + 1;
			const written = node.kids[equals]?.name === "Equals" ? node.kids[equals + 1] : undefined;
			const required = written && requiredModule(written);
			if (target.name === "ObjectPattern") {
				for (const { name, property } of patternNames(target)) {
					const owner = required ?? (written?.name === "VariableName" ? says(written) : undefined);
					if (property && required) made.push(importOf(`${owner}.${says(property)}`, name));
					else if (property && written && owner)
						made.push(assignment(like(name, "VariableName"), part(written, property)));
					else made.push(assignment(like(name, "VariableName"), unknown(name)));
				}
			} else if (required && target.name === "VariableDefinition") made.push(importOf(required, target));
			else if (written) {
				const [own] = of(target);
				const [value] = of(written);
				if (own) made.push(assignment(own, value ?? unknown(written)));
			}
		}
		return made;
	};

	/** `object.property`, for a name taken out of an object. */
	const part = (object: SyntaxNode, property: SyntaxNode) =>
		like(property, "MemberExpression", [
			like(property, "VariableName", [], says(object)),
			like(property, "."),
			like(property, "PropertyName", [], says(property)),
		]);

	const requiredModule = (value: SyntaxNode): string | undefined => {
		const [callee, list] = value.kids;
		const only = list?.kids[1];
		if (value.name !== "CallExpression" || !callee || says(callee) !== "require" || only?.name !== "String")
			return undefined;
		return moduleName(unquoted(only));
	};

	/**
	 * Parameters; the names in a pattern hold what is not followed, as those of `*rest` do. What a call may leave out behind
	 * the first is undefined there.
	 */
	const parametersRule: Rule = (node, of) => {
		const kids = node.kids.flatMap((kid, i): Nodes => {
			if (kid.name === "ObjectPattern" || kid.name === "ArrayPattern") {
				return patternNames(kid).flatMap(({ name }, i) => [
					...(i > 0 ? [like(name, ",")] : []),
					like(name, "*"),
					like(name, "VariableName"),
				]);
			}
			if (kid.name === "Spread") return [like(kid, "*")];
			const mayBeLeftOut = /^([,)]|Optional)$/.test(node.kids[i + 1]?.name ?? "") && node.kids[i - 1]?.name === ",";
			if (kid.name === "VariableDefinition" && mayBeLeftOut)
				return [...of(kid), like(kid, "AssignOp"), like(kid, "None")];
			return /^(VariableName|AssignOp|,|\(|\)|.*Expression|Number|String|Boolean|None)$/.test(of(kid)[0]?.name ?? "")
				? of(kid)
				: [];
		});
		return [like(node, "ParamList", kids)];
	};

	const functionRule =
		(name: string): Rule =>
		(node, of) => {
			const parameters = kidNamed(node, "ParamList");
			const body = node.kids[node.kids.length - 1]!;
			const own = kidNamed(node, "VariableDefinition");
			if (!parameters || (name === "FunctionDefinition" && body.name !== "Block")) return [];
			const named = own && name === "FunctionDefinition" ? of(own) : [];
			return [like(node, name, [...named, ...of(parameters), ...of(body)])];
		};

	/** A method: its first parameter is the object, which the body calls `this`. */
	const methodRule: Rule = (node, of) => {
		const name = kidNamed(node, "PropertyDefinition", "PrivatePropertyDefinition");
		const parameters = kidNamed(node, "ParamList");
		const body = kidNamed(node, "Block");
		if (!name || !parameters || !body) return [];
		const [own] = of(name);
		const [list] = of(parameters);
		if (!own || !list) return [];
		if (kidNamed(node, "get", "set")) return [assignment(own, unknown(body))];
		const isStatic = kidNamed(node, "static") !== undefined;
		const self = isStatic ? [] : [like(list, "VariableName", [], "this"), like(list, ",")];
		const title = says(name) === "constructor" ? like(name, "VariableName", [], "__init__") : own;
		const made = like(node, "FunctionDefinition", [
			title,
			like(list, "ParamList", [...self, ...list.kids]),
			...of(body),
		]);
		if (!isStatic) return [made];
		return [like(node, "DecoratedStatement", [like(name, "Decorator", [], "@staticmethod"), made])];
	};

	const classRule: Rule = (node, of) => {
		const name = kidNamed(node, "VariableDefinition");
		const body = kidNamed(node, "ClassBody");
		const at = node.kids.findIndex((kid) => kid.name === "extends");
		const base = at < 0 ? undefined : node.kids[at + 1];
		const list = base ? [like(base, "ArgList", [like(base, "("), ...of(base), like(base, ")")])] : [];
		return [like(node, "ClassDefinition", [...(name ? of(name) : []), ...list, ...(body ? of(body) : [])])];
	};

	const fieldRule: Rule = (node, of) => {
		const name = kidNamed(node, "PropertyDefinition", "PrivatePropertyDefinition");
		const at = node.kids.findIndex((kid) => kid.name === "Equals");
		const value = at < 0 ? undefined : node.kids[at + 1];
		const [target] = name ? of(name) : [];
		return target && value ? [assignment(target, of(value)[0] ?? unknown(value))] : [];
	};

	const block = (statements: Nodes, at: SyntaxNode) => like(at, "Body", statements);
	const blockRule: Rule = (node, of) => [
		block(
			node.kids.flatMap((kid) => (/^[{}]$/.test(kid.name) ? [] : of(kid))),
			node,
		),
	];

	/** The arms of a statement as blocks. */
	const armsRule =
		(name: string): Rule =>
		(node, of) => {
			const kids = node.kids.flatMap((kid, i): Nodes => {
				const isArm = i > 0 && (/Statement$|Declaration$/.test(kid.name) || kid.name === "Block");
				return isArm && kid.name !== "Block" ? [block(of(kid), kid)] : of(kid);
			});
			return [like(node, name, kids)];
		};

	const assignRule: Rule = (node, of) => {
		const [target, operator, value] = node.kids;
		if (!target || !operator || !value) return [unknown(node)];
		const kids = [target, operator, value].flatMap(of);
		if (operator.name === "UpdateOp") return [like(node, "UpdateStatement", kids)];
		const isStatement = node.parent?.name === "ExpressionStatement";
		return [like(node, isStatement || target.name !== "VariableName" ? "AssignStatement" : "NamedExpression", kids)];
	};

	/** `i++` binds i to what is not followed. */
	const unaryRule: Rule = (node, of) => {
		const operator = node.kids.find(({ name }) => /Op$/.test(name));
		const kids = all(node, of);
		if (operator && /^(\+\+|--)$/.test(says(operator))) {
			return [
				like(
					node,
					"UpdateStatement",
					kids.sort((a) => (a.name === "ArithOp" ? 1 : -1)),
				),
			];
		}
		// `x!` is x.
		if (node.name === "PostfixExpression") return kids.slice(0, 1);
		return [like(node, "UnaryExpression", kids)];
	};

	const binaryRule: Rule = (node, of) => {
		const kids = all(node, of);
		const [left, operator] = kids;
		if (!left || !operator) return [unknown(node)];
		if (/^(as|satisfies)$/.test(operator.name)) return [left];
		// `a < b < c` compares a truth value with c; Python's means something else.
		if (operator.name === "CompareOp" && left.name === "BinaryExpression") {
			return [like(node, node.name, [like(left, "ParenthesizedExpression", [left]), ...kids.slice(1)])];
		}
		return [like(node, node.name, kids)];
	};

	const conditionalRule: Rule = (node, of) => {
		const parts = node.kids.filter(({ name }) => name !== "LogicOp").flatMap(of);
		const [condition, then, otherwise] = parts;
		if (!condition || !then || !otherwise) return [unknown(node)];
		return [like(node, node.name, [then, like(node, "if"), condition, like(node, "else"), otherwise])];
	};

	/** `{a: 1, b}` behind the arguments of a call are its keywords; elsewhere a dictionary. */
	const objectRule: Rule = (node, of) => {
		const isLast = node.parent?.name === "ArgList" && node.parent.kids.at(-2) === node;
		const kids = node.kids.flatMap((property): Nodes => {
			if (property.name !== "Property") return property.name === "," ? of(property) : [];
			const [key, colon] = property.kids;
			const value = propertyValue(property, of);
			if (!key || !value) return [];
			if (key.name === "Spread") return [like(key, "**"), value];
			if (isLast) return [like(key, "VariableName", [], unquoted(key)), like(key, "AssignOp"), value];
			return [like(key, "String", [], `"${unquoted(key)}"`), like(colon ?? key, ":"), value];
		});
		if (!isLast) return [like(node, "DictionaryExpression", [like(node, "{"), ...kids, like(node, "}")])];
		return kids.at(-1)?.name === "," ? kids.slice(0, -1) : kids;
	};

	const propertyValue = (property: SyntaxNode, of: (kid: SyntaxNode) => Nodes): SyntaxNode | undefined => {
		const { kids } = property;
		const last = kids[kids.length - 1]!;
		if (kids.length === 1) return like(last, "VariableName");
		if (last.name !== "Block") return of(last)[0];
		const parameters = kidNamed(property, "ParamList");
		return like(property, "LambdaExpression", [...(parameters ? of(parameters) : []), ...of(last)]);
	};

	const loopTarget: Rule = (node, of) => {
		const target = kidNamed(node, "VariableDefinition", "ObjectPattern", "ArrayPattern");
		const names = target ? patternNames(target) : [];
		const bound = names.map(({ name }) => assignment(like(name, "VariableName"), unknown(name)));
		return [...bound, ...node.kids.filter((kid) => kid !== target).flatMap(of)];
	};

	return new Map<string, Rule>([
		["VariableName", (node, of) => (isUndefined(node) ? [like(node, "None")] : keep(node, of))],
		["VariableDefinition", rename("VariableName")],
		["PropertyDefinition", rename("VariableName")],
		["PrivatePropertyDefinition", rename("VariableName")],
		["PrivatePropertyName", rename("PropertyName")],
		["this", rename("VariableName")],
		["super", rename("VariableName")],
		["BooleanLiteral", sign("Boolean")],
		["null", rename("None")],
		["TemplateString", rename("FormatString")],
		["Equals", rename("AssignOp")],
		["UpdateOp", sign("UpdateOp")],
		["ArithOp", sign("ArithOp")],
		["CompareOp", sign("CompareOp")],
		["LogicOp", sign()],
		["BitOp", sign("BitOp")],
		[";", nothing],
		["TypeAnnotation", nothing],
		["TypeParamList", nothing],
		["TypeArgList", nothing],
		["InterfaceDeclaration", nothing],
		["TypeAliasDeclaration", nothing],
		["EnumDeclaration", nothing],
		["AmbientDeclaration", nothing],
		["ExportGroup", nothing],
		["CaseLabel", inside],
		["LabeledStatement", (node, of) => node.kids.slice(2).flatMap(of)],
		["ImportDeclaration", importRule],
		["ExportDeclaration", exportRule],
		["VariableDeclaration", declarationRule],
		["FunctionDeclaration", functionRule("FunctionDefinition")],
		["FunctionExpression", functionRule("LambdaExpression")],
		["ArrowFunction", functionRule("LambdaExpression")],
		["ParamList", parametersRule],
		["ClassDeclaration", classRule],
		["ClassExpression", rename("ClassExpression")],
		["ClassBody", blockRule],
		["PropertyDeclaration", fieldRule],
		["MethodDeclaration", methodRule],
		["Block", blockRule],
		["ExpressionStatement", (node, of) => expressionStatement(node, all(node, of))],
		["ThrowStatement", rename("RaiseStatement")],
		["IfStatement", armsRule("IfStatement")],
		["ForStatement", armsRule("ForStatement")],
		["WhileStatement", armsRule("WhileStatement")],
		["DoStatement", armsRule("WhileStatement")],
		["TryStatement", armsRule("TryStatement")],
		["CatchClause", (node, of) => (kidNamed(node, "Block") ? of(kidNamed(node, "Block")!) : [])],
		["FinallyClause", inside],
		["SwitchBody", blockRule],
		["ForSpec", inside],
		["ForOfSpec", loopTarget],
		["ForInSpec", loopTarget],
		["AssignmentExpression", assignRule],
		["UnaryExpression", unaryRule],
		["PostfixExpression", unaryRule],
		["BinaryExpression", binaryRule],
		["ConditionalExpression", conditionalRule],
		["ObjectExpression", objectRule],
		["ArrayPattern", rename("ArrayExpression")],
		["NewExpression", (node, of) => [like(node, "CallExpression", node.kids.slice(1).flatMap(of))]],
		["Spread", rename("*")],
	]);
}

const RULES = makeRules();

/** An assignment is a statement in Python. */
function expressionStatement(node: SyntaxNode, kids: Nodes): Nodes {
	const [only] = kids;
	return kids.length === 1 && only && /^(Assign|Update)Statement$/.test(only.name)
		? [only]
		: [like(node, "ExpressionStatement", kids)];
}
