import { dependsOn } from "../../../expression/walk.ts";
import { armsOfIf } from "../bodies.ts";
import { mentionOf } from "../lookups.ts";
import { assignmentParts, attributeParts, type SyntaxNode, textOf } from "../node.ts";
import type { Context } from "./context.ts";
import type { Environment } from "./term.ts";

/** How a function asks whether it has been called before. */
const ASKS = /^not hasattr\( *(\w+), *(["'])(\w+)\2 *\)$/;

/**
 * Binds the constant that a function keeps on itself from its first call on, under the name by which it is used:
 * `if not hasattr(gelu, "_a"): gelu._a = math.sqrt(2 / math.pi)`. False for any other statement, and where something else
 * sets it.
 */
export function bindKeptConstant(ctx: Context, statement: SyntaxNode, environment: Environment): boolean {
	const [arm, ...others] = armsOfIf(statement);
	const [, owner, , property] = (arm?.condition && ASKS.exec(textOf(arm.condition))) ?? [];
	const [assignment, ...more] = arm?.statements ?? [];
	if (!owner || others.length > 0 || more.length > 0 || assignment?.name !== "AssignStatement") return false;
	const { targets, values } = assignmentParts(assignment);
	const [target, value] = [targets[0]?.[0], values[0]];
	const name = `${owner}.${property}`;
	const object = target && attributeParts(target)?.object;
	if (!object || !value || targets.length > 1 || values.length > 1 || textOf(target) !== name) return false;
	const holder = ctx.resolver.resolveValue(object, environment.place);
	if (holder?.kind !== "function") return false;
	const { scope } = holder.function;
	ctx.resolver.lookups.add(mentionOf(owner));
	// Another function of the name may ask the same of itself.
	const isSet = new RegExp(
		`(?<!hasattr\\( *${owner}, *["']${property}["'] *\\):\\s*)(?<![\\w.])${owner}\\.${property}\\s*=(?!=)`,
	);
	if (isSet.test(ctx.resolver.of(scope).text)) return false;
	const term = ctx.term(value, environment);
	if (term.kind !== "number" || dependsOn(term.e)) return false;
	environment.names.set(name, term);
	return true;
}
