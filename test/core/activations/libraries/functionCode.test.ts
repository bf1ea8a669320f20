import assert from "node:assert/strict";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { withDefaults } from "../../../../src/core/activations/activation.ts";
import { catalog, findActivation } from "../../../../src/core/activations/catalog.ts";
import { type CodeTarget, codeTargets, functionCode } from "../../../../src/core/activations/libraries/functionCode.ts";
import { activationValues } from "../../../../src/core/activations/values.ts";

function written(id: string, target: CodeTarget): string | undefined {
	const { name, stable, parameters, source, definition } = findActivation(id)!;
	return functionCode({ name: id, expression: stable, parameters, title: name, formula: definition, source }, target)
		?.code;
}

/** What no library of a target can say. */
const NOT_WRITTEN: Readonly<Partial<Record<CodeTarget, readonly string[]>>> = {
	keras: ["log_ndtr"],
	"keras-layer": ["log_ndtr", "soft_exponential"],
	python: ["gelu_clipped", "log_ndtr"],
	tfjs: ["log_ndtr"],
	typescript: ["log_ndtr"],
};

test("every activation is written for every library, but those of which an operation is missing", () => {
	for (const target of codeTargets) {
		const missing = catalog.filter(({ id }) => written(id, target) === undefined).map(({ id }) => id);
		assert.deepEqual(missing.sort(), NOT_WRITTEN[target] ?? [], target);
	}
});

test("a PyTorch module learns its trainable parameters", () => {
	assert.equal(
		written("swish_beta", "pytorch-module"),
		`class SwishBeta(nn.Module):
    """Swish-β: x · σ(β · x). Ramachandran et al. 2017."""

    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(float(beta)))

    def forward(self, x):
        return x * torch.sigmoid(self.beta * x)
`,
	);
});

test("a side that is not taken has no infinite slope", () => {
	assert.match(written("elu", "pytorch")!, /torch\.expm1\(torch\.where\(u, 0, x\)\)/);
});

test("the TypeScript code gives the core's values", () => {
	const inputs = [-690.1, -36.9, -9.1, -3.19, -1.17, -0.37, -1e-8, 0, 1e-8, 0.37, 1.17, 3.19, 9.1, 36.9, 690.1];
	for (const activation of catalog) {
		const code = written(activation.id, "typescript");
		if (code === undefined) continue;
		const { code: script } = transformSync(code, { loader: "ts", format: "cjs" });
		const module: { exports: Record<string, (x: number) => number> } = { exports: {} };
		// The generated code itself is what is tested here.
		new Function("module", "exports", script)(module, module.exports);
		const [own] = Object.values(module.exports);
		const parameters = withDefaults(activation);
		const { value, derivative } = activationValues(activation, parameters, inputs);
		inputs.forEach((x, i) => {
			const wanted = value[i]!;
			const got = own!(x);
			// Rounding of a few operations, of the input, and what sums near a zero of the function lose.
			const allowed = 2 ** -52 * (16 * Math.abs(wanted) + 16 * Math.abs(x * derivative[i]!) + Math.min(1, Math.abs(x)));
			const what = `${activation.id}(${x}) is ${got}, expected ${wanted}`;
			if (Number.isFinite(wanted)) assert.ok(Math.abs(got - wanted) <= allowed, what);
			else assert.ok(Object.is(got, wanted), what);
		});
	}
});
