import { logistic } from "../numerics/special.ts";
import { planeOf } from "./data/tableGlance.ts";
import type { Table } from "./table.ts";

/** What a classifier of two features answers all over the plane. */
export interface Surface {
	readonly columns: number;
	readonly rows: number;
	/** The part of the plane: the range of the data with a little air. */
	readonly domain: readonly [x: readonly [min: number, max: number], y: readonly [min: number, max: number]];
	/** By rows from the smallest y on: the class with the largest probability, in the middle of each cell. */
	readonly classes: readonly number[];
	/** That class's probability in per cent. */
	readonly confidence: readonly number[];
}

/** Cells on a side, from the finest on. */
const SIDES = [48, 24, 12];
/** Multiplications that a surface may take: a few tens of milliseconds. */
const MOST_WORK = 5e7;

/**
 * The surface of a network whose raw inputs [count][2] `predict` turns into outputs [count][outputs]; null where the data
 * are no plane of classes, or the network (of that many trained values) is too large to be asked all over it.
 */
export function surfaceOf(
	table: Table,
	parameterCount: number,
	predict: (inputs: Float64Array, count: number) => Float64Array,
): Surface | null {
	const side = SIDES.find((one) => one * one * parameterCount <= MOST_WORK);
	const domain = table.features === 2 && table.task === "classification" ? planeOf(table) : undefined;
	if (side === undefined || !domain) return null;
	const [[left, right], [bottom, top]] = domain;
	const count = side * side;
	const inputs = new Float64Array(2 * count);
	for (let i = 0; i < count; i++) {
		const [x, y] = [((i % side) + 0.5) / side, (Math.floor(i / side) + 0.5) / side];
		inputs[2 * i] = left * (1 - x) + right * x;
		inputs[2 * i + 1] = bottom * (1 - y) + top * y;
	}
	const outputs = predict(inputs, count);
	const answers = Array.from({ length: count }, (_, i) => answerOf(outputs, i, outputs.length / count));
	return {
		columns: side,
		rows: side,
		domain,
		classes: answers.map(({ winner }) => winner),
		confidence: answers.map(({ probability }) => Math.round(100 * probability)),
	};
}

/** The likeliest class of one sample; of a network that has diverged the first, with no confidence. */
function answerOf(outputs: Float64Array, sample: number, width: number) {
	const logits = outputs.subarray(sample * width, (sample + 1) * width);
	if (logits.some(Number.isNaN)) return { winner: 0, probability: 0 };
	if (width === 1) {
		const winner = logits[0] > 0 ? 1 : 0;
		return { winner, probability: logistic(Math.abs(logits[0])) };
	}
	let winner = 0;
	for (let k = 1; k < width; k++) if (logits[k] > logits[winner]) winner = k;
	// Two infinite outputs have no difference.
	const sum = logits.reduce((total, one) => total + Math.exp(one === logits[winner] ? 0 : one - logits[winner]), 0);
	return { winner, probability: 1 / sum };
}
