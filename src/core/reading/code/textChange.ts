/** What two texts have in common at their ends: the least that lies between was put in place of something else. */
export interface TextChange {
	/** How long the part before the change is. */
	readonly prefix: number;
	/** Where in the later text what is behind the change begins. */
	readonly behind: number;
	/** How far what is behind the change has moved. */
	readonly by: number;
}

/** What changed from one text to the next. */
export function textChange(before: string, after: string): TextChange {
	const prefix = commonPrefix(before, after);
	const suffix = commonSuffix(before, after, prefix);
	return { prefix, behind: after.length - suffix, by: after.length - before.length };
}

/** So many characters are compared at once, which is faster than one by one. */
const STRIDE = 1024;

function commonPrefix(a: string, b: string): number {
	const most = Math.min(a.length, b.length);
	let length = 0;
	while (length + STRIDE <= most && a.slice(length, length + STRIDE) === b.slice(length, length + STRIDE))
		length += STRIDE;
	while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
	return length;
}

function commonSuffix(a: string, b: string, prefix: number): number {
	const most = Math.min(a.length, b.length) - prefix;
	let length = 0;
	const [p, q] = [a.length, b.length];
	while (
		length + STRIDE <= most &&
		a.slice(p - length - STRIDE, p - length) === b.slice(q - length - STRIDE, q - length)
	) {
		length += STRIDE;
	}
	while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length++;
	return length;
}
