import type { SyntaxNode } from "../node.ts";
import type { Resolver } from "../resolver.ts";
import type { CodeClass, CodeFunction } from "../scope.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";

/** What says that a function has a gradient of its own, or that none is kept. */
const DETACHES = /(^|\.)(custom_(gradient|jvp|vjp)|no_grad|inference_mode)$/;
const AUTOGRAD_FUNCTION = /^torch\.autograd\.(function\.)?(InplaceFunction|Function)$/;

/** Notes where a library computes a function, or its gradient, by other operations than those of its body. */
export function noteManner({ resolver, writing }: Context, definition: CodeFunction): void {
	if (hasDecorator(resolver, definition, /^(tf|tensorflow)\.function$/)) writing.makeGraph();
	const isDetached = hasDecorator(resolver, definition, DETACHES) || isOfAutograd(resolver, definition.class);
	if (isDetached) writing.detach();
}

/** Whether a class says itself what the gradient of its `forward` is. */
function isOfAutograd(resolver: Resolver, owner: CodeClass | null): boolean {
	let current = owner ?? undefined;
	for (let i = 0; current && i < 20; i++) {
		const bases = current.bases.map((base) => resolver.resolveValue(base, current!.outer));
		if (bases.some((base) => base?.kind === "name" && AUTOGRAD_FUNCTION.test(base.name))) return true;
		current = resolver.firstBase(current);
	}
	return false;
}

/** A decorator may change what the function computes; only those known not to are passed. */
export function checkDecorators(ctx: Context, definition: CodeFunction): void {
	for (const decorator of definition.decorators) {
		const name = decoratorName(ctx.resolver, decorator);
		const harmless =
			/(^|\.)(staticmethod|classmethod|n?jit|vectorize|script|script_if_tracing|compile|function|checkpoint|remat|register_keras_serializable|register_keras_custom_object|register_serializable|lru_cache|cache|no_grad|inference_mode|custom_gradient|custom_jvp|custom_vjp|keras_export|export|tf_export|beartype|jaxtyped|override|typecheck(?:ed)?|add_start_docstrings|once|implements|compact|register|register_activation|wraps|partial|dispatch\.add_dispatch_support|add_dispatch_support|deprecated|deprecated_alias|boolean_dispatch)$/;
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
