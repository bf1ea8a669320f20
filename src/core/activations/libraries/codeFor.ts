import { constant, x } from "../../expression/build.ts";
import { type CodeLibrary, printCode } from "../../expression/print.ts";
import { simplify } from "../../expression/simplify.ts";
import { substitute } from "../../expression/walk.ts";
import type { Activation } from "../activation.ts";
import { findActivation } from "../catalog.ts";
import type { LibraryEntry } from "./entry.ts";
import { allEntries } from "./resolve.ts";

export type InsertLibrary = Extract<CodeLibrary, "pytorch" | "keras" | "jax" | "numpy">;

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
};

const IMPORTS: readonly (readonly [used: RegExp, imports: string])[] = [
	[/\bnp\./, "import numpy as np"],
	[/\bspecial\./, "from scipy import special"],
	[/\btorch\./, "import torch"],
	[/\bmath\./, "import math"],
	[/\bjnp\./, "import jax.numpy as jnp"],
	[/\bjax\./, "import jax"],
	[/\bkeras\./, "import keras"],
];

/**
 * The activation, with its defaults, in a library's own words; where the library has no name for it, as a formula of x.
 * Undefined where it can be neither. A library's default that differs is written out.
 */
export function codeFor(id: string, library: InsertLibrary): InsertableCode | undefined {
	const activation = findActivation(id);
	if (!activation) return undefined;
	for (const [module, alias, imports] of SPELLINGS[library]) {
		for (const entry of allEntries()) {
			const dot = entry.name.lastIndexOf(".");
			if (entry.name.slice(0, dot) !== module || !means(entry, activation)) continue;
			return { imports: [imports], code: callOf(entry, activation, `${alias}.${entry.name.slice(dot + 1)}`) };
		}
	}
	const values = Object.fromEntries(activation.parameters.map(({ name, default: value }) => [name, constant(value)]));
	const code = printCode(simplify(substitute(activation.stable, x, values)), library);
	if (code === undefined || code.length > 300) return undefined;
	return { imports: IMPORTS.filter(([used]) => used.test(code)).map(([, one]) => one), code };
}

function means(entry: LibraryEntry, { id, parameters }: Activation): boolean {
	if (entry.activation !== id || entry.kind === "string" || entry.name.endsWith("_")) return false;
	if (entry.parameters.some((one) => one.default === undefined && one.canonical === null)) return false;
	return parameters.every(({ name, default: value }) => {
		const settable = entry.parameters.some(({ canonical }) => canonical === name);
		return settable || (entry.fixed[name] ?? value) === value;
	});
}

function callOf(entry: LibraryEntry, { parameters }: Activation, name: string): string {
	const written = parameters.flatMap(({ name: canonical, default: value }) => {
		const own = entry.parameters.find((one) => one.canonical === canonical);
		return own && own.default !== value && Number.isFinite(value) ? [`${own.name}=${value}`] : [];
	});
	const input = entry.kind === "module" ? [] : ["x"];
	return `${name}(${[...input, ...written].join(", ")})`;
}
