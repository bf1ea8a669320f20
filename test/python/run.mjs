/**
 * `npm run test:python`: runs generated code and exported scripts by the real libraries, and random functions by
 * Python, and compares them with the core. Makes `.venv`, with the libraries of requirements.txt and TensorFlow.js, where
 * there is none; needs Python 3.10 or newer.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const isWindows = process.platform === "win32";
const python = join(".venv", isWindows ? "Scripts/python.exe" : "bin/python");
const javascript = join(".venv", "tfjs");
const TFJS = ["@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0"];

install();
mkdirSync("dist/test/python", { recursive: true });
const cases = "dist/test/python/cases.json";
const exported = "dist/test/python/exported";
rmSync(exported, { recursive: true, force: true });
mkdirSync(exported);
await build({
	entryPoints: ["cases", "exports", "fixes", "functions", "hazards", "idioms", "stableForms", "values"].map(
		(name) => `test/python/${name}.ts`,
	),
	outdir: "dist/test/python",
	outExtension: { ".js": ".mjs" },
	bundle: true,
	platform: "node",
	format: "esm",
	target: "node20",
	logLevel: "warning",
	// Bundled CommonJS packages may ask for `require`.
	banner: {
		js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
	},
});
writeFileSync(cases, run(process.execPath, ["dist/test/python/cases.mjs"], "pipe"));
const stable = "dist/test/python/stableForms.json";
writeFileSync(stable, run(process.execPath, ["dist/test/python/stableForms.mjs"], "pipe"));
const fixed = "dist/test/python/fixes.json";
writeFileSync(fixed, run(process.execPath, ["dist/test/python/fixes.mjs"], "pipe"));
run(process.execPath, ["dist/test/python/exports.mjs", exported]);
const functions = "dist/test/python/functions.json";
const seed = process.env.SEED ? [process.env.SEED] : [];
run(python, ["test/python/functions.py", functions, ...seed]);
const codes = "dist/test/python/hazardCodes.json";
run(python, ["test/python/hazards.py", "write", codes, ...seed]);
const hazards = "dist/test/python/hazards.json";
writeFileSync(hazards, run(process.execPath, ["dist/test/python/hazards.mjs", codes], "pipe"));
const idioms = "dist/test/python/idioms.json";
run(python, ["test/python/idioms.py", "write", idioms]);
const understood = "dist/test/python/idiomsUnderstood.json";
writeFileSync(understood, run(process.execPath, ["dist/test/python/idioms.mjs", idioms], "pipe"));
const values = "dist/test/python/values.json";
writeFileSync(values, run(process.execPath, ["dist/test/python/values.mjs"], "pipe"));
let failed = 0;
for (const [program, ...args] of [
	[python, "test/python/check.py", cases],
	[python, "test/python/check.py", cases, "jax"],
	[python, "test/python/check.py", cases, "tensorflow"],
	[process.execPath, "test/python/tfjs.mjs", cases, stable, javascript],
	[python, "test/python/exports.py", exported],
	[python, "test/python/stableForms.py", stable],
	[python, "test/python/fixes.py", fixed],
	[process.execPath, "dist/test/python/functions.mjs", functions],
	[python, "test/python/hazards.py", "check", hazards],
	[python, "test/python/idioms.py", "check", understood],
	[python, "test/python/values.py", values],
]) {
	if (spawnSync(program, args, { stdio: "inherit" }).status !== 0) failed++;
}
console.log(failed === 0 ? "Generated code agrees with the core." : "Generated code differs from the core.");
process.exitCode = failed === 0 ? 0 : 1;

/** Says what it does: it takes minutes and a gigabyte. */
function install() {
	const wanted = `${readFileSync("test/python/requirements.txt", "utf8")}${TFJS.join("\n")}\n`;
	const stamp = join(".venv", "installed.txt");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
	console.log("Making .venv with the libraries of test/python/requirements.txt and TensorFlow.js.");
	if (!existsSync(python)) run(isWindows ? "python" : "python3", ["-m", "venv", ".venv"]);
	run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "test/python/requirements.txt"]);
	mkdirSync(javascript, { recursive: true });
	const npm = ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", javascript, ...TFJS];
	run(isWindows ? "npm.cmd" : "npm", npm);
	writeFileSync(stamp, wanted);
}

function run(program, args, stdout = "inherit") {
	const {
		status,
		error,
		stdout: text,
	} = spawnSync(program, args, {
		stdio: ["ignore", stdout, "inherit"],
		encoding: "utf8",
		maxBuffer: 2 ** 28,
		shell: isWindows && program.endsWith(".cmd"),
	});
	if (error || status !== 0)
		throw new Error(`${program} ${args.join(" ")} failed: ${error?.message ?? `exit code ${status}`}`);
	return text;
}
