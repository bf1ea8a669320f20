import { argumentOf, type Call, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { LastStep } from "./flow.ts";
import { removalOf } from "./removal.ts";
import type { Rule } from "./rule.ts";

const FUNCTIONS = new Set(["softmax", "log_softmax"]);
const MODULES = new Set(["Softmax", "LogSoftmax"]);

/** `log_softmax(softmax(x))`: probabilities are taken for logits, which differ by 1 at most. */
export const softmaxTwice: Rule = {
	severity: "warning",
	summary: "Softmax of a softmax",
	*check(code) {
		for (const call of [...code.callsNamed(FUNCTIONS), ...code.callsNamed(MODULES).flatMap(appliedAtOnce)]) {
			const outer = code.flow.lastStep({ node: call.node, place: call.place, context: new Map() });
			if (!outer?.input || !FUNCTIONS.has(outer.activation)) continue;
			const inner = code.flow.lastStep(outer.input);
			if (inner?.activation !== "softmax" || axisOf(inner, code) !== axisOf(outer, code)) continue;
			const { from: start, to: end } = call.node;
			const isLogarithm = outer.activation === "log_softmax";
			yield {
				// An even distribution may be what is wanted; a loss of one is not.
				...(isLogarithm ? {} : { severity: "information" as const }),
				span: { start, end },
				message: isLogarithm
					? code.t(
							"log_softmax of a softmax: its values differ by 1 at most, so no class is ever sure. Give it the logits.",
						)
					: code.t(
							"softmax of a softmax: the largest value is at most {0} times the smallest. Give it the logits.",
							Math.E.toFixed(4),
						),
				evidence: { most: isLogarithm ? 1 : Math.E },
				// A name for the inner one may have other uses.
				fixes: inner.node.from >= start && inner.node.to <= end ? removalOf(inner, code) : [],
			};
		}
	},
};

/** `Softmax()(x)`, of the call that makes the module. */
function appliedAtOnce({ node, place }: Call): Call[] {
	const applied = node.parent?.kids[0] === node ? callOf(node.parent, place) : undefined;
	return applied ? [applied] : [];
}

/** Along which axis a softmax is taken, as it is written; "" where that is left to the library. */
function axisOf({ kind, call }: LastStep, code: CodeUnderRules): string {
	const given =
		call && argumentOf(call.list, kind === "function" ? 1 : 0, ["dim", "axis"], (node) => code.textOf(node));
	return given ? code.textOf(given) : "";
}
