import type { ModelLayer } from "../../reading/model/model.ts";
import { axisAt, isWhole, takenPlaces } from "../../reading/model/shapes.ts";
import { askIn } from "./bins.ts";
import type { Roles } from "./roles.ts";
import type { Shapes } from "./sizes.ts";

/** What a value holds of the features of others, by the layer and axis that were cut: from one share of them to another. */
type Cuts = ReadonlyMap<string, readonly [from: number, until: number]>;

/** By layer, the weights or inputs that its value hangs on without others between, and on which of their features. */
export class Dependence {
	readonly #roots: ReadonlyMap<number, Cuts>[] = [];

	/** Adds the value of the next layer, which weights make anew. */
	begin(): void {
		this.#roots.push(new Map([[this.#roots.length, new Map()]]));
	}

	/** Adds that of the next layer, of which nothing is known. */
	skip(): void {
		this.#roots.push(new Map());
	}

	/** Adds that of the next layer, which is made of those of others. */
	follow(layer: ModelLayer, sources: readonly number[], shapes: Shapes["shapes"], roles: readonly Roles[]): void {
		const cuts = cutsIn(layer, shapes, roles);
		const roots = this.#rootsOf(sources);
		this.#roots.push(
			cuts.size === 0 ? roots : new Map([...roots].map(([root, own]) => [root, new Map([...own, ...cuts])])),
		);
	}

	/** Whether two values, each made of sources, hang on nothing that is the same. */
	areIndependent(sources: readonly number[], others: readonly number[]): boolean {
		const roots = this.#rootsOf(sources);
		return [...this.#rootsOf(others)].every(([root, cuts]) => {
			const own = roots.get(root);
			return own === undefined || areApart(own, cuts);
		});
	}

	#rootsOf(sources: readonly number[]): Map<number, Cuts> {
		const found = new Map<number, Cuts>();
		for (const [root, cuts] of sources.flatMap((source) => [...this.#roots[source]])) {
			const known = found.get(root);
			found.set(root, known ? commonCuts(known, cuts) : cuts);
		}
		return found;
	}
}

/** Parts of features hang on those of the roots alone that they are made of. */
function cutsIn({ step, inputs }: ModelLayer, shapes: Shapes["shapes"], allRoles: readonly Roles[]): Cuts {
	const cuts = new Map<string, readonly [number, number]>();
	const how = step.kind === "reshape" ? step.how : null;
	const [input] = inputs;
	const [shape, roles] = [shapes[input], allRoles[input]];
	if (!how || !isWhole(shape) || !roles) return cuts;
	const add = (axis: number, from: number, until: number) => {
		const at = axisAt(axis, shape.length);
		if (at !== undefined && roles[at] === "features") cuts.set(`${input} ${at}`, [from, until]);
	};
	if (how.to === "part") add(how.axis, how.index / how.count, (how.index + 1) / how.count);
	if (how.to === "taken") {
		for (const one of how.along) {
			const size = shape[axisAt(one.axis, shape.length) ?? 0];
			const places = one.by === 1 ? takenPlaces(one, size, askIn(shapes)) : null;
			if (places && places.length > 0) add(one.axis, places[0] / size, (places[places.length - 1] + 1) / size);
		}
	}
	return cuts;
}

/** Whether two values that hang on the same features hang on different ones of them. */
function areApart(a: Cuts, b: Cuts): boolean {
	return [...a].some(([key, [from, until]]) => {
		const other = b.get(key);
		return other !== undefined && (other[1] <= from || until <= other[0]);
	});
}

/** What two values together hold of the features of a third. */
function commonCuts(a: Cuts, b: Cuts): Cuts {
	const found = new Map<string, readonly [number, number]>();
	for (const [key, [from, until]] of a) {
		const other = b.get(key);
		if (other) found.set(key, [Math.min(from, other[0]), Math.max(until, other[1])]);
	}
	return found;
}
