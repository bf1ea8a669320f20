/**
 * JSON as the command line speaks it: what JSON has no number for is written as the strings "NaN", "Infinity" and
 * "-Infinity", and −0 keeps its sign as -0.0.
 */
export function toJson(value: unknown): string {
	if (typeof value === "number") {
		if (!Number.isFinite(value)) return JSON.stringify(String(value));
		return Object.is(value, -0) ? "-0.0" : String(value);
	}
	if (ArrayBuffer.isView(value)) return toJson(Array.from(value as Float64Array));
	if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
	if (value !== null && typeof value === "object") {
		const fields = Object.entries(value).filter(([, field]) => field !== undefined);
		return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${toJson(field)}`).join(",")}}`;
	}
	return JSON.stringify(value ?? null);
}

/** The number that a JSON value or an argument means: a number, or "NaN", "Infinity", "-Infinity"; undefined if none. */
export function numberFrom(value: unknown): number | undefined {
	if (typeof value === "number") return value;
	if (typeof value !== "string") return undefined;
	const text = value.trim();
	if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
	if (/^[+-]?nan$/i.test(text)) return Number.NaN;
	if (/^[+-]?inf(inity)?$/i.test(text))
		return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
	return undefined;
}
