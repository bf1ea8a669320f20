import { catalog, findActivation } from "../core/activations/catalog.ts";
import { languageIds } from "../core/reading/readSource.ts";
import { dataTitle } from "./dataTitle.ts";
import { shown } from "./shown.ts";
import type {
	Study,
	StudyActivation,
	StudyData,
	StudyNetwork,
	StudyOptimizer,
	StudySchedule,
	StudyTuning,
} from "./study.ts";
import { StudyError } from "./studyError.ts";
import { dataFields, MAX_SOURCE, studyChoices, studyFields, studyLimits } from "./studyLimits.ts";

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
const DEFAULT_DEPTH = 2;
const DEFAULT_WIDTH = 32;
const MAX_NAME = 200;
const DATA_KINDS = Object.keys(dataFields) as readonly StudyData["kind"][]; // The keys are those of the table.

/**
 * A study from a document of unknown shape. What is missing takes its default (`defaultStudy`); what is wrong throws a
 * StudyError that names the field, what was expected and what was found.
 */
export function parseStudy(document: unknown): Study {
	const study = objectAt(document, "study", studyFields.study);
	if (study.version !== undefined && study.version !== 1) {
		throw new StudyError("version", "{0} must be {1}, got {2}", 1, shown(study.version));
	}
	const activations = listAt(study.activations, "activations", studyLimits.activations).map(activationAt);
	const labels = new Set<string>();
	for (const { label } of activations) {
		if (labels.has(label)) {
			throw new StudyError("activations", "{0} must have different labels, got {1} twice", shown(label));
		}
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
	const precision = optional(study.precision, (value) => choiceAt(value, "precision", studyChoices.precisions));
	const optimizer = optimizerAt(study.optimizer);
	const tuning = tuningFor(study, optimizer, epochs, seeds.length);
	const data = dataAt(study.data);
	const name = study.name === undefined ? "" : textAt(study.name, "name", MAX_NAME);
	return {
		version: 1,
		name: name || [...labels, dataTitle(data)].join(" · ").slice(0, MAX_NAME),
		activations,
		data,
		network: networkAt(study.network),
		optimizer,
		epochs,
		batchSize: study.batchSize === undefined ? 32 : wholeAt(study.batchSize, "batchSize", studyLimits.batchSize),
		seeds: distinct(seeds.map((seed, i) => wholeAt(seed, `seeds[${i}]`, studyLimits.seed))),
		validation,
		...test,
		...(smoothing === undefined ? {} : { labelSmoothing: smoothing }),
		...(precision === undefined ? {} : { precision }),
		...(tuning === undefined ? {} : { tuning }),
	};
}

/**
 * The studies that a document stands for. `data`, `network`, `network.hidden` (a list of lists), `network.depth`,
 * `network.width`, `network.initialiser`, `optimizer`, `optimizer.kind` and `optimizer.learningRate` may each be a list:
 * then there is a study for every combination, named by what differs, too. Throws as `parseStudy`.
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
			if (choices.length === 0) throw new StudyError(path.join("."), "{0} must have at least 1 entry, got 0");
			return choices.map((choice) => ({
				value: replacedAt(value, path, choice),
				// A study that has no name of its own is called after its data.
				title: choices.length === 1 || (path[0] === "data" && !given.name) ? title : [...title, titleOf(path, choice)],
			}));
		});
		if (documents.length > studyLimits.grid[1]) {
			const most = studyLimits.grid[1];
			throw new StudyError("a document", "{0} must stand for at most {1} studies, got {2}", most, documents.length);
		}
	}
	return documents.map(({ value, title }) => {
		const study = parseStudy(value);
		return { ...study, name: [study.name, ...title].join(" · ").slice(0, MAX_NAME) };
	});
}

const GRID_PATHS = [
	["data"],
	["network"],
	["network", "hidden"],
	["network", "depth"],
	["network", "width"],
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

/** What a person tells a choice by: "moons", "64×64 residual", "depth 8", "kaiming", "adam rate 0.01". */
function titleOf([factor, field]: readonly string[], choice: unknown): string {
	const named = (value: unknown, name = ""): string => {
		if (Array.isArray(value)) return value.join("×");
		if (typeof value === "object" && value !== null) {
			const parts = Object.entries(value).map(([inner, one]) => named(one, inner));
			return parts.filter((part) => part !== "").join(" ");
		}
		if (typeof value === "boolean") return value ? name : "";
		// The numbers of a set that is drawn need no names.
		const isNamed = typeof value === "number" && factor !== "data";
		return isNamed ? `${name === "learningRate" ? "rate" : name} ${value}` : String(value);
	};
	// A network or optimizer may say nothing, and be the usual one.
	return named(choice, field).slice(0, 60) || "usual";
}

/** Where no learning rate is asked for, each activation gets its own. */
function tuningFor(
	study: Readonly<Record<string, unknown>>,
	{ kind }: StudyOptimizer,
	epochs: number,
	seeds: number,
): StudyTuning | undefined {
	if (study.tuning === false) return undefined;
	const { learningRate } = (study.optimizer ?? {}) as { readonly learningRate?: unknown }; // `optimizerAt` has read it.
	if (study.tuning === undefined && learningRate !== undefined) return undefined;
	const usual = AROUND.map((factor) => Number((factor * RATES[kind]).toPrecision(12)));
	return tuningAt(study.tuning ?? {}, usual, epochs, seeds);
}

function tuningAt(value: unknown, usual: readonly number[], epochs: number, seeds: number): StudyTuning {
	const given = objectAt(value, "tuning", studyFields.tuning);
	const rates = listAt(
		given.learningRates === undefined ? usual : given.learningRates,
		"tuning.learningRates",
		studyLimits.learningRates,
	).map((rate, i) => numberAt(rate, `tuning.learningRates[${i}]`, studyLimits.learningRate));
	const twice = rates.find((rate, i) => rates.indexOf(rate) !== i);
	if (twice !== undefined) throw new StudyError("tuning.learningRates", "{0} must differ, got {1} twice", twice);
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
		if (given[name] !== undefined) {
			throw new StudyError(`${field}.${name}`, '{0} goes with the id "custom", got the id {1}', shown(id));
		}
	}
	const activation = findActivation(id);
	if (!activation) {
		const complaint = '{0} must be an activation of the catalog ({1} ids such as "relu"), got {2}';
		throw new StudyError(`${field}.id`, complaint, catalog.length, shown(id));
	}
	const names = activation.parameters.map(({ name }) => name);
	const unknown = Object.keys(parameters).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		const [at, what] = [`${field}.parameters`, shown(unknown)];
		if (names.length === 0) {
			throw new StudyError(at, "{0}: {1} has no parameter {2}; it has none", activation.id, what);
		}
		const has = names.join(", ");
		throw new StudyError(at, "{0}: {1} has no parameter {2}; it has {3}", activation.id, what, has);
	}
	return { id: activation.id, parameters, label: labelAt(given.label, field, activation.name, parameters) };
}

function languageAt(value: unknown, field: string): string {
	return choiceAt(value, field, languageIds);
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
			if (typeof number !== "number") {
				throw new StudyError(`${field}.${name}`, "{0} must be a number, got {1}", shown(number));
			}
			return [name, number];
		}),
	);
}

function dataAt(value: unknown): StudyData {
	if (value === undefined) return { kind: "digits" };
	if (typeof value === "string") return dataAt({ kind: value });
	const given = objectAt(value, "data", ["kind", ...new Set<string>(Object.values(dataFields).flat())]);
	const kind = choiceAt(given.kind, "data.kind", DATA_KINDS);
	const fields: readonly string[] = dataFields[kind];
	const extra = Object.keys(given).find((name) => name !== "kind" && !fields.includes(name));
	if (extra !== undefined) {
		throw new StudyError(`data.${extra}`, "{0} does not go with {1} {2}", "data.kind", shown(kind));
	}
	const path = (name: string) => textAt(given[name], `data.${name}`, 4096);
	const name = (field: string) => textAt(given[field], `data.${field}`, 1000);
	const task = () =>
		given.task === undefined ? "classification" : choiceAt(given.task, "data.task", studyChoices.tasks);
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
	const norm = given.norm === undefined ? "none" : choiceAt(given.norm, "network.norm", studyChoices.norms);
	const residual = given.residual === undefined ? false : truthAt(given.residual, "network.residual");
	const dropout = given.dropout === undefined ? 0 : numberAt(given.dropout, "network.dropout", studyLimits.dropout);
	return {
		hidden: hiddenAt(given),
		initialiser:
			given.initialiser === undefined
				? "auto"
				: choiceAt(given.initialiser, "network.initialiser", studyChoices.initialisers),
		...(norm === "none" ? {} : { norm }),
		...(residual ? { residual } : {}),
		...(dropout > 0 ? { dropout } : {}),
	};
}

/** Widths one by one, or so many layers of one width. */
function hiddenAt(network: Readonly<Record<string, unknown>>): readonly number[] {
	const { hidden, depth, width } = network;
	if (hidden === undefined) {
		const layers = depth === undefined ? DEFAULT_DEPTH : wholeAt(depth, "network.depth", studyLimits.hiddenLayers);
		const units = width === undefined ? DEFAULT_WIDTH : wholeAt(width, "network.width", studyLimits.width);
		return Array.from({ length: layers }, () => units);
	}
	for (const name of ["depth", "width"]) {
		if (network[name] === undefined) continue;
		throw new StudyError(`network.${name}`, "{0} does not go with {1} {2}", "network.hidden", shown(hidden));
	}
	return listAt(hidden, "network.hidden", studyLimits.hiddenLayers).map((units, i) =>
		wholeAt(units, `network.hidden[${i}]`, studyLimits.width),
	);
}

function optimizerAt(value: unknown): StudyOptimizer {
	const given = value === undefined ? {} : objectAt(value, "optimizer", studyFields.optimizer);
	const kind = given.kind === undefined ? "adam" : choiceAt(given.kind, "optimizer.kind", studyChoices.optimizers);
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
	const kind =
		given.kind === undefined ? "constant" : choiceAt(given.kind, "optimizer.schedule.kind", studyChoices.schedules);
	if (given.warmup === undefined) return { kind };
	return { kind, warmup: numberAt(given.warmup, "optimizer.schedule.warmup", studyLimits.warmup) };
}

function truthAt(value: unknown, field: string): boolean {
	if (typeof value !== "boolean") throw new StudyError(field, "{0} must be true or false, got {1}", shown(value));
	return value;
}

function objectAt(value: unknown, field: string, names?: readonly string[]): Readonly<Record<string, unknown>> {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new StudyError(field, "{0} must be an object, got {1}", shown(value));
	}
	const unknown = names && Object.keys(value).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		throw new StudyError(field, "{0} has no field {1}; it has {2}", shown(unknown), names!.join(", "));
	}
	return value as Readonly<Record<string, unknown>>; // An object that is no array, as just checked.
}

function listAt(value: unknown, field: string, [least, most]: readonly [number, number]): readonly unknown[] {
	if (!Array.isArray(value)) throw new StudyError(field, "{0} must be a list, got {1}", shown(value));
	if (value.length < least || value.length > most) {
		throw new StudyError(field, "{0} must have {1}…{2} entries, got {3}", least, most, value.length);
	}
	return value;
}

function numberAt(value: unknown, field: string, [least, most]: readonly [number, number]): number {
	if (typeof value !== "number") throw new StudyError(field, "{0} must be a number, got {1}", shown(value));
	if (!(value >= least && value <= most)) {
		throw new StudyError(field, "{0} must be {1}…{2}, got {3}", least, most, value);
	}
	return value;
}

function wholeAt(value: unknown, field: string, limits: readonly [number, number]): number {
	if (typeof value === "number" && !Number.isInteger(value)) {
		throw new StudyError(field, "{0} must be a whole number, got {1}", value);
	}
	return numberAt(value, field, limits);
}

function textAt(value: unknown, field: string, longest: number): string {
	if (typeof value !== "string") throw new StudyError(field, "{0} must be a text, got {1}", shown(value));
	if (value.length > longest) {
		throw new StudyError(field, "{0} must have at most {1} characters, got {2}", longest, value.length);
	}
	return value;
}

function choiceAt<const Choice extends string>(value: unknown, field: string, choices: readonly Choice[]): Choice {
	const found = choices.find((choice) => choice === value);
	if (found === undefined) {
		throw new StudyError(field, "{0} must be one of {1}, got {2}", choices.join(", "), shown(value));
	}
	return found;
}

function distinct(seeds: readonly number[]): readonly number[] {
	const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
	if (twice !== undefined) throw new StudyError("seeds", "{0} must differ, got {1} twice", twice);
	return seeds;
}
