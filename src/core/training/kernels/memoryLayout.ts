import { skips } from "../network.ts";
import type { SampleSet, Samples, TrainerSettings } from "../trainer.ts";
import { type LayerShape, layerShape, PANEL, padded } from "./products.ts";
import { stateCount } from "./update.ts";

const FLOAT = 4;
const VECTOR = 16;
const LINE = 64;

/** A step's numbers for the optimizer, and its loss. */
export const NUMBERS_BYTES = VECTOR;
/** More steps than this are done in several calls. */
export const MOST_STEPS = 1024;

/** Addresses of what a layer has in memory. */
export interface LayerPlace {
	readonly shape: LayerShape;
	/** Weights and biases; gradient and optimizer state behind them. */
	readonly weights: number;
	/** Of the activation: its parameters, with gradient and optimizer state behind them. */
	readonly parameters: number;
	/** What else the layer trains. */
	readonly arrays: readonly TrainedArray[];
	/** The layer's input, by panels and by strips. */
	readonly panels: number;
	readonly strips: number;
	/** What the linear part gives, by panels. */
	readonly z: number;
	/** What the activation gives, by panels: the next layer's input, or apart from it where this layer's input is added. */
	readonly output: number;
	/** The activation's slopes; its derivatives by trained parameters behind them. */
	readonly slopes: number;
	/** The gradient by `z`. */
	readonly gradient: number;
	/** The gradient by what the layer hands on: the same place, or apart where it goes on to the layer's input, too. */
	readonly carried: number;
	/** Whether the layer's input is added to its output. */
	readonly skips: boolean;
}

/** A flat array that is trained: gradient and optimizer state follow at a distance of `bytes` each. */
export interface TrainedArray {
	readonly address: number;
	readonly bytes: number;
}

/** Addresses of what is not of a layer. */
export interface Places {
	/** The targets of the batch. */
	readonly targets: number;
	readonly order: number;
	readonly table: number;
	readonly samples: Readonly<Record<SampleSet, { readonly data: number; readonly targets: number }>>;
	/** Everything that changes from step to step, from and to. */
	readonly learned: { readonly from: number; readonly to: number };
	readonly end: number;
}

export interface MemoryLayout {
	readonly layers: readonly LayerPlace[];
	readonly places: Places;
}

/** Memory handed out from an address on, each piece on a cache line of its own. */
class Space {
	#end: number;

	constructor(from: number) {
		this.#end = from;
	}

	get end(): number {
		return this.#end;
	}

	take(bytes: number): number {
		const from = LINE * Math.ceil(this.#end / LINE);
		this.#end = from + bytes;
		return from;
	}
}

/** The shapes of a network's linear layers. */
export function shapesOf({ network }: TrainerSettings): readonly LayerShape[] {
	const { widths } = network.shape;
	return widths.slice(1).map((outputs, i) => layerShape(widths[i], outputs));
}

/** How many panels a batch has at most. */
export function panelsOfBatch({ batchSize }: TrainerSettings): number {
	return Math.ceil(batchSize / PANEL);
}

/** Bytes of so many parameters of an activation. */
export function parameterBytesOf(count: number): number {
	return VECTOR * Math.max(1, Math.ceil(count / 4));
}

/** Lays out the memory from an address on, for an activation with so many parameters, so many of them trained. */
export function layOut(settings: TrainerSettings, start: number, parameters: number, trained: number): MemoryLayout {
	const { network, optimizer, batchSize, samples } = settings;
	const shapes = shapesOf(settings);
	const panels = panelsOfBatch(settings);
	const parameterBytes = parameterBytesOf(parameters);
	const space = new Space(start);
	const slots = 2 + stateCount(optimizer);
	const from = space.take(0);
	const learned = shapes.map((shape, i) => {
		const weights = space.take(slots * shape.tensorBytes);
		const address = space.take(slots * parameterBytes);
		const isTrained = trained > 0 && i < shapes.length - 1;
		return { weights, parameters: address, arrays: isTrained ? [{ address, bytes: parameterBytes }] : [] };
	});
	const to = space.end;
	const targets = space.take(panels * PANEL * FLOAT);
	const inputs = shapes.map((shape) => ({
		panels: space.take(panels * shape.inputPanel),
		strips: space.take(panels * shape.inputPanel),
	}));
	const layers = shapes.map((shape, i): LayerPlace => {
		const bytes = panels * shape.outputPanel;
		const z = space.take(bytes);
		const gradient = space.take(bytes);
		const slopes = space.take((1 + trained) * bytes);
		const isSkip = skips(network.shape, i);
		return {
			shape,
			...learned[i],
			...inputs[i],
			z,
			output: isSkip ? space.take(bytes) : (inputs[i + 1]?.panels ?? z),
			slopes,
			gradient,
			carried: isSkip ? space.take(bytes) : gradient,
			skips: isSkip,
		};
	});
	const part = ({ samples: count }: Samples) => ({
		data: space.take(count * padded(shapes[0].inputs) * FLOAT),
		targets: space.take(count * FLOAT),
	});
	const places = {
		targets,
		table: space.take(MOST_STEPS * NUMBERS_BYTES),
		order: space.take(Math.max(samples.training.samples, batchSize) * FLOAT),
		samples: { training: part(samples.training), validation: part(samples.validation), test: part(samples.test) },
		learned: { from, to },
	};
	return { layers, places: { ...places, end: space.end } };
}
