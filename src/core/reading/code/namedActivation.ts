import type { StringLibrary } from "../../activations/libraries/resolve.ts";

/** Whether `name` is Transformers' table of activations, by whatever path it is imported. */
export function isAct2fn(name: string): boolean {
	return /(^|\.)(ACT2FN|ACT2CLS)$/.test(name);
}

/** A function such as `keras.activations.get`: the table that it looks a string up in, and the argument that is the string. */
export interface NamedActivationCall {
	readonly library: StringLibrary;
	/** The argument's name, where it is not the first. */
	readonly keyword: RegExp;
}

const ACTIVATION = /^activation$/;
const ACT = /^act$/;
const NAME = /^(name|identifier|activation_string)$/;

export function namedActivationCall(name: string): NamedActivationCall | undefined {
	const [, version2, maker] =
		/^(tensorflow\.)?keras\.(layers\.Activation|activations\.(?:get|deserialize))$/.exec(name) ?? [];
	// The name of a layer, beside the activation, is any.
	if (maker) return { library: version2 ? "keras2" : "keras", keyword: maker.startsWith("layers") ? ACTIVATION : NAME };
	if (name === "mxnet.gluon.nn.Activation") return { library: "mxnet", keyword: ACTIVATION };
	if (/^paddleseg\.models\.(layers|common)\.(activation\.)?Activation$/.test(name))
		return { library: "paddle", keyword: ACT };
	if (/^timm\.(\w+\.)*(get_act_layer|get_act_fn|create_act_layer)$/.test(name))
		return { library: "timm", keyword: NAME };
	if (/^torch\.nn\.(modules\.)?transformer\._get_activation_fn$/.test(name))
		return { library: "torch", keyword: ACTIVATION };
	if (name === "fairseq.utils.get_activation_fn") return { library: "fairseq", keyword: ACTIVATION };
	if (/(^|\.)activations\.get_activation$/.test(name)) return { library: "transformers", keyword: NAME };
	return undefined;
}
