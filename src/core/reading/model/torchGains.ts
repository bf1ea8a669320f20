import { Given } from "./given.ts";
import { type Arguments, listThing, numberOf, numberThing, settled, type Thing, unknown } from "./thing.ts";

/** What a function of `torch.nn.init` calculates by its last name; undefined for one that draws. */
export function calculated(name: string, given: Arguments): Thing | undefined {
	switch (name) {
		case "calculate_gain": {
			const [what, slope] = given.positional;
			const parameter = slope ?? given.named.get("param");
			const value = parameter === undefined || parameter.kind === "none" ? null : (numberOf(parameter) ?? undefined);
			const kind = what ?? given.named.get("nonlinearity");
			return numberOrUnknown(calculatedGain(kind?.kind === "string" ? kind.value : null, value), "the gain");
		}
		case "_calculate_fan_in_and_fan_out": {
			const fans = fansOf(new Given(given, "tensor").thing("tensor"));
			return listThing([numberOrUnknown(fans?.in ?? null, "a fan"), numberOrUnknown(fans?.out ?? null, "a fan")], true);
		}
		case "_calculate_correct_fan": {
			const a = new Given(given, "tensor mode");
			const [fans, mode] = [fansOf(a.thing("tensor")), a.text("mode")];
			const fan = mode === "fan_in" ? fans?.in : mode === "fan_out" ? fans?.out : null;
			return numberOrUnknown(fan ?? null, "a fan");
		}
		default:
			return undefined;
	}
}

function numberOrUnknown(value: number | null, what: string): Thing {
	return value === null ? unknown(`${what} is not known`) : numberThing(value);
}

/** The fans that PyTorch counts of a weight: its first axis are the outputs, its second the inputs, the others places. */
function fansOf(weight: Thing | undefined): { readonly in: number; readonly out: number } | null {
	const [outputs, inputs, ...places] = (weight?.kind === "slot" && settled(weight.slot).sizes) || [];
	if (outputs == null || inputs == null || places.includes(null)) return null;
	const area = places.reduce<number>((all, size) => all * size!, 1); // None is null.
	return { in: inputs * area, out: outputs * area };
}

/** The gain that `torch.nn.init.calculate_gain` gives; null for what is not known. */
export function calculatedGain(nonlinearity: string | null, parameter: number | null | undefined): number | null {
	switch (nonlinearity) {
		case "linear":
		case "sigmoid":
		case "conv1d":
		case "conv2d":
		case "conv3d":
		case "conv_transpose1d":
		case "conv_transpose2d":
		case "conv_transpose3d":
			return 1;
		case "tanh":
			return 5 / 3;
		case "relu":
			return Math.SQRT2;
		case "leaky_relu":
			return parameter === undefined ? null : Math.sqrt(2 / (1 + (parameter ?? 0.01) ** 2));
		case "selu":
			return 3 / 4;
		default:
			return null;
	}
}
