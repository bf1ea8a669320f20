import assert from "node:assert/strict";
import { test } from "node:test";
import { kindsOf, netOf, unknownsOf } from "./told.ts";

const LAYERS =
	"self.a, self.b = nn.Linear(8, 8), nn.Linear(8, 8)\nself.act = nn.ReLU(inplace=True)\nself.plain = nn.ReLU()";
/** The kinds of the steps, and what the sum at the end is of. */
const read = (forward: string) => {
	const model = netOf(LAYERS, forward);
	return [kindsOf(model).slice(2).join(" "), String(model.layers.at(-1)!.inputs)];
};

test("what PyTorch changes in place is changed wherever it is held", () => {
	for (const change of ["y.relu_()", "F.relu_(y)", "F.relu(y, inplace=True)", "F.relu(y, True)", "self.act(y)"]) {
		assert.deepEqual(read(`y = self.a(x)\n${change}\nreturn y + self.b(y)`), ["activation linear add", "2,3"], change);
		assert.deepEqual(read(`y = self.a(x)\nheld = y\n${change}\nreturn held + self.b(y)`), [
			"activation linear add",
			"2,3",
		]);
	}
	assert.deepEqual(read("y = self.a(x)\nz = self.act(y)\nreturn y + self.b(z)"), ["activation linear add", "2,3"]);
	assert.deepEqual(read("y = self.a(x)\ny.mul_(2).add_(x)\nreturn y + self.b(y)"), ["scale add linear add", "3,4"]);
	assert.deepEqual(read("y = self.a(x)\nheld = y\ny *= 2\nreturn held + self.b(y)"), ["scale linear add", "2,3"]);
});

test("what makes a value of its own leaves the other as it is", () => {
	assert.deepEqual(read("y = self.a(x)\nz = self.plain(y)\nreturn y + self.b(z)"), ["activation linear add", "1,3"]);
	assert.deepEqual(read("y = self.a(x)\nz = y.clone()\nz.relu_()\nreturn y + self.b(z)"), [
		"activation linear add",
		"1,3",
	]);
	assert.deepEqual(read("y = self.a(x)\nz = y * 1\nz.relu_()\nreturn y + self.b(z)"), ["activation linear add", "1,3"]);
	const turnedOff = netOf(
		`${LAYERS}\nself.act.inplace = False`,
		"y = self.a(x)\nz = self.act(y)\nreturn y + self.b(z)",
	);
	assert.deepEqual(turnedOff.layers.at(-1)!.inputs, [1, 3]);
});

test("what may be changed in place, or by a method that is not known, is not understood", () => {
	const unknowns = (change: string) => unknownsOf(netOf(LAYERS, `y = self.a(x)\n${change}\nreturn self.b(y)`));
	assert.deepEqual(unknowns("if flag:\n\ty.relu_()"), [
		"one of several values: it depends on a condition that is not known: flag",
	]);
	assert.deepEqual(unknowns("y.frobnicate_()"), ["frobnicate_: the method frobnicate_ is not known here"]);
	assert.equal(unknowns("for i in range(n):\n\ty.relu_()")[0]?.split(":")[0], "a loop");
});
