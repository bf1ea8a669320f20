import type { SyntaxNode } from "../node.ts";
import { elementsOf } from "../scope.ts";
import { readBinary, readUnary } from "./arithmetic.ts";
import { bind } from "./assignment.ts";
import { readCall } from "./calls.ts";
import { conditionOf, merge } from "./conditions.ts";
import type { Context } from "./context.ts";
import { enterLoop } from "./loops.ts";
import { readMember, readName } from "./names.ts";
import { describeExpression, NotUnderstood } from "./notUnderstood.ts";
import { readLiteral, readNumber } from "./numbers.ts";
import { type Environment, list, type Term } from "./term.ts";

/** What an expression, without parentheses around it, stands for. */
export function readExpression(ctx: Context, node: SyntaxNode, environment: Environment): Term {
	switch (node.name) {
		case "Number":
			return readNumber(ctx, node);
		case "Boolean":
		case "None":
		case "String":
			return readLiteral(ctx, node);
		case "VariableName":
			return readName(ctx, node, environment);
		case "MemberExpression":
			return readMember(ctx, node, environment);
		case "UnaryExpression":
			return readUnary(ctx, node, environment);
		case "BinaryExpression":
			return readBinary(ctx, node, environment);
		case "ConditionalExpression": {
			const [then, , condition, , otherwise] = node.kids;
			if (!then || !condition || !otherwise) throw new NotUnderstood("half-typed expression", node);
			const truth = conditionOf(ctx, condition, environment);
			if (typeof truth === "boolean") return ctx.term(truth ? then : otherwise, environment);
			return merge(ctx, truth, ctx.term(then, environment), ctx.term(otherwise, environment), node);
		}
		case "CallExpression":
			return readCall(ctx, node, environment);
		case "TupleExpression":
			return { kind: "tuple", items: elementsOf(node).map((item) => ctx.term(item, environment)) };
		case "ArrayExpression": {
			const items = elementsOf(node);
			// `torch.tensor([0.25])` holds one number.
			if (items.length === 1) return ctx.term(items[0]!, environment);
			if (items.length === 2 && items[0]!.name === "*") return copyOf(ctx.term(items[1]!, environment), node);
			return { kind: "tuple", items: items.map((item) => ctx.term(item, environment)) };
		}
		case "ArrayComprehensionExpression":
		case "ComprehensionExpression":
			return readComprehension(ctx, node, environment);
		case "LambdaExpression": {
			const lambda = ctx.resolver.lambdaOf(node, environment.place);
			if (lambda) return { kind: "closure", function: lambda, environment, self: null };
			break;
		}
		case "NamedExpression": {
			const [target, , value] = node.kids;
			if (!target || !value) break;
			const term = ctx.term(value, environment);
			bind(ctx, target, term, environment);
			return term;
		}
		default:
	}
	throw new NotUnderstood(describeExpression(node), node);
}

/** `[*x]` is another list of the same numbers. */
function copyOf(term: Term, node: SyntaxNode): Term {
	if (term.kind !== "number") throw new NotUnderstood("call with * or **", node);
	return list(term.e);
}

/** `[f(v) for v in x]` computes f on each number of x. */
function readComprehension(ctx: Context, node: SyntaxNode, environment: Environment): Term {
	const [body, ...head] = node.kids.filter((kid) => !/^[[\]()]$/.test(kid.name));
	const inside = body && enterLoop(ctx, head, environment);
	if (!inside) throw new NotUnderstood("comprehension", node);
	const term = ctx.term(body, inside);
	return term.kind === "number" ? list(term.e) : term;
}
