import type { Activation } from "./activation.ts";
import * as elu from "./elu.ts";
import * as gated from "./gated.ts";
import * as hard from "./hard.ts";
import * as relu from "./relu.ts";
import * as sigmoid from "./sigmoid.ts";

/** Every elementwise activation, family by family in the order of the files. */
export const catalog: readonly Activation[] = [relu, hard, elu, sigmoid, gated].flatMap((family) =>
	Object.values(family),
);

const byName = new Map<string, Activation>();
for (const activation of catalog) {
	for (const name of [activation.id, ...activation.aliases]) byName.set(name, activation);
}

/** The activation with this canonical id or alias. */
export function findActivation(idOrAlias: string): Activation | undefined {
	return byName.get(idOrAlias);
}
