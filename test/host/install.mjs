/**
 * Installs the VS Code of this folder, once: `node test/host/install.mjs`.
 *
 * Nothing is compiled and no install script runs. Two native modules are replaced by JavaScript stand-ins: the log
 * writer (without it the server does not start) and a watchdog (a no-op here).
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const STAMP = join(HERE, "node_modules", ".host-installed");
const VSCODE = join(HERE, "node_modules", "code-server", "lib", "vscode");

/** Where the server's entry and the Node that runs it lie (Node 20 cannot run it). */
export const hostPaths = {
	server: join(VSCODE, "out", "server-main.js"),
	node: join(HERE, "node_modules", `node-linux-${process.arch}`, "bin", "node"),
};

/** Installs what is missing; does nothing when the lock file is the one installed last. Throws with npm's own words. */
export function installHost() {
	if (process.platform !== "linux")
		throw new Error(`the npm-only VS Code host needs Linux, this is ${process.platform}`);
	const wanted = readFileSync(join(HERE, "package-lock.json"), "utf8");
	if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
	rmSync(STAMP, { force: true });
	console.log("Installing a VS Code for the tests (about 200 MB, once) …");
	npm(HERE, "ci", "--ignore-scripts");
	npm(VSCODE, "ci", "--ignore-scripts", "--legacy-peer-deps", "--omit=dev", "--omit=optional");
	standIn("spdlog", SPDLOG);
	standIn("native-watchdog", "exports.start = () => {};\nexports.exit = (code) => process.exit(code ?? 0);\n");
	writeFileSync(STAMP, wanted);
}

function npm(folder, ...args) {
	const { status, stdout, stderr, error } = spawnSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
		cwd: folder,
		encoding: "utf8",
	});
	if (status !== 0) throw new Error(`npm ${args[0]} failed in ${folder}: ${error?.message ?? ""}${stdout}${stderr}`);
}

function standIn(name, source) {
	writeFileSync(join(VSCODE, "node_modules", "@vscode", name, "index.js"), source);
}

/** Writes what VS Code logs to the file it names; the levels are spdlog's, 0 trace … 5 critical, 6 off. */
const SPDLOG = `
const { appendFileSync, mkdirSync } = require("node:fs");
const { dirname } = require("node:path");
const LEVELS = ["trace", "debug", "info", "warn", "error", "critical"];
class Logger {
	constructor(type, name, file) { this.file = file; this.level = 2; mkdirSync(dirname(file), { recursive: true }); }
	write(level, message) {
		if (level < this.level) return;
		try { appendFileSync(this.file, new Date().toISOString() + " [" + LEVELS[level] + "] " + message + "\\n"); } catch {}
	}
	getLevel() { return this.level; }
	setLevel(level) { this.level = level; }
	setPattern() {} clearFormatters() {} flush() {} drop() {}
}
LEVELS.forEach((name, level) => { Logger.prototype[name] = function (message) { this.write(level, message); }; });
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = exports.setFlushOn = exports.shutdown = () => {};
const create = async (name, file) => new Logger("rotating", name, file);
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`;

if (import.meta.url === pathToFileURL(process.argv[1]).href) installHost();
