import type { Machine } from "./machine.ts";
import { settled, type Thing } from "./thing.ts";

/** A parameter of the model as a value that flows through it: the same for all samples, whose axis may lead it as a 1. */
export function parameterValue(
	machine: Machine,
	{ slot, name, site }: Thing & { kind: "slot" },
): Thing & { kind: "tensor" } {
	const { sizes = null, isForSamples } = settled(slot);
	const leads = sizes !== null && sizes.length > 1 && (sizes[0] === 1 || isForSamples === true);
	return machine.node(() => ({ kind: "parameter", weight: settled(slot).initialisation }), [], site, {
		suffix: name,
		slot,
		shape: leads ? sizes.slice(1) : sizes,
		batch: leads || sizes === null ? 0 : null,
		...(leads && !isForSamples && { samples: 1 }),
	});
}
