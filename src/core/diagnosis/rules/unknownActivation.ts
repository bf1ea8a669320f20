import { catalog } from "../../activations/catalog.ts";
import { canonicalName, kerasName, resolveName } from "../../activations/libraries/resolve.ts";
import { vectorActivations } from "../../activations/vector.ts";
import { constantNumber } from "../../reading/code/constants.ts";
import { assignmentParts, attributeParts, type SyntaxNode, textOf, unwrap } from "../../reading/code/node.ts";
import type { Resolver } from "../../reading/code/resolver.ts";
import type { Scopes, Site } from "../../reading/code/scope.ts";
import { callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import { functionAround } from "./flow.ts";
import { nameInFile } from "./libraryNames.ts";
import type { Rule } from "./rule.ts";

type ModuleName =
	| "torch"
	| "torch.nn"
	| "torch.nn.functional"
	| "jax.nn"
	| "jax.numpy"
	| "flax.linen"
	| "flax.nnx"
	| "keras.activations"
	| "keras.layers"
	| "tensorflow"
	| "tensorflow.keras.activations"
	| "tensorflow.nn"
	| "tensorflow.math";

interface Module {
	readonly names: ReadonlySet<string>;
	readonly others: readonly ModuleName[];
}

const KERAS_ACTIVATIONS =
	"celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear " +
	"log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus " +
	"sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold";

/**
 * The names of each module that could be taken for an activation's: those of PyTorch 2.13, JAX 0.10, Flax 0.12, Keras 3.15
 * and TensorFlow 2.21, and what older versions of these two had. Behind them, the modules in which a name that is missing
 * may be meant.
 */
const MODULES: Readonly<Record<ModuleName, Module>> = {
	torch: module(
		"abs abs_ arcsinh arcsinh_ arctan arctan_ asinh asinh_ atan atan_ celu celu_ cos cos_ erf erf_ exp exp_ hardshrink " +
			"heaviside log_softmax logsumexp prelu relu relu_ rrelu rrelu_ selu selu_ sigmoid sigmoid_ sign sin sin_ sinc " +
			"sinc_ softmax tanh tanh_ threshold threshold_",
		["torch.nn.functional", "torch.nn"],
	),
	"torch.nn": module(
		"CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh Identity LeakyReLU Linear LogSigmoid LogSoftmax Mish " +
			"PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh Tanhshrink " +
			"Threshold",
		["torch.nn.functional"],
	),
	"torch.nn.functional": module(
		"celu celu_ elu elu_ gelu glu hardshrink hardsigmoid hardswish hardtanh hardtanh_ leaky_relu leaky_relu_ linear " +
			"log_softmax logsigmoid mish prelu relu relu6 relu_ rrelu rrelu_ selu selu_ sigmoid silu softmax softmin softplus " +
			"softshrink softsign tanh tanhshrink threshold threshold_",
		["torch", "torch.nn"],
	),
	"jax.nn": module(
		"celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu log_sigmoid log_softmax " +
			"logsumexp mish relu relu6 selu sigmoid silu soft_sign softmax softplus sparse_plus sparse_sigmoid squareplus swish " +
			"tanh",
		["jax.numpy"],
	),
	"jax.numpy": module("abs absolute arcsinh arctan asinh atan cos exp heaviside identity sign sin sinc tanh", [
		"jax.nn",
	]),
	"flax.linen": module(
		"PReLU activation celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid " +
			"log_softmax logsumexp relu relu6 selu sigmoid silu soft_sign softmax softplus swish tanh",
		["jax.nn"],
	),
	"flax.nnx": module(
		"Linear PReLU celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu log_sigmoid " +
			"log_softmax relu relu6 selu sigmoid silu soft_sign softmax softplus swish tanh",
		["jax.nn"],
	),
	"keras.activations": module(KERAS_ACTIVATIONS, ["keras.layers"]),
	"keras.layers": module("ELU Identity LeakyReLU PReLU ReLU Softmax ThresholdedReLU", ["keras.activations"]),
	tensorflow: module("abs erf identity log log_sigmoid sigmoid sign sparse sqrt tanh", [
		"tensorflow.nn",
		"tensorflow.math",
	]),
	"tensorflow.keras.activations": module(KERAS_ACTIVATIONS, []),
	"tensorflow.nn": module(
		"crelu elu gelu leaky_relu log_softmax relu relu6 selu sigmoid silu softmax softplus softsign swish tanh",
		["tensorflow.math", "tensorflow.keras.activations"],
	),
	"tensorflow.math": module(
		"abs asinh atan cos erf exp log_sigmoid log_softmax sigmoid sign sin softmax softplus softsign tanh",
		["tensorflow.nn"],
	),
};

function module(names: string, others: readonly ModuleName[]): Module {
	return { names: new Set(names.split(" ")), others };
}

/** Answers that are kept. */
const MOST_LOOKED = 20_000;

/** Activations by what is left of their names without case and underscores. */
const ids: ReadonlyMap<string, string> = new Map(
	[...catalog, ...vectorActivations].flatMap(({ id, name, aliases }) =>
		[id, name, ...aliases].map((each) => [plain(each), id] as const),
	),
);

/** `torch.nn.relu`: no module of that library has it, and one close by does. */
export const unknownActivation: Rule = {
	severity: "error",
	summary: "A name that the library does not have",
	*check(code) {
		const given = new Set(assignedMembers(code));
		for (const { site, moduleName, prefix, property } of code.read.inParts(missingMembers)) {
			if (given.has(`${prefix}${moduleName}.${property}`)) continue;
			const use = useOf(site, isClass(property), code);
			const found = suggestionFor(property, moduleName, use === "named" ? isClass(property) : use === "made");
			if (!found) continue;
			const { from: start, to: end } = site.node;
			const suggestion = `${prefix}${found.place}.${found.name}`;
			// A module that is made and a function that is applied cannot take each other's place.
			const fits = use === "named" || isClass(found.name) === (use === "made");
			const written = fits ? nameInFile(suggestion, site, code) : null;
			yield {
				span: { start, end },
				message: code.t("{0} has no {1}; {2} is meant.", `${prefix}${moduleName}`, property, suggestion),
				fixes: written
					? [{ title: code.t("Replace by {0}", written), edits: [{ span: { start, end }, text: written }] }]
					: [],
			};
		}
	},
};

interface Missing {
	readonly site: Site;
	/** The module that has no such name. */
	readonly moduleName: ModuleName;
	/** What the file writes before it: TensorFlow has Keras' modules, too. */
	readonly prefix: string;
	readonly property: string;
}

/** `a.relu`, where `a` is a module that is imported and has none. */
function missingMembers({ sites }: Scopes, resolver: Resolver): readonly Missing[] {
	return sites.flatMap((site) => {
		const member = site.node.name === "MemberExpression" ? attributeParts(site.node) : undefined;
		const property = member && textOf(member.property);
		if (!property || !isActivationName(property) || !isImported(member.object, site, resolver)) return [];
		const value = resolver.resolveValue(member.object, site);
		const dotted = value?.kind === "name" ? canonicalName(value.name) : "";
		const moduleName = kerasName(dotted);
		const prefix = dotted.slice(0, dotted.length - moduleName.length);
		if (!isModule(moduleName) || MODULES[moduleName].names.has(property) || isGuarded(site)) return [];
		return [{ site, moduleName, prefix, property }];
	});
}

function isModule(name: string): name is ModuleName {
	return Object.hasOwn(MODULES, name);
}

/** The members that the file itself gives to modules: `nn.Swish = nn.SiLU`. */
function assignedMembers({ read, resolver }: CodeUnderRules): string[] {
	const place = { scope: resolver.scopes.module, block: resolver.scopes.module.body };
	return read.root.kids.flatMap((statement) => {
		if (statement.name !== "AssignStatement") return [];
		return assignmentParts(statement).targets.flatMap(([target]) => {
			const member = target && attributeParts(target);
			const module = member && resolver.resolveValue(member.object, place);
			return module?.kind === "name" ? [`${canonicalName(module.name)}.${textOf(member!.property)}`] : [];
		});
	});
}

/** Whether a name is called to make a module, or on a value, or is not called. */
function useOf(
	{ node, ...place }: Site,
	isWrittenAsClass: boolean,
	code: CodeUnderRules,
): "made" | "applied" | "named" {
	const call = node.parent ? callOf(node.parent, place) : undefined;
	if (call?.callee !== node) return "named";
	const around = call.node.parent;
	if (around?.name === "CallExpression" && around.kids[0] === call.node) return "made";
	// Values are not computed where a module is put together.
	if (isWrittenAsClass && functionAround(place)?.name === "__init__") return "made";
	// A setting by place is a literal, as of `nn.Softmax(-1)`.
	const isSetting = (value: SyntaxNode) =>
		/^(Boolean|String|None)$/.test(unwrap(value).name) || constantNumber(value, place, code.resolver) !== undefined;
	const takesValue = call.list.some(({ name, value }) =>
		name ? INPUT_NAMES.has(code.textOf(name)) : !isSetting(value),
	);
	return takesValue ? "applied" : "made";
}

const INPUT_NAMES: ReadonlySet<string> = new Set(["input", "inputs", "x", "features", "logits"]);

/**
 * The very name in another module, else what the module itself has that differs in case only; else one of a like name if
 * there is one, else of the same meaning. Classes alone where one is wanted, functions alone else, before all others.
 */
function suggestionFor(property: string, moduleName: ModuleName, wantsClass: boolean) {
	const all = [moduleName, ...MODULES[moduleName].others].flatMap((place) =>
		[...MODULES[place].names].map((name) => ({ place, name })),
	);
	const inOrder = [true, false].map((isWanted) =>
		all.filter(({ name }) => (isClass(name) === wantsClass) === isWanted),
	);
	for (const candidates of inOrder) {
		const found =
			candidates.find(({ name }) => name === property) ??
			candidates.find(({ place, name }) => place === moduleName && name.toLowerCase() === property.toLowerCase()) ??
			candidates.find(({ name }) => plain(name) === plain(property)) ??
			candidates.find(({ place, name }) => resolveName(`${place}.${name}`)?.activation === ids.get(plain(property)));
		if (found) return found;
	}
	return undefined;
}

function isClass(name: string): boolean {
	return /^[A-Z]/.test(name);
}

const looked = new Map<string, boolean>();

/** Whether an activation has the name but for case and underscores; the same names come again and again. */
function isActivationName(name: string): boolean {
	let known = looked.get(name);
	if (known === undefined) {
		known = ids.has(plain(name));
		if (looked.size < MOST_LOOKED) looked.set(name, known);
	}
	return known;
}

function plain(name: string): string {
	return name.replaceAll("_", "").toLowerCase();
}

/** Whether the file itself says what the first name of `a.b.c` is; a guess is no ground for an error. */
function isImported(object: SyntaxNode, site: Site, resolver: Resolver): boolean {
	let base = object;
	for (let parts = attributeParts(base); parts; parts = attributeParts(base)) base = parts.object;
	return base.name === "VariableName" && resolver.bindingsOf(textOf(base), site, base.from).length > 0;
}

/** Inside `try` or under a condition the code may well know that the name is not in every version. */
function isGuarded({ block }: Site): boolean {
	for (let around: Site["block"] | null = block; around; around = around.parent) {
		if (around.owner && /^(Try|If)Statement$/.test(around.owner.name)) return true;
	}
	return false;
}
