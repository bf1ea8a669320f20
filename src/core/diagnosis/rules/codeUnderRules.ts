import type { ReadCode } from "../../reading/code/codeReading.ts";
import { attributeParts, type SyntaxNode, textOf } from "../../reading/code/node.ts";
import type { Resolver } from "../../reading/code/resolver.ts";
import type { CodeFunction, Place, Scope, Scopes, Site } from "../../reading/code/scope.ts";
import type { ActivationUse } from "../../reading/use.ts";
import type { Translate } from "../../texts.ts";
import { type Call, callOf } from "./call.ts";
import { Flow } from "./flow.ts";

/** A file as the rules look at it; what several of them ask for is found once. */
export class CodeUnderRules {
	readonly read: ReadCode;
	readonly resolver: Resolver;
	readonly flow: Flow;
	readonly #byName = new Map<string, Call[]>();
	readonly #usesAt: ReadonlyMap<number, ActivationUse>;
	readonly #names = new Map<SyntaxNode, string | null>();
	#callsTo: Map<CodeFunction, Call[]> | undefined;

	/** Puts the rules' sentences into the user's language. */
	readonly t: Translate;

	constructor(read: ReadCode, t: Translate) {
		this.t = t;
		this.read = read;
		this.resolver = read.resolver;
		const aliases = aliasesIn(read);
		for (const part of this.inParts(callsByWord)) {
			for (const [word, calls] of part) {
				const name = aliases.get(word) ?? word;
				const known = this.#byName.get(name);
				if (known) known.push(...calls);
				else this.#byName.set(name, [...calls]);
			}
		}
		this.#usesAt = new Map(read.uses.map((use) => [use.span.start, use]));
		this.flow = new Flow(this);
	}

	get calls(): readonly Call[] {
		return this.inParts(callsIn).flat();
	}

	/** What `find` finds in each part of the file, which is remembered until the part changes: it may look at nothing else. */
	inParts<T>(find: (part: Scopes) => T): T[] {
		const known = (found.get(find) ?? new WeakMap()) as WeakMap<Scopes, T>; // As it was put there by this line.
		found.set(find, known);
		const { scopes } = this.resolver;
		return (scopes.parts ?? [scopes]).map((part) => {
			const before = known.get(part);
			if (before !== undefined) return before;
			const now = find(part);
			known.set(part, now);
			return now;
		});
	}

	/** The calls of what has one of the names, whatever it is: the last part of a dotted one, as its library has it. */
	callsNamed(names: Iterable<string>): readonly Call[] {
		return [...names].flatMap((name) => this.#byName.get(name) ?? []);
	}

	/** The full dotted name, as the library has it, of what is called; null for what is no library's. */
	nameOf(callee: SyntaxNode, place: Place): string | null {
		const known = this.#names.get(callee);
		if (known !== undefined) return known;
		const value = this.resolver.resolveValue(callee, place);
		const name = value?.kind === "name" ? value.name : null;
		this.#names.set(callee, name);
		return name;
	}

	/** Where an expression stands: where the first name in it does, of those in `scope` if that is known. */
	placeIn(scope: Scope | null, node: SyntaxNode): Place {
		const { sites } = (scope ? this.resolver.of(scope) : this.resolver).scopes;
		let [low, high] = [0, sites.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (sites[middle]!.node.from < node.from) low = middle + 1;
			else high = middle;
		}
		for (let site = sites[low]; site && site.node.from < node.to; site = sites[++low]) {
			if (scope === null || site.scope === scope) return site;
		}
		const around = scope ?? this.resolver.scopes.module;
		return { scope: around, block: around.body };
	}

	/** The activation read at a name, a method or a string of the file. */
	useAt(node: SyntaxNode): ActivationUse | undefined {
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

	/** The calls of a function of the file, by its name or as a method. */
	callsTo(wanted: CodeFunction): readonly Call[] {
		if (!this.#callsTo) {
			this.#callsTo = new Map();
			const names = new Set(this.resolver.scopes.functions.map(({ name }) => name));
			for (const call of this.callsNamed(names)) {
				const value = this.resolver.resolveValue(call.callee, call.place);
				if (value?.kind !== "function") continue;
				const known = this.#callsTo.get(value.function);
				if (known) known.push(call);
				else this.#callsTo.set(value.function, [call]);
			}
		}
		return this.#callsTo.get(wanted) ?? [];
	}
}

const found = new WeakMap<(part: Scopes) => unknown, WeakMap<Scopes, unknown>>();

function callsIn({ sites }: Scopes): readonly Call[] {
	return sites.flatMap(callsAt);
}

function callsByWord(part: Scopes): ReadonlyMap<string, readonly Call[]> {
	const calls = new Map<string, Call[]>();
	for (const call of callsIn(part)) {
		const word = textOf(attributeParts(call.callee)?.property ?? call.callee);
		const known = calls.get(word);
		if (known) known.push(call);
		else calls.set(word, [call]);
	}
	return calls;
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
