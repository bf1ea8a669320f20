import { type CodeBody, type CodeLibrary, printBody } from "../../expression/code/printCode.ts";
import type { Expression } from "../../expression/expression.ts";
import { printFormula } from "../../expression/formula.ts";
import type { ActivationParameter } from "../activation.ts";

/** What a function is written as: a plain function, or a layer that learns its parameters. */
export type CodeTarget =
	| "pytorch"
	| "pytorch-module"
	| "keras"
	| "keras-layer"
	| "tensorflow"
	| "jax"
	| "numpy"
	| "python"
	| "tfjs"
	| "typescript";

/** What is to be written. */
export interface FunctionToWrite {
	/** In snake case: "leaky_relu". */
	readonly name: string;
	/** The form that is computed. */
	readonly expression: Expression;
	readonly parameters: readonly ActivationParameter[];
	/** What a person knows it as, for its documentation, and the formula to stand there. */
	readonly title: string;
	readonly formula: Expression | null;
	/** Where it comes from: a paper, or nothing. */
	readonly source: string;
}

/** Source code with what it needs to be imported. */
export interface FunctionCode {
	readonly imports: readonly string[];
	readonly code: string;
}

/** The library of each target. */
export const libraryOf: Readonly<Record<CodeTarget, CodeLibrary>> = {
	pytorch: "pytorch",
	"pytorch-module": "pytorch",
	keras: "keras",
	"keras-layer": "keras",
	tensorflow: "tensorflow",
	jax: "jax",
	numpy: "numpy",
	python: "python",
	tfjs: "tfjs",
	typescript: "typescript",
};

export const codeTargets = Object.keys(libraryOf) as readonly CodeTarget[]; // The record's own keys.

/** How each prefix in generated code is bound, and by which line. */
const IMPORTS: readonly (readonly [used: RegExp, line: string])[] = [
	[/(?<![\w.])math\./, "import math"],
	[/(?<![\w.])np\./, "import numpy as np"],
	[/(?<![\w.])special\./, "from scipy import special"],
	[/(?<![\w.])torch\./, "import torch"],
	[/(?<![\w.])F\./, "import torch.nn.functional as F"],
	[/(?<![\w.])nn\./, "from torch import nn"],
	[/(?<![\w.])jax\./, "import jax"],
	[/(?<![\w.])jnp\./, "import jax.numpy as jnp"],
	[/(?<![\w.])keras\./, "import keras"],
];

export const IMPORT_TENSORFLOW = "import tensorflow as tf";
export const IMPORT_TFJS = 'import * as tf from "@tensorflow/tfjs";';

/** The lines that import what a piece of code generated for a library uses. */
export function importsFor(code: string, library: CodeLibrary): string[] {
	const lines = IMPORTS.filter(([used]) => used.test(code)).map(([, line]) => line);
	return /(?<![\w.])tf\./.test(code) ? [...lines, library === "tfjs" ? IMPORT_TFJS : IMPORT_TENSORFLOW] : lines;
}

/** A function as a whole definition in a library; undefined where the library lacks one of its operations. */
export function functionCode(what: FunctionToWrite, target: CodeTarget): FunctionCode | undefined {
	const library = libraryOf[target];
	const isLayer = target === "pytorch-module" || target === "keras-layer";
	const parameters = Object.fromEntries(what.parameters.map(({ name, default: value }) => [name, value]));
	const trainable = what.parameters.filter((one) => one.trainable).map(({ name }) => name);
	const body = printBody(what.expression, library, {
		parameters,
		...(isLayer && { nameOf: (name: string) => `self.${name}`, tensors: new Set(trainable) }),
	});
	if (!body) return undefined;
	const code = WRITERS[target](what, body);
	return { imports: importsFor(code, library), code };
}

const WRITERS: Readonly<Record<CodeTarget, (what: FunctionToWrite, body: CodeBody) => string>> = {
	pytorch: pythonFunction,
	keras: pythonFunction,
	tensorflow: pythonFunction,
	jax: pythonFunction,
	numpy: pythonFunction,
	python: pythonFunction,
	"pytorch-module": pytorchModule,
	"keras-layer": kerasLayer,
	tfjs: tfjsFunction,
	typescript: typescriptFunction,
};

function pythonFunction(what: FunctionToWrite, body: CodeBody): string {
	const name = freeName(what.name, body);
	return [
		`def ${name}(x${pythonParameters(what)}):`,
		`    """${documentation(what)}"""`,
		...pythonBody(body, 1),
		"",
	].join("\n");
}

function pythonBody({ locals, value }: CodeBody, depth: number): string[] {
	const margin = "    ".repeat(depth);
	return [...locals.map(({ name, code }) => `${margin}${name} = ${code}`), `${margin}return ${value}`];
}

function pytorchModule(what: FunctionToWrite, body: CodeBody): string {
	const own = what.parameters.map(({ name, trainable }) =>
		trainable ? `        self.${name} = nn.Parameter(torch.tensor(float(${name})))` : `        self.${name} = ${name}`,
	);
	const init =
		own.length === 0
			? []
			: [`    def __init__(self${pythonParameters(what)}):`, "        super().__init__()", ...own, ""];
	return [
		`class ${className(what)}(nn.Module):`,
		`    """${documentation(what)}"""`,
		"",
		...init,
		"    def forward(self, x):",
		...pythonBody(body, 2),
		"",
	].join("\n");
}

/** Keeps what it was made with, so that a saved model is loaded as it was. */
function kerasLayer(what: FunctionToWrite, body: CodeBody): string {
	const names = what.parameters.map(({ name }) => name);
	const trainable = what.parameters.filter((one) => one.trainable);
	const lines = ["@keras.saving.register_keras_serializable()", `class ${className(what)}(keras.layers.Layer):`];
	lines.push(`    """${documentation(what)}"""`, "");
	if (names.length > 0) {
		lines.push(`    def __init__(self${pythonParameters(what)}, **kwargs):`, "        super().__init__(**kwargs)");
		lines.push(`        self.initial = {${names.map((name) => `"${name}": ${name}`).join(", ")}}`);
		for (const { name } of what.parameters.filter((one) => !one.trainable))
			lines.push(`        self.${name} = ${name}`);
		lines.push("");
	}
	if (trainable.length > 0) {
		lines.push("    def build(self, input_shape):");
		for (const { name } of trainable) {
			const start = `keras.initializers.Constant(self.initial["${name}"])`;
			lines.push(`        self.${name} = self.add_weight(name="${name}", shape=(), initializer=${start})`);
		}
		lines.push("");
	}
	lines.push("    def call(self, x):", ...pythonBody(body, 2), "");
	if (names.length > 0) {
		lines.push("    def get_config(self):", "        return {**super().get_config(), **self.initial}", "");
	}
	return lines.join("\n");
}

function tfjsFunction(what: FunctionToWrite, { locals, value }: CodeBody): string {
	const body =
		locals.length === 0
			? [`\treturn tf.tidy(() => ${value});`]
			: [
					"\treturn tf.tidy(() => {",
					...locals.map(({ name, code }) => `\t\tconst ${name} = ${code};`),
					`\t\treturn ${value};`,
					"\t});",
				];
	return withErrorFunctions([
		`/** ${documentation(what)} */`,
		`export function ${camel(freeName(what.name, { locals, value }))}(x: tf.Tensor${typescriptParameters(what)}): tf.Tensor {`,
		...body,
		"}",
	]);
}

function typescriptFunction(what: FunctionToWrite, { locals, value }: CodeBody): string {
	return withErrorFunctions([
		`/** ${documentation(what)} */`,
		`export function ${camel(freeName(what.name, { locals, value }))}(x: number${typescriptParameters(what)}): number {`,
		...locals.map(({ name, code: of }) => `\tconst ${name} = ${of};`),
		`\treturn ${value};`,
		"}",
	]);
}

/** The code with those that it calls: for numbers, also in code for tensors. */
function withErrorFunctions(lines: readonly string[]): string {
	// Not in its documentation, nor where it is one itself.
	const calls = lines.some((line) => /^\t.*(?<![\w.])erfc?\(/.test(line));
	const functions = calls ? [ERROR_FUNCTIONS.erf, ERROR_FUNCTIONS.erfc] : [];
	return [...lines, "", ...functions].join("\n");
}

/** JavaScript has no error function. */
export const ERROR_FUNCTIONS = {
	erf: `/** The error function: its series near 0, and beyond that what the continued fraction of erfc leaves of 1. */
function erf(x: number): number {
	if (!(Math.abs(x) < 1)) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
	let term = x;
	let sum = x;
	for (let n = 1; n < 25; n++) {
		term *= (-x * x) / n;
		sum += term / (2 * n + 1);
	}
	return (2 / Math.sqrt(Math.PI)) * sum;
}
`,
	erfc: `/** 1 − erf(x), with all its digits where that is small. */
function erfc(x: number): number {
	if (x < 1) return 1 - erf(x);
	let fraction = x;
	for (let n = 200; n > 0; n--) fraction = x + n / (2 * fraction);
	return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}
`,
} as const;

function pythonParameters(what: FunctionToWrite): string {
	return what.parameters.map(({ name, default: value }) => `, ${name}=${pythonNumber(value)}`).join("");
}

function typescriptParameters(what: FunctionToWrite): string {
	return what.parameters.map(({ name, default: value }) => `, ${name} = ${typescriptNumber(value)}`).join("");
}

/** One line: what it is, its formula, and where it comes from. */
function documentation({ title, formula, source }: FunctionToWrite): string {
	const text = `${title}${formula ? `: ${printFormula(formula)}` : ""}.${source === "" ? "" : ` ${source}.`}`;
	return text.replaceAll("\\", "").replaceAll('"""', "").replaceAll("*/", "");
}

/** The name, or a longer one where the body calls a function of that name: `abs`, `erf`. */
function freeName(name: string, { locals, value }: CodeBody): string {
	const calls = new RegExp(`(?<![\\w.])${name}\\(`);
	return [...locals.map(({ code }) => code), value].some((code) => calls.test(code)) ? `${name}_activation` : name;
}

function pythonNumber(value: number): string {
	if (Number.isFinite(value))
		return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);
	return Number.isNaN(value) ? "math.nan" : value > 0 ? "math.inf" : "-math.inf";
}

function typescriptNumber(value: number): string {
	if (Number.isFinite(value)) return String(value);
	return Number.isNaN(value) ? "Number.NaN" : `Number.${value > 0 ? "POSITIVE" : "NEGATIVE"}_INFINITY`;
}

/** The name that people use where it can be one, "LeakyReLU", else "GeluTanh" of "gelu_tanh". */
function className({ name, title }: FunctionToWrite): string {
	if (/^[A-Z]\w*$/.test(title)) return title;
	return name.replace(/(?:^|_)([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}

/** "leaky_relu" as "leakyRelu". */
function camel(name: string): string {
	return name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}
