import { foundOnce } from "../../foundOnce.ts";
import type { FindInPart, ReadCode } from "../../reading/code/codeReading.ts";
import { attributeParts, type SyntaxNode, textOf } from "../../reading/code/node.ts";
import type { Resolver } from "../../reading/code/resolver.ts";
import {
	type CodeFunction,
	firstFrom,
	type Place,
	partsWithin,
	type Scope,
	type Scopes,
	type Site,
} from "../../reading/code/scope.ts";
import type { ActivationUse } from "../../reading/use.ts";
import type { Translate } from "../../texts.ts";
import { type Call, callOf } from "./call.ts";
import { Flow } from "./flow.ts";
import { LastSteps } from "./lastStep.ts";

/** A file as the rules look at it; what several of them ask for is found once. */
export class CodeUnderRules {
	readonly read: ReadCode;
	readonly resolver: Resolver;
	readonly flow: Flow;
	readonly lastSteps: LastSteps;
	readonly #aliases: ReadonlyMap<string, string>;
	#usesAt: ReadonlyMap<number, ActivationUse> | undefined;
	readonly #names = new Map<SyntaxNode, string | null>();
	#callsTo: Map<CodeFunction, Call[]> | undefined;

	/** Puts the rules' sentences into the user's language. */
	readonly t: Translate;

	constructor(read: ReadCode, t: Translate) {
		this.t = t;
		this.read = read;
		this.resolver = read.resolver;
		this.#aliases = aliasesIn(read);
		this.flow = new Flow(this);
		this.lastSteps = new LastSteps(this);
	}

	get calls(): readonly Call[] {
		return this.read.inParts(callsIn);
	}

	/**
	 * The calls of what has one of the names, whatever it is, in the order of the text: the last part of a dotted one, as
	 * its library has it. What is found is remembered by the set.
	 */
	callsNamed(names: ReadonlySet<string>): readonly Call[] {
		const renamed = new Set([...this.#aliases].flatMap(([word, name]) => (names.has(name) ? [word] : [])));
		const own: Call[] = [];
		for (const { call, word, name } of this.read.inParts(finderOf(names))) {
			if (this.#aliases.has(word)) continue;
			own.push(call);
			this.#names.set(call.callee, name);
		}
		if (renamed.size === 0) return own;
		return [...own, ...this.calls.filter((call) => renamed.has(wordOf(call)))].sort(
			(a, b) => a.node.from - b.node.from,
		);
	}

	/** The full dotted name, as the library has it, of what is called; null for what is no library's. */
	nameOf(callee: SyntaxNode, place: Place): string | null {
		const known = this.#names.get(callee);
		if (known !== undefined) return known;
		const name = libraryName(callee, place, this.resolver);
		this.#names.set(callee, name);
		return name;
	}

	/** Where an expression stands: where the first name in it does, of those in `scope` if that is known. */
	placeIn(scope: Scope | null, node: SyntaxNode): Place {
		const { scopes } = scope ? this.resolver.of(scope) : this.resolver;
		for (const { sites } of partsWithin(scopes, node.from, node.to)) {
			for (let i = firstFrom(sites, node.from); i < sites.length && sites[i]!.node.from < node.to; i++) {
				if (scope === null || sites[i]!.scope === scope) return sites[i]!;
			}
		}
		const around = scope ?? this.resolver.scopes.module;
		return { scope: around, block: around.body };
	}

	/** The activation read at a name, a method or a string of the file. */
	useAt(node: SyntaxNode): ActivationUse | undefined {
		this.#usesAt ??= new Map(this.read.uses.map((use) => [use.span.start, use]));
		const use = this.isHere(node) ? this.#usesAt.get(node.from) : undefined;
		return use && use.span.end === node.to ? use : undefined;
	}

	/** Whether a node is of this file, and not of one that it imports. */
	isHere(node: SyntaxNode): boolean {
		return node.source === this.read.root.source;
	}

	textOf(node: SyntaxNode): string {
		return this.resolver.textOf(node);
	}

	/** The calls of a function of the file, by its name or as a method; of a constructor those of its class. */
	callsTo(wanted: CodeFunction): readonly Call[] {
		if (!this.#callsTo) {
			this.#callsTo = new Map();
			const { functions, classes } = this.resolver.scopes;
			const names = new Set([...functions, ...classes].map(({ name }) => name));
			for (const { call, word, called } of this.read.inParts(functionCallsIn)) {
				if (!names.has(this.#aliases.get(word) ?? word)) continue;
				const known = this.#callsTo.get(called);
				if (known) known.push(call);
				else this.#callsTo.set(called, [call]);
			}
		}
		return this.#callsTo.get(wanted) ?? [];
	}
}

/** The calls in a part, found once: several rules look among them. */
const callsIn = foundOnce((part: Scopes): readonly Call[] => part.sites.flatMap(callsAt));

interface FunctionCall {
	readonly call: Call;
	readonly word: string;
	readonly called: CodeFunction;
}

/** The calls of functions of the code. */
function functionCallsIn(part: Scopes, resolver: Resolver): readonly FunctionCall[] {
	return callsIn(part).flatMap((call) => {
		const value = resolver.resolveValue(call.callee, call.place);
		const run = value?.kind === "class" ? resolver.resolveAttribute(value.class, "__init__")?.value : value;
		return run?.kind === "function" ? [{ call, word: wordOf(call), called: run.function }] : [];
	});
}

interface NamedCall {
	readonly call: Call;
	readonly word: string;
	/** The full dotted name of what is called; null for what is no library's. */
	readonly name: string | null;
}

const finders = new WeakMap<ReadonlySet<string>, FindInPart<NamedCall>>();

/** Finds the calls of what is written as one of the words: one function for each set, as what it finds is remembered by it. */
function finderOf(words: ReadonlySet<string>): FindInPart<NamedCall> {
	const known = finders.get(words) ?? ((part, resolver) => namedCallsIn(part, resolver, words));
	finders.set(words, known);
	return known;
}

function namedCallsIn(part: Scopes, resolver: Resolver, words: ReadonlySet<string>): readonly NamedCall[] {
	const found: NamedCall[] = [];
	for (const call of callsIn(part)) {
		const word = wordOf(call);
		if (words.has(word)) found.push({ call, word, name: libraryName(call.callee, call.place, resolver) });
	}
	return found;
}

function libraryName(callee: SyntaxNode, place: Place, resolver: Resolver): string | null {
	const value = resolver.resolveValue(callee, place);
	return value?.kind === "name" ? value.name : null;
}

/** The last word of what is called. */
function wordOf({ callee }: Call): string {
	return textOf(attributeParts(callee)?.property ?? callee);
}

/** The call of a name, and those of what calls give: of `nn.ReLU()(x)` both. */
function callsAt({ node, scope, block }: Site): Call[] {
	const calls: Call[] = [];
	let callee = node.name === "String" ? null : node;
	while (callee?.parent?.kids[0] === callee) {
		const call: Call | undefined = callOf(callee.parent, { scope, block });
		if (call) calls.push(call);
		callee = call ? callee.parent : null;
	}
	return calls;
}

/** What imports are called here, by what they are called there: `softmax` for `sm` of `import softmax as sm`. */
function aliasesIn({ resolver }: ReadCode): ReadonlyMap<string, string> {
	const aliases = new Map<string, string>();
	for (const [name, bindings] of resolver.scopes.module.names) {
		for (const { what } of bindings) {
			if (what.kind === "import" && !what.name.endsWith(name))
				aliases.set(name, what.name.slice(what.name.lastIndexOf(".") + 1));
		}
	}
	return aliases;
}
