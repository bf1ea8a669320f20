import assert from "node:assert/strict";
import { test } from "node:test";
import { type ExplainOptions, explain } from "../../../src/core/explanation/explain.ts";
import { readSource, useAt } from "../../../src/core/reading/readSource.ts";

/** Explains what stands at `‸` in the text (which the reader does not see). */
function explainAt(marked: string, options: ExplainOptions = {}) {
	const offset = marked.indexOf("‸");
	assert.ok(offset >= 0);
	const source = marked.replace("‸", "");
	const use = useAt(readSource(source, "python"), offset);
	assert.ok(use, `nothing is read at ‸ in\n${marked}`);
	return explain(use, { source, ...options });
}

/** The Markdown without the picture's data. */
const text = (markdown: string) => markdown.replace(/\(data:[^)]*\)/, "(…)");

test("a module is explained by name, formula, range, gradient and a picture", () => {
	const { title, activation, formula, markdown, plot } = explainAt("from torch import nn\n\na = nn.GE‸LU()\n");
	assert.equal(title, "GELU");
	assert.equal(activation, "gelu");
	assert.match(formula ?? "", /^f\(x\) = .*erf/);
	assert.match(text(markdown), /^\*\*GELU\*\*\n\n!\[f \(solid\) and f′ \(dashed\)\]\(…\)\n/);
	assert.match(markdown, /^Range: \[−0\.169971, ∞\), smooth {2}$/m);
	assert.match(markdown, /^Gradient: peak 1\.1289 at x = 1\.41421; below 1 % of it for x < −3\.02/m);
	assert.match(plot ?? "", /^<svg xmlns/);
	assert.match(markdown, /\(data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+\)/);
});

test("a number in the call is shown with value and slope", () => {
	const source = "import numpy as np\n\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n\ny = sig‸moid(2.5)\n";
	const { markdown, values, identity } = explainAt(source);
	assert.match(markdown, /^`sigmoid\(2\.5\)` = 0\.924142, slope 0\.0701037$/m);
	assert.equal(identity, "identical to Sigmoid (in float64 within 1e−14)");
	assert.deepEqual(values?.derivative, [0.07010371654510816]);
});

test("words in a docstring or a comment are no code: the array is shown all the same", () => {
	const source =
		'import numpy as np\ndef sigmoid(x):\n    """For arrays; if x is large, 1."""\n    return 1 / (1 + np.exp(-x))  # math.exp for all x, max(x), tf.constant(1)\ny = sig‸moid(np.array([1.0, 2.0]))\n';
	assert.equal(explainAt(source).values?.print, "[0.73105858 0.88079708]");
});

test("an array in the call is shown as NumPy prints the result", () => {
	const source = `import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

x = np.array([1, 2, 3, 4, 5])
y = sig‸moid(x)
`;
	const expected = "```text\n[0.73105858 0.88079708 0.95257413 0.98201379 0.99330715]\n```";
	assert.ok(explainAt(source).markdown.includes(`\`sigmoid([1 2 3 4 5])\` =\n${expected}`));
});

test("where a library's constants are rounded, that is said", () => {
	const at = (module: string) => explainAt(`import ${module} as nn\ny = nn.se‸lu(1.5)\n`).markdown;
	assert.match(at("mlx.nn"), /MLX rounds both constants/);
	assert.doesNotMatch(at("torch.nn.functional"), /constants/);
});

test("parameters are those that are written, else the library's defaults, and what cannot be read is said", () => {
	assert.match(explainAt("from torch import nn\na = nn.Leaky‸ReLU(0.2)\n").markdown, /`negative_slope = 0\.2`/);
	assert.match(explainAt("import keras\na = keras.layers.Leaky‸ReLU()\n").markdown, /`negative_slope = 0\.3`/);
	const { notes, parameters } = explainAt("from torch import nn\ndef f(s):\n    return nn.Leaky‸ReLU(s)\n");
	assert.deepEqual(parameters, { negative_slope: 0.01 });
	assert.equal(notes[0], "`negative_slope` is not known here: shown with 0.01.");
});

test("Keras's relu without its parameters is shown as ReLU", () => {
	const { title, markdown } = explainAt('import keras\nd = keras.layers.Dense(64, activation="re‸lu")\n');
	assert.equal(title, "ReLU");
	assert.match(markdown, /^Gradient: peak 1; 0 for x < 0 {2}\nKinks: x = 0/m);
});

test("a hand-written function that overflows shows what the code yields, and what the function is there", () => {
	const source = `import numpy as np
def tanh(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
y = ta‸nh(np.array([1.0, 1000.0]))
`;
	const { values, notes } = explainAt(source);
	assert.equal(values?.print, "[0.76159416        nan]");
	assert.deepEqual(notes, ["As written, the code gives NaN at x = 1000, where the function is 1."]);
});

test("a hand-written function that is in no catalog says so; one that is not understood says why and where", () => {
	const odd = explainAt("import numpy as np\ndef f‸(x):\n    return np.sin(x) * np.tanh(x) + 0.3\n");
	assert.equal(odd.identity, "written by hand, not in the catalog");
	const loop = explainAt(
		"import numpy as np\n\ndef act‸ivation(x):\n    while x > 1:\n        x = x / 2\n    return np.tanh(x)\n",
	);
	assert.match(loop.identity ?? "", /^not understood: .*while.* in line 4$/);
	assert.equal(loop.plot, null);
	assert.deepEqual(loop.facts, []);
	assert.equal(loop.markdown.split("\n").length, 1);
});

test("a note says where four digits of PyTorch's depend on the last bits of float32", () => {
	// GELU(3) = 2.9959503: PyTorch's float32 is 2.9959497.
	const notesAt = (x: string) =>
		explainAt(`import torch\nimport torch.nn.functional as F\ny = F.ge‸lu(torch.tensor([${x}, 1.0]))\n`).notes.join();
	assert.match(notesAt("3.0"), /In float32 the last digits can differ/);
	assert.doesNotMatch(notesAt("2.0"), /last digits/);
});

test("softmax, which takes a whole vector, shows the vector it gives", () => {
	const { markdown, plot } = explainAt(
		"import torch\nimport torch.nn.functional as F\ny = F.soft‸max(torch.tensor([1.0, 2.0, 3.0]), dim=0)\n",
	);
	assert.equal(plot, null);
	assert.match(markdown, /tensor\(\[0\.0900, 0\.2447, 0\.6652\]\)/);
});

test("a hand-written softmax is named, and no values are guessed for its steps", () => {
	const { markdown, values } = explainAt(`import numpy as np
def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()
y = soft‸max(np.array([1.0, 2.0]))
`);
	assert.equal(values, null);
	assert.equal(markdown, "**softmax** · a form of Softmax\n\n`exp(xᵢ) / Σⱼ exp(xⱼ)`");
});

test("each part can be turned off", () => {
	const source = "import numpy as np\ny = np.ta‸nh(2.0)\n";
	const all = { plot: false, formula: false, values: false, range: false, gradient: false, notes: false };
	assert.equal(explainAt(source, { parts: all }).markdown, "**Tanh**");
	const { markdown, values, plot } = explainAt(source, { parts: { ...all, values: true } });
	assert.equal(markdown, "**Tanh**\n\n`np.tanh(2)` = 0.964028, slope 0.0706508");
	assert.equal(values?.value[0], 0.9640275800758169);
	assert.equal(plot, null);
});

test("the texts go through the translation", () => {
	const { markdown } = explainAt("import numpy as np\ny = np.ta‸nh(2.0)\n", {
		translate: (english, ...values) => `«${english.replace(/\{(\d)\}/g, (_, i: string) => values[Number(i)]!)}»`,
		parts: { plot: false },
	});
	assert.match(markdown, /^«Range»: \(−1, 1\), «increasing», «odd», «smooth»/m);
	assert.match(markdown, /«slope 0\.0706508»/);
});

test("what is shown stays within about a dozen lines", () => {
	const sources = [
		"import numpy as np\ny = np.ta‸nh(np.linspace(-3, 3, 500))\n",
		"from torch import nn\na = nn.Hard‸swish()\n",
		"import torch\ny = torch.sig‸moid(torch.zeros(40, 40))\n",
		"import torch\ny = torch.sig‸moid(torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]))\n",
	];
	for (const source of sources) {
		const lines = text(explainAt(source).markdown)
			.split("\n")
			.filter((line) => line !== "");
		assert.ok(lines.length <= 14, `${lines.length} lines for\n${source}`);
	}
});

const HOSTILE = [
	"![a](https://evil.example/x.png)",
	"[run](command:workbench.action.terminal.new)",
	"<img src=x onerror=alert(1)>",
	"`](command:x) <b>",
	"``` \n\n# heading\n\n[x]: command:y",
	"**a** _b_ $(bug) &lt;script&gt; https://evil.example www.evil.example a@evil.example",
	"a\u202e\u2066b\u0000",
	"|a|b|\n|-|-|",
	"x".repeat(5000),
];

/** What is left of Markdown without code spans and escaped characters: the part that can do something. */
const active = (markdown: string) =>
	markdown.replace(/(?<![`\\])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "").replace(/\\[!-/:-@[-`{-~]/g, "");

test("hostile names and strings cannot inject Markdown, HTML, links, images or icons", () => {
	const source = "import numpy as np\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))\ny = sigmoid(2.5)\n";
	const use = useAt(readSource(source, "python"), source.lastIndexOf("sigmoid"))!;
	const { definition } = use;
	assert.ok(definition?.understood);
	for (const hostile of HOSTILE) {
		const uses = [
			{ ...use, text: hostile, definition: { ...definition, name: hostile } },
			{ ...use, definition: { ...definition, name: hostile, understood: null, reason: `not understood: ${hostile}` } },
			{ ...use, text: hostile, definition: null, activation: "leaky_relu", unknownParameters: ["negative_slope"] },
			{ ...use, text: hostile, definition: null, activation: hostile, library: hostile },
		];
		for (const each of uses) {
			const { markdown } = explain(each, { source, parts: { plot: false } });
			assert.doesNotMatch(
				active(markdown),
				/<[a-z/!]|\]\(|\$\(|command:|https?:|www\.|@|&|^#|^```|^\[|\||(?!\n)[\p{Cc}\p{Cf}]|x{101}/imu,
				`${JSON.stringify(hostile)} in\n${markdown}`,
			);
		}
	}
});

test("in a file of 5,000 lines that is read already, half of all explanations are ready within 10 ms", () => {
	let source = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n";
	for (let i = 0; source.split("\n").length < 5000; i++) {
		source += `class Net${i}(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.act = nn.GELU()\n`;
		source += "\n".repeat(40);
		source +=
			"    def forward(self, x):\n        return F.silu(self.act(x)) + torch.sigmoid(torch.tensor([1.0, 2.0]))\n";
	}
	const read = readSource(source, "python");
	const durations: number[] = [];
	for (const [i, use] of read.uses.entries()) {
		const started = performance.now();
		explain(useAt(read, use.span.start) ?? use, { source, theme: "dark" });
		// The first of each activation finds its facts and draws its picture.
		if (i > read.uses.length / 2) durations.push(performance.now() - started);
	}
	assert.ok(durations.length > 100);
	const median = durations.sort((a, b) => a - b)[durations.length >> 1]!;
	assert.ok(median <= 10, `${median} ms`);
});
