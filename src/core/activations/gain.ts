import { compile } from "../expression/evaluate.ts";
import type { Parameters } from "../expression/expression.ts";
import { type Activation, withDefaults } from "./activation.ts";
import { activationFacts } from "./facts.ts";

/** What an activation does to a standard normal signal. */
export interface Gain {
	/** 1/√E[f(z)²]: weights scaled by it keep the signal's size going forward. */
	readonly forward: number;
	/** 1/√E[f′(z)²]: weights scaled by it keep the gradient's size going back. */
	readonly backward: number;
	/** 1/√Var f(z). */
	readonly centered: number;
}

const GAUSS_LEGENDRE_16: readonly (readonly [node: number, weight: number])[] = [
	[0.09501250983763744, 0.1894506104550685],
	[0.2816035507792589, 0.18260341504492358],
	[0.45801677765722737, 0.16915651939500254],
	[0.6178762444026438, 0.14959598881657674],
	[0.755404408355003, 0.12462897125553388],
	[0.8656312023878318, 0.09515851168249279],
	[0.9445750230732326, 0.062253523938647894],
	[0.9894009349916499, 0.027152459411754096],
];
/** Beyond this a standard normal weighs less than 1e-31. */
const REACH = 12;
const PIECE = 0.25;
const INV_SQRT_2PI = 0.3989422804014327;

/** E[g(z)] for each g = f, f², f′², z standard normal, to about 13 digits: Gauss–Legendre on pieces that end at the kinks. */
function moments(activation: Activation, parameters: Parameters): readonly [number, number, number] {
	const { kinks, jumps } = activationFacts(activation, parameters);
	const ends = new Set<number>([...kinks, ...jumps].filter((x) => Math.abs(x) < REACH));
	for (let x = -REACH; x <= REACH; x += PIECE) ends.add(x);
	const edges = [...ends].sort((a, b) => a - b);
	const nodes: number[] = [];
	const weights: number[] = [];
	for (let i = 1; i < edges.length; i++) {
		const middle = (edges[i] + edges[i - 1]) / 2;
		const half = (edges[i] - edges[i - 1]) / 2;
		for (const [node, weight] of GAUSS_LEGENDRE_16) {
			for (const side of [-1, 1]) {
				const x = middle + side * half * node;
				nodes.push(x);
				weights.push(weight * half * INV_SQRT_2PI * Math.exp(-0.5 * x * x));
			}
		}
	}
	const all = withDefaults(activation, parameters);
	const [value, slope] = compile([activation.stable, activation.derivative], all)(Float64Array.from(nodes));
	let [mean, square, slopeSquare] = [0, 0, 0];
	for (let i = 0; i < weights.length; i++) {
		mean += weights[i] * value[i];
		square += weights[i] * value[i] ** 2;
		slopeSquare += weights[i] * slope[i] ** 2;
	}
	return [mean, square, slopeSquare];
}

/** The gains under a standard normal pre-activation. NaN where the function is undefined for some of it; ∞ for a zero moment. */
export function gainOf(activation: Activation, parameters: Parameters = {}): Gain {
	const [mean, square, slopeSquare] = moments(activation, parameters);
	return {
		forward: 1 / Math.sqrt(square),
		backward: 1 / Math.sqrt(slopeSquare),
		centered: 1 / Math.sqrt(square - mean * mean),
	};
}
