#!/usr/bin/env node
/**
 * Stands in for the desktop VS Code in `runTests`: takes the flags that @vscode/test-electron passes, runs the suite in
 * the npm-only server with a headless Chromium as its window, and exits with the suite's code.
 *
 * VS Code reports 0 when the extension host dies, so the suite's driver must also write its end line to the file named
 * in ACTIVATION_LENS_RESULT; without it the run has failed.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { launchChromium } from "./chromium.mjs";
import { startServer } from "./server.mjs";

const TIMEOUT_MS = Number(process.env.ACTIVATION_LENS_TIMEOUT_MS ?? 240_000);

const flags = readFlags(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), "activation-lens-host-"));
/** What the window wrote to its console; shown only when the run fails. */
const log = [];
let server;
let browser;
let finishing = false;

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void finish(1, `ended by ${signal}`));
const timer = setTimeout(() => void finish(1, `the suite did not end in ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);

// A runner that was killed cannot say so, but its child gets another parent.
const runner = process.ppid;
setInterval(() => process.ppid !== runner && void finish(1, "the runner has ended"), 1_000).unref();

try {
	const result = process.env.ACTIVATION_LENS_RESULT;
	server = await startServer({ folder, smokeTestDriver: true });
	browser = await launchChromium();
	const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
	await page.exposeFunction("codeAutomationLog", (type, args) => log.push(`[${type}] ${args.join(" ")}`));
	const ended = new Promise((resolveCode) => {
		void page.exposeFunction("codeAutomationExit", (code) => resolveCode(code));
		page.on("crash", () => resolveCode(1));
	});
	await page.goto(pageUrl(server.port, flags));
	const code = await ended;
	const complete =
		result === undefined || (existsSync(result) && JSON.parse(readFileSync(result, "utf8")).ended === true);
	await finish(code === 0 && complete ? 0 : 1, complete ? undefined : "the extension host died before the suite ended");
} catch (error) {
	await finish(1, error instanceof Error ? error.stack : String(error));
}

async function finish(code, reason) {
	if (finishing) return;
	finishing = true;
	clearTimeout(timer);
	if (reason) console.error([...log.slice(-20), reason].join("\n"));
	await browser?.close().catch(() => {});
	await server?.stop();
	rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	process.exit(code);
}

function pageUrl(port, { tests, development, workspace }) {
	const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
	const payload = [
		["extensionDevelopmentPath", remote(development)],
		["extensionTestsPath", remote(tests)],
		["skipWelcome", "true"],
	];
	const query = new URLSearchParams({ payload: JSON.stringify(payload) });
	if (workspace) query.set("folder", workspace);
	return `http://127.0.0.1:${port}/?${query}`;
}

function readFlags(args) {
	const value = (name) => args.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
	const [tests, development] = [value("extensionTestsPath"), value("extensionDevelopmentPath")];
	if (!tests || !development) throw new Error("expected --extensionTestsPath= and --extensionDevelopmentPath=");
	const workspace = args.find((argument) => !argument.startsWith("-"));
	return { tests: resolve(tests), development: resolve(development), workspace: workspace && resolve(workspace) };
}
