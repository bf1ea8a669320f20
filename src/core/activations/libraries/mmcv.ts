import { type LibraryEntry, readTable } from "./entry.ts";

/** OpenMMLab's own layers. Its HSigmoid is another from version to version, so it is none here. */
export const mmcv: readonly LibraryEntry[] = readTable(
	"mmcv",
	"mmcv.cnn",
	"module",
	`
	Swish silu
	HSwish hard_swish
`,
);
