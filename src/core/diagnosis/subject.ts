import { withDefaults } from "../activations/activation.ts";
import { findActivation } from "../activations/catalog.ts";
import { stableForms } from "../expression/stable/stableForms.ts";
import type { Definition } from "../reading/use.ts";
import type { Subject } from "./hazard.ts";

/** What is looked at: the function at its parameters' defaults, and what it is meant to be; null where it is not understood. */
export function subjectOf({ equals, understood, library }: Definition): Subject | null {
	if (!understood) return null;
	const { activation, writing } = understood;
	const entry = equals ? findActivation(equals.activation) : undefined;
	return {
		written: activation.definition,
		truth: entry?.accurate ?? null,
		...(entry
			? { exact: entry.stable }
			: { supposed: stableForms(activation.definition).at(-1) ?? activation.definition }),
		parameters: withDefaults(activation),
		truthParameters: entry && equals ? withDefaults(entry, equals.parameters) : {},
		library,
		writing,
	};
}
