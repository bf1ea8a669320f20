import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Context } from "../context.ts";
import { h } from "../dom.ts";
import { type ParameterValues, parametersOf, type Shown } from "./shown.ts";

/** Typing goes on this long before a parameter takes effect. */
const TYPING_MS = 200;

/** Formula, origin, parameters and facts of the selected activation. */
export class Details {
	readonly heading = h("header", { class: "heading" });
	readonly element = h("aside", { class: "details" });
	readonly #context: Context;
	readonly #change: (entry: Shown, parameters: ParameterValues) => void;
	#facts = h("div");
	#entry: Shown | undefined;

	constructor(context: Context, change: (entry: Shown, parameters: ParameterValues) => void) {
		this.#context = context;
		this.#change = change;
	}

	/** Shows another activation. */
	build(entry: Shown | undefined): void {
		this.#entry = entry;
		if (!entry) {
			this.heading.replaceChildren();
			this.element.replaceChildren();
			return;
		}
		const { card } = entry;
		this.heading.replaceChildren(
			h("h1", {}, card.title),
			this.#origin(entry) ?? "",
			h("p", { class: "formula" }, card.formula),
		);
		this.#facts = h("div");
		this.element.replaceChildren(...this.#parameters(entry), this.#facts);
		this.showFacts();
	}

	/** Writes the facts of the selected activation anew: they depend on its parameters. */
	showFacts(): void {
		const entry = this.#entry;
		if (!entry) return;
		const { t } = this.#context;
		if (entry.failure !== undefined) {
			this.#facts.replaceChildren(h("p", { class: "error", role: "alert" }, entry.failure));
			return;
		}
		const { facts } = entry.card;
		this.#facts.replaceChildren(
			h("h2", {}, t("Facts")),
			h("dl", {}, ...facts.flatMap(({ name, text }) => [h("dt", {}, name), h("dd", {}, text)])),
		);
	}

	#origin({ card }: Shown): HTMLElement | null {
		if (card.origin === null) return null;
		const { t, host, run } = this.#context;
		const text = t("From {0}", card.origin);
		// The host knows where a hand-written function stands; an entry of the catalog stands nowhere.
		if (!card.key.startsWith("code:")) return h("p", { class: "origin faint" }, text);
		const goThere = () => run(host.reveal(card.key));
		return h("p", { class: "origin" }, h("button", { class: "link", title: t("Go to code"), onclick: goThere }, text));
	}

	#parameters(entry: Shown): HTMLElement[] {
		const { t } = this.#context;
		const { parameters } = entry.card;
		if (parameters.length === 0) return [];
		let timer: number | undefined;
		const fields = parameters.map(({ name, default: value }) => {
			const id = `parameter-${name}`;
			const field = h("input", {
				id,
				type: "number",
				step: "any",
				value: String(entry.parameters[name] ?? value),
				"aria-describedby": `${id}-default`,
				oninput: () => {
					clearTimeout(timer);
					timer = window.setTimeout(apply, TYPING_MS);
				},
			});
			return { name, id, field, value };
		});
		const apply = () => {
			const values: Record<string, number> = { ...entry.parameters };
			for (const { name, field } of fields) {
				const wrong = field.value.trim() === "" || !Number.isFinite(field.valueAsNumber);
				field.setAttribute("aria-invalid", String(wrong));
				if (!wrong) values[name] = field.valueAsNumber;
			}
			this.#change(entry, values);
		};
		const reset = () => {
			const defaults = parametersOf({
				...entry.card,
				parameters: parameters.map((one) => ({ ...one, value: one.default })),
			});
			for (const { name, field } of fields) field.value = String(defaults[name]);
			apply();
		};
		return [
			h("h2", {}, t("Parameters")),
			h(
				"div",
				{ class: "parameters" },
				...fields.flatMap(({ name, id, field, value }) => [
					h("label", { for: id }, name),
					field,
					h("span", { class: "faint", id: `${id}-default` }, t("default {0}", formatNumber(value))),
				]),
			),
			h("button", { class: "small", onclick: reset }, t("Reset parameters")),
		];
	}
}
