import type { Machine } from "./machine.ts";
import { iterate } from "./members.ts";
import type { Instance, Thing } from "./thing.ts";

/** Puts a module into a container, by a name or behind the others. */
export function addPart(machine: Machine, instance: Instance, item: Thing, name = String(instance.parts.length)): void {
	machine.tick();
	machine.journal.write(instance.attributes, name, item);
	if (!instance.parts.includes(name)) machine.journal.write(instance, "parts", [...instance.parts, name]);
}

/** Puts what a list holds into a container; if that is not known, there may be more in it. */
export function addParts(machine: Machine, instance: Instance, list: Thing): void {
	const items = iterate(machine, list);
	if ("kind" in items) {
		machine.journal.write(instance, "open", { kind: "unknown", reason: items.reason });
		for (const item of items.among ?? []) addPart(machine, instance, item);
	} else for (const item of items) addPart(machine, instance, item);
}
