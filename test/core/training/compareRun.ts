import assert from "node:assert/strict";

/** Numbers as the reference data write them: what JSON has no number for is a string. */
type Written = number | string;
interface WrittenWeights {
	readonly layers: readonly { readonly W: readonly (readonly Written[])[]; readonly b: readonly Written[] }[];
	readonly norms?: readonly { readonly gamma: readonly Written[]; readonly beta: readonly Written[] }[];
	/** One learned parameter a layer. */
	readonly prelu?: readonly Written[];
	readonly activations?: readonly Readonly<Record<string, Written>>[];
}

/** What PyTorch computed. */
export interface Expected {
	readonly loss: readonly Written[];
	readonly gradStep1: WrittenWeights;
	readonly gradNorms: readonly { readonly W: readonly Written[]; readonly b: readonly Written[] }[];
	readonly final: WrittenWeights;
	readonly initStats: readonly Readonly<Record<string, Written>>[];
	readonly finalEvalLoss: Written;
	/** Its first rows. */
	readonly finalEvalOutput: readonly (readonly Written[])[];
	readonly runningStats?: readonly { readonly mean: readonly Written[]; readonly var: readonly Written[] }[];
	readonly learningRate?: readonly Written[];
	/** By step, the norm of all gradients before clipping. */
	readonly totalNorm?: readonly Written[];
}

/** What was computed here: as `runExactly` and the command line have it. */
export interface Computed {
	readonly steps: readonly {
		readonly loss: Written;
		readonly learningRate: Written;
		readonly gradientNorms: Expected["gradNorms"][0] & { readonly total: Written };
	}[];
	readonly result: {
		readonly firstGradient: WrittenWeights | null;
		readonly final: WrittenWeights;
		readonly initialStatistics: readonly object[];
		readonly finalLoss: Written;
		readonly finalOutput: readonly (readonly Written[])[];
		readonly runningStatistics?: readonly {
			readonly mean: readonly Written[];
			readonly variance: readonly Written[];
		}[];
	};
}

const TOLERANCE = 1e-9;
/** What is 0 but for rounding, such as the gradient by a bias before a batch norm. */
const ROUNDING = 1e-14;
/** A loss beyond this is of a run that blows up: it amplifies rounding without bound, so its first steps count. */
const BLOWN_UP = 1e6;
const FIRST_STEPS = 4;

/**
 * Asserts that every number of a run is PyTorch's to 1e-9 of itself, and each weight and output to 1e-9 of the largest in
 * its layer; gives the largest error found.
 */
export function assertFollows({ steps, result }: Computed, expected: Expected): number {
	let worst = 0;
	const check = (what: string, found: readonly Written[], wanted: readonly Written[], scale?: number) => {
		assert.equal(found.length, wanted.length, what);
		found.forEach((value, i) => {
			const [mine, truth] = [Number(value), Number(wanted[i])];
			if (Object.is(mine, truth) || Math.abs(mine - truth) < ROUNDING) return;
			const error = Math.abs(mine - truth) / (scale ?? Math.abs(truth));
			assert.ok(error < TOLERANCE, `${what}[${i}] is ${mine}, PyTorch has ${truth}`);
			worst = Math.max(worst, error);
		});
	};
	const checkWeights = (what: string, found: WrittenWeights, wanted: WrittenWeights) => {
		assert.equal(found.layers.length, wanted.layers.length, what);
		wanted.layers.forEach(({ W, b }, i) => {
			const scale = largest([...W.flat(), ...b]);
			check(`${what} W of layer ${i}`, found.layers[i]!.W.flat(), W.flat(), scale);
			check(`${what} b of layer ${i}`, found.layers[i]!.b, b, scale);
		});
		assert.equal(found.norms?.length, wanted.norms?.length, what);
		wanted.norms?.forEach(({ gamma, beta }, i) => {
			const scale = largest([...gamma, ...beta]);
			check(`${what} gamma of layer ${i}`, found.norms![i]!.gamma, gamma, scale);
			check(`${what} beta of layer ${i}`, found.norms![i]!.beta, beta, scale);
		});
		const learned = found.activations?.map((one) => Object.values(one)) ?? found.prelu?.map((one) => [one]) ?? [];
		const wantedLearned = wanted.activations ?? wanted.prelu?.map((one) => ({ weight: one })) ?? [];
		assert.equal(learned.length, wantedLearned.length, what);
		wantedLearned.forEach((one, i) => {
			if (found.activations && wanted.activations) {
				assert.deepEqual(Object.keys(found.activations[i]!).sort(), Object.keys(one).sort());
			}
			const mine =
				found.activations && wanted.activations ? Object.keys(one).map((k) => found.activations![i]![k]!) : learned[i]!;
			check(`${what} activation of layer ${i}`, mine, Object.values(one));
		});
	};

	const blowsUp = largest(expected.loss) > BLOWN_UP;
	const count = blowsUp ? FIRST_STEPS : expected.loss.length;
	if (!blowsUp) assert.equal(steps.length, count);
	const first = steps.slice(0, count);
	check(
		"loss",
		first.map(({ loss }) => loss),
		expected.loss.slice(0, count),
	);
	first.forEach(({ gradientNorms }, i) => {
		check(`gradient norms of W at step ${i}`, gradientNorms.W, expected.gradNorms[i]!.W);
		check(`gradient norms of b at step ${i}`, gradientNorms.b, expected.gradNorms[i]!.b);
	});
	if (expected.learningRate) {
		check(
			"learning rate",
			first.map(({ learningRate }) => learningRate),
			expected.learningRate,
		);
	}
	if (expected.totalNorm) {
		check(
			"norm of all gradients",
			first.map(({ gradientNorms }) => gradientNorms.total),
			expected.totalNorm,
		);
	}
	assert.ok(result.firstGradient);
	checkWeights("first gradient", result.firstGradient, expected.gradStep1);
	assert.equal(result.initialStatistics.length, expected.initStats.length);
	expected.initStats.forEach((layer, i) => {
		// Both have the same names.
		const mine = result.initialStatistics[i] as Readonly<Record<string, Written>>;
		for (const [name, value] of Object.entries(layer)) check(`${name} of layer ${i}`, [mine[name]!], [value]);
	});
	if (blowsUp) return worst;
	checkWeights("final", result.final, expected.final);
	check("final loss", [result.finalLoss], [expected.finalEvalLoss]);
	const outputs = expected.finalEvalOutput;
	check("final outputs", result.finalOutput.slice(0, outputs.length).flat(), outputs.flat(), largest(outputs.flat()));
	assert.equal(result.runningStatistics?.length, expected.runningStats?.length);
	expected.runningStats?.forEach(({ mean, var: variance }, i) => {
		const mine = result.runningStatistics![i]!;
		// Before a batch norm a bias has no gradient but rounding, of which Adam makes steps of 1e-11; the mean has them too.
		check(`running mean of layer ${i}`, mine.mean, mean, Math.sqrt(largest(variance)));
		check(`running variance of layer ${i}`, mine.variance, variance);
	});
	return worst;
}

function largest(values: readonly Written[]): number {
	return values.reduce<number>((most, value) => Math.max(most, Math.abs(Number(value))), 0);
}
