import { type Activation, withDefaults } from "../core/activations/activation.ts";
import { findActivation } from "../core/activations/catalog.ts";
import { compile } from "../core/expression/evaluate.ts";
import type { Parameters } from "../core/expression/expression.ts";
import { kernelOf } from "../core/expression/kernel/kernel.ts";

/** So few that inputs, values and slopes in float32 lie in a first-level cache: what counts is the arithmetic. */
const POINTS = 2048;
/** Runs that are timed together: one of ReLU is as short as a look at the clock. */
const RUNS = 4;
/** A time is the best one when it was not bettered, by more than this share, in so long: by then it is fast machine code. */
const BETTER = 0.03;
const SETTLED_MS = 12;
/** ReLU's is the measure of all, and is made fast once, also on a busy machine, where that takes longer. */
const REFERENCE_SETTLED_MS = 50;
/** On a machine that is that restless, what was best so far counts. */
const LONGEST_MS = 300;
const inputs = Float64Array.from({ length: POINTS }, (_, i) => (i / POINTS - 0.5) * 12);
const known = new WeakMap<Activation, number>();
const relu = findActivation("relu")!;
const referenceKernel = once(() => kernelRun(relu, {})!);
const referenceCompiled = once(() => compiledRun(relu, {}));

/**
 * What a value and its slope cost on this machine, as a multiple of ReLU's: the best times of both, which take turns, as
 * float32 kernels of four lanes, much as libraries compute them. What else the machine does makes times longer, never
 * shorter. Measured once, in some ten milliseconds; the parameters hardly matter.
 */
export function costOf(activation: Activation, parameters: Parameters): number {
	// Two clocks on the same thing would say 0.9 or 1.1.
	if (activation === relu) return 1;
	const measured = known.get(activation);
	if (measured !== undefined) return measured;
	const values = withDefaults(activation, parameters);
	const kernel = kernelRun(activation, values);
	// A function too large for a kernel is compared with ReLU as both are interpreted.
	const cost = kernel
		? ratioOfBest(kernel, referenceKernel())
		: ratioOfBest(compiledRun(activation, values), referenceCompiled());
	known.set(activation, cost);
	return cost;
}

function ratioOfBest(own: () => void, reference: () => void): number {
	const [time, ofReference] = bestTimes([own, reference], SETTLED_MS);
	return time! / ofReference!;
}

/** The shortest time of each run, which take turns until none has become faster for so long. */
function bestTimes(runs: readonly (() => void)[], settledMs: number): number[] {
	const best = runs.map(() => Number.POSITIVE_INFINITY);
	const start = performance.now();
	for (let [now, settled] = [start, start]; now - settled < settledMs && now - start < LONGEST_MS; ) {
		for (const [i, run] of runs.entries()) {
			const time = timeOf(run);
			now = performance.now();
			if (time < (1 - BETTER) * best[i]!) settled = now;
			best[i] = Math.min(best[i]!, time);
		}
	}
	return best;
}

/** A reference that is made, and made fast, when it is first asked for: one of each comparison's own would be slow at first. */
function once(make: () => () => void): () => () => void {
	let made: (() => void) | undefined;
	return () => {
		if (made) return made;
		made = make();
		bestTimes([made], REFERENCE_SETTLED_MS);
		return made;
	};
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
