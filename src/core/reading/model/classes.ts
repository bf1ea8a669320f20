import { childNamed, textOf } from "../code/node.ts";
import type { Machine } from "./machine.ts";
import { type Arguments, type ClassThing, type Instance, type Site, type Thing, unknown } from "./thing.ts";

/** An instance of a class of the code. */
export function instantiate(machine: Machine, made: ClassThing, given: Arguments, site: Site): Thing {
	const lineage = lineageOf(made);
	const base = lineage.find((each) => each.kind === "library");
	const instance: Instance = {
		kind: "instance",
		class: made,
		base: base?.kind === "library" ? base.name : null,
		site,
		attributes: new Map(),
		parts: [],
		open: null,
		plain: given.positional.length === 0 && given.named.size === 0 && !given.open,
	};
	const init = firstOf(lineage, "__init__", instance);
	if (init) machine.call(init, given, site, `${made.class.name}.__init__`);
	else if (isRecord(lineage)) fillFields(instance, lineage, given);
	else if (base)
		machine.call(
			{ kind: "method", object: { kind: "super", self: instance, of: made }, name: "__init__" },
			given,
			site,
			"__init__",
		);
	return instance;
}

/** The fields of a data class, in the order in which they are declared. */
export function fillFields(instance: Instance, lineage: readonly Thing[], given: Arguments): void {
	const fields = new Map<string, ClassThing>();
	for (const each of [...lineage].reverse()) {
		if (each.kind !== "class") continue;
		for (const statement of childNamed(each.class.node, "Body")?.kids ?? []) {
			const [target, annotation] = statement.kids;
			if (statement.name === "AssignStatement" && target?.name === "VariableName" && annotation?.name === "TypeDef") {
				fields.set(textOf(target), each);
			}
		}
	}
	const rest = [...given.positional];
	for (const [name, owner] of fields) {
		const value = given.named.get(name) ?? rest.shift() ?? given.open ?? owner.attributes.get(name);
		instance.attributes.set(name, value ?? unknown(`${name} is not given`));
	}
}

/** The classes of the code that a class descends from, itself first, and the last names of libraries among them. */
export function lineageOf(start: ClassThing): readonly Thing[] {
	const found: Thing[] = [];
	const walk = (thing: Thing, depth: number): void => {
		const before = found.indexOf(thing);
		if (before >= 0) found.splice(before, 1);
		found.push(thing);
		if (thing.kind === "class" && depth < 30) for (const base of thing.bases) walk(base, depth + 1);
	};
	walk(start, 0);
	return found;
}

/** The method of an instance's class, if the code has it. */
export function methodOf(instance: Instance, name: string): Thing | undefined {
	return (instance.class && inClass(instance.class, name, instance)) ?? undefined;
}

/** What a class, or the first that it descends from that has it, has under a name; bound to `self`. */
export function inClass(start: ClassThing, name: string, self: Thing | null): Thing | undefined {
	return firstOf(lineageOf(start), name, self);
}

/** The same of the classes behind `of` in the lineage of `self`: what `super()` finds. */
export function inherited(self: Thing, of: ClassThing, name: string): Thing | undefined {
	const start = self.kind === "instance" ? self.class : self.kind === "class" ? self : null;
	if (!start) return undefined;
	const lineage = lineageOf(start);
	return firstOf(lineage.slice(lineage.indexOf(of) + 1), name, self);
}

function firstOf(lineage: readonly Thing[], name: string, self: Thing | null): Thing | undefined {
	for (const each of lineage) {
		const found = each.kind === "class" ? each.attributes.get(name) : undefined;
		if (!found || each.kind !== "class") continue;
		if (found.kind !== "function") return found;
		const decorators = found.function.decorators.map((decorator) => textOf(decorator).trim());
		if (decorators.some((text) => /^@\s*staticmethod$/.test(text))) return found;
		if (decorators.some((text) => /^@\s*classmethod$/.test(text))) return { ...found, self: start(lineage), of: each };
		return { ...found, self: self ?? found.self, of: each };
	}
	return undefined;
}

function start(lineage: readonly Thing[]): Thing {
	return lineage[0]!;
}

/** Whether a class descends from none of a library that could make a model of it. */
export function isOrdinary(made: ClassThing): boolean {
	const isOwn = (each: Thing) =>
		each.kind === "class" || (each.kind === "library" && /^(object|abc\.ABC)$/.test(each.name));
	return lineageOf(made).every(isOwn);
}

/** Whether objects of a class take their fields as arguments. */
export function isRecord(lineage: readonly Thing[]): boolean {
	return lineage.some(
		(each) =>
			(each.kind === "library" &&
				/^(flax\.linen\.(\w+\.)*Module|typing\.NamedTuple|pydantic\.BaseModel)$/.test(each.name)) ||
			(each.kind === "class" &&
				each.class.node.parent?.name === "DecoratedStatement" &&
				each.class.node.parent.kids.some((kid) => kid.name === "Decorator" && /dataclass/.test(textOf(kid)))),
	);
}
