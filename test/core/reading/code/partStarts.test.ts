import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tree } from "@lezer/common";
import { parser as lezer } from "@lezer/javascript";
import { CodeReading, readCode } from "../../../../src/core/reading/code/codeReading.ts";
import type { SyntaxNode } from "../../../../src/core/reading/code/node.ts";
import { isMember, PartStarts } from "../../../../src/core/reading/code/partStarts.ts";
import { python } from "../../../../src/core/reading/python/python.ts";
import { typescript } from "../../../../src/core/reading/typescript/typescript.ts";
import { LINKED, MEMBERS, mutate, random, SCRIPT_MEMBERS, TYPESCRIPT } from "../brokenCode.ts";

const EDITS = Number(process.env.EDITS ?? 4000);
const SEED = Number(process.env.SEED ?? 20_261_126);

for (const [language, sample] of [
	[python, LINKED],
	[python, MEMBERS],
	[typescript.get("typescript")!, TYPESCRIPT],
	[typescript.get("typescript")!, SCRIPT_MEMBERS],
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

test("a line without indent between members is no part unless the class ends there", () => {
	const members = Array.from({ length: 3 }, (_, i) => `    def m${i}(self):\n        return ${i}\n`);
	const text = `class A:\n    text = "${"-".repeat(4000)}"\n${members.join("")}`;
	const startsIn = (code: string) =>
		new PartStarts(python.scanParts).in(code).map((start) => code.slice(start, start + 10).trim());
	const names = ["class A:", "def m0", "def m1", "def m2"];
	assert.deepEqual(startsIn(text), names);
	for (const line of ["x = 1\n", "f([\n", "x = [1,\n2]\n"])
		assert.deepEqual(startsIn(text.replace("        return 1", `${line}        return 1`)), names, line);
	assert.deepEqual(startsIn(`${text}x = 1\n`), [...names, "x = 1"]);
	assert.deepEqual(startsIn(`${text}x = 1\ny = """\n`).slice(0, 5), [...names, "x = 1\ny ="]);
	assert.deepEqual(startsIn(`${text}if x:\n    def f():\n        pass\n`), [...names, "if x:"]);
	assert.deepEqual(startsIn(`${text}x = (a\n    @b)\ny = 1\n`), [...names, "x = (a"]);
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

/** Where the members behind the first begin of a class that is long enough to be cut; each is said by its first line. */
function membersIn(body: string, head = "export class Long {"): string[] {
	const long = `\tlong = "${"-".repeat(4000)}";\n`;
	const text = `${head}\n${long}\tfirst() {}\n${body}}\n`;
	const starts = new PartStarts(typescript.get("typescript")!.scanParts).in(text);
	const [, first, ...others] = starts.map((start) => text.slice(start, text.indexOf("\n", start)).trim());
	assert.equal(first, "first() {}");
	return others;
}

test("a member of a long class is a part behind a closing bracket, with the fields before it", () => {
	const body = "\tx = 1;\n\ty?: { a: 1 };\n\tcall() {}\n\n\t// A comment.\n\t@on()\n\tget z() {}\n\tlast = () => {}\n";
	assert.deepEqual(membersIn(body), ["x = 1;", "@on()", "last = () => {}"]);
	assert.deepEqual(membersIn("\ta() {}\n", "class A<T extends Map<string, U>> extends B(C)\n\timplements D {"), [
		"a() {}",
	]);
});

test("what may go on with a member's value or type begins no member", () => {
	for (const line of "[key]|(x)|.bind(this)|`text`|*of()|/x/g|+ 1|as T|in x|instanceof T|? 1 : 2|extends T ? 1 : 2".split(
		"|",
	))
		assert.deepEqual(membersIn(`\tvalue = {\n\t\tx: 1\n\t}\n\t${line}\n`), ["value = {"], line);
	assert.deepEqual(membersIn("\tcall() {\n\tif (x) {}\n\tcall(() => {\n\t})\n\tx = {}\n\t}\n"), ["call() {"]);
	assert.deepEqual(membersIn("\tcall() {\n\t\tx = `\n\tother() {\n`; }\n"), ["call() {"]);
});

test("a class whose head may be something else is one part", () => {
	const rest = `\n\tlong = "${"-".repeat(4000)}";\n\ta() {}\n\tb() {}\n}\n`;
	for (const head of ["class A extends f({", "class A<T extends {", "const A = class {", "class A { x = {"])
		assert.equal(new PartStarts(typescript.get("typescript")!.scanParts).in(head + rest).length, 1, head);
});

test("a bracket or a text in a member that is open, or a bracket too many, ends at the next member", () => {
	const rest = "\tb() {\n\t\treturn 1;\n\t}\n\tc = 3;\n\tasync d(x: number) {\n\t\treturn x;\n\t}\n";
	for (const open of ["f([", "`", "${", "}", "}}", "if (x) {"])
		assert.deepEqual(membersIn(`\ta() {\n\t\t${open}\n\t}\n${rest}`).slice(-2), ["b() {", "c = 3;"], open);
	const next = "}\n\nexport class Next {\n\tx = 1;\n";
	for (const open of ["f([", "}"])
		assert.deepEqual(
			membersIn(`\ta() {\n\t\t${open}\n\t}\n${rest}${next}`).slice(-3),
			["b() {", "c = 3;", "export class Next {"],
			open,
		);
});

test(`a class whose members are parsed one by one has the tree of the whole, also after those of ${EDITS / 4} edits that leave no error`, () => {
	console.log(`seed ${SEED}`);
	const language = typescript.get("typescript")!;
	const parser = lezer.configure({ dialect: "ts" });
	const next = random(SEED);
	const tree = (node: SyntaxNode): unknown => [node.name, node.from, node.to, node.text, ...node.kids.map(tree)];
	// Without imports and exports, which the parser takes anywhere, and which end whatever is open.
	const sample = SCRIPT_MEMBERS.slice(SCRIPT_MEMBERS.indexOf("abstract class")).replace("export default ", "");
	let compared = 0;
	for (let i = 0; i < EDITS / 4; i++) {
		const text = i === 0 ? sample : mutate(sample, next, [sample]);
		if (hasError(parser.parse(text))) continue;
		compared++;
		const whole = language.parse({ text }, 0, text.length);
		assert.deepEqual(tree(readCode([text], language).root), tree(whole), `edit ${i}, seed ${SEED}`);
	}
	assert.ok(compared > EDITS / 20, `${compared} of ${EDITS / 4} edits left no error`);
	const members = new PartStarts(language.scanParts).in(sample).filter((at) => isMember(sample, at));
	assert.ok(members.length > 10);
});

function hasError(tree: Tree): boolean {
	let found = false;
	tree.iterate({
		enter: ({ type }) => {
			found ||= type.isError;
		},
	});
	return found;
}
