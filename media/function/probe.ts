import type { Frame } from "../chart/lineChart.ts";
import type { Colours } from "../theme.ts";
import type { Drawn } from "./functionPicture.ts";
import { ORDERS } from "./legend.ts";

/** A line at the probe, with a dot on each curve where its exact value was read. */
export function drawProbe(
	drawing: CanvasRenderingContext2D,
	frame: Frame,
	probe: number,
	{ shown, orders }: Pick<Drawn, "shown" | "orders">,
	colours: Colours,
): void {
	const { area } = frame;
	const x = frame.toX(probe);
	if (x < area.left - 0.5 || x > area.right + 0.5) return;
	drawing.save();
	drawing.strokeStyle = colours.text;
	drawing.lineWidth = 1;
	drawing.beginPath();
	drawing.moveTo(x, area.top);
	drawing.lineTo(x, area.bottom);
	drawing.stroke();
	const single = shown.length === 1;
	shown.forEach(({ reading }, index) => {
		// A dot stands where a value was read, never where one is guessed.
		if (!reading || reading.x !== probe) return;
		ORDERS.slice(0, orders).forEach(({ field }, order) => {
			const y = frame.toY(reading[field]);
			if (!(y >= area.top && y <= area.bottom)) return;
			drawing.beginPath();
			drawing.arc(x, y, 4, 0, 2 * Math.PI);
			drawing.fillStyle = colours.series[(single ? order : index) % colours.series.length]!;
			drawing.strokeStyle = colours.background;
			drawing.lineWidth = 1.5;
			drawing.fill();
			drawing.stroke();
		});
	});
	drawing.restore();
}
