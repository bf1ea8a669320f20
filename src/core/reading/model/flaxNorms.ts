import { bySource, spectralDraw } from "./draws.ts";
import { Given } from "./given.ts";
import { notFollowedLayer } from "./recurrence.ts";
import type { Arguments, Layer } from "./thing.ts";

/** What makes `SpectralNorm` of a layer; undefined for other names. */
export function flaxNorm(name: string, given: Arguments): { readonly apply: NonNullable<Layer["apply"]> } | undefined {
	if (name !== "SpectralNorm") return undefined;
	const a = new Given(given, "layer_instance n_steps");
	const [inner, steps] = [a.thing("layer_instance"), a.number("n_steps", 1)];
	const slot = inner?.kind === "layer" && /\.(Dense|Conv)$/.test(inner.type) ? inner.slots.get("weight") : undefined;
	return {
		apply: (machine, layer, fed, site) => {
			const updates = new Given(fed, "").truth("update_stats", false);
			if (inner?.kind !== "layer" || !slot || steps === null || updates === undefined) {
				return notFollowedLayer(machine, layer, "nn.SpectralNorm", "what it divides is not known", fed);
			}
			if (!inner.built) {
				// The steps that `init` takes are kept with the statistics.
				const draw = spectralDraw(slot.initialisation.draw, updates ? 2 * steps : steps);
				machine.journal.write(slot, "initialisation", bySource(draw, site));
			}
			const named = new Map([...fed.named].filter(([key]) => key !== "update_stats"));
			return machine.call(inner, { ...fed, named }, site, "SpectralNorm");
		},
	};
}
