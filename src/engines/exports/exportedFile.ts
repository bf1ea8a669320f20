/** A file that an export is made of. */
export interface ExportedFile {
	/** From the folder that is chosen, with slashes. */
	readonly path: string;
	readonly content: string | Uint8Array;
}
