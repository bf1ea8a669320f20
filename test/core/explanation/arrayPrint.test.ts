import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type ElementType, printNumpy } from "../../../src/core/explanation/numpyPrint.ts";
import { printTensorflow } from "../../../src/core/explanation/tensorflowPrint.ts";
import { printTorch } from "../../../src/core/explanation/torchPrint.ts";
import { fixed, significantDigits, uniqueDigits } from "../../../src/core/numerics/decimal.ts";

interface Print {
	readonly library: string;
	readonly dtype: ElementType;
	readonly shape: number[];
	readonly values: (number | string)[];
	readonly print: string;
}

const prints: Print[] = JSON.parse(readFileSync("test/fixtures/explanation/prints.json", "utf8"));

const PRINTERS: Readonly<Record<string, typeof printNumpy>> = {
	numpy: printNumpy,
	torch: printTorch,
	jax: printNumpy,
	tensorflow: printTensorflow,
};

for (const [library, print] of Object.entries(PRINTERS)) {
	const cases = prints.filter((entry) => entry.library === library);
	test(`arrays print as ${library} prints them (${cases.length} arrays)`, () => {
		assert.ok(cases.length > 20);
		for (const { dtype, shape, values, print: expected } of cases) {
			const array = { values: values.map(Number), shape, dtype };
			assert.equal(print(array), expected, `${library} ${dtype} ${JSON.stringify(values.slice(0, 12))}`);
		}
	});
}

test("ties round to even, where toFixed and toPrecision round up", () => {
	assert.equal(fixed(0.03125, 4), "0.0312");
	assert.equal(fixed(0.09375, 4), "0.0938");
	assert.equal(fixed(-0.00001, 4), "-0.0000");
	assert.equal(fixed(2.5, 0), "2");
	assert.equal(fixed(1e21, 1), "1000000000000000000000.0");
	assert.deepEqual(significantDigits(2.5, 1), { digits: "2", exponent: 0 });
	assert.deepEqual(significantDigits(9.9996, 4), { digits: "1000", exponent: 1 });
	assert.deepEqual(significantDigits(5e-324, 3), { digits: "494", exponent: -324 });
});

test("the shortest digits of a double are those of ECMAScript", () => {
	for (const value of [0.1, 1 / 3, 5e-324, 2 ** -44, 1e23, 123456789.125, 1.7976931348623157e308]) {
		const { digits, exponent } = uniqueDigits(value, "float64", { count: "total", least: 1, most: 30 });
		assert.equal(Number(`${digits[0]}.${digits.slice(1)}e${exponent}`), value);
		const slow = uniqueDigits(value, "float64", { count: "total", least: 0 });
		assert.deepEqual(slow, { digits, exponent });
	}
});
