import { literalNumber } from "../code/constants.ts";
import { argumentsOf, attributeParts, callParts, type SyntaxNode, splitByCommas, textOf } from "../code/node.ts";
import { assign } from "./assign.ts";
import { comprehensionOf, dictionaryComprehensionOf, dictionaryOf, listOf } from "./collections.ts";
import { indexed } from "./indexing.ts";
import type { Machine } from "./machine.ts";
import { attributeOf, elementOf, iterate, sizeOf } from "./members.ts";
import { binaryOperation, comparison, truthOf } from "./operators.ts";
import { parameterValue } from "./parameterValue.ts";
import { assignStatement } from "./statements.ts";
import {
	type Arguments,
	booleanThing,
	constantOf,
	type GraphNode,
	type Instance,
	isData,
	listThing,
	MASK,
	type Names,
	NONE,
	numberThing,
	positional,
	shortened,
	siteOf,
	stringThing,
	type Thing,
	type Unknown,
	unknown,
} from "./thing.ts";

/** The thing that an expression without brackets around it stands for. */
export function evaluateExpression(machine: Machine, node: SyntaxNode, names: Names): Thing {
	const { kids } = node;
	switch (node.name) {
		case "Number": {
			const value = literalNumber(textOf(node));
			return value === undefined ? unknown(`the number ${textOf(node)} is not read`) : numberThing(value);
		}
		case "String":
		case "ContinuedString":
		case "FormatString":
			return stringIn(machine, node, names);
		case "Boolean":
			return booleanThing(textOf(node) === "True");
		case "None":
			return NONE;
		case "VariableName":
			return machine.lookUp(textOf(node), names, node.from);
		case "MemberExpression":
			return memberExpression(machine, node, names);
		case "CallExpression":
			return callExpression(machine, node, names);
		case "UnaryExpression": {
			const operand = kids[1] ? machine.evaluate(kids[1], names) : unknown("nothing");
			const sign = kids[0] ? textOf(kids[0]) : "";
			if (sign === "not") {
				const truth = truthOf(operand);
				return truth === undefined ? unknown(`not known: ${shortened(textOf(node))}`) : booleanThing(!truth);
			}
			if (operand.kind === "triangle" && sign === "~")
				return { ...operand, marks: operand.marks === "later" ? "others" : "later" };
			if (operand.kind === "mask") return MASK;
			if (operand.kind === "number") return numberThing(sign === "-" ? -operand.value : operand.value);
			if (sign === "-") return binaryOperation(machine, "*", operand, numberThing(-1), siteOf(node, names.file));
			return operand.kind === "tensor"
				? machine.unknownNode(textOf(node), `the operator ${sign} is not followed`, [operand], siteOf(node, names.file))
				: unknown(`not known: ${shortened(textOf(node))}`);
		}
		case "BinaryExpression":
			return binaryExpression(machine, node, names);
		case "ConditionalExpression": {
			const [then, , condition, , otherwise] = kids;
			if (!then || !condition || !otherwise) return unknown("half of a choice");
			const truth = truthOf(machine.evaluate(condition, names));
			if (truth !== undefined) return machine.evaluate(truth ? then : otherwise, names);
			const reason = `it depends on a condition that is not known: ${shortened(textOf(condition))}`;
			const arms = [then, otherwise].map((arm) => machine.journal.tried(() => machine.evaluate(arm, names)));
			machine.journal.merge(
				arms.map(({ writes }) => ({ writes, returned: false })),
				null,
				reason,
			);
			return machine.joined(
				arms.map(({ result }) => result),
				reason,
			);
		}
		case "LambdaExpression": {
			const made = names.file.functions.get(node);
			if (!made) return unknown("a lambda that is not read");
			return { kind: "function", function: made, outer: names, file: names.file, self: null, of: null };
		}
		case "ArrayExpression":
		case "SetExpression":
		case "TupleExpression":
			return listOf(machine, splitByCommas(kids.slice(1, -1)), names, node.name === "TupleExpression");
		case "DictionaryExpression":
			return dictionaryOf(machine, node, names);
		case "ArrayComprehensionExpression":
		case "ComprehensionExpression":
		case "SetComprehensionExpression":
			return comprehensionOf(machine, kids.slice(1, -1), names);
		case "DictionaryComprehensionExpression":
			return dictionaryComprehensionOf(machine, kids.slice(1, -1), names);
		case "NamedExpression": {
			const [target, , value] = kids;
			if (!target || !value) return unknown("half of an assignment");
			const thing = machine.evaluate(value, names);
			assign(machine, target, thing, names);
			return thing;
		}
		case "AssignStatement": {
			assignStatement(machine, node, names);
			return NONE;
		}
		case "AwaitExpression":
			return kids[1] ? machine.evaluate(kids[1], names) : NONE;
		default:
			return unknown(`${shortened(textOf(node))} is not understood`);
	}
}

function stringIn(machine: Machine, node: SyntaxNode, names: Names): Thing {
	if (node.name === "ContinuedString") {
		let whole = "";
		for (const kid of node.kids) {
			const part = stringIn(machine, kid, names);
			if (part.kind !== "string") return part;
			whole += part.value;
		}
		return stringThing(whole);
	}
	const match = /^[a-zA-Z]{0,2}("""|'''|"|'|`)([\s\S]*)\1$/.exec(textOf(node));
	if (!match) return unknown("a string that is not read");
	if (node.name === "String") {
		return match[2]!.includes("\\") ? unknown("a string with escapes") : stringThing(match[2]!);
	}
	const start = node.from + match[0].indexOf(match[1]!) + match[1]!.length;
	let [text, at] = ["", start];
	const { text: source } = node.source;
	for (const kid of node.kids) {
		if (!/^(FormatReplacement|Interpolation)$/.test(kid.name)) continue;
		const inner = kid.kids.filter(({ name }) => !/^(\{|\}|\$\{|InterpolationStart|InterpolationEnd)$/.test(name));
		const value = inner.length === 1 ? machine.evaluate(inner[0]!, names) : unknown("a format");
		if (value.kind !== "number" && value.kind !== "string") return unknown("a part of a name is not known");
		text += source.slice(at, kid.from) + String(value.value);
		at = kid.to;
	}
	return stringThing(text + source.slice(at, node.to - match[1]!.length));
}

function binaryExpression(machine: Machine, node: SyntaxNode, names: Names): Thing {
	const { kids } = node;
	const [left, ...rest] = kids;
	const right = rest[rest.length - 1];
	if (!left || !right || rest.length < 2) return unknown("half of an expression");
	const sign = rest.slice(0, -1).map(textOf).join(" ");
	if (sign === "and" || sign === "or") {
		const first = machine.evaluate(left, names);
		const truth = truthOf(first);
		if (truth !== undefined) return truth === (sign === "and") ? machine.evaluate(right, names) : first;
		const second = machine.evaluate(right, names);
		const joined = machine.joined(
			[first, second],
			`it depends on a condition that is not known: ${shortened(textOf(left))}`,
		);
		// Whatever the first is, `unknown and False` does not hold.
		const other = truthOf(second);
		const isCertain = joined.kind === "unknown" && other !== undefined && other === (sign === "or");
		return isCertain ? { ...joined, truth: other } : joined;
	}
	const middle = COMPARES.test(sign) ? chainedAt(left, names) : undefined;
	if (middle) {
		// `a < b <= c` is `a < b and b <= c`.
		const first = machine.evaluate(left, names);
		if (truthOf(first) !== true) return first;
		const held = comparison(sign, machine.evaluate(middle, names), machine.evaluate(right, names));
		return typeof held === "boolean" ? booleanThing(held) : unknown(`not known: ${shortened(textOf(node))}`);
	}
	const [a, b] = [machine.evaluate(left, names), machine.evaluate(right, names)];
	if (a.kind === "triangle" && b.kind === "number" && b.value === 0 && sign === "==") {
		return { ...a, marks: a.marks === "later" ? "others" : "later", by: "ones" };
	}
	if (COMPARES.test(sign) && tellsPlaces(sign, a, b)) return MASK;
	const compared = comparison(sign, a, b);
	if (compared === null) {
		const asked = unknown(`not known: ${shortened(textOf(node))}`);
		const [one, other] = [measured(a), measured(b)];
		return sign === "!=" && one && other ? { ...asked, asksSizesOf: [one, other] } : asked;
	}
	if (compared !== undefined) return booleanThing(compared);
	return binaryOperation(machine, sign, a, b, siteOf(node, names.file));
}

/** The value that several sizes are of. */
function measured(thing: Thing): GraphNode | undefined {
	if (thing.kind === "sizes") return thing.node;
	const sizes = thing.kind === "list" ? thing.items.filter(({ kind }) => kind === "size") : [];
	const [node, ...others] = new Set(sizes.map((size) => (size as Thing & { kind: "size" }).node)); // Each is one.
	return sizes.length > 1 && others.length === 0 ? node : undefined;
}

/** Whether a comparison tells which of the data's places count: `tokens != pad`, `torch.arange(n) < lengths`. */
function tellsPlaces(sign: string, a: Thing, b: Thing): boolean {
	const both = [a, b];
	if (both.some(({ kind }) => kind === "mask")) return true;
	const isOfData = both.some((each) => each.kind === "tensor" && isData(each.node));
	const [tensor] = both.filter(({ kind }) => kind === "tensor").slice(1);
	return isOfData && (tensor ? both.some(isRange) : sign === "==" || sign === "!=");
}

function isRange(thing: Thing): boolean {
	for (let node = thing.kind === "tensor" ? thing.node : undefined; node; [node] = node.inputs) {
		const { kind } = node.step();
		if (kind !== "reshape") return kind === "range";
	}
	return false;
}

const COMPARES = /^([<>]=?|[=!]=)$/;

/** What stands on the right of a comparison that another goes on from, in Python; undefined for what is no such. */
function chainedAt(left: SyntaxNode, names: Names): SyntaxNode | undefined {
	if (left.name !== "BinaryExpression" || names.file.resolver.language.numbers === "javascript") return undefined;
	const [, sign, right] = left.kids;
	return left.kids.length === 3 && sign && COMPARES.test(textOf(sign)) ? right : undefined;
}

function memberExpression(machine: Machine, node: SyntaxNode, names: Names): Thing {
	const member = attributeParts(node);
	if (member)
		return attributeOf(
			machine,
			machine.evaluate(member.object, names),
			textOf(member.property),
			siteOf(node, names.file),
		);
	const [objectNode, bracket, ...rest] = node.kids;
	if (!objectNode || bracket?.name !== "[") return unknown(`${shortened(textOf(node))} is not understood`);
	const object = machine.evaluate(objectNode, names);
	const groups = splitByCommas(rest.filter(({ name }) => name !== "]"));
	const site = siteOf(node, names.file);
	if (object.kind === "tensor") return indexed(machine, object, groups, names, site);
	// One number everywhere is that with more axes, too: `self.weight[:, None, None]`.
	const isSpread = object.kind === "slot" && constantOf(object) !== null && groups.every(addsAxis);
	if (isSpread) return object;
	if (object.kind === "slot") return indexed(machine, parameterValue(machine, object), groups, names, site);
	if (object.kind === "mask") return MASK;
	if (object.kind === "triangle") return object;
	if (object.kind === "unknown") return object;
	const [group] = groups;
	const slice = groups.length === 1 && group?.some(({ name }) => name === ":");
	if (slice && group) return sliceOf(machine, object, group, names);
	const key = groups.length === 1 && group?.[0] ? machine.evaluate(group[0], names) : unknown("an index is not known");
	return elementOf(machine, object, key, site);
}

/** Whether what stands between two commas of an index takes all places, or is a new axis. */
function addsAxis(group: readonly SyntaxNode[]): boolean {
	return group.length === 1 && /^(:|None)$/.test(textOf(group[0]!));
}

function sliceOf(machine: Machine, object: Thing, group: readonly SyntaxNode[], names: Names): Thing {
	const bounds: (Thing | null)[] = [null];
	for (const kid of group) {
		if (kid.name === ":") bounds.push(null);
		else bounds[bounds.length - 1] = machine.evaluate(kid, names);
	}
	const numbers = bounds.map((each) => (each === null ? undefined : each.kind === "number" ? each.value : Number.NaN));
	if (numbers.some((each) => Number.isNaN(each)) || numbers.length > 3)
		return unknown("the bounds of a slice are not known");
	const [start, end, stride = 1] = numbers;
	if (object.kind === "sizes") return sizesBetween(object, start ?? 0, end);
	if (object.kind === "string" && stride === 1) return stringThing(object.value.slice(start, end));
	const children = iterate(machine, object);
	if ("kind" in children) return children;
	let items = [...children];
	if (stride === -1 && start === undefined && end === undefined) items.reverse();
	else if (stride < 1) return unknown("a slice backwards");
	else items = items.slice(start, end).filter((_, i) => i % stride === 0);
	if (object.kind !== "instance") return listThing(items, object.kind === "list" && object.tuple);
	const part: Instance = {
		...object,
		attributes: new Map(items.map((item, i) => [String(i), item])),
		parts: items.map((_, i) => String(i)),
	};
	return part;
}

/** `x.shape[start:end]`. */
function sizesBetween(sizes: Thing & { kind: "sizes" }, start: number, end: number | undefined): Thing {
	if (end === undefined && start >= 0) return { ...sizes, from: sizes.from + start };
	const last = end ?? 0;
	if (start < 0 !== (end === undefined || end < 0)) return unknown("how many sizes there are is not known");
	return listThing(
		Array.from({ length: Math.max(last - start, 0) }, (_, i) => sizeOf(sizes, start + i)),
		true,
	);
}

function callExpression(machine: Machine, node: SyntaxNode, names: Names): Thing {
	const parts = callParts(node);
	const site = siteOf(node, names.file);
	if (!parts) return unknown(`${shortened(textOf(node))} is not understood`);
	const what = textOf(parts.callee);
	if (what === "super") {
		const isScript = names.file.resolver.language.numbers === "javascript";
		const { self, of } = machine.frame;
		if (!self || !of) return unknown("super outside of a method");
		const parent: Thing = { kind: "super", self, of };
		if (!isScript) return parent;
		return machine.call(
			attributeOf(machine, parent, "__init__", site),
			argumentsIn(machine, parts.list, names),
			site,
			what,
		);
	}
	const callee = machine.evaluate(parts.callee, names);
	return machine.call(callee, argumentsIn(machine, parts.list, names), site, what);
}

function argumentsIn(machine: Machine, list: SyntaxNode, names: Names): Arguments {
	// A generator is the only argument; its target may hold commas.
	if (list.kids.some(({ name }) => name === "for")) {
		return positional(comprehensionOf(machine, list.kids.slice(1, -1), names));
	}
	const given: Thing[] = [];
	const named = new Map<string, Thing>();
	let open: Unknown | null = null;
	let spread: Unknown | null = null;
	for (const { name, value, stars } of argumentsOf(list)) {
		const thing = machine.evaluate(value, names);
		if (stars === 1) {
			const items = iterate(machine, thing);
			if ("kind" in items) spread = items;
			else if (!spread) given.push(...items);
		} else if (stars === 2) {
			if (thing.kind === "dictionary") {
				for (const [key, item] of thing.entries) named.set(key, item);
				open ??= thing.open;
			} else open ??= unknown(`${shortened(textOf(value))} is not known`);
		} else if (name) named.set(textOf(name), thing);
		// Behind a list of unknown length the position of an argument says nothing.
		else if (!spread) given.push(thing);
	}
	return { positional: given, named, open: open ?? spread };
}
