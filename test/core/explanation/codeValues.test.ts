import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { explain } from "../../../src/core/explanation/explain.ts";
import { readSource, useAt } from "../../../src/core/reading/readSource.ts";

interface Program {
	readonly source: string;
	readonly name: string;
	readonly dtype: string | null;
	readonly print: string | null;
	readonly exact: boolean;
}

/** Explains the last use of `name` in the source, which is the call whose result the program binds. */
function explainLast(source: string, name: string) {
	const use = useAt(readSource(source, "python"), source.lastIndexOf(`${name}(`) + 1);
	assert.ok(use, `${name} is not read in\n${source}`);
	return explain(use, { source, parts: { plot: false, range: false, gradient: false } });
}

test("the article's examples print as NumPy prints them, for int64, float64 and float32", () => {
	const { examples } = JSON.parse(readFileSync("test/golden/seed-check.json", "utf8"));
	for (const [name, example] of Object.entries<Record<string, { print: string; values: number[] }>>(examples)) {
		for (const [key, array] of [
			["intInput", "np.array([1, 2, 3, 4, 5])"],
			["floatInput", "np.array([1.0, 2.0, 3.0, 4.0, 5.0])"],
			["float32Input", "np.array([1, 2, 3, 4, 5], dtype=np.float32)"],
		] as const) {
			const source = `import numpy as np\n\n\n${example.source}\n\nx = ${array}\ny = ${name}(x)\n`;
			const { values, markdown } = explainLast(source, name);
			assert.equal(values?.print, example[key]!.print, `${name} ${key}`);
			assert.deepEqual(values?.value, example[key]!.values, `${name} ${key}`);
			assert.ok(markdown.includes(`\n${example[key]!.print}\n`), markdown);
		}
	}
});

const programs: Program[] = JSON.parse(readFileSync("test/fixtures/explanation/code_values.json", "utf8"));

test(`programs are shown with the array that Python prints for them (${programs.length} programs)`, () => {
	const silent: string[] = [];
	for (const { source, name, dtype, print, exact } of programs) {
		const { values, notes } = explainLast(source, name);
		if (print === null) {
			assert.equal(values, null, `Python raises an exception for\n${source}`);
			continue;
		}
		if (values === null) {
			// Arrays of whole numbers are not read in TensorFlow and JAX, where NumPy's float64 may become float32 as well.
			const isOther = /\[-?\d+,|np\.array\(\[-1\.5/.test(source.split(/\n[xy] = /)[1]!);
			if (!(/^import (tensorflow|jax)/m.test(source) && isOther)) silent.push(`${name}: ${notes[0]}`);
			continue;
		}
		assert.equal(values.dtype, dtype, source);
		if (exact) assert.equal(values.print, print, source);
		else sameToTwoUnits(values.value, print, source);
	}
	// What is not shown is what cannot be certain.
	assert.deepEqual([...new Set(silent)].sort(), [
		"converted: No values: the type of the result is not certain.",
		"mask: No values: the type of the result is not certain.", // tf.cast
		"relu: undefined", // A list that TensorFlow is given.
		"squared: No values: the type of the result is not certain.",
	]);
});

/** Compares with the printed digits to 2 ulp of float32. */
function sameToTwoUnits(actual: readonly number[], print: string, source: string): void {
	const numbers = print.replace(/^tf\.Tensor\(|, shape=.*$/gs, "");
	const printed = numbers.match(/[-\d.e+]+|nan|inf/g)!.map((text) => Number(text.replace("inf", "Infinity")));
	assert.equal(actual.length, printed.length, source);
	actual.forEach((value, i) => {
		if (Object.is(value, printed[i])) return;
		assert.ok(Math.abs(value - printed[i]!) <= 2 ** -21 * Math.abs(value), `${value} and ${printed[i]} in\n${source}`);
	});
}

test("a function that stores its values in an array of whole numbers, or takes one element after the other, shows none", () => {
	const given = (body: string, array: string) => {
		const source = `import numpy as np\n\ndef my_relu(x):\n    ${body.replaceAll("\n", "\n    ")}\n\ny = my_relu(np.array(${array}))\n`;
		const { values, notes } = explainLast(source, "my_relu");
		return [values?.print ?? null, ...notes].join("; ");
	};
	const piecewise = "return np.piecewise(x, [x < 0, x >= 0], [lambda v: 0.1 * v, lambda v: v])";
	assert.equal(given(piecewise, "[-1.0, 2.5]"), "[-0.1  2.5]");
	// NumPy gives [0 2].
	assert.match(given(piecewise, "[-1, 2]"), /^(?!\[)/);
	assert.match(given("y = np.zeros_like(x)\ny[x < 0] = 0.1 * x[x < 0]\nreturn y", "[-15, 2]"), /^(?!\[)/);
	for (const body of [
		"return [max(0, v) for v in x]",
		"out = []\nfor v in x:\n    out.append(max(0, v))\nreturn out",
	]) {
		const said = given(body, "[-1.0, 2.5]");
		assert.ok(!said.startsWith("[") && !said.includes("one number at a time"), said);
	}
});

test("an array of float32 that meets a number of NumPy's own is float64, as NumPy 2 has it", () => {
	const printed = (body: string) => {
		const source = `import numpy as np\ndef my_relu(x):\n    return ${body}\nx = np.array([1, -0.3], dtype=np.float32)\ny = my_relu(x)\n`;
		return explainLast(source, "my_relu").values;
	};
	const gelu = printed("0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))");
	assert.equal(gelu?.dtype, "float64");
	assert.equal(gelu.print, "[ 0.841192   -0.11462908]");
	assert.equal(printed("np.where(x > 0, 1, 0) * np.sqrt(2) > 1"), null);
	assert.equal(printed("np.where(x > 0, 1, 0)")?.dtype, "int64");
});
