import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { statementsOf } from "./bodies.ts";
import { withoutInput } from "./callParameters.ts";
import { tableTaking } from "./libraryStrings.ts";
import { Making } from "./making.ts";
import { argumentsOf, assignmentParts, type CallArgument, callParts, type SyntaxNode, textOf, unwrap } from "./node.ts";
import type { Resolver } from "./resolver.ts";
import type { CodeClass, CodeFunction, Place } from "./scope.ts";
import { agree, type Value } from "./value.ts";

/** More statements and expressions are not looked through for one text. */
const MOST_STEPS = 2000;

/**
 * The activation that becomes of a text which a call of a function or class of the workspace is given, or that one of its
 * parameters has by default: what its body makes by it, or another that it hands the text to. Undefined if that is not
 * known, or more than one.
 */
export function madeOfText(
	text: SyntaxNode,
	of: CodeFunction | CodeClass,
	list: readonly CallArgument[],
	place: Place,
	resolver: Resolver,
): Value | undefined {
	const search = new TextSearch(text, resolver);
	const making = new Making({ resolver, chosenBy: new Set(), steps: 0 }, place);
	search.enter(of, list, making);
	return making.isExhausted ? undefined : agree(search.found);
}

/** The function that runs when something is called; of a class its constructor, or the one that it inherits. */
export function calledFunction(of: CodeFunction | CodeClass, resolver: Resolver): CodeFunction | undefined {
	if (!("attributes" in of)) return of;
	let owner: CodeClass | undefined = of;
	for (let i = 0; owner && i < 20; i++) {
		const made = resolver.attributeBindings(owner, "__init__")?.at(-1)?.what;
		if (made) return made.kind === "function" ? made.function : undefined;
		owner = resolver.firstBase(owner);
	}
	return undefined;
}

class TextSearch {
	/** What the text becomes, wherever it is used. */
	readonly found: (Value | undefined)[] = [];
	readonly #text: SyntaxNode;
	readonly #resolver: Resolver;
	#steps = 0;

	constructor(text: SyntaxNode, resolver: Resolver) {
		this.#text = text;
		this.#resolver = resolver;
	}

	/** Looks through what a call of something runs. */
	enter(of: CodeFunction | CodeClass, list: readonly CallArgument[], from: Making): void {
		const called = calledFunction(of, this.#resolver);
		const inside = called?.body && from.entering(called, list);
		// Of what is called deeper nothing is known.
		if (called?.body && !inside) this.found.push(undefined);
		if (!called?.body || !inside) return;
		if (called.body.name === "Body") this.#run(statementsOf(called.body), inside, false, called);
		else this.#look(called.body, inside, false, called);
	}

	/** `isChosen` says whether it is the text that chose this way. True if control does not come out of the end. */
	#run(statements: readonly SyntaxNode[], making: Making, isChosen: boolean, within: CodeFunction): boolean {
		for (const statement of statements) {
			this.#steps++;
			switch (statement.name) {
				case "IfStatement":
				case "MatchStatement":
					if (this.#runArms(statement, making, isChosen, within)) return true;
					break;
				case "ForStatement":
				case "WhileStatement":
				case "TryStatement":
				case "WithStatement":
					making.forget(assignedIn(statement));
					for (const kid of statement.kids) {
						if (kid.name === "Body") this.#run(statementsOf(kid), making, isChosen, within);
						else this.#look(kid, making, isChosen, within);
					}
					making.forget(assignedIn(statement));
					break;
				case "AssignStatement":
					for (const value of assignmentParts(statement).values) this.#look(value, making, isChosen, within);
					making.assign(statement);
					break;
				case "ReturnStatement":
					this.#look(statement, making, isChosen, within);
					return true;
				case "RaiseStatement":
				case "BreakStatement":
				case "ContinueStatement":
					return true;
				case "FunctionDefinition":
				case "ClassDefinition":
				case "AssertStatement":
					break;
				default:
					this.#look(statement, making, isChosen, within);
			}
		}
		return false;
	}

	#runArms(statement: SyntaxNode, making: Making, isChosen: boolean, within: CodeFunction): boolean {
		let isByText = isChosen;
		let isOpen = false;
		for (const { truth: truthOf, statements } of making.armsOf(statement)) {
			const [truth, byText] = making.choosing(this.#text, truthOf);
			isByText ||= byText;
			if (truth === false) continue;
			const isEnd = this.#run(statements, making, isByText, within);
			if (truth && !isOpen) return isEnd;
			isOpen = true;
			making.forget(assignedIn(statement));
			if (truth) break;
		}
		return false;
	}

	/** Looks through an expression for what the text makes, from the outermost call on. */
	#look(expression: SyntaxNode, making: Making, isChosen: boolean, within: CodeFunction): void {
		const node = unwrap(expression);
		if (++this.#steps > MOST_STEPS) {
			this.found.push(undefined);
			return;
		}
		if (node.name === "ConditionalExpression") {
			const [then, , condition, , otherwise] = node.kids;
			if (!then || !condition || !otherwise) return;
			const [truth, byText] = making.choosing(this.#text, () => making.truthOf(condition));
			if (truth !== false) this.#look(then, making, isChosen || byText, within);
			if (truth !== true) this.#look(otherwise, making, isChosen || byText, within);
			return;
		}
		if (/^(CallExpression|MemberExpression)$/.test(node.name)) {
			const [value, byText] = making.choosing(this.#text, () => making.valueOf(node));
			const made = value && (byText ? isLasting(value) : isChosen && isActivation(value)) ? value : undefined;
			const used = made ?? (isChosen ? this.#applied(node, making) : undefined);
			if (used) this.found.push(used);
			if (used) return;
			if (node.name === "CallExpression") this.#follow(node, making, within);
		}
		for (const kid of node.kids) this.#look(kid, making, isChosen, within);
	}

	/** The activation that a call applies: `F.leaky_relu(x, 0.2)`. */
	#applied(call: SyntaxNode, making: Making): Value | undefined {
		const parts = callParts(call);
		const callee = parts && making.valueOf(parts.callee);
		const entry = callee?.kind === "name" ? resolveName(callee.name) : undefined;
		if (!parts || entry?.kind !== "function") return undefined;
		return making.bound(entry, withoutInput(argumentsOf(parts.list)));
	}

	/** Goes on where a call hands the text to another function or class, or to a library's that looks it up. */
	#follow(call: SyntaxNode, making: Making, within: CodeFunction): void {
		const parts = callParts(call);
		if (!parts) return;
		const list = argumentsOf(parts.list);
		const terms = list.map(({ value, stars }) => (stars === 0 ? making.term(value) : undefined));
		const at = terms.findIndex((term) => term?.kind === "text" && term.givenAt === this.#text);
		const term = terms[at];
		if (term?.kind !== "text") return;
		const base = isSuperInit(parts.callee) && within.class ? this.#resolver.firstBase(within.class) : undefined;
		const callee = base ? undefined : making.valueOf(parts.callee);
		const library = callee?.kind === "name" ? tableTaking(canonicalName(callee.name), list, at, term.text) : undefined;
		if (library) this.found.push(this.#resolver.fromString(library, term.text, false));
		const target =
			base ?? (callee?.kind === "class" ? callee.class : callee?.kind === "function" ? callee.function : undefined);
		if (target) this.enter(target, list, making);
	}
}

function isActivation(value: Value): boolean {
	return value.kind === "activation" || (value.kind === "name" && resolveName(value.name) !== undefined);
}

/** Whether it is not made anew by each call, so that it may depend on other arguments. */
function isLasting(value: Value): boolean {
	if (value.kind === "function") return value.function.outer.scope.kind !== "function";
	return (
		isActivation(value) ||
		((value.kind === "class" || value.kind === "object") && value.class.outer.scope.kind !== "function")
	);
}

function isSuperInit(callee: SyntaxNode): boolean {
	return /^super\s*\(.*\)\s*\.\s*__init__$/s.test(textOf(callee));
}

/** The targets of all assignments in a statement. */
function assignedIn(statement: SyntaxNode): SyntaxNode[] {
	const own =
		statement.name === "AssignStatement"
			? assignmentParts(statement).targets.flat()
			: statement.name === "ForStatement"
				? statement.kids.slice(
						1,
						statement.kids.findIndex(({ name }) => name === "in"),
					)
				: [];
	return [...own, ...statement.kids.flatMap(assignedIn)];
}
