import { catalog, findActivation } from "../core/activations/catalog.ts";
import { languageIds } from "../core/reading/readSource.ts";
import type {
	Study,
	StudyActivation,
	StudyData,
	StudyNetwork,
	StudyOptimizer,
	StudySchedule,
	StudyTuning,
} from "./study.ts";

/** The limits of a study's numbers, once; the schema and the door take them from here. */
export const studyLimits = {
	activations: [1, 32],
	seeds: [1, 64],
	epochs: [1, 10_000],
	batchSize: [1, 1_048_576],
	validation: [0.05, 0.5],
	test: [0.05, 0.5],
	/** Of validation and test together. */
	heldOut: [0, 0.8],
	hiddenLayers: [1, 64],
	width: [1, 4096],
	learningRate: [1e-6, 1e9],
	learningRates: [2, 16],
	weightDecay: [0, 1],
	clip: [1e-6, 1e6],
	warmup: [0, 0.5],
	dropout: [0, 0.9],
	labelSmoothing: [0, 0.5],
	/** Studies that one document stands for. */
	grid: [1, 64],
	samples: [20, 100_000],
	noise: [0, 10],
} as const;

const DATA = ["xor", "moons", "circles", "spirals", "curve", "digits", "csv", "npy", "npz", "idx"] as const;
const TASKS = ["classification", "regression"] as const;
const GENERATED = ["samples", "noise"];
/** The fields of each kind of data beside `kind`. */
const DATA_FIELDS: Readonly<Record<(typeof DATA)[number], readonly string[]>> = {
	xor: GENERATED,
	moons: GENERATED,
	circles: GENERATED,
	spirals: GENERATED,
	curve: GENERATED,
	digits: [],
	csv: ["path", "target", "task"],
	npy: ["inputs", "targets", "task"],
	npz: ["path", "inputs", "targets", "task"],
	idx: ["images", "labels"],
};
const INITIALISERS = [
	"auto",
	"pytorch",
	"xavier",
	"xavier-normal",
	"kaiming",
	"kaiming-uniform",
	"lecun",
	"orthogonal",
] as const;
const NORMS = ["none", "batchnorm", "layernorm"] as const;
const SCHEDULES = ["constant", "cosine", "step"] as const;
const PRECISIONS = ["float32", "float64"] as const;
/** Each optimizer's learning rate where none is given. */
const RATES: Readonly<Record<StudyOptimizer["kind"], number>> = {
	sgd: 0.1,
	momentum: 0.03,
	nesterov: 0.03,
	rmsprop: 0.001,
	adagrad: 0.03,
	adam: 0.003,
	adamw: 0.003,
};
/** Times the optimizer's usual rate: what is tried where the study does not say. */
const AROUND = [0.1, 0.3, 1, 3];
/** Fewer show no difference, however large. */
const DEFAULT_SEEDS = [0, 1, 2, 3, 4];
const OPTIMIZERS = Object.keys(RATES) as readonly StudyOptimizer["kind"][]; // The keys are those of the table.
/** Names of a document's fields. */
export const studyFields = {
	study: [
		"version",
		"name",
		"activations",
		"data",
		"network",
		"optimizer",
		"epochs",
		"batchSize",
		"seeds",
		"validation",
		"test",
		"labelSmoothing",
		"precision",
		"tuning",
		"$schema",
	],
	network: ["hidden", "initialiser", "norm", "residual", "dropout"],
	optimizer: ["kind", "learningRate", "weightDecay", "clip", "schedule"],
	schedule: ["kind", "warmup"],
	tuning: ["learningRates", "epochs", "seeds"],
} as const;
const MAX_SOURCE = 20_000;

/**
 * A study from a document of unknown shape. What is missing takes its default (`defaultStudy`); what is wrong throws a
 * RangeError or TypeError that names the field, what was expected and what was found.
 */
export function parseStudy(document: unknown): Study {
	const study = objectAt(document, "study", studyFields.study);
	if (study.version !== undefined && study.version !== 1) {
		throw new RangeError(`version must be 1, got ${shown(study.version)}`);
	}
	const activations = listAt(study.activations, "activations", studyLimits.activations).map(activationAt);
	const labels = new Set<string>();
	for (const { label } of activations) {
		if (labels.has(label)) throw new RangeError(`activations must have different labels, got ${shown(label)} twice`);
		labels.add(label);
	}
	const seeds = study.seeds === undefined ? DEFAULT_SEEDS : listAt(study.seeds, "seeds", studyLimits.seeds);
	const validation =
		study.validation === undefined ? 0.2 : numberAt(study.validation, "validation", studyLimits.validation);
	const test = study.test === undefined ? {} : { test: numberAt(study.test, "test", studyLimits.test) };
	numberAt(validation + (test.test ?? 0), "validation and test together", studyLimits.heldOut);
	const epochs = study.epochs === undefined ? 30 : wholeAt(study.epochs, "epochs", studyLimits.epochs);
	const smoothing = optional(study.labelSmoothing, (value) =>
		numberAt(value, "labelSmoothing", studyLimits.labelSmoothing),
	);
	const precision = optional(study.precision, (value) => choiceAt(value, "precision", PRECISIONS));
	const optimizer = optimizerAt(study.optimizer);
	const tuning = tuningFor(study, optimizer, epochs, seeds.length);
	return {
		version: 1,
		name: study.name === undefined ? "" : textAt(study.name, "name", 200),
		activations,
		data: dataAt(study.data),
		network: networkAt(study.network),
		optimizer,
		epochs,
		batchSize: study.batchSize === undefined ? 32 : wholeAt(study.batchSize, "batchSize", studyLimits.batchSize),
		seeds: distinct(seeds.map((seed, i) => wholeAt(seed, `seeds[${i}]`, [0, 2 ** 32 - 1]))),
		validation,
		...test,
		...(smoothing === undefined ? {} : { labelSmoothing: smoothing }),
		...(precision === undefined ? {} : { precision }),
		...(tuning === undefined ? {} : { tuning }),
	};
}

/**
 * The studies that a document stands for. `data`, `network`, `network.hidden` (a list of lists), `network.initialiser`,
 * `optimizer`, `optimizer.kind` and `optimizer.learningRate` may each be a list: then there is a study for every
 * combination, named by what differs. Throws as `parseStudy`.
 */
export function parseStudies(document: unknown): readonly Study[] {
	const given = objectAt(document, "study", studyFields.study);
	let documents: { readonly value: Readonly<Record<string, unknown>>; readonly title: readonly string[] }[] = [
		{ value: given, title: [] },
	];
	for (const path of GRID_PATHS) {
		documents = documents.flatMap(({ value, title }) => {
			const choices = choicesAt(value, path);
			if (!choices) return [{ value, title }];
			if (choices.length === 0) throw new RangeError(`${path.join(".")} must have at least 1 entry, got 0`);
			return choices.map((choice) => ({
				value: replacedAt(value, path, choice),
				title: choices.length === 1 ? title : [...title, titleOf(path, choice)],
			}));
		});
		if (documents.length > studyLimits.grid[1]) {
			throw new RangeError(`a document must stand for at most ${studyLimits.grid[1]} studies, got ${documents.length}`);
		}
	}
	return documents.map(({ value, title }) => {
		const study = parseStudy(value);
		const name = [study.name, ...title].filter((part) => part !== "").join(" · ");
		return { ...study, name: name.slice(0, 200) };
	});
}

const GRID_PATHS = [
	["data"],
	["network"],
	["network", "hidden"],
	["network", "initialiser"],
	["optimizer"],
	["optimizer", "kind"],
	["optimizer", "learningRate"],
] as const;

/** The list of choices at a place of a document; undefined where one thing stands there, or nothing. */
function choicesAt(
	document: Readonly<Record<string, unknown>>,
	path: readonly string[],
): readonly unknown[] | undefined {
	let value: unknown = document;
	for (const name of path) {
		if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
		value = (value as Readonly<Record<string, unknown>>)[name]; // An object that is no array, as just checked.
	}
	if (!Array.isArray(value)) return undefined;
	// One network's widths are a list, too.
	return path[1] === "hidden" && !value.some(Array.isArray) ? undefined : value;
}

function replacedAt(
	document: Readonly<Record<string, unknown>>,
	[name, ...rest]: readonly string[],
	value: unknown,
): Readonly<Record<string, unknown>> {
	const inner = document[name!] as Readonly<Record<string, unknown>>; // `choicesAt` went this way.
	return { ...document, [name!]: rest.length === 0 ? value : replacedAt(inner, rest, value) };
}

/** What a person tells a choice by: "moons", "64×64", "kaiming", "adam", "rate 0.01". */
function titleOf(path: readonly string[], choice: unknown): string {
	const named = (value: unknown): string => {
		if (Array.isArray(value)) return value.join("×");
		if (typeof value !== "object" || value === null) return String(value);
		return Object.values(value).map(named).join(" ");
	};
	return path[1] === "learningRate" ? `rate ${named(choice)}` : named(choice).slice(0, 60);
}

/** Where no learning rate is asked for, each activation gets its own. */
function tuningFor(
	study: Readonly<Record<string, unknown>>,
	{ kind }: StudyOptimizer,
	epochs: number,
	seeds: number,
): StudyTuning | undefined {
	if (study.tuning === false) return undefined;
	if (study.tuning !== undefined) return tuningAt(study.tuning, epochs, seeds);
	const { learningRate } = (study.optimizer ?? {}) as { readonly learningRate?: unknown }; // `optimizerAt` has read it.
	if (learningRate !== undefined) return undefined;
	return tuningAt(
		{ learningRates: AROUND.map((factor) => Number((factor * RATES[kind]).toPrecision(12))) },
		epochs,
		seeds,
	);
}

function tuningAt(value: unknown, epochs: number, seeds: number): StudyTuning {
	const given = objectAt(value, "tuning", studyFields.tuning);
	const rates = listAt(given.learningRates, "tuning.learningRates", studyLimits.learningRates).map((rate, i) =>
		numberAt(rate, `tuning.learningRates[${i}]`, studyLimits.learningRate),
	);
	const twice = rates.find((rate, i) => rates.indexOf(rate) !== i);
	if (twice !== undefined) throw new RangeError(`tuning.learningRates must differ, got ${twice} twice`);
	return {
		learningRates: rates,
		epochs: given.epochs === undefined ? epochs : wholeAt(given.epochs, "tuning.epochs", [1, epochs]),
		seeds: given.seeds === undefined ? Math.min(2, seeds) : wholeAt(given.seeds, "tuning.seeds", [1, seeds]),
	};
}

/** What is read of a value that may be missing. */
function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
	return value === undefined ? undefined : read(value);
}

/** A study of these activations with the usual settings: the digits, two hidden layers of 32, Adam. */
export function defaultStudy(activations: readonly StudyActivation[]): Study {
	return parseStudy({
		name: activations
			.map(({ label }) => label)
			.join(" · ")
			.slice(0, 200),
		activations,
	});
}

/** An activation of the catalog as a study names it, with its defaults. */
export function studyActivation(id: string): StudyActivation {
	return activationAt(id, 0);
}

function activationAt(value: unknown, index: number): StudyActivation {
	const field = `activations[${index}]`;
	if (typeof value === "string") return activationAt({ id: value }, index);
	const given = objectAt(value, field, ["id", "parameters", "source", "language", "label"]);
	const id = textAt(given.id, `${field}.id`, 200);
	const parameters = parametersAt(given.parameters, `${field}.parameters`);
	if (id === "custom") {
		const source = textAt(given.source, `${field}.source`, MAX_SOURCE);
		const language = given.language === undefined ? {} : { language: languageAt(given.language, `${field}.language`) };
		return { id, parameters, source, ...language, label: labelAt(given.label, field, "custom", parameters) };
	}
	for (const name of ["source", "language"]) {
		if (given[name] !== undefined)
			throw new TypeError(`${field}.${name} goes with the id "custom", got the id ${shown(id)}`);
	}
	const activation = findActivation(id);
	if (!activation) {
		throw new RangeError(
			`${field}.id must be an activation of the catalog (${catalog.length} ids such as "relu"), got ${shown(id)}`,
		);
	}
	const names = activation.parameters.map(({ name }) => name);
	const unknown = Object.keys(parameters).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		const has = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
		throw new RangeError(`${field}.parameters: ${activation.id} has no parameter ${shown(unknown)}; ${has}`);
	}
	return { id: activation.id, parameters, label: labelAt(given.label, field, activation.name, parameters) };
}

function languageAt(value: unknown, field: string): string {
	const known = languageIds.find((id) => id === value);
	if (!known) throw new RangeError(`${field} must be one of ${languageIds.join(", ")}, got ${shown(value)}`);
	return known;
}

function labelAt(value: unknown, field: string, name: string, parameters: Readonly<Record<string, number>>): string {
	if (value !== undefined) return textAt(value, `${field}.label`, 100);
	const written = Object.entries(parameters).map(([key, number]) => `${key}=${number}`);
	return written.length === 0 ? name : `${name} (${written.join(", ")})`;
}

function parametersAt(value: unknown, field: string): Readonly<Record<string, number>> {
	if (value === undefined) return {};
	const given = objectAt(value, field);
	return Object.fromEntries(
		Object.entries(given).map(([name, number]) => {
			if (number === "Infinity") return [name, Number.POSITIVE_INFINITY];
			if (typeof number !== "number") throw new TypeError(`${field}.${name} must be a number, got ${shown(number)}`);
			return [name, number];
		}),
	);
}

function dataAt(value: unknown): StudyData {
	if (value === undefined) return { kind: "digits" };
	if (typeof value === "string") return dataAt({ kind: value });
	const given = objectAt(value, "data", ["kind", ...new Set(Object.values(DATA_FIELDS).flat())]);
	const kind = choiceAt(given.kind, "data.kind", DATA);
	const extra = Object.keys(given).find((name) => name !== "kind" && !DATA_FIELDS[kind].includes(name));
	if (extra !== undefined) throw new TypeError(`data.${extra} does not go with data.kind ${shown(kind)}`);
	const path = (name: string) => textAt(given[name], `data.${name}`, 4096);
	const name = (field: string) => textAt(given[field], `data.${field}`, 1000);
	const task = () => (given.task === undefined ? "classification" : choiceAt(given.task, "data.task", TASKS));
	switch (kind) {
		case "digits":
			return { kind };
		case "csv":
			return { kind, path: path("path"), target: name("target"), task: task() };
		case "npy":
			return { kind, inputs: path("inputs"), targets: path("targets"), task: task() };
		case "npz":
			return { kind, path: path("path"), inputs: name("inputs"), targets: name("targets"), task: task() };
		case "idx":
			return { kind, images: path("images"), labels: path("labels") };
		default:
			return {
				kind,
				samples: given.samples === undefined ? 500 : wholeAt(given.samples, "data.samples", studyLimits.samples),
				noise: given.noise === undefined ? 0.1 : numberAt(given.noise, "data.noise", studyLimits.noise),
			};
	}
}

function networkAt(value: unknown): StudyNetwork {
	const given = value === undefined ? {} : objectAt(value, "network", studyFields.network);
	const hidden =
		given.hidden === undefined ? [32, 32] : listAt(given.hidden, "network.hidden", studyLimits.hiddenLayers);
	const norm = given.norm === undefined ? "none" : choiceAt(given.norm, "network.norm", NORMS);
	const residual = given.residual === undefined ? false : truthAt(given.residual, "network.residual");
	const dropout = given.dropout === undefined ? 0 : numberAt(given.dropout, "network.dropout", studyLimits.dropout);
	return {
		hidden: hidden.map((width, i) => wholeAt(width, `network.hidden[${i}]`, studyLimits.width)),
		initialiser:
			given.initialiser === undefined ? "auto" : choiceAt(given.initialiser, "network.initialiser", INITIALISERS),
		...(norm === "none" ? {} : { norm }),
		...(residual ? { residual } : {}),
		...(dropout > 0 ? { dropout } : {}),
	};
}

function optimizerAt(value: unknown): StudyOptimizer {
	const given = value === undefined ? {} : objectAt(value, "optimizer", studyFields.optimizer);
	const kind = given.kind === undefined ? "adam" : choiceAt(given.kind, "optimizer.kind", OPTIMIZERS);
	const number = (name: "weightDecay" | "clip") =>
		given[name] === undefined ? {} : { [name]: numberAt(given[name], `optimizer.${name}`, studyLimits[name]) };
	return {
		kind,
		learningRate:
			given.learningRate === undefined
				? RATES[kind]
				: numberAt(given.learningRate, "optimizer.learningRate", studyLimits.learningRate),
		...number("weightDecay"),
		...number("clip"),
		...(given.schedule === undefined ? {} : { schedule: scheduleAt(given.schedule) }),
	};
}

function scheduleAt(value: unknown): StudySchedule {
	if (typeof value === "string") return scheduleAt({ kind: value });
	const given = objectAt(value, "optimizer.schedule", studyFields.schedule);
	const kind = choiceAt(given.kind, "optimizer.schedule.kind", SCHEDULES);
	if (given.warmup === undefined) return { kind };
	return { kind, warmup: numberAt(given.warmup, "optimizer.schedule.warmup", studyLimits.warmup) };
}

function truthAt(value: unknown, field: string): boolean {
	if (typeof value !== "boolean") throw new TypeError(`${field} must be true or false, got ${shown(value)}`);
	return value;
}

function objectAt(value: unknown, field: string, names?: readonly string[]): Readonly<Record<string, unknown>> {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new TypeError(`${field} must be an object, got ${shown(value)}`);
	}
	const unknown = names && Object.keys(value).find((name) => !names.includes(name));
	if (unknown !== undefined)
		throw new TypeError(`${field} has no field ${shown(unknown)}; it has ${names!.join(", ")}`);
	return value as Readonly<Record<string, unknown>>; // An object that is no array, as just checked.
}

function listAt(value: unknown, field: string, [least, most]: readonly [number, number]): readonly unknown[] {
	if (!Array.isArray(value)) throw new TypeError(`${field} must be a list, got ${shown(value)}`);
	if (value.length < least || value.length > most) {
		throw new RangeError(`${field} must have ${least}…${most} entries, got ${value.length}`);
	}
	return value;
}

function numberAt(value: unknown, field: string, [least, most]: readonly [number, number]): number {
	if (typeof value !== "number") throw new TypeError(`${field} must be a number, got ${shown(value)}`);
	if (!(value >= least && value <= most)) throw new RangeError(`${field} must be ${least}…${most}, got ${value}`);
	return value;
}

function wholeAt(value: unknown, field: string, limits: readonly [number, number]): number {
	if (typeof value === "number" && !Number.isInteger(value)) {
		throw new RangeError(`${field} must be a whole number, got ${value}`);
	}
	return numberAt(value, field, limits);
}

function textAt(value: unknown, field: string, longest: number): string {
	if (typeof value !== "string") throw new TypeError(`${field} must be a text, got ${shown(value)}`);
	if (value.length > longest)
		throw new RangeError(`${field} must have at most ${longest} characters, got ${value.length}`);
	return value;
}

function choiceAt<const Choice extends string>(value: unknown, field: string, choices: readonly Choice[]): Choice {
	const found = choices.find((choice) => choice === value);
	if (found === undefined) throw new RangeError(`${field} must be one of ${choices.join(", ")}, got ${shown(value)}`);
	return found;
}

function distinct(seeds: readonly number[]): readonly number[] {
	const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
	if (twice !== undefined) throw new RangeError(`seeds must differ, got ${twice} twice`);
	return seeds;
}

/** A value for a message: short, and told apart from text of the message. */
function shown(value: unknown): string {
	if (value === undefined) return "nothing";
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
