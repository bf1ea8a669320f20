import { findActivation } from "../core/activations/catalog.ts";
import { type CodeTarget, codeTargets, functionCode } from "../core/activations/libraries/functionCode.ts";
import { definitionToWrite, entryToWrite, type Writable } from "../core/explanation/functionToWrite.ts";
import { printFormula, printLatex } from "../core/expression/formula.ts";
import { readArguments } from "./arguments.ts";
import { definitionsAt } from "./definitions.ts";
import { type CommandIo, Misuse } from "./io.ts";
import { toJson } from "./json.ts";

const FORMS: readonly string[] = [...codeTargets, "formula", "latex"];

/**
 * `code ACTIVATION|FILE:LINE --as TARGET [--json]`: an activation of the catalog, or a hand-written one, as source code
 * of a library, or as a formula; exit 1 where the library lacks one of its operations.
 */
export async function codeCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { values: options, positionals } = readArguments(args, { as: { type: "string" }, json: { type: "boolean" } });
	const form = options.as;
	if (typeof form !== "string" || !FORMS.includes(form)) {
		throw new Misuse(`expected --as with one of ${FORMS.join(", ")}, got ${form === undefined ? "none" : `"${form}"`}`);
	}
	const what = await writable(positionals, (message) => io.complain(`activation-lens code: ${message}`));
	if (form === "formula" || form === "latex") {
		const formula = form === "formula" ? printFormula(what.formula) : printLatex(what.formula);
		await io.write(`${options.json ? toJson({ name: what.name, [form]: formula }) : formula}\n`);
		return 0;
	}
	const made = functionCode(what, form as CodeTarget); // One of FORMS that is no formula.
	if (!made) {
		io.complain(`activation-lens code: ${what.title} cannot be written as ${form}, which lacks one of its operations`);
		return 1;
	}
	const text = [...made.imports, ...(made.imports.length > 0 ? ["", ""] : []), made.code].join("\n");
	await io.write(options.json ? `${toJson({ name: what.name, ...made })}\n` : text);
	return 0;
}

async function writable(positionals: readonly string[], complain: (message: string) => void): Promise<Writable> {
	const entry = positionals.length === 1 ? findActivation(positionals[0]!) : undefined;
	if (entry) return entryToWrite(entry);
	const [name] = positionals;
	if (positionals.length === 1 && !/[./:]/.test(name!)) {
		throw new Misuse(`expected the id of an activation or FILE:LINE, got "${name}"`);
	}
	const { definitions } = await definitionsAt(positionals, complain);
	const [definition] = definitions;
	if (!definition) throw new Misuse(`expected a hand-written activation at ${name}, found none`);
	const what = definitionToWrite(definition);
	if (!what) throw new Misuse(`${definition.name} is ${definition.reason ?? "a function of a whole vector"}`);
	return what;
}
