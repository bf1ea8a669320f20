import type { Activation } from "../../../activations/activation.ts";
import type { Parameters } from "../../../expression/expression.ts";
import type { Model, Shape } from "../../../reading/model/model.ts";
import { Dependence } from "../dependence.ts";
import { leftOut } from "../outputs.ts";
import type { Passed, Propagated, Value } from "../propagated.ts";
import { type ReservationKind, Reservations } from "../reservations.ts";
import type { Roles } from "../roles.ts";
import { type Passage, type Signal, throughActivation } from "../signal.ts";
import { consumersOf } from "../stages.ts";

/** Signals that agree to so many digits are the same. */
const SAME_DIGITS = 7;

/** A model's values on the way forward: what is known of the layers before the one that is looked at. */
export class Context implements Propagated {
	readonly model: Model;
	readonly shapes: readonly Shape[];
	readonly consumers: readonly (readonly number[])[];
	readonly values: (Value | null)[] = [];
	readonly passed: (Passed | null)[] = [];
	readonly roles: Roles[] = [];
	/** By layer, the numbers of what hangs on no input and no draw. */
	readonly constants: (Float64Array | null)[] = [];
	/** By layer, how many recurrent ones its value has gone through. */
	readonly recurrences: number[] = [];
	readonly turned = new Map<number, number>();
	/** By layer, the place that a recurrent one comes to last, and what it gives there. */
	readonly ends = new Map<number, { readonly place: number; readonly signal: Signal }>();
	/** What padding has added to the deviations that normalisations divide by so far, in decades. */
	bordering = 0;
	/** What samples of different sizes have added to the logarithm of the mean square behind activations so far. */
	bending = 0;
	/** Curved activations so far of sums of few values that are not normal. */
	sumsOfFew = 0;
	readonly dependence = new Dependence();
	readonly reservations = new Reservations();
	/** Layers at the end that the forecast leaves out. */
	readonly leftOut: ReadonlySet<number>;
	readonly #passages = new Map<string, Passage>();

	constructor(model: Model, shapes: readonly Shape[]) {
		this.model = model;
		this.shapes = shapes;
		this.consumers = consumersOf(model.layers);
		this.leftOut = leftOut(model);
	}

	reserve(kind: ReservationKind, layer: number, what?: string): void {
		this.reservations.add(kind, layer, what);
	}

	/** Notes that nothing is known from a layer on, which its value says too. */
	unknown(layer: number, what: string): null {
		if (!this.leftOut.has(layer)) this.reserve("unknown", layer, what);
		return null;
	}

	areIndependent(a: Value, b: Value): boolean {
		return this.dependence.areIndependent([...a.terms.keys()], [...b.terms.keys()]);
	}

	/** What an activation makes of a signal. Deep models come to the same signal again and again. */
	passage(activation: Activation, parameters: Parameters, signal: Signal, of = 1): Passage {
		const numbers = [...Object.values(parameters), signal.mean, signal.variance, signal.within, of];
		const key = [activation.id, ...numbers.map((one) => one.toPrecision(SAME_DIGITS))].join(" ");
		const passage = this.#passages.get(key) ?? throughActivation(activation, parameters, signal, of);
		this.#passages.set(key, passage);
		return passage;
	}
}
