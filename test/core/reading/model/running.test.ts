import assert from "node:assert/strict";
import { test } from "node:test";
import { shapesOf, sizesOf as sizesFor } from "../../../../src/core/diagnosis/propagation/sizes.ts";
import { isWeightStep } from "../../../../src/core/diagnosis/propagation/weights.ts";
import type { Model } from "../../../../src/core/reading/model/model.ts";
import { readModels } from "../../../../src/core/reading/model/readModels.ts";
import { codeOf, openWorkspace } from "../../../../src/core/reading/readSource.ts";
import { HEAD, kindsOf, modelsOf, netOf, unknownsOf, weightsOf } from "./told.ts";

test("a loop over as many layers as are counted, and over as many as nobody knows", () => {
	const loop = (count: string) =>
		netOf(
			`self.layers = nn.ModuleList()\nfor _ in range(${count}):\n\tself.layers.append(nn.Linear(8, 8))`,
			"for layer in self.layers:\n\tx = layer(x)\nreturn x",
		);
	assert.deepEqual(kindsOf(loop("depth")), ["input", "linear", "linear"]);
	const open = loop("n");
	assert.deepEqual(kindsOf(open), ["input", "unknown"]);
	assert.match(unknownsOf(open)[0]!, /^a loop: elsewhere.n is not known/);
});

test("what a model is called with is a tensor, a function of the code is one, and a library has what it is known for", () => {
	const taken = (condition: string) =>
		kindsOf(
			netOf("self.fc = nn.Linear(8, 8)", `import inspect\nif ${condition}:\n\tx = self.fc(x)\nreturn self.fc(x)`),
		);
	for (const condition of [
		"isinstance(x, torch.Tensor)",
		"torch.is_tensor(x)",
		"inspect.isfunction(lambda x: x)",
		"hasattr(nn, 'GELU')",
	]) {
		assert.deepEqual(taken(condition), ["input", "linear", "linear"], condition);
	}
	for (const condition of ["isinstance(x, nn.Module)", "isinstance(x, list)", "inspect.isfunction(self.fc)"]) {
		assert.deepEqual(taken(condition), ["input", "linear"], condition);
	}
	assert.ok(taken("isinstance(x, other)").includes("unknown"));
});

test("a number is the item of what holds it alone", () => {
	const rate = "[x.item() for x in torch.linspace(0, 0.2, 3)][1]";
	const { step } = netOf(`self.drop = nn.Dropout(${rate})\nself.fc = nn.Linear(8, 8)`, "return self.drop(self.fc(x))")
		.layers[2]!;
	assert.ok(step.kind === "dropout" && Math.abs(step.rate! - 0.1) < 1e-12);
});

test("sizes that reduce collects", () => {
	const reduced = "functools.reduce(lambda all, one: all + [all[-1] + one], [4, 4], [8])";
	const model = netOf(
		`import functools\nself.layers = nn.Sequential(*[nn.Linear(n, n + 4) for n in ${reduced}])`,
		"return self.layers(x)",
	);
	assert.deepEqual(weightsOf(model), [
		[8, 12],
		[12, 16],
		[16, 20],
	]);
});

test("a branch by a constant is taken; by something else both are, and what differs is unknown", () => {
	const branch = (condition: string) =>
		netOf(
			`self.act = nn.ReLU() if ${condition} else nn.Tanh()\nself.fc = nn.Linear(8, 8)`,
			"return self.act(self.fc(x))",
		);
	assert.deepEqual(branch("depth == 2").layers.at(-1)!.step, {
		kind: "activation",
		activation: "relu",
		parameters: {},
	});
	assert.equal(kindsOf(branch("flag")).at(-1), "unknown");
	const same = netOf(
		"self.fc = nn.Linear(8, 8)",
		"if flag:\n\tx = F.relu(self.fc(x))\nelse:\n\tx = x\nreturn self.fc(x)",
	);
	assert.deepEqual(kindsOf(same), ["input", "linear", "activation", "unknown", "linear"]);
});

test("a loop over an open number of places is followed for 16, which its input then has", () => {
	const loop = (turns: string) =>
		netOf(
			"self.cell = nn.GRUCell(4, 8)",
			`h = torch.zeros(x.size(0), 8)\nfor t in ${turns}:\n\th = self.cell(x[:, t], h)\nreturn h`,
		);
	const cells = (model: Model) => model.layers.filter(({ step }) => step.kind === "recurrence").length;
	const open = loop("range(x.size(1))");
	assert.equal(cells(open), 16);
	assert.deepEqual(open.turns, [{ layer: 0, axis: 1, count: 16 }]);
	assert.deepEqual(
		shapesOf(open).supposed.map(({ shape }) => shape),
		[[16, 4]],
	);
	assert.equal(cells(loop("range(1, x.shape[1] - 1)")), 14);
	assert.equal(cells(loop("range(x.size(1) - 1, -1, -1)")), 16);
	// How many samples there are is nothing that a model is run for.
	assert.match(unknownsOf(loop("range(x.size(0))"))[0]!, /the length of a range is not known/);
	assert.match(unknownsOf(loop("range(n)"))[0]!, /n is not known/);
});

test("a loop that was followed for another number of places than there are says nothing behind it", () => {
	const sizes = (init: string, before: string) => {
		const model = netOf(
			`self.cell = nn.RNNCell(4, 8)\n${init}`,
			`${before}\nh, hs = torch.zeros(x.size(0), 8), []\nfor t in range(x.size(1)):\n\th = self.cell(x[:, t], h)\n\ths.append(h)\nreturn self.out(torch.stack(hs, 1).flatten(1))`,
		);
		return sizesFor(model).kind;
	};
	assert.equal(sizes("self.out = nn.Linear(128, 2)", "pass"), "sizes");
	assert.equal(sizes("self.out = nn.Linear(160, 2)", "pass"), "refused");
	assert.equal(sizes("self.out = nn.Linear(40, 2)", "x = x.view(x.size(0), 5, 4)"), "sizes");
	// Of the places behind the convolution there are not 16, whatever comes in.
	const convolved = "self.conv = nn.Conv1d(1, 4, 3, stride=40)\nself.out = nn.Linear(128, 2)";
	assert.equal(sizes(convolved, "x = self.conv(x).transpose(1, 2)"), "refused");
});

test("parameters in a list are those of the module", () => {
	const scales = (init: string) =>
		netOf(
			`self.scales = nn.ParameterList([nn.Parameter(torch.zeros(1)) for _ in range(2)])\nself.fc = nn.Linear(8, 8)\n${init}`,
			"for scale in self.scales:\n\tx = x + scale * self.fc(x)\nreturn x",
		).layers.flatMap(({ step }): (string | number)[] =>
			step.kind === "scale" ? [step.by] : step.kind === "unknown" ? [step.reason] : [],
		);
	assert.deepEqual(scales("pass"), [0, 0]);
	assert.deepEqual(scales("for p in self.parameters():\n\tnn.init.constant_(p, 0.5)"), [0.5, 0.5]);
});

test("a command line that says nothing leaves what its arguments are by default", () => {
	const sizes = (size: string, parser: string, parse = "p.parse_args()") => {
		const made = `import argparse\np = argparse.ArgumentParser()\n${parser}\nargs = ${parse}`;
		return weightsOf(netOf(`${made}\nself.fc = nn.Linear(8, ${size})`, "return self.fc(x)"));
	};
	assert.deepEqual(sizes("args.hidden", 'p.add_argument("--hidden", type=int, default=4)'), [[8, 4]]);
	assert.deepEqual(sizes("args.h_size", 'p.add_argument("-s", "--h-size", type=int, default="4")'), [[8, 4]]);
	assert.deepEqual(sizes("args.n", 'p.add_argument("-s", dest="n", default=4)'), [[8, 4]]);
	assert.deepEqual(
		sizes("args.n", 'g = p.add_argument_group("more")\ng.add_argument("--n", default=4)', "p.parse_known_args()[0]"),
		[[8, 4]],
	);
	assert.deepEqual(sizes("args.n", 'p.add_argument("--n", default=3)\np.set_defaults(n=5)'), [[8, 5]]);
	assert.deepEqual(sizes('vars(args)["n"]', 'p.add_argument("--n", default=3)', "p.parse_args([])"), [[8, 3]]);
	assert.deepEqual(sizes("2 if args.wide else 3", 'p.add_argument("--wide", action="store_true")'), [[8, 3]]);
	assert.deepEqual(sizes("2 if args.wide else 3", 'p.add_argument("--no", dest="wide", action="store_false")'), [
		[8, 2],
	]);
	assert.deepEqual(sizes("args.n or 6", 'p.add_argument("--n", type=int)'), [[8, 6]]);
	// What must be given is not known, nor what is read of other words.
	assert.deepEqual(sizes("args.n", 'p.add_argument("n", type=int)'), [[8, null]]);
	assert.deepEqual(sizes("args.n", 'p.add_argument("--n", type=int, required=True)'), [[8, null]]);
	assert.deepEqual(sizes("args.n", 'p.add_argument("--n", default=3)', 'p.parse_args(["--n", "7"])'), [[8, null]]);
});

test("numbers and texts that Python's modules have by name, and numbers that texts hold", () => {
	const size = (expression: string, imports: string) =>
		weightsOf(netOf(`${imports}\nself.fc = nn.Linear(8, ${expression})`, "return self.fc(x)"))[0]![1];
	assert.equal(size("len(string.ascii_letters + ' .,;')", "import string"), 56);
	assert.equal(size("len(printable)", "from string import printable"), 100);
	assert.equal(size("int(math.log(16, 2))", "import math"), 4);
	assert.equal(size("int(pi)", "from math import pi"), 3);
	assert.equal(size("int('12') + int(float('1e1'))", "import math"), 22);
	assert.equal(size("int('a')", "import math"), null);
});

test("a model on several devices, or on one, computes the same", () => {
	const forward =
		"if x.is_cuda and self.ngpu > 1:\n\treturn nn.parallel.data_parallel(self.fc, x, range(self.ngpu))\nreturn self.fc(x)";
	assert.deepEqual(kindsOf(netOf("self.ngpu = n\nself.fc = nn.Linear(8, 4)", forward)), ["input", "linear"]);
	const split = "self.fc = nn.Linear(8, 4)";
	assert.deepEqual(kindsOf(netOf(split, "return nn.parallel.data_parallel(self.fc, x)")), ["input", "linear"]);
});

test("records hold what they are made with, and Lightning's what a module is made with", () => {
	const sizes = (init: string, before = "") => weightsOf(netOf(`${before}\n${init}`, "return self.fc(x)"));
	const record = "from types import SimpleNamespace\nargs = SimpleNamespace(hidden=4, n=2)";
	assert.deepEqual(sizes("self.fc = nn.Linear(8, args.hidden)", record), [[8, 4]]);
	assert.deepEqual(sizes("args.hidden = 6\nself.fc = nn.Linear(8, args.hidden)", record), [[8, 6]]);
	assert.deepEqual(sizes("self.fc = nn.Linear(8, args.other)", record), [[8, null]]);
	// It is none of the modules.
	const drawn = "self.args = args\nself.fc = nn.Linear(8, 4)\nself.apply(init)";
	const { step } = netOf(
		`${record}\ndef init(m):\n\tif isinstance(m, nn.Linear):\n\t\tnn.init.zeros_(m.weight)\n${drawn}`,
		"return self.fc(x)",
	).layers[1]!;
	assert.equal(isWeightStep(step) && step.weight.draw.kind, "zeros");

	const lightning = (saved: string, size: string) =>
		weightsOf(
			modelsOf(
				[
					"import pytorch_lightning as pl\nfrom torch import nn",
					"class Net(pl.LightningModule):",
					"\tdef __init__(self, hidden=4, rate=0.1, **more):",
					"\t\tsuper().__init__()",
					`\t\t${saved}`,
					`\t\tself.fc = nn.Linear(8, ${size})`,
					"\tdef forward(self, x):",
					"\t\treturn self.fc(x)",
					"net = Net(hidden=5, wide=6)",
				].join("\n"),
			).find(({ name }) => name === "net")!,
		)[0]![1];
	assert.equal(lightning("self.save_hyperparameters()", "self.hparams.hidden"), 5);
	assert.equal(lightning("self.save_hyperparameters()", "self.hparams.wide"), 6);
	assert.equal(lightning('self.save_hyperparameters("hidden")', "self.hparams.hidden"), 5);
	assert.equal(lightning("hidden = 7; self.save_hyperparameters()", "self.hparams.hidden"), 7);
	assert.equal(lightning('self.save_hyperparameters("rate")', "self.hparams.hidden"), null);
	assert.equal(lightning('self.save_hyperparameters(ignore=["hidden"])', "self.hparams.hidden"), null);
	assert.equal(lightning("self.save_hyperparameters(other)", "self.hparams.hidden"), null);
});

test("a chain of comparisons holds where each of them does", () => {
	const sizes = (condition: string) =>
		weightsOf(netOf(`self.fc = nn.Linear(8, 4 if ${condition} else 6)`, "return self.fc(x)"))[0]![1];
	assert.equal(sizes("0 < depth <= 2"), 4);
	assert.equal(sizes("0 < depth < 2"), 6);
	assert.equal(sizes("3 < depth <= n"), 6);
	assert.equal(sizes("0 < depth <= n"), null);
});

test("an arm that only raises is not taken, and an early return ends a function", () => {
	const raising = netOf("self.fc = nn.Linear(8, 8)", 'if flag:\n\traise ValueError("no")\nreturn self.fc(x)');
	assert.deepEqual(kindsOf(raising), ["input", "linear"]);
	const early = netOf(
		"self.fc = nn.Linear(8, 8)",
		"if depth:\n\treturn self.fc(x)\nreturn x".replace("depth", "self.training"),
	);
	assert.deepEqual(kindsOf(early), ["input", "linear"]);
});

test("a size that one of two things may give is no size", () => {
	const sizes = (value: string) => weightsOf(netOf(`self.fc = nn.Linear(8, ${value})`, "return self.fc(x)"))[0]![1];
	assert.equal(sizes("width or 16"), 16);
	assert.equal(sizes("n or 16"), null);
	assert.equal(sizes("2 * depth ** 3"), 16);
	assert.equal(sizes("{1: 4, 2: 16}[depth]"), 16);
	assert.equal(sizes("{1: 4, 2: 16}[n]"), null);
	assert.equal(sizes("int(3.9 * depth)"), 7);
	assert.equal(sizes("True"), null);
});

test("a layer of the library's has the methods of any module: what is moved or typed stays itself", () => {
	for (const fc of ["nn.Linear(8, 4)", "nn.Sequential(nn.Linear(8, 4))"]) {
		for (const method of ["cpu()", "bfloat16()", "type(torch.float64)", "to('cuda')"]) {
			assert.deepEqual(kindsOf(netOf(`self.fc = ${fc}.${method}`, "return self.fc(x)")), ["input", "linear"], method);
		}
		const named =
			"for name, module in self.fc.named_modules():\n\tif isinstance(module, nn.Linear):\n\t\tnn.init.zeros_(module.weight)";
		const { step } = netOf(`self.fc = ${fc}\n${named}`, "return self.fc(x)").layers[1]!;
		assert.equal(isWeightStep(step) && step.weight.draw.kind, "zeros");
	}
});

test("layers that are marked by the code have the mark, others do not; what PyTorch may have is not known", () => {
	const draw = (mark: string) => {
		const init = `self.fc = nn.Linear(8, 8)\nself.last = nn.Linear(8, 8)\nself.last.${mark} = 1\nfor m in self.modules():\n\tif isinstance(m, nn.Linear):\n\t\tnn.init.normal_(m.weight, std=0.01 if hasattr(m, "${mark}") else 0.02)`;
		return netOf(init, "return self.last(self.fc(x))").layers.flatMap(({ step }) =>
			step.kind === "linear" ? [step.weight.draw.kind === "normal" ? step.weight.draw.std : step.weight.draw.kind] : [],
		);
	};
	assert.deepEqual(draw("NANOGPT_SCALE_INIT"), [0.02, 0.01]);
	assert.deepEqual(draw("scale_init"), [0.02, 0.01]);
	assert.deepEqual(draw("momentum"), ["unknown", 0.01]);
});

test("a module of a sequence that is not understood stays in its place", () => {
	const model = netOf("self.net = nn.Sequential(nn.Linear(8, 8), other(8), nn.ReLU())", "return self.net(x)");
	assert.deepEqual(kindsOf(model), ["input", "linear", "unknown", "activation"]);
});

test("a helper that many call stands for no one's arguments; what it makes for one does", () => {
	const helper = `${HEAD}def build(width):\n\tnet = nn.Sequential(nn.Linear(8, width))\n\treturn net\n`;
	const widths = (text: string) => modelsOf(text).map((model) => [model.name, weightsOf(model)[0]![1]]);
	assert.deepEqual(widths(helper), [["net", null]]);
	assert.deepEqual(widths(`${helper}a = build(4)\n`), [
		["net", 4],
		["a", 4],
	]);
	assert.deepEqual(widths(`${helper}a = build(4)\nb = build(5)\n`), [
		["net", null],
		["a", 4],
		["b", 5],
	]);
});

test("layers that are added behind the assignment of a model are in it", () => {
	const model = modelsOf(
		`${HEAD}net = nn.Sequential(nn.Linear(8, 4))\nnet.append(nn.ReLU())\nnet.add_module("last", nn.Linear(4, 2))\n`,
	)[0]!;
	assert.deepEqual(kindsOf(model), ["input", "linear", "activation", "linear"]);
	assert.equal(model.layers[3]!.name, "last");
});

test("a list that something unknown is done to has unknown layers; one that grows as read has known ones", () => {
	const of = (change: string) =>
		kindsOf(netOf(`layers = [nn.Linear(8, 8)]\n${change}\nself.net = nn.Sequential(*layers)`, "return self.net(x)"));
	assert.deepEqual(of("layers.insert(0, nn.ReLU())"), ["input", "activation", "linear"]);
	assert.deepEqual(of("layers.pop()\nlayers += [nn.Tanh(), nn.Linear(8, 2)]"), ["input", "activation", "linear"]);
	assert.equal(of("layers.sort()").at(-1), "unknown");
	assert.equal(of("del layers[0]").at(-1), "unknown");
	assert.equal(of("layers[n] = nn.ReLU()").at(-1), "unknown");
});

test("blocks of another file of the workspace, with its path", () => {
	const files: Record<string, string> = {
		"/w/net.py": `${HEAD}from blocks import Block\nclass Net(nn.Module):\n\tdef __init__(self):\n\t\tsuper().__init__()\n\t\tself.a = Block(8)\n\tdef forward(self, x):\n\t\treturn self.a(x)\n`,
		"/w/blocks.py":
			"import torch.nn as nn\nWIDTH = 32\nclass Block(nn.Module):\n\tdef __init__(self, n):\n\t\tsuper().__init__()\n\t\tself.fc = nn.Linear(n, WIDTH)\n\tdef forward(self, x):\n\t\treturn self.fc(x)\n",
	};
	const host = { has: (path: string) => path in files, read: (path: string) => files[path], rootOf: () => "/w" };
	const at = { workspace: openWorkspace(host), path: "/w/net.py" };
	const [model] = readModels(codeOf(files["/w/net.py"]!, "python", at)!);
	assert.deepEqual(weightsOf(model!), [[8, 32]]);
	assert.equal(model!.layers[1]!.path, "/w/blocks.py");
	assert.deepEqual(unknownsOf(modelsOf(files["/w/net.py"]!)[0]!).length, 1);
});

test("blocks that a package imports under its own name, where it does nothing else", () => {
	const files: Record<string, string> = {
		"/w/net.py": `${HEAD}from parts import Block\nnet = nn.Sequential(Block(8), nn.ReLU())\n`,
		"/w/parts/__init__.py": "from .blocks import Block\n",
		"/w/parts/blocks.py": `${HEAD}class Block(nn.Linear):\n\tdef __init__(self, n):\n\t\tsuper().__init__(n, 32)\n`,
	};
	const host = { has: (path: string) => path in files, read: (path: string) => files[path], rootOf: () => "/w" };
	const at = { workspace: openWorkspace(host), path: "/w/net.py" };
	const [model] = readModels(codeOf(files["/w/net.py"]!, "python", at)!);
	assert.deepEqual(weightsOf(model!), [[8, 32]]);
});
