import { optionName } from "../code/optionName.ts";
import type { Library, Machine } from "./machine.ts";
import {
	type Arguments,
	booleanThing,
	type Instance,
	listThing,
	NONE,
	positional,
	type Site,
	type Thing,
	unknown,
} from "./thing.ts";
import { emptyInstance } from "./torchInstances.ts";

const PARSER = "argparse.ArgumentParser";

/**
 * `argparse`: what a program is told where its command line says nothing, as a function is called with its defaults. A
 * parser holds the values by their names.
 */
export const commandLine: Library = {
	call: (_, name, __, site) => (name === PARSER ? emptyInstance(PARSER, site) : undefined),
	method: (machine, object, name, given, site) =>
		object.kind === "instance" && object.base === PARSER ? parserMethod(machine, object, name, given, site) : undefined,
};

function parserMethod(
	machine: Machine,
	parser: Instance,
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	switch (name) {
		case "add_argument": {
			const key = nameOf(given);
			if (key !== undefined) machine.journal.write(parser.attributes, key, defaultOf(machine, given, site));
			return NONE;
		}
		case "set_defaults":
			for (const [key, value] of given.named) machine.journal.write(parser.attributes, key, value);
			return NONE;
		case "add_argument_group":
		case "add_mutually_exclusive_group":
			return parser;
		case "parse_args":
			return parsed(parser, given, site);
		case "parse_known_args":
			return listThing([parsed(parser, given, site), unknown("arguments that are not known")], true);
		default:
			return undefined;
	}
}

/** The name that an argument's value gets. */
function nameOf({ positional: flags, named }: Arguments): string | undefined {
	const dest = named.get("dest");
	if (dest) return dest.kind === "string" ? dest.value : undefined;
	return optionName(flags.flatMap((flag) => (flag.kind === "string" ? [flag.value] : [])));
}

function defaultOf(machine: Machine, { positional: [flag], named, open }: Arguments, site: Site): Thing {
	const action = named.get("action");
	const stores = action?.kind === "string" ? action.value : "store";
	const given = named.get("default");
	const type = named.get("type");
	// A default that is a text is read as one of the command line's is.
	if (given) return given.kind === "string" && type ? machine.call(type, positional(given), site, "type") : given;
	if (open) return open;
	if (/^store_(true|false)$/.test(stores)) return booleanThing(stores === "store_false");
	const isAsked = flag?.kind === "string" && !flag.value.startsWith("-") && !named.has("nargs");
	return isAsked || named.has("required") ? unknown("an argument of the command line is not given") : NONE;
}

function parsed(parser: Instance, { positional: [first], named }: Arguments, site: Site): Instance {
	const record = emptyInstance(null, site);
	const words = named.get("args") ?? first;
	const isGiven = words?.kind === "list" && words.items.length > 0;
	for (const [key, value] of parser.attributes) {
		record.attributes.set(key, isGiven ? unknown("the words of a command line are not read") : value);
	}
	return record;
}
