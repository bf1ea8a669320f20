import assert from "node:assert/strict";
import { test } from "node:test";
import { found, pairs } from "./lintInTest.ts";

const TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n";

pairs(
	"softmax-without-dim",
	{
		"a function": `${TORCH}y = «F.softmax»(x)`,
		"one that raises": `${TORCH}y = «torch.softmax»(x)`,
		"a method, which raises": `${TORCH}y = «x.softmax»() + «x.log_softmax»(dtype=torch.float32)`,
		"a module": `${TORCH}net = nn.Sequential(nn.Linear(2, 2), «nn.LogSoftmax»())`,
	},
	{
		"a dim": `${TORCH}y = F.softmax(x, dim=1) + F.softmax(x, 1) + nn.Softmax(1)(x) + x.softmax(1)`,
		"arguments that may hold it": `${TORCH}def f(x, **kw):\n  return F.softmax(x, **kw)`,
		"a method with a dim": `${TORCH}y = x.softmax(-1) + x.softmax(dim=-1)`,
		"another library": "import jax\ny = jax.nn.softmax(x)",
		"a method of what is no tensor": `${TORCH}class A:\n  def softmax(self):\n    return 1\ny = A().softmax()`,
		"a function that is passed on": `${TORCH}act = F.softmax`,
	},
);

test("softmax-without-dim says which functions guess, and which raise", () => {
	const said = (code: string) => {
		const { severity, message } = found("softmax-without-dim", `${TORCH}y = ${code}`)[0]!;
		return `${severity}: ${message}`;
	};
	assert.match(said("F.log_softmax(x)"), /^warning: .* takes dimension 0/);
	assert.match(said("torch.log_softmax(x)"), /^error: .* raises a TypeError/);
	assert.match(said("x.softmax()"), /^warning: .* raises a TypeError/);
});

pairs(
	"log-of-softmax",
	{
		"the log of a softmax": `${TORCH}y = «torch.log(F.softmax(x, dim=1))»`,
		"the log of a variable": `${TORCH}def f(x):\n  p = torch.softmax(x, -1)\n  return -«torch.log(p)».mean()`,
		"the method": `${TORCH}y = «torch.sigmoid(x).log()»`,
		"the log of 1 less a sigmoid": `${TORCH}p = torch.sigmoid(z)
loss = y * «torch.log(p)» + (1 - y) * «torch.log(1 - p)» + «(1.0 - z.sigmoid()).log()»`,
		"what is taken of a softmax": `${TORCH}y = «torch.log(F.softmax(x, 1).gather(1, a))» + «F.softmax(x, dim=-1)[:, -1].log()»`,
		"what a function is given on every way": `${TORCH}def entropy(p):
  return -(p * «torch.log(p)»).sum()
a = entropy(F.softmax(x, dim=1)) + entropy(F.softmax(y, dim=1))`,
		"that of JAX": "import jax\nimport jax.numpy as jnp\ny = «jnp.log(jax.nn.softmax(x))»",
		"that of Paddle": "import paddle\nimport paddle.nn.functional as F\ny = «paddle.log(F.softmax(x, axis=1))»",
		"that of MXNet": `from mxnet import nd
from mxnet.gluon import HybridBlock
y = «nd.log(nd.softmax(x))»
class Head(HybridBlock):
  def hybrid_forward(self, F, x):
    return «F.log(F.softmax(x))»`,
		"a value that is changed behind it, or of which others are": `${TORCH}def f(x, p):
  w = F.softmax(x, -1)
  outs.append(w)
  logger.log("w", w)
  w.mean().backward()
  w.grad.zero_()
  w.requires_grad_()
  y = «torch.log(w)»
  w.clamp_(1e-9)
  return y
def h(x):
  p = F.softmax(x, -1)
  q = p
  q = q + 1
  q.clamp_(1e-9)
  k = p.mean()
  k += 1
  return «torch.log(p)»
def g(w):
  w.clamp_(1e-9)`,
	},
	{
		"what is changed in place": `${TORCH}p = F.softmax(x, dim=1)
p.clamp_(min=1e-8)
torch.log(p)
q = torch.sigmoid(x)
q.clamp_(1e-6, 1 - 1e-6)
q.log()
w = F.softmax(x, -1)
w.data[0].add_(1e-8)
w.log()
def probabilities(x):
  t = F.softmax(x, -1)
  t[t == 0] = 1e-9
  return t
torch.log(probabilities(x))
u = F.softmax(x, -1)
torch.clamp(u, 1e-9, 1, out=u)
torch.log(u)
v = F.softmax(x, -1)
v.masked_fill_(v == 0, 1e-9)
torch.log(v)
r = F.softmax(x, -1)
F.threshold(r, 1e-8, 1e-8, inplace=True)
torch.log(r)`,
		"what is changed in place under another name": `${TORCH}p = F.softmax(x, -1)
q = p
q.clamp_(min=1e-8)
torch.log(p)
def f(x):
  p = F.softmax(x, -1)
  flat = p.view(-1)
  rest = flat[1:]
  rest.add_(1e-8)
  return torch.log(p)`,
		"what a function or a method changes in place": `${TORCH}def mend(p):
  p.clamp_(1e-9)
def f(x):
  p = F.softmax(x, -1)
  mend(p)
  return torch.log(p)
class Head(nn.Module):
  def g(self, x):
    self.p = F.softmax(x, -1)
    self.p.clamp_(1e-9)
    return torch.log(self.p)`,
		"a log of something else": `${TORCH}y = torch.log(x) + F.log_softmax(x, dim=1)`,
		"a softmax with something added": `${TORCH}y = torch.log(F.softmax(x, dim=1) + 1e-8)`,
		"1 less something else, or less with something added": `${TORCH}y = torch.log(1 - F.softmax(x, 1)) + torch.log(1 - torch.sigmoid(x) + 1e-8) + torch.log(2 - x.sigmoid())`,
		"what is drawn by the probabilities": `${TORCH}p = F.softmax(x, 1)
action = torch.multinomial(p, 1)
loss = -torch.log(p.gather(1, action)) - torch.log(p[torch.distributions.Categorical(p).sample()])`,
		"what a function is given on one way only": `${TORCH}def entropy(p):
  return -(p * torch.log(p)).sum()
a = entropy(F.softmax(x, dim=1)) + entropy(y)`,
		"a product of softmax": `${TORCH}y = torch.log(F.softmax(x, dim=1) @ w)`,
	},
);

test("log-of-softmax says from where on the library's own sigmoid is 1 in float32", () => {
	const of = (text: string) => found("log-of-softmax", text)[0]!;
	// Measured with PyTorch 2.13 and TensorFlow 2.21 on a CPU.
	for (const text of [
		`${TORCH}y = torch.log(1 - torch.sigmoid(x))`,
		"import tensorflow as tf\ny = tf.math.log(1 - tf.sigmoid(x))",
	]) {
		assert.ok(Math.abs(of(text).evidence.lostAt! - 16.635532) < 1e-4, text);
		assert.match(of(text).message, /above 16\.64 /);
	}
});

test("a logarithm's fix keeps what is taken of the probabilities, and is not made where that is done elsewhere", () => {
	const fix = (text: string) => found("log-of-softmax", TORCH + text)[0]!.fixed?.slice(TORCH.length) ?? null;
	assert.equal(fix("y = torch.log(F.softmax(x, dim=1)[:, 0])"), "y = F.log_softmax(x, dim=1)[:, 0]");
	assert.equal(fix("y = torch.log(torch.squeeze(x.softmax(1)))"), "y = torch.squeeze(F.log_softmax(x, 1))");
	assert.equal(fix("y = torch.log(1 - torch.sigmoid(a - b))"), "y = F.logsigmoid(-(a - b))");
	assert.equal(fix("p = x.sigmoid()\ny = torch.log(1 - p)"), "p = x.sigmoid()\ny = F.logsigmoid(-x)");
	assert.equal(fix("p = F.softmax(x, 1)\ny = torch.log(p[:, 0])"), null);
	assert.equal(fix("p = F.softmax(x, 1)[:, 0]\ny = torch.log(p)"), null);
	assert.equal(fix("y = torch.log(F.softmax(x, 1) if c else F.softmax(z, 1))"), null);
});

test("log-of-softmax says where the library's own probability is 0 in float32", () => {
	const of = (text: string) => found("log-of-softmax", text)[0]!;
	// Measured with PyTorch 2.13, JAX 0.10 and TensorFlow 2.21 on a CPU.
	const jax = "import jax\nimport jax.numpy as jnp\n";
	const measured: readonly (readonly [text: string, lostAt: number])[] = [
		[`${TORCH}y = torch.log(torch.sigmoid(x))`, 88.7228],
		[`${TORCH}y = torch.log(torch.softmax(x, -1))`, 103.9721],
		[`${jax}y = jnp.log(jax.nn.sigmoid(x))`, 87.3365],
		[`${jax}y = jnp.log(jax.nn.softmax(x))`, 87.3365],
		["import tensorflow as tf\ny = tf.math.log(tf.sigmoid(x))", 87.3365],
	];
	for (const [text, lostAt] of measured) {
		assert.ok(Math.abs(of(text).evidence.lostAt! - lostAt) < 1e-4, text);
		assert.ok(
			of(text).message.includes(` ${text.includes("softmax") ? "" : "−"}${lostAt.toFixed(2)} `),
			of(text).message,
		);
	}
});

pairs(
	"unguarded-log-exp",
	{
		"log(1 + exp)": `${TORCH}loss = (y * «torch.log(1 + torch.exp(z))»).mean()`,
		"log1p(exp)": "import numpy as np\nprint(np.sum(«np.log1p(np.exp(-y * t))»))",
		"what only looks like a square or the largest": `${TORCH}class Block(nn.Module):
  def forward(self, x, y):
    m = y.amax()
    n = x.amax()
    x = x + 1
    a = «torch.log1p(torch.exp(x * x))» + «torch.log1p(torch.exp(-x * y))» + «torch.log1p(torch.exp(-(x ** 3)))»
    b = «torch.log1p(torch.exp(x - m))» + «torch.log1p(torch.exp(x - n))» + «torch.log1p(torch.exp(-self.norm(x)))»
    return a, b`,
		"a bound on the other side, or too high": `${TORCH}s = torch.sigmoid(z)
a = «torch.log1p(torch.exp(200 * s))» + «torch.log1p(torch.exp(torch.cdist(z, y) - 5))»
b = «torch.log1p(torch.exp(1 / (s - 2 * s)))» + «torch.log1p(torch.exp(s / z))»`,
		"the larger of two less the smaller":
			"import math\ndef f(x, y):\n  a, b = max(x, y), min(x, y)\n  return «math.log1p(math.exp(a - b))» + b, 0",
	},
	{
		"an exponent that is never positive": `${TORCH}loss = z.max() + torch.log(1 + torch.exp(-torch.abs(z))).mean()`,
		"a guarded variable": `${TORCH}z = torch.clamp(z, max=20)\nloss = torch.log1p(torch.exp(z)).mean()`,
		"a variable that is cut off in place": `${TORCH}def f(x, beta):
  z = beta * x
  z[z > 20] = 20
  return torch.log(1 + torch.exp(z)).sum() / beta, 0`,
		"what where chooses only for small inputs": `${TORCH}y = torch.where(z > 20, z, torch.log(1 + torch.exp(z))).sum()`,
		"a difference whose sign an if tells": `import math\ndef f(a, b):\n  if a > b:\n    return a + math.log1p(math.exp(b - a)), 0\n  return b + 1, 0`,
		"the smaller of two less the larger":
			"import math\ndef f(x, y):\n  a, b = min(x, y), max(x, y)\n  return math.log1p(math.exp(a - b)) + b, 0",
		"the negative of a square, or of a norm": `import numpy as np
${TORCH}a = torch.log(1 + torch.exp(-(x ** 2))).sum()
b = np.log1p(np.exp(-x * x)).sum()
c = torch.log1p(torch.exp(-torch.norm(x)))
d = torch.log1p(torch.exp(-0.5 * (x / s).pow(2).sum())) + 1
z = -torch.square(x) / 2
e = torch.log1p(torch.exp(z - 1)).mean()`,
		"a value less the largest": `import numpy as np
${TORCH}def f(x):
  m = np.max(x)
  return m + np.log(1 + np.exp(x - m)), 0
m = y.amax()
b = m + torch.log(1 + torch.exp(y - m))`,
		"an exponent with a bound": `import numpy as np
${TORCH}s = torch.sigmoid(z)
a = torch.log1p(torch.exp(10 * s - 5)).sum() + torch.log1p(torch.exp(torch.cos(z) / 0.1)).sum()
b = torch.log1p(torch.exp(2 - torch.cdist(z, y))) + np.log1p(np.exp(1 - np.hypot(z, y))).sum()
def f(x, y):
  return np.log1p(np.exp(-np.hypot(x, y) / (1 + np.fabs(x)))).sum(), 0`,
		"log(2 + exp)": `${TORCH}loss = torch.log(2 + torch.exp(z)).mean()`,
	},
);

pairs(
	"sigmoid-before-bce",
	{
		"sigmoid and BCELoss": `${TORCH}loss = nn.BCELoss()(«torch.sigmoid»(x), y)`,
		"a model that ends in sigmoid": `${TORCH}
net = nn.Sequential(nn.Linear(2, 1), «nn.Sigmoid»())
criterion = nn.BCELoss()
loss = criterion(net(x), y)
`,
	},
	{
		"a loss on logits": `${TORCH}loss = nn.BCEWithLogitsLoss()(x, y)`,
		"probabilities of another kind": `${TORCH}loss = nn.BCELoss()(p, y)\nq = torch.sigmoid(x)`,
	},
);

pairs(
	"unknown-activation",
	{
		"a function among the modules": `${TORCH}y = «nn.relu»(x)`,
		"a function of a vector": `${TORCH}y = «nn.softmax»(x)`,
		"a module of JAX, which has none": "import jax\ny = «jax.nn.GELU»(x)",
		"a function of another module of JAX": "import jax.numpy as jnp\ny = «jnp.relu»(x)",
		"a module of TensorFlow's": "import tensorflow as tf\ny = «tf.nn.ReLU»(x)",
		"a function of another module of TensorFlow's": "import tensorflow as tf\ny = «tf.relu»(«tf.gelu»(x))",
		"a function that only Keras has": "import tensorflow as tf\ny = «tf.nn.mish»(«tf.nn.hard_sigmoid»(x))",
		"an import from another module": `from torch.nn import Linear, «relu»\nfrom torch.nn.functional import «LeakyReLU» as L\nfrom jax.nn import «ReLU»`,
		"a key of Keras' in another spelling": `from keras import layers\na = layers.Dense(4, activation=«"Relu"»)\nb = layers.Activation(«"leakyrelu"»)\nc = layers.LSTM(4, recurrent_activation=«"geluu"»)`,
		"a layer that Keras does not have": "from tensorflow.keras import layers\ny = «layers.Tanh»()(x)",
		"a module among the functions": `${TORCH}act = «F.ReLU»()`,
		"another case": `${TORCH}act = «nn.Relu»()`,
		"Flax without such a module": "from flax import linen as nn\ny = «nn.ReLU»()(x)",
	},
	{
		"names that are there": `${TORCH}y = nn.ReLU()(F.gelu(torch.relu(x)))`,
		"a module nobody imported": "y = nn.relu(x)",
		"layers that Keras has": "from keras import layers\nall = [layers.ReLU(), layers.Identity(), layers.Softmax()]",
		"a layer of an older Keras": "from tensorflow.keras import layers\ny = layers.ThresholdedReLU()(x)",
		"Flax's own": "from flax import linen as nn\ny = nn.relu(x)",
		"imports that are there": `from torch.nn import ReLU as relu\nfrom .nn import gelu\ntry:\n  from torch.nn import relu\nexcept ImportError:\n  pass`,
		"keys of Keras'": `from keras import layers\na = layers.Dense(4, activation="leaky_relu")\nb = layers.Dense(4, activation="ReLU", name="Relu")\nb = layers.Activation("rrelu")\nc = Other(activation="Relu")`,
		"keys of objects of one's own": `import keras\nkeras.utils.get_custom_objects()["Relu"] = f\na = keras.layers.Dense(4, activation="Relu")`,
		"a name that the file gives the module": `${TORCH}nn.Swish = nn.SiLU\nact = nn.Swish()`,
		"what TensorFlow has": "import tensorflow as tf\ny = tf.tanh(tf.sqrt(tf.abs(tf.sigmoid(x)))) + tf.nn.crelu(x)",
		"a version that may not have it": `${TORCH}try:\n  act = nn.Swish\nexcept AttributeError:\n  act = nn.SiLU`,
		"a name that no activation has": `${TORCH}y = nn.Relation()`,
	},
);

/** Two linear layers, between which a parameter of zeros is added. */
const WITH_POSITION = (sizes: string, second = "nn.Linear(16, 8)") => `class Head(nn.Module):
  def __init__(self):
    super().__init__()
    self.embed = nn.Linear(16, 16)
    self.position = nn.Parameter(torch.zeros(${sizes}))
    self.fc = ${second}
  def forward(self, x):
    return self.fc(self.embed(x) + self.position)
model = Head()
`;
const KERAS = "import keras\nfrom keras import layers\n";
pairs(
	"stacked-linear",
	{
		"two layers of a known input": `${KERAS}m = keras.Sequential([layers.Input((8,)), layers.Dense(16), «layers.Dense(4)»])`,
		"a bias between": `${TORCH}${WITH_POSITION("16", "«nn.Linear(16, 8)»")}`,
		"layers that are only frozen": `${KERAS}m = keras.Sequential([layers.Dense(16), «layers.Dense(16)»])\nm.layers[0].trainable = False`,
		"two of an unknown one, the first at least as wide": `${KERAS}m = keras.Sequential([layers.Dense(16), «layers.Dense(16)»])`,
	},
	{
		"a middle narrower than both": `${KERAS}m = keras.Sequential([layers.Input((8,)), layers.Dense(2), layers.Dense(4)])`,
		"one that may be so": `${KERAS}m = keras.Sequential([layers.Dense(2), layers.Dense(4)])`,
		"a position that is learned between": `${TORCH}${WITH_POSITION("1, 10, 16")}`,
		"an activation between": `${KERAS}m = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(4)])`,
		"an activation that a layer gets later": `${KERAS}m = keras.Sequential([layers.Input((8,)), layers.Dense(16), layers.Dense(4)])
m.layers[0].activation = keras.activations.relu
n = keras.Sequential([layers.Dense(16), layers.Dense(16)])
for layer in n.layers:
  layer.activation = keras.activations.relu`,
	},
);

pairs(
	"unsafe-where",
	{
		"a guarded logarithm": `${TORCH}y = torch.where(x > 0, «torch.log»(x), 0.0)`,
		"a function that is parametric, or is given an optimizer": `${TORCH}def parametric(x, optimizer):\n  return torch.where(x > 0, «torch.log»(x), 0.0)`,
		"a guarded quotient": `${TORCH}y = torch.where(x == 0, 1.0, «torch.sin(x) / x»)`,
		JAX: "import jax.numpy as jnp\ny = jnp.where(r > 0, «jnp.sqrt»(r), 0)",
		"a reciprocal": "import jax.numpy as jnp\ny = jnp.where(x != 0, «1.0 / x», 0.0)",
		"a guard a little above 0": `${TORCH}y = torch.where(x >= 1e-6, «1 / x», 0)`,
		"a guard with another condition": `${TORCH}y = torch.where((x > 0) & mask, «torch.log»(x), 0.0)`,
		"a guard whose opposite is written": `${TORCH}y = torch.where((x == 0) | ~mask, 0.0, «torch.log»(x))`,
		"a power": `${TORCH}y = torch.where(x > 0, «x ** 0.5», 0.0) + torch.where(x > 0, «torch.pow»(x, -1), 0.0)`,
		"a method": `${TORCH}y = torch.where(x > 0, x.«log»(), 0.0)`,
		"a guard by the absolute value": `${TORCH}def f(x, a):\n  return a * torch.where(x.abs() < 1e-6, 1, «torch.sin(x) / x»)`,
		"a logarithm of what may be 0 by its making": `${TORCH}x = F.relu(b)\ny = torch.where(x > 0, «torch.log»(x), 0.0)`,
		"a logarithm of what may be -1 + 1": `${TORCH}x = b + 1\ny = torch.where(x > 0, «torch.log»(x), 0.0)`,
		"a logarithm of what is changed after its bound is set": `${TORCH}x = torch.clamp(b, min=1e-6)\nx.sub_(c)\ny = torch.where(x > 0, «torch.log»(x), 0.0)`,
		"a logarithm of what a layer gives, or a clamp to what may be 0": `${TORCH}class Block(nn.Module):
  def forward(self, b, k):
    z = self.norm(b) + 1e-6
    y = torch.where(z > 0, «torch.log»(z), 0.0)
    z = torch.clamp(b, k, 1)
    return y + torch.where(z > 0, «torch.log»(z), 0.0)`,
		"a logarithm of TensorFlow's": "import tensorflow as tf\ny = tf.where(x > 0, «tf.math.log»(x), 0.0)",
	},
	{
		"an argument that is guarded too": `${TORCH}y = torch.where(x > 0, torch.log(torch.where(x > 0, x, 1.0)), 0.0)`,
		"a rate over a count": `${TORCH}y = torch.where(count > 0, hits / count, 0.0)`,
		"code that keeps no gradient": `${TORCH}@torch.no_grad()\ndef f(x):\n  return torch.where(x > 0, torch.log(x), 0.0)`,
		"an optimizer's class": `${TORCH}class Adagrad(torch.optim.Optimizer):\n  def step(self, x):\n    return torch.where(x > 0, torch.rsqrt(x), 0.0)`,
		"an optimizer by its decorator":
			"import jax.numpy as jnp\n@optimizer\ndef sm3(g):\n  def update(x):\n    return jnp.where(x > 0, 1 / jnp.sqrt(x), 0)",
		"a metric's function": `${TORCH}def psnr_metric(x):\n  return torch.where(x > 0, torch.log(x), 0.0)`,
		"NumPy, which has no gradient": "import numpy as np\ny = np.where(x > 0, np.log(x), 0.0)",
		"a value with a positive bound": `${TORCH}x = x.clamp(min=1e-6)\ny = torch.where(x > 0, torch.log(x), 0.0)`,
		"a value with a positive summand": `${TORCH}z = torch.abs(b) + 1e-6\ny = torch.where(z > 0, torch.sqrt(z), 0.0)`,
		"a sum of squares and more": `${TORCH}z = b.pow(2).sum(-1) + torch.mean(b * b, -1) + eps\ny = torch.where(z > 0, torch.sqrt(z), 0.0)`,
		"a value with a bound that is called small":
			"import jax.numpy as jnp\ndef f(x, eps):\n  x = jnp.clip(x, eps, 1)\n  return jnp.where(x > 0, jnp.log(x), 0.0)",
		"a product, a quotient and a difference above 0": `${TORCH}z = 0.5 * (1e-3 + torch.cdist(a, b))
y = torch.where(z > 0, torch.sqrt(z), 0.0)
u = 2 - torch.sigmoid(b)
y = torch.where(u > 0, torch.log(u), 0.0)
v = 1 / (1 + torch.hypot(a, b).clamp(max=4))
y = torch.where(v > 0, torch.log(v), 0.0)`,
		"the larger of two": `${TORCH}z = torch.maximum(x, torch.tanh(b) + 2)\ny = torch.where(z > 0, torch.log(z), 0.0)`,
		"a power with a slope at 0": `${TORCH}y = torch.where(x > 0, x ** 1.5, 0.0)`,
		"a piece that begins further on": `${TORCH}y = torch.where(x > 1, torch.log(x), x - 1)`,
		"a guard that another condition may stand for": `${TORCH}y = torch.where((x > 0) | mask, torch.log(x), 0.0)`,
		"a root of TensorFlow's, whose gradient is 0 there":
			"import tensorflow as tf\ny = tf.where(x > 0, tf.sqrt(x), 0.0)",
		"a condition on something else": `${TORCH}y = torch.where(mask > 0, torch.log(x), 0.0)`,
		"the branch that the condition does not guard": `${TORCH}y = torch.where(x > 0, x, torch.log(x))`,
	},
);

test("unsafe-where only informs of a reciprocal, whose argument may be a count", () => {
	const severity = (text: string) => found("unsafe-where", TORCH + text)[0]?.severity;
	assert.equal(severity("y = torch.where(n > 0, 1 / n, 0.0)"), "information");
	assert.equal(severity("y = torch.where(x != 0, torch.sin(x) / x, 1.0)"), "warning");
});

test("fixes write what the file's imports call it", () => {
	const fix = (rule: Parameters<typeof found>[0], text: string) => found(rule, text)[0]?.fixed;
	assert.equal(fix("softmax-without-dim", `${TORCH}y = F.softmax(x)`), `${TORCH}y = F.softmax(x, dim=-1)`);
	assert.equal(fix("softmax-without-dim", `${TORCH}y = nn.Softmax()`), `${TORCH}y = nn.Softmax(dim=-1)`);
	assert.equal(
		fix("log-of-softmax", `${TORCH}y = torch.log(F.softmax(x, dim=1))`),
		`${TORCH}y = F.log_softmax(x, dim=1)`,
	);
	assert.equal(
		fix("log-of-softmax", `${TORCH}p = F.softmax(x, dim=1)\ny = torch.log(p)`),
		`${TORCH}p = F.softmax(x, dim=1)\ny = F.log_softmax(x, dim=1)`,
	);
	assert.equal(
		fix("log-of-softmax", `${TORCH}p = F.softmax(x, dim=1)\nx = g(x)\ny = torch.log(p)`),
		null,
		"x is another one there",
	);
	assert.equal(
		fix("log-of-softmax", `${TORCH}p = F.softmax(x, dim=1)\nx.add_(1)\ny = torch.log(p)`),
		null,
		"so it is here",
	);
	assert.equal(
		fix("log-of-softmax", "from mxnet import nd\ny = nd.log(nd.softmax(x, axis=1))"),
		"from mxnet import nd\ny = nd.log_softmax(x, axis=1)",
	);
	// A parameter of that name is something else.
	const shadowed =
		"import torch\nimport torch.nn.functional as F\ndef f(F, x):\n    return torch.log(torch.softmax(x, 1))";
	assert.equal(
		fix("log-of-softmax", shadowed),
		shadowed.replace(/torch\.log\(.*/, "torch.nn.functional.log_softmax(x, 1)"),
	);
	assert.equal(fix("unknown-activation", `${TORCH}y = nn.relu(x)`), `${TORCH}y = F.relu(x)`);
	assert.equal(fix("unknown-activation", `${TORCH}act = nn.leakyrelu()`), `${TORCH}act = nn.LeakyReLU()`);
	for (const [wrong, right] of [
		["from torch.nn import relu", "from torch.nn.functional import relu"],
		["y = F.ReLU(x)", "y = F.relu(x)"],
		["y = F.ReLU(-x)", "y = F.relu(-x)"],
		["y = nn.functional.GELU(self.net(x))", "y = F.gelu(self.net(x))"],
		["y = F.LeakyReLU(x, 0.1)", "y = F.leaky_relu(x, 0.1)"],
		["net = nn.Sequential(a, nn.softmax(dim=1), nn.tanh())", "net = nn.Sequential(a, nn.Softmax(dim=1), nn.tanh())"],
		["net = nn.Sequential(a, nn.tanh())", "net = nn.Sequential(a, nn.Tanh())"],
		["net = nn.Sequential(a, F.LeakyReLU(0.1))", "net = nn.Sequential(a, nn.LeakyReLU(0.1))"],
		["y = F.LeakyReLU(slope)(x)", "y = nn.LeakyReLU(slope)(x)"],
		[
			"class N:\n  def __init__(self, a):\n    self.act = F.LeakyReLU(a)",
			"class N:\n  def __init__(self, a):\n    self.act = nn.LeakyReLU(a)",
		],
	] as const) {
		assert.equal(fix("unknown-activation", TORCH + wrong), TORCH + right);
	}
	assert.equal(
		fix("unknown-activation", "import keras\ny = keras.activations.PReLU(x)"),
		null,
		"a layer takes no value",
	);
	const jax = "import jax\nimport jax.numpy as jnp\n";
	assert.equal(fix("unknown-activation", `${jax}y = jnp.relu(x)`), `${jax}y = jax.nn.relu(x)`);
	assert.equal(
		fix("unguarded-log-exp", `${TORCH}y = 2 * torch.log(1 + torch.exp(z)).sum() + g(z)`),
		`${TORCH}y = 2 * F.softplus(z).sum() + g(z)`,
	);
	assert.equal(
		fix("unsafe-where", `${TORCH}y = torch.where(x > 0, torch.log(x), 0.0)`),
		`${TORCH}y = torch.where(x > 0, torch.log(torch.where(x > 0, x, 1.0)), 0.0)`,
	);
	assert.equal(
		fix("unsafe-where", `${TORCH}y = torch.where((x == 0) | m, 0.0, x.log())`),
		`${TORCH}y = torch.where((x == 0) | m, 0.0, torch.where((x == 0) | m, 1.0, x).log())`,
	);
	assert.equal(
		fix("sigmoid-before-bce", `${TORCH}y = F.binary_cross_entropy(torch.sigmoid(x), t)`),
		`${TORCH}y = F.binary_cross_entropy_with_logits(x, t)`,
	);
});

test("sigmoid before BCELoss is a warning under autocast, which raises", () => {
	const text = `${TORCH}def f(x, y):\n  with torch.autocast("cuda"):\n    return F.binary_cross_entropy(torch.sigmoid(x), y)\n`;
	assert.equal(found("sigmoid-before-bce", text)[0]?.severity, "warning");
	const severity = (wanted: string, by: string) => found("sigmoid-before-bce", text.replace(wanted, by))[0]?.severity;
	assert.equal(severity("with torch.autocast", "with g"), "information");
	assert.equal(severity('"cuda"', '"cuda", enabled=False'), "information");
	assert.equal(severity('"cuda"', '"cpu"'), "information", "where PyTorch allows it");
	const decorated = (decorator: string) =>
		found(
			"sigmoid-before-bce",
			`${TORCH}from torch.cuda.amp import autocast\n${decorator}\ndef f(x, y):\n  return F.binary_cross_entropy(torch.sigmoid(x), y)\n`,
		)[0]?.severity;
	assert.equal(decorated('@torch.autocast(device_type="cuda")'), "warning");
	assert.equal(decorated("@autocast()"), "warning");
	assert.equal(decorated('@torch.autocast("cpu")'), "information");
	assert.equal(decorated("@torch.no_grad()"), "information");
});

test("a comment on the line, or alone above it, silences the rules that it names, or all", () => {
	const count = (text: string) => found("softmax-without-dim", TORCH + text).length;
	assert.equal(count("y = F.softmax(x)  # activation-lens: ignore[softmax-without-dim]"), 0);
	assert.equal(count("y = F.softmax(x)  # activation-lens: ignore"), 0);
	assert.equal(count("# activation-lens: ignore[log-of-softmax, softmax-without-dim]\ny = F.softmax(x)"), 0);
	assert.equal(count("y = F.softmax(x)  # activation-lens: ignore[log-of-softmax]"), 1);
	assert.equal(count("z = 1  # activation-lens: ignore\ny = F.softmax(x)"), 1);
});
