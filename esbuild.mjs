/**
 * Builds every bundle: `node esbuild.mjs [--watch]`.
 *
 * The first guard of the layers is here: `vscode` is external in the extension bundle alone, and core and protocol are
 * also built with `platform: "neutral"`, so a Node module or `vscode` that they reach through any chain fails the build.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
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
	define: { __VERSION__: JSON.stringify(JSON.parse(readFileSync("package.json", "utf8")).version) },
};
const node = { ...shared, platform: "node", format: "cjs", target: "node20" };

const bundles = [
	{ ...node, entryPoints: { extension: "src/extension.ts" }, outdir: "dist", external: ["vscode"] },
	{ ...node, entryPoints: { trainerWorker: "src/engines/trainerWorker.ts" }, outdir: "dist" },
	{ ...node, entryPoints: { scanWorker: "src/engines/scanWorker.ts" }, outdir: "dist" },
	{ ...node, entryPoints: { forecastWorker: "src/engines/forecastWorker.ts" }, outdir: "dist" },
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

/** The licences of the packages that are in the bundles, in one file beside them. */
function writeNotices(inputs) {
	const packages = new Set(inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
	const notices = [...packages].sort().map((name) => {
		const folder = join("node_modules", name);
		const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
		const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
		const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}`;
		return `${name} ${version}\n\n${text}\n`;
	});
	writeFileSync(join("dist", "NOTICES.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));
}

const inputs = [];
for (const options of bundles) {
	const build = await context({ ...options, metafile: true });
	if (watch) await build.watch();
	else {
		const { metafile } = await build.rebuild();
		inputs.push(...Object.keys(metafile.inputs));
		await build.dispose();
	}
}
if (!watch) writeNotices(inputs);
