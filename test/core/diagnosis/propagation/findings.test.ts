import assert from "node:assert/strict";
import { test } from "node:test";
import { modelFindings } from "../../../../src/core/diagnosis/propagation/findings.ts";
import { fixesFor } from "../../../../src/core/diagnosis/propagation/fixes.ts";
import { forecastModel } from "../../../../src/core/diagnosis/propagation/forecast.ts";
import {
	describeFix,
	describeForecast,
	describeModelFinding,
} from "../../../../src/core/explanation/describeForecast.ts";
import type { Model } from "../../../../src/core/reading/model/model.ts";
import { ModelBuilder, modelOf, TORCH_DEFAULT } from "./models.ts";

const stack = (depth: number, act: string, init: string, norm = "none") =>
	modelOf({ id: "", depth, width: 256, act, init, norm, batch: 128, seeds: 20 });
const findings = (model: Model) => modelFindings(model, forecastModel(model));

test("vanishing-gradient: 9 layers of ReLU with PyTorch's default are reported, 8 are not", () => {
	assert.deepEqual(findings(stack(8, "relu", "torch_default")), []);
	const [finding] = findings(stack(9, "relu", "torch_default"));
	assert.equal(finding?.rule, "vanishing-gradient");
	assert.equal(finding.stage, 1);
	assert.ok(Math.abs(finding.value / 6 ** -4 - 1) < 0.05, String(finding.value));
	assert.deepEqual(finding.span, { start: 10, end: 15 });
});

test("exploding-gradient: 30 layers of batch normalisation and ReLU are reported, 15 are not", () => {
	assert.deepEqual(findings(stack(15, "relu", "torch_default", "batchnorm")), []);
	assert.equal(findings(stack(30, "relu", "torch_default", "batchnorm"))[0]?.rule, "exploding-gradient");
});

test("dead-signal: a bottleneck of tiny weights before the end is reported where the gradient is not small", () => {
	const builder = new ModelBuilder();
	const tiny = { explicit: true, span: null, draw: { kind: "normal", mean: 0, std: 1e-5, truncated: false } } as const;
	const model = builder.model(builder.linear(builder.input(64), 64, 64, tiny, null));
	assert.equal(findings(model)[0]?.rule, "dead-signal");
	const usual = new ModelBuilder();
	assert.deepEqual(findings(usual.model(usual.linear(usual.input(64), 64, 64, TORCH_DEFAULT, null))), []);
});

test("nothing is found where nothing is known", () => {
	const builder = new ModelBuilder();
	const unknown = builder.add({ kind: "unknown", what: "fft", reason: "not in the file" }, [builder.input(8)]);
	assert.deepEqual(findings(builder.model(builder.linear(unknown, 8, 8, TORCH_DEFAULT, null))), []);
});

test("the title says the number and the cause", () => {
	const model = stack(10, "relu", "torch_default");
	const { title } = describeForecast(model, forecastModel(model));
	assert.equal(
		title,
		"gradient at layer 1: 0.00031 of the last; ReLU with PyTorch's default initialisation loses 2.5× a layer (6× in variance)",
	);
	const [finding] = findings(model);
	assert.match(
		describeModelFinding(model, finding!),
		/^gradient at layer 1 of 10: 0\.00031 of the last; ReLU with .*\. Early/,
	);
});

test("that no weights keep GELU, SiLU and Mish stable is said, and not of ReLU or behind normalisation", () => {
	const notes = (act: string, norm = "none") => {
		const model = stack(4, act, "torch_default", norm);
		return describeForecast(model, forecastModel(model)).notes.filter((note) => note.startsWith("No weights keep"));
	};
	for (const act of ["gelu", "silu", "mish"]) assert.equal(notes(act).length, 1, act);
	assert.deepEqual([...notes("relu"), ...notes("gelu", "layernorm")], []);
});

test("each fix is forecast again: He's weights, a normalisation and SELU mend ReLU with PyTorch's default", () => {
	const model = stack(10, "relu", "torch_default");
	const fixes = fixesFor(model, forecastModel(model));
	assert.deepEqual(fixes.map(({ change }) => change.kind).slice(0, 2), ["initialisation", "normalisation"]);
	const [first] = fixes;
	assert.deepEqual(first!.change, { kind: "initialisation", initialiser: "he" });
	assert.match(first!.code!, /nn\.init\.kaiming_normal_\(module\.weight, nonlinearity="relu"\)/);
	assert.match(describeFix(first!), /^He's initialisation: gradient at layer 1 then (1|0\.9\d*) of the last$/);
	for (const fix of fixes) {
		assert.deepEqual(forecastModel(fix.model), fix.forecast);
		assert.ok(fix.verdict.kind === "healthy" || fix.decades >= 1, JSON.stringify(fix.change));
	}
});

test("a healthy model gets no fix", () => {
	const model = stack(10, "relu", "kaiming_normal_relu");
	assert.deepEqual(fixesFor(model, forecastModel(model)), []);
});

test("Keras layers get their initialiser as an argument, unless they name one", () => {
	const call = 'layers.Dense(256, activation="relu")';
	const source = Array.from({ length: 12 }, () => call).join("\n");
	const built = stack(12, "relu", "torch_default");
	let at = 0;
	const layers = built.layers.map((layer) => {
		if (layer.step.kind !== "linear") return layer;
		const span = { start: at, end: at + call.length };
		at += call.length + 1;
		return { ...layer, span };
	});
	const model: Model = { ...built, framework: "keras", layers };
	const [first] = fixesFor(model, forecastModel(model), source);
	assert.equal(first!.edits!.length, 12);
	const { span, text } = first!.edits![0]!;
	assert.equal(
		source.slice(0, span.start) + text + source.slice(span.end, call.length),
		'layers.Dense(256, activation="relu", kernel_initializer="he_normal")',
	);
});
