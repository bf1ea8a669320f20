import type { Histogram } from "../../core/training/histogram.ts";

/** One event of a TensorBoard log: the version of the file first of all, then scalars and histograms by their tags. */
export type SummaryEvent =
	| { readonly fileVersion: string }
	| {
			readonly step: number;
			readonly scalars: readonly (readonly [tag: string, value: number])[];
			readonly histograms: readonly (readonly [tag: string, histogram: Histogram])[];
	  };

/**
 * An events file as TensorBoard reads it: TFRecords (length, its checksum, data, their checksum) of tensorflow.Event
 * messages, every one at `wallTimeSeconds`, so that the same events are the same bytes. Scalars are kept in float32.
 */
export function eventsFile(events: readonly SummaryEvent[], wallTimeSeconds: number): Uint8Array {
	return joined(events.map((event) => record(eventMessage(event, wallTimeSeconds))));
}

/** tensorflow.Event: wall_time = 1, step = 2, file_version = 3, summary = 5. */
function eventMessage(event: SummaryEvent, wallTime: number): Uint8Array {
	const time = field(1, "fixed64", float64(wallTime));
	if ("fileVersion" in event) return joined([time, field(3, "bytes", utf8(event.fileVersion))]);
	// tensorflow.Summary: value = 1.
	const values = [...event.scalars.map(scalarValue), ...event.histograms.map(histogramValue)];
	const summary = joined(values.map((value) => field(1, "bytes", value)));
	return joined([time, field(2, "varint", varint(event.step)), field(5, "bytes", summary)]);
}

/** tensorflow.Summary.Value: tag = 1, simple_value = 2. */
function scalarValue([tag, value]: readonly [string, number]): Uint8Array {
	// A NaN of which nothing is said may have any bits: it is written with the usual ones.
	const number = bytesOf(4, (view) =>
		Number.isNaN(value) ? view.setUint32(0, 0x7fc00000, true) : view.setFloat32(0, value, true),
	);
	return joined([field(1, "bytes", utf8(tag)), field(2, "fixed32", number)]);
}

/**
 * tensorflow.Summary.Value: tag = 1, tensor = 8, metadata = 9. TensorBoard's histograms plugin takes a tensor in float64
 * with a row [left edge, right edge, count] for each bin; the older HistogramProto wants sums of values that bins forget.
 */
function histogramValue([tag, { min, max, counts }]: readonly [string, Histogram]): Uint8Array {
	const edge = (i: number) => min + (max - min) * (i / counts.length);
	const rows = counts.flatMap((count, i) => [edge(i), i + 1 === counts.length ? max : edge(i + 1), count]);
	// SummaryMetadata: plugin_data = 1 with its plugin_name = 1, data_class = 4 where 2 is a tensor.
	const plugin = field(1, "bytes", utf8("histograms"));
	const metadata = joined([field(1, "bytes", plugin), field(4, "varint", varint(2))]);
	// TensorProto: dtype = 1 where 2 is a double, tensor_shape = 2 with its dim = 2 and their size = 1, tensor_content = 4.
	const shape = joined([counts.length, 3].map((size) => field(2, "bytes", field(1, "varint", varint(size)))));
	const tensor = joined([
		field(1, "varint", varint(2)),
		field(2, "bytes", shape),
		field(4, "bytes", joined(rows.map(float64))),
	]);
	return joined([field(1, "bytes", utf8(tag)), field(8, "bytes", tensor), field(9, "bytes", metadata)]);
}

const WIRE_TYPES = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A field of a protocol buffer; "bytes" has its length before it. */
function field(number: number, type: keyof typeof WIRE_TYPES, value: Uint8Array): Uint8Array {
	const key = varint(number * 8 + WIRE_TYPES[type]);
	return joined(type === "bytes" ? [key, varint(value.length), value] : [key, value]);
}

/** A whole number from 0 to 2⁵³ in groups of seven bits, the lowest first. */
function varint(value: number): Uint8Array {
	const bytes: number[] = [];
	let rest = value;
	for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
	return Uint8Array.from([...bytes, rest]);
}

function record(data: Uint8Array): Uint8Array {
	const length = bytesOf(8, (view) => view.setBigUint64(0, BigInt(data.length), true));
	return joined([length, maskedChecksum(length), data, maskedChecksum(data)]);
}

/** CRC-32C, turned and shifted as TFRecord has it, so that a checksum of data that hold checksums is no weaker. */
function maskedChecksum(data: Uint8Array): Uint8Array {
	const crc = crc32c(data);
	const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
	return bytesOf(4, (view) => view.setUint32(0, masked, true));
}

/** The checksum of Castagnoli's polynomial (RFC 3720, appendix B.4): 0xe3069283 of "123456789". */
export function crc32c(data: Uint8Array): number {
	let crc = 0xffffffff;
	for (const byte of data) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff];
	return (crc ^ 0xffffffff) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte;
	for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
	return crc;
});

function bytesOf(length: number, write: (view: DataView) => void): Uint8Array {
	const bytes = new Uint8Array(length);
	write(new DataView(bytes.buffer));
	return bytes;
}

function float64(value: number): Uint8Array {
	return bytesOf(8, (view) => view.setFloat64(0, value, true));
}

function utf8(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
	const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}
