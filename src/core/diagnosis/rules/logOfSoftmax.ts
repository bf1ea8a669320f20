import { canonicalName } from "../../activations/libraries/resolve.ts";
import { attributeParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import { arithmeticOf } from "../libraryArithmetic.ts";
import { argumentOf, type Call } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { LastStep } from "./flow.ts";
import { nameInFile } from "./libraryNames.ts";
import type { Fix, Rule } from "./rule.ts";

const NAMES = new Set(["log"]);
/** Logarithms, and where the library has the two functions that take their place; MXNet has one of them in all its versions. */
const LOGARITHMS: Readonly<Record<string, { readonly softmax: string; readonly sigmoid?: string }>> = {
	"torch.log": { softmax: "torch.nn.functional.log_softmax", sigmoid: "torch.nn.functional.logsigmoid" },
	"jax.numpy.log": { softmax: "jax.nn.log_softmax", sigmoid: "jax.nn.log_sigmoid" },
	"tensorflow.math.log": { softmax: "tensorflow.nn.log_softmax", sigmoid: "tensorflow.math.log_sigmoid" },
	"tensorflow.log": { softmax: "tensorflow.nn.log_softmax", sigmoid: "tensorflow.log_sigmoid" },
	"paddle.log": { softmax: "paddle.nn.functional.log_softmax", sigmoid: "paddle.nn.functional.log_sigmoid" },
	"mxnet.ndarray.log": { softmax: "mxnet.ndarray.log_softmax" },
	"mxnet.symbol.log": { softmax: "mxnet.symbol.log_softmax" },
	"mxnet.numpy.log": { softmax: "mxnet.numpy_extension.log_softmax" },
	"keras.ops.log": { softmax: "keras.ops.log_softmax", sigmoid: "keras.ops.log_sigmoid" },
};
/** `log(softmax(x))` and `log(sigmoid(x))`: −∞ where the probability is rounded to 0, which the library's one function is not. */
export const logOfSoftmax: Rule = {
	severity: "warning",
	summary: "Logarithm of a softmax or sigmoid",
	*check(code) {
		for (const call of code.callsNamed(NAMES)) {
			const found = logarithm(call, code);
			const replacement = found && LOGARITHMS[found.log];
			if (!found || !replacement) continue;
			const step = code.flow.lastStep({ node: found.argument, place: call.place, context: new Map() });
			if (step?.activation !== "softmax" && step?.activation !== "sigmoid") continue;
			const dotted = replacement[step.activation];
			if (!dotted) continue;
			const better = dotted.slice(dotted.lastIndexOf(".") + 1);
			const lostAt = depthOfLoss(step.activation, found.log);
			const lost = lostAt.toFixed(2);
			const at = { node: call.node, ...call.place };
			yield {
				span: { start: call.node.from, end: call.node.to },
				message:
					step.activation === "softmax"
						? code.t(
								"log of softmax is −∞ for logits more than {0} below the largest (float32), and the gradient NaN. Use {1}.",
								lost,
								better,
							)
						: code.t(
								"log of sigmoid is −∞ for inputs below −{0} (float32), and the gradient NaN. Use {1}.",
								lost,
								better,
							),
				evidence: { lostAt },
				fixes: fixesFor(call, step, besideLog(call, found.log, dotted, code) ?? nameInFile(dotted, at, code), code),
			};
		}
	},
};

/**
 * How far below the largest logit, or below 0, a probability in float32 is 0 as the logarithm's library computes it; of a
 * library whose arithmetic is not known, where it is 0 however it is computed.
 */
function depthOfLoss(activation: "softmax" | "sigmoid", log: string): number {
	const { unary, round } = arithmeticOf(log.slice(0, log.indexOf(".")), "float32");
	// So far below, e⁻ᵈ is both.
	const probability = (activation === "sigmoid" && unary.logistic) || Math.exp;
	const cell = new Float64Array(1);
	const isLost = (depth: number) => {
		cell[0] = probability(-depth);
		round?.(cell, 1);
		return cell[0] === 0;
	};
	let [kept, lost] = [0, DEEP];
	while (lost - kept > DEPTH_TOLERANCE) {
		const middle = (kept + lost) / 2;
		if (isLost(middle)) lost = middle;
		else kept = middle;
	}
	return lost;
}

/** At this depth e⁻ᵈ is 0 in float32 however it is computed. */
const DEEP = 128;
const DEPTH_TOLERANCE = 1e-6;

/** `torch.log(y)`, or `y.log()` of a tensor of PyTorch. */
function logarithm(call: Call, code: CodeUnderRules): { log: string; argument: SyntaxNode } | undefined {
	const name = code.nameOf(call.callee, call.place);
	if (name !== null) {
		const argument = argumentOf(call.list, 0, ["input", "x"], (node) => code.textOf(node));
		return argument && { log: canonicalName(name), argument };
	}
	const member = attributeParts(call.callee);
	if (!member || code.textOf(member.property) !== "log" || call.list.length > 0) return undefined;
	return { log: "torch.log", argument: member.object };
}

/** The replacement's name where the module of the logarithm holds it as well: `nd.log_softmax` for `nd.log`. */
function besideLog({ callee }: Call, log: string, better: string, code: CodeUnderRules): string | null {
	const member = attributeParts(callee);
	const module = log.slice(0, -"log".length);
	return member && better.startsWith(module) && !better.slice(module.length).includes(".")
		? `${code.textOf(member.object)}.${better.slice(module.length)}`
		: null;
}

/** Replaces the logarithm and its argument where the input can be written there: what it says still holds. */
function fixesFor(call: Call, step: LastStep, written: string | null, code: CodeUnderRules): Fix[] {
	const of = step.call;
	if (!written || !of || !step.input || !code.isHere(step.node)) return [];
	const inside =
		step.kind === "method"
			? [step.input.node, ...of.list.map(({ value, name }) => ({ from: (name ?? value).from, to: value.to }))]
			: of.list.map(({ value, name }) => ({ from: (name ?? value).from, to: value.to }));
	const isDirect = of.node.from >= call.node.from && of.node.to <= call.node.to;
	const input = { ...step.input, node: unwrap(step.input.node) };
	if (!isDirect && !code.flow.isSame(input, call.place, call.node.from)) return [];
	// A module's dimension is an argument of the module, not of the call.
	if (step.kind === "module") return [];
	const parts = inside.map(({ from, to }) => code.read.text.slice(from, to)).join(", ");
	return [
		{
			title: code.t("Replace by {0}", written),
			edits: [{ span: { start: call.node.from, end: call.node.to }, text: `${written}(${parts})` }],
		},
	];
}
