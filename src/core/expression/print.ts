import type { BinaryOperator, CompareOperator, Expression, UnaryOperator } from "./expression.ts";
import { operandsOf } from "./walk.ts";

/** Binding strength: what is looser than its surroundings gets brackets. */
const LOOSEST = 0;
const COMPARISON = 1;
const SUM = 2;
const PRODUCT = 3;
const NEGATION = 4;
const POWER = 5;
const ATOM = 6;

interface Printed {
	readonly text: string;
	readonly strength: number;
}

/** A formula longer than this is cut: it is read by a person. */
const LONGEST_FORMULA = 400;

/** The expression as a person writes it: `0.5 · x · (1 + erf(x / √2))`. Cut with … where it is very long. */
export function printFormula(expression: Expression): string {
	const { text } = printWith(expression, formulaStyle);
	return text.length > LONGEST_FORMULA ? `${text.slice(0, LONGEST_FORMULA - 1)}…` : text;
}

export type CodeLibrary = "pytorch" | "keras" | "jax" | "numpy" | "typescript" | "tfjs";

/** The expression as source code of a library, of the variable x; undefined where the library lacks an operation. */
export function printCode(expression: Expression, library: CodeLibrary): string | undefined {
	try {
		return printWith(expression, codeStyles[library]).text;
	} catch (error) {
		if (error instanceof Unprintable) return undefined;
		throw error;
	}
}

/** How a notation writes each operation, from operands that are printed already. */
interface Style {
	constant(value: number, exact: string | undefined): Printed;
	parameter(name: string): Printed;
	unary(operator: UnaryOperator, operand: Printed, node: Expression): Printed;
	binary(operator: BinaryOperator, left: Printed, right: Printed, nodes: readonly [Expression, Expression]): Printed;
	compare(operator: CompareOperator, left: Printed, right: Printed): Printed;
	where(condition: Printed, then: Printed, otherwise: Printed): Printed;
}

class Unprintable extends Error {}

/** Text longer than this is not built up further: a shared graph can stand for an exponentially long formula. */
const LONGEST_TEXT = 20_000;

function printWith(root: Expression, style: Style): Printed {
	const printed = new Map<Expression, Printed>();
	const stack: Expression[] = [root];
	while (stack.length > 0) {
		const node = stack[stack.length - 1];
		if (printed.has(node)) {
			stack.pop();
			continue;
		}
		const missing = operandsOf(node).filter((operand) => !printed.has(operand));
		if (missing.length > 0) {
			stack.push(...missing);
			continue;
		}
		const one = printNode(node, style, (operand) => printed.get(operand)!);
		printed.set(node, one.text.length > LONGEST_TEXT ? { text: "…", strength: ATOM } : one);
		stack.pop();
	}
	return printed.get(root)!;
}

function printNode(node: Expression, style: Style, of: (operand: Expression) => Printed): Printed {
	switch (node.kind) {
		case "input":
			return atom("x");
		case "constant":
			return style.constant(node.value, node.exact);
		case "parameter":
			return style.parameter(node.name);
		case "unary":
			return style.unary(node.operator, of(node.operand), node.operand);
		case "binary":
			return style.binary(node.operator, of(node.left), of(node.right), [node.left, node.right]);
		case "compare":
			return style.compare(node.operator, of(node.left), of(node.right));
		case "where":
			return style.where(of(node.condition), of(node.then), of(node.otherwise));
	}
}

function atom(text: string): Printed {
	return { text, strength: ATOM };
}

function call(name: string, ...args: readonly Printed[]): Printed {
	return atom(`${name}(${args.map(({ text }) => text).join(", ")})`);
}

/** The text, in brackets unless it binds at least as strongly as `least`. */
function within(printed: Printed, least: number): string {
	return printed.strength >= least ? printed.text : `(${printed.text})`;
}

function infix(left: Printed, sign: string, right: Printed, strength: number, rightStrength = strength + 1): Printed {
	return { text: `${within(left, strength)} ${sign} ${within(right, rightStrength)}`, strength };
}

/** A comparison inside a comparison gets brackets: `a < b < c` means something else in Python. */
function comparison(left: Printed, sign: string, right: Printed): Printed {
	return infix({ ...left, strength: left.strength === COMPARISON ? LOOSEST : left.strength }, sign, right, COMPARISON);
}

const greek: Readonly<Record<string, string>> = {
	alpha: "α",
	beta: "β",
	sigma: "σ₀",
	mu: "μ",
	theta: "θ",
	lambd: "λ",
	w0: "ω₀",
	negative_slope: "slope",
};

const formulaNames: Partial<Record<UnaryOperator, string>> = {
	logistic: "σ",
	normalCdf: "Φ",
	logNormalCdf: "log Φ",
	sign: "sign",
};

/** A user's name goes into the formula as it is; whoever shows it escapes it. */
const formulaStyle: Style = {
	constant(value, exact) {
		if (exact === "pi") return atom("π");
		if (exact === "e") return atom("e");
		const text = shortNumber(exact !== undefined && exact.length <= 8 ? exact : value);
		return text.startsWith("−") ? { text, strength: NEGATION } : atom(text);
	},
	parameter: (name) => atom(greek[name] ?? name),
	unary(operator, operand) {
		switch (operator) {
			case "neg":
				return { text: `−${within(operand, POWER)}`, strength: NEGATION };
			case "abs":
				return atom(`|${operand.text}|`);
			case "sqrt":
				return atom(`√${/^[\wπ]+$/.test(operand.text) ? operand.text : `(${operand.text})`}`);
			case "square":
				return { text: `${within(operand, ATOM)}²`, strength: POWER };
			case "not":
				return { text: `not ${within(operand, ATOM)}`, strength: COMPARISON };
			case "floor":
				return atom(`⌊${operand.text}⌋`);
			default:
				return call(formulaNames[operator] ?? operator, operand);
		}
	},
	binary(operator, left, right, [, exponent]) {
		switch (operator) {
			case "add":
				return infix(left, "+", right, SUM, SUM);
			case "sub":
				return infix(left, "−", right, SUM);
			case "mul":
				return infix(left, "·", right, PRODUCT, PRODUCT);
			case "div":
				return infix(left, "/", right, PRODUCT);
			case "pow": {
				const power = exponent.kind === "constant" ? superscript(exponent.value) : undefined;
				return { text: within(left, ATOM) + (power ?? `^${within(right, ATOM)}`), strength: POWER };
			}
			case "and":
			case "or":
				return infix(left, operator, right, LOOSEST, COMPARISON);
			default:
				return call(operator, left, right);
		}
	},
	compare(operator, left, right) {
		return comparison(left, { lt: "<", le: "≤", gt: ">", ge: "≥", eq: "=", ne: "≠" }[operator], right);
	},
	where(condition, then, otherwise) {
		return {
			text: `${within(then, COMPARISON)} if ${condition.text}, else ${within(otherwise, COMPARISON)}`,
			strength: LOOSEST,
		};
	},
};

function superscript(power: number): string | undefined {
	const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
	return Number.isInteger(power) && power >= 0 && power < 100
		? [...String(power)].map((digit) => digits[Number(digit)]).join("")
		: undefined;
}

function shortNumber(value: number | string): string {
	if (value === Number.POSITIVE_INFINITY) return "∞";
	if (value === Number.NEGATIVE_INFINITY) return "−∞";
	const text = typeof value === "string" ? value : String(Number(value.toPrecision(7)));
	return text.replaceAll("-", "−");
}

/** Per library: unary functions by name ("@" stands for the operand), and how the rest is written. */
interface CodeDialect {
	readonly unary: Partial<Record<UnaryOperator, string>>;
	readonly pi: string;
	readonly e: string;
	readonly infinity: string;
	/** With "@" and "@2" for the operands. */
	readonly max: string;
	readonly min: string;
	readonly and: string;
	readonly or: string;
	readonly where: string;
	/** Arithmetic by calls, for libraries whose tensors have no operators. */
	readonly calls?: Readonly<Record<string, string>>;
	readonly power: string;
}

const pythonUnary = (prefix: string): Partial<Record<UnaryOperator, string>> =>
	Object.fromEntries(
		[
			"abs",
			"sign",
			"sqrt",
			"exp",
			"expm1",
			"log",
			"log1p",
			"sin",
			"cos",
			"tan",
			"sinh",
			"cosh",
			"tanh",
			"floor",
			"square",
		].map((name) => [name, `${prefix}.${name}(@)`]),
	);

const pytorch: CodeDialect = {
	unary: {
		...pythonUnary("torch"),
		atan: "torch.atan(@)",
		asinh: "torch.asinh(@)",
		erf: "torch.erf(@)",
		erfc: "torch.erfc(@)",
		logistic: "torch.sigmoid(@)",
		// F.softplus switches to x at its threshold of 20.
		softplus: "torch.logaddexp(@, torch.zeros_like(@))",
		normalCdf: "torch.special.ndtr(@)",
		logNormalCdf: "torch.special.log_ndtr(@)",
		sinc: "torch.sinc((@) / math.pi)",
		not: "~(@)",
	},
	pi: "math.pi",
	e: "math.e",
	infinity: "math.inf",
	max: "torch.maximum(@, torch.as_tensor(@2, dtype=x.dtype))",
	min: "torch.minimum(@, torch.as_tensor(@2, dtype=x.dtype))",
	and: "(@) & (@2)",
	or: "(@) | (@2)",
	where: "torch.where(@, @2, @3)",
	power: "**",
};

const numpy: CodeDialect = {
	unary: {
		...pythonUnary("np"),
		atan: "np.arctan(@)",
		asinh: "np.arcsinh(@)",
		erf: "special.erf(@)",
		erfc: "special.erfc(@)",
		logistic: "special.expit(@)",
		softplus: "np.logaddexp(@, 0)",
		normalCdf: "special.ndtr(@)",
		logNormalCdf: "special.log_ndtr(@)",
		sinc: "np.sinc((@) / np.pi)",
		not: "~(@)",
	},
	pi: "np.pi",
	e: "np.e",
	infinity: "np.inf",
	max: "np.maximum(@, @2)",
	min: "np.minimum(@, @2)",
	and: "(@) & (@2)",
	or: "(@) | (@2)",
	where: "np.where(@, @2, @3)",
	power: "**",
};

const jax: CodeDialect = {
	...numpy,
	unary: {
		...pythonUnary("jnp"),
		atan: "jnp.arctan(@)",
		asinh: "jnp.arcsinh(@)",
		erf: "jax.scipy.special.erf(@)",
		erfc: "jax.scipy.special.erfc(@)",
		logistic: "jax.nn.sigmoid(@)",
		softplus: "jnp.logaddexp(@, 0)",
		normalCdf: "jax.scipy.special.ndtr(@)",
		logNormalCdf: "jax.scipy.special.log_ndtr(@)",
		sinc: "jnp.sinc((@) / jnp.pi)",
		not: "~(@)",
	},
	pi: "jnp.pi",
	e: "jnp.e",
	infinity: "jnp.inf",
	max: "jnp.maximum(@, @2)",
	min: "jnp.minimum(@, @2)",
	where: "jnp.where(@, @2, @3)",
};

const keras: CodeDialect = {
	...numpy,
	unary: {
		...pythonUnary("keras.ops"),
		atan: "keras.ops.arctan(@)",
		asinh: "keras.ops.arcsinh(@)",
		erf: "keras.ops.erf(@)",
		erfc: "(1 - keras.ops.erf(@))",
		logistic: "keras.ops.sigmoid(@)",
		softplus: "keras.ops.logaddexp(@, 0)",
		normalCdf: "(0.5 * (1 + keras.ops.erf((@) / math.sqrt(2))))",
		not: "keras.ops.logical_not(@)",
	},
	pi: "math.pi",
	e: "math.e",
	infinity: "math.inf",
	max: "keras.ops.maximum(@, @2)",
	min: "keras.ops.minimum(@, @2)",
	and: "keras.ops.logical_and(@, @2)",
	or: "keras.ops.logical_or(@, @2)",
	where: "keras.ops.where(@, @2, @3)",
};

const typescript: CodeDialect = {
	unary: {
		...Object.fromEntries(
			[
				"abs",
				"sign",
				"sqrt",
				"exp",
				"expm1",
				"log",
				"log1p",
				"sin",
				"cos",
				"tan",
				"sinh",
				"cosh",
				"tanh",
				"atan",
				"asinh",
				"floor",
			].map((name) => [name, `Math.${name}(@)`]),
		),
		square: "(@) ** 2",
		logistic: "(1 / (1 + Math.exp(-(@))))",
		softplus: "(Math.max(@, 0) + Math.log1p(Math.exp(-Math.abs(@))))",
		sinc: "((@) === 0 ? 1 : Math.sin(@) / (@))",
		not: "!(@)",
	},
	pi: "Math.PI",
	e: "Math.E",
	infinity: "Number.POSITIVE_INFINITY",
	max: "Math.max(@, @2)",
	min: "Math.min(@, @2)",
	and: "(@) && (@2)",
	or: "(@) || (@2)",
	where: "(@ ? @2 : @3)",
	power: "**",
};

const tfjs: CodeDialect = {
	unary: {
		...Object.fromEntries(
			[
				"neg",
				"abs",
				"sign",
				"sqrt",
				"exp",
				"expm1",
				"log",
				"log1p",
				"sin",
				"cos",
				"tan",
				"sinh",
				"cosh",
				"tanh",
				"atan",
				"asinh",
				"erf",
				"floor",
				"square",
				"softplus",
			].map((name) => [name, `tf.${name}(@)`]),
		),
		logistic: "tf.sigmoid(@)",
		not: "tf.logicalNot(@)",
	},
	pi: "Math.PI",
	e: "Math.E",
	infinity: "Number.POSITIVE_INFINITY",
	max: "tf.maximum(@, @2)",
	min: "tf.minimum(@, @2)",
	and: "tf.logicalAnd(@, @2)",
	or: "tf.logicalOr(@, @2)",
	where: "tf.where(@, @2, @3)",
	power: "tf.pow",
	calls: {
		add: "tf.add",
		sub: "tf.sub",
		mul: "tf.mul",
		div: "tf.div",
		lt: "tf.less",
		le: "tf.lessEqual",
		gt: "tf.greater",
		ge: "tf.greaterEqual",
		eq: "tf.equal",
		ne: "tf.notEqual",
	},
};

function codeStyle(dialect: CodeDialect): Style {
	const fill = (template: string, ...args: readonly Printed[]) =>
		atom(template.replace(/@([23]?)/g, (_, which: string) => args[which === "" ? 0 : Number(which) - 1].text));
	return {
		constant(value, exact) {
			if (exact === "pi") return atom(dialect.pi);
			if (exact === "e") return atom(dialect.e);
			if (value === Number.POSITIVE_INFINITY) return atom(dialect.infinity);
			if (value === Number.NEGATIVE_INFINITY) return { text: `-${dialect.infinity}`, strength: NEGATION };
			return value < 0 || Object.is(value, -0) ? { text: `-${-value}`, strength: NEGATION } : atom(String(value));
		},
		parameter: (name) => atom(name),
		unary(operator, operand) {
			const template = dialect.unary[operator];
			if (template !== undefined) return fill(template, operand);
			if (operator === "neg") return { text: `-${within(operand, POWER)}`, strength: NEGATION };
			throw new Unprintable();
		},
		binary(operator, left, right) {
			const named = dialect.calls?.[operator];
			if (named !== undefined) return call(named, left, right);
			switch (operator) {
				case "add":
					return infix(left, "+", right, SUM);
				case "sub":
					return infix(left, "-", right, SUM);
				case "mul":
					return infix(left, "*", right, PRODUCT);
				case "div":
					return infix(left, "/", right, PRODUCT);
				case "pow":
					if (dialect.calls) return call(dialect.power, left, right);
					return { text: `${within(left, ATOM)} ** ${within(right, ATOM)}`, strength: POWER };
				default:
					return fill(dialect[operator], left, right);
			}
		},
		compare(operator, left, right) {
			const named = dialect.calls?.[operator];
			if (named !== undefined) return call(named, left, right);
			return comparison(left, { lt: "<", le: "<=", gt: ">", ge: ">=", eq: "==", ne: "!=" }[operator], right);
		},
		where: (condition, then, otherwise) => fill(dialect.where, condition, then, otherwise),
	};
}

const codeStyles: Readonly<Record<CodeLibrary, Style>> = {
	pytorch: codeStyle(pytorch),
	keras: codeStyle(keras),
	jax: codeStyle(jax),
	numpy: codeStyle(numpy),
	typescript: codeStyle(typescript),
	tfjs: codeStyle(tfjs),
};
