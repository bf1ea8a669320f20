import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import { parse } from "smol-toml";
import { parseRuleSettings, type RuleSettings } from "../core/diagnosis/rules/ruleSettings.ts";

/** What `[tool.activation-lens]` of a project's pyproject.toml says. */
export interface ProjectSettings {
	readonly rules: RuleSettings;
	/** Whether a file is left out. */
	excludes(path: string): boolean;
}

const NONE: ProjectSettings = { rules: {}, excludes: () => false };
const TABLE = "[tool.activation-lens]";
const KEYS = ["rules", "exclude"];

/** Reads the settings of the projects that files belong to, each pyproject.toml once. */
export class ProjectSettingsReader {
	readonly #folders = new Map<string, Promise<ProjectSettings>>();

	/** The settings for a file: those of the nearest pyproject.toml above that has them. Rejects with a RangeError for bad ones. */
	settingsFor(path: string): Promise<ProjectSettings> {
		return this.#inFolder(dirname(resolve(path)));
	}

	#inFolder(folder: string): Promise<ProjectSettings> {
		const known = this.#folders.get(folder);
		if (known) return known;
		const found = this.#read(folder);
		this.#folders.set(folder, found);
		return found;
	}

	async #read(folder: string): Promise<ProjectSettings> {
		const own = await settingsIn(folder);
		if (own) return own;
		const parent = dirname(folder);
		return parent === folder ? NONE : this.#inFolder(parent);
	}
}

async function settingsIn(folder: string): Promise<ProjectSettings | undefined> {
	const file = join(folder, "pyproject.toml");
	const text = await readFile(file, "utf8").catch(() => undefined);
	if (!text?.includes("activation-lens")) return undefined;
	let document: unknown;
	try {
		document = parse(text);
	} catch (error) {
		const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
		throw new RangeError(`${file} is not TOML: ${line}`);
	}
	const table = field(field(document, "tool"), "activation-lens");
	if (table === undefined) return undefined;
	const where = `${file}: ${TABLE}`;
	if (typeof table !== "object" || table === null) throw new RangeError(`${where} must be a table`);
	const unknown = Object.keys(table).find((key) => !KEYS.includes(key));
	if (unknown !== undefined) throw new RangeError(`${where} may have ${KEYS.join(" and ")}, got "${unknown}"`);
	const exclude = field(table, "exclude") ?? [];
	if (!Array.isArray(exclude) || !exclude.every((one) => typeof one === "string")) {
		throw new RangeError(`${where} exclude must be a list of patterns, got ${JSON.stringify(exclude)}`);
	}
	const isExcluded = picomatch(exclude);
	return {
		rules: parseRuleSettings(field(table, "rules"), `${where} rules`),
		excludes: (path) => exclude.length > 0 && isExcluded(relative(folder, resolve(path)).split(sep).join("/")),
	};
}

function field(value: unknown, name: string): unknown {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
