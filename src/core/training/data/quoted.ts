/** A name out of a file in a message: in quotes, short, on one line, and without what steers a terminal. */
export function quoted(name: string): string {
	const short = name.length > 40 ? `${name.slice(0, 39)}…` : name;
	return JSON.stringify(short).replace(/[\u007f-\u009f\u2028\u2029]/g, "?");
}
