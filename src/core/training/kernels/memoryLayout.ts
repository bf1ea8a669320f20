import { skips } from "../network.ts";
import type { SampleSet, Samples, TrainerSettings } from "../trainer.ts";
import { KEYS_BYTES } from "./dropoutCode.ts";
import { type NormShape, normShape } from "./normCode.ts";
import { type LayerShape, layerShape, PANEL, padded } from "./products.ts";
import { stateCount } from "./update.ts";

const FLOAT = 4;
const VECTOR = 16;
const LINE = 64;

/** A step's numbers for the optimizer, and its loss. */
export const NUMBERS_BYTES = VECTOR;
/** More steps than this are done in several calls. */
export const STEPS_OF_CALL = 1024;

/** Addresses of what a layer has in memory. */
export interface LayerPlace {
	readonly shape: LayerShape;
	/** Weights and biases; gradient and optimizer state behind them. */
	readonly weights: number;
	/** Of the activation: its parameters, with gradient and optimizer state behind them. */
	readonly parameters: number;
	readonly norm: NormPlace | null;
	/** What the layer trains beside the weights: parameters, and the norm's γ and β. */
	readonly arrays: readonly TrainedArray[];
	/** The layer's input, by panels and by strips. */
	readonly panels: number;
	readonly strips: number;
	/** What the linear part gives, by panels; then the norm's output, in place. */
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

/** Addresses of what a layer's norm has in memory: γ and what follows it, and what forward keeps for the way back. */
export interface NormPlace {
	readonly shape: NormShape;
	readonly gamma: number;
	readonly kept: number;
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
	/** Behind ones for each sample that a batch may have, where eight zeros are. */
	readonly presence: number;
	readonly order: number;
	/** The keys of dropout's choices in the steps of a call: by step, by hidden layer; no bytes without dropout. */
	readonly keys: { readonly address: number; readonly stepBytes: number };
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
export function panelsOfBatch({ batchSize }: Pick<TrainerSettings, "batchSize">): number {
	return Math.ceil(batchSize / PANEL);
}

/** Bytes of so many parameters of an activation. */
export function parameterBytesOf(count: number): number {
	return VECTOR * Math.max(1, Math.ceil(count / 4));
}

/** The shape of each layer's norm; null where it has none. */
export function normShapesOf(settings: TrainerSettings): readonly (NormShape | null)[] {
	const { norm } = settings.network.shape;
	const shapes = shapesOf(settings);
	const slots = slotsOf(settings);
	return shapes.map((shape, i) =>
		norm === "none" || i === shapes.length - 1 ? null : normShape(norm, shape, slots, panelsOfBatch(settings)),
	);
}

/** How many arrays there are of what is trained: itself, its gradient, and what the optimizer remembers. */
function slotsOf({ optimizer }: TrainerSettings): number {
	return 2 + stateCount(optimizer);
}

/** Lays out the memory from an address on, for an activation with so many parameters, so many of them trained. */
export function layOut(settings: TrainerSettings, start: number, parameters: number, trained: number): MemoryLayout {
	const { network, batchSize, samples, dropout } = settings;
	const shapes = shapesOf(settings);
	const panels = panelsOfBatch(settings);
	const parameterBytes = parameterBytesOf(parameters);
	const space = new Space(start);
	const slots = slotsOf(settings);
	const norms = normShapesOf(settings);
	const from = space.take(0);
	const learned = shapes.map((shape, i) => {
		const weights = space.take(slots * shape.tensorBytes);
		const address = space.take(slots * parameterBytes);
		const norm = norms[i];
		const gamma = space.take(norm?.learnedBytes ?? 0);
		const isTrained = trained > 0 && i < shapes.length - 1;
		return {
			weights,
			parameters: address,
			gamma,
			arrays: [
				...(isTrained ? [{ address, bytes: parameterBytes }] : []),
				...(norm ? [{ address: gamma, bytes: norm.bytes }] : []),
			],
		};
	});
	const to = space.end;
	const targets = space.take(panels * PANEL * FLOAT);
	const inputs = shapes.map((shape) => ({
		panels: space.take(panels * shape.inputPanel),
		strips: space.take(panels * shape.inputPanel),
	}));
	// What only the next few products need lies where that of another layer of the same width lay, in the cache yet. Layers of
	// other widths have their padding elsewhere.
	const shared = new Map<string, number>();
	const share = (name: string, { outputs, outputPanel }: LayerShape) => {
		const key = `${name} ${outputs}`;
		const address = shared.get(key) ?? space.take(panels * outputPanel);
		shared.set(key, address);
		return address;
	};
	const layers = shapes.map((shape, i): LayerPlace => {
		const { gamma, ...own } = learned[i];
		const norm = norms[i];
		const bytes = panels * shape.outputPanel;
		const z = share("z", shape);
		// The layer's is read while that of the layer before is written.
		const gradient = share(`gradient ${i % 2}`, shape);
		const slopes = space.take((1 + trained) * bytes);
		const isSkip = skips(network.shape, i);
		return {
			shape,
			...own,
			norm: norm && { shape: norm, gamma, kept: space.take(norm.keptBytes) },
			...inputs[i],
			z,
			output: isSkip ? space.take(bytes) : (inputs[i + 1]?.panels ?? z),
			slopes,
			gradient,
			carried: isSkip ? share(`carried ${i % 2}`, shape) : gradient,
			skips: isSkip,
		};
	});
	const keysOfStep = dropout ? KEYS_BYTES * (shapes.length - 1) : 0;
	const part = ({ samples: count }: Samples) => ({
		data: space.take(count * padded(shapes[0].inputs) * FLOAT),
		targets: space.take(count * FLOAT),
	});
	const places = {
		targets,
		presence: space.take((panels + 1) * PANEL * FLOAT) + panels * PANEL * FLOAT,
		keys: { address: space.take(STEPS_OF_CALL * keysOfStep), stepBytes: keysOfStep },
		table: space.take(STEPS_OF_CALL * NUMBERS_BYTES),
		order: space.take(Math.max(samples.training.samples, batchSize) * FLOAT),
		samples: { training: part(samples.training), validation: part(samples.validation), test: part(samples.test) },
		learned: { from, to },
	};
	return { layers, places: { ...places, end: space.end } };
}
