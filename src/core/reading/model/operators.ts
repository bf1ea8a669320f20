import { canonicalName } from "../../activations/libraries/resolve.ts";
import { drawTimes } from "./draws.ts";
import { keptOf } from "./kept.ts";
import { learnFeatures } from "./learnFeatures.ts";
import type { Machine } from "./machine.ts";
import { matrixProduct, weightedBy } from "./matrices.ts";
import { sizesIn } from "./members.ts";
import { numberOperation } from "./numberOperation.ts";
import { ofItself } from "./ofItself.ts";
import { parameterValue } from "./parameterValue.ts";
import { haveSameSize } from "./sameSizes.ts";
import { powerOf, spreadPlus, standardised } from "./standardised.ts";
import {
	constantOf,
	keyOf,
	listThing,
	MASK,
	numberOf,
	numberThing,
	oneAmong,
	type Site,
	sameThing,
	settled,
	stringThing,
	type Thing,
	unknown,
} from "./thing.ts";

/** Modules that have classes, functions and modules under their names, and no numbers. */
const HOLDS_NO_DATA = /^(torch\.nn|(tensorflow\.)?keras\.layers|flax\.(linen|nnx))\./;

/** Whether a condition holds; undefined where that is not known. */
export function truthOf(thing: Thing): boolean | undefined {
	switch (thing.kind) {
		case "number":
			return thing.value !== 0;
		case "string":
			return thing.value !== "";
		case "boolean":
			return thing.value;
		case "none":
			return false;
		case "list":
			return thing.items.length > 0 ? true : thing.open ? undefined : false;
		case "dictionary":
			return thing.entries.size > 0 ? true : thing.open ? undefined : false;
		case "function":
		case "class":
		case "layer":
		case "partial":
		case "initialiser":
			return true;
		case "unknown":
			return thing.truth;
		case "instance":
			return thing.class !== null || thing.attributes.size > 0 ? true : undefined;
		case "library":
			return HOLDS_NO_DATA.test(canonicalName(thing.name)) ? true : undefined;
		default:
			return undefined;
	}
}

/** What a comparison gives; null where that is not known; undefined if the sign compares nothing. */
export function comparison(sign: string, a: Thing, b: Thing): boolean | null | undefined {
	switch (sign) {
		case "is":
		case "==":
		case "is not":
		case "!=": {
			// Values of a model are the same where one step made them; whether their numbers are equal is not known.
			const areValues = a.kind === "tensor" && b.kind === "tensor" && sign.startsWith("is");
			const same = areValues ? sameThing(a, b) : isSame(a, b);
			return same === null ? null : same === (sign === "is" || sign === "==");
		}
		case "in":
		case "not in": {
			const held = isIn(a, b);
			return held === null ? null : held === (sign === "in");
		}
		case "<":
		case ">":
		case "<=":
		case ">=": {
			const [p, q] = [numberOf(a), numberOf(b)];
			if (p === null || q === null) return null;
			return sign === "<" ? p < q : sign === ">" ? p > q : sign === "<=" ? p <= q : p >= q;
		}
		default:
			return undefined;
	}
}

/** What is never None and equals nothing of another kind. */
const CERTAIN =
	/^(number|string|boolean|none|list|dictionary|function|class|instance|layer|tensor|partial|initialiser|slot|mask|triangle)$/;

function isSame(a: Thing, b: Thing): boolean | null {
	if (sameThing(a, b)) return a.kind === "tensor" ? null : true;
	if (a.kind === "library" && b.kind === "library") return false;
	if (a.kind === "library" || b.kind === "library") {
		// A name of a library's may be any value; a function or class of one is never None.
		const [name, other] = a.kind === "library" ? [a, b] : [b, a];
		if (name.kind === "library" && truthOf(name) && other.kind === "class") return false; // One is the code's.
		return other.kind === "none" && name.kind === "library" && /\./.test(name.name) ? false : null;
	}
	if (a.kind === "size" && b.kind === "size") {
		return a.axis === b.axis && a.axis >= 0 && haveSameSize(a.node, b.node, a.axis) ? true : null;
	}
	if (a.kind === "sizes" && b.kind === "sizes") {
		const [p, q] = [sizesIn(a), sizesIn(b)];
		return p && q ? isSame(listThing(p), listThing(q)) : null;
	}
	if (!CERTAIN.test(a.kind) || !CERTAIN.test(b.kind)) return null;
	if (a.kind === "none" || b.kind === "none") return false;
	if (a.kind === "tensor" || b.kind === "tensor") return null;
	if (a.kind === "number" && b.kind === "boolean") return a.value === Number(b.value);
	if (a.kind === "boolean" && b.kind === "number") return b.value === Number(a.value);
	if (a.kind === "list" && b.kind === "list") {
		if (a.open || b.open) return null;
		if (a.items.length !== b.items.length) return false;
		const parts = a.items.map((item, i) => isSame(item, b.items[i]!));
		return parts.includes(false) ? false : parts.includes(null) ? null : true;
	}
	return false;
}

function isIn(item: Thing, holder: Thing): boolean | null {
	if (holder.kind === "string") return item.kind === "string" ? holder.value.includes(item.value) : null;
	if (holder.kind === "dictionary") {
		const key = keyOf(item);
		if (key === undefined) return null;
		return holder.entries.has(key) ? true : holder.open ? null : false;
	}
	if (holder.kind === "instance" && holder.class === null) {
		const key = keyOf(item);
		return key === undefined ? null : holder.attributes.has(key) ? true : holder.open ? null : false;
	}
	if (holder.kind !== "list") return null;
	const parts = holder.items.map((each) => isSame(item, each));
	return parts.includes(true) ? true : parts.includes(null) || holder.open ? null : false;
}

/** What `a sign b` gives: arithmetic of numbers, steps of the model for its values. */
export function binaryOperation(machine: Machine, sign: string, a: Thing, b: Thing, site: Site): Thing {
	if (a.kind === "number" && b.kind === "number") {
		const value = numberOperation(sign, a.value, b.value);
		return value === undefined ? unknown(`${a.value} ${sign} ${b.value} is not followed`) : numberThing(value);
	}
	const sizes = isSize(a) && isSize(b) ? [numberOf(a), numberOf(b)] : null;
	if (sizes && !sizes.includes(null))
		return binaryOperation(machine, sign, numberThing(sizes[0]!), numberThing(sizes[1]!), site);
	if (sizes) return { kind: "size arithmetic", sign, left: a, right: b };
	if (sign === "+" && a.kind === "string" && b.kind === "string") return stringThing(a.value + b.value);
	if (sign === "%" && a.kind === "string") return formatted(a.value, b);
	if (sign === "+" && a.kind === "list" && b.kind === "list") {
		return { kind: "list", items: [...a.items, ...b.items], open: a.open ?? b.open, tuple: a.tuple };
	}
	if (sign === "*" && (a.kind === "list" || b.kind === "list")) {
		const [list, times] = a.kind === "list" ? [a, b] : [b, a];
		if (list.kind === "list" && times.kind === "number" && times.value * list.items.length < 5000) {
			const items = Array.from({ length: Math.max(times.value, 0) }, () => list.items).flat();
			return { ...listThing(items, list.tuple), open: list.open };
		}
		const reason = "how often a list is repeated is not known";
		if (list.kind !== "list" || list.open) return unknown(reason);
		return { kind: "list", items: [], open: oneAmong(list.items, reason), tuple: list.tuple };
	}
	const masked = withMask(machine, sign, a, b, site);
	if (masked) return masked;
	if (sign === "-" && b.kind === "triangle" && constantOf(a) === 1) {
		return { ...b, marks: b.marks === "later" ? "others" : "later" };
	}
	const kept = withKept(machine, sign, a, b, site);
	if (kept) return kept;
	const power = sign === "**" ? powerOf(machine, a, b, site) : undefined;
	const spread = power ?? withSpread(machine, sign, a, b, site);
	if (spread) return spread;
	if (a.kind === "tensor" && b.kind === "tensor") return ofValues(machine, sign, a, b, site);
	if (a.kind === "tensor" || b.kind === "tensor") return withOther(machine, sign, a, b, site);
	const by = sign === "/" && b.kind === "number" && b.value !== 0 ? numberThing(1 / b.value) : b;
	const times = sign === "*" || by !== b ? (scaledSlot(a, by) ?? scaledSlot(by, a)) : undefined;
	if (times) return times;
	if (a.kind === "unknown") return a;
	if (b.kind === "unknown") return b;
	return unknown(`the operator ${sign} is not followed here`);
}

/** A value of which some samples are kept, or what keeps them by another number; undefined where none does. */
function withKept(machine: Machine, sign: string, a: Thing, b: Thing, site: Site): Thing | undefined {
	const [kept, other] = a.kind === "kept" ? [a, b] : b.kind === "kept" ? [b, a] : [];
	if (kept?.kind !== "kept" || !other) return undefined;
	if (sign === "*" && other.kind === "tensor") return keptOf(machine, other.node, kept, site);
	const by = numberOf(other);
	if (by === null || (sign !== "*" && (sign !== "/" || kept === b || by === 0))) return undefined;
	return { ...kept, by: sign === "*" ? kept.by * by : kept.by / by };
}

/** What a spread is added to or divides; undefined where it is not followed. */
function withSpread(machine: Machine, sign: string, a: Thing, b: Thing, site: Site): Thing | undefined {
	const [spread, other] = a.kind === "spread" ? [a, b] : b.kind === "spread" ? [b, a] : [];
	if (spread?.kind !== "spread" || !other) return undefined;
	if (sign === "+" && other.kind === "number") return spread.inverse ? undefined : spreadPlus(spread, other.value);
	const isDivided = spread.inverse ? sign === "*" : sign === "/" && spread === b;
	if (isDivided && other.kind === "tensor") {
		const made = standardised(machine, other.node, spread, site);
		if (made) return made;
	}
	const what = isDivided ? "… / deviation" : `… ${sign} deviation`;
	return machine.unknownNode(what, "it is no normalisation that is followed", [a, b], site);
}

function isSize({ kind }: Thing): boolean {
	return kind === "number" || kind === "size" || kind === "size arithmetic";
}

type Tensor = Thing & { kind: "tensor" };

function ofValues(machine: Machine, sign: string, a: Tensor, b: Tensor, site: Site): Thing {
	const inputs = [a.node, b.node];
	const features = a.node.features ?? b.node.features;
	switch (sign) {
		case "+":
			return machine.node(() => ({ kind: "add" }), inputs, site, { suffix: "add", features });
		case "-": {
			const minus = machine.node(() => ({ kind: "scale", by: -1 }), [b.node], site, {
				suffix: "negative",
				features: b.node.features,
			});
			return machine.node(() => ({ kind: "add" }), [a.node, minus.node], site, { suffix: "subtract", features });
		}
		case "*":
			return (
				ofItself(machine, sign, a.node, b.node, site) ??
				machine.node(() => ({ kind: "multiply" }), inputs, site, { suffix: "multiply", features })
			);
		case "/": {
			const own = ofItself(machine, sign, a.node, b.node, site);
			if (own) return own;
			const power = inversePower(machine, b, site);
			return power ? ofValues(machine, "*", a, power, site) : notFollowed(machine, sign, a, b, site);
		}
		default:
			return (sign === "@" ? matrixProduct(machine, a, b, site) : undefined) ?? notFollowed(machine, sign, a, b, site);
	}
}

function notFollowed(machine: Machine, sign: string, a: Tensor, b: Tensor, site: Site): Thing {
	return machine.unknownNode(`… ${sign} …`, "this operation of two values is not followed", [a, b], site);
}

/** 1 over a power of a number: that of the negative exponent; undefined for what is no such. */
function inversePower(machine: Machine, { node }: Tensor, site: Site): Tensor | undefined {
	const step = node.step();
	const [exponent] = node.inputs;
	if (step.kind !== "activation" || step.activation !== "exponential" || !exponent) return undefined;
	const { features } = node;
	const negative = machine.node(() => ({ kind: "scale", by: -1 }), [exponent], site, { suffix: "negative", features });
	return machine.node(() => step, [negative.node], site, { suffix: "power", features });
}

/** A value of the model and something else: a number scales it; a parameter that is one number everywhere does, too. */
function withOther(machine: Machine, sign: string, a: Thing, b: Thing, site: Site): Thing {
	const [tensor, other] = a.kind === "tensor" ? [a, b] : [b as Tensor, a]; // One of them is.
	const value = constantOf(other);
	const along = other.kind === "slot" ? settled(other.slot).sizes : null;
	if (along?.length === 1 && along[0] !== null && along[0] !== 1) learnFeatures(machine, tensor.node, along[0]!);
	const { features } = tensor.node;
	const scaled = (by: number) => {
		if (by === 1) return { ...tensor };
		return machine.node(() => ({ kind: "scale", by }), [tensor.node], site, { suffix: "scale", features });
	};
	if (value !== null) {
		if (sign === "*") return scaled(value);
		if (sign === "/" && tensor === a && value !== 0) return scaled(1 / value);
		if ((sign === "+" || (sign === "-" && tensor === a)) && value === 0 && !differsByPlace(other)) return { ...tensor };
	}
	if (sign === "**" && tensor === b && value !== null && value > 0) {
		const exponent = scaled(Math.log(value));
		const step = { kind: "activation", activation: "exponential", parameters: {} } as const;
		return machine.node(() => step, [exponent.node], site, { suffix: "power", features });
	}
	if (sign === "/" && tensor === b && value !== null) {
		const power = inversePower(machine, tensor, site);
		if (power) return binaryOperation(machine, "*", power, numberThing(value), site);
	}
	if (other.kind === "slot" && sign === "@" && tensor === a) {
		const made = weightedBy(machine, tensor, other, "rows", site);
		if (made) return made;
	}
	if (other.kind === "slot" && /^[-+*@]$/.test(sign)) {
		const parameter = parameterValue(machine, other);
		return tensor === a
			? ofValues(machine, sign, tensor, parameter, site)
			: ofValues(machine, sign, parameter, tensor, site);
	}
	if (other.kind === "number" && /^[-+]$/.test(sign)) {
		return tensor === a
			? ofValues(machine, "+", tensor, everywhere(machine, sign === "-" ? -other.value : other.value, site), site)
			: ofValues(machine, sign, everywhere(machine, other.value, site), tensor, site);
	}
	const shown = other.kind === "number" ? String(other.value) : "…";
	const reason = other.kind === "unknown" ? other.reason : "this operation with a constant is not followed";
	return machine.unknownNode(tensor === a ? `… ${sign} ${shown}` : `${shown} ${sign} …`, reason, [tensor], site);
}

/** Whether a parameter may come to be another at each place, as that of positions is; one of features alone is a bias. */
function differsByPlace(thing: Thing): boolean {
	if (thing.kind !== "slot") return false;
	const { sizes } = settled(thing.slot);
	return (sizes ?? []).filter((size) => size !== 1).length > 1;
}

/** A number that is added to all: a range of one. */
function everywhere(machine: Machine, from: number, site: Site): Tensor {
	const step = { kind: "range", from, until: from + 0.5, by: 1 } as const;
	return machine.node(() => step, [], site, { suffix: String(from), batch: null, shape: [1] });
}

/** What a mask makes of a value, and of another mask; undefined where none is there, and where it is not followed. */
function withMask(machine: Machine, sign: string, a: Thing, b: Thing, site: Site): Thing | undefined {
	if (a.kind === "tensor" && b.kind === "triangle" && sign === "+") return masking(machine, a, b, "added", site);
	const [mask, other] = a.kind === "mask" ? [a, b] : b.kind === "mask" ? [b, a] : [];
	if (!mask || !other) return undefined;
	// Scores to which −∞ is added, values times 0.
	if (other.kind === "tensor") return /^[+*]$/.test(sign) ? leftOut(machine, other, site) : undefined;
	return other.kind === "triangle" ? { ...other, padded: true } : MASK;
}

/** A value of which a mask that comes with the data leaves out some places. */
export function leftOut(machine: Machine, { node }: Tensor, site: Site): Tensor {
	return machine.node(() => ({ kind: "masked" }), [node], site, { suffix: "mask", features: node.features });
}

/** A value with −∞ in the place of what is marked, if that are all numbers right of the diagonal. */
export function masking(
	machine: Machine,
	value: Tensor,
	mask: Thing & { kind: "triangle" },
	how: "added" | "filled",
	site: Site,
): Tensor | undefined {
	if (mask.marks !== "later" || (how === "added") !== (mask.by === "infinity")) return undefined;
	const causal = machine.node(() => ({ kind: "causal" }), [value.node], site, { suffix: "mask" });
	return mask.padded ? leftOut(machine, causal, site) : causal;
}

/** A random or constant tensor times a number. */
function scaledSlot(slot: Thing, by: Thing): Thing | undefined {
	if (slot.kind !== "slot" || by.kind !== "number") return undefined;
	const { initialisation, axes } = slot.slot;
	const draw = drawTimes(initialisation.draw, by.value);
	return { ...slot, slot: { ...slot.slot, initialisation: { ...initialisation, draw }, axes } };
}

/** `"block%d" % i`, where it is plain. */
function formatted(text: string, value: Thing): Thing {
	const items = value.kind === "list" ? value.items : [value];
	let at = 0;
	let known = true;
	const made = text.replace(/%[ds]/g, () => {
		const key = items[at] && keyOf(items[at]!);
		at++;
		if (key === undefined) known = false;
		return key ?? "";
	});
	return known && at === items.length ? stringThing(made) : unknown("a name is not known");
}
