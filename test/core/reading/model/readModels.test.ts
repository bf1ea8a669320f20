/**
 * Models read from source, held against the same models run by PyTorch, Keras and Flax (`test/python/models.py` writes
 * test/fixtures/models/expected.json): the calls of layers with weights in their order, sizes, and the weights' deviation.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import {
	cellSizes,
	drawnMoments,
	factorMoments,
	isInner,
	isWeightStep,
	weightSize,
} from "../../../../src/core/diagnosis/propagation/weights.ts";
import type { Model, ModelLayer, Step } from "../../../../src/core/reading/model/model.ts";
import { modelsOf, unknownsOf } from "./told.ts";

/** A call of a layer with weights or statistics, as it ran. */
interface Call {
	/** PyTorch's modules have the names that code gives them. */
	readonly name?: string;
	readonly kind: string;
	/** Deviation of the weight, of the state's in a recurrent layer, and of the bias as drawn; null without one. */
	readonly std?: number | null;
	readonly recurrent?: number;
	readonly bias?: number | null;
	/** Mean of a normalisation's factors; null without them. */
	readonly factors?: number | null;
	/** The layers whose values reach it without another of them between. */
	readonly fedBy?: readonly string[];
	readonly [size: string]: unknown;
}

const FOLDER = "test/fixtures/models";
const expected: Record<string, Record<string, readonly Call[]>> = JSON.parse(
	readFileSync(`${FOLDER}/expected.json`, "utf8"),
);

/** Features of the samples that test/python/models.py runs models with. */
const RUN_WITH = 64;

/** Standard errors within which a deviation drawn once lies; the weights of an orthogonal matrix scatter less. */
const SURELY = 5;

for (const [file, models] of Object.entries(expected)) {
	const read = modelsOf(readFileSync(`${FOLDER}/${file}.py`, "utf8"));
	describe(`${file} is read as it runs`, () => {
		for (const [name, calls] of Object.entries(models)) {
			test(name, () => {
				const model = read.find((one) => one.name === name);
				assert.ok(model, `no model ${name}`);
				assert.deepEqual(unknownsOf(model), []);
				const made = callsOf(model);
				// What cannot be traced is not told what it is fed by.
				const isTraced = calls.some(({ fedBy }) => fedBy !== undefined);
				// The same call is told by its name and its turn; without names by the order of the calls.
				const [got, ran] = [
					made.map(({ call: { fedBy, ...call } }) => (isTraced ? { ...call, fedBy } : call)),
					calls,
				].map(byName);
				assert.deepEqual(got!.map(sizesOf), ran!.map(sizesOf));
				for (const [i, { step }] of byName(made.map((one) => ({ ...one, name: one.call.name }))).entries()) {
					agreeOnDraws(model, step, ran![i]!);
				}
			});
		}
	});
}

/** Keeps the order of calls of one name. */
function byName<T extends { readonly name?: string | undefined }>(calls: readonly T[]): T[] {
	return calls.toSorted((a, b) => (a.name === b.name ? 0 : (a.name ?? "") < (b.name ?? "") ? -1 : 1));
}

function sizesOf({ std: _, bias, factors: __, recurrent: ___, ...rest }: Call): object {
	return { ...rest, ...(bias !== undefined && { hasBias: bias !== null }) };
}

function agreeOnDraws(model: Model, step: Step, ran: Call): void {
	if (step.kind === "normalisation") {
		const moments = factorMoments(step);
		assert.ok(moments, "factors that are not known");
		// Without factors it is as if they were 1.
		const off = Math.abs(moments.mean - (ran.factors ?? 1));
		assert.ok(off <= SURELY * Math.sqrt(moments.variance / step.features!), `${off} off`);
		return;
	}
	assert.ok(isWeightStep(step));
	const size = weightSize(fed(model, step), model.framework);
	const moments = size && drawnMoments(step.weight.draw, size, model.framework);
	assert.ok(moments, "a draw that is not known");
	agree("weight", Math.sqrt(moments.variance), ran.std!, size.count);
	if (step.kind === "recurrence") {
		const { draws, recurrent } = cellSizes(fed(model, step))!;
		const ofState = drawnMoments(step.recurrent.draw, recurrent, model.framework)!;
		agree("weight of the state", Math.sqrt(ofState.variance), ran.recurrent!, draws * recurrent.count);
	}
	const bias = step.kind === "embedding" ? null : step.bias;
	const drawn = bias && drawnMoments(bias.draw, size, model.framework);
	if (drawn) agree("bias", Math.sqrt(drawn.variance), ran.bias!, size.outputs);
}

/** A deviation told and one drawn of `count` numbers agree. */
function agree(what: string, std: number, drawn: number, count: number): void {
	const tolerance = (SURELY * std) / Math.sqrt(2 * count) + 1e-9;
	assert.ok(Math.abs(std - drawn) <= tolerance, `${what}: ${std} read, ${drawn} drawn`);
}

/** The layers with weights or statistics, as test/python/models.py tells of them. */
function callsOf(model: Model): { readonly step: Step; readonly call: Call }[] {
	const tells = ({ step }: ModelLayer) => (isWeightStep(step) && !isInner(step)) || step.kind === "normalisation";
	const sources = new Map<number, ReadonlySet<string>>();
	return model.layers.flatMap((layer, i) => {
		const { step, name, inputs } = layer;
		const around = new Set(inputs.flatMap((one) => [...sources.get(one)!]));
		sources.set(i, step.kind === "input" ? new Set(["input"]) : tells(layer) ? new Set([name]) : around);
		if (!tells(layer)) return [];
		const named = model.framework === "torch" ? { name, fedBy: [...around].sort() } : {};
		return [{ step, call: { ...named, ...sizesToTell(fed(model, step)) } }];
	});
}

function sizesToTell(step: Step): Call {
	switch (step.kind) {
		case "normalisation": {
			const { kind, of, features, epsilon } = step;
			return { kind, of, features, epsilon };
		}
		case "recurrence": {
			const { kind, cell, inputs, outputs, reversed, bias } = step;
			return { kind, cell: cell.of, inputs, outputs, reversed, bias: bias && 0 };
		}
		case "embedding": {
			const { kind, count, outputs } = step;
			return { kind, count, outputs };
		}
		case "convolution": {
			const { kind, inputs, outputs, kernel, stride, groups, bias } = step;
			return { kind, inputs, outputs, kernel, stride, groups, bias: bias && 0 };
		}
		case "linear": {
			const { kind, inputs, outputs, bias } = step;
			return { kind, inputs, outputs, bias: bias && 0 };
		}
		default:
			return { kind: step.kind };
	}
}

/** A step with the sizes that Flax leaves to the first call: those of the samples that the models run with. */
function fed<S extends Step>({ framework }: Model, step: S): S {
	if (framework !== "flax" || !("inputs" in step) || step.inputs !== null) return step;
	return { ...step, inputs: step.kind === "convolution" ? 1 : RUN_WITH };
}
