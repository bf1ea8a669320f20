import { catalog } from "../../src/core/activations/catalog.ts";
import { isValid } from "../../src/core/expression/kernel/instantiate.ts";
import { bestStyle } from "../../src/core/training/kernels/products.ts";
import { OwnRun, WORKLOADS } from "./workloads.ts";

const ROUNDS = 15;
const STEPS = 64;
/** A whole step may cost this many of tanh's before the product says so. */
const LIMIT = 3;

/** What a whole training step of W2's shape costs with each activation, next to tanh, in rounds through all of them. */
export function activations(): void {
	const style = bestStyle(isValid);
	const shape = { ...WORKLOADS.find(({ name }) => name === "W2")!, samples: 512 };
	const all = catalog.map(({ id }) => ({
		id,
		run: new OwnRun({ ...shape, activation: id }, style),
		ratios: [] as number[],
	}));
	const tanh = all.find(({ id }) => id === "tanh")!;
	const stepOf = ({ run }: (typeof all)[number]) => {
		const { seconds, steps } = run.run(STEPS);
		return seconds / steps;
	};
	for (let round = -3; round < ROUNDS; round++) {
		for (const one of all) {
			const ratio = stepOf(one) / stepOf(tanh);
			if (round >= 0) one.ratios.push(ratio);
		}
	}
	const ranked = all
		.map(({ id, ratios }) => ({ id, ratio: ratios.sort((a, b) => a - b)[ROUNDS >> 1]! }))
		.sort((a, b) => a.ratio - b.ratio);
	console.log(
		`a training step of ${shape.widths.join("-")}, batch ${shape.batch}, in float32 kernels, relative to tanh`,
	);
	console.log(
		`  Node ${process.versions.node}, ${style.relaxed ? "relaxed" : "plain"} SIMD; more than ${LIMIT}× is marked`,
	);
	for (const { id, ratio } of ranked)
		console.log(`  ${id.padEnd(28)} ${ratio.toFixed(2).padStart(6)}×${ratio > LIMIT ? " !" : ""}`);
}
