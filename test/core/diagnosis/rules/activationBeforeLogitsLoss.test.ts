import assert from "node:assert/strict";
import { test } from "node:test";
import { lint } from "../../../../src/core/diagnosis/rules/lint.ts";
import { codeOf, openWorkspace } from "../../../../src/core/reading/readSource.ts";
import { english } from "../../../../src/core/texts.ts";
import { found, pairs } from "./lintInTest.ts";

const TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n";

pairs(
	"activation-before-logits-loss",
	{
		"a softmax in the loss's argument": `${TORCH}loss = F.cross_entropy(«F.softmax»(x, dim=1), y)`,
		"a softmax through a variable": `${TORCH}def step(x, y):\n  p = «F.softmax»(x, dim=1)\n  return F.cross_entropy(p, y)`,
		"a softmax method": `${TORCH}loss = nn.CrossEntropyLoss()(x.«softmax»(dim=1), y)`,
		"the last layer of a Sequential": `${TORCH}
net = nn.Sequential(nn.Linear(4, 3), «nn.Softmax»(dim=1)).to(device)
criterion = nn.CrossEntropyLoss()
for x, y in data:
    out = net(x)
    loss = criterion(out, y)
`,
		"what forward returns": `${TORCH}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)
    def forward(self, x):
        x = self.fc(x)
        return «F.softmax»(x, dim=1)
model = Net()
loss_fn = nn.CrossEntropyLoss()
loss = loss_fn(model(x), y)
`,
		"one of several values that a model gives": `${TORCH}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.aux = nn.Linear(4, 3), nn.Linear(4, 2)
        self.softmax = «nn.Softmax»(dim=1)
    def forward(self, x):
        logits, hidden = self.fc(x), self.aux(x)
        return self.softmax(logits), hidden
model = Net()
out, hidden = model(x)
loss = nn.CrossEntropyLoss()(out, y)
`,
		"one of several values that a function gives": `${TORCH}
def predict(x):
    if x is None:
        return («F.softmax»(zero, dim=1), x)
    return F.softmax(x, dim=1), x
def step(x, y):
    (p, _) = predict(x)
    a, b = p, x
    return F.cross_entropy(a, y)
`,
		"a module of the model that is called last": `${TORCH}
class Net(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(4, 3)
        self.softmax = «nn.Softmax»(dim=1)
    def forward(self, x):
        out = self.fc(x)
        out = self.softmax(out)
        return out
model = Net()
loss = nn.CrossEntropyLoss()(model(x), y)
`,
		"a model and a loss that a function is called with": `${TORCH}
def train(model, criterion, data):
    for x, y in data:
        loss = criterion(model(x), y)
net = nn.Sequential(nn.Linear(4, 3), «nn.Softmax»(dim=1))
train(net, nn.CrossEntropyLoss(), data)
`,
		"a Lightning module's own output": `${TORCH}
class Net(nn.Module):
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 3), «nn.LogSoftmax»(dim=1))
        self.criterion = nn.CrossEntropyLoss()
    def forward(self, x):
        return self.net(x)
    def training_step(self, batch):
        x, y = batch
        return self.criterion(self(x), y)
`,
		"a softmax where its logarithm is taken for granted": `${TORCH}
net = nn.Sequential(nn.Linear(4, 3), «nn.Softmax»(dim=1))
loss = nn.NLLLoss()(net(x), y) + F.nll_loss(x.«softmax»(1), y)`,
		"sigmoid and BCEWithLogitsLoss": `${TORCH}loss = nn.BCEWithLogitsLoss()(«torch.sigmoid»(x), y)`,
		"a model that a class is given, and one that a method makes": `${TORCH}
class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.model.to(device)
        self.criterion = nn.CrossEntropyLoss()
    def fit(self, x, y):
        return self.criterion(self.model(x), y)
net = nn.Sequential(nn.Linear(4, 3), «nn.Softmax»(dim=1))
Trainer(net, 1e-3).fit(x, y)
class Study:
    def __init__(self):
        self.train(self.make(4), nn.CrossEntropyLoss())
    def train(self, model, criterion):
        out = model.forward(x)
        loss = criterion(out, y)
    def make(self, n):
        layers = nn.Sequential(nn.Linear(n, 3), «nn.Softmax»(dim=1))
        return layers
`,
		"a model and a loss that an if, or a loop, moves or wraps": `${TORCH}
model = nn.Sequential(nn.Linear(4, 3), «nn.Softmax»(dim=1))
criterion = nn.CrossEntropyLoss()
if torch.cuda.is_available():
    model = nn.DataParallel(model.cuda())
    criterion = criterion.cuda()
for epoch in range(3):
    model = model.to(device)
    loss = criterion(model(x), y)
`,
		"what is taken of the values, or put along other axes": `${TORCH}
class Net(nn.Module):
    def forward(self, x):
        h = self.fc(x)
        return «F.softmax»(h, dim=-1), h
    def mean(self, x):
        return nn.BCEWithLogitsLoss()(«torch.sigmoid»(self.fc(x))[:, 0], y)
net = Net()
out, hidden = net(x)
loss = F.cross_entropy(out.permute(0, 2, 1)[mask], y)
loss = F.cross_entropy(torch.transpose(net(x)[0], 1, 2), y)
`,
		"Keras' last layer and from_logits": `
from tensorflow import keras
from tensorflow.keras import layers
model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10, activation=«"softmax"»)])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam")
`,
		"a model that is changed only behind it, or whose weights are": `${TORCH}
n = nn.Sequential(nn.Linear(3, 3), «nn.Softmax»(dim=1))
n[0].weight.data.normal_()
n[0].bias.requires_grad = False
nn.init.zeros_(n[0].weight)
n.train()
F.cross_entropy(n(x), y)
n.pop(1)
`,
		"Keras' last layer that is added": `
from keras.models import Sequential
from keras.layers import Dense
import keras
model = Sequential()
model.add(Dense(64, activation="relu"))
model.add(Dense(10, activation=«"softmax"»))
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
`,
		"Keras' functional output": `
import keras
from keras import layers
inputs = keras.Input((4,))
outputs = layers.Dense(3, activation=«"softmax"»)(inputs)
model = keras.Model(inputs, outputs)
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
`,
		"a loss of Keras that has a name, behind the optimizer": `
import tensorflow as tf
inputs = tf.keras.Input((8,))
out = tf.keras.layers.Activation(«"sigmoid"»)(tf.keras.layers.Dense(1)(inputs))
model = tf.keras.Model(inputs, out)
loss = tf.keras.losses.BinaryCrossentropy(from_logits=True)
model.compile("adam", loss)
`,
		"logits of TensorFlow that are none": `
import tensorflow as tf
loss = tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=«tf.nn.softmax»(z))
`,
		"logits of Optax that are none": `
import jax, optax
loss = optax.softmax_cross_entropy(«jax.nn.softmax»(z), y).mean()
`,
		"what Flax applies with its weights": `import optax
import flax.linen as nn
class Net(nn.Module):
    @nn.compact
    def __call__(self, x):
        return «nn.softmax»(nn.Dense(10)(x))
def loss_fn(params, x, y):
    logits = Net().apply({"params": params}, x)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()
`,
		"from_logits by its place, to a class and to a function": `import keras
def f(x, y):
  p, q = «keras.activations.softmax»(x), «keras.ops.softmax»(x)
  loss = keras.losses.SparseCategoricalCrossentropy(True)
  return loss(y, p) + keras.losses.categorical_crossentropy(y, q, True)
`,
	},
	{
		"from_logits that says no by its place": `import keras
def f(x, y):
  p = keras.activations.softmax(x)
  loss = keras.losses.SparseCategoricalCrossentropy(False)
  return loss(y, p) + keras.losses.categorical_crossentropy(y, p, False, 0.1)
`,
		"logits that Flax applies": `import optax
import flax.linen as nn
class Net(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(10)(nn.relu(x))
def loss_fn(params, x, y):
    logits = Net().apply({"params": params}, x)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()
`,
		"what PyTorch applies to a model": `${TORCH}net = nn.Sequential(nn.Linear(3, 3))\nloss = F.cross_entropy(net.apply(init)(x), y)`,
		logits: `${TORCH}loss = F.cross_entropy(x, y)`,
		"a softmax that another value is made of": `${TORCH}p = F.softmax(x, dim=1)\nloss = F.cross_entropy(x, y)\nprint(p)`,
		"a softmax inside an attention": `${TORCH}
class Net(nn.Module):
    def forward(self, q, k, v):
        a = F.softmax(q @ k, dim=-1)
        return self.out(a @ v)
loss = nn.CrossEntropyLoss()(Net()(x), y)
`,
		"a softmax only when it does not train": `${TORCH}
class Net(nn.Module):
    def forward(self, x):
        x = self.fc(x)
        if not self.training:
            x = F.softmax(x, dim=1)
        return x
loss = nn.CrossEntropyLoss()(Net()(x), y)
`,
		"one of two returns": `${TORCH}
class Net(nn.Module):
    def forward(self, x):
        if self.training:
            return self.fc(x)
        return F.softmax(self.fc(x), dim=1)
loss = nn.CrossEntropyLoss()(Net()(x), y)
`,
		"the other of two values that a model gives": `${TORCH}
class Net(nn.Module):
    def forward(self, x):
        logits = self.fc(x)
        return logits, F.softmax(logits, dim=1)
logits, shares = Net()(x)
loss = F.cross_entropy(logits, y)
`,
		"a model whose layers are changed": `${TORCH}
n = nn.Sequential(nn.Linear(3, 3), nn.Softmax(dim=1))
n.pop(1)
F.cross_entropy(n(x), y)
m = nn.Sequential(nn.Linear(3, 3), nn.Softmax(dim=1))
m.append(nn.Linear(3, 4))
F.cross_entropy(m(x), y)
k = nn.Sequential(nn.Linear(3, 3), nn.Softmax(dim=1))
k.add_module("out", nn.Linear(3, 4))
def train():
    F.cross_entropy(k(x), y)
class Net(nn.Module):
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(3, 3), nn.Softmax(dim=1))
        self.net.extend([nn.Linear(3, 4)])
        self.head = nn.Softmax(dim=1)
    def forward(self, x):
        return self.net(x)
class Other(Net):
    def forward(self, x):
        return self.head(x)
F.cross_entropy(Net()(x), y)
other = Other()
other.head = nn.Identity()
F.cross_entropy(other(x), y)
`,
		"a layer of Keras' that is given another activation": `
import keras
from keras import layers
m = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")])
m.layers[-1].activation = None
m.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
n = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(3), layers.Softmax()])
n.pop()
n.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
`,
		"one of several values of which there may be more": `${TORCH}
def predict(x):
    return *first(x), F.softmax(x, dim=1)
a, b, p = predict(x)
loss = F.cross_entropy(p, y)
*_, q = predict(x)
loss = F.cross_entropy(q, y)
`,
		"another model's softmax in the same file": `${TORCH}
a = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
b = nn.Sequential(nn.Linear(4, 3))
loss = nn.CrossEntropyLoss()(b(x), y)
loss = nn.NLLLoss()(torch.log(a(x)), y)
`,
		"another model that the function is called with": `${TORCH}
def train(model, criterion):
    loss = criterion(model(x), y)
train(nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1)), nn.MSELoss())
train(nn.Sequential(nn.Linear(4, 3)), nn.CrossEntropyLoss())
`,
		"a model that a class is given in two ways, and the other of two values by its place": `${TORCH}
class Trainer:
    def __init__(self, model):
        self.model = model
    def fit(self, x, y):
        return F.cross_entropy(self.model(x), y)
Trainer(nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1)))
Trainer(nn.Sequential(nn.Linear(4, 3)))
class Net(nn.Module):
    def forward(self, x):
        h = self.fc(x)
        return F.softmax(h, dim=-1), h
loss = F.cross_entropy(Net()(x)[1], y)
`,
		"a model that an if makes another one": `${TORCH}
model = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
if plain:
    model = nn.Sequential(nn.Linear(4, 3))
loss = F.cross_entropy(model(x), y)
def make():
    if plain:
        return nn.Sequential(nn.Linear(4, 3))
    return nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
loss = F.cross_entropy(make()(x), y)
`,
		"a method of the model's own that has a tensor's name": `${TORCH}
class Net(nn.Module):
    def take(self, x):
        return self.fc(x)
    def forward(self, x):
        return self.take(F.softmax(x, dim=1))
loss = F.cross_entropy(Net()(x), y)
`,
		"NLLLoss of a log-softmax": `${TORCH}loss = nn.NLLLoss()(F.log_softmax(x, dim=1), y)`,
		"a loss of Keras on probabilities": `
from tensorflow import keras
model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy())
`,
	},
);

test("a double softmax over 10 classes cannot come below 1.4612, and the fix takes the layer out", () => {
	const text = `${TORCH}
net = nn.Sequential(nn.Linear(64, 10), nn.Softmax(dim=1))
loss = nn.CrossEntropyLoss()(net(x), y)
`;
	const [finding] = found("activation-before-logits-loss", text);
	assert.match(finding?.fixed ?? "", /Sequential\(nn\.Linear\(64, 10\)\)/);
	const applied = `${TORCH}head = nn.Linear(64, 10)\nloss = F.cross_entropy(F.softmax(head(x), dim=1), y)\n`;
	const [direct] = found("activation-before-logits-loss", applied);
	assert.equal(direct?.evidence.floor?.toFixed(4), "1.4612");
	assert.match(direct?.message ?? "", /with 10 classes the loss stays above 1\.4612/);
	assert.match(direct?.fixed ?? "", /cross_entropy\(head\(x\), y\)/);
});

test("before NLLLoss the fix takes the logarithm of the softmax at once", () => {
	const fix = (text: string) => found("activation-before-logits-loss", TORCH + text)[0]?.fixed?.slice(TORCH.length);
	assert.equal(fix("F.nll_loss(F.softmax(x, 1), y)"), "F.nll_loss(F.log_softmax(x, 1), y)");
	assert.equal(fix("F.nll_loss(x.softmax(1), y)"), "F.nll_loss(x.log_softmax(1), y)");
	const made = (name: string) => `m = nn.${name}(dim=1)\nF.nll_loss(m(x), y)`;
	assert.equal(fix(made("Softmax")), made("LogSoftmax"));
	assert.equal(fix("F.nll_loss(torch.log(F.softmax(x, 1)), y)"), undefined);
});

test("how many classes there are is not said where but some of the values go to the loss", () => {
	const text = (taken: string) => `${TORCH}head = nn.Linear(64, 10)\nF.cross_entropy(F.softmax(head(x), 1)${taken}, y)`;
	const classes = (taken: string) => found("activation-before-logits-loss", text(taken))[0]!.evidence.classes;
	assert.deepEqual([classes(".squeeze()"), classes("[:, :4]")], [10, undefined]);
});

test("a model of another file is followed: the finding stands at the loss, without a fix", () => {
	const files = new Map([
		[
			"/w/model.py",
			`${TORCH}class Net(nn.Module):\n  def forward(self, x):\n    return F.softmax(self.fc(x), dim=1)\n`,
		],
	]);
	const workspace = openWorkspace({
		has: (path) => files.has(path),
		read: (path) => files.get(path),
		rootOf: () => "/w",
	});
	const text = `${TORCH}from model import Net\ncriterion = nn.CrossEntropyLoss()\nloss = criterion(Net()(x), y)\n`;
	const read = codeOf(text, "python", { workspace, path: "/w/train.py" });
	const findings = lint(read!, {}, english);
	assert.deepEqual(
		findings.map(({ rule, span }) => [rule, text.slice(span.start, span.end)]),
		[["activation-before-logits-loss", "criterion"]],
	);
	assert.deepEqual(findings[0]!.fixes(), []);
});

test("a model of TensorFlow.js whose last step is softmax is told of at a loss of logits", () => {
	const at = (layers: string, loss = "tf.losses.softmaxCrossEntropy(ys, model.predict(xs) as tf.Tensor)") => {
		const text = `import * as tf from "@tensorflow/tfjs";\n${layers}\nconst loss = () => ${loss};\n`;
		return lint(codeOf(text, "typescript")!, {}, english)
			.filter(({ rule }) => rule === "activation-before-logits-loss")
			.map(({ span }) => text.slice(span.start, span.end));
	};
	const dense = (activation: string) => `tf.layers.dense({ units: 3, activation: "${activation}" })`;
	const made = (last: string) => `const model = tf.sequential({ layers: [${dense("relu")}, ${last}] });`;
	assert.deepEqual(at(made(dense("softmax"))), ['"softmax"']);
	assert.deepEqual(at(made("tf.layers.softmax()"), "tf.losses.softmaxCrossEntropy(ys, model.apply(xs))"), [
		"tf.layers.softmax",
	]);
	assert.deepEqual(
		at(`const model = tf.sequential();\nmodel.add(${dense("relu")});\nmodel.add(${dense("softmax")});`),
		['"softmax"'],
	);
	assert.deepEqual(at("", "tf.losses.softmaxCrossEntropy(ys, tf.softmax(xs))"), ["tf.softmax"]);
	assert.deepEqual(at(made(dense("relu"))), []);
	assert.deepEqual(at(made("tf.layers.dense({ units: 3 })")), []);
	assert.deepEqual(at(made(dense("softmax")), "tf.losses.meanSquaredError(ys, model.predict(xs))"), []);
});
