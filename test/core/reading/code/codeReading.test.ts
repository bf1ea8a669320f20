import assert from "node:assert/strict";
import { test } from "node:test";
import { CodeUnderRules } from "../../../../src/core/diagnosis/rules/codeUnderRules.ts";
import { codeFindings } from "../../../../src/core/diagnosis/rules/lint.ts";
import { CodeReading, type ReadCode, readCode } from "../../../../src/core/reading/code/codeReading.ts";
import { python } from "../../../../src/core/reading/python/python.ts";
import { typescript } from "../../../../src/core/reading/typescript/typescript.ts";
import type { Definition } from "../../../../src/core/reading/use.ts";
import {
	LINKED,
	LONG_SCRIPT,
	LONG_STATEMENTS,
	MAKERS,
	MEMBERS,
	mutate,
	REBOUND,
	random,
	SCRIPT_MEMBERS,
	TYPESCRIPT,
} from "../brokenCode.ts";

const script = typescript.get("typescript")!;
const EDITS = Number(process.env.EDITS ?? 400);
const SEED = Number(process.env.SEED ?? 20_261_125);

/** All that was read, as plain data; a definition of the text by its index among them. */
function plain({ uses, definitions, root }: ReadCode): unknown {
	const plainDefinition = (definition: Definition | null) =>
		definition && {
			...definition,
			understood: definition.understood && {
				origins: [...definition.understood.origins.values()],
				parameters: definition.understood.activation.parameters,
			},
			writing: undefined,
			outputs: definition.outputs?.length,
		};
	let nodes = 0;
	const todo = [...root.kids];
	for (let node = todo.pop(); node; node = todo.pop()) {
		nodes = (nodes * 31 + node.from * 7 + node.to + node.name.length) | 0;
		todo.push(...node.kids);
	}
	return {
		uses: uses.map((use) => {
			const own = use.definition ? definitions.indexOf(use.definition) : -1;
			return { ...use, definition: own >= 0 ? own : plainDefinition(use.definition) };
		}),
		definitions: definitions.map(plainDefinition),
		nodes,
	};
}

/** What the rules find, and the calls that they ask for. */
function found(code: ReadCode): unknown {
	return [
		codeFindings(code, (sentence) => sentence).map(({ rule, span, message }) => ({ rule, ...span, message })),
		new CodeUnderRules(code, (sentence) => sentence).calls.map(({ node }) => [node.from, node.to]),
	];
}

for (const [language, sample, what] of [
	[python, LINKED, "Python"],
	[python, MEMBERS, "a class of Python"],
	[python, MAKERS, "makers of activations"],
	[script, TYPESCRIPT, "TypeScript"],
	[script, SCRIPT_MEMBERS, "a class of TypeScript"],
	[python, LONG_STATEMENTS, "long statements of Python"],
	[script, LONG_SCRIPT, "long statements of TypeScript"],
	[python, REBOUND, "names that are bound again and again"],
] as const) {
	test(`${EDITS} edits in ${what}: what is read after each is what reading it all anew gives`, () => {
		console.log(`seed ${SEED}`);
		const next = random(SEED);
		let text: string = sample;
		let before: string = sample;
		const reading = new CodeReading(language);
		reading.update([text]);
		for (let i = 0; i < EDITS; i++) {
			const edited = i % 40 === 39 ? sample : next() < 0.2 ? before : mutate(text, next, [sample]);
			before = text;
			text = edited;
			const [code, anew] = [reading.update([text]), readCode([text], language)];
			assert.deepEqual(plain(code), plain(anew), `edit ${i}, seed ${SEED}`);
			assert.deepEqual(found(code), found(anew), `edit ${i}, seed ${SEED}`);
		}
	});
}

const PYTHON_EDITS: readonly (readonly [from: string, to: string])[] = [
	["self.act = ACT2FN[hidden_act]", "self.act = nn.ELU()"],
	["self.act = nn.SELU()", "self.act = nn.ELU()"],
	["return 0.5 * x\n\n    def my", "return 0.25 * x\n\n    def my"],
	["def half(self, x):\n        return 0.5", "def halves(self, x):\n        return 0.5"],
	["    @staticmethod\n    def leaky", "    def leaky"],
	["class Trainer(Base)", "class Trainer(nn.Module)"],
	["class Trainer(Base)", "class Coach(Base)"],
	['@register("trainer")\n', ""],
	["class Trainer(Base):", "class Trainer(Base"],
	["class Trainer(Base):", "klass Trainer(Base):"],
	["    def set_up", "    def f([\n    def set_up"],
	["    def set_up", '    """\n    def set_up'],
	["    def set_up", "x = 1\n    def set_up"],
	["    def set_up", "  def set_up"],
	["            self.act = nn.SELU()", "y = relu(x)\n            self.act = nn.SELU()"],
	["        if deep:", "y = f([\n        if deep:"],
	["        if deep:", "x = 1\ny = 2\n        if deep:"],
	["        if deep:", "if deep:\n        if deep:"],
	["    def set_up", "<<<<<<< HEAD\n    def set_up"],
	["    def set_up", "    self.layers.append(nn.Tanh())\n    def set_up"],
	["        for layer in self.layers", "        self.layers.append(nn.Tanh())\n        for layer in self.layers"],
	["            x = layer(x)", "        x = layer(x)"],
	["        def other", "    def other"],
	["    def forward(self, x):\n        return torch.max", "    def backward(self, x):\n        return torch.max"],
	["slope = 0.3", "slope = 0.3\n    act = nn.Softplus()"],
	["def squash", "def squash_by"],
	["        global SCALE\n", ""],
];

const SCRIPT_EDITS: readonly (readonly [from: string, to: string])[] = [
	["act = tf.layers.elu()", "act = tf.layers.softmax()"],
	["return 0.5 * x;\n\t}", "return 0.25 * x;\n\t}"],
	["half = (x", "halves = (x"],
	["static leakyRelu", "leakyRelu"],
	["extends Base<tf.Tensor>", ""],
	["class Trainer", "class Coach"],
	["export default class Trainer", "class Trainer"],
	["implements Iterable<number> { //", "implements Iterable<number> //"],
	["\tget slope", "\tf([\n\tget slope"],
	["\tget slope", "\t`\n\tget slope"],
	["\tget slope", "\t'\n\tget slope"],
	["\tget slope", "\t/*\n\tget slope"],
	["\tget slope", "\t}\n\tget slope"],
	["\tget slope", "x = 1;\n\tget slope"],
	["\tget slope", "export const y = relu(1);\n\tget slope"],
	["\tget slope", "<<<<<<< HEAD\n\tget slope"],
	["return { value: this.#scale };", "return { value: this.#scale ;"],
	["\t\treturn x > 0 ? x : k * x; // }\n\t}", "\t\treturn x > 0 ? x : k * x; // }"],
	["this.#scale = to.value", "this.act = tf.layers.leakyReLU(); this.#scale = to.value"],
	["\t\t[this.key];", "\tkey = this.key;"],
	["\t}.bind(this)", "\t}"],
	["console.log(new", "}\nconsole.log(new"],
];

for (const [language, sample, what, edits] of [
	[python, MEMBERS, "Python", PYTHON_EDITS],
	[script, SCRIPT_MEMBERS, "TypeScript", SCRIPT_EDITS],
] as const) {
	test(`edits inside a class of ${what}, of its members, its head and what is around, are read as if anew`, () => {
		const reading = new CodeReading(language);
		const read = (text: string) => {
			const [code, anew] = [reading.update([text]), readCode([text], language)];
			assert.deepEqual(plain(code), plain(anew), text);
			assert.deepEqual(found(code), found(anew), text);
		};
		read(sample);
		for (const [from, to] of edits) {
			assert.ok(sample.includes(from), from);
			read(sample.replace(from, () => to));
			read(sample);
		}
	});
}

test("a method that nothing asks for is read anew alone, whatever is edited in it", () => {
	const reading = new CodeReading(python);
	const before = reading.update([MEMBERS]);
	const after = reading.update([MEMBERS.replace("loss = F.cross", "loss = 2 * F.cross")]);
	const isKept = (name: string) =>
		after.definitions.find((each) => each.name === name) === before.definitions.find((each) => each.name === name);
	for (const name of ["leaky_relu", "my_gelu", "Trainer", "Inner", "Small"]) assert.ok(isKept(name), name);
	const anew = after.uses.filter((use) => !before.uses.includes(use)).map(({ text }) => text);
	assert.deepEqual(anew, ["layer", "self.inner", "self.squash", "self.my_gelu", "self.leaky_relu"]);
	const trainer = after.definitions.find(({ name }) => name === "Trainer")!;
	assert.ok(after.text.slice(trainer.span.start, trainer.span.end).endsWith("self.beta * 0 * x)\n"));
});

test("a line without indent that is typed in a method is read with the method, and the class goes on behind it", () => {
	for (const line of ["r", "y = relu(x)", "f([", "'"]) {
		const reading = new CodeReading(python);
		const before = reading.update([MEMBERS]);
		const after = reading.update([MEMBERS.replace("        if deep:", `${line}\n        if deep:`)]);
		const trainer = after.definitions.find(({ name }) => name === "Trainer")!;
		assert.ok(after.text.slice(trainer.span.start, trainer.span.end).endsWith("self.beta * 0 * x)\n"), line);
		const texts = (code: ReadCode) => code.uses.map(({ text }) => text);
		// What the rest of the method binds is not of the class now.
		const own = texts(before).filter((text) => !/^(nn\.SELU|self\.[Ii]nner)$/.test(text));
		assert.deepEqual(
			texts(after).filter((text) => own.includes(text)),
			own,
			line,
		);
		for (const name of ["leaky_relu", "my_gelu"]) {
			const find = (code: ReadCode) => code.definitions.find((each) => each.name === name);
			assert.equal(find(after), find(before), `${name} behind ${line}`);
		}
	}
});

test("an edit of a name that is bound again and again concerns what it reaches", () => {
	const block = (act: string) => `act = nn.${act}()\nfor x in items:\n    y = act(x)\n\ndef of(x):\n    return x\n\n`;
	const blocks = (...acts: readonly string[]) => `from torch import nn\n${acts.map(block).join("")}`;
	const reading = new CodeReading(python);
	const before = reading.update([blocks("ReLU", "ReLU", "ReLU")]);
	const after = reading.update([blocks("ReLU", "Tanh", "ReLU")]);
	assert.deepEqual(
		after.uses.map(({ activation }) => activation),
		["relu", "relu", "tanh", "tanh", "relu", "relu"],
	);
	assert.deepEqual(
		after.uses.map((use) => before.uses.includes(use)),
		[true, true, false, false, true, true],
	);
});

for (const [sample, what] of [
	[LINKED, "a notebook"],
	[REBOUND, "a notebook that binds its names again"],
] as const)
	test(`cells of ${what} that are edited, added and removed are read as if anew`, () => {
		const next = random(SEED);
		const cells = sample.split(/\n(?=\S)/);
		const reading = new CodeReading(python);
		for (let i = 0; i < EDITS / 4; i++) {
			const at = Math.floor(next() * cells.length);
			if (next() < 0.1) cells.splice(at, 1);
			else if (next() < 0.2) cells.splice(at, 0, cells[Math.floor(next() * cells.length)] ?? "");
			else cells[at] = mutate(cells[at] ?? "", next, [sample]);
			assert.deepEqual(plain(reading.update(cells)), plain(readCode(cells, python)), `edit ${i}, seed ${SEED}`);
		}
	});

test("what an edit leaves alone stays the same object, and moves with the text", () => {
	const reading = new CodeReading(python);
	const before = reading.update([LINKED]);
	const [sigmoid] = before.definitions;
	const gelu = before.definitions.find(({ name }) => name === "gelu_new");
	const edited = LINKED.replace("self.fc = nn.Linear(3, 4)", "self.fc = nn.Linear(3, 4000)");
	const after = reading.update([edited]);
	assert.equal(after.definitions[0], sigmoid);
	assert.ok(gelu && after.definitions.includes(gelu));
	const moved = reading.update([edited.replace("import torch\n", "import torch  # with a comment\n")]);
	assert.equal(
		moved.definitions.find(({ name }) => name === "gelu_new"),
		gelu,
	);
	assert.equal(moved.text.slice(gelu.nameSpan.start, gelu.nameSpan.end), "gelu_new");
});
