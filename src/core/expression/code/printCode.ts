import { x as INPUT } from "../build.ts";
import { evaluate } from "../evaluate.ts";
import { type CompareOperator, type Expression, isTruth, type Parameters, type Where } from "../expression.ts";
import {
	ATOM,
	atom,
	call,
	comparison,
	infix,
	isCut,
	NEGATION,
	POWER,
	PRODUCT,
	type Printed,
	printWith,
	type Style,
	SUM,
	within,
} from "../printed.ts";
import { simplify } from "../simplify.ts";
import { withSlopes } from "../slopes.ts";
import { dependsOn, nodesOf, operandsOf, rewrite } from "../walk.ts";
import { type Dialect, type Form, negated } from "./dialect.ts";
import { guarded, guardedByTensors } from "./guard.ts";
import { tfjs, typescript } from "./javascript.ts";
import { jax, keras, numpy, python, pytorch, tensorflow } from "./python.ts";
import { maxByChoice, minByChoice, sizeByChoice } from "./rewrites.ts";

export type CodeLibrary = "pytorch" | "keras" | "tensorflow" | "jax" | "numpy" | "python" | "typescript" | "tfjs";

const DIALECTS: Readonly<Record<CodeLibrary, Dialect>> = {
	pytorch,
	keras,
	tensorflow,
	jax,
	numpy,
	python,
	typescript,
	tfjs,
};

/** The value of an expression as statements: locals, one for each part that is used more than once, and what to return. */
export interface CodeBody {
	readonly locals: readonly { readonly name: string; readonly code: string }[];
	readonly value: string;
}

export interface CodeOptions {
	/** Values of the parameters at which the code shall be free of 0·∞ in its gradient. */
	readonly parameters?: Parameters;
	/** How a parameter is written; by its name if not said. */
	readonly nameOf?: (parameter: string) => string;
	/** How the input is written; "x" if not said. */
	readonly input?: string;
	/** Parameters that are tensors. */
	readonly tensors?: ReadonlySet<string>;
}

/** Longer lines are not read by people. */
export const MOST_IN_LINE = 600;

/**
 * The expression as one line of source code of a library, of the variable x; undefined where the library lacks an operation.
 * Of a long line the parts that are used more than once are arguments, or locals, of functions that are called at once.
 */
export function printCode(expression: Expression, library: CodeLibrary, options: CodeOptions = {}): string | undefined {
	return ofModerateLength(expression, () => {
		const line = print(toPrint(expression, library, options), library, options, new Map()).text;
		if (line.length <= MOST_IN_LINE) return line;
		const body = printBody(expression, library, options);
		if (!body || body.locals.length === 0) return line;
		if (library === "tfjs" || library === "typescript") return `(() => ${blockOf(body)})()`;
		return body.locals.reduceRight((text, { name, code }) => `(lambda ${name}: ${text})(${code})`, body.value);
	});
}

/** A body of JavaScript on one line. */
export function blockOf({ locals, value }: CodeBody): string {
	return `{ ${locals.map(({ name, code }) => `const ${name} = ${code}; `).join("")}return ${value}; }`;
}

/** The same as the body of a function. */
export function printBody(
	expression: Expression,
	library: CodeLibrary,
	options: CodeOptions = {},
): CodeBody | undefined {
	return ofModerateLength(expression, () => {
		const root = toPrint(expression, library, options);
		const locals: { name: string; code: string }[] = [];
		const known = new Map<Expression, Printed>();
		const names = localNames(root, options.input ?? "x");
		for (const node of repeated(root, library, options)) {
			const { text } = print(node, library, options, known, false);
			const { value: name } = names.next() as { value: string };
			locals.push({ name, code: text });
			known.set(node, atom(name));
		}
		return { locals, value: print(root, library, options, known).text };
	});
}

/**
 * The same function over operations that the library has, and without 0·∞ in its gradient. What is printed is this form,
 * so this is the one whose hazards are those of the code.
 */
export function writable(expression: Expression, library: CodeLibrary, parameters: Parameters): Expression {
	const dialect = DIALECTS[library];
	const { rewrites, scalar } = dialect;
	const known = rewrite(withSlopes(expression, dialect), (node, [operand]) => {
		if (node.kind !== "unary" || !operand) return undefined;
		const own = !dependsOn(node) && scalar ? scalar.rewrites : rewrites;
		return own[node.operator]?.(operand);
	});
	const simple = simplify(withoutHidden(known, dialect));
	return library === "typescript" || library === "python" ? simple : guarded(simple, parameters);
}

/** The same function with longer code for what the library's usual form loses digits of; itself where there is none such. */
export function withTails(expression: Expression, library: CodeLibrary): Expression {
	const { tails = {} } = DIALECTS[library];
	return rewrite(expression, (node, [operand]) =>
		node.kind === "unary" ? tails[node.operator]?.(operand!) : undefined,
	);
}

/** The form that is printed: among tensors that a library cannot decide by, with both sides of a choice to compute. */
function toPrint(expression: Expression, library: CodeLibrary, { parameters = {}, tensors }: CodeOptions): Expression {
	const form = writable(expression, library, parameters);
	if (!tensors || DIALECTS[library].tensorsDecide) return form;
	const guarded = guardedByTensors(form, parameters, tensors);
	if (!guarded) throw new Unprintable();
	return guarded;
}

/** With choices in place of functions whose names are those of parameters: `max(x, max)`. */
function withoutHidden(expression: Expression, { unary, binary }: Dialect): Expression {
	const names = new Set(nodesOf(expression).flatMap((node) => (node.kind === "parameter" ? [node.name] : [])));
	const isHidden = (form: Form | undefined) => typeof form === "string" && names.has(form);
	return rewrite(expression, (node, [a, b]) => {
		if (node.kind === "unary" && node.operator === "abs" && isHidden(unary.abs)) return sizeByChoice(a!);
		if (node.kind !== "binary" || !isHidden(binary[node.operator])) return undefined;
		return node.operator === "max" ? maxByChoice(a!, b!) : node.operator === "min" ? minByChoice(a!, b!) : undefined;
	});
}

/** A longer expression is not code that a person would read. */
const MOST_NODES = 1000;

class Unprintable extends Error {}

function ofModerateLength<T>(expression: Expression, make: () => T): T | undefined {
	if (nodesOf(expression).length > MOST_NODES) return undefined;
	try {
		return make();
	} catch (error) {
		if (error instanceof Unprintable) return undefined;
		throw error;
	}
}

function print(
	root: Expression,
	library: CodeLibrary,
	options: CodeOptions,
	known: ReadonlyMap<Expression, Printed>,
	asNumber = true,
): Printed {
	const style = codeStyle(DIALECTS[library], options);
	const printed = printWith(root, style, new Map([[INPUT, inputOf(options)], ...known]));
	if (isCut(printed) || hidesFunction(root, printed.text, options)) throw new Unprintable();
	return asNumber && isTruth(root) ? DIALECTS[library].number(printed, inputOf(options)) : printed;
}

/** Whether a parameter has the name of a function that the text calls: `max(x, max)`. */
function hidesFunction(root: Expression, text: string, { nameOf }: CodeOptions): boolean {
	return nodesOf(root).some((node) => {
		if (node.kind !== "parameter") return false;
		const name = nameOf?.(node.name) ?? node.name;
		return /^\w+$/.test(name) && new RegExp(`(?<![\\w.])${name}\\(`).test(text);
	});
}

function inputOf({ input }: CodeOptions): Printed {
	return atom(input ?? "x");
}

/** Parts that are used more than once and take an operation to compute, what they need before them. */
function repeated(root: Expression, library: CodeLibrary, options: CodeOptions): Expression[] {
	const always = unconditional(root, library, options);
	const uses = new Map<Expression, number>();
	for (const node of nodesOf(root)) {
		for (const operand of operandsOf(node)) uses.set(operand, (uses.get(operand) ?? 0) + 1);
	}
	return nodesOf(root).filter((node) => {
		if ((uses.get(node) ?? 0) < 2 || operandsOf(node).length === 0 || !always.has(node)) return false;
		const isSmall = node.kind === "unary" && node.operator === "neg" && operandsOf(node.operand).length === 0;
		return !isSmall && nodesOf(node).some(({ kind }) => kind === "input" || kind === "parameter");
	});
}

/** What is computed whatever is decided: in Python, where 1 / 0 is an error, no side of a choice is. */
function unconditional(root: Expression, library: CodeLibrary, options: CodeOptions): ReadonlySet<Expression> {
	const found = new Set([root]);
	for (const node of [...nodesOf(root)].reverse()) {
		if (!found.has(node)) continue;
		const takesOne =
			node.kind === "where" && (library === "python" || isDecidedBefore(node, DIALECTS[library], options));
		for (const operand of takesOne ? [node.condition] : operandsOf(node)) found.add(operand);
	}
	return found;
}

/** Names that no parameter has, and no function that the code calls. */
function* localNames(root: Expression, input: string): Generator<string> {
	const taken = new Set(nodesOf(root).flatMap((node) => (node.kind === "parameter" ? [node.name] : [])));
	taken.add(input);
	const all = ["u", "v", "w", "s", "t", "p", "q", "r"];
	for (let round = 0; ; round++) {
		for (const name of all) {
			const own = round === 0 ? name : `${name}${round}`;
			if (!taken.has(own)) yield own;
		}
	}
}

/** Whether a part of the expression is a tensor in the code, and not a plain number. */
function isTensor(node: Expression, { parametersAreTensors }: Dialect, { tensors }: CodeOptions): boolean {
	return nodesOf(node).some(
		(one) => one.kind === "input" || (one.kind === "parameter" && (parametersAreTensors || tensors?.has(one.name))),
	);
}

/** Whether parameters alone decide a choice, with the language's own words, whatever is decided on. */
function isDecidedBefore({ condition }: Where, dialect: Dialect, options: CodeOptions): boolean {
	return !dependsOn(condition) && (dialect.tensorsDecide === true || !isTensor(condition, dialect, options));
}

const SIGNS: Readonly<Record<CompareOperator, string>> = { lt: "<", le: "<=", gt: ">", ge: ">=", eq: "==", ne: "!=" };

function codeStyle(main: Dialect, options: CodeOptions): Style {
	const input = inputOf(options);
	const dialectOf = (node: Expression) => (main.scalar && !isTensor(node, main, options) ? main.scalar : main);
	/** An operand where a number is needed, or a truth value. */
	const numeric = (node: Expression, printed: Printed) =>
		isTruth(node) ? dialectOf(node).number(printed, input) : printed;
	const truth = (node: Expression, printed: Printed) =>
		isTruth(node) ? printed : comparison(printed, dialectOf(node).notEqual, atom("0"));
	const isZero = (node: Expression) => node.kind === "constant" && node.value === 0;
	const isNumber = (node: Expression) => !isTensor(node, main, options);

	return {
		constant({ value, exact }) {
			if (exact === "pi") return atom(main.pi);
			if (exact === "e") return atom(main.e);
			return numberText(value, main);
		},
		parameter: ({ name }) => atom(options.nameOf?.(name) ?? name),
		unary(node, printed) {
			const dialect = dialectOf(node);
			const { operator } = node;
			const operand = operator === "not" ? truth(node.operand, printed) : numeric(node.operand, printed);
			const form = dialect.unary[operator];
			if (form !== undefined) return written(form, operand);
			if (operator === "neg") {
				const least = dialect.bracketsNegatedPower ? ATOM : POWER;
				return negated(operand, least);
			}
			if (!nodesOf(node).every(({ kind }) => kind !== "input" && kind !== "parameter")) throw new Unprintable();
			return numberText(evaluate(node, 0), main);
		},
		binary(node, first, second) {
			const dialect = dialectOf(node);
			const { operator } = node;
			const isLogic = operator === "and" || operator === "or";
			const left = isLogic ? truth(node.left, first) : numeric(node.left, first);
			const right = isLogic ? truth(node.right, second) : numeric(node.right, second);
			if (operator === "max" || operator === "min") {
				const [bounded, bound] = isNumber(node.left) ? [node.right, node.left] : [node.left, node.right];
				const [u, edge] = bounded === node.left ? [left, right] : [right, left];
				if (!isNumber(bounded) && isNumber(bound)) {
					if (operator === "max" && isZero(bound) && dialect.relu) return call(dialect.relu, u);
					const form = operator === "max" ? dialect.atLeast : dialect.atMost;
					if (form) return written(form, u, edge);
				}
			}
			const form = dialect.binary[operator];
			if (form !== undefined) return written(form, left, right);
			switch (operator) {
				case "add":
					return infix(left, "+", right, SUM);
				case "sub":
					return infix(left, "-", right, SUM);
				case "mul":
					return infix(left, "*", right, PRODUCT);
				case "div":
					return infix(left, "/", right, PRODUCT);
				case "pow":
					return { text: `${within(left, ATOM)} ** ${within(right, ATOM)}`, strength: POWER };
				default:
					throw new Unprintable();
			}
		},
		compare(node, first, second) {
			const dialect = dialectOf(node);
			const { operator } = node;
			const [left, right] = [numeric(node.left, first), numeric(node.right, second)];
			const form = dialect.compare[operator];
			if (form !== undefined) return written(form, left, right);
			const sign = operator === "eq" ? dialect.equal : operator === "ne" ? dialect.notEqual : SIGNS[operator];
			return comparison(left, sign, right);
		},
		where(node, condition, then, otherwise) {
			const dialect = isDecidedBefore(node, main, options) ? (main.scalar ?? main) : main;
			const [a, b] = [numeric(node.then, then), numeric(node.otherwise, otherwise)];
			const isTyped = !isNumber(node.otherwise) && !dialect.isTypedByFirst;
			const isUntyped = isNumber(node.then) && !isNumber(node.condition) && !isTyped;
			const first = isUntyped && dialect.firstOfNumbers ? dialect.firstOfNumbers(a, input) : a;
			return written(dialect.where, truth(node.condition, condition), first, b);
		},
	};
}

function numberText(value: number, { infinity }: Dialect): Printed {
	if (Number.isNaN(value)) throw new Unprintable();
	const size = Math.abs(value) === Number.POSITIVE_INFINITY ? infinity : String(Math.abs(value));
	// An integer has no −0.
	if (Object.is(value, -0)) return { text: "-0.0", strength: NEGATION };
	return value < 0 ? { text: `-${size}`, strength: NEGATION } : atom(size);
}

function written(form: Form, ...operands: readonly Printed[]): Printed {
	return typeof form === "string" ? call(form, ...operands) : form(...operands);
}
