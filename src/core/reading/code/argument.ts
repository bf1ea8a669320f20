import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { roundTo as roundToFormat } from "../../numerics/dtype.ts";
import type { ArgumentDtype, ArgumentValue } from "../use.ts";
import { literalNumber, namedNumber } from "./constants.ts";
import {
	argumentsOf,
	attributeParts,
	type CallArgument,
	callParts,
	type SyntaxNode,
	stringValue,
	subscriptParts,
	textOf,
	unwrap,
} from "./node.ts";
import { mentionOf, type Resolver } from "./resolver.ts";
import {
	type Block,
	type CodeFunction,
	elementsOf,
	firstFrom,
	type Place,
	partsWithin,
	type Scopes,
	type Site,
} from "./scope.ts";

/** Longer arrays are not read. */
const MAX_VALUES = 1000;
const MAX_DEPTH = 40;

type Container = ArgumentValue["container"];

/** Numbers while they are read: as many as the product of `shape`, row by row. */
interface Numbers {
	readonly dtype: ArgumentDtype;
	readonly shape: readonly number[];
	readonly values: readonly number[];
	readonly container: Container;
	/** A list or tuple of Python, not an array. */
	readonly isList?: boolean;
}

/** Thrown where the value is not certain; never leaves this file. */
class Uncertain {}

/** One for all: it says nothing, and is thrown for most arguments of real code. */
const UNCERTAIN = new Uncertain();

/** The numbers that an expression stands for, by reading the code alone; null where they are not certain. */
export function readArgument(node: SyntaxNode, place: Place, resolver: Resolver): ArgumentValue | null {
	const reader = new ArgumentReader(resolver);
	try {
		const { dtype, shape, values, container } = reader.read(node, place, 0);
		if (values.length > MAX_VALUES) return null;
		return { dtype, shape, values, container, span: reader.span ?? { start: node.from, end: node.to } };
	} catch (error) {
		if (error instanceof Uncertain) return null;
		throw error;
	}
}

class ArgumentReader {
	readonly #resolver: Resolver;
	/** Where the numbers are written, if not at the argument itself. */
	span: { start: number; end: number } | undefined;

	constructor(resolver: Resolver) {
		this.#resolver = resolver;
	}

	read(expression: SyntaxNode, place: Place, depth: number): Numbers {
		if (depth > MAX_DEPTH) throw UNCERTAIN;
		const node = unwrap(expression);
		const again = (kid: SyntaxNode | undefined) => {
			if (!kid) throw UNCERTAIN;
			return this.read(kid, place, depth + 1);
		};
		switch (node.name) {
			case "Number": {
				const text = this.#resolver.textOf(node);
				const value = literalNumber(text);
				if (value === undefined) throw UNCERTAIN;
				const isInteger = /^[\d_]+$/.test(text) || /^0[xob]/i.test(text);
				const { numbers } = this.#resolver.language;
				return scalar(value, isInteger && numbers === "python" ? "int64" : "float64", numbers);
			}
			case "UnaryExpression": {
				const sign = node.kids[0] ? this.#resolver.textOf(node.kids[0]) : "";
				const operand = again(node.kids[1]);
				if (operand.isList || (sign !== "-" && sign !== "+")) throw UNCERTAIN;
				return sign === "+"
					? operand
					: { ...operand, values: operand.values.map((v) => (v === 0 && operand.dtype === "int64" ? 0 : -v)) };
			}
			case "BinaryExpression": {
				const [left, operator, right] = node.kids;
				if (node.kids.length !== 3 || !operator) throw UNCERTAIN;
				return arithmetic(this.#resolver.textOf(operator), again(left), again(right));
			}
			case "ArrayExpression":
			case "TupleExpression":
				return stack(elementsOf(node).map(again));
			case "VariableName":
				return this.#variable(node, place, depth);
			case "MemberExpression":
				return this.#named(node, place);
			case "CallExpression":
				return this.#call(node, place, depth);
			default:
				throw UNCERTAIN;
		}
	}

	#named(node: SyntaxNode, place: Place): Numbers {
		const found = attributeParts(node) && this.#resolver.resolveChain(node, place);
		const value = found?.value.kind === "name" ? namedNumber(found.value.name) : undefined;
		if (value === undefined) throw UNCERTAIN;
		return scalar(value, "float64", this.#resolver.language.numbers);
	}

	#variable(node: SyntaxNode, place: Place, depth: number): Numbers {
		const name = this.#resolver.textOf(node);
		const certain = this.#resolver.certainValue(name, place, node.from);
		if (!certain) return this.#named(node, place);
		const { node: value, place: binding } = certain;
		if (binding.scope !== scopeOf(place)) throw UNCERTAIN;
		// What a function binds is changed within it; what the module does may be changed anywhere.
		if (binding.scope.kind !== "function") this.#resolver.lookups.add(mentionOf(name));
		if (mayChange(name, binding.at, lastUse(node, place, binding.block), this.#resolver)) throw UNCERTAIN;
		const numbers = this.read(value, binding, depth + 1);
		this.span ??= { start: value.from, end: value.to };
		return numbers;
	}

	#call(node: SyntaxNode, place: Place, depth: number): Numbers {
		const parts = callParts(node);
		if (!parts) throw UNCERTAIN;
		const list = argumentsOf(parts.list);
		if (list.some((argument) => argument.stars > 0)) throw UNCERTAIN;
		const callee = this.#resolver.resolveValue(parts.callee, place);
		if (callee?.kind === "name") return this.#libraryCall(canonicalName(callee.name), list, place, depth);
		const member = attributeParts(parts.callee);
		if (!member || callee) throw UNCERTAIN;
		return this.#method(
			this.read(member.object, place, depth + 1),
			this.#resolver.textOf(member.property),
			list,
			place,
			depth,
		);
	}

	#libraryCall(name: string, list: readonly CallArgument[], place: Place, depth: number): Numbers {
		const keyword = (key: string) =>
			list.find((argument) => argument.name && this.#resolver.textOf(argument.name) === key)?.value;
		const positional = list.filter((argument) => !argument.name).map((argument) => argument.value);
		const known = (...keys: string[]) => {
			for (const { name: key } of list) if (key && !keys.includes(this.#resolver.textOf(key))) throw UNCERTAIN;
		};
		const number = (at: number, key: string): Numbers | undefined => {
			const found = positional[at] ?? keyword(key);
			if (!found) return undefined;
			const value = this.read(found, place, depth + 1);
			if (value.shape.length > 0 || value.isList) throw UNCERTAIN;
			return value;
		};
		const [, library = "", base = ""] = /^(.*)\.(\w+)$/.exec(name) ?? [];
		const dtypeAt = (at: number) => {
			const found = keyword("dtype") ?? positional[at];
			return found ? this.#dtype(found, place) : undefined;
		};
		switch (name) {
			case "float":
				known();
				return convert(again(this, positional[0]), "float64", "python");
			case "numpy.array":
			case "numpy.asarray":
				known("dtype");
				return convert(again(this, positional[0]), dtypeAt(1), "numpy");
			case "torch.tensor":
			case "torch.as_tensor":
			case "torch.FloatTensor":
			case "torch.Tensor":
				known("dtype", "device", "requires_grad");
				return this.#floating(
					again(this, positional[0]),
					name.endsWith("ensor") && /FloatTensor|Tensor$/.test(base) && base !== "as_tensor" ? "float32" : dtypeAt(1),
					"torch",
				);
			case "jax.numpy.array":
			case "jax.numpy.asarray":
				known("dtype");
				return this.#floating(again(this, positional[0]), dtypeAt(1), "jax");
			case "tensorflow.constant":
			case "tensorflow.convert_to_tensor":
			case "tensorflow.Variable":
				known("dtype");
				return this.#floating(again(this, positional[0]), dtypeAt(1), "tensorflow");
			case "keras.ops.array":
			case "keras.ops.convert_to_tensor":
				known("dtype");
				return this.#floating(again(this, positional[0]), dtypeAt(1), "keras");
			case "numpy.float16":
			case "numpy.float32":
			case "numpy.float64":
				known();
				return convert(again(this, positional[0]), base as ArgumentDtype, "numpy"); // One of the three by its case.
			case "tfjs.scalar":
			case "tfjs.tensor":
			case "tfjs.tensor1d":
			case "tfjs.tensor2d": {
				known();
				const numbers = again(this, positional[0]);
				// A shape or a type behind the values makes something else of them.
				if (numbers.container !== "javascript" || positional.length !== 1) throw UNCERTAIN;
				const axes = { scalar: 0, tensor1d: 1, tensor2d: 2 }[base] ?? numbers.shape.length;
				if (axes !== numbers.shape.length) throw UNCERTAIN;
				return convert(numbers, "float32", "tfjs");
			}
			case "numpy.linspace": {
				known("num", "start", "stop", "endpoint", "dtype");
				const [start, stop, count] = [number(0, "start"), number(1, "stop"), number(2, "num")];
				if (!start || !stop || positional.length > 3) throw UNCERTAIN;
				const endpoint = keyword("endpoint");
				const closed = !endpoint || this.#resolver.textOf(endpoint) === "True";
				if (endpoint && !/^(True|False)$/.test(this.#resolver.textOf(endpoint))) throw UNCERTAIN;
				return convert(
					linspace(start.values[0]!, stop.values[0]!, count ? count.values[0]! : 50, closed),
					dtypeAt(9),
					"numpy",
				);
			}
			case "numpy.arange":
			case "torch.arange": {
				known("dtype", "step", "start", "stop");
				const numbers = [number(0, "start"), number(1, "stop"), number(2, "step")].filter((each) => each !== undefined);
				const [first, second, third] = numbers;
				if (!first || (keyword("stop") && !second)) throw UNCERTAIN;
				const range = second
					? arange(first, second, third ?? scalar(1, "int64", "python"))
					: arange(scalar(0, "int64", "python"), first, scalar(1, "int64", "python"));
				if (library === "numpy") return convert(range, dtypeAt(3), "numpy");
				// PyTorch rounds a range of float32 in its own way; integers are the same everywhere.
				if (range.dtype !== "int64") throw UNCERTAIN;
				return convert(range, dtypeAt(9), "torch");
			}
			case "numpy.zeros":
			case "numpy.ones":
			case "torch.zeros":
			case "torch.ones": {
				known("dtype");
				const shapes = positional.map((each) => this.read(each, place, depth + 1));
				if (library === "numpy" && shapes.length !== 1) throw UNCERTAIN;
				const shape = shapes.flatMap((each) => each.values);
				return fill(
					shape,
					base === "ones" ? 1 : 0,
					dtypeAt(9) ?? (library === "numpy" ? "float64" : "float32"),
					library === "numpy" ? "numpy" : "torch",
				);
			}
			default:
				throw UNCERTAIN;
		}

		function again(reader: ArgumentReader, node: SyntaxNode | undefined): Numbers {
			if (!node) throw UNCERTAIN;
			return reader.read(node, place, depth + 1);
		}
	}

	/** Arrays of frameworks whose floating-point numbers are float32 unless said otherwise. */
	#floating(numbers: Numbers, dtype: ArgumentDtype | undefined, container: Container): Numbers {
		if (dtype) return convert(numbers, dtype, container);
		if (numbers.container === "numpy" && container === "torch") return convert(numbers, undefined, container);
		if (numbers.container !== "python") throw UNCERTAIN;
		if (numbers.dtype !== "int64") return convert(numbers, "float32", container);
		// The others have integers of 32 bits, for which there is no dtype here.
		if (container !== "torch") throw UNCERTAIN;
		return convert(numbers, "int64", container);
	}

	#dtype(node: SyntaxNode, place: Place): ArgumentDtype {
		const text = stringValue(unwrap(node));
		const found = text === undefined ? this.#resolver.resolveValue(node, place) : undefined;
		const name =
			text ?? (found?.kind === "name" ? found.name.replace(/^(numpy|torch|jax\.numpy|tensorflow|keras)\./, "") : "");
		switch (name) {
			case "int":
			case "int64":
			case "long":
				return "int64";
			case "float":
				// Python's float is 64 bits wide to NumPy, but `torch.float` is 32.
				return found?.kind === "name" && found.name.startsWith("torch.") ? "float32" : "float64";
			case "double":
			case "float64":
				return "float64";
			case "float32":
			case "single":
				return "float32";
			case "float16":
			case "half":
				return "float16";
			case "bfloat16":
				return "bfloat16";
			default:
				throw UNCERTAIN;
		}
	}

	#method(numbers: Numbers, name: string, list: readonly CallArgument[], place: Place, depth: number): Numbers {
		if (numbers.isList || isPlain(numbers) || numbers.container === "tfjs") throw UNCERTAIN;
		if (list.some((argument) => argument.name && this.#resolver.textOf(argument.name) !== "dtype")) throw UNCERTAIN;
		const [first] = list;
		switch (name) {
			case "astype":
			case "to":
			case "type":
				if (list.length !== 1 || !first) throw UNCERTAIN;
				return convert(numbers, this.#dtype(first.value, place), numbers.container);
			case "float":
				if (numbers.container === "torch" && list.length === 0) return convert(numbers, "float32", "torch");
				break;
			case "double":
				if (numbers.container === "torch" && list.length === 0) return convert(numbers, "float64", "torch");
				break;
			case "half":
				if (numbers.container === "torch" && list.length === 0) return convert(numbers, "float16", "torch");
				break;
			case "copy":
			case "clone":
			case "detach":
				if (list.length === 0) return numbers;
				break;
			case "reshape":
			case "view": {
				const shape = list.flatMap((argument) => this.read(argument.value, place, depth + 1).values);
				const rest = shape.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
				const full = shape.map((size) => (size === -1 ? numbers.values.length / rest : size));
				if (full.reduce((a, b) => a * b, 1) !== numbers.values.length || !full.every(Number.isInteger)) throw UNCERTAIN;
				return { ...numbers, shape: full };
			}
			default:
		}
		throw UNCERTAIN;
	}
}

function scopeOf(place: Place): Place["scope"] {
	let { scope } = place;
	while (scope.kind === "comprehension" && scope.parent) scope = scope.parent;
	return scope;
}

/** The offset up to which a change matters: the use, or the end of a loop around it that the binding is not in. */
function lastUse(node: SyntaxNode, place: Place, bindingBlock: Block): number {
	let last = node.from;
	let { block } = place;
	while (block.parent && block !== bindingBlock) {
		if (block.loop && block.owner) last = Math.max(last, block.owner.to);
		block = block.parent;
	}
	return last;
}

const CHANGING_METHODS =
	/^(sort|fill|append|extend|insert|pop|remove|clear|reverse|resize|put|itemset|partition|setflags|update|push|shift|unshift|splice|copyWithin|assign|dispose)$|[^_]_$/;
const CHANGING_FUNCTIONS = /(^|\.)(shuffle|copyto|fill_diagonal|place|putmask|put|insert|setattr|exec|eval)$|[^_]_$/;

/** Sites of one name that are looked at; a name that stands more often may well be changed somewhere. */
const MOST_SITES = 500;

/** Whether something between the offsets may change the numbers that `name` is bound to. */
function mayChange(name: string, from: number, to: number, resolver: Resolver): boolean {
	let count = 0;
	for (const site of sitesNamed(name, resolver.scopes, from, to)) {
		if (count++ >= MOST_SITES || changes(site, resolver, 0)) return true;
	}
	return false;
}

/** The sites of a name that begin between two offsets, in the order of the text. */
function* sitesNamed(name: string, scopes: Scopes, from: number, to: number): Generator<Site> {
	for (const part of partsWithin(scopes, from, to)) {
		const sites = sitesByNameIn(part).get(name) ?? [];
		for (let i = firstFrom(sites, from); i < sites.length && sites[i]!.node.from < to; i++) yield sites[i]!;
	}
}

/** The parts outlive an edit elsewhere, and so does what is known of them. */
const sitesByName = new WeakMap<Scopes, Map<string, Site[]>>();

function sitesByNameIn(scopes: Scopes): ReadonlyMap<string, Site[]> {
	let byName = sitesByName.get(scopes);
	if (!byName) {
		byName = new Map();
		for (const site of scopes.sites) {
			if (site.node.name !== "VariableName") continue;
			const text = textOf(site.node);
			const known = byName.get(text);
			if (known) known.push(site);
			else byName.set(text, [site]);
		}
		for (const sites of byName.values()) sites.sort((a, b) => a.node.from - b.node.from);
		sitesByName.set(scopes, byName);
	}
	return byName;
}

/** Whether the name stands where its value may be changed: `x[0] = 1`, `x.sort()`, `shuffle(x)`, `y = x`. */
function changes(site: Site, resolver: Resolver, depth: number): boolean {
	let { node } = site;
	while (node.parent?.name === "ParenthesizedExpression") node = node.parent;
	const { parent } = node;
	if (!parent || depth > 3) return true;
	switch (parent.name) {
		case "AssignStatement":
			return true; // Another name for the same array.
		case "UpdateStatement":
			return parent.kids[0] === node;
		case "MemberExpression": {
			const subscript =
				subscriptParts(parent) ?? (parent.kids[1]?.name === "[" ? { object: parent.kids[0]! } : undefined);
			if (subscript?.object === node) return isTarget(parent);
			const member = attributeParts(parent);
			if (!member) return false;
			const call =
				parent.parent?.name === "CallExpression" && parent.parent.kids[0] === parent ? parent.parent : undefined;
			return call ? CHANGING_METHODS.test(resolver.textOf(member.property)) : isTarget(parent);
		}
		case "ArgList": {
			const call = parent.parent;
			const parts = call?.name === "CallExpression" ? callParts(call) : undefined;
			if (!call || !parts) return true;
			if (argumentsOf(parts.list).some(({ name, value }) => value === node && name && resolver.textOf(name) === "out"))
				return true;
			const callee = resolver.resolveValue(parts.callee, site);
			if (callee?.kind === "name")
				return CHANGING_FUNCTIONS.test(callee.name) && resolveName(callee.name) === undefined;
			if (callee?.kind === "function") return changesItsArguments(callee.function, resolver, depth);
			// An unknown function called for its effect.
			return (
				callee === undefined &&
				call.parent?.name === "ExpressionStatement" &&
				!/^(print|plt\.|ax\.)/.test(resolver.textOf(parts.callee))
			);
		}
		default:
			return false;
	}
}

function isTarget(node: SyntaxNode): boolean {
	const { parent } = node;
	if (parent?.name === "UpdateStatement") return parent.kids[0] === node;
	if (parent?.name === "DeleteStatement") return true;
	return (
		parent?.name === "AssignStatement" &&
		parent.kids.indexOf(node) < parent.kids.findIndex((kid) => kid.name === "AssignOp")
	);
}

function changesItsArguments(called: CodeFunction, resolver: Resolver, depth: number): boolean {
	const { from, to } = called.node;
	for (const { name } of called.parameters) {
		for (const site of sitesNamed(name, resolver.scopes, from, to)) {
			if (site.node.parent?.name !== "AssignStatement" && changes(site, resolver, depth + 1)) return true;
		}
	}
	return updatesParameter(called, resolver);
}

/** `x *= 2` in a function changes the caller's array. */
function updatesParameter(called: CodeFunction, resolver: Resolver): boolean {
	const todo = called.body ? [called.body] : [];
	for (let node = todo.pop(); node; node = todo.pop()) {
		const target = node.name === "UpdateStatement" ? node.kids[0] : undefined;
		if (target?.name === "VariableName" && called.parameters.some(({ name }) => name === resolver.textOf(target)))
			return true;
		if (node.name.endsWith("Statement") || node.name === "Body") todo.push(...node.kids);
	}
	return false;
}

function scalar(value: number, dtype: ArgumentDtype, container: Container): Numbers {
	return { dtype, shape: [], values: [value], container };
}

function fill(shape: readonly number[], value: number, dtype: ArgumentDtype, container: Container): Numbers {
	const count = shape.reduce((a, b) => a * b, 1);
	if (!(count <= MAX_VALUES) || !shape.every((size) => Number.isInteger(size) && size >= 0)) throw UNCERTAIN;
	return { dtype, shape, values: new Array<number>(count).fill(value), container };
}

/** A list of numbers or of lists of one shape. */
function stack(items: readonly Numbers[]): Numbers {
	const [first] = items;
	if (!first) return { dtype: "float64", shape: [0], values: [], container: "python", isList: true };
	if (!items.every((item) => isPlain(item) && sameShape(item.shape, first.shape))) throw UNCERTAIN;
	const dtype = items.some((item) => item.dtype === "float64") ? "float64" : "int64";
	const values = items.flatMap((item) => item.values);
	if (values.length > MAX_VALUES) throw UNCERTAIN;
	return { dtype, shape: [items.length, ...first.shape], values, container: first.container, isList: true };
}

/** Whether the numbers are the language's own. */
function isPlain({ container }: Numbers): boolean {
	return container === "python" || container === "javascript";
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
	return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** The numbers in another container and dtype, rounded to it. */
function convert(numbers: Numbers, dtype: ArgumentDtype | undefined, container: Container): Numbers {
	const target = dtype ?? numbers.dtype;
	if (target === "int64" && numbers.dtype !== "int64" && !numbers.values.every(Number.isInteger)) throw UNCERTAIN;
	if (target === "int64" && !numbers.values.every(Number.isSafeInteger)) throw UNCERTAIN;
	return {
		dtype: target,
		shape: numbers.shape,
		values: numbers.values.map((value) => roundTo(value, target)),
		container,
	};
}

function roundTo(value: number, dtype: ArgumentDtype): number {
	return dtype === "int64" ? value : roundToFormat(value, dtype);
}

function arithmetic(operator: string, a: Numbers, b: Numbers): Numbers {
	if (a.isList || b.isList) throw UNCERTAIN;
	// A tensor of TensorFlow.js has no operators.
	if (a.container === "tfjs" || b.container === "tfjs") throw UNCERTAIN;
	const [array, other] = isPlain(a) ? [b, a] : [a, b];
	if (!isPlain(other) && (other.container !== array.container || other.dtype !== array.dtype)) throw UNCERTAIN;
	if (a.shape.length > 0 && b.shape.length > 0 && !sameShape(a.shape, b.shape)) throw UNCERTAIN;
	let { dtype } = array;
	const isFloat = (numbers: Numbers) => numbers.dtype !== "int64";
	if (!isFloat(array) && (isFloat(other) || operator === "/")) {
		// PyTorch and JAX make float32 of these, NumPy and Python float64.
		if (array.container !== "numpy" && array.container !== "python") throw UNCERTAIN;
		dtype = "float64";
	}
	const count = Math.max(a.values.length, b.values.length);
	const values: number[] = [];
	for (let i = 0; i < count; i++) {
		// A Python number takes the array's precision before it meets it.
		const p = roundTo(a.values[a.shape.length === 0 ? 0 : i]!, dtype);
		const q = roundTo(b.values[b.shape.length === 0 ? 0 : i]!, dtype);
		values.push(roundTo(operate(operator, p, q, dtype), dtype));
	}
	if (dtype === "int64" && !values.every(Number.isSafeInteger)) throw UNCERTAIN;
	return { dtype, shape: a.shape.length > 0 ? a.shape : b.shape, values, container: array.container };
}

function operate(operator: string, p: number, q: number, dtype: ArgumentDtype): number {
	switch (operator) {
		case "+":
			return p + q;
		case "-":
			return p - q;
		case "*":
			return p * q;
		case "/":
			if (q === 0) throw UNCERTAIN;
			return p / q;
		case "**":
			// Only what is exact or a single product: powers are not rounded alike everywhere.
			if (q === 2) return p * p;
			if (dtype === "int64" && q >= 0) return p ** q;
			throw UNCERTAIN;
		default:
			throw UNCERTAIN;
	}
}

/** As NumPy computes it: i·step + start, and the end exactly. */
function linspace(start: number, stop: number, count: number, closed: boolean): Numbers {
	if (!Number.isInteger(count) || count < 1 || count > MAX_VALUES) throw UNCERTAIN;
	const parts = closed ? count - 1 : count;
	const step = (stop - start) / parts;
	const values = Array.from({ length: count }, (_, i) => (parts > 0 ? i * step + start : start));
	if (closed && count > 1) values[count - 1] = stop;
	return { dtype: "float64", shape: [count], values, container: "numpy" };
}

/** As NumPy computes it: start + i·(second − start). */
function arange(start: Numbers, stop: Numbers, step: Numbers): Numbers {
	const [a, b, s] = [start.values[0]!, stop.values[0]!, step.values[0]!];
	if (s === 0) throw UNCERTAIN;
	const count = Math.max(0, Math.ceil((b - a) / s));
	if (!(count <= MAX_VALUES)) throw UNCERTAIN;
	const dtype = [start, stop, step].some((each) => each.dtype !== "int64") ? "float64" : "int64";
	const delta = a + s - a;
	return { dtype, shape: [count], values: Array.from({ length: count }, (_, i) => a + i * delta), container: "numpy" };
}
