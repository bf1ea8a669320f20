import { libraryCode } from "./libraryCode.ts";

/**
 * OpenMMLab's blocks of convolution, norm and activation (mmcv 2.2), which tables of settings say. A kind that is not in
 * these tables is nothing that is known.
 */
export const mmcv = libraryCode(`
import torch.nn as nn
from mmcv.cnn import HSigmoid

CONVOLUTIONS = {"Conv1d": nn.Conv1d, "Conv2d": nn.Conv2d, "Conv3d": nn.Conv3d, "Conv": nn.Conv2d}
NORMS = {
    "BN": (nn.BatchNorm2d, "bn"), "BN1d": (nn.BatchNorm1d, "bn"), "BN2d": (nn.BatchNorm2d, "bn"),
    "BN3d": (nn.BatchNorm3d, "bn"), "SyncBN": (nn.SyncBatchNorm, "bn"), "GN": (nn.GroupNorm, "gn"),
    "LN": (nn.LayerNorm, "ln"), "IN": (nn.InstanceNorm2d, "in"), "IN1d": (nn.InstanceNorm1d, "in"),
    "IN2d": (nn.InstanceNorm2d, "in"), "IN3d": (nn.InstanceNorm3d, "in"),
}
ACTIVATIONS = {
    "ReLU": nn.ReLU, "LeakyReLU": nn.LeakyReLU, "PReLU": nn.PReLU, "RReLU": nn.RReLU, "ReLU6": nn.ReLU6,
    "ELU": nn.ELU, "Sigmoid": nn.Sigmoid, "Tanh": nn.Tanh, "GELU": nn.GELU, "SiLU": nn.SiLU, "Swish": nn.SiLU,
    "HSwish": nn.Hardswish, "HSigmoid": HSigmoid,
}
PADDINGS = {"zero": nn.ZeroPad2d, "reflect": nn.ReflectionPad2d, "replicate": nn.ReplicationPad2d}


def build_conv_layer(cfg, *args, **kwargs):
    settings = {"type": "Conv2d"} if cfg is None else dict(cfg)
    return CONVOLUTIONS[settings.pop("type")](*args, **kwargs, **settings)


def build_norm_layer(cfg, num_features, postfix=""):
    settings = dict(cfg)
    kind = settings.pop("type")
    settings.pop("requires_grad", True)
    settings.setdefault("eps", 1e-5)
    norm, name = NORMS[kind]
    made = norm(num_channels=num_features, **settings) if kind == "GN" else norm(num_features, **settings)
    return name + str(postfix), made


def build_activation_layer(cfg):
    settings = dict(cfg)
    return ACTIVATIONS[settings.pop("type")](**settings)


class ConvModule(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias="auto",
        conv_cfg=None, norm_cfg=None, act_cfg={"type": "ReLU"}, inplace=True, with_spectral_norm=False,
        padding_mode="zeros", order=("conv", "norm", "act"), efficient_conv_bn_eval=False,
    ):
        super().__init__()
        self.order = order
        self.with_norm = norm_cfg is not None
        self.with_activation = act_cfg is not None
        self.with_bias = not self.with_norm if bias == "auto" else bias
        self.with_explicit_padding = padding_mode != "zeros"
        if self.with_explicit_padding:
            self.padding_layer = PADDINGS[padding_mode](padding)
        self.conv = build_conv_layer(
            conv_cfg, in_channels, out_channels, kernel_size, stride=stride,
            padding=0 if self.with_explicit_padding else padding, dilation=dilation, groups=groups, bias=self.with_bias,
        )
        if with_spectral_norm:
            self.conv = spectral_norm_that_is_not_followed(self.conv)
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.norm_name = None
        if self.with_norm:
            isBehind = order.index("norm") > order.index("conv")
            self.norm_name, norm = build_norm_layer(norm_cfg, out_channels if isBehind else in_channels)
            self.add_module(self.norm_name, norm)
        if self.with_activation:
            self.activate = build_activation_layer(act_cfg)
        slope = act_cfg.get("negative_slope", 0.01) if self.with_activation and act_cfg["type"] == "LeakyReLU" else 0
        nn.init.kaiming_normal_(self.conv.weight, a=slope, mode="fan_out", nonlinearity="leaky_relu")
        if self.with_bias:
            nn.init.zeros_(self.conv.bias)

    @property
    def norm(self):
        return getattr(self, self.norm_name) if self.norm_name else None

    def forward(self, x, activate=True, norm=True):
        for layer in self.order:
            if layer == "conv":
                x = self.conv(self.padding_layer(x) if self.with_explicit_padding else x)
            elif layer == "norm" and norm and self.with_norm:
                x = self.norm(x)
            elif layer == "act" and activate and self.with_activation:
                x = self.activate(x)
        return x


class DepthwiseSeparableConvModule(nn.Module):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, norm_cfg=None,
        act_cfg={"type": "ReLU"}, dw_norm_cfg="default", dw_act_cfg="default", pw_norm_cfg="default",
        pw_act_cfg="default", **kwargs,
    ):
        super().__init__()
        self.depthwise_conv = ConvModule(
            in_channels, in_channels, kernel_size, stride=stride, padding=padding, dilation=dilation, groups=in_channels,
            norm_cfg=norm_cfg if dw_norm_cfg == "default" else dw_norm_cfg,
            act_cfg=act_cfg if dw_act_cfg == "default" else dw_act_cfg, **kwargs,
        )
        self.pointwise_conv = ConvModule(
            in_channels, out_channels, 1, norm_cfg=norm_cfg if pw_norm_cfg == "default" else pw_norm_cfg,
            act_cfg=act_cfg if pw_act_cfg == "default" else pw_act_cfg, **kwargs,
        )

    def forward(self, x):
        return self.pointwise_conv(self.depthwise_conv(x))
`);
