import { Given } from "./given.ts";
import { sampleAxes, sampleAxis } from "./layerSteps.ts";
import type { Machine } from "./machine.ts";
import { sizeOf } from "./members.ts";
import type { Pooled, Rearrangement } from "./model.ts";
import { type Arguments, type GraphNode, numberOf, type Site, type Thing, unknown } from "./thing.ts";

/** Functions and methods that leave values as they are, in another shape, under the names of PyTorch, NumPy and TensorFlow. */
const REARRANGEMENT =
	/^(view|reshape|flatten|unflatten|permute|transpose|movedim|moveaxis|swapaxes|swapdims|t|squeeze|unsqueeze|expand|expand_as|repeat|repeat_interleave|narrow|index_select|select|roll|flip|tile|view_as|reshape_as|rearrange|pad|pixel_shuffle|pixel_unshuffle|channel_shuffle|expand_dims|ravel|broadcast_to)$/;

export function isRearrangement(name: string): boolean {
	return REARRANGEMENT.test(name);
}

/** What such a function makes of a value; `given` are the arguments behind it. */
export function rearrangedValue(machine: Machine, node: GraphNode, name: string, given: Arguments, site: Site): Thing {
	const { how, sizes } = rearrangement(name, given);
	const more = { suffix: name, ...(sizes && { sizes }) };
	return machine.node(() => ({ kind: "reshape", what: name, how }), [node], site, more);
}

interface Asked {
	readonly how: Rearrangement | null;
	/** The sizes that it names, where they may follow from those of other values. */
	readonly sizes?: readonly Thing[];
}

const NOT_FOLLOWED: Asked = { how: null };

function rearrangement(name: string, given: Arguments): Asked {
	if (given.open) return NOT_FOLLOWED;
	const [first] = given.positional;
	const listed = first?.kind === "list" ? (first.open ? null : first.items) : given.positional;
	switch (name) {
		case "view":
		case "reshape":
			return sized(listed?.length ? listed : listOf(given.named.get("shape") ?? given.named.get("newshape")));
		case "flatten": {
			const a = new Given(given, "start_dim end_dim");
			const [from, until] = [sampleAxis(a.number("start_dim", 0)), sampleAxis(a.number("end_dim", -1))];
			return { how: from === null || until === null ? null : { to: "flat", from, until } };
		}
		case "permute":
			return ordered(listed);
		case "transpose":
		case "swapaxes":
		case "swapdims": {
			// NumPy's and TensorFlow's `transpose` names all axes.
			const all = given.named.get("perm") ?? given.named.get("axes") ?? (first?.kind === "list" ? first : undefined);
			if (all) return ordered(listOf(all));
			if (given.positional.length > 2) return ordered(given.positional);
			const a = new Given(given, "dim0 dim1");
			const axes = ["dim0", "dim1"].map((key) => sampleAxis(a.number(key)));
			return { how: axes.includes(null) ? null : { to: "swapped", axes: [axes[0]!, axes[1]!] } };
		}
		case "squeeze":
		case "unsqueeze":
		case "expand_dims": {
			const at = first ?? given.named.get("dim") ?? given.named.get("axis");
			const axis = sampleAxis(numberOf(at));
			if (name === "squeeze") {
				// PyTorch takes the batch's axis with the others, too, but of a batch of several samples.
				return {
					how: at === undefined ? { to: "squeezed", axis: null } : axis === null ? null : { to: "squeezed", axis },
				};
			}
			return { how: axis === null ? null : { to: "unsqueezed", axis } };
		}
		case "pad": {
			const a = new Given(given, "pad mode value");
			const by = listOf(a.thing("pad"));
			const isZero = a.text("mode", "constant") === "constant" && a.optional("value", 0) === 0;
			return by && isZero ? { how: { to: "padded", by: [] }, sizes: by } : NOT_FOLLOWED;
		}
		case "pixel_shuffle": {
			const by = new Given(given, "upscale_factor").number("upscale_factor");
			return { how: by === null ? null : { to: "pixels", by } };
		}
		case "expand":
		case "expand_as":
		case "broadcast_to":
			return { how: { to: "same" } };
		default:
			return NOT_FOLLOWED;
	}
}

function listOf(thing: Thing | undefined): readonly Thing[] | null {
	return thing?.kind === "list" && !thing.open ? thing.items : null;
}

/** All sizes with the batch's, which must stay the first: as itself, as a number, or as −1. */
function sized(sizes: readonly Thing[] | null): Asked {
	const [batch, ...rest] = sizes ?? [];
	const isBatch = batch?.kind === "number" || (batch?.kind === "size" && batch.axis === 0);
	return isBatch && rest.length > 0 ? { how: { to: "sizes", sizes: rest.map(numberOf) }, sizes: rest } : NOT_FOLLOWED;
}

/** All axes with the batch's, which must stay the first. */
function ordered(axes: readonly Thing[] | null): Asked {
	const [batch, ...rest] = axes?.map(numberOf) ?? [];
	const order = rest.map((axis) => sampleAxis(axis ?? null));
	return batch === 0 && !order.includes(null) ? { how: { to: "order", order: order as number[] } } : NOT_FOLLOWED; // Null is looked for.
}

/** The sizes of a value, or that along one axis. */
export function sizesOf({ node }: Thing & { kind: "tensor" }, axis?: Thing): Thing {
	const sizes = { kind: "sizes", node, from: 0 } as const;
	if (axis === undefined) return sizes;
	return axis.kind === "number" ? sizeOf(sizes, axis.value) : unknown("an axis is not known");
}

/** Whole axes that are taken together, named with the batch's as the first. */
export function axesOver(axes: Thing, keeps: boolean): Pooled | null {
	const found = sampleAxes(axes);
	return found && { kind: "axes", axes: found, keeps };
}
