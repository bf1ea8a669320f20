import type { Weight } from "./weight.ts";

/** An optimizer's settings, by PyTorch's names. Missing ones are PyTorch's defaults. */
export type OptimizerSettings =
	| {
			readonly name: "sgd";
			readonly lr: number;
			readonly momentum?: number;
			readonly dampening?: number;
			readonly weight_decay?: number;
			readonly nesterov?: boolean;
	  }
	| {
			/** Weight decay (adam 0, adamw 0.01) is part of the gradient in adam, apart from it in adamw. */
			readonly name: "adam" | "adamw";
			readonly lr: number;
			readonly betas?: readonly [number, number];
			readonly eps?: number;
			readonly weight_decay?: number;
			/** Divides by the largest second moment so far (Reddi et al. 2018). */
			readonly amsgrad?: boolean;
	  }
	| {
			readonly name: "rmsprop";
			readonly lr: number;
			readonly alpha?: number;
			readonly eps?: number;
			readonly weight_decay?: number;
			readonly momentum?: number;
			readonly centered?: boolean;
	  }
	| {
			readonly name: "adagrad";
			readonly lr: number;
			readonly lr_decay?: number;
			readonly eps?: number;
			readonly weight_decay?: number;
			readonly initial_accumulator_value?: number;
	  };

export interface Optimizer {
	/** One update of every weight, in place, from its gradient. The rate is the settings' `lr` where none is given. */
	step(learningRate?: number): void;
}

/** An optimizer over `weights` as torch.optim has it; weight decay applies to all of them (adamw's is decoupled). */
export function makeOptimizer(settings: OptimizerSettings, weights: readonly Weight[]): Optimizer {
	const rules = weights.map((one) => ruleFor(settings, one));
	let steps = 0;
	return {
		step(learningRate = settings.lr) {
			steps++;
			for (const rule of rules) rule(steps, learningRate);
		},
	};
}

/** Updates one weight; `t` counts from 1, `lr` is this step's learning rate. */
type Rule = (t: number, lr: number) => void;

function ruleFor(settings: OptimizerSettings, weight: Weight): Rule {
	switch (settings.name) {
		case "sgd":
			return sgd(settings, weight);
		case "adam":
		case "adamw":
			return adam(settings, weight);
		case "rmsprop":
			return rmsprop(settings, weight);
		case "adagrad":
			return adagrad(settings, weight);
	}
}

type SettingsOf<Name extends OptimizerSettings["name"]> = Extract<OptimizerSettings, { readonly name: Name }>;

/** v ← μ·v + (1 − dampening)·g from v = g, w ← w − lr·v; Nesterov's steps by g + μ·v (Sutskever et al. 2013). */
function sgd(settings: SettingsOf<"sgd">, { values: w, gradient: g }: Weight): Rule {
	const { momentum = 0, dampening = 0, weight_decay = 0, nesterov = false } = settings;
	const velocity = new Float64Array(w.length);
	return (t, lr) => {
		for (let i = 0; i < w.length; i++) {
			const d = g[i] + weight_decay * w[i];
			if (momentum === 0) {
				w[i] -= lr * d;
				continue;
			}
			velocity[i] = t === 1 ? d : momentum * velocity[i] + (1 - dampening) * d;
			w[i] -= lr * (nesterov ? d + momentum * velocity[i] : velocity[i]);
		}
	};
}

/** Kingma & Ba 2015, algorithm 1; adamw: Loshchilov & Hutter 2019. */
function adam(settings: SettingsOf<"adam" | "adamw">, { values: w, gradient: g }: Weight): Rule {
	const { betas = [0.9, 0.999], eps = 1e-8, name, amsgrad = false } = settings;
	const decoupled = name === "adamw";
	const weight_decay = settings.weight_decay ?? (decoupled ? 0.01 : 0);
	const [beta1, beta2] = betas;
	const m = new Float64Array(w.length);
	const v = new Float64Array(w.length);
	const largest = new Float64Array(amsgrad ? w.length : 0);
	return (t, lr) => {
		const bias1 = 1 - beta1 ** t;
		const bias2 = Math.sqrt(1 - beta2 ** t);
		for (let i = 0; i < w.length; i++) {
			if (decoupled) w[i] -= lr * weight_decay * w[i];
			const d = decoupled ? g[i] : g[i] + weight_decay * w[i];
			m[i] += (1 - beta1) * (d - m[i]);
			v[i] = beta2 * v[i] + (1 - beta2) * d * d;
			let second = v[i];
			if (amsgrad) second = largest[i] = Math.max(largest[i], v[i]);
			w[i] -= ((lr / bias1) * m[i]) / (Math.sqrt(second) / bias2 + eps);
		}
	};
}

/** Hinton's lecture 6e (2012); centered: Graves 2013. */
function rmsprop(settings: SettingsOf<"rmsprop">, { values: w, gradient: g }: Weight): Rule {
	const { alpha = 0.99, eps = 1e-8, weight_decay = 0, momentum = 0, centered = false } = settings;
	const square = new Float64Array(w.length);
	const mean = new Float64Array(w.length);
	const velocity = new Float64Array(w.length);
	return (_t, lr) => {
		for (let i = 0; i < w.length; i++) {
			const d = g[i] + weight_decay * w[i];
			square[i] = alpha * square[i] + (1 - alpha) * d * d;
			let spread = square[i];
			if (centered) {
				mean[i] += (1 - alpha) * (d - mean[i]);
				spread -= mean[i] * mean[i];
			}
			const step = d / (Math.sqrt(spread) + eps);
			if (momentum > 0) {
				velocity[i] = momentum * velocity[i] + step;
				w[i] -= lr * velocity[i];
			} else w[i] -= lr * step;
		}
	};
}

/** Duchi et al. 2011. */
function adagrad(settings: SettingsOf<"adagrad">, { values: w, gradient: g }: Weight): Rule {
	const { lr_decay = 0, eps = 1e-10, weight_decay = 0, initial_accumulator_value = 0 } = settings;
	const sum = new Float64Array(w.length).fill(initial_accumulator_value);
	return (t, lr) => {
		const rate = lr / (1 + (t - 1) * lr_decay);
		for (let i = 0; i < w.length; i++) {
			const d = g[i] + weight_decay * w[i];
			sum[i] += d * d;
			w[i] -= (rate * d) / (Math.sqrt(sum[i]) + eps);
		}
	};
}
