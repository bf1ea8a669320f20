import assert from "node:assert/strict";
import { test } from "node:test";
import { readPython } from "../../src/core/reading/python/readPython.ts";
import { readSource } from "../../src/core/reading/readSource.ts";
import { studyFunction } from "../../src/editor/ownFunctions.ts";
import { activationOf } from "../../src/engines/sessionOf.ts";

const files: readonly (readonly [what: string, name: string, text: string])[] = [
	["alone", "f", "import numpy as np\ndef f(x):\n    return 1 / (1 + np.exp(-x))\n"],
	["behind 60 kB of code", "f", `import numpy as np\n${"# nothing\n".repeat(6000)}def f(x): return np.tanh(x) * 2\n`],
	[
		"with a helper",
		"g",
		"import numpy as np\ndef f(x):\n    return np.exp(-x)\n\ndef g(x):\n    return 1 / (1 + f(x))\n",
	],
	[
		"with an import of several lines",
		"f",
		"from numpy import (\n    exp,\n    tanh,\n)\ndef f(x):\n    return tanh(exp(x))\n",
	],
	["with a constant", "f", "import numpy as np\nSLOPE = 0.25\ndef f(x):\n    return np.where(x > 0, x, SLOPE * x)\n"],
	["as a lambda", "f", "import numpy as np\nf = lambda x: x * np.tanh(x)\n"],
	[
		"inside another",
		"inner",
		"import math\ndef outer(n):\n    def inner(x):\n        return x * n\n    return inner\ndef last(x):\n    return math.tanh(x)\ndef inner(x):\n    return math.exp(x)\n",
	],
	[
		"that holds another",
		"f",
		"import numpy as np\ndef f(x):\n    def g(y):\n        return np.exp(y)\n    return x / (1 + g(-x))\n",
	],
	["after one of its name", "f", "import numpy as np\ndef f(x):\n    return x\ndef f(x):\n    return np.tanh(x)\n"],
];

for (const [what, name, text] of files) {
	test(`a function, ${what}, is trained as the function that its file has`, () => {
		const definitions = readPython(text).definitions.filter((one) => one.name === name && one.understood);
		const definition = definitions.at(-1);
		assert.ok(definition?.understood);
		const own = studyFunction(text, definition, readPython(text).definitions, "python");
		assert.ok(own);
		assert.equal(own.label, `${name}()`);
		assert.ok((own.source?.length ?? 0) < 500);
		assert.equal(activationOf(own).definition, definition.understood.activation.definition);
	});
}

test("a function that needs more than a study's source may hold is not offered", () => {
	const text = `import math\nSLOPE = (\n    0.25\n)\n${"# nothing\n".repeat(3000)}def f(x):\n    return math.tanh(x) * SLOPE\n`;
	const { definitions } = readPython(text);
	const definition = definitions.find(({ name, understood }) => name === "f" && understood);
	assert.ok(definition);
	assert.equal(studyFunction(text, definition, definitions, "python"), undefined);
	const short = text.replaceAll("# nothing\n", "");
	const again = readPython(short).definitions;
	assert.match(studyFunction(short, again[0]!, again, "python")?.source ?? "", /SLOPE = \(/);
});

test("a function of TypeScript is trained from its source as well, with the constant that it closes over", () => {
	const text = "export const slope = 0.2;\nexport const leaky = (x: number): number => (x > 0 ? x : slope * x);\n";
	const { definitions } = readSource(text, "typescript");
	const own = studyFunction(text, definitions[0]!, definitions, "typescript");
	assert.equal(own?.language, "typescript");
	assert.match(own?.source ?? "", /slope = 0\.2/);
});
