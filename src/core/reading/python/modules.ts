import { moduleHolds } from "../../activations/libraries/resolve.ts";

/** What a file without any import most likely means by these names. A binding in the file always comes first. */
export const CONVENTIONS: ReadonlyMap<string, string> = new Map([
	["np", "numpy"],
	["numpy", "numpy"],
	["math", "math"],
	["torch", "torch"],
	["nn", "torch.nn"],
	["F", "torch.nn.functional"],
	["tf", "tensorflow"],
	["keras", "keras"],
	["jax", "jax"],
	["jnp", "jax.numpy"],
	["ACT2FN", "transformers.activations.ACT2FN"],
]);

/** Functions of Python itself that a body may call. */
export const BUILTINS: ReadonlySet<string> = new Set([
	"abs",
	"max",
	"min",
	"pow",
	"float",
	"int",
	"bool",
	"print",
	"isinstance",
	"len",
	"range",
	"round",
	"sum",
	"list",
	"tuple",
	"map",
	"super",
	"hasattr",
	"callable",
	"dict",
	"enumerate",
	"getattr",
	"reversed",
	"zip",
	"staticmethod",
	"classmethod",
	"property",
]);

/** Names that `from module import *` is known to bring in, beside the activations in the tables. */
const STAR_NAMES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
	[
		"numpy",
		names(
			"abs absolute add arange arctan arcsinh array asarray clip cos cosh divide e exp expm1 full_like heaviside" +
				" inf linspace log log10 log1p log2 logaddexp max maximum mean min minimum multiply negative ones ones_like" +
				" pi power sign sin sinc sinh sqrt square subtract sum tan vectorize where zeros zeros_like float32 float64",
		),
	],
	[
		"math",
		names("atan asinh cos cosh e erf erfc exp expm1 fabs hypot inf log log10 log1p log2 pi pow sin sinh sqrt tan"),
	],
	["torch", names("nn clamp log log1p maximum minimum where tensor zeros ones linspace arange pow sqrt sum max mean")],
	["torch.nn", names("functional Module Sequential Linear Parameter")],
	["tensorflow.keras.layers", names("Dense Conv1D Conv2D Conv3D Activation LSTM GRU SimpleRNN Input Dropout")],
	["keras.layers", names("Dense Conv1D Conv2D Conv3D Activation LSTM GRU SimpleRNN Input Dropout")],
	["tensorflow.keras", names("layers activations backend models")],
	["keras", names("layers activations backend models ops")],
	["jax.numpy", names("abs clip exp expm1 log log1p maximum minimum where pi power sqrt array linspace arange")],
	["jax", names("nn lax numpy jit grad vmap")],
	["transformers.activations", names("ACT2FN get_activation")],
	["transformers", names("activations")],
]);

function names(words: string): ReadonlySet<string> {
	return new Set(words.split(" "));
}

/** Whether `from module import *` brings in `name`, as far as is known. */
export function starBrings(module: string, name: string): boolean {
	return moduleHolds(module, name) || (STAR_NAMES.get(module)?.has(name) ?? false);
}
