import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "cli-"));
const script = join(folder, "dist", "cli.js");

before(async () => {
	writeFileSync(join(folder, "package.json"), '{"version":"9.8.7"}');
	await build({
		entryPoints: ["src/cli/main.ts"],
		outfile: script,
		bundle: true,
		platform: "node",
		format: "cjs",
		target: "node20",
		logLevel: "error",
		external: ["./trainerWorker.js"],
	});
});
after(() => rmSync(folder, { recursive: true }));

interface Ended {
	readonly code: number | null;
	readonly out: string;
	readonly err: string;
}

/** Runs the bundled command line; `input` is called with a way to write to it and with what has been read so far. */
function start(args: readonly string[]) {
	const child = spawn(process.execPath, [script, ...args]);
	let out = "";
	let err = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		out += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		err += text;
	});
	child.stdin.on("error", () => {}); // The command may end before it has read everything.
	const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, out, err })));
	return { child, ended };
}

test("the bundled command line answers --version with the package's version", async () => {
	const { child, ended } = start(["--version"]);
	child.stdin.end();
	assert.deepEqual(await ended, { code: 0, out: "9.8.7\n", err: "" });
});

test("a command that reads no input ends although its standard input stays open", async () => {
	const { ended } = start(["evaluate", "relu", "--at", "-1,2", "--json"]);
	const { code, out } = await ended;
	assert.equal(code, 0);
	assert.deepEqual(JSON.parse(out).value, [0, 2]);
});

test("a batch answers each line as it comes, without waiting for the end of its input", async () => {
	const { child, ended } = start(["evaluate", "--batch"]);
	for (const x of [1, 2, 3]) {
		child.stdin.write(`{"activation":"relu","x":[${x}]}\n`);
		const line = await new Promise<string>((resolve) => child.stdout.once("data", resolve));
		assert.deepEqual(JSON.parse(line).value, [x]);
	}
	child.stdin.end();
	assert.equal((await ended).code, 0);
});

test("a reader that stops reading, as head does, ends a batch of 200,000 lines without a trace", async () => {
	const { child, ended } = start(["evaluate", "--batch"]);
	const line = '{"activation":"relu","x":[1,2,3]}\n';
	child.stdin.write(line.repeat(200_000));
	child.stdin.end();
	await new Promise((resolve) => child.stdout.once("data", resolve));
	child.stdout.destroy();
	const { code, err } = await ended;
	assert.deepEqual([code, err], [0, ""]);
});

test("misuse ends with exit code 2", async () => {
	const { child, ended } = start(["evaluate", "relu"]);
	child.stdin.end();
	const { code, out, err } = await ended;
	assert.deepEqual([code, out], [2, ""]);
	assert.match(err, /^activation-lens evaluate: expected --at/);
});

test("an interrupted training run ends with 130", {
	skip: process.platform === "win32" && "no signals there",
}, async () => {
	const spec = join(folder, "run.json");
	const run = {
		layers: [2, 64, 64, 1],
		activation: "tanh",
		loss: "mse",
		optimizer: { name: "sgd", lr: 0.01 },
		data: { x: [[0, 1]], y: [[1]] },
		batches: Array(1e5).fill([0]),
		init: { name: "lecun" },
	};
	writeFileSync(spec, JSON.stringify(run));
	const { child, ended } = start(["train", spec, "--json"]);
	child.stdout.once("data", () => child.kill("SIGINT"));
	const { code, out, err } = await ended;
	assert.deepEqual([code, err], [130, ""]);
	assert.ok(!out.includes('"kind":"result"'));
});

test("an interrupted confirmation of a model ends with 130, and without its forecast", {
	skip: process.platform === "win32" && "no signals there",
}, async () => {
	const file = join(folder, "models.py");
	const model = (name: string, width: number) =>
		`${name} = nn.Sequential(nn.Linear(${width}, ${width}), nn.ReLU(), nn.Linear(${width}, ${width}))`;
	writeFileSync(file, ["from torch import nn", model("small", 8), model("large", 1024), ""].join("\n"));
	const { child, ended } = start(["model", file, "--confirm"]);
	child.stdout.once("data", () => child.kill("SIGINT"));
	const { code, out, err } = await ended;
	assert.deepEqual([code, err], [130, ""]);
	assert.match(out, /small/);
	assert.doesNotMatch(out, /large/);
});
