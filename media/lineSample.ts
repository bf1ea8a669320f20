const SVG = "http://www.w3.org/2000/svg";

/** A short piece of a line, for a legend. */
export function lineSample(colour: string, dash: readonly number[], width: number): SVGSVGElement {
	const svg = document.createElementNS(SVG, "svg");
	svg.setAttribute("class", "line-sample");
	svg.setAttribute("viewBox", "0 0 28 10");
	svg.setAttribute("aria-hidden", "true");
	const path = document.createElementNS(SVG, "path");
	path.setAttribute("d", "M0 5h28");
	path.setAttribute("stroke", colour);
	path.setAttribute("stroke-width", String(width));
	path.setAttribute("stroke-dasharray", dash.join(" "));
	svg.append(path);
	return svg;
}

/** Tells lines apart without colour: after each dash of the kind of line, as many dots as the number of the activation. */
export function dashOf(kind: readonly number[], index: number, highContrast: boolean): readonly number[] {
	if (!highContrast || index === 0) return kind;
	const [dash, gap] = kind.length > 0 ? [kind[0]!, kind[1]!] : [16, 4];
	return [dash, gap, ...Array.from({ length: index }, () => [2, gap]).flat()];
}
