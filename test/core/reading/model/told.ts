import type { Model } from "../../../../src/core/reading/model/model.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";

/** The models of a file of Python. */
export function modelsOf(text: string): readonly Model[] {
	return readModels(codeOf(text, "python")!);
}

/** What of a model is not understood, and why. */
export function unknownsOf({ layers }: Model): string[] {
	return layers.flatMap(({ step }) => (step.kind === "unknown" ? [`${step.what}: ${step.reason}`] : []));
}

/** Inputs and outputs of each linear layer. */
export function weightsOf({ layers }: Model): (readonly [inputs: number | null, outputs: number | null])[] {
	return layers.flatMap(({ step }) => (step.kind === "linear" ? [[step.inputs, step.outputs] as const] : []));
}

/** What the code of `netOf` begins with. */
export const HEAD =
	"import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom elsewhere import flag, n, other\n";

/** A module of PyTorch by the bodies of its two methods. */
export function netOf(init: string, forward: string, more = ""): Model {
	const [model] = modelsOf(
		`${HEAD}class Net(nn.Module):\n\tdef __init__(self, width=None, depth=2):\n\t\tsuper().__init__()\n${indented(init)}\tdef forward(self, x):\n${indented(forward)}${more}`,
	);
	return model!;
}

/** A module of Flax by the body of its method, for an input of that shape. */
export function flaxNetOf(call: string, input: readonly number[]): Model {
	const [model] = modelsOf(
		`import jax, jax.numpy as jnp\nfrom flax import linen as nn\nclass Net(nn.Module):\n\t@nn.compact\n\tdef __call__(self, x):\n${indented(call)}net = Net()\nnet.init(jax.random.key(0), jnp.ones((${input.join()})))`,
	);
	return model!;
}

/** Code as the body of a method. */
export function indented(code: string): string {
	return code.replaceAll(/^/gm, "\t\t").concat("\n");
}

/** The kinds of a model's steps. */
export function kindsOf({ layers }: Model): string[] {
	return layers.map(({ step }) => step.kind);
}
