import assert from "node:assert/strict";
import { test } from "node:test";
import { type Telling, tellingWords } from "../../../../src/core/reading/code/telling.ts";
import { random } from "../brokenCode.ts";

const SEED = Number(process.env.SEED ?? 20_261_127);
const TEXTS = 4000;

/** What tells of an activation, as expressions say it. */
const TOLD: Readonly<Record<Telling, RegExp>> = {
	name: /[rgscl]elu|xielu|(?<![a-z])elu(?![a-z])|glu(?![et])|(?<![a-z])act(?:s|iv)?(?![a-z])|activation|nonlin|sigm|tanh|swish|silu|mish(?!a)|soft_?(?:max|plus|sign|min|shrink|relu)|hard_?sh|sparse(?:max|_plus)|squareplus|logsumexp|expit|logistic|ndtr|lisht|laplace|identity|heaviside|threshold|maxout|tf\.step\b|def linear\b|\.(?:exp(?:onential)?|erf|sin|cos|sinc|a(?:rc)?tan|a(?:rc)?sinh|sgn|sign|abs)(?![a-z0-9])/i,
	sign: /(?<![a-z])(?:max(?:imum)?|min(?:imum)?|where|clip(?:_by_value)?|clamp|exp(?:m1)?|log1p|logaddexp|sqrt|hypot|erfc?|f?abs|sign|sin|cos|atan|arctan|sinc|greater(?:_equal)?|less(?:_equal)?|[gl][te])(?=_?\s*\()|[<>](?==?\s*0(?!\.?[\dx]))|(?<=(?<![\w.])0(?:\.0*)?\s*)[<>]/i,
	result: /\breturn\b|\blambda\b|=>/,
};

/** Pieces that such words are made of, and what may stand beside them. */
const PIECES =
	"r g e lu elu relu x xi act s iv ation a activ non lin sigm oid tanh sw ish silu m mish soft _ max plus sign min hard sh sparse square log sum exp it ndtr tf. step def linear . .exp onential .erf .sin .cos c .atan .arc .asinh .abs ( 0 0. 1 < > = => return lambda where clip by value clamp m1 1p sqrt hyp ot less greater equal gt le d R L A 7 \n é ſ K".split(
		/ /,
	);

test("the words that tell of an activation are found where expressions find them", () => {
	console.log(`seed ${SEED}`);
	const next = random(SEED);
	const counts: Record<string, number> = {};
	for (let i = 0; i < TEXTS; i++) {
		const text = Array.from({ length: 12 }, () =>
			next() < 0.15 ? " " : PIECES[Math.floor(next() * PIECES.length)],
		).join("");
		const found: Record<Telling, number[]> = { name: [], sign: [], result: [] };
		tellingWords.find(text, (telling, last) => found[telling].push(last));
		for (const telling of ["name", "sign", "result"] as const) {
			// An expression takes one of those that overlap.
			for (const { 0: word, index } of text.matchAll(new RegExp(TOLD[telling].source, `${TOLD[telling].flags}g`))) {
				const [from, to] = [index, index + word.length];
				const at = found[telling].filter((last) => from <= last && last < to);
				assert.ok(at.length > 0, `${telling} ${JSON.stringify(word)} in ${JSON.stringify(text)}, seed ${SEED}`);
				counts[telling] = (counts[telling] ?? 0) + 1;
			}
			// What it does not take for an overlap it finds in what begins there.
			for (const last of found[telling]) {
				const begins = Array.from({ length: 20 }, (_, back) => last - back).filter((from) => from >= 0);
				const sticky = new RegExp(TOLD[telling].source, `${TOLD[telling].flags}y`);
				const isThere = begins.some((from) => {
					sticky.lastIndex = from;
					return sticky.test(text) && sticky.lastIndex > last;
				});
				assert.ok(isThere, `${telling} at ${last} in ${JSON.stringify(text)}, seed ${SEED}`);
			}
		}
	}
	for (const telling of ["name", "sign", "result"])
		assert.ok((counts[telling] ?? 0) > 100, `${telling} ${counts[telling]}`);
});
