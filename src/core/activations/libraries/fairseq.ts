import { type LibraryEntry, readTable } from "./entry.ts";

/** fairseq. */
export const fairseq: readonly LibraryEntry[] = readTable(
	"fairseq",
	"fairseq.modules",
	"function",
	`
	gelu gelu
	gelu_accurate gelu_tanh
`,
);

/** Keys of `fairseq.utils.get_activation_fn`. */
export const fairseqStrings: readonly LibraryEntry[] = readTable(
	"fairseq",
	"",
	"string",
	`
	relu relu
	relu_squared relu_squared
	gelu gelu
	gelu_fast gelu_tanh
	gelu_accurate gelu_tanh
	tanh tanh
	linear linear
	swish silu
`,
);
