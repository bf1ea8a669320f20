/** What a person finds about a function of their own, and the fix for it. */
import assert from "node:assert/strict";
import { test, until } from "./harness.ts";

test("Problems tells where a hand-written tanh goes wrong, and the light bulb makes it stable", async (window) => {
	await window.setTheme("dark");
	await window.openFile("sigmoid_demo.py");
	await window.runCommand("View: Close Editors in Other Groups");
	const line = (text: string) => window.page.locator(".view-line", { hasText: text }).first();
	const problems = await until("findings", async () => {
		const rows = await window.problems();
		return rows.some((row) => /float32/.test(row)) ? rows : undefined;
	});
	assert.ok(
		problems.some((row) => /^NaN: .*at x = \d+ the code gives NaN in float32, the function is 1/m.test(row)),
		problems.join("\n"),
	);
	const titles = await window.fixes("return (np.exp");
	for (const wanted of [
		"Replace by stable form: np.tanh(x)",
		"Insert the derivative of tanh",
		"Show tanh as formula",
		"Write Tanh as code of another library…",
	]) {
		assert.ok(titles.includes(wanted), `${wanted} is among ${titles.join(", ")}`);
	}
	await window.screenshot("light-bulb-dark");
	await window.chooseFix("Replace by stable form");
	await until("the stable form", () => line("return np.tanh(x)").isVisible());
	await window.runCommand("Undo");
	await until("the code as it was", () => line("(np.exp(x) - np.exp(-x))").isVisible());
	await window.runCommand("View: Toggle Panel Visibility");
});
