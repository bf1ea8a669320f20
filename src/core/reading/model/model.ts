import type { Parameters } from "../../expression/expression.ts";
import type { Span } from "../../span.ts";
import type { Definition } from "../use.ts";

/** A model as its source says it: a graph of layers, each with what it is fed. */
export interface Model {
	/** The class's or the variable's name. */
	readonly name: string;
	readonly framework: "torch" | "keras" | "flax" | "tfjs";
	/** The name's place in the text, where a lens stands. */
	readonly nameSpan: Span;
	readonly span: Span;
	/** In the order of computation: what a layer is fed stands before it. */
	readonly layers: readonly ModelLayer[];
	/** Indices of the layers whose values the model returns. */
	readonly outputs: readonly number[];
	/** Loops over places of which the source does not tell how many there are, and how many they are run for. */
	readonly turns?: readonly Turns[];
	/** Of a variable: the place of the name of the class, in the same text, that it is an instance of. */
	readonly instanceOf?: Span;
}

/** An axis of a layer's value, as a framework counts it, that is taken to have as many places as a loop over it has turns. */
export interface Turns {
	readonly layer: number;
	readonly axis: number;
	readonly count: number;
}

/** One step of a model. A block that is used many times is many layers, all at the same place in the text. */
export interface ModelLayer {
	/** As the code calls it, with the path through blocks and loops: "fc1", "layers.3.attention.query". */
	readonly name: string;
	/** Where it is made; where it is called, for a function. */
	readonly span: Span;
	/** The other file of the workspace that the span lies in; null for the model's own. */
	readonly path: string | null;
	/** Indices of the layers it is fed by. */
	readonly inputs: readonly number[];
	readonly step: Step;
	/**
	 * The size of one sample's value behind it, in the order of its framework: PyTorch's channels come first, those of the
	 * others last. Null entries are not known.
	 */
	readonly shape: Shape;
	/**
	 * A layer that this one shares its weights with: the first call of the same object, or another whose weights it has been
	 * given, as a language model's last layer has its embedding's; else null.
	 */
	readonly sharedWith: number | null;
	/** A layer before this one whose weights it begins with, number by number, as copies do; they are trained apart. */
	readonly copyOf?: number;
}

/** How weights or biases are drawn. `explicit` where the code says so, not the framework's default. */
export interface Initialisation {
	readonly explicit: boolean;
	/** Where the code says so. */
	readonly span: Span | null;
	readonly draw: Draw;
}

/**
 * `gain` and `scale` are numbers of the source; fan is counted as the framework counts it. With "variance-scaling" a
 * truncated normal is cut at two standard deviations, and the variance is that behind the cut, but for TensorFlow.js, which
 * does not make up for it.
 */
export type Draw =
	| { readonly kind: "zeros" }
	| { readonly kind: "constant"; readonly value: number }
	/** `std` is that before it is cut. */
	| { readonly kind: "normal"; readonly mean: number; readonly std: number; readonly truncated: Cut | false }
	| { readonly kind: "uniform"; readonly low: number; readonly high: number }
	/**
	 * Variance `scale`/fan, as Keras and JAX name it: He is scale 2 with fan "in", Glorot 1 with "average", LeCun 1 with
	 * "in"; PyTorch's default is scale 1/3, uniform, with "in". A bias counts the fan of its weight.
	 */
	| {
			readonly kind: "variance-scaling";
			readonly scale: number;
			readonly fan: "in" | "out" | "average";
			readonly distribution: "normal" | "truncated-normal" | "uniform";
	  }
	/** `trained` in its place is what turns it, the logarithm of a rotation or the vectors of reflections. */
	| { readonly kind: "orthogonal"; readonly gain: number; readonly trained?: "rotation" | "reflections" }
	/**
	 * What is drawn over its largest singular value, as steps of power iteration find it; what is trained is that before,
	 * or with `replaces` the result, which is written in its place.
	 */
	| { readonly kind: "spectral-norm"; readonly of: Draw; readonly iterations: number; readonly replaces?: true }
	/** 1 on the diagonal of the last two axes, 0 beside it. */
	| { readonly kind: "identity" }
	| { readonly kind: "unknown"; readonly reason: string };

/** Where a normal is cut, in standard deviations from its mean. */
export type Cut = readonly [low: number, high: number];

/** The size of one sample along each axis, null where it is not known; null where not even the number of axes is. */
export type Shape = readonly (number | null)[] | null;

/** Which axis of a sample the features are: PyTorch's channels are the first, those of the others the last. */
export type Channels = "first" | "last";

/** Zeros before and behind the places along each axis; "same": as many as leave one window for each stride. */
export type Padding = "same" | readonly (number | null)[];

/** Windows that move along the axes of places, not along that of the channels. */
export interface Windows {
	readonly kernel: readonly (number | null)[];
	readonly stride: readonly (number | null)[];
	readonly dilation: readonly (number | null)[];
	readonly padding: Padding;
	readonly channels: Channels;
}

/** What a pool takes together. */
export type Pooled =
	| (Windows & {
			readonly kind: "windows";
			/** Whether a last window may begin within and reach beyond the places and their padding. */
			readonly ceil: boolean;
			/** Whether a mean counts the zeros of the padding. */
			readonly countsPadding: boolean;
	  })
	/** As many windows as are asked for, whatever comes in; null for one a place. */
	| { readonly kind: "adaptive"; readonly to: readonly (number | null)[]; readonly channels: Channels }
	/** Whole axes of a sample, counted from the end where negative; "places" are all but the last. */
	| { readonly kind: "axes"; readonly axes: readonly number[] | "places"; readonly keeps: boolean };

/** A size that a shape follows from: a number, that of another layer's value, or arithmetic with such. */
export type SizeOf =
	| number
	/** An axis as the framework counts them: 0 is the batch, negative ones count from the end. */
	| { readonly layer: number; readonly axis: number }
	| { readonly sign: string; readonly left: SizeOf; readonly right: SizeOf }
	| null;

/** Places along an axis of a sample, from one to before another; numbers below 0 count from the end. */
export interface Taken {
	/** Counted from the end where negative. */
	readonly axis: number;
	readonly from: SizeOf;
	readonly until: SizeOf | "end";
	readonly by: number;
	/** Whether the axis stays; where it does not, only the place `from` is taken. */
	readonly keeps: boolean;
}

/** What lies beyond the border: places mirrored at the last, the last again and again, or those from the other end on. */
export type Beyond = "mirrored" | "last" | "around";

/** How values come to lie in another shape. Axes are those of a sample, counted from the end where negative. */
export type Rearrangement =
	/** All axes from one to another become one. */
	| { readonly to: "flat"; readonly from: number; readonly until: number }
	/** One axis becomes several; −1 is what is left of it. */
	| { readonly to: "unflat"; readonly axis: number; readonly sizes: readonly SizeOf[] }
	/** The sizes of a sample; −1 is what is left. */
	| { readonly to: "sizes"; readonly sizes: readonly SizeOf[] }
	| { readonly to: "order"; readonly order: readonly number[] }
	| { readonly to: "swapped"; readonly axes: readonly [number, number] }
	/** Without an axis of size 1; null for all of them. */
	| { readonly to: "squeezed"; readonly axis: number | null }
	| { readonly to: "unsqueezed"; readonly axis: number }
	/** All along each axis again, so many times. */
	| { readonly to: "repeated"; readonly times: readonly SizeOf[] }
	/** What is one place along an axis at so many; −1 leaves an axis as it is. */
	| { readonly to: "expanded"; readonly sizes: readonly SizeOf[] }
	/** Places more before and behind, in pairs from the last axis on: zeros where nothing is said of them. */
	| { readonly to: "padded"; readonly by: readonly SizeOf[]; readonly beyond?: Beyond }
	/** One of `count` parts along an axis. */
	| { readonly to: "part"; readonly axis: number; readonly index: number; readonly count: number }
	/** Slices and elements: `x[:, 0]`, `x[..., 4:]`. */
	| { readonly to: "taken"; readonly along: readonly Taken[] }
	/** Places that move on along axes, those beyond the end to the start. */
	| { readonly to: "rolled"; readonly along: readonly { readonly axis: number; readonly by: number }[] }
	/** Windows of `size` places along an axis, which move by `by`: one a place, and what lies in it along a new last axis. */
	| {
			readonly to: "windows";
			readonly axis: number;
			readonly size: number;
			readonly by: number;
			readonly dilation: number;
	  }
	/** Channels to places, `by` along each of two axes. */
	| { readonly to: "pixels"; readonly by: number }
	/** As it is: what it is combined with spreads it out. */
	| { readonly to: "same" };

/** What a recurrent layer makes of what comes in at a place and of its state; its gates take another function. */
export interface Cell {
	readonly of: "rnn" | "gru" | "lstm";
	readonly activation: CellActivation;
	readonly gate: CellActivation;
	/** Whether the weights of each gate are drawn by themselves, not those of all as one matrix. */
	readonly drawnByGate: boolean;
}

export type CellActivation = Extract<Step, { kind: "activation" | "own-activation" | "identity" }>;

/** What a layer computes. What is not understood is an unknown with its reason; nothing is guessed for it. */
/**
 * Axes of a sample before those that a step works on: it goes through them side by side, as if each were a sample, as
 * code that makes a larger batch of the frames of videos does. None where absent.
 */
export interface SideBySide {
	readonly beside?: number;
}

export type Step =
	/** Of the size that it is called with, where `isCalled`; it could be called with another. */
	| { readonly kind: "input"; readonly isCalled?: true }
	| {
			readonly kind: "linear";
			readonly inputs: number | null;
			readonly outputs: number | null;
			readonly weight: Initialisation;
			/** Null without a bias. */
			readonly bias: Initialisation | null;
	  }
	| ({
			readonly kind: "convolution";
			readonly dimensions: 1 | 2 | 3;
			readonly transposed: boolean;
			readonly inputs: number | null;
			readonly outputs: number | null;
			readonly groups: number | null;
			/** Places more behind those that the windows of a transposed one reach. */
			readonly outputPadding: readonly (number | null)[];
			readonly weight: Initialisation;
			readonly bias: Initialisation | null;
	  } & Windows &
			SideBySide)
	| {
			readonly kind: "activation";
			readonly activation: string;
			readonly parameters: Parameters;
			/** The axis of a sample along which a function of many numbers, such as softmax, takes them; null where not known. */
			readonly axis?: number | null;
	  }
	/** A function of the file that the catalog does not have. */
	| { readonly kind: "own-activation"; readonly definition: Definition }
	/** `features` is what it normalises over, for "layer" and "rms", or has statistics for; only "group" has `groups`. */
	| ({
			readonly kind: "normalisation";
			readonly of: "batch" | "layer" | "group" | "instance" | "rms";
			readonly features: number | null;
			readonly groups?: number | null;
			readonly channels: Channels;
			readonly epsilon: number | null;
			/** How the factors behind it begin; absent where they are all 1, as every framework begins. */
			readonly factors?: Initialisation;
	  } & SideBySide)
	/** Of each number, or of all numbers of a sample together: stochastic depth. */
	| { readonly kind: "dropout"; readonly rate: number | null; readonly alpha: boolean; readonly of?: "samples" }
	/** The sum of all inputs: a residual connection where one of them passes by what the other goes through. */
	| { readonly kind: "add" }
	| { readonly kind: "multiply" }
	/** The matrix product of two values, by their last two axes; those before are gone through side by side. */
	| { readonly kind: "product" }
	/** −∞ in the place of each number right of the diagonal of the last two axes: no place attends to a later one. */
	| { readonly kind: "causal" }
	/** Its input, of which some places do not count for some samples; which they are comes with the data. */
	| { readonly kind: "masked" }
	/** Numbers of the model's own that are trained, the same for all samples; their shape is the layer's. */
	| { readonly kind: "parameter"; readonly weight: Initialisation }
	/** Numbers drawn anew for each sample: of mean 0 and deviation 1, or evenly between 0 and 1. Of an input they have the shape. */
	| { readonly kind: "noise"; readonly of: "normal" | "uniform" }
	/** Numbers from one to before another, the same for all samples. */
	| { readonly kind: "range"; readonly from: number; readonly until: SizeOf; readonly by: number }
	/** The first of its inputs with the second in the place of some of its numbers: `x[:, 0::2] = y`. */
	| { readonly kind: "write"; readonly along: readonly Taken[] }
	/** Along an axis of a sample, counted from the end where negative; null where it is not known. */
	| { readonly kind: "concatenate"; readonly axis: number | null }
	/** Its input times a number of the source. */
	| { readonly kind: "scale"; readonly by: number }
	| ({
			readonly kind: "pool";
			readonly of: "maximum" | "average" | "sum";
			readonly over: Pooled | null;
	  } & SideBySide)
	/** Values between those of the places: by a factor, or to a size, along each axis of places; a single one is for all. */
	| ({
			readonly kind: "resize";
			readonly of: "nearest" | "linear";
			readonly by: readonly (number | null)[] | null;
			readonly to: readonly SizeOf[] | null;
			/** Whether the outer places stay where they are. */
			readonly alignCorners: boolean;
			readonly channels: Channels;
	  } & SideBySide)
	/** Values as they are, in another shape: flatten, reshape, permute, a slice; `how` is null where it is not followed. */
	| { readonly kind: "reshape"; readonly what: string; readonly how: Rearrangement | null }
	| {
			readonly kind: "embedding";
			readonly count: number | null;
			readonly outputs: number | null;
			readonly weight: Initialisation;
	  }
	/**
	 * A cell that goes along the places of a sample, [places][inputs], with its state: [places][outputs]. A GRU's reset gate
	 * works behind the product with the state. Inputs behind the first are the state that it begins with.
	 */
	| {
			readonly kind: "recurrence";
			readonly cell: Cell;
			readonly inputs: number | null;
			readonly outputs: number | null;
			/** Whether it goes from the last place to the first; what it gives stays at its place. */
			readonly reversed: boolean;
			/** What it gives at each place: the hidden state, or an LSTM's inner one. */
			readonly gives: "hidden" | "cell";
			/** "data": with a state that comes with the samples, as the first of several sequences it is 0. */
			readonly begins: "zero" | "given" | "data";
			/** Of what comes in, for all gates. */
			readonly weight: Initialisation;
			readonly bias: Initialisation | null;
			/** Of the state. */
			readonly recurrent: Initialisation;
			readonly recurrentBias: Initialisation | null;
			/** An LSTM's bias for the gate that forgets, where it is another than `bias`. */
			readonly forget: Initialisation | null;
			/** What makes the `outputs` of an LSTM's hidden state of its units, where these are others. */
			readonly projection?: { readonly units: number | null; readonly weight: Initialisation };
			/** The share of the state that each gate leaves out, all along a sequence the same; absent for none. */
			readonly stateDropout?: number;
	  }
	| { readonly kind: "identity" }
	| { readonly kind: "unknown"; readonly what: string; readonly reason: string };
