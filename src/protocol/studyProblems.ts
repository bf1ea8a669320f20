import { parseStudies } from "./studyDocument.ts";
import { type Fields, isFields } from "./studyDraft.ts";
import { StudyError } from "./studyError.ts";

/** What is wrong with a field of a study's document. */
export type StudyProblem = Pick<StudyError, "field" | "complaint" | "values">;

/**
 * All that is wrong with a document, each with its field; none where `parseStudies` takes it. The door names the first
 * thing, so each field goes through it alone, and the whole where every field is right by itself.
 */
export function problemsOf(document: Fields): readonly StudyProblem[] {
	const alone = partsOf(document).flatMap(({ field, within, part }) =>
		problemIn(part).map((problem) =>
			problem.field.startsWith(within) ? { ...problem, field: field + problem.field.slice(within.length) } : problem,
		),
	);
	return alone.length > 0 ? alone : problemIn(document);
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
	return Object.entries(document).flatMap(([name, value]): Part[] => {
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
			case "tuning":
				if (!isFields(value)) break;
				return Object.entries(value).map(([inner, given]) => {
					const field = `${name}.${inner}`;
					return { field, within: field, part: { ...ANY, ...around(name), [name]: { [inner]: given } } };
				});
		}
		return [{ field: name, within: name, part: { ...ANY, [name]: value } }];
	});
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
