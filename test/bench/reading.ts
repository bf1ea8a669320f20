import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { codeFindings } from "../../src/core/diagnosis/rules/lint.ts";
import { openReading, readSource } from "../../src/core/reading/readSource.ts";
import { usesOf } from "../../src/engines/foundUses.ts";
import { sourceFiles } from "../../src/engines/sourceFiles.ts";
import { workspaceOf } from "../../src/engines/workspaceFiles.ts";
import { workspaceScan } from "../../src/engines/workspaceScan.ts";

const LINES = 5000;
const PLACES = 60;
/** In a file that is one statement, which is read again as a whole. */
const FEW_PLACES = 3;

const PYTHON_HEAD = `import math
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from transformers.activations import ACT2FN
`;

/** A block of a model as papers' code has it, with what each edit of it may be looked up by others. */
const pythonBlock = (i: number) => `
def gelu_${i}(x, scale=1.0):
    """Gaussian error linear unit, as in the original code."""
    return scale * 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


class Attention${i}(nn.Module):
    """Attention of block ${i}, with a mask."""

    def __init__(self, config, layer_idx=None):
        super().__init__()
        self.config = config
        self.head_dim = getattr(config, "head_dim", config.hidden_size // config.num_attention_heads)
        self.scaling = self.head_dim**-0.5
        self.q_proj = nn.Linear(config.hidden_size, config.num_attention_heads * self.head_dim, bias=False)
        self.k_proj = nn.Linear(config.hidden_size, config.num_key_value_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(config.hidden_size, config.num_key_value_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(config.num_attention_heads * self.head_dim, config.hidden_size, bias=False)
        self.dropout = nn.Dropout(config.attention_dropout)

    def forward(self, hidden_states, attention_mask=None, past_key_value=None):
        input_shape = hidden_states.shape[:-1]
        hidden_shape = (*input_shape, -1, self.head_dim)
        query = self.q_proj(hidden_states).view(hidden_shape).transpose(1, 2)
        key = self.k_proj(hidden_states).view(hidden_shape).transpose(1, 2)
        value = self.v_proj(hidden_states).view(hidden_shape).transpose(1, 2)
        if past_key_value is not None:
            key, value = past_key_value.update(key, value, self.layer_idx)
        weights = torch.matmul(query, key.transpose(2, 3)) * self.scaling
        if attention_mask is not None:
            weights = weights + attention_mask[:, :, :, : key.shape[-2]]
        weights = F.softmax(weights, dim=-1, dtype=torch.float32).to(query.dtype)
        output = torch.matmul(self.dropout(weights), value)
        output = output.transpose(1, 2).reshape(*input_shape, -1).contiguous()
        return self.o_proj(output), weights


class Layer${i}(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.attention = Attention${i}(config)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.up = nn.Linear(config.hidden_size, config.intermediate_size)
        self.down = nn.Linear(config.intermediate_size, config.hidden_size)
        self.act = ACT2FN["gelu"]
        self.gate = nn.Sequential(nn.Linear(config.hidden_size, 1), nn.Sigmoid())

    def forward(self, hidden_states, attention_mask=None):
        residual = hidden_states
        hidden_states, _ = self.attention(self.norm(hidden_states), attention_mask)
        hidden_states = residual + self.gate(residual) * hidden_states
        hidden_states = self.down(self.act(self.up(hidden_states)))
        return residual + F.relu(gelu_${i}(hidden_states))


LIMITS_${i} = np.tanh(np.array([-${i}.0, 0.0, ${i}.0]))
`;

/** The head of a file that is one class, as trainers are. */
const PYTHON_CLASS = `${PYTHON_HEAD}

class Trainer(nn.Module):
    """Trains, evaluates and saves a model."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.scale = 1.0
        self.act = ACT2FN[config.hidden_act]

    def compute_loss(self, output, labels):
        return F.cross_entropy(output, labels) * self.scale
`;

/** Some methods of the class; each calls and reads what another one is or sets. */
const pythonMethods = (i: number) => `
    def gelu_${i}(self, x, scale=1.0):
        """Gaussian error linear unit, as in the original code."""
        return scale * 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))

    def build_${i}(self, config, layer_idx=None):
        self.head_dim_${i} = getattr(config, "head_dim", config.hidden_size // config.num_attention_heads)
        self.scaling_${i} = self.head_dim_${i}**-0.5
        self.q_proj_${i} = nn.Linear(config.hidden_size, config.num_attention_heads * self.head_dim_${i}, bias=False)
        self.k_proj_${i} = nn.Linear(config.hidden_size, config.num_key_value_heads * self.head_dim_${i}, bias=False)
        self.act_${i} = nn.LeakyReLU(0.2)
        self.gate_${i} = nn.Sequential(nn.Linear(config.hidden_size, 1), nn.Sigmoid())

    @torch.no_grad()
    def attend_${i}(self, hidden_states, attention_mask=None, past_key_value=None):
        input_shape = hidden_states.shape[:-1]
        hidden_shape = (*input_shape, -1, self.head_dim_${i})
        query = self.q_proj_${i}(hidden_states).view(hidden_shape).transpose(1, 2)
        key = self.k_proj_${i}(hidden_states).view(hidden_shape).transpose(1, 2)
        if past_key_value is not None:
            key, query = past_key_value.update(key, query, self.layer_idx)
        weights = torch.matmul(query, key.transpose(2, 3)) * self.scaling_${i}
        if attention_mask is not None:
            weights = weights + attention_mask[:, :, :, : key.shape[-2]]
        weights = F.softmax(weights, dim=-1, dtype=torch.float32).to(query.dtype)
        return self.act_${i}(weights) + self.gate_${i}(hidden_states) * F.relu(self.gelu_${i}(hidden_states))

    def step_${i}(self, batch, epoch, log_every=100):
        loss, outputs = self.model(batch["input"]), []
        for index, item in enumerate(batch["items"]):
            output = self.attend_${i}(item, batch.get("mask"))
            outputs.append(self.act(output.reshape(-1)) if index % 2 else output.sigmoid())
            loss = loss + self.compute_loss(output, batch["labels"][index])
        if epoch % log_every == 0:
            print(f"epoch {epoch}: loss {loss.item():.4f}")
        return {"loss": loss, "outputs": outputs}
`;

/** Some cells of a notebook, which bind the same names again and again. */
const notebookCells = (i: number) => `
class Net(nn.Module):
    def __init__(self, hidden=${64 + i}):
        super().__init__()
        self.fc1 = nn.Linear(784, hidden)
        self.fc2 = nn.Linear(hidden, 10)
        self.act = nn.GELU()

    def forward(self, x):
        x = self.act(self.fc1(x))
        return self.fc2(F.relu(x))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
history = []
for epoch in range(10):
    for x, y in loader:
        out = model(x)
        loss = F.cross_entropy(out, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    history.append(loss.item())
    print(f"epoch {epoch}: loss {loss.item():.4f}")


def sigmoid(x, k=${i}.5):
    return 1 / (1 + np.exp(-k * x))

xs = np.linspace(-5, 5, 200)
ys = sigmoid(xs) * np.tanh(xs)
act = F.silu
out = act(torch.randn(3)).relu_()
fig, ax = plt.subplots(figsize=(6, 4))
ax.plot(xs, ys, label="run ${i}")
ax.legend()
plt.show()
`;

const SCRIPT_HEAD = `import * as tf from "@tensorflow/tfjs";
`;

const scriptBlock = (i: number) => `
export function swish${i}(x: number, beta = 1): number {
	return x / (1 + Math.exp(-beta * x));
}

interface Options${i} {
	readonly units: number;
	readonly activation?: "relu" | "tanh";
}

/** Block ${i} of the model. */
export class Block${i} {
	readonly #layers: tf.layers.Layer[] = [];
	#calls = 0;

	constructor(private readonly options: Options${i}) {
		for (let k = 0; k < 3; k++) {
			this.#layers.push(tf.layers.dense({ units: options.units, activation: "relu", name: \`dense_\${k}\` }));
		}
		this.#layers.push(tf.layers.leakyReLU({ alpha: 0.1 }));
	}

	call(input: tf.Tensor): tf.Tensor {
		this.#calls++;
		return tf.tidy(() => {
			let x = input;
			for (const layer of this.#layers) x = layer.apply(x) as tf.Tensor;
			if (x.shape.length > 2) return x.reshape([x.shape[0] ?? 1, -1]).tanh();
			return tf.softmax(x.mul(swish${i}(0.5)));
		});
	}
}

const limits${i} = [0, 1, 2].map((v) => Math.tanh(v) * swish${i}(v));
console.log(limits${i}.length, new Block${i}({ units: 8 }));
`;

const SCRIPT_CLASS = `${SCRIPT_HEAD}
export class Trainer {
	readonly #scale = 1;

	constructor(private readonly model: tf.Sequential) {}
`;

const scriptMethods = (i: number) => `
	swish${i}(x: number, beta = 1): number {
		return x / (1 + Math.exp(-beta * x));
	}

	build${i}(units: number): void {
		for (let k = 0; k < 3; k++) {
			this.layers.push(tf.layers.dense({ units, activation: "relu", name: \`dense_\${k}\` }));
		}
		this.activation${i} = tf.layers.leakyReLU({ alpha: 0.1 });
	}

	call${i}(input: tf.Tensor): tf.Tensor {
		return tf.tidy(() => {
			let x = input;
			for (const layer of this.layers) x = layer.apply(x) as tf.Tensor;
			if (x.shape.length > 2) return x.reshape([x.shape[0] ?? 1, -1]).tanh();
			return tf.softmax(x.mul(this.swish${i}(0.5)));
		});
	}
`;

const PYTHON_FUNCTION = `${PYTHON_HEAD}
def run(self, items, hidden_states, hidden_shape):
`;

const pythonSteps = (i: number) => `
    # Step ${i}.
    query_${i} = self.q_proj(hidden_states).view(hidden_shape).transpose(1, 2)
    weights_${i} = torch.matmul(query_${i}, hidden_states.transpose(2, 3)) * 0.125
    for index, item in enumerate(items):
        weights_${i} = weights_${i} + F.relu(item[:, :, :, :index])
    hidden_states = F.softmax(weights_${i}, dim=-1, dtype=torch.float32).to(query_${i}.dtype)
    act_${i} = nn.LeakyReLU(0.2)
    hidden_states = act_${i}(hidden_states) * torch.sigmoid(hidden_states)
`;

const PYTHON_TABLE = `${PYTHON_HEAD}
TABLE = {
`;

const pythonEntries = (i: number) => `    "layer_${i}": {
        "units": ${i}, "activation": "relu",
        "act": nn.ReLU(),
        "function": lambda x: x * torch.sigmoid(x),
        "sizes": [1, 2, 3, ${i}],
    },
`;

const SCRIPT_CALLBACK = `${SCRIPT_HEAD}
describe("layers", () => {
`;

const scriptTests = (i: number) => `
	it("computes swish number ${i}", async () => {
		const model = tf.sequential();
		model.add(tf.layers.dense({ units: ${i}, activation: "relu", inputShape: [4] }));
		const swish = (x: number) => x / (1 + Math.exp(-x));
		for (const layer of model.layers) {
			if (layer.name.length > ${i}) expect(layer.apply(input)).toBeDefined();
		}
		expect(swish(${i}) + Math.tanh(${i})).toBeCloseTo(${i}, 5);
	});
`;

function fileOf(head: string, block: (i: number) => string): string {
	let text = head;
	for (let i = 0; text.split("\n").length < LINES; i++) text += block(i);
	return text.split("\n").slice(0, LINES).join("\n");
}

/** What is typed at a place, key by key, and taken back at once; behind the indent that an editor gives the line. */
const EDITS: readonly (readonly [name: string, typed: string])[] = [
	["typing in a function", "y = relu(x)\n"],
	["an open bracket", "f(["],
	["an open quote", "'"],
	['an open """', '"""'],
	["an open backtick", "`"],
];

function percentiles(times: readonly number[]): string {
	const sorted = [...times].sort((a, b) => a - b);
	const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!.toFixed(1).padStart(6);
	return `p50 ${at(0.5)}  p95 ${at(0.95)}  worst ${at(1)} ms of work`;
}

/** Processor time of this process in milliseconds: other programs on the machine do not count. */
function work(act: () => void): number {
	const before = process.cpuUsage();
	act();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}

function keystrokes(languageId: string, what: string, text: string, places = PLACES): void {
	const reading = openReading(languageId)!;
	const anew = work(() => void reading.update([text]));
	for (let i = 0; i < 5; i++) readSource(text, languageId);
	const warm = work(() => void readSource(text, languageId));
	console.log(
		`a keystroke in a ${languageId} file of ${what}, ${text.split("\n").length} lines and ${text.length} characters (read anew in ${warm.toFixed(0)} ms, the first time ${anew.toFixed(0)})`,
	);
	/** Uses, definitions, what the definitions are, and the rules' findings: what lenses, hovers and findings ask for. */
	const update = (now: string) => {
		const code = reading.update([now]);
		for (const use of code.uses) void use.activation;
		for (const definition of code.definitions) void definition.identity;
		codeFindings(code, (sentence) => sentence);
	};
	update(text);
	const lines = text.split("\n");
	for (const [name, typed] of [...EDITS, ["deleted lines", ""] as const]) {
		const times: number[] = [];
		const warmUp = Math.ceil(places / 6);
		for (let place = -warmUp; place < places; place++) {
			const line = Math.floor((((place + warmUp) * 0.618034) % 1) * (lines.length - 20));
			const at = lines.slice(0, line).join("\n").length + 1;
			const time = (now: string) => {
				const ms = work(() => update(now));
				if (place >= 0) times.push(ms); // What is not compiled yet is not what a person works with.
			};
			if (typed === "") time([...lines.slice(0, line), ...lines.slice(line + 3)].join("\n"));
			const indent = /^\s*/.exec(lines.slice(0, line + 1).findLast((each) => each.trim() !== "") ?? "")![0];
			for (let length = 1; length <= typed.length; length++) {
				time(text.slice(0, at) + indent + typed.slice(0, length) + text.slice(at));
			}
			time(text);
		}
		console.log(`  ${name.padEnd(24)} ${percentiles(times)}`);
	}
}

/** The folders of `CORPUS`, divided by ":"; else the sources of libraries in .venv, or the fixtures where there are none. */
function corpus(): readonly string[] {
	if (process.env.CORPUS) return process.env.CORPUS.split(":");
	const pythons = existsSync(".venv/lib") ? readdirSync(".venv/lib") : [];
	const packages = pythons.flatMap((python) =>
		["torch", "keras", "jax"].map((name) => join(".venv/lib", python, "site-packages", name)),
	);
	const installed = packages.filter(existsSync);
	return installed.length > 0 ? installed : ["test/fixtures"];
}

/** A scan next to Python's own parser on the same files. */
async function throughput(): Promise<void> {
	const folders = corpus();
	const complain = (message: string) => console.log(message);
	const started = process.cpuUsage();
	const placeOf = workspaceOf(folders, "activations");
	const files: string[] = [];
	let [bytes, uses] = [0, 0];
	for await (const file of sourceFiles(folders, complain)) {
		files.push(file.path);
		bytes += Buffer.byteLength(file.text);
		uses += usesOf(file, placeOf(file.path), complain).length;
	}
	const { user, system } = process.cpuUsage(started);
	const ours = (user + system) / 1000;
	console.log(
		`a scan of ${folders.join(", ")} (${files.length} files, ${(bytes / 1e6).toFixed(1)} MB): ${uses} uses, ${(bytes / ours / 1000).toFixed(1)} MB/s of one core`,
	);
	const code =
		"import ast,sys,time,warnings\nwarnings.simplefilter('ignore')\ntexts=[open(f.rstrip('\\n'),'rb').read() for f in sys.stdin]\nt=time.process_time()\nfor x in texts:\n    try: ast.parse(x)\n    except Exception: pass\nprint(time.process_time()-t)";
	const { stdout } = spawnSync(process.env.PYTHON ?? "python3", ["-c", code], {
		input: files.filter((file) => file.endsWith(".py")).join("\n"),
		encoding: "utf8",
	});
	const theirs = Number(stdout) * 1000;
	if (theirs > 0)
		console.log(
			`  takes ${(ours / theirs).toFixed(1)}× the time that Python's ast.parse takes to parse the Python files among them`,
		);
}

/** How long the caller of a workspace's scan is kept from other things. */
async function blocking(): Promise<void> {
	const worker = "dist/scanWorker.js";
	if (!existsSync(worker)) {
		console.log(`a workspace's scan is not measured: expected ${worker}, which \`npm run build\` makes`);
		return;
	}
	const turns = new Turns();
	let count = 0;
	const folders = corpus();
	for await (const { uses } of workspaceScan(folders, join(process.cwd(), worker))) count += uses.length;
	const { late, work } = turns.end();
	const ms = (all: readonly number[]) => Math.max(...all).toFixed(1);
	console.log(`a workspace's scan, ${count} uses: its caller's next turn comes at most ${ms(late)} ms late`);
	if (work.length > 0)
		console.log(
			`  of which its own work is ${ms(work)} ms at most; the rest is waiting for one of the machine's cores`,
		);
}

/** How late an event loop's turns come, and for how much work of its own thread, where the system tells it (Linux). */
class Turns {
	readonly #late: number[] = [];
	readonly #work: number[] = [];
	#last = { time: performance.now(), work: workOfThread() };
	readonly #timer = setInterval(() => this.#turn(), 1);

	#turn(): void {
		const now = { time: performance.now(), work: workOfThread() };
		this.#late.push(now.time - this.#last.time - 1);
		if (now.work !== null && this.#last.work !== null) this.#work.push(now.work - this.#last.work);
		this.#last = now;
	}

	end(): { readonly late: readonly number[]; readonly work: readonly number[] } {
		clearInterval(this.#timer);
		return { late: this.#late, work: this.#work };
	}
}

/** Milliseconds that this process' first thread has had a core. */
function workOfThread(): number | null {
	try {
		return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
	} catch {
		return null;
	}
}

/** What a keystroke costs, how fast files are read, and how long a workspace's scan blocks its caller. */
export async function reading(): Promise<void> {
	keystrokes("python", "many classes", fileOf(PYTHON_HEAD, pythonBlock));
	keystrokes("python", "one class", fileOf(PYTHON_CLASS, pythonMethods));
	keystrokes("python", "a notebook's cells", fileOf(`${PYTHON_HEAD}import matplotlib.pyplot as plt\n`, notebookCells));
	keystrokes("typescript", "many classes", fileOf(SCRIPT_HEAD, scriptBlock));
	keystrokes("typescript", "one class", fileOf(SCRIPT_CLASS, scriptMethods));
	keystrokes("python", "one function", fileOf(PYTHON_FUNCTION, pythonSteps), FEW_PLACES);
	keystrokes("python", "one table", `${fileOf(PYTHON_TABLE, pythonEntries)}\n}\n`, FEW_PLACES);
	keystrokes("typescript", "one callback", `${fileOf(SCRIPT_CALLBACK, scriptTests)}\n});\n`, FEW_PLACES);
	await throughput();
	await blocking();
}
