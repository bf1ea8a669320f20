import { firstIndex } from "../../firstIndex.ts";
import { textChange } from "./textChange.ts";

/**
 * Visits the offsets behind `from` at which a text falls into parts that can be parsed one by one, in their order, while
 * `visit` gives true; `isClosed` says whether the part before is as it should be. `from` is 0 or such an offset, and those
 * behind it follow from the text behind it alone. Gives whether what was visited is all, with nothing that is open to the
 * end of the text.
 *
 * `byLayout` is for a text in which something is: where it opens is not known, so what looks like a statement of the
 * module ends whatever is open.
 *
 * Members of a class are parts of their own, behind the one that the class begins with: they alone begin with an indent.
 */
export type ScanParts = (
	text: string,
	from: number,
	byLayout: boolean,
	visit: (start: number, isClosed: boolean) => boolean,
) => boolean;

/** The offsets at which a text that is edited falls into parts. Only what an edit touches is scanned again. */
export class PartStarts {
	readonly #asWritten: Scanned;
	readonly #byLayout: Scanned;

	constructor(scan: ScanParts) {
		this.#asWritten = new Scanned(scan, false);
		this.#byLayout = new Scanned(scan, true);
	}

	/** The offsets at which statements of the module begin, and members of long classes, 0 first. */
	in(text: string): readonly number[] {
		this.#asWritten.update(text);
		if (this.#asWritten.isClosed) return this.#asWritten.starts;
		this.#byLayout.update(text);
		return this.#byLayout.starts;
	}
}

/** Whether the part that begins at an offset is a member of the class before it. */
export function isMember(text: string, start: number): boolean {
	return start > 0 && (text.startsWith(" ", start) || text.startsWith("\t", start));
}

/** What one of the two ways to scan has found in a text. */
class Scanned {
	readonly #scan: ScanParts;
	readonly #isByLayout: boolean;
	#text = "";
	starts: readonly number[] = [0];
	/** Of each part. */
	#areClosed: readonly boolean[] = [true];
	isClosed = true;

	constructor(scan: ScanParts, isByLayout: boolean) {
		this.#scan = scan;
		this.#isByLayout = isByLayout;
	}

	update(text: string): void {
		const { prefix, behind, by } = textChange(this.#text, text);
		const old = this.starts;
		// Whether a part starts may follow from the line behind its first one, which is unchanged if the next part's first is.
		const changed = old.findIndex((start) => start > prefix);
		const kept = Math.max((changed < 0 ? old.length : changed) - 2, 1);
		const starts = old.slice(0, kept);
		const areClosed = this.#areClosed.slice(0, kept - 1);
		let next = kept;
		let joins = false;
		const isClosed = this.#scan(text, starts.at(-1)!, this.#isByLayout, (start, isClosed) => {
			areClosed.push(isClosed);
			if (start >= behind) {
				while (next < old.length && old[next]! + by < start) next++;
				// From here on the text is what it was.
				joins = next < old.length && old[next]! + by === start;
				if (joins) return false;
			}
			starts.push(start);
			return true;
		});
		if (!joins) areClosed.push(isClosed);
		else {
			areClosed.push(...this.#areClosed.slice(next));
			for (; next < old.length; next++) starts.push(old[next]! + by);
		}
		this.isClosed = areClosed.every((each) => each);
		this.#areClosed = areClosed;
		this.#text = text;
		this.starts = starts;
	}
}

/** The index of the part in which an offset lies; of parts in the order of the text. */
export function lastAt(parts: readonly { readonly start: number }[], offset: number): number {
	return firstIndex(1, parts.length, (i) => parts[i]!.start > offset) - 1;
}
