import {
	abs,
	add,
	asinh,
	atan,
	constant,
	cos,
	cosh,
	div,
	erf,
	erfc,
	exp,
	expm1,
	floor,
	log,
	log1p,
	logistic,
	logNormalCdf,
	max,
	min,
	mul,
	neg,
	normalCdf,
	pow,
	sign,
	sin,
	sinc,
	sinh,
	sqrt,
	square,
	sub,
	tan,
	tanh,
} from "../../../expression/build.ts";
import type { Expression } from "../../../expression/expression.ts";

const pi = constant(Math.PI, "pi");

/** Modules whose functions go by the names below, with the same meaning in all of them. */
export const MATH_MODULE =
	/^(numpy|math|torch|torch\.special|torch\.Tensor|jax\.numpy|jax\.lax|jax\.nn|jax\.scipy\.special|scipy\.special|tensorflow|tensorflow\.math|tensorflow\.nn|(tensorflow\.)?keras\.(backend|ops)|cupy|autograd\.numpy|paddle|Math|tfjs|)$/;

/** Functions of one number, by the names that the libraries give them. */
export const UNARY_FUNCTIONS: ReadonlyMap<string, (operand: Expression) => Expression> = new Map([
	["exp", exp],
	["expm1", expm1],
	["exp2", (u) => pow(2, u)],
	["log", log],
	["log1p", log1p],
	["log2", (u) => div(log(u), log(2))],
	["log10", (u) => div(log(u), log(10))],
	["sin", sin],
	["cos", cos],
	["tan", tan],
	["sinh", sinh],
	["cosh", cosh],
	["tanh", tanh],
	["arctan", atan],
	["atan", atan],
	["arcsinh", asinh],
	["asinh", asinh],
	["sqrt", sqrt],
	["rsqrt", (u) => div(1, sqrt(u))],
	["abs", abs],
	["absolute", abs],
	["fabs", abs],
	["sign", sign],
	["sgn", sign],
	["square", square],
	["floor", floor],
	["ceil", (u) => neg(floor(neg(u)))],
	["neg", neg],
	["negative", neg],
	["reciprocal", (u) => div(1, u)],
	["erf", erf],
	["erfc", erfc],
	["sigmoid", logistic],
	["expit", logistic],
	["logistic", logistic],
	["ndtr", normalCdf],
	["log_ndtr", logNormalCdf],
	["sinc", (u) => sinc(mul(pi, u))],
] satisfies [string, (operand: Expression) => Expression][]);

/** Those of the normal distribution with mean 0 and deviation 1, as `scipy.stats.norm` has them, in SciPy and in JAX. */
export const NORMAL_FUNCTIONS: ReadonlyMap<string, (operand: Expression) => Expression> = new Map([
	["cdf", normalCdf],
	["logcdf", logNormalCdf],
	["pdf", (u) => div(exp(div(neg(square(u)), 2)), sqrt(mul(2, pi)))],
] satisfies [string, (operand: Expression) => Expression][]);

/** Functions of two numbers. */
export const BINARY_FUNCTIONS: ReadonlyMap<string, (left: Expression, right: Expression) => Expression> = new Map([
	["add", add],
	["subtract", sub],
	["sub", sub],
	["multiply", mul],
	["mul", mul],
	["divide", div],
	["true_divide", div],
	["truediv", div],
	["div", div],
	["power", power],
	["pow", power],
	["maximum", max],
	["fmax", max],
	["max", max],
	["minimum", min],
	["fmin", min],
	["min", min],
	["logaddexp", (a, b) => add(max(a, b), log1p(exp(neg(abs(sub(a, b))))))],
	["hypot", (a, b) => sqrt(add(square(a), square(b)))],
	["clamp_min", max],
	["clamp_max", min],
] satisfies [string, (left: Expression, right: Expression) => Expression][]);

/** A power as NumPy and PyTorch compute it: an exponent of 2 is a product. */
export function power(base: Expression, exponent: Expression): Expression {
	return exponent.kind === "constant" && exponent.value === 2 ? square(base) : pow(base, exponent);
}

/** Functions that give back the numbers they are given, in another container or precision. */
export const SAME_VALUE =
	/^((numpy|jax\.numpy|cupy)\.(array|asarray|copy|atleast_1d|ascontiguousarray|float32|float64|float16|asanyarray)|torch\.(tensor|as_tensor|FloatTensor|clone|Tensor|from_numpy)|tensorflow\.(cast|constant|convert_to_tensor|identity)|(tensorflow\.)?keras\.(backend\.(cast|constant|cast_to_floatx)|ops\.(cast|convert_to_tensor))|jax\.lax\.convert_element_type|tensorflow\.Variable|keras\.Variable|tfjs\.(scalar|tensor|tensor1d|cast|clone|variable)|float|Number|Math\.fround|copy\.(copy|deepcopy))$/;

/** Which of them give a new array. */
export const COPIES = /^(clone|copy|deepcopy|astype|item|tensor|array|float(16|32|64))$/;

/** Methods that do the same. */
export const SAME_VALUE_METHODS: ReadonlySet<string> = new Set([
	"astype",
	"clone",
	"contiguous",
	"copy",
	"cpu",
	"cuda",
	"detach",
	"double",
	"float",
	"half",
	"bfloat16",
	"numpy",
	"to",
	"type",
	"type_as",
	"item",
]);

/** An exact form for a decimal that no double equals; undefined where the double is exact. */
export function exactForm(text: string, value: number): string | undefined {
	if (Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return undefined;
	const match = /^(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
	if (!match) return undefined;
	const fraction = (match[2] ?? "").replace(/0+$/, "");
	const exponent = Number(match[3] ?? 0) - fraction.length;
	if (exponent < -400 || exponent > 400) return text;
	const digits = BigInt(`${match[1] ?? ""}${fraction}` || "0");
	// digits · 10^exponent is a double if it is an odd number below 2^53 times a power of two.
	let odd = exponent < 0 ? digits : digits * 5n ** BigInt(exponent);
	if (exponent < 0) {
		const fives = 5n ** BigInt(-exponent);
		if (odd % fives !== 0n) return text;
		odd /= fives;
	}
	while (odd !== 0n && odd % 2n === 0n) odd /= 2n;
	return odd < 2n ** 53n ? undefined : text;
}
