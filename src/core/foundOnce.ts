/** Finds something of each object once, and remembers it for as long as the object lives. */
export function foundOnce<Of extends object, T>(find: (of: Of) => T): (of: Of) => T {
	const found = new WeakMap<Of, { readonly it: T }>();
	return (of) => {
		let known = found.get(of);
		if (!known) {
			known = { it: find(of) };
			found.set(of, known);
		}
		return known.it;
	};
}
