/**
 * Bundles the unit tests (test/**\/*.test.ts but those that need VS Code or a browser) and runs them with node:test.
 * `node test/unit.mjs [pattern…]` runs the files whose path holds one of the patterns.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const ELSEWHERE = /^(extension|browser|host|python|bench|fixtures)\//;

/** Runs the tests; resolves to how many passed and failed. The tests' own report goes to standard output. */
export async function runUnitTests(patterns = []) {
	const files = readdirSync("test", { recursive: true })
		.map((name) => name.replaceAll("\\", "/"))
		.filter((name) => name.endsWith(".test.ts") && !ELSEWHERE.test(name))
		.filter((name) => patterns.length === 0 || patterns.some((pattern) => name.includes(pattern)));
	if (files.length === 0) throw new Error(`no test file matches ${patterns.join(", ")}`);
	const outdir = join("dist", "test", `unit-${process.pid}`);
	mkdirSync(outdir, { recursive: true });
	// What tests leave in the folder for temporary files goes with it.
	const temporary = mkdtempSync(join(tmpdir(), "activation-lens-unit-"));
	await build({
		entryPoints: files.map((name) => ({ in: join("test", name), out: name.replace(/\.ts$/, "") })),
		outdir,
		bundle: true,
		platform: "node",
		format: "esm",
		outExtension: { ".js": ".mjs" },
		target: "node20",
		sourcemap: "inline",
		logLevel: "warning",
		external: ["playwright-core", "esbuild"],
		// Bundled CommonJS packages may ask for `require`.
		banner: {
			js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
		},
	});
	const outputs = files.map((name) => join(outdir, name.replace(/\.ts$/, ".mjs")));
	return new Promise((resolve, reject) => {
		// By default one of the cores is left alone.
		const options = ["--test", "--test-reporter=spec", `--test-concurrency=${availableParallelism()}`];
		const child = spawn(process.execPath, ["--enable-source-maps", ...options, ...outputs], {
			stdio: ["ignore", "pipe", "inherit"],
			env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
		});
		let text = "";
		child.stdout.on("data", (chunk) => {
			text += chunk;
			process.stdout.write(chunk);
		});
		child.on("error", reject);
		child.on("close", (code) => {
			for (const folder of [outdir, temporary]) rmSync(folder, { recursive: true, force: true });
			const count = (word) => Number(new RegExp(`^ℹ ${word} (\\d+)$`, "m").exec(text)?.[1] ?? Number.NaN);
			const [passed, failed] = [count("pass"), count("fail") + count("cancelled")];
			if (Number.isNaN(passed + failed)) reject(new Error(`the test runner ended with ${code} and no count`));
			else resolve({ passed, failed });
		});
	});
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const { failed } = await runUnitTests(process.argv.slice(2));
	process.exitCode = failed === 0 ? 0 : 1;
}
