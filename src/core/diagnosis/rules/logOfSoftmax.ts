import { canonicalName } from "../../activations/libraries/resolve.ts";
import { attributeParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import { arithmeticOf } from "../libraryArithmetic.ts";
import type { NarrowArithmetic } from "../narrow.ts";
import { argumentOf, type Call } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { LastStep } from "./lastStep.ts";
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
/**
 * `log(softmax(x))`, `log(sigmoid(x))` and `log(1 - sigmoid(x))`: −∞ where the probability is rounded to 0, or to 1, which the
 * library's one function is not.
 */
export const logOfSoftmax: Rule = {
	severity: "warning",
	summary: "Logarithm of a softmax or sigmoid",
	*check(code) {
		for (const call of code.callsNamed(NAMES)) {
			const found = logarithm(call, code);
			const replacement = found && LOGARITHMS[found.log];
			if (!found || !replacement) continue;
			const rest = restOf(found.argument, code);
			const probability = rest ?? found.argument;
			const step = code.lastSteps.of({ node: probability, place: call.place, context: new Map() });
			if (step?.activation !== "sigmoid" && (rest || step?.activation !== "softmax")) continue;
			const dotted = replacement[step.activation];
			if (!dotted) continue;
			const better = dotted.slice(dotted.lastIndexOf(".") + 1);
			const lostAt = rest ? heightOfLoss(found.log) : depthOfLoss(step.activation, found.log);
			const at = { node: call.node, ...call.place };
			const written = besideLog(call, found.log, dotted, code) ?? nameInFile(dotted, at, code);
			yield {
				span: { start: call.node.from, end: call.node.to },
				message: messageOf(rest ? "rest" : step.activation, lostAt.toFixed(2), better, code),
				evidence: { lostAt },
				fixes: fixesFor(call, probability, step, written, rest !== undefined, code),
			};
		}
	},
};

function messageOf(of: "softmax" | "sigmoid" | "rest", lost: string, better: string, { t }: CodeUnderRules): string {
	switch (of) {
		case "softmax":
			return t(
				"log of softmax is −∞ for logits more than {0} below the largest (float32), and the gradient NaN. Use {1}.",
				lost,
				better,
			);
		case "sigmoid":
			return t("log of sigmoid is −∞ for inputs below −{0} (float32), and the gradient NaN. Use {1}.", lost, better);
		case "rest":
			return t(
				"log of 1 − sigmoid is −∞ for inputs above {0} (float32), and the gradient NaN. Use {1} of the negative input.",
				lost,
				better,
			);
	}
}

/** The p of `1 - p`. */
function restOf(argument: SyntaxNode, code: CodeUnderRules): SyntaxNode | undefined {
	const { name, kids } = unwrap(argument);
	const isRest = name === "BinaryExpression" && kids.length === 3 && code.textOf(kids[1]!) === "-";
	return isRest && /^1(\.0*)?$/.test(code.textOf(kids[0]!)) ? kids[2] : undefined;
}

/**
 * How far below the largest logit, or below 0, a probability in float32 is 0 as the logarithm's library computes it; of a
 * library whose arithmetic is not known, where it is 0 however it is computed.
 */
function depthOfLoss(activation: "softmax" | "sigmoid", log: string): number {
	const { unary, round } = arithmeticOf(log.slice(0, log.indexOf(".")), "float32");
	// So far below, e⁻ᵈ is both.
	const probability = (activation === "sigmoid" && unary.logistic) || Math.exp;
	return firstThat((depth) => rounded(probability(-depth), round) === 0);
}

/** From where on a sigmoid in float32 is 1 as the logarithm's library computes it. */
function heightOfLoss(log: string): number {
	const { unary, round } = arithmeticOf(log.slice(0, log.indexOf(".")), "float32");
	const logistic = unary.logistic ?? ((x: number) => 1 / rounded(1 + Math.exp(-x), round));
	return firstThat((height) => rounded(logistic(height), round) === 1);
}

function rounded(value: number, round: NarrowArithmetic["round"]): number {
	const cell = Float64Array.of(value);
	round?.(cell, 1);
	return cell[0]!;
}

/** The least number at which something is so, and stays so. */
function firstThat(isSo: (x: number) => boolean): number {
	let [before, at] = [0, DEEP];
	while (at - before > DEPTH_TOLERANCE) {
		const middle = (before + at) / 2;
		if (isSo(middle)) at = middle;
		else before = middle;
	}
	return at;
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
function fixesFor(
	call: Call,
	probability: SyntaxNode,
	step: LastStep,
	written: string | null,
	isRest: boolean,
	code: CodeUnderRules,
): Fix[] {
	const of = step.call;
	// A module's dimension is an argument of the module, not of the call.
	if (!written || !of || !step.input || !code.isHere(step.node) || step.kind === "module") return [];
	const input = { ...step.input, node: unwrap(step.input.node) };
	const isDirect = isMadeOf(probability, of.node);
	// A name stands for all of the values, as they are, or cannot be replaced by their logarithms.
	const isName = unwrap(probability).name === "VariableName" && step.since === "nothing";
	if (!isDirect && !(isName && code.flow.isSame(input, call.place, call.node.from))) return [];
	const options = of.list.filter(({ value }) => value !== step.input!.node);
	const parts = [
		isRest ? negated(input.node, code) : code.textOf(step.input.node),
		...options.map(({ value, name }) => code.read.text.slice((name ?? value).from, value.to)),
	];
	const logarithm = `${written}(${parts.join(", ")})`;
	const { from, to } = isDirect ? of.node : probability;
	const { text } = code.read;
	const [ahead, behind] = [text.slice(probability.from, from), text.slice(to, probability.to)];
	return [
		{
			title: code.t("Replace by {0}", written),
			edits: [{ span: { start: call.node.from, end: call.node.to }, text: `${ahead}${logarithm}${behind}` }],
		},
	];
}

const CHAINED = /^(Member|Call|Parenthesized)Expression$|^ArgList$/;

/** Whether an expression is a call, or what is taken of it or put along other axes: `softmax(x)[:, 0]`. */
function isMadeOf(expression: SyntaxNode, call: SyntaxNode): boolean {
	let node: SyntaxNode | null = call;
	while (node && node !== expression && CHAINED.test(node.name)) node = node.parent;
	return node === expression && CHAINED.test(node.name);
}

function negated(node: SyntaxNode, code: CodeUnderRules): string {
	const isOne = /^(VariableName|Number|(Member|Call|Parenthesized)Expression)$/.test(node.name);
	return isOne ? `-${code.textOf(node)}` : `-(${code.textOf(node)})`;
}
