import { resolveName } from "../../activations/libraries/resolve.ts";
import { argumentOf, mayHoldMore } from "./call.ts";
import type { Rule } from "./rule.ts";

const WITH_DIM: ReadonlySet<string | undefined> = new Set(["softmax", "log_softmax", "softmin"]);

const NAMES = ["softmax", "log_softmax", "softmin", "Softmax", "LogSoftmax", "Softmin"];

/** `F.softmax(x)` and `nn.Softmax()`: PyTorch then guesses the dimension from the number of dimensions, and warns. */
export const softmaxWithoutDim: Rule = {
	severity: "warning",
	summary: "Softmax without dim",
	*check(code) {
		for (const { callee, place, list, node } of code.callsNamed(NAMES)) {
			const entry = resolveName(code.nameOf(callee, place) ?? "");
			if (entry?.library !== "torch" || !WITH_DIM.has(entry.activation) || mayHoldMore(list)) continue;
			const isFunction = entry.kind === "function";
			const textOf = (part: typeof node) => code.textOf(part);
			if (isFunction && list.length === 0) continue;
			if (argumentOf(list, isFunction ? 1 : 0, ["dim", "axis"], textOf)) continue;
			const end = node.to - 1;
			if (code.read.text[end] !== ")") continue;
			const inside = code.read.text.slice(callee.to + 1, end);
			const comma = inside.trim() === "" || /,\s*$/.test(inside) ? "" : ", ";
			yield {
				span: { start: callee.from, end: callee.to },
				message: code.t(
					"{0} without dim: PyTorch takes dimension 0 for inputs of 0, 1 or 3 dimensions, else 1. Say which, as dim=-1.",
					code.textOf(callee),
				),
				fixes: [{ title: code.t("Add dim=-1"), edits: [{ span: { start: end, end }, text: `${comma}dim=-1` }] }],
			};
		}
	},
};
