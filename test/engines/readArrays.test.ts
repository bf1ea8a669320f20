import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Random } from "../../src/core/numerics/random.ts";
import { kindOfFile, npzNames } from "../../src/engines/readArrays.ts";
import { readStudyData } from "../../src/engines/readData.ts";
import type { StudyData } from "../../src/protocol/study.ts";
import { crc32, deflateBomb, zipOf } from "./zipInTest.ts";

const golden = join(process.cwd(), "test", "golden", "arrays");
const folder = mkdtempSync(join(tmpdir(), "activation-lens-arrays-"));
after(() => rmSync(folder, { recursive: true }));

const expected: Readonly<Record<string, readonly number[]>> = JSON.parse(
	readFileSync(join(golden, "expected.json"), "utf8"),
).arrays;

const read = (data: StudyData, base = golden) => readStudyData(data, { shipped: "", base }, 0);
const npy = (inputs: string, targets: string, task: "classification" | "regression" = "classification") =>
	({ kind: "npy", inputs, targets, task }) as const;
const npz = (path: string, inputs = "x", targets = "y") =>
	({ kind: "npz", path, inputs, targets, task: "classification" }) as const;

function write(name: string, ...pieces: readonly (Buffer | string)[]): string {
	const path = join(folder, name);
	writeFileSync(path, Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece))));
	return path;
}

/** The bytes of an .npy file of version 1. */
function npyOf(header: string, values: Buffer = Buffer.alloc(0)): Buffer {
	const start = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
	start.writeUInt16LE(header.length, 8);
	return Buffer.concat([start, Buffer.from(header, "latin1"), values]);
}

const plain = (shape: string, descr = "<f8") => `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;

/** An IDX file of unsigned bytes. */
function idxOf(shape: readonly number[], values: Uint8Array): Buffer {
	const header = Buffer.alloc(4 + 4 * shape.length);
	header[2] = 8;
	header[3] = shape.length;
	shape.forEach((length, i) => {
		header.writeUInt32BE(length, 4 + 4 * i);
	});
	return Buffer.concat([header, values]);
}

const pixels = Uint8Array.from({ length: 12 * 2 * 3 }, (_, i) => (i * 37) % 256);
const labels = Uint8Array.from({ length: 12 }, (_, i) => 9 - (i % 3));
write("images.idx", idxOf([12, 2, 3], pixels));
write("labels.idx", idxOf([12], labels));
write("images.gz", gzipSync(idxOf([12, 2, 3], pixels)));
write("labels.gz", gzipSync(idxOf([12], labels)));
const idx = (images: string, of: string) => ({ kind: "idx", images, labels: of }) as const;

test("every type, byte order and memory order that NumPy writes comes back as NumPy reads it", async () => {
	const names = (await npzNames(join(golden, "types.npz"))).filter((name) => name !== "y");
	assert.equal(names.length, 42);
	for (const name of names) {
		const table = await read(npz("types.npz", name));
		assert.deepEqual([table.samples, table.features, table.sampleShape], [12, 6, [2, 3]], name);
		assert.deepEqual([...table.inputs], expected[name.split("-")[0]!], name);
		assert.deepEqual([...table.targets.slice(0, 4)], [0, 1, 2, 0]);
	}
});

test("a float16 keeps the sign of 0, its largest and its smallest number", async () => {
	const { inputs } = await read(npz("types.npz", "float16-big-F"));
	assert.ok(Object.is(inputs[0], -0));
	assert.deepEqual([inputs[1], inputs[2]], [65504, 2 ** -24]);
});

for (const version of [1, 2, 3]) {
	test(`version ${version} of the format is read, classes are indices in the order of their labels`, async () => {
		const table = await read(npy(`x-version-${version}.npy`, "labels.npy"));
		assert.deepEqual([...table.inputs], expected.x);
		assert.deepEqual(table.classNames, ["-1", "0", "1"]);
		assert.deepEqual([...table.targets.slice(0, 4)], [0, 1, 2, 0]);
		assert.deepEqual(table.featureNames, ["column 0", "column 1"]);
	});
}

test("a stored archive, and one with 64-bit fields, hold the same arrays", async () => {
	for (const file of ["stored.npz", "zip64.npz"]) {
		assert.deepEqual([...(await read(npz(file))).inputs], expected.x, file);
	}
	assert.deepEqual(await npzNames(join(golden, "stored.npz")), ["x", "y", "name"]);
});

test("one-hot targets are the index of their 1; a column of numbers is a regression", async () => {
	const classes = await read(npy("x-version-1.npy", "one-hot.npy"));
	assert.deepEqual([...classes.targets.slice(0, 4)], [0, 1, 2, 0]);
	assert.deepEqual(classes.classNames, ["0", "1", "2"]);
	const numbers = await read(npy("x-version-1.npy", "numbers.npy", "regression"));
	assert.deepEqual([numbers.classes, numbers.targets[11]], [0, 1]);
});

test("IDX images and labels are read, compressed or not, whatever the files are called", async () => {
	for (const end of ["idx", "gz"]) {
		const table = await read(idx(`images.${end}`, `labels.${end}`), folder);
		assert.deepEqual([...table.inputs], [...pixels]);
		assert.deepEqual(table.classNames, ["7", "8", "9"]);
		assert.deepEqual([...table.targets.slice(0, 3)], [2, 1, 0]);
		assert.deepEqual(table.sampleShape, [2, 3]);
		assert.deepEqual(table.featureNames.slice(2, 4), ["pixel 0,2", "pixel 1,0"]);
	}
});

test("IDX numbers have their highest byte first", async () => {
	const bytes = Buffer.alloc(4 + 4 + 10 * 4);
	bytes.set([0, 0, 13, 1]);
	bytes.writeUInt32BE(10, 4);
	for (let i = 0; i < 10; i++) bytes.writeFloatBE(i / 2, 8 + 4 * i);
	write("floats.idx", bytes);
	write("ten.idx", idxOf([10], labels.subarray(0, 10)));
	assert.deepEqual([...(await read(idx("floats.idx", "ten.idx"), folder)).inputs.slice(0, 3)], [0, 0.5, 1]);
});

test("the inputs are in memory that threads share", async () => {
	assert.ok((await read(npy("x-version-1.npy", "labels.npy"))).inputs.buffer instanceof SharedArrayBuffer);
});

test("a file's kind is told by its first bytes", async () => {
	const kinds = await Promise.all(
		["stored.npz", "labels.npy", "expected.json"].map((name) => kindOfFile(join(golden, name))),
	);
	assert.deepEqual(kinds, ["npz", "npy", "csv"]);
	assert.equal(await kindOfFile(join(folder, "images.gz")), "idx");
	for (const text of ["a", "PK,name\n1,2\n"]) assert.equal(await kindOfFile(write("text.csv", text)), "csv");
});

const x = join(golden, "x-version-1.npy");
const y = join(golden, "labels.npy");
const good = { x: readFileSync(x), y: readFileSync(y) };
const zeros = (count: number) => Buffer.alloc(count);
const withValue = (value: number) => {
	const values = Buffer.alloc(12 * 2 * 8);
	values.writeDoubleLE(value, 8 * (3 * 2 + 1));
	return npyOf(plain("(12, 2)"), values);
};

const refused: readonly (readonly [what: string, data: () => StudyData, message: RegExp])[] = [
	["pickled objects", () => npy("objects.npy", y), /^objects\.npy must hold plain numbers, got pickled Python objects/],
	[
		"records",
		() => npy("records.npy", y),
		/^records\.npy must hold plain numbers, got records \(a structured dtype\)$/,
	],
	["texts", () => npy("text.npy", y), /^text\.npy must hold bool, .* values, got the dtype "<U3"$/],
	["complex numbers", () => npy("complex.npy", y), /got the dtype "<c16"$/],
	["dates", () => npy("dates.npy", y), /got the dtype "<M8\[s\]"$/],
	["long doubles", () => npy("long-double.npy", y), /got the dtype "<f16"$/],
	[
		"an integer beyond 2⁵³",
		() => npy("int64-too-large.npy", y),
		/^value \[11, 0\] of int64-too-large\.npy must be within ±\(2⁵³ − 1\), got 9007199254740992$/,
	],
	["NaN", () => npy(write("nan.npy", withValue(Number.NaN)), y), /^value \[3, 1\] of nan\.npy must be a finite number/],
	["infinity", () => npy(write("inf.npy", withValue(-1 / 0)), y), /must be a finite number, got -Infinity$/],
	["no file", () => npy("none.npy", y), /^there is no file .*none\.npy$/],
	["a folder", () => npy(folder, y), /must be a file, got a folder$/],
	["an empty file", () => npy(write("empty.npy"), y), /^empty\.npy must hold data, got an empty file$/],
	["an empty IDX file", () => idx(write("empty.idx"), y), /^empty\.idx must hold data, got an empty file$/],
	["an empty archive", () => npz(write("empty.npz")), /^empty\.npz must be an \.npz archive, got a damaged one/],
	[
		"other bytes",
		() => npy(write("text.txt", "hello, world"), y),
		/must begin like a NumPy array .*, got 68 65 6c 6c 6f/,
	],
	["a NumPy array as IDX", () => idx(x, y), /must begin like an IDX file .*, got 93 4e 55 4d$/],
	[
		"version 4",
		() => npy(write("v4.npy", Buffer.from("\x93NUMPY\x04\x00", "latin1")), y),
		/^v4\.npy must have version 1, 2 or 3 of NumPy's format, got 4$/,
	],
	[
		"half a header",
		() => npy(write("half.npy", good.x.subarray(0, 40)), y),
		/header of 118 bytes, but the file ends after 30$/,
	],
	[
		"a header of 4 GB",
		() => npy(write("h4.npy", Buffer.from("\x93NUMPY\x02\x00\xff\xff\xff\xff", "latin1")), y),
		/header of at most 65536 bytes, got 4294967295$/,
	],
	["garbage as header", () => npy(write("g.npy", npyOf("%%%%")), y), /descr, fortran_order and shape, got "%%%%"$/],
	["a negative length", () => npy(write("n.npy", npyOf(plain("(-3, 2)"))), y), /descr, fortran_order and shape/],
	[
		"a single number",
		() => npy(write("s.npy", npyOf(plain("()"), zeros(8))), y),
		/one entry a sample, got a single number$/,
	],
	["no features", () => npy(write("nf.npy", npyOf(plain("(12, 0)"))), y), /at least 1 features a sample, got 0$/],
	["too few samples", () => npy(write("few.npy", npyOf(plain("(3, 2)"), zeros(48))), y), /at least 10 samples, got 3$/],
	[
		"a promise of 100 GB",
		() => npy(write("huge.npy", npyOf(plain("(5000000, 2500)"))), y),
		/^huge\.npy must have at most 67,108,864 values \(samples × features\), got 12,500,000,000$/,
	],
	[
		"a promise beyond counting",
		() => npy(write("h.npy", npyOf(plain("(12, 99999999999999999999)"))), y),
		/got 1\.0e\+20$/,
	],
	[
		"a promise that the file cannot hold",
		() => npy(write("big.npy", npyOf(plain("(60000, 784)"), zeros(100))), write("many.npy", npyOf(plain("(60000,)")))),
		/^big\.npy must have 376,320,000 bytes of float64 values for its shape \(60000, 784\), got 100$/,
	],
	[
		"a byte too few",
		() => npy(write("short.npy", good.x.subarray(0, -1)), y),
		/must have 96 bytes of float32 .*, got 95$/,
	],
	["a byte too many", () => npy(write("long.npy", good.x, zeros(1)), y), /must have 96 bytes of float32 .*, got 97$/],
	[
		"other lengths",
		() => npy(x, write("y13.npy", npyOf(plain("(13,)"), zeros(104)))),
		/^x-version-1\.npy and y13\.npy must have as many samples, got 12 and 13$/,
	],
	[
		"inputs as targets",
		() => npy(x, x),
		/^row 0 of x-version-1\.npy must be one-hot \(one 1, and 0 elsewhere\), got \[/,
	],
	["two numbers a sample", () => npy(x, x, "regression"), /must have the shape \(N,\) or \(N, 1\), got \(12, 2\)$/],
	[
		"pictures as targets",
		() => idx(join(folder, "labels.idx"), join(folder, "images.idx")),
		/one-hot \(N, classes\), got \(12, 2, 3\)$/,
	],
	[
		"numbers as classes",
		() => npy(x, "numbers.npy"),
		/^label 1 of numbers\.npy must be a whole number, got 0\.09.*\(regression\)\?$/,
	],
	["one class", () => npy(x, write("one.npy", npyOf(plain("(12,)"), zeros(96)))), /at least two classes, got only 0$/],
	[
		"one number",
		() => npy(x, write("same.npy", npyOf(plain("(12,)"), zeros(96))), "regression"),
		/different values, got 0 for every/,
	],
	[
		"an array that is not there",
		() => npz("stored.npz", "z"),
		/^there is no array "z" in stored\.npz; it has "x", "y", "name"$/,
	],
	["an archive of texts", () => npz("stored.npz", "name"), /^array "name" of stored\.npz must hold bool, /],
	[
		"half an archive",
		() => npz(write("half.npz", readFileSync(join(golden, "stored.npz")).subarray(0, 700))),
		/^half\.npz must be an \.npz archive/,
	],
	[
		"a flipped bit in an archive",
		() => npz(write("flip.npz", flipped(join(golden, "stored.npz"), 190))),
		/^array "x" of flip\.npz is damaged: .*checksum/,
	],
	[
		"encryption",
		() => npz(write("secret.npz", zipOf([{ name: "x.npy", bytes: good.x, method: 8, flags: 1 }]))),
		/^array "x" of secret\.npz must be stored or deflated, got encrypted$/,
	],
	[
		"another compression",
		() => npz(write("lzma.npz", zipOf([{ name: "x.npy", bytes: good.x, method: 14 }]))),
		/must be stored or deflated, got another method$/,
	],
	[
		"half a gzip",
		() => idx(write("half.gz", gzipSync(idxOf([12, 2, 3], pixels)).subarray(0, 60)), join(folder, "labels.gz")),
		/^half\.gz is damaged or cut short: unexpected end of file$/,
	],
	[
		"a gzip of too few",
		() => idx(write("few.gz", gzipSync(idxOf([12, 2, 3], pixels.subarray(1)))), join(folder, "labels.gz")),
		/must have 72 bytes of uint8 .*, got 71$/,
	],
];

function flipped(file: string, at: number): Buffer {
	const bytes = readFileSync(file);
	bytes[at] = bytes[at]! ^ 1;
	return bytes;
}

for (const [what, data, message] of refused) {
	test(`data with ${what} is refused with one sentence`, async () => {
		await assert.rejects(read(data()), ({ message: found }: Error) => {
			assert.match(found, message);
			assert.doesNotMatch(found, /\n/);
			return true;
		});
	});
}

/** The flag of a zip entry whose name is UTF-8. */
const UTF8 = 0x800;

test("what a file calls its arrays and columns is told on one line, short and without escapes of a terminal", async () => {
	const name = `\x1b[31m${"long".repeat(1000)}\n\x9b`;
	const archive = write("names.npz", zipOf([{ name: `${name}.npy`, bytes: good.x, flags: UTF8 }]));
	const table = write("names.csv", `"${name}",b\n`, "1,2\n".repeat(12));
	for (const data of [npz(archive), { kind: "csv", path: table, target: "c", task: "classification" } as const]) {
		await assert.rejects(read(data), ({ message }: Error) => {
			assert.match(message, /\\u001b\[31mlong/);
			return message.length < 200 && /^\P{Cc}+$/u.test(message);
		});
	}
});

test("a file of 100 GB is refused before it is read", async () => {
	const file = write("hole.npy", npyOf(plain("(5000000, 2500)")));
	truncateSync(file, 100 * 1024 ** 3); // A hole: it takes no space.
	for (const data of [npy(file, y), npz(file), idx(file, y)]) {
		await assert.rejects(read(data), /^Error: hole\.npy must have at most 1024 MB, got 102400 MB$/);
	}
});

/** Bytes that the largest array in memory took while `work` ran. */
async function largestArray(work: () => Promise<unknown>): Promise<number> {
	const Original = globalThis.SharedArrayBuffer;
	let largest = 0;
	globalThis.SharedArrayBuffer = class extends Original {
		constructor(length: number) {
			largest = Math.max(largest, length);
			super(length);
		}
	} as unknown as SharedArrayBufferConstructor;
	try {
		await work();
	} finally {
		globalThis.SharedArrayBuffer = Original;
	}
	return largest;
}

test("bombs of 2 GB in an archive or a gzip end in one sentence, and take less than 100 MB", async () => {
	const [megabytes, MB] = [2048, 1024 * 1024];
	const small = npyOf(plain("(12, 2)"), zeros(192));
	const bomb = deflateBomb(small, megabytes);
	const all = small.length + megabytes * MB;
	const rest = { name: "y.npy", bytes: good.y };
	const honest = zipOf([{ name: "x.npy", bytes: bomb, method: 8, size: all, checksum: 0 }, rest]);
	const lying = zipOf([{ name: "x.npy", bytes: bomb, method: 8, size: small.length, checksum: crc32(small) }, rest]);
	const promise = npyOf(plain("(60000, 784)", "|u1"));
	const promising = zipOf([{ name: "x.npy", bytes: promise, method: 8, size: promise.length + 60000 * 784 }, rest]);
	const images = idxOf([12, 2, 3], pixels);
	const gzip = Buffer.concat([Buffer.from("1f8b0800000000000003", "hex"), deflateBomb(images, megabytes)]);
	const cases = [
		[npz(write("honest.npz", honest)), /must have 192 bytes of float64 values for its shape \(12, 2\), got 2,147,48/],
		[npz(write("lying.npz", lying)), /^array "x" of lying\.npz is damaged or cut short: /],
		[npz(write("promising.npz", promising)), /compressed bytes can make, got a promise of 47,040,0/],
		[idx(write("bomb.gz", gzip), join(folder, "labels.gz")), /must have 72 bytes of uint8 .*, got more$/],
	] as const;
	const before = process.resourceUsage().maxRSS;
	for (const [data, message] of cases) {
		const largest = await largestArray(() =>
			assert.rejects(read(data), ({ message: found }: Error) => message.test(found) || assert.fail(found)),
		);
		assert.ok(largest < MB, `an array of ${largest} bytes`);
	}
	const grown = (process.resourceUsage().maxRSS - before) / 1024;
	assert.ok(grown < 100, `${grown} MB more`);
});

test("random cuts and flipped bits end in a table or in one sentence, and take no more than the file can hold", async () => {
	const seed = Number(process.env.FUZZ_SEED ?? 1);
	const rounds = Number(process.env.FUZZ_ROUNDS ?? 150);
	const random = new Random(seed, "damage");
	const below = (count: number) => Math.floor(random.uniform() * count);
	mkdirSync(join(folder, "fuzz"));
	const inFuzz = (name: string) => join(folder, "fuzz", name);
	const lines = Array.from({ length: 12 }, (_, i) => `${i / 2},${["red", "blue"][i % 2]},"${i % 3}"`);
	const csv = Buffer.from(['size,colour,"kind"', ...lines].join("\n"));
	const targets: readonly (readonly [name: string, bytes: Buffer, data: (path: string) => StudyData])[] = [
		["x.npy", good.x, (path) => npy(path, y)],
		["y.npy", good.y, (path) => npy(x, path)],
		["stored.npz", readFileSync(join(golden, "stored.npz")), (path) => npz(path)],
		["zip64.npz", readFileSync(join(golden, "zip64.npz")), (path) => npz(path)],
		["images.idx", idxOf([12, 2, 3], pixels), (path) => idx(path, join(folder, "labels.idx"))],
		["data.csv", csv, (path) => ({ kind: "csv", path, target: "kind", task: "classification" })],
		["labels.gz", gzipSync(idxOf([12], labels)), (path) => idx(join(folder, "images.gz"), path)],
	];
	let tables = 0;
	for (let round = 0; round < rounds; round++) {
		for (const [name, bytes, data] of targets) {
			let damaged = Buffer.from(bytes);
			for (let flips = 1 + below(4); flips > 0; flips--) {
				const at = below(damaged.length);
				damaged[at] = damaged[at]! ^ (1 << below(8));
			}
			if (below(3) === 0) damaged = damaged.subarray(0, below(damaged.length));
			writeFileSync(inFuzz(name), damaged);
			const what = `seed ${seed}, round ${round}, ${name}: ${damaged.toString("base64")}`;
			const largest = await largestArray(async () => {
				try {
					const table = await read(data(inFuzz(name)));
					assert.equal(table.inputs.length, table.samples * table.features, what);
					assert.ok(table.inputs.every(Number.isFinite), what);
					tables++;
				} catch (error) {
					assert.ok(error instanceof Error && error.constructor !== TypeError, what);
					assert.match(error.message, /^[^\n]{10,400}$/, what);
					assert.match(error.message, /(must|is damaged|there is no|cannot be read|^line )/, what);
				}
			});
			assert.ok(largest <= 8 * 1032 * Math.max(damaged.length, 300), `${largest} bytes: ${what}`);
		}
	}
	assert.ok(tables > 0);
});
