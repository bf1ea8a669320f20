import type { Translate } from "../texts.ts";

/**
 * One short line on what other libraries mean by the same name, where that surprises; null where nothing does. The
 * differences are those of PyTorch 2.13, Keras 3.15, JAX 0.10, TensorFlow 2 and MLX 0.32.
 */
export function differenceNote(activation: string, library: string, t: Translate): string | null {
	switch (activation) {
		case "gelu":
			if (library === "code") return null;
			return t("This is the exact (erf) form; `jax.nn.gelu` means the tanh form unless told otherwise.");
		case "gelu_tanh":
			if (library === "code") return null;
			return t(
				"This is the tanh form; the default of PyTorch and of Keras's `gelu` activation is the exact (erf) form.",
			);
		case "leaky_relu":
			if (library === "code") return null;
			return t(
				"Default slope: 0.01 in PyTorch and JAX, 0.2 in Keras functions and TensorFlow, 0.3 in the Keras layer.",
			);
		case "selu":
			if (library !== "mlx") return null;
			return t("MLX rounds both constants to 1.67326 and 1.0507: its values differ from these in the sixth digit.");
		case "softplus":
			if (library !== "torch") return null;
			return t("PyTorch returns x itself where beta · x > threshold; other libraries have no threshold.");
		case "hard_sigmoid":
			return t("Keras 2 and TensorFlow.js mean another function by this name: 0.2 · x + 0.5, cut to 0…1.");
		case "hard_sigmoid_keras2":
			return t("PyTorch, JAX and Keras 3 mean another function by this name: x / 6 + 0.5, cut to 0…1.");
		case "prelu":
			if (library === "code") return null;
			return t("The slope is learned; shown with its first value.");
		case "rrelu":
			return t("While training the slope is drawn at random; shown is the evaluation mode.");
		default:
			return null;
	}
}
