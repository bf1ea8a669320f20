/** Code that uses all that is read, and what people and bad merges do to such code. */

export const SAMPLE = `import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
from functools import partial
SCALE = 1.0507

def sigmoid(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1. / (1. + np.exp(-x))

class Swish(nn.Module):
    def __init__(self, beta=1.0, *, act: type = nn.SiLU, **kw):
        super().__init__()
        self.beta, self.act = beta, act()
        self.relu = nn.LeakyReLU(0.2)
    @staticmethod
    def helper(x): return [max(0, v) for v in x if v]
    def forward(self, x):
        with torch.no_grad():
            y = x[x > 0] = self.relu(x)
        for i in range(3):
            y = F.gelu(y, approximate="tanh")
        else:
            y += x.sigmoid()
        return y * torch.sigmoid(self.beta * x) if x is not None else {"act": nn.ReLU}["act"]

x = np.array([[1, 2.5], [3, -4]], dtype=np.float32)
y = sigmoid(x); z = (lambda v: np.maximum(v, 0))(y)
match y:
    case [a, *b]: print(f"{a!r:>{b}}")
try:
    layer = keras.layers.Dense(3, activation="relu")
except (A, B) as e:
    del y
while (n := 3) < 5: pass
`;

/** More of the same: what one statement says depends on others, before and behind it. */
export const LINKED = `${SAMPLE}
from transformers.activations import ACT2FN
from common import *

def half(x):
    return 0.5 * x

def gelu_new(x):
    """Said to be *the* GELU."""
    return half(x) * (1 + torch.tanh(0.7978845608 * (x + 0.044715 * x ** 3)))

def scaled(x, k=2.0):
    return sigmoid(x) * k

act = partial(F.leaky_relu, negative_slope=0.3)
ACTS = {"relu": nn.ReLU, "swish": Swish}
values = np.linspace(0, 1, 3)
if SCALE > 1:
    act = nn.ELU(0.7)

class Block(nn.Module):
    def __init__(self, hidden_act="gelu", act_layer=nn.GELU):
        super().__init__()
        self.fc = nn.Linear(3, 4)
        self.act = ACT2FN[hidden_act]
        self.swish = Swish(beta=1.5)
        self.last = act_layer()

    def forward(self, x):
        x = self.act(self.fc(x))
        x = self.swish(x).relu_()
        return gelu_new(act(x)) + scaled(x, k=3.0)

class Deep(Block):
    def forward(self, x):
        global SCALE
        SCALE = 2.0
        return self.last(self.act(x)) + sigmoid(values)

values[0] = 7.5
out = scaled(np.array([1.0, 2.0]), 4.0)
model = nn.Sequential(Block(), nn.Softplus(beta=2), Deep(), nn.Tanh())
print(act(values), model)
`;

/** A long class, whose members are read one by one, and what others make of them and of it. */
export const MEMBERS = `${LINKED}
class Base(nn.Module):
    slope = 0.3

    def squash(self, x):
        return x * torch.sigmoid(1.5 * x)

@register("trainer")
class Trainer(Base):
    """Trains a model."""
    limits = {"low": nn.ReLU, "high": nn.Tanh}
    text = """${"Many words about it. ".repeat(200)}"""

    def __init__(self, hidden_act="gelu", act_layer=nn.GELU):
        super().__init__()
        self.act = ACT2FN[hidden_act]
        self.layers = [nn.ReLU(), nn.ReLU()]
        self.beta, self.last = 1.5, act_layer()

    @staticmethod
    def leaky_relu(x, k=0.2):
        return np.where(x > 0, x, k * x)

    decay = 0.5
    names = ["relu"]

    def half(self, x):
        return 0.5 * x

    def my_gelu(self, x):
        return self.half(x) * (1 + torch.tanh(0.7978845608 * (x + 0.044715 * x ** 3)))

    class Inner(nn.Module):
        def forward(self, x):
            return x * torch.sigmoid(x)

        def other(self, x):
            return Trainer.leaky_relu(x)

    def set_up(self, deep=True):
        global SCALE
        SCALE = 3.0
        if deep:
            self.act = nn.SELU()
        self.inner = self.Inner()

    async def step(self, x):
        for layer in self.layers:
            x = layer(x)
        loss = F.cross_entropy(self.inner(x), self.last(self.act(x)))
        return self.squash(self.my_gelu(x)), self.leaky_relu(x, 0.1), loss

    def forward(self, x):
        return torch.maximum(x, self.beta * 0 * x)

class Small(Trainer):
    def forward(self, x):
        return self.half(x) + self.my_gelu(self.act(x))

trainer = Trainer()
print(trainer(values), Trainer.leaky_relu(values), Small().act(values), trainer.layers)
`;

/** SAMPLE with functions that make activations by a text, and attributes that calls and subclasses set. */
export const MAKERS = `${SAMPLE}
TABLE = {"relu": nn.ReLU, "swish": Swish, "leaky": nn.LeakyReLU(0.2)}

def get_act(name="relu", inplace=True):
    name = name.lower()
    if name is None:
        return nn.Identity()
    elif name in ("tanh", "sigmoid"):
        return getattr(nn, name.capitalize())()
    elif name not in TABLE:
        raise ValueError(name)
    return TABLE[name]

def by_default(kind="gelu"):
    return get_act(kind) if kind != "gelu" else F.gelu

class Block(nn.Module):
    def forward(self, x):
        return self.act(self.out_act(x))

class Small(Block):
    def __init__(self):
        self.act = get_act("relu")()
        self.add_module("out_act", by_default())

class Large(Small):
    def __init__(self):
        self.act = get_act("Sigmoid")
        setattr(self, "gate_act", by_default("swish"))

    def gate(self, x):
        return self.gate_act(x) * Large()
`;

export const TYPESCRIPT = `import * as tf from "@tensorflow/tfjs";
import { helper, type Kind } from "./helper";
/** Says \`what\` it is. */
export const SLOPE = 0.2, pattern = /[/"'\`{]+/g;
type Name = "relu" | "tanh";
interface Layer { activation: Name; units?: number }

export function swish(x: number, beta = 1): number {
	return x / (1 + Math.exp(-beta * x));
}

const relu = (x: number) => Math.max(0, x);
export class Net {
	#act = relu;
	constructor(private readonly kind: Name = "relu") {
		this.model = tf.sequential({ layers: [tf.layers.dense({ units: 4, activation: "elu" }), tf.layers.leakyReLU()] });
	}
	forward(x: tf.Tensor): tf.Tensor {
		const text = \`\${x.shape.map((n) => \`\${n}\`).join("}")} {\`;
		if (x.size > 3) return x.selu().relu6();
		return tf.softplus(this.#act(2) > 1 ? x : tf.tanh(x));
	}
}

const values = tf.tensor([1, -2]);
export default swish(3);
console.log(relu(-1), values.sigmoid(), new Net("tanh").forward(values));
`;

/** A long class of TypeScript, whose members are read one by one; each of them begins or ends in its own way. */
export const SCRIPT_MEMBERS = `${TYPESCRIPT}
abstract class Base<T extends object, U = Map<string, T>> {
	squash(x: number): number { return x / (1 + Math.exp(-1.5 * x)); }
}

export default class Trainer extends Base<tf.Tensor>
	implements Iterable<number> { // the head goes on
	static readonly SLOPE = 0.3;
	#scale = 1.5; readonly text = \`${"Many words about it. ".repeat(200)}\`;
	act = tf.layers.elu();
	layers: { first: tf.layers.Layer; rest?: tf.layers.Layer[] } = {
		first: tf.layers.leakyReLU({ alpha: 0.2 }),
		rest: [],
	}
	static {
		Trainer.SLOPE > 0 ? swish(1) : relu(2);
	}

	constructor(private readonly kind: Kind, limit = { low: 0 }) {
		super();
		this.model = tf.sequential({ layers: [tf.layers.dense({ units: 4, activation: "tanh" })] });
	}

	/** It's the positive part, "written" by hand. { */
	static leakyRelu(x: number, k = 0.2): number {
		return x > 0 ? x : k * x; // }
	}
	get slope(): { value: number } {
		return { value: this.#scale };
	}
	set slope(to) {
		this.#scale = to.value / 2 / 1;
	}

	@logged({ level: 2 })
	half = (x: number) => {
		return 0.5 * x;
	}
	table = { a: 1 }
		[this.key];
	other = { b: relu } as
		unknown;
	optional?: () => void
	swish = function (x: number) {
		return x / (1 + Math.exp(-x));
	}.bind(this)
	"quoted name"() { return /[/}"'\`{]+/g.test("}") ? 4 / 2 : 1; }
	[Symbol.iterator]() { return [1].values(); }
	*numbers() { yield 1; }
	async step(x: tf.Tensor, ...more: number[]): Promise<tf.Tensor> {
		const text = \`\${more.map((n) => \`\${n}\`).join("}")} {
	relu(x) {
\`;
		for (const layer of this.layers.rest) x = layer.apply(x) as tf.Tensor;
		if (/}/.test(text)) { x = x.relu(); }
		class Inner {
			forward(x: number) { return Math.max(0, x); }
		}
		return tf.softplus(x.mul(this.half(2) + Trainer.leakyRelu(1, 0.1)));
	}
	overloaded(x: number): { a: 1 }
	overloaded(x: unknown) { return { a: 1 }; }
	private gelu(x: number): number {
		return this.half(x) * (1 + Math.tanh(0.7978845608 * (x + 0.044715 * x ** 3)));
	}

	forward(
		x: number,
	): number {
		return Math.max(x, this.gelu(x) * 0 + this.squash(x));
	}
}

class Small extends Trainer {
	forward(x: number) { return this.half(x) + this.gelu(x); }
}
console.log(new Trainer("relu").forward(2), Trainer.leakyRelu(3), new Small("tanh").act);
`;

const repeated = (block: (i: number) => string) => Array.from({ length: 12 }, (_, i) => block(i)).join("");

/** A function and a table that are long: what a statement or an entry says depends on others of the same. */
export const LONG_STATEMENTS = `${SAMPLE}
def run(x, items, act=nn.ReLU()):
    global SCALE
    layers = [nn.ReLU(), nn.Tanh()]
${repeated(
	(i) => `    y_${i} = np.array([${i}.0, 2.5])
    if items:
        x = F.relu(x) * sigmoid(y_${i})
    def leaky_relu_${i}(v, k=0.${i}1):
        return max(v, k * v)
    for layer in layers:
        x = layer(leaky_relu_${i}(x))
`,
)}    return act(x)

TABLE = {
${repeated(
	(i) => `    "layer_${i}": {"activation": "relu", "sizes": [1, ${i}], "act": nn.ELU(0.${i}1)},
    "gelu_${i}": lambda x: x * sigmoid(${i} * x),
`,
)}}
out = TABLE["gelu_1"](run(x, [1]))
`;

/** Names that are bound again and again, on the way and from within functions, as the cells of a notebook do. */
export const REBOUND = `${SAMPLE}
act = nn.ReLU()
model = nn.Sequential(nn.Linear(3, 4), act)
def reset():
    global act, xs
    act = nn.Tanh()
    xs[0] = 2.0
${repeated(
	(i) => `
def squash(x, k=${i}.5):
    return x * (1 / (1 + np.exp(-k * x)))
xs = np.linspace(-${i}, 5, 20)
ys = squash(xs) + np.tanh(xs)
act = ${i % 3 ? `nn.ELU(0.${i}1)` : "F.silu"}
for x in [xs, ys]:
    out = act(x)
    if ${i} % 2:
        act = nn.GELU()
        xs.sort()
    print(out, sigmoid(xs))
class Net(nn.Module):
    def __init__(self):
        self.act = act

    def forward(self, x):
        return self.act(squash(x)) + torch.sigmoid(x)
model = Net()
try:
    act = model.act
except AttributeError:
    act = squash
out = act(model(ys)).relu()
`,
)}`;

/** The same of a callback and a table of TypeScript. */
export const LONG_SCRIPT = `${TYPESCRIPT}
describe("layers", () => {
	const act = (x: number) => Math.max(0, x);
${repeated(
	(i) => `	it("computes number ${i}", async () => {
		const model = tf.sequential({ layers: [tf.layers.dense({ units: ${i}, activation: "relu" })] });
		let x${i} = tf.tensor1d([${i}, -1]).relu();
		for (const layer of model.layers) x${i} = layer.apply(x${i}) as tf.Tensor;
		expect(act(swish(${i}))).toBeCloseTo(\`\${Math.tanh(${i})}\`);
	});
`,
)}});
export const table = {
${repeated((i) => `	swish${i}: (x: number) => x / (1 + Math.exp(-${i} * x)),\n	layer${i}: { activation: "elu", sizes: [1, ${i}] },\n`)}};
`;

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

const NOISE =
	"( ) [ ] { } \n \n\n \r\n \r \t \f \\ \" ' \"\"\" ''' ` : , = # @ . * ** -> => ; \0 😀 é \uFEFF lambda def class import global return async 0 1. relu x torch. nn <<<<<<< ======= >>>>>>> %%time !ls ?"
		.split(" ")
		.concat(
			"    ",
			" ",
			"\nimport torch\n",
			"\ndef relu(x):\n    return x\n",
			"<<<<<<< HEAD\n",
			"=======\n",
			">>>>>>> theirs\n",
			'print "old"\n',
		);

/** Cuts, doubles, moves, shuffles or spoils pieces of a text; `more` are texts that pieces may come from as well. */
export function mutate(text: string, next: () => number, more: readonly string[] = []): string {
	const below = (n: number) => Math.floor(next() * n);
	const at = () => below(text.length + 1);
	const [a, b] = [at(), at()].sort((p, q) => p - q) as [number, number];
	const lines = text.split("\n");
	switch (below(8)) {
		case 0:
			return text.slice(0, a) + text.slice(Math.min(b, a + 1 + below(40)));
		case 1:
			return text.slice(0, b) + text.slice(Math.max(a, b - 80));
		case 2:
		case 3:
			return text.slice(0, a) + NOISE[below(NOISE.length)]! + text.slice(a);
		case 4:
			lines.splice(below(lines.length), 1 + below(3));
			return lines.join("\n");
		case 5: {
			const moved = lines.splice(below(lines.length), 1 + below(6));
			lines.splice(below(lines.length + 1), 0, ...moved);
			return lines.join("\n");
		}
		case 6: {
			const other = (more[below(more.length)] ?? text).split("\n");
			const from = below(other.length);
			lines.splice(below(lines.length + 1), 0, ...other.slice(from, from + 1 + below(8)));
			return lines.join("\n");
		}
		default: {
			const from = below(lines.length);
			const shuffled = lines.slice(from, from + 12).map((line) => [next(), line] as const);
			shuffled.sort(([p], [q]) => p - q);
			return [...lines.slice(0, from), ...shuffled.map(([, line]) => line), ...lines.slice(from + 12)].join("\n");
		}
	}
}
