import { type LibraryEntry, readTable } from "./entry.ts";

/** OpenMMLab's own layers. The constants of HSigmoid are those since version 1.4.4; before, bias was 1 and divisor 2. */
export const mmcv: readonly LibraryEntry[] = readTable(
	"mmcv",
	"mmcv.cnn",
	"module",
	`
	Swish silu
	HSwish hard_swish
	HSigmoid hard_sigmoid(bias=3!, divisor=6!, min_value=0!, max_value=1!)
`,
);
