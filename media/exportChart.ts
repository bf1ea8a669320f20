import { shown } from "./dom.ts";
import type { Theme } from "./theme.ts";

/** A chart as it stands, for drawing it anew. */
export interface Picture {
	readonly title: string;
	readonly xLabel: string;
	readonly x: readonly [min: number, max: number];
	readonly y: readonly [min: number, max: number];
	readonly xTicks: readonly number[];
	readonly yTicks: readonly number[];
	readonly logarithmic: boolean;
	readonly theme: Theme;
	readonly series: readonly {
		readonly label: string;
		readonly x: readonly number[];
		readonly y: readonly number[];
		readonly colour: string;
		readonly dash: readonly number[];
		readonly width: number;
		readonly named: boolean;
	}[];
}

const WIDTH = 800;
const HEIGHT = 480;
const MARGIN = { left: 64, right: 16, top: 40, bottom: 48 };

/** The chart as a picture of lines and text that stays sharp at any size. */
export function chartSvg({ title, xLabel, x, y, xTicks, yTicks, logarithmic, theme, series }: Picture): string {
	const scale = logarithmic ? Math.log10 : (value: number) => value;
	const across = (value: number) =>
		MARGIN.left + ((value - x[0]) / (x[1] - x[0])) * (WIDTH - MARGIN.left - MARGIN.right);
	const down = (value: number) =>
		HEIGHT -
		MARGIN.bottom -
		((scale(value) - scale(y[0])) / (scale(y[1]) - scale(y[0]))) * (HEIGHT - MARGIN.top - MARGIN.bottom);
	const grid = [
		...xTicks.map((value) => line(across(value), MARGIN.top, across(value), HEIGHT - MARGIN.bottom, theme.grid)),
		...yTicks.map((value) => line(MARGIN.left, down(value), WIDTH - MARGIN.right, down(value), theme.grid)),
	];
	const labels = [
		...xTicks.map((value) => text(across(value), HEIGHT - MARGIN.bottom + 18, shown(value), theme.muted, "middle")),
		...yTicks.map((value) => text(MARGIN.left - 8, down(value) + 4, shown(value), theme.muted, "end")),
		text((WIDTH + MARGIN.left) / 2, HEIGHT - 10, xLabel, theme.muted, "middle"),
		text(MARGIN.left, 16, title, theme.foreground, "start"),
	];
	const named = series.filter((one) => one.named);
	const legend = named.map((one, i) => {
		const left = MARGIN.left + (i * (WIDTH - MARGIN.left)) / named.length;
		return `${line(left, 30, left + 18, 30, one.colour, one.width, one.dash)}${text(left + 22, 34, one.label, theme.foreground, "start")}`;
	});
	const lines = series.map(
		(one) =>
			`<path d="${path(one.x, one.y, across, down)}" fill="none" stroke="${escape(one.colour)}" stroke-width="${one.width}"${dashes(one.dash)}/>`,
	);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
		`<title>${escape(title)}</title>`,
		`<rect width="${WIDTH}" height="${HEIGHT}" fill="${escape(theme.background)}"/>`,
		`<clipPath id="plot"><rect x="${MARGIN.left}" y="${MARGIN.top}" width="${WIDTH - MARGIN.left - MARGIN.right}" height="${HEIGHT - MARGIN.top - MARGIN.bottom}"/></clipPath>`,
		...grid,
		...labels,
		...legend,
		`<g clip-path="url(#plot)">${lines.join("")}</g>`,
		"</svg>\n",
	].join("\n");
}

/** The numbers with a header, every digit kept. */
export function chartCsv({
	header,
	rows,
}: {
	readonly header: readonly string[];
	readonly rows: readonly (readonly number[])[];
}): string {
	const quoted = (name: string) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
	return [header.map(quoted), ...rows.map((row) => row.map((value) => (Number.isNaN(value) ? "" : String(value))))]
		.map((cells) => `${cells.join(",")}\n`)
		.join("");
}

function path(
	xs: readonly number[],
	ys: readonly number[],
	across: (x: number) => number,
	down: (y: number) => number,
): string {
	let pen = "M";
	let d = "";
	xs.forEach((x, i) => {
		const y = down(ys[i] ?? Number.NaN);
		if (!Number.isFinite(y)) {
			pen = "M";
			return;
		}
		d += `${pen}${across(x).toFixed(1)} ${y.toFixed(1)}`;
		pen = "L";
	});
	return d;
}

function line(
	x1: number,
	y1: number,
	x2: number,
	y2: number,
	colour: string,
	width = 1,
	dash: readonly number[] = [],
): string {
	return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${escape(colour)}" stroke-width="${width}"${dashes(dash)}/>`;
}

function text(x: number, y: number, content: string, colour: string, anchor: string): string {
	return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${escape(colour)}" text-anchor="${anchor}">${escape(content)}</text>`;
}

function dashes(dash: readonly number[]): string {
	return dash.length === 0 ? "" : ` stroke-dasharray="${dash.join(" ")}"`;
}

function escape(content: string): string {
	return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
