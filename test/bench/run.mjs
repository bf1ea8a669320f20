/** `npm run bench [-- part…]`: bundles and runs the measurements. */
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const outfile = "dist/test/bench.mjs";
await build({
	entryPoints: ["test/bench/bench.ts"],
	outfile,
	bundle: true,
	platform: "node",
	format: "esm",
	target: "node20",
	logLevel: "warning",
});
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
