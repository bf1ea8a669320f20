/** How the learning rate goes from step to step, by PyTorch's names. Missing values are PyTorch's defaults. */
export type Schedule = (
	| { readonly name: "constant" }
	| { readonly name: "step"; readonly step_size: number; readonly gamma?: number }
	| { readonly name: "cosine"; readonly T_max: number; readonly eta_min?: number }
) & {
	/** Steps of linear warm-up before the schedule, which then counts from 0. */
	readonly warmup?: Warmup;
};

/** From `start_factor` of the learning rate to all of it in `total_iters` steps. */
export interface Warmup {
	readonly total_iters: number;
	readonly start_factor?: number;
}

/**
 * The learning rate of a step, which counts from 0.
 *
 * "step": lr·γ^⌊t/step_size⌋ (StepLR). "cosine": η + (lr − η)·(1 + cos(π·t/T_max))/2 with η = eta_min (CosineAnnealingLR,
 * Loshchilov & Hutter 2017; past T_max it rises again, as there). During a warm-up lr·(s + (1 − s)·t/total_iters) with
 * s = start_factor (LinearLR); after it t counts from the warm-up's end, as in PyTorch's SequentialLR of the two.
 */
export function learningRateAt(schedule: Schedule, lr: number, step: number): number {
	const { warmup } = schedule;
	if (warmup && step < warmup.total_iters) {
		const { total_iters, start_factor = 1 / 3 } = warmup;
		return lr * (start_factor + ((1 - start_factor) * step) / total_iters);
	}
	const t = step - (warmup?.total_iters ?? 0);
	switch (schedule.name) {
		case "constant":
			return lr;
		case "step":
			return lr * (schedule.gamma ?? 0.1) ** Math.floor(t / schedule.step_size);
		case "cosine": {
			const { T_max, eta_min = 0 } = schedule;
			return eta_min + ((lr - eta_min) * (1 + Math.cos((Math.PI * t) / T_max))) / 2;
		}
	}
}
