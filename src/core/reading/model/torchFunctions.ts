import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { rearranged, reduced, sharedBySamples } from "./einops.ts";
import { gatedHalves, isGated } from "./gated.ts";
import { Given } from "./given.ts";
import { activationStep } from "./layerSteps.ts";
import { besideSamples } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { einsum } from "./matrices.ts";
import { sizeOf } from "./members.ts";
import type { Pooled, Rearrangement, Step } from "./model.ts";
import { joinedVectors, ofConstant } from "./ofWeights.ts";
import { binaryOperation, leftOut, masking } from "./operators.ts";
import { packed, unpacked } from "./packed.ts";
import { parameterValue } from "./parameterValue.ts";
import { axesOver, axisOfSample, isBeforeBatch, isRearrangement, rearrangedValue, sizesOf } from "./rearrangements.ts";
import { reshaped } from "./reshaped.ts";
import { countOf, isWhole, rangeSize } from "./shapes.ts";
import { isSplit, splitValue } from "./split.ts";
import { powerOf, rootOf, spreadAlong, standardised } from "./standardised.ts";
import {
	type Arguments,
	constantOf,
	type GraphNode,
	listThing,
	numberOf,
	numberThing,
	type Site,
	type Thing,
	tensorsIn,
	unknown,
} from "./thing.ts";
import { madeTensor } from "./torchInit.ts";
import { resizeStep, torchPool } from "./torchModules.ts";
import { withWeights } from "./torchWeighted.ts";
import { imageWindows, windowsAlongAxis } from "./windows.ts";

type Tensor = Thing & { kind: "tensor" };

/** Values as they are, and in the same shape. */
const SAME =
	/^(contiguous|clone|detach|to|float|half|double|bfloat16|type|type_as|cuda|cpu|requires_grad_|retain_grad|astype|block_until_ready)$/;
/** What is read of a value, and is no value of the model. */
const READ =
	/^(dim|numel|item|stride|nelement|data_ptr|is_contiguous|get_device|ndimension|element_size|tolist|numpy|backward|register_hook|is_floating_point|new_full|new_tensor)$/;

/** A function of `torch` or `torch.nn.functional`, or of another library that works on values so, by its last name. */
export function torchFunction(machine: Machine, dotted: string, given: Arguments, site: Site): Thing | undefined {
	const [first, ...rest] = given.positional;
	const input = first ?? given.named.get("input") ?? given.named.get("x");
	const constant = input && ofConstant(input, canonicalName(dotted), { ...given, positional: rest });
	if (constant) return constant;
	const made = maskOrRange(machine, canonicalName(dotted), given, site);
	if (made) return made;
	const several = /^(torch|einops)\./.test(dotted)
		? ofSeveral(machine, dotted.slice(dotted.lastIndexOf(".") + 1), given, site)
		: undefined;
	if (several) return several;
	const joined = /^torch\.(cat|concat|concatenate)$/.test(dotted) ? joinedVectors(input, site) : undefined;
	if (joined) return joined;
	if (first?.kind === "slot" && /^torch\./.test(dotted)) {
		const value = parameterValue(machine, first);
		const found = torchFunction(machine, dotted, { ...given, positional: [value, ...rest] }, site);
		// What becomes of weights that is not understood is no step of the model.
		return found?.kind === "tensor" && found.node.step().kind === "unknown" ? undefined : found;
	}
	if (!input || tensorsIn(input).length === 0) return undefined;
	const name = canonicalName(dotted);
	if (input.kind === "spread")
		return spreadFunction(machine, name.slice(name.lastIndexOf(".") + 1), input, rest[0], site);
	const entry = resolveName(dotted);
	if (entry && entry.kind !== "module" && input.kind === "tensor") {
		const step = activationStep(entry, { ...given, positional: rest }, (axis) => axisOfSample(input.node, axis));
		return same(machine, step, input, site, name.slice(name.lastIndexOf(".") + 1));
	}
	if (!/^(torch|einops)\./.test(name)) return undefined;
	const last = name.slice(name.lastIndexOf(".") + 1);
	if (/^(cat|concat|concatenate|stack|hstack|vstack)$/.test(last))
		return joinedValues(machine, input, last, new Given({ ...given, positional: rest }, "dim"), site);
	if (input.kind !== "tensor") return undefined;
	const weighted = name.startsWith("torch.nn.functional.")
		? withWeights(machine, input, last, { ...given, positional: rest }, site)
		: undefined;
	if (weighted) return weighted;
	if (name === "torch.nn.functional.unfold" && input.node.batch === 0 && input.node.folded === 0) {
		const parts = imageWindows(new Given({ ...given, positional: rest }, "kernel_size dilation padding stride"));
		const unfolded = (node: GraphNode, how: Rearrangement) => reshaped(machine, node, last, how, site);
		return parts ? { kind: "tensor", node: parts.reduce(unfolded, input.node) } : undefined;
	}
	return valueFunction(machine, input, last, { ...given, positional: rest }, site);
}

/** A method of a value. */
export function torchMethod(
	machine: Machine,
	object: Tensor,
	name: string,
	given: Arguments,
	site: Site,
): Thing | undefined {
	const entry = resolveName(`torch.Tensor.${name}`);
	if (entry && entry.kind !== "module")
		return same(
			machine,
			activationStep(entry, given, (axis) => axisOfSample(object.node, axis)),
			object,
			site,
			name,
		);
	if (name === "__getitem__" || name === "__iter__") return undefined;
	if (name === "unfold") {
		const a = new Given(given, "dimension size step");
		const how = windowsAlongAxis(axisOfSample(object.node, a.number("dimension")), a);
		return how
			? machine.node(() => ({ kind: "reshape", what: name, how }), [object.node], site, { suffix: name })
			: undefined;
	}
	return valueFunction(machine, object, name, given, site);
}

function same(machine: Machine, step: Step, input: Tensor, site: Site, suffix: string): Thing {
	const { features } = input.node;
	if (isGated(step)) return { kind: "tensor", node: gatedHalves(machine, step, input.node, site, { suffix }) };
	return machine.node(() => step, [input.node], site, { suffix, features });
}

function joinedValues(machine: Machine, list: Thing, name: string, a: Given, site: Site): Thing | undefined {
	if (list.kind !== "list") return undefined;
	if (list.open) return machine.unknownNode(name, list.open.reason, [list], site);
	const things = list.items.map((item): Thing => {
		if (item.kind === "mask" && item.input) return { kind: "tensor", node: item.input };
		return item.kind === "slot" ? parameterValue(machine, item) : item;
	});
	if (things.some(({ kind }) => kind !== "tensor"))
		return machine.unknownNode(name, "it joins values with something that is none of the model's", [list], site);
	const [only] = things;
	if (only && things.length === 1 && name !== "stack") return only;
	const along = /^(cat|concat|concatenate|stack)$/.test(name) ? a.number("dim", a.number("axis", 0)) : null;
	const own = things.flatMap((thing) => tensorsIn(thing));
	// Stacked are values with an axis more.
	const asked = { positional: along === null ? [] : [numberThing(along)], named: new Map(), open: null };
	const inputs =
		name === "stack" ? own.flatMap((node) => tensorsIn(rearrangedValue(machine, node, "unsqueeze", asked, site))) : own;
	const [first] = inputs;
	const axis = first ? axisOfSample(first, along) : null;
	const features = axis === null ? null : channelsBeside(inputs, axis);
	return machine.node(() => ({ kind: "concatenate", axis }), inputs, site, { suffix: name, features });
}

/** All channels of images that are joined along them; null for what is joined along another axis. */
function channelsBeside(inputs: readonly GraphNode[], axis: number): number | null {
	let all = 0;
	for (const { shape, features } of inputs) {
		if (features === null || shape?.at(axis) !== features || shape.at(-1) === features) return null;
		all += features;
	}
	return all;
}

/** `tril`, `triu` and `arange`: what a mask or the numbers of places are made of. */
function maskOrRange(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	const [first, second] = given.positional;
	switch (name) {
		case "torch.arange":
		case "keras.ops.arange":
		case "jax.numpy.arange":
		case "tensorflow.range": {
			const a = new Given(given, second ? "start end step" : "end");
			const [from, by] = [a.number("start", 0), a.number("step", a.number("delta", 1))];
			const end = a.thing("end") ?? a.thing("stop") ?? a.thing("limit");
			if (from === null || !by || by < 0 || !end || !/^(number|size|size arithmetic)$/.test(end.kind)) return undefined;
			const until = numberOf(end);
			const step = { kind: "range", from, until, by } as const;
			const shape = [rangeSize(step, () => null)];
			return machine.node(() => step, [], site, { suffix: "arange", batch: null, sizes: [end], shape });
		}
		case "torch.tril":
		case "torch.triu": {
			const value = first && constantOf(first);
			const by = value === 1 ? "ones" : value === Number.NEGATIVE_INFINITY ? "infinity" : null;
			const diagonal = numberOf(second ?? given.named.get("diagonal") ?? numberThing(0));
			if (by === null || diagonal !== (name === "torch.triu" ? 1 : 0)) return undefined;
			return { kind: "triangle", marks: name === "torch.triu" ? "later" : "others", by };
		}
		default:
			return undefined;
	}
}

/** Functions of several values. */
function ofSeveral(machine: Machine, name: string, given: Arguments, site: Site): Thing | undefined {
	const [first, second, third] = given.positional;
	switch (name) {
		case "matmul":
		case "mm":
		case "bmm":
			return first && second && binaryOperation(machine, "@", first, second, site);
		case "meshgrid":
			return meshgrid(machine, first?.kind === "list" && !first.open ? first.items : given.positional, given, site);
		case "where": {
			// Of the two the value that a mask leaves, where the other is hidden.
			const [value, other] = second?.kind === "tensor" ? [second, third] : [third, second];
			const by = other && constantOf(other);
			const isLeftOut = first?.kind === "mask" && value?.kind === "tensor" && typeof by === "number";
			return isLeftOut && (by <= HIDDEN || by === 0) ? leftOut(machine, value, site) : undefined;
		}
		case "einsum":
			if (first?.kind !== "string" || second?.kind !== "tensor" || (third?.kind !== "tensor" && third?.kind !== "slot"))
				return undefined;
			return einsum(machine, first.value, second, third, site);
		case "rearrange": {
			const pattern = second ?? given.named.get("pattern");
			if (first?.kind !== "tensor" || pattern?.kind !== "string") return undefined;
			return rearranged(machine, first, pattern.value, given.named, site);
		}
		case "repeat": {
			const pattern = second ?? given.named.get("pattern");
			if (first?.kind !== "slot" || pattern?.kind !== "string") return undefined;
			return sharedBySamples(machine, first, pattern.value, given.named, site);
		}
		case "pack": {
			const pattern = second ?? given.named.get("pattern");
			return first && pattern?.kind === "string" ? packed(machine, first, pattern.value, site) : undefined;
		}
		case "unpack": {
			const pattern = third ?? given.named.get("pattern");
			return first && second && pattern?.kind === "string"
				? unpacked(machine, first, second, pattern.value, site)
				: undefined;
		}
		case "reduce": {
			const [pattern, by] = [second ?? given.named.get("pattern"), third ?? given.named.get("reduction")];
			if (first?.kind !== "tensor" || pattern?.kind !== "string") return undefined;
			return reduced(machine, first, pattern.value, by?.kind === "string" ? by.value : null, given.named, site);
		}
		default:
			return undefined;
	}
}

/** Rows that all samples share, each along an axis of its own and the same along those of the others. */
function meshgrid(machine: Machine, rows: readonly Thing[], given: Arguments, site: Site): Thing | undefined {
	const nodes = rows.flatMap((row) => (row.kind === "tensor" ? [row.node] : []));
	const isPlain =
		nodes.length === rows.length && nodes.every(({ batch, shape }) => batch === null && shape?.length === 1);
	if (!isPlain || given.named.get("indexing")?.kind !== "string") return undefined;
	const order = nodes.map((_, i) => i);
	if (new Given(given, "").text("indexing") === "xy" && nodes.length > 1) order.splice(0, 2, 1, 0);
	const sizes = order.map((i) => sizeOf({ kind: "sizes", node: nodes[i]!, from: 0 }, 0));
	return listThing(
		nodes.map((node, i) => {
			const own = order.indexOf(i);
			const along = sizes.map((_, axis) => (axis === own ? sizes[axis]! : numberThing(1)));
			const turned: Rearrangement = { to: "sizes", sizes: along.map(numberOf) };
			const spread: Rearrangement = { to: "expanded", sizes: sizes.map(numberOf) };
			const placed = reshaped(machine, node, "meshgrid", turned, site, along);
			return { kind: "tensor", node: reshaped(machine, placed, "meshgrid", spread, site, sizes) };
		}),
		true,
	);
}

/** What one value becomes; `given` are the arguments behind it. */
function valueFunction(machine: Machine, input: Tensor, name: string, given: Arguments, site: Site): Thing | undefined {
	const { node } = input;
	const [first] = given.positional;
	if (SAME.test(name)) return name === "clone" ? { ...input } : input;
	const made = /^new_(zeros|ones|empty)$/.exec(name)?.[1];
	const slot = made && madeTensor(made, given);
	if (slot) return { kind: "slot", slot, name: "a tensor", site };
	if (/^(numel|nelement)$/.test(name) && node.samples === 1 && isWhole(node.shape))
		return numberThing(countOf(node.shape));
	if (READ.test(name)) return unknown(`what ${name} gives is not known`);
	if (name === "size") return sizesOf(input, first ?? given.named.get("dim"));
	if (isRearrangement(name)) return rearrangedValue(machine, node, name, given, site);
	if (isSplit(name)) return splitValue(machine, input, name, given, site);
	switch (name.replace(/_$/, "")) {
		case "add":
		case "sub":
		case "mul":
		case "div": {
			const other = first ?? given.named.get("other") ?? unknown("nothing");
			const alpha = given.named.get("alpha");
			if (alpha && numberOf(alpha) !== 1) return undefined;
			const sign = { add: "+", sub: "-", mul: "*", div: "/" }[name.replace(/_$/, "") as "add"]; // One of the four.
			return binaryOperation(machine, sign, input, other, site);
		}
		case "matmul":
		case "mm":
		case "bmm":
			return first && binaryOperation(machine, "@", input, first, site);
		case "masked_fill": {
			const by = given.positional[1] && constantOf(given.positional[1]);
			if (!first || typeof by !== "number") return undefined;
			const isHidden = by <= HIDDEN;
			if (first.kind === "triangle") return isHidden ? masking(machine, input, first, "filled", site) : undefined;
			// What no softmax leaves anything of is left out, whichever it is; of a mask of data, zeros, too.
			const isLeftOut = first.kind === "mask" || (first.kind === "unknown" && isHidden);
			return isLeftOut && (isHidden || by === 0) ? leftOut(machine, input, site) : undefined;
		}
		case "clamp":
		case "clip": {
			const a = new Given(given, "min max");
			const [low, high] = [a.optional("min", null), a.optional("max", null)];
			const bounds = typeof low === "number" && typeof high === "number" && { min_val: low, max_val: high };
			if (bounds)
				return same(machine, { kind: "activation", activation: "hardtanh", parameters: bounds }, input, site, name);
			const isRelu = low === 0 && high === null;
			return isRelu
				? same(machine, { kind: "activation", activation: "relu", parameters: {} }, input, site, name)
				: undefined;
		}
		case "multiply":
			return first && binaryOperation(machine, "*", input, first, site);
		case "pow":
			return powerOf(machine, input, first ?? given.named.get("exponent"), site);
		case "square":
			return powerOf(machine, input, numberThing(2), site);
		case "sqrt":
		case "rsqrt":
			return spreadFunction(machine, name, input, undefined, site);
		case "var":
		case "std": {
			const a = new Given(given, "dim unbiased keepdim");
			const axis = axisOfSample(node, a.number("dim"));
			const isUnbiased = given.named.has("correction") ? a.number("correction") === 1 : a.truth("unbiased", true);
			const keeps = a.truth("keepdim", given.named.has("keepdims")) === true;
			const of = name === "var" ? "variance" : "deviation";
			return isUnbiased === undefined || !keeps ? undefined : (spreadAlong(node, axis, of, isUnbiased) ?? undefined);
		}
		case "normalize": {
			// Values over the root of the sum of their squares, in PyTorch along axis 1.
			const a = new Given(given, "p dim eps");
			const axis = axisOfSample(node, a.number("dim", 1));
			// Of what is taken for a row of numbers their axis is the first, too.
			const areFeatures = axis === -1 || (axis === 0 && !node.shape);
			const size = axis === null ? null : (node.shape?.at(axis) ?? (areFeatures ? node.features : null));
			if (a.number("p", 2) !== 2 || axis === null) return undefined;
			if (size === null) return machine.unknownNode(name, "the size of the axis is not known", [input], site);
			const smallest = a.number("eps", 1e-12);
			if (smallest === null) return undefined;
			const root = { kind: "spread", node, axis, isCentred: false, isUnbiased: false, root: true } as const;
			const made = standardised(machine, node, { ...root, within: smallest ** 2 / size, outside: 0 }, site);
			return made && binaryOperation(machine, "*", made, numberThing(1 / Math.sqrt(size)), site);
		}
		case "neg":
			return same(machine, { kind: "scale", by: -1 }, input, site, name);
		case "dropout":
		case "dropout1d":
		case "dropout2d":
		case "dropout3d":
		case "alpha_dropout":
		case "feature_alpha_dropout":
			return dropout(machine, input, name, given, site);
		case "max_pool1d":
		case "max_pool2d":
		case "max_pool3d":
		case "adaptive_max_pool1d":
		case "adaptive_max_pool2d":
		case "adaptive_max_pool3d":
			return pool(machine, input, "maximum", pooledBy(name, node, given), site, name);
		case "avg_pool1d":
		case "avg_pool2d":
		case "avg_pool3d":
		case "adaptive_avg_pool1d":
		case "adaptive_avg_pool2d":
		case "adaptive_avg_pool3d":
			return pool(machine, input, "average", pooledBy(name, node, given), site, name);
		case "interpolate":
		case "upsample": {
			const a = new Given(given, "size scale_factor mode align_corners");
			const size = a.thing("size");
			// All sizes from the places on: of images there are two.
			const sizes = size?.kind === "sizes" && size.from === 2 ? listThing([0, 1].map((i) => sizeOf(size, i))) : size;
			const step = resizeStep(
				sizes,
				a.thing("scale_factor"),
				a.text("mode", "nearest"),
				a.truth("align_corners", false),
			);
			const isSized = step.kind === "resize" && step.to !== null && sizes;
			return machine.node(() => (node.batch === 0 ? besideSamples(step, node.folded)! : step), [node], site, {
				suffix: name,
				features: node.features,
				...(isSized && { sizes: sizes.kind === "list" ? sizes.items : [sizes] }),
			});
		}
		case "max": {
			// The greatest along an axis, and where they are.
			const axes = first ?? given.named.get("dim");
			if (axes?.kind !== "number") return undefined;
			const keeps = new Given(given, "dim keepdim").truth("keepdim", false) === true;
			const greatest = pool(machine, input, "maximum", axesOver(node, axes, keeps), site, name);
			return listThing([greatest, unknown("where the greatest is")], true);
		}
		case "mean":
		case "sum":
		case "amax": {
			const axes = first ?? given.named.get("dim") ?? given.named.get("axis");
			if (!axes) return undefined;
			const keeps = new Given(given, "dim keepdim").truth("keepdim", given.named.has("keepdims")) === true;
			const of = name === "mean" ? "average" : name === "sum" ? "sum" : "maximum";
			return pool(machine, input, of, axesOver(node, axes, keeps), site, name);
		}
		default:
			return undefined;
	}
}

/** A root or power of a variance, or of what may be a mean of squares. */
export function spreadFunction(
	machine: Machine,
	name: string,
	of: Thing,
	by: Thing | undefined,
	site: Site,
): Thing | undefined {
	switch (name) {
		case "sqrt":
			return rootOf(of);
		case "rsqrt": {
			const root = rootOf(of);
			return root && { ...root, inverse: true };
		}
		case "pow":
			return powerOf(machine, of, by, site);
		default:
			return undefined;
	}
}

/** What a mask fills in with at most, so that a softmax leaves nothing of it in any type. */
const HIDDEN = -1e4;

function pool(
	machine: Machine,
	input: Tensor,
	of: Extract<Step, { kind: "pool" }>["of"],
	over: Pooled | null,
	site: Site,
	suffix: string,
): Thing {
	const { features, batch } = input.node;
	const gone = over?.kind === "axes" && !over.keeps && over.axes !== "places" ? over.axes : [];
	const before = gone.filter((axis) => isBeforeBatch(input.node, axis)).length;
	// Axes are those of the whole sample already.
	const beside = over?.kind === "axes" || batch !== 0 ? 0 : input.node.folded;
	const step = { kind: "pool", of, over, ...(beside > 0 && { beside }) } as const;
	return machine.node(() => step, [input.node], site, {
		suffix,
		features,
		batch: batch === null ? null : batch - before,
	});
}

/** What `adaptive_avg_pool2d` and the like take together: what the module of the name does. */
function pooledBy(name: string, node: GraphNode, given: Arguments): Pooled | null {
	const dimensions = Number(name.at(-2)) as 1 | 2 | 3; // Named by one of these digits.
	const kernel = given.positional[0] ?? given.named.get("kernel_size");
	if (!name.startsWith("adaptive") && kernel && isWholeOf(node, kernel, dimensions)) {
		return { kind: "axes", axes: Array.from({ length: dimensions }, (_, i) => i - dimensions), keeps: true };
	}
	const module = name.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
	return torchPool(module, given, dimensions);
}

/** Whether a window's size is that of a value's own places: one window over all of them, which are as many along each axis. */
function isWholeOf(node: GraphNode, kernel: Thing, dimensions: number): boolean {
	const isPlaces = (axis: number) => axis < 0 || axis >= 2;
	if (kernel.kind === "sizes") return kernel.node === node && kernel.from === 2;
	const sizes = kernel.kind === "list" && !kernel.open ? kernel.items : [kernel];
	return (
		(sizes.length === 1 || sizes.length === dimensions) &&
		sizes.every((size) => size.kind === "size" && size.node === node && isPlaces(size.axis) && size.axis >= -dimensions)
	);
}

/** Functions of dropout work only where they are told to, which a new module is in. */
function dropout(machine: Machine, input: Tensor, name: string, given: Arguments, site: Site): Thing {
	const a = new Given(given, "p training inplace");
	const training = a.truth("training", true);
	if (training === false) return input;
	if (training === undefined) return machine.unknownNode(name, "whether it works is not known", [input], site);
	return same(machine, { kind: "dropout", rate: a.number("p", 0.5), alpha: /alpha/.test(name) }, input, site, name);
}
