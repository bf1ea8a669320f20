/** Rough forecasts of gated networks, next to a run of the same model; runs are held against PyTorch's elsewhere. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forecastModel } from "../../../../src/core/diagnosis/propagation/forecast.ts";
import { simulate } from "../../../../src/core/diagnosis/propagation/simulate.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";

const network = (block: string, count: number) => `
import torch
import torch.nn as nn
import torch.nn.functional as F

class Block(nn.Module):
${block}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 64, 3, stride=4, padding=1), nn.BatchNorm2d(64), nn.ReLU())
        self.blocks = nn.Sequential(*[Block() for _ in range(${count})])
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean(dim=(2, 3)))
`;

/** A squeeze and excitation gate (Hu et al. 2018) on the branch of a residual block. */
const EXCITED = `
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 3, padding=1)
        self.bn = nn.BatchNorm2d(64)
        self.fc1 = nn.Linear(64, 16)
        self.fc2 = nn.Linear(16, 64)

    def forward(self, x):
        y = self.bn(self.conv(x))
        gate = torch.sigmoid(self.fc2(F.relu(self.fc1(y.mean(dim=(2, 3))))))
        return F.relu(x + y * gate.unsqueeze(-1).unsqueeze(-1))`;

/** Two branches that shares mix by feature (Li et al. 2019, selective kernels). */
const SELECTED = `
    def __init__(self):
        super().__init__()
        self.branch1 = nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU())
        self.branch2 = nn.Sequential(nn.Conv2d(64, 64, 3, padding=2, dilation=2), nn.BatchNorm2d(64), nn.ReLU())
        self.squeeze = nn.Sequential(nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU())
        self.select = nn.Linear(32, 128)

    def forward(self, x):
        y = torch.stack([self.branch1(x), self.branch2(x)], dim=1)
        scores = self.select(self.squeeze(y.sum(dim=1).mean(dim=(2, 3))))
        shares = F.softmax(scores.view(-1, 2, 64), dim=1)
        return (y * shares.unsqueeze(-1).unsqueeze(-1)).sum(dim=1)`;

const DECADES = 0.15;

for (const [name, block, count] of [
	["a residual branch behind a sigmoid's gate", EXCITED, 12],
	["branches mixed by a softmax over two", SELECTED, 6],
] as const) {
	test(`${name}: the first gradient is within ${DECADES} decades of a run's`, () => {
		const model = readModels(codeOf(network(block, count), "python")!).find((one) => one.name === "Net")!;
		const { stages, reservations } = forecastModel(model);
		// What goes into a sum behind a gate that is nearly alike for all is as normal as before it.
		assert.ok(!reservations.some(({ kind }) => kind === "not normal"));
		const passes = simulate(model, { batch: 16, seeds: 2, multiplyAdds: 0, reduced: true, side: null });
		let next = passes.next();
		while (!next.done) next = passes.next();
		const decades = Math.log10(stages[0]!.gradientRatio!) - next.value.stages[0]!.gradientRatio.logMean / Math.LN10;
		assert.ok(Math.abs(decades) < DECADES, `off by ${decades} decades`);
	});
}
