/** Reading a JSON document of unknown shape field by field: each function throws `Misuse` that names the field. */
import { shown } from "../protocol/shown.ts";
import { Misuse } from "./io.ts";
import { numberFrom } from "./json.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** An object with none but these fields; null stands for a field that is not there. */
export function objectAt(value: unknown, field: string, names: readonly string[]): Fields {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw new Misuse(`${field} must be an object, got ${shown(value)}`);
	}
	const unknown = Object.keys(value).find((name) => !names.includes(name));
	if (unknown !== undefined) {
		throw new Misuse(`${field} has no field ${shown(unknown)}; its fields are ${names.join(", ")}`);
	}
	return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
}

export function listAt(value: unknown, field: string, length?: number): readonly unknown[] {
	if (!Array.isArray(value)) throw new Misuse(`${field} must be a list, got ${shown(value)}`);
	if (length !== undefined && value.length !== length) {
		throw new Misuse(`${field} must have ${length} entries, got ${value.length}`);
	}
	return value;
}

/** A finite number, within limits where they are given. */
export function numberAt(value: unknown, field: string, least = -Number.MAX_VALUE, most = Number.MAX_VALUE): number {
	const number = numberFrom(value);
	if (number === undefined) throw new Misuse(`${field} must be a number, got ${shown(value)}`);
	if (!Number.isFinite(number)) throw new Misuse(`${field} must be a finite number, got ${number}`);
	if (number < least) {
		const limits = most === Number.MAX_VALUE ? `at least ${least}` : `${least}…${most}`;
		throw new Misuse(`${field} must be ${limits}, got ${number}`);
	}
	if (number > most) throw new Misuse(`${field} must be ${least}…${most}, got ${number}`);
	return number;
}

export function wholeAt(value: unknown, field: string, least: number, most: number): number {
	const number = numberFrom(value);
	if (number !== undefined && Number.isInteger(number) && number >= least && number <= most) return number;
	throw new Misuse(`${field} must be a whole number ${least}…${most}, got ${number ?? shown(value)}`);
}

export function numbersAt(value: unknown, field: string, length?: number): number[] {
	return listAt(value, field, length).map((one, i) => numberAt(one, `${field}[${i}]`));
}

/** A list of rows, each with so many numbers. */
export function matrixAt(value: unknown, field: string, rows: number | undefined, columns: number): number[][] {
	return listAt(value, field, rows).map((row, i) => numbersAt(row, `${field}[${i}]`, columns));
}

export function flagAt(value: unknown, field: string): boolean {
	if (typeof value !== "boolean") throw new Misuse(`${field} must be true or false, got ${shown(value)}`);
	return value;
}

export function textAt(value: unknown, field: string): string {
	if (typeof value !== "string") throw new Misuse(`${field} must be a text, got ${shown(value)}`);
	return value;
}

export function choiceAt<Choice extends string>(value: unknown, field: string, choices: readonly Choice[]): Choice {
	const found = choices.find((choice) => choice === value);
	if (found === undefined) throw new Misuse(`${field} must be one of ${choices.join(", ")}, got ${shown(value)}`);
	return found;
}

/** Reads one field of an object. */
export type Reader<Value> = (value: unknown, field: string) => Value;

/**
 * An object of which each field that is there is read by its own reader; fields in `required` must be there. What it
 * returns has the type that the readers give.
 */
export function readAt<const Readers extends Readonly<Record<string, Reader<unknown>>>>(
	value: unknown,
	field: string,
	readers: Readers,
	required: readonly (keyof Readers & string)[],
): { readonly [Name in keyof Readers]?: ReturnType<Readers[Name]> } {
	const given = objectAt(value, field, Object.keys(readers));
	const names = Object.keys(readers).filter((name) => name in given || required.includes(name));
	// Each field has just been read by the reader of its name.
	return Object.fromEntries(names.map((name) => [name, readers[name]!(given[name], `${field}.${name}`)])) as {
		readonly [Name in keyof Readers]?: ReturnType<Readers[Name]>;
	};
}
