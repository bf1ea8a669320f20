import { bySource, spectralDraw, unknownDraw } from "./draws.ts";
import { Given } from "./given.ts";
import type { Machine } from "./machine.ts";
import type { Draw } from "./model.ts";
import { type Arguments, type Layer, type Site, type Slot, settled, type Thing } from "./thing.ts";
import { emptyInstance } from "./torchInstances.ts";

/** Steps of power iteration that `parametrizations.spectral_norm` takes before the first that a module's call takes. */
const STEPS_BEFORE = 15;

/**
 * Makes a layer's weight what `torch.nn.utils.weight_norm` or `spectral_norm` makes of it, or those of
 * `torch.nn.utils.parametrizations`, by their whole name; false where it is not known what that is.
 */
export function normWeight(machine: Machine, name: string, given: Arguments, site: Site): boolean {
	const isParametrized = name.includes(".parametrizations.");
	const isSpectral = name.endsWith("spectral_norm");
	const a = new Given(given, isSpectral ? "module name n_power_iterations eps dim" : "module name dim");
	const [layer, iterations] = [a.thing("module"), a.number("n_power_iterations", 1)];
	const weight = layer?.kind === "layer" ? layer.slots.get("weight") : undefined;
	if (layer?.kind !== "layer" || !weight || iterations === null) return false;
	const slot = settled(weight);
	if (slot.normed || a.text("name", "weight") !== "weight" || a.has("dim") || a.has("eps")) return false;
	const { journal } = machine;
	if (isSpectral) {
		const steps = isParametrized ? STEPS_BEFORE + iterations : iterations;
		const draw = (drawn: Draw) => spectralDraw(drawn, steps);
		journal.write(slot, "initialisation", bySource(draw(slot.initialisation.draw), site));
		keep(machine, layer, slot, isParametrized ? ["original"] : ["weight_orig"], draw);
		// Before the first call the other keeps the weight as it is, in the same memory.
		if (isParametrized) hide(machine, layer, slot);
		return true;
	}
	// A direction and a length begin as the weight was drawn.
	const names = isParametrized ? ["original0", "original1"] : ["weight_g", "weight_v"];
	keep(machine, layer, slot, names, () => unknownDraw("the length of its direction is drawn, too"));
	hide(machine, layer, slot);
	return true;
}

/** Gives what a weight is made of its names, the last that of the numbers that are drawn. */
function keep(machine: Machine, layer: Layer, slot: Slot, names: readonly string[], draw: (drawn: Draw) => Draw): void {
	const isParametrized = names[0]!.startsWith("original");
	const name = `${isParametrized ? "parametrizations.weight." : ""}${names.at(-1)}`;
	machine.journal.write(slot, "normed", { name, draw });
	const own = names.map((each) => [each, { kind: "slot", slot, name: each, site: layer.site } as const] as const);
	if (!isParametrized) for (const [key, thing] of own) machine.journal.write(layer.attributes, key, thing);
	else {
		const record = (entries: readonly (readonly [string, Thing])[]): Thing => {
			const made = emptyInstance(null, layer.site);
			for (const [key, thing] of entries) made.attributes.set(key, thing);
			return made;
		};
		machine.journal.write(layer.attributes, "parametrizations", record([["weight", record(own)]]));
	}
}

/** Lets the weight's name stand for what is made of others: what is drawn there has no effect. */
function hide(machine: Machine, layer: Layer, slot: Slot): void {
	const { normed: _, ...made } = slot;
	machine.journal.write(layer.attributes, "weight", { kind: "slot", slot: made, name: "weight", site: layer.site });
}
