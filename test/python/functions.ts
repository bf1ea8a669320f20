/** Reads the random functions of functions.py, and compares what they are taken for with the values that Python gave. */
import { readFileSync } from "node:fs";
import { evaluate } from "../../src/core/expression/evaluate.ts";
import { readPython } from "../../src/core/reading/python/readPython.ts";

interface Case {
	readonly code: string;
	readonly values: readonly { readonly x: number; readonly y: number; readonly within: number }[];
}

const cases = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as readonly Case[]; // As functions.py writes it.
let [read, compared, wrong] = [0, 0, 0];
for (const { code, values } of cases) {
	const understood = readPython(code).definitions.find(({ name }) => name === "act")?.understood;
	if (!understood) continue;
	read++;
	const { definition, parameters } = understood.activation;
	const own = Object.fromEntries(parameters.map(({ name, default: value }) => [name, value]));
	for (const { x, y, within } of values) {
		const got = evaluate(definition, x, own);
		compared++;
		if (Math.abs(got - y) <= within) continue;
		console.log(`at ${x} Python gives ${y}, the core ${got}:\n${code}`);
		wrong++;
		break;
	}
}
console.log(`random functions: ${read} of ${cases.length} read, ${compared} values compared, ${wrong} functions wrong`);
// Those that are left out are straight lines and constants.
process.exitCode = wrong === 0 && read > 0.8 * cases.length ? 0 : 1;
