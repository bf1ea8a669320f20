import assert from "node:assert/strict";
import { test } from "node:test";
import { codeFindings } from "../../../../src/core/diagnosis/rules/lint.ts";
import { CodeReading, type ReadCode, readCode } from "../../../../src/core/reading/code/codeReading.ts";
import { python } from "../../../../src/core/reading/python/python.ts";
import { LINKED, mutate, random } from "../../reading/brokenCode.ts";

const EDITS = Number(process.env.EDITS ?? 300);
const SEED = Number(process.env.SEED ?? 20_261_126);

/** What each rule has something to say of, by names that other statements bind. */
const SAMPLE = `${LINKED}
from torch.nn.functional import softmax as probabilities
modules = nn

def first(x, y):
    return F.cross_entropy(F.softmax(x), y)

def second(x):
    return modules.relu(torch.log(torch.softmax(x, dim=1)))

def third(x, y):
    p = probabilities(x)
    return F.binary_cross_entropy(torch.sigmoid(x), y) + torch.where(x > 0, torch.log(x), 0.0)

def fourth(x):
    return g(x) + 2 * torch.log(1 + torch.exp(x)).sum()

act = modules.leakyrelu()
`;

function plain(read: ReadCode): readonly unknown[] {
	return codeFindings(read, (sentence, ...values) => [sentence, ...values].join("|")).map(({ fixes, ...finding }) => ({
		...finding,
		fixes: fixes(),
	}));
}

test(`${EDITS} edits: what the rules say after each is what they say of the text read anew`, () => {
	console.log(`seed ${SEED}`);
	const next = random(SEED);
	const reading = new CodeReading(python);
	const rules = new Set(codeFindings(reading.update([SAMPLE]), (sentence) => sentence).map(({ rule }) => rule));
	assert.equal(rules.size, 7);
	let text = SAMPLE;
	for (let i = 0; i < EDITS; i++) {
		text = i % 20 === 19 ? SAMPLE : mutate(text, next, [SAMPLE]);
		assert.deepEqual(plain(reading.update([text])), plain(readCode([text], python)), `edit ${i}, seed ${SEED}`);
	}
});

test("another import elsewhere changes what a member's module lacks", () => {
	const reading = new CodeReading(python);
	const rulesOf = (text: string) =>
		codeFindings(reading.update([text]), (sentence) => sentence).map(({ rule }) => rule);
	const rest = "\n\ndef f(x):\n    return nn.relu(x)\n\n\ndef g(x):\n    return x\n";
	assert.deepEqual(rulesOf(`import torch.nn as nn${rest}`), ["unknown-activation"]);
	assert.deepEqual(rulesOf(`from flax import linen as nn${rest}`), []);
	assert.deepEqual(rulesOf(`import torch.nn as nn  # again${rest}`), ["unknown-activation"]);
});
