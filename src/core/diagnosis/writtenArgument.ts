import type { EntryParameter } from "../activations/libraries/entry.ts";
import { resolveName } from "../activations/libraries/resolve.ts";
import type { Edit } from "./edit.ts";
import { appended, argumentOf, type Call, mayHoldMore } from "./rules/call.ts";
import type { CodeUnderRules } from "./rules/codeUnderRules.ts";

/** Arguments whose defaults differ between libraries, by the activation that the name means there. */
const DIFFERENT: Readonly<Record<string, string>> = {
	gelu: "approximate",
	gelu_tanh: "approximate",
	leaky_relu: "negative_slope",
};

/**
 * What a call leaves to its library's default though other libraries have another one: `F.leaky_relu(x)` is
 * `F.leaky_relu(x, negative_slope=0.01)`. Undefined where all is written, or may be.
 */
export function argumentToWrite(
	call: Call,
	code: CodeUnderRules,
): { readonly argument: string; readonly edit: Edit } | undefined {
	const entry = resolveName(code.nameOf(call.callee, call.place) ?? "");
	const wanted = entry && DIFFERENT[entry.activation];
	// Objects of options have another form.
	if (!entry || !wanted || mayHoldMore(call.list) || code.resolver.language.numbers !== "python") return undefined;
	const inputs = entry.kind === "module" ? 0 : 1;
	if (call.list.length < inputs) return undefined;
	const sets = ({ name, canonical }: EntryParameter) => canonical === wanted || name === wanted;
	const isWritten = entry.parameters.some(
		(each, i) => sets(each) && argumentOf(call.list, i + inputs, [each.name], (node) => code.textOf(node)),
	);
	const parameter = entry.parameters.find(sets);
	if (!parameter || isWritten) return undefined;
	const argument = `${parameter.name}=${written(parameter)}`;
	const edit = appended(call, argument);
	return edit && { argument, edit };
}

function written({ name, default: value }: EntryParameter): string {
	// PyTorch's word for the exact form.
	if (name === "approximate" && value === null) return '"none"';
	return typeof value === "boolean" ? (value ? "True" : "False") : `${value}`;
}
