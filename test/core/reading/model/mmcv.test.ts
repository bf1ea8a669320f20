import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { modelsOf, unknownsOf } from "./told.ts";

describe("OpenMMLab's blocks are read", () => {
	const IMPORTS =
		"import torch.nn as nn\nfrom mmcv.cnn import ConvModule, DepthwiseSeparableConvModule\nfrom mmcv.cnn import Conv2d, build_activation_layer, build_conv_layer, build_norm_layer\n";
	const netOf = (init: string) => {
		const lines = init
			.trim()
			.split("\n")
			.map((line) => `\t\t${line.trim()}\n`)
			.join("");
		const forward = "\tdef forward(self, x):\n\t\treturn self.net(x)\n";
		const [model] = modelsOf(
			`${IMPORTS}class Net(nn.Module):\n\tdef __init__(self, norm_cfg=dict(type="BN", requires_grad=True)):\n\t\tsuper().__init__()\n${lines}${forward}`,
		);
		return model!;
	};
	/** Layers without where they are written. */
	const layersOf = (init: string) =>
		netOf(init).layers.map(({ step, inputs, shape }) =>
			JSON.parse(JSON.stringify({ step, inputs, shape }, (key, value) => (key === "span" ? null : value))),
		);
	const drawn = (conv: string, bias = "", slope = "a=0") =>
		`self.c = ${conv}\nnn.init.kaiming_normal_(self.c.weight, ${slope}, mode="fan_out", nonlinearity="leaky_relu")${bias && "\nnn.init.zeros_(self.c.bias)"}\n`;

	// What mmcv 2.2 makes, written out.
	const pairs: readonly (readonly [block: string, written: string])[] = [
		[
			"ConvModule(3, 8, 3, stride=2, padding=1, norm_cfg=norm_cfg)",
			`${drawn("nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)")}self.net = nn.Sequential(self.c, nn.BatchNorm2d(8), nn.ReLU())`,
		],
		["ConvModule(3, 8, 3, act_cfg=None)", `${drawn("nn.Conv2d(3, 8, 3)", "zeros")}self.net = nn.Sequential(self.c)`],
		[
			'ConvModule(3, 8, 1, bias=False, act_cfg=dict(type="LeakyReLU", negative_slope=0.2))',
			`${drawn("nn.Conv2d(3, 8, 1, bias=False)", "", "a=0.2")}self.net = nn.Sequential(self.c, nn.LeakyReLU(0.2))`,
		],
		[
			'ConvModule(8, 4, 1, conv_cfg=dict(type="Conv1d"), norm_cfg=dict(type="GN", num_groups=2), act_cfg=dict(type="HSwish"), order=("norm", "act", "conv"))',
			`${drawn("nn.Conv1d(8, 4, 1, bias=False)")}self.net = nn.Sequential(nn.GroupNorm(2, 8), nn.Hardswish(), self.c)`,
		],
		[
			'ConvModule(3, 8, 3, padding=1, padding_mode="reflect", act_cfg=dict(type="Swish"))',
			`${drawn("nn.Conv2d(3, 8, 3)", "zeros")}self.net = nn.Sequential(nn.ReflectionPad2d(1), self.c, nn.SiLU())`,
		],
		[
			"DepthwiseSeparableConvModule(4, 8, 3, padding=1, norm_cfg=norm_cfg, dw_act_cfg=None)",
			`${drawn("nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False)")}self.d = nn.Sequential(self.c, nn.BatchNorm2d(4))
			${drawn("nn.Conv2d(4, 8, 1, bias=False)")}self.net = nn.Sequential(self.d, self.c, nn.BatchNorm2d(8), nn.ReLU())`,
		],
		[
			'nn.Sequential(Conv2d(3, 8, 3), build_conv_layer(None, 8, 8, 3), build_norm_layer(dict(type="SyncBN", eps=1e-3), 8)[1], build_activation_layer(dict(type="HSigmoid")))',
			"self.net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3), nn.SyncBatchNorm(8, eps=1e-3), nn.Hardsigmoid())",
		],
	];
	for (const [block, written] of pairs) {
		test(block, () => assert.deepEqual(layersOf(`self.net = ${block}`), layersOf(written)));
	}

	test("kinds that are not in the tables, and a spectral norm, are not understood", () => {
		for (const block of [
			'ConvModule(3, 8, 3, conv_cfg=dict(type="DCNv2"))',
			'ConvModule(3, 8, 3, norm_cfg=dict(type="MyNorm"))',
			'ConvModule(3, 8, 3, act_cfg=dict(type="MyActivation"))',
			'ConvModule(3, 8, 3, act_cfg=dict(type="HSigmoid", bias=1.0, divisor=2.0))',
			'ConvModule(3, 8, 3, padding=1, padding_mode="circular")',
			"ConvModule(3, 8, 3, with_spectral_norm=True)",
			"ConvModule(3, 8, 3, norm_cfg=somewhere.norm_cfg)",
		]) {
			assert.notDeepEqual(unknownsOf(netOf(`self.net = ${block}`)), [], block);
		}
	});
});
