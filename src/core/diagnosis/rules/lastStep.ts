import type { LibraryEntry } from "../../activations/libraries/entry.ts";
import { kerasName, resolveName } from "../../activations/libraries/resolve.ts";
import { itemsOf } from "../../reading/code/collections.ts";
import { constantNumber } from "../../reading/code/constants.ts";
import { attributeParts, type SyntaxNode, subscriptParts, unwrap } from "../../reading/code/node.ts";
import { type CodeClass, type CodeFunction, elementsOf } from "../../reading/code/scope.ts";
import { argumentOf, type Call, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import { type At, type Context, type Part, returnedBy, type Since } from "./flow.ts";

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
	/** What was done to its values since. */
	readonly since: Since;
}

/** What draws an index by probabilities. */
const DRAWS = /(^|\.)(multinomial|categorical|sample|choice)$/;
const SEQUENTIAL = /^((torch\.nn|keras(\.models)?)\.Sequential|tfjs\.sequential)$/;
const FUNCTIONAL_MODEL = /^keras\.(models\.)?Model$/;
/** What computes, by the library that made the class. */
const COMPUTES = ["forward", "call", "__call__"];

/** Finds the activations that values of a file come from last. */
export class LastSteps {
	readonly #code: CodeUnderRules;

	constructor(code: CodeUnderRules) {
		this.#code = code;
	}

	/** The activation that a value comes from last; undefined where it is none, or not certain on every way. */
	of(at: At): LastStep | undefined {
		return this.#code.flow.deeper(() => this.#stepOf({ ...at, node: unwrap(at.node) }));
	}

	#stepOf(at: At): LastStep | undefined {
		const { node } = at;
		switch (node.name) {
			case "VariableName":
			case "MemberExpression":
				if (node.kids[1]?.name === "[") return this.#ofItem(at);
				if (this.#code.flow.isChanged(at)) return undefined;
				return common(this.#code.flow.onEachWay(at, (way) => (way.part ? this.#ofPart(way, way.part) : this.of(way))));
			case "ConditionalExpression":
				return agree([node.kids[0], node.kids[4]], (kid) => kid && this.of({ ...at, node: kid }));
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
			return this.ofModule({ ...at, node: member.object });
		const applied = this.#appliedBy(call);
		if (applied) return this.#ofObject(applied);
		const kept = this.#code.flow.keptBy(call);
		if (kept && call.list.some(({ value }) => this.#isDrawn({ ...at, node: value }))) return undefined;
		if (kept) return after(this.of({ ...at, node: kept.of }), kept.since);
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
		if (this.#code.flow.isChanged({ ...at, node: call.callee })) return undefined;
		const value = this.#code.resolver.resolveValue(call.callee, place);
		switch (value?.kind) {
			case "name": {
				const entry = resolveName(value.name);
				return entry?.kind === "function" ? stepOf(entry, call.callee, call, inputAt(0)) : undefined;
			}
			case "activation": {
				const step = this.ofModule({ ...at, node: call.callee });
				return step && { ...step, input: inputAt(0) };
			}
			case "function":
				return this.#ofReturns(value.function, new Map([...context, [value.function, call]]));
			case "self":
			case "object":
				return this.#ofObject(value.class);
		}
		const step = this.ofModule({ ...at, node: call.callee });
		return step && (step.input ? step : { ...step, input: inputAt(0) });
	}

	/** Whether an index is drawn at random: by the probabilities, as a rule, and then none that it takes is 0. */
	#isDrawn(index: At): boolean {
		const made = this.#code.flow.source(index);
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
		return part ?? after(this.of(of), "taken");
	}

	/** The last step of one of the values that a call gives together. */
	#ofPart(of: At, part: Part): LastStep | undefined {
		const made = this.#code.flow.source(of);
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
	ofModule(at: At): LastStep | undefined {
		return this.#code.flow.deeper(() => {
			const made = this.#code.flow.source(at);
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
				return outputs && this.of({ ...made, node: outputs });
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
		return last && this.ofModule({ ...made, node: last });
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
			return part ? undefined : this.of({ node: of.body, place, context });
		}
		return agree(returnedBy(of.body), (values) => {
			const node = part ? partOf(values, part) : values.length === 1 ? values[0] : undefined;
			return node && this.of({ node, place: this.#code.placeIn(of.scope, node), context });
		});
	}

	/** The class of a model that a call computes with weights that it is given, as Flax has it: `model.apply(variables, x)`. */
	#appliedBy({ callee, list, place }: Call): CodeClass | undefined {
		const member = attributeParts(callee);
		// PyTorch's has one argument, a function.
		if (!member || this.#code.textOf(member.property) !== "apply" || list.length < 2) return undefined;
		const owner = this.#code.resolver.resolveValue(member.object, place);
		return owner?.kind === "object" ? owner.class : undefined;
	}
}

function after(step: LastStep | undefined, since: LastStep["since"]): LastStep | undefined {
	if (since === "nothing" || step?.since === "taken") return step;
	return step && { ...step, since };
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

/** The value of several that a part is; undefined where there are not as many, or it is not known how many. */
function partOf(values: readonly SyntaxNode[], { at, count }: Part): SyntaxNode | undefined {
	const [only] = values;
	const own = values.length === 1 && only!.name === "TupleExpression" ? elementsOf(only!) : values;
	if (own.some(({ name }) => name === "*")) return undefined;
	return (count === null ? own.length > 1 : own.length === count) ? own[at] : undefined;
}
