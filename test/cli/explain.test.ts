import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runCli } from "../../src/cli/run.ts";

const folder = mkdtempSync(join(tmpdir(), "explain-"));
after(() => rmSync(folder, { recursive: true }));

async function cli(...args: string[]) {
	let out = "";
	let err = "";
	const code = await runCli(
		args,
		{
			input: (async function* () {})(),
			write: async (text) => {
				out += text;
			},
			complain: (message) => {
				err += `${message}\n`;
			},
			signal: new AbortController().signal,
		},
		() => "0",
	);
	return { code, out, err };
}

function file(name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
}

const DEMO = `import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

x = np.array([1, 2, 3, 4, 5])
y = sigmoid(x)
`;

test("explain gives what the hover shows, as data and as Markdown", async () => {
	const path = file("demo.py", DEMO);
	const { code, out } = await cli("explain", `${path}:7:6`, "--json");
	assert.equal(code, 0);
	const { file: where, line, column, endLine, endColumn, title, activation, kind, values, markdown } = JSON.parse(out);
	assert.deepEqual([where, line, column, endLine, endColumn], [path, 7, 4, 7, 11]);
	assert.deepEqual([title, activation, kind], ["sigmoid", "sigmoid", "call"]);
	assert.equal(values.print, "[0.73105858 0.88079708 0.95257413 0.98201379 0.99330715]");
	assert.match(markdown, /\n\[0\.73105858 0\.88079708/);
	const plain = await cli("explain", `${path}:7:6`);
	assert.match(plain.out, /^\*\*sigmoid\*\*/);
	assert.doesNotMatch(plain.out, /data:/);
});

test("a place without an activation is one sentence and exit code 1", async () => {
	const path = file("demo.py", DEMO);
	const { code, out, err } = await cli("explain", `${path}:1:0`, "--json");
	assert.deepEqual([code, out], [1, ""]);
	assert.equal(err, `activation-lens explain: no activation at ${path}:1:0\n`);
});

test("a place outside the file is misuse", async () => {
	const path = file("demo.py", DEMO);
	for (const [place, expected] of [
		["9:0", /expected a line up to 8, got 9/],
		["7:99", /expected a column up to 14 in line 7, got 99/],
		["0:0", /expected a line from 1, got 0/],
	] as const) {
		const { code, err } = await cli("explain", `${path}:${place}`);
		assert.equal(code, 2);
		assert.match(err, expected);
	}
});

test("columns count UTF-16 units, lines may end in \\r\\n, and a file's name may hold colons", async () => {
	const path = file("a:1:b.py", 'import numpy as np\r\ns = "𝒳"; y = np.tanh(0.5)\r\n');
	const { code, out } = await cli("explain", `${path}:2:14`, "--json");
	assert.equal(code, 0);
	const { line, column, endColumn, text } = JSON.parse(out);
	assert.deepEqual([line, column, endColumn, text], [2, 14, 21, "np.tanh"]);
});

test("in a notebook, --cell names the cell by its index among all cells, and earlier cells hold", async () => {
	const cell = (type: string, source: string) => ({ cell_type: type, metadata: {}, source: [source], outputs: [] });
	const path = file(
		"book.ipynb",
		JSON.stringify({
			nbformat: 4,
			nbformat_minor: 5,
			metadata: { kernelspec: { language: "python" } },
			cells: [
				cell("markdown", "# title"),
				cell("code", DEMO),
				cell("markdown", "text"),
				cell("code", "print(sigmoid(2.5), sigmoid(x))"),
			],
		}),
	);
	const { code, out } = await cli("explain", `${path}:1:7`, "--cell", "3", "--json");
	assert.equal(code, 0);
	assert.match(JSON.parse(out).markdown, /`sigmoid\(2\.5\)` = 0\.924142, slope 0\.0701037/);
	const missing = await cli("explain", `${path}:1:7`, "--cell", "2");
	assert.equal(missing.code, 2);
	assert.match(missing.err, /expected --cell with one of the code cells 1, 3, got "2"/);
});

test("a file that is not source, or is rubbish, is one sentence and no trace", async () => {
	mkdirSync(join(folder, "some"), { recursive: true });
	const rubbish = file(
		"rubbish.py",
		Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)).toString("latin1"),
	);
	assert.equal((await cli("explain", `${rubbish}:1:0`)).code, 1);
	for (const [place, expected] of [
		[`${file("notes.txt", "relu")}:1:0`, /expected a file of Python, .*got .*notes\.txt/],
		[`${file("broken.ipynb", "{")}:1:0`, /expected a notebook with Python cells, got none/],
		[`${join(folder, "some")}:1:0`, /is a folder/],
	] as const) {
		const { code, err } = await cli("explain", place);
		assert.equal(code, 2);
		assert.match(err, expected);
	}
});
