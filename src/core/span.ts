/** A half-open range of UTF-16 offsets into one text: `start` is in it, `end` is not. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** Whether `offset` lies in `span` or just behind its last character, as an editor's cursor may. */
export function spanContains(span: Span, offset: number): boolean {
	return offset >= span.start && offset <= span.end;
}
