import type { Span } from "../span.ts";

/** What is put in the place of a span of the text. */
export interface Edit {
	readonly span: Span;
	readonly text: string;
}
