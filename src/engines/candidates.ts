import { choiceFacts } from "../core/activations/choice.ts";
import type { Dtype } from "../core/numerics/dtype.ts";
import type { Candidate } from "../protocol/advice.ts";
import type { Study } from "../protocol/study.ts";
import { costOf } from "./cost.ts";
import { activationOf } from "./sessionOf.ts";

/** The types that an answer can be asked for. */
export const adviceDtypes: readonly Dtype[] = ["float32", "float16", "bfloat16", "float64"];

/** What is known of a study's activations before anything is trained. Throws where one is not understood. */
export function candidatesOf({ activations, network }: Study, dtype: Dtype): readonly Candidate[] {
	return activations.map((one) => {
		const activation = activationOf(one);
		return {
			label: one.label,
			cost: costOf(activation, one.parameters),
			facts: choiceFacts(activation, one.parameters, dtype, network.hidden.length),
		};
	});
}
