import type { Parameters } from "../expression/expression.ts";
import type { Activation } from "./activation.ts";
import { gainOf, momentsOf } from "./meanField.ts";

/** How a layer's weights and biases are drawn: their variance times the fan-in, and the biases' variance. */
export interface Drawn {
	readonly weightVariance: number;
	readonly biasVariance: number;
}

/** What layers of infinite width make of a signal and of the gradient before training. */
export interface SignalForecast {
	/** Variance of the last layer's pre-activations, for inputs of variance 1. */
	readonly variance: number;
	/** The gradient's norm before the first of the layers, for one of 1 behind the last: ∏ √χ. */
	readonly gradientNorm: number;
}

/** PyTorch's default for `nn.Linear`: weights and biases uniform within ±1/√n, n inputs. */
export function pytorchDefault(width: number): Drawn {
	return { weightVariance: 1 / 3, biasVariance: 1 / (3 * width) };
}

/** Normal weights scaled by the activation's own forward gain, and no biases; null where that gain is no number to scale by. */
export function ownGain(activation: Activation, parameters: Parameters): Drawn | null {
	const { forward } = gainOf(activation, parameters);
	return forward > 0 && Number.isFinite(forward) ? { weightVariance: forward ** 2, biasVariance: 0 } : null;
}

/** A variance that has left these bounds goes on to 0 or to infinity. */
const LEAST = 1e-60;
const MOST = 1e60;
/** Once both factors of a layer repeat to this, all further layers have them. */
const SETTLED = 1e-10;

/**
 * Iterates the variance map layer by layer (Poole et al. 2016): q₁ = σ_w² + σ_b², q ← σ_w²·E[f(√q z)²] + σ_b², and
 * χ = σ_w²·E[f′(√q z)²] for each of `depth` layers, whose product is the gradient's second moment (Schoenholz et al. 2017).
 *
 * It holds for layers without normalisation and residual connections. NaN where the function is undefined for some
 * inputs.
 */
export function forecastSignal(
	activation: Activation,
	parameters: Parameters,
	{ weightVariance, biasVariance }: Drawn,
	depth: number,
): SignalForecast {
	let q = weightVariance + biasVariance;
	let logNorm = 0;
	let [growth, chi] = [Number.NaN, Number.NaN];
	for (let layer = 1; layer <= depth; layer++) {
		const { square, slopeSquare } = momentsOf(activation, parameters, q);
		const next = weightVariance * square + biasVariance;
		const repeats =
			Math.abs(next / q - growth) < SETTLED * growth && Math.abs(weightVariance * slopeSquare - chi) < SETTLED * chi;
		[growth, chi] = [next / q, weightVariance * slopeSquare];
		const ahead = repeats ? depth - layer : 0;
		logNorm += ((1 + ahead) * Math.log(chi)) / 2;
		layer += ahead;
		if (layer >= depth) return { variance: q * growth ** ahead, gradientNorm: Math.exp(logNorm) };
		q = next;
		if (Number.isNaN(q)) break;
		if (q < LEAST) return { variance: 0, gradientNorm: Math.exp(logNorm + (chi < 1 ? Number.NEGATIVE_INFINITY : 0)) };
		if (q > MOST) return { variance: Number.POSITIVE_INFINITY, gradientNorm: Number.POSITIVE_INFINITY };
	}
	return { variance: Number.NaN, gradientNorm: Number.NaN };
}

/** What becomes of a variance close to 1 in layers with the activation's own gain, which leaves 1 as it is. */
export type Stability = "stable" | "kept" | "unstable";

/** Slopes of the variance map this close to 1 keep every variance, as ReLU's does. */
const KEPT = 1e-6;

/** By the slope of the variance map at 1: below 1 the variance comes back; at 1 it stays; above, none is stable. */
export function stabilityOf(activation: Activation, parameters: Parameters): Stability | null {
	const drawn = ownGain(activation, parameters);
	if (!drawn) return null;
	const h = 1e-3;
	const squareAt = (q: number) => momentsOf(activation, parameters, q).square;
	const slope = (drawn.weightVariance * (squareAt(1 + h) - squareAt(1 - h))) / (2 * h);
	if (Number.isNaN(slope)) return null;
	if (Math.abs(Math.abs(slope) - 1) < KEPT) return "kept";
	return Math.abs(slope) < 1 ? "stable" : "unstable";
}
