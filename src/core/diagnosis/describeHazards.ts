import type { Expression } from "../expression/expression.ts";
import { formatNumber } from "../numerics/formatNumber.ts";
import { english, type Translate } from "../texts.ts";
import type { Hazard, HazardKind } from "./hazard.ts";
import type { Inspection } from "./inspectDefinition.ts";

/** A hazard as one sentence, for all types in which it occurs at the same part of the code. */
export interface HazardText {
	readonly kind: HazardKind;
	/** The part of the expression that goes wrong. */
	readonly culprit: Expression;
	/** "NaN: float32 x ≥ 88.72, float16 x ≥ 11.09; at x = 100 the code gives NaN in float32, the function is 1." */
	readonly message: string;
	/** Whether it takes inputs that no healthy network has. */
	readonly isFar: boolean;
	/** The numbers of the message's example. */
	readonly witness: Hazard["witness"];
}

/** Pre-activations beyond this are a network that has diverged already. */
const FAR = 1e4;

/** Digits of a threshold in a sentence. */
const DIGITS = 4;

/**
 * What a person should know of a function's hazards. Losses among subnormal numbers are left out: nothing is built on
 * them; but where they come from an overflow of which NumPy warns, and that float32 or float64 meets, that is told.
 * Rounding noise (`relerr`) is left out where the same part loses the value altogether, and in 16-bit types, whose numbers
 * are that coarse; of gradients only NaN and ±∞ are told. Of a function that is no entry of the catalog only what
 * pre-activations meet in float32 or float64 is told: any code may be that, and need not be of a network.
 */
export function describeHazards(inspection: Inspection, t: Translate = english): HazardText[] {
	const { hazards, gradientHazards } = inspection;
	const severe = gradientHazards.filter(({ kind }) => kind === "nan" || kind === "inf");
	return [...textsOf(hazards, false, inspection, t), ...textsOf(severe, true, inspection, t)];
}

function textsOf(
	hazards: readonly Hazard[],
	ofGradient: boolean,
	{ vector, identity, library }: Inspection,
	t: Translate,
): HazardText[] {
	const groups = new Map<string, Hazard[]>();
	const ids = new Map<Expression, number>();
	for (const each of hazards) {
		const hazard = library === "numpy" ? withOverflow(each) : each;
		if (!isWorthSaying(hazard, hazards)) continue;
		const id = ids.get(hazard.culprit) ?? ids.size;
		ids.set(hazard.culprit, id);
		const key = `${hazard.kind} ${id}`;
		groups.set(key, [...(groups.get(key) ?? []), hazard]);
	}
	const isMet = (one: Hazard) => !isFar(one) && (one.dtype === "float32" || one.dtype === "float64");
	const told = [...groups.values()].filter((group) => {
		return group.some(isMet) || (identity !== null && !group.every(isOnTheWay));
	});
	return told.map((group) => {
		const [first] = group as [Hazard];
		const example = group.find(({ dtype }) => dtype === "float32") ?? first;
		const ranges = group.map((one) => `${one.dtype} ${rangeText(one)}`).join(", ");
		const plain = kindText(first.kind, t);
		const kind = vector === null ? plain : t("{0} for {1}", plain, vector);
		const message = messageOf(example, ofGradient, kind, ranges, t);
		return { kind: first.kind, culprit: first.culprit, message, isFar: group.every(isFar), witness: example.witness };
	});
}

function messageOf(example: Hazard, ofGradient: boolean, kind: string, ranges: string, t: Translate): string {
	const { x, got, expected } = example.witness;
	const { dtype } = example;
	const [at, gives, is] = [x, got, expected].map((value) => formatNumber(value)) as [string, string, string];
	if (ofGradient) {
		return t(
			"{0} gradient: {1}; at x = {2} the code gives {3} in {4}, the slope is {5}.",
			kind,
			ranges,
			at,
			gives,
			dtype,
			is,
		);
	}
	if (example.kind === "exception") {
		return t("{0}: {1}; at x = {2} Python raises an exception, the function is {3}.", kind, ranges, at, is);
	}
	if (isOnTheWay(example)) {
		return t(
			"{0}: {1}; at x = {2} NumPy warns of ∞ on the way in {3}, the code gives {4}, the function is {5}.",
			kind,
			ranges,
			at,
			dtype,
			gives,
			is,
		);
	}
	return t("{0}: {1}; at x = {2} the code gives {3} in {4}, the function is {5}.", kind, ranges, at, gives, dtype, is);
}

/** What is lost among subnormal numbers by a part that overflows is that overflow, wherever it is. */
function withOverflow(hazard: Hazard): Hazard {
	const { kind, trueValueSubnormal, overflow } = hazard;
	return trueValueSubnormal && (kind === "zero" || kind === "relerr") && overflow
		? { ...hazard, ...overflow, kind: "inf" }
		: hazard;
}

/** Whether only what leads to the value is infinite. */
function isOnTheWay({ kind, witness }: Hazard): boolean {
	return kind === "inf" && Number.isFinite(witness.got);
}

function isWorthSaying({ kind, dtype, culprit, trueValueSubnormal }: Hazard, all: readonly Hazard[]): boolean {
	if (trueValueSubnormal && (kind === "zero" || kind === "relerr")) return false;
	if (kind !== "relerr") return true;
	if (dtype === "float16" || dtype === "bfloat16") return false;
	return !all.some((one) => one.kind === "zero" && one.culprit === culprit);
}

function isFar({ lo, hi }: Hazard): boolean {
	return lo > FAR || hi < -FAR;
}

function kindText(kind: HazardKind, t: Translate): string {
	switch (kind) {
		case "nan":
			return t("NaN");
		case "inf":
			return t("Overflow");
		case "zero":
			return t("Value lost");
		case "relerr":
			return t("More than 1 % wrong");
		case "exception":
			return t("Exception");
	}
}

function rangeText({ lo, hi, throughMin, throughMax }: Hazard): string {
	const [low, high] = [lo, hi].map((value) => formatNumber(value, DIGITS));
	if (lo === hi) return `x = ${low}`;
	if (throughMin && !throughMax) return `x ≤ ${high}`;
	if (throughMax && !throughMin) return `x ≥ ${low}`;
	return `${low} ≤ x ≤ ${high}`;
}
