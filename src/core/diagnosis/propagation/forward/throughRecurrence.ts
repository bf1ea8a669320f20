import type { Initialisation } from "../../../reading/model/model.ts";
import { givenBy } from "../../../reading/model/shapes.ts";
import { cellActivation } from "../outputs.ts";
import type { Passed, Value } from "../propagated.ts";
import { type CellPassage, throughCell } from "../recurrentSignal.ts";
import { cellSizes, drawnMoments, type RecurrentStep } from "../weights.ts";
import type { Context } from "./context.ts";
import { isTaken } from "./throughReshape.ts";

/** Recurrent layers over each other up to which it is enough that places are alike as those beside each other are. */
const MOST_RECURRENCES = 2;

/** A recurrent layer, place by place. */
export function throughRecurrence(
	ctx: Context,
	step: RecurrentStep,
	i: number,
	[input, ...begin]: readonly Value[],
): Passed | null {
	const { framework } = ctx.model;
	const sizes = cellSizes(step);
	const places = ctx.shapes[i]?.[0] ?? null;
	if (!sizes || places === null) return ctx.unknown(i, sizes ? "how long a sequence is" : "the size of a layer");
	const moments = (drawn: Initialisation | null, size = sizes.input) =>
		drawn ? drawnMoments(drawn.draw, size, framework) : { mean: 0, variance: 0 };
	const [weight, recurrent] = [moments(step.weight), moments(step.recurrent, sizes.recurrent)];
	const [bias, recurrentBias] = [moments(step.bias), moments(step.recurrentBias, sizes.recurrent)];
	const forget = step.forget ? moments(step.forget) : bias;
	const projection = sizes.projection && moments(step.projection!.weight, sizes.projection);
	const isKnown = sizes.projection === null || projection !== null;
	if (!weight || !recurrent || !bias || !recurrentBias || !forget || !isKnown)
		return ctx.unknown(i, "an initialisation");
	if (weight.mean !== 0 || recurrent.mean !== 0 || (projection?.mean ?? 0) !== 0)
		return ctx.unknown(i, "a recurrent layer whose weights have a mean");
	const { activation, gate } = step.cell;
	if (!cellActivation(activation) || !cellActivation(gate)) return ctx.unknown(i, "a function of the file");
	if (step.begins === "data") ctx.reserve("state", i);
	if (ctx.recurrences[i] > MOST_RECURRENCES) ctx.reserve("recurrent over recurrent", i);
	const { layers } = ctx.model;
	if (begin.length > 0 && ctx.consumers[i].every((next) => isTaken(layers[next].step))) {
		ctx.reserve("back through places", i);
	}
	const passage = throughCell(
		step,
		{ weight, recurrent, bias, recurrentBias, forget, projection },
		input.signal,
		begin.map(({ signal }) => signal),
		places,
		(of, signal) => {
			const { activation, parameters } = cellActivation(of)!; // Looked for above.
			return ctx.passage(activation, parameters, signal);
		},
	);
	ctx.ends.set(i, { place: step.reversed ? 0 : places - 1, signal: passage.last });
	return {
		value: { signal: passage.signal, features: givenBy(step), isNormal: false, scatter: 0, sampleScatter: 0 },
		...backOf(passage),
	};
}

/** What it does to gradients. */
function backOf({ apart, alike, common, at }: CellPassage): Omit<Passed, "value"> {
	return {
		back: apart.inputs,
		gathered: alike.inputs.map((by, k) => by - apart.inputs[k]),
		common: apart.inputs.map((_, k) => (k === 0 ? common : 0)),
		sharing: apart.inputs.map(() => apart.sharing),
		atPlace: (place) => at(place).inputs,
		weights: ({ square, common: shared, alone, place }) =>
			(square - alone) * apart.weights +
			shared * (alike.weights - apart.weights) +
			(place === null ? 0 : alone * at(place).weights),
	};
}
