import { ERROR_FUNCTIONS } from "../../../activations/libraries/functionCode.ts";
import { erf, erfc } from "../../../expression/build.ts";
import type { Expression } from "../../../expression/expression.ts";
import { textOf } from "../node.ts";
import type { CodeFunction, Scope } from "../scope.ts";

const BUILT: ReadonlyMap<string, (u: Expression) => Expression> = new Map([
	["erf", erf],
	["erfc", erfc],
]);

/**
 * What a function of the file computes that is one of the two that come with printed code, where a language has none:
 * each calls the other, so both must be as they were printed, but for space. Undefined for any other function.
 */
export function errorFunction({ name, outer }: CodeFunction): ((u: Expression) => Expression) | undefined {
	const built = BUILT.get(name);
	return built && Object.entries(ERROR_FUNCTIONS).every(([each, printed]) => isPrinted(outer.scope, each, printed))
		? built
		: undefined;
}

function isPrinted(scope: Scope, name: string, printed: string): boolean {
	const [binding, ...others] = scope.names.get(name) ?? [];
	if (binding?.what.kind !== "function" || others.length > 0) return false;
	const behindComment = printed.slice(printed.indexOf("*/") + 2);
	return withoutSpace(textOf(binding.what.function.node)) === withoutSpace(behindComment);
}

function withoutSpace(code: string): string {
	return code.replace(/\s+/g, "");
}
