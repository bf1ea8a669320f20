import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { forecastSignal, ownGain, pytorchDefault, stabilityOf } from "../../../src/core/activations/signalForecast.ts";

const of = (id: string) => findActivation(id)!;
const own = (id: string, depth: number) => forecastSignal(of(id), {}, ownGain(of(id), {})!, depth);

function near(got: number, wanted: number, share = 1e-6): void {
	assert.ok(Math.abs(got - wanted) <= share * Math.abs(wanted), `${got}, expected ${wanted}`);
}

test("PyTorch's default multiplies ReLU's gradient's second moment by 1/6 a layer, whatever the variance", () => {
	for (const width of [8, 512]) {
		near(forecastSignal(of("relu"), {}, pytorchDefault(width), 10).gradientNorm ** 2, 6 ** -10);
	}
});

test("ReLU's own gain keeps signal and gradient through a thousand layers", () => {
	const { variance, gradientNorm } = own("relu", 1000);
	near(variance, 2);
	near(gradientNorm, 1);
});

test("the variance map is iterated: tanh's comes to 1 from above, and its χ there is met", () => {
	near(own("tanh", 200).variance, 1);
	near(own("tanh", 201).gradientNorm / own("tanh", 200).gradientNorm, Math.sqrt(1.1778072323041808), 1e-5);
});

test("layers that repeat are not computed one by one, and give the same", () => {
	near(own("elu", 1000).gradientNorm / own("elu", 400).gradientNorm, 1.0359047186043484 ** 300, 1e-3);
});

test("GELU, SiLU and Mish have no stable variance with their own gain; ReLU keeps any, tanh comes back to 1", () => {
	for (const id of ["gelu", "silu", "mish"]) assert.equal(stabilityOf(of(id), {}), "unstable", id);
	assert.equal(stabilityOf(of("relu"), {}), "kept");
	assert.equal(stabilityOf(of("tanh"), {}), "stable");
	assert.ok(own("gelu", 50).variance > 1000);
});

test("a signal that dies out or explodes ends at 0 or infinity, and is no NaN", () => {
	assert.deepEqual(own("squared_relu", 50), { variance: 0, gradientNorm: 0 });
	const grows = forecastSignal(of("squared_relu"), {}, { weightVariance: 4, biasVariance: 0 }, 50);
	assert.deepEqual(grows, { variance: Infinity, gradientNorm: Infinity });
});
