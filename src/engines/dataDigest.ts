import { createHash } from "node:crypto";
import type { StudyTable } from "../protocol/trainer.ts";

/** Tells data sets apart: equal for equal data and nothing else, on every machine of the same byte order. */
export function dataDigest({ inputs, targets, ...rest }: StudyTable): string {
	const digest = createHash("sha256").update(JSON.stringify(rest));
	for (const { buffer, byteOffset, byteLength } of [inputs, targets]) {
		digest.update(new Uint8Array(buffer, byteOffset, byteLength));
	}
	return digest.digest("hex");
}
