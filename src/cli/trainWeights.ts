/** The weights of a training run as a document has them, read and written. */
import type { Activation } from "../core/activations/activation.ts";
import type { NormKind } from "../core/training/norm.ts";
import type { Weights } from "../core/training/weights.ts";
import { shown } from "../protocol/shown.ts";
import { listAt, matrixAt, numberAt, numbersAt, objectAt } from "./fields.ts";
import { Misuse } from "./io.ts";

/** How the learned parameters are written: `prelu` and "numbers" for one a layer, "named" as objects by name. */
export type LearnedForm = "prelu" | "numbers" | "named";

export const weightFields = {
	init: ["layers", "norms", "activations", "prelu"],
	layer: ["W", "b"],
	norm: ["gamma", "beta"],
} as const;

interface Shape {
	readonly widths: readonly number[];
	readonly norm: NormKind;
	readonly activation: Activation;
}

/** The weights in `init`. A parameter of the activation is trained if it is among them. */
export function weightsAt(
	value: unknown,
	{ widths, norm, activation }: Shape,
): { readonly weights: Weights; readonly trained: readonly string[]; readonly learnedForm: LearnedForm } {
	const init = objectAt(value, "init", weightFields.init);
	const layers = listAt(init.layers, "init.layers", widths.length - 1).map((one, i) => {
		const layer = objectAt(one, `init.layers[${i}]`, weightFields.layer);
		const outputs = widths[i + 1]!;
		return {
			W: matrixAt(layer.W, `init.layers[${i}].W`, outputs, widths[i]!),
			b: numbersAt(layer.b, `init.layers[${i}].b`, outputs),
		};
	});
	if (norm === "none" && init.norms !== undefined) {
		throw new Misuse('init.norms goes with the norm "batchnorm" or "layernorm", got "none"');
	}
	const norms =
		norm === "none"
			? undefined
			: listAt(init.norms, "init.norms", widths.length - 2).map((one, i) => {
					const { gamma, beta } = objectAt(one, `init.norms[${i}]`, weightFields.norm);
					const width = widths[i + 1]!;
					return {
						gamma: numbersAt(gamma, `init.norms[${i}].gamma`, width),
						beta: numbersAt(beta, `init.norms[${i}].beta`, width),
					};
				});
	const { activations, trained, learnedForm } = learnedAt(init.prelu, init.activations, widths.length - 2, activation);
	return {
		weights: { layers, ...(norms ? { norms } : {}), ...(activations ? { activations } : {}) },
		trained,
		learnedForm,
	};
}

interface Learned {
	readonly activations?: Weights["activations"];
	readonly trained: readonly string[];
	readonly learnedForm: LearnedForm;
}

function learnedAt(prelu: unknown, named: unknown, hidden: number, activation: Activation): Learned {
	if (prelu !== undefined && named !== undefined) {
		throw new Misuse("init must have activations or prelu, got both");
	}
	const given = prelu ?? named;
	if (given === undefined) return { trained: [], learnedForm: "named" };
	const field = prelu === undefined ? "init.activations" : "init.prelu";
	const list = listAt(given, field, hidden);
	// A hand-written function's parameters are all of one kind.
	const names = activation.parameters
		.filter(({ trainable }) => trainable || activation.origin === "code")
		.map(({ name }) => name);
	if (names.length === 0 && list.length > 0) {
		throw new Misuse(`${field} needs an activation with trainable parameters, got ${activation.name}, which has none`);
	}
	const asNumbers = prelu !== undefined || typeof list[0] !== "object";
	if (asNumbers) {
		if (names.length > 1) {
			throw new Misuse(`${field}[0] must be an object with some of ${names.join(", ")}, got ${shown(list[0])}`);
		}
		return {
			activations: numbersAt(list, field).map((one) => ({ [names[0]!]: one })),
			trained: names,
			learnedForm: prelu === undefined ? "numbers" : "prelu",
		};
	}
	const first = objectAt(list[0], `${field}[0]`, names);
	const trained = names.filter((name) => name in first);
	if (trained.length === 0) throw new Misuse(`${field}[0] must have some of ${names.join(", ")}, got none`);
	const activations = list.map((one, i) => {
		const values = objectAt(one, `${field}[${i}]`, trained);
		return Object.fromEntries(trained.map((name) => [name, numberAt(values[name], `${field}[${i}].${name}`)]));
	});
	return { activations, trained, learnedForm: "named" };
}

/** Weights as their document writes them, so that the result of a run can be the `init` of another. */
export function weightsToWrite({ activations, ...rest }: Weights, form: LearnedForm): object {
	if (!activations) return rest;
	if (form === "named") return { ...rest, activations };
	return { ...rest, [form === "prelu" ? "prelu" : "activations"]: activations.map((one) => Object.values(one)[0]) };
}
