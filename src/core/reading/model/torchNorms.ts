import { bySource, spectralDraw, unknownDraw } from "./draws.ts";
import { Given } from "./given.ts";
import type { Machine } from "./machine.ts";
import type { Draw } from "./model.ts";
import { type Arguments, type Layer, type Site, type Slot, settled, type Thing } from "./thing.ts";
import { emptyInstance } from "./torchInstances.ts";

/** Steps of power iteration that `parametrizations.spectral_norm` takes before the first that a module's call takes. */
const STEPS_BEFORE = 15;

/** What the functions of `torch.nn.utils` and its `parametrizations` take that make a layer's weight of other numbers. */
const PARAMETERS: Readonly<Record<string, string>> = {
	weight_norm: "module name dim",
	spectral_norm: "module name n_power_iterations eps dim",
	orthogonal: "module name orthogonal_map",
};

/** Makes a layer's weight what one of these functions, by its whole name, makes of it; false where that is not known. */
export function reparametrise(machine: Machine, name: string, given: Arguments, site: Site): boolean {
	const isParametrized = name.includes(".parametrizations.");
	const last = name.slice(name.lastIndexOf(".") + 1);
	const a = new Given(given, PARAMETERS[last]!);
	const layer = a.thing("module");
	const weight = layer?.kind === "layer" ? layer.slots.get("weight") : undefined;
	if (layer?.kind !== "layer" || !weight) return false;
	const slot = settled(weight);
	if (slot.normed || a.text("name", "weight") !== "weight") return false;
	const { journal } = machine;
	if (last === "orthogonal") {
		const draw = orthogonalDraw(slot, a);
		if (!draw) return false;
		journal.write(slot, "initialisation", bySource(draw, site));
		keep(machine, layer, slot, ["original"], () => unknownDraw("what turns an orthogonal weight is drawn"));
		hide(machine, layer, slot);
		return true;
	}
	if (last === "spectral_norm") {
		const iterations = a.number("n_power_iterations", 1);
		if (iterations === null || a.has("dim") || a.has("eps")) return false;
		const steps = isParametrized ? STEPS_BEFORE + iterations : iterations;
		const draw = (drawn: Draw) => spectralDraw(drawn, steps);
		journal.write(slot, "initialisation", bySource(draw(slot.initialisation.draw), site));
		keep(machine, layer, slot, isParametrized ? ["original"] : ["weight_orig"], draw);
		// Before the first call the other keeps the weight as it is, in the same memory.
		if (isParametrized) hide(machine, layer, slot);
		return true;
	}
	// Along whichever axis, a direction and a length begin as the weight was drawn.
	const names = isParametrized ? ["original0", "original1"] : ["weight_g", "weight_v"];
	keep(machine, layer, slot, names, () => unknownDraw("the length of its direction is drawn, too"));
	hide(machine, layer, slot);
	return true;
}

/** What is drawn, with each column made orthogonal to those before it; undefined for what is no plain matrix. */
function orthogonalDraw({ initialisation: { draw }, sizes }: Slot, a: Given): Draw | undefined {
	const isDrawn =
		draw.kind === "normal" || draw.kind === "uniform" || draw.kind === "variance-scaling" || draw.kind === "orthogonal";
	const [rows, columns] = sizes ?? [];
	if (!isDrawn || sizes?.length !== 2 || rows == null || columns == null) return undefined;
	const given = a.thing("orthogonal_map");
	const map =
		given === undefined || given.kind === "none"
			? rows === columns
				? "matrix_exp"
				: "householder"
			: a.text("orthogonal_map");
	if (map === null || a.truth("use_trivialization", true) !== true) return undefined;
	return { kind: "orthogonal", gain: 1, trained: map === "householder" ? "reflections" : "rotation" };
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
