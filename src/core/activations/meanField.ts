import { compile } from "../expression/evaluate.ts";
import { evaluateExactly } from "../expression/exact.ts";
import type { Parameters } from "../expression/expression.ts";
import type { Activation } from "./activation.ts";
import { activationFacts } from "./facts.ts";
import { remembered } from "./remembered.ts";

/** What an activation does to a normal signal: expectations over the pre-activation. */
export interface Moments {
	/** E[f]. */
	readonly mean: number;
	/** Var f. */
	readonly variance: number;
	/** E[f²]. */
	readonly square: number;
	/** E[f′]. */
	readonly slope: number;
	/** E[f′²]. */
	readonly slopeSquare: number;
}

/** What keeps a standard normal signal's size: 1 over the root of a moment. */
export interface Gain {
	/** 1/√E[f(z)²]: weights scaled by it keep the signal's size going forward. */
	readonly forward: number;
	/** 1/√E[f′(z)²]: weights scaled by it keep the gradient's size going back. */
	readonly backward: number;
	/** 1/√Var f(z). */
	readonly centered: number;
}

/** A variance of the pre-activations that a layer of infinite width leaves as it is. */
export interface FixedPoint {
	readonly variance: number;
	/** χ₁ = σ_w²·E[f′²]: how a layer multiplies the gradient's variance there; 1 is the edge of chaos. */
	readonly chi: number;
	/** Whether a variance close to it comes closer. */
	readonly stable: boolean;
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
/** Where the pieces of the integral end, in standard deviations, and how long they are there and where functions bend. */
export interface Fineness {
	readonly reach: number;
	readonly piece: number;
}

/** To about 13 digits: beyond 12 deviations a normal weighs less than 1e-31. */
const FINE: Fineness = { reach: 12, piece: 0.25 };
/** To about 8 digits in a seventh of the time. */
export const COARSE: Fineness = { reach: 7, piece: 1 };
/** Functions bend up to here; further out they are nearly straight. */
const BENDS = 12;
/** Further out each piece is longer by this than the one before. */
const GROWTH = 1.25;
const INV_SQRT_2PI = 0.3989422804014327;

/** The moments under a normal pre-activation of the given variance, above 0, and mean; to about 13 digits if not coarse. */
export function momentsOf(
	activation: Activation,
	parameters: Parameters = {},
	variance = 1,
	around = 0,
	fineness = FINE,
): Moments {
	const { x, weights } = ruleFor(activation, parameters, variance, around, fineness);
	const [values, slopes] = valueAndSlope(activation, parameters)(x);
	let [mean, square, slope, slopeSquare] = [0, 0, 0, 0];
	for (let i = 0; i < weights.length; i++) {
		mean += weights[i]! * values![i]!;
		square += weights[i]! * values![i]! ** 2;
		slope += weights[i]! * slopes![i]!;
		slopeSquare += weights[i]! * slopes![i]! ** 2;
	}
	// Not square − mean²: of a signal that hardly varies nothing would be left, nor with weights whose sum is not quite 1.
	const center = mean / weights.reduce((a, b) => a + b, 0);
	let spread = 0;
	for (let i = 0; i < weights.length; i++) spread += weights[i]! * (values![i]! - center) ** 2;
	return { mean, variance: spread, square, slope, slopeSquare };
}

/**
 * E[f²] in two parts: that of two straight lines through 0, which is `lines`·variance, and the `rest`. Of the lines that
 * the function has at ±∞ and at 0 those leave less, of which nothing is lost then.
 */
function squareOf(activation: Activation, parameters: Parameters, variance: number) {
	const { x, weights } = ruleFor(activation, parameters, variance, 0, FINE);
	const values = valueAlone(activation, parameters)(x)[0]!;
	const parts = linesOf(activation, parameters).map(([left, right]) => {
		let rest = 0;
		for (let i = 0; i < weights.length; i++) {
			const line = (x[i]! < 0 ? left : right) * x[i]!;
			rest += weights[i]! * (values[i]! - line) * (values[i]! + line);
		}
		return { lines: (left ** 2 + right ** 2) / 2, rest };
	});
	return parts.reduce((a, b) => (Math.abs(b.rest) < Math.abs(a.rest) ? b : a));
}

/** The slopes on both sides: at ±∞, and next to 0. Where there is none it is taken for 0. */
const linesOf = remembered(({ derivative }, parameters): readonly (readonly [number, number])[] => {
	const slopeAt = (x: number) => {
		const slope = evaluateExactly(derivative, x, parameters);
		return Number.isFinite(slope) ? slope : 0;
	};
	return [Number.POSITIVE_INFINITY, 1e-300].map((x) => [slopeAt(-x), slopeAt(x)]);
});

const valueAlone = remembered(({ stable }, parameters) => compile([stable], parameters));
const valueAndSlope = remembered(({ stable, derivative }, parameters) => compile([stable, derivative], parameters));

/** Gauss and Legendre's rule on each piece, with the normal's density in its weights. */
function ruleFor(activation: Activation, parameters: Parameters, variance: number, center: number, fineness: Fineness) {
	const deviation = Math.sqrt(variance);
	const edges = piecesFor(activation, parameters, deviation, center, fineness);
	const count = 2 * GAUSS_LEGENDRE_16.length * (edges.length - 1);
	const [x, weights] = [new Float64Array(count), new Float64Array(count)];
	let at = 0;
	for (let i = 1; i < edges.length; i++) {
		const middle = (edges[i]! + edges[i - 1]!) / 2;
		const half = (edges[i]! - edges[i - 1]!) / 2;
		for (const [node, weight] of GAUSS_LEGENDRE_16) {
			for (const side of [-1, 1]) {
				x[at] = middle + side * half * node;
				const z = (x[at]! - center) / deviation;
				weights[at++] = (weight * half * INV_SQRT_2PI * Math.exp(-0.5 * z * z)) / deviation;
			}
		}
	}
	return { x, weights };
}

/** Pieces of the line, ending at kinks, fine both where the function bends and where the normal does. */
function piecesFor(
	activation: Activation,
	parameters: Parameters,
	deviation: number,
	center: number,
	{ reach, piece }: Fineness,
): number[] {
	const { kinks, jumps } = activationFacts(activation, parameters);
	const [low, high] = [center - reach * deviation, center + reach * deviation];
	const ends = new Set<number>([...kinks, ...jumps, 0, center, low, high]);
	if (deviation <= 1 || low > BENDS || high < -BENDS) {
		for (let i = 1; i < reach / piece; i++)
			ends.add(center + i * piece * deviation).add(center - i * piece * deviation);
	} else {
		const end = Math.max(-low, high);
		for (let x = piece, step = piece; x < end; x += step) {
			ends.add(x).add(-x);
			// Up to 12 the function may bend, up to the end the normal does.
			if (x >= BENDS) step = Math.min(step * GROWTH, piece * deviation);
		}
	}
	return [...ends].filter((x) => x >= low && x <= high).sort((a, b) => a - b);
}

/** The gains under a standard normal pre-activation. NaN where the function is undefined for some of it; ∞ for a zero moment. */
export const gainOf = remembered((activation, parameters): Gain => {
	const { mean, square, slopeSquare } = momentsOf(activation, parameters);
	return {
		forward: 1 / Math.sqrt(square),
		backward: 1 / Math.sqrt(slopeSquare),
		centered: 1 / Math.sqrt(square - mean * mean),
	};
});

/** Variances from which fixed points are looked for: three in a factor of 10. */
const SEARCHED = Array.from({ length: 28 }, (_, i) => 10 ** (-4 + i / 3));

/**
 * The fixed points q = σ_w²·E[f(√q·z)²] + σ_b² between 1e-4 and 1e5, ascending: a signal through ever more layers of
 * weights with variance σ_w²/fan-in and biases with variance σ_b² comes to a stable one (Poole et al. 2016). Empty where
 * every variance is one (ReLU at σ_w² = 2).
 */
export function fixedPointsOf(
	activation: Activation,
	parameters: Parameters,
	weightVariance: number,
	biasVariance: number,
): FixedPoint[] {
	const excess = (q: number) => {
		const { lines, rest } = squareOf(activation, parameters, q);
		return (weightVariance * rest + biasVariance) / q + (weightVariance * lines - 1);
	};
	const found: FixedPoint[] = [];
	let [low, atLow] = [SEARCHED[0]!, excess(SEARCHED[0]!)];
	for (const high of SEARCHED.slice(1)) {
		const atHigh = excess(high);
		// What differs by less is rounding: every variance is one.
		if (Math.sign(atLow) * Math.sign(atHigh) < 0 && Math.max(Math.abs(atLow), Math.abs(atHigh)) > 1e-9) {
			const variance = rootBetween(excess, low, high, atLow);
			const chi = weightVariance * momentsOf(activation, parameters, variance).slopeSquare;
			found.push({ variance, chi, stable: atLow > 0 });
		}
		// A zero on the grid itself lies in the interval around it.
		if (atHigh !== 0 || atLow === 0) [low, atLow] = [high, atHigh];
	}
	return found;
}

/** The zero between two ends of different sign, by halving and, where that is quicker, the secant (Illinois). */
function rootBetween(f: (x: number) => number, from: number, to: number, atFrom: number): number {
	let [a, b, fa, fb] = [from, to, atFrom, f(to)];
	for (let i = 0; i < 80 && Math.abs(b - a) > 1e-14 * Math.abs(b); i++) {
		const c = b - (fb * (b - a)) / (fb - fa);
		const fc = f(c);
		if (fc === 0) return c;
		if (Math.sign(fc) === Math.sign(fb)) fa /= 2;
		else [a, fa] = [b, fb];
		[b, fb] = [c, fc];
	}
	return b;
}
