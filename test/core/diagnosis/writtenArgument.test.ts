import assert from "node:assert/strict";
import { test } from "node:test";
import { CodeUnderRules } from "../../../src/core/diagnosis/rules/codeUnderRules.ts";
import { argumentToWrite } from "../../../src/core/diagnosis/writtenArgument.ts";
import { codeOf } from "../../../src/core/reading/readSource.ts";
import { english } from "../../../src/core/texts.ts";
import { edited } from "./rules/lintInTest.ts";

/** The last call of a text with its default written out; null where there is nothing to write. */
function written(text: string): string | null {
	const code = new CodeUnderRules(codeOf(text, "python")!, english);
	const made = argumentToWrite(code.calls.at(-1)!, code);
	return made ? edited(text, [made.edit]) : null;
}

test("a default that other libraries do not have is written out as its own library spells it", () => {
	assert.equal(written("import jax\njax.nn.gelu(x)"), "import jax\njax.nn.gelu(x, approximate=True)");
	assert.equal(written("import torch.nn as nn\nnn.GELU()"), 'import torch.nn as nn\nnn.GELU(approximate="none")');
	assert.equal(
		written("import torch.nn.functional as F\nF.leaky_relu(x, inplace=True)"),
		"import torch.nn.functional as F\nF.leaky_relu(x, inplace=True, negative_slope=0.01)",
	);
	assert.equal(
		written("import keras\nkeras.layers.LeakyReLU()"),
		"import keras\nkeras.layers.LeakyReLU(negative_slope=0.3)",
	);
	assert.equal(
		written("import tensorflow as tf\ntf.nn.leaky_relu(x)"),
		"import tensorflow as tf\ntf.nn.leaky_relu(x, alpha=0.2)",
	);
});

test("what is written, may be, or is the same everywhere is left alone", () => {
	assert.equal(written("import torch.nn.functional as F\nF.leaky_relu(x, 0.2)"), null);
	assert.equal(written("import keras\nkeras.layers.LeakyReLU(alpha=0.1)"), null);
	assert.equal(written("import jax\njax.nn.gelu(x, **options)"), null);
	assert.equal(written("import jax\njax.nn.relu(x)"), null);
	assert.equal(written("import jax\njax.nn.gelu()"), null);
});
