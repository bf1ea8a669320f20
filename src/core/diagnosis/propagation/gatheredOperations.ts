import { countOf } from "../../reading/model/shapes.ts";
import { type Gathering, gatheringOf, spreadBins } from "./bins.ts";
import { type Operation, UNCHANGED } from "./operation.ts";

/** Each number of the result is a sum of numbers of the sample, each times its weight. */
export function weighedSums({ starts, from, weights }: Gathering, batch: number, before: number): Operation {
	const after = starts.length - 1;
	return {
		forward([x]) {
			const y = new Float64Array(batch * after);
			for (let sample = 0; sample < batch; sample++) {
				const source = sample * before;
				for (let i = 0; i < after; i++) {
					let sum = 0;
					for (let k = starts[i]; k < starts[i + 1]; k++) sum += x[source + from[k]] * weights[k];
					y[sample * after + i] = sum;
				}
			}
			return y;
		},
		backward(gradient) {
			const byInput = new Float64Array(batch * before);
			for (let sample = 0; sample < batch; sample++) {
				const source = sample * before;
				for (let i = 0; i < after; i++) {
					const by = gradient[sample * after + i];
					for (let k = starts[i]; k < starts[i + 1]; k++) byInput[source + from[k]] += by * weights[k];
				}
			}
			return [byInput];
		},
		multiplyAdds: 0,
	};
}

/** The greatest of the numbers; of equal ones the first takes the gradient. */
export function greatest({ starts, from }: Gathering, batch: number, before: number): Operation {
	const after = starts.length - 1;
	const chosen = new Int32Array(batch * after);
	return {
		forward([x]) {
			const y = new Float64Array(batch * after);
			for (let sample = 0; sample < batch; sample++) {
				for (let i = 0; i < after; i++) {
					let best = sample * before + from[starts[i]];
					for (let k = starts[i] + 1; k < starts[i + 1]; k++) {
						if (x[sample * before + from[k]] > x[best]) best = sample * before + from[k];
					}
					chosen[sample * after + i] = best;
					y[sample * after + i] = x[best];
				}
			}
			return y;
		},
		backward(gradient) {
			const byInput = new Float64Array(batch * before);
			for (let at = 0; at < gradient.length; at++) byInput[chosen[at]] += gradient[at];
			return [byInput];
		},
		multiplyAdds: 0,
	};
}

/** An operation of values of certain shapes on values that are spread out to these. */
export function spread(
	sizes: readonly (readonly number[])[],
	to: readonly (readonly number[])[],
	batch: number,
	operation: Operation,
): Operation {
	const spreads = sizes.map((size, k) => {
		const bins = spreadBins(size, to[k]);
		const whole = [...Array.from({ length: to[k].length - size.length }, () => 1), ...size];
		return bins ? weighedSums(gatheringOf(bins, whole), batch, countOf(size)) : UNCHANGED;
	});
	return {
		...operation,
		forward: (inputs) => operation.forward(inputs.map((x, k) => spreads[k].forward([x]))),
		backward: (gradient) => operation.backward(gradient).map((one, k) => spreads[k].backward(one)[0]),
	};
}

/** Numbers of the second value in the places `at` of the first. */
export function writing(at: Int32Array, batch: number, count: number): Operation {
	const each = (act: (place: number, own: number) => void) => {
		for (let sample = 0; sample < batch; sample++) {
			for (const [k, place] of at.entries()) act(sample * count + place, sample * at.length + k);
		}
	};
	return {
		forward([x, y]) {
			const result = Float64Array.from(x);
			each((place, own) => {
				result[place] = y[own];
			});
			return result;
		},
		backward(gradient) {
			const [byFirst, bySecond] = [Float64Array.from(gradient), new Float64Array(batch * at.length)];
			each((place, own) => {
				bySecond[own] = gradient[place];
				byFirst[place] = 0;
			});
			return [byFirst, bySecond];
		},
		multiplyAdds: 0,
	};
}
