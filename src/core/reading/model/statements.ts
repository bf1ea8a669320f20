import {
	assignmentParts,
	attributeParts,
	childNamed,
	hasComma,
	type SyntaxNode,
	splitByCommas,
	textOf,
} from "../code/node.ts";
import { assign, unpack } from "./assign.ts";
import { usesTorch } from "./codeFile.ts";
import { listOf, MOST_TURNS } from "./collections.ts";
import { putInPlace } from "./inPlace.ts";
import type { Write } from "./journal.ts";
import type { Machine } from "./machine.ts";
import { iterate } from "./members.ts";
import { binaryOperation, truthOf } from "./operators.ts";
import { addParts } from "./parts.ts";
import {
	type ClassThing,
	type GraphNode,
	listThing,
	type Names,
	NONE,
	numberThing,
	positional,
	shortened,
	siteOf,
	type Thing,
	unknown,
} from "./thing.ts";

/** How a statement ends. "unsure": a loop may end here, by a condition that is not known. */
export type Ending = { readonly kind: "normal" | "break" | "continue" | "raise" | "unsure" } | Returned;
interface Returned {
	readonly kind: "return";
	readonly value: Thing;
}
/** The next statement follows. */
export const NORMAL: Ending = { kind: "normal" };

/** What a statement does, and how it ends. */
export function executeStatement(machine: Machine, statement: SyntaxNode, names: Names): Ending {
	const { kids } = statement;
	switch (statement.name) {
		case "ExpressionStatement":
			for (const kid of kids) if (kid.name !== ",") machine.evaluate(kid, names);
			return NORMAL;
		case "StatementGroup":
		case "Body":
			return executeBody(machine, statement, names);
		case "AssignStatement":
			assignStatement(machine, statement, names);
			return NORMAL;
		case "UpdateStatement":
			updateStatement(machine, statement, names);
			return NORMAL;
		case "ReturnStatement": {
			const values = kids.filter((kid) => !/^(return|,)$/.test(kid.name));
			if (values.length === 0) return { kind: "return", value: NONE };
			const value =
				values.length === 1 && !hasComma(statement)
					? machine.evaluate(values[0]!, names)
					: listThing(
							values.filter(({ name }) => name !== "*").map((kid) => machine.evaluate(kid, names)),
							true,
						);
			return { kind: "return", value };
		}
		case "BreakStatement":
			return { kind: "break" };
		case "ContinueStatement":
			return { kind: "continue" };
		case "RaiseStatement":
			return { kind: "raise" };
		case "IfStatement":
			return ifStatement(machine, statement, names);
		case "ForStatement":
			return forStatement(machine, statement, names);
		case "WhileStatement":
			return whileStatement(machine, statement, names);
		case "WithStatement": {
			kids.forEach((kid, i) => {
				if (kids[i - 1]?.name === "as") assign(machine, kid, unknown("what `with` gives is not followed"), names);
			});
			const body = childNamed(statement, "Body");
			return body ? executeBody(machine, body, names) : NORMAL;
		}
		case "TryStatement":
			return tryStatement(machine, statement, names);
		case "MatchStatement": {
			const bodies = descendants(statement, "MatchClause").flatMap((clause) => childNamed(clause, "Body") ?? []);
			const arms = bodies.map((body) => () => executeBody(machine, body, names));
			return uncertain(machine, [...arms, () => NORMAL], "the pattern that matches is not known", names);
		}
		case "FunctionDefinition":
			define(machine, statement, [], names);
			return NORMAL;
		case "ClassDefinition":
			define(machine, statement, [], names);
			return NORMAL;
		case "DecoratedStatement": {
			const definition = kids[kids.length - 1];
			const decorators = kids.filter(({ name }) => name === "Decorator");
			if (definition && definition.name !== "Decorator") define(machine, definition, decorators, names);
			return NORMAL;
		}
		case "ImportStatement":
			for (const { name, dotted } of names.file.imports.get(statement.to) ?? []) {
				if (!names.own.has(name)) names.own.set(name, { kind: "import", dotted, file: names.file });
			}
			return NORMAL;
		case "DeleteStatement":
			for (const kid of kids) if (kid.name === "MemberExpression") deleteStatement(machine, kid, names);
			return NORMAL;
		default:
			return NORMAL;
	}
}

/** Statement after statement, up to one that ends the body. */
export function executeBody(machine: Machine, body: SyntaxNode, names: Names): Ending {
	for (const statement of body.kids) {
		const ending = machine.execute(statement, names);
		if (ending.kind !== "normal") return ending;
	}
	return NORMAL;
}

function define(machine: Machine, definition: SyntaxNode, decorators: readonly SyntaxNode[], names: Names): void {
	const { file } = names;
	if (definition.name === "FunctionDefinition") {
		const made = file.functions.get(definition);
		if (!made?.name) return;
		// A method does not see the names of its class.
		const outer = made.class && names.outer ? names.outer : names;
		let thing: Thing = { kind: "function", function: made, outer, file, self: null, of: null };
		for (const decorator of [...decorators].reverse()) {
			const wrapped = decorated(machine, decorator, thing, names);
			if (wrapped) thing = wrapped;
		}
		machine.journal.write(names.own, made.name, thing);
	} else if (definition.name === "ClassDefinition") {
		const made = file.classes.get(definition);
		if (!made) return;
		const bases = made.bases.map((base) => machine.evaluate(base, names));
		const thing: ClassThing = { kind: "class", class: made, file, outer: names, attributes: new Map(), bases };
		machine.journal.write(names.own, made.name, thing);
		const body = childNamed(definition, "Body");
		if (body) executeBody(machine, body, { own: thing.attributes, outer: names, file });
	}
}

/** What a decorator of the file itself makes of a function; those of others are taken to leave what it computes. */
function decorated(machine: Machine, decorator: SyntaxNode, thing: Thing, names: Names): Thing | null {
	const [, ...kids] = decorator.kids;
	const [first] = kids;
	if (first?.name !== "VariableName" || kids.some(({ name }) => name === "." || name === "ArgList")) return null;
	const found = machine.lookUp(textOf(first), names, first.from);
	if (found.kind !== "function" || found.file !== names.file) return null;
	return machine.call(found, positional(thing), siteOf(decorator, names.file), textOf(first));
}

/** `del object.name` and `del object[key]`. */
function deleteStatement(machine: Machine, target: SyntaxNode, names: Names): void {
	const member = attributeParts(target);
	const [objectNode] = target.kids;
	const object = objectNode ? machine.evaluate(member?.object ?? objectNode, names) : NONE;
	if (member && object.kind === "instance")
		machine.journal.write(object.attributes, textOf(member.property), undefined);
	else if (object.kind === "list" || object.kind === "dictionary" || object.kind === "instance") {
		machine.journal.write(object, "open", unknown("what is deleted is not followed"));
	}
}

/** `a = b = value`, also with several targets and values by commas. */
export function assignStatement(machine: Machine, statement: SyntaxNode, names: Names): void {
	const { targets, values } = assignmentParts(statement);
	if (values.length === 0) return;
	const spread = statement.kids.some((kid, i) => kid.name === "*" && i > 0 && statement.kids[i - 1]?.name !== "(");
	const hasList = values.length > 1 || statement.kids[statement.kids.length - 1]?.name === ",";
	const value =
		spread && hasList
			? spreadValues(machine, statement, names)
			: hasList
				? listThing(
						values.map((each) => machine.evaluate(each, names)),
						true,
					)
				: machine.evaluate(values[0]!, names);
	for (const list of targets) {
		const [only] = list;
		if (list.length === 1 && only) {
			assign(machine, only, value, names);
			const name = only.name === "VariableName" ? only : attributeParts(only)?.property;
			if (name) machine.onAssign?.(name, value);
		} else unpack(machine, list, value, names, siteOf(statement, names.file));
	}
}

/** `a, *b` as a value. */
function spreadValues(machine: Machine, statement: SyntaxNode, names: Names): Thing {
	const last = statement.kids.findLastIndex(({ name }) => name === "AssignOp");
	return listOf(machine, splitByCommas(statement.kids.slice(last + 1)), names, true);
}

function updateStatement(machine: Machine, statement: SyntaxNode, names: Names): void {
	const [target, operator, value] = statement.kids;
	if (!target || !operator) return;
	const before = machine.evaluate(target, names);
	// `i++` is `i += 1`.
	const given = value ? machine.evaluate(value, names) : numberThing(1);
	const sign = textOf(operator).replace(value ? /=$/ : /.$/, "");
	if (sign === "+" && before.kind === "list" && !before.tuple) {
		const items = iterate(machine, given);
		if ("kind" in items) machine.journal.write(before, "open", items);
		else machine.journal.write(before, "items", [...before.items, ...items]);
		return;
	}
	if (sign === "+" && before.kind === "instance" && before.class === null) {
		addParts(machine, before, given);
		return;
	}
	const site = siteOf(statement, names.file);
	// A part of a value is no value that others hold.
	const isWhole = target.name === "VariableName" || attributeParts(target) !== undefined;
	const changesItself = isWhole && usesTorch(names.file);
	const method = UPDATES.get(sign);
	if (changesItself && before.kind === "slot" && method) {
		machine.call({ kind: "method", object: before, name: method }, positional(given), site, method);
		return;
	}
	const made = binaryOperation(machine, sign, before, given, site);
	assign(machine, target, changesItself ? putInPlace(machine, before, made) : made, names);
}

/** The methods that do what PyTorch's weights are updated by. */
const UPDATES: ReadonlyMap<string, string> = new Map([
	["+", "add_"],
	["-", "sub_"],
	["*", "mul_"],
	["/", "div_"],
]);

function ifStatement(machine: Machine, statement: SyntaxNode, names: Names): Ending {
	const { kids } = statement;
	const arms: { condition: SyntaxNode | null; body: SyntaxNode }[] = [];
	let condition: SyntaxNode | null = null;
	for (const kid of kids) {
		if (kid.name === "Body") {
			arms.push({ condition, body: kid });
			condition = null;
		} else if (!/^(if|elif|else|:|\(|\)|⚠)$/.test(kid.name)) condition = kid;
	}
	return chooseArm(machine, arms, 0, names);
}

function chooseArm(
	machine: Machine,
	arms: readonly { condition: SyntaxNode | null; body: SyntaxNode }[],
	at: number,
	names: Names,
): Ending {
	const arm = arms[at];
	if (!arm) return NORMAL;
	if (!arm.condition) return executeBody(machine, arm.body, names);
	const condition = machine.evaluate(arm.condition, names);
	const truth = truthOf(condition);
	if (truth === true) return executeBody(machine, arm.body, names);
	if (truth === false) return chooseArm(machine, arms, at + 1, names);
	const run = () => executeBody(machine, arm.body, names);
	if (condition.kind === "unknown" && condition.asksSizesOf && at === arms.length - 1) {
		const { asksSizesOf } = condition;
		const { result, writes } = machine.journal.tried(run);
		if (result.kind === "normal" && writes.every((write) => resizes(write, asksSizesOf))) {
			machine.journal.redo(writes);
			return NORMAL;
		}
	}
	const reason = `it depends on a condition that is not known: ${shortened(textOf(arm.condition))}`;
	return uncertain(machine, [run, () => chooseArm(machine, arms, at + 1, names)], reason, names);
}

/**
 * Whether what changes is a value that is resized to sizes of another: where it has them, it stays as it is, so that it does
 * not matter whether the code asks first.
 */
function resizes({ before, after }: Write, asked: readonly GraphNode[]): boolean {
	const [held, made] = [before, after] as (Thing | undefined)[]; // What is no thing has no kind of one.
	if (held?.kind !== "tensor" || made?.kind !== "tensor") return false;
	const { node } = made;
	const step = node.step();
	if (step.kind !== "resize" || step.to === null || node.inputs[0] !== held.node || !asked.includes(held.node))
		return false;
	return (node.sizes ?? []).every((size) => size.kind === "size" && asked.includes(size.node));
}

/** Executes arms of which one runs; what they leave behind differently is not known. An arm that raises is not taken. */
function uncertain(machine: Machine, arms: readonly (() => Ending)[], reason: string, names: Names): Ending {
	const ran = arms.map((arm) => machine.journal.tried(arm));
	const taken = ran.filter(({ result }) => result.kind !== "raise");
	if (taken.length === 0) return { kind: "raise" };
	const [only] = taken;
	if (taken.length === 1 && only) {
		machine.journal.redo(only.writes);
		return only.result;
	}
	const endings = new Set(taken.map(({ result }) => result.kind));
	const returned = taken.filter(({ result }) => result.kind === "return");
	const staying = taken.filter(({ result }) => result.kind !== "return");
	machine.journal.merge(
		taken.map(({ writes, result }) => ({ writes, returned: result.kind === "return" })),
		names.own,
		reason,
	);
	if (returned.length === taken.length) {
		const values = returned.map(({ result }) => (result as Returned).value); // All returned.
		return { kind: "return", value: machine.joined(values, reason) };
	}
	for (const { result } of returned) machine.frame.maybe.push((result as Returned).value);
	if (endings.has("break") || endings.has("continue") || endings.has("unsure")) {
		const others = [...endings].filter((kind) => kind !== "return");
		return others.length === 1 && returned.length === 0 ? staying[0]!.result : { kind: "unsure" };
	}
	return NORMAL;
}

function forStatement(machine: Machine, statement: SyntaxNode, names: Names): Ending {
	const { kids } = statement;
	const at = kids.findIndex(({ name }) => name === "in" || name === "of");
	const body = childNamed(statement, "Body");
	if (!body) return NORMAL;
	if (at < 0) return countingStatement(machine, statement, body, names);
	// JavaScript's names are bound to what is not followed.
	const targets = kids
		.slice(0, at)
		.filter(({ name }) => !/^(async|for|const|let|var|,|\(|\))$/.test(name))
		.map((kid) => (kid.name === "AssignStatement" ? kid.kids[0]! : kid));
	const isByName = textOf(statement)
		.slice(0, kids[at]!.from - statement.from)
		.includes("{");
	if (isByName) return unknownLoop(machine, body, targets, "names of an object's parts are not followed", names);
	const sources = kids.slice(at + 1, kids.indexOf(body)).filter(({ name }) => !/^[,)]$/.test(name));
	const list =
		sources.length === 1
			? iterate(machine, machine.evaluate(sources[0]!, names))
			: listThing(sources.map((kid) => machine.evaluate(kid, names))).items;
	if ("kind" in list) return unknownLoop(machine, body, targets, list.reason, names);
	if (list.length > MOST_TURNS) return unknownLoop(machine, body, targets, `more than ${MOST_TURNS} turns`, names);
	const site = siteOf(statement, names.file);
	const { result, writes } = machine.journal.tried((): Ending => {
		for (const item of list) {
			if (targets.length === 1) assign(machine, targets[0]!, item, names);
			else unpack(machine, targets, item, names, site);
			const ending = executeBody(machine, body, names);
			if (ending.kind === "break") break;
			if (ending.kind !== "normal" && ending.kind !== "continue") return ending;
		}
		return NORMAL;
	});
	if (result.kind === "unsure") {
		return unknownLoop(machine, body, targets, "the loop may end by a condition that is not known", names);
	}
	machine.journal.redo(writes);
	return result;
}

/** `for (let i = 0; i < n; i++)`. */
function countingStatement(machine: Machine, statement: SyntaxNode, body: SyntaxNode, names: Names): Ending {
	const [start, condition, step] = statement.kids.filter(({ name }) => !/^(for|const|let|var|Body|[(),;])$/.test(name));
	if (!start || !condition || !step) return unknownLoop(machine, body, [], "the loop is not followed", names);
	executeStatement(machine, start, names);
	return runWhile(machine, condition, body, step, names);
}

function whileStatement(machine: Machine, statement: SyntaxNode, names: Names): Ending {
	const body = childNamed(statement, "Body");
	const condition = statement.kids.find(({ name }) => !/^(while|do|Body|\(|\))$/.test(name));
	return body && condition ? runWhile(machine, condition, body, null, names) : NORMAL;
}

/** Runs a loop as long as its condition holds; `step` is what each turn ends with. */
function runWhile(
	machine: Machine,
	condition: SyntaxNode,
	body: SyntaxNode,
	step: SyntaxNode | null,
	names: Names,
): Ending {
	for (let turn = 0; turn < MOST_TURNS; turn++) {
		const truth = truthOf(machine.evaluate(condition, names));
		if (truth === false) return NORMAL;
		if (truth === undefined) break;
		const { result, writes } = machine.journal.tried(() => executeBody(machine, body, names));
		if (result.kind === "unsure") break;
		machine.journal.redo(writes);
		if (result.kind === "break") return NORMAL;
		if (result.kind === "return" || result.kind === "raise") return result;
		if (step) executeStatement(machine, step, names);
	}
	return unknownLoop(machine, body, [], `how often the loop runs is not known: ${shortened(textOf(condition))}`, names);
}

/** A loop of which it is not known how often it runs: what it changes is unknown behind it. */
function unknownLoop(
	machine: Machine,
	body: SyntaxNode,
	targets: readonly SyntaxNode[],
	reason: string,
	names: Names,
): Ending {
	const { result, writes } = machine.journal.tried((): Ending => {
		for (const target of targets) assign(machine, target, unknown(reason), names);
		return executeBody(machine, body, names);
	});
	machine.journal.blur(writes, reason, machine);
	if (result.kind === "return") machine.frame.maybe.push(result.value);
	return NORMAL;
}

function tryStatement(machine: Machine, statement: SyntaxNode, names: Names): Ending {
	let ending: Ending = NORMAL;
	let before = "";
	for (const kid of statement.kids) {
		if (kid.name === "Body") {
			if (before === "try") ending = executeBody(machine, kid, names);
			else if (before === "except" && ending.kind === "raise") ending = executeBody(machine, kid, names);
			else if (before === "finally" || (before === "else" && ending.kind === "normal")) {
				const last = executeBody(machine, kid, names);
				if (last.kind !== "normal") ending = last;
			}
		} else if (/^(try|except|else|finally)$/.test(kid.name)) before = kid.name;
	}
	return ending;
}

/** Whether a function of this body gives its values one by one. */
export function isGenerator(body: SyntaxNode): boolean {
	return /\byield\b/.test(textOf(body)) && descendants(body, "YieldStatement").length > 0;
}

function descendants(node: SyntaxNode, name: string): SyntaxNode[] {
	const found: SyntaxNode[] = [];
	const todo = [...node.kids];
	for (let each = todo.shift(); each; each = todo.shift()) {
		if (each.name === name) found.push(each);
		else todo.push(...each.kids);
	}
	return found;
}
