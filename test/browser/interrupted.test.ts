/** What becomes of a training when its window goes. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, until } from "./harness.ts";

test("a run cut short by a reload of the window is listed as interrupted, with all that it had reported", async (window) => {
	// So many epochs that no machine is at its end before the window is, and none is slow to begin.
	const study = {
		activations: [
			"mish",
			{ id: "custom", label: "sigmoid()", source: "def sigmoid(x):\n\treturn 1 / (1 + np.exp(-x))" },
		],
		data: "digits",
		network: { hidden: [32] },
		tuning: false,
		optimizer: { learningRate: 0.001 },
		epochs: 10_000,
	};
	writeFileSync(join(window.context.workspace, "long.study.json"), JSON.stringify(study, null, "\t"));
	await window.openFile("long.study.json");
	await window.runCommand("Activation Lens: Train This Study");
	const before = await window.webview("#app .state");
	await until(
		"some progress of this run",
		// Both are read at once: the run before it, which has ended, may still be in view.
		() =>
			before.locator("#app").evaluate((page) => {
				const isRunning = page.querySelector<HTMLElement>(".training .state")?.dataset.state === "running";
				return isRunning && page.querySelector("progress")!.value >= 0.011;
			}),
		90_000,
	);
	await window.page.waitForTimeout(1000); // What is reported is on disk within half a second.
	await window.runCommand("Developer: Reload Window");
	await window.page.waitForTimeout(3000);
	await window.page.waitForSelector(".monaco-workbench .part.editor", { timeout: 60_000 });
	await window.openSideBar("Activation Lens");
	const rows = await until(
		"a list of runs",
		async () => {
			const found = await window.treeRows("Runs");
			return found.length > 0 ? found : undefined;
		},
		60_000,
	);
	const row = rows.find((one) => /sigmoid\(\).*interrupted at/.test(one));
	assert.ok(Number(/interrupted at (\d+) %/.exec(row ?? "")?.[1]) >= 1, rows.join("\n"));
	await window.treeRow("Runs", "sigmoid()").click();
	const after = await window.webview("#app .state", 60_000);
	await until(
		"its page",
		async () => (await after.locator(".state").getAttribute("data-state")) === "interrupted",
		60_000,
	);
	assert.equal(await after.locator(".training table").first().locator("tbody tr").count(), 2);
	await window.screenshot("interrupted-dark");
});
