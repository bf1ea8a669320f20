import { evaluateExactly } from "../expression/exact.ts";
import { nodesOf } from "../expression/walk.ts";
import { type Dtype, nextUp, roundTo, unitInLastPlace } from "../numerics/dtype.ts";
import { backward, hasBackward } from "./backward.ts";
import type { Flaw, Hazard, Hazards, Subject } from "./hazard.ts";
import { Search, type SearchOptions } from "./hazardSearch.ts";
import { inputsOf } from "./ladder.ts";
import { type ComputedForm, formIn, inSingle } from "./libraryArithmetic.ts";
import { compileIn } from "./narrow.ts";
import { slopeOf } from "./truthAtAll.ts";

/**
 * The hazards of a hand-written function in `dtype`, from the lowest input up, by evaluating it as its library does:
 * float16 at every number, wider types at several in each binade, bfloat16 near 1 at all, with the edges then found
 * exactly (to the last place where one input divides right from wrong, in float32 and float64 to about 1 % where rounding
 * noise does).
 *
 * Null where it is not certain how the library computes it.
 */
export function hazardsOf(subject: Subject, dtype: Dtype): Hazard[] | null {
	const form = formIn(subject, dtype);
	return form && valueHazards(subject, dtype, form, valuesOf(subject, dtype, form));
}

/**
 * The same, and those of the gradient. At the code's own kinks and the numbers that sums round to them, where libraries
 * agree on no slope, only NaN and ±∞ count.
 */
export function hazardsWithGradientOf(subject: Subject, dtype: Dtype): Hazards | null {
	const form = formIn(subject, dtype);
	if (!form) return null;
	if (!hasGradient(subject)) {
		return { ...ofValues(subject, dtype, form, valuesOf(subject, dtype, form)), gradients: [] };
	}
	const { stepOf, value, slope, search } = withGradient(subject, dtype, form);
	const kinks = [
		0,
		...nodesOf(subject.written).flatMap((one) => (one.kind === "constant" ? [one.value, -one.value] : [])),
	];
	const isAtKink = ({ lo, hi }: Hazard) =>
		kinks.some((kink) => Math.max(Math.abs(lo - kink), Math.abs(hi - kink)) <= 2 * unitInLastPlace(kink, dtype));
	const gradients = search({ got: slope })
		.hazards()
		.filter((hazard) => hazard.kind === "nan" || hazard.kind === "inf" || !isAtKink(hazard))
		.map((hazard) => ({
			...hazard,
			witness: withEndlessSlope(subject, hazard.witness),
			culprit: stepOf.get(hazard.culprit) ?? hazard.culprit,
		}));
	return { ...ofValues(subject, dtype, form, value), gradients };
}

/** Whether the library has a gradient of the function as it is written. */
function hasGradient({ library, writing }: Subject): boolean {
	return hasBackward(library) && writing?.isDetached !== true;
}

/** Of a kink at 0 the derivative says 0, also where the slope has no bound on both sides: there it is infinite. */
function withEndlessSlope({ exact, written, truthParameters, parameters }: Subject, witness: Hazard["witness"]) {
	if (witness.x !== 0) return witness;
	const slope = slopeOf(exact ?? written);
	const at = (x: number) => evaluateExactly(slope, x, exact ? truthParameters : parameters);
	const isEndless = (side: number) => Math.abs(at(side * 1e-300)) > 1e3 * Math.abs(at(side * 1e-200));
	const [left, right] = [-1, 1].map((side) => Math.sign(at(side * 1e-300)));
	if (left !== right || !isEndless(-1) || !isEndless(1)) return witness;
	return { ...witness, expected: left! * Number.POSITIVE_INFINITY };
}

function ofValues(
	subject: Subject,
	dtype: Dtype,
	form: ComputedForm,
	computed: Float64Array,
): Omit<Hazards, "gradients"> {
	return {
		values: valueHazards(subject, dtype, form, computed),
		losses: valueLosses(subject, dtype, form, computed),
	};
}

/** What speaks against a form: its hazards, and NaN and ±∞ of its gradient. None where how it is computed is not certain. */
export function flawsOf(subject: Subject, dtype: Dtype): Flaw[] {
	const form = formIn(subject, dtype);
	if (!form) return [];
	const flawsOfValue = (got: Float64Array): Flaw[] => [
		...searchOf(subject, dtype, form, got).flaws(),
		...valueLosses(subject, dtype, form, got),
	];
	if (!hasGradient(subject)) return flawsOfValue(valuesOf(subject, dtype, form));
	const { value, slope, search } = withGradient(subject, dtype, form);
	return [...flawsOfValue(value), ...search({ got: slope, isFiniteEnough: true }).flaws()];
}

/**
 * What the code gives at all inputs of the type; null where it is not certain how the library computes it. The array is
 * used again by the next call.
 */
export function computedIn(subject: Subject, dtype: Dtype): Float64Array | null {
	const form = formIn(subject, dtype);
	return form && valuesOf(subject, dtype, form);
}

function valuesOf({ parameters }: Subject, dtype: Dtype, { expression, arithmetic }: ComputedForm): Float64Array {
	return compileIn([expression], parameters, arithmetic, dtype)(inputsOf(dtype), workFor(dtype, 1))[0]!;
}

function searchOf(subject: Subject, dtype: Dtype, form: ComputedForm, got: Float64Array): Search {
	return new Search({ ...subject, written: form.expression }, dtype, { computed: form, got });
}

function valueHazards(subject: Subject, dtype: Dtype, form: ComputedForm, got: Float64Array): Hazard[] {
	const { written, truth, parameters } = subject;
	const found = searchOf(subject, dtype, form, got).hazards();
	const isRounded = !truth && form.expression !== written;
	return found
		.filter((hazard) => !isOtherSideOfJump(hazard, subject, dtype))
		.map((hazard) => {
			const { witness } = hazard;
			// The function is what the code says, not what its numbers are rounded to.
			const expected = isRounded
				? roundTo(evaluateExactly(written, witness.x, parameters), form.result)
				: witness.expected;
			return { ...inCode(hazard, form), witness: { ...witness, expected } };
		});
}

/** Whether the code has, at a jump, the value on the other side of it: which one belongs there is nobody's to say. */
function isOtherSideOfJump({ kind, lo, hi, witness }: Hazard, subject: Subject, dtype: Dtype): boolean {
	const { exact, truthParameters } = subject;
	if (!exact || lo !== hi || kind === "nan" || kind === "inf") return false;
	return [nextUp(lo, dtype), -nextUp(-lo, dtype)].some((x) => {
		const beside = evaluateExactly(exact, x, truthParameters);
		return Math.abs(witness.got - beside) < 0.01 * Math.abs(witness.expected - beside);
	});
}

/** The losses by what is supposed where no truth is known, as far as the exact values confirm them. */
function valueLosses(subject: Subject, dtype: Dtype, form: ComputedForm, got: Float64Array): Hazard[] {
	const { truth, supposed, written, parameters } = subject;
	if (truth || !supposed) return [];
	const measured = { ...subject, truth: supposed, exact: written, truthParameters: parameters };
	const found = searchOf(measured, dtype, form, got).confirmedLosses();
	return found.map((loss) => inCode(loss, form));
}

/** The hazard with the part of the code that its culprit computes. */
function inCode(hazard: Hazard, { originals }: ComputedForm): Hazard {
	return { ...hazard, culprit: originals?.get(hazard.culprit) ?? hazard.culprit };
}

/** Value and gradient at all inputs of the type, of which most of the parts are the same, and how to search the gradient. */
function withGradient(subject: Subject, dtype: Dtype, { expression, arithmetic }: ComputedForm) {
	const { written, library, writing } = subject;
	const own = writing?.expression === written ? writing : undefined;
	const { gradient, stepOf, fused } = backward(written, library, dtype, own);
	const ofBoth = inSingle(arithmetic, fused);
	const run = compileIn([expression, gradient], subject.parameters, ofBoth, dtype);
	const [value, slope] = run(inputsOf(dtype), workFor(dtype, 2)) as [Float64Array, Float64Array];
	const truth = subject.truth && slopeOf(subject.truth);
	const exact = subject.exact && { exact: slopeOf(subject.exact) };
	const search = (options: SearchOptions) =>
		new Search({ ...subject, written: gradient, truth, ...exact }, dtype, {
			primitive: written,
			computed: { arithmetic: ofBoth, result: dtype },
			...options,
		});
	return { stepOf, value, slope, search };
}

/** What a function and its gradient give at all inputs of a type, while they are searched: new pages cost as much. */
const work = new Map<Dtype, readonly Float64Array[]>();

function workFor(dtype: Dtype, count: 1 | 2): Float64Array[] {
	const length = inputsOf(dtype).length;
	const arrays = work.get(dtype) ?? [new Float64Array(length), new Float64Array(length)];
	work.set(dtype, arrays);
	return arrays.slice(0, count);
}
