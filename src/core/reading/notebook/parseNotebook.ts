/** One cell of a notebook file. */
export interface NotebookCell {
	/** Its index among all cells. */
	readonly index: number;
	readonly source: string;
}

/**
 * The Python cells of a notebook file (format 3 or 4), in order. Of what is none, `complain` is told, and there are no
 * cells; a notebook in another language has none either.
 */
export function parseNotebook(json: string, complain: (message: string) => void = () => {}): NotebookCell[] {
	let notebook: unknown;
	try {
		notebook = JSON.parse(json.replace(/^\uFEFF/, ""));
	} catch (error) {
		complain(`expected a notebook, but it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
		return [];
	}
	const language = field(field(field(notebook, "metadata"), "kernelspec"), "language");
	if (typeof language === "string" && language.toLowerCase() !== "python") return [];
	const sheet = field(notebook, "worksheets");
	const cells = field(Array.isArray(sheet) ? sheet[0] : notebook, "cells");
	if (!Array.isArray(cells)) {
		complain("expected a notebook with a list of cells, but it has none");
		return [];
	}
	return cells.flatMap((cell: unknown, index) => {
		const kind = field(cell, "cell_type");
		const source = field(cell, "source") ?? field(cell, "input");
		const text = Array.isArray(source) ? source.filter((line) => typeof line === "string").join("") : source;
		return kind === "code" && typeof text === "string" ? [{ index, source: text }] : [];
	});
}

function field(value: unknown, name: string): unknown {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Cell magics whose cell is still Python. */
const PYTHON_CELL = /^%%(time|timeit|capture|prun|python3?|memit|mprun|heat|snakeviz|debug|wandb)\b/;

/** The cell's Python with everything else blanked (`%matplotlib inline`, `!pip …`, `%%bash` …); offsets stay as they are. */
export function withoutMagics(source: string): string {
	if (!/[%!?]/.test(source)) return source;
	const first = /\S.*/.exec(source)?.[0] ?? "";
	if (first.startsWith("%%") && !PYTHON_CELL.test(first)) return blank(source);
	let inMagic = false;
	let inString = false;
	return source.replaceAll(/[^\r\n]+/g, (line) => {
		const continued = inMagic;
		const isMagic = !inString && (continued || /^\s*(%{1,2}[A-Za-z]|!|\?{1,2}\w|[\w.]+\?{1,2}\s*$)/.test(line));
		inMagic = isMagic && line.endsWith("\\");
		if (isMagic) return blank(line);
		// A line that starts with "%" inside a string of three quotes is text.
		for (const _ of line.matchAll(/"""|'''/g)) inString = !inString;
		// `files = !ls` takes the shell's output.
		const shell = inString ? null : /^(\s*[\w, ]+=\s*)([!%]\S.*)$/.exec(line);
		return shell ? `${shell[1]}0${blank(shell[2]!.slice(1))}` : line;
	});
}

function blank(text: string): string {
	return text.replaceAll(/[^\r\n]/g, " ");
}
