import { valueType } from "../../expression/kernel/encoding.ts";
import { F32 } from "../../expression/kernel/laneType.ts";
import { type Vector, VectorCode } from "../../expression/kernel/vectorCode.ts";
import type { WasmModule } from "../../expression/kernel/wasmModule.ts";
import type { OptimizerSettings } from "../optimizer.ts";
import type { TrainerSettings } from "../trainer.ts";
import { advance, copyOf, loadVector, storeVector, times } from "./loops.ts";
import type { GradientUse, ProductStyle } from "./products.ts";
import { accumulate, addLanes, zeros } from "./sums.ts";
import { fading, fadingSquares, squareOf } from "./tiny.ts";

const VECTOR = 16;
/** Where, behind a step's numbers, the factor lies by which a gradient is shortened that is too long. */
export const CLIPPED_AT = 16;

/** Numbers of a step that the optimizer takes from memory: one float each. */
export interface StepNumbers {
	readonly rate: number;
	/** SGD's factor of a gradient; Adam's of a step, see `updated`. */
	readonly factor: number;
	/** Adam's ε. */
	readonly epsilon: number;
}

/** How many arrays of a weight's size an optimizer keeps. */
export function stateCount(settings: OptimizerSettings): number {
	switch (settings.name) {
		case "sgd":
			return (settings.momentum ?? 0) === 0 ? 0 : 1;
		case "adam":
		case "adamw":
			return settings.amsgrad ? 3 : 2;
		case "rmsprop":
			return 1 + ((settings.momentum ?? 0) > 0 ? 1 : 0) + (settings.centered ? 1 : 0);
		case "adagrad":
			return 1;
	}
}

/** The numbers of step `t`, from 1, at that learning rate. */
export function stepNumbers(settings: OptimizerSettings, t: number, rate: number): StepNumbers {
	switch (settings.name) {
		case "adam":
		case "adamw": {
			const { betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8 } = settings;
			const root = Math.sqrt((1 - beta2) / (1 - beta2 ** t));
			return { rate, factor: (rate * (1 - beta1)) / (1 - beta1 ** t) / root, epsilon: eps / root };
		}
		case "adagrad":
			return { rate: rate / (1 + (t - 1) * (settings.lr_decay ?? 0)), factor: 0, epsilon: 0 };
		case "sgd":
			// PyTorch's first step takes the whole gradient into the momentum.
			return { rate, factor: t === 1 ? 1 : 1 - (settings.dampening ?? 0), epsilon: 0 };
		case "rmsprop":
			return { rate, factor: 0, epsilon: 0 };
	}
}

/** Where a weight's gradient, and each of its state arrays, lies from it: `space` bytes apart. */
function slot(index: number, space: number): number {
	return (1 + index) * space;
}

/**
 * One update of a vector of weights by its gradient, as torch.optim has it (see `optimizer.ts`, the reference); `numbersAt`
 * is the address of the step's numbers.
 */
export function updateBy(
	{ optimizer: settings, clipping }: Pick<TrainerSettings, "optimizer" | "clipping">,
	space: number,
	numbersAt: number,
): (v: VectorCode) => GradientUse {
	return (v) => {
		const [rate, factor, epsilon] = [0, 1, 2].map((i) => v.splatAt(numbersAt + 4 * i)) as [Vector, Vector, Vector];
		const numbers = { rate, factor, epsilon };
		const shortened = clipping?.name === "norm" ? v.splatAt(numbersAt + CLIPPED_AT) : undefined;
		return (code, given, address, offset) => {
			let gradient = given;
			if (shortened !== undefined) gradient = code.mul(shortened, given);
			else if (clipping?.name === "value") {
				const limit = clipping.clip_value;
				gradient = code.greaterOf(code.lessOf(given, code.constant(limit)), code.constant(-limit));
			}
			const load = (state: number) => {
				loadVector(code.body, address, offset + slot(state, space));
				return code.body.keep();
			};
			const store = (state: number, value: Vector) =>
				storeVector(code.body, address, offset + slot(state, space), value);
			const weight = load(-1);
			store(-1, updated(code, settings, weight, gradient, numbers, load, store));
		};
	};
}

/** The update of a whole array by the gradient in its slot, as a function of its address. */
export function updateFlat(
	module: WasmModule,
	{ relaxed }: ProductStyle,
	settings: Pick<TrainerSettings, "optimizer" | "clipping">,
	bytes: number,
	numbersAt: number,
): number {
	return module.defined(`update ${bytes}`, { parameters: [valueType.i32], results: [] }, (body) => {
		const v = new VectorCode(body, F32, relaxed);
		const use = updateBy(settings, bytes, numbersAt)(v);
		const address = copyOf(body, 0);
		times(body, bytes / VECTOR, () => {
			loadVector(body, address, slot(0, bytes));
			use(v, body.keep(), address, 0);
			advance(body, address, VECTOR);
		});
	});
}

/** The sum of the squares of the gradient in an array's slot, as a function of its address. */
export function gradientSquares(module: WasmModule, bytes: number): number {
	return module.defined(`squares ${bytes}`, { parameters: [valueType.i32], results: [valueType.f32] }, (body) => {
		const v = new VectorCode(body, F32);
		const total = zeros(body);
		const address = copyOf(body, 0);
		times(body, bytes / VECTOR, () => {
			loadVector(body, address, slot(0, bytes));
			accumulate(body, total, squareOf(v, body.keep()));
			advance(body, address, VECTOR);
		});
		addLanes(body, total);
	});
}

/** Puts a gradient into its slot. */
export function storeGradient(space: number): (v: VectorCode) => GradientUse {
	return () => (v, gradient, address, offset) => storeVector(v.body, address, offset + slot(0, space), gradient);
}

/** Adds a gradient to what is in its slot. */
export function addToGradient(space: number): (v: VectorCode) => GradientUse {
	return () => (v, gradient, address, offset) => {
		const at = offset + slot(0, space);
		loadVector(v.body, address, at);
		storeVector(v.body, address, at, v.add(v.body.keep(), gradient));
	};
}

type Numbers = Readonly<Record<keyof StepNumbers, Vector>>;

/**
 * The weight after the step. State 0 is the slot of the gradient; the arrays of the optimizer are 1 and on. Adam's are
 * sums, its means of gradients and squares over 1 − β₁ and 1 − β₂, which is in the step's numbers: that takes less to update.
 */
function updated(
	v: VectorCode,
	settings: OptimizerSettings,
	w: Vector,
	g: Vector,
	{ rate, factor, epsilon }: Numbers,
	load: (state: number) => Vector,
	store: (state: number, value: Vector) => void,
): Vector {
	const decay = settings.weight_decay ?? (settings.name === "adamw" ? 0.01 : 0);
	const times = (factor: number, u: Vector) => v.mul(v.constant(factor), u);
	const plusTimes = (sum: Vector, factor: number, u: Vector) => v.multiplyAdd(v.constant(factor), u, sum);
	const decayed = decay === 0 ? g : plusTimes(g, decay, w);
	switch (settings.name) {
		case "sgd": {
			const { momentum = 0, dampening = 0, nesterov = false } = settings;
			if (momentum === 0) return v.multiplySub(rate, decayed, w);
			const velocity = fading(v, plusTimes(dampening === 0 ? decayed : v.mul(factor, decayed), momentum, load(1)));
			store(1, velocity);
			return v.multiplySub(rate, nesterov ? plusTimes(decayed, momentum, velocity) : velocity, w);
		}
		case "adam":
		case "adamw": {
			const { betas = [0.9, 0.999] } = settings;
			const decoupled = settings.name === "adamw" && decay !== 0;
			const own = decoupled ? v.multiplySub(rate, times(decay, w), w) : w;
			const d = decoupled ? g : decayed;
			const sum = fading(v, plusTimes(d, betas[0], load(1)));
			store(1, sum);
			let squares = fadingSquares(v, v.constant(betas[1]), load(2), d);
			store(2, squares);
			if (settings.amsgrad) {
				squares = v.greaterOf(squares, load(3));
				store(3, squares);
			}
			return v.multiplySub(factor, v.div(sum, v.add(v.sqrt(squares), epsilon)), own);
		}
		case "rmsprop": {
			const { alpha = 0.99, eps = 1e-8, momentum = 0, centered = false } = settings;
			const square = plusTimes(times(1 - alpha, squareOf(v, decayed)), alpha, load(1));
			store(1, square);
			let spread = square;
			if (centered) {
				const mean = fading(v, plusTimes(times(1 - alpha, decayed), alpha, load(2)));
				store(2, mean);
				// Rounding may take the difference below 0.
				spread = v.greaterOf(v.constant(0), v.sub(square, squareOf(v, mean)));
			}
			const step = v.div(decayed, v.add(v.sqrt(spread), v.constant(eps)));
			if (momentum === 0) return v.multiplySub(rate, step, w);
			const slotOfVelocity = centered ? 3 : 2;
			const velocity = fading(v, plusTimes(step, momentum, load(slotOfVelocity)));
			store(slotOfVelocity, velocity);
			return v.multiplySub(rate, velocity, w);
		}
		case "adagrad": {
			const sum = v.add(load(1), squareOf(v, decayed));
			store(1, sum);
			return v.multiplySub(rate, v.div(decayed, v.add(v.sqrt(sum), v.constant(settings.eps ?? 1e-10))), w);
		}
	}
}
