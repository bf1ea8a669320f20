import * as vscode from "vscode";
import { catalog } from "../core/activations/catalog.ts";
import { listed } from "../protocol/listedActivation.ts";
import type { ListedActivation, StudyMaterial, StudyPlan } from "../protocol/panel.ts";
import { defaultStudy, studyActivation } from "../protocol/studyDocument.ts";
import { type Fields, isFields } from "../protocol/studyDraft.ts";
import { planOf } from "../protocol/studyPlan.ts";
import { activationsInFile, dataItems } from "./compare.ts";
import type { Documents } from "./documents.ts";
import type { Studies } from "./studies.ts";
import { activationsFor } from "./studyFile.ts";

/** What the form offers, whatever file is open. */
export function studyMaterial(): StudyMaterial {
	return {
		catalog: catalog.map(({ id }) => listed(studyActivation(id))),
		usual: defaultStudy([studyActivation("relu")]),
		data: dataItems().flatMap(({ label, data }) => (data ? [{ title: label, entry: { ...data } }] : [])),
	};
}

/** What the open file uses and defines. */
export function listedInFile(documents: Documents): readonly ListedActivation[] {
	return activationsInFile(documents).map(listed);
}

/** A document to begin with: the activations of the open file, the usual data, and nothing else. */
export function freshStudy(documents: Documents): Fields {
	return { activations: activationsFor(documents).map((one) => listed(one).entry), data: "digits" };
}

/** What a document from the page comes to; its data are read for that. */
export function planStudy(document: Fields, studies: Studies): Promise<StudyPlan> {
	return planOf(document, (study) => studies.shapeOf(study), studies.machine, vscode.l10n.t);
}

/** A document as it arrives from the page. */
export function asDocument(value: unknown): Fields {
	if (!isFields(value)) throw new TypeError(`expected an object, got ${typeof value}`);
	return value;
}
