/**
 * Drives a real VS Code in Chromium as a user would: the packaged extension installed, real mouse and keyboard.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Frame, Locator, Page } from "playwright-core";

export const THEMES = {
	dark: "Dark Modern",
	light: "Light Modern",
	"high-contrast": "Default High Contrast",
	"high-contrast-light": "Default High Contrast Light",
} as const;
export type ThemeName = keyof typeof THEMES;

/** A theme's name in the picker, and the classes that the workbench wears: its kind, and the file that it came from. */
const THEME_LOOKS: Record<ThemeName, { label: string; type: string; file: string }> = {
	dark: { label: "Dark Modern", type: "vs-dark", file: "dark_modern" },
	light: { label: "Light Modern", type: "vs", file: "light_modern" },
	"high-contrast": { label: "Dark High Contrast", type: "hc-black", file: "hc_black" },
	"high-contrast-light": { label: "Light High Contrast", type: "hc-light", file: "hc_light" },
};

const SCREENSHOTS = join("dist", "screenshots");

/** What `run.mjs` hands to each test: the window, and the folder that it has open. */
export interface BrowserContext {
	readonly page: Page;
	readonly browser: Browser;
	/** Address of the window, for reloading it. */
	readonly url: string;
	readonly workspace: string;
	/** Writes one user setting into the file, which a window reads when it opens. */
	readonly writeSetting: (name: string, value: unknown) => void;
	/** What the extension hosts have logged as errors since the start. */
	readonly hostErrors: () => string[];
}

type TestBody = (window: Window) => Promise<void>;
export const registered: { name: string; body: TestBody }[] = [];

/** Registers a test: `name` is a fact about the extension. */
export function test(name: string, body: TestBody): void {
	registered.push({ name, body });
}

/** Waits until `condition` gives something other than undefined, null or false; throws naming `what` after `ms`. */
export async function until<T>(what: string, condition: () => Promise<T>, ms = 30_000): Promise<NonNullable<T>> {
	const end = Date.now() + ms;
	for (;;) {
		const value = await condition().catch(() => undefined);
		if (value !== undefined && value !== null && value !== false) return value as NonNullable<T>;
		if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

/** The window of VS Code, in a user's terms. */
export class Window {
	readonly page: Page;
	readonly context: BrowserContext;

	constructor(context: BrowserContext) {
		this.context = context;
		this.page = context.page;
	}

	/** Opens the window anew and waits for the workbench. */
	async load(): Promise<void> {
		await this.page.goto(this.context.url);
		await this.page.waitForSelector(".monaco-workbench .part.editor", { timeout: 60_000 });
		await this.page.waitForSelector(".activitybar", { timeout: 60_000 });
	}

	/** Runs the command with this title in the palette, as "Category: Title". */
	async runCommand(title: string): Promise<void> {
		const input = this.page.locator(".quick-input-widget:visible .quick-input-box input");
		// The palette lists what there is when it opens: what the file in front allows may come later.
		await until(
			`"${title}" in the command palette`,
			async () => {
				await this.page.keyboard.press("F1");
				await input.waitFor({ state: "visible", timeout: 3_000 });
				await input.fill(`>${title}`);
				await this.#entry(title).waitFor({ state: "visible", timeout: 5_000 });
				return true;
			},
			30_000,
		);
		await this.choose(title);
	}

	/** Clicks the entry of the open quick pick whose label is `label`. */
	async choose(label: string): Promise<void> {
		const row = this.#entry(label);
		await row.waitFor({ state: "visible", timeout: 15_000 });
		await row.click();
		// Below the list lies a tab, whose hover would come up.
		await this.restMouse();
	}

	#entry(label: string): Locator {
		return this.page
			.locator(".quick-input-widget:visible .monaco-list-row")
			.filter({ has: this.page.locator(".label-name", { hasText: exactly(label) }) })
			.first();
	}

	/** Ticks exactly these entries of the open quick pick and accepts them. */
	async chooseMany(labels: readonly string[]): Promise<void> {
		const widget = this.page.locator(".quick-input-widget:visible");
		const input = widget.locator(".quick-input-box input");
		const all = widget.locator('.quick-input-header [role="checkbox"]').first();
		// Some may be ticked beforehand; when not all are, the first click ticks them all.
		await until("nothing ticked", async () => {
			const count = (await widget.locator(".quick-input-count").textContent()) ?? "";
			if (/^0\b/.test(count)) return true;
			await all.click({ timeout: 3_000 });
			return false;
		});
		for (const label of labels) {
			await input.fill(label);
			await this.choose(label);
		}
		await input.fill("");
		await until("the ticks to be counted", async () =>
			(await widget.locator(".quick-input-count").textContent())?.startsWith(`${labels.length} `),
		);
		await widget.getByRole("button", { name: "OK" }).click();
	}

	/** Types `text` into the open input box titled `title` and accepts it. */
	async fillInput(title: string, text: string): Promise<void> {
		const widget = this.page.locator(".quick-input-widget:visible");
		await widget.locator(".quick-input-title", { hasText: title }).waitFor();
		await widget.locator(".quick-input-box input").fill(text);
		await this.page.keyboard.press("Enter");
	}

	/** Opens a file of the workspace through quick open, or takes the tab that it has, until it is the active editor. */
	async openFile(name: string): Promise<void> {
		const tab = this.page.locator(`.tab[data-resource-name="${name}"]`).first();
		if (await tab.isVisible().catch(() => false)) {
			await tab.click();
			await this.page
				.locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`)
				.waitFor({ state: "visible", timeout: 15_000 });
			return;
		}
		const input = this.page.locator(".quick-input-widget:visible .quick-input-box input");
		await until("quick open", async () => {
			await this.page.keyboard.press("Control+P");
			await input.waitFor({ state: "visible", timeout: 3_000 });
			return true;
		});
		await input.fill(name);
		const row = this.page.locator(".quick-input-widget:visible .monaco-list-row").filter({ hasText: name }).first();
		// Not by Enter: the list may still be the one from before the name was typed.
		await row.click({ timeout: 15_000 });
		await tab.waitFor({ state: "visible", timeout: 15_000 });
		await this.page.locator(".monaco-editor .view-lines .view-line").first().waitFor({ state: "visible" });
	}

	/**
	 * Where the `occurrence`-th `text` is drawn in the text editor; the middle of it, in pixels. The active one of
	 * several editors, or the first where the focus is in a panel.
	 */
	async locate(text: string, occurrence = 1): Promise<{ x: number; y: number }> {
		return until(`"${text}" in the editor`, () =>
			this.page.evaluate(
				([wanted, count]) => {
					let left = count;
					const editors = [".editor-group-container.active .view-lines", ".editor-group-container .view-lines"];
					const editor = editors.map((selector) => document.querySelector(selector)).find((found) => found !== null);
					const lines = [...(editor?.querySelectorAll<HTMLElement>(".view-line") ?? [])];
					lines.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
					for (const line of lines) {
						const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
						const nodes: Text[] = [];
						while (walker.nextNode()) nodes.push(walker.currentNode as Text);
						const whole = nodes
							.map((node) => node.data)
							.join("")
							.replaceAll("\u00a0", " ");
						for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + 1)) {
							if (--left > 0) continue;
							const range = document.createRange();
							let offset = 0;
							let started = false;
							for (const node of nodes) {
								const end = offset + node.length;
								if (!started && at < end) {
									range.setStart(node, at - offset);
									started = true;
								}
								if (started && at + wanted.length <= end) {
									range.setEnd(node, at + wanted.length - offset);
									break;
								}
								offset = end;
							}
							const box = range.getBoundingClientRect();
							return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
						}
					}
					return undefined;
				},
				[text, occurrence] as const,
			),
		);
	}

	/** Puts the cursor into `text` with a click. */
	async click(text: string, occurrence = 1): Promise<void> {
		const { x, y } = await this.locate(text, occurrence);
		await this.page.mouse.click(x, y);
	}

	/** Rests the mouse on `text` until a hover holding `expected` shows; returns the hover's text. */
	async hover(text: string, expected: string | RegExp, occurrence = 1): Promise<string> {
		const hover = this.page.locator(".monaco-resizable-hover .monaco-hover:not(.hidden)").first();
		let last = "";
		try {
			return await until(
				"the hover",
				async () => {
					const { x, y } = await this.locate(text, occurrence);
					await this.page.mouse.move(x + 200, y + 300);
					await this.page.mouse.move(x - 2, y, { steps: 3 });
					await this.page.mouse.move(x, y);
					await hover.waitFor({ state: "visible", timeout: 2_500 });
					await this.page.waitForTimeout(300);
					last = ((await hover.allInnerTexts())[0] ?? "").replaceAll("\u00a0", " ");
					return (typeof expected === "string" ? last.includes(expected) : expected.test(last)) ? last : undefined;
				},
				40_000,
			);
		} catch (error) {
			throw new Error(`${(error as Error).message} over "${text}" to hold ${expected}; last seen: ${last}`);
		}
	}

	/** The inner frame of the webview that holds `selector`. */
	async webview(selector: string, ms = 30_000): Promise<Frame> {
		return until(
			`a webview with ${selector}`,
			async () => {
				for (const frame of this.page.frames()) {
					if (frame === this.page.mainFrame()) continue;
					if (
						(await frame
							.locator(selector)
							.count()
							.catch(() => 0)) > 0
					)
						return frame;
				}
				return undefined;
			},
			ms,
		);
	}

	/** Shows the side bar of the view container whose title begins with `name`. */
	async openSideBar(name: string): Promise<void> {
		const action = this.page.locator(`.activitybar a.action-label[aria-label^="${name}"]`).first();
		const isOpen = async () => (await action.locator("xpath=..").getAttribute("aria-expanded")) === "true";
		// A window that has just loaded may be about to restore it: a click in between would close it.
		await until(`the side bar "${name}"`, async () => {
			if (!(await isOpen())) await action.click({ timeout: 3_000 });
			await this.page.waitForTimeout(500);
			return isOpen();
		});
	}

	/** The texts of the notifications on the screen. Tests of the interface run without the driver that hides them. */
	async notifications(): Promise<string[]> {
		return this.page.locator(".notifications-toasts .notification-list-item").allInnerTexts();
	}

	/** The rows of the problems view, as it shows them. Files and problems are both rows. */
	async problems(): Promise<string[]> {
		await this.runCommand("Problems: Focus on Problems View");
		await this.page.locator(".markers-panel").first().waitFor({ state: "visible" });
		return this.page.locator(".markers-panel .monaco-list-row").allInnerTexts();
	}

	/** The titles that the light bulb offers at `text`; the menu stays open, so that `chooseFix` can take one. */
	async fixes(text: string, occurrence = 1): Promise<string[]> {
		await this.click(text, occurrence);
		const rows = this.page.locator(".action-widget .monaco-list-row.action");
		return until("the quick fixes", async () => {
			await this.page.keyboard.press("Control+.");
			await rows.first().waitFor({ state: "visible", timeout: 3_000 });
			return rows.allInnerTexts();
		});
	}

	/** Takes one of the fixes that `fixes` has shown. */
	async chooseFix(title: string): Promise<void> {
		await this.page.locator(".action-widget .monaco-list-row.action").filter({ hasText: title }).first().click();
	}

	/** The rows of the tree view titled `view` in the open side bar, its label and description as one text. */
	async treeRows(view: string): Promise<string[]> {
		const parts = ".label-name, .label-description";
		return this.tree(view)
			.locator(".monaco-list-row")
			.evaluateAll(
				(rows, selector) =>
					rows.map((row) => [...row.querySelectorAll(selector)].map((part) => part.textContent).join(" ")),
				parts,
			);
	}

	/** The first row of that tree view which holds `text`, to click or to open its menu. */
	treeRow(view: string, text: string): Locator {
		return this.tree(view).locator(".monaco-list-row").filter({ hasText: text }).first();
	}

	/** Chooses `action` from the context menu of `row`, again while it has no effect: a menu ignores a click that is early. */
	async chooseFromMenu(row: Locator, action: string, effect: () => Promise<boolean>): Promise<void> {
		const entry = this.page.locator(".monaco-menu .action-label", { hasText: action });
		await until(
			`"${action}" to have an effect`,
			async () => {
				if (await effect()) return true;
				if (await entry.isVisible()) await this.page.keyboard.press("Escape");
				await row.click({ button: "right", timeout: 3_000 });
				await entry.waitFor({ state: "visible", timeout: 3_000 });
				await this.page.waitForTimeout(300);
				await entry.click({ timeout: 3_000 });
				await entry.waitFor({ state: "hidden", timeout: 3_000 });
				return until("an effect", effect, 4_000);
			},
			60_000,
		);
	}

	/** Leaves menus, pickers and hovers that a failed test has left open. */
	async settle(): Promise<void> {
		await this.restMouse();
		for (let i = 0; i < 3; i++) await this.page.keyboard.press("Escape");
	}

	/** Takes the mouse to where nothing answers it, so that no hover lies over the page: below the activity bar's icons. */
	async restMouse(): Promise<void> {
		await this.page.mouse.move(24, 600);
	}

	private tree(view: string): Locator {
		return this.page
			.locator(".sidebar .pane")
			.filter({ has: this.page.locator(".pane-header h3.title", { hasText: exactly(view) }) })
			.first();
	}

	/** Closes the active editor or panel tab. */
	async closeEditor(): Promise<void> {
		await this.runCommand("View: Close Editor");
	}

	/** Writes a user setting and opens the window anew, for the file is read at the start alone. */
	async setSetting(name: string, value: unknown): Promise<void> {
		this.context.writeSetting(name, value);
		await this.load();
	}

	/** Switches the colour theme, as a user does with the picker, and waits until the window wears it. */
	async setTheme(theme: ThemeName): Promise<void> {
		const { type, file, label } = THEME_LOOKS[theme];
		await this.runCommand("Preferences: Color Theme");
		const input = this.page.locator(".quick-input-widget:visible .quick-input-box input");
		await until("the themes", async () => /theme/i.test((await input.getAttribute("placeholder")) ?? ""));
		await input.fill(label);
		await this.choose(label);
		await until(`the ${theme} theme`, async () => {
			const names = (await this.page.locator(".monaco-workbench").first().getAttribute("class"))?.split(" ") ?? [];
			return names.includes(type) && names.some((name) => name.endsWith(`-themes-${file}-json`));
		});
		await this.page.waitForTimeout(300);
	}

	/** Leaves a picture of the window in dist/screenshots. */
	async screenshot(name: string): Promise<void> {
		mkdirSync(SCREENSHOTS, { recursive: true });
		await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
	}
}

function exactly(text: string): RegExp {
	return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
}
