import { parseStudies } from "./studyDocument.ts";
import { type Fields, fieldOf, isFields, placesOf, valueAt } from "./studyDraft.ts";
import { StudyError } from "./studyError.ts";

/** What is wrong with a field of a study's document. */
export type StudyProblem = Pick<StudyError, "field" | "complaint" | "values">;

/**
 * All that is wrong with a document, each with its field; none where `parseStudies` takes it. The door names the first
 * thing, so each field goes through it alone, each network and optimizer of a list where every field is right by itself,
 * and then the whole.
 */
export function problemsOf(document: Fields): readonly StudyProblem[] {
	for (const parts of [partsOf(document), rowsOf(document)]) {
		const problems = parts.flatMap(problemsInPart);
		if (problems.length > 0) return problems;
	}
	return problemIn(document);
}

/** What a field needs around it. */
const ANY: Fields = { activations: ["relu"] };

interface Part {
	/** The field in the document, and in the part that has it alone. */
	readonly field: string;
	readonly within: string;
	readonly part: Fields;
}

function partsOf(document: Fields): readonly Part[] {
	const isRight = (name: string) => problemIn({ ...ANY, [name]: document[name] }).length === 0;
	// Tuning is limited by the study's epochs and seeds.
	const around = (name: string) =>
		name === "tuning" ? Object.fromEntries(["epochs", "seeds"].filter(isRight).map((one) => [one, document[one]])) : {};
	return Object.entries(document).flatMap(([name, value]): readonly Part[] => {
		switch (name) {
			case "activations":
				if (!Array.isArray(value) || value.length === 0) break;
				return value.map((one, i) => ({
					field: `${name}[${i}]`,
					within: `${name}[0]`,
					part: { activations: [one] },
				}));
			case "data":
				return (Array.isArray(value) ? value : [value]).map((one, i) => ({
					field: `${name}[${i}]`,
					within: name,
					part: { ...ANY, data: one },
				}));
			case "network":
			case "optimizer":
				if (Array.isArray(value) && value.length === 0) break;
				return placesOf(document, name).flatMap((place) => fieldsOf(name, fieldOf(place), valueAt(document, place)));
			case "tuning":
				return fieldsOf(name, name, value, around(name));
		}
		return [{ field: name, within: name, part: { ...ANY, [name]: value } }];
	});
}

/** The fields of the object at a place, each by itself; the object where it is none. */
function fieldsOf(name: string, place: string, value: unknown, around: Fields = {}): readonly Part[] {
	if (!isFields(value)) return [{ field: place, within: name, part: { ...ANY, [name]: value } }];
	return Object.entries(value).map(([inner, given]) => ({
		// What there is no field for is a problem of the object.
		field: place,
		within: name,
		part: { ...ANY, ...around, [name]: { [inner]: given } },
	}));
}

/** The networks and optimizers, each by itself. */
function rowsOf(document: Fields): readonly Part[] {
	return (["network", "optimizer"] as const).flatMap((factor) =>
		placesOf(document, factor).map((place) => ({
			field: fieldOf(place),
			within: factor,
			part: { ...ANY, [factor]: valueAt(document, place) },
		})),
	);
}

function problemsInPart({ field, within, part }: Part): readonly StudyProblem[] {
	return problemIn(part).map((problem) =>
		problem.field.startsWith(within) ? { ...problem, field: field + problem.field.slice(within.length) } : problem,
	);
}

function problemIn(document: Fields): readonly StudyProblem[] {
	try {
		parseStudies(document);
		return [];
	} catch (error) {
		if (!(error instanceof StudyError)) throw error;
		return [{ field: error.field, complaint: error.complaint, values: error.values }];
	}
}
