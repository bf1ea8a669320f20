import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import { type ActivationCard, type PageMemory, type PanelDtype, panelDtypes } from "../../src/protocol/panel.ts";
import type { CsvRow, Exportable } from "../chart/files.ts";
import { LineChart } from "../chart/lineChart.ts";
import type { Context } from "../context.ts";
import { h, setText, show } from "../dom.ts";
import { exportButtons } from "../exportButtons.ts";
import { Details } from "./details.ts";
import { DomainFields, isDomain } from "./domainFields.ts";
import { type Drawn, pictureOf, summaryOf } from "./functionPicture.ts";
import { type Domain, makeInteractive } from "./interaction.ts";
import { Legend, ORDERS } from "./legend.ts";
import { newestOnly } from "./newestOnly.ts";
import { OverlayPickers } from "./overlayPickers.ts";
import { drawProbe } from "./probe.ts";
import { isSame, labelOf, type ParameterValues, parametersOf, type Shown } from "./shown.ts";
import { ValueTable } from "./valueTable.ts";

const USUAL_DOMAIN: Domain = [-6, 6];

type Remembered = Pick<PageMemory, "pinned" | "followed" | "domain" | "secondDerivative" | "dtype" | "probe">;

/** The view of f, f′ and f″ of one or several activations. */
export class FunctionView {
	readonly element: HTMLElement;
	readonly #context: Context;
	readonly #chart: LineChart;
	readonly #legend: Legend;
	readonly #details: Details;
	readonly #reading = h("p", { class: "reading visually-hidden", "aria-live": "polite", role: "status" });
	readonly #summary = h("p", { class: "faint", id: "function-summary" });
	readonly #table: ValueTable;
	readonly #content: HTMLElement;
	readonly #empty: HTMLElement;
	readonly #canvas: HTMLCanvasElement;
	readonly #pickers: OverlayPickers;
	readonly #secondToggle: HTMLInputElement;
	readonly #dtypeChoice: HTMLSelectElement;
	readonly #fields: DomainFields;
	#shown: Shown[] = [];
	#selected: Shown | undefined;
	#lastId = 0;
	#domain: Domain = USUAL_DOMAIN;
	/** Whether the user chose the domain; else it follows what is shown. */
	#ownDomain = false;
	#secondDerivative = false;
	#dtype: PanelDtype = "float64";
	#probe: number | null = null;
	/** Asks for the curves of the current domain. */
	readonly #sample = newestOnly(async (isStale) => {
		await Promise.all(this.#shown.map((entry) => this.#sampleOne(entry)));
		this.#draw();
		if (!isStale()) await this.#table.fill();
	});
	/** Asks for the exact values at the probe. */
	readonly #read = newestOnly(async () => {
		const x = this.#probe;
		if (x === null) return;
		await Promise.all(this.#shown.map((entry) => this.#readOne(entry, x)));
		this.#showReading();
	});

	constructor(context: Context) {
		this.#context = context;
		const { t } = context;
		this.#legend = new Legend(context, {
			select: (entry) => this.#select(entry),
			pin: (entry) => {
				entry.pinned = true;
				this.#rebuild();
			},
			remove: (entry) => this.#replace(this.#shown.filter((one) => one !== entry)),
		});
		this.#details = new Details(context, (entry, parameters) => void this.#setParameters(entry, parameters));
		this.#canvas = h("canvas", {
			tabindex: 0,
			role: "application",
			"aria-roledescription": t("chart"),
			"aria-describedby": "function-summary",
		});
		const chartBox = h("div", { class: "chart main-chart" }, this.#canvas);
		this.#chart = new LineChart(this.#canvas, {
			tooltip: false,
			overlay: (drawing, frame) => {
				if (this.#probe !== null) drawProbe(drawing, frame, this.#probe, this.#drawn, context.colours());
			},
		});
		makeInteractive(this.#canvas, {
			frame: () => this.#chart.frame(),
			domain: () => this.#domain,
			probe: () => this.#probe,
			kinks: () => this.#shown.flatMap(({ card }) => card.kinks),
			setProbe: (x) => this.#setProbe(x),
			setDomain: (domain) => this.#setDomain(domain, true),
			resetDomain: () => this.#setDomain(this.#wholeDomain(), false),
		});
		this.#secondToggle = h("input", {
			type: "checkbox",
			onchange: () => {
				this.#secondDerivative = this.#secondToggle.checked;
				this.#rebuild();
			},
		});
		this.#dtypeChoice = h(
			"select",
			{
				title: t("Type in which f is computed"),
				"aria-label": t("Type in which f is computed"),
				onchange: () => {
					this.#dtype = panelDtypes.find((dtype) => dtype === this.#dtypeChoice.value) ?? "float64";
					this.#rebuild();
					void this.#sample();
				},
			},
			...panelDtypes.map((dtype) => h("option", { value: dtype }, dtype)),
		);
		this.#table = new ValueTable(context, () => ({ ...this.#drawn, dtype: this.#dtype }));
		this.#fields = new DomainFields(context, (domain) => this.#setDomain(domain, true));
		this.#pickers = new OverlayPickers(context, (card) => this.add(card));
		this.#content = h(
			"div",
			{ class: "function" },
			this.#details.heading,
			h(
				"div",
				{ class: "toolbar" },
				this.#pickers.make(t("Overlay…")),
				h("label", { class: "check" }, this.#secondToggle, t("Second derivative")),
				this.#dtypeChoice,
				h("span", { class: "spring" }),
				exportButtons(context, t("Function"), () => this.#exportable()),
			),
			h(
				"div",
				{ class: "columns" },
				h(
					"figure",
					{ class: "plot" },
					chartBox,
					h(
						"div",
						{ class: "toolbar domain" },
						this.#fields.element,
						h(
							"button",
							{ class: "small", onclick: () => this.#setDomain(this.#wholeDomain(), false) },
							t("Reset view"),
						),
						this.#fields.error,
						h("span", { class: "spring" }),
						this.#table.toggle,
					),
					this.#legend.element,
					this.#reading,
					this.#summary,
					this.#table.element,
				),
				this.#details.element,
			),
		);
		this.#empty = h(
			"div",
			{ class: "empty" },
			h("h1", {}, t("No activation yet")),
			h("p", {}, t("Put the cursor on an activation in your code, or take one from the catalog.")),
			this.#pickers.make(t("Choose from the catalog…")),
		);
		this.element = h("div", {}, this.#empty, this.#content);
		this.#rebuild();
	}

	/** Shows what the host gave at the start, as the page left it. */
	restore(cards: readonly ActivationCard[], memory: Remembered | null): void {
		this.#secondDerivative = memory?.secondDerivative ?? false;
		this.#secondToggle.checked = this.#secondDerivative;
		this.#dtype = memory?.dtype ?? "float64";
		this.#dtypeChoice.value = this.#dtype;
		this.#shown = cards.map((card) => this.#entry(card, cards.length > 1));
		if (memory) {
			// The followed one was kept as the last.
			const last = this.#shown[this.#shown.length - 1];
			for (const entry of this.#shown) entry.pinned = !(entry === last && entry.card.key === memory.followed);
			const [min, max] = this.#wholeDomain();
			if (isDomain(memory.domain)) {
				this.#domain = memory.domain;
				this.#ownDomain = min !== memory.domain[0] || max !== memory.domain[1];
			}
			this.#probe = memory.probe;
		}
		this.#replace(this.#shown);
		this.#pickers.fill();
		if (this.#probe !== null) this.#setProbe(this.#probe);
	}

	/** The cursor came to an activation: it takes the place of the one before it. */
	follow(card: ActivationCard): void {
		const entry = this.#entry(card, false);
		const same = this.#shown.find((one) => isSame(one, entry));
		const kept = this.#shown.filter(({ pinned }) => pinned);
		if (!same) this.#replace([...kept, entry], entry);
		else {
			// Its place in the code may have changed.
			same.card = card;
			this.#replace(same.pinned ? kept : [...kept, same], same);
		}
	}

	/** Shows these activations alone. A single one gives way to the next that the cursor comes to. */
	showActivations(cards: readonly ActivationCard[]): void {
		const entries = cards.map((card) => this.#entry(card, cards.length > 1));
		this.#replace(entries, entries[0]);
	}

	/** Lays one more activation over what is shown. */
	add(card: ActivationCard): void {
		const entry = this.#entry(card, true);
		const same = this.#shown.find((one) => isSame(one, entry));
		for (const one of this.#shown) one.pinned = true;
		if (same) this.#select(same);
		else this.#replace([...this.#shown, entry], entry);
	}

	/** What must survive hiding and reloading. The followed activation is the last of `pinned`. */
	memory(): Remembered {
		const followed = this.#shown.find(({ pinned }) => !pinned);
		const kept = [...this.#shown.filter(({ pinned }) => pinned), ...(followed ? [followed] : [])];
		return {
			pinned: kept.map(({ card, parameters }) => ({ key: card.key, parameters })),
			followed: followed?.card.key ?? null,
			domain: this.#domain,
			secondDerivative: this.#secondDerivative,
			dtype: this.#dtype,
			probe: this.#probe,
		};
	}

	/** Draws in the current theme's colours. */
	refresh(): void {
		this.#rebuild();
	}

	#entry(card: ActivationCard, pinned: boolean): Shown {
		return {
			id: ++this.#lastId,
			card,
			parameters: parametersOf(card),
			pinned,
			curve: undefined,
			reading: undefined,
			failure: undefined,
		};
	}

	#replace(entries: Shown[], selected?: Shown): void {
		this.#shown = entries;
		const keep = this.#selected && entries.includes(this.#selected) ? this.#selected : entries[entries.length - 1];
		this.#selected = selected ?? keep;
		if (!this.#ownDomain) this.#domain = this.#wholeDomain();
		this.#rebuild();
		void this.#sample();
		void this.#read();
	}

	#select(entry: Shown): void {
		this.#selected = entry;
		this.#rebuild();
	}

	async #setParameters(entry: Shown, parameters: ParameterValues): Promise<void> {
		if (isSame(entry, { card: entry.card, parameters })) return;
		entry.parameters = parameters;
		entry.reading = undefined;
		// The facts were those of the other parameters.
		entry.card = { ...entry.card, facts: [], kinks: [] };
		this.#legend.build(this.#shown, this.#selected, this.#orders);
		this.#details.showFacts();
		void this.#sample();
		void this.#read();
		this.#context.remember();
		const described = await this.#context.host.describe(entry.card.key, parameters).catch(() => undefined);
		if (!described || entry.parameters !== parameters) return;
		entry.card = { ...entry.card, facts: described.facts, kinks: described.kinks, domain: described.domain };
		if (entry === this.#selected) this.#details.showFacts();
		if (!this.#ownDomain) this.#setDomain(this.#wholeDomain(), false);
	}

	get #orders(): number {
		return this.#secondDerivative ? 3 : 2;
	}

	get #drawn(): Drawn {
		return { shown: this.#shown, selected: this.#selected, domain: this.#domain, orders: this.#orders };
	}

	/** All that is shown, together. */
	#wholeDomain(): Domain {
		if (this.#shown.length === 0) return USUAL_DOMAIN;
		return [
			Math.min(...this.#shown.map(({ card }) => card.domain[0])),
			Math.max(...this.#shown.map(({ card }) => card.domain[1])),
		];
	}

	#setDomain(domain: Domain, own: boolean): void {
		this.#ownDomain = own;
		this.#domain = domain;
		this.#fields.show(domain);
		this.#chart.moveX(domain[0], domain[1]);
		void this.#sample();
		this.#context.remember();
	}

	async #sampleOne(entry: Shown): Promise<void> {
		const { host, points } = this.#context;
		const [min, max] = this.#domain;
		const { parameters, failure } = entry;
		const dtype = this.#dtype;
		try {
			const curve = await host.sample({ key: entry.card.key, parameters, min, max, points, dtype });
			if (entry.parameters === parameters && dtype === this.#dtype) entry.curve = curve;
			entry.failure = undefined;
		} catch (error) {
			entry.curve = undefined;
			entry.failure = (error as Error).message;
		}
		if (entry.failure !== failure && entry === this.#selected) this.#details.showFacts();
	}

	#setProbe(x: number): void {
		this.#probe = x;
		this.#chart.redraw();
		void this.#read();
		this.#context.remember();
	}

	async #readOne(entry: Shown, x: number): Promise<void> {
		const { parameters } = entry;
		const reading = await this.#context.host.probe(entry.card.key, parameters, x).catch(() => undefined);
		if (entry.parameters === parameters) entry.reading = reading;
	}

	#showReading(): void {
		this.#legend.showReadings();
		const read = this.#shown.filter(({ reading }) => reading);
		const orders = ORDERS.slice(0, this.#orders);
		const texts = read.map((entry) => {
			const values = orders.map(({ name, field }) => `${name} = ${formatNumber(entry.reading![field])}`).join(", ");
			return read.length > 1 ? `${labelOf(entry)}: ${values}` : values;
		});
		const x = read[0]?.reading?.x;
		const first = x === undefined ? [] : [`x = ${formatNumber(x)}`];
		setText(this.#reading, [...first, ...texts].join(read.length > 1 ? "; " : ", "));
		this.#chart.redraw();
	}

	/** Writes everything but the samples anew. */
	#rebuild(): void {
		const any = this.#shown.length > 0;
		show(this.#empty, !any);
		show(this.#content, any);
		this.#legend.build(this.#shown, this.#selected, this.#orders);
		this.#details.build(this.#selected);
		this.#fields.show(this.#domain);
		this.#draw();
		this.#showReading();
		void this.#table.fill();
		this.#context.remember();
	}

	#draw(): void {
		if (this.#shown.length === 0) return;
		this.#chart.draw(pictureOf(this.#context, this.#drawn), this.#context.colours());
		const { t } = this.#context;
		const names = this.#shown.map(labelOf).join(", ");
		this.#canvas.setAttribute(
			"aria-label",
			t("Chart of {0}. Arrow keys move the probe, shift for larger steps, Home and End for the ends.", names),
		);
		setText(this.#summary, summaryOf(this.#context, this.#drawn));
	}

	#exportable(): Exportable | undefined {
		if (!this.#shown.some(({ curve }) => curve)) return undefined;
		const rows = (): CsvRow[] => [
			["activation", "x", `f${this.#dtype === "float64" ? "" : ` ${this.#dtype}`}`, "df/dx", "d2f/dx2"],
			...this.#shown.flatMap((entry): CsvRow[] => {
				const { curve } = entry;
				if (!curve) return [];
				return curve.x.map((x, i) => [
					labelOf(entry),
					x,
					curve.value[i]!,
					curve.derivative[i]!,
					curve.secondDerivative[i]!,
				]);
			}),
		];
		return {
			name: this.#shown.map(({ card }) => card.title).join("-"),
			picture: pictureOf(this.#context, this.#drawn),
			rows,
		};
	}
}
