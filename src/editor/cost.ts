import { type Activation, withDefaults } from "../core/activations/activation.ts";
import { findActivation } from "../core/activations/catalog.ts";
import { compile } from "../core/expression/evaluate.ts";
import type { Parameters } from "../core/expression/expression.ts";

const POINTS = 2048;
const ROUNDS = 15;
const inputs = Float64Array.from({ length: POINTS }, (_, i) => (i / POINTS - 0.5) * 12);
const into = [new Float64Array(POINTS), new Float64Array(POINTS)];
const known = new WeakMap<Activation, number>();

/**
 * What a value and its slope cost on this machine, as a multiple of ReLU's: the median of rounds in which both take turns.
 * Measured once, in about a millisecond; the parameters hardly matter.
 */
export function costOf(activation: Activation, parameters: Parameters): number {
	const measured = known.get(activation);
	if (measured !== undefined) return measured;
	const relu = findActivation("relu")!;
	const [own, reference] = [
		compile([activation.stable, activation.derivative], withDefaults(activation, parameters)),
		compile([relu.stable, relu.derivative]),
	];
	const ratios = Array.from({ length: ROUNDS }, () => timeOf(own) / timeOf(reference)).sort((a, b) => a - b);
	const cost = ratios[ROUNDS >> 1]!;
	known.set(activation, cost);
	return cost;
}

function timeOf(run: (x: Float64Array, into?: Float64Array[]) => unknown): number {
	const start = performance.now();
	run(inputs, into);
	return performance.now() - start;
}
