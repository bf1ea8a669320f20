import { type Activation, withDefaults } from "../activations/activation.ts";
import { type Curve, sampleCurve } from "../activations/sample.ts";
import { compile } from "../expression/evaluate.ts";
import { evaluateExactly } from "../expression/exact.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { type Dtype, roundTo, unitInLastPlace } from "../numerics/dtype.ts";
import type { Writing } from "../reading/use.ts";
import type { Subject } from "./hazard.ts";
import { arithmeticOf, formIn } from "./libraryArithmetic.ts";

/** What a narrow type does to a function: too large for it, 0 where it is not, or off by more than a few roundings. */
export type LossKind = "overflow" | "underflow" | "rounding";

/** A stretch of inputs at which the type loses the value. */
export interface Band {
	readonly kind: LossKind;
	readonly from: number;
	readonly to: number;
}

export interface InPrecision {
	/** What the code gives, each operation rounded to the type as its library does; as long as the inputs. */
	readonly computed: readonly number[];
	/** Ascending; their ends lie half-way between two inputs. */
	readonly bands: readonly Band[];
}

/** An error of fewer units in the last place than this is what a few operations make. */
const FEW_UNITS = 4;
/** The share of the inputs that two errors of rounding may be apart. */
const CLOSE_BY = 0.02;

/** A function at ascending inputs, which are rounded to `dtype` first, as computed in it. */
export function inPrecision(subject: Subject, inputs: readonly number[], dtype: Dtype): InPrecision {
	const { written, truth, parameters, truthParameters, library } = subject;
	const rounded = Float64Array.from(inputs, (x) => roundTo(x, dtype));
	// Without a word of how the code writes its numbers, all of them are of the type.
	const computing = (subject.writing && formIn(subject, dtype)) || {
		expression: written,
		arithmetic: arithmeticOf(library, dtype),
	};
	const computed = compile([computing.expression], parameters, computing.arithmetic)(rounded)[0]!;
	const [form, values] = truth ? [truth, truthParameters] : [written, parameters];
	const exact = compile([form], values)(rounded)[0]!;
	const coarse = FEW_UNITS * unitInLastPlace(1, dtype);
	const kinds = inputs.map((_, i): LossKind | null => {
		const got = computed[i]!;
		const value = Number.isFinite(exact[i]!) ? exact[i]! : evaluateExactly(form, rounded[i]!, values);
		if (!Number.isFinite(value)) return null;
		if (!Number.isFinite(got)) return "overflow";
		if (got === 0 && value !== 0) return "underflow";
		return Math.abs(got - value) > Math.max(0.01, coarse) * Math.abs(value) ? "rounding" : null;
	});
	const bands: Band[] = [];
	for (let i = 0; i < inputs.length; i++) {
		const kind = kinds[i];
		if (!kind) continue;
		const first = i;
		// Rounding is sometimes right by chance: what lies between two errors close by is one stretch with them.
		const reach = kind === "rounding" ? Math.ceil(inputs.length * CLOSE_BY) : 1;
		for (let next = i + 1; next <= i + reach && next < inputs.length; next++) {
			if (kinds[next] === kind) i = next;
			else if (kinds[next]) break;
		}
		const from = first === 0 ? inputs[0]! : (inputs[first - 1]! + inputs[first]!) / 2;
		const to = i === inputs.length - 1 ? inputs[i]! : (inputs[i]! + inputs[i + 1]!) / 2;
		bands.push({ kind, from, to });
	}
	return { computed: Array.from(computed), bands };
}

/** A curve whose values are computed in a type; its slopes are exact all the same. */
export interface DrawnCurve extends Curve {
	readonly dtype: Dtype;
	/** Where the type loses the value; none in float64. */
	readonly bands: readonly Band[];
}

/** A function to be drawn: how its library computes it, and the form of it that loses least. */
export interface Drawn {
	readonly activation: Activation;
	readonly library: string;
	readonly truth: Expression;
	readonly writing?: Writing;
}

/** The curve of a function whose values are computed in `dtype`, operation by operation, and where that loses them. */
export function curveOf(
	{ activation, library, truth, writing }: Drawn,
	given: Parameters,
	[min, max]: readonly [number, number],
	points: number,
	dtype: Dtype,
): DrawnCurve {
	const curve = sampleCurve(activation, given, min, max, points);
	if (dtype === "float64") return { ...curve, dtype, bands: [] };
	const parameters = withDefaults(activation, given);
	const written = activation.origin === "code" ? activation.definition : activation.stable;
	const plain = { written, truth, parameters, truthParameters: parameters, library };
	const subject = writing ? { ...plain, writing } : plain;
	const { computed, bands } = inPrecision(subject, curve.x, dtype);
	return { ...curve, value: computed, dtype, bands };
}
