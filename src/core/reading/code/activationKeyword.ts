/** Names of arguments, parameters, fields and keys whose string names an activation. */
const ACTIVATION_KEYWORD =
	/^(?:[a-z0-9]+_)*(?:acts?|activ|activate|activation|activations|nonlinearity|nonlin|non_lin|non_linearity)(?:_(?:fn|func|func?tion|layer|type|name|fun)s?)?(?:_?\d+)?$/i;

/** Those that are given other words as well. */
const WIDER_KEYWORD =
	/^(?:[a-z0-9]+_)*(?:activation_[a-z0-9]+|nonlinear|non_linear|afn|glu_type|feed_forward_proj|relu_type|mask_type|entmax_mode|[a-z0-9]+(?<!loss)_(?:func|function|fn))$/i;
/** What other things than activations are called, too. */
const OTHER_WORD = /^(linear|identity|exponential|threshold|laplace|heaviside|sine?|cos(?:ine)?|abs|sign|erf|square)$/i;

/**
 * Whether a name, as Python or JavaScript writes it, says that what is given under it is an activation, or that the
 * string which is given names one.
 */
export function takesActivation(name: string, given?: string): boolean {
	const words = name.replace(/^_+/, "").replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2");
	if (ACTIVATION_KEYWORD.test(words)) return true;
	return given !== undefined && WIDER_KEYWORD.test(words) && !OTHER_WORD.test(given);
}
