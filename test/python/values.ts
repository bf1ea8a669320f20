/**
 * Writes calls of every function of the libraries that is an activation, with what a hover shows for them: for the check that
 * runs them.
 */
import { allEntries } from "../../src/core/activations/libraries/resolve.ts";
import { explain } from "../../src/core/explanation/explain.ts";
import { readSource, useAt } from "../../src/core/reading/readSource.ts";

const NUMBERS = "[-2.5, -0.3, 0.0, 0.7, 4.0]";
const ARRAYS: readonly (readonly [functions: RegExp, arrays: readonly string[]])[] = [
	[
		/^torch\./,
		[
			`torch.tensor(${NUMBERS})`,
			"torch.tensor([-2.5, 0.7], dtype=torch.float64)",
			"torch.tensor([-2.5, 0.7], dtype=torch.float16)",
			"torch.tensor([-2.5, 0.7], dtype=torch.bfloat16)",
			"torch.tensor([-2, 3])",
			"np.array([-2.5, 0.7])",
		],
	],
	[
		/^jax\.(?!example)/,
		[
			`jnp.array(${NUMBERS})`,
			"jnp.array([-2.5, 0.7], dtype=jnp.float16)",
			"np.array([-2.5, 0.7])",
			"np.array([-2, 3])",
			"torch.tensor([-2.5, 0.7])",
		],
	],
	[
		/^tensorflow\.(nn|math)\./,
		[
			`tf.constant(${NUMBERS})`,
			"tf.constant([-2.5, 0.7], dtype=tf.float64)",
			"tf.constant([-2.5, 0.7], dtype=tf.float16)",
			"np.array([-2.5, 0.7])",
		],
	],
	[
		/^(numpy|scipy)\./,
		[
			`np.array(${NUMBERS})`,
			"np.array([-2.5, 0.7], dtype=np.float32)",
			"np.array([-2.5, 0.7], dtype=np.float16)",
			"np.array([-2, 3])",
			"[-2.5, 0.7]",
			"tf.constant([-2.5, 0.7])",
		],
	],
];
const HEAD =
	"import numpy as np\nimport scipy.special\nimport torch\nimport torch.nn.functional\nimport jax\nimport jax.numpy as jnp\nimport jax.scipy.special\nimport tensorflow as tf\n";
/** What takes another argument that is not given here. */
const TAKES_MORE = /^torch\.(special\.|ops\.aten\._?)?(softmax|log_softmax|logsumexp)$|heaviside$/;

const names = new Set([...allEntries()].flatMap(({ kind, name }) => (kind === "function" ? [name] : [])));
const cases = [...names].flatMap((name) => {
	const arrays = ARRAYS.find(([functions]) => functions.test(name))?.[1] ?? [];
	if (TAKES_MORE.test(name)) return [];
	const written = name
		.replace(/^tensorflow/, "tf")
		.replace(/^jax\.numpy/, "jnp")
		.replace(/^numpy/, "np");
	return arrays.flatMap((array) => {
		const call = `${written}(${array})`;
		const source = `${HEAD}y = ${call}\n`;
		const use = useAt(readSource(source, "python"), source.lastIndexOf(written) + written.length - 1);
		const { values, notes } = use ? explain(use, { source, parts: { plot: false } }) : { values: null, notes: [] };
		if (!values) return [];
		const isRough = notes.some((note) => note.includes("the last digits can differ"));
		return [{ call, print: values.print, dtype: values.dtype, values: values.value.map(String), isRough }];
	});
});
console.log(JSON.stringify(cases));
