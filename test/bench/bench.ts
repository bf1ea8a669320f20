/** Measures what a person waits for, and ratios between ways to compute. Prints; no test depends on it. */
import { readFileSync } from "node:fs";
import { withDefaults } from "../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../src/core/activations/catalog.ts";
import { inspectDefinition } from "../../src/core/diagnosis/inspectDefinition.ts";
import { codeLibraryOf, stableFormOf } from "../../src/core/diagnosis/stableForm.ts";
import { explain } from "../../src/core/explanation/explain.ts";
import { binaryOperations, compareOperations, compile, unaryOperations } from "../../src/core/expression/evaluate.ts";
import type { Expression, Parameters } from "../../src/core/expression/expression.ts";
import { kernelOf } from "../../src/core/expression/kernel/kernel.ts";
import { readSource, useAt } from "../../src/core/reading/readSource.ts";
import { activations } from "./activations.ts";
import { forecasts } from "./forecast.ts";
import { reading } from "./reading.ts";
import { training } from "./training.ts";

interface Snippet {
	readonly id: string;
	readonly lang: string;
	readonly source: string;
}

const { snippets }: { readonly snippets: readonly Snippet[] } = JSON.parse(
	readFileSync("test/golden/naive-public.json", "utf8"),
);
const PRELUDES: Readonly<Record<string, string>> = {
	numpy: "import numpy as np\n",
	math: "import math\n",
	torch: "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n",
	jax: "import jax\nimport jax.numpy as jnp\n",
	keras: "import keras\nfrom keras import ops\n",
	js: "",
	tfjs: 'import * as tf from "@tensorflow/tfjs";\n',
};

/** Milliseconds that a call takes. */
function timed(act: () => unknown): number {
	const start = performance.now();
	act();
	return performance.now() - start;
}

function percentiles(times: readonly number[]): string {
	const sorted = [...times].sort((a, b) => a - b);
	const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!.toFixed(1).padStart(7);
	return `p50 ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms`;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function codeOf({ lang, source }: Snippet): readonly [text: string, language: string] {
	return [`${PRELUDES[lang]!}${source}\n`, /^(js|tfjs)$/.test(lang) ? "javascript" : "python"];
}

/** Each part of what is done with a hand-written function, in the order in which a person waits for it. */
const STAGES = [
	"resolve, translate, identify",
	"differentiate, twice",
	"hazards in every type, of gradients too",
	"stable form",
] as const;

/** Each round reads the texts anew; what an equal function is, and what it shares with others, is remembered from the one before. */
function handWritten(): void {
	const times = new Map<string, number[]>(STAGES.map((stage) => [stage, []]));
	const analysed = new Map<Snippet, number[]>(snippets.map((snippet) => [snippet, []]));
	const whole: number[] = [];
	for (let round = 0; round < 6; round++) {
		for (const snippet of snippets) {
			const [text, language] = codeOf(snippet);
			const start = performance.now();
			let last = start;
			const lap = (stage: (typeof STAGES)[number]) => {
				const now = performance.now();
				if (round > 0) times.get(stage)!.push(now - last);
				last = now;
			};
			const found = readSource(text, language).definitions.at(-1)!;
			void found.identity;
			lap("resolve, translate, identify");
			void found.understood?.activation.derivative;
			void found.understood?.activation.secondDerivative;
			lap("differentiate, twice");
			const inspection = inspectDefinition(found);
			lap("hazards in every type, of gradients too");
			if (round > 0) analysed.get(snippet)!.push(last - start); // What is not compiled yet is not what a person works with.
			stableFormOf(found, inspection, codeLibraryOf(found, text));
			lap("stable form");
			if (round > 0) whole.push(last - start);
		}
	}
	console.log(`a hand-written function (${snippets.length} of them, 5 rounds; which entry it is was found out before)`);
	const each = [...analysed.values()];
	console.log(`  ${"resolve, translate, differentiate and analyse".padEnd(46)}${percentiles(each.flat())}`);
	const slowest = Math.max(...each.map(median));
	console.log(`  ${"the slowest function, median of its rounds".padEnd(46)}${slowest.toFixed(1).padStart(11)} ms`);
	console.log(`  ${"the same, and find a stable form".padEnd(46)}${percentiles(whole)}`);
	for (const [stage, each] of times) console.log(`    ${stage.padEnd(44)}${percentiles(each)}`);
}

function hover(): void {
	const block = snippets.filter(({ lang }) => lang === "numpy").map(({ source }) => source);
	let text = "import numpy as np\n";
	while (text.split("\n").length < 5000) text += `${block.join("\n\n")}\n\ny = np.tanh(np.array([1.0, 2.0]))\n\n`;
	const reading = timed(() => readSource(text, "python"));
	const file = readSource(text, "python");
	const times: number[] = [];
	const uses = file.uses.filter((_, i) => i % 7 === 0).slice(0, 200);
	for (let round = 0; round < 2; round++) {
		for (const { span } of uses) {
			const time = timed(() => {
				const use = useAt(file, span.start);
				return use && explain(use, { source: text });
			});
			if (round === 1) times.push(time);
		}
	}
	console.log(`a hover in a file of ${text.split("\n").length} lines (read in ${reading.toFixed(0)} ms)`);
	console.log(`  warm, ${times.length} places                                ${percentiles(times)}`);
}

/** The function as closures that call each other, one for each operation: what an interpreter would be. */
function closureOf(node: Expression, parameters: Parameters): (x: number) => number {
	switch (node.kind) {
		case "constant":
			return () => node.value;
		case "input":
			return (x) => x;
		case "parameter": {
			const value = parameters[node.name]!;
			return () => value;
		}
		case "unary": {
			const [operation, u] = [unaryOperations[node.operator], closureOf(node.operand, parameters)];
			return (x) => operation(u(x));
		}
		case "binary": {
			const operation = binaryOperations[node.operator];
			const [a, b] = [closureOf(node.left, parameters), closureOf(node.right, parameters)];
			return (x) => operation(a(x), b(x));
		}
		case "compare": {
			const operation = compareOperations[node.operator];
			const [a, b] = [closureOf(node.left, parameters), closureOf(node.right, parameters)];
			return (x) => (operation(a(x), b(x)) ? 1 : 0);
		}
		case "where": {
			const [c, a, b] = [node.condition, node.then, node.otherwise].map((each) => closureOf(each, parameters)) as [
				(x: number) => number,
				(x: number) => number,
				(x: number) => number,
			];
			return (x) => (c(x) !== 0 ? a(x) : b(x));
		}
	}
}

/** Value and slope as one loop that a person would write by hand. */
const WRITTEN: Readonly<Record<string, (x: Float64Array, y: Float64Array, slope: Float64Array) => void>> = {
	relu(x, y, slope) {
		for (let i = 0; i < x.length; i++) {
			y[i] = Math.max(x[i]!, 0);
			slope[i] = x[i]! > 0 ? 1 : 0;
		}
	},
	tanh(x, y, slope) {
		for (let i = 0; i < x.length; i++) {
			const t = Math.tanh(x[i]!);
			y[i] = t;
			slope[i] = 1 - t * t;
		}
	},
	silu(x, y, slope) {
		for (let i = 0; i < x.length; i++) {
			const s = 1 / (1 + Math.exp(-x[i]!));
			y[i] = x[i]! * s;
			slope[i] = s * (1 + x[i]! * (1 - s));
		}
	},
	gelu_tanh(x, y, slope) {
		const c = Math.sqrt(2 / Math.PI);
		for (let i = 0; i < x.length; i++) {
			const u = x[i]!;
			const t = Math.tanh(c * (u + 0.044715 * u * u * u));
			y[i] = 0.5 * u * (1 + t);
			slope[i] = 0.5 * (1 + t) + 0.5 * u * (1 - t * t) * c * (1 + 3 * 0.044715 * u * u);
		}
	},
};

const EVALUATED = [
	"relu",
	"leaky_relu",
	"hard_swish",
	"sigmoid",
	"tanh",
	"softplus",
	"elu",
	"selu",
	"silu",
	"mish",
	"gelu",
	"gelu_tanh",
];
const ROUNDS = 10;

/** Data and results of a kernel lie in its memory, those of the others in arrays: each as its user has them. */
function evaluation(): void {
	const inputs = Float64Array.from({ length: 1e6 }, (_, i) => (i / 1e6 - 0.5) * 12);
	console.log("1,000,000 values and slopes: closures' time over that of others (median of interleaved rounds)");
	console.log("                compile  hand-written loop  kernel f64  kernel f32");
	for (const id of EVALUATED) {
		const activation = findActivation(id)!;
		const parameters = withDefaults(activation);
		const forms = [activation.stable, activation.derivative];
		const into = [new Float64Array(inputs.length), new Float64Array(inputs.length)];
		const core = compile(forms, parameters);
		const [wide, narrow] = [kernelOf(forms, "f64", inputs.length)!, kernelOf(forms, "f32", inputs.length)!];
		wide.input.set(inputs);
		narrow.input.set(inputs);
		const written = WRITTEN[id];
		const closures = forms.map((each) => closureOf(each, parameters));
		const others: readonly (() => void)[] = [
			() => core(inputs, into),
			() => written?.(inputs, into[0]!, into[1]!),
			() => wide.run(parameters, inputs.length),
			() => narrow.run(parameters, inputs.length),
		];
		const ratios: number[][] = others.map(() => []);
		for (let round = 0; round < ROUNDS; round++) {
			const theirs = timed(() => {
				closures.forEach((closure, k) => {
					const out = into[k]!;
					for (let i = 0; i < inputs.length; i++) out[i] = closure(inputs[i]!);
				});
			});
			const times = others.map((run) => timed(run));
			if (round < 3) continue; // What is not compiled yet is not what a person works with.
			for (const [k, each] of ratios.entries()) each.push(theirs / times[k]!);
		}
		const [byCompile, byHand, byWide, byNarrow] = ratios.map((each) => `${median(each).toFixed(1)}×`);
		const columns = [byCompile!.padStart(9), (written ? byHand! : "").padStart(19), byWide!.padStart(12)];
		console.log(`  ${id.padEnd(12)}${columns.join("")}${byNarrow!.padStart(12)}`);
	}
}

/** What a value and its slope cost, next to ReLU's, in rounds that go through all of them. */
function costs(): void {
	const inputs = Float32Array.from({ length: 2048 }, (_, i) => (i / 2048 - 0.5) * 12);
	const all = catalog.map((activation) => {
		const parameters = withDefaults(activation);
		const kernel = kernelOf([activation.stable, activation.derivative], "f32", inputs.length)!;
		kernel.input.set(inputs);
		return { name: activation.name, run: () => kernel.run(parameters, inputs.length), times: [] as number[] };
	});
	for (let round = 0; round < 60; round++) {
		for (const { run, times } of all) {
			const time = timed(() => {
				for (let i = 0; i < 20; i++) run();
			});
			if (round > 20) times.push(time);
		}
	}
	const relu = median(all.find(({ name }) => name === "ReLU")!.times);
	const ranked = all
		.map(({ name, times }) => ({ name, ratio: median(times) / relu }))
		.sort((a, b) => a.ratio - b.ratio);
	console.log("value and slope of an activation as a float32 kernel, relative to ReLU");
	for (const { name, ratio } of ranked) console.log(`  ${name.padEnd(28)} ${ratio.toFixed(2).padStart(6)}×`);
}

const PARTS: Readonly<Record<string, () => void | Promise<void>>> = {
	"hand-written": handWritten,
	hover,
	evaluation,
	costs,
	training,
	forecasts,
	activations,
	reading,
};
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined)
	throw new RangeError(`expected parts among ${Object.keys(PARTS).join(", ")}, got "${unknown}"`);
for (const [name, measure] of Object.entries(PARTS)) if (wanted.length === 0 || wanted.includes(name)) await measure();
