import type { Expression } from "../../../expression/expression.ts";
import type { Span } from "../../../span.ts";
import { type CallArgument, type SyntaxNode, unwrap } from "../node.ts";
import type { Resolver } from "../resolver.ts";
import type { CodeFunction } from "../scope.ts";
import { NotUnderstood } from "./notUnderstood.ts";
import { type Reduction, Reductions } from "./reductions.ts";
import { type Environment, number, type Term } from "./term.ts";
import { LibrariesCalled, WritingNotes } from "./writing.ts";

/** Expressions that compute something each time they are run. */
const COMPUTES: ReadonlySet<string> = new Set(["UnaryExpression", "BinaryExpression", "CallExpression"]);

/** Expressions and calls nested deeper than this are not read; the limit keeps the stack from overflowing. */
export const MAX_DEPTH = 250;
/** Bodies with more steps (those of inlined functions included) are not read. */
const MAX_STEPS = 20_000;

/** A parameter of a hand-written activation: its default, and whether it is trained. */
export interface CodeParameter {
	readonly name: string;
	readonly default: number;
	readonly trainable: boolean;
}

/** The two ways in which everything that is read comes back to everything else, while imports go one way. */
export interface Interpreter {
	/** What an expression stands for. */
	readonly read: (ctx: Context, node: SyntaxNode, environment: Environment) => Term;
	/** What a call of something gives; `node` is the call, `level` that of the names inside. */
	readonly apply: (
		ctx: Context,
		callee: Term,
		list: readonly CallArgument[],
		node: SyntaxNode,
		environment: Environment,
		level: number,
	) => Term;
}

/** What is known, noted and spent while one body is read, with all that it calls. */
export class Context {
	readonly resolver: Resolver;
	/** The function that is translated. */
	readonly definition: CodeFunction;
	/** Where in its text an expression comes from. */
	readonly origins = new Map<Expression, Span>();
	/** What the expression may depend on beside its input. */
	readonly parameters = new Map<string, CodeParameter>();
	readonly reductions = new Reductions();
	readonly writing = new WritingNotes();
	readonly libraries = new LibrariesCalled();
	/** The functions that are being read, each called by the one before it. */
	readonly calls: CodeFunction[] = [];
	/** Which elements are assigned, while what they become is read; "any" where it is to be seen which are picked. */
	mask: Expression | "any" | null = null;
	/** Where the first reduction stands. */
	reductionAt: SyntaxNode | null = null;
	transposedAt: SyntaxNode | null = null;
	/** What was changed in place, as its other names still have it. */
	readonly changed = new WeakSet<Term>();
	/** Arrays and lists of which elements were changed, which no other name may have. */
	readonly stored = new WeakSet<Term>();
	/** Where what was changed is used. */
	staleAt: SyntaxNode | null = null;
	/** Where a comparison is computed with, as `x * (x > 0)` does. */
	comparedAt: SyntaxNode | null = null;
	readonly #interpreter: Interpreter;
	#depth = 0;
	#steps = 0;

	constructor(resolver: Resolver, definition: CodeFunction, interpreter: Interpreter) {
		this.resolver = resolver;
		this.definition = definition;
		this.#interpreter = interpreter;
	}

	text(node: SyntaxNode): string {
		return this.resolver.textOf(node);
	}

	/** Whether a node is of the definition's own text: what it calls may be written in another file. */
	isOwn({ source }: SyntaxNode): boolean {
		return source === this.definition.node.source;
	}

	/** Notes where an expression comes from, if nothing before it gave the same. */
	at<E extends Expression>(expression: E, node: SyntaxNode): E {
		if (!this.isOwn(node)) return expression;
		if (!this.origins.has(expression)) this.origins.set(expression, { start: node.from, end: node.to });
		return expression;
	}

	declare(declared: CodeParameter, node: SyntaxNode): void {
		const known = this.parameters.get(declared.name);
		if (known && known.default !== declared.default)
			throw new NotUnderstood(`two parameters named ${declared.name}`, node);
		this.parameters.set(declared.name, declared);
	}

	/** Whether the elements that are read are those that a mask picks, or may be. */
	picks(mask: Expression): boolean {
		if (this.mask === "any") this.mask = mask;
		return this.mask === mask;
	}

	/** Reads with a mask, or without. */
	within<T>(mask: Expression | "any" | null, read: () => T): T {
		const before = this.mask;
		this.mask = mask;
		try {
			return read();
		} finally {
			this.mask = before;
		}
	}

	/** A symbol for a reduction of the whole input. */
	reduction(kind: Reduction, of: Expression, node: SyntaxNode): Term {
		this.reductionAt ??= node;
		return number(this.reductions.symbol(kind, of));
	}

	step(node: SyntaxNode): void {
		if (++this.#steps > MAX_STEPS) throw new NotUnderstood("too long a body", node);
	}

	deeper<T>(node: SyntaxNode, read: () => T): T {
		if (++this.#depth > MAX_DEPTH) throw new NotUnderstood("nesting too deep", node);
		try {
			return read();
		} finally {
			this.#depth--;
		}
	}

	/** What an expression stands for, counted and noted. */
	term(node: SyntaxNode, environment: Environment): Term {
		this.step(node);
		return this.deeper(node, () => {
			const inner = unwrap(node);
			const start = this.writing.length;
			const term = this.#interpreter.read(this, inner, environment);
			if (term.kind === "number") {
				this.at(term.e, node);
				if (COMPUTES.has(inner.name)) this.writing.compute(term.e, start);
			}
			return term;
		});
	}

	/** What a call of something gives; `node` is the call. */
	apply(callee: Term, list: readonly CallArgument[], node: SyntaxNode, environment: Environment): Term {
		return this.#interpreter.apply(this, callee, list, node, environment, environment.level);
	}

	/** What a call of something gives for each element of its arguments. */
	applyToEach(callee: Term, list: readonly CallArgument[], node: SyntaxNode, environment: Environment): Term {
		this.writing.takeElements();
		return this.#interpreter.apply(this, callee, list, node, environment, environment.level + 1);
	}
}
