import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { Context } from "../context.ts";
import { h, setText } from "../dom.ts";
import { type Domain, WIDEST } from "./interaction.ts";

/** The fields for the smallest and the largest x; what is no domain is refused beside them. */
export class DomainFields {
	readonly element: HTMLElement;
	readonly error = h("span", { class: "error", role: "alert" });
	readonly #context: Context;
	readonly #onChange: (domain: Domain) => void;
	readonly #min: HTMLInputElement;
	readonly #max: HTMLInputElement;

	constructor(context: Context, onChange: (domain: Domain) => void) {
		this.#context = context;
		this.#onChange = onChange;
		const { t } = context;
		const field = (label: string) =>
			h("input", { type: "number", step: "any", "aria-label": label, onchange: () => this.#read() });
		this.#min = field(t("Smallest x"));
		this.#max = field(t("Largest x"));
		this.element = h("span", { class: "group" }, "x", this.#min, "…", this.#max);
	}

	show([min, max]: Domain): void {
		this.#min.value = String(min);
		this.#max.value = String(max);
		this.#showError("");
	}

	#read(): void {
		const domain: Domain = [this.#min.valueAsNumber, this.#max.valueAsNumber];
		if (isDomain(domain)) this.#onChange(domain);
		else
			this.#showError(this.#context.t("The first must be below the second, both within ±{0}.", formatNumber(WIDEST)));
	}

	#showError(text: string): void {
		for (const field of [this.#min, this.#max]) field.setAttribute("aria-invalid", String(text !== ""));
		setText(this.error, text);
	}
}

export function isDomain([min, max]: Domain): boolean {
	return Math.abs(min) <= WIDEST && Math.abs(max) <= WIDEST && min < max;
}
