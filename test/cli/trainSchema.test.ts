import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { initialiserFields, initialiserNames, settingFields, warmupFields } from "../../src/cli/trainSettings.ts";
import { specFields } from "../../src/cli/trainSpec.ts";
import { weightFields } from "../../src/cli/trainWeights.ts";
import { catalog } from "../../src/core/activations/catalog.ts";
import { languageIds } from "../../src/core/reading/readSource.ts";
import { MAX_SOURCE } from "../../src/protocol/studyLimits.ts";

/** What this schema uses of JSON Schema. */
interface Schema {
	readonly $ref?: string;
	readonly type?: string;
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly anyOf?: readonly Schema[];
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly additionalProperties?: boolean | Schema;
	readonly items?: Schema;
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly maxLength?: number;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly exclusiveMaximum?: number;
	readonly definitions?: Readonly<Record<string, Schema>>;
	readonly description?: string;
	readonly title?: string;
	readonly $schema?: string;
}

const schema: Schema = JSON.parse(readFileSync("media/schemas/train.schema.json", "utf8"));
const definition = (name: string) => schema.definitions![name]!;

test("every configuration that train is tested with is a document of the published schema", () => {
	for (const file of ["trainer.json.gz", "trainer-features.json.gz"]) {
		const { configs } = JSON.parse(gunzipSync(readFileSync(`test/golden/${file}`)).toString());
		for (const config of configs) assert.equal(faultOf(config, schema, config.id), undefined);
	}
});

test("the schema finds what is wrong in a document", () => {
	const { configs } = JSON.parse(gunzipSync(readFileSync("test/golden/trainer.json.gz")).toString());
	const [config] = configs;
	for (const [wrong, fault] of [
		[{ ...config, dropuot: 1 }, "spec.dropuot"],
		[{ ...config, layers: [2, 0, 1] }, "spec.layers[1]"],
		[{ ...config, activation: "rellu" }, "spec.activation"],
		[{ ...config, data: { x: [], y: [] } }, "spec.data.x"],
		[{ ...config, optimizer: { name: "adam", lr: 1, momentum: 0.9 } }, "spec.optimizer"],
		[{ ...config, schedule: { name: "cosine" } }, "spec.schedule"],
		[{ ...config, init: undefined }, "spec.init"],
	]) {
		assert.equal(faultOf(JSON.parse(JSON.stringify(wrong)), schema, "spec"), fault);
	}
});

test("the schema has the fields that the command reads, and no others", () => {
	const keys = (one: Schema | undefined) => Object.keys(one?.properties ?? {}).sort();
	const same = (one: Schema | undefined, fields: readonly string[]) => assert.deepEqual(keys(one), [...fields].sort());
	same(schema, [...specFields.run, ...specFields.notes]);
	same(definition("activation"), specFields.activation);
	assert.equal(definition("activation").properties?.source?.maxLength, MAX_SOURCE);
	assert.deepEqual(definition("activation").properties?.language?.enum, languageIds);
	assert.deepEqual(
		definition("known").enum,
		catalog.flatMap(({ id, aliases }) => [id, ...aliases]),
	);
	same(definition("dropout"), specFields.dropout);
	same(schema.properties?.data, specFields.data);
	same(definition("warmup"), Object.keys(warmupFields));
	same(definition("initialiser"), Object.keys(initialiserFields));
	assert.deepEqual(definition("initialiser").properties?.name?.enum, initialiserNames);
	const weights = definition("weights").properties!;
	same(definition("weights"), weightFields.init);
	same(weights.layers?.items, weightFields.layer);
	same(weights.norms?.items, weightFields.norm);
	for (const [setting, kinds] of Object.entries(settingFields)) {
		const published = definition(setting).anyOf!;
		assert.deepEqual(
			published.map((one) => one.properties!.name!.const),
			Object.keys(kinds),
		);
		for (const [i, fields] of Object.values(kinds).entries()) same(published[i], Object.keys(fields));
	}
});

/** The first place that does not fit; undefined when all does. */
function faultOf(value: unknown, given: Schema, path: string): string | undefined {
	const rule = given.$ref === undefined ? given : definition(given.$ref.replace("#/definitions/", ""));
	if (rule.anyOf) return rule.anyOf.some((one) => faultOf(value, one, path) === undefined) ? undefined : path;
	if (rule.const !== undefined && value !== rule.const) return path;
	if (rule.enum && !rule.enum.includes(value)) return path;
	if (rule.type && typeOf(value) !== rule.type && !(rule.type === "number" && typeOf(value) === "integer")) return path;
	if (typeof value === "number") {
		const { minimum = -Infinity, maximum = Infinity, exclusiveMaximum = Infinity } = rule;
		return value >= minimum && value <= maximum && value < exclusiveMaximum ? undefined : path;
	}
	if (typeof value === "string") return value.length <= (rule.maxLength ?? Infinity) ? undefined : path;
	if (Array.isArray(value)) {
		if (value.length < (rule.minItems ?? 0) || value.length > (rule.maxItems ?? Infinity)) return path;
		return firstOf(value, (one, i) => rule.items && faultOf(one, rule.items, `${path}[${i}]`));
	}
	if (typeof value !== "object" || value === null) return undefined;
	const missing = rule.required?.find((name) => !(name in value));
	if (missing !== undefined) return `${path}.${missing}`;
	return firstOf(Object.entries(value), ([name, one]) => {
		const field = rule.properties?.[name] ?? rule.additionalProperties ?? true;
		if (typeof field === "boolean") return field ? undefined : `${path}.${name}`;
		return faultOf(one, field, `${path}.${name}`);
	});
}

function firstOf<Item>(
	items: readonly Item[],
	fault: (item: Item, i: number) => string | undefined,
): string | undefined {
	for (const [i, item] of items.entries()) {
		const found = fault(item, i);
		if (found !== undefined) return found;
	}
	return undefined;
}

function typeOf(value: unknown): string {
	if (Array.isArray(value)) return "array";
	if (Number.isInteger(value)) return "integer";
	return value === null ? "null" : typeof value;
}
