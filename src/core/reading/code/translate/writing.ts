import type { Expression } from "../../../expression/expression.ts";
import type { Conversion, Spelling, Writing } from "../../use.ts";

/** How a number is written in Python: whole, or with a point or an exponent. */
export function numberSpelling(text: string): Spelling {
	return /^[\d_]+$|^0[xob]/i.test(text) ? "whole" : "fraction";
}

/** The type that the text of an argument means: "float32", `np.float32`, `x.dtype`. */
export function conversionTarget(text: string, isJavaScript: boolean): Conversion["target"] {
	const word = /([\w.]+?)['"]?$/.exec(text)?.[1] ?? "";
	if (/(^|\.)dtype$/.test(word)) return "input";
	switch (word.slice(word.lastIndexOf(".") + 1)) {
		case "float64":
		case "double":
			return "float64";
		case "float":
			// Python's float is 64 bits wide to NumPy, but `torch.float` is 32.
			return isJavaScript || word.startsWith("torch.") ? "float32" : "float64";
		case "float32":
			return "float32";
		case "float16":
		case "half":
			return "float16";
		case "bfloat16":
			return "bfloat16";
		default:
			return "unknown";
	}
}

/** What a body says of the types of its numbers, while it is read. */
export class WritingNotes {
	readonly #spellings = new Map<Expression, Set<Spelling>>();
	readonly #conversions: Conversion[] = [];
	readonly #inPlace: (readonly [Expression, Expression])[] = [];
	#isByElement = false;
	#isDetached = false;
	#isGraph = false;
	/** What functions of a library give for the input itself. */
	readonly #ofLibrary = new Set<Expression>();
	/** What was computed, in this order. */
	readonly #computed: Expression[] = [];

	note<E extends Expression>(e: E, ...spellings: readonly Spelling[]): E {
		const known = this.#spellings.get(e) ?? new Set();
		for (const spelling of spellings) known.add(spelling);
		this.#spellings.set(e, known);
		return e;
	}

	spellingsOf(e: Expression): ReadonlySet<Spelling> {
		return this.#spellings.get(e) ?? new Set();
	}

	/** `ofTruth` where truth values are converted, which every type holds. */
	convertTo(target: Conversion["target"], ofTruth: boolean): void {
		this.#conversions.push({ target, ofTruth });
	}

	changeInPlace(before: Expression, after: Expression): void {
		this.#inPlace.push([before, after]);
	}

	takeElements(): void {
		this.#isByElement = true;
	}

	detach(): void {
		this.#isDetached = true;
	}

	makeGraph(): void {
		this.#isGraph = true;
	}

	giveByLibrary(e: Expression): void {
		this.#ofLibrary.add(e);
	}

	/** How much was computed so far. */
	get length(): number {
		return this.#computed.length;
	}

	/** Notes that code was run since `start` and gave `e`: it computed that at its end, or has it from another call's end. */
	compute(e: Expression, start: number): void {
		const isPassedOn = this.#computed.length > start && this.#computed.at(-1) === e;
		if (!isPassedOn) this.#computed.push(e);
	}

	of(expression: Expression): Writing {
		const once = new Set<Expression>();
		const repeated = new Set<Expression>();
		for (const e of this.#computed) (once.has(e) ? repeated : once).add(e);
		const [spellings, conversions, inPlace] = [this.#spellings, this.#conversions, this.#inPlace];
		const [isByElement, isDetached, isGraph] = [this.#isByElement, this.#isDetached, this.#isGraph];
		const isLibraryFunction = this.#ofLibrary.has(expression);
		const manner = { isByElement, isDetached, isGraph, isLibraryFunction };
		return { expression, spellings, conversions, inPlace, repeated, ...manner };
	}
}

/**
 * One call of a library's function: of the input, which it computes with or only puts into a container (`np.array`), of
 * constants alone (`math.sqrt(2)`), or of a tensor's method.
 */
interface LibraryCall {
	readonly library: string;
	of: "input" | "container" | "method" | "constants";
}

/** The libraries whose functions a body calls, in the order in which they stand. */
export class LibrariesCalled {
	readonly #calls: LibraryCall[] = [];

	/** The first that computes with the input; that of a container, a method, then a constant, where there is none. */
	get first(): string | undefined {
		for (const of of ["input", "container", "method", "constants"]) {
			const found = this.#calls.find((each) => each.of === of);
			if (found) return found.library;
		}
		return undefined;
	}

	get all(): ReadonlySet<string> {
		return new Set(this.#calls.map(({ library }) => library));
	}

	/** Notes a call, of constants until the caller knows more; undefined for a name of no library. */
	call(name: string): LibraryCall | undefined {
		const known = /^(torch|numpy|scipy|jax|flax|tensorflow|keras|math|tfjs)\b/.exec(name)?.[1];
		if (!known) return undefined;
		const library = known === "scipy" ? "numpy" : known === "flax" ? "jax" : known;
		const call: LibraryCall = {
			library: name.startsWith("tensorflow.keras") ? "keras" : library,
			of: "constants",
		};
		this.#calls.push(call);
		return call;
	}

	callMethodOf(tensor: string): void {
		this.#calls.push({ library: tensor.split(".")[0]!, of: "method" });
	}
}
