import { type Activation, fromExpression } from "../../activations/activation.ts";
import { type Expression, isTruth } from "../../expression/expression.ts";
import { dependsOn, nodesOf } from "../../expression/walk.ts";
import type { Span } from "../../span.ts";
import { type Identity, identityOf } from "../identity.ts";
import type { Definition } from "../use.ts";
import { takesActivation } from "./activationKeyword.ts";
import { attributeParts, type CallArgument, callAround, nodeAt, type SyntaxNode, stringValue } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import type { CodeClass, CodeFunction, Place, Scopes } from "./scope.ts";
import { hasDecorator } from "./translate/decorators.ts";
import { methodOf } from "./translate/objects.ts";
import { type Given, type Translation, translateClass, translateFunction } from "./translate/translate.ts";

/** Names that say "this is meant as an activation" wherever they stand in a longer one: `my_relu6`, `QuickGELU`. */
const ACTIVATION_PART =
	/relu|sigmoid|tanh|softmax|softplus|softsign|swish|silu|gelu|mish(?!ap)|selu|celu|sparsemax|softmin|logsumexp|hardshrink|softshrink|maxout|heaviside|expit/;
/** Names that say so only as a whole word. */
const ACTIVATION_WORD =
	/^(elu|pelu|act|activ|activation|activations|glu|erf|sinc|sine|snake|siren|logistic|identity|threshold|gaussian|isru|isrlu)$/;
/** Derivatives, losses and tests hold an activation's name too. */
const OTHER_NAME =
	/deriv|grad|prime|backward|back$|_d$|^d_?(?=relu|sig|tanh)|diff|loss|cost|test_|_test|inverse|inv_|jacobian|init|arctanh|atanh|dense|conv|bn|linear|norm|attention|entropy|quant|block|layer|model/;

/** Names that say "the derivative of …". */
const DERIVATIVE_NAME = /deri|der$|grad|prime|backward|^d_|^d(?=relu|sig|tanh|elu|gelu|silu|swish|soft)|_d$|diff/;
/** Keys of a table under whose own key, a name of an activation, the function and its derivative lie. */
const FUNCTION_KEY = /^(f|fn|func?|function|activate|activation|forward|apply|calc|value|output)$/i;
const DERIVATIVE_KEY = /^(df|dfn|dfunc?|d|der|deriv\w*|prime|fprime|grad|gradient|backward)$/i;

/** General mathematics: a function that is only this is an activation if its name says so, or else it is a formula. */
const PLAIN_MATHEMATICS: ReadonlySet<string> = new Set([
	"linear",
	"abs",
	"sign",
	"exponential",
	"sine",
	"cosine",
	"arctan",
	"arcsinh",
	"erf",
	"sinc",
	"sinc_normalized",
	"heaviside",
	"ndtr",
	"logsumexp",
	"threshold",
	"thresholded_relu",
	"relu_general",
]);

/** Calls with arguments of their own that are read in one file. */
const MAX_CALLS = 500;

/** Whether a name says that what it names is meant as an activation. */
export function looksLikeActivation(name: string): boolean {
	return !OTHER_NAME.test(name.toLowerCase()) && saysActivation(name);
}

function saysActivation(name: string): boolean {
	const lower = name.toLowerCase();
	if (ACTIVATION_PART.test(lower)) return true;
	const words = name
		.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
		.toLowerCase()
		.split(/[_\d]+/);
	return words.some((word) => ACTIVATION_WORD.test(word)) || ACTIVATION_WORD.test(lower);
}

/** Whether a name says that what it names is meant as the derivative of an activation. */
export function looksLikeDerivative(name: string): boolean {
	const lower = name.toLowerCase();
	return DERIVATIVE_NAME.test(lower) && saysActivation(name);
}

/** Steps and bounds that code of any kind has. */
const BOUNDS: ReadonlySet<string> = new Set([
	"hardtanh",
	"hard_sigmoid",
	"hard_sigmoid_keras2",
	"sparse_sigmoid",
	"laplace",
]);
/** What is rather mathematics than an activation, also under its own name. */
const MATHEMATICS: ReadonlySet<string> = new Set(["abs", "sign", "exponential", "erf", "ndtr", "log_ndtr"]);

/** The activation that a definition is meant as: what it is identical to, unless that is so by the way. */
export function meantActivation({ name, kind, identity }: Definition): string | null {
	const activation = identity?.activation ?? null;
	if (activation === null || takesActivation(name)) return activation;
	if (MATHEMATICS.has(activation) || (BOUNDS.has(activation) && !looksLikeActivation(name))) return null;
	// A function that does nothing serves anything.
	return activation === "linear" && kind !== "class" && !/linear/i.test(name) ? null : activation;
}

/** Reads the functions and classes of a file, each when first asked for. */
export class Definitions {
	readonly #resolver: Resolver;
	readonly #path: string | null;
	readonly #functions = new Map<CodeFunction, Definition | null>();
	readonly #classes = new Map<CodeClass, Definition | null>();
	readonly #called = new Map<SyntaxNode, Definition | null>();

	/** `path` is that of the file if it is not the one that is being read. */
	constructor(resolver: Resolver, path: string | null) {
		this.#resolver = resolver;
		this.#path = path;
	}

	/** What a part of the file defines, in the order of the text. */
	in({ functions, classes }: Pick<Scopes, "functions" | "classes">): readonly Definition[] {
		const found = [...functions.map((each) => this.ofFunction(each)), ...classes.map((each) => this.ofClass(each))];
		return found.filter((each) => each !== null).sort((a, b) => a.span.start - b.span.start);
	}

	/** The function as an activation; null if it is none. A lambda is one if it is bound to a name. */
	ofFunction(definition: CodeFunction): Definition | null {
		const known = this.#functions.get(definition);
		if (known !== undefined) return known;
		this.#functions.set(definition, null);
		const kind = definition.node.name === "LambdaExpression" ? "lambda" : "function";
		const nameNode = kind === "lambda" ? lambdaTarget(definition, this.#resolver) : definition.nameNode;
		const name = nameNode ? this.#resolver.textOf(nameNode) : "";
		if (!nameNode || !mayBeActivation(definition, name)) return null;
		const translation = translateFunction(definition, this.#resolver);
		const [span, nameSpan] = [spanOf(definition.node), spanOf(nameNode)];
		const made = makeDefinition({ name, kind, span, nameSpan, path: this.#path }, translation);
		this.#functions.set(definition, made);
		return made;
	}

	/** The class as an activation; null if its objects are none. */
	ofClass(definition: CodeClass): Definition | null {
		const known = this.#classes.get(definition);
		if (known !== undefined) return known;
		this.#classes.set(definition, null);
		const method = methodOf(definition, this.#resolver);
		if (!method) return null;
		// A static one has no object, and may have the context of an automatic derivative.
		const [only, ...others] = method.parameters;
		const isStatic = hasDecorator(this.#resolver, method, /^staticmethod$/);
		const own = isStatic && only && others.length === 0 ? [only] : others;
		if (own.filter((each) => !each.default && each.stars === 0).length !== 1) return null;
		const translation = translateClass(definition, method, this.#resolver);
		const { name, node, nameNode } = definition;
		const named = { name, kind: "class", span: spanOf(node), nameSpan: spanOf(nameNode), path: this.#path } as const;
		const made = makeDefinition(named, translation);
		this.#classes.set(definition, made);
		return made;
	}

	/**
	 * The function with the arguments of one call behind the input; null if it is not understood with these. A call of
	 * a function of the whole input (softmax) gives an axis, which leaves it what it is.
	 */
	withArguments(
		plain: Definition,
		of: CodeFunction | CodeClass,
		call: SyntaxNode,
		list: readonly CallArgument[],
		place: Place,
	): Definition | null {
		const known = this.#called.get(call);
		if (known !== undefined) return known;
		if (this.#called.size >= MAX_CALLS) return null;
		const made = this.#withArguments(plain, of, { list, place });
		this.#called.set(call, made);
		return made;
	}

	#withArguments(plain: Definition, of: CodeFunction | CodeClass, given: Given): Definition | null {
		if (!plain.understood && plain.identity) return plain;
		const method = "attributes" in of ? methodOf(of, this.#resolver) : of;
		if (!method) return null;
		const translation =
			"attributes" in of
				? translateClass(of, method, this.#resolver, given)
				: translateFunction(of, this.#resolver, given);
		if (translation.kind !== "understood") return null;
		return makeDefinition(plain, translation);
	}
}

/** The name that `name = lambda x: …` binds, or the key of JavaScript's `{name: (x) => …}`. */
function lambdaTarget(lambda: CodeFunction, resolver: Resolver): SyntaxNode | undefined {
	const node = wrapped(lambda, resolver);
	const statement = node.parent;
	if (statement?.name === "DictionaryExpression") return propertyOf(statement, node);
	if (statement?.name !== "AssignStatement") return undefined;
	const at = statement.kids.indexOf(node);
	const target = statement.kids[at - 2];
	if (statement.kids[at - 1]?.name !== "AssignOp" || statement.kids.some((kid) => kid.name === ",")) return undefined;
	return target?.name === "VariableName" ? target : target && attributeParts(target)?.property;
}

/** The lambda in its parentheses, or in the call that is assigned and computes the same: `np.vectorize(lambda x: …)`. */
function wrapped(lambda: CodeFunction, resolver: Resolver): SyntaxNode {
	let { node } = lambda;
	while (node.parent?.name === "ParenthesizedExpression") node = node.parent;
	const call = callAround(node);
	if (call?.parent?.name !== "AssignStatement") return node;
	const value = resolver.resolveValue(call, lambda.outer);
	return value?.kind === "function" && value.function === lambda ? call : node;
}

/** The key of a table's entry, if it is no string and says that it names an activation. */
function propertyOf(table: SyntaxNode, value: SyntaxNode): SyntaxNode | undefined {
	const key = table.kids[table.kids.indexOf(value) - 2];
	const isName = key?.text !== undefined && !/^["']/.test(key.source.text.slice(key.from, key.to));
	const written = isName ? stringValue(key) : undefined;
	const name = written && (looksLikeActivation(written) ? written : nameInTable(written, table));
	return name ? nodeAt(key!.piece, "VariableName", key!.from, key!.to, [], name) : undefined;
}

/** What `{relu: {fn: …, df: …}}` calls the function under a key of the inner table, and its derivative. */
function nameInTable(key: string, table: SyntaxNode): string | undefined {
	const outer = table.parent;
	const isDerivative = DERIVATIVE_KEY.test(key);
	if (outer?.name !== "DictionaryExpression" || !(isDerivative || FUNCTION_KEY.test(key))) return undefined;
	const above = outer.kids[outer.kids.indexOf(table) - 2];
	const name = above && stringValue(above);
	if (!name || !looksLikeActivation(name)) return undefined;
	return isDerivative ? `${name}Derivative` : name;
}

function spanOf(node: { from: number; to: number }): Span {
	return { start: node.from, end: node.to };
}

function mayBeActivation(definition: CodeFunction, name: string): boolean {
	if (/^__.*__$|^test_/.test(name) || definition.body === null) return false;
	// What calls an object is read as the class.
	if (definition.class && /^(forward|call|backward)$/.test(name)) return false;
	const isStatic = definition.decorators.length > 0;
	const own = definition.parameters.slice(definition.class && !isStatic ? 1 : 0);
	const required = own.filter((each) => !each.default && each.stars === 0);
	// With more that must be given it is none by itself, but a call of it may be.
	return own.length > 0 && (required.length <= 1 || isStatic || (required.length <= 3 && looksLikeActivation(name)));
}

function makeDefinition(
	{ name, kind, span, nameSpan, path }: Pick<Definition, "name" | "kind" | "span" | "nameSpan" | "path">,
	translation: Translation,
): Definition | null {
	const looksNamed = looksLikeActivation(name);
	// Spans of its own, as they move with the text.
	const base = { name, kind, span: { ...span }, nameSpan: { ...nameSpan }, path, library: translation.library };
	switch (translation.kind) {
		case "not understood":
			if (!looksNamed) return null;
			return {
				...base,
				understood: null,
				identity: null,
				equals: null,
				returnsTuple: false,
				reason: translation.reason,
				reasonSpan: translation.span,
			};
		case "vector": {
			const identity = { activation: translation.activation, parameters: {}, names: {} };
			return {
				...base,
				understood: null,
				identity,
				equals: identity,
				outputs: translation.outputs ?? null,
				reducesAll: translation.reducesAll,
				writing: translation.writing,
				returnsTuple: false,
				reason: null,
				reasonSpan: null,
			};
		}
		case "understood":
			break;
	}
	const { expression, origins, writing, returnsTuple } = translation;
	// What is called linear is a layer, mostly.
	const named = looksNamed || (expression.kind === "input" && /^linear/i.test(name));
	if (!dependsOn(expression) || (!named && isAffine(expression))) return null;
	// A comparison is a condition, or the slope of what has a kink.
	const isStep = /step/i.test(name);
	if (isTruth(expression) && !named && !isStep && !looksLikeDerivative(name)) return null;
	const parameters = translation.parameters.map((each) => ({ ...each, constraint: "" }));
	const activation: Activation = fromExpression(name, expression, parameters);
	let equals: Identity | null | undefined;
	return {
		...base,
		understood: { activation, origins, writing },
		returnsTuple,
		reason: null,
		reasonSpan: null,
		/** Found out when first asked for: it takes longer than reading. */
		get equals() {
			if (equals === undefined) equals = catalogIdentity(activation);
			return equals;
		},
		get identity() {
			const { equals } = this;
			if (!equals || named || (isStep && equals.activation === "heaviside")) return equals;
			// A function that is a scaled tanh may be of anything, a layer is one of a network.
			const isPlain =
				equals.activation === "dynamic_tanh" ? kind !== "class" : PLAIN_MATHEMATICS.has(equals.activation);
			return isPlain ? null : equals;
		},
	};
}

function catalogIdentity(activation: Activation): Identity | null {
	const found = identityOf(activation) ?? null;
	// Dropout and noise do nothing when a model does not train; only what says that it does nothing is the identity.
	return found?.activation === "linear" && !/ident|linear|noop|pass/i.test(activation.name) ? null : found;
}

/** Whether the expression is a straight line in the input by its form alone. */
function isAffine(expression: Expression): boolean {
	const affine = new Map<Expression, boolean>();
	for (const node of nodesOf(expression)) {
		const ok = (operand: Expression) => affine.get(operand) === true;
		const free = (operand: Expression) => !dependsOn(operand);
		let result = free(node) || node.kind === "input";
		if (node.kind === "unary") result ||= node.operator === "neg" && ok(node.operand);
		if (node.kind === "binary") {
			const { left, right, operator } = node;
			if (operator === "add" || operator === "sub") result ||= ok(left) && ok(right);
			if (operator === "mul") result ||= (ok(left) && free(right)) || (free(left) && ok(right));
			if (operator === "div") result ||= ok(left) && free(right);
		}
		affine.set(node, result);
	}
	return affine.get(expression) === true;
}
