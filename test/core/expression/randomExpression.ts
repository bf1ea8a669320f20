import {
	applyBinary,
	applyCompare,
	applyUnary,
	constant,
	parameter,
	where,
	x,
} from "../../../src/core/expression/build.ts";
import type {
	BinaryOperator,
	CompareOperator,
	Expression,
	UnaryOperator,
} from "../../../src/core/expression/expression.ts";
import type { Random } from "../../../src/core/numerics/random.ts";

const SMOOTH: readonly UnaryOperator[] = [
	"neg",
	"square",
	"exp",
	"expm1",
	"sin",
	"cos",
	"sinh",
	"cosh",
	"tanh",
	"atan",
	"asinh",
	"erf",
	"erfc",
	"logistic",
	"softplus",
	"normalCdf",
	"logNormalCdf",
	"sinc",
];
/** Not defined everywhere. */
const PARTIAL: readonly UnaryOperator[] = ["sqrt", "log", "log1p", "tan"];
/** With kinks or jumps. */
const KINKED: readonly UnaryOperator[] = ["abs", "sign", "floor"];
const ARITHMETIC: readonly BinaryOperator[] = ["add", "sub", "mul", "div"];
const COMPARISONS: readonly CompareOperator[] = ["lt", "le", "gt", "ge", "eq", "ne"];

/** An expression of about `size` operations on x and the parameters a and b. */
export function randomExpression(random: Random, size: number): Expression {
	const pick = <T>(from: readonly T[]): T => from[Math.floor(random.uniform() * from.length)]!;
	const part = (share: number) => randomExpression(random, Math.floor((size - 1) * share));
	if (size <= 1) {
		const which = random.uniform();
		if (which < 0.6) return x;
		if (which < 0.75) return parameter(pick(["a", "b"]));
		return pick([
			constant(0),
			constant(1),
			constant(-1),
			constant(2),
			constant(0.5),
			constant(-3),
			constant(0.1, "0.1"),
			constant(Math.PI, "pi"),
		]);
	}
	const which = random.uniform();
	if (which < 0.35) return applyUnary(pick(SMOOTH), part(1));
	if (which < 0.42) return applyUnary(pick(PARTIAL), part(1));
	if (which < 0.47) return applyUnary(pick(KINKED), part(1));
	if (which < 0.87) return applyBinary(pick(ARITHMETIC), part(0.5), part(0.5));
	if (which < 0.9) return applyBinary("pow", part(1), constant(pick([2, 3, 0.5, -1, 0])));
	if (which < 0.94) return applyBinary(pick(["max", "min"]), part(0.5), part(0.5));
	return where(applyCompare(pick(COMPARISONS), part(0.3), part(0.3)), part(0.3), part(0.3));
}
