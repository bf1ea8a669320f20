import type { Machine } from "./machine.ts";
import { type Arguments, type Site, type Thing, unknown } from "./thing.ts";

/** What an operation makes of a value in its place: whatever else holds the value holds that from then on. */
export function putInPlace(machine: Machine, value: Thing | undefined, made: Thing): Thing {
	if (value?.kind !== "tensor" || made.kind !== "tensor") return made;
	machine.journal.write(value, "node", made.node);
	return value;
}

/** Whether a method of PyTorch's tensors changes what it is called on. */
export function isInPlace(method: string): boolean {
	return /[^_]_$/.test(method);
}

/** The same of a function by its name and arguments: `relu_(x)`, `relu(x, inplace=True)`. */
export function worksInPlace(name: string, given: Arguments): boolean {
	return isInPlace(name) || holds(given.named.get("inplace")) || (FUNCTIONS.test(name) && given.positional.some(holds));
}

/** Functions that take no truth but that. */
const FUNCTIONS = /\.(relu|relu6|elu|celu|selu|silu|mish|leaky_relu|rrelu|hardtanh|hardswish|hardsigmoid|threshold)$/;

/** Whether an activation of `torch.nn` or dropout is made to work in place: they take no truth but that. */
export function isMadeInPlace(given: Arguments): boolean {
	return holds(given.named.get("inplace")) || given.positional.some(holds);
}

function holds(thing: Thing | undefined): boolean {
	return thing?.kind === "boolean" && thing.value;
}

/** What is left of a value by a method that is not known, which changes it in place. */
export function spoilt(machine: Machine, value: Thing, method: string, given: Arguments, site: Site): Thing {
	const made = machine.unknownNode(
		method,
		`the method ${method} is not known here`,
		[value, ...given.positional],
		site,
	);
	return made.kind === "tensor" ? putInPlace(machine, value, made) : unknown(`what ${method} leaves is not known`);
}
