import type { ModelLayer } from "../../reading/model/model.ts";
import { convolutionAlong, partsOf } from "../../reading/model/shapes.ts";
import { featureAt, type Layout, layoutOf } from "./featureLayout.ts";
import { rowProducts, transposed } from "./matrix.ts";
import type { Operation, Weights } from "./operation.ts";
import { patchPlaces } from "./patches.ts";

type Convolution = Extract<ModelLayer["step"], { kind: "convolution" }>;

/**
 * A linear layer on patches, one for each group of channels: of what lies in a window come the outputs there. A transposed
 * one makes a patch of what comes in at a window, and adds the patches up.
 */
export function convolution(
	{ weight, bias }: Weights,
	step: Convolution,
	batch: number,
	from: readonly number[],
	to: readonly number[],
): Operation {
	const { transposed: isTransposed, channels } = step;
	const groups = step.groups!;
	const along = partsOf(from, channels)!.places.map((size, d) => convolutionAlong(step, d, size)!);
	const map = patchPlaces(along);
	const [outside, inside] = [layoutOf(from, channels), layoutOf(to, channels)];
	const [patched, windowed] = isTransposed ? [inside, outside] : [outside, inside];
	const area = map.length / windowed.places;
	const rows = batch * windowed.places;
	const [depth, width] = [patched.features / groups, windowed.features / groups];
	const fan = area * depth;
	const [inputs, outputs] = isTransposed ? [width, fan] : [fan, width];
	const weightOf = (g: number) => weight.subarray(g * width * fan, (g + 1) * width * fan);
	let [x, byOutput] = [new Float64Array(0), new Float64Array(0)];
	const patches = cutsOf(map, depth, patched, groups);
	const windows = cutsOf(
		Int32Array.from({ length: windowed.places }, (_, i) => i),
		width,
		windowed,
		groups,
	);
	const [before, behind] = isTransposed ? [windows, patches] : [patches, windows];
	return {
		forward([input]) {
			// What lies in the windows is cut out again on the way back: it is many times what comes in.
			x = input as Float64Array<ArrayBuffer>;
			const z = new Float64Array(batch * inside.count);
			for (let g = 0; g < groups; g++) {
				const own = cutOut(x, before, batch, g);
				addBack(rowProducts(own, weightOf(g), rows, outputs, inputs), behind, batch, g, z);
			}
			if (bias) for (let at = 0; at < z.length; at++) z[at] += bias[featureAt(inside, at)];
			return z;
		},
		backward(gradient) {
			byOutput = gradient as Float64Array<ArrayBuffer>;
			const byInput = new Float64Array(batch * outside.count);
			for (let g = 0; g < groups; g++) {
				const [own, turned] = [cutOut(gradient, behind, batch, g), transposed(weightOf(g), outputs, inputs)];
				addBack(rowProducts(own, turned, rows, inputs, outputs), before, batch, g, byInput);
			}
			return [byInput];
		},
		weightGradient() {
			const all = new Float64Array(weight.length);
			for (let g = 0; g < groups; g++) {
				const by = transposed(cutOut(byOutput, behind, batch, g), rows, outputs);
				const own = transposed(cutOut(x, before, batch, g), rows, inputs);
				all.set(rowProducts(by, own, outputs, inputs, rows), g * width * fan);
			}
			return all;
		},
		multiplyAdds: 3 * rows * fan * windowed.features,
	};
}

/** Some numbers of a sample of `count`: by group of features, where they lie, −1 in the padding. */
interface Cuts {
	readonly numbers: readonly Int32Array[];
	readonly count: number;
}

/** Of the places of a map, with `depth` features of each: [places][features]. */
function cutsOf(map: Int32Array, depth: number, layout: Layout, groups: number): Cuts {
	const { place, feature, count } = layout;
	const numbers = Array.from({ length: groups }, (_, group) => {
		const own = new Int32Array(map.length * depth);
		const first = group * depth * feature;
		for (let i = 0, at = 0; i < map.length; i++) {
			for (let j = 0; j < depth; j++, at++) own[at] = map[i] < 0 ? -1 : first + map[i] * place + j * feature;
		}
		return own;
	});
	return { numbers, count };
}

/** The numbers of a group: [samples][places][features]. */
function cutOut(values: Float64Array, { numbers, count }: Cuts, batch: number, group: number): Float64Array {
	const from = numbers[group];
	const own = new Float64Array(batch * from.length);
	for (let sample = 0, at = 0; sample < batch; sample++) {
		const start = sample * count;
		for (let i = 0; i < from.length; i++, at++) if (from[i] >= 0) own[at] = values[start + from[i]];
	}
	return own;
}

/** Adds such numbers to where they lie. */
function addBack(own: Float64Array, { numbers, count }: Cuts, batch: number, group: number, to: Float64Array): void {
	const from = numbers[group];
	for (let sample = 0, at = 0; sample < batch; sample++) {
		const start = sample * count;
		for (let i = 0; i < from.length; i++, at++) if (from[i] >= 0) to[start + from[i]] += own[at];
	}
}
