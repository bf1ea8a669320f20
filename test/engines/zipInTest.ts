import zlib from "node:zlib";

/** A zip archive of entries whose fields may lie. */
export function zipOf(
	entries: readonly {
		readonly name: string;
		/** Bytes as they lie in the archive. */
		readonly bytes: Buffer;
		readonly method?: number;
		readonly size?: number;
		readonly checksum?: number;
		readonly flags?: number;
	}[],
): Buffer {
	const [local, central]: [Buffer[], Buffer[]] = [[], []];
	let offset = 0;
	for (const { name, bytes, method = 0, size = bytes.length, checksum = crc32(bytes), flags = 0 } of entries) {
		const shared = Buffer.alloc(26);
		shared.writeUInt16LE(20, 0);
		shared.writeUInt16LE(flags, 2);
		shared.writeUInt16LE(method, 4);
		shared.writeUInt32LE(checksum, 10);
		shared.writeUInt32LE(bytes.length, 14);
		shared.writeUInt32LE(size, 18);
		shared.writeUInt16LE(Buffer.byteLength(name), 22);
		const directory = Buffer.alloc(46);
		directory.write("PK\x01\x02\x14\x00", 0, "latin1");
		shared.copy(directory, 6);
		directory.writeUInt32LE(offset, 42);
		central.push(directory, Buffer.from(name));
		const piece = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, Buffer.from(name), bytes]);
		local.push(piece);
		offset += piece.length;
	}
	const directory = Buffer.concat(central);
	const end = Buffer.alloc(22);
	end.write("PK\x05\x06", 0, "latin1");
	end.writeUInt16LE(entries.length, 8);
	end.writeUInt16LE(entries.length, 10);
	end.writeUInt32LE(directory.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...local, directory, end]);
}

/** What deflates to `before` and that many megabytes of zeros: a thousandth of their size. */
export function deflateBomb(before: Buffer, megabytes: number): Buffer {
	const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
	const zeros = zlib.deflateRawSync(Buffer.alloc(1024 * 1024), { level: 9, ...options });
	const last = Buffer.from([3, 0]); // An empty final block.
	return Buffer.concat([zlib.deflateRawSync(before, options), ...Array(megabytes).fill(zeros), last]);
}

export function crc32(bytes: Buffer): number {
	return zlib.crc32?.(bytes) ?? 0;
}
