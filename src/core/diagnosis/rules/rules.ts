import { activationBeforeLogitsLoss } from "./activationBeforeLogitsLoss.ts";
import { hazardRules } from "./hazards.ts";
import { logOfSoftmax } from "./logOfSoftmax.ts";
import { modelRules } from "./models.ts";
import type { Rule, RuleFacts, RuleId } from "./rule.ts";
import { sigmoidBeforeBce } from "./sigmoidBeforeBce.ts";
import { softmaxTwice } from "./softmaxTwice.ts";
import { softmaxWithoutDim } from "./softmaxWithoutDim.ts";
import { unguardedLogExp } from "./unguardedLogExp.ts";
import { unknownActivation } from "./unknownActivation.ts";
import { unsafeWhere } from "./unsafeWhere.ts";

/** Every rule by its id. Each has a page in docs/rules. */
export const rules: Readonly<Record<RuleId, Rule | RuleFacts>> = {
	"activation-before-logits-loss": activationBeforeLogitsLoss,
	...hazardRules,
	...modelRules,
	"log-of-softmax": logOfSoftmax,
	"sigmoid-before-bce": sigmoidBeforeBce,
	"softmax-twice": softmaxTwice,
	"softmax-without-dim": softmaxWithoutDim,
	"unguarded-log-exp": unguardedLogExp,
	"unknown-activation": unknownActivation,
	"unsafe-where": unsafeWhere,
};
