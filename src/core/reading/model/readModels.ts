import { canonicalName } from "../../activations/libraries/resolve.ts";
import type { ReadCode } from "../code/codeReading.ts";
import { type SyntaxNode, textOf } from "../code/node.ts";
import type { CodeClass, CodeFunction } from "../code/scope.ts";
import { arrays } from "./arrays.ts";
import { builtins } from "./builtins.ts";
import type { Called } from "./calledWith.ts";
import { instantiate, isOrdinary, lineageOf, methodOf } from "./classes.ts";
import { type CodeFile, codeFileOf } from "./codeFile.ts";
import { commandLine } from "./commandLine.ts";
import { flax } from "./flax.ts";
import { modelOf, spanOf } from "./graph.ts";
import { keras } from "./keras.ts";
import { Machine, TooLong } from "./machine.ts";
import type { Model, Step } from "./model.ts";
import { isWhole } from "./shapes.ts";
import { tfjs } from "./tfjs.ts";
import { type GraphNode, type Instance, positional, siteOf, type Thing, tensorsIn, unknown } from "./thing.ts";
import { torch } from "./torch.ts";

/** More models of one file are not read. */
const MOST_MODELS = 300;

/** What a text has to hold for models to be looked for. */
const CONCERNED = /\b(torch|keras|tensorflow|flax|nnx|tfjs|tf|nn|layers)\b/;

/**
 * The models of a file, in the order of the text: classes, and what assignments and functions make. With a name, those of
 * that name are read, and few others.
 */
export function readModels(code: Pick<ReadCode, "text" | "root" | "resolver">, wanted?: string): readonly Model[] {
	const { text, resolver } = code;
	if (!CONCERNED.test(text)) return [];
	const machine = new Machine([builtins, commandLine, torch, keras, flax, tfjs, arrays]);
	const file = codeFileOf(resolver, null);
	const found = new Map<number, Model>();
	const add = (model: Model | null) => {
		if (model && !found.has(model.nameSpan.start)) found.set(model.nameSpan.start, model);
	};
	const made: Made[] = [];
	let runs: "file" | "class" | "function" = "file";
	const hold = (name: SyntaxNode, value: Thing) => {
		if (frameworkOf(value) && made.length < MOST_MODELS) {
			made.push({ name, value, isAlone: runs === "class" || (runs === "function" && machine.callDepth <= 1) });
		}
	};
	machine.onAssign = (name, value) => {
		if (name.source.text !== text || !machine.isPlain) return;
		// An object's part that another class or function makes has a name there.
		if (name.parent?.name !== "MemberExpression" || isMadeBeside(name, value)) hold(name, value);
	};
	const attempt = <T>(run: () => T): T | undefined => {
		machine.refresh();
		try {
			return run();
		} catch (error) {
			// Broken code gives fewer models, as do loops without end.
			if (error instanceof TooLong || error instanceof RangeError) return undefined;
			throw error;
		}
	};
	attempt(() => machine.moduleNames(file));
	const classes = resolver.scopes.classes.filter(({ name }) => wanted === undefined || name === wanted);
	for (const each of classes) {
		if (found.size >= MOST_MODELS) break;
		add(attempt(() => modelOfClass(machine, file, each)) ?? null);
	}
	const known = new Map(classes.map((each) => [each, machine.calledWith.ofClass(each)]));
	runs = "class";
	for (const each of resolver.scopes.classes) {
		if (wanted !== undefined && !textOf(each.node).includes(wanted)) continue;
		const object = attempt(() => objectOf(machine, file, each));
		for (const method of object ? resolver.scopes.functions.filter((one) => one.class === each) : []) {
			if (made.some(({ name, isAlone }) => isAlone && isInside(name, method.node)) || !MAKES.test(textOf(method.node)))
				continue;
			const bound = methodOf(object!, method.name);
			const value = bound && attempt(() => machine.call(bound, positional(), siteOf(method.node, file), method.name));
			if (value && method.nameNode && isOfFunction(value, method, made)) hold(method.nameNode, value);
		}
	}
	runs = "function";
	for (const each of resolver.scopes.functions) {
		if (each.class || each.node.name === "LambdaExpression" || each.outer.scope !== resolver.scopes.module) continue;
		if (wanted !== undefined && !textOf(each.node).includes(wanted)) continue;
		const value = attempt(() => runFunction(machine, file, each));
		if (value && each.nameNode && isOfFunction(value, each, made)) hold(each.nameNode, value);
	}
	// What a function calls them with tells sizes that were not known before.
	for (const each of classes) {
		if (!found.has(each.nameNode.from) || machine.calledWith.ofClass(each) === known.get(each)) continue;
		found.delete(each.nameNode.from);
		add(attempt(() => modelOfClass(machine, file, each)) ?? null);
	}
	for (const { name, value } of lastOfEach(made)) {
		if (found.size >= MOST_MODELS) break;
		add(attempt(() => modelOfValue(machine, name, value)) ?? null);
	}
	return [...found.values()].sort((a, b) => a.nameSpan.start - b.nameSpan.start);
}

/** What the code gives a name; `isAlone` where a function or a class is run by itself, with its defaults. */
interface Made {
	readonly name: SyntaxNode;
	readonly value: Thing;
	readonly isAlone: boolean;
}

/**
 * What each name holds at last, as layers may be added behind its assignment. A name in a function that is called with
 * several arguments stands for no one of the models that it makes: it is what the function makes by itself.
 */
function lastOfEach(made: readonly Made[]): readonly Made[] {
	const names = new Set(made.map(({ name }) => name));
	return [...names].flatMap((name) => {
		const all = made.filter((each) => each.name === name);
		const called = all.filter(({ isAlone }) => !isAlone);
		const alone = all.findLast(({ isAlone }) => isAlone);
		const last = called.length === 1 || !alone ? (called.at(-1) ?? alone) : alone;
		return last ?? [];
	});
}

/** Runs a function with its defaults, for the models that it makes. */
function runFunction(machine: Machine, file: CodeFile, made: CodeFunction): Thing | undefined {
	if (!/Sequential|sequential|Model|Net|Module|model|\.init\(/.test(textOf(made.node))) return undefined;
	const names = machine.moduleNames(file);
	const callee = names.own.get(made.name);
	if (callee?.kind !== "function" || callee.function !== made) return undefined;
	const value = machine.call(callee, positional(), siteOf(made.node, file), made.name);
	return value;
}

/** What makes a model in a class that is none. */
const MAKES = /\b(Sequential|sequential|Model|model)\s*\(/;

/** An object of an ordinary class, which is no model itself but may make one. */
function objectOf(machine: Machine, file: CodeFile, made: CodeClass): Instance | undefined {
	if (made.outer.scope !== file.resolver.scopes.module || !MAKES.test(textOf(made.node))) return undefined;
	const thing = machine.moduleNames(file).own.get(made.name);
	if (thing?.kind !== "class" || thing.class !== made) return undefined;
	const object = isOrdinary(thing) ? instantiate(machine, thing, positional(), siteOf(made.nameNode, file)) : undefined;
	return object?.kind === "instance" ? object : undefined;
}

/** Whether a value is made in the statement that gives it a name, of a library's parts alone. */
function isMadeBeside(name: SyntaxNode, value: Thing): boolean {
	if (value.kind !== "instance" || value.class !== null) return false;
	const { start, end } = spanOf(statementOf(name));
	return (
		value.site.file.resolver.text === name.source.text && value.site.span.start >= start && value.site.span.end <= end
	);
}

function statementOf(name: SyntaxNode): SyntaxNode {
	let statement = name;
	while (statement.parent && !/Statement$|^FunctionDefinition$/.test(statement.name)) statement = statement.parent;
	return statement;
}

/** Whether the value that a function gives is told by no variable of it. */
function isOfFunction(value: Thing, { node }: CodeFunction, made: readonly Made[]): boolean {
	return !made.some((each) => each.value === value && isInside(each.name, node));
}

function isInside(name: SyntaxNode, node: SyntaxNode): boolean {
	return name.source.text === node.source.text && name.from >= node.from && name.to <= node.to;
}

/** The framework of what may be a model: an instance of a class that is one, or a container; undefined for others. */
function frameworkOf(value: Thing): Model["framework"] | undefined {
	if (value.kind !== "instance" || value.base === null) return undefined;
	const base = canonicalName(value.base);
	if (/^torch\.nn\.(Module|Parameter)(List|Dict)$/.test(base)) return undefined;
	if (/^(tensorflow\.)?keras\./.test(base))
		return /(^|\.)(Model|Sequential|Layer)$/.test(base) || value.graph ? "keras" : undefined;
	if (base.startsWith("flax.")) return "flax";
	if (base.startsWith("tfjs.")) return "tfjs";
	if (base.startsWith("torch.nn.")) return "torch";
	return value.class && methodOf(value, "forward") ? "torch" : undefined;
}

function modelOfClass(machine: Machine, file: CodeFile, made: CodeClass): Model | null {
	if (made.outer.scope !== file.resolver.scopes.module) return null;
	const thing = machine.moduleNames(file).own.get(made.name);
	if (thing?.kind !== "class" || thing.class !== made) return null;
	const bases = lineageOf(thing);
	const isData = !bases.some((each) => each.kind === "library" || each.kind === "unknown");
	if (isData) return null;
	const site = siteOf(made.nameNode, file);
	const instance = instantiate(machine, thing, positional(), site);
	if (instance.kind !== "instance") return null;
	const framework = frameworkOf(instance);
	return framework ? run(machine, instance, framework, made.name, made.nameNode, spanOf(made.node)) : null;
}

function modelOfValue(machine: Machine, name: SyntaxNode, value: Thing): Model | null {
	const framework = frameworkOf(value);
	if (!framework || value.kind !== "instance") return null;
	const model = run(machine, value, framework, textOf(name), name, spanOf(statementOf(name)));
	const of = value.class?.class.nameNode;
	return model && of?.source.text === name.source.text ? { ...model, instanceOf: spanOf(of) } : model;
}

/** The graph of an instance, with the sizes that the file calls it with, if it takes them. */
function run(
	machine: Machine,
	instance: Instance,
	...of: readonly [Model["framework"], string, SyntaxNode, { start: number; end: number }]
): Model | null {
	const called = machine.calledWith.of(instance);
	if (called && !instance.graph) {
		const { result } = machine.journal.tried(() => runWith(machine, instance, called, ...of));
		if (result && !misfits(result)) return result;
		machine.refresh();
	}
	return runWith(machine, instance, null, ...of);
}

/** Whether a layer all of whose sizes are known cannot take what it is fed. */
function misfits({ layers }: Model): boolean {
	return layers.some(({ step, shape, inputs }) => {
		const sizes =
			step.kind === "linear"
				? [step.inputs]
				: step.kind === "convolution"
					? [
							step.inputs,
							...step.kernel,
							...step.stride,
							...step.dilation,
							...(step.padding === "same" ? [] : step.padding),
						]
					: [null];
		return isWhole(sizes) && !isWhole(shape) && inputs.every((input) => isWhole(layers[input]!.shape));
	});
}

/** The graph of an instance, fed with one value for each parameter that has no default. */
function runWith(
	machine: Machine,
	instance: Instance,
	called: Called | null,
	framework: Model["framework"],
	name: string,
	nameNode: SyntaxNode,
	span: { start: number; end: number },
): Model | null {
	const outputs = instance.graph ? instance.graph.outputs : outputsOf(machine, instance, called);
	if (!outputs || outputs.length === 0) return null;
	const model = modelOf(name, framework, spanOf(nameNode), span, instance, outputs, machine.looped);
	return model.layers.some(({ step }) => TELLS.has(step.kind)) ? model : null;
}

/** A model has at least one of these; what only computes is a function. */
const TELLS: ReadonlySet<string> = new Set([
	"linear",
	"convolution",
	"embedding",
	"recurrence",
	"normalisation",
	"unknown",
]);

/** The values that an instance gives; `places` tells where the batch is among the axes of inputs, if not first. */
function outputsOf(
	machine: Machine,
	instance: Instance,
	called: Called | null,
	places: ReadonlyMap<string, number> = new Map(),
): readonly GraphNode[] | null {
	const method = ["forward", "call", "__call__", "apply"]
		.map((each) => methodOf(instance, each))
		.find((each) => each?.kind === "function");
	if (method?.kind !== "function" && instance.class !== null && instance.attributes.size === 0) return null;
	const { site } = instance;
	const input = (label: string, at = 0) => {
		const batch = places.get(label) ?? 0;
		const shape = (called?.positional[at] ?? called?.named.get(label))?.toSpliced(batch, 1) ?? null;
		const step: Step = shape ? { kind: "input", isCalled: true } : { kind: "input" };
		return machine.node(() => step, [], site, { suffix: label, batch, shape });
	};
	const things: Thing[] = [];
	const named = new Map<string, Thing>();
	if (method?.kind === "function") {
		for (const [i, parameter] of method.function.parameters.slice(1).entries()) {
			if (parameter.stars > 0) continue;
			if (i > 0 && parameter.default) break;
			const flag = isFlag(parameter.node)
				? unknown(`${parameter.name} is not given`)
				: IS_MASK.test(parameter.name)
					? ({ kind: "mask", input: tensorsIn(input(parameter.name, i))[0]! } as const) // It is one value.
					: input(parameter.name, i);
			if (parameter.keywordOnly) named.set(parameter.name, flag);
			else things.push(flag);
		}
	} else things.push(input("input"));
	const result = machine.call(instance, { positional: things, named, open: null }, site, "forward");
	if (machine.moved.size > 0 && !machine.isMoved) {
		// What comes first along the axes is told by modules that the inputs have come to.
		const told = new Map([...machine.moved].map(([node, at]) => [node.suffix, at]));
		machine.isMoved = true;
		machine.looped.length = 0;
		return outputsOf(machine, instance, called, told);
	}
	const outputs = tensorsIn(result);
	if (outputs.length > 0 || result.kind !== "unknown" || !holdsLayers(instance)) return outputs;
	return tensorsIn(machine.unknownNode("forward", result.reason, things, site));
}

/** What a parameter is called that tells which places count. */
const IS_MASK = /(^|_)masks?$/;

function holdsLayers({ attributes }: Instance): boolean {
	return [...attributes.values()].some(({ kind }) => kind === "layer" || kind === "instance");
}

/** Whether a parameter is declared to be no value of a model: `train: bool`. */
function isFlag(node: SyntaxNode): boolean {
	const kids = node.parent?.kids ?? [];
	const annotation = kids[kids.indexOf(node) + 1];
	if (/^(train|training|deterministic|is_training)$/.test(textOf(node))) return true;
	return (
		annotation?.name === "TypeDef" &&
		/\b(bool|int|float|str)\b/.test(textOf(annotation)) &&
		!/Tensor|Array/.test(textOf(annotation))
	);
}
