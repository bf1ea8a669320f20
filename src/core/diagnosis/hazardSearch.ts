import { differentiate } from "../expression/differentiate.ts";
import { compile } from "../expression/evaluate.ts";
import { evaluateExactly, evaluateIfKnown, exactlyAt } from "../expression/exact.ts";
import type { Expression, Parameters } from "../expression/expression.ts";
import { nextApart } from "../expression/kernel/apart.ts";
import { nodesOf, operandsOf } from "../expression/walk.ts";
import { firstIndex } from "../firstIndex.ts";
import {
	type Dtype,
	largest,
	largestBeforeRounding,
	roundTo,
	smallestNormal,
	unitInLastPlace,
} from "../numerics/dtype.ts";
import type { Flaw, Hazard, HazardKind, Reach, Subject } from "./hazard.ts";
import { areAllNumbers, inputsOf, numberAt, placeOf } from "./ladder.ts";
import { arithmeticOf, type Computed, flushesSubnormals } from "./libraryArithmetic.ts";
import { compileIn, type NarrowArithmetic } from "./narrow.ts";
import { tabulated } from "./tabulated.ts";
import { FLOAT64, truthAtAll } from "./truthAtAll.ts";

const KINDS: readonly HazardKind[] = ["nan", "inf", "zero", "relerr", "exception"];
/** Ranges of one kind that are closer than this many binades are one. */
const CLOSE = 0.75;
/** So are those of digits lost with as few inputs looked at between them: far out, rounding noise seldom meets the next. */
const FEW = 24;
/** Inputs looked at beyond the outermost wrong one, up to half a binade further out, until there is none. */
const LOOKED_AT = 384;
const MOST_ROUNDS = 6;
/** An edge is found by halves; the inputs of so many halvings are looked at together. */
const HALVINGS = 4;
/** Parts into which the way from a range to the next input is divided: more than there are numbers of bfloat16 on it. */
const AT_EDGES = 48;

/** Inputs, ascending, and at each the truth, if it is known, and the kind of hazard as an index into KINDS, −1 for none. */
interface Looked {
	readonly inputs: Float64Array;
	readonly truth: Float64Array | undefined;
	readonly kinds: Int8Array;
}

/** Neighbouring inputs that are wrong in one way, and right ones between them: indices, and how many are wrong. */
interface Range {
	readonly first: number;
	last: number;
	count: number;
}

export interface SearchOptions {
	/** The function whose gradient is looked at, if it is one. */
	readonly primitive?: Expression;
	readonly computed?: Computed;
	/** What the code gives at all inputs of the type. */
	readonly got: Float64Array;
	/** Whether only NaN and ±∞ are looked for. */
	readonly isFiniteEnough?: boolean;
}

/** Finds where what the code gives is not what the function is, in one type. */
export class Search {
	readonly #subject: Subject;
	readonly #dtype: Dtype;
	readonly #arithmetic: NarrowArithmetic;
	/** What the result is rounded to; how small a number counts is measured in the input's own type. */
	readonly #result: Dtype;
	readonly #written: (x: Float64Array, into?: Float64Array[]) => Float64Array[];
	readonly #truth: ((x: Float64Array) => Float64Array[]) | null;
	/** Whether all numbers around an edge are looked at. */
	readonly #isNarrow: boolean;
	readonly #primitive: Expression | null;
	readonly #got: Float64Array;
	readonly #isFiniteEnough: boolean;
	/** All parts of the function. */
	#parts: ((x: Float64Array) => Float64Array[]) | undefined;

	constructor(subject: Subject, dtype: Dtype, { primitive, computed, got, isFiniteEnough = false }: SearchOptions) {
		const { arithmetic, result } = computed ?? { arithmetic: arithmeticOf(subject.library, dtype), result: dtype };
		this.#subject = subject;
		this.#primitive = primitive ?? null;
		this.#got = got;
		this.#isFiniteEnough = isFiniteEnough;
		this.#dtype = dtype;
		this.#arithmetic = arithmetic;
		this.#result = result;
		this.#isNarrow = dtype === "float16" || dtype === "bfloat16";
		this.#written = compileIn([subject.written], subject.parameters, arithmetic, dtype);
		this.#truth = subject.truth && compile([subject.truth], subject.truthParameters, tabulated(FLOAT64, dtype));
	}

	hazards(kinds: readonly HazardKind[] = KINDS): Hazard[] {
		const looked = this.#denserAtEdges(this.#inputs());
		const found = this.#ranges(looked).flatMap((ranges, kind) => {
			if (!kinds.includes(KINDS[kind]!)) return [];
			const hazards = ranges.flatMap((range) => this.#hazard(looked, kind, range) ?? []);
			return hazards.reduce(withJoined, [] as readonly Hazard[]);
		});
		return found.sort((a, b) => a.lo - b.lo);
	}

	/** Zeros and lost digits that are such by the exact values as well, at the witness and from there to both ends. */
	confirmedLosses(): Hazard[] {
		return this.hazards(["zero", "relerr"]).flatMap((loss) => {
			if (!this.#isOff(loss.witness.x)) return [];
			const [lo, hi] = [loss.lo, loss.hi].map((end) => this.#lastOff(loss.witness.x, end));
			return {
				...loss,
				lo: lo!,
				hi: hi!,
				throughMin: loss.throughMin && lo === loss.lo,
				throughMax: loss.throughMax && hi === loss.hi,
			};
		});
	}

	/** The end itself if it is off by the exact value, else the last input before it, from `inside`, that is. */
	#lastOff(inside: number, end: number): number {
		if (this.#isOff(end)) return end;
		for (let [off, right] = [inside, end]; ; ) {
			const middle = between(off, right, this.#dtype);
			if (middle === off || middle === right) return off;
			if (this.#isOff(middle)) off = middle;
			else right = middle;
		}
	}

	#isOff(x: number): boolean {
		const expected = this.#exactAt(x);
		return Number.isFinite(expected) && isWrong(this.#gotAt(x), expected, unitInLastPlace(0, this.#dtype));
	}

	#gotAt(x: number): number {
		return this.#written(Float64Array.of(x))[0]![0]!;
	}

	/** What `hazards` finds, without its edges. */
	flaws(): Flaw[] {
		// Where the truth is not known, only a witness tells a hazard from what the function is.
		if (!this.#truth) return this.hazards();
		const looked = this.#denserAtEdges(this.#inputs());
		return this.#ranges(looked).flatMap((ranges, kind) => ranges.map((range) => this.#flaw(looked, kind, range)));
	}

	#flaw({ truth }: Looked, kind: number, { first, last }: Range): Flaw {
		const normal = smallestNormal(this.#dtype);
		const isSubnormal = truth?.subarray(first, last + 1).every((value) => Math.abs(value) < normal) ?? false;
		return { dtype: this.#dtype, kind: KINDS[kind]!, trueValueSubnormal: isSubnormal };
	}

	/** All inputs of the type that are looked at. Constants of the code are where it may change its formula. */
	#inputs(): Looked {
		const { written, truth: form, truthParameters } = this.#subject;
		const inputs = inputsOf(this.#dtype);
		const truth = form ? truthAtAll(form, truthParameters, this.#dtype) : undefined;
		const looked = { inputs, truth, kinds: this.#kindsAt(inputs, truth, this.#got) };
		if (areAllNumbers(this.#dtype)) return looked;
		const own = nodesOf(written).flatMap((node) => (node.kind === "constant" ? [node.value] : []));
		const more = own.flatMap((value) => [value, -value]).map((value) => roundTo(value, this.#dtype));
		const missing = [...new Set(more)].filter((value) => Number.isFinite(value) && value !== 0);
		return this.#with(looked, Float64Array.from(missing).sort());
	}

	/** With more inputs, in ascending order, of which some may be there already. */
	#with(looked: Looked, more: Float64Array): Looked {
		if (more.length === 0) return looked;
		const truth = this.#truth?.(more)[0];
		return merged(looked, { inputs: more, truth, kinds: this.#kindsAt(more, truth) });
	}

	/** Between a range and what lies beside it may be another, narrower than the inputs are apart. */
	#denserAtEdges(looked: Looked): Looked {
		if (areAllNumbers(this.#dtype)) return looked;
		const { inputs } = looked;
		const more = new Set<number>();
		for (const edge of this.#ranges(looked)
			.flat()
			.flatMap(({ first, last }) => [first, last + 1])) {
			const [from, to] = [inputs[edge - 1], inputs[edge]];
			if (from === undefined || to === undefined) continue;
			const [low, high] = [placeOf(from, this.#dtype), placeOf(to, this.#dtype)];
			for (let i = 1; i < AT_EDGES; i++) more.add(numberAt(low + ((high - low) * i) / AT_EDGES, this.#dtype));
		}
		return this.#with(looked, Float64Array.from(more).sort());
	}

	/** The kind of hazard at each input as an index into KINDS, −1 for none. */
	#kindsAt(
		inputs: Float64Array,
		truth = this.#truth?.(inputs)[0],
		got: Float64Array = this.#written(inputs)[0]!,
	): Int8Array {
		const kinds = new Int8Array(inputs.length).fill(-1);
		const dtype = this.#dtype;
		if (!truth || this.#isFiniteEnough) {
			const highest = truth ? largestBeforeRounding(dtype) : Number.POSITIVE_INFINITY;
			for (let i = nextNotFinite(got, 0); i < kinds.length; i = nextNotFinite(got, i + 1)) {
				if (!truth || Math.abs(truth[i]!) <= highest) kinds[i] = this.#notFinite(got[i]!);
			}
			return kinds;
		}
		const step = unitInLastPlace(0, dtype);
		const highest = largestBeforeRounding(dtype);
		const least = flushesSubnormals(this.#subject.library) ? smallestNormal(dtype) : 0;
		const clear = Math.max(MANY_STEPS * step, least);
		const bounds = { share: SURELY_RIGHT, least: FEW_STEPS * step, highest };
		for (let i = nextApart(got, truth, bounds, 0); i < kinds.length; i = nextApart(got, truth, bounds, i + 1)) {
			const value = got[i]!;
			const exact = truth[i]!;
			const size = Math.abs(exact);
			if (!Number.isFinite(value)) kinds[i] = this.#notFinite(value);
			else if (
				(size >= clear && Math.abs(value - exact) > SURELY_WRONG * size) ||
				((value !== 0 || size >= least || Math.abs(roundTo(exact, dtype)) >= least) &&
					isWrong(value, roundTo(exact, this.#result), step))
			) {
				kinds[i] = value === 0 ? 2 : 3;
			}
		}
		return kinds;
	}

	#notFinite(value: number): number {
		if (!Number.isNaN(value)) return 1;
		return this.#subject.library === "math" ? 4 : 0;
	}

	/** The ranges of each kind. */
	#ranges({ inputs, kinds }: Looked): Range[][] {
		const ranges = KINDS.map((): Range[] => []);
		for (let i = nextWrong(kinds, 0); i < kinds.length; ) {
			const kind = kinds[i]!;
			const end = nextOther(kinds, i);
			const last = ranges[kind]!.at(-1);
			const isOfDigits = KINDS[kind] === "zero" || KINDS[kind] === "relerr";
			const isClose = last && this.#distance(inputs[last.last]!, inputs[i]!) < CLOSE;
			if (last && (isClose || (isOfDigits && i - last.last <= FEW))) {
				last.last = end - 1;
				last.count += end - i;
			} else ranges[kind]!.push({ first: i, last: end - 1, count: end - i });
			i = nextWrong(kinds, end);
		}
		return ranges;
	}

	#distance(from: number, to: number): number {
		return placeOf(to, this.#dtype) - placeOf(from, this.#dtype);
	}

	#hazard(looked: Looked, kind: number, range: Range): Hazard | null {
		const { inputs } = looked;
		const { first, last, count } = range;
		let [lo, hi] = [inputs[first]!, inputs[last]!];
		const throughMin = first === 0;
		const throughMax = last === inputs.length - 1;
		if (!this.#isNarrow) {
			if (!throughMin) lo = this.#edge(kind, lo, inputs[first - 1]!);
			if (!throughMax) hi = this.#edge(kind, hi, inputs[last + 1]!);
		}
		const part = this.#finitePart(kind, lo, hi);
		const witness = this.#witness(kind, ...part);
		if (!witness) return null;
		const culprit = this.#culprit(witness.x);
		// No signal comes so far out that the square overflows: there a range is told as if it went on.
		const [from, to] = part.map((end, i) => (Math.abs(end) > Math.sqrt(largest(this.#dtype)) ? [lo, hi][i]! : end));
		return {
			...this.#flaw(looked, kind, range),
			lo: from!,
			hi: to!,
			throughMin: throughMin && from === lo,
			throughMax: throughMax && to === hi,
			fraction: count / (last - first + 1),
			witness,
			culprit,
			overflow: this.#overflow(culprit, { lo, hi, throughMin, throughMax }, inputs),
		};
	}

	/** Where a part is ±∞, in a range and from there outwards. */
	#overflow(part: Expression, { lo, hi, throughMin, throughMax }: Reach, inputs: Float64Array): Reach | null {
		const compute = compileIn([part], this.#subject.parameters, this.#arithmetic, this.#dtype);
		const isInfinite = (x: Float64Array) =>
			compute(x)[0]!.every((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
		if (!isInfinite(Float64Array.of(lo, hi))) return null;
		const [below, above] = [inputs.filter((x) => x < lo), inputs.filter((x) => x > hi)];
		const [toMin, toMax] = [throughMin || (lo < 0 && isInfinite(below)), throughMax || (hi > 0 && isInfinite(above))];
		return {
			lo: toMin ? (inputs[0] ?? lo) : lo,
			hi: toMax ? (inputs.at(-1) ?? hi) : hi,
			throughMin: toMin,
			throughMax: toMax,
		};
	}

	#isAt(kind: number, x: number): boolean {
		return this.#kindsAt(Float64Array.of(x))[0] === kind;
	}

	/** The outermost input of the kind, from `inside`, which is of it, towards `outside`, which is not. */
	#edge(kind: number, inside: number, outside: number): number {
		const sign = Math.sign(outside - inside);
		let [wrong, right] = [inside, outside];
		for (let round = 0; round < MOST_ROUNDS; round++) {
			const from = placeOf(wrong, this.#dtype);
			const looked = new Float64Array(LOOKED_AT);
			for (let i = 0; i < LOOKED_AT; i++) looked[i] = numberAt(from + (sign * 0.5 * (i + 1)) / LOOKED_AT, this.#dtype);
			const kinds = this.#kindsAt(looked);
			const farthest = kinds.lastIndexOf(kind);
			const next = looked[farthest + 1];
			if (next !== undefined && sign * (next - right) < 0) right = next;
			if (farthest < 0) break;
			wrong = looked[farthest]!;
			right = next ?? numberAt(from + sign * 0.51, this.#dtype);
		}
		const parts = 2 ** HALVINGS;
		const found = new Float64Array(parts + 1);
		for (;;) {
			found[0] = wrong;
			found[parts] = right;
			for (let step = parts / 2; step >= 1; step /= 2) {
				for (let i = step; i < parts; i += 2 * step)
					found[i] = between(found[i - step]!, found[i + step]!, this.#dtype);
			}
			const kinds = this.#kindsAt(found);
			for (let [from, to] = [0, parts]; to - from > 1; ) {
				const middle = (from + to) >> 1;
				if (found[middle] === wrong || found[middle] === right) return wrong;
				if (kinds[middle] === kind) {
					from = middle;
					wrong = found[middle]!;
				} else {
					to = middle;
					right = found[middle]!;
				}
			}
		}
	}

	/**
	 * The part of a range of NaN or ±∞ in which the function is a number of the type, where it is one at one end alone:
	 * it overflows itself further on. A gradient that is NaN counts as far as there is something that it could be of.
	 * Where the truth is known the range was found so.
	 */
	#finitePart(kind: number, lo: number, hi: number): readonly [number, number] {
		if (this.#truth) return [lo, hi];
		const [exact, values] = this.#exact;
		// Next to the largest number rounding decides. Of a value that is not known it is not said that it is no number.
		const isNumber = (x: number) => {
			if (this.#primitive && kind === 0) return this.#hasValue(x);
			const value = evaluateIfKnown(exact, x, values) ?? 0;
			return Math.abs(value) <= 0.99 * largest(this.#result);
		};
		const isNumberLow = isNumber(lo);
		if (isNumberLow === isNumber(hi)) return [lo, hi];
		let [inside, outside] = isNumberLow ? [lo, hi] : [hi, lo];
		for (;;) {
			const middle = between(inside, outside, this.#dtype);
			if (middle === inside || middle === outside) break;
			if (isNumber(middle)) inside = middle;
			else outside = middle;
		}
		return isNumberLow ? [lo, inside] : [inside, hi];
	}

	/** What the function is at an input, rounded as its result is. */
	#exactAt(x: number): number {
		const [exact, values] = this.#exact;
		return roundTo(evaluateExactly(exact, x, values), this.#result);
	}

	get #exact(): readonly [Expression, Parameters] {
		const { truth, exact, written, parameters, truthParameters } = this.#subject;
		return truth ? [exact ?? truth, truthParameters] : [slopeOr(this.#primitive, written), parameters];
	}

	/** A number that a person reads easily, near the edge that is nearer to 0; null where the function is not finite. */
	#witness(kind: number, lo: number, hi: number): Hazard["witness"] | null {
		const { truth, parameters } = this.#subject;
		const edge = Math.abs(lo) < Math.abs(hi) ? lo : hi;
		const easy = easyNumbers(lo, hi, smallestNormal(this.#dtype)).map((value) => roundTo(value, this.#dtype));
		for (const x of [...easy, edge, lo, hi]) {
			if (x < lo || x > hi || !this.#isAt(kind, x) || !this.#hasValue(x)) continue;
			const expected = this.#exactAt(x);
			if (!Number.isFinite(expected)) {
				// An infinite slope that comes out as NaN is a hazard all the same.
				const isSteep =
					this.#primitive && kind === 0 && Number.isFinite(evaluateExactly(this.#primitive, x, parameters));
				if (truth || !isSteep) {
					if (truth) continue;
					return null;
				}
			}
			return { x, got: this.#gotAt(x), expected };
		}
		return null;
	}

	/** Whether there is something at an input that a gradient could be of: the logarithm of a negative number has none. */
	#hasValue(x: number): boolean {
		return !this.#primitive || !Number.isNaN(evaluateIfKnown(this.#primitive, x, this.#subject.parameters));
	}

	/** The first part, of those that the result comes from, that is not what it should be. */
	#culprit(x: number): Expression {
		const { written, parameters } = this.#subject;
		const nodes = nodesOf(written);
		this.#parts ??= compileIn(nodes, parameters, this.#arithmetic, this.#dtype);
		const got = this.#parts(Float64Array.of(x)).map(([value]) => value!);
		const results = new Map(nodes.map((node, i) => [node, got[i]!]));
		const taken = new Set<Expression>([written]);
		for (const node of [...nodes].reverse()) {
			if (!taken.has(node)) continue;
			const operands =
				node.kind === "where"
					? [node.condition, results.get(node.condition) !== 0 ? node.then : node.otherwise]
					: operandsOf(node);
			for (const operand of operands) taken.add(operand);
		}
		const computed = nodes.filter((node) => taken.has(node) && operandsOf(node).length > 0);
		const isNumber = (node: Expression) => Number.isFinite(results.get(node));
		const overflow = computed.findIndex((node) => !isNumber(node) && operandsOf(node).every(isNumber));
		// Only what comes before it, and is a number, may be wrong earlier.
		const before = (overflow < 0 ? computed : computed.slice(0, overflow)).filter(isNumber);
		const exactly = exactlyAt(x, parameters);
		const wrong = before.find((node) => {
			const exact = exactly(node);
			const error = Math.abs(results.get(node)! - exact);
			return error > 0.01 * Math.abs(exact) && error > 2 * unitInLastPlace(0, this.#dtype);
		});
		return wrong ?? computed[overflow] ?? written;
	}
}

// Each of these passes over thousands of numbers at a time, so it is a function of its own, of few and simple values.

function nextNotFinite(values: Float64Array, from: number): number {
	let i = from;
	while (i < values.length && Number.isFinite(values[i])) i++;
	return i;
}

/**
 * What is off by no more than this share of the truth is by less than 1 % of what that is rounded to: rounding moves it
 * by 2⁻⁹ at most, also among subnormal numbers, where only what is off by more than two steps counts.
 */
const SURELY_RIGHT = 0.007;
/** Likewise in any case: rounding moves the truth by half a step. */
const FEW_STEPS = 1.4;

/** Likewise, what is off by more is wrong, unless the truth is not many steps of the subnormal numbers. */
const SURELY_WRONG = 0.02;
const MANY_STEPS = 200;

/** Whether a value is more than 1 %, and more than two of the smallest steps, off the truth as the type has it. */
function isWrong(value: number, rounded: number, step: number): boolean {
	const error = Math.abs(value - rounded);
	return error > 0.01 * Math.abs(rounded) && error > 2 * step;
}

/** The next index of a hazard, four inputs at a time where there is none. */
function nextWrong(kinds: Int8Array, from: number): number {
	let i = from;
	for (; i < kinds.length && i % 4 !== 0; i++) if (kinds[i]! >= 0) return i;
	const words = new Int32Array(kinds.buffer, 0, kinds.length >> 2);
	let word = i >> 2;
	while (word < words.length && words[word] === -1) word++;
	for (i = Math.max(i, 4 * word); i < kinds.length; i++) if (kinds[i]! >= 0) return i;
	return i;
}

/** The next index at which the kind is another. */
function nextOther(kinds: Int8Array, from: number): number {
	const kind = kinds[from];
	let i = from + 1;
	while (i < kinds.length && kinds[i] === kind) i++;
	return i;
}

/** What was looked at as one, without what the first has already. */
function merged(all: Looked, more: Looked): Looked {
	const most = all.inputs.length + more.inputs.length;
	const inputs = new Float64Array(most);
	const truth = all.truth && new Float64Array(most);
	const kinds = new Int8Array(most);
	let count = 0;
	const take = (from: Looked, start: number, end: number) => {
		inputs.set(from.inputs.subarray(start, end), count);
		truth?.set(from.truth!.subarray(start, end), count);
		kinds.set(from.kinds.subarray(start, end), count);
		count += end - start;
	};
	let start = 0;
	for (let i = 0; i < more.inputs.length; ) {
		const end = firstIndex(start, all.inputs.length, (at) => all.inputs[at]! >= more.inputs[i]!);
		take(all, start, end);
		const next = all.inputs[end] ?? Number.POSITIVE_INFINITY;
		const first = i;
		while (i < more.inputs.length && more.inputs[i]! < next) i++;
		take(more, first, i);
		if (more.inputs[i] === next) i++;
		start = end;
	}
	take(all, start, all.inputs.length);
	return { inputs: inputs.subarray(0, count), truth: truth?.subarray(0, count), kinds: kinds.subarray(0, count) };
}

/** Hazards of one kind, ascending, with one more, which is one with the last where their ends have come to overlap. */
function withJoined(hazards: readonly Hazard[], next: Hazard): readonly Hazard[] {
	const last = hazards.at(-1);
	if (!last || next.lo > last.hi) return [...hazards, next];
	const joined: Hazard = {
		...last,
		hi: Math.max(last.hi, next.hi),
		throughMax: last.throughMax || next.throughMax,
		fraction: Math.min(last.fraction, next.fraction),
		trueValueSubnormal: last.trueValueSubnormal && next.trueValueSubnormal,
	};
	return [...hazards.slice(0, -1), joined];
}

function slopeOr(primitive: Expression | null, written: Expression): Expression {
	return primitive ? differentiate(primitive, "x") : written;
}

/** A number of the format between two others, halving the binades between them first; one of the two if there is none. */
function between(a: number, b: number, dtype: Dtype): number {
	const [p, q] = [placeOf(a, dtype), placeOf(b, dtype)];
	return Math.abs(p - q) > 0.01 ? numberAt((p + q) / 2, dtype) : roundTo(a + (b - a) / 2, dtype);
}

/** 1, 2 and 5 times powers of ten inside a range, those nearer to its inner edge first, or to the outer if it begins below `least`. */
function easyNumbers(lo: number, hi: number, least: number): number[] {
	const found: number[] = [];
	const [near, far] = [Math.min(Math.abs(lo), Math.abs(hi)), Math.max(Math.abs(lo), Math.abs(hi))];
	const isAboutZero = (lo <= 0 && hi >= 0) || near < least;
	const inner = isAboutZero ? far : near;
	if (inner === 0) return [0];
	const exponent = Math.floor(Math.log10(inner));
	for (const power of isAboutZero ? [exponent, exponent - 1] : [exponent, exponent + 1]) {
		for (const digit of [1, 2, 5]) {
			const value = Number(`${digit}e${power}`);
			if (value >= lo && value <= hi) found.push(value);
			if (-value >= lo && -value <= hi) found.push(-value);
		}
	}
	return found;
}
