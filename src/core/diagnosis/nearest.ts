import { type Activation, withDefaults } from "../activations/activation.ts";
import { catalog } from "../activations/catalog.ts";
import { x as input, neg } from "../expression/build.ts";
import { compile } from "../expression/evaluate.ts";
import { substitute } from "../expression/walk.ts";
import { inputsOf } from "./ladder.ts";

/** The entry of the catalog that a function is close to, or is the mirror image of. */
export interface Nearest {
	readonly activation: string;
	/** Whether it is the entry of −x. */
	readonly reflected: boolean;
	/** The largest difference, and where it is: over the whole line, or where it is not near everywhere, within ±`within`. */
	readonly difference: number;
	readonly x: number;
	readonly within: number | null;
}

/** Where functions are compared first: pre-activations are seldom further out. */
const CENTRE = 3;
const PROBES = Float64Array.from({ length: 241 }, (_, i) => ((i - 120) / 120) * CENTRE + 1e-4);
/** A function that is further from the entry than this share of the entry's own spread is another function. */
const NEAR = 0.03;
/** What differs by less is the same. */
const SAME = 1e-10;

/** The nearest entry, with its defaults, of a function that is none itself; null where none is near. */
export function nearestOf(activation: Activation): Nearest | null {
	const own = withDefaults(activation);
	const values = compile([activation.definition], own)(PROBES)[0]!;
	if (spread(values) < 1e-3 || !values.every(Number.isFinite)) return null;
	let best: { readonly entry: Activation; readonly reflected: boolean; readonly share: number } | undefined;
	for (const entry of catalog) {
		if (entry.id === "linear") continue; // Every slightly bent line is near it.
		const parameters = withDefaults(entry);
		const mirrored = substitute(entry.stable, neg(input));
		const [plain, reflection] = compile([entry.stable, mirrored], parameters)(PROBES);
		for (const [others, reflected] of [
			[plain!, false],
			[reflection!, true],
		] as const) {
			const share = largest(values, others).difference / spread(others);
			// A mirror image is told only where it is exact: else it is a coincidence.
			if (share < (reflected ? SAME : NEAR) && share < (best?.share ?? 1)) best = { entry, reflected, share };
		}
	}
	if (!best) return null;
	const { entry, reflected } = best;
	const form = reflected ? substitute(entry.stable, neg(input)) : entry.stable;
	const compare = (inputs: Float64Array) => {
		const [written] = compile([activation.definition], own)(inputs);
		const [exact] = compile([form], withDefaults(entry))(inputs);
		const { difference, index } = largest(written!, exact!);
		return { difference, x: inputs[index]! };
	};
	const whole = compare(inputsOf("float64"));
	const isNear = whole.difference <= NEAR * spread(compile([form], withDefaults(entry))(PROBES)[0]!);
	const found = isNear ? whole : compare(PROBES);
	return { activation: entry.id, reflected, ...found, within: isNear ? null : CENTRE };
}

function spread(values: Float64Array): number {
	return Math.max(...values) - Math.min(...values);
}

/** Where both are numbers. */
function largest(a: Float64Array, b: Float64Array): { readonly difference: number; readonly index: number } {
	let [difference, index] = [0, 0];
	for (let i = 0; i < a.length; i++) {
		const here = Math.abs(a[i]! - b[i]!);
		if (here > difference) [difference, index] = [here, i];
	}
	return { difference, index };
}
