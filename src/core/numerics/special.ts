/**
 * Special functions in float64, good to a few ulp over the whole line, and the twofold products they need.
 * Correctly rounded values come from `../expression/exact.ts`; these are the fast ones, for curves and training.
 */

const SQRT_HALF_HI = Math.SQRT1_2;
/** 1/√2 − SQRT_HALF_HI. */
const SQRT_HALF_LO = -4.833646656726457e-17;
const TWO_OVER_SQRT_PI = 1.1283791670955126;
const INV_SQRT_2PI = 0.3989422804014327;
const SPLITTER = 134217729; // 2²⁷ + 1

/** 1/(1 + e⁻ᵘ); e^u for very negative u, without overflow on either side. */
export function logistic(u: number): number {
	if (u >= 0) return 1 / (1 + Math.exp(-u));
	const e = Math.exp(u);
	return e / (1 + e);
}

/** log(1 + eᵘ) = max(u, 0) + log1p(e^−|u|), where the exponent is never positive. */
export function softplus(u: number): number {
	return Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)));
}

/** sin(u)/u, 1 at 0 and 0 at ±∞. */
export function sinc(u: number): number {
	if (u === 0) return 1;
	if (u === Number.POSITIVE_INFINITY || u === Number.NEGATIVE_INFINITY) return 0;
	return Math.sin(u) / u;
}

/** Φ(u) = erfc(−u/√2)/2. The argument's rounding is put back to first order: it matters in the left tail. */
export function normalCdf(u: number): number {
	if (u > 9) return 1;
	if (u < -39) return Number.isNaN(u) ? u : 0;
	const t = -u * SQRT_HALF_HI;
	const rest = -u * SQRT_HALF_LO + productError(-u, SQRT_HALF_HI, t);
	return 0.5 * (erfc(t) - TWO_OVER_SQRT_PI * Math.exp(-t * t) * rest);
}

/** log Φ(u): log1p(−Φ(−u)) on the right, an asymptotic series in the far left tail where Φ underflows. */
export function logNormalCdf(u: number): number {
	if (u > -1) return Math.log1p(-normalCdf(-u));
	if (u > -12) return Math.log(normalCdf(u));
	const r = 1 / (u * u);
	// Φ(u) ~ φ(u)/(−u)·(1 − 1/u² + 3/u⁴ − 15/u⁶ + …); at |u| ≥ 12 the terms fall below 1e-17 before they grow.
	let series = 1;
	let term = 1;
	for (let k = 1; k <= 24; k++) {
		const next = -term * (2 * k - 1) * r;
		if (Math.abs(next) >= Math.abs(term) || Math.abs(next) < 1e-18) break;
		term = next;
		series += term;
	}
	return -0.5 * u * u + Math.log(INV_SQRT_2PI / -u) + Math.log(series);
}

/** a·b − rounded, exactly, where `rounded` is the double a·b (Dekker; needs |a|, |b| < 2⁹⁹⁶). */
function productError(a: number, b: number, rounded: number): number {
	const ca = SPLITTER * a;
	const aHi = ca - (ca - a);
	const aLo = a - aHi;
	const cb = SPLITTER * b;
	const bHi = cb - (cb - b);
	const bLo = b - bHi;
	return aLo * bLo - (rounded - aHi * bHi - aLo * bHi - aHi * bLo);
}

// erf and erfc: the rational approximations of FreeBSD's s_erf.c (Sun Microsystems 1993), error below 1 ulp.
const ERX = 0.8450629115104675;
const EFX8 = 1.0270333367641007;
const PP = [
	0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442, -0.000023763016656650163,
];
const QQ = [
	1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164, -0.000003960228278775368,
];
const PA = [
	-0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175, -0.11089469428239668,
	0.035478304325618236, -0.002166375594868791,
];
const QA = [
	1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905,
	0.011984499846799107,
];
const RA = [
	-0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347,
	-184.60509290671104, -81.2874355063066, -9.814329344169145,
];
const SA = [
	1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783,
	108.63500554177944, 6.570249770319282, -0.0604244152148581,
];
const RB = [
	-0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896,
	-1025.0951316110772, -483.5191916086514,
];
const SB = [
	1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
	474.52854120695537, -22.44095244658582,
];

/** The error function. */
export function erf(u: number): number {
	const a = Math.abs(u);
	if (!(a < 6)) return Number.isNaN(u) ? u : Math.sign(u);
	if (a < 0.84375) {
		if (a < 2 ** -28) return a < 2 ** -1000 ? 0.125 * (8 * u + EFX8 * u) : u + 0.125 * EFX8 * u;
		const z = u * u;
		return u + u * (polynomial(PP, z) / polynomial(QQ, z));
	}
	if (a < 1.25) {
		const s = a - 1;
		const value = ERX + polynomial(PA, s) / polynomial(QA, s);
		return u < 0 ? -value : value;
	}
	return u < 0 ? erfcTail(a) - 1 : 1 - erfcTail(a);
}

/** 1 − erf(u), accurate in the right tail; below the smallest double at u > 27.3. */
export function erfc(u: number): number {
	const a = Math.abs(u);
	if (!(a < 28)) return Number.isNaN(u) ? u : u < 0 ? 2 : 0;
	if (a < 0.84375) {
		if (a < 2 ** -56) return 1 - u;
		const z = u * u;
		const y = polynomial(PP, z) / polynomial(QQ, z);
		return u < 0.25 ? 1 - (u + u * y) : 0.5 - (u - 0.5 + u * y);
	}
	if (a < 1.25) {
		const s = a - 1;
		const value = polynomial(PA, s) / polynomial(QA, s);
		return u < 0 ? 1 + (ERX + value) : 1 - ERX - value;
	}
	return u < 0 ? 2 - erfcTail(a) : erfcTail(a);
}

/** erfc for a in [1.25, 28): e^(−a²)/a times a rational function of 1/a². */
function erfcTail(a: number): number {
	const s = 1 / (a * a);
	const ratio = a < 1 / 0.35 ? polynomial(RA, s) / polynomial(SA, s) : polynomial(RB, s) / polynomial(SB, s);
	// a² = z² + (a² − z²) with z of at most 26 bits, so that z² is exact.
	const c = SPLITTER * a;
	const z = c - (c - a);
	return (Math.exp(-z * z - 0.5625) * Math.exp((z - a) * (z + a) + ratio)) / a;
}

function polynomial(coefficients: readonly number[], z: number): number {
	let sum = coefficients[coefficients.length - 1];
	for (let i = coefficients.length - 2; i >= 0; i--) sum = sum * z + coefficients[i];
	return sum;
}
