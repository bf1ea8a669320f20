import assert from "node:assert/strict";
import { test } from "node:test";
import { CodeReading, type ReadCode, readCode } from "../../../../src/core/reading/code/codeReading.ts";
import { python } from "../../../../src/core/reading/python/python.ts";
import { typescript } from "../../../../src/core/reading/typescript/typescript.ts";
import type { Definition } from "../../../../src/core/reading/use.ts";
import { LINKED, mutate, random, TYPESCRIPT } from "../brokenCode.ts";

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

for (const [language, sample] of [
	[python, LINKED],
	[typescript.get("typescript")!, TYPESCRIPT],
] as const) {
	test(`${EDITS} edits in ${language.library}: what is read after each is what reading it all anew gives`, () => {
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
			assert.deepEqual(plain(reading.update([text])), plain(readCode([text], language)), `edit ${i}, seed ${SEED}`);
		}
	});
}

test("cells of a notebook that are edited, added and removed are read as if anew", () => {
	const next = random(SEED);
	const cells = LINKED.split(/\n(?=\S)/);
	const reading = new CodeReading(python);
	for (let i = 0; i < EDITS / 4; i++) {
		const at = Math.floor(next() * cells.length);
		if (next() < 0.1) cells.splice(at, 1);
		else if (next() < 0.2) cells.splice(at, 0, cells[Math.floor(next() * cells.length)] ?? "");
		else cells[at] = mutate(cells[at] ?? "", next, [LINKED]);
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
