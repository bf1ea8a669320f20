import type { Binary, Compare, Constant, Expression, Parameter, Unary, Where } from "./expression.ts";
import { nodesOf } from "./walk.ts";

/** Binding strength: what is looser than its surroundings gets brackets. */
export const LOOSEST = 0;
export const COMPARISON = 1;
export const SUM = 2;
export const PRODUCT = 3;
export const NEGATION = 4;
export const POWER = 5;
export const ATOM = 6;

export interface Printed {
	readonly text: string;
	readonly strength: number;
}

/** How a notation writes each operation, from operands that are printed already. */
export interface Style {
	constant(node: Constant): Printed;
	parameter(node: Parameter): Printed;
	unary(node: Unary, operand: Printed): Printed;
	binary(node: Binary, left: Printed, right: Printed): Printed;
	compare(node: Compare, left: Printed, right: Printed): Printed;
	where(node: Where, condition: Printed, then: Printed, otherwise: Printed): Printed;
}

/** Text longer than this is not built up further: a shared graph can stand for an exponentially long formula. */
const LONGEST_TEXT = 20_000;
const TOO_LONG = "…";

/** The text of an expression in a notation; `known` are nodes that have a text already, such as a variable's name. */
export function printWith(
	root: Expression,
	style: Style,
	known: ReadonlyMap<Expression, Printed> = new Map(),
): Printed {
	const printed = new Map(known);
	for (const node of nodesOf(root)) {
		if (printed.has(node)) continue;
		const one = printNode(node, style, (operand) => printed.get(operand)!);
		printed.set(node, one.text.length > LONGEST_TEXT ? atom(TOO_LONG) : one);
	}
	return printed.get(root)!;
}

/** Whether a part of the text was left out for its length. */
export function isCut({ text }: Printed): boolean {
	return text.includes(TOO_LONG);
}

function printNode(node: Expression, style: Style, of: (operand: Expression) => Printed): Printed {
	switch (node.kind) {
		case "input":
			return atom("x");
		case "constant":
			return style.constant(node);
		case "parameter":
			return style.parameter(node);
		case "unary":
			return style.unary(node, of(node.operand));
		case "binary":
			return style.binary(node, of(node.left), of(node.right));
		case "compare":
			return style.compare(node, of(node.left), of(node.right));
		case "where":
			return style.where(node, of(node.condition), of(node.then), of(node.otherwise));
	}
}

export function atom(text: string): Printed {
	return { text, strength: ATOM };
}

export function call(name: string, ...args: readonly Printed[]): Printed {
	return atom(`${name}(${args.map(({ text }) => text).join(", ")})`);
}

/** The text, in brackets unless it binds at least as strongly as `least`. */
export function within(printed: Printed, least: number): string {
	return printed.strength >= least ? printed.text : `(${printed.text})`;
}

export function infix(
	left: Printed,
	sign: string,
	right: Printed,
	strength: number,
	rightStrength = strength + 1,
): Printed {
	return { text: `${within(left, strength)} ${sign} ${within(right, rightStrength)}`, strength };
}

/** A comparison inside a comparison gets brackets: `a < b < c` means something else in Python. */
export function comparison(left: Printed, sign: string, right: Printed): Printed {
	return infix({ ...left, strength: left.strength === COMPARISON ? LOOSEST : left.strength }, sign, right, COMPARISON);
}
