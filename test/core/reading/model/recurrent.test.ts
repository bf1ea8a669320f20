import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD, kindsOf, modelsOf, netOf, unknownsOf } from "./told.ts";

test("a layer of Keras' that goes backwards gives what it makes of the first place; all places are not followed", () => {
	const of = (layer: string) =>
		modelsOf(
			`from tensorflow import keras\nfrom keras import layers\nnet = keras.Sequential([keras.Input((20, 8)), ${layer}])\n`,
		)[0]!.layers.map(({ step }) => (step.kind === "recurrence" ? `reversed ${step.reversed}` : step.kind));
	assert.deepEqual(of("layers.GRU(4, go_backwards=True)"), ["input", "reversed true", "reshape"]);
	assert.deepEqual(of("layers.GRU(4)"), ["input", "reversed false", "reshape"]);
	assert.deepEqual(of("layers.GRU(4, go_backwards=True, return_sequences=True)"), ["input", "unknown"]);
	assert.deepEqual(of("layers.Bidirectional(layers.GRU(4, go_backwards=True))"), ["input", "unknown"]);
});

test("a cell is one step of a recurrent layer, with the state that it is given", () => {
	const begins = (cell: string, state: string) => {
		const { layers } = netOf(`self.cell = ${cell}\nself.fc = nn.Linear(4, 6)`, `return self.cell(x${state})`);
		const step = layers.find(({ step: { kind } }) => kind === "recurrence" || kind === "unknown")!.step;
		return step.kind === "recurrence" ? `${step.cell.of} ${step.begins} ${step.inputs} ${step.outputs}` : step.kind;
	};
	assert.equal(begins("nn.GRUCell(4, 6)", ""), "gru zero 4 6");
	assert.equal(begins("nn.GRUCell(4, 6)", ", torch.zeros(x.size(0), 6)"), "gru zero 4 6");
	assert.equal(begins("nn.RNNCell(4, 6)", ", self.fc(x)"), "rnn given 4 6");
	assert.equal(begins("nn.RNNCell(4, 6)", ", other(3)"), "unknown");
	const twice = netOf("self.cell = nn.LSTMCell(4, 4)", "h, c = self.cell(x)\nh, c = self.cell(h, (h, c))\nreturn h");
	const steps = twice.layers.filter(({ step }) => step.kind === "recurrence");
	assert.deepEqual(
		steps.map(({ sharedWith }) => sharedWith !== null),
		[false, true, true],
	);
});

test("a recurrent layer begins with 0, with a state that is given, or with one that comes with the data", () => {
	const begins = (state: string, parameters = "x") => {
		const model = modelsOf(
			`${HEAD}class Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.fc = nn.Linear(8, 8)\n\t\tself.rnn = nn.LSTM(8, 6, batch_first=True)\n\tdef forward(self, ${parameters}):\n\t\treturn self.rnn(x, ${state})[0]\n`,
		)[0]!;
		const { step } = model.layers.at(-1)!;
		return step.kind === "recurrence" ? step.begins : step.kind;
	};
	assert.equal(begins("None"), "zero");
	assert.equal(begins("(torch.zeros(1, x.size(0), 6), torch.zeros(1, x.size(0), 6).to(x.device))"), "zero");
	assert.equal(begins("(x.new_zeros(1, x.size(0), 6), x.new_zeros(1, x.size(0), 6))"), "zero");
	assert.equal(begins("hidden", "x, hidden"), "data");
	assert.equal(begins("(h, c)", "x, h, c"), "data");
	assert.equal(begins("self.rnn(x)[1]"), "given");
	assert.equal(begins("other(x)"), "unknown");
	assert.equal(begins("(torch.randn(1, 3, 6), torch.randn(1, 3, 6))"), "unknown");
});

test("sequences that are packed go through a recurrent layer as if all were of one length, and say so", () => {
	const model = netOf(
		"self.rnn = nn.GRU(8, 6, batch_first=True)\nself.fc = nn.Linear(6, 4)",
		"p = nn.utils.rnn.pack_padded_sequence(x, n, batch_first=True)\nout, h = self.rnn(p)\nout, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True)\nreturn self.fc(out[:, -1])",
	);
	assert.deepEqual(kindsOf(model), ["input", "masked", "recurrence", "reshape", "linear"]);
});

test("layers over each other, in both directions, and their states by number", () => {
	const model = netOf(
		"self.rnn = nn.LSTM(8, 6, 2, bidirectional=True, dropout=0.5)",
		"_, (h, c) = self.rnn(x)\nreturn torch.cat([h[-1], c[0]], -1)",
	);
	assert.deepEqual(
		model.layers.map(({ name }) => name),
		[
			"x",
			"rnn.l0",
			"rnn.l0_reverse",
			"rnn.l0_directions",
			"rnn.l0_dropout",
			"rnn.l1_reverse",
			"part",
			"rnn.l0",
			"part",
			"cat",
		],
	);
	const [first, , , , , last, , inner] = model.layers.slice(1).map(({ step }) => step);
	assert.ok(first?.kind === "recurrence" && first.inputs === 8 && first.gives === "hidden" && !first.reversed);
	assert.equal(last?.kind, "reshape");
	assert.ok(inner?.kind === "reshape");
	const cell = model.layers[7]!;
	assert.ok(cell.step.kind === "recurrence" && cell.step.gives === "cell" && cell.sharedWith === 1);
});

test("an LSTM that projects its state gives as much as it is projected to, and keeps its units inside", () => {
	const { layers } = netOf(
		"self.rnn = nn.LSTM(8, 6, batch_first=True, proj_size=3)",
		"out, (h, c) = self.rnn(x)\nreturn out, c[-1]",
	);
	const [, hidden, cell] = layers.filter(({ step }, i) => i === 0 || step.kind === "recurrence");
	assert.deepEqual(
		[hidden!.shape, cell!.shape],
		[
			[null, 3],
			[null, 6],
		],
	);
	assert.ok(hidden!.step.kind === "recurrence" && hidden!.step.projection?.units === 6);
	// All weights are drawn by the number of units.
	assert.deepEqual(hidden!.step.projection.weight.draw, hidden!.step.weight.draw);
});

test("weights of a recurrent layer are drawn as the code says, each by its name", () => {
	const { step } = netOf(
		"self.rnn = nn.GRU(8, 6)\nfor name, p in self.rnn.named_parameters():\n\tif 'weight_hh' in name:\n\t\tnn.init.orthogonal_(p)\n\telif 'bias' in name:\n\t\tnn.init.zeros_(p)",
		"return self.rnn(x)[0]",
	).layers[1]!;
	assert.ok(step.kind === "recurrence");
	assert.deepEqual(step.recurrent.draw, { kind: "orthogonal", gain: 1 });
	assert.deepEqual(step.bias?.draw, { kind: "zeros" });
	assert.equal(step.weight.draw.kind, "uniform");
});

test("a recurrent layer whose number of layers, or projection, is not followed says so", () => {
	for (const more of ["num_layers=n", "bidirectional=flag", "proj_size=n"]) {
		assert.equal(kindsOf(netOf(`self.rnn = nn.LSTM(8, 6, ${more})`, "return self.rnn(x)[0]")).at(-1), "unknown", more);
	}
});

test("an input has its batch where batch_first says, and a layer that goes along the batch is not followed", () => {
	const rnn = (init: string, forward: string) => {
		const model = netOf(`self.rnn = ${init}\nself.conv = nn.Conv1d(6, 6, 3)`, forward);
		return model.layers.map(({ step, shape }) => [step.kind, shape] as const);
	};
	// The last step of a sequence, by the axis of time; the last sample of a batch is nothing of one sample.
	const last = [
		["input", null],
		["recurrence", [null, 6]],
		["reshape", [6]],
	];
	assert.deepEqual(rnn("nn.LSTM(8, 6)", "return self.rnn(x)[0][-1]"), last);
	assert.deepEqual(rnn("nn.LSTM(8, 6, batch_first=True)", "return self.rnn(x)[0][:, -1]"), last);
	assert.equal(rnn("nn.LSTM(8, 6)", "return self.rnn(x)[0][:, -1]").at(-1)![1], null);
	const permuted = rnn("nn.LSTM(8, 6)", "return self.rnn(x.permute(1, 0, 2))[0][-1]");
	assert.deepEqual(permuted.toSpliced(1, 1), last);
	// Behind a convolution it is known where the batch is.
	assert.equal(rnn("nn.GRU(6, 6)", "return self.rnn(self.conv(x).transpose(1, 2))[0]").at(-1)![0], "unknown");
	assert.equal(rnn("nn.GRU(6, 6)", "return self.rnn(self.conv(x).permute(2, 0, 1))[0]").at(-1)![0], "recurrence");
	assert.equal(rnn("nn.GRU(8, 6)", "return self.conv(self.rnn(x)[0])").at(-1)![0], "unknown");
	const attention = (x: string) =>
		unknownsOf(
			netOf(
				"self.a = nn.MultiheadAttention(6, 2)\nself.conv = nn.Conv1d(6, 6, 3)",
				`y = ${x}\nreturn self.a(y, y, y)[0]`,
			),
		);
	assert.deepEqual(attention("torch.relu(x)"), []);
	assert.deepEqual(attention("self.conv(x).permute(2, 0, 1)"), []);
	assert.match(attention("self.conv(x).transpose(1, 2)")[0]!, /along the batch/);
});
