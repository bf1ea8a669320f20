import assert from "node:assert/strict";
import { test } from "node:test";
import { codeFindings } from "../../../../src/core/diagnosis/rules/lint.ts";
import { openReading } from "../../../../src/core/reading/readSource.ts";
import { english } from "../../../../src/core/texts.ts";

/** What stands between is a part of the text of its own. */
const APART = "\n\ndef apart(value):\n    return value\n\n\n";
const HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n\n";

/** How many findings there are of each text, read one after the other as one text that is edited, and each anew. */
function counts(texts: readonly string[]): { readonly edited: number[]; readonly anew: number[] } {
	const reading = openReading("python")!;
	const findings = (of: typeof reading, text: string) => codeFindings(of.update([HEAD + text]), english).length;
	return {
		edited: texts.map((text) => findings(reading, text)),
		anew: texts.map((text) => findings(openReading("python")!, text)),
	};
}

test("what changes a value in place in another statement changes what is found where the value is used", () => {
	const net = "n = nn.Sequential(nn.Linear(3, 3), nn.Softmax(dim=1))\n";
	const loss = "def step(x, y):\n    return F.cross_entropy(n(x), y)\n";
	const logarithm = "p = F.softmax(z, dim=1)\n";
	for (const [between, text] of [
		["n.append(nn.Linear(3, 4))\n", (change: string) => `${net}${APART}${change}${APART}${loss}`],
		["n.append(nn.Linear(3, 4))\n", (change: string) => `${net}${APART}${loss}${APART}${change}`],
		["p.clamp_(min=1e-8)\n", (change: string) => `${logarithm}${APART}${change}${APART}q = torch.log(p)\n`],
	] as const) {
		const { edited, anew } = counts([text(""), text(between), text("")]);
		assert.deepEqual(edited, anew, text(between));
		assert.deepEqual(anew, [1, 0, 1], text(between));
	}
	// What is done to another value of that name is nothing to this one.
	const { edited } = counts([`${logarithm}q = torch.log(p)\n`, `${logarithm}q = torch.log(p)\np.clamp_(min=1)\n`]);
	assert.deepEqual(edited, [1, 1]);
});
