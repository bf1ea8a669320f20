/** Correctly rounded values in narrow types against PyTorch's own kernels on the CPU. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { activationValues } from "../../../src/core/activations/values.ts";
import { arithmeticOf } from "../../../src/core/diagnosis/libraryArithmetic.ts";
import { compile } from "../../../src/core/expression/evaluate.ts";
import { unitInLastPlace } from "../../../src/core/numerics/dtype.ts";

type Numbers = readonly (number | string)[];

const {
	grid,
	entries,
}: {
	readonly grid: Readonly<Record<string, Numbers>>;
	readonly entries: readonly {
		readonly id: string;
		readonly params: Readonly<Record<string, number | string>>;
		readonly f: Readonly<Record<string, Numbers>>;
	}[];
} = JSON.parse(gunzipSync(readFileSync("test/golden/low-precision.json.gz")).toString());

/** What is not compared, and why. */
const NOT_COMPARED: ReadonlyMap<string, string> = new Map([
	["sinc_normalized", "PyTorch takes the sine of a rounded πx, at a large x that of another number"],
	["ndtr", "PyTorch adds 1 and erf in the type itself, and keeps the digits of 1"],
]);
/** PyTorch rounds each operation of it. */
const STEP_BY_STEP = "tanhshrink";

for (const dtype of ["float32", "float16", "bfloat16"] as const) {
	test(`${dtype}: within 2 ulp of PyTorch, or within what its float32 kernels lose of a tail`, () => {
		const xs = grid[dtype]!.map(Number);
		let [same, all] = [0, 0];
		for (const { id, params, f } of entries) {
			const wanted = f[dtype];
			if (!wanted || NOT_COMPARED.has(id) || id === STEP_BY_STEP) continue;
			const parameters = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, Number(value)]));
			const { value } = activationValues(findActivation(id)!, parameters, xs, dtype);
			xs.forEach((x, i) => {
				const [ours, theirs] = [value[i]!, Number(wanted[i])];
				all++;
				if (Object.is(ours, theirs) || ours === theirs) {
					same++;
					return;
				}
				// Its kernels compute in float32, 1 + erf and its like among it: a tail keeps the digits of 1.
				const terms = 8 * unitInLastPlace(Math.max(1, Math.abs(x)), "float32");
				const allowed = Math.max(2 * unitInLastPlace(ours, dtype), terms);
				assert.ok(Math.abs(ours - theirs) <= allowed, `${id}(${x}) is ${ours}, PyTorch has ${theirs}`);
			});
		}
		assert.ok(same > 0.85 * all, `${same} of ${all} are the same`);
	});
}
test("what PyTorch computes step by step is bit for bit what rounding after each step gives", () => {
	const { definition } = findActivation(STEP_BY_STEP)!;
	const { f } = entries.find(({ id }) => id === STEP_BY_STEP)!;
	for (const dtype of ["float16", "bfloat16"] as const) {
		const xs = Float64Array.from(grid[dtype]!, Number);
		const [computed] = compile([definition], {}, arithmeticOf("torch", dtype))(xs);
		assert.deepEqual(Array.from(computed!, Math.abs), f[dtype]!.map(Number).map(Math.abs), dtype);
	}
});

for (const [id, reason] of NOT_COMPARED) console.log(`not compared: ${id} (${reason})`);
