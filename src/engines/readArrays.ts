import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline, type Readable } from "node:stream";
import zlib from "node:zlib";
import type yauzl from "yauzl";
import { readIdxHeader } from "../core/training/data/idx.ts";
import { readNpyHeader } from "../core/training/data/npy.ts";
import {
	ArrayDecoder,
	type ArrayHeader,
	bytesPerValue,
	countOf,
	MAX_HEADER_BYTES,
	shapeText,
} from "../core/training/data/numberArray.ts";
import { quoted } from "../core/training/data/quoted.ts";
import { sharedNumbers } from "../core/training/data/sharedNumbers.ts";
import { checkShapes, tableFromArrays } from "../core/training/data/tableFromArrays.ts";
import { grouped } from "../core/training/data/tableLimits.ts";
import type { StudyTask } from "../protocol/study.ts";
import type { StudyTable } from "../protocol/trainer.ts";
import { checkFile } from "./checkFile.ts";
import { openZip } from "./zipReader.ts";

/** A larger file is refused before it is read. */
const MAX_BYTES = 1024 * 1024 * 1024;
/** More entries than any archive of arrays has; their names are held in memory. */
const MAX_ENTRIES = 10_000;
/** Deflate makes at most 1,032 bytes of one (a match of 258 bytes in two bits); a gzip's frame is in the other bytes. */
const MOST_INFLATION = 1032;
const CHUNK_BYTES = 1024 * 1024;

/** Where the bytes of one array come from; nothing is read before it is asked for. */
interface ArraySource {
	/** What messages call it. */
	readonly name: string;
	/** No more bytes than these come out, so a header that promises more is refused before there is room for it. */
	readonly mostBytes: number;
	/** Whether exactly so many come out. */
	readonly isExact: boolean;
	open(): Promise<Readable>;
	/** CRC-32 of all bytes, where it is known. */
	readonly checksum?: number;
}

type HeaderReader = (bytes: Uint8Array, name: string) => ArrayHeader;

/**
 * Inputs and targets in two .npy files, which may be compressed by gzip. Every failure is an Error with one sentence.
 * What is read is bounded by the files' sizes before anything is allocated; the bytes are decoded as they come.
 */
export async function readNpy(inputs: string, targets: string, task: StudyTask): Promise<StudyTable> {
	return tableOf(await fileSource(inputs), await fileSource(targets), readNpyHeader, task);
}

/** Images and labels in two IDX files, the format of MNIST, which may be compressed by gzip. Fails as `readNpy` does. */
export async function readIdx(images: string, labels: string): Promise<StudyTable> {
	return tableOf(await fileSource(images), await fileSource(labels), readIdxHeader, "classification");
}

/** Two arrays of an .npz archive by their names. Only these are inflated. Fails as `readNpy` does. */
export async function readNpz(path: string, inputs: string, targets: string, task: StudyTask): Promise<StudyTable> {
	const archive = await openArchive(path);
	try {
		return await tableOf(archive.source(inputs), archive.source(targets), readNpyHeader, task);
	} finally {
		archive.close();
	}
}

/** The names of the arrays in an .npz archive, in their order. */
export async function npzNames(path: string): Promise<readonly string[]> {
	const archive = await openArchive(path);
	archive.close();
	return archive.names;
}

/** What a file of data is by its first bytes, looking into a gzip; "csv" where it is none of the others. */
export async function kindOfFile(path: string): Promise<"csv" | "npy" | "npz" | "idx"> {
	const source = await fileSource(path);
	const start = await beginning(source, 6);
	const text = start.toString("latin1");
	if (text.startsWith("PK\x03\x04") || text.startsWith("PK\x05\x06")) return "npz";
	if (text === "\x93NUMPY") return "npy";
	if (start.length >= 4 && start[0] === 0 && start[1] === 0 && start[2] >= 8 && start[2] <= 14) return "idx";
	return "csv";
}

async function tableOf(
	inputs: ArraySource,
	targets: ArraySource,
	readHeader: HeaderReader,
	task: StudyTask,
): Promise<StudyTable> {
	const headers = [await headerOf(inputs, readHeader), await headerOf(targets, readHeader)] as const;
	checkShapes({ name: inputs.name, ...headers[0] }, { name: targets.name, ...headers[1] }, task);
	checkPromise(inputs, headers[0]);
	checkPromise(targets, headers[1]);
	const read = async (source: ArraySource, header: ArrayHeader) => ({
		name: source.name,
		shape: header.shape,
		values: await valuesOf(source, header),
	});
	return tableFromArrays(await read(inputs, headers[0]), await read(targets, headers[1]), task);
}

async function headerOf(source: ArraySource, read: HeaderReader): Promise<ArrayHeader> {
	const bytes = await beginning(source, MAX_HEADER_BYTES + 12);
	if (bytes.length === 0) throw new Error(`${source.name} must hold data, got an empty file`);
	return read(bytes, source.name);
}

/** Throws where a header promises other values than can come; its shape has been checked. */
function checkPromise({ name, mostBytes, isExact }: ArraySource, { type, shape, offset }: ArrayHeader): void {
	const wanted = countOf(shape) * bytesPerValue[type];
	const found = mostBytes - offset;
	if (isExact ? found === wanted : found >= wanted) return;
	throw new Error(
		`${name} must have ${grouped(wanted)} bytes of ${type} values for its shape ${shapeText(shape)}, got ${isExact ? "" : "at most "}${grouped(Math.max(0, found))}`,
	);
}

async function valuesOf(source: ArraySource, header: ArrayHeader): Promise<Float64Array> {
	const values = sharedNumbers(countOf(header.shape));
	const decoder = new ArrayDecoder(source.name, header, values);
	let skipped = 0;
	for await (const chunk of chunksOf(source)) {
		const skip = Math.min(chunk.length, header.offset - skipped);
		skipped += skip;
		decoder.push(chunk.subarray(skip));
	}
	decoder.finish();
	return values;
}

/** The first `count` bytes, or all where there are fewer. */
async function beginning(source: ArraySource, count: number): Promise<Buffer> {
	const pieces: Buffer[] = [];
	let length = 0;
	for await (const chunk of chunksOf(source)) {
		pieces.push(chunk);
		length += chunk.length;
		if (length >= count) break;
	}
	return Buffer.concat(pieces).subarray(0, count);
}

/** The bytes of a source; what goes wrong with them is told in one sentence with the source's name. */
async function* chunksOf(source: ArraySource): AsyncGenerator<Buffer> {
	let checksum = 0;
	try {
		for await (const chunk of await source.open()) {
			// Node has had it since 20.15: before, a flipped bit of a stored array goes unseen.
			if (source.checksum !== undefined) checksum = zlib.crc32?.(chunk, checksum);
			yield chunk;
		}
	} catch (error) {
		throw new Error(`${source.name} is damaged or cut short: ${reasonOf(error)}`);
	}
	if (source.checksum !== undefined && checksum !== undefined && checksum !== source.checksum) {
		throw new Error(`${source.name} is damaged: its bytes do not have the checksum that the archive tells`);
	}
}

async function fileSource(path: string): Promise<ArraySource> {
	const name = basename(path);
	const size = await checkFile(path, name, MAX_BYTES);
	if (size === 0) throw new Error(`${name} must hold data, got an empty file`);
	const raw = () => createReadStream(path, { highWaterMark: CHUNK_BYTES });
	if (!(await isGzip(path))) return { name, mostBytes: size, isExact: true, open: async () => raw() };
	const inflated = () => {
		const gunzip = zlib.createGunzip({ chunkSize: CHUNK_BYTES });
		pipeline(raw(), gunzip, () => {}); // Its error also destroys `gunzip`, where the reader finds it.
		return gunzip;
	};
	return { name, mostBytes: size * MOST_INFLATION, isExact: false, open: async () => inflated() };
}

async function isGzip(path: string): Promise<boolean> {
	const file = await open(path).catch((error: unknown) => {
		throw new Error(`${path} cannot be read: ${reasonOf(error)}`);
	});
	try {
		const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
		return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
	} finally {
		await file.close();
	}
}

interface Archive {
	readonly names: readonly string[];
	source(array: string): ArraySource;
	close(): void;
}

/** Opens a zip archive and reads its directory. */
async function openArchive(path: string): Promise<Archive> {
	const name = basename(path);
	const size = await checkFile(path, name, MAX_BYTES);
	const refuse = (error: unknown): never => {
		throw new Error(`${name} must be an .npz archive, got a damaged one or another file (${reasonOf(error)})`);
	};
	const zip = await openZip(path, size).catch(refuse);
	const entries = new Map<string, yauzl.Entry>();
	try {
		if (zip.entryCount > MAX_ENTRIES) {
			throw new Error(`${name} must hold at most ${grouped(MAX_ENTRIES)} arrays, got ${grouped(zip.entryCount)}`);
		}
		const each = zip.eachEntry();
		for (;;) {
			const { done, value: entry } = await each.next().catch(refuse);
			if (done) break;
			entries.set(entry.fileName.replace(/\.npy$/, ""), entry);
		}
	} catch (error) {
		zip.close();
		throw error;
	}
	const names = [...entries.keys()];
	return {
		names,
		source: (array) => {
			const entry = entries.get(array);
			if (!entry) {
				const shown = names.slice(0, 12).map(quoted);
				const others = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
				throw new Error(`there is no array ${quoted(array)} in ${name}; it has ${shown.join(", ") || "none"}${others}`);
			}
			return entrySource(zip, entry, `array ${quoted(array)} of ${name}`);
		},
		close: () => zip.close(),
	};
}

function entrySource(zip: yauzl.ZipFile, entry: yauzl.Entry, name: string): ArraySource {
	const { compressedSize, uncompressedSize, crc32: checksum } = entry;
	if (!entry.canDecodeFileData()) {
		throw new Error(`${name} must be stored or deflated, got ${entry.isEncrypted() ? "encrypted" : "another method"}`);
	}
	if (uncompressedSize > (compressedSize + 1) * MOST_INFLATION) {
		throw new Error(
			`${name} must hold what ${grouped(compressedSize)} compressed bytes can make, got a promise of ${grouped(uncompressedSize)}`,
		);
	}
	return { name, mostBytes: uncompressedSize, isExact: true, open: () => zip.openReadStreamPromise(entry), checksum };
}

/** An error's message as the end of a sentence. */
function reasonOf(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return message
		.replace(/[\s\p{Cc}]+/gu, " ")
		.slice(0, 200)
		.replace(/\.$/, "");
}
