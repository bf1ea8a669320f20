import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOURS, type PlotTheme, plotSvg, svgDataUri, ticks } from "../../../src/core/explanation/plot.ts";

const THEMES = Object.keys(COLOURS) as PlotTheme[];

function curveOf(f: (x: number) => number, g: (x: number) => number, min = -6, max = 6, points = 241) {
	const x = Array.from({ length: points }, (_, i) => min + ((max - min) * i) / (points - 1));
	return { x, value: x.map(f), derivative: x.map(g) };
}

const wiggly = curveOf(
	(x) => Math.sin(9 * x) * x,
	(x) => Math.sin(9 * x) + 9 * x * Math.cos(9 * x),
);

test("the plot's data URI stays below 8 kB, even for a curve that wiggles", () => {
	for (const theme of THEMES) {
		const uri = svgDataUri(plotSvg(wiggly, theme));
		assert.ok(uri.length <= 8192, `${theme}: ${uri.length}`);
		assert.match(uri, /^data:image\/svg\+xml;base64,[A-Za-z0-9+/]+=*$/);
	}
});

test("the data URI holds the SVG, prime signs and minus signs included", () => {
	const svg = plotSvg(
		curveOf(Math.tanh, (x) => 1 - Math.tanh(x) ** 2),
		"dark",
	);
	const base64 = svgDataUri(svg).slice("data:image/svg+xml;base64,".length);
	assert.equal(Buffer.from(base64, "base64").toString("utf8"), svg);
	assert.match(svg, /f′\(x\)/);
	assert.match(svg, />−4</);
});

test("a point of f is drawn where the labelled axes say it is", () => {
	const svg = plotSvg(
		curveOf(
			(x) => x,
			() => 1,
			-4,
			4,
		),
		"light",
	);
	// The solid line of f(x) = x runs through (−2, −2) and (2, 2), where the grid lines of both labels cross.
	const d = /<path d="([^"]*)" stroke="#0b5cad" stroke-width="1.8"\/>/.exec(svg)![1]!;
	const [x0, y0, x1, y1] = d.match(/-?[\d.]+/g)!.map(Number) as [number, number, number, number];
	const yAt = (x: number) => y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
	for (const label of ["−2", "2"]) {
		const column = Number(new RegExp(`<text x="([\\d.]+)" y="167"[^>]*>${label}<`).exec(svg)?.[1]);
		const row = Number(new RegExp(`<text x="32" y="([\\d.]+)"[^>]*>${label}<`).exec(svg)?.[1]) - 3.5;
		assert.ok(Math.abs(yAt(column) - row) < 0.5, `${label}: ${yAt(column)} and ${row}`);
	}
});

test("the line breaks where the function is undefined, and no coordinate is NaN or infinite", () => {
	const svg = plotSvg(
		curveOf(
			(x) => (x > 0 ? Math.log(x) : Number.NaN),
			(x) => (x > 0 ? 1 / x : Number.NaN),
		),
		"light",
	);
	assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
	const broken = plotSvg(
		curveOf(
			(x) => (Math.abs(x) < 1 ? Number.NaN : x),
			() => 1,
		),
		"light",
	);
	assert.equal(/<path d="([^"]*)" stroke="#0b5cad" stroke-width="1.8"\/>/.exec(broken)![1]!.match(/M/g)!.length, 2);
	assert.doesNotMatch(
		plotSvg(
			curveOf(
				() => 0,
				() => 0,
			),
			"dark",
		),
		/NaN|Infinity/,
	);
	assert.doesNotMatch(
		plotSvg(
			curveOf(
				() => Number.NaN,
				() => Number.NaN,
			),
			"dark",
		),
		/NaN|Infinity/,
	);
	assert.doesNotMatch(
		plotSvg(
			curveOf(
				(x) => Math.exp(100 * x),
				(x) => 100 * Math.exp(100 * x),
			),
			"dark",
		),
		/NaN|Infinity/,
	);
});

test("text and curves stand out from the hover's background in each theme", () => {
	const backgrounds: Record<PlotTheme, readonly string[]> = {
		light: ["#ffffff", "#f3f3f3", "#f8f8f8"],
		dark: ["#1e1e1e", "#252526", "#202020", "#2d2d30"],
		"high-contrast": ["#000000"],
		"high-contrast-light": ["#ffffff"],
	};
	for (const theme of THEMES) {
		const least = theme.startsWith("high-contrast") ? 7 : 4.5;
		const { text, value, derivative } = COLOURS[theme];
		for (const background of backgrounds[theme]) {
			for (const colour of [text, value, derivative]) {
				assert.ok(contrast(colour, background) >= least, `${theme}: ${colour} on ${background}`);
			}
		}
	}
});

test("ticks are round numbers inside the range", () => {
	assert.deepEqual(ticks(-6, 6, 6), [-6, -4, -2, 0, 2, 4, 6]);
	assert.deepEqual(ticks(-0.06, 1.06, 5), [0, 0.5, 1]);
	assert.deepEqual(ticks(0, 1000, 5), [0, 200, 400, 600, 800, 1000]);
});

function contrast(a: string, b: string): number {
	const [low, high] = [luminance(a), luminance(b)].sort((p, q) => p - q) as [number, number];
	return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
	const [r, g, b] = [1, 3, 5].map((at) => {
		const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
		return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
	}) as [number, number, number];
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
