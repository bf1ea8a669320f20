import { ticks } from "../../src/core/explanation/plot.ts";
import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Points } from "../../src/core/training/data/tableGlance.ts";
import type { Surface } from "../../src/core/training/surface.ts";
import type { Colours } from "../theme.ts";

/** Room for the axes, in pixels of the page. */
const LEFT = 40;
const BOTTOM = 24;
const EDGE = 6;
const MARK = 3;

/** Draws the points of a plane, each class in its colour and shape, on axes; behind them what a network answers there. */
export function drawPlane(
	canvas: HTMLCanvasElement,
	points: Points,
	surface: Surface | undefined,
	colours: Colours,
): void {
	const [width, height] = [canvas.clientWidth, canvas.clientHeight];
	const scale = window.devicePixelRatio;
	canvas.width = Math.round(width * scale);
	canvas.height = Math.round(height * scale);
	const context = canvas.getContext("2d");
	if (!context || width === 0) return;
	context.scale(scale, scale);
	const [[left, right], [bottom, top]] = points.domain;
	const toX = (x: number) => LEFT + ((x - left) / (right - left)) * (width - LEFT - EDGE);
	const toY = (y: number) => height - BOTTOM - ((y - bottom) / (top - bottom)) * (height - BOTTOM - EDGE);
	if (surface) drawSurface(context, surface, colours, { width, height });
	drawAxes(context, points, colours, { width, height, toX, toY });
	// Many points hide each other: small ones less.
	const size = points.x.length > 300 ? MARK - 1 : MARK;
	points.x.forEach((x, i) => {
		const group = points.classes[i] ?? 0;
		drawMark(context, group, toX(x), toY(points.y[i]!), size, colours);
	});
}

/**
 * Indices of the series' colours for classes. The first colours mean activations everywhere else; and purple and yellow
 * are told apart whatever colours an eye confuses.
 */
const CLASS_SERIES = [3, 5, 6, 4, 2, 0, 1, 7];

/** Share of the points that lie where the network chooses their own class, 0…1. */
export function agreement({ x, y, classes }: Points, surface: Surface): number {
	const { columns, rows, domain } = surface;
	const cell = (at: number, [min, max]: readonly [number, number], count: number) =>
		Math.min(count - 1, Math.max(0, Math.floor(((at - min) / (max - min)) * count)));
	const right = classes.filter((group, i) => {
		const at = cell(y[i]!, domain[1], rows) * columns + cell(x[i]!, domain[0], columns);
		return surface.classes[at] === group;
	});
	return right.length / classes.length;
}

/** How much of a class's colour shows at least, and how much more where the network is certain. */
const FAINTEST = 0.08;
const FULLEST = 0.34;

function drawSurface(
	context: CanvasRenderingContext2D,
	{ columns, rows, classes, confidence }: Surface,
	colours: Colours,
	{ width, height }: { readonly width: number; readonly height: number },
): void {
	const picture = document.createElement("canvas");
	picture.width = columns;
	picture.height = rows;
	const pixels = picture.getContext("2d");
	if (!pixels) return;
	const image = pixels.createImageData(columns, rows);
	const below = rgb(colours.background);
	const count = Math.max(...classes) + 1;
	// Of two classes the likelier one has at least half; of more it may have less, and is as faint.
	const least = 100 / Math.max(2, count);
	classes.forEach((group, i) => {
		const colour = rgb(classColour(group, colours));
		const share = FAINTEST + (FULLEST * Math.max(0, confidence[i]! - least)) / (100 - least);
		// The first row is that of the smallest y, at the bottom.
		const at = 4 * ((rows - 1 - Math.floor(i / columns)) * columns + (i % columns));
		for (let k = 0; k < 3; k++) image.data[at + k] = below[k]! + share * (colour[k]! - below[k]!);
		image.data[at + 3] = 255;
	});
	pixels.putImageData(image, 0, 0);
	const [w, h] = [(width - LEFT - EDGE) / columns, (height - BOTTOM - EDGE) / rows];
	context.imageSmoothingEnabled = false;
	context.drawImage(picture, LEFT, EDGE, w * columns, h * rows);
	// Its border is a line as well: for eyes and screens that do not tell the colours apart.
	context.beginPath();
	classes.forEach((group, i) => {
		const [column, row] = [i % columns, Math.floor(i / columns)];
		const [x, y] = [LEFT + column * w, EDGE + (rows - 1 - row) * h];
		if (column + 1 < columns && classes[i + 1] !== group) {
			context.moveTo(x + w, y);
			context.lineTo(x + w, y + h);
		}
		if (row + 1 < rows && classes[i + columns] !== group) {
			context.moveTo(x, y);
			context.lineTo(x + w, y);
		}
	});
	context.lineWidth = colours.highContrast ? 2 : 1;
	context.strokeStyle = colours.text;
	context.stroke();
}

/** Of a colour "#rrggbb". */
export function rgb(colour: string): readonly [red: number, green: number, blue: number] {
	const part = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
	return [part(1), part(3), part(5)];
}

/** The colour of a class; more classes than colours share one and differ in shape. */
export function classColour(group: number, { series }: Colours): string {
	return series[CLASS_SERIES[group % CLASS_SERIES.length]!]!;
}

/** The mark of a class: circle, triangle, square, diamond, cross. Outlined, so that it stands out from any area. */
export function drawMark(
	context: CanvasRenderingContext2D,
	group: number,
	x: number,
	y: number,
	size: number,
	colours: Colours,
): void {
	context.beginPath();
	SHAPES[group % SHAPES.length]!(context, x, y, size);
	context.lineWidth = 2;
	context.strokeStyle = colours.background;
	context.stroke();
	context.fillStyle = classColour(group, colours);
	context.fill();
}

type Shape = (context: CanvasRenderingContext2D, x: number, y: number, size: number) => void;

const SHAPES: readonly Shape[] = [
	(context, x, y, size) => context.arc(x, y, size, 0, 2 * Math.PI),
	polygon([0, -1.35], [1.25, 0.85], [-1.25, 0.85]),
	polygon([-0.95, -0.95], [0.95, -0.95], [0.95, 0.95], [-0.95, 0.95]),
	polygon([0, -1.4], [1.1, 0], [0, 1.4], [-1.1, 0]),
	polygon(
		...([
			[-0.4, -1.3],
			[0.4, -1.3],
			[0.4, -0.4],
			[1.3, -0.4],
			[1.3, 0.4],
			[0.4, 0.4],
			[0.4, 1.3],
			[-0.4, 1.3],
			[-0.4, 0.4],
			[-1.3, 0.4],
			[-1.3, -0.4],
			[-0.4, -0.4],
		] as const),
	),
];

function polygon(...corners: readonly (readonly [x: number, y: number])[]): Shape {
	return (context, x, y, size) => {
		for (const [dx, dy] of corners) context.lineTo(x + dx * size, y + dy * size);
		context.closePath();
	};
}

interface Frame {
	readonly width: number;
	readonly height: number;
	readonly toX: (x: number) => number;
	readonly toY: (y: number) => number;
}

function drawAxes(
	context: CanvasRenderingContext2D,
	{ domain: [[left, right], [bottom, top]] }: Points,
	colours: Colours,
	{ width, height, toX, toY }: Frame,
): void {
	context.font = `11px ${colours.font}`;
	context.lineWidth = 1;
	context.strokeStyle = colours.axis;
	context.fillStyle = colours.faint;
	context.strokeRect(LEFT - 0.5, EDGE - 0.5, width - LEFT - EDGE + 1, height - BOTTOM - EDGE + 1);
	context.textAlign = "center";
	context.textBaseline = "top";
	for (const tick of ticks(left, right, 5)) context.fillText(formatNumber(tick, 3), toX(tick), height - BOTTOM + 6);
	context.textAlign = "right";
	context.textBaseline = "middle";
	for (const tick of ticks(bottom, top, 5)) context.fillText(formatNumber(tick, 3), LEFT - 5, toY(tick));
}
