import type { Activation } from "../activations/activation.ts";
import type { FunctionToWrite } from "../activations/libraries/functionCode.ts";
import { bestForm } from "../diagnosis/stableForm.ts";
import type { Expression } from "../expression/expression.ts";
import type { Definition } from "../reading/use.ts";

/** What is written, with the formula that a person knows it by. */
export type Writable = FunctionToWrite & { readonly formula: Expression };

/** An entry of the catalog, to be written as code. */
export function entryToWrite({ id, name, stable, parameters, source, definition }: Activation): Writable {
	return { name: id, title: name, expression: stable, parameters, source, formula: definition };
}

/** A hand-written function, to be written as code in its best form; undefined where it is not understood. */
export function definitionToWrite(definition: Definition): Writable | undefined {
	const { name, understood } = definition;
	if (!understood) return undefined;
	const { parameters, definition: formula } = understood.activation;
	return { name: snakeCase(name), title: name, expression: bestForm(definition), parameters, source: "", formula };
}

/** "MySwish" and "mySwish" as "my_swish". */
function snakeCase(name: string): string {
	return name.replace(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
