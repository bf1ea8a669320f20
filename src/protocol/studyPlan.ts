import { english, type Translate } from "../core/texts.ts";
import type { TableShape } from "../core/training/table.ts";
import type { StudyPlan } from "./panel.ts";
import type { Study } from "./study.ts";
import { parseStudies, parseStudy } from "./studyDocument.ts";
import type { Fields } from "./studyDraft.ts";
import { StudyError } from "./studyError.ts";
import { problemsOf, type StudyProblem } from "./studyProblems.ts";
import { checkBatch, type StudyWork, workOf } from "./studyWork.ts";

/** What a document comes to, with the shape of a study's data from `shapeOf`, which throws a sentence where there is none. */
export async function planOf(
	document: Fields,
	shapeOf: (study: Study) => Promise<TableShape>,
	workers: number,
	t: Translate = english,
): Promise<StudyPlan> {
	const described = ({ field, complaint, values }: StudyProblem) => ({
		field,
		sentence: t(complaint, "{0}", ...values),
	});
	const nothing = { study: null, studies: 0, work: null, workers };
	const wrong = problemsOf(document);
	if (wrong.length > 0) return { ...nothing, problems: wrong.map(described) };
	const planned = parseStudies(document);
	const problems: StudyPlan["problems"][number][] = [];
	const works: StudyWork[] = [];
	for (const study of planned) {
		try {
			const shape = await shapeOf(study);
			checkBatch(study, shape);
			works.push(workOf(study, shape, workers));
		} catch (error) {
			const problem =
				error instanceof StudyError
					? described(error)
					: { field: dataField(document, study), sentence: error instanceof Error ? error.message : String(error) };
			if (!problems.some(({ field }) => field === problem.field)) problems.push(problem);
		}
	}
	const sum = (count: keyof StudyWork) => works.reduce((total, work) => total + work[count], 0);
	const isKnown = problems.length === 0;
	return {
		problems,
		study: planned[0] ?? null,
		studies: planned.length,
		work: isKnown
			? { trainings: sum("trainings"), tunings: sum("tunings"), steps: sum("steps"), seconds: sum("seconds") }
			: null,
		workers,
	};
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
