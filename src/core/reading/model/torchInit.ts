import { forgetInitialisation } from "./calls.ts";
import {
	bySource,
	clampedDraw,
	constantDraw,
	drawPlus,
	drawTimes,
	inverseErrorOf,
	normalDraw,
	ONES,
	scaledDraw,
	uniformDraw,
	unknownDraw,
	ZEROS,
} from "./draws.ts";
import { Given, shapeOf } from "./given.ts";
import type { Machine } from "./machine.ts";
import type { Draw } from "./model.ts";
import { timesBatch } from "./rearrangements.ts";
import {
	type Arguments,
	type GraphNode,
	type List,
	numberOf,
	type Site,
	type Slot,
	settled,
	type Thing,
	unknown,
} from "./thing.ts";
import { calculatedGain } from "./torchGains.ts";

/** Runs a function of `torch.nn.init` by its last name; undefined if there is none of this name. */
export function initialise(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	const draw = drawOf(name, given);
	if (!draw) return undefined;
	const target = given.positional[0] ?? given.named.get("tensor") ?? unknown("nothing is drawn");
	setDraw(machine, target, draw, site);
	return target;
}

/** Runs a method of a tensor that fills it: `weight.data.normal_(0, 0.01)`. */
export function fill(machine: Machine, slot: Thing, name: string, given: Arguments, site: Site): Thing | undefined {
	const draw = filled(name, given) ?? changed(slot, name, given);
	if (!draw) return undefined;
	setDraw(machine, slot, draw, site);
	return slot;
}

/** What a method of a tensor makes of what is drawn: the steps of a normal that is cut, as many files have them. */
function changed(slot: Thing, name: string, given: Arguments): Draw | undefined {
	if (!/^(mul|div|add|sub|clamp|erfinv)_$/.test(name)) return undefined;
	if (slot.kind !== "slot" || settled(slot.slot).normed) return unknownDraw(`it is changed by ${name}`);
	const { draw } = settled(slot.slot).initialisation;
	const by = new Given(given, "other").number("other");
	const bounds = new Given(given, "min max");
	if (name === "erfinv_") return inverseErrorOf(draw);
	if (name === "clamp_") {
		const [low, high] = [bounds.number("min"), bounds.number("max")];
		return low === null || high === null ? unknownDraw("it is changed by clamp_") : clampedDraw(draw, low, high);
	}
	if (by === null) return unknownDraw(`it is changed by ${name}`);
	if (name === "mul_" || name === "div_") return drawTimes(draw, name === "mul_" ? by : 1 / by);
	return drawPlus(draw, name === "add_" ? by : -by);
}

/** Says how weights are drawn; of one of several things, that each may be. */
function setDraw(machine: Machine, target: Thing, draw: Draw, site: Site): void {
	if (target.kind === "slot") {
		const slot = settled(target.slot);
		machine.journal.write(slot, "initialisation", bySource(slot.normed?.draw(draw) ?? draw, site));
	} else forgetInitialisation(machine, target, "which weights are drawn anew is not known", site);
}

function drawOf(name: string, given: Arguments): Draw | undefined {
	switch (name) {
		case "zeros_":
		case "zeros":
			return ZEROS;
		case "ones_":
		case "ones":
			return ONES;
		case "constant_":
		case "constant":
			return constantDraw(new Given(given, "tensor val").number("val"));
		case "normal_":
		case "normal": {
			const a = new Given(given, "tensor mean std");
			return normalDraw(a.number("mean", 0), a.number("std", 1));
		}
		case "uniform_":
		case "uniform": {
			const a = new Given(given, "tensor a b");
			return uniformDraw(a.number("a", 0), a.number("b", 1));
		}
		case "trunc_normal_":
			return truncated(new Given(given, "tensor mean std a b"));
		case "xavier_uniform_":
		case "xavier_uniform":
		case "xavier_normal_":
		case "xavier_normal": {
			const gain = new Given(given, "tensor gain").number("gain", 1);
			return scaledDraw(squared(gain), "average", name.startsWith("xavier_u") ? "uniform" : "normal");
		}
		case "kaiming_uniform_":
		case "kaiming_uniform":
		case "kaiming_normal_":
		case "kaiming_normal": {
			const a = new Given(given, "tensor a mode nonlinearity");
			const gain = calculatedGain(a.text("nonlinearity", "leaky_relu"), a.number("a", 0) ?? undefined);
			const mode = a.text("mode", "fan_in");
			if (mode !== "fan_in" && mode !== "fan_out") return unknownDraw("which fan is taken is not known");
			const fan = mode === "fan_in" ? "in" : "out";
			return scaledDraw(squared(gain), fan, name.startsWith("kaiming_u") ? "uniform" : "normal");
		}
		case "orthogonal_":
		case "orthogonal": {
			const gain = new Given(given, "tensor gain").number("gain", 1);
			return gain === null ? unknownDraw("the gain is not known") : { kind: "orthogonal", gain };
		}
		case "eye_":
		case "dirac_":
		case "sparse_":
			return unknownDraw(`${name.slice(0, -1)} is no draw that is forecast`);
		case "lecun_normal_":
			return scaledDraw(1, "in", "truncated-normal");
		default:
			return undefined;
	}
}

/** PyTorch cuts at values, not at standard deviations. */
function truncated(a: Given): Draw {
	const [mean, std, low, high] = [a.number("mean", 0), a.number("std", 1), a.number("a", -2), a.number("b", 2)];
	if (mean === null || std === null || low === null || high === null) {
		return unknownDraw("the standard deviation is not known");
	}
	return normalDraw(mean, std, [(low - mean) / std, (high - mean) / std]);
}

function filled(name: string, given: Arguments): Draw | undefined {
	switch (name) {
		case "zero_":
			return ZEROS;
		case "fill_":
			return constantDraw(new Given(given, "value").number("value"));
		case "normal_": {
			const a = new Given(given, "mean std");
			return normalDraw(a.number("mean", 0), a.number("std", 1));
		}
		case "uniform_": {
			const a = new Given(given, "from to");
			return uniformDraw(a.number("from", 0), a.number("to", 1));
		}
		case "copy_":
			return unknownDraw("it is copied from elsewhere");
		default:
			return undefined;
	}
}

function squared(value: number | null): number | null {
	return value === null ? null : value * value;
}

/** The draw of a tensor that a function such as `torch.zeros` makes, and its number of axes. */
export function madeTensor(name: string, given: Arguments): Slot | undefined {
	if (name === "eye") return identity(new Given(given, "n m"));
	const draw = madeDraw(name, given);
	if (!draw) return undefined;
	const [first] = given.positional;
	const listed = first?.kind === "list" ? first.items : given.positional;
	const axes = given.open ? null : first?.kind === "list" ? first.items.length : given.positional.length;
	const sizes = given.open
		? null
		: first?.kind === "list"
			? shapeOf(first)
			: given.positional.map((each) => numberOf(each));
	return {
		initialisation: { explicit: true, span: null, draw },
		...(listed[0] && timesBatch(listed[0]) === 1 && { isForSamples: true }),
		...(first?.kind === "list" && isOnePerSample(first) && { isOnePerSample: true }),
		sizes: name === "full" && first?.kind !== "list" ? null : sizes,
		axes: name === "full" && first?.kind !== "list" ? null : axes,
	};
}

/** The same of one that is as large as a value: `torch.zeros_like`. */
export function madeLike(name: string, { batch, folded, shape }: GraphNode, given: Arguments): Slot | undefined {
	const made = /^(zeros|ones|full)_like$/.exec(name)?.[1];
	if (!made) return undefined;
	const value = new Given(given, "input fill_value").number("fill_value");
	const draw = made === "zeros" ? ZEROS : made === "ones" ? ONES : constantDraw(value);
	const sizes = batch === 0 && folded === 0 && shape ? [null, ...shape] : null;
	return {
		initialisation: { explicit: true, span: null, draw },
		...(sizes && { isForSamples: true }),
		sizes,
		axes: sizes ? sizes.length : null,
	};
}

/** Whether sizes are the number of samples and then 1 along each axis, of which it may be open how many there are. */
function isOnePerSample({ items, open }: List): boolean {
	const [first, ...others] = items;
	if (open) others.push(...(open.among ?? [open]));
	return first !== undefined && timesBatch(first) === 1 && others.every((size) => numberOf(size) === 1);
}

function identity(a: Given): Slot {
	const rows = a.number("n");
	const initialisation = { explicit: true, span: null, draw: { kind: "identity" } } as const;
	return { initialisation, sizes: [rows, a.number("m", rows)], axes: 2 };
}

function madeDraw(name: string, given: Arguments): Draw | undefined {
	switch (name) {
		case "zeros":
			return ZEROS;
		case "ones":
			return ONES;
		case "full":
			return constantDraw(new Given(given, "size fill_value").number("fill_value"));
		case "randn":
			return normalDraw(0, 1);
		case "rand":
			return uniformDraw(0, 1);
		case "empty":
		case "Tensor":
		case "FloatTensor":
			return unknownDraw("it begins with what is in memory");
		default:
			return undefined;
	}
}
