import { differentiate } from "../expression/differentiate.ts";
import { evaluate } from "../expression/evaluate.ts";
import type { Parameters } from "../expression/expression.ts";
import { type Dtype, roundTo } from "../numerics/dtype.ts";
import { type Activation, withDefaults } from "./activation.ts";
import { activationFacts, type Interval } from "./facts.ts";
import { gainOf } from "./meanField.ts";

/** What counts when an activation is chosen for a network of some depth, trained in some type. */
export interface ChoiceFacts {
	/** Whether all values lie between two numbers. */
	readonly isBounded: boolean;
	/** Where the gradient is exactly 0: units can die there. */
	readonly zeroGradient: readonly Interval[];
	readonly smoothness: "smooth" | "C¹" | "C⁰" | "jumps";
	/**
	 * What the gradient's size is multiplied by on its way back through all hidden layers, of infinite width, with weights of
	 * variance g²/fan-in where g is the activation's forward gain: (g·√E[f′(z)²])^depth, z standard normal. NaN where the
	 * function has no gain.
	 */
	readonly gradientThroughDepth: number;
	/** The smallest size of an input, up to 100, at which the slope rounds to 0 in the type though it is not 0; null for none. */
	readonly slopeLostAt: number | null;
}

const FARTHEST = 100;

/** The facts for a choice. `depth` counts hidden layers. */
export function choiceFacts(activation: Activation, given: Parameters, dtype: Dtype, depth: number): ChoiceFacts {
	const { range, zeroGradient, smoothness } = activationFacts(activation, given);
	const { forward, backward } = gainOf(activation, given);
	return {
		isBounded: Number.isFinite(range.min) && Number.isFinite(range.max),
		zeroGradient,
		smoothness,
		gradientThroughDepth: forward > 0 && Number.isFinite(forward) ? (forward / backward) ** depth : Number.NaN,
		slopeLostAt: slopeLostAt(activation, given, dtype),
	};
}

function slopeLostAt(activation: Activation, given: Parameters, dtype: Dtype): number | null {
	const parameters = withDefaults(activation, given);
	const slope = differentiate(activation.stable, "x");
	for (let size = 0.5; size <= FARTHEST; size += 0.5) {
		for (const x of [-size, size]) {
			const exact = evaluate(slope, x, parameters);
			if (exact !== 0 && roundTo(exact, dtype) === 0) return size;
		}
	}
	return null;
}
