import { constant, div, eq, ge, gt, le, lt, max, min, ne, not, where } from "../../../expression/build.ts";
import { normalCdfByErf } from "../../../expression/code/rewrites.ts";
import { type Expression, isTruth } from "../../../expression/expression.ts";
import { nodesOf } from "../../../expression/walk.ts";
import { type CallArgument, type SyntaxNode, unwrap } from "../node.ts";
import { elementsOf } from "../scope.ts";
import { arithmetic, binaryFunction } from "./arithmetic.ts";
import { UNSET } from "./complements.ts";
import { conditionOf } from "./conditions.ts";
import type { Context } from "./context.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { numberOf } from "./numbers.ts";
import { BINARY_FUNCTIONS, UNARY_FUNCTIONS } from "./operations.ts";
import { callPiecewise, callSelect } from "./pieces.ts";
import { reductionNamed } from "./reductions.ts";
import { type Environment, list as listOf, NONE, number, type Term } from "./term.ts";

/** A function of mathematics by its bare name; undefined if it is none of these. */
export function callMathematics(
	ctx: Context,
	module: string,
	name: string,
	list: readonly CallArgument[],
	node: SyntaxNode,
	environment: Environment,
): Term | undefined {
	const keyword = (...names: string[]) =>
		list.find((argument) => argument.name && names.includes(ctx.text(argument.name)))?.value;
	const given = list.filter((argument) => !argument.name && argument.stars === 0).map((argument) => argument.value);
	const [items] = given.length === 1 && /^(sum|max|min)$/.test(name) && module === "" ? given.map(unwrap) : [];
	// `max([a, b])` and `max((a, b))` are max(a, b).
	const isList = items !== undefined && /^(Array|Tuple)Expression$/.test(items.name);
	const positional = isList && name !== "sum" ? elementsOf(items) : given;
	const operand = (i: number, ...names: string[]) => {
		const found = positional[i] ?? keyword(...names);
		if (!found) throw new NotUnderstood(`${name} without its arguments`, node);
		return numberOf(ctx, found, environment);
	};
	const optional = (i: number, ...names: string[]) => {
		const found = positional[i] ?? keyword(...names);
		return !found || unwrap(found).name === "None" ? undefined : numberOf(ctx, found, environment);
	};
	if (/^(zeros|ones)(_like)?$/.test(name)) return number(constant(name.startsWith("ones") ? 1 : 0));
	if (/^empty(_like)?$/.test(name)) return number(UNSET);
	const reduced = (of: SyntaxNode | undefined): Term => {
		if (!of) throw new NotUnderstood(`${name} without its arguments`, node);
		return reduce(ctx, name, reducedNumber(ctx, of, environment), node);
	};
	const [only, ...others] = list;
	if (module === "Math" && name === "max" && only?.stars === 1 && others.length === 0) return reduced(only.value);
	if (list.some((argument) => argument.stars > 0)) throw new NotUnderstood("call with * or **", node);
	const unary = UNARY_FUNCTIONS.get(name);
	if (unary && positional.length <= 1 && (module !== "" || name === "abs")) {
		if (module === "tensorflow" && name === "log1p") return undefined;
		if (module === "torch.special" && name === "ndtr") {
			const value = normalCdfByErf(operand(0, "input"));
			for (const part of nodesOf(value)) ctx.at(part, node);
			return number(value);
		}
		return number(unary(operand(0, "x", "input", "a", "features")));
	}
	if (unary && name === "log" && module === "math" && positional.length === 2)
		return number(div(unary(operand(0)), unary(operand(1))));
	const axis = keyword("axis", "dim", "dims", "keepdims", "keepdim");
	const reduces = /^(max|min|sum|amax|amin|mean|prod|logsumexp|reduce_\w+|nanmax|nansum|std|var|norm|median)$/.test(
		name,
	);
	const binary = BINARY_FUNCTIONS.get(name);
	if (binary && !(reduces && (positional.length < 2 || axis)) && (module !== "" || /^(max|min|pow)$/.test(name))) {
		if (module === "numpy" && (name === "max" || name === "min")) return reduced(positional[0]);
		if (keyword("alpha", "where", "rounding_mode", "initial", "key", "default"))
			throw new NotUnderstood(`arguments of ${name}`, node);
		const [first, second, ...more] = positional;
		if (!first && !keyword("x1", "x", "input")) throw new NotUnderstood(`${name} without its arguments`, node);
		if (first && second && more.length > 0 && (module === "" || (module === "Math" && name !== "hypot"))) {
			return number(positional.map((each) => numberOf(ctx, each, environment)).reduce((a, b) => binary(a, b)));
		}
		if (module === "torch" && name === "max" && second && isInteger(ctx, second)) return reduced(positional[0]);
		const [a, b] = [operand(0, "x1", "x", "input"), operand(1, "x2", "y", "other", "exponent")];
		return number(binaryFunction(ctx, name, binary, a, b));
	}
	const isOfAll = module === "" && /^(sum|max|min)$/.test(name) && list.length === 1 && !isList;
	if ((reduces && module !== "") || isOfAll)
		return reduced(positional[0] ?? keyword("input", "a", "x", "input_tensor"));
	switch (name) {
		case "select":
			// PyTorch's picks by an index.
			if (module === "jax.lax") return callWhere(ctx, positional, keyword, node, environment);
			return module === "torch" ? undefined : callSelect(ctx, positional, keyword, node, environment);
		case "piecewise":
			return callPiecewise(ctx, list, node, environment);
		case "where":
		case "switch":
			return callWhere(ctx, positional, keyword, node, environment);
		case "clip":
		case "clamp":
		case "clip_by_value":
		case "clamp_":
			if (module === "jax.lax") return number(min(max(operand(1), operand(0)), operand(2)));
			return number(
				clip(
					operand(0, "a", "x", "input", "t", "arr"),
					optional(1, "a_min", "min", "min_value", "clip_value_min", "x_min"),
					optional(2, "a_max", "max", "max_value", "clip_value_max", "x_max"),
				),
			);
		case "heaviside": {
			const u = operand(0);
			return number(where(lt(u, 0), 0, where(eq(u, 0), operand(1, "values", "x2"), 1)));
		}
		case "greater":
		case "gt":
			return number(gt(operand(0), operand(1)));
		case "greater_equal":
		case "ge":
			return number(ge(operand(0), operand(1)));
		case "less":
		case "lt":
			return number(lt(operand(0), operand(1)));
		case "less_equal":
		case "le":
			return number(le(operand(0), operand(1)));
		case "equal":
		case "eq":
			return number(eq(operand(0), operand(1)));
		case "not_equal":
		case "ne":
			return number(ne(operand(0), operand(1)));
		case "logical_and":
			return number(arithmetic(ctx, "&", operand(0), operand(1), node));
		case "logical_or":
			return number(arithmetic(ctx, "|", operand(0), operand(1), node));
		case "logical_not": {
			const u = operand(0);
			return number(not(isTruth(u) ? u : ne(u, 0)));
		}
		case "full":
		case "full_like":
			return number(operand(1, "fill_value"));
		case "expand_dims":
		case "reshape": {
			const reshaped = operand(0, "a", "x", "input");
			if (ctx.reductions.isSymbol(reshaped)) return number(reshaped);
			break;
		}
		case "epsilon":
			if (positional.length === 0) return number(constant(1e-7, "1e-7"));
			break;
		case "print":
			return NONE;
		case "list":
		case "tuple":
			if (module === "" && positional.length === 1) return listOf(operand(0));
			break;
		case "map":
			if (module === "" && positional.length === 2) {
				const mapped: CallArgument[] = [{ name: null, value: positional[1]!, stars: 0 }];
				return ctx.applyToEach(ctx.term(positional[0]!, environment), mapped, node, environment);
			}
			break;
		default:
	}
	return undefined;
}

function callWhere(
	ctx: Context,
	positional: readonly SyntaxNode[],
	keyword: (...names: string[]) => SyntaxNode | undefined,
	node: SyntaxNode,
	environment: Environment,
): Term {
	const condition = positional[0] ?? keyword("condition", "cond", "pred");
	const then = positional[1] ?? keyword("x", "input", "x1", "on_true", "then_expression");
	const otherwise = positional[2] ?? keyword("y", "other", "x2", "on_false", "else_expression");
	if (!condition || !then || !otherwise) throw new NotUnderstood("where without three arguments", node);
	const truth = conditionOf(ctx, condition, environment);
	const [a, b] = [numberOf(ctx, then, environment), numberOf(ctx, otherwise, environment)];
	if (typeof truth === "boolean") return number(truth ? a : b);
	return number(where(truth, a, b));
}

/** A number kept between two bounds, of which each may be missing. */
export function clip(u: Expression, low: Expression | undefined, high: Expression | undefined): Expression {
	const raised = low === undefined ? u : max(u, low);
	return high === undefined ? raised : min(raised, high);
}

/** A reduction over the input, by the name of its function. */
export function reduce(ctx: Context, name: string, of: Expression, node: SyntaxNode): Term {
	const kind = name.replace(/^(reduce_|nan|a(?=max|min))/, "");
	// A number that does not depend on the input is one element, or the sum of who knows how many.
	return ctx.reduction(reductionNamed(kind), of, node);
}

/** What is reduced: in a loop over elements these, or a whole array as it is outside. */
function reducedNumber(ctx: Context, node: SyntaxNode, environment: Environment): Expression {
	try {
		return numberOf(ctx, node, environment);
	} catch (error) {
		if (!(error instanceof NotUnderstood) || environment.level === 0) throw error;
		return numberOf(ctx, node, environment.outermost);
	}
}

/** Whether an argument is a whole number as it is written, as an axis is. */
export function isInteger(ctx: Context, node: SyntaxNode): boolean {
	return /^-?\d+$/.test(ctx.text(node));
}

/** The name that the tables have for one of TensorFlow.js: `greaterEqual` is greater_equal. */
export function snakeCase(name: string): string {
	return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
