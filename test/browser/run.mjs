/**
 * Browser tests, as a user: packages the extension, installs the VSIX in a real VS Code and drives it in Chromium.
 * `node test/browser/run.mjs [pattern]` runs the tests whose name holds the pattern. Pictures: dist/screenshots.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { findChromium, launchChromium } from "../host/chromium.mjs";
import { installExtension, readHostErrors, startServer } from "../host/server.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TEST_TIMEOUT_MS = 240_000;

/** Packages what is built in dist; returns the VSIX's path. */
export function packageExtension() {
	const vsix = join(ROOT, "dist", "activation-lens.vsix");
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		[
			join(ROOT, "node_modules", "@vscode", "vsce", "vsce"),
			"package",
			"--no-dependencies",
			"--allow-missing-repository",
			"--no-rewrite-relative-links",
			"--out",
			vsix,
		],
		{ cwd: ROOT, encoding: "utf8" },
	);
	if (status !== 0) throw new Error(`the extension could not be packaged:\n${stdout}${stderr}`);
	console.log(/Packaged:.*/.exec(stdout)?.[0] ?? "Packaged");
	return vsix;
}

/**
 * Starts a server with the packaged extension, on `workspace` or else a copy of the sample workspace. The caller stops
 * it, which removes its data.
 */
export async function startPackaged({ settings = {}, workspace } = {}) {
	const folder = mkdtempSync(join(tmpdir(), "activation-lens-browser-"));
	const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	process.once("exit", removeFolder);
	try {
		const opened = workspace ?? join(folder, "workspace");
		if (!workspace) cpSync(join(ROOT, "test", "fixtures", "workspace"), opened, { recursive: true });
		const extensionsDir = join(folder, "extensions");
		await installExtension(packageExtension(), { folder, extensionsDir });
		const server = await startServer({ folder, extensionsDir, settings });
		return {
			folder,
			workspace: opened,
			url: `${server.url}?folder=${encodeURIComponent(opened).replaceAll("%2F", "/")}`,
			stop: async () => {
				await server.stop();
				removeFolder();
			},
		};
	} catch (error) {
		removeFolder();
		throw error;
	}
}

/** Runs the browser tests; resolves to how many passed and failed. */
export async function runBrowserTests(pattern = "") {
	findChromium(); // Before minutes are spent on the rest.
	const { registered, Window } = await bundleTests();
	const host = await startPackaged({
		settings: {
			"workbench.colorTheme": "Dark Modern",
			"window.autoDetectColorScheme": false,
			"window.autoDetectHighContrast": false,
		},
	});
	const settingsFile = join(host.folder, "User", "settings.json");
	const writeSetting = (name, value) => {
		const settings = { ...JSON.parse(readFileSync(settingsFile, "utf8")), [name]: value };
		writeFileSync(settingsFile, JSON.stringify(settings, null, "\t"));
	};
	let browser;
	let [passed, failed] = [0, 0];
	try {
		browser = await launchChromium();
		const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
		const window = new Window({
			page,
			browser,
			url: host.url,
			workspace: host.workspace,
			writeSetting,
			hostErrors: () => readHostErrors(host.folder),
		});
		await window.load();
		for (const { name, body } of registered.filter((one) => one.name.includes(pattern))) {
			const started = Date.now();
			try {
				await withTimeout(body(window));
				passed++;
				console.log(`✔ ${name} (${Date.now() - started} ms)`);
			} catch (error) {
				failed++;
				console.log(`✖ ${name} (${Date.now() - started} ms)\n${String(error?.stack ?? error).replace(/^/gm, "    ")}`);
				await window.screenshot(`failed-${failed}`).catch(() => {});
				await window.settle().catch(() => {});
			}
		}
	} finally {
		await browser?.close();
		await host.stop();
	}
	return { passed, failed };
}

async function withTimeout(promise) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`did not end in ${TEST_TIMEOUT_MS / 1000} s`)), TEST_TIMEOUT_MS);
	});
	await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function bundleTests() {
	const folder = join(ROOT, "test", "browser");
	const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
	const outfile = join(ROOT, "dist", "test", "browser.mjs");
	await build({
		stdin: {
			contents: [
				...files.map((name) => `import "./${name}";`),
				'export { registered, Window } from "./harness.ts";',
			].join("\n"),
			resolveDir: folder,
			loader: "ts",
		},
		outfile,
		bundle: true,
		platform: "node",
		format: "esm",
		target: "node20",
		external: ["playwright-core"],
		sourcemap: "inline",
		logLevel: "warning",
	});
	return import(`${pathToFileURL(outfile)}?${Date.now()}`);
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
	const { passed, failed } = await runBrowserTests(process.argv[2]);
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed === 0 ? 0 : 1;
}
