import { codeFor } from "../../activations/libraries/codeFor.ts";
import type { Draw, Initialisation, Model, ModelLayer } from "../../reading/model/model.ts";
import type { Span } from "../../span.ts";
import type { Edit } from "../edit.ts";
import { activationEdits, normalisationEdits, type SourceTree } from "./fixEdits.ts";
import { type Forecast, forecastModel } from "./forecast.ts";
import { stagesOf } from "./stages.ts";
import { isTrouble, type Verdict, verdictOf } from "./verdict.ts";

/** A change that makes a model's forecast better, forecast anew. */
export interface ModelFix {
	readonly change: Change;
	readonly model: Model;
	readonly forecast: Forecast;
	readonly verdict: Verdict;
	/** Decades by which the gradient's and the signal's worst ratios come closer to 1. */
	readonly decades: number;
	/** Edits of the source; null where the layers' places do not suffice. */
	readonly edits: readonly Edit[] | null;
	/** What to write, where it takes more than edits of layers. */
	readonly code: string | null;
}

export type Change =
	| { readonly kind: "initialisation"; readonly initialiser: Initialiser }
	| { readonly kind: "normalisation"; readonly of: "batch" | "layer" }
	| { readonly kind: "activation"; readonly activation: string };

const INITIALISERS = ["he", "glorot", "lecun", "orthogonal"] as const;
export type Initialiser = (typeof INITIALISERS)[number];

const ZEROS: Initialisation = { explicit: true, span: null, draw: { kind: "zeros" } };

/** In the order in which they are tried: what people know by name. */
const ACTIVATIONS = ["relu", "leaky_relu", "elu", "selu", "tanh"];

/** A model that stays unhealthy is offered where it comes at least so many decades closer. */
const WORTH = 1;

/** The text that a model is read from. */
export interface FixedSource extends SourceTree {
	/** The models of a name of the text with edits made; null where no more are read. */
	readonly readAgain: (edits: readonly Edit[], name: string) => readonly Model[] | null;
}

/**
 * Fixes for a model that is not healthy, each forecast again: of each kind the one that comes closest to keeping signal
 * and gradient, where it makes the model healthy or at least ten times better. `source` is what the model is read from;
 * without it there are no edits. With edits, model and forecast are those read from the edited text: edits that do not do
 * what they should are not offered.
 */
export function fixesFor(model: Model, before: Forecast, source: FixedSource | null = null): ModelFix[] {
	if (!isTrouble(verdictOf(model, before).kind)) return [];
	const distance = distanceOf(before);
	const judged = (change: Change, changed: Model, edits: ModelFix["edits"]): ModelFix => {
		const forecast = forecastModel(changed);
		const decades = distance - distanceOf(forecast);
		const verdict = verdictOf(changed, forecast);
		return { change, model: changed, forecast, verdict, decades, edits, code: codeOf(model, change) };
	};
	// What makes unknown what was known is no fix.
	const isOffered = ({ verdict, decades }: ModelFix) =>
		decades >= WORTH || (verdict.kind === "healthy" && decades > Number.NEGATIVE_INFINITY);
	const tried = candidates(model)
		.map((change) => judged(change, applyChange(model, change), null))
		.filter(isOffered);
	return (["initialisation", "normalisation", "activation"] as const).flatMap((one) => {
		const offered = tried.filter(({ change }) => change.kind === one).sort((a, b) => b.decades - a.decades);
		for (const { change, model: wanted } of source ? offered : []) {
			for (const edits of editsFor(model, change, source!)) {
				const made = readBack(model, wanted, edits, source!);
				const fix = made && judged(change, made, edits);
				if (fix && isOffered(fix)) return [fix];
			}
		}
		return offered.slice(0, 1);
	});
}

/** The model that the edited text has in the place of one, if it has the layers that are wanted. */
function readBack(model: Model, wanted: Model, edits: readonly Edit[], source: FixedSource): Model | null {
	const shift = edits.reduce(
		(all, { span, text }) => all + (span.start < model.nameSpan.start ? text.length - (span.end - span.start) : 0),
		0,
	);
	const found = source
		.readAgain(edits, model.name)
		?.find(({ name, nameSpan }) => name === model.name && nameSpan.start === model.nameSpan.start + shift);
	const kinds = ({ layers }: Model) =>
		layers.map(({ step }) => (step.kind === "activation" ? step.activation : step.kind));
	const isWanted = found && kinds(found).join() === kinds(wanted).join();
	return isWanted ? found : null;
}

function candidates(model: Model): Change[] {
	const used = new Set(model.layers.map(({ step }) => (step.kind === "activation" ? step.activation : null)));
	// Layer normalisation takes the last axis, which PyTorch's convolutions do not keep for the channels.
	const norms = model.layers.some(({ step }) => step.kind === "convolution" && step.channels === "first")
		? (["batch"] as const)
		: (["layer", "batch"] as const);
	return [
		...INITIALISERS.map((initialiser) => ({ kind: "initialisation", initialiser }) as const),
		...norms.map((of) => ({ kind: "normalisation", of }) as const),
		...ACTIVATIONS.filter((id) => !used.has(id)).map((activation) => ({ kind: "activation", activation }) as const),
	];
}

/** The farthest that gradient or signal go from 1, in decades; infinite where nothing is known. */
function distanceOf({ stages }: Forecast): number {
	const logs = stages
		.flatMap(({ gradientRatio, forwardRms }) => [gradientRatio, forwardRms])
		.map((value) => (value === null ? Number.POSITIVE_INFINITY : Math.abs(Math.log10(value))));
	return Math.max(...logs);
}

/** The model with the change at every stage that an activation ends. */
export function applyChange(model: Model, change: Change): Model {
	const stages = stagesOf(model).filter(({ activation }) => activation !== null);
	switch (change.kind) {
		case "initialisation": {
			const weight: Initialisation = { explicit: true, span: null, draw: drawOf(change.initialiser, model.framework) };
			const changed = new Set(stages.map(({ weights }) => weights));
			// `apply` comes to every layer, and sets biases, too; an argument is written where an activation follows.
			const isTorch = model.framework === "torch";
			return withLayers(model, (layer, i) => {
				const { step } = layer;
				if (!isTorch && !changed.has(i)) return layer;
				if (step.kind !== "linear" && step.kind !== "convolution") return layer;
				return { ...layer, step: { ...step, weight, bias: isTorch ? step.bias && ZEROS : step.bias } };
			});
		}
		case "activation": {
			// What is written once is changed wherever it is used.
			const placeOf = ({ path, span }: ModelLayer) => `${path} ${span.start}`;
			const changed = new Set(stages.map(({ activation }) => placeOf(model.layers[activation!])));
			return withLayers(model, (layer) =>
				layer.step.kind === "activation" && changed.has(placeOf(layer))
					? { ...layer, step: { kind: "activation", activation: change.activation, parameters: {} } }
					: layer,
			);
		}
		case "normalisation":
			return normalised(model, change.of);
	}
}

/** The others than PyTorch cut their normal initialisers off at two deviations. */
function drawOf(initialiser: Initialiser, framework: Model["framework"]): Draw {
	if (initialiser === "orthogonal") return { kind: "orthogonal", gain: 1 };
	const distribution = framework === "torch" ? "normal" : "truncated-normal";
	const scale = initialiser === "he" ? 2 : 1;
	return { kind: "variance-scaling", scale, fan: initialiser === "glorot" ? "average" : "in", distribution };
}

function withLayers(model: Model, change: (layer: ModelLayer, i: number) => ModelLayer): Model {
	return { ...model, layers: model.layers.map(change) };
}

/** A normalisation before every activation that has none. */
function normalised(model: Model, of: "batch" | "layer"): Model {
	const bare = new Map(
		stagesOf(model).flatMap(({ activation, normalisation, weights }) =>
			activation !== null && normalisation === null ? [[activation, weights] as const] : [],
		),
	);
	const layers: ModelLayer[] = [];
	const places: number[] = [];
	model.layers.forEach((layer, i) => {
		let inputs = layer.inputs.map((input) => places[input]);
		const weights = bare.get(i);
		if (weights !== undefined) {
			const { step, shape, span, path, name } = model.layers[weights];
			const features = step.kind === "linear" || step.kind === "convolution" ? step.outputs : null;
			layers.push({
				name: `${name}.normalisation`,
				span,
				path,
				inputs,
				step: {
					kind: "normalisation",
					of,
					features,
					channels: model.framework === "torch" ? "first" : "last",
					epsilon: 1e-5,
				},
				shape,
				sharedWith: null,
			});
			inputs = [layers.length - 1];
		}
		places.push(layers.length);
		layers.push({
			...layer,
			inputs,
			sharedWith: layer.sharedWith === null ? null : places[layer.sharedWith],
			...(layer.copyOf !== undefined && { copyOf: places[layer.copyOf] }),
		});
	});
	return { ...model, layers, outputs: model.outputs.map((output) => places[output]) };
}

const TORCH: Readonly<Record<Initialiser, string>> = {
	he: 'nn.init.kaiming_normal_(module.weight, nonlinearity="relu")',
	glorot: "nn.init.xavier_normal_(module.weight)",
	lecun: 'nn.init.kaiming_normal_(module.weight, nonlinearity="linear")',
	orthogonal: "nn.init.orthogonal_(module.weight)",
};
const KERAS: Readonly<Record<Initialiser, string>> = {
	he: "he_normal",
	glorot: "glorot_normal",
	lecun: "lecun_normal",
	orthogonal: "orthogonal",
};
const FLAX: Readonly<Record<Initialiser, string>> = {
	he: "nn.initializers.he_normal()",
	glorot: "nn.initializers.glorot_normal()",
	lecun: "nn.initializers.lecun_normal()",
	orthogonal: "nn.initializers.orthogonal()",
};
const TFJS: Readonly<Record<Initialiser, string>> = {
	he: "heNormal",
	glorot: "glorotNormal",
	lecun: "leCunNormal",
	orthogonal: "orthogonal",
};

/** What to write for a change, in the framework's words. */
function codeOf(model: Model, change: Change): string | null {
	const { framework, layers } = model;
	switch (change.kind) {
		case "initialisation":
			switch (framework) {
				case "torch":
					return torchInitialisation(layers, change.initialiser);
				case "keras":
					return `kernel_initializer="${KERAS[change.initialiser]}"`;
				case "flax":
					return `kernel_init=${FLAX[change.initialiser]}`;
				case "tfjs":
					return `kernelInitializer: "${TFJS[change.initialiser]}"`;
			}
			break;
		case "normalisation": {
			const isBatch = change.of === "batch";
			if (framework === "torch") {
				const [step] = stagesOf(model).map(({ weights }) => layers[weights].step);
				if (!step || !("outputs" in step) || step.outputs === null) return null;
				const dimensions = step.kind === "convolution" ? step.dimensions : 1;
				return isBatch ? `nn.BatchNorm${dimensions}d(${step.outputs})` : `nn.LayerNorm(${step.outputs})`;
			}
			if (framework === "keras") return isBatch ? "layers.BatchNormalization()" : "layers.LayerNormalization()";
			if (framework === "flax") return isBatch ? "nn.BatchNorm(use_running_average=False)" : "nn.LayerNorm()";
			return isBatch ? "tf.layers.batchNormalization()" : "tf.layers.layerNormalization()";
		}
		case "activation": {
			const library = ({ torch: "pytorch", keras: "keras", flax: "jax", tfjs: "tfjs" } as const)[framework];
			return codeFor(change.activation, library)?.code ?? null;
		}
	}
	return null;
}

function torchInitialisation(layers: readonly ModelLayer[], initialiser: Initialiser): string {
	return [
		"def initialise(module):",
		`    if isinstance(module, ${torchTypes(layers)}):`,
		`        ${TORCH[initialiser]}`,
		"        if module.bias is not None:",
		"            nn.init.zeros_(module.bias)",
		"",
		"model.apply(initialise)",
	].join("\n");
}

function torchTypes(layers: readonly ModelLayer[]): string {
	const types = new Set(
		layers.flatMap(({ step }) =>
			step.kind === "linear" ? ["nn.Linear"] : step.kind === "convolution" ? [`nn.Conv${step.dimensions}d`] : [],
		),
	);
	return types.size === 1 ? [...types][0]! : `(${[...types].join(", ")})`;
}

/** Edits that make a change, in each of the ways that may do; none where the source is written in another way than they know. */
function editsFor(model: Model, change: Change, source: SourceTree): readonly (readonly Edit[])[] {
	const one = (edits: readonly Edit[] | null) => (edits ? [edits] : []);
	switch (change.kind) {
		case "normalisation":
			return normalisationEdits(model, change.of, source);
		case "activation":
			return one(activationEdits(model, change.activation, source));
		case "initialisation":
			return one(
				model.framework === "torch"
					? torchEdits(model, change.initialiser, source.text)
					: argumentEdits(model, change, source.text),
			);
	}
}

/** The initialiser as an argument more of each call that makes a layer. */
function argumentEdits(model: Model, change: Change, text: string): Edit[] | null {
	const code = codeOf(model, change);
	if (code === null || model.framework === "tfjs") return null;
	const edits = new Map<number, Edit>();
	for (const { weights, activation } of stagesOf(model)) {
		if (activation === null) continue;
		const { span, step } = model.layers[weights];
		const call = text.slice(span.start, span.end);
		// The call must be all of the text, and say nothing of its weights yet.
		const isOpen = (step.kind === "linear" || step.kind === "convolution") && !step.weight.explicit;
		if (!isOpen || !/^[\w.]+\((?!\s*\)$)[\s\S]*[^\s,]\s*\)$/.test(call)) return null;
		edits.set(span.start, { span: { start: span.end - 1, end: span.end - 1 }, text: `, ${code}` });
	}
	return [...edits.values()];
}

/** Draws a PyTorch model's weights anew: at the end of the class's `__init__`, or behind what makes the model. */
function torchEdits({ layers, name, span }: Model, initialiser: Initialiser, source: string): Edit[] | null {
	if (!/^\s*(import torch\.nn as nn|from torch import [^\n]*\bnn\b)/m.test(source)) return null;
	// What a function makes has no name behind it.
	if (source.startsWith("def", span.start)) return null;
	const place = source.startsWith("class", span.start) ? endOfInit(source, span) : behind(source, span);
	if (!place) return null;
	const { at, indent } = place;
	const lines = torchLoop(layers, initialiser, source.startsWith("class", span.start) ? "self" : name);
	return [{ span: { start: at, end: at }, text: lines.map((line) => `\n${indent}${line}`).join("") }];
}

function torchLoop(layers: readonly ModelLayer[], initialiser: Initialiser, owner: string): string[] {
	return [
		`for module in ${owner}.modules():`,
		`    if isinstance(module, ${torchTypes(layers)}):`,
		`        ${TORCH[initialiser]}`,
		"        if module.bias is not None:",
		"            nn.init.zeros_(module.bias)",
	];
}

/** Behind the statement that makes a model, at its margin; null where more stands on its line. */
function behind(source: string, { start, end }: Span): { at: number; indent: string } | null {
	const lineStart = source.lastIndexOf("\n", start - 1) + 1;
	const indent = source.slice(lineStart, start);
	const rest = /^[^\n]*/.exec(source.slice(end))![0];
	if (indent.trim() !== "" || !/^[ \t]*(#.*)?\r?$/.test(rest)) return null;
	return { at: end + rest.trimEnd().length, indent };
}

/** The end of the body of a class's `__init__`, and its margin; null without one. */
function endOfInit(source: string, { start, end }: Span): { at: number; indent: string } | null {
	const head = /^([ \t]+)def __init__\b[^\n]*$/m.exec(source.slice(start, end));
	if (!head) return null;
	const margin = head[1]!;
	let at = start + head.index + head[0].length;
	let last = at;
	let indent: string | null = null;
	while (at < end) {
		const line = /^\r?\n?([^\n]*)/.exec(source.slice(at, end))!;
		const text = line[1]!;
		const own = /^[ \t]*/.exec(text)![0];
		// A closing bracket of the header stands at the margin of the function.
		if (text.trim() !== "" && own.length <= margin.length && !/^\s*\)/.test(text)) break;
		at += Math.max(line[0].length, 1);
		if (text.trim() === "") continue;
		if (/^\s*(super\(|self\.)/.test(text)) indent ??= own;
		last = at - (text.length - text.trimEnd().length);
	}
	return indent === null ? null : { at: Math.min(last, end), indent };
}
