/**
 * A small picture of f and f′ as SVG, small enough for a hover (which shows data URIs alone) and drawn for one theme:
 * a hover's image cannot see the editor's colours, and the system's preference for dark need not be the editor's.
 */

import { valueRange } from "./valueRange.ts";

/** The kinds of colour theme that VS Code has. */
export type PlotTheme = "light" | "dark" | "high-contrast" | "high-contrast-light";

/** Equal lengths; NaN where undefined. A jump shows as two points with the same x. */
export interface PlottedCurve {
	readonly x: ArrayLike<number>;
	readonly value: ArrayLike<number>;
	readonly derivative: ArrayLike<number>;
}

interface Colours {
	readonly text: string;
	readonly axis: string;
	readonly grid: string;
	readonly value: string;
	readonly derivative: string;
}

/** Curves and text have a contrast of at least 4.5 : 1 against the hover's background, 7 : 1 in high contrast. */
export const COLOURS: Readonly<Record<PlotTheme, Colours>> = {
	light: { text: "#3b3b3b", axis: "#6b6b6b", grid: "#d8d8d8", value: "#0b5cad", derivative: "#b0400f" },
	dark: { text: "#cccccc", axis: "#9a9a9a", grid: "#3f3f3f", value: "#59b3ff", derivative: "#ffa657" },
	"high-contrast": { text: "#ffffff", axis: "#ffffff", grid: "#5a5a5a", value: "#40e0ff", derivative: "#ffd400" },
	"high-contrast-light": { text: "#000000", axis: "#000000", grid: "#b8b8b8", value: "#00479e", derivative: "#8a2500" },
};

const WIDTH = 320;
const HEIGHT = 172;
const LEFT = 36;
const RIGHT = 8;
const TOP = 18;
const BOTTOM = 18;
/** How far, in pixels, a drawn line may stray from the sampled one. */
const TOLERANCE = 0.05;

/** The picture of a sampled curve in a theme's colours. `curve.x` ascends and has at least two different values. */
export function plotSvg(curve: PlottedCurve, theme: PlotTheme): string {
	const colours = COLOURS[theme];
	const xMin = curve.x[0]!;
	const xMax = curve.x[curve.x.length - 1]!;
	const [yMin, yMax] = valueRange([curve.value, curve.derivative]);
	const toX = (x: number) => LEFT + ((x - xMin) / (xMax - xMin)) * (WIDTH - LEFT - RIGHT);
	const toY = (y: number) => HEIGHT - BOTTOM - ((y - yMin) / (yMax - yMin)) * (HEIGHT - TOP - BOTTOM);

	const grid: string[] = [];
	const axes: string[] = [];
	const labels: string[] = [];
	const bottom = HEIGHT - BOTTOM;
	const right = WIDTH - RIGHT;
	for (const tick of ticks(xMin, xMax, 6)) {
		const at = round(toX(tick));
		(tick === 0 ? axes : grid).push(`M${at} ${TOP}V${bottom}`);
		labels.push(`<text x="${at}" y="${HEIGHT - 5}" text-anchor="middle">${label(tick)}</text>`);
	}
	for (const tick of ticks(yMin, yMax, 5)) {
		const at = round(toY(tick));
		(tick === 0 ? axes : grid).push(`M${LEFT} ${at}H${right}`);
		labels.push(`<text x="${LEFT - 4}" y="${round(at + 3.5)}" text-anchor="end">${label(tick)}</text>`);
	}
	const line = (values: ArrayLike<number>, colour: string, dash: string) =>
		`<path d="${pathOf(curve.x, values, toX, toY)}" stroke="${colour}" stroke-width="1.8"${dash}/>`;
	const legend = (x: number, name: string, colour: string, dash: string) =>
		`<path d="M${x} 9h22" stroke="${colour}" stroke-width="1.8" fill="none"${dash}/><text x="${x + 27}" y="13">${name}</text>`;
	const dashes = ' stroke-dasharray="5 3"';
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
		`<g fill="none"><path d="${grid.join("")}" stroke="${colours.grid}" stroke-width="0.7"/><path d="${axes.join("")}" stroke="${colours.axis}"/>`,
		`<path d="M${LEFT} ${TOP}V${bottom}H${right}" stroke="${colours.axis}"/>`,
		`<clipPath id="c"><path d="M${LEFT} ${TOP - 1}H${right}V${bottom + 1}H${LEFT}z"/></clipPath>`,
		`<g clip-path="url(#c)" stroke-linejoin="round">`,
		line(curve.derivative, colours.derivative, dashes),
		line(curve.value, colours.value, ""),
		`</g></g><g fill="${colours.text}" font-family="sans-serif" font-size="10">`,
		labels.join(""),
		`<g font-size="11">${legend(LEFT + 2, "f(x)", colours.value, "")}${legend(LEFT + 66, "f′(x)", colours.derivative, dashes)}</g></g></svg>`,
	].join("");
}

/** The picture as a data URI. */
export function svgDataUri(svg: string): string {
	return `data:image/svg+xml;base64,${base64(utf8(svg))}`;
}

/** At most about `count` round numbers between `min` and `max`. */
export function ticks(min: number, max: number, count: number): number[] {
	const rough = (max - min) / count;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999)!;
	const result: number[] = [];
	for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) result.push(i === 0 ? 0 : i * step);
	return result;
}

function label(tick: number): string {
	if (tick === 0) return "0";
	const magnitude = Math.abs(tick);
	const text =
		magnitude >= 1e5 || magnitude < 1e-3
			? Number(magnitude.toPrecision(3)).toExponential().replace("e+", "e")
			: String(Number(magnitude.toPrecision(4)));
	return (tick < 0 ? "−" : "") + text.replace("e-", "e−");
}

/** The path through the points, broken where the curve is undefined, without points that change nothing one could see. */
function pathOf(
	x: ArrayLike<number>,
	y: ArrayLike<number>,
	toX: (x: number) => number,
	toY: (y: number) => number,
): string {
	let path = "";
	let run: [number, number][] = [];
	const flush = () => {
		simplified(run).forEach(([px, py], i) => {
			path += `${i === 0 ? "M" : i === 1 ? "L" : " "}${round(px)} ${round(py)}`;
		});
		run = [];
	};
	for (let i = 0; i < x.length; i++) {
		// Far outside the picture a coordinate only has to stay outside; huge ones would cost bytes.
		const py = Math.min(Math.max(toY(y[i]!), -9 * HEIGHT), 9 * HEIGHT);
		if (Number.isNaN(py)) flush();
		else run.push([toX(x[i]!), py]);
	}
	flush();
	return path;
}

/** Ramer–Douglas–Peucker, without recursion. */
function simplified(points: readonly [number, number][]): [number, number][] {
	if (points.length < 3) return [...points];
	const keep = new Uint8Array(points.length);
	keep[0] = keep[points.length - 1] = 1;
	const stack: [number, number][] = [[0, points.length - 1]];
	for (let span = stack.pop(); span; span = stack.pop()) {
		const [from, to] = span;
		const [ax, ay] = points[from]!;
		const [dx, dy] = [points[to]![0] - ax, points[to]![1] - ay];
		const length = Math.hypot(dx, dy);
		let farthest = -1;
		let distance = TOLERANCE;
		for (let i = from + 1; i < to; i++) {
			const [px, py] = [points[i]![0] - ax, points[i]![1] - ay];
			const d = length === 0 ? Math.hypot(px, py) : Math.abs(px * dy - py * dx) / length;
			if (d > distance) [farthest, distance] = [i, d];
		}
		if (farthest < 0) continue;
		keep[farthest] = 1;
		stack.push([from, farthest], [farthest, to]);
	}
	return points.filter((_, i) => keep[i] === 1);
}

function round(pixels: number): number {
	return Math.round(pixels * 10) / 10;
}

function utf8(text: string): number[] {
	return Array.from(text).flatMap((character) => {
		const point = character.codePointAt(0)!;
		if (point < 0x80) return [point];
		if (point < 0x800) return [0xc0 | (point >> 6), 0x80 | (point & 63)];
		const tail = [0x80 | ((point >> 6) & 63), 0x80 | (point & 63)];
		if (point < 0x10000) return [0xe0 | (point >> 12), ...tail];
		return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), ...tail];
	});
}

function base64(bytes: readonly number[]): string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	let text = "";
	for (let i = 0; i < bytes.length; i += 3) {
		const [a, b = 0, c = 0] = bytes.slice(i, i + 3) as [number, number?, number?];
		const word = (a << 16) | (b << 8) | c;
		text += alphabet[word >> 18]! + alphabet[(word >> 12) & 63];
		text += i + 1 < bytes.length ? alphabet[(word >> 6) & 63] : "=";
		text += i + 2 < bytes.length ? alphabet[word & 63] : "=";
	}
	return text;
}
