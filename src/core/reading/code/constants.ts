import { argumentsOf, attributeParts, callParts, type SyntaxNode, unwrap } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import type { Place } from "./scope.ts";

/** Deeper arithmetic is not read. */
const MAX_DEPTH = 60;

/** The number that a literal stands for; undefined for complex numbers and what is not a number. */
export function literalNumber(text: string): number | undefined {
	const plain = text.replaceAll("_", "");
	if (/^0[xXoObB]/.test(plain)) return Number.isNaN(Number(plain)) ? undefined : Number(plain);
	if (/^0+[1-9]/.test(plain) && /^\d+$/.test(plain)) return undefined; // Octal in Python 2 and JavaScript, an error in Python 3.
	return /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** The numbers that JavaScript calls by name. */
const JAVASCRIPT: Readonly<Record<string, number>> = {
	"Math.PI": Math.PI,
	"Math.E": Math.E,
	"Math.SQRT2": Math.SQRT2,
	"Math.SQRT1_2": Math.SQRT1_2,
	"Math.LN2": Math.LN2,
	"Math.LN10": Math.LN10,
	"Math.LOG2E": Math.LOG2E,
	"Math.LOG10E": Math.LOG10E,
	Infinity: Number.POSITIVE_INFINITY,
	NaN: Number.NaN,
	"Number.POSITIVE_INFINITY": Number.POSITIVE_INFINITY,
	"Number.NEGATIVE_INFINITY": Number.NEGATIVE_INFINITY,
	"Number.NaN": Number.NaN,
	"Number.EPSILON": Number.EPSILON,
	"Number.MAX_VALUE": Number.MAX_VALUE,
};

/** The numbers that libraries call by name: `math.pi`, `np.inf`, `Math.SQRT2`. */
export function namedNumber(dotted: string): number | undefined {
	if (Object.hasOwn(JAVASCRIPT, dotted)) return JAVASCRIPT[dotted];
	const match = /^(?:math|numpy|torch|jax\.numpy|cmath|scipy\.constants)\.(pi|e|inf|Inf|infty|nan|NaN)$/.exec(dotted);
	switch (match?.[1]) {
		case "pi":
			return Math.PI;
		case "e":
			return Math.E;
		case "inf":
		case "Inf":
		case "infty":
			return Number.POSITIVE_INFINITY;
		case "nan":
		case "NaN":
			return Number.NaN;
		default:
			return undefined;
	}
}

/** The number that an expression of literals, arithmetic and names bound to such stands for, if it is certain. */
export function constantNumber(node: SyntaxNode, place: Place, resolver: Resolver, depth = 0): number | undefined {
	if (depth > MAX_DEPTH) return undefined;
	const inner = unwrap(node);
	const value = (kid: SyntaxNode | undefined) => kid && constantNumber(kid, place, resolver, depth + 1);
	switch (inner.name) {
		case "Number":
			return literalNumber(resolver.textOf(inner));
		case "UnaryExpression": {
			const operand = value(inner.kids[1]);
			const operator = inner.kids[0] ? resolver.textOf(inner.kids[0]) : "";
			if (operand === undefined) return undefined;
			return operator === "-" ? -operand : operator === "+" ? operand : undefined;
		}
		case "BinaryExpression": {
			const [left, operator, right] = inner.kids;
			const [a, b] = [value(left), value(right)];
			if (a === undefined || b === undefined || !operator) return undefined;
			return arithmetic(resolver.textOf(operator), a, b);
		}
		case "VariableName": {
			const certain = resolver.certainValue(resolver.textOf(inner), place, inner.from);
			if (certain) return constantNumber(certain.node, certain.place, resolver, depth + 1);
			return named(inner);
		}
		case "MemberExpression":
			return attributeParts(inner) ? named(inner) : undefined;
		case "CallExpression": {
			const parts = callParts(inner);
			const list = parts ? argumentsOf(parts.list) : [];
			const callee = parts && resolver.resolveValue(parts.callee, place);
			if (callee?.kind !== "name" || list.length !== 1 || list[0]!.name || list[0]!.stars) return undefined;
			if (callee.name === "float") {
				const text = resolver.textOf(list[0]!.value);
				const infinite = /^(['"])([+-]?)inf(inity)?\1$/i.exec(text);
				if (infinite) return infinite[2] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
				return value(list[0]!.value);
			}
			const argument = value(list[0]!.value);
			return /^(math|numpy|Math)\.sqrt$/.test(callee.name) && argument !== undefined ? Math.sqrt(argument) : undefined;
		}
		default:
			return undefined;
	}

	function named(name: SyntaxNode): number | undefined {
		const found = resolver.resolveChain(name, place);
		return found?.value.kind === "name" ? namedNumber(found.value.name) : undefined;
	}
}

/**
 * Whether such a number is NumPy's and no number of the language: np.sqrt makes one, and so does arithmetic with one.
 * `np.pi` and `np.inf` are Python's.
 */
export function isNumpyNumber(node: SyntaxNode, place: Place, resolver: Resolver, depth = 0): boolean {
	const inner = unwrap(node);
	if (depth > MAX_DEPTH) return true;
	if (inner.name === "VariableName") {
		const certain = resolver.certainValue(resolver.textOf(inner), place, inner.from);
		return certain !== undefined && isNumpyNumber(certain.node, certain.place, resolver, depth + 1);
	}
	if (inner.name === "CallExpression") {
		const callee = resolver.resolveValue(callParts(inner)!.callee, place);
		return callee?.kind === "name" && callee.name.startsWith("numpy.");
	}
	const isArithmetic = inner.name === "UnaryExpression" || inner.name === "BinaryExpression";
	return isArithmetic && inner.kids.some((kid) => isNumpyNumber(kid, place, resolver, depth + 1));
}

/** What Python and JavaScript agree on; undefined for the quotient by 0, and for signs that this does not know. */
export function arithmetic(operator: string, a: number, b: number): number | undefined {
	switch (operator) {
		case "+":
			return a + b;
		case "-":
			return a - b;
		case "*":
			return a * b;
		case "/":
			return b === 0 ? undefined : a / b;
		case "//":
			return b === 0 ? undefined : Math.floor(a / b);
		case "**":
			return a ** b;
		default:
			return undefined;
	}
}
