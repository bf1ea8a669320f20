import type { Chart, Plugin } from "chart.js";
import type { ActivationCard, Curve, HostApi, PageMemory, ProbeReading } from "../src/protocol/panel.ts";
import { ChartFigure, type Series } from "./chartFigure.ts";
import { button, el, shown } from "./dom.ts";
import { t } from "./texts.ts";

/** An activation on the page. The followed one changes with the cursor, the others stay. */
interface Shown {
	card: ActivationCard;
	readonly followed: boolean;
	curve: Curve | null;
	reading: ProbeReading | null;
}

const PROBE_MS = 60;
const KEY_STEP = 1 / 100;

/** Plots of f and f′ of one or more activations, with a probe, parameters, facts, table and exports. */
export class FunctionView {
	readonly element: HTMLElement;
	readonly #host: HostApi;
	readonly #remember: () => void;
	readonly #figure: ChartFigure;
	readonly #head = el("header", { className: "subject" });
	readonly #chips = el("ul", { className: "chips" });
	readonly #picker = el("select", { className: "select" });
	readonly #from = el("input", { type: "number", step: "any", className: "number" });
	readonly #to = el("input", { type: "number", step: "any", className: "number" });
	readonly #second = el("input", { type: "checkbox" });
	readonly #parameters = el("div", { className: "parameters" });
	readonly #facts = el("dl", { className: "facts" });
	readonly #reading = el("div", { className: "reading" });
	readonly #live = el("p", { className: "visually-hidden" });
	#items: Shown[] = [];
	#domain: [number, number] = [-6, 6];
	#domainChosen = false;
	#probe: number | null = null;
	#points = 600;
	#probeTimer: ReturnType<typeof setTimeout> | undefined;
	#request = 0;

	constructor(host: HostApi, remember: () => void) {
		this.#host = host;
		this.#remember = remember;
		this.#figure = new ChartFigure({
			title: t("Function"),
			xLabel: "x",
			save: (name, bytes) => host.saveFile(name, bytes),
			probe: true,
			plugins: [this.#probePlugin()],
		});
		this.#live.setAttribute("aria-live", "polite");
		this.#reading.setAttribute("aria-hidden", "true");
		this.#picker.ariaLabel = t("Overlay another activation");
		this.#picker.title = t("Overlay another activation");
		this.#picker.append(el("option", { value: "" }, t("Overlay…")));
		this.#picker.onchange = () => {
			const chosen = this.#catalog.find(({ key }) => key === this.#picker.value);
			this.#picker.value = "";
			if (chosen) this.add(chosen);
		};
		for (const input of [this.#from, this.#to]) input.onchange = () => this.#takeDomain();
		this.#second.onchange = () => this.#draw();
		this.#listen();
		this.element = el(
			"section",
			{ className: "view" },
			this.#head,
			el("div", { className: "toolbar" }, this.#chips, this.#picker),
			this.#figure.element,
			this.#reading,
			this.#live,
			el(
				"div",
				{ className: "toolbar" },
				el("label", {}, t("From"), this.#from),
				el("label", {}, t("To"), this.#to),
				button(t("Reset view"), () => this.#resetDomain()),
				el("label", {}, this.#second, t("Second derivative")),
			),
			this.#parameters,
			this.#facts,
		);
	}

	#catalog: readonly ActivationCard[] = [];

	/** Begins with these cards and what the page remembers. */
	async start(cards: readonly ActivationCard[], points: number, memory: PageMemory | null): Promise<void> {
		this.#points = points;
		if (memory) {
			this.#domain = [...memory.domain];
			this.#domainChosen = true;
			this.#second.checked = memory.secondDerivative;
			this.#probe = memory.probe;
		}
		this.#items = cards.map((card, i) => ({
			card,
			followed: memory ? card.key === memory.followed : i === 0 && card.origin !== null,
			curve: null,
			reading: null,
		}));
		await this.#load();
		this.#catalog = await this.#host.catalog();
		const names = [...this.#catalog].sort((a, b) => a.title.localeCompare(b.title));
		this.#picker.append(...names.map(({ key, title }) => el("option", { value: key }, title)));
	}

	/** The cursor came to this activation: it takes the place of the followed one. */
	follow(card: ActivationCard): void {
		const current = this.#items.find(({ followed }) => followed);
		if (current?.card.key === card.key && sameParameters(current.card, card) && current.card.origin === card.origin) {
			// The same place, perhaps edited: only a changed formula is drawn anew.
			if (current.card.formula === card.formula) return;
		}
		// What stands there alone and was never followed gives way to the code.
		const others = current ? this.#items.filter((one) => one !== current) : this.#items.length === 1 ? [] : this.#items;
		this.#items = [{ card, followed: true, curve: null, reading: null }, ...others];
		void this.#load();
	}

	/** Shows these and nothing else. */
	replace(cards: readonly ActivationCard[]): void {
		this.#items = cards.map((card) => ({ card, followed: false, curve: null, reading: null }));
		void this.#load();
	}

	/** Lays one more over what is shown. */
	add(card: ActivationCard): void {
		if (this.#items.some((one) => one.card.key === card.key && sameParameters(one.card, card))) return;
		this.#items.push({ card, followed: false, curve: null, reading: null });
		void this.#load();
	}

	retheme(): void {
		this.#figure.retheme();
		this.#drawChips();
	}

	memory(): Omit<PageMemory, "view" | "runId"> {
		return {
			pinned: this.#items.map(({ card }) => ({ key: card.key, parameters: valuesOf(card) })),
			followed: this.#items.find(({ followed }) => followed)?.card.key ?? null,
			domain: this.#domain,
			secondDerivative: this.#second.checked,
			probe: this.#probe,
		};
	}

	/** Asks for the curves that are missing; an answer that comes too late is dropped. */
	async #load(): Promise<void> {
		if (!this.#domainChosen && this.#items.length > 0) {
			this.#domain = [
				Math.min(...this.#items.map(({ card }) => card.domain[0])),
				Math.max(...this.#items.map(({ card }) => card.domain[1])),
			];
		}
		const request = ++this.#request;
		const [min, max] = this.#domain;
		this.#drawHead();
		this.#drawChips();
		const loaded = await Promise.all(
			this.#items.map(async (item) => {
				try {
					const { card } = item;
					return await this.#host.sample({ key: card.key, parameters: valuesOf(card), min, max, points: this.#points });
				} catch (error) {
					this.#live.textContent = error instanceof Error ? error.message : String(error);
					return null;
				}
			}),
		);
		if (request !== this.#request) return;
		this.#items.forEach((item, i) => {
			item.curve = loaded[i] ?? null;
		});
		this.#draw();
		await this.#readProbe();
	}

	#draw(): void {
		const several = this.#items.length > 1;
		const series = this.#items.flatMap(({ card, curve }, i): Series[] => {
			if (!curve) return [];
			const name = (symbol: string) => (several ? `${labelOf(card)} ${symbol}` : symbol);
			const one = { x: curve.x, named: true };
			return [
				{ ...one, label: name("f"), y: curve.value, colour: i, dash: [], width: 2 },
				{ ...one, label: name("f′"), y: curve.derivative, colour: several ? i : 1, dash: [6, 4], width: 1.5 },
				...(this.#second.checked
					? [
							{
								...one,
								label: name("f″"),
								y: curve.secondDerivative,
								colour: several ? i : 2,
								dash: [2, 3],
								width: 1.5,
							},
						]
					: []),
			];
		});
		this.#from.value = String(this.#domain[0]);
		this.#to.value = String(this.#domain[1]);
		const titles = this.#items.map(({ card }) => labelOf(card)).join(", ");
		this.#figure.canvas.setAttribute("role", "application");
		this.#figure.canvas.setAttribute(
			"aria-label",
			t("Chart of {0}. Arrow keys move the probe, shift for larger steps, Home and End for the ends.", titles),
		);
		this.#figure.show(series, this.#summary(), this.#domain);
		this.#drawReading();
		this.#remember();
	}

	#summary(): string {
		const [min, max] = this.#domain;
		return this.#items
			.map(({ card }) =>
				t(
					"{0} between {1} and {2}: {3}",
					labelOf(card),
					shown(min),
					shown(max),
					card.facts.map(({ name, text }) => `${name} ${text}`).join("; "),
				),
			)
			.join(" ");
	}

	#drawHead(): void {
		const first = this.#items[0]?.card;
		if (!first) return;
		this.#head.replaceChildren(
			el("h1", {}, labelOf(first)),
			el("p", { className: "formula" }, first.formula),
			...(first.origin === null
				? []
				: [
						el(
							"p",
							{ className: "origin" },
							first.key.startsWith("code:")
								? el(
										"a",
										{ href: "#", title: t("Go to code"), onclick: (event) => this.#reveal(event, first.key) },
										first.origin,
									)
								: first.origin,
						),
					]),
		);
		this.#facts.replaceChildren(
			...this.#items.flatMap(({ card }) => [
				...(this.#items.length > 1
					? [el("dt", { className: "group" }, labelOf(card)), el("dd", {}, card.formula)]
					: []),
				...card.facts.flatMap(({ name, text }) => [el("dt", {}, name), el("dd", {}, text)]),
			]),
		);
		this.#parameters.replaceChildren(
			...this.#items.flatMap((item) =>
				item.card.parameters.map(({ name, value }) => {
					const input = el("input", {
						type: "number",
						step: "any",
						className: "number",
						value: Number.isFinite(value) ? String(value) : "",
					});
					input.placeholder = shown(value);
					input.onchange = () => void this.#takeParameter(item, name, input.value === "" ? value : Number(input.value));
					return el("label", {}, this.#items.length > 1 ? `${item.card.title} ${name}` : name, input);
				}),
			),
		);
	}

	#reveal(event: Event, key: string): void {
		event.preventDefault();
		void this.#host.reveal(key);
	}

	async #takeParameter(item: Shown, name: string, value: number): Promise<void> {
		if (!Number.isFinite(value)) return;
		const described = await this.#host.describe(item.card.key, { ...valuesOf(item.card), [name]: value });
		item.card = { ...described, origin: item.card.origin };
		await this.#load();
	}

	#drawChips(): void {
		this.#chips.replaceChildren(
			...(this.#items.length < 2
				? []
				: this.#items.map((item, i) => {
						const swatch = el("span", { className: "swatch" });
						swatch.style.borderTopColor = this.#figure.colourOf(i);
						const remove = () => {
							this.#items = this.#items.filter((one) => one !== item);
							void this.#load();
						};
						return el(
							"li",
							{},
							swatch,
							labelOf(item.card),
							button(t("Remove {0}", labelOf(item.card)), remove, { icon: "×", className: "remove" }),
						);
					})),
		);
	}

	#takeDomain(): void {
		const [min, max] = [Number(this.#from.value), Number(this.#to.value)];
		const wrong = !(min < max);
		this.#from.setCustomValidity(wrong ? t("must be below {0}", this.#to.value) : "");
		if (wrong) {
			this.#from.reportValidity();
			return;
		}
		this.#setDomain(min, max);
	}

	#setDomain(min: number, max: number): void {
		this.#domain = [min, max];
		this.#domainChosen = true;
		void this.#load();
	}

	#resetDomain(): void {
		this.#domainChosen = false;
		void this.#load();
	}

	/** Mouse, wheel and keyboard on the chart. */
	#listen(): void {
		const { canvas } = this.#figure;
		const inputAt = (event: MouseEvent) => {
			const x = this.#figure.chart.scales.x?.getValueForPixel(event.offsetX);
			return x === undefined ? null : Math.min(this.#domain[1], Math.max(this.#domain[0], x));
		};
		canvas.onmousemove = (event) => this.#moveProbe(rounded(inputAt(event), this.#domain));
		canvas.onwheel = (event) => {
			const at = inputAt(event);
			if (at === null || !(event.ctrlKey || event.altKey)) return; // Plain scrolling scrolls the page.
			event.preventDefault();
			const factor = event.deltaY > 0 ? 1.25 : 0.8;
			const [min, max] = this.#domain;
			this.#setDomain(nice(at - (at - min) * factor), nice(at + (max - at) * factor));
		};
		canvas.onkeydown = (event) => {
			const [min, max] = this.#domain;
			const step = (max - min) * KEY_STEP * (event.shiftKey ? 10 : 1);
			const from = this.#probe ?? 0;
			const moves: Readonly<Record<string, number>> = {
				ArrowLeft: from - step,
				ArrowRight: from + step,
				Home: min,
				End: max,
			};
			const to = moves[event.key];
			if (to === undefined) return;
			event.preventDefault();
			this.#moveProbe(rounded(Math.min(max, Math.max(min, to)), this.#domain));
		};
	}

	#moveProbe(x: number | null): void {
		if (x === null || x === this.#probe) return;
		this.#probe = x;
		for (const item of this.#items) item.reading = null;
		this.#figure.chart.draw();
		this.#drawReading();
		clearTimeout(this.#probeTimer);
		this.#probeTimer = setTimeout(() => void this.#readProbe(), PROBE_MS);
	}

	/** The exact numbers at the probe; while they are on their way the last ones are gone, never shown for another x. */
	async #readProbe(): Promise<void> {
		const at = this.#probe;
		if (at === null) return;
		await Promise.all(
			this.#items.map(async (item) => {
				const reading = await this.#host.probe(item.card.key, valuesOf(item.card), at).catch(() => null);
				if (this.#probe === at) item.reading = reading;
			}),
		);
		if (this.#probe !== at) return;
		this.#drawReading();
		this.#figure.chart.draw();
		this.#live.textContent = this.#readingText();
		this.#remember();
	}

	#readingText(): string {
		const lines = this.#items.map(({ card, reading }) =>
			reading ? t("{0}: f = {1}, f′ = {2}", labelOf(card), shown(reading.value), shown(reading.derivative)) : "",
		);
		return [t("x = {0}", shown(this.#probe ?? 0)), ...lines].join(". ");
	}

	#drawReading(): void {
		if (this.#probe === null) {
			this.#reading.replaceChildren();
			return;
		}
		this.#reading.replaceChildren(
			el("span", { className: "x" }, t("x = {0}", shown(this.#probe))),
			...this.#items.map(({ card, reading }) => {
				const second = this.#second.checked && reading ? `, ${t("f″ = {0}", shown(reading.secondDerivative))}` : "";
				const text = reading
					? t("{0}: f = {1}, f′ = {2}", labelOf(card), shown(reading.value), shown(reading.derivative)) + second
					: labelOf(card);
				return el("span", {}, text);
			}),
		);
	}

	/** A line at the probe with a dot on each curve. */
	#probePlugin(): Plugin<"line"> {
		return {
			id: "probe",
			afterDatasetsDraw: (chart: Chart) => {
				const { x, y } = chart.scales;
				if (this.#probe === null || !x || !y || this.#probe < x.min || this.#probe > x.max) return;
				const { ctx, chartArea } = chart;
				const { foreground, background } = this.#figure.theme;
				const left = x.getPixelForValue(this.#probe);
				ctx.save();
				ctx.strokeStyle = foreground;
				ctx.lineWidth = 1;
				ctx.globalAlpha = 0.6;
				ctx.beginPath();
				ctx.moveTo(left, chartArea.top);
				ctx.lineTo(left, chartArea.bottom);
				ctx.stroke();
				ctx.globalAlpha = 1;
				const several = this.#items.length > 1;
				this.#items.forEach(({ reading }, i) => {
					if (!reading) return;
					const dots: readonly (readonly [value: number, colour: number])[] = [
						[reading.value, i],
						[reading.derivative, several ? i : 1],
						...(this.#second.checked ? [[reading.secondDerivative, several ? i : 2] as const] : []),
					];
					for (const [value, colour] of dots) {
						const top = y.getPixelForValue(value);
						if (!Number.isFinite(top) || top < chartArea.top - 1 || top > chartArea.bottom + 1) continue;
						ctx.beginPath();
						ctx.arc(left, top, 4, 0, 2 * Math.PI);
						ctx.fillStyle = this.#figure.colourOf(colour);
						ctx.fill();
						ctx.strokeStyle = background;
						ctx.stroke();
					}
				});
				ctx.restore();
			},
		};
	}
}

/** The title with the parameters that differ from their defaults: "LeakyReLU (negative_slope = 0.2)". */
function labelOf({ title, parameters }: ActivationCard): string {
	const differing = parameters.filter(({ value, default: usual }) => value !== usual);
	return differing.length === 0
		? title
		: `${title} (${differing.map(({ name, value }) => `${name} = ${shown(value)}`).join(", ")})`;
}

function valuesOf({ parameters }: ActivationCard): Readonly<Record<string, number>> {
	return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}

function sameParameters(a: ActivationCard, b: ActivationCard): boolean {
	return a.parameters.every(({ value }, i) => value === b.parameters[i]?.value);
}

/** An input with no more digits than the chart's pixels tell apart. */
function rounded(x: number | null, [min, max]: readonly [number, number]): number | null {
	if (x === null) return null;
	const digits = Math.max(0, 3 - Math.floor(Math.log10(max - min)));
	return Number(x.toFixed(Math.min(20, digits)));
}

function nice(x: number): number {
	return Number(x.toPrecision(3));
}
