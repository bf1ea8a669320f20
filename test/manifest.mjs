/**
 * Writes the part of package.json's `contributes` that the tables of commands and settings define:
 * `node test/manifest.mjs --write`. Without `--write` it says whether anything would change, and a test calls it so.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** Run from the project's folder, as npm does; a bundled test has no folder of its own. */
const ROOT = process.cwd();

/** package.json and package.nls.json as the tables have them, and as they are. */
export async function manifest() {
	const { commands, settings } = await tables();
	const read = (name) => readFileSync(join(ROOT, name), "utf8");
	const current = { package: read("package.json"), nls: read("package.nls.json") };
	const document = JSON.parse(current.package);
	const nls = JSON.parse(current.nls);
	const texts = Object.fromEntries(Object.entries(nls).filter(([key]) => !/^(command|setting)\./.test(key)));

	const contributes = document.contributes ?? {};
	contributes.commands = Object.entries(commands).map(([command, { title, icon }]) => {
		texts[commandKey(command)] = title;
		return { command, title: `%${commandKey(command)}%`, category: "Activation Lens", ...(icon ? { icon } : {}) };
	});
	contributes.menus = menusOf(commands);
	contributes.configuration = {
		title: "Activation Lens",
		properties: Object.fromEntries(
			Object.entries(settings).map(([id, { description, properties, values, ...rest }]) => {
				const key = `setting.${id.replace("activations.", "")}`;
				texts[key] = description;
				return [
					id,
					{ ...rest, ...(properties ? propertiesOf(properties, values) : {}), markdownDescription: `%${key}%` },
				];
			}),
		),
	};
	document.contributes = contributes;
	return {
		current,
		wanted: { package: `${JSON.stringify(document, null, "\t")}\n`, nls: `${JSON.stringify(texts, null, "\t")}\n` },
	};
}

function menusOf(commands) {
	const menus = { commandPalette: [] };
	for (const [command, { palette, menus: places }] of Object.entries(commands)) {
		if (palette !== undefined) menus.commandPalette.push({ command, when: String(palette) });
		for (const { menu, ...place } of places) {
			menus[menu] ??= [];
			menus[menu].push({ command, ...place });
		}
	}
	return menus;
}

function propertiesOf(names, values) {
	const each = values ? { type: "string", enum: values } : { type: "boolean" };
	return { additionalProperties: false, properties: Object.fromEntries(names.map((name) => [name, each])) };
}

function commandKey(command) {
	return `command.${command.replace("activations.", "")}`;
}

async function tables() {
	const { outputFiles } = await build({
		stdin: {
			contents: 'export { commands } from "./commands.ts"; export { settings } from "./settings.ts";',
			resolveDir: join(ROOT, "src", "editor"),
			loader: "ts",
		},
		bundle: true,
		format: "esm",
		write: false,
	});
	return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const { current, wanted } = await manifest();
	const changes = current.package !== wanted.package || current.nls !== wanted.nls;
	if (process.argv.includes("--write")) {
		writeFileSync(join(ROOT, "package.json"), wanted.package);
		writeFileSync(join(ROOT, "package.nls.json"), wanted.nls);
	} else if (changes) {
		console.error("package.json differs from the tables: npm run manifest");
		process.exitCode = 1;
	}
}
