/**
 * Tests the stand-in for the desktop VS Code itself: `node test/host/selftest.mjs`. A passing suite must give 0, and
 * each way in which a suite can go wrong must not.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const END = 'require("node:fs").writeFileSync(process.env.ACTIVATION_LENS_RESULT, \'{"ended":true}\');';
const SUITES = {
	"a passing suite gives 0": { body: `exports.run = async () => { ${END} };`, code: 0 },
	"a failing test gives 1": { body: `exports.run = async () => { ${END} throw new Error("fails"); };`, code: 1 },
	"a syntax error gives 1": { body: "exports.run = async () => {", code: 1 },
	"a killed extension host gives 1": {
		body: 'exports.run = async () => process.kill(process.pid, "SIGKILL");',
		code: 1,
	},
	"a suite that never ends gives 1": {
		body: "exports.run = () => new Promise(() => {});",
		code: 1,
		timeoutMs: 10_000,
	},
};

const scratch = mkdtempSync(join(tmpdir(), "activation-lens-selftest-"));
const extension = join(scratch, "extension");
mkdirSync(extension);
writeFileSync(
	join(extension, "package.json"),
	JSON.stringify({ name: "probe", publisher: "probe", version: "1.0.0", engines: { vscode: "^1.96.0" } }),
);
let [passed, failed] = [0, 0];
for (const [name, { body, code, timeoutMs = 120_000 }] of Object.entries(SUITES)) {
	const started = Date.now();
	const { status } = spawnSync(process.execPath, suiteArguments(body), { env: environment(timeoutMs) });
	rmSync(join(scratch, "result.json"), { force: true });
	report(name, started, status === code ? undefined : `exit code ${status}`);
}
for (const delayMs of [300, 5_000]) {
	const started = Date.now();
	const child = spawn(process.execPath, suiteArguments("exports.run = () => new Promise(() => {});"), {
		env: environment(120_000),
		stdio: "ignore",
	});
	const ended = new Promise((resolve) => child.on("exit", resolve));
	await new Promise((resolve) => setTimeout(resolve, delayMs));
	child.kill("SIGTERM");
	const status = await ended;
	await new Promise((resolve) => setTimeout(resolve, 1_000));
	const left = processesOf(scratch);
	const problem = left.length > 0 ? `left: ${left.join("; ")}` : status === 0 ? "exit code 0" : undefined;
	report(`SIGTERM after ${delayMs} ms leaves no process behind`, started, problem);
}
rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function report(name, started, problem) {
	if (problem === undefined) passed++;
	else failed++;
	console.log(`${problem ? "✖" : "✔"} ${name} (${Date.now() - started} ms)${problem ? `: ${problem}` : ""}`);
}

function suiteArguments(body) {
	const suite = join(scratch, "suite.js");
	writeFileSync(suite, body);
	return [
		fileURLToPath(new URL("code.mjs", import.meta.url)),
		`--extensionTestsPath=${suite}`,
		`--extensionDevelopmentPath=${extension}`,
		scratch,
	];
}

/** With TMPDIR set, the command line of every process that the stand-in starts names the scratch folder. */
function environment(timeoutMs) {
	return {
		...process.env,
		TMPDIR: scratch,
		ACTIVATION_LENS_RESULT: join(scratch, "result.json"),
		ACTIVATION_LENS_TIMEOUT_MS: String(timeoutMs),
	};
}

function processesOf(folder) {
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.map((id) => {
			try {
				return `${id} ${readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ")}`;
			} catch {
				return ""; // It ended while we looked.
			}
		})
		.filter((line) => line.includes(folder));
}
