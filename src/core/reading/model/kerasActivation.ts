import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { resolveName, resolveString } from "../../activations/libraries/resolve.ts";
import { activationStep } from "./layerSteps.ts";
import type { Machine } from "./machine.ts";
import type { Step } from "./model.ts";
import { positional, type Site, type Thing } from "./thing.ts";

/** The dialects of Keras: version 3, version 2 as TensorFlow brought it, and TensorFlow.js. */
export type Dialect = "keras" | "keras2" | "tfjs";

/** The activation that is a layer of this name, if there is one. */
export function layerEntry(name: string, dialect: Dialect): LibraryEntry | undefined {
	const prefix = { keras: "keras.layers.", keras2: "tensorflow.keras.layers.", tfjs: "tfjs.layers." }[dialect];
	const entry =
		resolveName(prefix + name) ??
		(dialect === "tfjs" ? resolveName(prefix + name[0]!.toLowerCase() + name.slice(1)) : undefined);
	return entry?.kind === "module" ? entry : undefined;
}

/** What `activation=` means: a step, or null for none. */
export function activationOf(machine: Machine, thing: Thing | undefined, dialect: Dialect, site: Site): Step | null {
	if (thing === undefined || thing.kind === "none") return null;
	if (thing.kind === "string") {
		const entry = resolveString(dialect, thing.value);
		return plain(
			entry ? activationStep(entry, positional()) : missing(thing.value, "there is no activation of this name"),
		);
	}
	if (thing.kind === "library") {
		const entry = resolveName(thing.name);
		return plain(entry ? activationStep(entry, positional()) : missing(thing.name, "it is not known here"));
	}
	if (thing.kind === "unknown") return missing("activation", thing.reason);
	// What is called with a value of its own tells its step.
	const input = machine.node(() => ({ kind: "input" }), [], site);
	const output = machine.call(thing, positional(input), site, "activation");
	if (output.kind === "tensor" && output.node.inputs.length === 1 && output.node.inputs[0] === input.node)
		return plain(output.node.step());
	return missing("activation", "it is no single activation that is known");
}

function plain(step: Step): Step | null {
	return step.kind === "identity" ? null : step;
}

function missing(what: string, reason: string): Step {
	return { kind: "unknown", what, reason };
}
