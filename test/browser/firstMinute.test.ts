/** What a user does in the first minute, from the packaged extension. */
import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { THEMES, type ThemeName, test, until, type Window } from "./harness.ts";

const VALUES = "[0.73105858 0.88079708 0.95257413 0.98201379 0.99330715]";

test("hovering the call in the array example shows the values that NumPy prints", async (window) => {
	await window.openFile("sigmoid_demo.py");
	const text = await window.hover("sigmoid", VALUES, 2);
	assert.match(text, /identical to Sigmoid/);
	assert.match(text, /x < −5\.98/);
	const picture = window.page.locator(".monaco-hover:not(.hidden) img").first();
	const { width, source } = await picture.evaluate((image: HTMLImageElement) => ({
		width: image.naturalWidth,
		source: image.src,
	}));
	assert.ok(width > 0, "the plot is drawn");
	assert.ok(source.length <= 8192, `the plot has at most 8 kB, got ${source.length}`);
	await window.screenshot("hover-dark");
});

test("hovering shows the value and slope of sigmoid(2.5)", async (window) => {
	assert.match(await window.hover("sigmoid(2.5)", "0.92414"), /0\.0701/);
});

test("the panel opens beside the editor, draws f and f′, follows the cursor and reads off by mouse and keyboard", async (window) => {
	await window.runCommand("Activation Lens: Open Panel");
	const frame = await window.webview("#app canvas");
	await window.click("tanh", 1);
	await until(
		"the panel to follow to tanh",
		async () => (await frame.locator("h1:visible").first().innerText()) === "tanh",
	);
	assert.ok((await drawnPixels(frame)) > 500, "the chart has pixels");
	const canvas = frame.locator(".main-chart canvas");
	await canvas.hover({ position: { x: 200, y: 100 } });
	const reading = () => frame.locator(".legend table").innerText();
	await until("the probe's reading", async () => /x = [−\d.]+[\s\S]*\d\.\d+/.test(await reading()));
	await canvas.focus();
	await canvas.press("Home");
	await until("the reading at the left end", async () => /x = −6\b[\s\S]*−0\.999988/.test(await reading()));
	assert.match(await frame.locator("#app").innerText(), /Identity\s+identical to Tanh \(in float64 within 1e−14/);
	await frame.locator("select:visible").first().selectOption({ label: "GELU" });
	await until("two names", async () => (await frame.locator(".legend tbody tr").count()) === 2);
	await frame.getByRole("button", { name: "Show table" }).click();
	await until("the table", async () => (await frame.locator("#function-table tbody tr").count()) > 20);
	await frame.getByRole("button", { name: "Hide table" }).click();
	await window.screenshot("panel-dark");
	const type = frame.getByLabel("Type in which f is computed");
	await type.selectOption("bfloat16");
	const summary = frame.locator("#function-summary");
	// The one that is selected may be either.
	await until("what bfloat16 loses", async () =>
		/in bfloat16: (rounding for x from|no value is lost here)/.test(await summary.innerText()),
	);
	await window.screenshot("panel-bfloat16-dark");
	await type.selectOption("float64");
	await until("float64 again", async () => !(await summary.innerText()).includes("bfloat16"));
});

test("a comparison on the digits trains to the end and shows two curves", async (window) => {
	await window.runCommand("Activation Lens: Compare Activations…");
	await answerQuestions(window, ["ReLU", "Sigmoid"], "Handwritten digits", "Small");
	const frame = await window.webview("#app .state");
	await until("the training to be shown", async () => (await stateOf(frame)) === "running");
	await until(
		"some epochs",
		async () => Number(await frame.locator("progress").evaluate((bar: HTMLProgressElement) => bar.value)) > 0.3,
	);
	await window.screenshot("training-live-dark");
	await until("the training to end", async () => (await stateOf(frame)) === "done", 120_000);
	const rows = await frame.locator(".training table").first().locator("tbody tr").allInnerTexts();
	assert.equal(rows.length, 2);
	for (const row of rows) {
		const accuracy = Number(/([\d.]+)(?: ± [\d.]+)? ?%/.exec(row)?.[1]);
		assert.ok(accuracy > 80, `accuracy in "${row}"`);
	}
	assert.ok((await coloursOf(frame, '[data-chart="loss"] canvas')) >= 2, "two curves in two colours");
	const data = await until("the data", () =>
		frame.evaluate(() => {
			const section = document.querySelector('[data-section="data"]');
			const pictures = section?.querySelectorAll(".pictures canvas").length ?? 0;
			return pictures > 0 ? { pictures, text: section?.textContent ?? "" } : undefined;
		}),
	);
	assert.equal(data.pictures, 24);
	assert.match(data.text, /Samples: 1797; features: 64; classes: 10\./);
	await window.page.keyboard.press("Escape");
	await window.screenshot("training-dark");
	// What is closed is filled when it is opened.
	const times = await until("the times", () =>
		frame.evaluate(() => {
			const section = document.querySelector<HTMLDetailsElement>('[data-section="time"]');
			if (section) section.open = true;
			return (
				[...(section?.querySelectorAll("tbody tr") ?? [])].map((row) => row.textContent ?? "").join("|") || undefined
			);
		}),
	);
	assert.match(times, /^ReLU[\d.]+ m?s\d+ of \d+ seeds.*\|Sigmoid/);
});

test("a comparison on two moons shows what each network answers in the plane", async (window) => {
	await window.runCommand("Activation Lens: Compare Activations…");
	// The functions of the file in view are offered, and trained as they are written.
	await answerQuestions(window, ["sigmoid()", "Tanh"], "Two moons", "Small");
	const frame = await window.webview("#app .state");
	const planes = await until(
		"two planes with surfaces",
		() =>
			frame.evaluate(() => {
				const figures = [...document.querySelectorAll<HTMLElement>(".plane-row figure:not([hidden])")];
				const found = figures.map((figure) => ({
					caption: figure.querySelector("figcaption")?.textContent ?? "",
					says: figure.querySelector(".plane")?.getAttribute("aria-label") ?? "",
				}));
				return found.length === 2 && found.every(({ caption }) => caption !== "") ? found : undefined;
			}),
		60_000,
	);
	assert.match(planes[0]!.caption, /^sigmoid\(\), seed \d+, epoch \d+$/);
	assert.match(
		planes[1]!.says,
		/^Tanh, seed \d+, epoch \d+\. [\d.]+ % of the points lie where it chooses their class\.$/,
	);
	await until("the training to end", async () => (await stateOf(frame)) === "done", 120_000);
	await window.page.keyboard.press("Escape");
	await window.screenshot("training-moons-dark");
});

test("a comparison is cancelled half way and is listed so", async (window) => {
	await window.runCommand("Activation Lens: Compare Activations…");
	await answerQuestions(window, ["Tanh", "GELU"], "Handwritten digits", "Deep");
	const frame = await window.webview("#app .state");
	await until("some progress", async () => {
		const share = Number(await frame.locator("progress").evaluate((bar: HTMLProgressElement) => bar.value));
		return (await stateOf(frame)) === "running" && share > 0.05 && share < 0.9;
	});
	await frame.getByRole("button", { name: "Cancel" }).click();
	await until("the run to be cancelled", async () => (await stateOf(frame)) === "cancelled");
	await window.openSideBar("Activation Lens");
	await until("the run in the list", async () =>
		(await window.treeRows("Runs")).some((row) => /cancelled at \d+ %/.test(row)),
	);
	assert.ok((await window.treeRows("In This File")).length >= 7);
	await window.screenshot("sidebar-dark");
});

test("the catalog inserts an activation as PyTorch code, and a click shows it in the panel", async (window) => {
	await window.click("import numpy");
	await window.openFile("model_torch.py");
	await window.click("gate");
	await window.page.keyboard.press("End");
	await window.treeRow("Catalog", "Rectifiers").click();
	const written = () => window.page.locator(".view-line", { hasText: "nn.ReLU6()" }).first().isVisible();
	await window.chooseFromMenu(window.treeRow("Catalog", "ReLU6"), "Insert as PyTorch", written);
	await window.treeRow("Catalog", "ReLU6").click();
	const frame = await window.webview("#app canvas");
	await until("ReLU6 in the panel", async () => (await frame.locator("h1:visible").first().innerText()) === "ReLU6");
	await window.page.keyboard.press("Escape");
});

test("the panel's state survives a reload of the window", async (window) => {
	const before = await window.webview("#app canvas");
	await before.locator("select:visible").first().selectOption({ label: "ELU" });
	await until("two names", async () => (await before.locator(".legend tbody tr").count()) === 2);
	await window.page.waitForTimeout(1000); // The page keeps its state a moment after a change.
	await window.runCommand("Developer: Reload Window");
	await window.page.waitForTimeout(3000);
	await window.page.waitForSelector(".monaco-workbench .part.editor", { timeout: 60_000 });
	const frame = await window.webview("#app canvas", 60_000);
	await until("both activations again", async () => (await frame.locator(".legend tbody tr").count()) === 2, 40_000);
	assert.deepEqual((await frame.locator(".legend tbody th").allInnerTexts()).sort(), ["ELU", "ReLU6"]);
	await frame.getByRole("tab", { name: "Training" }).click();
	await until("the run again", async () => (await stateOf(frame)) === "cancelled");
});

for (const theme of Object.keys(THEMES) as ThemeName[]) {
	test(`hover, panel and side bar in the ${theme} theme`, async (window) => {
		await window.setTheme(theme);
		await window.click("import");
		await window.openFile("sigmoid_demo.py");
		const frame = await window.webview("#app canvas");
		await frame.getByRole("tab", { name: "Training" }).click();
		await window.page.waitForTimeout(500);
		await window.screenshot(`theme-${theme}-training`);
		await frame.getByRole("tab", { name: "Function" }).click();
		assert.ok((await drawnPixels(frame)) > 500, "the chart has pixels");
		await window.hover("sigmoid", VALUES, 2);
		await window.screenshot(`theme-${theme}`);
		await window.page.mouse.move(5, 500);
	});
}

test("nothing of ours was logged as an error", async (window) => {
	assert.deepEqual(window.context.hostErrors(), []);
});

async function stateOf(frame: Frame): Promise<string | undefined> {
	return (await frame.locator(".state").getAttribute("data-state")) ?? undefined;
}

/** Pixels of the function's chart that are not transparent. */
function drawnPixels(frame: Frame): Promise<number> {
	return until("a drawn chart", async () => {
		const count = await frame.locator(".main-chart canvas").evaluate((canvas: HTMLCanvasElement) => {
			const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
			let drawn = 0;
			for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 0) drawn++;
			return drawn;
		});
		return count > 500 ? count : undefined;
	});
}

/** How many clearly different hues a chart is drawn in. */
async function coloursOf(frame: Frame, selector: string): Promise<number> {
	return frame.locator(selector).evaluate((canvas: HTMLCanvasElement) => {
		const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
		const hues = new Map<number, number>();
		for (let i = 0; i + 3 < data.length; i += 4) {
			const [r = 0, g = 0, b = 0, alpha = 0] = [data[i], data[i + 1], data[i + 2], data[i + 3]];
			const [top, low] = [Math.max(r, g, b), Math.min(r, g, b)];
			if (alpha < 200 || top - low < 60) continue; // Grey is axis and text.
			const sector =
				top === r ? (g - b) / (top - low) : top === g ? 2 + (b - r) / (top - low) : 4 + (r - g) / (top - low);
			const hue = Math.round(((sector + 6) % 6) * 2);
			hues.set(hue, (hues.get(hue) ?? 0) + 1);
		}
		return [...hues.values()].filter((count) => count > 40).length;
	});
}

/** Ticks exactly these activations, then picks the data and the network. */
async function answerQuestions(
	window: Window,
	activations: readonly string[],
	data: string,
	network: string,
): Promise<void> {
	const title = (text: string) =>
		window.page.locator(".quick-input-widget:visible .quick-input-title", { hasText: text }).waitFor();
	await title("Which activations?");
	await window.chooseMany(activations);
	await title("On which data?");
	await window.choose(data);
	await title("With which network?");
	await window.choose(network);
}
