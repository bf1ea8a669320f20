import type { PageMemory } from "../../src/protocol/panel.ts";
import type { StudyMemory } from "../../src/protocol/studyDraft.ts";
import type { RunName } from "./runs.ts";

/** Code of a user, for functions that no catalog has. */
export const HAND_WRITTEN = `import numpy as np

def leaky_tanh(x):
    return np.where(x > 0, x, 0.3 * np.tanh(x))

def softplus(x):
    return np.log(1 + np.exp(x))

def step(x):
    return np.where(x > 1, 1.0, 0.0)
`;

/** One picture of the panel. A key is as the editor makes them; memory is what an earlier page kept. */
export interface State {
	readonly keys: readonly string[];
	readonly run?: RunName;
	readonly memory?: Partial<PageMemory>;
}

const training: Pick<State, "keys" | "memory"> = { keys: ["catalog:gelu"], memory: { view: "training" } };

function study(document: StudyMemory["document"] | null): Pick<State, "keys" | "memory"> {
	const kept = document && { document, file: null, isEdited: true };
	return { keys: ["catalog:gelu"], memory: { view: "study", study: kept } };
}

export const states = {
	"no-activation": { keys: [] },
	one: { keys: ["catalog:gelu"], memory: { probe: 1.2 } },
	parameters: { keys: ["catalog:leaky_relu"] },
	overlaid: {
		keys: ["catalog:gelu", "catalog:silu", "catalog:mish"],
		memory: { secondDerivative: true, probe: -1 },
	},
	"hand-written": { keys: ["code:file:///model.py#leaky_tanh"], memory: { probe: 0 } },
	float16: { keys: ["code:file:///model.py#softplus"], memory: { dtype: "float16", domain: [-20, 20] } },
	jump: { keys: ["code:file:///model.py#step"] },
	"study-new": study(null),
	"study-grid": study({
		name: "depth and width",
		activations: [
			"relu",
			{ id: "leaky_relu", parameters: { negative_slope: 0.2 } },
			{ id: "custom", source: HAND_WRITTEN, label: "step()" },
		],
		data: ["digits", { kind: "moons", samples: 300, noise: 0.2 }],
		network: { depth: [2, 8], width: [16, 64], initialiser: ["auto", "pytorch"] },
		optimizer: { schedule: { kind: "cosine", warmup: 0.1 } },
		tuning: { epochs: 5 },
		test: 0.2,
	}),
	"study-wrong": study({
		activations: ["relu", "relu", { id: "elu", parameters: { alpha: "x" } }],
		data: { kind: "csv", path: "/data/flowers.csv", target: "species", task: "classification" },
		network: { hidden: [64, 0], dropout: 2 },
		optimizer: { learningRate: "fast" },
		epochs: 0,
		seeds: [1, 1],
		epoch: 3,
	}),
	"training-running": { ...training, run: "running" },
	"training-done": { ...training, run: "done" },
	"training-compared": { ...training, run: "compared" },
	"training-cancelled": { ...training, run: "cancelled" },
	"training-failed": { ...training, run: "failed" },
	"training-diverged": { ...training, run: "diverged" },
	"training-empty": training,
} as const satisfies Record<string, State>;

export type StateName = keyof typeof states;
