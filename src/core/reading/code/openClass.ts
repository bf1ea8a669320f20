import type { Language } from "./language.ts";
import type { OpenNode, SourceText, SyntaxNode } from "./node.ts";
import { lineEnd } from "./statementScan.ts";

/** A class of which the beginning was parsed alone, and its members one by one, that are put into it. */
export interface OpenClass {
	readonly node: OpenNode;
	readonly body: OpenNode;
	/** The statement that the class and its decorators are. */
	readonly statement: OpenNode;
	/** What of the body stands before the members. */
	readonly own: readonly SyntaxNode[];
	/** How long the class is without members. */
	readonly ownLength: number;
}

/** The class that goes on behind the statements of a module; undefined where none does. */
export function openClassIn(statements: readonly SyntaxNode[]): OpenClass | undefined {
	const statement = statements.at(-1) as OpenNode | undefined; // It is ours: no one else builds the tree.
	const node = (statement?.name === "DecoratedStatement" ? statement.kids.at(-1) : statement) as OpenNode | undefined;
	const body = node?.name === "ClassDefinition" ? (node.kids.at(-1) as OpenNode) : undefined;
	if (!statement || !node || body?.name !== "Body") return undefined;
	const [colon, first] = body.kids;
	const isOneLine = first && !/[\r\n]/.test(node.source.text.slice(colon!.to, first.from));
	if (isOneLine) return undefined;
	return { node, body, statement, own: body.kids, ownLength: node.to - node.from };
}

/** How many of the statements, of which the first is a class's member, still are: up to one without indent. */
export function membersIn(statements: readonly SyntaxNode[]): number {
	const outside = statements.findIndex(({ source: { text }, from }) => /[\r\n\f]/.test(text.charAt(from - 1)));
	return outside < 0 ? statements.length : outside;
}

/** Puts the members that there are now into the class, each with the end of what was parsed for it. */
export function closeClass({ node, body, statement, own, ownLength }: OpenClass, members: readonly SyntaxNode[]): void {
	body.kids = [...own, ...members];
	for (const member of members as readonly OpenNode[]) member.parent = body;
	const last = members.at(-1);
	for (const each of [body, node, statement]) each.to = last ? endOf(last) : node.from + ownLength;
}

/** The tree of what lies between the first of the bounds and the last, of which each piece is parsed alone: those behind the first are members. */
export function parsedByMember({ parse }: Language, source: SourceText, bounds: readonly number[]): SyntaxNode {
	const tree = parse(source, bounds[0]!, bounds[1]!);
	const kids = [...tree.kids];
	const first = openClassIn(kids);
	let open = first;
	const members: SyntaxNode[] = [];
	for (let i = 1; i + 1 < bounds.length; i++) {
		const statements = parse(source, bounds[i]!, bounds[i + 1]!).kids;
		const count = open ? membersIn(statements) : 0;
		members.push(...statements.slice(0, count));
		kids.push(...statements.slice(count));
		if (count < statements.length) open = undefined;
	}
	if (first) closeClass(first, members);
	return { ...tree, kids };
}

/** Where a body ends whose last statement this is: with its line. */
function endOf({ source: { text }, to }: SyntaxNode): number {
	if (/[\r\n]/.test(text.charAt(to - 1))) return to;
	const end = lineEnd(text, to);
	if (end === text.length) return to;
	return text.startsWith("\r\n", end) ? end + 2 : end + 1;
}
