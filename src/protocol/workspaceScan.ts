/**
 * What may cross between the host and the worker that scans a workspace. The host asks for one batch at a time, so no
 * more is ever under way than it takes.
 */

/** What one file of a workspace holds, small enough to keep for every file. */
export interface ScannedFile {
	readonly path: string;
	/** How often each activation of the catalog is used. */
	readonly counts: Readonly<Record<string, number>>;
	/** In the order of the text. */
	readonly uses: readonly ScannedUse[];
	/** Why the file, or the folder, could not be read. */
	readonly problem: string | null;
}

export interface ScannedUse {
	readonly activation: string;
	readonly kind: string;
	/** Index among all cells, in a notebook. */
	readonly cell?: number;
	/** From 0, as the editor counts; within its cell in a notebook. */
	readonly line: number;
	/** In UTF-16 units. */
	readonly column: number;
	readonly endColumn: number;
}

/** What the worker starts with. */
export interface ScanRequest {
	readonly paths: readonly string[];
}

/** The host asks for the next files. */
export type ScanDemand = "more";

/** The worker's answer; the last one says that there is no more. */
export interface ScanBatch {
	readonly files: readonly ScannedFile[];
	readonly isLast: boolean;
}
