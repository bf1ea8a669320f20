import type { StringLibrary } from "../../activations/libraries/resolve.ts";
import { takesActivation } from "./activationKeyword.ts";
import { namedActivationCall } from "./namedActivation.ts";
import { type CallArgument, textOf } from "./node.ts";

/** Where layers take an activation as a positional argument. */
const POSITIONS: readonly (readonly [layers: RegExp, at: number])[] = [
	[/^(tensorflow\.)?keras\..*\.(Dense|LSTM|GRU|SimpleRNN|LSTMCell|GRUCell|SimpleRNNCell|EinsumDense)$/, 1],
	[/^sklearn\.neural_network\..*\bMLP(Classifier|Regressor)$/, 1],
	[/^torch\.nn\.RNN(Cell)?$/, 3],
	[/^torch\.nn\.Transformer(En|De)coderLayer$/, 4],
	[/^torch\.nn\.Transformer$/, 6],
];

/** The table in which a library's function or layer looks up a string that it is given as this argument. */
export function tableTaking(
	callee: string,
	all: readonly CallArgument[],
	at: number,
	key: string,
): StringLibrary | undefined {
	const keyword = all[at]?.name;
	const named = namedActivationCall(callee);
	if (named && (keyword ? named.keyword.test(textOf(keyword)) : at === 0)) return named.library;
	const takes = keyword
		? takesActivation(textOf(keyword), key) && !scales(callee)
		: POSITIONS.find(([layers]) => layers.test(callee))?.[1] === at;
	return takes ? tableOf(callee) : undefined;
}

/** Whether a function says how an initialiser scales, which is no activation: `kaiming_normal_(w, nonlinearity="relu")`. */
export function scales(callee: string): boolean {
	return /(^|\.)init\.|kaiming|calculate_gain/.test(callee);
}

/** The table of a library's own layers; undefined for a callee that is not one of them. */
function tableOf(callee: string): StringLibrary | undefined {
	const library = /^(tensorflow\.keras|tensorflow|keras|sklearn|timm|transformers|torch|tfjs|mxnet)\./.exec(
		callee,
	)?.[1];
	switch (library) {
		case "tensorflow.keras":
		case "tensorflow":
			return "keras2";
		case "keras":
		case "sklearn":
		case "timm":
		case "transformers":
		case "torch":
		case "tfjs":
		case "mxnet":
			return library;
		default:
			return undefined;
	}
}
