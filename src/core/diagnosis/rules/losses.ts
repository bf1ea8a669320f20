import { kerasName } from "../../activations/libraries/resolve.ts";
import { foundOnce } from "../../foundOnce.ts";
import { attributeParts, type SyntaxNode, unwrap } from "../../reading/code/node.ts";
import { argumentOf, type Call, callOf } from "./call.ts";
import type { CodeUnderRules } from "./codeUnderRules.ts";
import type { Context } from "./flow.ts";
import type { LastStep } from "./lastStep.ts";
import type { Report } from "./rule.ts";

/** What a loss takes: logits, to which it applies the activation itself, or probabilities, or their logarithms. */
export interface LossKind {
	readonly takes: "logits" | "probabilities" | "logarithms";
	readonly applies: "softmax" | "sigmoid";
	/** Where the network's output stands among the arguments. */
	readonly position: number | null;
	readonly names: readonly string[];
	/** Where `from_logits` stands among the arguments, where it takes logits only when that says so. */
	readonly asked?: number;
}

/** A loss that is applied to something. */
export interface AppliedLoss {
	readonly name: string;
	readonly kind: LossKind;
	readonly call: Call;
	/** The activation that the loss's input comes from last; undefined where there is none, or it is not certain. */
	readonly step: LastStep | undefined;
}

const SOFTMAX = { takes: "logits", applies: "softmax" } as const;
const SIGMOID = { takes: "logits", applies: "sigmoid" } as const;
const PYTORCH = { position: 0, names: ["input"] };
const TENSORFLOW = { position: 1, names: ["logits"] };
const OPTAX = { position: 0, names: ["logits"] };
const KERAS = { position: 1, names: ["y_pred"] };
const KERAS_FUNCTION = { ...KERAS, asked: 2 };
const KERAS_CLASS = { ...KERAS, asked: 0 };

/** Losses that are functions of the output. */
const FUNCTIONS: Readonly<Record<string, LossKind>> = {
	"torch.nn.functional.cross_entropy": { ...SOFTMAX, ...PYTORCH },
	"torch.nn.functional.binary_cross_entropy_with_logits": { ...SIGMOID, ...PYTORCH },
	"torch.nn.functional.binary_cross_entropy": { ...SIGMOID, ...PYTORCH, takes: "probabilities" },
	"torch.nn.functional.nll_loss": { ...SOFTMAX, ...PYTORCH, takes: "logarithms" },
	"tensorflow.nn.softmax_cross_entropy_with_logits": { ...SOFTMAX, ...TENSORFLOW },
	"tensorflow.nn.softmax_cross_entropy_with_logits_v2": { ...SOFTMAX, ...TENSORFLOW },
	"tensorflow.nn.sparse_softmax_cross_entropy_with_logits": { ...SOFTMAX, ...TENSORFLOW },
	"tensorflow.nn.sigmoid_cross_entropy_with_logits": { ...SIGMOID, ...TENSORFLOW },
	"tfjs.losses.softmaxCrossEntropy": { ...SOFTMAX, position: 1, names: [] },
	"tfjs.losses.sigmoidCrossEntropy": { ...SIGMOID, position: 1, names: [] },
	"optax.softmax_cross_entropy": { ...SOFTMAX, ...OPTAX },
	"optax.softmax_cross_entropy_with_integer_labels": { ...SOFTMAX, ...OPTAX },
	"optax.sigmoid_binary_cross_entropy": { ...SIGMOID, ...OPTAX },
	"keras.losses.categorical_crossentropy": { ...SOFTMAX, ...KERAS_FUNCTION },
	"keras.losses.sparse_categorical_crossentropy": { ...SOFTMAX, ...KERAS_FUNCTION },
	"keras.losses.binary_crossentropy": { ...SIGMOID, ...KERAS_FUNCTION },
};
/** Losses that are objects which are called with the output. */
const CLASSES: Readonly<Record<string, LossKind>> = {
	"torch.nn.CrossEntropyLoss": { ...SOFTMAX, ...PYTORCH },
	"torch.nn.NLLLoss": { ...SOFTMAX, ...PYTORCH, takes: "logarithms" },
	"torch.nn.BCEWithLogitsLoss": { ...SIGMOID, ...PYTORCH },
	"torch.nn.BCELoss": { ...SIGMOID, ...PYTORCH, takes: "probabilities" },
	"keras.losses.CategoricalCrossentropy": { ...SOFTMAX, ...KERAS_CLASS },
	"keras.losses.SparseCategoricalCrossentropy": { ...SOFTMAX, ...KERAS_CLASS },
	"keras.losses.BinaryCrossentropy": { ...SIGMOID, ...KERAS_CLASS },
};

const FUNCTION_NAMES = lastNames(FUNCTIONS);
const CLASS_NAMES = lastNames(CLASSES);

function lastNames(table: Readonly<Record<string, LossKind>>): ReadonlySet<string> {
	return new Set(Object.keys(table).map((name) => name.slice(name.lastIndexOf(".") + 1)));
}

function known(table: Readonly<Record<string, LossKind>>, name: string | null): LossKind | undefined {
	if (name === null) return undefined;
	const plain = kerasName(name).replace(/^torch\.nn\.modules\.loss\./, "torch.nn.");
	return Object.hasOwn(table, plain) ? table[plain] : undefined;
}

/** The losses that a file applies, each for every way in which control may come there; found once for all rules. */
export const lossesIn = foundOnce((code: CodeUnderRules): readonly AppliedLoss[] => [...findLosses(code)]);

function* findLosses(code: CodeUnderRules): Generator<AppliedLoss> {
	for (const call of code.callsNamed(FUNCTION_NAMES)) {
		const kind = known(FUNCTIONS, code.nameOf(call.callee, call.place));
		if (!kind || !takesLogitsHere(kind, call, code)) continue;
		for (const context of code.flow.contextsAt(call.place)) yield* applied(call, call.callee, kind, context, code);
	}
	// Without a loss that is made here, no call is looked at for what it may be.
	if (code.callsNamed(CLASS_NAMES).length === 0) return;
	for (const call of code.calls) {
		const member = attributeParts(call.callee);
		if (member && code.textOf(member.property) === "compile") yield* compiled(call, member.object, code);
		else if (call.list.length >= 2) yield* appliedByObject(call, code);
	}
}

function* appliedByObject(call: Call, code: CodeUnderRules): Generator<AppliedLoss> {
	for (const context of code.flow.contextsAt(call.place)) {
		const made = code.flow.source({ node: call.callee, place: call.place, context });
		const making = made && callOf(made.node, made.place);
		const kind = making && known(CLASSES, code.nameOf(making.callee, making.place));
		if (!kind || !takesLogitsHere(kind, making, code)) continue;
		yield* applied(call, making.callee, kind, context, code);
	}
}

function* applied(
	call: Call,
	named: SyntaxNode,
	kind: LossKind,
	context: Context,
	code: CodeUnderRules,
): Generator<AppliedLoss> {
	const output = argumentOf(call.list, kind.position, kind.names, (node) => code.textOf(node));
	if (!output) return;
	const step = code.lastSteps.of({ node: output, place: call.place, context });
	yield { name: lastName(named, code), kind, call, step };
}

/** `model.compile(loss=…)` of Keras: the output is what the model computes. */
function* compiled(call: Call, model: SyntaxNode, code: CodeUnderRules): Generator<AppliedLoss> {
	const given = argumentOf(call.list, 1, ["loss"], (node) => code.textOf(node));
	if (!given) return;
	for (const context of code.flow.contextsAt(call.place)) {
		const made = code.flow.source({ node: given, place: call.place, context });
		const making = made && callOf(made.node, made.place);
		const kind = making && known(CLASSES, code.nameOf(making.callee, making.place));
		if (!kind || kind.asked === undefined || !takesLogitsHere(kind, making, code)) continue;
		const step = code.lastSteps.ofModule({ node: model, place: call.place, context });
		yield { name: lastName(making.callee, code), kind, call, step };
	}
}

/** Whether the call that makes a loss, or applies one that is a function, does not leave it with probabilities. */
function takesLogitsHere({ asked }: LossKind, call: Call, code: CodeUnderRules): boolean {
	if (asked === undefined) return true;
	const given = argumentOf(call.list, asked, ["from_logits"], (node) => code.textOf(node));
	return given !== undefined && code.textOf(unwrap(given)) === "True";
}

function lastName(callee: SyntaxNode, code: CodeUnderRules): string {
	return code.textOf(attributeParts(callee)?.property ?? callee);
}

/** A finding stands at the activation, or at the loss where the activation is in another file. */
export function whereToTell(
	{ node }: LastStep,
	{ callee }: Call,
	name: string,
	code: CodeUnderRules,
): Pick<Report, "span" | "related"> {
	const loss = { start: callee.from, end: callee.to };
	if (!code.isHere(node)) return { span: loss };
	return {
		span: { start: node.from, end: node.to },
		related: { span: loss, message: code.t("The loss {0} is applied here.", name) },
	};
}
