/** Runs the generated TensorFlow.js code on its CPU backend and compares it, in float32, with what the core computes. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";

const [casesFile, stableFile, modules] = process.argv.slice(2);
const { inputs, cases } = JSON.parse(readFileSync(casesFile, "utf8"));
const written = cases.filter(({ code }) => code.tfjs !== null);

// Hand-written functions after their quick fix.
const mended = JSON.parse(readFileSync(stableFile, "utf8")).filter(({ lang }) => lang === "tfjs");

const source = [
	`import * as tf from "@tensorflow/tfjs-core";`,
	`import "@tensorflow/tfjs-backend-cpu";`,
	// Each with the error functions that it brings.
	...written.map(({ code: { tfjs } }, i) => {
		const [, name] = /export function (\w+)/.exec(tfjs.code);
		return `export const made${i} = (() => {${tfjs.code.replace("export ", "")}; return ${name};})();`;
	}),
	...mended.map(
		({ text, entry }, i) => `const mended${i} = (() => {${text.replace(/^import .*$/m, "")}; return ${entry};})();`,
	),
	`export const mended = [${mended.map((_, i) => `mended${i}`).join(", ")}];`,
	"export { tf };",
].join("\n");
const file = join(modules, "generated.mjs");
writeFileSync(file, transformSync(source, { loader: "ts", format: "esm" }).code);
const generated = await import(pathToFileURL(resolve(file)).href);
const { tf } = generated;
await tf.setBackend("cpu");

console.log("TensorFlow.js is compared to float32's rounding; forms over erf to 2e-7, its own is no better.");
const differences = [];
let compared = 0;
for (const [i, { id, parameters, code, sets }] of written.entries()) {
	// The CPU backend's erf is an approximation to 1.5e-7.
	const own = code.tfjs.code.includes("tf.erf(") ? 2e-7 : 0;
	for (const { values, value, rounding, edges } of sets) {
		const given = parameters.map((name) => Number(values[name]));
		const got = await generated[`made${i}`](tf.tensor1d(inputs), ...given).data();
		for (const [k, x] of inputs.entries()) {
			const wanted = Number(value[k]);
			// Numbers beyond float32, and what subnormal ones are multiplied up to, are another matter.
			if (Math.abs(x) < 1e-37 || Math.abs(x) > 80 || Math.abs(wanted) > 1e37) continue;
			compared++;
			const error = Math.abs(got[k] - wanted);
			const isSame = Number.isNaN(wanted)
				? Number.isNaN(got[k])
				: error <= Number(rounding.tfjs[k]) + own * Math.max(1, Math.abs(x));
			if (!isSame) differences.push(`${id} ${JSON.stringify(values)} at ${x}: ${got[k]}, the core has ${wanted}`);
		}
		const farOut = await generated[`made${i}`](tf.tensor1d(edges.x.map(Number)), ...given).data();
		for (const [k, wanted] of edges.value.map(Number).entries()) {
			if (Math.abs(Number(edges.x[k])) > 1e18 && Number.isFinite(Number(edges.x[k]))) continue; // Beyond float32.
			compared++;
			const isSame = Object.is(farOut[k] + 0, wanted + 0) || Math.abs(farOut[k] - wanted) <= 1e-5 * Math.abs(wanted);
			if (!isSame) differences.push(`${id} at ${edges.x[k]}: ${farOut[k]}, the core has ${wanted}`);
		}
	}
}
for (const [i, { id, x, expected, magnified }] of mended.entries()) {
	const got = await generated.mended[i](tf.tensor1d(x)).data();
	for (const [k, wanted] of expected.map(Number).entries()) {
		if (Math.abs(wanted) < 1e-36 || Math.abs(wanted) > 3e38) continue;
		compared++;
		const allowed = 4e-6 * Math.max(1, Math.min(Number(magnified[k]), 1e3)) * Math.abs(wanted);
		if (!(Math.abs(got[k] - wanted) <= allowed))
			differences.push(`${id} after its quick fix at ${x[k]}: ${got[k]}, the function is ${wanted}`);
	}
}
const version = JSON.parse(
	readFileSync(join(modules, "node_modules/@tensorflow/tfjs-core/package.json"), "utf8"),
).version;
console.log(
	`${differences.length === 0 ? "✔" : "✖"} tfjs: ${written.length} functions and ${mended.length} mended ones, ${compared} values (${version})`,
);
for (const line of differences.slice(0, 40)) console.log(`    ${line}`);
process.exitCode = differences.length === 0 ? 0 : 1;
