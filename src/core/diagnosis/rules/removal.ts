import { type SyntaxNode, splitByCommas } from "../../reading/code/node.ts";
import type { Edit } from "../edit.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { LastStep } from "./lastStep.ts";
import type { Fix } from "./rule.ts";

/** The fix that takes the last step out: its input stays, a layer of a list goes with its comma. None where that is not plain. */
export function removalOf(step: LastStep, code: CodeUnderRules): Fix[] {
	const edit = editFor(step, code);
	return edit ? [{ title: code.t("Remove {0}", code.textOf(step.node)), edits: [edit] }] : [];
}

function editFor({ kind, node, call, input }: LastStep, code: CodeUnderRules): Edit | undefined {
	if (!code.isHere(node)) return undefined;
	if (!call) return { span: spanOf(node), text: '"linear"' };
	if (kind === "module") return fromList(call.node, code.read.text);
	return input ? { span: spanOf(call.node), text: code.textOf(input.node) } : undefined;
}

/** Takes the last element out of the list or the arguments around it. */
function fromList(element: SyntaxNode, text: string): Edit | undefined {
	const item = element.parent?.name === "TupleExpression" ? element.parent : element;
	const list = item.parent;
	if (list?.name !== "ArgList" && list?.name !== "ArrayExpression") return undefined;
	const groups = splitByCommas(list.kids.slice(1, -1)).filter((group) => group.length > 0);
	const at = groups.findIndex((group) => group.includes(item));
	const before = groups[at - 1]?.at(-1);
	if (!before || at !== groups.length - 1 || groups[at]!.length !== 1) return undefined;
	if (/#|\/\//.test(text.slice(before.to, item.from))) return undefined; // A comment stands between.
	return { span: { start: before.to, end: item.to }, text: "" };
}

function spanOf({ from, to }: SyntaxNode): { start: number; end: number } {
	return { start: from, end: to };
}
