/** Starts the npm-only VS Code server of this folder on a free port. */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostPaths, installHost } from "./install.mjs";

/** A screen without assistants, tours and prompts, so that tests and pictures show the extension. */
const QUIET = {
	"chat.disableAIFeatures": true,
	"workbench.secondarySideBar.defaultVisibility": "hidden",
	"workbench.startupEditor": "none",
	"workbench.tips.enabled": false,
	"telemetry.telemetryLevel": "off",
	"extensions.ignoreRecommendations": true,
	"git.enabled": false,
	"security.workspace.trust.enabled": false,
	"editor.minimap.enabled": false,
};

/** Servers that run; a process that ends in any way but SIGKILL takes its servers with it. */
const running = new Set();
process.on("exit", () => {
	for (const child of running) signalGroup(child, "SIGKILL");
});

/**
 * Starts a server whose data lie under `folder`. `smokeTestDriver` lets a page name an extension under development and
 * its tests, and turns notifications off. Resolves once it listens to `{ port, url, stop }`; `stop` ends every process.
 */
export async function startServer({ folder, settings = {}, smokeTestDriver = false, extensionsDir, environment = {} }) {
	installHost();
	const extensions = extensionsDir ?? join(folder, "extensions");
	mkdirSync(join(folder, "User"), { recursive: true });
	mkdirSync(extensions, { recursive: true });
	writeFileSync(join(folder, "User", "settings.json"), JSON.stringify({ ...QUIET, ...settings }, null, "\t"));
	const args = [
		...["--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--accept-server-license-terms"],
		...["--server-data-dir", join(folder, "server"), "--user-data-dir", folder, "--extensions-dir", extensions],
		...["--telemetry-level", "off", "--disable-telemetry", "--disable-update-check"],
		...["--disable-workspace-trust", "--disable-getting-started-override"],
		...(smokeTestDriver ? ["--enable-smoke-test-driver"] : []),
	];
	const child = spawn(hostPaths.node, [hostPaths.server, ...args], {
		env: { ...cleanEnvironment(), ...environment },
		stdio: ["ignore", "pipe", "pipe"],
		detached: true, // Its own process group, so that one signal ends the extension hosts too.
	});
	running.add(child);
	let output = "";
	const port = await new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			signalGroup(child, "SIGKILL");
			reject(new Error(`the VS Code server did not start in 60 s:\n${output}`));
		}, 60_000);
		const read = (chunk) => {
			output += chunk;
			const match = /Extension host agent listening on (\d+)/.exec(output);
			if (match) {
				clearTimeout(timer);
				resolve(Number(match[1]));
			}
		};
		child.stdout.on("data", read);
		child.stderr.on("data", read);
		child.on("error", reject);
		child.on("exit", (code) => reject(new Error(`the VS Code server ended with ${code}:\n${output}`)));
	});
	child.removeAllListeners("exit");
	return { port, url: `http://127.0.0.1:${port}/`, stop: () => endGroup(child) };
}

/**
 * What the extension hosts of the server under `folder` logged as errors, each with its stack. The workbench's own failed
 * look-ups (galleries, accounts) are in other files.
 */
export function readHostErrors(folder) {
	const logs = join(folder, "logs");
	return (
		readdirSync(logs, { recursive: true })
			.filter((name) => name.endsWith("remoteexthost.log"))
			// An entry goes on with the lines of its stack.
			.flatMap((name) => readFileSync(join(logs, name), "utf8").split(/\n(?=\d{4}-\d\d-\d\d)/))
			.filter((entry) => /^.*\[(error|critical)\]/.test(entry))
			// So the editor says that a window was loaded anew while a tree was asked for its rows, …
			.filter((entry) => !/^.*Unable to refresh tree view \S+: Canceled$/m.test(entry))
			// … or while it read from that window's connection or wrote to it, in no code of the extension's, which opens none.
			.filter(
				(entry) => !(/^.*\] Error: (read|write) (ECONNRESET|EPIPE)$/m.test(entry) && !/activation-lens/.test(entry)),
			)
			// What an extension of the editor's own fails at is told with its name, and then with its stack.
			.filter((entry) => !/^.*\] \[vscode\.[\w-]+\] provider FAILED$/m.test(entry))
			.filter((entry) => !(/\/lib\/vscode\/extensions\//.test(entry) && !/activation-lens/.test(entry)))
			.map((entry) => entry.trimEnd())
	);
}

/** Installs a packaged extension into `extensionsDir`. */
export async function installExtension(vsix, { folder, extensionsDir }) {
	installHost();
	mkdirSync(extensionsDir, { recursive: true });
	const args = ["--install-extension", vsix, "--force", "--extensions-dir", extensionsDir];
	const child = spawn(
		hostPaths.node,
		[
			hostPaths.server,
			...args,
			"--server-data-dir",
			join(folder, "server"),
			"--user-data-dir",
			folder,
			"--accept-server-license-terms",
		],
		{ env: cleanEnvironment(), stdio: ["ignore", "pipe", "pipe"] },
	);
	let output = "";
	child.stdout.on("data", (chunk) => (output += chunk));
	child.stderr.on("data", (chunk) => (output += chunk));
	const code = await new Promise((resolve) => child.on("close", resolve));
	if (code !== 0 || !/successfully installed/.test(output))
		throw new Error(`${vsix} could not be installed:\n${output}`);
}

function cleanEnvironment() {
	return Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !name.startsWith("VSCODE_IPC") && name !== "NODE_OPTIONS"),
	);
}

async function endGroup(child) {
	const ended = new Promise((resolve) =>
		child.exitCode === null && child.signalCode === null ? child.once("exit", resolve) : resolve(),
	);
	signalGroup(child, "SIGTERM");
	const timer = setTimeout(() => signalGroup(child, "SIGKILL"), 3_000);
	await ended;
	clearTimeout(timer);
	signalGroup(child, "SIGKILL");
	running.delete(child);
}

function signalGroup(child, name) {
	try {
		process.kill(-child.pid, name);
	} catch {
		// The group has ended already.
	}
}
