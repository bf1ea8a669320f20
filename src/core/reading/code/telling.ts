/** Names of activations and of what holds one, and functions of libraries that are one. */
const NAMES =
	/[rgscl]elu|xielu|(?<![a-z])elu(?![a-z])|glu(?![et])|(?<![a-z])act(?:s|iv)?(?![a-z])|activation|nonlin|sigm|tanh|swish|silu|mish(?!a)|soft_?(?:max|plus|sign|min|shrink|relu)|hard_?sh|sparse(?:max|_plus)|squareplus|logsumexp|expit|logistic|ndtr|lisht|laplace|identity|heaviside|threshold|maxout|tf\.step\b|def linear\b|\.(?:exp(?:onential)?|erf|sin|cos|sinc|a(?:rc)?tan|a(?:rc)?sinh|sgn|sign|abs)_?(?![a-z0-9])/i;
/** What a function by hand may compute one with. */
const SIGNS =
	/(?<![a-z])(?:max(?:imum)?|min(?:imum)?|where|clip(?:_by_value)?|clamp|exp(?:m1)?|log1p|logaddexp|sqrt|hypot|erfc?|f?abs|sign|sin|cos|atan|arctan|sinc|greater(?:_equal)?|less(?:_equal)?|[gl][te])_?\s*\(|[<>]=?\s*0(?!\.?[\dx])|(?<![\w.])0(?:\.0*)?\s*[<>]/i;
/** The same, everywhere in a text. */
export const TELLING_NAMES = new RegExp(NAMES.source, "gi");
export const TELLING_SIGNS = new RegExp(SIGNS.source, "gi");
/** A function by hand is no longer than this, and gives something back; one that it calls is shorter. */
const LONGEST = 1500;
const LONGEST_CALLED = 600;
/** Nor is it with its description. */
const LONGEST_DESCRIBED = 8000;
const GIVES = /\breturn\b|\blambda\b|=>/;
const TEXTS_AND_COMMENTS = /"""[\s\S]*?"""|'''[\s\S]*?'''|#.*/g;

/** Whether a statement may use an activation or define one: a quick look, without parsing. */
export function isTelling(statement: string): boolean {
	const mayBeFunction = statement.length <= LONGEST_DESCRIBED && GIVES.test(statement) && SIGNS.test(statement);
	if (!mayBeFunction && !NAMES.test(statement)) return false;
	const code = statement.replace(TEXTS_AND_COMMENTS, "");
	return NAMES.test(code) || (mayBeFunction && code.length <= LONGEST && GIVES.test(code) && SIGNS.test(code));
}

/** Whether what a statement defines may be an activation, have one, or compute a part of one. */
export function mayConcern(definition: string): boolean {
	const isShort =
		definition.length <= LONGEST_DESCRIBED &&
		GIVES.test(definition) &&
		definition.replace(TEXTS_AND_COMMENTS, "").length <= LONGEST_CALLED;
	return isShort || isTelling(definition);
}
