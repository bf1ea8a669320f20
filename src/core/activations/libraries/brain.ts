import { type LibraryEntry, readTable } from "./entry.ts";

/** Keys of `activation:` of brain.js' networks. */
export const brainStrings: readonly LibraryEntry[] = readTable(
	"brain",
	"",
	"string",
	`
	sigmoid sigmoid
	relu relu
	leaky-relu leaky_relu
	tanh tanh
`,
);
