import { argumentsOf, childNamed, type SyntaxNode } from "../../reading/code/node.ts";
import { argumentOf, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import { lossesIn, whereToTell } from "./losses.ts";
import type { Rule } from "./rule.ts";

/** That of the CPU does not refuse it. */
const AUTOCAST = /^torch\.((cuda\.)?amp\.)?autocast$/;
/** BCELoss cuts the logarithm off here, and with it the gradient. */
const CLAMP = 100;

/** Sigmoid, then BCELoss: right, but less exact than one function for both; PyTorch refuses it under autocast. */
export const sigmoidBeforeBce: Rule = {
	severity: "information",
	summary: "Sigmoid before BCELoss",
	*check(code) {
		const told = new Set<SyntaxNode>();
		for (const { name, kind, call, step } of lossesIn(code)) {
			if (kind.takes !== "probabilities" || step?.activation !== "sigmoid" || told.has(step.node)) continue;
			told.add(step.node);
			const better = name === "BCELoss" ? "BCEWithLogitsLoss" : "binary_cross_entropy_with_logits";
			const autocast = isUnderAutocast(call.node, code);
			yield {
				...(autocast ? { severity: "warning" as const } : {}),
				...whereToTell(step, call, name, code),
				message: autocast
					? code.t(
							"sigmoid, then {0}: PyTorch raises an error for this under autocast. Give the logits to {1}.",
							name,
							better,
						)
					: code.t(
							"sigmoid, then {0}: the loss of a wrong, sure answer stops at {2} and its gradient is lost. Give the logits to {1}.",
							name,
							better,
							`${CLAMP}`,
						),
				evidence: { clamp: CLAMP },
				fixes: fixesFor(call.callee, call.node, step.call?.node, step.input?.node, code),
			};
		}
	},
};

/** `F.binary_cross_entropy(torch.sigmoid(x), y)` in one place can be written anew; a module's sigmoid may have other users. */
function fixesFor(
	callee: SyntaxNode,
	loss: SyntaxNode,
	sigmoid: SyntaxNode | undefined,
	input: SyntaxNode | undefined,
	code: CodeUnderRules,
) {
	const written = code.textOf(callee);
	if (!sigmoid || !input || sigmoid.from < loss.from || sigmoid.to > loss.to) return [];
	if (!written.endsWith("binary_cross_entropy")) return [];
	return [
		{
			title: code.t("Give the logits to {0}", `${written}_with_logits`),
			edits: [
				{ span: { start: callee.from, end: callee.to }, text: `${written}_with_logits` },
				{ span: { start: sigmoid.from, end: sigmoid.to }, text: code.textOf(input) },
			],
		},
	];
}

/** Whether a `with` around it, or a decorator of the function around it, turns autocast on. */
function isUnderAutocast(node: SyntaxNode, code: CodeUnderRules): boolean {
	for (let around = node.parent; around; around = around.parent) {
		if (around.name === "WithStatement" && around.kids.some((kid) => isAutocast(kid, code))) return true;
		if (around.name !== "FunctionDefinition") continue;
		const decorators = around.parent?.kids.filter(({ name }) => name === "Decorator") ?? [];
		return decorators.some((decorator) => isAutocast(decorator, code));
	}
	return false;
}

/** Whether the head of a `with`, or a decorator, is autocast that is not turned off, on a device that refuses the loss. */
function isAutocast(head: SyntaxNode, code: CodeUnderRules): boolean {
	const place = code.placeIn(null, head);
	const call = callOf(head, place);
	const name = call ? code.nameOf(call.callee, place) : head.name === "Decorator" ? decoratorName(head, code) : null;
	if (name === null || !AUTOCAST.test(name)) return false;
	const list = childNamed(head, "ArgList");
	const option = (position: number | null, name: string) => {
		const given = list && argumentOf(argumentsOf(list), position, [name], (part) => code.textOf(part));
		return given && code.textOf(given);
	};
	return option(null, "enabled") !== "False" && !/^["']cpu["']$/.test(option(0, "device_type") ?? "");
}

/** The full dotted name of `@a.b(…)`, which is a flat list of names. */
function decoratorName({ kids }: SyntaxNode, code: CodeUnderRules): string | null {
	const [first, ...others] = kids.filter(({ name }) => name === "VariableName");
	const value = first && code.resolver.resolveValue(first, code.placeIn(null, first));
	return value?.kind === "name" ? [value.name, ...others.map((each) => code.textOf(each))].join(".") : null;
}
