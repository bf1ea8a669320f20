/** Models as a reader would make them, by hand. */
import type { Draw, Initialisation, Model, ModelLayer, Step } from "../../../../src/core/reading/model/model.ts";

/** Of the golden files: layers of one width, each with its norm and activation. */
export interface Architecture {
	readonly id: string;
	readonly depth: number;
	readonly width: number;
	readonly act: string;
	readonly init: string;
	readonly norm: string;
	readonly batch: number;
	readonly seeds: number;
	readonly residual?: boolean;
	readonly dropout?: number;
	/** Places along each of two dimensions, for convolutions with a kernel of 3. */
	readonly side?: number;
}

export interface Statistic {
	readonly mean: readonly number[];
	readonly std: readonly number[];
	readonly logMean: readonly number[];
	readonly logStd: readonly number[];
}

export const ACTIVATIONS: Readonly<
	Record<string, { readonly id: string; readonly parameters: Record<string, number> }>
> = {
	leaky_relu: { id: "leaky_relu", parameters: { alpha: 0.01 } },
};

const explicit = (draw: Draw): Initialisation => ({ explicit: true, span: null, draw });
const scaling = (scale: number, fan: "in" | "out" | "average", distribution: "normal" | "uniform") =>
	explicit({ kind: "variance-scaling", scale, fan, distribution });

export const TORCH_DEFAULT: Initialisation = {
	explicit: false,
	span: null,
	draw: { kind: "variance-scaling", scale: 1 / 3, fan: "in", distribution: "uniform" },
};

/** By the names that the golden files give them. */
export function initialisation(name: string): Initialisation {
	const number = Number(/_([\d.]+)$/.exec(name)?.[1]);
	if (name === "torch_default") return TORCH_DEFAULT;
	if (name === "kaiming_normal_relu") return scaling(2, "in", "normal");
	if (name === "kaiming_uniform_relu") return scaling(2, "in", "uniform");
	if (name === "lecun_normal") return scaling(1, "in", "normal");
	if (name === "xavier_normal") return scaling(1, "average", "normal");
	if (name === "xavier_uniform") return scaling(1, "average", "uniform");
	if (name === "orthogonal") return explicit({ kind: "orthogonal", gain: 1 });
	if (name.startsWith("orthogonal_")) return explicit({ kind: "orthogonal", gain: number });
	if (name.startsWith("normal_")) return explicit({ kind: "normal", mean: 0, std: number, truncated: false });
	if (name.startsWith("trunc_normal_"))
		return explicit({ kind: "normal", mean: 0, std: number, truncated: [-2 / number, 2 / number] });
	throw new RangeError(`no initialisation is called ${name}`);
}

/** Makes models layer by layer; `add` gives the index of what it added. */
export class ModelBuilder {
	readonly layers: ModelLayer[] = [];

	add(step: Step, inputs: readonly number[], more: Partial<ModelLayer> = {}): number {
		const at = this.layers.length;
		this.layers.push({
			name: `layer${at}`,
			span: { start: 10 * at, end: 10 * at + 5 },
			path: null,
			inputs,
			step,
			shape: null,
			sharedWith: null,
			...more,
		});
		return at;
	}

	input(...shape: (number | null)[]): number {
		return this.add({ kind: "input" }, [], { shape: shape.length > 0 ? shape : null });
	}

	linear(from: number, inputs: number, outputs: number, init: Initialisation, bias: Initialisation | null): number {
		return this.add({ kind: "linear", inputs, outputs, weight: init, bias }, [from], { shape: [outputs] });
	}

	convolution(
		from: number,
		channels: readonly [number, number],
		side: number | null,
		init: Initialisation,
		bias: Initialisation,
	) {
		const [inputs, outputs] = channels;
		return this.add(
			{
				kind: "convolution",
				dimensions: 2,
				transposed: false,
				inputs,
				outputs,
				kernel: [3, 3],
				stride: [1, 1],
				dilation: [1, 1],
				padding: [1, 1],
				channels: "first",
				outputPadding: [0, 0],
				groups: 1,
				weight: init,
				bias,
			},
			[from],
			{ shape: [outputs, side, side] },
		);
	}

	activation(from: number, activation: string, parameters: Record<string, number> = {}): number {
		return this.add({ kind: "activation", activation, parameters }, [from]);
	}

	normalisation(from: number, of: "batch" | "layer" | "group" | "instance" | "rms", features: number): number {
		return this.add({ kind: "normalisation", of, features, channels: "first", epsilon: 1e-5 }, [from]);
	}

	model(...outputs: number[]): Model {
		const span = { start: 0, end: 10 * this.layers.length };
		return { name: "Net", framework: "torch", nameSpan: { start: 0, end: 3 }, span, layers: this.layers, outputs };
	}
}

const NORMS = { batchnorm: "batch", layernorm: "layer", rmsnorm: "rms" } as const;

export function modelOf({ depth, width, act, init, norm, residual, dropout, side }: Architecture): Model {
	const builder = new ModelBuilder();
	const weight = initialisation(init);
	const zeros: Initialisation = { explicit: true, span: null, draw: { kind: "zeros" } };
	const { id, parameters } = ACTIVATIONS[act] ?? { id: act, parameters: {} };
	let at = side ? builder.input(width, side, side) : builder.input(width);
	const bias = init === "torch_default" ? TORCH_DEFAULT : zeros;
	for (let i = 0; i < depth; i++) {
		const before = at;
		at = side
			? builder.convolution(at, [width, width], side, weight, bias)
			: builder.linear(at, width, width, weight, bias);
		const of = NORMS[norm as keyof typeof NORMS];
		if (of) at = builder.normalisation(at, of, width);
		at = builder.activation(at, id, parameters);
		if (dropout) at = builder.add({ kind: "dropout", rate: dropout, alpha: false }, [at]);
		if (residual) at = builder.add({ kind: "add" }, [before, at]);
	}
	return builder.model(at);
}
