import { createReadStream, read } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import yauzl from "yauzl";

/**
 * Opens a zip archive of `size` bytes; to be closed by its `close`. The library's own reader hands places beyond the end,
 * which a damaged archive names, to Node, and what Node throws then is caught by nobody. This one answers with an error.
 */
export async function openZip(path: string, size: number): Promise<yauzl.ZipFile> {
	const file = await open(path);
	try {
		return await yauzl.fromRandomAccessReaderPromise(new FileReader(file, path, size), size, { autoClose: false });
	} catch (error) {
		await file.close();
		throw error;
	}
}

class FileReader extends yauzl.RandomAccessReader {
	readonly #file: FileHandle;
	readonly #path: string;
	readonly #size: number;

	constructor(file: FileHandle, path: string, size: number) {
		super();
		this.#file = file;
		this.#path = path;
		this.#size = size;
	}

	override read(
		buffer: Buffer,
		offset: number,
		length: number,
		position: number,
		callback: (error: Error | null, bytesRead?: number) => void,
	): void {
		if (position + length > this.#size) setImmediate(() => callback(beyondEnd()));
		else read(this.#file.fd, buffer, offset, length, position, callback);
	}

	/** The bytes from `start` to before `end`, which is greater. */
	override _readStreamForRange(start: number, end: number): Readable {
		if (end <= this.#size) return createReadStream(this.#path, { start, end: end - 1 });
		return new Readable({
			read() {
				this.destroy(beyondEnd());
			},
		});
	}

	override close(callback: (error: Error | null) => void): void {
		this.#file.close().then(() => callback(null), callback);
	}
}

function beyondEnd(): Error {
	return new Error("unexpected end of file");
}
