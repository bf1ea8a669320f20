import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { generate } from "../../src/core/training/table.ts";
import { giveAdvice } from "../../src/engines/giveAdvice.ts";
import { parseAdviceSpec } from "../../src/protocol/adviceSpec.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const spec = parseAdviceSpec({ candidates: ["relu", "tanh"], data: "moons", seconds: 1 });

/** Asks, and is told by what signal training ends, while garbage is collected as in any long training. */
function asked(signal: AbortSignal, onTrain: () => void = () => {}) {
	return giveAdvice(spec, {
		machine: { workers: 1, memoryBytes: 2 ** 30 },
		signal,
		readData: async () => generate("moons", 100, 0.1, 0),
		async train(_study, _table, limited) {
			onTrain();
			for (let tenths = 0; tenths < 100 && !limited.aborted; tenths++) {
				collectGarbage();
				await wait(100);
			}
			assert.ok(limited.aborted, "ten seconds later it still trains");
			return [];
		},
	});
}

test("training for advice ends with its time, whatever garbage is collected meanwhile", async () => {
	const given = await asked(new AbortController().signal);
	assert.equal(given?.advice.certainty.level, "facts alone");
	assert.equal(given?.evidence.study?.complete, false);
});

test("whoever asks can end it all before its time", async () => {
	const controller = new AbortController();
	assert.equal(await asked(controller.signal, () => controller.abort()), undefined);
});
