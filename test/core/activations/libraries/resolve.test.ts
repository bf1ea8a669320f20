import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findActivation } from "../../../../src/core/activations/catalog.ts";
import type { LibraryEntry } from "../../../../src/core/activations/libraries/entry.ts";
import {
	allEntries,
	resolveName,
	resolveString,
	type StringLibrary,
} from "../../../../src/core/activations/libraries/resolve.ts";
import { findVectorActivation } from "../../../../src/core/activations/vector.ts";
import { defaultParameters } from "../../../../src/core/reading/code/callParameters.ts";

interface GoldenEntry {
	readonly library: string;
	readonly name: string;
	readonly kind: "function" | "module" | "layer" | "string";
	readonly canonical: string;
	readonly params: readonly {
		readonly name: string;
		readonly position: number;
		readonly default: unknown;
		readonly canonicalParam: string | null;
	}[];
	readonly fixed: Readonly<Record<string, number | string>>;
	readonly elementwise: boolean;
}

const golden = JSON.parse(readFileSync("test/golden/catalog.json", "utf8")) as {
	entries: GoldenEntry[];
	vectorCanonical: string[];
	notActivations: { name: string }[];
};

const STRING_LIBRARIES: Readonly<Record<string, StringLibrary>> = {
	torch: "torch",
	keras: "keras",
	"tf.keras (Keras 2)": "keras2",
	sklearn: "sklearn",
	timm: "timm",
	transformers: "transformers",
	tfjs: "tfjs",
};

/** The entry under a golden name; the form of `gelu` with its argument written is read from code, in the reader's tests. */
function resolve(entry: GoldenEntry): LibraryEntry | undefined {
	if (entry.kind === "string") {
		const key = /['"]([^'"]+)['"]/.exec(entry.name)?.[1] ?? "";
		return resolveString(STRING_LIBRARIES[entry.library]!, key);
	}
	return resolveName(entry.library === "tfjs" ? entry.name.replace(/^tf\./, "tfjs.") : entry.name);
}

/** Names that take an activation as their argument, or are one with an argument written, or are no library's. */
function isReadFromCode(entry: GoldenEntry): boolean {
	return entry.library === "paper" || entry.name === "keras.layers.Activation" || entry.name.includes("(approximate");
}

test("every library name of the golden catalog resolves to its canonical activation", () => {
	let checked = 0;
	for (const entry of golden.entries) {
		if (isReadFromCode(entry)) continue;
		assert.equal(resolve(entry)?.activation, entry.canonical, `${entry.library} ${entry.name}`);
		checked++;
	}
	assert.ok(checked > 500, `${checked}`);
});

test("every library name has the golden catalog's defaults, at the same positions", () => {
	for (const entry of golden.entries) {
		if (isReadFromCode(entry)) continue;
		const found = resolve(entry)!;
		for (const [name, value] of Object.entries(entry.fixed)) {
			assert.equal(defaultParameters(found)[name], Number(value), `${entry.library} ${entry.name}: ${name}`);
		}
		for (const parameter of entry.params) {
			const own = found.parameters.find(({ name }) => name === parameter.name);
			assert.ok(own, `${entry.name} lacks ${parameter.name}`);
			if (parameter.canonicalParam !== null) {
				assert.equal(own.canonical, parameter.canonicalParam);
				assert.equal(found.parameters.indexOf(own), parameter.position, `${entry.name}: ${parameter.name}`);
			}
			const expected = parameter.default === "required" ? undefined : parameter.default;
			// The table keeps None where the library says "none", "zeros" or a dtype: no number follows from these.
			if (typeof expected === "number") assert.equal(own.default, expected, `${entry.name}: ${parameter.name}`);
			if (expected === undefined) assert.equal(own.default, undefined, `${entry.name}: ${parameter.name}`);
		}
	}
});

test("every canonical id of the tables is in the catalog or is a vector activation", () => {
	for (const entry of allEntries()) {
		const known =
			(findActivation(entry.activation) ?? findVectorActivation(entry.activation)) !== undefined ||
			golden.vectorCanonical.includes(entry.activation);
		assert.ok(known, `${entry.name}: ${entry.activation}`);
	}
});

test("every canonical parameter of the tables is one of its activation", () => {
	for (const entry of allEntries()) {
		const names = findActivation(entry.activation)?.parameters.map(({ name }) => name) ?? [];
		for (const { canonical, name } of entry.parameters) {
			if (canonical !== null) assert.ok(names.includes(canonical), `${entry.name}: ${name} sets ${canonical}`);
		}
		for (const name of Object.keys(entry.fixed)) assert.ok(names.includes(name), `${entry.name}: ${name}`);
	}
});

test("names that are no activations do not resolve", () => {
	for (const { name } of golden.notActivations) assert.equal(resolveName(name), undefined, name);
	for (const name of [
		"torch.nn.relu",
		"numpy.random.logistic",
		"torch.nn.Linear",
		"numpy.maximum",
		"ReLU",
		"constructor",
	]) {
		assert.equal(resolveName(name), undefined, name);
	}
	assert.equal(resolveString("keras", "Relu"), undefined);
	assert.equal(resolveString("keras", "__proto__"), undefined);
});

test("other paths to the same name resolve to it", () => {
	const same: [string, string][] = [
		["torch.nn.modules.activation.ReLU", "torch.nn.ReLU"],
		["tf.nn.relu", "tensorflow.nn.relu"],
		["tensorflow.compat.v1.nn.relu", "tensorflow.nn.relu"],
		["tensorflow.python.keras.layers.LeakyReLU", "tensorflow.keras.layers.LeakyReLU"],
		["keras.layers.advanced_activations.LeakyReLU", "keras.layers.LeakyReLU"],
		["flax.linen.activation.relu", "flax.linen.relu"],
		["timm.models.layers.Swish", "timm.layers.Swish"],
		["timm.layers.activations.Swish", "timm.layers.Swish"],
	];
	for (const [other, name] of same) {
		assert.ok(resolveName(name), name);
		assert.equal(resolveName(other), resolveName(name), other);
	}
});
