import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { catalog } from "../../src/core/activations/catalog.ts";
import { languageIds } from "../../src/core/reading/readSource.ts";
import { parseStudies } from "../../src/protocol/studyDocument.ts";
import { MAX_SOURCE, studyFields, studyLimits } from "../../src/protocol/studyLimits.ts";

interface Schema {
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly anyOf?: readonly Schema[];
	readonly items?: Schema;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly maxLength?: number;
	readonly enum?: readonly string[];
	readonly const?: unknown;
	readonly not?: object;
	readonly definitions?: Readonly<Record<string, Schema>>;
}

const schema: Schema = JSON.parse(readFileSync("media/schemas/study.schema.json", "utf8"));
/** What stands for one of a list's entries, too. */
const one = (of: Schema | undefined): Schema => of?.anyOf?.find(({ items }) => !items) ?? of!;
const at = (...path: readonly string[]): Schema => path.reduce((of, name) => one(of.properties?.[name]), schema);

test("the published schema has the fields that a study has, no more and no fewer", () => {
	const keys = (of: Schema) => Object.keys(of.properties!).sort();
	assert.deepEqual(keys(schema), [...studyFields.study].sort());
	assert.deepEqual(keys(at("network")), [...studyFields.network].sort());
	assert.deepEqual(keys(at("optimizer")), [...studyFields.optimizer].sort());
	const tuning = schema.properties!.tuning!.anyOf!.find(({ properties }) => properties)!;
	assert.deepEqual(keys(tuning), [...studyFields.tuning].sort());
	const schedule = at("optimizer").properties!.schedule!.anyOf!.find(({ properties }) => properties)!;
	assert.deepEqual(keys(schedule), [...studyFields.schedule].sort());
});

test("the limits of the published schema are those of the door", () => {
	const limits = (of: Schema) => [of.minimum ?? of.minItems, of.maximum ?? of.maxItems];
	for (const [name, of] of [
		["epochs", at("epochs")],
		["batchSize", at("batchSize")],
		["validation", at("validation")],
		["test", at("test")],
		["labelSmoothing", at("labelSmoothing")],
		["dropout", at("network", "dropout")],
		["hiddenLayers", at("network", "depth")],
		["width", at("network", "width")],
		["learningRate", at("optimizer", "learningRate")],
		["weightDecay", at("optimizer", "weightDecay")],
		["clip", at("optimizer", "clip")],
		["activations", schema.properties!.activations!],
		["seeds", schema.properties!.seeds!],
	] as const) {
		assert.deepEqual(limits(of), [...studyLimits[name]], name);
	}
	const activation = at("activations").items!.anyOf!.find(({ properties }) => properties)!;
	assert.equal(activation.properties!.source!.maxLength, MAX_SOURCE);
});

test("every choice of the published schema is taken by the door", () => {
	const studies = (document: object) => parseStudies({ activations: ["relu"], ...document });
	for (const kind of at("optimizer", "kind").enum!) assert.equal(studies({ optimizer: { kind } }).length, 1);
	for (const initialiser of at("network", "initialiser").enum!) studies({ network: { initialiser } });
	for (const norm of at("network", "norm").enum!) studies({ network: { norm } });
	for (const precision of at("precision").enum!) studies({ precision });
});

test("the published schema knows the catalog's names, the languages of a source, and that hidden stands for depth and width", () => {
	assert.deepEqual(
		schema.definitions?.known?.enum,
		catalog.flatMap(({ id, aliases }) => [id, ...aliases]),
	);
	const activation = at("activations").items!.anyOf!.find(({ properties }) => properties)!;
	assert.deepEqual(activation.properties!.language!.enum, languageIds);
	assert.deepEqual(at("network").not, {
		anyOf: [{ required: ["hidden", "depth"] }, { required: ["hidden", "width"] }],
	});
});
