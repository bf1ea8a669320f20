import { deflateSync } from "node:zlib";
import { withDefaults } from "../../core/activations/activation.ts";
import { codeFor } from "../../core/activations/libraries/codeFor.ts";
import { functionCode } from "../../core/activations/libraries/functionCode.ts";
import { entryToWrite } from "../../core/explanation/functionToWrite.ts";
import { studentQuantile } from "../../core/numerics/studentT.ts";
import { autoGain } from "../../core/training/initialise.ts";
import type { Schedule } from "../../core/training/schedule.ts";
import { DIVERGED } from "../../core/training/session.ts";
import type { Study, StudyActivation, StudyNetwork, StudyOptimizer } from "../../protocol/study.ts";
import type { StudyTable, TrainerEvent } from "../../protocol/trainer.ts";
import { activationOf, optimizerSettings, scheduleOf } from "../sessionOf.ts";
import type { ExportedFile } from "./exportedFile.ts";
import { DROPOUT, NETWORK, ORTHOGONAL, RANDOM, REPORT, RESIDUAL, SPLIT, TRAIN } from "./pytorchParts.ts";

/** Data beyond this many characters lie in a file of their own. */
const MOST_INLINE = 1_000_000;
const LINE = 116;

/**
 * A script `<stem>.py` that trains the study again by PyTorch and prints its table: data, split, initial weights, order
 * of the samples and what dropout drops are the study's own, so the numbers agree up to rounding; the learning rates are those that
 * tuning found, which `events` say. Large data lie in `<stem>-data.npy` beside it. Throws an Error where an activation is not understood or cannot be written in PyTorch.
 */
export function studyAsPyTorch(
	study: Study,
	table: StudyTable,
	stem: string,
	events: readonly TrainerEvent[] = [],
): readonly ExportedFile[] {
	const { classes, lines, makers } = writtenActivations(study, ratesOf(study, events));
	const data = dataOf(table, stem);
	const loss = table.task === "regression" ? "mse" : table.classes === 2 ? "bce_with_logits" : "cross_entropy";
	const freedoms = Array.from({ length: Math.max(1, study.seeds.length - 1) }, (_, i) => i + 1);
	const script = [
		header(study),
		["import base64", "import math", "import zlib", "from pathlib import Path", "", ...lines].join("\n"),
		[
			"torch.set_default_dtype(torch.float64)",
			"",
			`FEATURES = ${table.features}`,
			`HIDDEN = [${study.network.hidden.join(", ")}]`,
			`OUTPUTS = ${loss === "cross_entropy" ? table.classes : 1}`,
			`CLASSES = ${table.classes}  # 0: a number is predicted`,
			`EPOCHS = ${study.epochs}`,
			`BATCH_SIZE = ${study.batchSize}`,
			"# Shares of the samples held out.",
			`VALIDATION = ${study.validation}`,
			`TEST = ${study.test ?? 0}`,
			`PARTS = [${study.test === undefined ? '"validation"' : '"validation", "test"'}]`,
			`LABEL_SMOOTHING = ${study.labelSmoothing ?? 0}`,
			...(study.network.dropout ? [`DROPOUT = ${study.network.dropout}  # Probability that a value becomes 0.`] : []),
			"# A loss that many times as large as at first has diverged.",
			`DIVERGED = ${DIVERGED}`,
			`SEEDS = [${study.seeds.join(", ")}]`,
			"# Student's t for 95 % with 1, 2, … degrees of freedom.",
			`T95 = [${freedoms.map((freedom) => studentQuantile(0.05, freedom).toPrecision(8)).join(", ")}]`,
		].join("\n"),
		...classes,
		[
			"# How each activation is made, the gain that its initial weights have, and its learning rate.",
			"ACTIVATIONS = {",
			...makers,
			"}",
		].join("\n"),
		RANDOM,
		SPLIT,
		...networkCode(study.network),
		...trainingCode(study, LOSSES[loss], RIGHT[loss], scheduleOf(study, table, study.epochs)),
		REPORT,
		data.python,
		'if __name__ == "__main__":\n    main()\n',
	].join("\n\n\n");
	return [{ path: `${stem}.py`, content: script }, ...data.files];
}

/** One number of the initial weights, from `random`; see core's `initialise`. Orthogonal ones come all at once. */
const DRAWS: Readonly<Record<Exclude<StudyNetwork["initialiser"], "orthogonal">, string>> = {
	auto: "random.normal() * (1.0 if last else gain) / math.sqrt(layer.in_features)",
	pytorch: "(2 * random.uniform() - 1) / math.sqrt(layer.in_features)",
	xavier: "(2 * random.uniform() - 1) * math.sqrt(6 / (layer.in_features + layer.out_features))",
	"xavier-normal": "random.normal() * math.sqrt(2 / (layer.in_features + layer.out_features))",
	kaiming: "random.normal() * math.sqrt(2 / layer.in_features)",
	"kaiming-uniform": "(2 * random.uniform() - 1) * math.sqrt(6 / layer.in_features)",
	lecun: "random.normal() / math.sqrt(layer.in_features)",
};

/** Each activation's learning rate. */
function ratesOf({ activations, optimizer, tuning }: Study, events: readonly TrainerEvent[]): readonly number[] {
	return activations.map(({ label }, activation) => {
		const found = events.find((event) => event.kind === "tuned" && event.run.activation === activation);
		if (found?.kind === "tuned") return found.learningRate;
		if (tuning)
			throw new Error(`the learning rate of "${label}" has not been found yet: let the study train to its end`);
		return optimizer.learningRate;
	});
}

/** PyTorch's optimizer with the study's settings, at the rate of the activation at hand. */
function optimizerCode(optimizer: StudyOptimizer): string {
	const { name, lr: _, ...options } = optimizerSettings(optimizer, 0);
	const classes = { sgd: "SGD", adam: "Adam", adamw: "AdamW", rmsprop: "RMSprop", adagrad: "Adagrad" };
	const given = Object.entries(options).map(([key, value]) => `, ${key}=${value === true ? "True" : value}`);
	return `torch.optim.${classes[name]}(model.parameters(), lr=rate${given.join("")})`;
}

/** The network's layers, and the classes that PyTorch lacks for them. */
function networkCode({ initialiser, norm, residual, dropout }: StudyNetwork): readonly string[] {
	const norms = { batchnorm: "nn.BatchNorm1d(layer.out_features)", layernorm: "nn.LayerNorm(layer.out_features)" };
	const parts = ["layer", ...(norm ? [norms[norm]] : []), "make()", ...(dropout ? ["Dropout(seed, i)"] : [])];
	const weights =
		initialiser === "orthogonal"
			? "orthogonal(random, *layer.weight.shape)"
			: `torch.tensor([${DRAWS[initialiser]} for _ in range(layer.weight.numel())]).reshape(layer.weight.shape)`;
	return [
		...(initialiser === "orthogonal" ? [ORTHOGONAL] : []),
		...(residual ? [RESIDUAL] : []),
		...(dropout ? [DROPOUT] : []),
		NETWORK.replace("$WEIGHTS", weights)
			.replace("$BIAS", initialiser === "pytorch" ? DRAWS.pytorch : "0.0")
			.replace("$HIDDEN", `${residual ? "Residual" : "nn.Sequential"}(${parts.join(", ")})`),
	];
}

/** The loop, and the learning rate's way through it where it is not constant. */
function trainingCode(
	{ optimizer }: Study,
	loss: string,
	right: string,
	schedule: Schedule | undefined,
): readonly string[] {
	const { clip } = optimizer;
	const inLoop = (statement: string) => `\n            ${statement}`;
	return [
		...(schedule ? [scheduleCode(schedule)] : []),
		TRAIN.replace("$LOSS", loss)
			.replace("$RIGHT", right)
			.replace("$OPTIMIZER", optimizerCode(optimizer))
			.replace(
				"$SCHEDULER",
				schedule ? "\n    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate_factor)" : "",
			)
			.replace("$CLIP", clip === undefined ? "" : inLoop(`nn.utils.clip_grad_norm_(model.parameters(), ${clip})`))
			.replace("$ADVANCE", schedule ? inLoop("scheduler.step()") : ""),
	];
}

/** A function for LambdaLR, the same as core's `learningRateAt` by a rate of 1. */
function scheduleCode(schedule: Schedule): string {
	const { total_iters = 0, start_factor = 1 / 3 } = schedule.warmup ?? {};
	const t = total_iters > 0 ? `(step - ${total_iters})` : "step";
	return [
		"def rate_factor(step):",
		'    """What the learning rate is multiplied by in a step, which counts from 0."""',
		...(total_iters > 0
			? [
					`    if step < ${total_iters}:`,
					`        return ${start_factor} + (1 - ${start_factor}) * step / ${total_iters}`,
				]
			: []),
		`    return ${factorAfterWarmup(schedule, t)}`,
	].join("\n");
}

/** At `t`, the steps since the warm-up, in Python. */
function factorAfterWarmup(schedule: Schedule, t: string): string {
	switch (schedule.name) {
		case "constant":
			return "1.0";
		case "step":
			return `${schedule.gamma ?? 0.1} ** (${t} // ${schedule.step_size})`;
		case "cosine":
			return `(1 + math.cos(math.pi * ${t} / ${schedule.T_max})) / 2`;
	}
}

const LOSSES = {
	mse: "nn.functional.mse_loss(outputs[:, 0], targets)",
	bce_with_logits: "nn.functional.binary_cross_entropy_with_logits(outputs[:, 0], targets)",
	cross_entropy: "nn.functional.cross_entropy(outputs, targets.long(), label_smoothing=LABEL_SMOOTHING)",
};

const RIGHT = {
	mse: "None",
	bce_with_logits: "((outputs[:, 0] > 0) == (targets > 0)).double().mean().item()",
	cross_entropy: "(outputs.argmax(1) == targets).double().mean().item()",
};

function header({ name, data }: Study): string {
	const title = name === "" ? "A study of activation functions" : name;
	const from = data.kind === "csv" ? data.path : data.kind;
	return `"""
${commented(title)}: trained again by PyTorch.

Written by Activation Lens. The data (${commented(from)}) are in the script or beside it. The split, the initial
weights, the order of the samples and what dropout drops come from the study's own random numbers, whose generator is
written out below; PyTorch's would be others. So the numbers agree with the study's up to rounding (the study's own is that of float32,
unless it asks for float64), which long training can make visible: then they agree within the spread over the seeds.
"""`;
}

/** A text within a Python docstring. */
function commented(text: string): string {
	return text.replace(/[\\"\p{Cc}]+/gu, " ").trim();
}

/** The classes of those activations that PyTorch has none for, what they import, and one line of a dict for each. */
function writtenActivations(study: Study, rates: readonly number[]) {
	const taken = new Set(["F", "Random", "Residual", "Dropout"]);
	const imports = new Set(["import torch", "from torch import nn"]);
	const classes: string[] = [];
	const makers = study.activations.map((one, index) => {
		const activation = activationOf(one);
		const gain = study.network.initialiser === "auto" ? autoGain(activation, one.parameters) : 1;
		const line = (maker: string) => `    ${JSON.stringify(one.label)}: (lambda: ${maker}, ${gain}, ${rates[index]}),`;
		// One that is random in training is not the study's.
		const own = activation.stochastic ? undefined : ownClass(one);
		if (own) return line(own);
		const values = withDefaults(activation, one.parameters);
		const made = functionCode(
			{
				...entryToWrite(activation),
				name: (one.id === "custom" ? activation.name : activation.id).replace(/\W+/g, "_").toLowerCase(),
				title: commented(one.label),
				source: one.id === "custom" ? "" : activation.source,
				parameters: activation.parameters.map((each) => ({ ...each, default: values[each.name]! })),
			},
			"pytorch-module",
		);
		if (!made) throw new Error(`"${one.label}" cannot be written in PyTorch, which lacks one of its operations`);
		const name = /^class (\w+)/m.exec(made.code)![1]!;
		let free = name;
		for (let n = 2; taken.has(free); n++) free = `${name}${n}`;
		taken.add(free);
		for (const each of made.imports) imports.add(each);
		classes.push(made.code.replace(`class ${name}(`, `class ${free}(`).trimEnd());
		return line(`${free}()`);
	});
	imports.delete("import math"); // It is there already.
	const lines = [...imports].sort((a, b) => Number(a.startsWith("from")) - Number(b.startsWith("from")));
	return { classes, lines, makers };
}

/** PyTorch's class for an activation of the catalog with its defaults, "nn.ReLU()" */
function ownClass({ id, parameters }: StudyActivation): string | undefined {
	if (id === "custom" || Object.keys(parameters).length > 0) return undefined;
	const code = codeFor(id, "pytorch")?.code;
	return code?.startsWith("nn.") ? code : undefined;
}

/** The samples as Python reads them: rows of features, the target last, in float64. */
function dataOf({ inputs, targets, samples, features }: StudyTable, stem: string) {
	const width = features + 1;
	const values = new Float64Array(samples * width);
	for (let i = 0; i < samples; i++) {
		values.set(inputs.subarray(i * features, (i + 1) * features), i * width);
		values[i * width + features] = targets[i]!;
	}
	const bytes = littleEndian(values);
	const text = deflateSync(bytes, { level: 9 }).toString("base64");
	if (text.length > MOST_INLINE) {
		const name = `${stem}-data.npy`;
		const python = `import numpy as np  # noqa: E402\n\nROWS = torch.from_numpy(np.load(Path(__file__).with_name(${JSON.stringify(name)})))`;
		return { python, files: [{ path: name, content: npy(bytes, samples, width) }] };
	}
	const lines = text.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
	const python = [
		"# The samples, a row each, the target last: float64, compressed.",
		'DATA = """',
		...lines,
		'"""',
		"BYTES = bytearray(zlib.decompress(base64.b64decode(DATA)))",
		`ROWS = torch.frombuffer(BYTES, dtype=torch.float64).reshape(${samples}, ${width})`,
	].join("\n");
	return { python, files: [] };
}

/** NumPy's format, version 1.0: the header is padded so that the numbers begin at a multiple of 64. */
function npy(data: Uint8Array, rows: number, columns: number): Uint8Array {
	const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
	const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
	const start = Buffer.concat([
		Buffer.from([0x93]),
		Buffer.from("NUMPY"),
		Buffer.from([1, 0, length & 0xff, length >> 8]),
	]);
	return Buffer.concat([start, Buffer.from(`${text.padEnd(length - 1)}\n`), data]);
}

function littleEndian(values: Float64Array): Uint8Array {
	const bytes = new Uint8Array(values.length * 8);
	const view = new DataView(bytes.buffer);
	values.forEach((value, i) => {
		view.setFloat64(8 * i, value, true);
	});
	return bytes;
}
