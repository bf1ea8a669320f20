/** Reads the functions of idioms.py, and writes what they are taken for: the values in each type that is looked at. */
import { readFileSync } from "node:fs";
import { withDefaults } from "../../src/core/activations/activation.ts";
import { dtypesOf, formIn } from "../../src/core/diagnosis/libraryArithmetic.ts";
import { compile } from "../../src/core/expression/evaluate.ts";
import { roundTo } from "../../src/core/numerics/dtype.ts";
import { readPython } from "../../src/core/reading/python/readPython.ts";

const { codes, inputs } = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as {
	readonly codes: readonly string[];
	readonly inputs: readonly number[];
}; // As idioms.py writes it.

const cases = codes.map((code) => {
	const { understood, library, reason } = readPython(code).definitions.find(({ name }) => name === "act")!;
	if (!understood) return { reason, types: {} };
	const { activation, writing } = understood;
	const parameters = withDefaults(activation);
	const types = Object.fromEntries(
		dtypesOf(library).flatMap((dtype) => {
			const form = formIn({ written: activation.definition, parameters, library, writing }, dtype);
			if (!form) return [];
			const at = Float64Array.from(inputs, (x) => roundTo(x, dtype));
			const [values] = compile([form.expression], parameters, form.arithmetic)(at);
			return [[dtype, { result: form.result, values: [...values!].map(String) }]];
		}),
	);
	return { reason, types };
});
console.log(JSON.stringify(cases).replaceAll("Infinity", "inf"));
