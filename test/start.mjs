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
import { canDownloadVsCode } from "./host/desktop.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const sample = join(ROOT, "dist", "sample");

run(process.execPath, [join(ROOT, "esbuild.mjs")]);
if (!existsSync(sample)) cpSync(join(ROOT, "test", "fixtures", "workspace"), sample, { recursive: true });

if (spawnSync("code", ["--version"], { stdio: "ignore", shell: process.platform === "win32" }).status === 0) {
	console.log("Opening VS Code with Activation Lens and a sample workspace …");
	run("code", [`--extensionDevelopmentPath=${ROOT}`, "--new-window", sample, join(sample, "sigmoid_demo.py")]);
} else if (await canDownloadVsCode()) {
	const { downloadAndUnzipVSCode } = await import("@vscode/test-electron");
	const code = await downloadAndUnzipVSCode();
	console.log("Opening the downloaded VS Code with Activation Lens and a sample workspace …");
	run(code, [`--extensionDevelopmentPath=${ROOT}`, "--new-window", sample, join(sample, "sigmoid_demo.py")]);
} else {
	const { startPackaged } = await import("./browser/run.mjs");
	const host = await startPackaged();
	console.log(
		`\nNo desktop VS Code here. Open this address in a browser, then sigmoid_demo.py:\n\n    ${host.url}\n\nCtrl+C ends it.`,
	);
	for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void host.stop().then(() => process.exit(0)));
}

function run(command, args) {
	const { status, error } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
	if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? `exit code ${status}`}`);
}
