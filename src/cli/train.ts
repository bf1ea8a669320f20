import { setImmediate } from "node:timers/promises";
import { english } from "../core/texts.ts";
import { rangesOf } from "../core/training/data/tableSummary.ts";
import { type ExactRun, runExactly } from "../core/training/exactRun.ts";
import { constantFact } from "../protocol/columnFacts.ts";
import { onlyOne, readArguments } from "./arguments.ts";
import { readJson } from "./files.ts";
import type { CommandIo } from "./io.ts";
import { toJson } from "./json.ts";
import { trainSpecOf } from "./trainSpec.ts";
import { weightsToWrite } from "./trainWeights.ts";

/**
 * `train SPEC.json --json`: one training run in float64 with its weights, data and batches given, as JSON lines: each
 * step before its update (`{kind: "step", step, loss, learningRate, gradientNorms: {W, b, total}}`), then
 * `{kind: "result"}` with the final weights, the statistics of the untrained network, and loss and outputs over all data
 * in evaluation mode. Columns that are constant are named on standard error. Exit code 130 when interrupted. media/schemas/train.schema.json describes the document.
 */
export async function trainCommand(args: readonly string[], io: CommandIo): Promise<number> {
	const { positionals } = readArguments(args, { json: { type: "boolean" } });
	const { run, learnedForm } = trainSpecOf(await readJson(onlyOne("SPEC.json", positionals)));
	const constant = constantColumns(run);
	if (constant.length > 0) io.complain(constantFact({ names: constant, count: constant.length }, english));
	const training = runExactly(run);
	let next = training.next();
	for (; !next.done; next = training.next()) {
		await io.write(`${toJson({ kind: "step", ...next.value })}\n`);
		// A signal is heard between two turns of the event loop alone.
		await setImmediate();
		if (io.signal.aborted) return 130;
	}
	const { initial, firstGradient, final, ...result } = next.value;
	const written = {
		kind: "result",
		initial: initial && weightsToWrite(initial, learnedForm),
		firstGradient: firstGradient && weightsToWrite(firstGradient, learnedForm),
		final: weightsToWrite(final, learnedForm),
		...result,
	};
	await io.write(`${toJson(written)}\n`);
	return 0;
}

/** The columns of the data that have one value for all of several samples: no weight can learn from them. */
function constantColumns({ inputs, targets, widths }: ExactRun): readonly string[] {
	const samples = inputs.length / widths[0]!;
	if (samples < 2) return [];
	const among = (name: string, values: Float64Array) => {
		const ranges = rangesOf(values, values.length / samples);
		const names = ranges.map((_, j) => (ranges.length === 1 ? name : `column ${j} of ${name}`));
		return names.filter((_, j) => ranges[j]!.min === ranges[j]!.max);
	};
	return [...among("data.x", inputs), ...among("data.y", targets)];
}
