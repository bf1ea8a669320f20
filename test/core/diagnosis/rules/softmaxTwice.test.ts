import assert from "node:assert/strict";
import { test } from "node:test";
import { found, pairs } from "./lintInTest.ts";

const TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n";

pairs(
	"softmax-twice",
	{
		"log_softmax of a softmax": `${TORCH}y = «F.log_softmax(F.softmax(x, dim=1), dim=1)»`,
		"one through a name": `${TORCH}def f(x):\n  p = torch.softmax(x, -1)\n  return «F.log_softmax(p, -1)»`,
		methods: `${TORCH}y = «x.softmax(-1).softmax(-1)»`,
		modules: `${TORCH}
class Net(nn.Module):
    def __init__(self):
        self.softmax, self.log_softmax = nn.Softmax(dim=1), nn.LogSoftmax(dim=1)
    def forward(self, x):
        return «self.log_softmax(self.softmax(x))»
`,
		"a layer behind one of Keras":
			'from keras import layers\ny = «layers.Softmax()(layers.Dense(3, activation="softmax")(x))»\n',
		"layers of a Sequential": `import keras
from keras import layers
m = keras.Sequential([layers.Dense(3, activation="softmax"), «layers.Softmax()»])
${TORCH}n = nn.Sequential(nn.Linear(2, 3), nn.Softmax(dim=1), «nn.LogSoftmax(dim=1)»)`,
		"a module that is applied at once": `${TORCH}y = «nn.LogSoftmax(dim=1)(torch.softmax(x, dim=1))»`,
		JAX: "import jax\ny = «jax.nn.log_softmax(jax.nn.softmax(x, axis=-1), axis=-1)»",
	},
	{
		"one along another axis": `${TORCH}y = F.softmax(F.softmax(x, dim=1), dim=2)`,
		"one whose axes were moved since": `${TORCH}y = F.softmax(F.softmax(x, dim=1).transpose(1, 2), dim=1)`,
		"a logarithm that is taken again": `${TORCH}y = F.log_softmax(F.log_softmax(x, dim=1), dim=1)`,
		"layers with another between, or in a list of their own": `${TORCH}
n = nn.Sequential(nn.Softmax(dim=1), nn.Linear(2, 3), nn.LogSoftmax(dim=1))
heads = nn.ModuleList([nn.Softmax(dim=1), nn.LogSoftmax(dim=1)])`,
		"a module along another axis": `${TORCH}y = nn.Softmax(dim=1)(torch.softmax(x, dim=2))`,
		"something between": `${TORCH}y = F.log_softmax(10 * F.softmax(x, dim=1), dim=1)`,
		"a name that is another on one way": `${TORCH}def f(x, deep):\n  p = F.softmax(x, 1) if deep else x\n  return F.log_softmax(p, 1)`,
		"what a parameter may be": `${TORCH}def f(p):\n  return F.log_softmax(p, dim=1)`,
	},
);

test("softmax-twice warns of a logarithm, tells of the rest, and takes the inner one out where it stands within", () => {
	const of = (text: string) => found("softmax-twice", TORCH + text)[0]!;
	const within = of("y = F.log_softmax(F.softmax(x, dim=1), dim=1)");
	assert.equal(within.severity, "warning");
	assert.equal(within.fixed, `${TORCH}y = F.log_softmax(x, dim=1)`);
	const named = of("p = F.softmax(x, dim=1)\ny = F.softmax(p, dim=1)");
	assert.deepEqual([named.severity, named.fixed], ["information", null]);
	assert.match(named.message, /at most 2\.7183 times/);
});
