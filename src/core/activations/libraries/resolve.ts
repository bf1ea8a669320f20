import { brainStrings } from "./brain.ts";
import { chainer } from "./chainer.ts";
import { diffusersStrings } from "./diffusers.ts";
import { entmax, entmaxStrings } from "./entmax.ts";
import type { LibraryEntry } from "./entry.ts";
import { fairseq, fairseqStrings } from "./fairseq.ts";
import { jax } from "./jax.ts";
import { keras, keras2Strings, kerasStrings } from "./keras.ts";
import { mindspore } from "./mindspore.ts";
import { mlx } from "./mlx.ts";
import { mmcv } from "./mmcv.ts";
import { mxnet, mxnetStrings } from "./mxnet.ts";
import { numpy } from "./numpy.ts";
import { paddle, paddleStrings } from "./paddle.ts";
import { sklearnStrings } from "./sklearn.ts";
import { synaptic } from "./synaptic.ts";
import { tensorflow } from "./tensorflow.ts";
import { tfjs, tfjsStrings } from "./tfjs.ts";
import { theano } from "./theano.ts";
import { timm, timmStrings } from "./timm.ts";
import { torch, torchStrings } from "./torch.ts";
import { transformers, transformersStrings } from "./transformers.ts";
import { trax } from "./trax.ts";
import { triton } from "./triton.ts";

const byName = index([
	...torch,
	...jax,
	...keras,
	...tensorflow,
	...timm,
	...transformers,
	...numpy,
	...paddle,
	...mxnet,
	...mmcv,
	...trax,
	...triton,
	...entmax,
	...fairseq,
	...theano,
	...chainer,
	...mlx,
	...mindspore,
	...synaptic,
]);
const tfjsByName = index(tfjs);

const strings: ReadonlyMap<string, ReadonlyMap<string, LibraryEntry>> = new Map([
	["torch", index(torchStrings)],
	["keras", index(kerasStrings)],
	["keras2", index(keras2Strings)],
	["sklearn", index(sklearnStrings)],
	["timm", index(timmStrings)],
	["transformers", index(transformersStrings)],
	["tfjs", index(tfjsStrings)],
	["mxnet", index(mxnetStrings)],
	["paddle", index(paddleStrings)],
	["diffusers", index(diffusersStrings)],
	["entmax", index(entmaxStrings)],
	["fairseq", index(fairseqStrings)],
	["brain", index(brainStrings)],
]);

function index(entries: readonly LibraryEntry[]): ReadonlyMap<string, LibraryEntry> {
	return new Map(entries.map((entry) => [entry.name, entry]));
}

/** Other paths to the same module, tried in this order; the longest prefixes come first. */
const MODULE_ALIASES: readonly (readonly [path: RegExp, module: string])[] = [
	[/^tf\./, "tensorflow."],
	[/^tfa\./, "tensorflow_addons."],
	[/^tensorflow\.compat\.v[12]\./, "tensorflow."],
	[/^tensorflow\.(python\.keras|contrib\.keras|_api\.v2\.keras)\./, "tensorflow.keras."],
	[/^tf_keras\./, "tensorflow.keras."],
	[/^(tensorflow\.)?keras\.(src|api)\./, "$1keras."],
	[
		/^((?:tensorflow\.)?keras)\.layers\.(advanced_activations|activations?(\.\w+)?|core(\.activation)?)\./,
		"$1.layers.",
	],
	[/^keras\.activations\.activations\./, "keras.activations."],
	[/^keras\.ops\.(nn|math|numpy)\./, "keras.ops."],
	[/^tensorflow\.python\.ops\.nn(_ops|_impl)?\./, "tensorflow.nn."],
	[/^tensorflow\.python\.ops\.math_ops\./, "tensorflow.math."],
	[/^torch\.nn\.modules\.(activation|linear)\./, "torch.nn."],
	[/^torch\.nn\.modules\./, "torch.nn."],
	[/^torch\._C\._nn\./, "torch.nn.functional."],
	[/^(torch\.ops\.aten\.\w+)\.default$/, "$1"],
	// Its modules import their functions as this.
	[/^torch\.(functional|nn(\.\w+)*)\.F\./, "torch.nn.functional."],
	[/^jax\._src\.nn\.functions\./, "jax.nn."],
	[/^jax\._src\.numpy\.(ufuncs\.)?/, "jax.numpy."],
	[/^jax\._src\.(?=(lax|nn)\.)/, "jax."],
	[/^(autograd\.numpy|cupy)\./, "numpy."],
	[/^jax\.experimental\.stax\./, "jax.example_libraries.stax."],
	[/^flax\.linen\.activation\./, "flax.linen."],
	[/^flax\.nnx\.nn\.activations\./, "flax.nnx."],
	[/^mmcv\.cnn\.bricks\.(\w+\.)?/, "mmcv.cnn."],
	[/^trax\.layers\.(activation_fns|core)\./, "trax.layers."],
	[/^entmax\.activations\./, "entmax."],
	[/^(aesara|pytensor)\./, "theano."],
	[/^theano\.tensor\.nnet\.(nnet|sigm|basic)\./, "theano.tensor.nnet."],
	[/^chainer\.functions\.activation\.\w+\./, "chainer.functions."],
	[/^mlx\.nn\.layers\.(activations\.)?/, "mlx.nn."],
	[/^mindspore\.ops\.(operations|functional|function)\./, "mindspore.ops."],
	[/^fairseq\.modules\.gelu\.(?=gelu)/, "fairseq.modules."],
	[/^mxnet\.nd\./, "mxnet.ndarray."],
	[/^mxnet\.sym\./, "mxnet.symbol."],
	[/^mxnet\.npx\./, "mxnet.numpy_extension."],
	[/^mxnet\.np\./, "mxnet.numpy."],
	[/^timm\.(models\.)?layers\.(\w+\.)?(?=\w+$)/, "timm.layers."],
];

/** The full name under which the tables know `dotted`: `torch.nn.modules.activation.ReLU` is `torch.nn.ReLU`. */
export function canonicalName(dotted: string): string {
	const known = canonical.get(dotted);
	if (known !== undefined) return known;
	let name = dotted;
	for (const [path, module] of MODULE_ALIASES) name = name.replace(path, module);
	if (canonical.size >= MOST_REMEMBERED) canonical.clear();
	canonical.set(dotted, name);
	return name;
}

/** A name of Keras' own, or of TensorFlow's Keras, under which Keras has it: `tf.keras.layers.ReLU` is `keras.layers.ReLU`. */
export function kerasName(dotted: string): string {
	return canonicalName(dotted).replace(/^tensorflow\.(?=keras\.)/, "");
}

/** What was asked for lately: the same names come again and again. */
const canonical = new Map<string, string>();
const MOST_REMEMBERED = 10_000;

/**
 * The activation under a full dotted name ("torch.nn.GELU", "tensorflow.nn.relu", "torch.Tensor.relu_"), if it is one.
 * TensorFlow.js, which its users call `tf` as Python's call theirs, is "tfjs" here: "tfjs.layers.leakyReLU".
 */
export function resolveName(dotted: string): LibraryEntry | undefined {
	if (dotted.startsWith("tfjs.")) return tfjsByName.get(dotted.replace(/^tfjs/, "tf"));
	const known = byName.get(dotted);
	if (known || !ownNames.has(ownName(dotted))) return known;
	return byName.get(canonicalName(dotted));
}

/** What PyTorch's operators are called with: `torch.ops.aten.relu.default`. */
const OVERLOAD = ".default";

/** The names of the activations without their modules: what by no other path is one of them needs no look at its path. */
const ownNames: ReadonlySet<string> = new Set([...byName.keys()].map(ownName));

function ownName(dotted: string): string {
	const name = dotted.endsWith(OVERLOAD) ? dotted.slice(0, -OVERLOAD.length) : dotted;
	return name.slice(name.lastIndexOf(".") + 1);
}

/** Whether a string may name an activation: as a key of a library's, as the name of an attribute, or as a class in any spelling. */
export function mayNameActivation(key: string): boolean {
	keys ??= new Set([...allEntries()].map(({ name }) => ownName(name)));
	return keys.has(key) || torchClasses.has(spelling(key));
}

let keys: ReadonlySet<string> | undefined;

/** PyTorch's class that a string names in any spelling: "leakyrelu" and "LEAKY-RELU" are `torch.nn.LeakyReLU`. */
export function resolveTorchClass(key: string): LibraryEntry | undefined {
	return torchClasses.get(spelling(key));
}

const torchClasses: ReadonlyMap<string, LibraryEntry> = new Map(
	torch.filter(({ kind }) => kind === "module").map((entry) => [spelling(ownName(entry.name)), entry]),
);

/** A name in small letters without signs, and "leakyrelu" for what is often written short. */
function spelling(name: string): string {
	return name
		.toLowerCase()
		.replaceAll(/[_-]/g, "")
		.replace(/^lrelu$/, "leakyrelu");
}

/** The libraries with strings that name activations; "keras2" is Keras before version 3. */
export type StringLibrary =
	| "torch"
	| "keras"
	| "keras2"
	| "sklearn"
	| "timm"
	| "transformers"
	| "tfjs"
	| "mxnet"
	| "paddle"
	| "diffusers"
	| "entmax"
	| "fairseq"
	| "brain";

/** The activation under a key such as Keras' `activation="relu"`. Case matters, as it does to the libraries. */
export function resolveString(library: StringLibrary, key: string): LibraryEntry | undefined {
	return strings.get(library)?.get(key);
}

/** Whether some module of the tables holds `name` as its own: what `from module import *` brings in. */
export function moduleHolds(module: string, name: string): boolean {
	return ownNames.has(name) && byName.has(canonicalName(`${module}.${name}`));
}

/** Whether a Python module is of a library that the tables know, whose names are looked up there. */
export function isLibrary(module: string): boolean {
	roots ??= new Set([...byName.keys()].map((name) => name.split(".")[0]!));
	return roots.has(canonicalName(`${module}.`).split(".")[0]!);
}

let roots: ReadonlySet<string> | undefined;

/** Every entry of every library, for tests and completion. */
export function* allEntries(): Generator<LibraryEntry> {
	yield* byName.values();
	yield* tfjsByName.values();
	for (const table of strings.values()) yield* table.values();
}
