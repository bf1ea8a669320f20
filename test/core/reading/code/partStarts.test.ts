import assert from "node:assert/strict";
import { test } from "node:test";
import { CodeReading } from "../../../../src/core/reading/code/codeReading.ts";
import { PartStarts } from "../../../../src/core/reading/code/partStarts.ts";
import { python } from "../../../../src/core/reading/python/python.ts";
import { typescript } from "../../../../src/core/reading/typescript/typescript.ts";
import { LINKED, MEMBERS, mutate, random, TYPESCRIPT } from "../brokenCode.ts";

const EDITS = Number(process.env.EDITS ?? 4000);
const SEED = Number(process.env.SEED ?? 20_261_126);

for (const [language, sample] of [
	[python, LINKED],
	[python, MEMBERS],
	[typescript.get("typescript")!, TYPESCRIPT],
] as const) {
	test(`${EDITS} edits in ${language.library}: the parts after each are those of a scan from the beginning`, () => {
		console.log(`seed ${SEED}`);
		const next = random(SEED);
		const edited = new PartStarts(language.scanParts);
		let text: string = sample;
		for (let i = 0; i < EDITS; i++) {
			text = i % 20 === 19 ? `${sample}\n${sample}` : mutate(text, next, [sample]).slice(0, 20_000);
			const anew = new PartStarts(language.scanParts).in(text);
			assert.deepEqual(edited.in(text), anew, `edit ${i}, seed ${SEED}`);
		}
	});
}

const FUNCTIONS = Array.from(
	{ length: 30 },
	(_, i) => `def f${i}(x):\n    """Text ${i}."""\n    return max(0, ${i} * x)\n`,
);

test('an open """ ends where the next function begins, and what stands behind it is what it was', () => {
	const reading = new CodeReading(python);
	const text = FUNCTIONS.join("\n\n");
	const before = reading.update([text]).definitions;
	const at = text.indexOf("    return max(0, 12 * x)");
	for (let length = 1; length <= 3; length++) {
		const { definitions } = reading.update([text.slice(0, at) + '    """'.slice(0, 4 + length) + text.slice(at)]);
		assert.deepEqual(definitions.slice(0, 12), before.slice(0, 12));
		assert.deepEqual(definitions.slice(-17), before.slice(-17));
		assert.ok(definitions.slice(-17).every((each, i) => each === before[13 + i]));
	}
});

test('an open """ in a script ends at the next assignment', () => {
	const text = Array.from({ length: 30 }, (_, i) => `x${i} = relu(${i})\nprint("about = x", x${i})\n`).join("\n");
	const at = text.indexOf("print", text.length / 2);
	const starts = new PartStarts(python.scanParts);
	const before = starts.in(text);
	assert.equal(before.length, 30);
	assert.deepEqual(
		starts.in(`${text.slice(0, at)}"""\n${text.slice(at)}`),
		before.map((start) => (start > at ? start + 4 : start)),
	);
});

test('a closed """ may hold what looks like code', () => {
	const text = `"""\na = 1\ndef inside(x):\n    return max(0, x)\n"""\n${FUNCTIONS[0]}`;
	assert.deepEqual(
		new CodeReading(python).update([text]).definitions.map(({ name }) => name),
		["f0"],
	);
});

test("an open backtick ends where the next function is declared; a closed one may hold what looks like one", () => {
	const script = typescript.get("typescript")!;
	const functions = FUNCTIONS.map(
		(_, i) => `export function f${i}(x: number) {\n\treturn \`\${Math.max(0, x)}\`;\n}\n`,
	);
	const text = functions.join("\n");
	const at = text.indexOf("\treturn", text.indexOf("f12("));
	const starts = new PartStarts(script.scanParts);
	const before = starts.in(text);
	assert.equal(before.length, functions.length);
	assert.deepEqual(
		starts.in(`${text.slice(0, at)}\`${text.slice(at)}`),
		before.map((start) => (start > at ? start + 1 : start)),
	);
	const code = `const code = \`\nexport function inside(x: number) {}\n\`;\n${functions[0]}`;
	assert.deepEqual(starts.in(code), [0, code.indexOf("export function f0")]);
});
