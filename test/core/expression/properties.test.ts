/**
 * Properties that hold for every expression, tried on random ones. A failure prints the seed and the formula:
 * `SEED=7 node test/unit.mjs expression/properties` runs the same cases again, SEED=random others, CASES=50000 more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type CodeTarget, functionCode } from "../../../src/core/activations/libraries/functionCode.ts";
import { add, constant, mul, sin, tanh, x } from "../../../src/core/expression/build.ts";
import { printCode } from "../../../src/core/expression/code/printCode.ts";
import { differentiate } from "../../../src/core/expression/differentiate.ts";
import { compile, evaluate } from "../../../src/core/expression/evaluate.ts";
import { evaluateAllExactly, evaluateExactly } from "../../../src/core/expression/exact.ts";
import type { Expression, Parameters } from "../../../src/core/expression/expression.ts";
import { printFormula } from "../../../src/core/expression/formula.ts";
import { simplify } from "../../../src/core/expression/simplify.ts";
import { nodesOf, rewrite, substitute } from "../../../src/core/expression/walk.ts";
import { Random } from "../../../src/core/numerics/random.ts";
import { readSource } from "../../../src/core/reading/readSource.ts";
import { randomExpression } from "./randomExpression.ts";

const SEED = process.env.SEED === "random" ? Date.now() % 2 ** 32 : Number(process.env.SEED ?? 20_261_124);
const CASES = Number(process.env.CASES ?? 10_000);

interface Case {
	readonly expression: Expression;
	readonly at: number;
	readonly parameters: Parameters;
	readonly what: string;
}

function* cases(stream: string, count: number): Generator<Case> {
	const random = new Random(SEED, stream);
	for (let i = 0; i < count; i++) {
		const expression = randomExpression(random, 1 + Math.floor(12 * random.uniform()));
		const at = random.uniform() < 0.1 ? Math.round(4 * random.uniform()) - 2 : 6 * random.uniform() - 3;
		const parameters = { a: 4 * random.uniform() - 2, b: 4 * random.uniform() - 2 };
		const what = `seed ${SEED}, case ${i}: ${printFormula(expression)} at x = ${at}, a = ${parameters.a}, b = ${parameters.b}`;
		yield { expression, at, parameters, what };
	}
}

/** Moderate values, of which differences can be taken. */
const isTame = (value: number) => Number.isFinite(value) && Math.abs(value) < 1e6;
/** 1/0 is ∞ on the way to a value, but has no slope; the sine of 1e30 has one that differences do not see. */
const isTameWithin = (expression: Expression, at: number, parameters: Parameters) =>
	nodesOf(expression).every((node) => isTame(evaluate(node, at, parameters)));
const isClose = (a: number, b: number, tolerance: number) =>
	Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));

/** The expression with its constants off by `step` of themselves: the sine of π is steady until π is moved. */
const nudge = (expression: Expression, step: number) =>
	rewrite(expression, (node) => (node.kind === "constant" ? constant(node.value * (1 + step)) : undefined));
const isJump = (node: Expression) =>
	node.kind === "compare" || (node.kind === "unary" && (node.operator === "floor" || node.operator === "sign"));

test(`the derivative by x, and by a parameter, is the limit of exact differences (seed ${SEED})`, () => {
	let [compared, unknown] = [0, 0];
	for (const { expression, at, parameters, what } of cases("derivative", CASES)) {
		for (const variable of ["x", "a"]) {
			const found = evaluateExactly(differentiate(expression, variable), at, parameters);
			const valueAt = (step: number) =>
				variable === "x"
					? evaluateExactly(expression, at + step, parameters)
					: evaluateExactly(expression, at, { ...parameters, a: parameters.a! + step });
			const here = valueAt(0);
			const differences = [2 ** -14, 2 ** -17].flatMap((h) => {
				const [before, after] = [valueAt(-h), valueAt(h)];
				return [(here - before) / h, (after - here) / h, (after - before) / (2 * h)];
			});
			const [, , coarse, left, right, fine] = differences as [number, number, number, number, number, number];
			// Differences that do not agree with each other lie over a kink, a jump or a pole.
			if (!differences.every(isTame) || !isClose(coarse, fine, 1e-5) || !isClose(left, right, 1e-2)) continue;
			if (!isTameWithin(expression, at, parameters)) continue;
			// Over several steps of a floor the differences see a slope that is not there.
			const moved =
				variable === "x"
					? ([at + 2 ** -14, parameters] as const)
					: ([at, { ...parameters, a: parameters.a! + 2 ** -14 }] as const);
			const jumps = nodesOf(expression).filter(isJump);
			if (jumps.some((node) => evaluate(node, at, parameters) !== evaluate(node, ...moved))) continue;
			if (Number.isNaN(found)) {
				unknown++; // A comparison of two numbers that are equal, of which no precision can tell.
				continue;
			}
			assert.ok(isClose(found, fine, 1e-4), `${what}: d/d${variable} is ${found}, differences give ${fine}`);
			compared++;
		}
	}
	assert.ok(compared > CASES, `only ${compared} of ${2 * CASES} could be compared`);
	assert.ok(unknown <= CASES / 1000, `${unknown} slopes are unknown`);
});

test(`simplify changes no value, exactly or in float64 (seed ${SEED})`, () => {
	for (const { expression, at, parameters, what } of cases("simplify", CASES)) {
		const simple = simplify(expression);
		assert.ok(nodesOf(simple).length <= nodesOf(expression).length + 1, `${what}: grows to ${printFormula(simple)}`);
		assert.equal(simplify(simple), simple, `${what}: simplified twice is simplified once`);
		const [before, after] = evaluateAllExactly([expression, simple], at, parameters);
		assert.ok(Object.is(before, after), `${what}: exactly ${before}, simplified ${after} (${printFormula(simple)})`);
	}
});

test(`float64 and exact agree to 1e-9 where neighbouring inputs do (seed ${SEED})`, () => {
	let compared = 0;
	for (const { expression, at, parameters, what } of cases("exact", CASES)) {
		// Where a nudge of the input by a few ulp changes the value, the expression is ill-conditioned.
		const nudged = [1 - 2 ** -48, 1, 1 + 2 ** -48].map((factor) =>
			evaluateExactly(expression, at * factor, parameters),
		);
		const [exact, fast] = [nudged[1]!, evaluate(expression, at, parameters)];
		if (
			!isTameWithin(expression, at, parameters) ||
			!isTame(exact) ||
			!nudged.every((value) => isClose(value, exact, 1e-13))
		)
			continue;
		if (isClose(fast, exact, 1e-9)) {
			compared++;
			continue;
		}
		// A rounding error of one step can move the next over a jump.
		if (nodesOf(expression).some(isJump)) continue;
		// Rounding inside can still be amplified: then the value rounded at every step but in more digits is the exact one.
		const spread = [2 ** -40, -(2 ** -40)].map((step) =>
			evaluate(nudge(expression, step), at * (1 + step), parameters),
		);
		assert.ok(
			!spread.every((value) => isClose(value, fast, 1e-9)),
			`${what}: exactly ${exact}, float64 gives a steady ${fast}`,
		);
	}
	assert.ok(compared > CASES / 2, `only ${compared} of ${CASES} agreed`);
});

test(`arrays are computed like single numbers, bit for bit (seed ${SEED})`, () => {
	const xs = Float64Array.of(-2.5, -1, -1e-300, -0, 0, 0.3, 1, 7.25, 800, Number.NaN, Number.POSITIVE_INFINITY);
	for (const { expression, parameters, what } of cases("compile", CASES)) {
		const [column] = compile([expression], parameters)(xs);
		const single = Array.from(xs, (one) => evaluate(expression, one, parameters));
		assert.deepEqual(Array.from(column!), single, what);
	}
});

/** What the code of a library is read as. */
const READ_BACK: readonly (readonly [target: CodeTarget, languageId: string])[] = [
	["pytorch", "python"],
	["jax", "python"],
	["numpy", "python"],
	["python", "python"],
	["typescript", "typescript"],
	["tfjs", "typescript"],
];

test(`printed code reads back as the same function, in every library (seed ${SEED})`, () => {
	let [compared, i] = [0, 0];
	const unread = new Map<string, number>();
	for (const { expression, at, parameters, what } of cases("print", CASES)) {
		const [target, languageId] = READ_BACK[i++ % READ_BACK.length]!;
		if (!nodesOf(expression).some(({ kind }) => kind === "input")) continue;
		const own = Object.entries(parameters).map(([name, value]) => ({
			name,
			default: value,
			trainable: false,
			constraint: "",
		}));
		const made = functionCode(
			{ name: "activation", expression, parameters: own, title: "", formula: null, source: "" },
			target,
		);
		if (!made) continue;
		const text = [...made.imports, made.code].join("\n");
		const { definitions } = readSource(text, languageId);
		const definition = definitions.find(({ name }) => name === "activation");
		if (!definition?.understood) {
			const reason = definition?.reason ?? "no definition";
			unread.set(reason, (unread.get(reason) ?? 0) + 1);
			continue;
		}
		const values = Object.fromEntries(
			definition.understood.activation.parameters.map(({ name, default: value }) => [name, value]),
		);
		const [wanted, got] = [
			evaluateExactly(expression, at, parameters),
			evaluateExactly(definition.understood.activation.definition, at, values),
		];
		if (!isTameWithin(expression, at, parameters) || !isTame(wanted)) continue;
		// Constants are printed to the last digit of a double: what hangs on more is another function.
		if (!isClose(wanted, evaluateExactly(nudge(expression, 2 ** -52), at, parameters), 1e-11)) continue;
		// Of a comparison of two forms of 0 no precision can tell; float64 then says what it is.
		const told = Number.isNaN(got) ? evaluate(definition.understood.activation.definition, at, values) : got;
		assert.ok(
			isClose(told, wanted, Number.isNaN(got) ? 1e-6 : 1e-10),
			`${what}: ${wanted} is read back as ${got} from\n${text}`,
		);
		compared++;
	}
	console.log(`read back: ${compared} of ${CASES}; not read, with the reason: ${JSON.stringify([...unread])}`);
	const lacking = [...unread.keys()].filter((reason) => /recursive|the name/.test(reason));
	assert.deepEqual(lacking, [], "what printed code calls comes with it, and is known");
	assert.ok(compared > CASES / 2, `only ${compared} of ${CASES} could be compared`);
});

test(`putting in x for x changes nothing, and equal expressions are one object (seed ${SEED})`, () => {
	for (const { expression, what } of cases("substitute", 200)) {
		assert.equal(substitute(expression, x), expression, what);
		const twice = add(expression, expression);
		assert.ok(twice.kind === "binary" && twice.left === twice.right);
	}
});

const DEPTH = 10_000;

test(`${DEPTH} nested operations overflow no stack`, () => {
	let deep: Expression = x;
	for (let i = 0; i < DEPTH; i++) deep = i % 2 === 0 ? sin(deep) : add(deep, constant(1));
	const derivative = differentiate(deep, "x");
	const value = evaluate(deep, 0.5);
	assert.ok(value > 1 && value < 2);
	assert.equal(evaluateExactly(deep, 0.5), value, "a contraction forgets its rounding errors");
	assert.equal(evaluate(simplify(deep), 0.5), value);
	assert.equal(compile([deep])(Float64Array.of(0.5))[0]![0], value);
	assert.ok(Math.abs(evaluate(derivative, 0.5)) < 1e-300, "the product of thousands of slopes below 1");
	assert.ok(printFormula(deep).length <= 400);
	assert.equal(printCode(deep, "numpy"), undefined, "nobody reads that");
	assert.equal(nodesOf(deep).length, DEPTH + 2);
});

test("a graph of depth 200 in which each node adds itself to itself takes linear time", () => {
	let graph: Expression = x;
	for (let i = 0; i < 200; i++) graph = add(graph, graph);
	const start = performance.now();
	assert.equal(evaluate(graph, 1), 2 ** 200);
	assert.equal(evaluateExactly(graph, 1), 2 ** 200);
	assert.equal(evaluateExactly(differentiate(graph, "x"), 0), 2 ** 200);
	assert.equal(evaluate(simplify(graph), 1), 2 ** 200);
	assert.ok(printFormula(graph).length <= 400);
	assert.ok(performance.now() - start < 2000);
});

test("the fifth derivative of tanh is its polynomial in tanh", () => {
	let derivative: Expression = tanh(x);
	for (let i = 0; i < 5; i++) derivative = differentiate(derivative, "x");
	// d⁵/dx⁵ tanh = 16 − 136 t² + 240 t⁴ − 120 t⁶, t = tanh x.
	const t2 = mul(tanh(x), tanh(x));
	const t4 = mul(t2, t2);
	const polynomial = add(add(16, mul(-136, t2)), add(mul(240, t4), mul(-120, mul(t4, t2))));
	for (const at of [-2, -0.5, 0, 0.25, 1, 3])
		assert.equal(evaluateExactly(derivative, at), evaluateExactly(polynomial, at));
});
