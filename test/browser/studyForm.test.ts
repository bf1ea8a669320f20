/** A study built in the form of the panel, its document, and the page of advice, as a user sees them. */
import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { type ThemeName, test, until, type Window } from "./harness.ts";

const LOOKS: readonly ThemeName[] = ["dark", "light", "high-contrast"];

test("New Study… opens a form with the activations of the file, finds more, and says what is wrong beside the field", async (window) => {
	await window.openFile("model_torch.py");
	await window.click("import");
	await window.runCommand("Activation Lens: New Study…");
	const frame = await formOf(window);
	assert.ok((await names(frame)).length >= 2, "the file's own activations");
	const finder = frame.getByRole("combobox", { name: "Add an activation…" });
	await finder.fill("mis");
	await until("what is found", async () => (await frame.locator(".option").count()) > 0);
	await window.screenshot("study-picker-dark");
	await finder.press("Enter");
	await until("Mish among the activations", async () => (await names(frame)).includes("Mish"));
	await frame.getByLabel("Number of layers").fill("0");
	await frame.getByLabel("Epochs", { exact: true }).fill("2.5");
	await until("both sentences", async () => {
		const said = await frame.locator(".error:visible").allInnerTexts();
		return (
			said.includes("Number of layers must be 1…64, got 0") && said.includes("Epochs must be a whole number, got 2.5")
		);
	});
	await window.screenshot("study-wrong-dark");
	await frame.getByRole("button", { name: "Train", exact: true }).click();
	await until("the first wrong field to have the focus", async () =>
		frame.getByLabel("Number of layers").evaluate((field) => field === document.activeElement),
	);
});

test("the form says how many trainings a grid is, and survives hiding of the panel", async (window) => {
	const frame = await formOf(window);
	while ((await names(frame)).length > 2) {
		const before = (await names(frame)).length;
		await frame
			.getByRole("button", { name: /^Remove / })
			.first()
			.click();
		await until("one fewer", async () => (await names(frame)).length < before);
	}
	await frame.getByLabel("Add data").selectOption({ label: "Two moons" });
	await frame.getByRole("button", { name: "Remove Handwritten digits" }).click();
	await frame.getByLabel("Number of layers").fill("1, 2");
	await frame.getByLabel("Width of each").fill("8");
	await frame.getByLabel("Epochs", { exact: true }).fill("4");
	await frame.getByLabel("Seeds", { exact: true }).fill("0-2");
	await frame.getByLabel("Learning rate").selectOption({ label: "the same for all" });
	await until("the work", async () =>
		/^Studies: 2; trainings: 12 \(2 activations × 3 seeds in each\)\. About .* on \d+ cores, by an estimate; steps: 624\.$/.test(
			await frame.locator(".plan .summary").innerText(),
		),
	);
	await window.page.waitForTimeout(500); // The page keeps its state a moment after a change.
	await frame.getByLabel("Seeds", { exact: true }).focus();
	// A file that has no tab yet: it opens over the panel.
	await window.openFile("model_jax.py");
	await until("the page to be gone", async () => frame.isDetached());
	await window.page.locator(".tab", { hasText: "Activation Lens" }).first().click();
	const again = await formOf(window);
	assert.equal(await again.getByLabel("Number of layers").inputValue(), "1, 2");
	assert.equal(await again.getByLabel("Seeds", { exact: true }).inputValue(), "0, 1, 2");
});

test("the form's document opens in an editor, comes back into the form, and trains", async (window) => {
	let frame = await formOf(window);
	await frame.getByRole("button", { name: "Open as JSON Document" }).click();
	const line = (text: string) => window.page.locator(".view-line", { hasText: text }).first();
	await until("the document", async () => line('"data": {').isVisible());
	assert.ok(await line('"seeds": [0, 1, 2]').isVisible());
	await window.screenshot("study-document-dark");
	// What is typed only into the form gives way to the document: that tells when the form holds it.
	await frame.getByLabel("Number of layers").fill("3");
	await window.openFile("activations.study.json");
	await window.runCommand("Activation Lens: Edit in Form");
	frame = await formOf(window);
	const layers = frame.getByLabel("Number of layers");
	await until("the document's value", async () => (await layers.inputValue()) === "1, 2");
	assert.equal(await frame.locator("h1:visible").innerText(), "activations.study.json");
	await layers.fill("1");
	await frame.getByRole("button", { name: "Write to the Document" }).click();
	await until("the change", async () => line('"depth": 1').isVisible());
	await frame.getByRole("button", { name: "Train", exact: true }).click();
	const state = () => frame.locator(".state").getAttribute("data-state");
	await until("the study to have been trained", async () => (await state()) === "done", 60_000);
	assert.equal(await frame.getByRole("tab", { name: "Training" }).getAttribute("aria-selected"), "true");
});

for (const theme of LOOKS) {
	test(`the form of a study in the ${theme} theme`, async (window) => {
		await window.setTheme(theme);
		const frame = await formOf(window);
		await frame.getByRole("tab", { name: "Study" }).click();
		await frame.locator("summary", { hasText: "More settings" }).scrollIntoViewIfNeeded();
		const dropout = frame.getByLabel("Dropout");
		if (!(await dropout.isVisible())) await frame.locator("summary", { hasText: "More settings" }).click();
		await dropout.fill("2");
		await until("what is wrong", async () => frame.getByText("Dropout must be 0…0.9, got 2").isVisible());
		await window.screenshot(`theme-${theme}-study-more`);
		await frame.locator("h1:visible").scrollIntoViewIfNeeded();
		await window.screenshot(`theme-${theme}-study`);
	});
}

test("Which Activation? gives advice on a page of its own, after a quick study", async (window) => {
	await window.runCommand("View: Close All Editors");
	const discard = window.page.getByRole("button", { name: "Don't Save" });
	// It is asked where the document of a study was left unsaved.
	await discard.click({ timeout: 5_000 }).catch(() => undefined);
	await window.openFile("model_torch.py");
	await window.runCommand("Activation Lens: Which Activation?");
	for (const answer of ["float32", "3 layers", "Two moons"]) await window.choose(answer);
	const frame = await window.webview("main h1", 90_000);
	const text = await frame.locator("main").innerText();
	assert.match(text, /^(Take |Something speaks)/);
	assert.match(text, /Each at its own learning rate, found among 0\.0003, 0\.0009, 0\.003, 0\.009 by validation: /);
});

for (const theme of LOOKS) {
	test(`the page of advice in the ${theme} theme`, async (window) => {
		await window.setTheme(theme);
		const frame = await window.webview("main h1");
		await frame.locator("h1").scrollIntoViewIfNeeded();
		await window.screenshot(`theme-${theme}-advice`);
		await frame.locator("li").last().scrollIntoViewIfNeeded();
		await window.screenshot(`theme-${theme}-advice-notes`);
		const colours = await frame.locator("body").evaluate((body) => {
			const { color, backgroundColor } = getComputedStyle(body);
			return [color, backgroundColor];
		});
		assert.notEqual(colours[0], colours[1]);
	});
}

test("nothing of ours was logged as an error by form and advice", async (window) => {
	assert.deepEqual(window.context.hostErrors(), []);
});

function formOf(window: Window): Promise<Frame> {
	return window.webview(".study-form .entry");
}

function names(frame: Frame): Promise<string[]> {
	return frame.locator('.study-group[aria-label="Activations"] .entry-name').allInnerTexts();
}
