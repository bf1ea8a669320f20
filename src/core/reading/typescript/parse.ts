import type { Parser } from "@lezer/common";
import type { MemberTree } from "../code/language.ts";
import { parseTree, type SourceText, type SyntaxNode } from "../code/node.ts";
import { openClassIn } from "../code/openClass.ts";
import { isMember } from "../code/partStarts.ts";
import { lower } from "./lower.ts";

/** The tree of what lies between two offsets of a source. A class of which only the beginning does is whole for the parser. */
export function parseStatements(parser: Parser, source: SourceText, from: number, to: number): SyntaxNode {
	const closed = () => lower(parseTree(parser, source, from, to, ["", "}"]));
	if (isMember(source.text, to)) {
		const tree = closed();
		if (openClassIn(tree.kids)?.node.to === to) return tree;
	}
	const tree = lower(parseTree(parser, source, from, to));
	const isLeftOpen = openClassIn(tree.kids)?.own.at(-1)?.name === "⚠";
	return isLeftOpen ? closed() : tree;
}

/** The same of a text that begins with members of a class: what stands before the class's closing bracket. */
export function parseMembers(parser: Parser, source: SourceText, from: number, to: number): MemberTree {
	const closed = membersOf(lower(parseTree(parser, source, from, to, ["class A{", "}"])));
	// A class that ends in the text has a bracket of its own.
	return closed.classEnd === to ? closed : membersOf(lower(parseTree(parser, source, from, to, ["class A{", ""])));
}

/** What the parser took for a class of its own, as the members of one. */
function membersOf(tree: SyntaxNode): MemberTree & { readonly classEnd: number } {
	const [first, ...behind] = tree.kids;
	const body = first?.kids.at(-1);
	// Of what is nested too deep there is no tree.
	const members = body?.name === "Body" ? body.kids : [];
	const kids = [...members, ...behind];
	return Object.assign(tree, { kids, members: members.length, classEnd: body?.to ?? tree.to });
}
