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
const ERX = 8.45062911510467529297e-1;
const EFX8 = 1.02703333676410069053;
const PP = [
	1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
	-2.37630166566501626084e-5,
];
const QQ = [
	1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
	-3.9602282787753681232e-6,
];
const PA = [
	-2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1, 3.18346619901161753674e-1,
	-1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.166375594868790843e-3,
];
const QA = [
	1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2, 1.26171219808761642112e-1,
	1.36370839120290507362e-2, 1.1984499846799107417e-2,
];
const RA = [
	-9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1, -6.23753324503260060396e1,
	-1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1, -9.81432934416914548592,
];
const SA = [
	1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
	4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
];
const RB = [
	-9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1, -1.60636384855821916062e2,
	-6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
];
const SB = [
	1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
	2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
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
