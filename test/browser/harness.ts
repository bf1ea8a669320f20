/**
 * Drives a real VS Code in Chromium as a user would: the packaged extension installed, real mouse and keyboard.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Frame, Page } from "playwright-core";

export const THEMES = {
	dark: "Default Dark Modern",
	light: "Default Light Modern",
	"high-contrast": "Default High Contrast",
	"high-contrast-light": "Default High Contrast Light",
} as const;
export type ThemeName = keyof typeof THEMES;

const SCREENSHOTS = join("dist", "screenshots");

/** What `run.mjs` hands to each test: the window, and the folder that it has open. */
export interface BrowserContext {
	readonly page: Page;
	readonly browser: Browser;
	/** Address of the window, for reloading it. */
	readonly url: string;
	readonly workspace: string;
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
		await until(
			"the command palette",
			async () => {
				await this.page.keyboard.press("F1");
				await input.waitFor({ state: "visible", timeout: 3_000 });
				return true;
			},
			20_000,
		);
		await input.fill(`>${title}`);
		await this.choose(title);
	}

	/** Clicks the entry of the open quick pick whose label is `label`. */
	async choose(label: string): Promise<void> {
		const row = this.page
			.locator(".quick-input-widget:visible .monaco-list-row")
			.filter({ has: this.page.locator(".label-name", { hasText: exactly(label) }) })
			.first();
		await row.waitFor({ state: "visible", timeout: 15_000 });
		await row.click();
	}

	/** Opens a file of the workspace through quick open and waits for its tab. */
	async openFile(name: string): Promise<void> {
		const tab = this.page.locator(`.tab[data-resource-name="${name}"]`).first();
		if (await tab.isVisible().catch(() => false)) {
			await tab.click();
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
		await row.waitFor({ state: "visible", timeout: 15_000 });
		await this.page.keyboard.press("Enter");
		await tab.waitFor({ state: "visible", timeout: 15_000 });
		await this.page.locator(".monaco-editor .view-lines .view-line").first().waitFor({ state: "visible" });
	}

	/** Where the `occurrence`-th `text` is drawn in the active editor; the middle of it, in pixels. */
	async locate(text: string, occurrence = 1): Promise<{ x: number; y: number }> {
		return until(`"${text}" in the editor`, () =>
			this.page.evaluate(
				([wanted, count]) => {
					let left = count;
					const lines = [
						...document.querySelectorAll<HTMLElement>(".editor-group-container.active .view-lines .view-line"),
					];
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
		const hover = this.page
			.locator(".monaco-hover:not(.hidden) .monaco-hover-content, .monaco-hover:not(.hidden)")
			.first();
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
					last = (await hover.innerText()).replaceAll("\u00a0", " ");
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
		await action.waitFor({ state: "visible" });
		if ((await action.locator("xpath=..").getAttribute("aria-expanded")) !== "true") await action.click();
	}

	/** The texts of the notifications on the screen. Tests of the interface run without the driver that hides them. */
	async notifications(): Promise<string[]> {
		return this.page.locator(".notifications-toasts .notification-list-item").allInnerTexts();
	}

	/** Switches the colour theme through the user's settings file, which the server watches. */
	async setTheme(theme: ThemeName): Promise<void> {
		const writeSetting = (globalThis as { writeSetting?: (name: string, value: unknown) => void }).writeSetting;
		if (!writeSetting) throw new Error("run.mjs offers no writeSetting");
		writeSetting("workbench.colorTheme", THEMES[theme]);
		const wanted =
			theme === "high-contrast"
				? "hc-black"
				: theme === "high-contrast-light"
					? "hc-light"
					: theme === "light"
						? "vs"
						: "vs-dark";
		await until(`the ${theme} theme`, async () =>
			(await this.page.locator(".monaco-workbench").first().getAttribute("class"))?.split(" ").includes(wanted),
		);
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
