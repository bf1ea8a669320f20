import assert from "node:assert/strict";
import { test } from "node:test";
import { forecastModel } from "../../../../src/core/diagnosis/propagation/forecast.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";

const network = (norm: string) => `
import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1), ${norm.replace("FEATURES", "32")}, nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1), ${norm.replace("FEATURES", "64")}, nn.ReLU(),
            nn.Conv2d(64, 64, 3, padding=1), ${norm.replace("FEATURES", "64")}, nn.ReLU())
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))

net = Net()
y = net(torch.randn(16, 3, 32, 32))
`;

/** The gradient by the weights of each layer, relative to the last: PyTorch 2.13, mean over ten networks. */
const MEASURED = [
	["nn.GroupNorm(8, FEATURES)", [0.057, 0.81, 1.91]],
	["nn.GroupNorm(1, FEATURES)", [0.0612, 0.887, 2]],
	["nn.BatchNorm2d(FEATURES)", [0.0581, 0.158, 0.183]],
] as const;

for (const [norm, measured] of MEASURED) {
	test(`what slopes have along their layer's values comes through ${norm} as far as it lets it`, () => {
		const model = readModels(codeOf(network(norm), "python")!).at(-1)!;
		const { stages } = forecastModel(model);
		for (const [i, expected] of measured.entries()) {
			const apart = Math.abs(Math.log10(stages[i]!.weightGradientRatio! / expected));
			assert.ok(apart < 0.15, `layer ${i}: ${stages[i]!.weightGradientRatio}, measured ${expected}`);
		}
	});
}
