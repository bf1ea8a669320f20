/** Trains a workload of the benchmark by TensorFlow.js' WebAssembly backend, as lines of JSON on standard input ask. */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.argv[2]}/`);
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

/** A network in training: shuffle and batches included. */
class Run {
	constructor({ widths, batch, activation, loss, optimizer, samples }) {
		Object.assign(this, { batch, samples, at: samples, loss, apply: ACTIVATIONS[activation] });
		this.layers = widths.slice(1).map((outputs, i) => {
			const limit = 1 / Math.sqrt(widths[i]);
			return {
				weight: tf.variable(tf.randomUniform([widths[i], outputs], -limit, limit)),
				bias: tf.variable(tf.randomUniform([outputs], -limit, limit)),
			};
		});
		this.inputs = tf.randomNormal([samples, widths[0]]);
		const classes = widths.at(-1);
		this.targets =
			loss === "mse"
				? tf.randomNormal([samples, 1])
				: tf.oneHot(tf.randomUniform([samples], 0, classes, "int32"), classes).toFloat();
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
let run;
for await (const line of createInterface({ input: process.stdin })) {
	const { workload, steps } = JSON.parse(line);
	if (workload) {
		run?.dispose();
		run = new Run(workload);
		answer({});
	} else answer(run.steps(steps));
}
