/** What the theory supposes and this model does not keep, or what stopped it, and at which layers. */
export interface Reservation {
	readonly kind: ReservationKind;
	/** Indices into the model's layers. */
	readonly layers: readonly number[];
	/** For what is unknown: what, in the reader's words. */
	readonly what?: string;
}

export type ReservationKind =
	/** Layers of few units next to the depth: networks of this kind differ much from each other. */
	| "narrow"
	/** An activation whose input is not close to normal: another activation's output, or a sum of such. */
	| "not normal"
	/** Values that are added or multiplied and hang on the same weights. */
	| "dependent branches"
	/** Sums of values with means: the signal grows along one direction, and the gradient there with it. */
	| "means add up"
	| "shared weights"
	/** Weights that begin as copies of another layer's. */
	| "copied weights"
	/** Weights drawn around another number than 0: features hang together. */
	| "weights with a mean"
	/** A convolution or pool, whose neighbouring places are taken as independent samples. */
	| "places"
	/** So many normalised convolutions of few places that padding at the border decides, and how it spreads is left out. */
	| "border"
	/** A mean over so many places that what is left of it hangs on how they hang together. */
	| "mean over places"
	/** Normalised features of different sizes, among which the gradient is shared unevenly. */
	| "uneven parts"
	/** Scores so far apart that a softmax gives much to few of them, or shares that no values are mixed by. */
	| "softmax"
	/** A gradient that comes to a recurrent layer's first state from its last place, by the same weights again and again. */
	| "back through places"
	/** Many recurrent layers over each other, each of which makes neighbouring places more alike. */
	| "recurrent over recurrent"
	/** Features of attention that span few dimensions next to their number, as those made of few numbers do. */
	| "few dimensions"
	/** A value whose sizes are lost: how many places lie behind it, over which gradients add up, is not known. */
	| "lost sizes"
	/** Places that a mask leaves out, which comes with the data; all are taken to count. */
	| "mask"
	/** A recurrent layer's state comes with the samples; it is taken as 0. */
	| "state"
	/** The activation draws at random while training; this is its evaluation. */
	| "stochastic"
	/** An input that the model divides as bytes are divided: it is taken to be as much larger. */
	| "bytes"
	/** A softmax or the like at the end is left out: gradients are counted from before it. */
	| "output left out"
	/** From here on nothing is known. */
	| "unknown";

/** What a forecast says of what it supposes that leaves its numbers as they are. */
const SURE: ReadonlySet<ReservationKind> = new Set([
	"output left out",
	"stochastic",
	"places",
	"state",
	"mask",
	"bytes",
]);

/** Whether the numbers of a forecast are only rough: what it supposes does not hold. */
export function isRough({ reservations }: { readonly reservations: readonly Reservation[] }): boolean {
	return reservations.some(({ kind }) => !SURE.has(kind));
}

/** What is reserved of one forecast, each kind once with all of its layers. */
export class Reservations {
	readonly #byKind = new Map<string, { kind: ReservationKind; layers: number[]; what?: string }>();

	add(kind: ReservationKind, layer: number, what?: string): void {
		const key = `${kind} ${what ?? ""}`;
		const known = this.#byKind.get(key) ?? { kind, layers: [], ...(what === undefined ? {} : { what }) };
		known.layers.push(layer);
		this.#byKind.set(key, known);
	}

	/** In the order in which they were first made. */
	all(): readonly Reservation[] {
		return [...this.#byKind.values()];
	}
}
