import { canonicalName } from "../../activations/libraries/resolve.ts";
import type { ArgumentDtype, ArgumentValue } from "../use.ts";
import { literalNumber, namedNumber } from "./constants.ts";
import { mentionOf } from "./lookups.ts";
import { mayChange } from "./mayChange.ts";
import {
	argumentsOf,
	attributeParts,
	type CallArgument,
	callParts,
	type SyntaxNode,
	stringValue,
	unwrap,
} from "./node.ts";
import {
	arange,
	arithmetic,
	type Container,
	convert,
	fill,
	isPlain,
	linspace,
	MAX_VALUES,
	type Numbers,
	scalar,
	stack,
	UNCERTAIN,
	Uncertain,
} from "./numbers.ts";
import type { Resolver } from "./resolver.ts";
import { type Block, elementsOf, type Place } from "./scope.ts";

const MAX_DEPTH = 40;

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
		const last = lastUse(node, place, binding.block);
		if (binding.scope.kind !== "function") this.#resolver.lookups.add(mentionOf(name), binding, last);
		if (mayChange(name, binding.at, last, this.#resolver)) throw UNCERTAIN;
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
