/** The settings of a training run as a document has them: which fields there are, and what each may hold. */
import type { Clipping } from "../core/training/clip.ts";
import type { Initialiser, InitialiserSettings } from "../core/training/initialise.ts";
import type { LossKind, LossSettings } from "../core/training/loss.ts";
import type { OptimizerSettings } from "../core/training/optimizer.ts";
import type { Schedule } from "../core/training/schedule.ts";
import { shown } from "../protocol/shown.ts";
import { choiceAt, type Fields, flagAt, listAt, numberAt, type Reader, readAt, wholeAt } from "./fields.ts";
import { Misuse } from "./io.ts";

/** No longer than this, in steps: what no run reaches. */
const MAX_STEPS = 1e9;

const notNegative: Reader<number> = (value, field) => numberAt(value, field, 0);
const anyNumber: Reader<number> = (value, field) => numberAt(value, field);
const share: Reader<number> = (value, field) => numberAt(value, field, 0, 1);
const steps: Reader<number> = (value, field) => wholeAt(value, field, 1, MAX_STEPS);
const seed: Reader<number> = (value, field) => wholeAt(value, field, 0, 2 ** 32 - 1);
const name: Reader<unknown> = (value) => value; // Chosen before, as it says which fields there are.
const betas: Reader<readonly [number, number]> = (value, field) => {
	const [first, second] = listAt(value, field, 2).map((one, i) => {
		const beta = numberAt(one, `${field}[${i}]`, 0);
		if (beta >= 1) throw new Misuse(`${field}[${i}] must be at least 0 and below 1, got ${beta}`);
		return beta;
	});
	return [first!, second!];
};

type Readers = Readonly<Record<string, Reader<unknown>>>;

const ADAM = { name, lr: notNegative, betas, eps: notNegative, weight_decay: notNegative, amsgrad: flagAt };

/** The fields of each kind of setting by its name: the published schema has the same ones. */
export const settingFields = {
	loss: {
		mse: { name },
		bce_with_logits: { name },
		cross_entropy: { name, label_smoothing: share },
	} satisfies Readonly<Record<LossKind, Readers>>,
	optimizer: {
		sgd: {
			name,
			lr: notNegative,
			momentum: notNegative,
			dampening: anyNumber,
			weight_decay: notNegative,
			nesterov: flagAt,
		},
		adam: ADAM,
		adamw: ADAM,
		rmsprop: {
			name,
			lr: notNegative,
			alpha: notNegative,
			eps: notNegative,
			weight_decay: notNegative,
			momentum: notNegative,
			centered: flagAt,
		},
		adagrad: {
			name,
			lr: notNegative,
			lr_decay: notNegative,
			eps: notNegative,
			weight_decay: notNegative,
			initial_accumulator_value: notNegative,
		},
	} satisfies Readonly<Record<OptimizerSettings["name"], Readers>>,
	schedule: {
		constant: { name, warmup: warmupAt },
		step: { name, warmup: warmupAt, step_size: steps, gamma: notNegative },
		cosine: { name, warmup: warmupAt, T_max: steps, eta_min: notNegative },
	} satisfies Readonly<Record<Schedule["name"], Readers>>,
	clipping: {
		norm: { name, max_norm: notNegative },
		value: { name, clip_value: notNegative },
	} satisfies Readonly<Record<Clipping["name"], Readers>>,
};

export const warmupFields = { total_iters: steps, start_factor: share };

const INITIALISERS: Readonly<Record<Initialiser, true>> = {
	auto: true,
	pytorch: true,
	xavier: true,
	"xavier-normal": true,
	kaiming: true,
	"kaiming-uniform": true,
	lecun: true,
	orthogonal: true,
};

export const initialiserNames = Object.keys(INITIALISERS) as Initialiser[]; // The record holds each of them.
export const initialiserFields = { name, gain: gainAt, seed };

export function lossAt(value: unknown): LossSettings {
	if (typeof value === "string") return { name: choiceAt(value, "loss", namesOf(settingFields.loss)) };
	return settingsAt(value, "loss", settingFields.loss, []) as LossSettings; // Read by the fields of its name.
}

/** PyTorch refuses Nesterov's momentum without a momentum, or with dampening. */
export function optimizerAt(value: unknown): OptimizerSettings {
	const settings = settingsAt(value, "optimizer", settingFields.optimizer, ["lr"]) as OptimizerSettings; // As above.
	if (settings.name !== "sgd" || !settings.nesterov) return settings;
	const { momentum = 0, dampening = 0 } = settings;
	if (momentum === 0) throw new Misuse(`optimizer.momentum must be above 0 with nesterov, got ${momentum}`);
	if (dampening !== 0) throw new Misuse(`optimizer.dampening must be 0 with nesterov, got ${dampening}`);
	return settings;
}

export function scheduleAt(value: unknown): Schedule {
	return settingsAt(value, "schedule", settingFields.schedule, ["step_size", "T_max"]) as Schedule; // As above.
}

export function clippingAt(value: unknown): Clipping {
	return settingsAt(value, "clipping", settingFields.clipping, ["max_norm", "clip_value"]) as Clipping; // As above.
}

export function initialiserAt(value: unknown): InitialiserSettings {
	const { name: chosen, ...rest } = readAt(value, "init", initialiserFields, ["name"]);
	return { name: choiceAt(chosen, "init.name", initialiserNames), ...rest };
}

function gainAt(value: unknown, field: string): number | "auto" {
	return value === "auto" ? value : numberAt(value, field, 0);
}

function warmupAt(value: unknown, field: string): unknown {
	return readAt(value, field, warmupFields, ["total_iters"]);
}

/** Settings whose name says which fields they have; those in `required` must be there where they are known. */
function settingsAt(
	value: unknown,
	field: string,
	kinds: Readonly<Record<string, Readers>>,
	required: readonly string[],
): unknown {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new Misuse(`${field} must be an object, got ${shown(value)}`);
	}
	const chosen = choiceAt((value as Fields).name, `${field}.name`, namesOf(kinds));
	const readers = kinds[chosen]!;
	return readAt(
		value,
		field,
		readers,
		required.filter((one) => one in readers),
	);
}

function namesOf<Name extends string>(kinds: Readonly<Record<Name, unknown>>): readonly Name[] {
	return Object.keys(kinds) as Name[]; // A record's own keys.
}
