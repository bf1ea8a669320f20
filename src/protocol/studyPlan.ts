import { english, type Translate } from "../core/texts.ts";
import type { TableShape } from "../core/training/table.ts";
import type { StudyPlan } from "./panel.ts";
import type { Study } from "./study.ts";
import { parseStudies, parseStudy } from "./studyDocument.ts";
import { type Factor, type Fields, fieldOf, placesOf, valueAt } from "./studyDraft.ts";
import { StudyError } from "./studyError.ts";
import { problemsOf, type StudyProblem } from "./studyProblems.ts";
import { checkFit, type Machine, type StudyWork, workOf } from "./studyWork.ts";

/** What a document comes to, with the shape of a study's data from `shapeOf`, which throws a sentence where there is none. */
export async function planOf(
	document: Fields,
	shapeOf: (study: Study) => Promise<TableShape>,
	machine: Machine,
	t: Translate = english,
): Promise<StudyPlan> {
	const described = ({ field, complaint, values }: StudyProblem) => ({
		field,
		sentence: t(complaint, "{0}", ...values),
	});
	const nothing = { study: null, rows: {}, studies: 0, work: null, workers: machine.workers };
	const wrong = problemsOf(document);
	if (wrong.length > 0) return { ...nothing, problems: wrong.map(described) };
	const planned = parseStudies(document);
	const problems: StudyPlan["problems"][number][] = [];
	const works: StudyWork[] = [];
	for (const study of planned) {
		try {
			const shape = await shapeOf(study);
			checkFit(study, shape);
			works.push(workOf(study, shape, machine));
		} catch (error) {
			const problem =
				error instanceof StudyError
					? described({ ...error, field: rowField(document, study, error.field) })
					: { field: dataField(document, study), sentence: error instanceof Error ? error.message : String(error) };
			if (!problems.some(({ field }) => field === problem.field)) problems.push(problem);
		}
	}
	const sum = (count: keyof StudyWork) => works.reduce((total, work) => total + work[count], 0);
	const isKnown = problems.length === 0;
	return {
		problems,
		study: planned[0] ?? null,
		rows: Object.fromEntries(
			(["network", "optimizer"] as const).flatMap((factor) =>
				rowsOf(document, factor).flatMap(({ field, studies: [first] }) => (first ? [[field, first] as const] : [])),
			),
		),
		studies: planned.length,
		work: isKnown
			? { trainings: sum("trainings"), tunings: sum("tunings"), steps: sum("steps"), seconds: sum("seconds") }
			: null,
		workers: machine.workers,
	};
}

/** The rows of a factor that a document lists, each with the studies that it stands for. */
function rowsOf(document: Fields, factor: Factor) {
	if (!Array.isArray(document[factor])) return [];
	return placesOf(document, factor).map((place) => ({
		field: fieldOf(place),
		studies: parseStudies({ ...document, [factor]: valueAt(document, place) }),
	}));
}

/** A field of a study's data or network as the document names it: "network[1].hidden" where it lists networks. */
function rowField(document: Fields, study: Study, field: string): string {
	if (field === "data") return dataField(document, study);
	if (!field.startsWith("network")) return field;
	const wanted = JSON.stringify(study.network);
	const row = rowsOf(document, "network").find(({ studies }) =>
		studies.some((one) => JSON.stringify(one.network) === wanted),
	);
	return row ? row.field + field.slice("network".length) : field;
}

/** Which of a document's data a study is trained on. */
function dataField({ data }: Fields, study: Study): string {
	const wanted = JSON.stringify(study.data);
	const all = Array.isArray(data) ? data : [data];
	const index = all.findIndex(
		(one) => JSON.stringify(parseStudy({ activations: ["relu"], data: one }).data) === wanted,
	);
	return `data[${Math.max(0, index)}]`;
}
