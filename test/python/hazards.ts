/** Writes where the random functions of hazards.py go wrong by `inspect`, with the exact values at inputs over the whole line. */
import { readFileSync } from "node:fs";
import { inspectDefinition } from "../../src/core/diagnosis/inspectDefinition.ts";
import { evaluateExactly } from "../../src/core/expression/exact.ts";
import { readPython } from "../../src/core/reading/python/readPython.ts";

/** Further out, a function of functions may be too large to be computed exactly. */
const LARGEST = 2 ** 40;

const inputs: number[] = [];
for (let size = 2 ** -12; size < LARGEST; size *= Math.SQRT2) {
	for (const x of [size, 1.17 * size]) inputs.push(Math.fround(x), -Math.fround(x));
}
const codes = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as readonly string[]; // As hazards.py writes it.
const cases = codes.flatMap((code) => {
	const definition = readPython(code).definitions.find(({ name }) => name === "act");
	if (!definition?.understood) return [];
	const { hazards, notInspected } = inspectDefinition(definition);
	if (notInspected.length > 0) return [];
	const { definition: expression } = definition.understood.activation;
	return {
		code,
		hazards: hazards
			.filter(({ kind }) => kind === "nan" || kind === "inf")
			.map(({ dtype, lo, hi, fraction }) => ({ dtype, lo, hi, fraction })),
		exact: inputs.map((x) => String(evaluateExactly(expression, x))),
	};
});
console.log(JSON.stringify({ inputs, cases }).replaceAll('"Infinity"', '"inf"').replaceAll('"-Infinity"', '"-inf"'));
