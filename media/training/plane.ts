import { formatNumber } from "../../src/core/explanation/number.ts";
import { ticks } from "../../src/core/explanation/plot.ts";
import type { Points } from "../../src/core/training/data/tableGlance.ts";
import type { Colours } from "../theme.ts";

/** Room for the axes, in pixels of the page. */
const LEFT = 40;
const BOTTOM = 24;
const EDGE = 6;
const MARK = 3;

/** Draws the points of a plane, each class in its colour and shape, on axes. */
export function drawPlane(canvas: HTMLCanvasElement, points: Points, colours: Colours): void {
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
