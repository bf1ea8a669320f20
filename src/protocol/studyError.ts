import { english } from "../core/texts.ts";

/**
 * What may be wrong with a field of a study, a sentence each; `{0}` is the field. The editor translates them, and the form
 * says the field's name on the page.
 */
export const studyComplaints = [
	"{0} must be an object, got {1}",
	"{0} must be a list, got {1}",
	"{0} must be a number, got {1}",
	"{0} must be a whole number, got {1}",
	"{0} must be a text, got {1}",
	"{0} must be true or false, got {1}",
	"{0} must be {1}…{2}, got {3}",
	"{0} must be {1}, got {2}",
	"{0} must be one of {1}, got {2}",
	"{0} must have {1}…{2} entries, got {3}",
	"{0} must have at least 1 entry, got 0",
	"{0} must have at most {1} characters, got {2}",
	"{0} must have different labels, got {1} twice",
	"{0} must differ, got {1} twice",
	"{0} must stand for at most {1} studies, got {2}",
	'{0} must be an activation of the catalog ({1} ids such as "relu"), got {2}',
	"{0}: {1} has no parameter {2}; it has none",
	"{0}: {1} has no parameter {2}; it has {3}",
	"{0} has no field {1}; it has {2}",
	"{0} does not go with {1} {2}",
	"{0} goes with 3 classes or more, got {1}",
	"{0} must be at most the {1} of {2} samples that are for training, got {3}",
	"{0} must leave 2 samples or more to each batch for {1}, got {2} for {3} training samples",
	"{0} must have a class with {1} samples or more, so that one is kept for the {2}, got at most {3} of each; is it a number to predict (regression)?",
	"{0} must need at most {1} GB of memory for a training, got about {2} GB",
	'{0} goes with the id "custom", got the id {1}',
] as const;
export type StudyComplaint = (typeof studyComplaints)[number];

/** What is wrong with a study's document: the message is one English sentence with the field's place in the document. */
export class StudyError extends RangeError {
	/** The place, as "network.hidden[1]". */
	readonly field: string;
	readonly complaint: StudyComplaint;
	/** For `{1}` and the following places of the sentence. */
	readonly values: readonly string[];

	constructor(field: string, complaint: StudyComplaint, ...values: readonly (string | number)[]) {
		const texts = values.map(String);
		super(english(complaint, field, ...texts));
		this.field = field;
		this.complaint = complaint;
		this.values = texts;
	}
}
