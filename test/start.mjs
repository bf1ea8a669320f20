/**
 * `npm start`: builds, and opens a VS Code with the extension and a sample workspace.
 *
 * An installed `code`, else the VS Code that @vscode/test-electron downloads, else the npm-only host in the browser, whose
 * address is printed. The sample is a copy under dist/sample, so that what you try there changes nothing here.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { canDownloadVsCode, hasDisplay } from "./host/desktop.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WINDOWS = process.platform === "win32";
const sample = join(ROOT, "dist", "sample");

build();
if (!existsSync(sample)) cpSync(join(ROOT, "test", "fixtures", "workspace"), sample, { recursive: true });

if (!(openInstalled() || (await openDownloaded()))) await serve();

function build() {
	const { status } = spawnSync(process.execPath, [join(ROOT, "esbuild.mjs")], { cwd: ROOT, stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}

/** In the terminal of a remote window `code` is another program, which takes no extension under development. */
function openInstalled() {
	if (!hasDisplay() || process.env.VSCODE_IPC_HOOK_CLI) return false;
	if (spawnSync("code", ["--version"], { stdio: "ignore", shell: WINDOWS }).status !== 0) return false;
	return open("code", "the installed VS Code");
}

async function openDownloaded() {
	if (!(await canDownloadVsCode())) return false;
	try {
		const { downloadAndUnzipVSCode } = await import("@vscode/test-electron");
		return open(await downloadAndUnzipVSCode(), "a downloaded VS Code");
	} catch (error) {
		console.error(`VS Code could not be downloaded: ${error.message}`);
		return false;
	}
}

function open(program, name) {
	console.log(`Opening ${name} with Activation Lens and a sample workspace: ${sample}`);
	const args = [`--extensionDevelopmentPath=${ROOT}`, "--new-window", sample, join(sample, "sigmoid_demo.py")];
	// VS Code refuses to run as root without these two.
	if (process.getuid?.() === 0) args.unshift("--no-sandbox", `--user-data-dir=${join(ROOT, "dist", "start-profile")}`);
	// A shell (Windows starts `code.cmd` through one) splits at spaces what is not quoted.
	const { status, error } = spawnSync(
		WINDOWS ? `"${program}"` : program,
		WINDOWS ? args.map((argument) => `"${argument}"`) : args,
		{ stdio: "inherit", shell: WINDOWS },
	);
	if (status === 0) return true;
	console.error(`${name} did not open: ${error?.message ?? `exit code ${status}`}`);
	return false;
}

async function serve() {
	const { startPackaged } = await import("./browser/run.mjs");
	let host;
	let stopping = false;
	const stop = async () => {
		stopping = true;
		await host?.stop();
		process.exit(0);
	};
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void stop());
	host = await startPackaged({ settings: {}, workspace: sample });
	if (stopping) return stop();
	console.log(`\nActivation Lens runs in a VS Code of its own, with a sample workspace (${sample}).`);
	console.log(`Open this address in a browser, then sigmoid_demo.py:\n\n    ${host.url}\n\nCtrl+C ends it.`);
}
