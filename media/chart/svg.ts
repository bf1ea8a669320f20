import { ticks } from "../../src/core/explanation/plot.ts";
import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Colours } from "../theme.ts";
import { AREA_OPACITY, type Axis, areaCorners, BAND_OPACITY, type Picture, type Series } from "./picture.ts";

const WIDTH = 960;
const HEIGHT = 560;
const LEFT = 64;
const RIGHT = 20;
const LEGEND_LINE = 20;

/** A picture as an SVG document of its own, with title, axes and legend, in the theme's colours on its background. */
export function pictureSvg(picture: Picture, colours: Colours): string {
	const named = picture.series.filter((series) => !series.faint);
	const rows = legendRows(named);
	const top = 44 + rows.length * LEGEND_LINE;
	const bottom = HEIGHT - 48;
	const right = WIDTH - RIGHT;
	const toX = (x: number) => LEFT + share(x, picture.x) * (right - LEFT);
	const toY = (y: number) => bottom - share(y, picture.y) * (bottom - top);
	const out: string[] = [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
		`<title>${escaped(picture.title)}</title>`,
		`<rect width="${WIDTH}" height="${HEIGHT}" fill="${colours.background}"/>`,
		`<g fill="${colours.text}" font-family="system-ui, sans-serif" font-size="13">`,
		`<text x="${LEFT}" y="26" font-size="17" font-weight="600">${escaped(picture.title)}</text>`,
	];
	rows.forEach((row, line) => {
		const y = 48 + line * LEGEND_LINE;
		for (const { series, x } of row) {
			out.push(
				`<path d="M${x} ${y - 4}h26" fill="none" ${stroke(series)}/><text x="${x + 32}" y="${y}">${escaped(series.name)}</text>`,
			);
		}
	});
	for (const tick of ticksOf(picture.x, 10)) {
		const x = round(toX(tick));
		const colour = tick === 0 ? colours.axis : colours.grid;
		out.push(
			`<path d="M${x} ${top}V${bottom}" stroke="${colour}"/><text x="${x}" y="${bottom + 18}" text-anchor="middle">${label(tick, picture.x)}</text>`,
		);
	}
	for (const tick of ticksOf(picture.y, 8)) {
		const y = round(toY(tick));
		const colour = tick === 0 ? colours.axis : colours.grid;
		out.push(
			`<path d="M${LEFT} ${y}H${right}" stroke="${colour}"/><text x="${LEFT - 6}" y="${y + 4}" text-anchor="end">${label(tick, picture.y)}</text>`,
		);
	}
	out.push(
		`<text x="${(LEFT + right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escaped(picture.x.label)}</text></g>`,
		`<path d="M${LEFT} ${top}V${bottom}H${right}" fill="none" stroke="${colours.axis}"/>`,
		`<clipPath id="area"><path d="M${LEFT} ${top - 1}H${right}V${bottom + 1}H${LEFT}z"/></clipPath>`,
		'<g clip-path="url(#area)" fill="none" stroke-linejoin="round">',
		...(picture.bands ?? []).map(({ from, to, label: name, colour }) => {
			const [start, end] = [round(toX(from)), round(toX(to))];
			const width = Math.max(end - start, 1);
			return `<rect x="${start}" y="${top}" width="${width}" height="${bottom - top}" fill="${colour}" fill-opacity="${BAND_OPACITY}"><title>${escaped(name)}</title></rect>`;
		}),
		...(picture.areas ?? []).flatMap((area) =>
			areaCorners(area, picture.y, toX, toY).map((corners) => {
				const points = corners.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
				return `<polygon points="${points}" fill="${area.colour}" fill-opacity="${AREA_OPACITY}" stroke="none"/>`;
			}),
		),
		...(picture.guides ?? [])
			.filter(({ y }) => y >= picture.y.min && y <= picture.y.max)
			.map(({ y, label: name }) => {
				const at = round(toY(y));
				return `<path d="M${LEFT} ${at}H${right}" stroke="${colours.text}" stroke-dasharray="2 4"/><text x="${right - 4}" y="${at - 4}" fill="${colours.text}" font-family="system-ui, sans-serif" font-size="13" text-anchor="end">${escaped(name)}</text>`;
			}),
		// The first lies on top, as on the canvas.
		...[...picture.series]
			.sort((a, b) => Number(b.faint ?? false) - Number(a.faint ?? false))
			.map((series) => lineOf(series, toX, toY)),
		"</g></svg>",
	);
	return out.join("\n");
}

function lineOf(series: Series, toX: (x: number) => number, toY: (y: number) => number): string {
	let path = "";
	let dots = "";
	let drawing = false;
	series.x.forEach((x, i) => {
		const y = toY(series.y[i]!);
		if (!Number.isFinite(y)) {
			drawing = false;
			return;
		}
		// Far outside the picture a coordinate only has to stay outside.
		const [px, py] = [round(toX(x)), round(Math.min(Math.max(y, -HEIGHT), 2 * HEIGHT))];
		path += `${drawing ? "L" : "M"}${px} ${py}`;
		if (series.dots) dots += `<circle cx="${px}" cy="${py}" r="3.5" fill="${series.colour}"/>`;
		drawing = true;
	});
	return `<path d="${path}" ${stroke(series)}/>${dots}`;
}

function stroke({ colour, dash, width, faint }: Series): string {
	const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : "";
	return `stroke="${colour}" stroke-width="${faint ? 1 : width}"${faint ? ' stroke-opacity="0.45"' : ""}${dashes}`;
}

/** Places each name after the one before it, and in the next row where it would not fit. Widths are estimates. */
function legendRows(series: readonly Series[]): { series: Series; x: number }[][] {
	const rows: { series: Series; x: number }[][] = [];
	let x = Number.POSITIVE_INFINITY;
	for (const one of series) {
		const width = 32 + one.name.length * 7.6 + 24;
		if (x + width > WIDTH - RIGHT) {
			rows.push([]);
			x = LEFT;
		}
		rows[rows.length - 1]!.push({ series: one, x });
		x += width;
	}
	return rows;
}

function share(value: number, { min, max, logarithmic }: Axis): number {
	if (!logarithmic) return (value - min) / (max - min);
	return value > 0 ? Math.log(value / min) / Math.log(max / min) : Number.NaN;
}

function ticksOf({ min, max, logarithmic, whole }: Axis, count: number): number[] {
	if (!logarithmic) return ticks(min, max, count).filter((tick) => !whole || Number.isInteger(tick));
	const [from, to] = [Math.round(Math.log10(min)), Math.round(Math.log10(max))];
	const every = Math.max(1, Math.ceil((to - from) / count));
	const powers: number[] = [];
	for (let power = from; power <= to; power += every) powers.push(10 ** power);
	return powers;
}

function label(value: number, axis: Axis): string {
	return axis.percent ? `${formatNumber(value * 100, 4)} %` : formatNumber(value, 4);
}

function escaped(text: string): string {
	return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function round(pixels: number): number {
	return Math.round(pixels * 100) / 100;
}
