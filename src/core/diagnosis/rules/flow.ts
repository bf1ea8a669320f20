import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { canonicalName, kerasName, resolveName } from "../../activations/libraries/resolve.ts";
import { itemsOf } from "../../reading/code/collections.ts";
import { mentionOf } from "../../reading/code/lookups.ts";
import { changesOf, siteName } from "../../reading/code/mayChange.ts";
import { attributeParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import { type Binding, type CodeClass, type CodeFunction, elementsOf, type Place } from "../../reading/code/scope.ts";
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
}

/** Values are followed through this many names and calls. */
const DEEPEST = 24;
/** Ways into a function that are looked at. */
const MOST_CONTEXTS = 24;

/** Methods of a tensor or a module that leave its values as they are, as far as a loss sees them. */
const SAME_VALUES =
	/^(to|cuda|cpu|float|double|half|bfloat16|type|eval|train|contiguous|squeeze|unsqueeze|view|reshape|flatten|clone|requires_grad_|share_memory|apply|compile|type_as)$/;
const SAME_VALUES_FUNCTION =
	/^(torch\.(squeeze|unsqueeze|reshape|flatten|compile|jit\.(script|trace))|torch\.nn\.(DataParallel|parallel\.DistributedDataParallel)|tensorflow\.(identity|reshape|squeeze)|jax\.numpy\.(squeeze|reshape))$/;
const SEQUENTIAL = /^((torch\.nn|keras(\.models)?)\.Sequential|tfjs\.sequential)$/;
const FUNCTIONAL_MODEL = /^keras\.(models\.)?Model$/;
/** What computes, by the library that made the class. */
const COMPUTES = ["forward", "call", "__call__"];

/** Follows values through variables, attributes, functions and modules of a file. Where two ways differ it gives up. */
export class Flow {
	readonly #code: CodeUnderRules;
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
			const bound = this.#isChanged(at) ? undefined : this.#only(this.#bindingsOf(node, place), contextOfBindings(at));
			return bound ? this.source(bound) : at;
		}
		const call = callOf(node, place);
		if (call) {
			const kept = this.#keptBy(call);
			if (kept) return this.source({ ...at, node: kept });
		}
		return at;
	}

	/** The class of a model that a call computes with weights that it is given, as Flax has it: `model.apply(variables, x)`. */
	#appliedBy({ callee, list, place }: Call): CodeClass | undefined {
		const member = attributeParts(callee);
		// PyTorch's has one argument, a function.
		if (!member || this.#code.textOf(member.property) !== "apply" || list.length < 2) return undefined;
		const owner = this.#code.resolver.resolveValue(member.object, place);
		return owner?.kind === "object" ? owner.class : undefined;
	}

	/** What a call leaves as it is: `model` of `model.to(device)`. */
	#keptBy(call: Call): SyntaxNode | undefined {
		const member = attributeParts(call.callee);
		if (member && SAME_VALUES.test(this.#code.textOf(member.property))) {
			const owner = this.#code.resolver.resolveValue(member.object, call.place);
			if (owner?.kind !== "name") return member.object;
		}
		const name = this.#code.nameOf(call.callee, call.place);
		const first = call.list[0];
		return name && SAME_VALUES_FUNCTION.test(canonicalName(name)) && first?.name === null ? first.value : undefined;
	}

	/** The one expression that bindings can stand for. */
	#only(bindings: readonly Binding[], context: Context): At | undefined {
		const [binding] = bindings;
		if (bindings.length !== 1 || !binding) return undefined;
		if (binding.what.kind === "value") return { node: binding.what.node, place: binding, context };
		const owner = binding.scope.function;
		if (binding.what.kind !== "unknown" || !owner || binding.at !== owner.node.from) return undefined;
		return this.#parameter(owner, binding, context);
	}

	#parameter(owner: CodeFunction, binding: Binding, context: Context): At | undefined {
		const call = context.get(owner);
		const position = owner.parameters.findIndex(({ name }) => owner.scope.names.get(name)?.includes(binding));
		const parameter = owner.parameters[position];
		if (!call || !parameter || parameter.stars > 0) return undefined;
		const isMethod = owner.class !== null && attributeParts(call.callee) !== undefined;
		const given = argumentOf(
			call.list,
			parameter.keywordOnly ? null : position - (isMethod ? 1 : 0),
			[parameter.name],
			(node) => this.#code.textOf(node),
		);
		// The argument is an expression of the caller, whose own parameters the same context tells.
		return given && { node: given, place: call.place, context };
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
	 * `p.clamp_(1e-8)`, `p[0] = 1`, `n.append(layer)`.
	 */
	#isChanged({ node, place }: At): boolean {
		const name = siteName(node);
		if (name === undefined) return false;
		return this.#bindingsOf(node, place).some((binding) => {
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
			for (const site of changesOf(name, resolver, from, to)) {
				if (this.#bindingsOf(site.node, site).includes(binding)) return true;
			}
			return false;
		});
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
		const { node, place } = at;
		switch (node.name) {
			case "VariableName":
			case "MemberExpression":
				if (this.#isChanged(at)) return undefined;
				return agree(this.#bindingsOf(node, place), (binding) => {
					if (binding.what.kind === "part") return this.#ofPart(binding.what, binding, contextOfBindings(at));
					const bound = this.#only([binding], contextOfBindings(at));
					return bound && this.lastStep(bound);
				});
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
		const isTfjs = this.#code.resolver.language.tensor === "tfjs";
		if (isTfjs && member && /^(predict|apply)$/.test(this.#code.textOf(member.property)))
			return this.lastStepOfModule({ ...at, node: member.object });
		const applied = this.#appliedBy(call);
		if (applied) return this.#ofObject(applied);
		const kept = this.#keptBy(call);
		if (kept) return this.lastStep({ ...at, node: kept });
		const inputAt = (position: number): At | null => {
			const found = argumentOf(call.list, position, INPUT_NAMES, (node) => this.#code.textOf(node));
			return found ? { node: found, place, context } : null;
		};
		if (member) {
			const method = this.#code.useAt(member.property);
			if (method?.kind === "method" && method.activation) {
				const { activation } = method;
				return { activation, kind: "method", node: member.property, call, input: { ...at, node: member.object } };
			}
		}
		if (this.#isChanged({ ...at, node: call.callee })) return undefined;
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

	/** The last step of one of the values that a call gives together. */
	#ofPart(part: Part, place: Place, context: Context): LastStep | undefined {
		const made = this.source({ node: part.of, place, context });
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
		return { activation: use.activation, kind: "string", node: unwrap(given), call: null, input: null };
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

/** The calls that led to where a name is bound; an attribute may have been set by others. */
function contextOfBindings({ node, context }: At): Context {
	return node.name === "VariableName" ? context : new Map();
}

const INPUT_NAMES = ["input", "x", "logits", "inputs", "features"];

function stepOf({ activation, kind }: LibraryEntry, node: SyntaxNode, call: Call, input: At | null): LastStep {
	return { activation, kind: kind === "module" ? "module" : "function", node, call, input };
}

/** An option that a call gives in a table, as those of TensorFlow.js take them: `{ units: 4, activation: "elu" }`. */
function optionOf({ list: [options] }: Call, name: string): SyntaxNode | undefined {
	const items = options?.value.name === "DictionaryExpression" ? itemsOf(options.value) : undefined;
	return items?.find(({ key }) => key === name)?.value;
}

/** The last step that all have; the first's place. */
function agree<T>(ways: readonly T[], follow: (way: T) => LastStep | undefined): LastStep | undefined {
	let common: LastStep | undefined;
	for (const way of ways) {
		const step = follow(way);
		if (!step || (common && common.activation !== step.activation)) return undefined;
		common ??= step;
	}
	return common;
}

/** The function in whose body a place lies. */
export function functionAround({ scope }: Place): CodeFunction | null {
	for (let around: Place["scope"] | null = scope; around; around = around.parent) {
		if (around.function) return around.function;
	}
	return null;
}

type Part = Extract<Binding["what"], { kind: "part" }>;

/** The value of several that a part is; undefined where there are not as many, or it is not known how many. */
function partOf(values: readonly SyntaxNode[], { at, count }: Part): SyntaxNode | undefined {
	const [only] = values;
	const own = values.length === 1 && only!.name === "TupleExpression" ? elementsOf(only!) : values;
	return own.length === count && !own.some(({ name }) => name === "*") ? own[at] : undefined;
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
