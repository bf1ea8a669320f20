import { type Activation, changedParameters, withDefaults } from "../activations/activation.ts";
import { catalog } from "../activations/catalog.ts";
import { compile } from "../expression/evaluate.ts";
import type { Parameters } from "../expression/expression.ts";
import { LESS_USUAL } from "../reading/identity.ts";
import { usualFirst } from "./nearest.ts";

/** The entry of the catalog of which a function computes the derivative. */
export interface DerivativeOf {
	readonly activation: string;
	/** The parameters of the entry that are not its defaults. */
	readonly parameters: Parameters;
	/** Whether the function takes the entry's value and not its input: y·(1 − y) for the sigmoid. */
	readonly byValue: boolean;
}

/** Both sides of zero densely, both tails, and the usual kinks from both sides. */
const PROBES = Float64Array.from([
	...Array.from({ length: 121 }, (_, i) => (i - 60) * 0.0617 + 0.0003),
	...[-1, 1, -2, 2, -3, 3, 6].flatMap((kink) => [kink - 1e-3, kink + 1e-3]),
	...[5.1, 9.7, 14.9].flatMap((tail) => [-tail, tail]),
]);
/** Functions differ if they do so by more than this at any probe. */
const TOLERANCE = 1e-9;

/** The entry whose derivative the function is, of its input or else of the entry's value; null if of none. */
export function derivativeOf(activation: Activation): DerivativeOf | null {
	const code = compile([activation.definition], withDefaults(activation));
	const [values] = code(PROBES);
	if (isConstant(values!)) return null;
	for (const byValue of [false, true]) {
		for (const { entry, parameters, outputs, slopes } of candidates(activation)) {
			if (isSame(byValue ? code(outputs)[0]! : values!, slopes))
				return { activation: entry.id, parameters: changedParameters(entry, parameters), byValue };
		}
	}
	return null;
}

interface Candidate {
	readonly entry: Activation;
	readonly parameters: Parameters;
	/** At the probes. */
	readonly outputs: Float64Array;
	readonly slopes: Float64Array;
}

let byDefault: readonly Candidate[] | undefined;

/** The entries as they are by default, those with fewer parameters first; then those with one, of which the code has one, too. */
function* candidates({ parameters }: Activation): Generator<Candidate> {
	const entries = catalog.filter(({ id }) => id !== "linear" && !LESS_USUAL.has(id));
	byDefault ??= usualFirst(entries)
		.map((entry) => candidateOf(entry, withDefaults(entry)))
		// Steps have no slope, and many functions are 0 at their values.
		.filter(({ slopes }) => !isConstant(slopes));
	yield* byDefault;
	const [own, ...others] = parameters;
	if (!own || others.length > 0) return;
	for (const entry of entries) {
		const [only, ...more] = entry.parameters;
		if (only && more.length === 0 && only.default !== own.default)
			yield candidateOf(entry, { [only.name]: own.default });
	}
}

function candidateOf(entry: Activation, parameters: Parameters): Candidate {
	const [outputs, slopes] = compile([entry.stable, entry.derivative], parameters)(PROBES);
	return { entry, parameters, outputs: outputs!, slopes: slopes! };
}

function isConstant(values: Float64Array): boolean {
	return values.every((value) => value === values[0]);
}

function isSame(a: Float64Array, b: Float64Array): boolean {
	return a.every((value, i) => Math.abs(value - b[i]!) <= TOLERANCE);
}
