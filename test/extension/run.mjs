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
import { canDownloadVsCode } from "../host/desktop.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the suite; resolves to how many tests passed and failed. A suite that does not end counts one failure more. */
export async function runExtensionTests(pattern) {
	const outfile = join(ROOT, "dist", "test", "extension", "index.js");
	await bundleSuite(outfile);
	const scratch = mkdtempSync(join(tmpdir(), "activation-lens-suite-"));
	const workspace = join(scratch, "workspace");
	cpSync(join(ROOT, "test", "fixtures", "workspace"), workspace, { recursive: true });
	const result = join(scratch, "result.json");
	let failure;
	try {
		await runTests({
			...((await canDownloadVsCode()) ? {} : { vscodeExecutablePath: join(ROOT, "test", "host", "code.mjs") }),
			extensionDevelopmentPath: ROOT,
			extensionTestsPath: outfile,
			launchArgs: [workspace],
			extensionTestsEnv: { ACTIVATION_LENS_RESULT: result, ...(pattern ? { ACTIVATION_LENS_PATTERN: pattern } : {}) },
		});
	} catch (error) {
		failure = error;
	}
	const { ended, results } = existsSync(result)
		? JSON.parse(readFileSync(result, "utf8"))
		: { ended: false, results: [] };
	for (const { name, ms, error } of results) {
		console.log(`${error === null ? "✔" : "✖"} ${name} (${ms} ms)`);
		if (error !== null) console.log(error.replace(/^/gm, "    "));
	}
	const failed = results.filter(({ error }) => error !== null).length;
	const broken = !ended || (failure !== undefined && failed === 0);
	if (broken) console.error(`✖ the suite did not end: ${failure?.message ?? "no result was written"}`);
	rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
	return { passed: results.length - failed, failed: failed + (broken ? 1 : 0) };
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
