import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { builtCli } from "./builtCli.ts";

const { folder, run } = builtCli("cli-study-");
const study = (document: object, more: readonly string[] = [], onStart?: (child: ChildProcess) => void) =>
	run("study", document, ["--json", ...more], onStart);

const lastOf = (out: string) => JSON.parse(out.trim().split("\n").at(-1)!);

const data = { kind: "npz", path: "stored.npz", inputs: "x", targets: "y" };
const small = {
	activations: ["relu"],
	data,
	network: { hidden: [4] },
	epochs: 2,
	batchSize: 4,
	seeds: [0, 1],
	tuning: false,
};

test("study trains on an archive beside its document, and tells the test part's loss", async () => {
	copyFileSync(join("test", "golden", "arrays", "stored.npz"), join(folder, "stored.npz"));
	const { code, out, err } = await study({ ...small, test: 0.3 });
	assert.equal(code, 0, err);
	const [result] = JSON.parse(out.trim().split("\n").at(-1)!).activations;
	assert.equal(result.runs, 2);
	assert.ok(result.testLoss.mean > 0 && result.testAccuracy.mean >= 0);
	const without = JSON.parse((await study(small)).out.trim().split("\n").at(-1)!).activations[0];
	assert.ok(!("testLoss" in without));
});

test("study and advise say which columns of the data are constant, and which are text", async () => {
	const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},3,$${i % 4},${i % 2}`);
	writeFileSync(join(folder, "constant.csv"), ["a,same,b,t", ...rows].join("\n"));
	const constant = { ...csv, path: "constant.csv" };
	const sentence = "Constant, so they tell nothing: same.";
	const { code, err } = await study({ ...small, data: constant });
	assert.deepEqual([code, err.split("\n").filter((line) => line === sentence).length], [0, 1], err);
	assert.match(err, /^Columns of text, a feature for each value: b \(4\)\.$/m);
	const advised = await run("advise", { candidates: ["relu", "tanh"], data: constant, seconds: 5 });
	assert.ok(advised.err.split("\n").includes(sentence), advised.err);
	assert.ok(!(await study(small)).err.includes("Constant"));
});

const csv = { kind: "csv", target: "t", task: "classification" };
const promised = { kind: "npy", inputs: "promised.npy", targets: "promised.npy" };

/** Data that cannot be trained on, as files beside the document. */
function writeBadData(): void {
	const rows = (text: (row: number) => string) => ["a,t", ...Array.from({ length: 20 }, (_, i) => text(i))].join("\n");
	const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
	write(
		"nan.csv",
		rows((i) => `${i === 1 ? "nan" : i},${i % 2}`),
	);
	write(
		"one.csv",
		rows((i) => `${i},0`),
	);
	const archive = readFileSync(join("test", "golden", "arrays", "stored.npz"));
	write("stored.npz", archive);
	write("half.npz", archive.subarray(0, archive.length / 2));
	const header = `${"{'descr': '<f8', 'fortran_order': False, 'shape': (12500000000, 1), }".padEnd(117)}\n`;
	write("promised.npy", Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}`, "latin1"));
}

for (const [what, more, message] of [
	["an array that is not there", { data: { ...data, inputs: "images" } }, /data: there is no array "images" in stored/],
	["a batch larger than the data", { batchSize: 13 }, /study: batchSize must be at most the 10 of 12 samples/],
	["a width of 0", { network: { hidden: [4, 0] } }, /study: network.hidden\[1\] must be 1…4096, got 0/],
	["1,000 layers", { network: { depth: 1000, width: 4 } }, /study: network.depth must be 1…64, got 1000/],
	[
		"layers too wide",
		{ network: { depth: 64, width: 4096 } },
		/study: network.hidden must need at most 4 GB of memory/,
	],
	[
		"a function that is not understood",
		{ activations: ["relu", { id: "custom", label: "mine", source: "def sigmoid(x):\n    return frobnicate(x)\n" }] },
		/study: activations\[1\]: "mine" is .*frobnicate/,
	],
	[
		"a value that is NaN",
		{ data: { ...csv, path: "nan.csv" } },
		/data: row 2 of column "a" must be a finite number, got "nan"/,
	],
	["one class", { data: { ...csv, path: "one.csv" } }, /data: column "t" must hold at least two classes, got only "0"/],
	[
		"half an archive",
		{ data: { ...data, path: "half.npz" } },
		/data: half.npz must be an .npz archive, got a damaged one/,
	],
	["100 GB promised", { data: promised }, /data: promised.npy must have at most 5,000,000 samples, got 12,500,000,000/],
] as const) {
	test(`study refuses ${what} with one line, before any training`, async () => {
		writeBadData();
		const { code, out, err } = await study({ ...small, ...more });
		assert.deepEqual([code, out, err.trim().split("\n").length], [2, "", 1]);
		assert.match(err, message);
	});
}

test("a study whose process was killed goes on where it was kept, to the numbers of an unbroken one", async () => {
	const document = {
		activations: ["gelu", "tanh"],
		data: { kind: "moons", samples: 3000, noise: 0.2 },
		network: { hidden: [48, 48] },
		tuning: { learningRates: [0.003, 0.01], epochs: 1, seeds: 1 },
		precision: "float64",
		epochs: 12,
		seeds: [0, 1],
	};
	const whole = lastOf((await study(document, ["--workers", "1"])).out);
	const kept = ["--workers", "1", "--keep", join(folder, "kept")];
	let killed = "";
	await study(document, kept, (child) => {
		child.stdout!.on("data", (text: string) => {
			killed += text;
			// Three trainings are to come, the next of them under way.
			if (killed.includes('"kind":"done"')) child.kill("SIGKILL");
		});
	});
	assert.ok(!killed.includes('"kind":"result"'), "it was killed before its end");
	const rest = await study(document, kept);
	assert.ok(!rest.out.includes('"kind":"tuned"'), "the learning rates are not looked for again");
	assert.deepEqual(lastOf(rest.out), whole);
	const trained = (out: string) => (out.match(/"kind":"done"/g) ?? []).length;
	assert.ok(trained(rest.out) < 4, "what had ended is not trained again");
});

test("a study that another process trains in the same folder is refused with one line, and counted once", async () => {
	const document = {
		activations: ["gelu"],
		data: { kind: "moons", samples: 3000, noise: 0.2 },
		network: { hidden: [48, 48] },
		optimizer: { learningRate: 0.003 },
		precision: "float64",
		epochs: 12,
		seeds: [0],
	};
	const kept = ["--workers", "1", "--keep", join(folder, "both")];
	let second: ReturnType<typeof study> | undefined;
	const first = await study(document, kept, (child) => {
		child.stdout!.once("data", () => {
			second = study(document, kept);
		});
	});
	const { code, out, err } = await second!;
	assert.deepEqual([code, out, err.trim().split("\n").length], [2, "", 1]);
	assert.match(err, /--keep cannot keep "GELU · moons": the run is being trained by another process \(\d+\)/);
	assert.deepEqual(lastOf((await study(document, kept)).out), lastOf(first.out));
});

test("a folder that cannot be written is refused with one line before any training", async () => {
	writeFileSync(join(folder, "file"), "");
	const { code, out, err } = await study({ ...small, data: { kind: "moons", samples: 40 } }, [
		"--keep",
		join(folder, "file"),
	]);
	assert.deepEqual([code, out, err.trim().split("\n").length], [2, "", 1]);
	assert.match(err, /--keep cannot keep "ReLU · moons": E\w+: /);
});

test("a study whose folder fails while it trains gives its result, and exit code 1", async () => {
	const [whole, gone] = [join(folder, "whole"), join(folder, "gone")];
	const document = { ...small, data: { kind: "moons", samples: 400, noise: 0.1 }, epochs: 400 };
	const wanted = lastOf((await study(document, ["--keep", whole])).out);
	const { code, out, err } = await study(document, ["--keep", gone], (child) => {
		child.stdout!.once("data", () => {
			rmSync(gone, { recursive: true });
			writeFileSync(gone, "");
		});
	});
	assert.deepEqual([code, err.trim().split("\n").length], [1, 1]);
	assert.match(err, /^--keep cannot keep "ReLU · moons": E/);
	assert.deepEqual(lastOf(out), wanted);
});

test("of a grid that was cut short, the studies that had ended are not trained again", async () => {
	const grid = { ...small, name: "grid", network: { hidden: [[4], [5]] } };
	const kept = join(folder, "grid");
	const trained = () => study(grid, ["--workers", "1", "--keep", kept]);
	const linesOf = (out: string, kind: string) => out.split("\n").filter((line) => line.includes(`"kind":"${kind}"`));
	const whole = await trained();
	const nameOf = (id: string) => JSON.parse(readFileSync(join(kept, id, "run.json"), "utf8")).name;
	// What a kill at the end of the first study leaves.
	for (const id of readdirSync(kept)) if (nameOf(id) === "grid · 5") rmSync(join(kept, id), { recursive: true });
	const rest = await trained();
	assert.deepEqual(linesOf(rest.out, "result"), linesOf(whole.out, "result"));
	assert.deepEqual([linesOf(whole.out, "done").length, linesOf(rest.out, "done").length], [4, 2]);
	assert.match(rest.err, /^grid · 4: trained to its end before, and not again$/m);
});

test("a document with lists is a study each, and each line says which", async () => {
	const { out, code } = await study({ ...small, activations: ["relu", "tanh"], network: { hidden: [[4], [2, 2]] } });
	const lines = out
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	assert.equal(code, 0);
	assert.deepEqual(
		[...new Set(lines.map((line) => line.study))],
		["ReLU · Tanh · stored.npz · 4", "ReLU · Tanh · stored.npz · 2×2"],
	);
	assert.equal(lines.filter(({ kind }) => kind === "result").length, 2);
});
