import type { Model, ModelLayer, Step } from "../../reading/model/model.ts";
import type { Translate } from "../../texts.ts";
import { consumersOf } from "../propagation/stages.ts";
import type { Finding } from "./rule.ts";

type Linear = Extract<Step, { kind: "linear" }>;

/** Layers with such names are meant to be two: a product of two thin matrices. */
const LOW_RANK = /lora|adapter|low_?rank|factor|bottleneck|(^|[._])(down|up|a|b|u|v)([._]|$|_?proj)/i;

/**
 * A linear layer whose value goes to another linear layer and nowhere else: together they compute what one would. Not
 * where the middle is narrower than both ends, which saves weights, or may be, where the size of the input is not known.
 */
export function stackedLinear(model: Model, t: Translate): Finding[] {
	const consumers = consumersOf(model.layers);
	return model.layers.flatMap((second, i): Finding[] => {
		const first = second.inputs.length === 1 ? model.layers[second.inputs[0]!] : undefined;
		if (first?.step.kind !== "linear" || second.step.kind !== "linear") return [];
		const at = second.inputs[0]!;
		if (consumers[at]!.length !== 1 || model.outputs.includes(at) || isShared(model, at) || isShared(model, i))
			return [];
		const [a, b] = [first.step, second.step];
		if (a.outputs === null || b.outputs === null) return [];
		const isNarrow = a.outputs < b.outputs && (a.inputs === null || a.outputs < a.inputs);
		if (isNarrow) return [];
		if ([first, second].some(({ name, path }) => LOW_RANK.test(name) || path !== null)) return [];
		return [reportOf(first, second, a, b, t)];
	});
}

function isShared({ layers }: Model, at: number): boolean {
	return layers[at]!.sharedWith !== null || layers.some(({ sharedWith }) => sharedWith === at);
}

function reportOf(first: ModelLayer, second: ModelLayer, a: Linear, b: Linear, t: Translate): Finding {
	return {
		rule: "stacked-linear",
		severity: "warning",
		span: second.span,
		...messageOf(first.name, second.name, a, b, t),
		related: { span: first.span, message: t("The linear layer before it.") },
		fixes: () => [],
	};
}

function messageOf(
	first: string,
	second: string,
	a: Linear,
	b: Linear,
	t: Translate,
): Pick<Finding, "message" | "evidence"> {
	const [inputs, middle, outputs] = [a.inputs, a.outputs!, b.outputs!];
	if (inputs === null) {
		return {
			message: t(
				"{0} and {1} follow each other with no activation between: together they compute one linear layer.",
				first,
				second,
			),
			evidence: {},
		};
	}
	const [weights, needed] = [inputs * middle + middle * outputs, inputs * outputs];
	return {
		message: t(
			"{0} and {1} follow each other with no activation between: together they compute one linear layer, with {2} weights where {3} would do.",
			first,
			second,
			String(weights),
			String(needed),
		),
		evidence: { weights, needed },
	};
}
