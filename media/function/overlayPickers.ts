import type { ActivationCard, CatalogEntry } from "../../src/protocol/panel.ts";
import type { Context } from "../context.ts";
import { h } from "../dom.ts";

/** The lists of the catalog from which an activation is laid over what is shown. */
export class OverlayPickers {
	readonly #context: Context;
	readonly #add: (card: ActivationCard) => void;
	readonly #pickers: HTMLSelectElement[] = [];
	#catalog: Promise<readonly CatalogEntry[]> | undefined;

	constructor(context: Context, add: (card: ActivationCard) => void) {
		this.#context = context;
		this.#add = add;
	}

	/** One more list, empty until `fill`. */
	make(label: string): HTMLElement {
		const { t, host, run } = this.#context;
		const picker = h(
			"select",
			{
				title: t("Overlay another activation"),
				"aria-label": t("Overlay another activation"),
				onchange: () => {
					const { value } = picker;
					picker.selectedIndex = 0;
					if (value) run(host.describe(value, {}).then(this.#add));
				},
			},
			h("option", { value: "" }, label),
		);
		this.#pickers.push(picker);
		return picker;
	}

	/** Fills the lists, once the page stands. */
	fill(): void {
		this.#context.run(this.#fill());
	}

	async #fill(): Promise<void> {
		this.#catalog ??= this.#context.host.catalog().catch((error: unknown) => {
			this.#catalog = undefined;
			throw error;
		});
		const entries = [...(await this.#catalog)].sort((a, b) => a.title.localeCompare(b.title));
		for (const picker of this.#pickers) {
			if (picker.options.length > 1) continue;
			picker.append(...entries.map(({ key, title }) => h("option", { value: key }, title)));
		}
	}
}
