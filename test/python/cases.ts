/** What the generated code is to give: printed as JSON for the checks that run it by its real library. */
import { withDefaults } from "../../src/core/activations/activation.ts";
import { catalog } from "../../src/core/activations/catalog.ts";
import { codeTargets, functionCode, libraryOf } from "../../src/core/activations/libraries/functionCode.ts";
import { constant, mul } from "../../src/core/expression/build.ts";
import { writable } from "../../src/core/expression/code/printCode.ts";
import { differentiate } from "../../src/core/expression/differentiate.ts";
import { evaluateAllExactly, evaluateExactly } from "../../src/core/expression/exact.ts";
import type { Expression, Parameters } from "../../src/core/expression/expression.ts";
import { rewrite, withOperands } from "../../src/core/expression/walk.ts";
import { Random } from "../../src/core/numerics/random.ts";

const SIZES = [
	1e-300, 1e-30, 1e-8, 1e-3, 0.11, 0.37, 0.61, 0.93, 1.17, 1.53, 2.31, 2.77, 3.19, 4.73, 5.91, 7.33, 9.1, 12.3, 19.7,
	25.1, 31.3, 36.9, 50.3, 88.1, 120.7, 301.3, 690.1, 1.1e4,
];
const INPUTS = [0, ...SIZES.flatMap((size) => [-size, size])];

/** Far out, where a function is written by steps of its own and is to have its limits: what else does is no matter of the printing. */
const EDGES: Readonly<Record<string, readonly number[]>> = {
	log_ndtr: [Number.NEGATIVE_INFINITY, -1.8e154, -1e100, -1e10, -1e3, -37.7, -30.1, -29.9, -12, -0, 5, Number.NaN],
};

/** Random factors of 1 ± 8 units of rounding, one for each operation and each operand of a function. */
const random = new Random(1);
const factor = (unit: number) => constant(1 + (random.uint32() % 2 === 0 ? -8 : 8) * unit);
/** Operations that are no functions of their own: their operand's rounding is that of the operation before. */
const PLAIN = /^(neg|abs|sign|square|sqrt|floor|not)$/;

/**
 * How far rounding may take a form from its value, at each input: as far as such factors do, in exact arithmetic. What
 * cancels has lost its digits in the form itself, not in its printing.
 */
function roundingOf(form: Expression, values: Parameters, unit: number): number[] {
	const shaken = Array.from({ length: 12 }, () =>
		rewrite(form, (node, operands) => {
			if (node.kind === "binary") return mul(withOperands(node, operands), factor(unit));
			if (node.kind !== "unary") return undefined;
			const inner = PLAIN.test(node.operator) ? operands : operands.map((operand) => mul(operand, factor(unit)));
			return mul(withOperands(node, inner), factor(unit));
		}),
	);
	return INPUTS.map((x) => {
		const [plain = 0, ...moved] = evaluateAllExactly([form, ...shaken], x, values);
		const distances = moved.map((value) => Math.abs(value - plain)).filter(Number.isFinite);
		return Math.max(...distances, 2 * unit * Math.abs(plain), unit < 2 ** -50 ? 1e-300 : 1e-37) || 0;
	});
}

/** TensorFlow.js computes in float32 alone. */
const unitOf = (library: string) => (library === "tfjs" ? 2 ** -24 : 2 ** -53);

const cases = catalog.map((activation) => {
	const { id, name, stable, parameters, source, definition } = activation;
	const sets = [withDefaults(activation)];
	const others = Object.fromEntries(parameters.map(({ name: own, default: value }) => [own, value * 1.25]));
	if (parameters.length > 0) sets.push(others);
	const trainable = parameters.filter((one) => one.trainable).map((one) => one.name);
	return {
		id,
		parameters: parameters.map((one) => one.name),
		trainable,
		code: Object.fromEntries(
			codeTargets.map((target) => {
				const made = functionCode(
					{ name: id, expression: stable, parameters, title: name, formula: definition, source },
					target,
				);
				return [target, made ? { ...made, library: libraryOf[target] } : null];
			}),
		),
		sets: sets.map((values) => {
			const wanted = [stable, activation.derivative, ...trainable.map((one) => differentiate(stable, one))];
			const rows = INPUTS.map((x) => evaluateAllExactly(wanted, x, values));
			const column = (i: number) => rows.map((row) => row[i]);
			return {
				values,
				value: column(0),
				edges: { x: EDGES[id] ?? [], value: (EDGES[id] ?? []).map((x) => evaluateExactly(stable, x, values)) },
				rounding: Object.fromEntries(
					[...new Set(Object.values(libraryOf))].map((library) => [
						library,
						roundingOf(writable(stable, library, values), values, unitOf(library)),
					]),
				),
				derivative: column(1),
				byParameter: Object.fromEntries(trainable.map((one, i) => [one, column(i + 2)])),
			};
		}),
	};
});

const texts = (_key: string, value: unknown) =>
	typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
process.stdout.write(JSON.stringify({ inputs: INPUTS, cases }, texts));
