/**
 * Builds every bundle: `node esbuild.mjs [--watch]`.
 *
 * The first guard of the layers is here: `vscode` is external in the extension bundle alone, and core and protocol are
 * also built with `platform: "neutral"`, so a Node module or `vscode` that they reach through any chain fails the build.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { context } from "esbuild";

const watch = process.argv.includes("--watch");

const shared = {
	bundle: true,
	sourcemap: true,
	minify: !watch,
	target: "es2022",
	logLevel: "warning",
	legalComments: "linked",
};
const node = { ...shared, platform: "node", format: "cjs", target: "node20" };

const bundles = [
	{ ...node, entryPoints: { extension: "src/extension.ts" }, outdir: "dist", external: ["vscode"] },
	{ ...node, entryPoints: { trainerWorker: "src/engines/trainerWorker.ts" }, outdir: "dist" },
	{ ...node, entryPoints: { cli: "src/cli/main.ts" }, outdir: "dist", banner: { js: "#!/usr/bin/env node" } },
	{ ...shared, platform: "browser", format: "esm", entryPoints: { panel: "media/panel.ts" }, outdir: "dist" },
	{ ...shared, entryPoints: { advice: "media/advice.css" }, outdir: "dist", sourcemap: false },
	{
		...shared,
		platform: "neutral",
		format: "esm",
		entryPoints: filesIn(["src/core", "src/protocol"]),
		outdir: "dist/neutral",
		write: false,
		bundle: true,
		mainFields: ["module", "main"],
	},
];

function filesIn(folders) {
	return folders.flatMap((folder) =>
		readdirSync(folder, { recursive: true })
			.filter((name) => name.endsWith(".ts"))
			.map((name) => join(folder, name)),
	);
}

for (const options of bundles) {
	const build = await context(options);
	if (watch) await build.watch();
	else {
		await build.rebuild();
		await build.dispose();
	}
}
