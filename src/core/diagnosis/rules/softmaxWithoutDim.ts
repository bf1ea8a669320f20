import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { attributeParts, type SyntaxNode } from "../../reading/code/node.ts";
import { appended, argumentOf, mayHoldMore } from "./call.ts";
import type { Rule } from "./rule.ts";

const WITH_DIM: ReadonlySet<string | null> = new Set(["softmax", "log_softmax", "softmin"]);

const NAMES = new Set(["softmax", "log_softmax", "softmin", "Softmax", "LogSoftmax", "Softmin"]);

/** These guess the dimension where none is told; PyTorch's others raise a TypeError. */
const GUESSES = /^torch\.nn\./;

/** `F.softmax(x)` and `nn.Softmax()`: PyTorch then guesses the dimension from the number of dimensions, and warns. */
export const softmaxWithoutDim: Rule = {
	severity: "warning",
	summary: "Softmax without dim",
	*check(code) {
		for (const call of code.callsNamed(NAMES)) {
			const { callee, place, list } = call;
			const name = code.nameOf(callee, place);
			const entry = name === null ? undefined : resolveName(name);
			const member = attributeParts(callee);
			const method = name === null && member ? code.useAt(member.property) : undefined;
			const called = entry ?? method;
			if (called?.library !== "torch" || !WITH_DIM.has(called.activation) || mayHoldMore(list)) continue;
			const isFunction = called.kind === "function";
			const textOf = (part: SyntaxNode) => code.textOf(part);
			if (isFunction && list.length === 0) continue;
			if (argumentOf(list, isFunction ? 1 : 0, ["dim", "axis"], textOf)) continue;
			const edit = appended(call, "dim=-1");
			if (!edit) continue;
			const isGuessed = name !== null && GUESSES.test(canonicalName(name));
			yield {
				// What has the method may be no tensor.
				...(isGuessed || method ? {} : { severity: "error" as const }),
				span: { start: callee.from, end: callee.to },
				message: isGuessed
					? code.t(
							"{0} without dim: PyTorch takes dimension 0 for inputs of 0, 1 or 3 dimensions, else 1. Say which, as dim=-1.",
							code.textOf(callee),
						)
					: code.t("{0} without dim raises a TypeError in PyTorch. Say which, as dim=-1.", code.textOf(callee)),
				fixes: [{ title: code.t("Add dim=-1"), edits: [edit] }],
			};
		}
	},
};
