import type { PageMemory } from "../../src/protocol/panel.ts";
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
	"training-running": { ...training, run: "running" },
	"training-done": { ...training, run: "done" },
	"training-compared": { ...training, run: "compared" },
	"training-cancelled": { ...training, run: "cancelled" },
	"training-failed": { ...training, run: "failed" },
	"training-diverged": { ...training, run: "diverged" },
	"training-empty": training,
} as const satisfies Record<string, State>;

export type StateName = keyof typeof states;
