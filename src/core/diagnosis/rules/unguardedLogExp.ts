import { type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import { boundsOf } from "./bounds.ts";
import { argumentOf, type Call, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import { nameInFile } from "./libraryNames.ts";
import type { Rule } from "./rule.ts";

const NAMES = new Set(["log", "log1p"]);
const LIBRARY = /^(torch|numpy|jax\.numpy|tensorflow|tensorflow\.math|keras\.ops|math)\.(log|log1p)$/;
const EXP = /^(torch|numpy|jax\.numpy|tensorflow|tensorflow\.math|keras\.ops|math)\.exp$/;
/** What keeps the exponent from growing. */
const GUARD = /\b(abs|fabs|clip|clamp|clip_by_value|min|minimum|max|maximum|amax|relu|where|logsigmoid|sigmoid|tanh)\b/;
const LEAST = /\b(min|minimum)\b/;
const GREATEST = /\b(max|maximum)\b/;
/** exp overflows above these. */
const OVERFLOWS = { float16: 11.09, float32: 88.73, float64: 709.79 };

/** The softplus of a library; NumPy says it as logaddexp(0, x). */
const SOFTPLUS: Readonly<Record<string, string>> = {
	torch: "torch.nn.functional.softplus",
	numpy: "numpy.logaddexp",
	"jax.numpy": "jax.nn.softplus",
	tensorflow: "tensorflow.math.softplus",
	"tensorflow.math": "tensorflow.math.softplus",
	"keras.ops": "keras.ops.softplus",
};

/** `log(1 + exp(x))` in the midst of other code; in a function of its own the function's hazards tell. */
export const unguardedLogExp: Rule = {
	severity: "information",
	summary: "log(1 + exp(x)) without a guard",
	*check(code) {
		const inspected = code.read.definitions.filter(({ understood }) => understood !== null);
		for (const call of code.callsNamed(NAMES)) {
			const name = code.nameOf(call.callee, call.place);
			const match = name === null ? null : LIBRARY.exec(name);
			const exponent = match && exponentIn(call, match[2] === "log1p", code);
			if (!match || !exponent) continue;
			const written = code.textOf(exponent);
			if (GUARD.test(written) || isBounded(exponent, call, code)) continue;
			const { greatest } = boundsOf({ node: exponent, place: call.place, context: new Map() }, code);
			if (greatest < OVERFLOWS.float32) continue;
			if (isChosen(call, code) || isCompared(exponent, call, code)) continue;
			if (inspected.some(({ span }) => call.node.from >= span.start && call.node.to <= span.end)) continue;
			const library = match[1]!;
			const softplus = SOFTPLUS[library] && nameInFile(SOFTPLUS[library], { node: call.node, ...call.place }, code);
			const replacement = softplus && (library === "numpy" ? `${softplus}(0, ${written})` : `${softplus}(${written})`);
			yield {
				span: { start: call.node.from, end: call.node.to },
				message: code.t(
					"log(1 + exp(x)) is ∞ for x above {0} in float32 ({1} in float16, {2} in float64). Use softplus.",
					`${OVERFLOWS.float32}`,
					`${OVERFLOWS.float16}`,
					`${OVERFLOWS.float64}`,
				),
				evidence: OVERFLOWS,
				fixes: replacement
					? [
							{
								title: code.t("Replace by {0}", replacement),
								edits: [{ span: { start: call.node.from, end: call.node.to }, text: replacement }],
							},
						]
					: [],
			};
		}
	},
};

/** The x of `log(1 + exp(x))` or `log1p(exp(x))`. */
function exponentIn(call: Call, isLog1p: boolean, code: CodeUnderRules): SyntaxNode | undefined {
	const argument = argumentOf(call.list, 0, ["input", "x"], (node) => code.textOf(node));
	const inner = argument && unwrap(argument);
	if (!inner) return undefined;
	if (isLog1p) return exponentOf(inner, call, code);
	if (inner.name !== "BinaryExpression" || code.textOf(inner.kids[1]!) !== "+") return undefined;
	const [left, , right] = inner.kids;
	if (!left || !right) return undefined;
	const isOne = (node: SyntaxNode) => /^1(\.0*)?$/.test(code.textOf(unwrap(node)));
	if (isOne(left)) return exponentOf(unwrap(right), call, code);
	return isOne(right) ? exponentOf(unwrap(left), call, code) : undefined;
}

function exponentOf(node: SyntaxNode, { place }: Call, code: CodeUnderRules): SyntaxNode | undefined {
	const call = callOf(node, place);
	if (!call || !EXP.test(code.nameOf(call.callee, place) ?? "")) return undefined;
	return argumentOf(call.list, 0, ["input", "x"], (part) => code.textOf(part));
}

/**
 * Whether the exponent is a name whose making is guarded, or that is changed in place (`x[x > 20] = 20`), or the smaller of
 * two less the larger.
 */
function isBounded(exponent: SyntaxNode, { place }: Call, code: CodeUnderRules): boolean {
	const inner = unwrap(exponent);
	const isMadeBy = (node: SyntaxNode | undefined, pattern: RegExp) => {
		const name = node && unwrap(node);
		if (name?.name !== "VariableName") return false;
		const made = code.resolver.certainValue(code.textOf(name), place, name.from)?.node;
		return made !== undefined && pattern.test(code.textOf(made));
	};
	if (inner.name === "BinaryExpression") {
		const [left, operator, right] = inner.kids;
		return (
			operator?.name === "ArithOp" &&
			code.textOf(operator) === "-" &&
			isMadeBy(left, LEAST) &&
			isMadeBy(right, GREATEST)
		);
	}
	const operand = inner.name === "UnaryExpression" ? unwrap(inner.kids.at(-1)!) : inner;
	return isMadeBy(operand, GUARD) || code.flow.isChanged({ node: operand, place, context: new Map() });
}

/** Whether `where` chooses between the logarithm and something else. */
function isChosen({ node, place }: Call, code: CodeUnderRules): boolean {
	for (let around = node.parent; around && !/Statement$/.test(around.name); around = around.parent) {
		const call = around.name === "CallExpression" ? callOf(around, place) : undefined;
		if (call && /(^|\.)(where|select|cond)$/.test(code.textOf(call.callee))) return true;
	}
	return false;
}

/** Whether an `if` around compares the two sides of `a - b`, so that the exponent has a sign that is known. */
function isCompared(exponent: SyntaxNode, { node }: Call, code: CodeUnderRules): boolean {
	const [left, , right] = unwrap(exponent).kids;
	if (unwrap(exponent).name !== "BinaryExpression" || !left || !right) return false;
	for (let around = node.parent; around && around.name !== "FunctionDefinition"; around = around.parent) {
		const condition = around.name === "IfStatement" ? around.kids[1] : undefined;
		const text = condition ? code.textOf(condition) : "";
		if (text.includes(code.textOf(left)) && text.includes(code.textOf(right))) return true;
	}
	return false;
}
