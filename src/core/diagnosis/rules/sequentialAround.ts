import type { SyntaxNode } from "../../reading/code/node.ts";
import { elementsOf, type Place } from "../../reading/code/scope.ts";
import { callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";

interface Sequential {
	/** Its full dotted name. */
	readonly name: string;
	readonly layers: readonly SyntaxNode[];
}

/** The Sequential that is made with a layer, given by place or in a list; undefined where there is none. */
export function sequentialAround(layer: SyntaxNode, place: Place, code: CodeUnderRules): Sequential | undefined {
	const holder = layer.parent;
	const list = holder?.name === "ArrayExpression" ? holder.parent : holder;
	const call = list?.name === "ArgList" && list.parent ? callOf(list.parent, place) : undefined;
	const name = call && code.nameOf(call.callee, place);
	return name?.endsWith(".Sequential") ? { name, layers: elementsOf(holder!) } : undefined;
}
