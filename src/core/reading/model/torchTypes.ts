import { canonicalName, resolveName } from "../../activations/libraries/resolve.ts";
import { lineageOf } from "./classes.ts";
import type { Machine } from "./machine.ts";
import { attributeOf } from "./members.ts";
import { type Arguments, booleanThing, type Instance, type Site, type Thing, unknown } from "./thing.ts";
import { CONTAINER, canonicalBase } from "./torchInstances.ts";
import { MODULE_NAMES } from "./torchModuleNames.ts";

/** `isinstance(object, type)`, as far as it is known. */
export function isInstance(given: Arguments): Thing {
	const [object, type] = given.positional;
	if (!object || !type) return unknown("a type is not known");
	const types = type.kind === "list" ? (type.open ? [unknown("a type")] : type.items) : [type];
	const results = types.map((each) => isOf(object, each));
	if (results.includes(true)) return booleanThing(true);
	return results.includes(undefined) ? unknown("whether it is of a type is not known") : booleanThing(false);
}

/** `type(object)`. */
export function typeOf(thing: Thing): Thing {
	if (thing.kind === "layer") return { kind: "library", name: thing.type };
	if (thing.kind === "instance") return thing.class ?? { kind: "library", name: canonicalBase(thing) };
	return unknown("a type is not known");
}

const FUSED_ATTENTION = "torch.nn.functional.scaled_dot_product_attention";

/** `hasattr(object, name)`. */
export function hasAttribute(machine: Machine, object: Thing, name: Thing | undefined, site: Site): Thing {
	if (name?.kind !== "string") return unknown("which attribute is looked for is not known");
	const key = name.value;
	if (object.kind === "layer") {
		if (object.attributes.has(key) || object.slots.has(key)) return booleanThing(true);
		const isMissing = /^(weight|bias)$/.test(key) || isForeign(key);
		return isMissing ? booleanThing(false) : unknown(`whether there is ${key} is not known`);
	}
	// Of PyTorch 2; what stands in its place where it is missing computes the same.
	if (object.kind === "library" && `${canonicalName(object.name)}.${key}` === FUSED_ATTENTION)
		return booleanThing(true);
	if (object.kind === "library" && resolveName(`${object.name}.${key}`)) return booleanThing(true);
	if (object.kind !== "instance") return unknown(`whether there is ${key} is not known`);
	const found = attributeOf(machine, object, key, site);
	if (found.kind !== "method" && found.kind !== "unknown") return booleanThing(true);
	if (object.attributes.has(key)) return booleanThing(true);
	// A plain module has no attributes but its own.
	const isPlain =
		canonicalBase(object) === "torch.nn.Module" || CONTAINER.test(canonicalBase(object)) || object.base === null;
	const isNone = /^(weight|bias|\w*(init|weight|reset)\w*)$/.test(key) || isForeign(key);
	return isPlain && !object.open && isNone && found.kind === "method"
		? booleanThing(false)
		: unknown(`whether there is ${key} is not known`);
}

/** Whether no module of PyTorch's has a public attribute of that name. */
function isForeign(name: string): boolean {
	return !name.startsWith("_") && !MODULE_NAMES.has(name) && !/_l\d+(_reverse)?$/.test(name);
}

/** The classes of `torch.nn` that others descend from. */
const FAMILIES: readonly (readonly [RegExp, RegExp])[] = [
	[/^torch\.nn\.Module$/, /^torch\.nn\./],
	[/^torch\.nn\.modules\.conv\._ConvNd$|^torch\.nn\._ConvNd$/, /^torch\.nn\.(Lazy)?Conv/],
	[/(^|\.)_BatchNorm$/, /^torch\.nn\.(Lazy|Sync)?BatchNorm/],
	[/(^|\.)_NormBase$/, /^torch\.nn\.(Lazy|Sync)?(BatchNorm|InstanceNorm)/],
	[/(^|\.)_InstanceNorm$/, /^torch\.nn\.(Lazy)?InstanceNorm/],
	[/(^|\.)_DropoutNd$/, /^torch\.nn\.(\w*)Dropout/],
	[/^torch\.nn\.RNNBase$/, /^torch\.nn\.(LSTM|GRU|RNN)$/],
	[/^torch\.nn\.Linear$/, /^torch\.nn\.(LazyLinear|NonDynamicallyQuantizableLinear)$/],
];

const PYTHON_TYPES: Readonly<Record<string, RegExp>> = {
	int: /^number$/,
	float: /^number$/,
	str: /^string$/,
	bool: /^boolean$/,
	list: /^list$/,
	tuple: /^list$/,
	dict: /^dictionary$/,
	"functools.partial": /^partial$/,
	"types.FunctionType": /^function$/,
};

function isOf(object: Thing, type: Thing): boolean | undefined {
	if (object.kind === "unknown" || object.kind === "import" || object.kind === "library") {
		if (object.kind !== "library" || type.kind !== "library" || !Object.hasOwn(PYTHON_TYPES, type.name))
			return undefined;
		return type.name !== "types.FunctionType" || /^torch\.nn\.[A-Z]/.test(canonicalName(object.name))
			? false
			: undefined;
	}
	if (type.kind === "library") {
		const name = canonicalName(type.name);
		if (Object.hasOwn(PYTHON_TYPES, name)) return isPython(object, name);
		if (/(^|\.)(Iterable|Sequence|Mapping|Callable|Number)$/.test(name)) {
			if (/Iterable$|Sequence$/.test(name))
				return object.kind === "list" || object.kind === "dictionary" || object.kind === "string";
			if (/Mapping$/.test(name)) return object.kind === "dictionary";
			return undefined;
		}
		// What a model is called with is taken to be a value, not a list of such.
		if (object.kind === "tensor" && /^torch\.(Tensor|nn\.Module)$/.test(name)) return name === "torch.Tensor";
		const bases = object.kind === "layer" ? [object.type] : object.kind === "instance" ? basesOf(object) : null;
		if (!bases)
			return /^torch\.(Tensor|nn)/.test(name) && /^(number|string|boolean|none|list|dictionary)$/.test(object.kind)
				? false
				: undefined;
		if (bases.some((base) => base === name || FAMILIES.some(([of, member]) => of.test(name) && member.test(base))))
			return true;
		// Of a base that is not known it is not known what it is.
		return bases.every((base) => /^(torch\.nn|keras|flax)\./.test(base)) &&
			/^(torch\.nn|keras|flax)\.|^_\w+Norm$/.test(name)
			? false
			: bases.length === 0
				? false
				: undefined;
	}
	if (type.kind === "class") {
		if (object.kind === "instance" && object.class)
			return lineageOf(object.class).some((each) => each.kind === "class" && each.class === type.class);
		return object.kind === "tensor" ? undefined : false;
	}
	return undefined;
}

function isPython(object: Thing, name: string): boolean | undefined {
	if (object.kind === "tensor") return false;
	if (object.kind === "number")
		return name === "float"
			? Number.isInteger(object.value)
				? undefined
				: true
			: name === "int"
				? Number.isInteger(object.value)
				: false;
	if (object.kind === "list") return name === "tuple" ? object.tuple : name === "list" ? !object.tuple : false;
	return PYTHON_TYPES[name]!.test(object.kind) || (object.kind === "boolean" && name === "int");
}

function basesOf(object: Instance): string[] {
	if (!object.class) return [canonicalBase(object)];
	return lineageOf(object.class).flatMap((each) =>
		each.kind === "library"
			? [canonicalName(each.name)]
			: each.kind !== "class"
				? ["?"]
				: each.file.stands
					? [`torch.nn.${each.class.name}`]
					: [],
	);
}
