import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectDefinition } from "../../../../src/core/diagnosis/inspectDefinition.ts";
import { hazardFindings } from "../../../../src/core/diagnosis/rules/hazards.ts";
import { readSource } from "../../../../src/core/reading/readSource.ts";
import { english } from "../../../../src/core/texts.ts";

/** The rules that a function's findings are of, with the code that each marks. */
function findingsOf(text: string) {
	const [definition] = readSource(text, "python").definitions;
	const findings = hazardFindings(definition!, inspectDefinition(definition!), text, english);
	return findings.map(({ rule, span }) => [rule, text.slice(span.start, span.end)]);
}

test("what a function by hand loses is told where it does", () => {
	const softplus = findingsOf("import numpy as np\ndef softplus(x):\n    return np.log(1 + np.exp(x))");
	assert.deepEqual(softplus, [
		["hazard-zero", "np.log(1 + np.exp(x))"],
		["hazard-inf", "np.exp(x)"],
	]);
	const ofVector = "import numpy as np\ndef log_softmax(x):\n    return np.log(np.exp(x) / np.sum(np.exp(x)))";
	assert.ok(findingsOf(ofVector).some(([rule]) => rule === "hazard-nan"));
});

test("what a library's own function loses inside is not told to those who call it", () => {
	const gelu = "import torch.nn.functional as F\ndef gelu(x):\n    return F.gelu(x)";
	const { hazards } = inspectDefinition(readSource(gelu, "python").definitions[0]!);
	assert.ok(hazards.some(({ kind, dtype }) => kind === "zero" && dtype === "float32"));
	assert.deepEqual(findingsOf(gelu), []);
});
