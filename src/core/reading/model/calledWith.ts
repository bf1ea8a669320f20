import type { CodeClass } from "../code/scope.ts";
import { shapeOf } from "./given.ts";
import { isWhole } from "./shapes.ts";
import { type Arguments, type Instance, positional, settled, type Thing } from "./thing.ts";

/** Sizes of arrays, the number of samples first; null for what is none of known sizes. */
type Sizes = readonly number[] | null;

/** The sizes of what a model is called with, by the places and by the names of its parameters. */
export interface Called {
	readonly positional: readonly Sizes[];
	readonly named: ReadonlyMap<string, Sizes>;
}

/**
 * The arrays that a file makes itself and calls its models with, `net(torch.randn(1, 3, 64, 64))`: their sizes are those of
 * a model's inputs, where it says no others. Calls that differ say nothing.
 */
export class CalledWith {
	readonly #byModel = new Map<Instance | CodeClass, Called | null>();

	/** Takes note of a call, if it is one of a model with arrays. */
	note(callee: Thing, given: Arguments): void {
		const call = callOf(callee, given);
		if (!call) return;
		const { model, called } = call;
		if (![...called.positional, ...called.named.values()].some((sizes) => sizes !== null)) return;
		const keys = model.class && model.plain ? [model, model.class.class] : [model];
		for (const key of keys) {
			const before = this.#byModel.get(key);
			const isOther = before !== undefined && !(before && isSame(before, called));
			this.#byModel.set(key, isOther ? null : called);
		}
	}

	/** What a model is called with: itself, or another of its class that is made without arguments, too. */
	of(model: Instance): Called | null {
		const own = this.#byModel.get(model);
		if (own !== undefined || !model.class || !model.plain) return own ?? null;
		return this.ofClass(model.class.class);
	}

	/** What a model of a class that is made without arguments is called with. */
	ofClass(made: CodeClass): Called | null {
		return this.#byModel.get(made) ?? null;
	}
}

/** The numbers of samples may differ. */
function isSame(a: Called, b: Called): boolean {
	const rest = (sizes: Sizes) => sizes?.slice(1);
	const told = ({ positional, named }: Called) =>
		JSON.stringify([positional.map(rest), [...named].map(([key, sizes]) => [key, rest(sizes)])]);
	return told(a) === told(b);
}

/** The model that a call is of, with the arguments that it hands to it. */
function callOf(callee: Thing, given: Arguments): { readonly model: Instance; readonly called: Called } | null {
	if (callee.kind === "instance") return { model: callee, called: calledWith(given) };
	const [first, ...rest] = given.positional;
	if (callee.kind === "library" && first?.kind === "instance") {
		const { name } = callee;
		if (name === "torch.jit.trace" || name === "torch.onnx.export") {
			return { model: first, called: calledWith(positional(...rest.slice(0, 1))) };
		}
		// torchsummary's sizes are those of one sample.
		const summary = /^(torchsummary|torchinfo)\.summary$/.exec(name)?.[1];
		const sizes = rest[0] ?? given.named.get("input_size");
		return summary && sizes ? { model: first, called: ofSizes(sizes, summary === "torchsummary") } : null;
	}
	if (callee.kind !== "method" || callee.object.kind !== "instance") return null;
	const model = callee.object;
	if (
		/^flax\.linen\./.test(model.base ?? "") &&
		/^(init|init_with_output|lazy_init|apply|tabulate)$/.test(callee.name)
	) {
		// Random numbers or variables come first.
		return { model, called: calledWith({ ...given, positional: rest }) };
	}
	const sizes = first ?? given.named.get("input_shape");
	const isBuilt = callee.name === "build" && /(^|\.)keras\./.test(model.base ?? "") && sizes !== undefined;
	return isBuilt ? { model, called: ofSizes(sizes, false) } : null;
}

function calledWith({ positional, named }: Arguments): Called {
	return {
		positional: positional.map(sizesOf),
		named: new Map([...named].map(([key, thing]) => [key, sizesOf(thing)])),
	};
}

/** What is called with one array of these sizes; the number of samples may be left open, or, `isSample`, left away. */
function ofSizes(sizes: Thing, isSample: boolean): Called {
	const own = shapeOf(sizes)?.slice(isSample ? 0 : 1);
	return { positional: [own && own.length > 0 && isWhole(own) ? [1, ...own] : null], named: new Map() };
}

/** The sizes of an array that the code makes; of one axis alone it is not told whether that is the samples'. */
function sizesOf(thing: Thing): Sizes {
	const sizes = thing.kind === "slot" ? settled(thing.slot).sizes : thing.kind === "unknown" ? thing.sizes : null;
	return sizes && sizes.length > 1 && isWhole(sizes) ? sizes : null;
}
