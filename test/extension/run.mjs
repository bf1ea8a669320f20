/**
 * Runs test/extension/*.test.ts inside a real VS Code: `node test/extension/run.mjs`.
 *
 * The desktop VS Code where @vscode/test-electron can download one, else the npm-only host of test/host; the same suite
 * and the same `runTests` either way.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { findChromium } from "../host/chromium.mjs";
import { canDownloadVsCode } from "../host/desktop.mjs";
import { installHost } from "../host/install.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs the suite; resolves to how many tests passed and failed, and the lines printed about them. A suite that does not
 * end, or has no test, counts one failure more. ACTIVATION_LENS_VSCODE names the VS Code: `host` for the npm-only one,
 * or a version to download (`1.96.0`, `stable`); without it, the newest that can be had.
 */
export async function runExtensionTests(pattern) {
	const outfile = join(ROOT, "dist", "test", "extension", "index.js");
	await bundleSuite(outfile);
	const scratch = mkdtempSync(join(tmpdir(), "al-suite-"));
	const workspace = join(scratch, "workspace");
	cpSync(join(ROOT, "test", "fixtures", "workspace"), workspace, { recursive: true });
	const result = join(scratch, "result.json");
	const lines = [];
	const say = (line) => {
		lines.push(line);
		console.log(line);
	};
	const vscode = await chooseVsCode();
	let failure;
	try {
		await runTests({
			...vscode,
			extensionDevelopmentPath: ROOT,
			extensionTestsPath: outfile,
			launchArgs: [workspace, `--user-data-dir=${join(scratch, "user")}`, "--disable-extensions"],
			extensionTestsEnv: { ACTIVATION_LENS_RESULT: result, ...(pattern ? { ACTIVATION_LENS_PATTERN: pattern } : {}) },
		});
	} catch (error) {
		failure = error;
	}
	const { ended, results } = existsSync(result)
		? JSON.parse(readFileSync(result, "utf8"))
		: { ended: false, results: [] };
	for (const { name, ms, error } of results) {
		say(`${error === null ? "✔" : "✖"} ${name} (${ms} ms)`);
		if (error !== null) say(error.replace(/^/gm, "    "));
	}
	const failed = results.filter(({ error }) => error !== null).length;
	const broken = !ended || results.length === 0 || (failure !== undefined && failed === 0);
	if (broken) {
		const cause =
			ended && results.length === 0 ? "no test was registered" : (failure?.message ?? "no result was written");
		say(`✖ the suite did not end well: ${cause}`);
	}
	rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
	return { passed: results.length - failed, failed: failed + (broken ? 1 : 0), lines };
}

async function chooseVsCode() {
	const wanted = process.env.ACTIVATION_LENS_VSCODE;
	if (wanted && wanted !== "host") return { version: wanted };
	if (wanted !== "host" && (await canDownloadVsCode())) return {};
	findChromium();
	installHost();
	return { vscodeExecutablePath: join(ROOT, "test", "host", "code.mjs") };
}

/** One bundle: a generated entry imports every test file, then runs what they registered. */
async function bundleSuite(outfile) {
	const folder = join(ROOT, "test", "extension");
	const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
	mkdirSync(join(ROOT, "dist", "test"), { recursive: true });
	await build({
		stdin: {
			contents: [
				...files.map((name) => `import "./${name}";`),
				'import { runRegistered } from "./harness.ts";',
				"export const run = runRegistered;",
			].join("\n"),
			resolveDir: folder,
			loader: "ts",
		},
		outfile,
		bundle: true,
		platform: "node",
		format: "cjs",
		target: "node20",
		external: ["vscode"],
		sourcemap: "inline",
		logLevel: "warning",
	});
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
	const { passed, failed } = await runExtensionTests(process.argv[2]);
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed === 0 ? 0 : 1;
}
