import type { Expression, UnaryOperator } from "./expression.ts";
import {
	ATOM,
	atom,
	COMPARISON,
	call,
	comparison,
	infix,
	LOOSEST,
	NEGATION,
	POWER,
	PRODUCT,
	type Printed,
	printWith,
	type Style,
	SUM,
	within,
} from "./printed.ts";

/** A formula longer than this is cut: it is read by a person. */
const LONGEST_FORMULA = 400;

/** The expression as a person writes it: `0.5 · x · (1 + erf(x / √2))`. Cut with … where it is very long. */
export function printFormula(expression: Expression): string {
	const { text } = printWith(expression, formulaStyle);
	return text.length > LONGEST_FORMULA ? `${text.slice(0, LONGEST_FORMULA - 1)}…` : text;
}

/** The expression as LaTeX, for a formula on a page: `x \cdot \sigma\left(x\right)`. */
export function printLatex(expression: Expression): string {
	return printWith(expression, latexStyle).text;
}

const GREEK: Readonly<Record<string, string>> = {
	alpha: "α",
	beta: "β",
	sigma: "σ₀",
	mu: "μ",
	theta: "θ",
	lambd: "λ",
	w0: "ω₀",
	negative_slope: "slope",
};

const NAMES: Partial<Record<UnaryOperator, string>> = {
	logistic: "σ",
	normalCdf: "Φ",
	logNormalCdf: "log Φ",
};

/** A user's name goes into the formula as it is; whoever shows it escapes it. */
const formulaStyle: Style = {
	constant({ value, exact }) {
		if (exact === "pi") return atom("π");
		if (exact === "e") return atom("e");
		const text = shortNumber(exact !== undefined && exact.length <= 8 ? exact : value)
			.replace("Infinity", "∞")
			.replaceAll("-", "−");
		return text.startsWith("−") ? { text, strength: NEGATION } : atom(text);
	},
	parameter: ({ name }) => atom(GREEK[name] ?? name),
	unary({ operator }, operand) {
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
				return call(NAMES[operator] ?? operator, operand);
		}
	},
	binary({ operator, right: exponent }, left, right) {
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
	compare({ operator }, left, right) {
		return comparison(left, { lt: "<", le: "≤", gt: ">", ge: "≥", eq: "=", ne: "≠" }[operator], right);
	},
	where(_, condition, then, otherwise) {
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
	return typeof value === "string" ? value : String(Number(value.toPrecision(7)));
}

/** What LaTeX has a command for; the rest is set upright. */
const LATEX_COMMANDS = /^(exp|log|sin|cos|tan|sinh|cosh|tanh|max|min)$/;
const LATEX_NAMES: Partial<Record<UnaryOperator, string>> = {
	logistic: "\\sigma",
	normalCdf: "\\Phi",
	logNormalCdf: "\\log\\Phi",
	atan: "\\arctan",
};
const LATEX_GREEK = /^(alpha|beta|gamma|delta|theta|mu|sigma|lambda)$/;

const latexCall = (name: string, ...args: readonly Printed[]) => {
	const command = name.startsWith("\\") ? name : LATEX_COMMANDS.test(name) ? `\\${name}` : `\\operatorname{${name}}`;
	return atom(`${command}\\left(${args.map(({ text }) => text).join(", ")}\\right)`);
};

/** The operand in brackets that grow with it, unless it binds strongly enough. */
const latexWithin = (printed: Printed, least: number) =>
	printed.strength >= least ? printed.text : `\\left(${printed.text}\\right)`;

const latexInfix = (left: Printed, sign: string, right: Printed, strength: number, rightStrength = strength + 1) => ({
	text: `${latexWithin(left, strength)} ${sign} ${latexWithin(right, rightStrength)}`,
	strength,
});

const latexStyle: Style = {
	constant({ value, exact }) {
		if (exact === "pi") return atom("\\pi");
		if (exact === "e") return atom("e");
		const text = shortNumber(exact !== undefined && exact.length <= 8 ? exact : value)
			.replace("Infinity", "\\infty")
			.replace(/e\+?(-?\d+)$/, " \\cdot 10^{$1}");
		return text.startsWith("-") ? { text, strength: NEGATION } : atom(text);
	},
	parameter({ name }) {
		if (LATEX_GREEK.test(name)) return atom(`\\${name}`);
		if (name === "lambd") return atom("\\lambda");
		return atom(name.length === 1 ? name : `\\mathit{${name.replaceAll("_", "\\_")}}`);
	},
	unary({ operator }, operand) {
		switch (operator) {
			case "neg":
				return { text: `-${latexWithin(operand, POWER)}`, strength: NEGATION };
			case "abs":
				return atom(`\\left|${operand.text}\\right|`);
			case "sqrt":
				return atom(`\\sqrt{${operand.text}}`);
			case "square":
				return { text: `${latexWithin(operand, ATOM)}^2`, strength: POWER };
			case "not":
				return { text: `\\neg ${latexWithin(operand, ATOM)}`, strength: NEGATION };
			case "floor":
				return atom(`\\lfloor ${operand.text} \\rfloor`);
			case "exp":
				return { text: `e^{${operand.text}}`, strength: POWER };
			default:
				return latexCall(LATEX_NAMES[operator] ?? operator, operand);
		}
	},
	binary({ operator }, left, right) {
		switch (operator) {
			case "add":
				return latexInfix(left, "+", right, SUM, SUM);
			case "sub":
				return latexInfix(left, "-", right, SUM);
			case "mul":
				return latexInfix(left, "\\cdot", right, PRODUCT, PRODUCT);
			case "div":
				return atom(`\\frac{${left.text}}{${right.text}}`);
			case "pow":
				return { text: `${latexWithin(left, ATOM)}^{${right.text}}`, strength: POWER };
			case "and":
				return latexInfix(left, "\\land", right, LOOSEST, COMPARISON);
			case "or":
				return latexInfix(left, "\\lor", right, LOOSEST, COMPARISON);
			default:
				return latexCall(operator, left, right);
		}
	},
	compare({ operator }, left, right) {
		const signs = { lt: "<", le: "\\le", gt: ">", ge: "\\ge", eq: "=", ne: "\\ne" };
		return latexInfix(left, signs[operator], right, COMPARISON);
	},
	where(_, condition, then, otherwise) {
		const cases = `${then.text} & \\text{if } ${condition.text} \\\\ ${otherwise.text} & \\text{otherwise}`;
		return atom(`\\begin{cases} ${cases} \\end{cases}`);
	},
};
