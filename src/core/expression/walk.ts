import { applyBinary, applyCompare, applyUnary, where } from "./build.ts";
import type { Expression } from "./expression.ts";

const orders = new WeakMap<Expression, readonly Expression[]>();

/** What `node` is made of, left to right. */
export function operandsOf(node: Expression): readonly Expression[] {
	switch (node.kind) {
		case "constant":
		case "input":
		case "parameter":
			return [];
		case "unary":
			return [node.operand];
		case "binary":
		case "compare":
			return [node.left, node.right];
		case "where":
			return [node.condition, node.then, node.otherwise];
	}
}

/** Every node of the graph once, operands before what uses them; the last is `root`. Without recursion: graphs may be deep. */
export function nodesOf(root: Expression): readonly Expression[] {
	const known = orders.get(root);
	if (known) return known;
	const order: Expression[] = [];
	const seen = new Set<Expression>();
	const stack: Expression[] = [root];
	while (stack.length > 0) {
		const node = stack[stack.length - 1]!;
		if (seen.has(node)) {
			stack.pop();
			continue;
		}
		let ready = true;
		const operands = operandsOf(node);
		for (let i = operands.length - 1; i >= 0; i--) {
			if (!seen.has(operands[i])) {
				stack.push(operands[i]);
				ready = false;
			}
		}
		if (!ready) continue;
		stack.pop();
		seen.add(node);
		order.push(node);
	}
	orders.set(root, order);
	return order;
}

/**
 * A copy of the graph with each node replaced by `change(node, operands)`, where the operands have been replaced before.
 * `change` returns undefined to keep the node's operation with its new operands.
 */
export function rewrite(
	root: Expression,
	change: (node: Expression, operands: readonly Expression[]) => Expression | undefined,
): Expression {
	const results = new Map<Expression, Expression>();
	for (const node of nodesOf(root)) {
		const operands = operandsOf(node).map((operand) => results.get(operand)!);
		results.set(node, change(node, operands) ?? withOperands(node, operands));
	}
	return results.get(root)!;
}

/** The node's operation on other operands. */
export function withOperands(node: Expression, operands: readonly Expression[]): Expression {
	switch (node.kind) {
		case "constant":
		case "input":
		case "parameter":
			return node;
		case "unary":
			return operands[0] === node.operand ? node : applyUnary(node.operator, operands[0]);
		case "binary":
			return applyBinary(node.operator, operands[0], operands[1]);
		case "compare":
			return applyCompare(node.operator, operands[0], operands[1]);
		case "where":
			return where(operands[0], operands[1], operands[2]);
	}
}

/** The expression with other expressions in place of its input and of some parameters. */
export function substitute(
	root: Expression,
	input: Expression,
	parameters: Readonly<Record<string, Expression>> = {},
): Expression {
	return rewrite(root, (node) => {
		if (node.kind === "input") return input;
		if (node.kind === "parameter" && Object.hasOwn(parameters, node.name)) return parameters[node.name];
		return undefined;
	});
}

/** Whether the value can depend on the input, or on the parameter `name` when one is given. */
export function dependsOn(root: Expression, name?: string): boolean {
	return nodesOf(root).some((node) =>
		name === undefined ? node.kind === "input" : node.kind === "parameter" && node.name === name,
	);
}
