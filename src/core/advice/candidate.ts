import { type Activation, withDefaults } from "../activations/activation.ts";
import { activationFacts, type Facts } from "../activations/facts.ts";
import { gainOf } from "../activations/meanField.ts";
import {
	forecastSignal,
	ownGain,
	pytorchDefault,
	type SignalForecast,
	type Stability,
	stabilityOf,
} from "../activations/signalForecast.ts";
import { type TypeLimits, typeLimitsOf } from "../diagnosis/typeLimits.ts";
import type { Parameters } from "../expression/expression.ts";
import type { Dtype } from "../numerics/dtype.ts";

/** What an activation is wanted for. */
export interface Situation {
	/** The type in which the network computes. */
	readonly dtype: Dtype;
	/** Hidden layers, 1…1000. */
	readonly depth: number;
	/** Units in each of them. */
	readonly width: number;
	/** Whether the layers have neither normalisation nor residual connections: the forecast is of such layers alone. */
	readonly plain: boolean;
}

/** What is derived of one candidate; nothing here is trained. */
export interface CandidateFacts {
	/** Unique among the candidates; the label that the study knows it by. */
	readonly label: string;
	/** Of the catalog, or "custom". */
	readonly id: string;
	/** Those that are not its defaults. */
	readonly parameters: Parameters;
	/** Of value and slope together, as a multiple of ReLU's on this machine. */
	readonly cost: number;
	readonly range: Facts["range"];
	/** Where the slope is exactly 0. */
	readonly zeroGradient: Facts["zeroGradient"];
	/** Whether that goes on to infinity, so that a unit can come to where no gradient brings it back. */
	readonly canDie: boolean;
	readonly smoothness: Facts["smoothness"];
	readonly inType: TypeLimits;
	/** Its forward gain, by which its weights are scaled. */
	readonly gain: number;
	/** Weights scaled by that gain; null where it is no number to scale by. */
	readonly withOwnGain: SignalForecast | null;
	readonly stability: Stability | null;
	/** With the weights that `nn.Linear` begins with. */
	readonly withPytorchDefault: SignalForecast;
}

/** The facts of a candidate in a situation; `cost` is measured by the caller, who has a clock. */
export function candidateFacts(
	{ label, id, activation, parameters: given }: Candidate,
	cost: number,
	{ dtype, depth, width }: Situation,
): CandidateFacts {
	const parameters = withDefaults(activation, given);
	const { range, zeroGradient, smoothness } = activationFacts(activation, parameters);
	const drawn = ownGain(activation, parameters);
	return {
		label,
		id,
		parameters: given,
		cost,
		range,
		zeroGradient,
		canDie: zeroGradient.some(({ from, to }) => !Number.isFinite(from) || !Number.isFinite(to)),
		smoothness,
		inType: typeLimitsOf(activation, parameters, dtype),
		gain: gainOf(activation, parameters).forward,
		withOwnGain: drawn && forecastSignal(activation, parameters, drawn, depth),
		stability: stabilityOf(activation, parameters),
		withPytorchDefault: forecastSignal(activation, parameters, pytorchDefault(width), depth),
	};
}

/** Whether the slope is 0 wherever there is one: no layer before it learns, whatever is around it. */
export function hasNoGradient({ zeroGradient }: CandidateFacts): boolean {
	return zeroGradient.some(({ from, to }) => from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY);
}

export interface Candidate {
	readonly label: string;
	readonly id: string;
	readonly activation: Activation;
	readonly parameters: Parameters;
}
