import type { Language } from "./language.ts";
import type { OpenNode, SourceText, SyntaxNode } from "./node.ts";

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

/** The class that may go on behind the statements of a part; undefined where none does. */
export function openClassIn(statements: readonly SyntaxNode[]): OpenClass | undefined {
	const statement = statements.findLast((each) => classOf(each)) as OpenNode | undefined; // It is ours: no one else builds the tree.
	const node = statement && (classOf(statement) as OpenNode);
	const body = node?.kids.at(-1) as OpenNode | undefined;
	if (!statement || !node || body?.name !== "Body") return undefined;
	const [colon, first] = body.kids;
	const isOneLine = colon?.name === ":" && first && !/[\r\n]/.test(node.source.text.slice(colon.to, first.from));
	if (isOneLine) return undefined;
	return { node, body, statement, own: body.kids, ownLength: node.to - node.from };
}

function classOf(statement: SyntaxNode): SyntaxNode | undefined {
	const node = statement.name === "DecoratedStatement" ? statement.kids.at(-1) : statement;
	return node?.name === "ClassDefinition" ? node : undefined;
}

/** Puts the members that there are now into the class. */
export function putInto({ body, own }: OpenClass, members: readonly SyntaxNode[]): void {
	body.kids = [...own, ...members];
	for (const member of members as readonly OpenNode[]) member.parent = body;
}

/** Has the class end at an offset: behind its members, or without any where its beginning does. */
export function endAt({ node, body, statement, ownLength }: OpenClass, end: number | undefined): void {
	for (const each of [body, node, statement]) each.to = end ?? node.from + ownLength;
}

/** The tree of what lies between the first of the bounds and the last, of which each piece is parsed alone: those behind the first are members. */
export function parsedByMember(language: Language, source: SourceText, bounds: readonly number[]): SyntaxNode {
	const tree: OpenNode = language.parse(source, bounds[0]!, bounds[1]!);
	const kids = [...tree.kids];
	const open = openClassIn(kids);
	const members: SyntaxNode[] = [];
	let end: number | undefined;
	for (let i = 1; i + 1 < bounds.length; i++) {
		const [from, to] = [bounds[i]!, bounds[i + 1]!];
		if (open) {
			const piece = language.parseMembers(source, from, to);
			members.push(...piece.kids.slice(0, piece.members));
			kids.push(...piece.kids.slice(piece.members));
			end = piece.classEnd ?? end;
		} else kids.push(...language.parse(source, from, to).kids);
	}
	if (open) {
		putInto(open, members);
		endAt(open, end);
	}
	tree.kids = kids;
	return tree;
}
