/** What a person finds about a model of theirs before it is trained. */
import assert from "node:assert/strict";
import { test, until } from "./harness.ts";

const THEMES = ["dark", "light", "high-contrast"] as const;

test("a lens above a model tells of its gradient; its page has a bar for each layer, confirmed, that leads to its line", async (window) => {
	await window.openFile("model_deep.py");
	const lens = window.page.locator(".codelens-decoration a", { hasText: "gradient at layer 1" }).first();
	await until("the lens", () => lens.isVisible());
	await window.setTheme("dark");
	assert.match((await lens.textContent()) ?? "", /ReLU with PyTorch's default initialisation loses/);
	await until("the findings", async () => {
		const rows = await window.problems();
		return ["CrossEntropyLoss takes logits", "Early layers will hardly learn"].every((text) =>
			rows.some((row) => row.includes(text)),
		);
	});
	await window.runCommand("View: Toggle Panel Visibility");
	await lens.click();
	// The page is written anew when the model has been run.
	const page = await window.webview("main:has-text('Confirmed by 20 networks')");
	assert.equal(await page.locator("tbody tr").count(), 13);
	const [last, room] = [
		await page.locator("tbody svg").last().boundingBox(),
		await page.locator(".scroll").boundingBox(),
	];
	assert.ok(last && room && last.x + last.width <= room.x + room.width, "the bars are in view beside the numbers");
	for (const theme of THEMES) {
		await window.setTheme(theme);
		await window.settle();
		await window.screenshot(`forecast-${theme}`);
	}
	await page.locator("tbody a").first().click();
	await until("the line of the layers", async () =>
		/Ln 10,/.test((await window.page.locator(".statusbar-item", { hasText: /^Ln / }).first().textContent()) ?? ""),
	);
});
