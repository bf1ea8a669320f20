import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { canonicalName, kerasName, resolveName } from "../../activations/libraries/resolve.ts";
import { itemsOf } from "../../reading/code/collections.ts";
import { constantNumber } from "../../reading/code/constants.ts";
import { mentionOf } from "../../reading/code/lookups.ts";
import { aliasesOf, changesOf, siteName } from "../../reading/code/mayChange.ts";
import { attributeParts, type SyntaxNode, subscriptParts, unwrap } from "../../reading/code/node.ts";
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

/** What a name stands for on one of the ways to it: an expression, or a part of what it gives. */
interface Way extends At {
	readonly part: Part | null;
}

/** The activation that a value comes from last. */
export interface LastStep {
	readonly activation: string;
	readonly kind: "function" | "method" | "module" | "string";
	/** The name that says so: a function's, a module's, a method's or a string. */
	readonly node: SyntaxNode;
	/** The call that computes it, or makes the module; null for a string. */
	readonly call: Call | null;
	/** What it is applied to, where that is an expression of the code. */
	readonly input: At | null;
	/** What was done to its values since: nothing, they lie along other axes, or are but some of them. */
	readonly since: "nothing" | "moved" | "taken";
}

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
const DRAWS = /(^|\.)(multinomial|categorical|sample|choice)$/;
const OF_LIBRARY = /^(torch|tensorflow|jax\.numpy)\.(\w+)$/;
const SEQUENTIAL = /^((torch\.nn|keras(\.models)?)\.Sequential|tfjs\.sequential)$/;
const FUNCTIONAL_MODEL = /^keras\.(models\.)?Model$/;
/** What computes, by the library that made the class. */
const COMPUTES = ["forward", "call", "__call__"];

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
		return this.#deeper(() => this.#source({ ...at, node: unwrap(at.node) }));
	}

	#source(at: At): At | undefined {
		const { node, place } = at;
		if (node.name === "VariableName" || attributeParts(node)) {
			const made = this.isChanged(at)
				? undefined
				: this.#onEachWay(at, (way) => (way.part ? undefined : this.source(way)));
			const [first] = made ?? [];
			return first && made!.every((each) => each.node === first.node) ? first : at;
		}
		const call = callOf(node, place);
		const kept = call && this.#keptBy(call);
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

	/** The class of a model that a call computes with weights that it is given, as Flax has it: `model.apply(variables, x)`. */
	#appliedBy({ callee, list, place }: Call): CodeClass | undefined {
		const member = attributeParts(callee);
		// PyTorch's has one argument, a function.
		if (!member || this.#code.textOf(member.property) !== "apply" || list.length < 2) return undefined;
		const owner = this.#code.resolver.resolveValue(member.object, place);
		return owner?.kind === "object" ? owner.class : undefined;
	}

	/** What a call leaves as it is, or moves, or takes something of: `model` of `model.to(device)`. */
	#keptBy(call: Call): { of: SyntaxNode; since: LastStep["since"] } | undefined {
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
	#onEachWay<T>(at: At, follow: (way: Way) => T | undefined): readonly T[] | undefined {
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

	/** The activation that a value comes from last; undefined where it is none, or not certain on every way. */
	lastStep(at: At): LastStep | undefined {
		return this.#deeper(() => this.#lastStep({ ...at, node: unwrap(at.node) }));
	}

	#lastStep(at: At): LastStep | undefined {
		const { node } = at;
		switch (node.name) {
			case "VariableName":
			case "MemberExpression":
				if (node.kids[1]?.name === "[") return this.#ofItem(at);
				if (this.isChanged(at)) return undefined;
				return common(this.#onEachWay(at, (way) => (way.part ? this.#ofPart(way, way.part) : this.lastStep(way))));
			case "ConditionalExpression":
				return agree([node.kids[0], node.kids[4]], (kid) => kid && this.lastStep({ ...at, node: kid }));
			case "CallExpression":
				return this.#ofCall(at);
			default:
				return undefined;
		}
	}

	#ofCall(at: At): LastStep | undefined {
		const { place, context } = at;
		const call = callOf(at.node, place);
		if (!call) return undefined;
		const member = attributeParts(call.callee);
		const runs = this.#code.resolver.language.tensor === "tfjs" ? /^(predict|apply)$/ : /^forward$/;
		if (
			member &&
			runs.test(this.#code.textOf(member.property)) &&
			!this.#code.resolver.resolveValue(call.callee, place)
		)
			return this.lastStepOfModule({ ...at, node: member.object });
		const applied = this.#appliedBy(call);
		if (applied) return this.#ofObject(applied);
		const kept = this.#keptBy(call);
		if (kept && call.list.some(({ value }) => this.#isDrawn({ ...at, node: value }))) return undefined;
		if (kept) return after(this.lastStep({ ...at, node: kept.of }), kept.since);
		const inputAt = (position: number): At | null => {
			const found = argumentOf(call.list, position, INPUT_NAMES, (node) => this.#code.textOf(node));
			return found ? { node: found, place, context } : null;
		};
		if (member) {
			const method = this.#code.useAt(member.property);
			if (method?.kind === "method" && method.activation) {
				const { activation } = method;
				return {
					activation,
					kind: "method",
					node: member.property,
					call,
					input: { ...at, node: member.object },
					since: "nothing",
				};
			}
		}
		if (this.isChanged({ ...at, node: call.callee })) return undefined;
		const value = this.#code.resolver.resolveValue(call.callee, place);
		switch (value?.kind) {
			case "name": {
				const entry = resolveName(value.name);
				return entry?.kind === "function" ? stepOf(entry, call.callee, call, inputAt(0)) : undefined;
			}
			case "activation": {
				const step = this.lastStepOfModule({ ...at, node: call.callee });
				return step && { ...step, input: inputAt(0) };
			}
			case "function":
				return this.#ofReturns(value.function, new Map([...context, [value.function, call]]));
			case "self":
			case "object":
				return this.#ofObject(value.class);
		}
		const step = this.lastStepOfModule({ ...at, node: call.callee });
		return step && (step.input ? step : { ...step, input: inputAt(0) });
	}

	/** Whether an index is drawn at random: by the probabilities, as a rule, and then none that it takes is 0. */
	#isDrawn(index: At): boolean {
		const made = this.source(index);
		const call = made && callOf(made.node, made.place);
		return call !== undefined && DRAWS.test(this.#code.textOf(call.callee));
	}

	/** Of `p[:, 0]` the last step of p; of `f(x)[0]`, where f gives several values, that of the first. */
	#ofItem(at: At): LastStep | undefined {
		const of = { ...at, node: at.node.kids[0]! };
		const [index] = subscriptParts(at.node)?.indices ?? [];
		const position = index && constantNumber(index, at.place, this.#code.resolver);
		if (index && this.#isDrawn({ ...at, node: index })) return undefined;
		const part = position === undefined ? undefined : this.#ofPart(of, { at: position, count: null });
		return part ?? after(this.lastStep(of), "taken");
	}

	/** The last step of one of the values that a call gives together. */
	#ofPart(of: At, part: Part): LastStep | undefined {
		const made = this.source(of);
		const call = made && callOf(made.node, made.place);
		const value = call && this.#code.resolver.resolveValue(call.callee, call.place);
		switch (value?.kind) {
			case "function":
				return this.#ofReturns(value.function, new Map([...made!.context, [value.function, call!]]), part);
			case "self":
			case "object":
				return this.#ofObject(value.class, part);
			default:
				return undefined;
		}
	}

	/** The last activation of what a module computes, `at` being the expression that makes it or a name of it. */
	lastStepOfModule(at: At): LastStep | undefined {
		return this.#deeper(() => {
			const made = this.source(at);
			const call = made && callOf(made.node, made.place);
			if (!made || !call) return undefined;
			const value = this.#code.resolver.resolveValue(made.node, made.place);
			if (value?.kind === "object") return this.#ofObject(value.class);
			const name = this.#code.nameOf(call.callee, call.place);
			if (!name) return undefined;
			const entry = resolveName(name);
			if (entry?.kind === "module") return stepOf(entry, call.callee, call, null);
			if (SEQUENTIAL.test(kerasName(name))) return this.#ofSequential(made, call);
			if (FUNCTIONAL_MODEL.test(kerasName(name))) {
				const outputs = argumentOf(call.list, 1, ["outputs"], (node) => this.#code.textOf(node));
				return outputs && this.lastStep({ ...made, node: outputs });
			}
			return this.#ofArgument(call);
		});
	}

	/** A layer of Keras with an activation of its own, or that is one. */
	#ofArgument(call: Call): LastStep | undefined {
		const isActivation = this.#code.textOf(attributeParts(call.callee)?.property ?? call.callee) === "Activation";
		const given =
			optionOf(call, "activation") ??
			argumentOf(call.list, isActivation ? 0 : null, ["activation"], (node) => this.#code.textOf(node));
		const use = given && this.#code.useAt(unwrap(given));
		if (!given || !use?.activation) return undefined;
		return {
			activation: use.activation,
			kind: "string",
			node: unwrap(given),
			call: null,
			input: null,
			since: "nothing",
		};
	}

	#ofSequential(made: At, call: Call): LastStep | undefined {
		const layers = this.#layersOf(call);
		if (!layers) return undefined;
		const added = this.#added(made);
		const last = added ?? layers.at(-1);
		return last && this.lastStepOfModule({ ...made, node: last });
	}

	/** The layers that a Sequential is made with; undefined where the last one is hidden behind a star. */
	#layersOf(call: Call): readonly SyntaxNode[] | undefined {
		let list = call.list.filter(({ name }) => name === null);
		if (list.at(-1)?.stars) return undefined;
		const named =
			optionOf(call, "layers") ?? call.list.find(({ name }) => name && this.#code.textOf(name) === "layers")?.value;
		let inner = named ? unwrap(named) : list.length === 1 ? unwrap(list[0]!.value) : undefined;
		const ordered = inner && callOf(inner, call.place);
		if (ordered && /OrderedDict$/.test(this.#code.textOf(ordered.callee)) && ordered.list[0]) {
			inner = unwrap(ordered.list[0].value);
		}
		if (inner?.name === "ArrayExpression") {
			const last = inner.kids.at(-2);
			if (last && inner.kids.at(-3)?.name === "*") return undefined;
			return elementsOf(inner)
				.filter(({ name }) => name !== ",")
				.map((element) => (element.name === "TupleExpression" ? elementsOf(element).at(-1)! : element));
		}
		if (list.some(({ stars }) => stars > 0)) list = list.slice(list.findLastIndex(({ stars }) => stars > 0) + 1);
		return list.map(({ value }) => value);
	}

	/** What the last of `model.add(…)` adds, in the order of the text, to the variable that a Sequential is bound to. */
	#added(made: At): SyntaxNode | undefined {
		const statement = made.node.parent;
		const target = statement?.name === "AssignStatement" ? statement.kids[0] : undefined;
		if (target?.name !== "VariableName") return undefined;
		const name = this.#code.textOf(target);
		const adds = this.#code.calls.filter(({ callee, place }) => {
			const member = attributeParts(callee);
			return (
				member?.object.name === "VariableName" &&
				this.#code.textOf(member.object) === name &&
				this.#code.textOf(member.property) === "add" &&
				place.scope === made.place.scope
			);
		});
		const last = adds.at(-1);
		return last?.list[0]?.name === null ? last.list[0].value : undefined;
	}

	#ofObject(owner: CodeClass, part?: Part): LastStep | undefined {
		for (const name of COMPUTES) {
			const method = this.#code.resolver.resolveAttribute(owner, name)?.value;
			if (method?.kind === "function") return this.#ofReturns(method.function, new Map(), part);
		}
		return undefined;
	}

	/** The last step of all that a function returns, or of one of the values that it returns together. */
	#ofReturns(of: CodeFunction, context: Context, part?: Part): LastStep | undefined {
		if (!of.body) return undefined;
		if (of.node.name === "LambdaExpression") {
			const place = { scope: of.scope, block: of.scope.body };
			return part ? undefined : this.lastStep({ node: of.body, place, context });
		}
		return agree(returnedBy(of.body), (values) => {
			const node = part ? partOf(values, part) : values.length === 1 ? values[0] : undefined;
			return node && this.lastStep({ node, place: this.#code.placeIn(of.scope, node), context });
		});
	}

	#deeper<T>(follow: () => T | undefined): T | undefined {
		if (this.#depth >= DEEPEST) return undefined;
		this.#depth++;
		try {
			return follow();
		} finally {
			this.#depth--;
		}
	}
}

function sinceBy(word: string): LastStep["since"] | undefined {
	return MOVES.test(word) ? "moved" : TAKES.test(word) ? "taken" : undefined;
}

function after(step: LastStep | undefined, since: LastStep["since"]): LastStep | undefined {
	if (since === "nothing" || step?.since === "taken") return step;
	return step && { ...step, since };
}

/** Whether a call of the class runs a function. */
function isMaker({ name }: CodeFunction): boolean {
	return name === "__init__";
}

/** The calls that led to where a name is bound; an attribute may have been set by others. */
function contextOfBindings({ node, context }: At): Context {
	return node.name === "VariableName" ? context : new Map();
}

const INPUT_NAMES = ["input", "x", "logits", "inputs", "features"];

function stepOf({ activation, kind }: LibraryEntry, node: SyntaxNode, call: Call, input: At | null): LastStep {
	return { activation, kind: kind === "module" ? "module" : "function", node, call, input, since: "nothing" };
}

/** An option that a call gives in a table, as those of TensorFlow.js take them: `{ units: 4, activation: "elu" }`. */
function optionOf({ list: [options] }: Call, name: string): SyntaxNode | undefined {
	const items = options?.value.name === "DictionaryExpression" ? itemsOf(options.value) : undefined;
	return items?.find(({ key }) => key === name)?.value;
}

/** The last step that all have; the first's place. */
function agree<T>(ways: readonly T[], follow: (way: T) => LastStep | undefined): LastStep | undefined {
	const steps: LastStep[] = [];
	for (const way of ways) {
		const step = follow(way);
		if (!step) return undefined;
		steps.push(step);
	}
	return common(steps);
}

function common(steps: readonly LastStep[] | undefined): LastStep | undefined {
	const [first] = steps ?? [];
	return steps?.every(({ activation }) => activation === first!.activation) ? first : undefined;
}

/** The function in whose body a place lies. */
export function functionAround({ scope }: Place): CodeFunction | null {
	for (let around: Place["scope"] | null = scope; around; around = around.parent) {
		if (around.function) return around.function;
	}
	return null;
}

/** Which of several values it is, and of how many where that is known. */
interface Part {
	readonly at: number;
	readonly count: number | null;
}

/** The value of several that a part is; undefined where there are not as many, or it is not known how many. */
function partOf(values: readonly SyntaxNode[], { at, count }: Part): SyntaxNode | undefined {
	const [only] = values;
	const own = values.length === 1 && only!.name === "TupleExpression" ? elementsOf(only!) : values;
	if (own.some(({ name }) => name === "*")) return undefined;
	return (count === null ? own.length > 1 : own.length === count) ? own[at] : undefined;
}

const returned = new WeakMap<SyntaxNode, readonly (readonly SyntaxNode[])[]>();

/** What the `return`s of a function's body give, in the order of the text: a value, several, or none. */
function returnedBy(body: SyntaxNode): readonly (readonly SyntaxNode[])[] {
	const known = returned.get(body) ?? findReturned(body);
	returned.set(body, known);
	return known;
}

function findReturned(body: SyntaxNode): readonly (readonly SyntaxNode[])[] {
	const found: (readonly SyntaxNode[])[] = [];
	const stack = [body];
	for (let node = stack.pop(); node; node = stack.pop()) {
		if (/^(FunctionDefinition|ClassDefinition|LambdaExpression)$/.test(node.name)) continue;
		if (node.name === "ReturnStatement") {
			found.push(elementsOf(node).slice(1));
		} else for (let i = node.kids.length - 1; i >= 0; i--) stack.push(node.kids[i]!);
	}
	return found;
}
