/**
 * A study's document as the form edits it: each control stands for one place of the document, so that nothing is defined
 * a second time. What the form does not show stays as it is, and what is wrong stays until the door has named it.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** A document whose activations and data are lists of objects, however short they are written. */
export interface StudyDraft extends Fields {
	readonly activations: readonly Fields[];
	readonly data: readonly Fields[];
}

/** What a document lists as a factor: one object, or a list of them, each for studies of its own. */
export type Factor = "network" | "optimizer";

/** Where a value stands in a document. */
export type Path = readonly (string | number)[];

/** What the page keeps of its form. */
export interface StudyMemory {
	readonly document: Fields;
	/** The document in the editor that the form was opened from, or was written to. */
	readonly file: StudyFile | null;
	/** Whether the user has changed anything since it was new. */
	readonly isEdited: boolean;
}

export interface StudyFile {
	readonly uri: string;
	readonly name: string;
}

/** The draft of a document: no list of one network or optimizer, which stands for the same studies as the one. */
export function draftOf(document: Fields): StudyDraft {
	const { activations, data } = document;
	const single = (["network", "optimizer"] as const).flatMap((factor) => {
		const given = document[factor];
		return Array.isArray(given) && given.length === 1 ? [[factor, given[0]] as const] : [];
	});
	return {
		...document,
		...Object.fromEntries(single),
		activations: listOf(activations).map((one) => objectOf(one, "id")),
		data: listOf(data).map((one) => objectOf(one, "kind")),
	};
}

/** The document of a draft, as a person would write it: a name where nothing else is said, no list of one data set. */
export function documentOf(draft: StudyDraft): Fields {
	const sets = draft.data.map((one) => shortOf(one, "kind"));
	const short: Fields = {
		activations: draft.activations.map((one) => shortOf(one, "id")),
		data: sets.length > 1 ? sets : sets[0],
	};
	// In the order of the draft, which is its author's.
	const fields = Object.entries(draft).map(([name, value]) => [name, name in short ? short[name] : value] as const);
	return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

/** Where the rows of a factor stand: the one object, which there need not be yet, or each of a list. */
export function placesOf(draft: Fields, factor: Factor): readonly Path[] {
	const given = draft[factor];
	return Array.isArray(given) ? given.map((_, i) => [factor, i]) : [[factor]];
}

/** The draft with one more row of a factor, like its last: what differs is all that needs to be said. */
export function withRow(draft: StudyDraft, factor: Factor): StudyDraft {
	const rows = placesOf(draft, factor).map((place) => valueAt(draft, place) ?? {});
	return { ...draft, [factor]: [...rows, rows.at(-1) ?? {}] };
}

/** The draft without a row of a factor; the last that is left is no list, and nothing where it says nothing. */
export function withoutRow(draft: StudyDraft, factor: Factor, index: number): StudyDraft {
	const rows = listOf(draft[factor]).filter((_, i) => i !== index);
	if (rows.length > 1) return { ...draft, [factor]: rows };
	const [last] = rows;
	return withValue(draft, [factor], isFields(last) && Object.keys(last).length === 0 ? undefined : last);
}

/** Where learning rates come from: tuning, the optimizers, or tuning for those optimizers only that give none. */
export function ratesOf(draft: StudyDraft): "found" | "given" | "mixed" {
	const { tuning } = draft;
	if (tuning !== undefined) return tuning === false ? "given" : "found";
	const given = placesOf(draft, "optimizer").map((place) => valueAt(draft, [...place, "learningRate"]) !== undefined);
	if (!given.includes(true)) return "found";
	return given.includes(false) ? "mixed" : "given";
}

/** The draft with learning rates from tuning, at its usual settings, or else from the optimizers. */
export function withRates(draft: StudyDraft, rates: "found" | "given"): StudyDraft {
	if (rates === "given") return { ...draft, tuning: false };
	return placesOf(draft, "optimizer").reduce(
		(rest, place) => withValue(rest, [...place, "learningRate"], undefined),
		withValue(draft, ["tuning"], undefined),
	);
}

/** What stands at a place; undefined where there is none. */
export function valueAt(document: unknown, path: Path): unknown {
	let value = document;
	for (const key of path) {
		if (typeof value !== "object" || value === null) return undefined;
		value = (value as Fields)[key]; // An object or a list, as just checked.
	}
	return value;
}

/** The document with another value at a place; undefined takes it away, and with it an object that held nothing else. */
export function withValue<T extends Fields>(document: T, path: Path, value: unknown): T {
	return replaced(document, path, value) as T; // Of the same fields; only the named one differs.
}

function replaced(of: unknown, [key, ...rest]: Path, value: unknown): unknown {
	if (key === undefined) return value;
	if (Array.isArray(of)) return of.map((one, i) => (i === key ? replaced(one, rest, value) : one));
	const { [key]: inner, ...others } = isFields(of) ? of : {};
	const next = rest.length === 0 ? value : replaced(inner, rest, value);
	const isNothing = next === undefined || (rest.length > 0 && isFields(next) && Object.keys(next).length === 0);
	if (isNothing) return others;
	// In its place: the order of a document is its author's.
	return isFields(of) && key in of ? { ...of, [key]: next } : { ...others, [key]: next };
}

/** The document's name of a place: "data[1].noise". */
export function fieldOf(path: Path): string {
	return path.reduce<string>((name, key) => {
		if (typeof key === "number") return `${name}[${key}]`;
		return name === "" ? key : `${name}.${key}`;
	}, "");
}

export function isFields(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Numbers as a person types them: "0.1", "0.1, 0.3", and of lists "64, 32; 128". What is no number is shown as it is. */
export function textOf(value: unknown): string {
	if (value === undefined) return "";
	if (!Array.isArray(value)) return typeof value === "object" ? JSON.stringify(value) : String(value);
	const isNested = value.some(Array.isArray);
	return value.map(textOf).join(isNested ? "; " : ", ");
}

/** A number; text that is none stays text, for the door to name; nothing where there is nothing. */
export function numberIn(text: string): number | string | undefined {
	const trimmed = text.trim();
	if (trimmed === "") return undefined;
	const number = Number(trimmed);
	return Number.isFinite(number) ? number : trimmed;
}

/** A range "3-7" of at most this many numbers is written out. */
const MOST_IN_RANGE = 1000;

/** A list of numbers, where "0-4" stands for 0, 1, 2, 3, 4; nothing where there is none. */
export function numbersIn(text: string): readonly (number | string)[] | undefined {
	const list = text
		.split(/[\s,]+/)
		.filter((part) => part !== "")
		.flatMap((part) => {
			const [, first, last] = /^(\d+)[-–…](\d+)$/.exec(part) ?? [];
			const count = Number(last) - Number(first) + 1;
			if (!(count >= 1 && count <= MOST_IN_RANGE)) return [numberIn(part)!];
			return Array.from({ length: count }, (_, i) => Number(first) + i);
		});
	return list.length === 0 ? undefined : list;
}

/** A number, or the list of those that are to be tried each. */
export function gridIn(text: string): unknown {
	const list = numbersIn(text);
	return list?.length === 1 ? list[0] : list;
}

/** Widths of layers, or several such lists with ";" between them. */
export function widthsIn(text: string): unknown {
	const lists = text.split(";").flatMap((part) => {
		const widths = numbersIn(part);
		return widths ? [widths] : [];
	});
	return lists.length > 1 ? lists : lists[0];
}

function listOf(value: unknown): readonly unknown[] {
	if (value === undefined) return [];
	return Array.isArray(value) ? value : [value];
}

function objectOf(value: unknown, name: string): Fields {
	return isFields(value) ? value : { [name]: value };
}

function shortOf(fields: Fields, name: string): unknown {
	return Object.keys(fields).length === 1 && typeof fields[name] === "string" ? fields[name] : fields;
}
