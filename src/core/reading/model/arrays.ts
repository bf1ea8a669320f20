import { canonicalName } from "../../activations/libraries/resolve.ts";
import { shapeOf } from "./given.ts";
import type { Library } from "./machine.ts";
import type { Shape } from "./model.ts";
import { type Arguments, listThing, type Thing } from "./thing.ts";

/** Arrays that code makes of sizes, to call its models with: what they hold is not followed, their sizes are. */
export const arrays: Library = {
	call: (_, dotted, given) => {
		const sizes = madeSizes(canonicalName(dotted), given);
		return sizes ? { kind: "unknown", reason: "what an array holds is not followed", sizes } : undefined;
	},
	method: (_, object, name) =>
		object.kind === "unknown" && object.sizes && /^(to|cuda|cpu|float|double|half|long|int|astype)$/.test(name)
			? object
			: undefined,
};

/** By libraries' names, the place of the sizes among the arguments; -1 where each argument is one. */
const MAKES: readonly (readonly [RegExp, number])[] = [
	[/^(jax\.)?numpy\.(zeros|ones|empty|full)$/, 0],
	[/^numpy\.random\.(random|random_sample)$/, 0],
	[/^numpy\.random\.(rand|randn)$/, -1],
	[/^jax\.random\.(normal|uniform|randint)$/, 1],
	[/^tensorflow\.(zeros|ones|random\.(normal|uniform))$/, 0],
	[/^(tensorflow\.)?keras\.(ops\.(zeros|ones)|random\.(normal|uniform|randint))$/, 0],
	// From nothing, or from a number, to another.
	[/^torch\.randint$/, 2],
	[/^numpy\.random\.randint$/, 2],
];

function madeSizes(name: string, given: Arguments): Shape {
	const at = MAKES.find(([makes]) => makes.test(name))?.[1];
	if (at === undefined || given.open) return null;
	if (at < 0) return shapeOf(listThing(given.positional));
	const own = given.named.get("shape") ?? given.named.get("size") ?? given.positional.slice(0, at + 1).findLast(isList);
	return own ? shapeOf(own) : null;
}

function isList(thing: Thing): boolean {
	return thing.kind === "list";
}
