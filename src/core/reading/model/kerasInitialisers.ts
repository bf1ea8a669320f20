import {
	AT_TWO_DEVIATIONS,
	constantDraw,
	normalDraw,
	ONES,
	scaledDraw,
	uniformDraw,
	unknownDraw,
	ZEROS,
} from "./draws.ts";
import { Given } from "./given.ts";
import { type Arguments, type Initialiser, positional, type Thing } from "./thing.ts";

/**
 * What of a normal's variance is left when it is cut at two standard deviations. Keras and JAX widen the normal by it
 * where they scale variance, so that what is asked for is left; TensorFlow.js does not.
 */
const LEFT_BY_CUT = 0.773_741_303_549_923_2;

/** Keras' names of initialisers in one spelling: "HeNormal", "he_normal" and TensorFlow.js' "heNormal" are "henormal". */
function plainName(name: string): string {
	return name.replaceAll("_", "").toLowerCase();
}

/** The initialiser that a class of `keras.initializers` makes of arguments, by either spelling; undefined for others. */
export function kerasInitialiser(name: string, given: Arguments, isScript = false): Initialiser | undefined {
	const scaled = (scale: number | null, mode: string | null, distribution: string | null): Initialiser =>
		varianceScaling(scale, mode, distribution, isScript);
	switch (plainName(name)) {
		case "zeros":
		case "zero":
			return () => ZEROS;
		case "ones":
		case "one":
			return () => ONES;
		case "constant": {
			const draw = constantDraw(new Given(given, "value").number("value", 0));
			return () => draw;
		}
		case "randomnormal":
		case "normal": {
			const a = new Given(given, "mean stddev seed");
			const draw = normalDraw(a.number("mean", 0), a.number("stddev", 0.05));
			return () => draw;
		}
		case "truncatednormal": {
			const a = new Given(given, "mean stddev seed");
			const draw = normalDraw(a.number("mean", 0), a.number("stddev", 0.05), AT_TWO_DEVIATIONS);
			return () => draw;
		}
		case "randomuniform":
		case "uniform": {
			const a = new Given(given, "minval maxval seed");
			const draw = uniformDraw(a.number("minval", -0.05), a.number("maxval", 0.05));
			return () => draw;
		}
		case "glorotuniform":
		case "xavieruniform":
			return scaled(1, "fan_avg", "uniform");
		case "glorotnormal":
		case "xaviernormal":
			return scaled(1, "fan_avg", "truncated_normal");
		case "heuniform":
			return scaled(2, "fan_in", "uniform");
		case "henormal":
			return scaled(2, "fan_in", "truncated_normal");
		case "lecununiform":
			return scaled(1, "fan_in", "uniform");
		case "lecunnormal":
			return scaled(1, "fan_in", "truncated_normal");
		case "variancescaling": {
			const a = new Given(given, "scale mode distribution seed");
			return scaled(a.number("scale", 1), a.text("mode", "fan_in"), a.text("distribution", "truncated_normal"));
		}
		case "orthogonal":
		case "orthogonalinitializer": {
			const gain = new Given(given, "gain seed").number("gain", 1);
			return () => (gain === null ? unknownDraw("the gain is not known") : { kind: "orthogonal", gain });
		}
		case "identity":
			return () => unknownDraw("the identity is no draw that is forecast");
		default:
			return undefined;
	}
}

/** Variance scaling with the words of Keras and of JAX. */
export function varianceScaling(
	scale: number | null,
	mode: string | null,
	distribution: string | null,
	isScript = false,
): Initialiser {
	const fans = {
		fan_in: "in",
		fan_out: "out",
		fan_avg: "average",
		fanIn: "in",
		fanOut: "out",
		fanAvg: "average",
	} as const;
	const fan = mode !== null && Object.hasOwn(fans, mode) ? fans[mode as keyof typeof fans] : null;
	if (fan === null || scale === null) return () => unknownDraw("how the variance is scaled is not known");
	const word = distribution === "normal" ? "truncated_normal" : distribution;
	const kind =
		word === "uniform"
			? "uniform"
			: word === "untruncated_normal"
				? "normal"
				: word === "truncated_normal" || word === "truncatedNormal"
					? "truncated-normal"
					: null;
	if (kind === null) return () => unknownDraw("the distribution is not known");
	return (given) => {
		if (given === "plain") return scaledDraw(scale, fan, kind);
		const { in: fanIn, out: fanOut } = given;
		const count =
			fan === "in" ? fanIn : fan === "out" ? fanOut : fanIn === null || fanOut === null ? null : (fanIn + fanOut) / 2;
		if (count === null) return unknownDraw("the fan is not known");
		const std = Math.sqrt(scale / Math.max(count, 1));
		if (kind === "uniform") return uniformDraw(-std * Math.sqrt(3), std * Math.sqrt(3));
		if (kind === "normal") return normalDraw(0, std);
		return normalDraw(0, isScript ? std : std / Math.sqrt(LEFT_BY_CUT), AT_TWO_DEVIATIONS);
	};
}

/** The initialiser that an argument such as `kernel_initializer=` means; unknown where it is not read. */
export function initialiserOf(
	thing: Thing | undefined,
	otherwise: string,
	isScript = false,
): { draw: Initialiser; explicit: boolean } {
	if (thing === undefined || thing.kind === "none") {
		return { draw: kerasInitialiser(otherwise, positional(), isScript)!, explicit: false }; // A name of this file's.
	}
	if (thing.kind === "initialiser") return { draw: thing.draw, explicit: true };
	const name =
		thing.kind === "string"
			? thing.value
			: thing.kind === "library"
				? thing.name.slice(thing.name.lastIndexOf(".") + 1)
				: null;
	const known = name === null ? undefined : kerasInitialiser(name, positional(), isScript);
	const reason = thing.kind === "unknown" ? thing.reason : "the initialiser is not known";
	return { draw: known ?? (() => unknownDraw(reason)), explicit: true };
}
