import type { SyntaxNode } from "./node.ts";

/** The statements of a body, those between semicolons one by one. */
export function statementsOf(body: SyntaxNode): SyntaxNode[] {
	return body.kids.flatMap((kid) => {
		if (kid.name === "StatementGroup") return kid.kids.filter(({ name }) => name !== ";");
		return kid.name === ":" ? [] : [kid];
	});
}

/** The ways that an `if` may go, with their conditions; the last has none if it is an `else`. */
export function armsOfIf({ kids }: SyntaxNode): { condition: SyntaxNode | null; statements: readonly SyntaxNode[] }[] {
	const arms: { condition: SyntaxNode | null; statements: readonly SyntaxNode[] }[] = [];
	let condition: SyntaxNode | null = null;
	for (const kid of kids) {
		if (kid.name === "Body") {
			arms.push({ condition, statements: statementsOf(kid) });
			condition = null;
		} else if (!/^(if|elif|else)$/.test(kid.name)) condition = kid;
	}
	return arms;
}
