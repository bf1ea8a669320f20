import { findActivation } from "../core/activations/catalog.ts";
import type { ListedActivation } from "./panel.ts";
import type { StudyActivation } from "./study.ts";
import { parseStudy } from "./studyDocument.ts";

/** An activation as a form offers it; in its entry a label that says no more than the rest does is left out. */
export function listed(activation: StudyActivation): ListedActivation {
	const { id, label, parameters, ...rest } = activation;
	const known = findActivation(id);
	const given = Object.entries(parameters);
	const entry = {
		id,
		// JSON has no infinity.
		...(given.length > 0
			? { parameters: Object.fromEntries(given.map(([k, v]) => [k, Number.isFinite(v) ? v : String(v)])) }
			: {}),
		...rest,
	};
	const usual = known && parseStudy({ activations: [entry] }).activations[0]?.label;
	return {
		title: label,
		entry: label === usual ? entry : { ...entry, label },
		id,
		parameters: known?.parameters.map(({ name, default: value }) => ({ name, default: value })) ?? [],
	};
}
