import assert from "node:assert/strict";
import { test } from "node:test";
import { findActivation } from "../../../src/core/activations/catalog.ts";
import { remembered } from "../../../src/core/activations/remembered.ts";

test("what is remembered is computed once for each activation and its parameters, a default being one of them", () => {
	const computed: string[] = [];
	const of = remembered((activation, parameters) => {
		computed.push(`${activation.id} ${Object.values(parameters)}`);
		return { id: activation.id, parameters };
	});
	const [elu, relu] = [findActivation("elu")!, findActivation("relu")!];
	assert.equal(of(elu), of(elu, { alpha: 1 }));
	assert.notEqual(of(elu), of(elu, { alpha: 2 }));
	assert.deepEqual(of(relu).parameters, {});
	assert.deepEqual(computed, ["elu 1", "elu 2", "relu "]);
});
