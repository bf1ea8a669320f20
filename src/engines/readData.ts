import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { generate } from "../core/training/table.ts";
import type { StudyData } from "../protocol/study.ts";
import type { StudyTable } from "../protocol/trainer.ts";
import { readIdx, readNpy, readNpz } from "./readArrays.ts";
import { readCsv } from "./readCsv.ts";

const DIGITS_SHA256 = "68aea062d35a127749050fa0e52dca09d6569ac08092c925610e0954e172dde2";

/** Where data come from: the folder of the shipped data sets, and the folder that relative paths start from. */
export interface DataFolders {
	readonly shipped: string;
	readonly base: string;
}

/**
 * The data that a study names. Generated sets come from `seed`, the digits from the extension, the others from files.
 * Throws an Error with one sentence that says what was expected and found, before any training: no such file, too large,
 * damaged, no such column or array, a value that is no finite number, fewer than 10 samples, one class, too many.
 */
export async function readStudyData(data: StudyData, folders: DataFolders, seed: number): Promise<StudyTable> {
	const absolute = (path: string) => absolutePath(path, folders);
	switch (data.kind) {
		case "digits":
			return readDigits(folders.shipped);
		case "csv":
			return readCsv(absolute(data.path), data.target, data.task);
		case "npy":
			return readNpy(absolute(data.inputs), absolute(data.targets), data.task);
		case "npz":
			return readNpz(absolute(data.path), data.inputs, data.targets, data.task);
		case "idx":
			return readIdx(absolute(data.images), absolute(data.labels));
		default:
			return generate(data.kind, data.samples, data.noise, seed);
	}
}

/** What tells a version of the data's files from another, a text each; "" for one that is not there. */
export function stampsOf(data: StudyData, folders: DataFolders): Promise<readonly string[]> {
	const stamps = filesOf(data).map((path) =>
		stat(absolutePath(path, folders)).then(
			({ mtimeMs, size }) => `${mtimeMs} ${size}`,
			() => "",
		),
	);
	return Promise.all(stamps);
}

function filesOf(data: StudyData): readonly string[] {
	switch (data.kind) {
		case "csv":
		case "npz":
			return [data.path];
		case "npy":
			return [data.inputs, data.targets];
		case "idx":
			return [data.images, data.labels];
		default:
			return [];
	}
}

function absolutePath(path: string, { base }: DataFolders): string {
	return isAbsolute(path) ? path : resolve(base, path);
}

/** The 8×8 handwritten digits: 1,797 samples of 64 pixels 0…16. */
async function readDigits(folder: string): Promise<StudyTable> {
	const bytes = gunzipSync(await readFile(join(folder, "digits.bin.gz")));
	if (createHash("sha256").update(bytes).digest("hex") !== DIGITS_SHA256) {
		throw new Error("the digits data set that came with the extension is damaged; install the extension again");
	}
	const samples = bytes.length / 65;
	const inputs = new Float64Array(samples * 64);
	const targets = new Float64Array(samples);
	for (let i = 0; i < samples; i++) {
		inputs.set(bytes.subarray(i * 65, i * 65 + 64), i * 64);
		targets[i] = bytes[i * 65 + 64];
	}
	return {
		task: "classification",
		inputs,
		targets,
		samples,
		features: 64,
		classes: 10,
		featureNames: Array.from({ length: 64 }, (_, i) => `pixel ${i}`),
		classNames: Array.from({ length: 10 }, (_, i) => String(i)),
		sampleShape: [8, 8],
	};
}
