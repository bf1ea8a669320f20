import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { run } from "./runInTest.ts";

const { configs } = JSON.parse(gunzipSync(readFileSync("test/golden/trainer.json.gz")).toString());
const configOf = (id: string) => configs.find((one: { id: string }) => one.id === id);
const folder = mkdtempSync(join(tmpdir(), "activation-lens-train-"));
after(() => rmSync(folder, { recursive: true }));

// Each line is JSON that the command itself wrote.
// biome-ignore lint/suspicious/noExplicitAny: its shape is what the tests are about
type Line = any;

async function train(spec: unknown): Promise<{ code: number; steps: Line[]; result: Line; complaints: string }> {
	const file = join(folder, "spec.json");
	writeFileSync(file, typeof spec === "string" ? spec : JSON.stringify(spec));
	const { code, out, complaints } = await run("train", file, "--json");
	const lines = out
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line));
	return { code, complaints, steps: lines.slice(0, -1), result: lines.at(-1) };
}

test("a document may begin with a byte order mark, and be UTF-16 by its mark", async () => {
	const plain = await train(config);
	assert.equal(plain.code, 0);
	const file = join(folder, "marked.json");
	for (const encoding of ["utf8", "utf16le"] as const) {
		writeFileSync(file, `\ufeff${JSON.stringify(config)}`, encoding);
		const { code, out } = await run("train", file, "--json");
		assert.deepEqual([code, JSON.parse(out.trim().split("\n").at(-1)!)], [0, plain.result]);
	}
});

test("what is learned comes back in the form in which it was given, so that a run goes on from another's end", async () => {
	const spec = configOf("public-12");
	const [first, second] = [spec.batches.slice(0, 12), spec.batches.slice(12)];
	// Without momentum, the weights are all that one step leaves to the next.
	const plain = { ...spec, optimizer: { name: "sgd", lr: 0.1 } };
	const whole = await train(plain);
	const half = await train({ ...plain, batches: first });
	assert.equal(half.result.final.prelu.length, 2);
	const rest = await train({ ...plain, batches: second, init: half.result.final });
	assert.deepEqual(rest.result.final, whole.result.final);
	const numbers = await train({ ...plain, init: { layers: spec.init.layers, activations: spec.init.prelu } });
	assert.deepEqual(numbers.result.final.activations, whole.result.final.prelu);
	const activations = spec.init.prelu.map((weight: number) => ({ weight }));
	const named = await train({ ...plain, init: { layers: spec.init.layers, activations } });
	assert.deepEqual(
		named.result.final.activations,
		whole.result.final.prelu.map((weight: number) => ({ weight })),
	);
});

test("a trainable parameter that init does not hold stays as it is", async () => {
	const { init, ...spec } = configOf("public-12");
	const fixed = await train({ ...spec, init: { layers: init.layers } });
	assert.deepEqual(Object.keys(fixed.result.final), ["layers"]);
	const leaky = {
		...spec,
		activation: { id: "leaky_relu", params: { negative_slope: 0.25 } },
		init: { layers: init.layers },
	};
	assert.deepEqual((await train(leaky)).result.final, fixed.result.final);
});

test("drawn weights are those of their seed, and are told", async () => {
	const spec = configOf("public-03");
	const drawn = await train({ ...spec, init: { name: "orthogonal", gain: "auto", seed: 4 } });
	assert.equal(drawn.code, 0);
	const again = await train({ ...spec, init: drawn.result.initial });
	assert.deepEqual(again.steps, drawn.steps);
	assert.deepEqual(again.result.final, drawn.result.final);
	assert.notDeepEqual((await train({ ...spec, init: { name: "orthogonal", seed: 5 } })).steps[0], drawn.steps[0]);
});

test("dropout by seed is the same each time, and off in evaluation", async () => {
	const spec = { ...configOf("public-01"), dropout: { p: 0.5, seed: 9 } };
	const [one, two] = [await train(spec), await train(spec)];
	assert.deepEqual(one, two);
	assert.notDeepEqual((await train({ ...spec, dropout: { p: 0.5, seed: 10 } })).steps[0], one.steps[0]);
	const untrained = { ...spec, batches: [] };
	const { dropout, ...without } = untrained;
	assert.deepEqual((await train(untrained)).result, (await train(without)).result);
});

test("a learning rate of 1e9 stops the run at the step whose loss is no number any more", async () => {
	const { code, steps, result } = await train({ ...configOf("public-00"), optimizer: { name: "sgd", lr: 1e9 } });
	assert.equal(code, 0);
	assert.ok(result.divergedAt >= 1 && result.divergedAt < 19, `${result.divergedAt}`);
	assert.equal(steps.length, result.divergedAt + 1);
	assert.ok(steps.every(({ loss }: Line, i: number) => Number.isFinite(Number(loss)) === i < result.divergedAt));
});

test("no unit of an activation whose slope is unbounded counts as saturated", async () => {
	const { result } = await train({ ...configOf("public-00"), activation: "relu_squared" });
	for (const { maxAbsDeriv, fracSaturated } of result.initialStatistics) {
		assert.equal(maxAbsDeriv, "Infinity");
		assert.equal(fracSaturated, 0);
	}
});

test("each layer's largest slope is that of its own learned parameter", async () => {
	const spec = configOf("public-12");
	const { result } = await train({ ...spec, init: { ...spec.init, prelu: [0.25, 3] } });
	assert.deepEqual(
		result.initialStatistics.map((layer: Line) => layer.maxAbsDeriv),
		[1, 3],
	);
});

test("a run whose last update alone goes wrong has diverged after its last step", async () => {
	const spec = configOf("public-00");
	const { steps, result } = await train({ ...spec, optimizer: { name: "sgd", lr: 1e200 }, batches: [spec.batches[0]] });
	assert.equal(steps.length, 1);
	assert.equal(result.divergedAt, 1);
});

test("columns that are constant, and one class alone, are named on standard error, and it trains", async () => {
	const config = configs.find(({ loss }: { loss: unknown }) => loss === "cross_entropy");
	const complaints = async (data: object) => (await train({ ...config, data })).complaints;
	const { x, y } = config.data;
	assert.equal(await complaints(config.data), "");
	assert.equal(
		await complaints({ x: x.map((row: readonly number[]) => row.map((value, j) => (j === 1 ? 5 : value))), y }),
		"Constant, so they tell nothing: column 1 of data.x.",
	);
	assert.equal(await complaints({ x, y: y.map(() => 1) }), "Constant, so they tell nothing: data.y.");
});

test("a network of 1,000 hidden layers trains", async () => {
	const hidden = Array.from({ length: 1000 }, () => 4);
	const { code, steps, result } = await train({
		layers: [4, ...hidden, 1],
		activation: "tanh",
		residual: true,
		loss: "mse",
		optimizer: { name: "sgd", lr: 1e-6 },
		data: {
			x: [
				[1, 2, 3, 4],
				[0, 1, 0, 1],
			],
			y: [[1], [0]],
		},
		batches: [
			[0, 1],
			[0, 1],
		],
		init: { name: "lecun", seed: 1 },
	});
	assert.equal(code, 0);
	assert.equal(steps[1].gradientNorms.W.length, 1001);
	assert.equal(result.initialStatistics.length, 1000);
});

const [config] = configs;
const batchNorm = configOf("public-08");
const learned = configOf("public-12");
const masks = (rows: number, width: number, value = 1) =>
	config.batches.map(() => [8, width].map((units) => Array.from({ length: rows }, () => Array(units).fill(value))));
const rows = config.batches[0].length;
const row = (value: unknown) => [...config.data.x.slice(1), [1, value]];

const refused: readonly (readonly [what: string, spec: unknown, message: RegExp])[] = [
	["no layers", { ...config, layers: undefined }, /layers must be a list, got nothing/],
	[
		"a field of no meaning",
		{ ...config, dropuot: 0.5 },
		/the spec has no field "dropuot"; its fields are layers, activation,/,
	],
	["width 0", { ...config, layers: [2, 0, 1] }, /layers\[1\] must be a whole number 1…4096, got 0/],
	[
		"an unknown activation",
		{ ...config, activation: { id: "rleu" } },
		/activation\.id must be an activation of the catalog, got "rleu"/,
	],
	[
		"a weight matrix of another shape",
		{ ...config, init: { layers: [{ W: [[1]], b: [0] }] } },
		/init\.layers must have 3 entries, got 1/,
	],
	["an index beyond the data", { ...config, batches: [[100000]] }, /batches\[0\] must hold indices 0…\d+, got 100000/],
	[
		"text among the numbers",
		{ ...config, data: { ...config.data, x: [["a", 1]] } },
		/data\.x\[0\]\[0\] must be a number, got "a"/,
	],
	["no JSON", "{", /spec\.json must hold JSON: /],
	["a list instead of a run", [], /the spec must be an object, got \[\]/],
	[
		"NaN in the data",
		{ ...config, data: { ...config.data, x: row("NaN") } },
		/data\.x\[31\]\[1\] must be a finite number, got NaN/,
	],
	[
		"an infinity in the data",
		JSON.stringify({ ...config, data: { ...config.data, x: row(0.125) } }).replaceAll("0.125", "1e999"),
		/data\.x\[31\]\[1\] must be a finite number, got Infinity/,
	],
	[
		"an infinite target",
		{ ...config, data: { ...config.data, y: config.data.y.map(() => ["-inf"]) } },
		/data\.y\[0\]\[0\] must be a finite number, got -Infinity/,
	],
	[
		"rows of another width",
		{ ...config, data: { ...config.data, x: [[1, 2, 3]] } },
		/data\.x\[0\] must have 2 entries, got 3/,
	],
	["no data", { ...config, data: { x: [], y: [] } }, /data\.x must have at least 1 row, got 0/],
	[
		"targets for other samples",
		{ ...config, data: { ...config.data, y: [[1]] } },
		/data\.y must have 32 entries, got 1/,
	],
	[
		"a class that is none",
		{ ...batchNorm, data: { ...batchNorm.data, y: batchNorm.data.y.map(() => 3) } },
		/data\.y\[0\] must be a whole number 0…2, got 3/,
	],
	["too many layers", { ...config, layers: Array(1100).fill(2) }, /layers must have 2…1025 entries, got 1100/],
	[
		"a width that is a fraction",
		{ ...config, layers: [2, 1.5, 1] },
		/layers\[1\] must be a whole number 1…4096, got 1\.5/,
	],
	[
		"more weights than memory",
		{ ...config, layers: [2, ...Array(1000).fill(4096), 1], init: { name: "lecun" } },
		/layers must have at most 4194304 weights, got 167\d{8}/,
	],
	[
		"more values than memory",
		{
			...config,
			layers: [2, ...Array(1000).fill(60), 1],
			data: { x: Array(300).fill([1, 2]), y: Array(300).fill([1]) },
		},
		/data\.x must have at most 279 rows with these layers, got 300/,
	],
	["an empty batch", { ...config, batches: [[0], []] }, /batches\[1\] must have at least 1 entry, got 0/],
	[
		"one sample for a batch norm",
		{ ...batchNorm, batches: [[0]] },
		/batches\[0\] must have at least 2 entries for a batch norm, got 1/,
	],
	[
		"an unknown parameter",
		{ ...config, activation: { id: "elu", params: { beta: 1 } } },
		/activation\.params: ELU has no parameter "beta"; it has alpha/,
	],
	[
		"a function that is not understood",
		{
			...config,
			activation: { source: "def sigmoid(x):\n    while x > 1:\n        x = x / 2\n    return x" },
		},
		/"activation\.source" is not understood: while loop/,
	],
	["no function", { ...config, activation: { source: "1 + 1" } }, /"activation\.source" must hold a function/],
	[
		"a source of an unknown language",
		{ ...config, activation: { source: "x", language: "cobol" } },
		/activation\.language must be one of python, .*got "cobol"/,
	],
	[
		"a language without its source",
		{ ...config, activation: { id: "relu", language: "python" } },
		/activation\.language goes with activation\.source/,
	],
	[
		"a learned parameter that there is none of",
		{ ...config, init: { ...config.init, activations: [1, 1] } },
		/init\.activations needs an activation with trainable parameters, got ReLU/,
	],
	[
		"a learned parameter of another name",
		{ ...learned, init: { layers: learned.init.layers, activations: [{ slope: 1 }, { slope: 1 }] } },
		/init\.activations\[0\] has no field "slope"; its fields are weight/,
	],
	[
		"one number for several learned parameters",
		{ ...config, activation: "pelu", init: { ...config.init, activations: [1, 1] } },
		/init\.activations\[0\] must be an object with some of a, b, got 1/,
	],
	[
		"no learned parameter where some are said to be",
		{ ...config, activation: "pelu", init: { ...config.init, activations: [{}, {}] } },
		/init\.activations\[0\] must have some of a, b, got none/,
	],
	[
		"a learned parameter in one layer alone",
		{ ...config, activation: "pelu", init: { ...config.init, activations: [{ a: 1 }, {}] } },
		/init\.activations\[1\]\.a must be a number, got nothing/,
	],
	["norms for no norm", { ...config, init: { ...config.init, norms: [] } }, /init\.norms goes with the norm/],
	["no weights of its norms", { ...config, norm: "layernorm" }, /init\.norms must be a list, got nothing/],
	[
		"an unknown initialiser",
		{ ...config, init: { name: "he" } },
		/init\.name must be one of auto, pytorch, .*got "he"/,
	],
	[
		"an unknown optimizer",
		{ ...config, optimizer: { name: "lion", lr: 1 } },
		/optimizer\.name must be one of sgd, adam, adamw, rmsprop, adagrad, got "lion"/,
	],
	["no learning rate", { ...config, optimizer: { name: "sgd" } }, /optimizer\.lr must be a number, got nothing/],
	[
		"a learning rate below 0",
		{ ...config, optimizer: { name: "sgd", lr: -1 } },
		/optimizer\.lr must be at least 0, got -1/,
	],
	[
		"an option of another type",
		{ ...config, optimizer: { name: "adam", lr: 1, amsgrad: "yes" } },
		/optimizer\.amsgrad must be true or false, got "yes"/,
	],
	[
		"an option of another optimizer",
		{ ...config, optimizer: { name: "adam", lr: 1, momentum: 0.9 } },
		/optimizer has no field "momentum"; its fields are name, lr, betas/,
	],
	[
		"a single beta",
		{ ...config, optimizer: { name: "adam", lr: 1, betas: [0.9] } },
		/optimizer\.betas must have 2 entries, got 1/,
	],
	[
		"a beta of 1",
		{ ...config, optimizer: { name: "adam", lr: 1, betas: [0.9, 1] } },
		/optimizer\.betas\[1\] must be at least 0 and below 1, got 1/,
	],
	[
		"Nesterov without momentum",
		{ ...config, optimizer: { name: "sgd", lr: 1, nesterov: true } },
		/optimizer\.momentum must be above 0 with nesterov, got 0/,
	],
	[
		"a loss of another's option",
		{ ...config, loss: { name: "mse", label_smoothing: 0.1 } },
		/loss has no field "label_smoothing"; its fields are name/,
	],
	[
		"more smoothing than all",
		{ ...batchNorm, loss: { name: "cross_entropy", label_smoothing: 1.5 } },
		/loss\.label_smoothing must be 0…1, got 1\.5/,
	],
	[
		"a schedule without its end",
		{ ...config, schedule: { name: "cosine" } },
		/schedule\.T_max must be a whole number 1…1000000000, got nothing/,
	],
	["a schedule that is a text", { ...config, schedule: "cosine" }, /schedule must be an object, got "cosine"/],
	[
		"a warm-up of no steps",
		{ ...config, schedule: { name: "constant", warmup: { total_iters: 0 } } },
		/schedule\.warmup\.total_iters must be a whole number 1…1000000000, got 0/,
	],
	[
		"clipping without a limit",
		{ ...config, clipping: { name: "norm" } },
		/clipping\.max_norm must be a number, got nothing/,
	],
	["dropout of everything", { ...config, dropout: { p: 1 } }, /dropout\.p must be below 1, got 1/],
	[
		"masks for other steps",
		{ ...config, dropout: { p: 0.5, masks: [] } },
		/dropout\.masks must have 20 entries, got 0/,
	],
	[
		"a mask for another batch",
		{ ...config, dropout: { p: 0.5, masks: masks(rows + 1, 8) } },
		/dropout\.masks\[0\]\[0\] must have \d+ entries, got \d+/,
	],
	[
		"a mask for another width",
		{ ...config, dropout: { p: 0.5, masks: masks(rows, 9) } },
		/dropout\.masks\[0\]\[1\]\[0\] must have 8 entries, got 9/,
	],
	[
		"a mask of halves",
		{ ...config, dropout: { p: 0.5, masks: masks(rows, 8, 0.5) } },
		/dropout\.masks\[0\]\[0\] must hold 0 and 1, got 0\.5/,
	],
	["a residual that is no flag", { ...config, residual: "all" }, /residual must be true or false, got "all"/],
];

for (const [what, spec, message] of refused) {
	test(`a run with ${what} is refused with the field named`, async () => {
		const { code, complaints } = await train(spec);
		assert.equal(code, 2);
		assert.match(complaints, message);
		assert.ok(!complaints.includes("\n"));
		assert.equal(complaints.split("\n").length, 1);
	});
}
