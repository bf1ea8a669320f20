/**
 * Trains a workload of the benchmark by TensorFlow.js' WebAssembly backend, as lines of JSON on standard input ask:
 * `tfjs.mjs <folder with TensorFlow.js> fit` by `model.fit`, as its guide does it; `… loop` by a loop of one's own over
 * its operations, which is leaner.
 */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, way] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
// The backend writes to standard output, where the answers go.
console.log = console.warn = console.error;
const tf = require("@tensorflow/tfjs");
const { setThreadsCount } = require("@tensorflow/tfjs-backend-wasm");
setThreadsCount(1);
await tf.setBackend("wasm");
const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const ACTIVATIONS = {
	tanh: (z) => tf.tanh(z),
	relu: (z) => tf.relu(z),
	gelu: (z) => tf.mul(z, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(z, Math.SQRT1_2))))),
};
const OPTIMIZERS = {
	sgd: ({ lr, momentum = 0 }) => (momentum > 0 ? tf.train.momentum(lr, momentum) : tf.train.sgd(lr)),
	adam: ({ lr }) => tf.train.adam(lr),
};

/** Inputs, and a number or the class as 0 and 1 for each sample. */
function dataOf({ widths, loss, samples }) {
	const classes = widths.at(-1);
	return {
		inputs: tf.randomNormal([samples, widths[0]]),
		targets:
			loss === "mse"
				? tf.randomNormal([samples, 1])
				: tf.oneHot(tf.randomUniform([samples], 0, classes, "int32"), classes).toFloat(),
	};
}

class Fit {
	constructor(workload) {
		const { widths, batch, activation, loss, optimizer, samples } = workload;
		Object.assign(this, { batch, samples }, dataOf(workload));
		this.model = tf.sequential();
		for (const [i, units] of widths.slice(1).entries()) {
			const output = loss === "mse" ? "linear" : "softmax";
			const own = i < widths.length - 2 ? activation : output;
			this.model.add(tf.layers.dense({ units, activation: own, inputShape: [widths[i]] }));
		}
		this.model.compile({
			optimizer: OPTIMIZERS[optimizer.name](optimizer),
			loss: loss === "mse" ? "meanSquaredError" : "categoricalCrossentropy",
		});
	}

	/** As many epochs as that makes; of a part of the data, where it is less than one. */
	async steps(count) {
		const used = Math.min(this.samples, count * this.batch);
		const epochs = Math.round((count * this.batch) / used);
		const [inputs, targets] = [this.inputs.slice(0, used), this.targets.slice(0, used)];
		const before = process.cpuUsage();
		const { history } = await this.model.fit(inputs, targets, { epochs, batchSize: this.batch, verbose: 0 });
		const { user, system } = process.cpuUsage(before);
		tf.dispose([inputs, targets]);
		return { steps: (epochs * used) / this.batch, seconds: (user + system) / 1e6, loss: history.loss.at(-1) };
	}

	dispose() {
		this.model.dispose();
		tf.dispose([this.inputs, this.targets]);
	}
}

class Loop {
	constructor(workload) {
		const { widths, batch, activation, loss, optimizer, samples } = workload;
		Object.assign(this, { batch, samples, at: samples, loss, apply: ACTIVATIONS[activation] }, dataOf(workload));
		this.layers = widths.slice(1).map((outputs, i) => {
			const limit = 1 / Math.sqrt(widths[i]);
			return {
				weight: tf.variable(tf.randomUniform([widths[i], outputs], -limit, limit)),
				bias: tf.variable(tf.randomUniform([outputs], -limit, limit)),
			};
		});
		this.optimizer = OPTIMIZERS[optimizer.name](optimizer);
		this.order = Int32Array.from({ length: samples }, (_, i) => i);
	}

	/** The loss's tensor, which is the caller's to dispose. */
	step() {
		if (this.at >= this.samples) {
			tf.util.shuffle(this.order);
			this.at = 0;
		}
		const chosen = tf.tensor1d(this.order.subarray(this.at, this.at + this.batch), "int32");
		this.at += this.batch;
		const [inputs, targets] = [tf.gather(this.inputs, chosen), tf.gather(this.targets, chosen)];
		const loss = this.optimizer.minimize(() => {
			let x = inputs;
			for (const [i, { weight, bias }] of this.layers.entries()) {
				const z = tf.add(tf.matMul(x, weight), bias);
				x = i < this.layers.length - 1 ? this.apply(z) : z;
			}
			return this.loss === "mse" ? tf.losses.meanSquaredError(targets, x) : tf.losses.softmaxCrossEntropy(targets, x);
		}, true);
		tf.dispose([chosen, inputs, targets]);
		return loss;
	}

	steps(count) {
		const before = process.cpuUsage();
		let loss;
		for (let i = 0; i < count; i++) {
			loss?.dispose();
			loss = this.step();
		}
		const value = loss.dataSync()[0];
		const { user, system } = process.cpuUsage(before);
		loss.dispose();
		return { steps: count, seconds: (user + system) / 1e6, loss: value };
	}

	dispose() {
		tf.disposeVariables();
		tf.dispose([this.inputs, this.targets]);
	}
}

answer({ name: `TensorFlow.js ${tf.version.tfjs} ${tf.getBackend()}` });
const Run = way === "fit" ? Fit : Loop;
let run;
for await (const line of createInterface({ input: process.stdin })) {
	const { workload, steps } = JSON.parse(line);
	if (workload) {
		run?.dispose();
		run = new Run(workload);
		answer({});
	} else answer(await run.steps(steps));
}
