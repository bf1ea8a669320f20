import assert from "node:assert/strict";
import { test } from "node:test";
import { readPython } from "../../../../src/core/reading/python/readPython.ts";

/** The uses as "text kind activation", with what else is asked for. */
function uses(code: string, parameters = false): string[] {
	return readPython(code).uses.map(
		(use) => `${use.text} ${use.kind} ${use.activation}${parameters ? ` ${JSON.stringify(use.parameters)}` : ""}`,
	);
}

test("imports, aliases, from-imports, re-binding and partial applications are followed", () => {
	assert.deepEqual(uses("import torch.nn as layers\nlayers.ReLU()"), ["layers.ReLU module relu"]);
	assert.deepEqual(uses("from torch.nn.functional import silu as s\ns(x)"), ["s call silu"]);
	assert.deepEqual(uses("import torch\nact = torch.nn.functional.gelu\nact(x)"), [
		"torch.nn.functional.gelu call gelu",
		"act instance gelu",
	]);
	assert.deepEqual(
		uses(
			"from functools import partial\nimport torch.nn.functional as F\na = partial(F.leaky_relu, negative_slope=0.3)\na(x)",
			true,
		),
		['F.leaky_relu call leaky_relu {"negative_slope":0.3}', 'a instance leaky_relu {"negative_slope":0.3}'],
	);
	assert.deepEqual(uses("from torch.nn import *\nfrom tensorflow.keras.layers import *\nMish()\nReLU()"), [
		"Mish module mish",
		"ReLU module relu_general",
	]);
});

test("a local binding hides what the name means elsewhere", () => {
	assert.deepEqual(uses("from torch import relu\ndef f(relu):\n    return relu(1)"), []);
	assert.deepEqual(
		uses("import torch.nn as nn\ndef f():\n    import my.layers as nn\n    return nn.ReLU()\nnn.ELU()"),
		["nn.ELU module elu"],
	);
	assert.deepEqual(uses("from torch import tanh\nys = [tanh(x) for tanh in fs]"), []);
	assert.deepEqual(uses("import numpy as F\nF.relu(x)"), []);
	assert.deepEqual(uses("def relu(x):\n    return 2 * x\nrelu(3)"), ["relu definition null", "relu call null"]);
});

test("`nn` is of the library that it is imported from", () => {
	assert.deepEqual(uses("from flax import linen as nn\nnn.gelu(x)"), ["nn.gelu call gelu_tanh"]);
	assert.deepEqual(uses("from paddle import nn\nnn.Silu()"), ["nn.Silu module silu"]);
	assert.deepEqual(uses("from tensorflow import nn\nnn.leaky_relu(x)", true), [
		'nn.leaky_relu call leaky_relu {"negative_slope":0.2}',
	]);
});

test("a snippet without imports means what people mean by np, torch, nn, F, tf, keras, jax and jnp", () => {
	const names = [
		"np.tanh",
		"torch.relu",
		"nn.ELU",
		"F.silu",
		"tf.nn.elu",
		"keras.activations.mish",
		"jax.nn.relu",
		"jnp.tanh",
	];
	for (const name of names) assert.equal(uses(`y = ${name}(x)`).length, 1, name);
	assert.deepEqual(uses("def f(nn):\n    return nn.ReLU()"), []);
});

test("defaults are those of the library, and literals are read as written", () => {
	const cases: [string, string][] = [
		["nn.LeakyReLU()", 'leaky_relu {"negative_slope":0.01}'],
		["nn.LeakyReLU(0.2, inplace=True)", 'leaky_relu {"negative_slope":0.2}'],
		["keras.layers.LeakyReLU()", 'leaky_relu {"negative_slope":0.3}'],
		["keras.layers.LeakyReLU(alpha=0.1)", 'leaky_relu {"negative_slope":0.1}'],
		["tf.nn.leaky_relu(x)", 'leaky_relu {"negative_slope":0.2}'],
		["nn.Hardtanh(-2, 2)", 'hardtanh {"min_val":-2,"max_val":2}'],
		["F.elu(x, 0.5)", 'elu {"alpha":0.5}'],
		["F.elu(input=x, alpha=2)", 'elu {"alpha":2}'],
		['nn.GELU(approximate="tanh")', "gelu_tanh {}"],
		["nn.GELU()", "gelu {}"],
		["jax.nn.gelu(x)", "gelu_tanh {}"],
		["jax.nn.gelu(x, approximate=False)", "gelu {}"],
		["keras.activations.gelu(x)", "gelu {}"],
		["keras.ops.gelu(x)", "gelu_tanh {}"],
		["nn.PReLU(8, init=0.1)", 'prelu {"weight":0.1}'],
	];
	for (const [code, expected] of cases) {
		assert.deepEqual(uses(code, true), [`${code.split("(")[0]} ${/x[,)]/.test(code) ? "call" : "module"} ${expected}`]);
	}
});

test("a parameter that is written but cannot be read is unknown, not its default", () => {
	const [use] = readPython("nn.LeakyReLU(config.slope)").uses;
	assert.deepEqual(use?.unknownParameters, ["negative_slope"]);
	assert.deepEqual(use?.parameters, {});
	const [named] = readPython("SLOPE = 0.25\nnn.LeakyReLU(SLOPE)").uses;
	assert.deepEqual(named?.parameters, { negative_slope: 0.25 });
});

test("strings that libraries turn into activations are found with their quotes", () => {
	assert.deepEqual(uses('from keras.layers import Dense, Activation\nDense(3, "tanh")\nActivation("elu")'), [
		'"tanh" string tanh',
		'"elu" string elu',
	]);
	assert.deepEqual(uses("keras.layers.LSTM(3, recurrent_activation='hard_sigmoid')"), [
		"'hard_sigmoid' string hard_sigmoid",
	]);
	assert.deepEqual(uses("import tensorflow as tf\ntf.keras.layers.LSTM(3, recurrent_activation='hard_sigmoid')"), [
		"'hard_sigmoid' string hard_sigmoid_keras2",
	]);
	assert.deepEqual(uses('from ...activations import ACT2FN\nself.act = ACT2FN["gelu_new"]'), [
		'"gelu_new" string gelu_tanh',
	]);
	assert.deepEqual(uses('from timm.layers import create_act_layer\ncreate_act_layer("silu")'), ['"silu" string silu']);
	assert.deepEqual(uses('from .configuration_utils import PreTrainedConfig\nclass C:\n    hidden_act: str = "gelu"'), [
		'"gelu" string gelu',
	]);
	assert.deepEqual(uses('import torch\ndef block(act_layer="silu" if big else "relu"): pass'), [
		'"silu" string silu',
		'"relu" string relu',
	]);
	assert.deepEqual(uses("from sklearn.neural_network import MLPClassifier\nMLPClassifier(activation='logistic')"), [
		"'logistic' string sigmoid",
	]);
});

test("strings and names that only look like activations are none", () => {
	for (const code of [
		'F.interpolate(x, mode="linear")',
		'plt.yscale("linear")',
		'__all__ = ["relu", "GELU"]',
		'if activation == "relu": pass',
		'nn.Sequential(OrderedDict([("relu1", conv)]))',
		'nn.init.kaiming_normal_(w, nonlinearity="relu")',
		'nn.init.calculate_gain("tanh")',
		"from torch.nn import ReLU, GELU",
		"np.random.logistic(size=3)",
		'print("relu")',
		'{"relu": conv}',
		'names = ["relu", "tanh"]',
		"math.exp(2)",
		"np.abs(x)",
	]) {
		assert.deepEqual(uses(code), [], code);
	}
	assert.deepEqual(uses('def init(w, a=0, mode="fan_in", nonlinearity="leaky_relu"): pass'), []);
});

test("a tensor's method is one in a file that uses PyTorch, and not on what is no tensor", () => {
	assert.deepEqual(uses("import torch\nx.relu_()\n(a + b).sigmoid().tanh()\nx.softmax(dim=-1)"), [
		"relu_ method relu",
		"sigmoid method sigmoid",
		"tanh method tanh",
		"softmax method softmax",
	]);
	assert.deepEqual(uses("x.relu_()"), []);
	for (const code of [
		"import pandas as pd\nframe = pd.DataFrame()\nframe.abs()",
		"self.relu()",
		"super().tanh()",
		"import utils\nutils.sigmoid()",
		"x.relu(y)",
		'"text".abs()',
	]) {
		assert.deepEqual(uses(`import torch\n${code}`), [], code);
	}
	const base = "import torch\nclass Head(Base):\n    def forward(self, x):\n        return super()";
	assert.deepEqual(uses(`${base}.forward(x).sigmoid()`), ["sigmoid method sigmoid"]);
	assert.deepEqual(uses(`${base}.sigmoid()`), []);
});

test("values that are not called count: arguments, defaults, entries of tables and lists", () => {
	assert.deepEqual(
		uses(
			"from torch import nn\nB(act_layer=nn.GELU)\ntable = {'relu': nn.ReLU, 'elu': nn.ELU}\ndef f(act: type[nn.Module] = nn.SiLU): pass",
		),
		["nn.GELU module gelu", "nn.ReLU module relu", "nn.ELU module elu", "nn.SiLU module silu"],
	);
});

test("instances are followed through attributes, also of a base class, while they are certain", () => {
	const net = (init: string) =>
		uses(
			`from torch import nn\nclass Net(nn.Module):\n${init}\n    def forward(self, x):\n        return self.act(self.fc(x))`,
		);
	assert.deepEqual(net("    def __init__(self):\n        self.act = nn.Mish()"), [
		"nn.Mish module mish",
		"self.act instance mish",
	]);
	assert.deepEqual(net("    act = nn.Mish()"), ["nn.Mish module mish", "self.act instance mish"]);
	assert.deepEqual(net("    def __init__(self, big):\n        self.act = nn.Mish() if big else nn.ReLU()"), [
		"nn.Mish module mish",
		"nn.ReLU module relu",
	]);
	assert.deepEqual(net("    def __init__(self, act):\n        self.act = act"), []);
	assert.deepEqual(
		uses(
			"from torch import nn\nclass A(nn.Module):\n    def __init__(self):\n        self.act = nn.ELU()\nclass B(A):\n    def forward(self, x):\n        return self.act(self.fc(x))",
		),
		["nn.ELU module elu", "self.act instance elu"],
	);
});

test("a module that is moved, or told its mode, is the same one", () => {
	const code = (value: string) => `import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        self.squash = ${value}
    def forward(self, x):
        return self.squash(x)
`;
	for (const value of ["nn.Sigmoid().to(device)", "nn.Sigmoid().cuda().eval()"]) {
		assert.deepEqual(uses(code(value)), ["nn.Sigmoid module sigmoid", "self.squash instance sigmoid"], value);
	}
	assert.deepEqual(uses(code("nn.Sigmoid().other()")), ["nn.Sigmoid module sigmoid"]);
});

test("what is taken if the library has it is what the library has", () => {
	const swish =
		"import torch.nn as nn\nclass Swish(nn.Module):\n    def forward(self, x):\n        return x * x.sigmoid()\n";
	const found = (condition: string) => uses(`${swish}SiLU = nn.SiLU if ${condition} else Swish\nSiLU()`);
	assert.ok(found('hasattr(nn, "SiLU")').includes("SiLU instance silu"));
	for (const other of ['hasattr(nn, "SiLU2")', "fast"]) assert.ok(!found(other).includes("SiLU instance silu"), other);
});

test("NumPy and what computes as it does are one module, as xp mostly is", () => {
	const bound = [
		"import numpy as np\nimport cupy as cp\nxp = cp if fast else np",
		"import numpy as np\nxp = np\ndef use():\n    global xp\n    import cupy\n    xp = cupy",
		"import cupy\nxp = cupy.get_array_module(x)",
		"from array_api_compat import array_namespace\nxp = array_namespace(x)",
	];
	for (const code of bound) assert.deepEqual(uses(`${code}\nxp.tanh(x)`), ["xp.tanh call tanh"], code);
	assert.deepEqual(uses("import numpy as np\nimport other\nxp = other if fast else np\nxp.tanh(x)"), []);
});

test("add_module and setattr set an attribute as an assignment does", () => {
	const net = (set: string) =>
		uses(
			`import torch.nn as nn\nclass N(nn.Module):\n    def __init__(self):\n        ${set}\n    def forward(self, x):\n        return self.out(x)`,
		).filter((each) => each.startsWith("self"));
	assert.deepEqual(net('self.add_module("out", nn.ELU())'), ["self.out instance elu"]);
	assert.deepEqual(net('self.register_module(name="out", module=nn.ELU())'), ["self.out instance elu"]);
	assert.deepEqual(net("setattr(self, 'out', nn.ELU())"), ["self.out instance elu"]);
	assert.deepEqual(net('self.layers.add_module("out", nn.ELU())'), []);
	assert.deepEqual(net('setattr(other, "out", nn.ELU())'), []);
	assert.deepEqual(net('self.out = nn.ReLU()\n        self.add_module("out", nn.BatchNorm1d(3))'), []);
});

test("an attribute that only subclasses set is what all that set it agree on, if its name is an activation's", () => {
	const base = "import torch.nn as nn\nclass Base(nn.Module):\n    def forward(self, x):\n        return self.act(x)\n";
	const sub = (name: string, of: string, act: string, attribute = "act") =>
		`class ${name}(${of}):\n    def __init__(self):\n        self.${attribute} = nn.${act}()\n`;
	const inBase = (classes: string) => uses(base + classes).filter((each) => each.startsWith("self.act"));
	assert.deepEqual(inBase(sub("A", "Base", "ReLU")), ["self.act instance relu"]);
	assert.deepEqual(inBase(sub("A", "Base", "ReLU") + sub("B", "A", "ReLU")), ["self.act instance relu"]);
	assert.deepEqual(inBase(sub("A", "Base", "ReLU") + sub("B", "Base", "GELU")), []);
	assert.deepEqual(inBase(sub("A", "Base", "ReLU") + sub("B", "A", "GELU")), []);
	assert.deepEqual(inBase(sub("A", "Other", "ReLU")), []);
	assert.deepEqual(
		inBase(`${sub("A", "Base", "ReLU")}class B(Base):\n    def act(self, x):\n        return 3 * x\n`),
		[],
	);
	const layer = base.replace("self.act", "self.layer") + sub("A", "Base", "ReLU", "layer");
	assert.deepEqual(uses(layer), ["A definition relu", "nn.ReLU module relu"]);
});

test("a variable bound in a branch or a loop is only what all its bindings are", () => {
	assert.deepEqual(uses("import torch\nact = torch.relu\nif a:\n    act = torch.tanh\nact(x)"), [
		"torch.relu call relu",
		"torch.tanh call tanh",
	]);
	assert.deepEqual(
		uses("import torch\nif a:\n    f = torch.relu\nelse:\n    f = torch.tanh\n    f(x)").at(-1),
		"f instance tanh",
	);
	assert.deepEqual(
		uses("try:\n    from torch.nn import SiLU\nexcept ImportError:\n    from .layers import SiLU\nSiLU()"),
		["SiLU module silu"],
	);
});

test("arguments beside the input make another function, and what they make is not guessed", () => {
	const leaky = "import numpy as np\ndef leaky(x, a=0.01):\n    return np.where(x > 0, x, a * x)\n";
	assert.deepEqual(uses(`${leaky}leaky(y)\nleaky(y, 0.5)\nleaky(y, a=slope)`, true), [
		'leaky definition leaky_relu {"negative_slope":0.01}',
		'leaky call leaky_relu {"negative_slope":0.01}',
		'leaky call leaky_relu {"negative_slope":0.5}',
		"leaky call null {}",
	]);
	assert.deepEqual(readPython(`${leaky}leaky(y, a=slope)`).uses.at(-1)?.unknownParameters, ["a"]);
	const half = readPython(`${leaky}leaky(np.array([-2]), 0.5)`).uses.at(-1);
	assert.deepEqual(half?.argument?.values, [-2]);
	assert.deepEqual(half?.definition?.understood?.activation.parameters, []);
	const sigmoid =
		"import numpy as np\ndef sigmoid(x, deriv=False):\n    if deriv:\n        return x * (1 - x)\n    return 1 / (1 + np.exp(-x))\n";
	assert.deepEqual(uses(`${sigmoid}sigmoid(y)\nsigmoid(y, True)\nsigmoid(y, deriv=False)`), [
		"sigmoid definition sigmoid",
		"sigmoid call sigmoid",
		"sigmoid call null",
		"sigmoid call sigmoid",
	]);
	assert.deepEqual(
		uses("import numpy as np\ndef lrelu(x, alpha):\n    return np.maximum(alpha * x, x)\nlrelu(y, 0.2)", true),
		["lrelu definition null {}", 'lrelu call leaky_relu {"negative_slope":0.2}'],
	);
});

test("an object is what its constructor's arguments make it", () => {
	const swish =
		"from torch import nn\nimport torch\nclass Swish(nn.Module):\n    def __init__(self, beta=1.0):\n        super().__init__()\n        self.beta = beta\n    def forward(self, x):\n        return x * torch.sigmoid(self.beta * x)\n";
	assert.deepEqual(uses(`${swish}a = Swish()\na(y)\nb = Swish(2)\nb(y)\nc = Swish(beta=other)\nc(y)`, true).slice(2), [
		'Swish module swish_beta {"beta":1}',
		'a instance swish_beta {"beta":1}',
		'Swish module swish_beta {"beta":2}',
		'b instance swish_beta {"beta":2}',
		"Swish module null {}",
		"c instance null {}",
	]);
});

test("a layer written from scratch may keep its result in self.output", () => {
	const layer =
		"import numpy as np\nclass Rectifier:\n    def forward(self, inputs):\n        self.inputs = inputs\n        self.output = np.maximum(0, inputs)\n";
	assert.deepEqual(uses(layer), ["Rectifier definition relu"]);
});

test("numbers that end in their point do not keep the line from being read", () => {
	assert.deepEqual(uses("import torch\ny = torch.relu(x) if a > 0. else torch.tanh(x)"), [
		"torch.relu call relu",
		"torch.tanh call tanh",
	]);
	assert.deepEqual(uses("import numpy as np\ndef f(x):\n    return 1./(1.+np.exp(-x))"), ["f definition sigmoid"]);
});

test("what a call is given is read, also where something of its result is known", () => {
	const pattern = "class Pattern:\n    def fuse(self, x):\n        return self\n";
	assert.deepEqual(uses(`${pattern}Pattern((nn.Linear, nn.ReLU)).fuse(1)`), ["nn.ReLU module relu"]);
});

test("a class is what it gives its base's constructor, and not understood where that is not known", () => {
	const clip =
		"import torch\nfrom torch import nn\nclass Clip(nn.Module):\n    def __init__(self, low=-1.0, high=1.0):\n        self.low = low\n        self.high = high\n    def forward(self, x):\n        return torch.clamp(x, self.low, self.high)\n";
	const derived = (body: string) => uses(`${clip}class Relu6(Clip):${body}`).slice(1, 2);
	assert.deepEqual(derived(" pass"), ["Relu6 definition hardtanh"]);
	assert.deepEqual(derived("\n    def __init__(self):\n        super().__init__(0.0, 6.0)"), [
		"Relu6 definition relu6",
	]);
	assert.deepEqual(derived("\n    def __init__(self, n=3):\n        super().__init__(high=n, low=0)"), [
		"Relu6 definition hardtanh",
	]);
	assert.deepEqual(derived("\n    def __init__(self):\n        self.made = make()"), ["Relu6 definition null"]);
});

test("F.prelu has the weight that it is given, and a bound that does nothing makes no activation", () => {
	const f = "import torch\nimport torch.nn.functional as F\ndef f(x):\n    return F.prelu(x, torch.tensor(0.1))";
	assert.deepEqual(uses(f, true)[0], 'f definition leaky_relu {"negative_slope":0.1}');
	// A tensor of the user's has the slope that it has; a function that is handed on gets it later.
	const parametersOf = (code: string) =>
		uses(`import torch\nimport torch.nn.functional as F\nimport keras\n${code}`, true).map((use) =>
			use.split(" ").slice(2).join(" "),
		);
	for (const code of [
		"F.prelu(x, w)",
		"torch.prelu(x, weight=w)",
		"x.prelu(w)",
		"act = F.prelu",
		"keras.layers.PReLU(own)",
	])
		assert.deepEqual(parametersOf(code), ["prelu {}"], code);
	assert.deepEqual(parametersOf("F.prelu(x, 0.3)"), ['prelu {"weight":0.3}']);
	assert.deepEqual(parametersOf("keras.layers.PReLU()"), ['prelu {"weight":0}']);
	assert.deepEqual(uses('def clip(x, low=float("-inf"), high=float("inf")):\n    return max(low, min(high, x))'), [
		"clip definition null",
	]);
});

test("what a loop takes from a list or table is what all its items are", () => {
	const acts = "import torch.nn as nn\nacts = [nn.ReLU(), nn.ReLU(inplace=True)]\n";
	const behind = (code: string) => uses(acts + code).slice(2);
	assert.deepEqual(behind("for a in acts:\n    a(x)"), ["a instance relu"]);
	assert.deepEqual(behind("for i, a in enumerate(acts):\n    a(x)"), ["a instance relu"]);
	assert.deepEqual(behind("for fc, a in zip(layers, acts):\n    a(fc(x))"), ["a instance relu"]);
	assert.deepEqual(behind("[a(x) for a in reversed(acts)]"), ["a instance relu"]);
	assert.deepEqual(behind("acts.append(nn.Tanh())\nfor a in acts:\n    a(x)"), ["nn.Tanh module tanh"]);
	assert.deepEqual(behind("for a in [*acts, nn.ReLU()]:\n    a(x)"), ["nn.ReLU module relu"]);
	assert.deepEqual(uses("for a in [nn.ReLU(), nn.Tanh()]:\n    a(x)"), ["nn.ReLU module relu", "nn.Tanh module tanh"]);
	assert.deepEqual(
		uses(
			"from torch import nn\nclass Net:\n    def __init__(self):\n        self.acts = nn.ModuleList([nn.ELU() for _ in range(3)])\n    def forward(self, x):\n        for act in self.acts:\n            x = act(x)",
		),
		["nn.ELU module elu", "act instance elu"],
	);
});

test("what is taken out of a table by its key is known, and by another key only if all its values agree", () => {
	const table = 'import torch.nn.functional as F\ntable = {"relu": F.relu, "elu": F.elu}\n';
	const behind = (code: string) => uses(table + code).slice(2);
	assert.deepEqual(behind('f = table["elu"]\nf(x)'), ["f instance elu"]);
	assert.deepEqual(behind("f = table[name]\nf(x)"), []);
	assert.deepEqual(behind('table["elu"] = F.gelu\nf = table["elu"]\nf(x)'), ["F.gelu call gelu"]);
	assert.deepEqual(behind("for name, f in table.items():\n    f(x)"), []);
	assert.deepEqual(uses('a = {"relu": nn.ReLU()}[name]\na(x)'), ["nn.ReLU module relu", "a instance relu"]);
	assert.deepEqual(uses("a = {1: nn.ReLU(), 2: nn.ELU()}[1]\na(x)").slice(2), ["a instance relu"]);
	assert.deepEqual(
		uses(
			'from torch import nn\nfrom collections import OrderedDict\nacts = nn.ModuleDict(OrderedDict([("a", nn.ReLU()), ("b", nn.ELU())]))\nb = acts["b"]\nb(x)',
		).slice(2),
		["b instance elu"],
	);
});

test("a lambda in a call that computes the same has the name that the call is assigned to", () => {
	const code = "import numpy as np\nrelu = np.vectorize(lambda x: max(0, x))\nrelu(y)";
	assert.deepEqual(uses(code), ["relu definition relu", "relu instance relu"]);
	// What else takes a function gives another one.
	assert.deepEqual(uses("import jax\nrelu = jax.grad(lambda x: max(0, x))\nrelu(y)"), []);
});

test("getattr with a name that is written is what it names", () => {
	assert.deepEqual(uses('act = getattr(F, "relu")\nact(x)'), ['"relu" string relu', "act instance relu"]);
	assert.deepEqual(uses('act = getattr(nn, "ReLU")()\nact(x)'), ['"ReLU" string relu', "act instance relu"]);
	assert.deepEqual(uses("act = getattr(nn, name)()\nact(x)"), []);
	assert.deepEqual(uses('getattr(config, "relu")'), []);
});

test("what makes an activation when it is called is followed to what it makes", () => {
	const partial =
		"from functools import partial\nfrom torch import nn\nmake = partial(nn.LeakyReLU, 0.3)\nact = make()\nact(x)";
	assert.deepEqual(uses(partial, true), [
		'nn.LeakyReLU module leaky_relu {"negative_slope":0.3}',
		'make instance leaky_relu {"negative_slope":0.3}',
		'act instance leaky_relu {"negative_slope":0.3}',
	]);
	assert.deepEqual(uses('from timm.layers import get_act_layer\nact = get_act_layer("silu")()\nact(x)'), [
		'"silu" string silu',
		"act instance silu",
	]);
	assert.deepEqual(uses("import torch.nn as nn\ny = nn.ReLU()(x)\ny(x)"), ["nn.ReLU module relu"]);
});

test("general mathematics is an activation wherever it stands", () => {
	assert.deepEqual(uses("import torch\nimport jax.numpy as jnp\ntorch.exp(x) + x.abs() + jnp.sign(x)"), [
		"torch.exp call exponential",
		"abs method abs",
		"jnp.sign call sign",
	]);
	assert.deepEqual(uses("import torch\nMLP(activation=torch.sin)\nact = torch.cos\nact(x)"), [
		"torch.sin call sine",
		"torch.cos call cosine",
		"act instance cosine",
	]);
	assert.deepEqual(uses("import keras\nkeras.activations.exponential(x)"), [
		"keras.activations.exponential call exponential",
	]);
});

test("strings stand for activations where a layer takes them, by position, by default, and under any form of the word", () => {
	assert.deepEqual(uses('nn.RNN(1, 2, 3, "relu")\nnn.TransformerEncoderLayer(8, 2, 16, 0.1, "gelu")'), [
		'"relu" string relu',
		'"gelu" string gelu',
	]);
	assert.deepEqual(
		uses('class Config:\n    hidden_act: str = field(default="gelu")\n    name: str = field(default="gelu")'),
		['"gelu" string gelu'],
	);
	assert.deepEqual(uses('convolutional(x, activate_type="mish")'), ['"mish" string mish']);
	assert.deepEqual(uses('add_argument("--activation", default="relu")'), []);
	assert.deepEqual(uses('from keras.layers import Activation\nActivation("relu", name="tanh")'), [
		'"relu" string relu_general',
	]);
	assert.deepEqual(
		uses('from keras.layers import Activation\nact = Activation(name="tanh", activation="relu")\nact(x)'),
		['"relu" string relu_general', "act instance relu_general"],
	);
});

test("a string may name a layer by its class, also as the type in a table of settings", () => {
	assert.deepEqual(uses('import torch\ndef block(activation: str = "LeakyReLU"): pass\nblock(activation="GELU")'), [
		'"LeakyReLU" string leaky_relu',
		'"GELU" string gelu',
	]);
	// What Keras has no layer for, and its own layers take by other names.
	assert.deepEqual(uses("import keras\ndef unet(activation='ReLU', output_activation='Sigmoid'): pass"), [
		"'ReLU' string relu_general",
	]);
	assert.deepEqual(uses('import keras\nkeras.layers.Dense(3, activation="ReLU")'), []);
	assert.deepEqual(
		uses('Block(act_cfg=dict(type="ReLU", inplace=True))\ndef block(act_cfg={"type": "PReLU"}): pass', true),
		['"ReLU" string relu {}', '"PReLU" string prelu {"weight":0.25}'],
	);
	assert.deepEqual(uses('Gate(act_cfg=(dict(type="ReLU"), dict(type="Sigmoid")))'), [
		'"ReLU" string relu',
		'"Sigmoid" string sigmoid',
	]);
	const imported = "from mmcv.cnn import HSwish\nfrom mmcv.cnn.bricks import Swish as S\nHSwish()\nS()";
	assert.deepEqual(uses(imported), ["HSwish module hard_swish", "S module silu"]);
	const own = uses('Block(act_cfg=dict(type="HSwish"))\nBlock(act_cfg=dict(type="Swish"))');
	assert.deepEqual(own, ['"HSwish" string hard_swish', '"Swish" string silu']);
	assert.deepEqual(uses('Block(norm_cfg=dict(type="Softmax"))\nBlock(act_cfg=dict(name="ReLU"))'), []);
});

test("what stands beside the type in a table of settings are the layer's arguments", () => {
	const cases: [string, string[]][] = [
		['dict(type="LeakyReLU", negative_slope=0.1)', ['"LeakyReLU" string leaky_relu {"negative_slope":0.1}']],
		['{"negative_slope": 0.1, "type": "LeakyReLU"}', ['"LeakyReLU" string leaky_relu {"negative_slope":0.1}']],
		['{"type": "LeakyReLU", **more}', ['"LeakyReLU" string leaky_relu {}']],
		['dict(type="GELU", approximate="tanh")', ['"GELU" string gelu_tanh {}']],
		['dict(type="HSigmoid", bias=3.0, divisor=6.0)', ['"HSigmoid" string hard_sigmoid {}']],
		['dict(type="HSigmoid")', ['"HSigmoid" string hard_sigmoid {}']],
		// Another function by its constants, or perhaps.
		['dict(type="HSigmoid", bias=1.0, divisor=2.0)', []],
		['dict(type="HSigmoid", **more)', []],
	];
	for (const [table, expected] of cases) assert.deepEqual(uses(`Block(act_cfg=${table})`, true), expected, table);
	const made = "from mmcv.cnn import HSigmoid\ngate = HSigmoid(1, 2)\ngate(x)\nHSigmoid(bias=3, divisor=6)";
	assert.deepEqual(uses(made), ["HSigmoid module hard_sigmoid"]);
});

test("a string that a name, an attribute or a key for an activation is given stands for one", () => {
	const given = [
		'ACTIVATION = "relu"',
		'def f(config, activation=None):\n    activation = activation or "tanh"',
		'self.hidden_act = "gelu" if deep else "silu"',
		'act = config.get("act_fn", "elu")',
		'act = getattr(args, "activation", "selu")',
	];
	assert.deepEqual(
		given.flatMap((code) => uses(`import torch\n${code}`)),
		[
			'"relu" string relu',
			'"tanh" string tanh',
			'"gelu" string gelu',
			'"silu" string silu',
			'"elu" string elu',
			'"selu" string selu',
		],
	);
	assert.deepEqual(uses('import torch\nact = (activation or "tanh").lower()'), ['"tanh" string tanh']);
	assert.deepEqual(uses('import torch\nact = (name or "tanh").lower()'), []);
	const table = 'nonlinearity = {"RNN_TANH": "tanh", "RNN_RELU": "relu"}';
	assert.deepEqual(uses(`import torch\n${table}[kind]`), ['"tanh" string tanh', '"relu" string relu']);
	assert.deepEqual(uses(`import torch\n${table}`), []);
	assert.deepEqual(uses('import torch\nhparams.add_hparam("latent_activation", "relu")'), ['"relu" string relu']);
	const others = [
		'hparams.add_hparam("relu_dropout", "relu")',
		'mode = "linear"',
		'kind = config.get("mode", "linear")',
		'x = getattr(activation, "tanh", "relu")',
		'"relu" or act',
	];
	for (const code of others) assert.deepEqual(uses(`import torch\n${code}`), [], code);
	const keys = ['settings["activation"] = "tanh"', 'config["model"]["hidden_act"] = "tanh"'];
	for (const code of keys) assert.deepEqual(uses(`import torch\n${code}`), ['"tanh" string tanh'], code);
	assert.deepEqual(uses('import torch\nsettings["mode"] = table["activation", 0] = "tanh"'), []);
	const settings = [
		'build_activation_layer(dict(type="GELU"))',
		'Block(act_cfg_out=dict(type="GELU"))',
		'self.act_cfg_gate = dict(type="GELU")',
	];
	for (const code of settings) assert.deepEqual(uses(code), ['"GELU" string gelu'], code);
});

test("what is called for an activation is told by its first argument which", () => {
	const made = ['get_activation("gelu")', 'layers.Activation("gelu", name="relu")', 'self._make_act_layer("gelu")'];
	for (const code of made) assert.deepEqual(uses(`import torch\n${code}`), ['"gelu" string gelu'], code);
	const others = ['get_layer("gelu")', 'Activation(name="gelu")', 'get_activation(config, "gelu")'];
	others.push('register_act("gelu", gelu)', 'make_opaque_fn("gelu")');
	for (const code of others) assert.deepEqual(uses(`import torch\n${code}`), [], code);
});

test("a library's module under another name is that module", () => {
	assert.deepEqual(uses("import torch.nn as nn\nF = nn.functional\nF.relu(x)"), ["F.relu call relu"]);
	assert.deepEqual(uses("import triton.language as tl\ntl.sigmoid(x)"), ["tl.sigmoid call sigmoid"]);
});

test("whether a function works in place says nothing of what it is", () => {
	const code =
		"import torch.nn.functional as F\ndef hard_sigmoid(x, inplace=False):\n    return F.relu6(x + 3, inplace) / 6\n";
	assert.deepEqual(uses(`${code}def f(x, inplace):\n    return x @ hard_sigmoid(x, inplace)`).slice(2), [
		"hard_sigmoid call hard_sigmoid",
	]);
});

test("Trax's layers and PaddleSeg's Activation are references", () => {
	const trax = uses(
		"from trax import layers as tl\ntl.Serial(tl.Relu(), tl.LeakyRelu(a=0.2), tl.FastGelu, tl.LogSoftmax(), tl.HardSigmoid())",
		true,
	);
	assert.deepEqual(trax, [
		"tl.Relu module relu {}",
		'tl.LeakyRelu module leaky_relu {"negative_slope":0.2}',
		"tl.FastGelu module gelu_tanh {}",
		"tl.LogSoftmax module log_softmax {}",
	]);
	assert.deepEqual(uses("from trax.layers import Selu\nSelu()\nSelu(alpha=1.0)"), ["Selu module selu"]);
	const paddle = "from paddleseg.models import layers\nact = layers.Activation('leakyrelu')\nact(x)";
	assert.deepEqual(uses(`${paddle}\nlayers.Activation(act="sigmoid")`), [
		"'leakyrelu' string leaky_relu",
		"act instance leaky_relu",
		'"sigmoid" string sigmoid',
	]);
	assert.equal(readPython('import paddle\nConv(act="hardswish")').uses[0]?.library, "paddle");
});

test("functions and layers of Theano, Lasagne, Chainer, MLX and MindSpore are references", () => {
	const lines: readonly (readonly [code: string, ...uses: string[]])[] = [
		[
			"import theano.tensor as T\nT.nnet.sigmoid(x) + T.nnet.relu(x)",
			"T.nnet.sigmoid call sigmoid",
			"T.nnet.relu call relu",
		],
		["from aesara.tensor.nnet.basic import softmax\nsoftmax(x)", "softmax call softmax"],
		["from lasagne.nonlinearities import rectify\nDenseLayer(x, nonlinearity=rectify)", "rectify call relu"],
		["from chainer import functions as F\nF.leaky_relu(x)", "F.leaky_relu call leaky_relu"],
		["import mlx.nn as nn\nnn.silu(nn.GELU()(x))", "nn.silu call silu", "nn.GELU module gelu"],
		["from mindspore import nn, ops\nops.relu(nn.GELU()(x))", "ops.relu call relu", "nn.GELU module gelu_tanh"],
		["from mindspore.ops import operations as P\nP.Sigmoid()", "P.Sigmoid module sigmoid"],
		["from jax.experimental.stax import logsoftmax\nlogsoftmax(x)", "logsoftmax call log_softmax"],
	];
	for (const [code, ...expected] of lines) assert.deepEqual(uses(code), expected, code);
});

test("a list that an argument or a default gives for some layers names an activation for each", () => {
	assert.deepEqual(uses('Net(activation_fns=["relu", "tanh"])'), ['"relu" string relu', '"tanh" string tanh']);
	assert.deepEqual(uses('def net(act=("leaky_relu", "elu")): pass'), [
		'"leaky_relu" string leaky_relu',
		'"elu" string elu',
	]);
	assert.deepEqual(uses('choices = ["relu", "tanh"]\nactivations = ["relu", "tanh"]\nspace(["relu", "tanh"])'), []);
});

test("so does one under a key, and one that is made for a number of layers", () => {
	const table = (rest: string) => uses(`mlp = {"units": ${rest}, "activation": ["relu", "tanh"]}`);
	for (const rest of ["[8, 8]", '[8, 4], "bias": True']) {
		assert.deepEqual(table(rest), ['"relu" string relu', '"tanh" string tanh'], rest);
	}
	assert.deepEqual(uses('net = {"mlp": {"units": [8, 4], "activation": ["relu", "tanh"]}}').length, 2);
	// What there is to choose from.
	for (const rest of ["[8, 4]", "[8, 8, 4]", '4, "bias": True']) assert.deepEqual(table(rest), [], rest);
	assert.deepEqual(uses('grid = dict(activation=["relu", "tanh"], optimizer=["adam"])'), []);
	assert.deepEqual(uses('mlp = dict(units=[8, 1], activation=["relu", "tanh"], bias=True)'), [
		'"relu" string relu',
		'"tanh" string tanh',
	]);
	assert.deepEqual(uses('self.acts = ["relu"] * 3 + ["tanh"]'), ['"relu" string relu', '"tanh" string tanh']);
	assert.deepEqual(uses('acts = ["relu" for _ in units]'), ['"relu" string relu']);
	assert.deepEqual(uses('{"mode": ["relu"]}\nmodes = ["relu"] * 3\nacts = [f for f in fs if f != "relu"]'), []);
});

test("a string names a unit that gates one half of its input by the other", () => {
	assert.deepEqual(uses('import torch\nFeedForward(dim, activation_fn="geglu")'), ['"geglu" string geglu']);
	assert.deepEqual(uses('import torch\nFeedForward(dim, kind="geglu")'), []);
});

test("a name with settings is the class of that name, in any spelling, with these", () => {
	assert.deepEqual(uses('def net(act=("leaky_relu", {"negative_slope": 0.3})): pass', true), [
		'"leaky_relu" string leaky_relu {"negative_slope":0.3}',
	]);
	assert.deepEqual(uses('Net(act=("PRELU", {"init": 0.2}))', true), ['"PRELU" string prelu {"weight":0.2}']);
	assert.deepEqual(uses('Net(norm=("prelu", {"init": 0.2}), act=("prelu", 0.2))'), []);
	assert.deepEqual(uses('Net(act="leakyrelu", activation="Leaky-ReLU", act_fn="leakyrelus")'), [
		'"leakyrelu" string leaky_relu',
		'"Leaky-ReLU" string leaky_relu',
	]);
	assert.deepEqual(uses('import keras\nkeras.Net(activation="LEAKYRELU")'), []);
});

test("a name that is given other words, too, is one for an activation where the word is an activation's alone", () => {
	const code = (given: string) =>
		`Net(activation_out=${given}, nonlinear=${given}, afn=${given}, feed_forward_proj=${given}, scoring_func=${given})`;
	assert.deepEqual(uses(code('"tanh"')), Array(5).fill('"tanh" string tanh'));
	assert.deepEqual(uses(code('"linear"')), []);
	assert.deepEqual(uses('Net(loss_fn="softmax", fn="relu", func="tanh")'), []);
	assert.deepEqual(uses('Net(non_linearity="silu", act1="relu", activation_2="linear")'), [
		'"silu" string silu',
		'"relu" string relu',
		'"linear" string linear',
	]);
	assert.deepEqual(uses('args.activation_fn = safe_getattr(args, "activation_fn", "gelu")'), ['"gelu" string gelu']);
});

test("the default of a command line's option for an activation names one", () => {
	assert.deepEqual(uses('parser.add_argument("-a", "--act-fn", default="gelu", choices=["gelu", "relu"])'), [
		'"gelu" string gelu',
	]);
	assert.deepEqual(uses('flags.DEFINE_string("activation", "relu", "Which.")'), ['"relu" string relu']);
	assert.deepEqual(uses('group.add("--score_function", "-score_function", default="softmax")'), [
		'"softmax" string softmax',
	]);
	assert.deepEqual(uses('group.add("score_function", default="softmax")'), []);
	assert.deepEqual(
		uses('parser.add_argument("--mode", default="linear")\nflags.DEFINE_string("kind", "relu", "")'),
		[],
	);
});

test("a class' constants are listed where they name an activation as a string there would", () => {
	const code = (members: string, use: string) =>
		`import torch\nclass ActivationType(Enum):\n    ${members}\n${use}\nis_relu = act == ActivationType.RELU\nmode=ActivationType.RELU`;
	const listed = ["ActivationType.RELU instance relu"];
	assert.deepEqual(uses(code('RELU = "relu"', "def f(activation=ActivationType.RELU): pass")), listed);
	assert.deepEqual(uses(code('RELU = "relu"', "Block(act=ActivationType.RELU.value)")), [
		"ActivationType.RELU.value instance relu",
	]);
	assert.deepEqual(uses(code("RELU = auto()", "Block(act=ActivationType.RELU)")), listed);
	assert.deepEqual(uses(code("RELU = auto()", "Block(act=Kind.RELU)").replaceAll("ActivationType", "Kind")), []);
	assert.deepEqual(uses(code('RELU = "relu"\n    RELU = "gelu"', "Block(act=ActivationType.RELU)")), []);
	assert.deepEqual(uses(code('RELU = "gated"', "Block(act=ActivationType.RELU)")), []);
});

test("names that a loop or a test goes through, and lists of names and variables, are listed", () => {
	const both = ['"relu" string relu', '"tanh" string tanh'];
	assert.deepEqual(uses('import torch\nfor act in ["relu", "tanh"]:\n    Net(act)\nfor name in ["relu"]: pass'), both);
	assert.deepEqual(
		uses('import torch\n@pytest.mark.parametrize("activation", ["relu", "tanh"])\ndef test(activation): pass'),
		both,
	);
	assert.deepEqual(uses('import torch\n@pytest.mark.parametrize("name", ["relu", "tanh"])\ndef test(name): pass'), []);
	assert.deepEqual(uses('import torch\nact = given if given else (given, "tanh")\nacts = ("relu", given)'), [
		'"tanh" string tanh',
		'"relu" string relu',
	]);
	assert.deepEqual(uses('import torch\nacts = ("relu", "tanh")\nacts = [("relu", given)]'), []);
});

test("a column of a table names activations where a function that names the table takes its rows apart so", () => {
	const code = (taken: string) =>
		`import torch\nclass Net:\n    rows = {"small": [[3, "ReLU", 2], [5, "Hardswish", 1]]}\n    def make(self):\n        for row in self.rows["small"]:\n            ${taken} = row\n`;
	assert.deepEqual(uses(code("(size, act, stride)")), ['"ReLU" string relu', '"Hardswish" string hard_swish']);
	assert.deepEqual(uses(code("size, act, stride, more")), []);
	assert.deepEqual(uses(code("act, size, stride")), []);
	assert.deepEqual(uses(code("(size, act, stride)").replace("self.rows", "self.others")), []);
	const looped =
		'import torch\nrows = [(3, "ReLU", 2)]\ndef net():\n    for size, act, stride in rows:\n        pass\n';
	assert.deepEqual(uses(looped), ['"ReLU" string relu']);
	const headed = (heads: string) =>
		`import torch\nHEADS = ["size", "activation", "stride"]\nNET = {"rows": [(3, "relu", 2), (5, None, 1)], "heads": ${heads}}`;
	for (const heads of ["HEADS", '["size", "act", "stride"]'])
		assert.deepEqual(uses(headed(heads)), ['"relu" string relu'], heads);
	for (const heads of ['["act", "size", "stride"]', '["size", "act"]', "OTHERS"])
		assert.deepEqual(uses(headed(heads)), [], heads);
});

test("PyTorch's modules hold its functions as F, and an axis that must be told leaves a softmax one", () => {
	assert.deepEqual(uses("from torch.functional import F\nF.relu(x)"), ["F.relu call relu"]);
	assert.deepEqual(uses("import torch\ndef softmax(x, dim):\n    return torch.softmax(x, dim)\nsoftmax(y, 1)"), [
		"softmax definition softmax",
		"torch.softmax call softmax",
		"softmax call softmax",
	]);
});

test("PyTorch's operators are listed, called, in tables and by their overload, but for those of the gradient", () => {
	const code =
		"import torch\naten = torch.ops.aten\ncosts = {aten.relu.default: 1, aten.gelu_backward.default: 2, aten.silu_: 1}\ny = torch.ops.aten._softmax.default(x, 1, False)\naten.elu(x, 0.5)";
	assert.deepEqual(uses(code), [
		"aten.relu.default call relu",
		"aten.silu_ call silu",
		"torch.ops.aten._softmax.default call softmax",
		"aten.elu call elu",
	]);
	assert.deepEqual(readPython(code).uses.at(-1)?.parameters, { alpha: 0.5 });
	assert.deepEqual(uses("import other\nother.relu.default(x)"), []);
});

test("sparse softmaxes are listed, and the masks of TabNet that are one", () => {
	assert.deepEqual(
		uses("from entmax import entmax15, Sparsemax\nentmax15(x, dim=1)\nact = Sparsemax(dim=-1)\nact(x)"),
		["entmax15 call entmax15", "Sparsemax module sparsemax", "act instance sparsemax"],
	);
	assert.deepEqual(uses('import torch\nTabNetClassifier(mask_type="entmax")\nNet(mask_type="causal", kind="entmax")'), [
		'"entmax" string entmax15',
	]);
});

test("fairseq's functions, and what it makes of a key", () => {
	assert.deepEqual(
		uses(
			'from fairseq import utils\nfrom fairseq.modules import gelu_accurate\nact = utils.get_activation_fn("gelu_fast")\nact(x)\ngelu_accurate(x)',
		),
		['"gelu_fast" string gelu_tanh', "act instance gelu_tanh", "gelu_accurate call gelu_tanh"],
	);
});

test("a function that keeps a constant on itself is what it computes with it, if nothing else sets it", () => {
	const code =
		'import math, torch\ndef act(x):\n    if not hasattr(act, "_a"):\n        act._a = math.sqrt(2 / math.pi)\n    return 0.5 * x * (1 + torch.tanh(act._a * (x + 0.044715 * torch.pow(x, 3))))\n';
	const listed = ["act definition gelu_tanh", "torch.tanh call tanh"];
	assert.deepEqual(uses(`${code}act(y)`), [...listed, "act call gelu_tanh"]);
	assert.deepEqual(uses(`${code}act._a = 2`), ["act definition null", "torch.tanh call tanh", "act call null"]);
	const kept = code.replace("math.sqrt(2 / math.pi)", "x.mean()");
	assert.deepEqual(uses(kept)[0], "act definition null");
});

test("what MXNet's hybrid_forward is given second holds the functions of arrays", () => {
	const block =
		"class Head(HybridBlock):\n    def hybrid_forward(self, F, x):\n        return F.softmax(F.relu(x), axis=1)";
	assert.deepEqual(uses(`from mxnet.gluon import HybridBlock\n${block}`), [
		"F.softmax call softmax",
		"F.relu call relu",
	]);
	assert.deepEqual(uses(block.replace("hybrid_forward", "forward")), []);
});

test("what a string means is said by the libraries of its file before its parameter's name", () => {
	assert.deepEqual(uses('import keras\ndef block(hidden_act="relu", act_layer="quick_gelu"): pass'), [
		'"relu" string relu_general',
		'"quick_gelu" string quick_gelu',
	]);
	assert.deepEqual(uses('import torch\ndef block(hidden_act="relu", act_layer="quick_gelu"): pass'), [
		'"relu" string relu',
		'"quick_gelu" string quick_gelu',
	]);
});

test("in a file that imports none, a string means what any library makes of it", () => {
	assert.deepEqual(uses('class Config:\n    hidden_act: str = "gelu_tanh"'), ['"gelu_tanh" string gelu_tanh']);
});

test("a comment that names PyTorch does not make a file of Keras one of PyTorch", () => {
	const code = (comment: string) => `import keras\nblock = Block(activation_function="relu")  # ${comment}`;
	const libraries = (comment: string) => readPython(code(comment)).uses.map(({ library }) => library);
	assert.deepEqual(libraries("as torch.relu"), ["keras"]);
	assert.deepEqual(libraries(""), ["keras"]);
});

test("a function is listed as an activation that it is identical to by the way only if its name says so", () => {
	assert.deepEqual(uses("def identity(x):\n    return x\nshow = identity"), [
		"identity definition null",
		"identity call null",
	]);
	assert.deepEqual(uses("def linear(x):\n    return x"), ["linear definition linear"]);
	assert.deepEqual(uses("class Identity(nn.Module):\n    def forward(self, x):\n        return x"), [
		"Identity definition linear",
	]);
	const bounded = (name: string) => uses(`import torch\ndef ${name}(x):\n    return torch.clamp(x / 2 + 0.5, 0, 1)`);
	assert.deepEqual(bounded("denormalize"), ["denormalize definition null"]);
	assert.deepEqual(bounded("act"), ["act definition sparse_sigmoid"]);
	assert.deepEqual(uses("import torch\ndef erf(x):\n    return torch.erf(x)"), [
		"erf definition null",
		"torch.erf call erf",
	]);
	const bipolar = (name: string) => uses(`def ${name}(x):\n    return 2 / (1 + math.exp(-x)) - 1`);
	assert.deepEqual(bipolar("flux"), ["flux definition null"]);
	assert.deepEqual(bipolar("bipolar_sigmoid"), ["bipolar_sigmoid definition dynamic_tanh"]);
	const layer = "class LeCun(nn.Module):\n    def forward(self, x):\n        return 1.7 * torch.tanh(0.6 * x)";
	assert.ok(uses(layer).includes("LeCun definition dynamic_tanh"));
	for (const step of ["return 1 if x >= 0 else 0", "return x > 0"]) {
		assert.deepEqual(uses(`def unit_step(x):\n    ${step}`), ["unit_step definition heaviside"]);
		assert.ok(!uses(`def is_positive(x):\n    ${step}`).includes("is_positive definition heaviside"));
	}
	assert.deepEqual(uses("def next_step(x):\n    return x + 1"), []);
});

test("a private function or method is one as any other", () => {
	const code = `class Network:
    def __sigmoid(self, x):
        return 1 / (1 + np.exp(-x))
    def think(self, x):
        return self.__sigmoid(x @ self.weights)
`;
	assert.deepEqual(uses(code), ["__sigmoid definition sigmoid", "self.__sigmoid call sigmoid"]);
});

test("a value that is cast for the type checker is that value", () => {
	const code = `from typing import Any, cast
import numpy as np
def softmax(x):
    shifted = np.exp(x - np.max(cast(Any, x), axis=-1, keepdims=True))
    return cast("np.ndarray", shifted / np.sum(shifted, axis=-1, keepdims=True))
`;
	assert.deepEqual(uses(code), ["softmax definition softmax"]);
});

test("a string that an activation of the file is made by has the parameters that it gives it", () => {
	const code = `from torch import nn
class Rectifier(nn.Module):
    def __init__(self, act="relu"):
        super().__init__()
        if act == "relu":
            self.func = nn.ReLU()
        elif act == "leaky_relu":
            self.func = nn.LeakyReLU(0.2)
    def forward(self, x):
        return self.func(x)
a, b = Rectifier("leaky_relu"), Rectifier(act="leaky_relu")
c = other.Rectifier("leaky_relu")
`;
	const strings = uses(code, true).filter((use) => use.startsWith('"leaky_relu"'));
	const given = '"leaky_relu" string leaky_relu {"negative_slope":0.2}';
	assert.deepEqual(strings, [given, given]);
});

test("a test's parameters may be several, and one of them a list for some layers", () => {
	const tested = (given: string) => uses(`import torch\n@pytest.mark.parametrize(${given})\ndef test(x): pass`);
	const both = ['"relu" string relu', '"tanh" string tanh'];
	assert.deepEqual(tested('"n, activation", [(1, "relu"), (2, "tanh")]'), both);
	assert.deepEqual(tested('["activation", "n"], [("relu", 1), (["tanh"], 2)]'), both);
	assert.deepEqual(tested('"activation", [["relu", "tanh"]]'), both);
	assert.deepEqual(tested('"n, name", [(1, "relu"), (2, "tanh")]'), []);
	assert.deepEqual(tested('"activation, name", [(1, "relu"), (["tanh", ["relu"]], "elu"), ("relu", 1, 2)]'), [
		'"tanh" string tanh',
	]);
	const given = (decorator: string) =>
		uses(
			`import torch\nclass Test:\n    @parameterized.${decorator}\n    def test(self, n, activation: str = "elu"): pass`,
		);
	const withDefault = [...both, '"elu" string elu'];
	assert.deepEqual(given('parameters((1, "relu"), (2, "tanh"))'), withDefault);
	assert.deepEqual(given('named_parameters(("relu", 1, "relu"), ("second", 2, "tanh"))'), withDefault);
	assert.deepEqual(given('expand([(1, "relu"), [2, "tanh"]])'), withDefault);
	assert.deepEqual(given('parameters(("relu", 1), "tanh")'), ['"elu" string elu']);
});

test("an attribute that says that it holds an activation may be private", () => {
	assert.deepEqual(uses('import torch\nself._activation = "relu"\nself._activations = ["tanh" for _ in units]'), [
		'"relu" string relu',
		'"tanh" string tanh',
	]);
});

test("the class that super is asked for is no use of it", () => {
	const code = `import torch.nn as nn
class MyReLU(nn.ReLU):
    def __init__(self):
        super(MyReLU, self).__init__()
    def forward(self, x):
        return x.clamp(min=0)
`;
	assert.ok(!uses(code).includes("MyReLU module relu"), uses(code).join());
});

test("a class that only gives a library's activation another name is that", () => {
	const swish = 'import torch.nn as nn\nclass Swish(nn.SiLU):\n    """The same."""\n';
	assert.deepEqual(uses(`${swish}act = Swish()\nact(x)`), [
		"nn.SiLU module silu",
		"Swish module silu",
		"act instance silu",
	]);
	const other =
		"import torch.nn as nn\nclass Swish(nn.SiLU):\n    def forward(self, x):\n        return self.other(x)\n";
	assert.deepEqual(uses(`${other}Swish()`), ["Swish definition null", "nn.SiLU module silu", "Swish module null"]);
});

test("of a text that only names an activation the parameters are not known, but of one that a library looks up", () => {
	const unknown = (code: string) =>
		readPython(code).uses.map((use) => `${use.activation} ${use.unknownParameters.join()}`);
	assert.deepEqual(unknown('import torch\nclass Config:\n    act: str = "leaky_relu"\n'), [
		"leaky_relu negative_slope",
	]);
	assert.deepEqual(unknown('import torch\nsettings = {"act": "lrelu", "act_fn": "gelu"}'), [
		"leaky_relu negative_slope",
		"gelu ",
	]);
	assert.deepEqual(unknown('import keras\nsettings = {"activation": "elu"}'), ["elu "]);
	assert.deepEqual(unknown('settings = {"hidden_act": "leaky_relu"}'), ["leaky_relu "]);
	assert.deepEqual(unknown('Conv(act_cfg=dict(type="LeakyReLU"))'), ["leaky_relu "]);
});

test("strings name the gated units of T5, what Paddle's layers are told, and a layer behind its registry", () => {
	assert.deepEqual(
		uses('import torch\nT5Config(feed_forward_proj="gated-gelu")\nT5Config(feed_forward_proj="gated-silu")'),
		['"gated-gelu" string geglu_tanh', '"gated-silu" string swiglu'],
	);
	assert.deepEqual(uses('import paddle\nBlock(activation="swiglu")'), ['"swiglu" string swiglu']);
	assert.deepEqual(uses("Block(act_cfg=dict(type='mmengine.GELU'))"), ["'mmengine.GELU' string gelu"]);
	assert.deepEqual(uses("import tensorflow as tf\ndef softmax(x, dim=-1):\n    return tf.math.softmax(x, axis=dim)"), [
		"softmax definition softmax",
		"tf.math.softmax call softmax",
	]);
});
