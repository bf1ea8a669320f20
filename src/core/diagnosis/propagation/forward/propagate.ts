import type { Model, Shape } from "../../../reading/model/model.ts";
import type { Value } from "../propagated.ts";
import { rolesBehind } from "../roles.ts";
import { meanSquare } from "../signal.ts";
import { stagesOf } from "../stages.ts";
import { isInner, isWeightStep } from "../weights.ts";
import { constantOf } from "./constants.ts";
import { Context } from "./context.ts";
import { throughStep } from "./throughStep.ts";

/** Depth over width from which gradients differ so much from network to network that a typical one says little. */
const NARROW = 0.3;
/** The same for the relative variance of the signal's mean square. */
const MOST_SCATTER = 0.5;
/** Dependable statistics over features need at least so many. */
const FEWEST_FEATURES = 16;

/** So many copies of a layer, one behind the other, are as good as layers drawn anew: in transformers 0.07 decades off. */
const MOST_COPIES = 2;

/** A model's values, one layer after the other; `shapes` are theirs. */
export function propagate(model: Model, shapes: readonly Shape[]): Context {
	const ctx = new Context(model, shapes);
	model.layers.forEach((layer, i) => {
		const inputs = layer.inputs.map((input) => ctx.values[input]);
		const before = layer.inputs.map((input) => ctx.roles[input]);
		const from = layer.inputs.map((input) => shapes[input]);
		ctx.roles.push(rolesBehind(layer.step, before, from, shapes[i]));
		const known = inputs.every((one) => one !== null) ? (inputs as readonly Value[]) : null;
		ctx.constants.push(constantOf(ctx, layer, i));
		// The state that a cell begins with lies beside it, not under it.
		const under = layer.step.kind === "recurrence" ? layer.inputs.slice(0, 1) : layer.inputs;
		const through = Math.max(0, ...under.map((input) => ctx.recurrences[input]));
		ctx.recurrences.push(through + (layer.step.kind === "recurrence" ? 1 : 0));
		const passed = known || layer.step.kind === "normalisation" ? throughStep(ctx, layer, i, known) : null;
		ctx.passed.push(passed);
		if (!passed || Number.isNaN(meanSquare(passed.value.signal))) {
			if (passed) ctx.reserve("unknown", i, "a function that is undefined for some inputs");
			ctx.values.push(null);
			ctx.dependence.skip();
			return;
		}
		const first = known?.[0] ?? { scatter: 0, sampleScatter: 0 };
		const { terms = new Map([[i, 1]]), scatter = first.scatter, sampleScatter = first.sampleScatter } = passed.value;
		ctx.values.push({ ...passed.value, terms, scatter, sampleScatter });
		if (scatter > MOST_SCATTER) ctx.reserve("narrow", i);
		const isFresh =
			layer.inputs.length === 0 || layer.step.kind === "noise" || isWeightStep(layer.step) || ctx.constants[i] !== null;
		if (isFresh) ctx.dependence.begin();
		else {
			const sources = (known ?? []).flatMap((one) => [...one.terms.keys()]);
			ctx.dependence.follow(layer, sources, shapes, ctx.roles);
		}
		// An LSTM's inner state comes of the same pass as what it gives.
		const { sharedWith } = layer;
		if (sharedWith !== null && !isInner(layer.step) && !areOtherParts(ctx, i, sharedWith))
			ctx.reserve("shared weights", i);
		if (layer.copyOf !== undefined && copiesOf(model, layer.copyOf, i) > MOST_COPIES) ctx.reserve("copied weights", i);
	});
	reserveNarrow(ctx);
	for (const i of ctx.leftOut) if (model.layers[i].step.kind === "activation") ctx.reserve("output left out", i);
	return ctx;
}

/** Whether of what two layers make by the same weights other features are taken, which other rows of them make. */
function areOtherParts({ model: { layers }, consumers }: Context, a: number, b: number): boolean {
	const [one, other] = [a, b].map((at) => {
		const [next, ...more] = consumers[at].map((i) => layers[i].step);
		return next?.kind === "reshape" && next.how?.to === "part" && more.length === 0 ? next.how.index : null;
	});
	return one !== null && other !== null && one !== other;
}

/** How many layers up to one begin as copies of another. */
function copiesOf({ layers }: Model, of: number, until: number): number {
	return layers.filter(({ copyOf }, i) => i <= until && copyOf === of).length;
}

/** The share of a signal that differs among samples, of which a single unit behind it sees one direction alone. */
const ALIKE = 0.1;

/** How deep a model is next to its width, and where a single unit makes a number of what has few directions. */
function reserveNarrow(ctx: Context): void {
	const { layers } = ctx.model;
	const isOfOneNumber = layers.some(({ step }, i) =>
		step.kind === "recurrence" ? step.inputs === 1 : step.kind === "input" && String(ctx.shapes[i]) === "1",
	);
	layers.forEach(({ step, inputs }, i) => {
		const isData = inputs.every((input) => layers[input].step.kind === "input");
		if (step.kind === "convolution" && !isData && (step.inputs ?? 0) * (step.outputs ?? 0) === 1)
			ctx.reserve("narrow", i);
		const signal = step.kind === "linear" && step.outputs === 1 ? ctx.values[inputs[0]]?.signal : undefined;
		if (signal && (isOfOneNumber || signal.within < ALIKE * meanSquare(signal))) ctx.reserve("narrow", i);
	});
	const stages = stagesOf(ctx.model).filter(({ activation }) => activation !== null);
	let scatter = 0;
	for (const { weights, after } of stages) {
		const features = ctx.values[after]?.features;
		if (features == null) continue;
		scatter += 1 / features;
		if (features < FEWEST_FEATURES) ctx.reserve("narrow", weights);
	}
	if (scatter > NARROW) ctx.reserve("narrow", stages.at(-1)!.weights);
}
