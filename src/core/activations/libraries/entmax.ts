import { type LibraryEntry, readTable } from "./entry.ts";

const functions = `
	sparsemax sparsemax(dim=-1>, k=none>)
	entmax15 entmax15(dim=-1>, k=none>)
`;
const modules = `
	Sparsemax sparsemax(dim=-1>, k=none>)
	Entmax15 entmax15(dim=-1>, k=none>)
`;

/** The package of sparse softmaxes, and TabNet's copy of it. */
export const entmax: readonly LibraryEntry[] = ["entmax", "pytorch_tabnet.sparsemax"].flatMap((module) => [
	...readTable("entmax", module, "function", functions),
	...readTable("entmax", module, "module", modules),
]);

/** Keys of `mask_type=` of TabNet, and of those who followed it. */
export const entmaxStrings: readonly LibraryEntry[] = readTable(
	"entmax",
	"",
	"string",
	`
	sparsemax sparsemax
	entmax entmax15
	entmax15 entmax15
`,
);
