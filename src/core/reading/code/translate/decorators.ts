import type { SyntaxNode } from "../node.ts";
import type { Resolver } from "../resolver.ts";
import type { CodeFunction } from "../scope.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";

/** A decorator may change what the function computes; only those known not to are passed. */
export function checkDecorators(ctx: Context, definition: CodeFunction): void {
	for (const decorator of definition.decorators) {
		const name = decoratorName(ctx.resolver, decorator);
		const harmless =
			/(^|\.)(staticmethod|classmethod|n?jit|vectorize|script|script_if_tracing|compile|function|checkpoint|remat|register_keras_serializable|register_keras_custom_object|register_serializable|lru_cache|cache|no_grad|inference_mode|custom_gradient|custom_jvp|custom_vjp|keras_export|export|tf_export|beartype|jaxtyped|override|typechecked|add_start_docstrings|once|implements|compact|register|register_activation|wraps|partial|dispatch\.add_dispatch_support|add_dispatch_support|deprecated|deprecated_alias|boolean_dispatch)$/;
		if (/(^|\.)custom_(gradient|jvp|vjp)$/.test(name)) ctx.writing.detach();
		if (!harmless.test(name)) throw new NotUnderstood(`decorator ${name || "expression"}`, decorator);
	}
}

/** Whether a decorator has a name that the pattern fits. */
export function hasDecorator(resolver: Resolver, definition: CodeFunction, pattern: RegExp): boolean {
	return definition.decorators.some((decorator) => pattern.test(decoratorName(resolver, decorator)));
}

function decoratorName(resolver: Resolver, decorator: SyntaxNode): string {
	const match = /^@\s*([\w.\s]+)/.exec(resolver.textOf(decorator));
	return (match?.[1] ?? "").replaceAll(/\s/g, "");
}
