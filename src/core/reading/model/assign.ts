import { attributeParts, type SyntaxNode, splitByCommas, textOf, unwrap } from "../code/node.ts";
import { elementsOf } from "../code/scope.ts";
import { partOf, placesIn } from "./indexing.ts";
import type { Machine } from "./machine.ts";
import { iterate, sizeOf } from "./members.ts";
import { parameterValue } from "./parameterValue.ts";
import { addPart } from "./parts.ts";
import { keyOf, type List, listThing, type Names, type Site, settled, siteOf, type Thing, unknown } from "./thing.ts";

/** Gives a target a value. */
export function assign(machine: Machine, target: SyntaxNode, value: Thing, names: Names): void {
	const node = unwrap(target);
	if (node.name === "VariableName") {
		const name = textOf(node);
		let holder: Names = names;
		// A comprehension's names and a module's are their own; `global` is rare enough to be left.
		if (names.file.resolver.language.numbers === "javascript") {
			for (let scope: Names | null = names; scope; scope = scope.outer) if (scope.own.has(name)) holder = scope;
		}
		machine.journal.write(holder.own, name, value);
		return;
	}
	if (/^(Tuple|Array)Expression$/.test(node.name)) {
		unpack(machine, elementsOf(node), value, names, siteOf(node, names.file));
		return;
	}
	const member = attributeParts(node);
	if (member) {
		setAttribute(machine, machine.evaluate(member.object, names), textOf(member.property), value);
		return;
	}
	if (node.name !== "MemberExpression" || !node.kids[0]) return;
	const held = machine.evaluate(node.kids[0], names);
	const object = held.kind === "slot" ? parameterValue(machine, held) : held;
	const key = node.kids.length === 4 ? machine.evaluate(node.kids[2]!, names) : unknown("a slice");
	if (object.kind === "tensor") {
		if (object.node.step().kind === "unknown") return;
		const site = siteOf(node, names.file);
		const reason = "assigning to a part of a value is not followed";
		const made =
			written(machine, object, node, value, names) ?? machine.unknownNode(textOf(node), reason, [object, value], site);
		if (/^(VariableName|MemberExpression)$/.test(node.kids[0].name)) assign(machine, node.kids[0], made, names);
	} else if (object.kind === "dictionary") {
		const name = keyOf(key);
		if (name === undefined) machine.journal.write(object, "open", unknown("a key is not known"));
		else machine.journal.write(object.entries, name, value);
	} else if (object.kind === "list") {
		if (key.kind !== "number") machine.journal.write(object, "open", unknown("an index is not known"));
		else {
			const items = [...object.items];
			items[key.value < 0 ? items.length + key.value : key.value] = value;
			machine.journal.write(object, "items", items.slice(0, object.items.length));
		}
	} else if (object.kind === "instance") {
		const name = keyOf(key);
		if (name === undefined) machine.journal.write(object, "open", unknown("a key is not known"));
		else addPart(machine, object, value, name);
	}
}

/** A value with another in some of its places; undefined where these are not followed, or the other is none. */
function written(
	machine: Machine,
	{ node }: Thing & { kind: "tensor" },
	target: SyntaxNode,
	value: Thing,
	names: Names,
): Thing | undefined {
	const groups = splitByCommas(target.kids.slice(2, -1));
	const places = value.kind === "tensor" ? placesIn(machine, node, groups, names) : null;
	if (value.kind !== "tensor" || !places || places.added.length > 0) return undefined;
	const { along, sizes } = places;
	const step = { kind: "write", along } as const;
	const { samples } = node;
	const more = { suffix: "write", sizes, ...(samples && { samples }) };
	return machine.node(() => step, [node, value.node], siteOf(target, names.file), more);
}

/** `object.name = value`; a weight that is replaced takes over how the other is drawn. */
export function setAttribute(machine: Machine, object: Thing, name: string, value: Thing): void {
	const drawn =
		object.kind === "slot" && name === "data" ? object.slot : object.kind === "layer" && object.slots.get(name);
	if (drawn) {
		// Weights that are replaced are those of what replaces them, and share what becomes of it.
		if (value.kind === "slot") machine.journal.write(drawn, "tied", settled(value.slot) === drawn ? null : value.slot);
		else if (value.kind !== "none") {
			const draw = { kind: "unknown", reason: "it is replaced by what is not followed" } as const;
			machine.journal.write(settled(drawn), "initialisation", { explicit: true, span: null, draw });
		}
	} else if (object.kind === "instance" || object.kind === "class" || object.kind === "layer")
		// A parameter is called what it is first bound to.
		machine.journal.write(
			object.attributes,
			name,
			value.kind === "slot" && value.name === "" ? { ...value, name } : value,
		);
}

/** `a, *b = value`. */
export function unpack(machine: Machine, targets: readonly SyntaxNode[], value: Thing, names: Names, site: Site): void {
	const starred = targets.findIndex((target) => isStarred(target));
	const items =
		value.kind === "sizes"
			? sizesFor(value, targets.length, starred)
			: value.kind === "list" && value.sizes && starred < 0
				? withSizes(value, value.sizes, targets.length)
				: iterate(machine, value);
	targets.forEach((target, i) => {
		let item: Thing;
		if ("kind" in items) {
			if (value.kind !== "tensor") item = items;
			else item = partOf(machine, value, site);
		} else if (starred >= 0) {
			const behind = targets.length - 1 - i;
			item =
				i < starred || value.kind === "sizes"
					? (items[i] ?? unknown("too few values"))
					: i === starred
						? listThing(items.slice(i, items.length - behind))
						: (items[items.length - 1 - behind] ?? unknown("too few values"));
		} else item = items.length === targets.length ? items[i]! : unknown("another number of values than names");
		assign(machine, target, item, names);
	});
}

/** The sizes of a value for so many names, of which one may take several. */
function sizesFor(sizes: Thing & { kind: "sizes" }, count: number, starred: number): readonly Thing[] {
	// The last of all sizes is that of the last axis, however many a shape is known to have.
	const at = (i: number) => ((starred >= 0 && i > starred) || (i > 0 && i === count - 1) ? i - count : i);
	return Array.from({ length: count }, (_, i) => (i === starred ? unknown("sizes") : sizeOf(sizes, at(i))));
}

/** `b, n, d, h = *x.shape, heads`: as many sizes as the other items leave names for. */
function withSizes({ items }: List, { at, of }: NonNullable<List["sizes"]>, count: number): readonly Thing[] {
	return items.toSpliced(at, 0, ...sizesFor(of, Math.max(0, count - items.length), -1));
}

function isStarred(target: SyntaxNode): boolean {
	const { parent } = target;
	return parent?.kids[parent.kids.indexOf(target) - 1]?.name === "*";
}
