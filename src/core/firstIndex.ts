/**
 * The first whole number from `low` on, and below `high`, of which `holds` says yes; `high` if there is none. It must say
 * so of all that follow, too: the number is found by halves.
 */
export function firstIndex(low: number, high: number, holds: (index: number) => boolean): number {
	let [from, to] = [low, high];
	while (from < to) {
		const middle = (from + to) >> 1;
		if (holds(middle)) to = middle;
		else from = middle + 1;
	}
	return from;
}
