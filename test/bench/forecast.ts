/** What a forecast costs: theory on a model of 50 layers, and its confirmation by running it. */
import { forecastModel } from "../../src/core/diagnosis/propagation/forecast.ts";
import { planTrial, simulate } from "../../src/core/diagnosis/propagation/simulate.ts";
import { modelOf } from "../core/diagnosis/propagation/models.ts";

const ROUNDS = 40;

/** Each round forecasts another width, so that nothing that is remembered helps. */
export function forecasts(): void {
	console.log(`a forecast of 50 layers, ${ROUNDS} rounds (CPU time)`);
	for (const [act, norm] of [
		["relu", "none"],
		["gelu", "none"],
		["tanh", "none"],
		["relu", "batchnorm"],
	] as const) {
		const times: number[] = [];
		for (let round = 0; round < ROUNDS + 10; round++) {
			const model = modelOf({ ...shape, depth: 50, width: 64 + round, act, norm });
			const start = process.cpuUsage();
			forecastModel(model);
			const { user, system } = process.cpuUsage(start);
			if (round >= 10) times.push((user + system) / 1000);
		}
		times.sort((a, b) => a - b);
		const at = (share: number) => times[Math.round(share * (times.length - 1))]!.toFixed(1).padStart(6);
		console.log(`  ${`${act}, ${norm}`.padEnd(18)} p50 ${at(0.5)}  p95 ${at(0.95)} ms`);
	}
	for (const [depth, width] of [
		[10, 128],
		[50, 64],
		[5, 512],
	] as const) {
		const model = modelOf({ ...shape, depth, width });
		const planned = planTrial(model);
		if (planned.kind === "refused") continue;
		const start = process.cpuUsage();
		const run = simulate(model, planned);
		while (!run.next().done);
		const { user, system } = process.cpuUsage(start);
		const seconds = (user + system) / 1e6;
		const rate = planned.multiplyAdds / seconds / 1e9;
		const trial = `${planned.seeds} networks, ${planned.batch} samples`;
		console.log(
			`  confirmed: ${depth} layers of ${width}, ${trial}: ${seconds.toFixed(1)} s, ${rate.toFixed(2)} G multiply-adds/s`,
		);
	}
}

const shape = { id: "", act: "relu", init: "torch_default", norm: "none", batch: 128, seeds: 20 };
