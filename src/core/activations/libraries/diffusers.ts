import { type LibraryEntry, readTable } from "./entry.ts";

/** What Diffusers' feed-forward layers make of `activation_fn="geglu"`, and other transformers of PyTorch after them. */
export const diffusersStrings: readonly LibraryEntry[] = readTable(
	"diffusers",
	"",
	"string",
	`
	geglu geglu
	reglu reglu
	swiglu swiglu
`,
);
