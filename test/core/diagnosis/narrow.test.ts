import assert from "node:assert/strict";
import { test } from "node:test";
import { withDefaults } from "../../../src/core/activations/activation.ts";
import { catalog } from "../../../src/core/activations/catalog.ts";
import { backward } from "../../../src/core/diagnosis/backward.ts";
import { inputsOf } from "../../../src/core/diagnosis/ladder.ts";
import { formIn } from "../../../src/core/diagnosis/libraryArithmetic.ts";
import { compileIn } from "../../../src/core/diagnosis/narrow.ts";
import {
	add,
	constant,
	div,
	gt,
	x as input,
	max,
	mul,
	neg,
	pow,
	sign,
	sqrt,
	sub,
	tanh,
	where,
} from "../../../src/core/expression/build.ts";
import { compile } from "../../../src/core/expression/evaluate.ts";
import type { Expression, Parameters } from "../../../src/core/expression/expression.ts";
import { nodesOf } from "../../../src/core/expression/walk.ts";
import { type Dtype, roundTo } from "../../../src/core/numerics/dtype.ts";
import { Random } from "../../../src/core/numerics/random.ts";
import type { Writing } from "../../../src/core/reading/use.ts";

const NARROW = ["float16", "bfloat16"] as const;
const SPECIAL = [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Of every part of the expression, at each of the inputs. */
function assertSame(
	written: Expression,
	parameters: Parameters,
	library: string,
	dtype: Dtype,
	x: Float64Array,
	writing?: Writing,
): void {
	const form = formIn({ written, parameters, library, ...(writing && { writing }) }, dtype);
	if (!form) {
		assert.equal(writing, undefined, "the types are not certain");
		return;
	}
	const parts = nodesOf(form.expression);
	const found = compileIn(parts, parameters, form.arithmetic, dtype)(x);
	const expected = compile(parts, parameters, form.arithmetic)(x);
	for (const [k, values] of expected.entries()) {
		const at = values.findIndex((value, i) => !Object.is(found[k]![i], value));
		assert.equal(at, -1, `${library} ${dtype} at ${x[at]}: ${found[k]![at]}, not ${values[at]}`);
	}
}

test("four numbers at a time give what one by one gives: every part of every activation and of its gradient", () => {
	for (const dtype of NARROW) {
		const x = Float64Array.from([...inputsOf(dtype).filter((_, i) => i % 41 === 0), ...SPECIAL]);
		for (const activation of catalog) {
			for (const library of ["torch", "jax", "numpy"]) {
				const { definition } = activation;
				assertSame(definition, withDefaults(activation), library, dtype, x);
				if (library === "numpy") continue;
				assertSame(backward(definition, library, dtype).gradient, withDefaults(activation), library, dtype, x);
			}
		}
	}
});

test("four numbers at a time are rounded as one is, between any two 16-bit numbers and among subnormal ones", () => {
	const seed = 20260;
	const random = new Random(seed);
	for (const dtype of NARROW) {
		const x = inputsOf(dtype);
		for (let round = 0; round < 12; round++) {
			const other = constant(roundTo((random.uniform() - 0.5) * 2 ** Math.floor(40 * (random.uniform() - 0.6)), dtype));
			const functions = [add(input, other), sub(other, input), mul(input, other), div(other, input), div(input, other)];
			const more = [
				max(input, other),
				pow(input, other),
				sqrt(input),
				neg(input),
				sign(input),
				where(input, other, input),
			];
			for (const one of [...functions, ...more]) {
				for (const library of ["torch", "jax"]) assertSame(one, {}, library, dtype, x);
			}
		}
	}
});

test("what meets a float64 number of NumPy's is computed in float64, and all that is made of it", () => {
	const root = constant(0.7978845608028654);
	const cube = pow(input, 3);
	const inner = mul(root, add(input, mul(constant(0.044715), cube)));
	const functions = [
		mul(mul(constant(0.5), input), add(1, tanh(inner))),
		where(gt(inner, 0), input, neg(inner)),
		max(inner, mul(input, input)),
		pow(inner, 3),
	];
	for (const dtype of NARROW) {
		const x = Float64Array.from([...inputsOf(dtype).filter((_, i) => i % 7 === 0), ...SPECIAL]);
		for (const expression of functions) {
			const spellings: Writing["spellings"] = new Map([[root, new Set(["numpy"] as const)]]);
			assertSame(expression, {}, "numpy", dtype, x, {
				expression,
				spellings,
				conversions: [],
				inPlace: [],
				repeated: new Set(),
				isByElement: false,
				isDetached: false,
				isGraph: false,
				isLibraryFunction: false,
			});
		}
	}
});
