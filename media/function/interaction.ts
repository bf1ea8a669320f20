import type { Frame } from "../chart/lineChart.ts";
import { roundStep, roundTo } from "./steps.ts";

export type Domain = readonly [min: number, max: number];

/** What mouse and keyboard do to the chart. */
export interface Interaction {
	frame(): Frame | undefined;
	domain(): Domain;
	probe(): number | null;
	/** Inputs that are worth stopping at. */
	kinks(): readonly number[];
	setProbe(x: number): void;
	setDomain(domain: Domain): void;
	resetDomain(): void;
}

/** A kink this close to the mouse, in pixels, is what is meant. */
const SNAP = 4;
/** A press that moves less than this, in pixels, is a click. */
const CLICK = 3;
/** A wheel's notch is about 100 units. */
const ZOOM_PER_UNIT = 0.0015;
export const WIDEST = 1e6;
const NARROWEST = 1e-6;

/**
 * The mouse moves the probe, drags the picture and zooms by its wheel; a double click shows everything again. The arrow
 * keys move the probe, with shift ten times as far, Home and End to the ends; + and − zoom, 0 shows everything again.
 */
export function makeInteractive(element: HTMLElement, interaction: Interaction): void {
	let drag: { x: number; domain: Domain; moved: boolean } | undefined;

	const positionOf = (event: MouseEvent) => {
		const frame = interaction.frame();
		if (!frame) return undefined;
		const pixel = event.clientX - element.getBoundingClientRect().left;
		const { left, right } = frame.area;
		const [min, max] = interaction.domain();
		const perPixel = (max - min) / Math.max(1, right - left);
		return { pixel, perPixel, x: min + (pixel - left) * perPixel, inside: pixel >= left && pixel <= right, frame };
	};

	const moveProbe = (event: MouseEvent) => {
		const at = positionOf(event);
		if (!at?.inside) return;
		const kink = interaction.kinks().find((x) => Math.abs(at.frame.toX(x) - at.pixel) <= SNAP);
		interaction.setProbe(kink ?? within(roundTo(at.x, roundStep(at.perPixel)), interaction.domain()));
	};

	element.addEventListener("pointerdown", (event) => {
		if (event.button !== 0) return;
		drag = { x: event.clientX, domain: interaction.domain(), moved: false };
		element.setPointerCapture(event.pointerId);
	});
	element.addEventListener("pointermove", (event) => {
		if (!drag) {
			moveProbe(event);
			return;
		}
		const at = positionOf(event);
		const distance = event.clientX - drag.x;
		if (!at || (!drag.moved && Math.abs(distance) < CLICK)) return;
		drag.moved = true;
		element.classList.add("dragging");
		const [min, max] = drag.domain;
		const shift = roundTo(-distance * at.perPixel, roundStep((max - min) / 200));
		interaction.setDomain([tidy(min + shift, max - min), tidy(max + shift, max - min)]);
	});
	const endDrag = (event: PointerEvent) => {
		if (drag && !drag.moved) moveProbe(event);
		drag = undefined;
		element.classList.remove("dragging");
	};
	element.addEventListener("pointerup", endDrag);
	element.addEventListener("pointercancel", endDrag);
	element.addEventListener("dblclick", () => interaction.resetDomain());
	element.addEventListener(
		"wheel",
		(event) => {
			const at = positionOf(event);
			if (!at) return;
			event.preventDefault();
			zoom(interaction, Math.exp(Math.min(Math.max(event.deltaY, -400), 400) * ZOOM_PER_UNIT), at.x);
		},
		{ passive: false },
	);
	element.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const [min, max] = interaction.domain();
		const step = roundStep((max - min) / 100) * (event.shiftKey ? 10 : 1);
		const from = interaction.probe() ?? (min + max) / 2;
		const go = (direction: number) => {
			const target = within(roundTo(from + direction * step, roundStep((max - min) / 100)), [min, max]);
			// Nobody steps over a kink unseen.
			const between = interaction.kinks().filter((x) => (x - from) * direction > 0 && (target - x) * direction > 0);
			const stop = direction > 0 ? Math.min(target, ...between) : Math.max(target, ...between);
			interaction.setProbe(stop);
		};
		const keys: Readonly<Record<string, () => void>> = {
			ArrowLeft: () => go(-1),
			ArrowRight: () => go(1),
			Home: () => interaction.setProbe(min),
			End: () => interaction.setProbe(max),
			"+": () => zoom(interaction, 0.8, from),
			"=": () => zoom(interaction, 0.8, from),
			"-": () => zoom(interaction, 1.25, from),
			"0": () => interaction.resetDomain(),
		};
		const action = keys[event.key];
		if (!action) return;
		event.preventDefault();
		action();
	});
}

/** Zooms so that `x` stays where it is. */
function zoom(interaction: Interaction, factor: number, x: number): void {
	const [min, max] = interaction.domain();
	const width = Math.min(Math.max((max - min) * factor, NARROWEST), WIDEST);
	const kept = (x - min) / (max - min);
	interaction.setDomain([tidy(x - kept * width, width), tidy(x + (1 - kept) * width, width)]);
}

/** A number that can be shown in a field: no more digits than the width of the picture makes visible. */
function tidy(x: number, width: number): number {
	return roundTo(x, roundStep(width / 1000));
}

function within(x: number, [min, max]: Domain): number {
	return Math.min(Math.max(x, min), max);
}
