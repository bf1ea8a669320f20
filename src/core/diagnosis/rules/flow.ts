import { canonicalName } from "../../activations/libraries/resolve.ts";
import { foundOnce } from "../../foundOnce.ts";
import { mentionOf } from "../../reading/code/lookups.ts";
import { aliasesOf, changesOf, siteName } from "../../reading/code/mayChange.ts";
import { attributeParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import {
	type Binding,
	type CodeClass,
	type CodeFunction,
	elementsOf,
	type Place,
	type Site,
} from "../../reading/code/scope.ts";
import { argumentOf, type Call, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";

/** By which call control came into a function: what its parameters stand for. */
export type Context = ReadonlyMap<CodeFunction, Call>;

/** An expression where it stands, reached by some calls. */
export interface At {
	readonly node: SyntaxNode;
	readonly place: Place;
	readonly context: Context;
}

/** Which of several values it is, and of how many where that is known. */
export interface Part {
	readonly at: number;
	readonly count: number | null;
}

/** What a name stands for on one of the ways to it: an expression, or a part of what it gives. */
export interface Way extends At {
	readonly part: Part | null;
}

/** What was done to a value's numbers: nothing, they lie along other axes, or are but some of them. */
export type Since = "nothing" | "moved" | "taken";

/** Values are followed through this many names and calls. */
const DEEPEST = 24;
/** Ways into a function that are looked at. */
const MOST_CONTEXTS = 24;
/** A name of more values is followed to none of them. */
const MOST_WAYS = 4;
/** Names of names that are looked at for what changes a value. */
const MOST_ALIASES = 2;

/** Methods of a tensor or a module that leave its values as they are, as far as a loss sees them. */
const SAME_VALUES =
	/^(to|cuda|cpu|float|double|half|bfloat16|type|eval|train|contiguous|clone|requires_grad_|share_memory|apply|compile|type_as)$/;
const SAME_VALUES_FUNCTION =
	/^(torch\.(compile|jit\.(script|trace))|torch\.nn\.(DataParallel|parallel\.DistributedDataParallel)|tensorflow\.identity)$/;
/** Methods and functions that put values along other axes, and those that take some of them. */
const MOVES = /^(squeeze|unsqueeze|view|reshape|flatten|permute|transpose|swapaxes|swapdims|movedim|t)$/;
const TAKES =
	/^(gather|index_select|select|narrow|masked_select|take_along_dim|take_along_axis|take|gather_nd|boolean_mask)$/;
const OF_LIBRARY = /^(torch|tensorflow|jax\.numpy)\.(\w+)$/;
/** Follows values through variables, attributes, functions and modules of a file. Where two ways differ it gives up. */
export class Flow {
	readonly #code: CodeUnderRules;
	/** What is being followed now. */
	readonly #followed = new Set<Binding>();
	#depth = 0;

	constructor(code: CodeUnderRules) {
		this.#code = code;
	}

	/** The ways into the function around a place that the file shows; one that says nothing where there are none. */
	contextsAt(place: Place): Context[] {
		let contexts: Context[] = [new Map()];
		let around = functionAround(place);
		const seen = new Set<CodeFunction>();
		// Outwards: each caller's own callers say what its parameters are.
		const extend = (context: Context, of: CodeFunction | null): Context[] => {
			if (!of || seen.has(of)) return [context];
			seen.add(of);
			const calls = this.#code.callsTo(of);
			if (calls.length === 0) return [context];
			return calls.flatMap((call) => extend(new Map([...context, [of, call]]), functionAround(call.place)));
		};
		while (around) {
			const of = around;
			contexts = contexts.flatMap((context) => extend(context, of)).slice(0, MOST_CONTEXTS);
			around = functionAround(of.outer);
		}
		return contexts;
	}

	/** The expression that makes a value: behind names, attributes, parameters and what leaves it as it is. */
	source(at: At): At | undefined {
		return this.deeper(() => this.#source({ ...at, node: unwrap(at.node) }));
	}

	#source(at: At): At | undefined {
		const { node, place } = at;
		if (node.name === "VariableName" || attributeParts(node)) {
			const made = this.isChanged(at)
				? undefined
				: this.onEachWay(at, (way) => (way.part ? undefined : this.source(way)));
			const [first] = made ?? [];
			return first && made!.every((each) => each.node === first.node) ? first : at;
		}
		const call = callOf(node, place);
		const kept = call && this.keptBy(call);
		const given = kept && kept.since !== "taken" ? { ...at, node: kept.of } : call && this.#givenBack(call, at.context);
		return given ? this.source(given) : at;
	}

	/** What a call of a function of the code gives back, where that is one expression. */
	#givenBack(call: Call, context: Context): At | undefined {
		const value = this.#code.resolver.resolveValue(call.callee, call.place);
		const called = value?.kind === "function" && value.function.body?.name === "Body" ? value.function : undefined;
		const [values, ...others] = called ? returnedBy(called.body!) : [];
		const [node] = values ?? [];
		if (!called || !node || values!.length > 1 || others.length > 0 || node.name === "TupleExpression")
			return undefined;
		return { node, place: this.#code.placeIn(called.scope, node), context: new Map([...context, [called, call]]) };
	}

	/** What a call leaves as it is, or moves, or takes something of: `model` of `model.to(device)`. */
	keptBy(call: Call): { of: SyntaxNode; since: Since } | undefined {
		const member = attributeParts(call.callee);
		const value = this.#code.resolver.resolveValue(call.callee, call.place);
		if (value === undefined) {
			const word = member ? this.#code.textOf(member.property) : "";
			const since = SAME_VALUES.test(word) ? "nothing" : sinceBy(word);
			return member && since && { of: member.object, since };
		}
		if (value.kind !== "name") return undefined;
		const name = canonicalName(value.name);
		const since = SAME_VALUES_FUNCTION.test(name) ? "nothing" : sinceBy(OF_LIBRARY.exec(name)?.[2] ?? "");
		const first = call.list[0];
		return since && first?.name === null ? { of: first.value, since } : undefined;
	}

	/**
	 * What is found on each way in which a name or an attribute gets its value; undefined where nothing is found on one. What
	 * leads back to itself, as `model = model.cuda()` in a loop does, is no way.
	 */
	onEachWay<T>(at: At, follow: (way: Way) => T | undefined): readonly T[] | undefined {
		const bindings = this.#bindingsOf(at.node, at.place);
		const found: T[] = [];
		for (const binding of bindings.length > MOST_WAYS ? [] : bindings) {
			if (this.#followed.has(binding)) continue;
			this.#followed.add(binding);
			const followed = this.#waysOf(binding, contextOfBindings(at)).map(follow);
			this.#followed.delete(binding);
			if (followed.length === 0 || followed.includes(undefined)) return undefined;
			found.push(...(followed as T[])); // None is undefined.
		}
		return found;
	}

	/** The expressions that a binding may stand for: several where a parameter is given by several calls. */
	#waysOf(binding: Binding, context: Context): readonly Way[] {
		const { what, scope } = binding;
		if (what.kind === "value") return [{ node: what.node, place: binding, context, part: null }];
		if (what.kind === "part") return [{ node: what.of, place: binding, context, part: what }];
		const owner = scope.function;
		if (what.kind !== "unknown" || !owner || binding.at !== owner.node.from) return [];
		const known = context.get(owner);
		const calls = known ? [known] : this.#code.callsTo(owner);
		const given = calls.length > MOST_WAYS ? [] : calls.map((call) => this.#given(owner, binding, call));
		if (given.includes(undefined)) return [];
		// The argument is an expression of the caller, whose own parameters the same context tells.
		return given.map((node, i) => ({ node: node!, place: calls[i]!.place, context, part: null }));
	}

	/** What a call gives a function's parameter. */
	#given(owner: CodeFunction, binding: Binding, call: Call): SyntaxNode | undefined {
		const position = owner.parameters.findIndex(({ name }) => owner.scope.names.get(name)?.includes(binding));
		const parameter = owner.parameters[position];
		if (!parameter || parameter.stars > 0) return undefined;
		const isMethod = owner.class !== null && (attributeParts(call.callee) !== undefined || isMaker(owner));
		return argumentOf(
			call.list,
			parameter.keywordOnly ? null : position - (isMethod ? 1 : 0),
			[parameter.name],
			(node) => this.#code.textOf(node),
		);
	}

	/** What a name or an attribute may be bound to. */
	#bindingsOf(node: SyntaxNode, place: Place): readonly Binding[] {
		const { resolver } = this.#code;
		if (node.name === "VariableName") return resolver.bindingsOf(this.#code.textOf(node), place, node.from);
		const member = attributeParts(node);
		const value = member && resolver.resolveValue(member.object, place);
		if (value?.kind !== "self" && value?.kind !== "object") return [];
		let owner: CodeClass | undefined = value.class;
		for (let i = 0; i < DEEPEST && owner; i++) {
			const bindings = resolver.attributeBindings(owner, this.#code.textOf(member!.property));
			if (bindings) return bindings;
			owner = resolver.firstBase(owner);
		}
		return [];
	}

	/**
	 * Whether something changes the value of a name or an attribute in place, for all that is known before it is used here:
	 * `p.clamp_(1e-8)`, `p[0] = 1`, `n.append(layer)`, or `q.clamp_(1e-8)` where q is p.
	 */
	isChanged({ node, place }: At): boolean {
		const name = siteName(node);
		return (
			name !== undefined && this.#bindingsOf(node, place).some((each) => this.#changes(name, each, node, place, 0))
		);
	}

	/** Whether what a name is bound to is changed before a use of it, or of what it is another name for. */
	#changes(name: string, binding: Binding, node: SyntaxNode, place: Place, depth: number): boolean {
		const resolver = this.#code.resolver.of(binding.scope);
		// What another function does, or a method, may happen at any time.
		const isInOrder =
			!name.startsWith(".") && functionAround(place) === functionAround(binding) && binding.at <= node.from;
		// What a function binds is used in it alone, and it is read as one.
		const owner = binding.scope.kind === "function" && !name.startsWith(".") ? functionAround(binding) : null;
		const [from, to] = isInOrder
			? [binding.at, node.from]
			: owner
				? [owner.node.from, owner.node.to]
				: [0, Number.POSITIVE_INFINITY];
		if (!owner) this.#noteMention(name, isInOrder ? binding : undefined, to);
		const isSame = (site: Site) => this.#bindingsOf(site.node, site).includes(binding);
		for (const site of changesOf(name, resolver, from, to)) if (isSame(site)) return true;
		for (const alias of depth < MOST_ALIASES ? aliasesOf(name, resolver, from, to) : []) {
			const other = alias.site.scope.names
				.get(alias.name)
				?.find(({ what }) => "node" in what && what.node === alias.value);
			if (other && isSame(alias.site) && this.#changes(alias.name, other, node, place, depth + 1)) return true;
		}
		return false;
	}

	/** Notes that what is found depends on each place where a name, or an attribute, is used up to an offset. */
	#noteMention(name: string, from: Binding | undefined, to: number): void {
		this.#code.resolver.lookups.add(mentionOf(name.replace(/^\./, "")), from, to);
	}

	/** Whether an expression is a name that still stands for the same at an offset further on in its function. */
	isSame({ node, place }: At, later: Place, offset: number): boolean {
		if (node.name !== "VariableName" || later.scope !== place.scope) return false;
		const resolver = this.#code.resolver.of(place.scope);
		const name = this.#code.textOf(node);
		const then = resolver.bindingsOf(name, place, node.from);
		const now = resolver.bindingsOf(name, later, offset);
		if (now.length !== then.length || now.length > 1 || now[0] !== then[0]) return false;
		if (place.scope.kind !== "function") this.#noteMention(name, now[0], offset);
		return changesOf(name, resolver, node.from, offset).next().done === true;
	}

	/** Follows on, unless that is through too many names and calls already. */
	deeper<T>(follow: () => T | undefined): T | undefined {
		if (this.#depth >= DEEPEST) return undefined;
		this.#depth++;
		try {
			return follow();
		} finally {
			this.#depth--;
		}
	}
}

function sinceBy(word: string): Since | undefined {
	return MOVES.test(word) ? "moved" : TAKES.test(word) ? "taken" : undefined;
}

/** Whether a call of the class runs a function. */
function isMaker({ name }: CodeFunction): boolean {
	return name === "__init__";
}

/** The calls that led to where a name is bound; an attribute may have been set by others. */
function contextOfBindings({ node, context }: At): Context {
	return node.name === "VariableName" ? context : new Map();
}

/** The function in whose body a place lies. */
export function functionAround({ scope }: Place): CodeFunction | null {
	for (let around: Place["scope"] | null = scope; around; around = around.parent) {
		if (around.function) return around.function;
	}
	return null;
}

/** What the `return`s of a function's body give, in the order of the text: a value, several, or none. */
export const returnedBy = foundOnce((body: SyntaxNode): readonly (readonly SyntaxNode[])[] => {
	const found: (readonly SyntaxNode[])[] = [];
	const stack = [body];
	for (let node = stack.pop(); node; node = stack.pop()) {
		if (/^(FunctionDefinition|ClassDefinition|LambdaExpression)$/.test(node.name)) continue;
		if (node.name === "ReturnStatement") {
			found.push(elementsOf(node).slice(1));
		} else for (let i = node.kids.length - 1; i >= 0; i--) stack.push(node.kids[i]!);
	}
	return found;
});
