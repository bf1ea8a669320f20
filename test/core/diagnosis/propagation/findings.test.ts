import assert from "node:assert/strict";
import { test } from "node:test";
import {
	describeFix,
	describeForecast,
	describeModelFinding,
} from "../../../../src/core/diagnosis/propagation/describeForecast.ts";
import { modelFindings } from "../../../../src/core/diagnosis/propagation/findings.ts";
import { edited } from "../../../../src/core/diagnosis/propagation/fixEdits.ts";
import { fixesFor, type ModelFix } from "../../../../src/core/diagnosis/propagation/fixes.ts";
import { forecastModel } from "../../../../src/core/diagnosis/propagation/forecast.ts";
import { modelReadings, toldOf } from "../../../../src/core/diagnosis/propagation/modelReading.ts";
import {
	type Confirmation,
	planTrial,
	simulate,
	type Trial,
} from "../../../../src/core/diagnosis/propagation/simulate.ts";
import type { Model } from "../../../../src/core/reading/model/model.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";
import { ModelBuilder, modelOf, TORCH_DEFAULT } from "./models.ts";

const stack = (depth: number, act: string, init: string, norm = "none") =>
	modelOf({ id: "", depth, width: 256, act, init, norm, batch: 128, seeds: 20 });
function confirmed(model: Model, trial: Trial): Confirmation {
	const passes = simulate(model, trial);
	for (let next = passes.next(); ; next = passes.next()) if (next.done) return next.value;
}
const findings = (model: Model) => modelFindings(model, forecastModel(model));

test("vanishing-gradient: 9 layers of ReLU with PyTorch's default are reported, 8 are not", () => {
	assert.deepEqual(findings(stack(8, "relu", "torch_default")), []);
	const [finding] = findings(stack(9, "relu", "torch_default"));
	assert.equal(finding?.rule, "vanishing-gradient");
	assert.equal(finding.stage, 1);
	assert.ok(Math.abs(finding.value / 6 ** -4 - 1) < 0.05, String(finding.value));
	assert.deepEqual(finding.span, { start: 10, end: 15 });
});

test("a mean over 400,000 places is forecast", () => {
	const code = `import torch
from torch import nn
net = nn.Sequential(nn.Conv1d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv1d(4, 4, 3, padding=1), nn.AdaptiveAvgPool1d(1))
y = net(torch.randn(1, 1, 400000))
`;
	const [model] = readModels(codeOf(code, "python")!);
	assert.ok(model);
	assert.doesNotThrow(() => forecastModel(model));
});

test("exploding-gradient: 30 layers of batch normalisation and ReLU are reported, 15 are not", () => {
	assert.deepEqual(findings(stack(15, "relu", "torch_default", "batchnorm")), []);
	assert.equal(findings(stack(30, "relu", "torch_default", "batchnorm"))[0]?.rule, "exploding-gradient");
});

test("vanishing-gradient: a rough forecast is a finding only ten times beyond the bound, and else said to be rough", () => {
	const narrow = (depth: number) => {
		const builder = new ModelBuilder();
		let last = builder.input(64);
		for (let i = 0; i < depth; i++) {
			const weights = builder.linear(last, i === 0 ? 64 : 8, 8, TORCH_DEFAULT, TORCH_DEFAULT);
			last = builder.add({ kind: "activation", activation: "sigmoid", parameters: {} }, [weights]);
		}
		return builder.model(builder.linear(last, 8, 2, TORCH_DEFAULT, TORCH_DEFAULT));
	};
	assert.equal(findings(narrow(5))[0]?.rule, "vanishing-gradient");
	assert.deepEqual(findings(narrow(4)), []);
	const { verdict, title } = describeForecast(narrow(4), forecastModel(narrow(4)));
	assert.deepEqual([verdict.kind, verdict.suspected], ["uncertain", "vanishing gradient"]);
	assert.match(title, /^gradient at layer 1: 0\.0003\d of the last, roughly$/);
});

test("dead-signal: a bottleneck of tiny weights before the end is reported where the gradient is not small", () => {
	const builder = new ModelBuilder();
	const tiny = { explicit: true, span: null, draw: { kind: "normal", mean: 0, std: 1e-5, truncated: false } } as const;
	const bottleneck = builder.linear(builder.input(64), 64, 64, tiny, null);
	const model = builder.model(builder.linear(bottleneck, 64, 64, TORCH_DEFAULT, null));
	assert.equal(findings(model)[0]?.rule, "dead-signal");
	const usual = new ModelBuilder();
	assert.deepEqual(findings(usual.model(usual.linear(usual.input(64), 64, 64, TORCH_DEFAULT, null))), []);
});

test("dead-signal: the signal of a model of tokens counts next to its embeddings", () => {
	const KERAS = "from keras import Sequential, layers";
	const rules = (first: string) =>
		readModels(
			codeOf(
				`${KERAS}\nm = Sequential([${first}, layers.LSTM(64, return_sequences=True), layers.LSTM(32), layers.Dense(1)])`,
				"python",
			)!,
		)
			.flatMap((model) => findings(model))
			.map(({ rule }) => rule);
	// What Keras draws for an embedding, 0.03, comes to 0.004 behind two layers: a seventh.
	assert.deepEqual(rules("layers.Embedding(2000, 64)"), []);
	assert.deepEqual(
		rules(
			'layers.Input((16, 64)), layers.Dense(64, kernel_initializer="random_normal"), layers.Dense(8, kernel_initializer="random_normal"), layers.Dense(8, kernel_initializer="random_normal")',
		),
		["dead-signal"],
	);
});

test("where the last stage alone is known there is no verdict", () => {
	const verdict = (part: string) => {
		const code = `import torch\nfrom torch import nn\nfrom elsewhere import part\nm = nn.Sequential(nn.Linear(64, 64), ${part}, nn.Linear(64, 64))\n`;
		const [model] = readModels(codeOf(code, "python")!);
		return describeForecast(model!, forecastModel(model!)).verdict.kind;
	};
	assert.equal(verdict("nn.Tanh()"), "healthy");
	assert.equal(verdict("part()"), "unknown");
});

/** Blocks of two layers in residual branches; what stands before the sum is `made` of the block's layers. */
const residual = (init: string, branch: string) =>
	readModels(
		codeOf(
			`import torch\nimport torch.nn as nn\nclass Block(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.norm = nn.LayerNorm(64)\n\t\tself.a = nn.Linear(64, 128)\n\t\tself.act = nn.GELU()\n\t\tself.b = nn.Linear(128, 64)\n\t\t${init}\n\tdef forward(self, x):\n\t\treturn ${branch}\nnet = nn.Sequential(nn.Linear(64, 64), *[Block() for _ in range(4)], nn.Linear(64, 64))\n`,
			"python",
		)!,
	).find(({ name }) => name === "net")!;

test("vanishing-gradient: branches that begin shut and open in training are not reported; a whole model so scaled is", () => {
	const block = "self.b(self.act(self.a(self.norm(x))))";
	for (const [init, branch] of [
		["self.gamma = nn.Parameter(1e-6 * torch.ones(64))", `x + self.gamma * ${block}`],
		["self.alpha = nn.Parameter(torch.zeros(1))", `x + self.alpha * ${block}`],
		["nn.init.zeros_(self.b.weight)", `x + ${block}`],
	] as const) {
		const model = residual(init, branch);
		const ratios = forecastModel(model).stages.map(({ gradientRatio }) => gradientRatio!);
		assert.ok(Math.min(...ratios) < 1e-5, branch);
		assert.deepEqual(findings(model), [], branch);
	}
	const scaled = "self.gamma = nn.Parameter(1e-6 * torch.ones(64))";
	assert.equal(findings(residual(scaled, `self.gamma * ${block}`))[0]?.rule, "vanishing-gradient");
	assert.equal(findings(residual("nn.init.zeros_(self.a.weight)", block))[0]?.rule, "vanishing-gradient");
});

test("vanishing-gradient: a cell that is called again and again learns from its last calls", () => {
	const text = (calls: number) =>
		`import torch\nimport torch.nn as nn\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.cell = nn.RNNCell(8, 32)\n\t\tself.head = nn.Linear(32, 16)\n\tdef forward(self, x):\n\t\th = torch.zeros(x.size(0), 32)\n\t\tfor t in range(${calls}):\n\t\t\th = self.cell(x[:, t], h)\n\t\treturn self.head(h)\n`;
	const [model] = readModels(codeOf(text(24), "python")!);
	assert.ok(forecastModel(model!).stages[0]!.gradientRatio! < 1e-3);
	assert.deepEqual(findings(model!), []);
});

test("nothing is found where nothing is known", () => {
	const builder = new ModelBuilder();
	const unknown = builder.add({ kind: "unknown", what: "fft", reason: "not in the file" }, [builder.input(8)]);
	assert.deepEqual(findings(builder.model(builder.linear(unknown, 8, 8, TORCH_DEFAULT, null))), []);
});

test("dead-signal: what a model gives may be small at first, as a policy's is", () => {
	const net = (layers: string) =>
		readModels(
			codeOf(
				`import torch\nfrom torch import nn\ndef made(layer, gain):\n\tnn.init.orthogonal_(layer.weight, gain)\n\tnn.init.zeros_(layer.bias)\n\treturn layer\nnet = nn.Sequential(${layers})\n`,
				"python",
			)!,
		).at(-1)!;
	const inner = "made(nn.Linear(64, 64), 1.4), nn.Tanh()";
	assert.deepEqual(findings(net(`${inner}, ${inner}, made(nn.Linear(64, 4), 0.003)`)), []);
	const [finding] = findings(net(`${inner}, made(nn.Linear(64, 64), 0.003), nn.ELU(), ${inner}`));
	assert.equal(finding?.rule, "dead-signal");
	assert.equal(finding?.stage, 2);
});

test("dead-signal: a branch that is small at first is none, as long as more goes past it", () => {
	const net = (forward: string) =>
		readModels(
			codeOf(
				`import torch\nfrom torch import nn\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.branch, self.next, self.head = nn.Linear(64, 64), nn.Linear(64, 64), nn.Linear(64, 4)\n\t\tself.norm, self.drop = nn.LayerNorm(64), nn.Dropout(0.1)\n\t\tnn.init.normal_(self.branch.weight, std=1e-5)\n\t\tnn.init.zeros_(self.branch.bias)\n\tdef forward(self, x):\n\t\treturn self.head(self.next(${forward}))\n`,
				"python",
			)!,
		)[0]!;
	assert.deepEqual(findings(net("x + self.drop(self.branch(self.norm(x)))")), []);
	assert.equal(findings(net("self.drop(self.branch(self.norm(x)))"))[0]?.rule, "dead-signal");
});

test("an input that a model divides as bytes are divided is taken to be as large", () => {
	const net = (forward: string) =>
		readModels(
			codeOf(
				`import torch\nfrom torch import nn\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.a = nn.Linear(64, 64)\n\t\tself.norm = nn.BatchNorm1d(64)\n\t\tself.b = nn.Linear(64, 8)\n\tdef forward(self, x):\n\t\treturn self.b(torch.relu(self.norm(self.a(${forward}))))\n`,
				"python",
			)!,
		)[0]!;
	const numbers = (model: Model) =>
		forecastModel(model).stages.map(({ forwardRms, gradientRatio }) =>
			[forwardRms, gradientRatio].map((one) => one?.toFixed(6)),
		);
	const run = (model: Model) => {
		const passes = simulate(model, { batch: 8, seeds: 1, multiplyAdds: 0, reduced: true, side: null });
		for (let next = passes.next(); ; next = passes.next())
			if (next.done)
				return next.value.stages.map(({ preStd, gradientRatio }) => [
					preStd.mean.toFixed(6),
					gradientRatio.mean.toFixed(6),
				]);
	};
	const plain = net("x");
	for (const bytes of ["x / 255.0", "x.float() / 255", "x / 127.5", "(1 / 255) * x"]) {
		assert.deepEqual(numbers(net(bytes)), numbers(plain), bytes);
		assert.deepEqual(run(net(bytes)), run(net("x / 255")), bytes);
		assert.deepEqual(findings(net(bytes)), []);
		assert.match(describeForecast(net(bytes), forecastModel(net(bytes))).notes.join(), /bytes/);
	}
	assert.notDeepEqual(numbers(net("x / 1000")), numbers(plain));
	// A run's draws hang on the places of its layers: the numbers of one without the division are others.
	const ratio = (forward: string) => Number(run(net(forward))[0]![1]);
	assert.ok(Math.abs(Math.log(ratio("x / 255") / ratio("x"))) < 0.2, `${ratio("x / 255")}, ${ratio("x")}`);
	const twice = net("x / 255 + x");
	assert.doesNotMatch(describeForecast(twice, forecastModel(twice)).notes.join(), /bytes/);
});

test("branches that a normalisation of factors 0 shuts are as if they were not there, and nothing is wrong with them", () => {
	const net = (branch: string) =>
		readModels(
			codeOf(
				[
					"from torch import nn",
					"from torch.nn import functional as F",
					"class Block(nn.Module):",
					"\tdef __init__(self):",
					"\t\tsuper().__init__()",
					"\t\tself.a, self.norm, self.b, self.last = nn.Linear(64, 64), nn.BatchNorm1d(64), nn.Linear(64, 64), nn.BatchNorm1d(64)",
					"\t\tnn.init.zeros_(self.last.weight)",
					"\tdef forward(self, x):",
					`\t\treturn F.relu(${branch})`,
					"net = nn.Sequential(nn.Linear(64, 64), *[Block() for _ in range(6)], nn.Linear(64, 8))",
				].join("\n"),
				"python",
			)!,
		).at(-1)!;
	const shut = net("x + self.last(self.b(F.relu(self.norm(self.a(x)))))");
	const ends = (model: Model) => {
		const { stages } = forecastModel(model);
		return [stages[0]!, stages.at(-1)!].map(({ preStd, gradientRatio }) =>
			[preStd, gradientRatio].map((one) => one?.toPrecision(9)),
		);
	};
	assert.deepEqual(ends(shut), ends(net("x")));
	assert.deepEqual(findings(shut), []);
	assert.deepEqual(
		forecastModel(shut)
			.stages.slice(1, 3)
			.map(({ preStd, gradientRatio }) => [preStd === 0, gradientRatio === 0]),
		[
			[false, true],
			[true, false],
		],
	);
	const alone = net("self.last(self.a(x))");
	assert.equal(findings(alone)[0]?.rule, "vanishing-gradient");
});

test("a model whose last weights are 0 at first is told so in numbers, and has no finding", () => {
	for (const forward of ["self.head(torch.relu(self.a(x)))", "self.head(x + torch.relu(self.a(x)))"]) {
		const [model] = readModels(
			codeOf(
				`import torch\nfrom torch import nn\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.first = nn.Linear(64, 64)\n\t\tself.a = nn.Linear(64, 64)\n\t\tself.head = nn.Linear(64, 8)\n\t\tnn.init.zeros_(self.head.weight)\n\tdef forward(self, x):\n\t\tx = self.first(x)\n\t\treturn ${forward}\n`,
				"python",
			)!,
		);
		assert.deepEqual(findings(model!), []);
		assert.equal(describeForecast(model!, forecastModel(model!)).title, "gradient at layer 1: 0 of the last");
	}
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

test("the cause is the weights and the activation that the gradient passes on one step back", () => {
	const title = (text: string) => {
		const [model] = readModels(codeOf(text, "python")!);
		return describeForecast(model!, forecastModel(model!)).title;
	};
	// A head of tiny weights loses much, and what is before it no more than it ever does.
	const head = (depth: number) =>
		`from torch import nn\nclass R(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.body = nn.Sequential(*[l for _ in range(${depth}) for l in (nn.Linear(64, 64), nn.ReLU())])\n\t\tself.head = nn.Linear(64, 1)\n\t\tnn.init.orthogonal_(self.head.weight, 0.01)\n\tdef forward(self, x):\n\t\treturn self.head(self.body(x))\n`;
	assert.match(title(head(6)), /; ReLU with orthogonal weights of gain 0\.01 loses 140× \(20000× in variance\)$/);
	assert.match(title(head(12)), /; ReLU with PyTorch's default initialisation loses 2\.5× a layer \(6× in variance\)$/);
	const dense = 'layers.Dense(50, "sigmoid", kernel_initializer="truncated_normal")';
	const keras = `import keras\nfrom keras import layers\nmodel = keras.Sequential([keras.Input((50,)), ${[dense, dense, dense, dense].join(", ")}, layers.Dense(2)])\n`;
	assert.match(title(keras), /; Sigmoid with normal weights of deviation 0\.05, truncated loses 13× a layer/);
});

test("what running a model found is told where the forecast does not know", () => {
	const text =
		"import torch\nfrom torch import nn\nclass G(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.a = nn.Linear(64, 64)\n\t\tself.b = nn.Linear(64, 64)\n\tdef forward(self, x):\n\t\th = self.a(x)\n\t\treturn self.b(h * torch.sigmoid(torch.tanh(h)))\n";
	const [model] = readModels(codeOf(text, "python")!);
	const forecast = forecastModel(model!);
	const before = describeForecast(model!, forecast);
	assert.match(before.title, /^gradient not known/);
	const trial = planTrial(model!);
	assert.equal(trial.kind, "trial");
	const { title, stages, notes } = describeForecast(model!, forecast, undefined, confirmed(model!, trial as Trial));
	assert.match(title, /^gradient at layer 1: [\d.]+ of the last, by running the model$/);
	assert.ok(stages.every(({ run }) => run !== null && Number(run) > 0));
	assert.ok(notes.every((note) => !note.includes("running the model tells")));
});

test("that no weights keep GELU, SiLU and Mish stable is said, and not of ReLU or behind normalisation", () => {
	const notes = (act: string, norm = "none") => {
		const model = stack(4, act, "torch_default", norm);
		return describeForecast(model, forecastModel(model)).notes.filter((note) => note.startsWith("No weights keep"));
	};
	for (const act of ["gelu", "silu", "mish"]) assert.equal(notes(act).length, 1, act);
	assert.deepEqual([...notes("relu"), ...notes("gelu", "layernorm")], []);
	// As in transformers, the normalisation may stand before the layer.
	const layers = "nn.LayerNorm(64), nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 64)";
	const [before] = readModels(codeOf(`import torch.nn as nn\nnet = nn.Sequential(${layers})\n`, "python")!);
	assert.doesNotMatch(describeForecast(before!, forecastModel(before!)).notes.join(), /No weights keep/);
});

test("the title says so where the gradient is known behind a part alone that is not understood", () => {
	const title = (behind: string) => {
		const layers = `nn.Linear(64, 64), nn.Tanh(), Strange(), ${behind}nn.Linear(64, 64)`;
		const [model] = readModels(codeOf(`import torch.nn as nn\nnet = nn.Sequential(${layers})\n`, "python")!);
		return describeForecast(model!, forecastModel(model!)).title;
	};
	assert.match(
		title("nn.BatchNorm1d(64), nn.Linear(64, 64), nn.Tanh(), "),
		/^gradient at layer 2: 0\.\d+ of the last; before it not known$/,
	);
	assert.equal(title(""), "gradient not known: 2: Strange is not known");
	const [alone] = readModels(
		codeOf("import torch.nn as nn\nnet = nn.Sequential(Strange(), nn.Linear(8, 8))\n", "python")!,
	);
	assert.match(describeForecast(alone!, forecastModel(alone!)).title, /^gradient not known: .*Strange is not known$/);
});

test("of a class whose sizes are given where it is made, the only variable's forecast is told", () => {
	const text = `import torch.nn as nn
class Net(nn.Module):
\tdef __init__(self, wide):
\t\tsuper().__init__()
\t\tself.a, self.b = nn.Linear(wide, wide), nn.Linear(wide, 10)
\tdef forward(self, x):
\t\treturn self.b(self.a(x))
`;
	const told = (more: string) => {
		const readings = readModels(codeOf(text + more, "python")!).map((model) => {
			return { model, forecast: forecastModel(model) };
		});
		return readings.map((_, i) => readings[toldOf(readings, i)]!.model.name);
	};
	assert.deepEqual(told(""), ["Net"]);
	assert.deepEqual(told("net = Net(64)\n"), ["net", "net"]);
	assert.deepEqual(told("net = Net(64)\nother = Net(32)\n"), ["Net", "net", "other"]);
	assert.deepEqual(told("net = Net(unknown)\n"), ["Net", "net"]);
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

/** The fixes of the only model of a Python text, each with the text that it makes. */
function fixed(
	lines: readonly string[],
): { readonly kind: string; readonly text: string | null; readonly fix: ModelFix }[] {
	const text = lines.join("\n");
	const [reading, ...others] = modelReadings(codeOf(text, "python")!);
	assert.ok(reading && others.length === 0);
	return reading.fixes.map((fix) => ({ kind: fix.change.kind, text: fix.edits && edited(text, fix.edits), fix }));
}

function textOf(kind: string, lines: readonly string[]): readonly string[] | null {
	return (
		fixed(lines)
			.find((one) => one.kind === kind)
			?.text?.split("\n") ?? null
	);
}

const KERAS = "from keras import Sequential, layers";
const repeated = (line: string, times = 12) => Array.from({ length: times }, () => line);

test("Keras layers get their initialiser as an argument, unless they name one", () => {
	const model = (call: string) => [
		KERAS,
		"m = Sequential([",
		"    layers.Input((256,)),",
		...repeated(`    ${call},`),
		"])",
	];
	assert.deepEqual(
		textOf("initialisation", model('layers.Dense(256, activation="sigmoid")')),
		model('layers.Dense(256, activation="sigmoid", kernel_initializer="he_normal")'),
	);
	assert.equal(
		textOf("initialisation", model('layers.Dense(256, activation="sigmoid", kernel_initializer="he_normal")')),
		null,
	);
});

test("a normalisation stands before the activation that a Keras layer had as an argument", () => {
	const model = (...calls: string[]) => [
		KERAS,
		"m = Sequential([",
		"    layers.Input((256,)),",
		...repeated(calls.map((call) => `    ${call},`).join("\n")),
		"])",
	];
	assert.deepEqual(
		textOf("normalisation", model('layers.Dense(256, activation="sigmoid")'))!.join("\n"),
		model("layers.Dense(256)", "layers.BatchNormalization()", 'layers.Activation("sigmoid")').join("\n"),
	);
});

const TORCH = ["import torch", "import torch.nn as nn", "import torch.nn.functional as F"];
const net = (init: readonly string[], forward: readonly string[]) => [
	...TORCH,
	"class Net(nn.Module):",
	"    def __init__(self):",
	"        super().__init__()",
	...init.map((line) => `        ${line}`),
	"    def forward(self, x):",
	...forward.map((line) => `        ${line}`),
];

test("a normalisation is made beside its layer, and called around each call of it", () => {
	const names = Array.from({ length: 6 }, (_, i) => `fc${i}`);
	const before = net(
		names.map((name) => `self.${name} = nn.Linear(64, 64)`),
		[...names.map((name) => `x = torch.sigmoid(self.${name}(x))`), "return x"],
	);
	const after = net(
		names.flatMap((name) => [`self.${name} = nn.Linear(64, 64)`, `self.${name}_norm = nn.BatchNorm1d(64)`]),
		[...names.map((name) => `x = torch.sigmoid(self.${name}_norm(self.${name}(x)))`), "return x"],
	);
	assert.deepEqual(textOf("normalisation", before), after);
});

test("layers that are imported by themselves get a normalisation that is imported beside them", () => {
	const model = (head: string, ...calls: string[]) => [
		"import torch.nn as nn",
		head,
		`m = nn.Sequential(${repeated(calls.join(", "), 8).join(", ")})`,
	];
	assert.deepEqual(
		textOf("normalisation", model("from torch.nn import Linear, Sigmoid", "Linear(64, 64)", "Sigmoid()")),
		model("from torch.nn import Linear, BatchNorm1d, Sigmoid", "Linear(64, 64)", "BatchNorm1d(64)", "Sigmoid()"),
	);
	assert.deepEqual(
		textOf("normalisation", model("from torch.nn import Linear, BatchNorm1d, Sigmoid", "Linear(64, 64)", "Sigmoid()")),
		model("from torch.nn import Linear, BatchNorm1d, Sigmoid", "Linear(64, 64)", "BatchNorm1d(64)", "Sigmoid()"),
	);
	// A name that means something else already is not imported, nor one beside a name of its own.
	const taken = "from torch.nn import Linear, Sigmoid; BatchNorm1d = None";
	assert.equal(textOf("normalisation", model(taken, "Linear(64, 64)", "Sigmoid()")), null);
	assert.equal(
		textOf("normalisation", model("from torch.nn import Linear as L, Sigmoid", "L(64, 64)", "Sigmoid()")),
		null,
	);
});

test("layers of a list that a loop goes through become one with their normalisation, those beside it get one beside them", () => {
	const forward = [
		"x = torch.sigmoid(self.first(x))",
		"for layer in self.layers:",
		"    x = torch.sigmoid(layer(x))",
		"return x",
	];
	const init = (norm: string, layer: string) => [
		"self.first = nn.Linear(64, 64)",
		...(norm ? [`self.first_norm = ${norm}`] : []),
		`self.layers = nn.ModuleList([${layer} for _ in range(6)])`,
	];
	const behind = forward.with(0, "x = torch.sigmoid(self.first_norm(self.first(x)))");
	assert.deepEqual(
		textOf("normalisation", net(init("", "nn.Linear(64, 64)"), forward)),
		net(init("nn.BatchNorm1d(64)", "nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64))"), behind),
	);
	const append = (layer: string) =>
		net(
			["self.layers = nn.ModuleList()", "for i in range(6):", `    self.layers.append(${layer})`],
			["for layer in self.layers:", "    x = torch.sigmoid(layer(x))", "return x"],
		);
	assert.deepEqual(
		textOf("normalisation", append("nn.Linear(64, 64)")),
		append("nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64))"),
	);
});

test("layers of nnx hand their random numbers on to their normalisation", () => {
	const names = ["a", "b", "c", "d", "e", "f"];
	const model = (init: readonly string[], call: (name: string) => string) => [
		"from flax import nnx",
		"class Net(nnx.Module):",
		"    def __init__(self, rngs):",
		...init.map((line) => `        ${line}`),
		"    def __call__(self, x):",
		...names.map((name) => `        x = nnx.sigmoid(${call(name)})`),
		"        return x",
	];
	const layer = (name: string) => `self.${name} = nnx.Linear(64, 64, rngs=rngs)`;
	assert.deepEqual(
		textOf(
			"normalisation",
			model(names.map(layer), (name) => `self.${name}(x)`),
		),
		model(
			names.flatMap((name) => [layer(name), `self.${name}_norm = nnx.BatchNorm(64, rngs=rngs)`]),
			(name) => `self.${name}_norm(self.${name}(x))`,
		),
	);
});

test("layers of TensorFlow.js give their activation to a layer behind the normalisation", () => {
	const script = (...calls: string[]) =>
		[
			'import * as tf from "@tensorflow/tfjs";',
			"const m = tf.sequential();",
			...repeated(calls.map((call) => `m.add(tf.layers.${call});`).join("\n"), 8),
			"",
		].join("\n");
	const dense = (more = "") => `dense({ units: 64, inputShape: [64]${more} })`;
	const text = script(dense(", activation: 'sigmoid'"));
	const [reading] = modelReadings(codeOf(text, "typescript")!);
	const fix = reading!.fixes.find(({ change }) => change.kind === "normalisation");
	assert.equal(
		edited(text, fix!.edits!),
		script(dense(), "batchNormalization()", "activation({activation: 'sigmoid'})"),
	);
});

test("another activation takes the place of functions, of modules with arguments, and of an attribute", () => {
	const names = ["a", "b", "c", "d", "e", "f"];
	const model = (module: string, method: string, fn: string) =>
		net(
			[`self.act = ${module}`, ...names.map((name) => `self.${name} = nn.Linear(64, 64)`)],
			[...names.map((name, i) => `x = ${["self.act", method, fn][i % 3]}(self.${name}(x))`), "return x"],
		);
	assert.deepEqual(
		textOf("activation", model("nn.Sigmoid()", "torch.sigmoid", "F.sigmoid")),
		model("nn.SELU()", "torch.selu", "F.selu"),
	);
	assert.deepEqual(
		textOf("activation", model("nn.Hardtanh(-0.1, max_val=0.1)", "F.sigmoid", "torch.sigmoid")),
		model("nn.SELU()", "F.selu", "torch.selu"),
	);
});

test("an activation that is written once is another one wherever it is called", () => {
	const model = (module: string) =>
		net(
			[`self.act = ${module}`, "self.a = nn.Linear(64, 64)"],
			["x = self.act(x)", ...repeated("x = self.act(self.a(x))", 6), "return x"],
		);
	assert.deepEqual(textOf("activation", model("nn.Sigmoid()")), model("nn.SELU()"));
});

test("what cannot be written in the text is not tried", () => {
	const made = [
		"def make():",
		"    return nn.Sequential(",
		...repeated("        nn.Linear(64, 64), nn.Sigmoid(),"),
		"    )",
	];
	const text = ["import torch.nn as nn", "", "", ...made].join("\n");
	const read = codeOf(text, "python")!;
	const [model] = readModels(read);
	const times = (of: Model) => {
		let count = 0;
		const readAgain = () => {
			count++;
			return null;
		};
		const source = { text, root: read.root, readAgain };
		return [fixesFor(of, forecastModel(of), source).length, count];
	};
	const [fixes, tried] = times(model!);
	assert.ok(fixes! > 0 && tried! > 0);
	const elsewhere = { ...model!, layers: model!.layers.map((layer) => ({ ...layer, path: "/layers.py" })) };
	assert.deepEqual(times(elsewhere), [fixes, 0]);
});

test("what a fix does not know how to write, and edits that do something else than they should, are not offered as edits", () => {
	const looped = net(
		["self.layers = nn.ModuleList([nn.Linear(64, 64)] * 8)"],
		["for layer in self.layers:", "    x = layer(x).sigmoid()", "return x"],
	);
	const kinds = fixed(looped).map(({ kind, text }) => [kind, text !== null]);
	assert.ok(
		kinds.some(([kind, has]) => kind === "normalisation" && !has),
		JSON.stringify(kinds),
	);
	assert.ok(
		kinds.some(([kind, has]) => kind === "activation" && !has),
		JSON.stringify(kinds),
	);
	// One that is also given to another module would be called without its normalisation there.
	const handed = net(
		[
			"self.a = nn.Linear(64, 64)",
			"self.b = nn.Sequential(self.a, nn.Sigmoid(), self.a, nn.Sigmoid(), self.a, nn.Sigmoid(), self.a, nn.Sigmoid())",
		],
		["return torch.sigmoid(self.a(self.b(x)))"],
	);
	for (const { kind, text } of fixed(handed)) if (kind === "normalisation") assert.equal(text, null);
});

test("a fix is forecast from the edited text", () => {
	const lines = net(
		Array.from({ length: 6 }, (_, i) => `self.fc${i} = nn.Linear(64, 64)`),
		[...Array.from({ length: 6 }, (_, i) => `x = torch.sigmoid(self.fc${i}(x))`), "return x"],
	);
	for (const { text, fix } of fixed(lines)) {
		const [model] = readModels(codeOf(text!, "python")!);
		assert.deepEqual(forecastModel(model!), fix.forecast);
	}
});
