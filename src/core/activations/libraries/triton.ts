import { type LibraryEntry, readTable } from "./entry.ts";

/** Triton's language of kernels. */
export const triton: readonly LibraryEntry[] = readTable(
	"triton",
	"triton.language",
	"function",
	`
	sigmoid sigmoid
	softmax softmax(dim=none>)
`,
);
