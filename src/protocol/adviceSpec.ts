import { type TieBreak, tieBreaks } from "../core/advice/advise.ts";
import type { Situation } from "../core/advice/candidate.ts";
import { partSizes, type TableShape } from "../core/training/table.ts";
import { shown } from "./shown.ts";
import type { Study, StudyActivation, StudyData } from "./study.ts";
import { parseStudy } from "./studyDocument.ts";
import { studyLimits } from "./studyLimits.ts";
import { type Machine, type StudyWork, workOf } from "./studyWork.ts";

/** What advice is asked about: the document of `advise`, and the answers to the questions of `Which Activation?`. */
export interface AdviceSpec {
	readonly situation: Situation;
	readonly candidates: readonly StudyActivation[];
	/** What decides where no difference is shown. */
	readonly tieBreak: TieBreak;
	/** Null for an answer from facts alone. */
	readonly data: StudyData | null;
	/** Training ends after this long, whatever is left, 1…3600. */
	readonly seconds: number;
}

/** What most people choose between, in the order of their introduction. */
export const usualCandidates = [
	"sigmoid",
	"tanh",
	"softplus",
	"relu",
	"leaky_relu",
	"elu",
	"gelu",
	"selu",
	"silu",
	"hard_swish",
	"mish",
] as const;

export const adviceDtypes = ["float32", "float16", "bfloat16", "float64"] as const;
export const adviceLimits = { depth: [1, 1000], width: studyLimits.width, seconds: [1, 3600] } as const;

/** The fields of the document. */
export const adviceFields = [
	"$schema",
	"version",
	"dtype",
	"depth",
	"width",
	"plain",
	"candidates",
	"matters",
	"data",
	"seconds",
];

/**
 * The question that a document of unknown shape asks. `data` and `candidates` are as in a study. What is missing takes
 * its default; what is wrong throws a RangeError or TypeError that names the field, what was expected and what was found.
 */
export function parseAdviceSpec(document: unknown): AdviceSpec {
	if (typeof document !== "object" || document === null || Array.isArray(document)) {
		throw new TypeError(`the spec must be an object, got ${shown(document)}`);
	}
	const spec = document as Readonly<Record<string, unknown>>; // An object that is no array, as just checked.
	const unknown = Object.keys(spec).find((name) => !adviceFields.includes(name));
	if (unknown !== undefined)
		throw new TypeError(`the spec has no field ${shown(unknown)}; it has ${adviceFields.join(", ")}`);
	if (spec.version !== undefined && spec.version !== 1) {
		throw new RangeError(`version must be 1, got ${shown(spec.version)}`);
	}
	const { plain = true } = spec;
	if (typeof plain !== "boolean") throw new TypeError(`plain must be true or false, got ${shown(plain)}`);
	return {
		situation: {
			dtype: choiceAt(spec.dtype ?? "float32", "dtype", adviceDtypes),
			depth: wholeAt(spec.depth ?? 3, "depth", adviceLimits.depth),
			width: wholeAt(spec.width ?? 32, "width", adviceLimits.width),
			plain,
		},
		candidates: candidatesAt(spec.candidates ?? usualCandidates),
		tieBreak: choiceAt(spec.matters ?? "cost", "matters", tieBreaks),
		data: spec.data === undefined || spec.data === null ? null : dataAt(spec.data),
		seconds: numberAt(spec.seconds ?? 60, "seconds", adviceLimits.seconds),
	};
}

/** The door of a study knows what its activations may be; its messages name the field as it is called there. */
function candidatesAt(value: unknown): readonly StudyActivation[] {
	return renamed(() => parseStudy({ activations: value }).activations);
}

function dataAt(value: unknown): StudyData {
	return renamed(() => parseStudy({ activations: ["relu"], data: value }).data);
}

function renamed<T>(parse: () => T): T {
	try {
		return parse();
	} catch (error) {
		throw new RangeError(
			(error instanceof Error ? error.message : String(error)).replace(/^activations/, "candidates"),
		);
	}
}

/** A study for advice, and how much there is to do for it. */
export interface AdviceStudy {
	readonly study: Study;
	readonly work: StudyWork;
}

/** Seeds and epochs from the most to the least that is asked for; five seeds are the fewest that can be compared. */
const BUDGETS = [
	[10, 30],
	[10, 20],
	[10, 10],
	[5, 20],
	[5, 10],
	[5, 5],
	[5, 2],
	[5, 1],
] as const;
/** Fewer layers than these stand for a network whose normalisation or residual connections a study does not have. */
const PLAIN_STAND_IN = 3;
/** A study that is thought to take longer than this share of its limit is made smaller. */
const SHARE_OF_LIMIT = 1 / 3;

/**
 * The study that tells the candidates apart on `table`: the situation's network, each activation with its own gain and its
 * own learning rate, found as studies do by default, the same seeds and epochs for all, as many of them as `spec.seconds`
 * leaves room for on that machine.
 */
export function adviceStudy(
	{ situation, candidates, data, seconds }: AdviceSpec,
	table: TableShape,
	machine: Machine,
	name: string,
): AdviceStudy {
	const { depth, width, plain } = situation;
	const layers = Math.min(plain ? depth : Math.min(depth, PLAIN_STAND_IN), studyLimits.hiddenLayers[1]);
	const validation = 0.2;
	const { training } = partSizes(table, { validation, test: 0 });
	const planned = BUDGETS.map(([seeds, epochs]): AdviceStudy => {
		const study = parseStudy({
			name: name.slice(0, 200),
			activations: candidates,
			data,
			network: { depth: layers, width },
			epochs,
			batchSize: Math.max(1, Math.min(32, training)),
			validation,
			seeds: Array.from({ length: seeds }, (_, i) => i),
		});
		return { study, work: workOf(study, table, machine) };
	});
	return planned.find(({ work }) => work.seconds <= SHARE_OF_LIMIT * seconds) ?? planned.at(-1)!;
}

function choiceAt<const Choice extends string>(value: unknown, field: string, choices: readonly Choice[]): Choice {
	const found = choices.find((choice) => choice === value);
	if (found === undefined) throw new RangeError(`${field} must be one of ${choices.join(", ")}, got ${shown(value)}`);
	return found;
}

function numberAt(value: unknown, field: string, [least, most]: readonly [number, number]): number {
	if (typeof value !== "number") throw new TypeError(`${field} must be a number, got ${shown(value)}`);
	if (!(value >= least && value <= most)) throw new RangeError(`${field} must be ${least}…${most}, got ${value}`);
	return value;
}

function wholeAt(value: unknown, field: string, limits: readonly [number, number]): number {
	const number = numberAt(value, field, limits);
	if (!Number.isInteger(number)) throw new RangeError(`${field} must be a whole number, got ${number}`);
	return number;
}
