/** The two types of lanes: opcodes, the format of a number, and the constants of the vector mathematics. */

/** Operations on vectors; comparisons give a mask of all or no bits. The integer ones take a lane's bits for an integer. */
export type VectorOperation = keyof typeof OPCODES;

/** Opcodes after the prefix 0xfd (WebAssembly Core Specification 2.0, section 5.4.8; from 0x100 on of relaxed SIMD). */
const OPCODES = {
	splat: [0x14, 0x13],
	loadSplat: [0x0a, 0x09],
	extractLane: [0x21, 0x1f],
	replaceLane: [0x22, 0x20],
	eq: [0x47, 0x41],
	ne: [0x48, 0x42],
	lt: [0x49, 0x43],
	gt: [0x4a, 0x44],
	le: [0x4b, 0x45],
	ge: [0x4c, 0x46],
	abs: [0xec, 0xe0],
	neg: [0xed, 0xe1],
	sqrt: [0xef, 0xe3],
	floor: [0x75, 0x68],
	add: [0xf0, 0xe4],
	sub: [0xf1, 0xe5],
	mul: [0xf2, 0xe6],
	div: [0xf3, 0xe7],
	min: [0xf4, 0xe8],
	max: [0xf5, 0xe9],
	lessOf: [0xf6, 0xea],
	greaterOf: [0xf7, 0xeb],
	shiftLeft: [0xcb, 0xab],
	shiftRight: [0xcd, 0xad],
	addBits: [0xce, 0xae],
	subBits: [0xd1, 0xb1],
	mulBits: [0xd5, 0xb5],
	lessBits: [0xd8, 0x39],
	notMask: [0x4d, 0x4d],
	and: [0x4e, 0x4e],
	andNot: [0x4f, 0x4f],
	or: [0x50, 0x50],
	xor: [0x51, 0x51],
	select: [0x52, 0x52],
	multiplyAdd: [0x107, 0x105],
	multiplySub: [0x108, 0x106],
} as const satisfies Record<string, readonly [f64: number, f32: number]>;

/** A type of lanes. */
export interface LaneType {
	readonly name: "f64" | "f32";
	readonly count: 2 | 4;
	readonly bytes: 8 | 4;
	readonly opcodes: Readonly<Record<VectorOperation, number>>;
	/** Bits of the fraction, and the exponent's bias. */
	readonly fractionBits: number;
	readonly bias: number;
	/** The bits of a number, as an unsigned integer. */
	readonly bitsOf: (value: number) => bigint;
	readonly constants: MathConstants;
}

/** Numbers of the vector mathematics. A polynomial is its coefficients, lowest power first. */
export interface MathConstants {
	/** Adding 1.5·2ᵐ (m the bits of the fraction) rounds to an integer, which the low bits then hold. */
	readonly rounder: number;
	/** The largest |u| for which eᵘ and e⁻ᵘ are normal numbers, as are 2ᵏ and 2⁻ᵏ of the reduction. */
	readonly expLimit: number;
	/** e to this power overflows, and e to its negative underflows to 0. */
	readonly expFar: number;
	/** Beyond this |u| e^−|u| is nothing next to e^|u|. */
	readonly negligible: number;
	/** log 2 in two parts, the first with few enough bits that its product with any exponent is exact. */
	readonly ln2: readonly [high: number, low: number];
	/** (eʳ − 1 − r)/r² on |r| ≤ log(2)/2. */
	readonly exp: readonly number[];
	/** (log((1 + s)/(1 − s))/s − 2)/s² as a polynomial in s², on |s| ≤ 3 − √8. */
	readonly log: readonly number[];
	/** tanh a as a·p(a²)/q(a²) for 0 ≤ a ≤ `far`, from where on it is 1; undefined where an exponential is needed for the digits. */
	readonly tanh?: { readonly far: number; readonly p: readonly number[]; readonly q: readonly number[] };
	/** Up to this |u| the reduction by multiples of π/2 is exact enough. */
	readonly trigLimit: number;
	/** π/2 in parts, whose products with every multiple that arises are exact, but for the last. */
	readonly halfPi: readonly number[];
	/** (sin(r)/r − 1)/r² and (cos r − 1 + r²/2)/r⁴ as polynomials in r², on |r| ≤ π/4. */
	readonly sin: readonly number[];
	readonly cos: readonly number[];
	/** (atan(t)/t − 1)/t² as a polynomial in t², on |t| ≤ √2 − 1. */
	readonly atan: readonly number[];
	/** From here on asinh u is log 2u, before u² overflows. */
	readonly asinhFar: number;
	/** erf(u)/u − 1 as a polynomial in u², on |u| ≤ 1. */
	readonly erf: readonly number[];
	/** (1 + 2a)·erfcx(a) − 1.25 as a polynomial in (a − c)/(a + c), on a ≥ 0; c is `erfcxCenter`. */
	readonly erfcx: readonly number[];
	readonly erfcxCenter: number;
	/** erfc, and the tail of the normal distribution, are below the smallest number from here on. */
	readonly erfcFar: number;
	readonly normalFar: number;
	/** Stands for every larger number where a quotient of two of them would be ∞/∞. */
	readonly largest: number;
	/** Bits to clear in a fraction so that the square of what is left is exact. */
	readonly squareBits: number;
}

const view = new DataView(new ArrayBuffer(8));

function opcodesOf(index: 0 | 1): Readonly<Record<VectorOperation, number>> {
	return Object.fromEntries(Object.entries(OPCODES).map(([key, both]) => [key, both[index]])) as Record<
		VectorOperation,
		number
	>; // The keys are those of the table.
}

// The polynomials are near-minimax fits: Chebyshev expansions at 70 digits, cut, and each coefficient rounded. The
// relative error that a cut leaves in the function is below 2⁻⁵⁶ for float64 and below 2⁻²⁶ for float32.

/** Two lanes of float64. */
export const F64: LaneType = {
	name: "f64",
	count: 2,
	bytes: 8,
	opcodes: opcodesOf(0),
	fractionBits: 52,
	bias: 1023,
	bitsOf(value) {
		view.setFloat64(0, value);
		return view.getBigUint64(0);
	},
	constants: {
		rounder: 1.5 * 2 ** 52,
		expLimit: 708,
		expFar: 800,
		negligible: 40,
		ln2: [0.6931471803691238, 1.9082149292705877e-10],
		exp: [
			0.5000000000000001, 0.16666666666666669, 0.04166666666662413, 0.008333333333330062, 0.0013888888917213717,
			0.00019841269863053618, 2.4801521295954376e-5, 2.7557268459997064e-6, 2.7620088445409746e-7, 2.510038549551032e-8,
		],
		log: [
			0.666666666666667, 0.3999999999989924, 0.2857142862609589, 0.2222221111514416, 0.18182890556695602,
			0.1533167403016786, 0.1461703754879165,
		],
		trigLimit: 1e6,
		halfPi: [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32],
		sin: [
			-0.16666666666666666, 0.008333333333330946, -0.0001984126983675497, 2.755731610068303e-6, -2.5051131455427946e-8,
			1.591810123027412e-10,
		],
		cos: [
			0.041666666666666664, -0.0013888888888887395, 2.4801587298763433e-5, -2.7557317270560326e-7,
			2.0876146024689747e-9, -1.1382614868556325e-11,
		],
		atan: [
			-0.3333333333333333, 0.1999999999999548, -0.14285714284657894, 0.11111111014561013, -0.09090904549884611,
			0.07692182535116648, -0.06664502215671447, 0.058580687568615106, -0.05085030492810941, 0.03921955253255129,
			-0.019162068915902573,
		],
		asinhFar: 2 ** 60,
		erf: [
			0.12837916709551256, -0.37612638903183543, 0.11283791670945006, -0.02686617064323777, 0.0052239776071164225,
			-0.0008548325975389692, 0.00012055294904839707, -1.492473690741966e-5, 1.6447424703317362e-6,
			-1.6208483801871705e-7, 1.3720064546777686e-8, -7.795898827002142e-10,
		],
		erfcx: [
			-0.01700488137444749, -0.1396211168405625, 0.01537965210261959, 0.0680970542546913, -0.1010390660362999,
			0.0937328349984105, -0.06633036581219905, 0.03716751553632399, -0.01619773405968329, 0.0050319699895242515,
			-0.000757773262030915, -0.00019925676026410458, 0.00015062149237837335, -2.43989944557621e-5,
			-1.1221292615314274e-5, 5.709314113532492e-6, 2.9198219084548256e-7, -8.25078338681245e-7, 7.74606863568198e-8,
			1.1025271999000152e-7, -2.05545313698593e-8, -1.4806988146925795e-8, 3.1672611119361695e-9, 1.825695118953907e-9,
			-2.655726616312575e-10, -1.4311318470928162e-10,
		],
		erfcxCenter: 4,
		erfcFar: 28,
		normalFar: 39,
		largest: 1e300,
		squareBits: 27,
	},
};

/** Four lanes of float32. */
export const F32: LaneType = {
	name: "f32",
	count: 4,
	bytes: 4,
	opcodes: opcodesOf(1),
	fractionBits: 23,
	bias: 127,
	bitsOf(value) {
		view.setFloat32(0, value);
		return BigInt(view.getUint32(0));
	},
	constants: {
		rounder: 1.5 * 2 ** 23,
		expLimit: 87,
		expFar: 110,
		negligible: 20,
		ln2: [0.693359375, -2.1219444e-4],
		exp: [0.5, 0.16666576, 0.041666556, 0.008363179, 0.0013926184],
		log: [0.66666687, 0.3998877, 0.295804],
		tanh: {
			far: 9.05,
			p: [1, 0.1337997019290924, 0.003494327189400792, 2.0587984181474894e-5, 1.3324561898286902e-8],
			q: [1, 0.4671328663825989, 0.025872206315398216, 0.0003283558180555701, 7.764437555124459e-7],
		},
		trigLimit: 8192,
		halfPi: [1.5703125, 0.0004837512969970703, 7.549533620476723e-8, 2.5632829192545614e-12, 6.123234262925839e-17],
		sin: [-0.16666664, 0.008332748, -0.00019587841],
		cos: [0.041666664, -0.0013888302, 2.4547891e-5],
		atan: [-0.3333333, 0.19999538, -0.14263897, 0.107430995, -0.06449835],
		asinhFar: 2 ** 30,
		erf: [0.12837917, -0.37612626, 0.11283594, -0.026854211, 0.0051890872, -0.00080168643, 7.875875e-5],
		erfcx: [
			0.014838184, -0.1223568, -0.09902454, 0.15763102, -0.10296707, 0.032751888, 0.00093193684, -0.0043501174,
			0.000491932, 0.0005753617, -8.934046e-5, -6.177249e-5, 8.475609e-6,
		],
		erfcxCenter: 2.5,
		erfcFar: 11,
		normalFar: 15,
		largest: 1e37,
		squareBits: 12,
	},
};
