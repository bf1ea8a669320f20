/** Several networks and optimizers in the form of a study, as a user sees them. */
import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { type ThemeName, test, until, type Window } from "./harness.ts";

const LOOKS: readonly ThemeName[] = ["light", "high-contrast", "dark"];

test("rows of networks and optimizers: added by keyboard, each with its errors beside its fields", async (window) => {
	await window.openFile("model_torch.py");
	await window.click("import");
	await window.runCommand("Activation Lens: New Study…");
	const frame = await formOf(window);
	await until("the form", async () => /^(Trainings|Studies)/.test(await frame.locator(".plan .summary").innerText()));
	const epochs = frame.getByLabel("Epochs", { exact: true });
	await epochs.fill("7");
	await frame.getByRole("button", { name: "Start Over" }).click();
	await until("a new study", async () => (await epochs.inputValue()) === "");
	await frame.getByLabel("Number of layers").fill("3");
	await frame.getByRole("button", { name: "Add a network" }).press("Enter");
	const [first, second] = [row(frame, "Network 1"), row(frame, "Network 2")];
	assert.equal(await first.getByLabel("Number of layers").inputValue(), "3");
	await second.getByLabel("Number of layers").fill("0");
	await second.getByLabel("Normalisation").selectOption("layernorm");
	await frame.getByRole("button", { name: "Add an optimizer" }).press("Enter");
	const sgd = row(frame, "Optimizer 2");
	await sgd.getByRole("button", { name: "sgd", exact: true }).click();
	await sgd.getByRole("button", { name: "adam", exact: true }).click();
	await sgd.getByLabel("Longest gradient").fill("x");
	await until("each sentence in its row", async () => {
		const said = async (title: string) => row(frame, title).locator(".error:visible").allInnerTexts();
		assert.deepEqual(await said("Network 1"), []);
		assert.deepEqual(await said("Optimizer 1"), []);
		return (
			(await said("Network 2")).join() === "Number of layers must be 1…64, got 0" &&
			(await said("Optimizer 2")).join() === 'Longest gradient must be a number, got "x"'
		);
	});
	assert.equal(await second.getByLabel("Number of layers").getAttribute("aria-invalid"), "true");
	assert.equal(await second.getByLabel("Width of each").getAttribute("placeholder"), "32");
	assert.equal(await first.getByLabel("Number of layers").getAttribute("aria-invalid"), null);
});

for (const theme of LOOKS) {
	test(`rows of networks and optimizers in the ${theme} theme`, async (window) => {
		await window.setTheme(theme);
		const frame = await formOf(window);
		await row(frame, "Network 2").scrollIntoViewIfNeeded();
		await row(frame, "Network 1").getByRole("button", { name: "Remove Network 1" }).focus();
		await window.screenshot(`theme-${theme}-study-networks`);
		await row(frame, "Optimizer 2").scrollIntoViewIfNeeded();
		await row(frame, "Optimizer 2").getByLabel("Longest gradient").focus();
		await window.screenshot(`theme-${theme}-study-optimizers`);
	});
}

test("rows of networks and optimizers are lists of the document, and the last of them is no list", async (window) => {
	let frame = await formOf(window);
	await row(frame, "Network 2").getByLabel("Number of layers").fill("5");
	await row(frame, "Optimizer 2").getByLabel("Longest gradient").fill("1");
	await until("the work", async () =>
		(await frame.locator(".plan .summary").innerText()).startsWith("Studies: 4; trainings: "),
	);
	await frame.getByRole("button", { name: "Open as JSON Document" }).click();
	await until("the document", async () => (await documentIn(window)) !== undefined);
	const written = await documentIn(window);
	assert.deepEqual(written?.network, [{ depth: 3 }, { depth: 5, norm: "layernorm" }]);
	assert.deepEqual(written?.optimizer, [{}, { kind: "sgd", clip: 1 }]);
	await window.openFile("activations.study.json");
	await window.runCommand("Activation Lens: Edit in Form");
	frame = await formOf(window);
	await row(frame, "Optimizer 2").waitFor();
	const remove = frame.getByRole("button", { name: "Remove Network 1" });
	await remove.press("Enter");
	await until("one network", async () => (await row(frame, "Network 1").count()) === 0);
	assert.equal(await frame.getByLabel("Number of layers").inputValue(), "5");
	const add = frame.getByRole("button", { name: "Add a network" });
	assert.ok(await add.evaluate((button) => button === document.activeElement), "the keyboard goes on with adding");
	await frame.getByRole("button", { name: "Write to the Document" }).click();
	await until("the change", async () => !Array.isArray((await documentIn(window))?.network));
	assert.deepEqual((await documentIn(window))?.network, { depth: 5, norm: "layernorm" });
});

function formOf(window: Window): Promise<Frame> {
	return window.webview(".study-form .entry");
}

function row(frame: Frame, title: string) {
	return frame.getByRole("group", { name: title, exact: true });
}

/** The document in the editor; undefined where there is none that is read to its end. */
async function documentIn(window: Window): Promise<Record<string, unknown> | undefined> {
	const lines = await window.page.locator(".editor-instance .view-line").evaluateAll((all) =>
		all
			.map((line) => ({ top: Number.parseFloat((line as HTMLElement).style.top), text: line.textContent ?? "" }))
			.sort((a, b) => a.top - b.top)
			.map(({ text }) => text.replaceAll("\u00a0", " ")),
	);
	try {
		return JSON.parse(lines.join("\n"));
	} catch {
		return undefined;
	}
}
