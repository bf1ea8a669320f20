/**
 * Tests the stand-in for the desktop VS Code itself: `node test/host/selftest.mjs`. A passing suite must give 0, and
 * each way in which a suite can go wrong must not.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const END = 'require("node:fs").writeFileSync(process.env.ACTIVATION_LENS_RESULT, \'{"ended":true}\');';
const SUITES = {
	"a passing suite gives 0": { body: `exports.run = async () => { ${END} };`, code: 0 },
	"a failing test gives 1": { body: `exports.run = async () => { ${END} throw new Error("fails"); };`, code: 1 },
	"a syntax error gives 1": { body: "exports.run = async () => {", code: 1 },
	"a killed extension host gives 1": {
		body: 'exports.run = async () => process.kill(process.pid, "SIGKILL");',
		code: 1,
	},
	"a suite that never ends gives 1": { body: "exports.run = () => new Promise(() => {});", code: 1 },
};

const scratch = mkdtempSync(join(tmpdir(), "activation-lens-selftest-"));
const extension = join(scratch, "extension");
mkdirSync(extension);
writeFileSync(
	join(extension, "package.json"),
	JSON.stringify({ name: "probe", publisher: "probe", version: "1.0.0", engines: { vscode: "^1.96.0" } }),
);
let failed = 0;
for (const [name, { body, code }] of Object.entries(SUITES)) {
	const suite = join(scratch, "suite.js");
	writeFileSync(suite, body);
	const { status } = spawnSync(
		process.execPath,
		[
			fileURLToPath(new URL("code.mjs", import.meta.url)),
			`--extensionTestsPath=${suite}`,
			`--extensionDevelopmentPath=${extension}`,
			scratch,
		],
		{
			env: {
				...process.env,
				ACTIVATION_LENS_RESULT: join(scratch, "result.json"),
				ACTIVATION_LENS_TIMEOUT_MS: "25000",
			},
		},
	);
	rmSync(join(scratch, "result.json"), { force: true });
	if (status !== code) failed++;
	console.log(`${status === code ? "✔" : "✖"} ${name}${status === code ? "" : `, got ${status}`}`);
}
rmSync(scratch, { recursive: true, force: true });
console.log(`${Object.keys(SUITES).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
