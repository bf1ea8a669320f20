import { constantNumber } from "../../reading/code/constants.ts";
import { argumentOf, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { LastStep } from "./lastStep.ts";
import { type AppliedLoss, type LossKind, lossesIn, whereToTell } from "./losses.ts";
import { removalOf } from "./removal.ts";
import type { Fix, Report, Rule } from "./rule.ts";

/** Softmax (or sigmoid) as the last step before a loss that applies it itself, or that takes its logarithm. */
export const activationBeforeLogitsLoss: Rule = {
	severity: "warning",
	summary: "Softmax or sigmoid before a loss that takes logits or log-probabilities",
	*check(code) {
		const told = new Set<unknown>();
		for (const loss of lossesIn(code)) {
			const { step, kind } = loss;
			if (!step || told.has(step.node) || !isWrongBefore(kind, step.activation)) continue;
			told.add(step.node);
			yield report(loss, step, code);
		}
	},
};

function isWrongBefore({ takes, applies }: LossKind, activation: string): boolean {
	if (takes === "probabilities") return false;
	return activation === applies || (takes === "logits" && applies === "softmax" && activation === "log_softmax");
}

function report({ name, kind, call }: AppliedLoss, step: LastStep, code: CodeUnderRules): Report {
	const where = whereToTell(step, call, name, code);
	if (kind.takes === "logarithms") {
		return {
			...where,
			message: code.t(
				"{0} takes the logarithms of probabilities: of softmax itself the loss is −p, which hardly teaches a network that is sure and wrong. Use log-softmax.",
				name,
			),
			fixes: logarithmOf(step, code),
		};
	}
	const fixes = removalOf(step, code);
	if (step.activation === "log_softmax") {
		return {
			...where,
			message: code.t(
				"{0} takes logits: it applies log-softmax again, which changes nothing and costs time. Remove this one.",
				name,
			),
			fixes,
		};
	}
	if (kind.applies === "sigmoid") {
		const floor = Math.log1p(Math.exp(-1));
		return {
			...where,
			message: code.t(
				"{0} takes logits: it applies sigmoid again, so a target of 1 costs at least {1} however sure the network is. Remove this one.",
				name,
				floor.toFixed(4),
			),
			evidence: { floor },
			fixes,
		};
	}
	const classes = classesOf(step, code);
	if (classes === null) {
		return {
			...where,
			message: code.t(
				"{0} takes logits: it applies softmax again, so the loss cannot come near 0 and the gradient shrinks. Remove this one.",
				name,
			),
			fixes,
		};
	}
	// The second softmax sees 1 for the right class and 0 for the others at best.
	const floor = Math.log(Math.E + classes - 1) - 1;
	return {
		...where,
		message: code.t(
			"{0} takes logits: it applies softmax again, so with {2} classes the loss stays above {1}. Remove this one.",
			name,
			floor.toFixed(4),
			`${classes}`,
		),
		evidence: { floor, classes },
		fixes,
	};
}

/** The fix that takes the logarithm of a softmax at once: `F.log_softmax` for `F.softmax`, `nn.LogSoftmax` for `nn.Softmax`. */
function logarithmOf({ node, kind }: LastStep, code: CodeUnderRules): Fix[] {
	const written = code.textOf(node);
	const better = written.replace(
		/(^|\.)(softmax|Softmax)$/,
		(_, dot, word) => dot + (word === "softmax" ? "log_softmax" : "LogSoftmax"),
	);
	if (kind === "string" || better === written || !code.isHere(node)) return [];
	// A name by itself is imported, and its logarithm may not be.
	if (kind !== "method" && !written.includes(".")) return [];
	const span = { start: node.from, end: node.to };
	return [{ title: code.t("Replace by {0}", better), edits: [{ span, text: better }] }];
}

/** How many classes the linear layer behind the softmax tells apart, where its size is a number of the code. */
function classesOf({ input, since }: LastStep, code: CodeUnderRules): number | null {
	const value = since !== "taken" && input && code.flow.source(input);
	const applied = value && callOf(value.node, value.place);
	const layer = applied && code.flow.source({ node: applied.callee, place: applied.place, context: value.context });
	const making = layer && callOf(layer.node, layer.place);
	if (!making || code.nameOf(making.callee, making.place) !== "torch.nn.Linear") return null;
	const size = argumentOf(making.list, 1, ["out_features"], (node) => code.textOf(node));
	const classes = size && constantNumber(size, making.place, code.resolver);
	return classes !== undefined && Number.isInteger(classes) && classes > 1 ? classes : null;
}
