import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Hazard } from "../../../src/core/diagnosis/hazard.ts";
import { type Inspection, inspectDefinition } from "../../../src/core/diagnosis/inspectDefinition.ts";
import { numberAt, placeOf } from "../../../src/core/diagnosis/ladder.ts";
import { arithmeticOf } from "../../../src/core/diagnosis/libraryArithmetic.ts";
import { compile, evaluate } from "../../../src/core/expression/evaluate.ts";
import { evaluateExactly } from "../../../src/core/expression/exact.ts";
import {
	blockRounding,
	type Dtype,
	largest,
	nextUp,
	roundTo,
	unitInLastPlace,
} from "../../../src/core/numerics/dtype.ts";
import { Random } from "../../../src/core/numerics/random.ts";
import { readPython } from "../../../src/core/reading/python/readPython.ts";
import { readSource } from "../../../src/core/reading/readSource.ts";

interface Range {
	readonly kind: string;
	readonly lo: number;
	readonly hi: number;
	readonly fraction: number;
	readonly trueValueSubnormal?: boolean;
}

interface Snippet {
	readonly id: string;
	readonly lang: string;
	readonly source: string;
	readonly entry: string;
	readonly results: Readonly<Record<string, Result>>;
}

interface Result {
	readonly outDtype: string;
	readonly ranges: readonly Range[];
	/** Of the gradient by the library's automatic differentiation, where it has one. */
	readonly gradRanges?: readonly Range[];
}

const { snippets } = JSON.parse(readFileSync("test/golden/naive-public.json", "utf8")) as { snippets: Snippet[] };
const IMPORTS =
	"import math\nimport numpy as np\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\nimport jax.numpy as jnp\nimport keras\n";

function inspect(source: string, name: string, lang = "py"): Inspection {
	const read = lang.endsWith("js") ? readSource(source, "javascript") : readPython(`${IMPORTS}${source}`);
	const definition = read.definitions.find((one) => one.name === name);
	assert.ok(definition, name);
	return inspectDefinition(definition);
}

/** By mpmath in 40 digits gelu(−38) is −1.0965e-314, where NumPy and Python give −0 and the data say that they are right. */
const ERFC = "the data's own erfc is 0 from e^(−x²/2) < 2^−1024 on, where it is 1e-310";

/** Where the data and the program differ, each with its reason. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
	["np-gelu-erf float64", ERFC],
	["py-gelu-math float64", ERFC],
]);

function isNear(a: number, b: number, dtype: Dtype): boolean {
	return Math.abs(a - b) <= Math.max(0.01 * Math.max(Math.abs(a), Math.abs(b)), unitInLastPlace(a, dtype));
}

function isSame(hazard: Hazard, range: Range, dtype: Dtype): boolean {
	if (hazard.kind !== range.kind) return false;
	// Which inputs rounding noise puts over 1 % depends on how many are looked at: such a range must be there.
	if (range.fraction < 0.99) return hazard.lo <= range.hi && hazard.hi >= range.lo;
	return isNear(hazard.lo, range.lo, dtype) && isNear(hazard.hi, range.hi, dtype);
}

function assertSame(found: readonly Hazard[], expected: readonly Range[], dtype: Dtype, what: string): void {
	const show = (one: Range | Hazard) => `${one.kind} [${one.lo}, ${one.hi}]`;
	const where = `${what}: found ${found.map(show).join(", ")}`;
	for (const range of expected) {
		assert.ok(
			found.some((one) => isSame(one, range, dtype)),
			`${where}, expected ${show(range)}`,
		);
	}
	for (const one of found) {
		assert.ok(
			expected.some((range) => isSame(one, range, dtype)),
			`${where}, not expected ${show(one)}`,
		);
	}
}

test("hazards of the golden data's functions are found in each type, and no others", () => {
	let compared = 0;
	for (const { id, lang, source, entry, results } of snippets) {
		const { hazards, dtypes } = inspect(source, entry, lang);
		for (const dtype of dtypes) {
			const expected = results[dtype];
			if (!expected || DIFFERENT.has(`${id} ${dtype}`)) continue;
			const found = hazards.filter((one) => one.dtype === dtype);
			assertSame(found, expected.ranges, dtype, `${id} ${dtype}`);
			compared++;
		}
	}
	assert.ok(compared > 120, `only ${compared} compared`);
	for (const [what, reason] of DIFFERENT) console.log(`not compared: ${what} (${reason})`);
});

test("gradients of the golden data's functions fail where the library's automatic differentiation does", () => {
	let compared = 0;
	for (const { id, source, entry, results } of snippets) {
		if (!Object.values(results).some(({ gradRanges }) => gradRanges)) continue;
		const { gradientHazards, dtypes } = inspect(source, entry);
		for (const dtype of dtypes) {
			const expected = results[dtype]?.gradRanges;
			if (!expected) continue;
			const found = gradientHazards.filter((one) => one.dtype === dtype);
			assertSame(found, expected, dtype, `${id} ${dtype}, gradient`);
			compared++;
		}
	}
	assert.ok(compared > 20, `only ${compared} compared`);
});

test("a function outside the catalog that overflows itself further on is wrong up to there", () => {
	const code = "import numpy as np\ndef act(x):\n    return (2 + np.exp(2 * x)) / (x**2 + 0.1)\n";
	const { hazards } = inspectDefinition(readPython(code).definitions[0]!);
	const exact = (x: number) => (2 + Math.exp(2 * x)) / (x * x + 0.1);
	const [found, ...others] = hazards.filter(({ dtype, kind }) => dtype === "float32" && kind === "inf");
	assert.deepEqual(others, []);
	assert.ok(Math.abs(found!.lo - Math.log(largest("float32")) / 2) < 1e-5, `${found!.lo}`);
	// To where it comes next to the largest number.
	assert.ok(Math.abs(exact(found!.hi) / largest("float32") - 0.99) < 1e-4, `${found!.hi}`);
	assert.equal(found!.throughMax, false);
});

test("a witness is of its range, and what the code gives there is not what the function is", () => {
	const { hazards } = inspect("def tanh(x):\n    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))", "tanh");
	assert.ok(hazards.length >= 9);
	for (const { lo, hi, witness } of hazards) {
		assert.ok(witness.x >= lo && witness.x <= hi);
		assert.notEqual(witness.got, witness.expected);
		assert.ok(Math.abs(witness.expected - Math.tanh(witness.x)) < 1e-2);
	}
});

test("the witness of a range that begins among subnormal numbers is no such number", () => {
	const { hazards } = inspect("def elu(x):\n    return np.where(x > 0, x, np.exp(x) - 1)\n", "elu");
	const lost = hazards.filter(({ kind }) => kind === "zero");
	assert.deepEqual(
		lost.map(({ witness, dtype }) => `${dtype} ${witness.x.toPrecision(1)}`),
		["float64 -1e-17", "float32 -1e-8", "float16 -0.0001", "bfloat16 -0.001"],
	);
});

test("the culprit is the first part that goes wrong, on the way that is taken", () => {
	const source = "def softplus(x):\n    return np.log(1 + np.exp(x))";
	const definition = readPython(`${IMPORTS}${source}`).definitions[0]!;
	const text = `${IMPORTS}${source}`;
	const culprits = inspectDefinition(definition)
		.hazards.filter(({ dtype }) => dtype === "float32")
		.map(({ kind, culprit }) => {
			const span = definition.understood!.origins.get(culprit)!;
			return `${kind} ${text.slice(span.start, span.end)}`;
		});
	assert.ok(culprits.includes("inf np.exp(x)"), culprits.join());
	assert.ok(culprits.includes("zero np.log(1 + np.exp(x))"), culprits.join());
});

test("the largest difference from the catalog's entry is that of rounding", () => {
	const { identity } = inspect("def sigmoid(x):\n    return 1 / (1 + np.exp(-x))", "sigmoid");
	assert.equal(identity?.activation, "sigmoid");
	assert.ok(identity.largestDifference!.difference < 1e-15);
});

test("TensorFlow is looked at in float32, and takes subnormal numbers for 0", () => {
	const ranges = (body: string) => {
		const { hazards, dtypes } = inspect(`import tensorflow as tf\ndef act(x):\n    return ${body}`, "act");
		assert.deepEqual(dtypes, ["float32"]);
		return hazards.map(({ kind, lo, hi }) => `${kind} ${lo.toPrecision(5)} ${hi.toPrecision(5)}`);
	};
	// As TensorFlow 2.21 gives it: log(1 + eˣ) of the least normal number's logarithm, −87.34, is 0.
	assert.deepEqual(ranges("tf.math.log(1 + tf.exp(x))"), [
		"zero -87.337 -16.636",
		"relerr -16.636 -12.102",
		"inf 88.723 3.4028e+38",
	]);
	// Its erf is −1 from −3.79993 on.
	assert.equal(ranges("0.5 * x * (1 + tf.math.erf(x / tf.sqrt(2.0)))")[0], "zero -13.146 -5.3739");
	assert.deepEqual(ranges("1 / (1 + tf.exp(-x))"), []);
});

test("blocks are rounded as single numbers are, through float32", () => {
	const random = new Random(20261124);
	for (const dtype of ["float32", "float16", "bfloat16", "float8_e5m2"] as const) {
		const values = Float64Array.from(
			{ length: 40_000 },
			() => (random.uniform() - 0.5) * 2 ** (random.uniform() * 280 - 140),
		);
		// Half of them in the middle of two neighbours, or a float32 step beside it.
		for (let i = 0; i < values.length / 2; i++) {
			const [low, beside] = [roundTo(values[i]!, dtype), 1 + Math.round(2 * random.uniform() - 1) * 2 ** -23];
			values[i] = Math.fround((low + nextUp(low, dtype)) / 2) * beside;
		}
		values.set([0, -0, 65519, 65520, 65504, 3.4e38, -3.4e38, 1e-45, Number.NaN, Number.POSITIVE_INFINITY], 0);
		const rounded = values.slice();
		blockRounding(dtype)!(rounded, rounded.length);
		for (const [i, value] of values.entries()) {
			const through = dtype === "float8_e5m2" ? value : Math.fround(value);
			assert.ok(Object.is(rounded[i], roundTo(through, dtype)), `${dtype} ${value}: ${rounded[i]}`);
		}
	}
});

test("a number's place leads back to it", () => {
	for (const dtype of ["float64", "float32", "float16", "bfloat16"] as const) {
		for (const value of [0, 1, -1.5, 0.1, 300, unitInLastPlace(0, dtype), largest(dtype)]) {
			const own = roundTo(value, dtype);
			const back = numberAt(placeOf(own, dtype), dtype);
			assert.ok(Math.abs(back - own) <= 1e-12 * Math.abs(own), `${dtype} ${own}: ${back}`);
		}
	}
});

test("what the code computes twice is differentiated twice, in PyTorch's order", () => {
	const ends = (one: string, other: string, rest = "") =>
		inspect(`${rest}def tanh(x):\n${one}    return ${other}\n`, "tanh")
			.gradientHazards.filter(({ dtype, kind, lo }) => dtype === "float32" && kind === "zero" && lo > 0)
			.map(({ lo }) => lo.toPrecision(2));
	const twice = "(torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))";
	// PyTorch 2.13 gives 0 from 8.66 on where all four exponentials are computed, and where two are, nowhere so.
	assert.deepEqual(ends("", twice), ["8.7"]);
	assert.deepEqual(ends("    a = torch.exp(x)\n    b = torch.exp(-x)\n", "(a - b) / (a + b)"), []);
	// A call that gives its argument computes nothing.
	const silu = "def silu(x):\n    return x.contiguous() * torch.sigmoid(x.contiguous())\n";
	const plain = silu.replaceAll(".contiguous()", "");
	const [own, other] = [silu, plain].map((source) => inspect(source, "silu").gradientHazards);
	assert.deepEqual(own, other);
	assert.ok(own!.length > 0);
	const helper = "def e(x):\n    return torch.exp(x)\n\n";
	assert.deepEqual(ends("", "(e(x) - e(-x)) / (e(x) + e(-x))", helper), ["8.7"]);
});

test("hazards are told as far out as the function is a number, and of formulas that nothing calls an activation", () => {
	const found = (body: string) => {
		const { identity, hazards } = inspect(`def f(x):\n    return ${body}\n`, "f");
		const ofDouble = hazards.filter(({ dtype }) => dtype === "float64");
		return { activation: identity?.activation, of: (kind: string) => ofDouble.filter((one) => one.kind === kind) };
	};
	// x³/3 is the least subnormal number near 3e-108; NumPy gives 0 from there up to 1e-8 at least.
	const [below, above] = found("x - np.tanh(x)").of("zero");
	assert.ok(below!.lo < -1e-8 && below!.hi > -4e-108 && above!.lo < 4e-108 && above!.hi > 1e-8);
	assert.equal(above!.witness.expected, above!.witness.x ** 3 / 3);
	assert.ok(found("0.5 * x / (1 + np.abs(x)) + 0.5").of("zero")[0]!.throughMin);
	const arcsinh = found("np.log(x + np.sqrt(x**2 + 1))");
	assert.equal(arcsinh.activation, "arcsinh");
	assert.ok(arcsinh.of("zero").some(({ lo, hi }) => lo < 0 && hi > 1e-16 && hi < 1.2e-16));
});

test("of bfloat16, which is not looked at by all numbers far out, ranges end at the exact number", () => {
	const all: number[] = [];
	for (let place = 0; numberAt(place, "bfloat16") < largest("bfloat16"); place += 1 / 128) {
		const value = numberAt(place, "bfloat16");
		all.push(-value, value);
	}
	all.sort((a, b) => a - b);
	const bodies = [
		"x**5 / torch.abs(1 + x**4)",
		"torch.sqrt(x * x + 1) - 1e-3 / (x * x + 1e-36)",
		"torch.exp(x) * torch.exp(-3 * x)",
	];
	for (const body of bodies) {
		const { understood } = readPython(`${IMPORTS}def f(x):\n    return ${body}\n`).definitions.at(-1)!;
		const written = understood!.activation.definition;
		const got = compile([written], {}, arithmeticOf("torch", "bfloat16"))(Float64Array.from(all))[0]!;
		const isWrong = all.map(
			(x, i) => !Number.isFinite(got[i]) && Math.abs(evaluateExactly(written, x)) < largest("bfloat16"),
		);
		const wrong = all.filter((_, i) => isWrong[i]);
		const found = inspect(`def f(x):\n    return ${body}\n`, "f").hazards.filter(
			({ dtype, kind }) => dtype === "bfloat16" && (kind === "nan" || kind === "inf"),
		);
		const inside = all.filter((x) => found.some(({ lo, hi }) => x >= lo && x <= hi));
		assert.ok(wrong.length > 1000, body);
		assert.deepEqual(inside, wrong, body);
	}
});

test("rounding noise far out, which is right now and then, is one range", () => {
	const { gradientHazards } = inspect("def f(x):\n    return 0.5 * (x + torch.sqrt(x * x + 4))\n", "f");
	const far = gradientHazards.filter(({ dtype, lo, hi }) => dtype === "float64" && Math.max(-lo, hi) > 1e10);
	assert.ok(far.length >= 2 && far.length <= 6, String(far.length));
	assert.ok(far.some(({ kind, lo, hi }) => kind === "zero" && lo < -1e150 && hi > -2e8));
});

test("what an if or a mask does not take has no gradient that could spoil another's, what where does not take has", () => {
	// PyTorch 2.13: the slope of `masked` is 0.5 at -1, of `chosen` 1 at 100, of `where` NaN at -1.
	const nanOf = (source: string) => inspect(source, "f").gradientHazards.filter(({ kind }) => kind === "nan");
	const masked =
		"def f(x):\n    y = torch.zeros_like(x)\n    y[x > 0] = torch.log1p(x[x > 0])\n    y[x < 0] = x[x < 0] / 2\n";
	assert.deepEqual(nanOf(`${masked}    return y\n`), []);
	assert.deepEqual(
		nanOf("def f(x, clamp=2.0):\n    if clamp > 0:\n        return torch.tanh(x)\n    return torch.exp(x)\n"),
		[],
	);
	const [first] = nanOf("def f(x):\n    return torch.where(x > 0, torch.log1p(x), x / 2)\n");
	assert.deepEqual([first?.lo, first?.hi], [-1, -1]);
});

test("the value on the other side of a jump is none that is wrong", () => {
	const { identity, hazards } = inspect("def f(x):\n    return torch.where(x < 1e-6, 1.0, x)\n", "f");
	assert.deepEqual(identity?.parameters, { threshold: 1e-6, value: 1 });
	assert.deepEqual(hazards, []);
	// One that is on neither side is.
	const odd = inspect("def f(x):\n    return torch.where(x == 1, 5.0, torch.tanh(x))\n", "f");
	assert.ok(odd.hazards.some(({ kind, lo, hi }) => kind === "relerr" && lo === 1 && hi === 1));
});

test("in a graph of TensorFlow's log(1 + u) is log1p(u), and e^u - 1 is expm1(u)", () => {
	// TensorFlow 2.21: log(1 + e^-20) is 0, in a graph 2.06e-9; so is e^1e-9 - 1, in a graph 1e-9.
	const kinds = (head: string, body: string) => {
		const { hazards } = inspect(`import tensorflow as tf\n${head}def f(x):\n    return ${body}\n`, "f");
		return hazards.map(({ kind }) => kind);
	};
	const [softplus, elu] = ["tf.math.log(1.0 + tf.exp(x))", "tf.where(x > 0, x, tf.exp(x) - 1)"];
	assert.deepEqual(kinds("", softplus), ["zero", "relerr", "inf"]);
	assert.deepEqual(kinds("@tf.function\n", softplus), ["inf"]);
	assert.deepEqual(kinds("", elu), ["relerr", "zero"]);
	assert.deepEqual(kinds("@tf.function\n", elu), []);
});

test("JAX takes a subnormal input for 0", () => {
	// JAX 0.10.2 on a CPU: jnp.sin(x) / x is NaN from ±1.1755e-38 in, in float32 and bfloat16; PyTorch's is 1.
	const nanOf = (library: string) =>
		inspect(`def sinc(x):\n    return ${library}.sin(x) / x\n`, "sinc").hazards.filter(({ kind }) => kind === "nan");
	const normal = 2 ** -126;
	const jax = nanOf("jnp");
	for (const dtype of ["float32", "bfloat16"] as const) {
		const { lo, hi } = jax.find((one) => one.dtype === dtype)!;
		assert.ok(lo === -hi && hi < normal && nextUp(hi, dtype) === normal, dtype);
	}
	assert.ok(jax.some(({ dtype, lo, hi }) => dtype === "float16" && lo === 0 && hi === 0));
	assert.ok(nanOf("torch").every(({ lo, hi }) => lo === 0 && hi === 0));
});

test("what JAX gives in place of a subnormal number or 0 is told, unless it is 0", () => {
	// JAX 0.10: where (eˣ + e⁻ˣ)² overflows the slope is 1, up to where eˣ does.
	const { gradientHazards } = inspect(
		"def f(x):\n    return (jnp.exp(x) - jnp.exp(-x)) / (jnp.exp(x) + jnp.exp(-x))\n",
		"f",
	);
	for (const [dtype, x] of [
		["float64", 700],
		["float32", 85],
		["float16", 11],
	] as const) {
		const found = gradientHazards.find((one) => one.dtype === dtype && one.lo < x && one.hi > x);
		assert.equal(found?.kind, "relerr", dtype);
	}
});

test("Keras is not looked at in a type that it does not keep", () => {
	const typesOf = (body: string) => inspect(`def f(x):\n    return ${body}\n`, "f").dtypes.join(" ");
	// Keras 3.15.1 gives the tanh of float64 in float32 with JAX, the maximum with PyTorch; a root of 2 is a float32 tensor.
	assert.equal(typesOf("x * keras.ops.sigmoid(x)"), "float64 float32 float16 bfloat16");
	assert.equal(typesOf("x * keras.ops.tanh(x)"), "float32 float16 bfloat16");
	assert.equal(typesOf("keras.ops.maximum(x, 0.1 * x)"), "float32 float16 bfloat16");
	assert.equal(typesOf("keras.ops.erf(x / keras.ops.sqrt(2))"), "float64 float32");
	assert.equal(typesOf("keras.ops.erf(x / math.sqrt(2))"), "float64 float32 float16 bfloat16");
});

test("Φ is computed as each library does it, and is not looked at where that is refused", () => {
	const of = (body: string) =>
		inspect(`from scipy.stats import norm\nimport jax\ndef gelu(x):\n    return x * ${body}\n`, "gelu");
	const torch = of("torch.special.ndtr(x)");
	// PyTorch 2.13 gives 0 at −5.6 and 2.98e-7 at −5 in float32, and 0 at −8.5 and 1.1e-16 at −8.2 in float64.
	const zero = torch.hazards.filter(({ kind }) => kind === "zero").map(({ dtype, hi }) => [dtype, hi] as const);
	const [double, single] = [new Map(zero).get("float64")!, new Map(zero).get("float32")!];
	assert.ok(single > -5.6 && single < -5 && double > -8.5 && double < -8.2, `${single}, ${double}`);
	assert.equal(of("norm.cdf(x)").identity?.activation, "gelu");
	assert.deepEqual(of("norm.cdf(x)").dtypes, ["float64"], "SciPy's distributions give float64");
	assert.deepEqual(
		of("jax.scipy.stats.norm.cdf(x)").dtypes,
		["float64", "float32"],
		"JAX raises a TypeError in 16 bits",
	);
	assert.equal(of("norm.cdf(x, 1)").reason, "not understood: arguments of cdf");
	assert.equal(of("norm.pdf(x)").expression, "x · exp(−x² / 2) / √(2 · π)");
});

test("of a function that is no entry of the catalog, zeros and lost digits are told apart, each of them so by the exact value", () => {
	const bodies = [
		"(torch.exp(x) - 1) / x",
		"torch.log(torch.cosh(x))",
		"torch.log(1 + torch.exp(x)) * x**3",
		"torch.sqrt(x + 1) - torch.sqrt(x)",
	];
	for (const body of bodies) {
		const { identity, hazards, losses } = inspect(`def f(x):\n    return ${body}\n`, "f");
		assert.equal(identity, null);
		assert.ok(hazards.every(({ kind }) => kind === "nan" || kind === "inf"));
		const { understood } = readPython(`${IMPORTS}def f(x):\n    return ${body}\n`).definitions.at(-1)!;
		const written = understood!.activation.definition;
		assert.ok(
			losses.some(({ dtype }) => dtype === "float32"),
			body,
		);
		// No form of a difference of roots is known that loses less in float64.
		assert.equal(
			losses.some(({ dtype }) => dtype === "float64"),
			!body.includes("sqrt"),
			body,
		);
		for (const { dtype, kind, lo, hi, witness } of losses.filter((one) => one.dtype === "float64")) {
			for (const x of [lo, hi, witness.x]) {
				const [got, exact] = [evaluate(written, x), evaluateExactly(written, x)];
				assert.ok(Math.abs(got - exact) > 0.009 * Math.abs(exact), `${body} ${dtype} ${kind} ${x}: ${got}, ${exact}`);
			}
		}
	}
	const { losses } = inspect("def f(x):\n    return (np.exp(x) - 1) / x\n", "f");
	const zero = losses.find(({ dtype, kind }) => dtype === "float64" && kind === "zero")!;
	// NumPy's e^x is 1 up to half the spacing above 1.
	assert.ok(zero.lo < -4e-17 && zero.hi === 2 ** -53 && zero.witness.got === 0 && zero.witness.expected === 1);
	assert.deepEqual(inspect("def f(x):\n    return np.where(x > 0, x, x / 3)\n", "f").losses, []);
});

test("a loss whose end the exact value does not confirm ends where it does", () => {
	const sigmoidTimes = (a: string) => inspect(`def f(x):\n    return ${a} / (1 + np.exp(-x))\n`, "f").losses;
	for (const a of ["3", "np.pi"]) {
		const zero = sigmoidTimes(a).find(({ dtype, kind }) => dtype === "float64" && kind === "zero")!;
		// NumPy's e^709.7827 is ∞; below -744.7 the function is two subnormal steps at most.
		assert.ok(zero.lo < -744.6 && zero.lo > -744.7, String(zero.lo));
		assert.equal(zero.hi, -709.7827128933841);
	}
});

test("where the function rounds to the largest number it is one", () => {
	// (x + √(x² + 4)) / 2 is 65504.00006 there, where NumPy's x² is ∞.
	const { hazards } = inspect("def f(x, b=4.0):\n    return 0.5 * (x + np.sqrt(x**2 + b))\n", "f");
	const above = hazards.find(({ dtype, kind, lo }) => dtype === "float16" && kind === "inf" && lo > 0)!;
	assert.deepEqual([above.lo, above.hi, above.throughMax], [256, 65504, true]);
});

test("what overflows goes on where the function is beyond all digits, and ranges of a kind do not overlap", () => {
	const { hazards } = inspect("def f(x):\n    return np.log(1 - 1 / (1 + np.exp(-x)))\n", "f");
	const overflow = hazards.filter(({ kind }) => kind === "inf");
	assert.ok(overflow.length >= 4 && overflow.every(({ throughMax }) => throughMax));
	const { losses } = inspect("def f(x):\n    return np.log(np.exp(x) - 1)\n", "f");
	const lost = losses.filter(({ dtype, kind }) => dtype === "float32" && kind === "relerr");
	assert.ok(lost.length > 0 && lost.every(({ lo }, i) => i === 0 || lo > lost[i - 1]!.hi));
});

test("a library's own function has no slope of the side that it does not take", () => {
	// PyTorch 2.13 and JAX 0.10: the slope of elu and celu at 100 is 1, of selu 1.0507.
	const nanOf = (source: string) => inspect(source, "f").gradientHazards.filter(({ kind }) => kind === "nan");
	for (const call of ["F.elu(x)", "F.selu(x)", "F.celu(x)", "0.5 * F.elu(x)", "jax.nn.elu(x)", "jax.nn.selu(x)"])
		assert.deepEqual(nanOf(`def f(x):\n    return ${call}\n`), [], call);
	assert.ok(nanOf("def f(x):\n    return torch.where(x > 0, x, torch.exp(x) - 1)\n").length > 0);
	// It is NaN for PyTorch and JAX as well, where the cube overflows.
	const [first] = nanOf('def f(x):\n    return F.gelu(x, approximate="tanh")\n');
	assert.ok(first && Math.abs(first.witness.x) > 1e10);
});

test("PyTorch's ELU and hardtanh have a backward pass of their own, expm1 and maximum that of their operations", () => {
	// PyTorch 2.13, float32: the slope of 2·F.elu(x) at -20 is 4.1e-9, of 2·torch.where(x > 0, x, torch.expm1(x)) 0.
	const found = (body: string) => inspect(`def f(x):\n    return ${body}\n`, "f").gradientHazards;
	for (const body of ["F.elu(x, 0.5) * 2", "2 * F.celu(x, 0.5)", "2 * F.selu(x)", "1.05 * F.elu(x, 1.67)"]) {
		assert.deepEqual(
			found(body).filter(({ dtype }) => dtype === "float32"),
			[],
			body,
		);
	}
	assert.ok(
		found("2 * torch.where(x > 0, x, torch.expm1(x))").some(
			({ kind, lo, hi }) => kind === "zero" && lo < -20 && hi > -20,
		),
	);
	// x + 1 is 1 for |x| < 3e-8, where the slope left of 0 is 1, and right of it 0: hardtanh's is 0 there, clamp's 1.
	const slopes = (bound: string) =>
		found(bound)
			.filter(({ dtype, lo, hi }) => dtype === "float32" && Math.abs(lo) < 1e-6 && Math.abs(hi) < 1e-6)
			.map(({ kind, witness }) => [kind, Math.sign(witness.x), witness.got]);
	assert.deepEqual(slopes("F.hardtanh(x + 1, 0, 1)"), [["zero", -1, 0]]);
	for (const clamp of ["torch.clamp(x + 1, 0, 1)", "(x + 1).clamp(0, 1)"]) {
		assert.deepEqual(slopes(clamp), [["relerr", 1, 1]], clamp);
	}
	const half = slopes("torch.minimum(torch.maximum(x + 1, torch.zeros(1)), torch.tensor(1))");
	assert.ok(half.length > 0 && half.every(([, , got]) => got === 0.5));
});

test("a library's own function is computed as the library does: 1 + erf of PyTorch's GELU cancels, in float32 also between 16 bits", () => {
	const zeroOf = (body: string, dtype: Dtype) => {
		const { hazards } = inspect(`import jax\nimport jax.numpy as jnp\ndef f(x):\n    return ${body}\n`, "f");
		return hazards.find((one) => one.dtype === dtype && one.kind === "zero")?.hi;
	};
	// PyTorch 2.13: F.gelu is 0 at -8.4 and -4.6e-16 at -8.3; 0 at -5.6 and -1.6e-7 at -5.5 in float32.
	const gelu = zeroOf("F.gelu(x)", "float64")!;
	assert.ok(gelu > -8.4 && gelu < -8.3, String(gelu));
	for (const [body, dtype] of [
		["F.gelu(x)", "float32"],
		["x * torch.tanh(F.gelu(x))", "bfloat16"],
	] as const) {
		const single = zeroOf(body, dtype)!;
		assert.ok(single > -5.6 && single < -5.5, `${body}: ${single}`);
	}
	// Both libraries' tanh form is 0 at -8.3 and about -2.5e-15 at -7; JAX' GELU is -7.6e-23 at -10.
	for (const tanh of ["F.gelu(x, approximate='tanh')", "jax.nn.gelu(x)"]) {
		const hi = zeroOf(tanh, "float64")!;
		assert.ok(hi > -8.3 && hi < -7, `${tanh}: ${hi}`);
	}
	assert.equal(zeroOf("jax.nn.gelu(x, approximate=False)", "float64"), undefined);
	assert.ok(zeroOf("jax.nn.squareplus(x)", "float64")! > -2e8);
	// What it is given is multiplied by its slope at last: at -1e20, where x² is ∞, that is 0, not NaN.
	const { gradientHazards } = inspect("def f(x):\n    return x * torch.tanh(F.gelu(x))\n", "f");
	assert.ok(gradientHazards.every(({ kind }) => kind !== "nan"));
});

test("PyTorch's own functions are not looked at in 16-bit types, which they compute in float32", () => {
	// PyTorch 2.13: the slope of gelu(approximate="tanh") at 1000 is 1 in float16, where the cube overflows.
	const own = inspect('def f(x):\n    return F.gelu(x, approximate="tanh")\n', "f");
	assert.deepEqual(own.dtypes, ["float64", "float32"]);
	const written = inspect("def f(x):\n    return 0.5 * F.gelu(x) + 0.5 * F.gelu(x)\n", "f");
	assert.equal(written.dtypes.length, 4);
	assert.equal(inspect("def f(x):\n    return torch.sigmoid(x)\n", "f").dtypes.length, 4);
});

test("where a function is no number no gradient of it goes wrong, nor where the code says itself what that is", () => {
	const nanOf = (source: string) => inspect(source, "f").gradientHazards.filter(({ kind }) => kind === "nan");
	assert.deepEqual(nanOf("def f(y):\n    return y + torch.log(-torch.expm1(-y))\n"), []);
	const log1mexp = (decorator: string) =>
		`${decorator}def f(x):\n    return jnp.where(x < -0.7, jnp.log1p(-jnp.exp(x)), jnp.log(-jnp.expm1(x)))\n`;
	const found = nanOf(log1mexp(""));
	assert.ok(found.length > 0);
	for (const { witness, hi } of found) {
		assert.ok(witness.x < 0, `at ${witness.x} there is no logarithm`);
		assert.ok(hi <= 0, `nor up to ${hi}`);
	}
	const entropy = nanOf("def f(x):\n    return x * torch.log(x)\n");
	assert.equal(entropy.length, 4);
	for (const { lo, hi, throughMin } of entropy) assert.deepEqual([lo, hi, throughMin], [0, 0, false]);
	assert.deepEqual(nanOf(log1mexp("@jax.custom_jvp\n")), []);
});

test("a softmax that is shifted by its mean overflows where half the distance of two inputs does", () => {
	// NumPy 2.4: [177.44568, 0] gives NaN in float32, the number before it 1; in float16 from 22.1875, in float64 1419.57.
	const { hazards } = inspect("def f(x):\n    e = np.exp(x - np.mean(x))\n    return e / np.sum(e)\n", "f");
	const from = hazards.flatMap(({ dtype, kind, lo }) => (kind === "nan" && lo > 0 ? [[dtype, lo]] : []));
	assert.deepEqual(from.slice(0, 3), [
		["float64", 1419.5654257867682],
		["float32", 177.4456787109375],
		["float16", 22.1875],
	]);
});

test("JavaScript's numbers that are rounded to float32 on their way are told nothing of in float64", () => {
	const code = "const softplus = (x) => Math.fround(Math.log(1 + Math.fround(Math.exp(x))));\n";
	const [definition] = readSource(code, "javascript").definitions;
	const { identity, hazards, dtypes, notInspected } = inspectDefinition(definition!);
	assert.deepEqual([identity?.activation, identity?.largestDifference], ["softplus", null]);
	assert.deepEqual([hazards, dtypes, notInspected.map(({ dtype }) => dtype)], [[], [], ["float64"]]);
	// A constant is what it is rounded to.
	const [leaky] = readSource(
		"const leakyRelu = (x) => (x > 0 ? x : Math.fround(0.2) * x);\n",
		"javascript",
	).definitions;
	assert.deepEqual(leaky!.identity?.parameters, { negative_slope: 0.20000000298023224 });
	assert.deepEqual(inspectDefinition(leaky!).dtypes, ["float64"]);
});

test("what is made of an array of NumPy's, or made one, has no gradient that could go wrong", () => {
	const body = "torch.where(x > 20, x, x.expm1().log())";
	const nanOf = (source: string) => inspect(source, "inverse").gradientHazards.filter(({ kind }) => kind === "nan");
	assert.ok(nanOf(`def inverse(x):\n    return ${body}\n`).length > 0);
	assert.deepEqual(nanOf(`def inverse(x):\n    return ${body}.numpy()\n`), []);
	assert.deepEqual(nanOf(`def inverse(x):\n    x = torch.from_numpy(x)\n    return ${body}\n`), []);
});

test("where the gradient is the code's own, or none is kept, none is told to go wrong", () => {
	const body = "torch.log(1 + torch.exp(x))";
	const nanOf = (source: string, name = "softplus") =>
		inspect(source, name).gradientHazards.filter(({ kind }) => kind === "nan");
	const softplus = (decorator: string, of = body) => `${decorator}def softplus(x):\n    return ${of}\n`;
	for (const kept of [
		softplus(""),
		`def softplus(x):\n    with torch.enable_grad():\n        return ${body}\n`,
		softplus("@torch.jit.script\n"),
	])
		assert.ok(nanOf(kept).length > 0, kept);
	for (const none of [
		softplus("@torch.no_grad()\n"),
		softplus("@torch.inference_mode()\n"),
		`def softplus(x):\n    with torch.no_grad():\n        y = ${body}\n    return y\n`,
		`def softplus(x):\n    with torch.set_grad_enabled(False):\n        return ${body}\n`,
		softplus("", "torch.log(1 + torch.exp(x.detach()))"),
		softplus("", "torch.log(1 + torch.exp(x.data))"),
		`${softplus("@torch.no_grad()\n").replace("softplus", "inner")}${softplus("", "inner(x)")}`,
	])
		assert.deepEqual(nanOf(none), [], none);
	const classes = `class SoftplusFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return ${body}

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)

class Again(SoftplusFn):
    pass

class Softplus(torch.nn.Module):
    def forward(self, x):
        return SoftplusFn.apply(x)

class Plain(torch.nn.Module):
    def forward(self, x):
        return ${body}
`;
	assert.ok(inspect(classes, "SoftplusFn").hazards.length > 0);
	for (const name of ["SoftplusFn", "Again", "Softplus"]) assert.deepEqual(nanOf(classes, name), [], name);
	assert.ok(nanOf(classes, "Plain").length > 0);
});

test("where the slope has no bound on both sides the gradient is told to be infinite, not 0", () => {
	const code = "def act(x):\n    return torch.sign(x) * torch.sqrt(torch.abs(x))\n";
	const { gradientHazards } = inspect(code, "act");
	assert.ok(gradientHazards.length > 0);
	for (const { kind, witness } of gradientHazards)
		assert.deepEqual([kind, witness.x, witness.expected], ["nan", 0, Number.POSITIVE_INFINITY]);
	// On the sides of this one it is −∞ and ∞.
	const both = inspect("def act(x):\n    return torch.sqrt(torch.abs(x))\n", "act").gradientHazards;
	assert.equal(both[0]?.witness.expected, 0);
});
