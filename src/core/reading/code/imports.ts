import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import {
	canonicalName,
	resolveName,
	resolveString,
	resolveTorchClass,
	type StringLibrary,
} from "../../activations/libraries/resolve.ts";
import { takesActivation } from "./activationKeyword.ts";
import { defaultParameters } from "./callParameters.ts";
import { MOST_STARS, type Resolver } from "./resolver.ts";

/** The libraries that a file imports decide what a string means where the callee does not. */
export interface Imports {
	readonly torch: boolean;
	readonly keras: boolean;
	readonly keras2: boolean;
	readonly timm: boolean;
	readonly transformers: boolean;
	readonly sklearn: boolean;
	readonly tfjs: boolean;
	readonly mxnet: boolean;
	readonly paddle: boolean;
	readonly mmcv: boolean;
	/** The tables to look in where none of these is imported. */
	readonly otherwise: readonly StringLibrary[];
}

/** What a file's import statements bring in, anywhere in it. */
export function importsOf(resolver: Resolver, text: string): Imports {
	const { scopes, language } = resolver;
	const roots = new Set<string>();
	const note = (name: string): void => {
		const full = canonicalName(`${name}.`);
		roots.add(full.split(".")[0]!);
		if (full.startsWith("tensorflow")) roots.add("keras2");
		// Transformers' own files, and those made after them, import by relative paths.
		if (/^\.+(configuration_utils|modeling_utils|activations)\.|PreTrained(Config|Model)|PretrainedConfig/.test(full)) {
			roots.add("transformers");
		}
	};
	scopes.imports.forEach(note);
	// What `from common import *` brings in of the libraries is in use here too.
	for (const file of filesWithStars(resolver)) file.scopes.imports.forEach(note);
	const has = (...names: string[]) => names.some((name) => roots.has(name));
	// A snippet without its import; where another library is in use, the word stands in prose.
	const usesTorchName =
		language.tensor === "torch.Tensor" &&
		!scopes.module.names.has("torch") &&
		!has("keras", "tensorflow", "tf_keras", "jax", "flax", "mxnet", "paddle") &&
		/\btorch\./.test(text);
	return {
		torch:
			usesTorchName ||
			has("torch", "torchvision", "pytorch_lightning", "lightning", "torch_geometric", "fastai", "timm", "monai"),
		keras: has("keras", "tensorflow", "tf_keras", "keras_core"),
		keras2: has("keras2", "tf_keras"),
		timm: has("timm"),
		transformers: has("transformers", "sentence_transformers"),
		sklearn: has("sklearn"),
		tfjs: has("tfjs"),
		mxnet: has("mxnet"),
		paddle: has("paddle"),
		mmcv: has("mmcv", "mmengine"),
		otherwise: language.stringLibraries,
	};
}

/** The files of the workspace whose names `import *` brings into a file, also by way of others. */
function filesWithStars(file: Resolver): ReadonlySet<Resolver> {
	const found = new Set<Resolver>();
	const todo = [file];
	for (let each = todo.pop(); each && found.size < MOST_STARS; each = todo.pop()) {
		const { stars } = each.scopes.module;
		for (const module of stars.length > MOST_STARS ? [] : stars) {
			const next = each.neighbours?.fileOf(module);
			if (next && !found.has(next)) todo.push(next);
			if (next) found.add(next);
		}
	}
	return found;
}

/** What OpenMMLab's registry has under a name, behind that of a package: a layer of its own, or of PyTorch's. */
export function registered(key: string, imports: Imports): LibraryEntry | undefined {
	const name = key.slice(key.lastIndexOf(".") + 1);
	return resolveName(`mmcv.cnn.${name}`) ?? classNamed(name, imports);
}

/** What a string means that is given under a name, if that is one of an activation. */
export function namedFor(name: string | undefined, key: string, imports: () => Imports): LibraryEntry | undefined {
	return name !== undefined && takesActivation(name, key) ? byImports(name, key, imports()) : undefined;
}

/** Libraries whose own layers are told by strings what they make. */
const OWN_STRINGS = /^(keras2?|sklearn|tfjs|mxnet)$/;

/** An activation of which no more is known than its name: code of any kind makes it, with parameters of its own. */
function asNamed(entry: LibraryEntry): LibraryEntry {
	const open = Object.keys(defaultParameters(entry)).filter((name) => !(name in entry.fixed));
	return { ...entry, parameters: open.map((name) => ({ name, default: undefined, canonical: name })) };
}

export function byImports(keyword: string, key: string, imports: Imports): LibraryEntry | undefined {
	const order: StringLibrary[] = [];
	const isKerasAlone = usesKerasAlone(imports);
	if (!isKerasAlone) {
		if (/^(hidden_act|hidden_activation|activation_function|decoder_hidden_act)$/.test(keyword))
			order.push("transformers");
		if (/act_layer$/.test(keyword)) order.push("timm");
	}
	const byKeyword = order.length;
	if (imports.transformers) order.push("transformers");
	if (imports.timm) order.push("timm");
	if (imports.keras) order.push(imports.keras2 ? "keras2" : "keras");
	if (imports.sklearn) order.push("sklearn");
	if (imports.mxnet) order.push("mxnet");
	if (imports.paddle) order.push("paddle", "diffusers");
	// What PyTorch's and Keras' own layers do not know as a string, others' do: `activation="softmax"`.
	if (imports.torch) order.push("torch", "timm", "transformers", "entmax", "keras", "diffusers");
	if (isKerasAlone) order.push("timm", "transformers");
	if (imports.tfjs) order.push("tfjs");
	if (order.length === byKeyword) order.push(...imports.otherwise);
	for (const library of order) {
		const entry = resolveString(library, key);
		const isOwn = OWN_STRINGS.test(library) || (library === "transformers" && imports.transformers);
		if (entry) return isOwn || order.indexOf(library) < byKeyword ? entry : asNamed(entry);
	}
	const entry = imports.mmcv ? registered(key, imports) : classNamed(key, imports);
	return entry && asNamed(entry);
}

/** A layer under the name of its class, which code looks up by `getattr` or `eval`, or by a table of its own: `activation="ReLU"`. */
export function classNamed(key: string, imports: Imports): LibraryEntry | undefined {
	if (usesKerasAlone(imports)) {
		const entry = resolveName(`${imports.keras2 ? "tensorflow.keras.layers" : "keras.layers"}.${key}`);
		return entry?.kind === "module" ? entry : undefined;
	}
	return imports.otherwise.includes("torch") ? resolveTorchClass(key) : undefined;
}

function usesKerasAlone({ keras, torch, transformers }: Imports): boolean {
	return keras && !torch && !transformers;
}
