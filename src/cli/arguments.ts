import { parseArgs } from "node:util";
import { Misuse } from "./io.ts";

type Options = Readonly<Record<string, { readonly type: "string" | "boolean" }>>;

/** What was given for each option: a text, or true for a flag. */
type Given<T extends Options> = { readonly [Name in keyof T]?: T[Name]["type"] extends "string" ? string : boolean };

/** A command's arguments: `--name value`, `--name=value`, flags and positionals. Throws `Misuse` for what it does not know. */
export function readArguments<const T extends Options>(
	args: readonly string[],
	options: T,
): { readonly values: Given<T>; readonly positionals: readonly string[] } {
	// `--at -3,1` is a value, though it begins with a dash.
	const joined: string[] = [];
	for (let i = 0; i < args.length; i++) {
		const argument = args[i]!;
		const option = argument.startsWith("--") ? options[argument.slice(2)] : undefined;
		const next = args[i + 1];
		if (option?.type === "string" && next !== undefined && /^-(\d|\.|inf|nan)/i.test(next)) {
			joined.push(`${argument}=${next}`);
			i++;
		} else joined.push(argument);
	}
	try {
		const { values, positionals } = parseArgs({ args: joined, options, allowPositionals: true, strict: true });
		// parseArgs has checked that a text is given for each option that takes one, and none for a flag.
		return { values: values as Given<T>, positionals };
	} catch (error) {
		throw new Misuse(oneSentence(error, Object.keys(options)));
	}
}

/** The one positional that a command takes, such as FILE:LINE. */
export function onlyOne(what: string, positionals: readonly string[]): string {
	const [only] = positionals;
	if (only !== undefined && positionals.length === 1) return only;
	throw new Misuse(`expected one ${what}, got ${only === undefined ? "none" : positionals.join(" ")}`);
}

function oneSentence(error: unknown, names: readonly string[]): string {
	const message = error instanceof Error ? error.message : String(error);
	const unknown = /^Unknown option '([^']*)'/.exec(message)?.[1];
	if (unknown !== undefined)
		return `unknown option ${unknown}; the options are ${names.map((n) => `--${n}`).join(", ")}`;
	const text = message.split(". ")[0]!.replace(/\n.*/s, "");
	return text.charAt(0).toLowerCase() + text.slice(1);
}
