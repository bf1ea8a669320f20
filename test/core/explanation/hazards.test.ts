import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectDefinition } from "../../../src/core/diagnosis/inspectDefinition.ts";
import { describeHazards } from "../../../src/core/explanation/describeHazards.ts";
import { stableReplacement } from "../../../src/core/explanation/stableReplacement.ts";
import { readPython } from "../../../src/core/reading/python/readPython.ts";

function of(text: string) {
	const definition = readPython(text).definitions[0]!;
	const inspection = inspectDefinition(definition);
	const replacement = stableReplacement(definition, inspection, text);
	const edited =
		replacement && text.slice(0, replacement.span.start) + replacement.code + text.slice(replacement.span.end);
	return { texts: describeHazards(inspection), replacement, edited };
}

test("a hazard is one sentence with the threshold of each type and a witness", () => {
	const { texts } = of(
		"import numpy as np\ndef tanh(x):\n    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))",
	);
	const nan = texts.filter(({ kind }) => kind === "nan").map(({ message }) => message);
	assert.ok(
		nan.some((text) => /^NaN: float64 x ≥ 709\.8, float32 x ≥ 88\.72, float16 x ≥ 11\.09; at x = 100 /.test(text)),
		nan.join("\n"),
	);
});

test("losses among subnormal numbers are not spoken of", () => {
	assert.deepEqual(of("import numpy as np\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))").texts, []);
});

test("a stable form replaces what a function returns, under the name of its own input", () => {
	const { edited } = of("import numpy as np\ndef softplus(value):\n    return np.log(1 + np.exp(value))\n");
	assert.equal(edited, "import numpy as np\ndef softplus(value):\n    return np.logaddexp(value, 0)\n");
});

test("what the replacement needs imported is named", () => {
	const { replacement } = of("import numpy as np\nswish = lambda t: t / (1 + np.exp(-t))\n");
	assert.equal(replacement?.code, "t * special.expit(t)");
	assert.deepEqual(replacement.imports, ["from scipy import special"]);
});

test("a body of several steps is left alone", () => {
	assert.equal(
		of("import numpy as np\ndef softplus(x):\n    e = np.exp(x)\n    return np.log(1 + e)\n").replacement,
		null,
	);
});
