import type { SyntaxNode } from "../../reading/code/node.ts";
import { argumentOf, type Call, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { LastStep } from "./lastStep.ts";
import { removalOf } from "./removal.ts";
import type { Rule } from "./rule.ts";
import { sequentialAround } from "./sequentialAround.ts";

const FUNCTIONS = new Set(["softmax", "log_softmax"]);
const MODULES = new Set(["Softmax", "LogSoftmax"]);

/** `log_softmax(softmax(x))`: probabilities are taken for logits, which differ by 1 at most. */
export const softmaxTwice: Rule = {
	severity: "warning",
	summary: "Softmax of a softmax",
	*check(code) {
		for (const { node, outer, inner } of stepsIn(code)) {
			if (!FUNCTIONS.has(outer.activation) || inner?.activation !== "softmax") continue;
			if (inner.since !== "nothing" || axisOf(inner, code) !== axisOf(outer, code)) continue;
			const { from: start, to: end } = node;
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

/** The calls of a softmax, each with what it is applied to; layers of a Sequential to the layer before. */
function* stepsIn(code: CodeUnderRules): Generator<{ node: SyntaxNode; outer: LastStep; inner: LastStep | undefined }> {
	const modules = code.callsNamed(MODULES);
	for (const { node, place } of [...code.callsNamed(FUNCTIONS), ...modules.flatMap(appliedAtOnce)]) {
		const outer = code.lastSteps.of({ node, place, context: new Map() });
		if (outer?.input) yield { node, outer, inner: code.lastSteps.of(outer.input) };
	}
	for (const { node, place } of modules) {
		const layers = sequentialAround(node, place, code)?.layers ?? [];
		const before = layers[layers.indexOf(node) - 1];
		const [outer, inner] = [node, before].map(
			(layer) => layer && code.lastSteps.ofModule({ node: layer, place, context: new Map() }),
		);
		if (outer) yield { node, outer, inner };
	}
}

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
