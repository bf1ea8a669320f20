/**
 * No function is taken for an entry of the catalog that it is not, tried on random ones as people write them: an entry's
 * formula with other numbers, a sign or an operation changed, a bound, a threshold or a small number added.
 * `SEED=7 node test/unit.mjs reading/identity` runs the same cases again, SEED=random others, CASES=50000 more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromExpression, withDefaults } from "../../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../../src/core/activations/catalog.ts";
import {
	add,
	applyBinary,
	applyUnary,
	constant,
	div,
	exp,
	gt,
	log,
	max,
	min,
	mul,
	neg,
	parameter,
	sub,
	where,
	x,
} from "../../../src/core/expression/build.ts";
import { evaluateExactly } from "../../../src/core/expression/exact.ts";
import type { BinaryOperator, Expression, UnaryOperator } from "../../../src/core/expression/expression.ts";
import { printFormula } from "../../../src/core/expression/formula.ts";
import { nodesOf, rewrite, substitute } from "../../../src/core/expression/walk.ts";
import { Random } from "../../../src/core/numerics/random.ts";
import { identityOf } from "../../../src/core/reading/identity.ts";

const SEED = process.env.SEED === "random" ? Date.now() % 2 ** 32 : Number(process.env.SEED ?? 20_261_124);
const CASES = Number(process.env.CASES ?? 10_000);

/** Numbers that people write in activations. */
const NUMBERS = [
	0, 0.01, 0.044715, 0.1, 0.2, 0.25, 0.3, 0.5, 0.7978845608, 1, 1.0507, 1.5, 1.6732632, 1.702, 2, 3, 6, 20,
];
const SMALL = [1e-3, 1e-5, 1e-6, 1e-8];
const BINARY: readonly BinaryOperator[] = ["add", "sub", "mul", "div", "max", "min"];
const UNARY: readonly UnaryOperator[] = [
	"exp",
	"tanh",
	"logistic",
	"softplus",
	"abs",
	"square",
	"log1p",
	"expm1",
	"sin",
];

function handWritten(random: Random): Expression {
	const pick = <T>(from: readonly T[]): T => from[Math.floor(random.uniform() * from.length)]!;
	const entry = pick(catalog);
	const defaults = withDefaults(entry);
	const values = Object.fromEntries(
		Object.entries(defaults).map(([name, value]) => [name, constant(random.uniform() < 0.5 ? value : pick(NUMBERS))]),
	);
	let expression = substitute(random.uniform() < 0.5 ? entry.definition : entry.stable, x, values);
	for (let left = Math.floor(random.uniform() * 3); left > 0; left--) expression = changed(expression, random, pick);
	return expression;
}

function changed(expression: Expression, random: Random, pick: <T>(from: readonly T[]) => T): Expression {
	const way = random.uniform();
	if (way < 0.1) return add(expression, pick(SMALL));
	if (way < 0.2) return mul(expression, pick(NUMBERS));
	if (way < 0.3) return substitute(expression, min(max(x, -pick([1, 6, 20, 80, 500])), pick([1, 6, 20, 80, 500])));
	if (way < 0.4) return where(gt(x, pick([5, 10, 20, 40, 100])), x, expression);
	if (way < 0.45) return substitute(expression, mul(pick([-1, 0.5, 2, 1.0001]), x));
	const target = pick(nodesOf(expression));
	return rewrite(expression, (node, operands) => {
		if (node !== target) return undefined;
		switch (node.kind) {
			case "constant":
				return constant(random.uniform() < 0.5 ? pick(NUMBERS) : node.value * (1 + pick(SMALL)));
			case "binary":
				if (node.operator === "and" || node.operator === "or") return undefined;
				return random.uniform() < 0.5
					? applyBinary(pick(BINARY), operands[0]!, operands[1]!)
					: applyBinary(node.operator, operands[1]!, operands[0]!);
			case "unary":
				if (node.operator === "not") return undefined;
				return random.uniform() < 0.5
					? neg(applyUnary(node.operator, operands[0]!))
					: applyUnary(pick(UNARY), operands[0]!);
			case "input":
				return random.uniform() < 0.5 ? neg(x) : sub(x, pick(NUMBERS));
			default:
				return undefined;
		}
	});
}

/** Near 0, where activations bend, and out to the largest doubles. */
function inputs(random: Random): number[] {
	const sign = () => (random.uniform() < 0.5 ? -1 : 1);
	return [
		...Array.from({ length: 8 }, () => 16 * random.uniform() - 8),
		...Array.from({ length: 4 }, () => sign() * 10 ** (random.uniform() * 3)),
		...Array.from({ length: 4 }, () => sign() * 10 ** (random.uniform() * 300)),
	];
}

test(`what is told to be an entry of the catalog equals it wherever it is looked at, far out too (seed ${SEED})`, () => {
	const random = new Random(SEED, "identity");
	let identified = 0;
	const wrong: string[] = [];
	for (let i = 0; i < CASES; i++) {
		const expression = handWritten(random);
		const at = inputs(random);
		const identity = identityOf(fromExpression("f", expression));
		if (!identity) continue;
		identified++;
		const { stable } = findActivation(identity.activation)!;
		for (const value of at) {
			const own = evaluateExactly(expression, value);
			const entry = evaluateExactly(stable, value, identity.parameters);
			// NaN: undefined there, or not to be told at any precision.
			const isSame =
				Number.isNaN(own) || Object.is(own, entry) || Math.abs(own - entry) <= 1e-9 * Math.max(1, Math.abs(entry));
			if (isSame) continue;
			// A sine far out hangs on digits of π·x that a parameter's double does not have.
			const nudged = evaluateExactly(stable, value * (1 + 2 ** -50), identity.parameters);
			if (Math.abs(nudged - entry) > 1e-9 * Math.max(1, Math.abs(entry)) && Math.abs(entry) <= 2) continue;
			const told = `${identity.activation} ${JSON.stringify(identity.parameters)}`;
			wrong.push(
				`case ${i}: ${printFormula(expression)} is told to be ${told}; at ${value} it is ${own}, not ${entry}`,
			);
			break;
		}
	}
	console.log(`seed ${SEED}: ${identified} of ${CASES} identified`);
	assert.deepEqual(wrong, []);
	assert.ok(identified > CASES / 20, `only ${identified} identified`);
});

test("of the settings that fit, those that the code's own parameters set are taken", () => {
	const [beta, threshold] = [parameter("beta"), parameter("threshold")];
	const scaled = mul(beta, x);
	const naive = div(log(add(1, exp(scaled))), beta);
	const identify = (form: Expression, parameters: Readonly<Record<string, number>>) => {
		const own = Object.entries(parameters).map(([name, value]) => ({
			name,
			default: value,
			trainable: false,
			constraint: "",
		}));
		return identityOf(fromExpression("f", form, own));
	};
	// The jump at 20 is 2e-9, less than the digits that a form may lose.
	assert.deepEqual(identify(where(gt(scaled, threshold), x, naive), { beta: 1, threshold: 20 }), {
		activation: "softplus",
		parameters: { beta: 1, threshold: 20 },
		names: { beta: "beta", threshold: "threshold" },
	});
	assert.deepEqual(identify(where(gt(x, 20), x, log(add(1, exp(x)))), {})?.parameters, { beta: 1, threshold: 20 });
	const [low, high] = [parameter("low"), parameter("high")];
	const clipped = identify(min(max(x, low), high), { low: 0, high: Number.POSITIVE_INFINITY });
	assert.deepEqual(clipped, { activation: "relu", parameters: {}, names: {} });
});
