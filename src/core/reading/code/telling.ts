import { type SoughtWords, WordFinder } from "./wordFinder.ts";

/** What a word in a text may tell of. */
export type Telling =
	/** An activation or what holds one, by its name, or a function of a library that is one. */
	| "name"
	/** A computation that a function by hand may be one with. */
	| "sign"
	/** A function that gives something back. */
	| "result";

const SOUGHT: readonly (readonly [Telling, SoughtWords])[] = [
	[
		"name",
		{
			words: words(
				"relu gelu selu celu lelu xielu activation nonlin sigm tanh swish silu softmax soft_max softplus soft_plus softsign soft_sign softmin soft_min softshrink soft_shrink hardsh hard_sh hshrink sparsemax entmax sparse_plus squareplus squash logsumexp expit logistic ndtr lisht laplace identity heaviside unit_step binary_step threshold maxout",
			),
		},
	],
	["name", { words: ["elu", "act", "acts", "activ"], areWhole: true, behind: /(?![a-z])/iy }],
	["name", { words: ["glu"], behind: /(?![et])/iy }],
	["name", { words: ["mish"], behind: /(?!a)/iy }],
	["name", { words: ["tf.step", "def linear"], behind: /\b/y }],
	// Of one number: that of an optimizer or an environment is told more, or nothing.
	["name", { words: ["def step", "function step"], behind: /(?:_?func(?:tion)?)?\((?:self, ?)?\w+(?:: ?\w+)?\)/iy }],
	[
		"name",
		{
			words: words(".exp .exponential .erf .sin .cos .sinc .atan .arctan .asinh .arcsinh .sgn .sign .abs"),
			behind: /(?![a-z0-9])/iy,
		},
	],
	[
		"sign",
		{
			words: words(
				"max maximum min minimum where clip clip_by_value clamp exp expm1 log1p logaddexp sqrt hypot erf erfc abs fabs sign sin cos atan arctan sinc greater greater_equal less less_equal gt ge lt le",
			),
			areWhole: true,
			behind: /_?\s*\(/y,
		},
	],
	// Compared with 0, on either side.
	["sign", { words: ["<", ">"], behind: /=?\s*0(?!\.?[\dx])|(?<=(?<![\w.])0(?:\.0*)?\s*.)/iy }],
	["result", { words: ["return", "lambda", "=>"], behind: /(?<=\b(?:return|lambda))\b|(?<==>)/y }],
];

/** Finds what in a text may tell of an activation. */
export const tellingWords: WordFinder<Telling> = new WordFinder(SOUGHT);

function words(list: string): readonly string[] {
	return list.split(" ");
}
