import type { Machine } from "./machine.ts";
import type { Initialisation } from "./model.ts";
import {
	type GraphNode,
	type Instance,
	type Layer,
	type List,
	type Slot,
	type Thing,
	tensorsIn,
	type Unknown,
	unknown,
} from "./thing.ts";

/** What executed code may change: names and attributes, lists, initialisations, and values in place. */
type Holder =
	| Map<string, Thing>
	| List
	| Instance
	| Slot
	| Layer
	| GraphNode
	| (Thing & { kind: "tensor" | "kept" })
	| { open: Unknown | null };

/** One change: what a place held before and holds behind it. */
export interface Write {
	readonly holder: Holder;
	readonly key: string;
	readonly before: unknown;
	readonly after: unknown;
}

/** An arm of a choice: what it has changed, and whether its function ended in it. */
export interface Arm {
	readonly writes: readonly Write[];
	readonly returned: boolean;
}

/** Keeps what executed code changes, so that the arms of a choice can be tried one after the other from the same state. */
export class Journal {
	readonly #machine: Machine;
	readonly #log: { holder: Holder; key: string; before: unknown }[] = [];
	#tries = 0;

	constructor(machine: Machine) {
		this.#machine = machine;
	}

	write(holder: Map<string, Thing>, key: string, value: Thing | undefined): void;
	write(holder: Exclude<Holder, Map<string, Thing>>, key: string, value: unknown): void;
	write(holder: Holder, key: string, value: unknown): void {
		if (this.#tries > 0) this.#log.push({ holder, key, before: get(holder, key) });
		put(holder, key, value);
	}

	/** Runs something and takes back all that it changed; gives what it was. */
	tried<T>(run: () => T): { readonly result: T; readonly writes: readonly Write[] } {
		const start = this.#log.length;
		this.#tries++;
		try {
			const result = run();
			// What was tried is gone through once in each of the choices around it.
			this.#machine.tick((this.#log.length - start) >> 3);
			const first = new Map<Holder, Map<string, unknown>>();
			for (let i = start; i < this.#log.length; i++) {
				const { holder, key, before } = this.#log[i]!;
				const keys = valuesOf(first, holder);
				if (!keys.has(key)) keys.set(key, before);
			}
			const writes = [...first].flatMap(([holder, keys]) =>
				[...keys].map(([key, before]) => ({ holder, key, before, after: get(holder, key) })),
			);
			return { result, writes };
		} finally {
			this.#tries--;
			for (let i = this.#log.length - 1; i >= start; i--) {
				const { holder, key, before } = this.#log[i]!;
				put(holder, key, before);
			}
			this.#log.length = start;
		}
	}

	/** Runs what does not belong to what is tried, as a file does that is imported for the first time. */
	aside<T>(run: () => T): T {
		const tries = this.#tries;
		this.#tries = 0;
		try {
			return run();
		} finally {
			this.#tries = tries;
		}
	}

	redo(writes: readonly Write[]): void {
		for (const { holder, key, after } of writes) this.#change(holder, key, after);
	}

	/**
	 * Leaves the state behind a choice of which only one arm runs: what all arms leave alike stays, the rest is unknown.
	 * The local names of an arm that has returned are gone with it.
	 */
	merge(arms: readonly Arm[], local: Map<string, Thing> | null, reason: string): void {
		const made = arms.map(({ writes, returned }) => {
			const after = new Map<Holder, Map<string, unknown>>();
			for (const write of writes) valuesOf(after, write.holder).set(write.key, write.after);
			return { after, returned };
		});
		const places = new Map<Holder, Map<string, unknown>>();
		for (const { writes } of arms) {
			for (const { holder, key, before } of writes) valuesOf(places, holder).set(key, before);
		}
		for (const [holder, keys] of places) {
			const staying = holder === local ? made.filter(({ returned }) => !returned) : made;
			if (staying.length === 0) continue;
			for (const [key, before] of keys) {
				const values = staying.map(({ after }) => {
					const held = after.get(holder);
					return held?.has(key) ? held.get(key) : before;
				});
				this.#join(holder, key, values, reason);
			}
		}
	}

	/** Leaves the state behind a loop that runs unknown times: what it changes is unknown. */
	blur(writes: readonly Write[], reason: string, machine: Machine): void {
		for (const { holder, key, before, after } of writes) {
			if (before === after) continue;
			if (holder instanceof Map) {
				const [held, made] = [before as Thing | undefined, after as Thing | undefined]; // Maps hold things.
				const from = held && tensorsIn(held);
				const site = from?.[0]?.site;
				const isTensor = site && made && tensorsIn(made).length > 0;
				this.write(
					holder,
					key,
					isTensor ? machine.unknownNode("a loop", reason, held ? [held] : [], site) : { kind: "unknown", reason },
				);
			} else if (key === "items" || key === "parts") this.#change(holder, "open", unknown(reason));
			else if (key === "initialisation") this.#change(holder, key, unknownInitialisation(reason, after));
			else if (key === "node") {
				const held = { kind: "tensor", node: before as GraphNode } as const; // The key says so.
				const [left] = tensorsIn(machine.unknownNode("a loop", reason, [held], held.node.site));
				this.#change(holder, key, left);
			} else this.#change(holder, key, after);
		}
	}

	#join(holder: Holder, key: string, values: readonly unknown[], reason: string): void {
		const [first] = values;
		if (values.every((value) => value === first)) this.#change(holder, key, first);
		else if (holder instanceof Map) {
			const things = (values as (Thing | undefined)[]).map((each) => each ?? unknown(reason)); // Maps hold things.
			this.write(holder, key, this.#machine.joined(things, reason));
		} else if (key === "initialisation") this.#change(holder, key, unknownInitialisation(reason, first));
		else if (key === "node") {
			const things = (values as GraphNode[]).map((node) => ({ kind: "tensor", node }) as const); // Of a value.
			this.#change(holder, key, tensorsIn(this.#machine.joined(things, reason))[0]);
		} else if (key === "parts") {
			const lists = values as (readonly string[])[]; // Of a container.
			const common = lists[0]!.filter((name, i) => lists.every((list) => list[i] === name));
			this.#change(holder, key, common);
			if (lists.some(({ length }) => length !== common.length)) this.#change(holder, "open", unknown(reason));
		} else if (key === "items") {
			const lists = values as (readonly Thing[])[]; // Of a list.
			const shortest = lists.reduce((a, b) => (b.length < a.length ? b : a));
			const common = shortest.map((_, i) =>
				this.#machine.joined(
					lists.map((list) => list[i]!),
					reason,
				),
			);
			this.#change(holder, "items", common);
			if (lists.some(({ length }) => length !== common.length)) this.#change(holder, "open", unknown(reason));
		} else this.#change(holder, key, values.find((value) => value !== null) ?? null);
	}

	#change(holder: Holder, key: string, value: unknown): void {
		if (this.#tries > 0) this.#log.push({ holder, key, before: get(holder, key) });
		put(holder, key, value);
	}
}

function valuesOf(places: Map<Holder, Map<string, unknown>>, holder: Holder): Map<string, unknown> {
	const known = places.get(holder) ?? new Map<string, unknown>();
	places.set(holder, known);
	return known;
}

function unknownInitialisation(reason: string, of: unknown): Initialisation {
	const { span } = of as Initialisation; // The key says so.
	return { explicit: true, span, draw: { kind: "unknown", reason } };
}

function get(holder: Holder, key: string): unknown {
	return holder instanceof Map ? holder.get(key) : (holder as unknown as Record<string, unknown>)[key];
}

function put(holder: Holder, key: string, value: unknown): void {
	if (!(holder instanceof Map)) (holder as unknown as Record<string, unknown>)[key] = value;
	else if (value === undefined) holder.delete(key);
	else holder.set(key, value as Thing); // Maps hold things.
}
