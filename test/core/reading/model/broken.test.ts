import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf } from "../../../../src/core/reading/readSource.ts";
import { modelsOf } from "./told.ts";

describe("broken and endless code gives fewer models, never an exception", () => {
	const whole = readFileSync("test/fixtures/models/torch_models.py", "utf8");

	test("a file cut anywhere", () => {
		for (let end = 0; end < whole.length; end += 101) modelsOf(whole.slice(0, end));
	});

	test("a class that makes itself, and loops without end", () => {
		const head = "import torch.nn as nn\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n";
		modelsOf(`${head}\t\tself.inner = Net()\n\tdef forward(self, x):\n\t\treturn self.inner(x)\n`);
		modelsOf(`${head}\t\tself.a = nn.Linear(4, 4)\n\tdef forward(self, x):\n\t\treturn self.forward(self.a(x))\n`);
		modelsOf(
			`${head}\t\tself.a = nn.Linear(4, 4)\n\tdef forward(self, x):\n\t\tfor i in range(10**12):\n\t\t\tx = self.a(x)\n\t\treturn x\n`,
		);
	});
});

test("what a loop makes more and more of is left at some point", () => {
	const source = `import sys
import torch.nn as nn

def read(text, turns=200):
    line = text
    at = 0
    while at < turns:
        if sys.argv[at]:
            line = line.next
        at = at + 1
    return line

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.text = read("abc")
        self.fc = nn.Linear(3, 4)

    def forward(self, x):
        return self.fc(x)
`;
	const [model] = readModels(codeOf(source, "python")!);
	assert.equal(model?.name, "Net");
});
