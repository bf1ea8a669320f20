/** Where the line begins before which imports are added: that of the first import, else the first behind comments and docstring. */
export function importOffset(text: string): number {
	const first =
		/^(?:import|from(?! __future__))\s/m.exec(text) ?? /^(?:def|class|function|export|const|let|\w+\s*=)/m.exec(text);
	return first?.index ?? 0;
}
