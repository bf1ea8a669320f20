import { constant, x } from "../../expression/build.ts";
import { type CodeLibrary, printCode } from "../../expression/code/printCode.ts";
import type { Parameters } from "../../expression/expression.ts";
import { simplify } from "../../expression/simplify.ts";
import { substitute } from "../../expression/walk.ts";
import { type Activation, withDefaults } from "../activation.ts";
import { findActivation } from "../catalog.ts";
import type { EntryKind, LibraryEntry } from "./entry.ts";
import { IMPORT_TENSORFLOW, IMPORT_TFJS, importsFor } from "./functionCode.ts";
import { allEntries } from "./resolve.ts";
import { tfjs } from "./tfjs.ts";

export type InsertLibrary = Exclude<CodeLibrary, "typescript" | "python">;

/** An activation as source code of a library. */
export interface InsertableCode {
	/** What the code needs to be imported. */
	readonly imports: readonly string[];
	/** An expression: a layer such as `nn.GELU()`, or a call or formula of `x`. */
	readonly code: string;
}

/** How a module of a library is spelled in code, best first. */
const SPELLINGS: Readonly<
	Record<InsertLibrary, readonly (readonly [module: string, alias: string, imports: string])[]>
> = {
	pytorch: [
		["torch.nn", "nn", "from torch import nn"],
		["torch.nn.functional", "F", "import torch.nn.functional as F"],
		["torch.special", "torch.special", "import torch"],
		["torch", "torch", "import torch"],
	],
	keras: [
		["keras.activations", "keras.activations", "import keras"],
		["keras.layers", "keras.layers", "import keras"],
		["keras.ops", "keras.ops", "import keras"],
	],
	jax: [
		["jax.nn", "jax.nn", "import jax"],
		["jax.numpy", "jnp", "import jax.numpy as jnp"],
		["jax.scipy.special", "jax.scipy.special", "import jax"],
	],
	numpy: [
		["numpy", "np", "import numpy as np"],
		["scipy.special", "special", "from scipy import special"],
	],
	tensorflow: [
		["tensorflow.nn", "tf.nn", IMPORT_TENSORFLOW],
		["tensorflow.math", "tf.math", IMPORT_TENSORFLOW],
	],
	tfjs: [["tf", "tf", IMPORT_TFJS]],
};

/**
 * The activation, with its defaults where no parameter is given, in a library's own words; where the library has no name for it, as a formula of x.
 * Undefined where it can be neither. A library's default that differs is written out.
 */
export function codeFor(id: string, library: InsertLibrary, given: Parameters = {}): InsertableCode | undefined {
	const activation = findActivation(id);
	if (!activation) return undefined;
	const parameters = withDefaults(activation, given);
	const named = namedCode(activation, library, parameters, { input: "x", kinds: ["module", "function"] });
	if (named) return named;
	const values = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, constant(value)]));
	const code = printCode(simplify(substitute(activation.stable, x, values)), library);
	if (code === undefined || code.length > 300) return undefined;
	return { imports: importsFor(code, library), code };
}

interface CallOptions {
	/** What the function is applied to. */
	readonly input: string;
	/** What the name may be of. */
	readonly kinds: readonly EntryKind[];
	/** How the parameters are written that are not numbers, by their canonical names. */
	readonly written?: Readonly<Record<string, string>>;
}

/** A call of the library's own name for the activation with these parameters; undefined where it has none. */
export function callFor(
	{ activation: id, parameters }: { readonly activation: string; readonly parameters: Parameters },
	library: InsertLibrary,
	input: string,
	written: Readonly<Record<string, string>> = {},
): InsertableCode | undefined {
	const activation = findActivation(id);
	return (
		activation &&
		namedCode(activation, library, withDefaults(activation, parameters), { input, written, kinds: ["function"] })
	);
}

/** What a library may name with a parameter more: TensorFlow's silu has a β. */
const WITH_MORE: Readonly<Record<string, { readonly id: string; readonly parameters: Parameters }>> = {
	silu: { id: "swish_beta", parameters: { beta: 1 } },
};

function namedCode(
	activation: Activation,
	library: InsertLibrary,
	parameters: Parameters,
	options: CallOptions,
): InsertableCode | undefined {
	const found = entryCode(activation, library, parameters, options);
	const more = WITH_MORE[activation.id];
	return found ?? (more && entryCode(findActivation(more.id)!, library, more.parameters, options));
}

function entryCode(activation: Activation, library: InsertLibrary, parameters: Parameters, options: CallOptions) {
	for (const [module, alias, imports] of SPELLINGS[library]) {
		for (const entry of library === "tfjs" ? tfjs : allEntries()) {
			const dot = entry.name.lastIndexOf(".");
			if (entry.name.slice(0, dot) !== module || !options.kinds.includes(entry.kind)) continue;
			if (!means(entry, activation, parameters, options.written ?? {})) continue;
			return { imports: [imports], code: callOf(entry, parameters, `${alias}.${entry.name.slice(dot + 1)}`, options) };
		}
	}
	return undefined;
}

/** Whether the entry can say this activation with these parameters, those that are `written` whatever they are. */
function means(
	entry: LibraryEntry,
	{ id, parameters: defaults }: Activation,
	parameters: Parameters,
	written: Readonly<Record<string, string>>,
): boolean {
	if (entry.activation !== id || entry.name.endsWith("_")) return false;
	if (entry.parameters.some((one) => one.default === undefined && one.canonical === null)) return false;
	return Object.entries(parameters).every(([name, value]) => {
		const own = entry.parameters.find(({ canonical }) => canonical === name);
		// No limit cannot be written; as a layer, the one that the library has by default is what people mean.
		if (own && !Number.isFinite(value) && own.default !== value && entry.kind !== "module") return false;
		const implied = entry.fixed[name] ?? defaults.find((one) => one.name === name)?.default;
		return own !== undefined || (written[name] === undefined && implied === value);
	});
}

function callOf(
	entry: LibraryEntry,
	parameters: Parameters,
	name: string,
	{ input, written = {} }: CallOptions,
): string {
	const given = Object.entries(parameters).flatMap(([canonical, value]) => {
		const own = entry.parameters.find((one) => one.canonical === canonical);
		const text =
			written[canonical] ?? (own && own.default !== value && Number.isFinite(value) ? String(value) : undefined);
		return own && text !== undefined ? [{ own, text }] : [];
	});
	const first = entry.kind === "module" ? [] : [input];
	// TensorFlow.js has no keywords: what is given are the first ones.
	const isPositional = entry.library === "tfjs";
	return `${name}(${[...first, ...given.map(({ own, text }) => (isPositional ? text : `${own.name}=${text}`))].join(", ")})`;
}
