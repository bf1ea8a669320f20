import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { Given } from "./given.ts";
import { activationStep } from "./layerSteps.ts";
import type { Machine } from "./machine.ts";
import type { Step } from "./model.ts";
import { binaryOperation } from "./operators.ts";
import { type Arguments, listThing, numberOf, type Site, type Thing, tensorsIn, unknown } from "./thing.ts";
import { withWeights } from "./torchWeighted.ts";

type Tensor = Thing & { kind: "tensor" };

/** Values as they are, and in the same shape. */
const SAME =
	/^(contiguous|clone|detach|to|float|half|double|bfloat16|type|type_as|cuda|cpu|requires_grad_|retain_grad|astype|block_until_ready)$/;
/** Values as they are, in another shape. */
const RESHAPE =
	/^(view|reshape|flatten|unflatten|permute|transpose|movedim|moveaxis|swapaxes|swapdims|t|squeeze|unsqueeze|expand|expand_as|repeat|repeat_interleave|narrow|index_select|select|roll|flip|tile|view_as|reshape_as|rearrange|pad|pixel_shuffle|pixel_unshuffle|channel_shuffle|expand_dims|ravel|broadcast_to)$/;
/** A list of parts. */
const PARTS = /^(chunk|split|tensor_split|unbind|hsplit|vsplit|dsplit)$/;
/** What is read of a value, and is no value of the model. */
const READ =
	/^(size|dim|numel|item|stride|nelement|data_ptr|is_contiguous|get_device|ndimension|element_size|tolist|numpy|backward|register_hook|is_floating_point|new_zeros|new_ones|new_empty|new_full|new_tensor)$/;

/** A function of `torch` or `torch.nn.functional`, or of another library that works on values so, by its last name. */
export function torchFunction(machine: Machine, dotted: string, given: Arguments, site: Site): Thing | undefined {
	const [first, ...rest] = given.positional;
	const input = first ?? given.named.get("input") ?? given.named.get("x");
	if (!input || tensorsIn(input).length === 0) return undefined;
	const name = canonicalName(dotted);
	const entry = resolveName(dotted);
	if (entry && entry.kind !== "module" && input.kind === "tensor") {
		const step = activationStep(entry, { ...given, positional: rest });
		return same(machine, step, input, site, name.slice(name.lastIndexOf(".") + 1));
	}
	if (!/^(torch|einops)\./.test(name)) return undefined;
	const last = name.slice(name.lastIndexOf(".") + 1);
	if (/^(cat|concat|concatenate|stack|hstack|vstack)$/.test(last)) return joinedValues(machine, input, last, site);
	if (input.kind !== "tensor") return undefined;
	const weighted = name.startsWith("torch.nn.functional.")
		? withWeights(machine, input, last, { ...given, positional: rest }, site)
		: undefined;
	if (weighted) return weighted;
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
	if (entry && entry.kind !== "module") return same(machine, activationStep(entry, given), object, site, name);
	if (name === "__getitem__" || name === "__iter__") return undefined;
	return valueFunction(machine, object, name, given, site);
}

function same(machine: Machine, step: Step, input: Tensor, site: Site, suffix: string): Thing {
	const { shape, features } = input.node;
	return machine.node(() => step, [input.node], site, { suffix, shape, features });
}

function joinedValues(machine: Machine, list: Thing, name: string, site: Site): Thing | undefined {
	if (list.kind !== "list") return undefined;
	if (list.open) return machine.unknownNode(name, list.open.reason, [list], site);
	const inputs = tensorsIn(list);
	const others = list.items.length - inputs.length;
	// A parameter among them, such as a class token, is a step of which nothing is known.
	if (others > 0)
		return machine.unknownNode(name, "it joins values with something that is none of the model's", [list], site);
	return machine.node(() => ({ kind: "concatenate" }), inputs, site, { suffix: name });
}

/** What one value becomes; `given` are the arguments behind it. */
function valueFunction(machine: Machine, input: Tensor, name: string, given: Arguments, site: Site): Thing | undefined {
	const { node } = input;
	const [first] = given.positional;
	if (SAME.test(name)) return input;
	if (READ.test(name)) return unknown(`what ${name} gives is not known`);
	if (RESHAPE.test(name)) return machine.node(() => ({ kind: "reshape", what: name }), [node], site, { suffix: name });
	if (PARTS.test(name)) {
		const count =
			name === "chunk" || name === "tensor_split" ? numberOf(first ?? given.named.get("chunks")) : listed(first);
		if (count === null || count > 64)
			return machine.node(() => ({ kind: "reshape", what: name }), [node], site, { suffix: name });
		return listThing(
			Array.from({ length: count }, () =>
				machine.node(() => ({ kind: "reshape", what: name }), [node], site, { suffix: name }),
			),
			true,
		);
	}
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
		case "multiply":
			return first && binaryOperation(machine, "*", input, first, site);
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
			return pool(machine, input, "maximum", site, name);
		case "avg_pool1d":
		case "avg_pool2d":
		case "avg_pool3d":
		case "adaptive_avg_pool1d":
		case "adaptive_avg_pool2d":
		case "adaptive_avg_pool3d":
			return pool(machine, input, "average", site, name);
		case "mean": {
			const axes = first ?? given.named.get("dim") ?? given.named.get("axis");
			return axes ? pool(machine, input, "average", site, name) : undefined;
		}
		case "amax":
			return pool(machine, input, "maximum", site, name);
		default:
			return undefined;
	}
}

function listed(thing: Thing | undefined): number | null {
	return thing?.kind === "list" && !thing.open ? thing.items.length : null;
}

function pool(machine: Machine, input: Tensor, of: "maximum" | "average", site: Site, suffix: string): Thing {
	return machine.node(() => ({ kind: "pool", of }), [input.node], site, { suffix, features: input.node.features });
}

/** Functions of dropout work only where they are told to, which a new module is in. */
function dropout(machine: Machine, input: Tensor, name: string, given: Arguments, site: Site): Thing {
	const a = new Given(given, "p training inplace");
	const training = a.truth("training", true);
	if (training === false) return input;
	if (training === undefined) return machine.unknownNode(name, "whether it works is not known", [input], site);
	return same(machine, { kind: "dropout", rate: a.number("p", 0.5), alpha: /alpha/.test(name) }, input, site, name);
}
