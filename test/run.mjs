/**
 * The whole test run: `npm test` (all stages) or `npm test -- trainer` (unit tests whose path holds "trainer").
 *
 * Stages: `check` (types, lint and layers, build), `unit`, `extension` (inside a real VS Code), `browser` (the packaged
 * VSIX in a real VS Code, as a user). `--only check,unit` picks some. The last line counts all stages: `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";

const STAGES = ["check", "unit", "extension", "browser"];

const { stages, patterns } = readArguments(process.argv.slice(2));
const results = [];

for (const stage of stages) {
	console.log(`\n── ${stage} ${"─".repeat(Math.max(0, 70 - stage.length))}`);
	const started = process.hrtime.bigint();
	let result;
	try {
		result = await runStage(stage);
	} catch (error) {
		console.error(`${stage} could not run: ${error instanceof Error ? error.message : error}`);
		result = { passed: 0, failed: 1 };
	}
	const seconds = Number(process.hrtime.bigint() - started) / 1e9;
	results.push({ stage, ...result, seconds });
	if (stage === "check" && result.failed > 0) break; // What does not build cannot be tested.
}

console.log("");
for (const { stage, passed, failed, seconds } of results) {
	console.log(
		`${failed === 0 ? "✓" : "✗"} ${stage.padEnd(10)} ${passed} passed, ${failed} failed  (${seconds.toFixed(0)} s)`,
	);
}
const sum = (field) => results.reduce((total, result) => total + result[field], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;

async function runStage(stage) {
	switch (stage) {
		case "check":
			return countSteps([
				["types", "tsc", "-b", "tsconfig.json"],
				["lint and layers", "biome", "check", "--error-on-warnings"],
				["build", "node", "esbuild.mjs"],
			]);
		case "unit":
			return (await import("./unit.mjs")).runUnitTests(patterns);
		case "extension":
			return (await import("./extension/run.mjs")).runExtensionTests();
		case "browser":
			return (await import("./browser/run.mjs")).runBrowserTests();
	}
}

function countSteps(steps) {
	let failed = 0;
	for (const [name, command, ...args] of steps) {
		const program = command === "node" ? process.execPath : `node_modules/.bin/${command}`;
		const { status, error } = spawnSync(program, args, { stdio: "inherit", shell: process.platform === "win32" });
		const passed = status === 0;
		if (!passed) failed++;
		console.log(`${passed ? "✓" : "✗"} ${name}${error ? `: ${error.message}` : ""}`);
	}
	return { passed: steps.length - failed, failed };
}

function readArguments(args) {
	const only = args.indexOf("--only");
	if (only >= 0) {
		const names = (args[only + 1] ?? "").split(",");
		const unknown = names.find((name) => !STAGES.includes(name));
		if (unknown !== undefined) throw new RangeError(`--only takes ${STAGES.join(", ")}, got "${unknown}"`);
		return { stages: names, patterns: args.slice(only + 2) };
	}
	return args.length > 0 ? { stages: ["unit"], patterns: args } : { stages: STAGES, patterns: [] };
}
