import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { Random } from "../../../src/core/numerics/random.ts";
import { readSource } from "../../../src/core/reading/readSource.ts";
import { keepFactors } from "../../../src/core/training/dropout.ts";
import { initialise } from "../../../src/core/training/initialise.ts";
import { type LossSettings, lossOf } from "../../../src/core/training/loss.ts";
import { Network } from "../../../src/core/training/network.ts";
import type { NormKind } from "../../../src/core/training/norm.ts";

const seed = Number(process.env.SEED ?? 20_261_125);

const NORMS: readonly NormKind[] = ["none", "batchnorm", "layernorm"];
const LOSSES: readonly LossSettings[] = [
	{ name: "mse" },
	{ name: "bce_with_logits" },
	{ name: "cross_entropy" },
	{ name: "cross_entropy", label_smoothing: 0.2 },
];
/** Smooth ones, so that a difference is a derivative; the later ones learn one parameter and several. */
const KNOWN = ["tanh", "gelu", "mish", "swish_beta", "dynamic_tanh", "acon_c"].map((id) => findActivation(id)!);
const OWN = readSource("def own(x, k=0.7):\n    return x * torch.tanh(k * x)\n", "python").definitions[0]!;
const ACTIVATIONS = [...KNOWN, OWN.understood!.activation];

const random = new Random(seed, "gradient");
const whole = (least: number, most: number) => least + Math.floor(random.uniform() * (most - least + 1));
const pick = <Item>(items: readonly Item[]) => items[whole(0, items.length - 1)]!;

for (const norm of NORMS) {
	for (const residual of [false, true]) {
		for (const dropout of [false, true]) {
			const title = [norm, residual && "residual", dropout && "dropout"].filter(Boolean).join(", ");
			test(`the gradient of a random network (${title}; seed ${seed}) is that of central differences`, () => {
				for (const loss of LOSSES) check(norm, residual, dropout, loss);
			});
		}
	}
}

function check(norm: NormKind, residual: boolean, dropout: boolean, loss: LossSettings): void {
	const width = whole(3, 6);
	const hidden = Array.from({ length: whole(1, 3) }, () => (random.uniform() < 0.5 ? width : whole(3, 7)));
	const widths = [width, ...hidden, whole(2, 4)];
	const last = widths[widths.length - 1]!;
	const batch = whole(4, 8);
	const activation = pick(ACTIVATIONS);
	const trained = activation.parameters.map(({ name }) => name);
	const network = new Network({ widths, activation, parameters: {}, norm, residual, trained });
	initialise(network, "lecun", whole(0, 1e6));
	for (const { values } of network.weights) for (let i = 0; i < values.length; i++) values[i]! += 0.2 * random.normal();
	const inputs = Float64Array.from({ length: batch * width }, () => random.normal());
	const targets =
		loss.name === "cross_entropy"
			? Float64Array.from({ length: batch }, () => whole(0, last - 1))
			: Float64Array.from({ length: batch * last }, () => random.uniform());
	const keep = dropout ? keepFactors({ p: 0.4, seed: whole(0, 1e6) }, 0, hidden, batch) : undefined;
	// In evaluation mode a batch norm is another function: its running statistics are constants.
	for (const training of [true, false]) {
		const value = () => lossOf(loss, network.forward(inputs, batch, training, keep), targets, batch);
		network.backward(value().gradient, batch);
		const gradients = network.weights.map(({ gradient }) => gradient.slice());
		const scale = Math.max(...gradients.map((one) => Math.max(...one.map(Math.abs))));
		network.weights.forEach(({ name, values }, k) => {
			const i = whole(0, values.length - 1);
			const kept = values[i]!;
			const at = (moved: number) => {
				values[i] = moved;
				return value().value;
			};
			const changeAcross = (h: number) => at(kept + h) - at(kept - h);
			// Of the fourth order: beside a norm of a small variance the third derivative is large.
			const difference = (h: number) => (8 * changeAcross(h) - changeAcross(2 * h)) / (12 * h);
			const [found, coarser] = [difference(5e-5), difference(1e-4)];
			values[i] = kept;
			const error = Math.abs(gradients[k]![i]! - found);
			const what = `${name}[${i}] of ${activation.id}, ${widths.join("-")}, ${norm}, ${loss.name}, training ${training}`;
			// What two differences do not agree on, neither knows.
			const allowed = 1e-8 * scale + 2 * Math.abs(found - coarser);
			assert.ok(error < allowed, `${what}: ${gradients[k]![i]}, the difference is ${found}`);
		});
	}
}
