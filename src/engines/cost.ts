import { type Activation, withDefaults } from "../core/activations/activation.ts";
import { findActivation } from "../core/activations/catalog.ts";
import { compile } from "../core/expression/evaluate.ts";
import type { Parameters } from "../core/expression/expression.ts";
import { kernelOf } from "../core/expression/kernel/kernel.ts";

/** So few that inputs, values and slopes in float32 lie in a first-level cache: what counts is the arithmetic. */
const POINTS = 2048;
const ROUNDS = 15;
/** Runs that are timed together: one of ReLU is as short as a look at the clock. */
const RUNS = 4;
/** After this long a kernel runs as fast machine code. */
const WARM_UP_MS = 4;
const inputs = Float64Array.from({ length: POINTS }, (_, i) => (i / POINTS - 0.5) * 12);
const known = new WeakMap<Activation, number>();

/**
 * What a value and its slope cost on this machine, as a multiple of ReLU's: the median of rounds in which both take turns,
 * as float32 kernels of four lanes, much as libraries compute them. Measured once, in about ten milliseconds; the
 * parameters hardly matter.
 */
export function costOf(activation: Activation, parameters: Parameters): number {
	const relu = findActivation("relu")!;
	// Two clocks on the same thing would say 0.9 or 1.1.
	if (activation === relu) return 1;
	const measured = known.get(activation);
	if (measured !== undefined) return measured;
	const values = withDefaults(activation, parameters);
	const kernel = kernelRun(activation, values);
	// A function too large for a kernel is compared with ReLU as both are interpreted.
	const [own, reference] = kernel
		? [kernel, kernelRun(relu, {})!]
		: [compiledRun(activation, values), compiledRun(relu, {})];
	for (const run of [own, reference]) {
		const start = performance.now();
		while (performance.now() - start < WARM_UP_MS) run();
	}
	const ratios = Array.from({ length: ROUNDS }, () => timeOf(own) / timeOf(reference)).sort((a, b) => a - b);
	const cost = ratios[ROUNDS >> 1]!;
	known.set(activation, cost);
	return cost;
}

function kernelRun({ stable, derivative }: Activation, parameters: Parameters): (() => void) | undefined {
	const kernel = kernelOf([stable, derivative], "f32", POINTS);
	kernel?.input.set(inputs);
	return kernel && (() => kernel.run(parameters, POINTS));
}

function compiledRun({ stable, derivative }: Activation, parameters: Parameters): () => void {
	const compiled = compile([stable, derivative], parameters);
	const into = [new Float64Array(POINTS), new Float64Array(POINTS)];
	return () => compiled(inputs, into);
}

function timeOf(run: () => void): number {
	const start = performance.now();
	for (let i = 0; i < RUNS; i++) run();
	return performance.now() - start;
}
