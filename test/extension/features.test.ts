import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as vscode from "vscode";
import { Cards } from "../../src/editor/cards.ts";
import { Documents } from "../../src/editor/documents.ts";
import type { GivenAdvice } from "../../src/editor/whichActivation.ts";
import type { RunView } from "../../src/protocol/panel.ts";
import { test, until } from "./harness.ts";
import { actionsAt, openText } from "./inEditor.ts";

async function hoversAt(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.MarkdownString[]> {
	const command = "vscode.executeHoverProvider";
	const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(command, document.uri, position);
	return hovers.flatMap(({ contents }) =>
		contents.filter((one) => one instanceof vscode.MarkdownString || typeof one === "object"),
	) as vscode.MarkdownString[];
}

/** The text of our hover over the last `text` of the document, "" where there is none. */
async function hoverText(document: vscode.TextDocument, text: string): Promise<string> {
	const at = document.getText().lastIndexOf(text);
	assert.ok(at >= 0, `"${text}" is in the document`);
	const hovers = await hoversAt(document, document.positionAt(at + 1));
	return hovers.map(({ value }) => value).join("\n");
}

const references: readonly (readonly [code: string, over: string, shows: RegExp])[] = [
	["from torch import nn\nlayer = nn.GELU()\n", "GELU", /\*\*GELU\*\*[\s\S]*erf/],
	["import torch.nn.functional as F\ny = F.silu(x)\n", "silu", /\*\*SiLU\*\*/],
	["import torch\ngate = torch.sigmoid\n", "sigmoid", /\*\*Sigmoid\*\*[\s\S]*\(0, 1\)/],
	['import keras\nd = keras.layers.Dense(64, activation="relu")\n', '"relu"', /\*\*ReLU\*\*/],
	["import jax\ny = jax.nn.gelu(x)\n", "gelu", /tanh form/],
	["import numpy as np\ny = np.tanh(0.5)\n", "tanh", /0\.462117/],
	[
		"import numpy as np\ndef sigmoid(x): return 1 / (1 + np.exp(-x))\ny = sigmoid(2.5)\n",
		"sigmoid",
		/0\.924142[\s\S]*0\.0701037/,
	],
];

const scripts: typeof references = [
	[
		'import * as tf from "@tensorflow/tfjs";\nconst y = tf.leakyRelu(x);\n',
		"leakyRelu",
		/\*\*Leaky ?ReLU\*\*[\s\S]*0\.2/,
	],
	["export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));\n", "sigmoid", /[Ss]igmoid[\s\S]*\(0, 1\)/],
];

for (const [code, over, shows] of scripts) {
	test(`hover over ${over} in TypeScript`, async () => {
		const document = await vscode.workspace.openTextDocument({ language: "typescript", content: code });
		await until(`a hover that shows ${shows}`, async () => shows.test(await hoverText(document, over)));
	});
}

for (const [code, over, shows] of references) {
	test(`hover over ${over} in ${code.split("\n").at(-2)}`, async () => {
		const document = await openText(code);
		await until(`a hover that shows ${shows}`, async () => shows.test(await hoverText(document, over)));
		assert.ok((await hoverText(document, over)).split("\n").length <= 16, "about a dozen lines");
	});
}

test("a setting turns parts of the hover off, or all of it", async () => {
	const document = await openText("from torch import nn\nlayer = nn.Mish()\n");
	const settings = () => vscode.workspace.getConfiguration("activations.hover");
	await until("the hover with its plot", async () =>
		(await hoverText(document, "Mish")).includes("data:image/svg+xml"),
	);
	await settings().update("parts", { plot: false }, vscode.ConfigurationTarget.Global);
	try {
		const text = await hoverText(document, "Mish");
		assert.ok(text.includes("Mish") && !text.includes("data:image"));
		await settings().update("enabled", false, vscode.ConfigurationTarget.Global);
		assert.equal(await hoverText(document, "Mish"), "");
	} finally {
		await settings().update("parts", undefined, vscode.ConfigurationTarget.Global);
		await settings().update("enabled", undefined, vscode.ConfigurationTarget.Global);
	}
});

test("a notebook cell knows the aliases of the cells before it", async () => {
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	assert.ok(folder);
	const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.joinPath(folder, "notebook.ipynb"));
	await vscode.window.showNotebookDocument(notebook);
	const cell = notebook.getCells().find(({ document }) => document.getText().includes("layers.SiLU"));
	assert.ok(cell);
	await until("a hover over the alias", async () => (await hoverText(cell.document, "SiLU")).includes("**SiLU**"));
});

test("hostile names in the code make no Markdown, HTML, link or command of their own", async () => {
	const name = "sigmoid";
	const document = await openText(
		`import torch\nfrom torch import nn\n"""](command:evil) <img src=x onerror=alert(1)> **"""\ndef ${name}(x, ＿a=1):\n    while x: x = eval("<script>")\n    return x\n${name}("](command:x) <b>")\nnn.LeakyReLU(negative_slope="](http://x) <i>")\n`,
	);
	for (const over of [`${name}(x`, `${name}("`, "LeakyReLU"]) {
		for (const hover of await hoversAt(document, document.positionAt(document.getText().indexOf(over) + 1))) {
			assert.ok(!hover.isTrusted && !hover.supportHtml);
			const text = hover.value.replace(/!\[[^\]]*\]\(data:image\/svg\+xml[^)]*\)/, "");
			assert.ok(!/\]\(|<\w/.test(text), text);
		}
	}
});

/** Opens a file with this content: an untitled one would be asked for when the window closes. */
async function openFile(name: string, content: string | Uint8Array): Promise<vscode.TextDocument> {
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	assert.ok(folder);
	const uri = vscode.Uri.joinPath(folder, name);
	await vscode.workspace.fs.writeFile(uri, Buffer.from(content));
	const document = await vscode.workspace.openTextDocument(uri);
	await vscode.window.showTextDocument(document);
	return document;
}

async function withDocuments(act: (documents: Documents) => Promise<void>): Promise<void> {
	const documents = new Documents();
	try {
		await act(documents);
	} finally {
		documents.dispose();
	}
}

test("a function that is imported from another file is explained where it is used, and again when that file changes", async () => {
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	assert.ok(folder);
	const mine = vscode.Uri.joinPath(folder, "mine.py");
	const write = (text: string) => vscode.workspace.fs.writeFile(mine, Buffer.from(text));
	await write("import numpy as np\n\n\ndef gate(x):\n    return x / (1 + np.exp(-x))\n");
	const user = await openFile("uses_mine.py", "import numpy as np\nfrom mine import gate\n\ny = gate(np.zeros(3))\n");
	await until("a hover over the imported name", async () => (await hoverText(user, "gate")).includes("SiLU"));
	const [plot] = await actionsAt(user, new vscode.Range(3, 4, 3, 8));
	assert.equal(plot, undefined, "nothing is offered that would change a file that is not shown");
	await withDocuments(async (documents) => {
		const use = await until("the use", () => documents.read(user).uses.find(({ text }) => text === "gate"));
		const cards = new Cards(documents);
		const card = cards.ofUse(user, use);
		assert.match(card?.formula ?? "", /x/);
		const { location } = cards.subjectOf(card?.key ?? "");
		assert.equal(`${location?.uri.path.endsWith("/mine.py")} ${location?.range.start.line}`, "true 3");
	});
	await write("import numpy as np\n\n\ndef gate(x):\n    return np.tanh(x)\n");
	await until("the hover of the new text", async () => (await hoverText(user, "gate")).includes("Tanh"));
	await vscode.workspace.fs.delete(mine);
	await until("no hover over what is gone", async () => (await hoverText(user, "gate")) === "");
});

test("a file with syntax errors: what can be understood still works", async () => {
	const broken = await openFile("broken.py", "import torch\ndef f(:\n  <<<<<<< HEAD\ny = torch.relu(x)\n");
	await until("a hover in a broken file", async () => (await hoverText(broken, "torch.relu")).includes("ReLU"));
});

test("a file of 50,000 lines: the hover works", async () => {
	const huge = await openFile(
		"huge.py",
		`import torch\n${"x = torch.relu(x)  # line\n".repeat(50_000)}y = torch.tanh(x)\n`,
	);
	await until("a hover in it", async () => (await hoverText(huge, "torch.tanh")).includes("Tanh"), 50_000);
});

test("binary rubbish: no hover and no exception", async () => {
	const bytes = String.fromCharCode(...Array.from({ length: 20_000 }, (_, i) => 32 + ((i * 7919) % 60_000)));
	const rubbish = await openFile("rubbish.py", bytes);
	assert.deepEqual(await hoversAt(rubbish, new vscode.Position(0, 10)), []);
});

test("code is inserted at the cursor and nothing else", async () => {
	const document = await openText("layer = \n");
	const editor = vscode.window.activeTextEditor;
	assert.ok(editor);
	editor.selection = new vscode.Selection(0, 8, 0, 8);
	await vscode.commands.executeCommand("activations.insertAsPyTorch", "leaky_relu");
	await until("the code", () => document.getText() === "layer = nn.LeakyReLU()\n");
	editor.selection = new vscode.Selection(0, 8, 0, 22);
	await vscode.commands.executeCommand("activations.insertAsPyTorch", "leaky_relu", { negative_slope: 0.2 });
	await until("the code with its slope", () => document.getText() === "layer = nn.LeakyReLU(negative_slope=0.2)\n");
});

const moons = { kind: "moons", samples: 100, noise: 0.1 };

test("a study trains to the end in worker threads and is listed with what it measured", async () => {
	const study = {
		name: "two moons",
		activations: ["relu", "tanh"],
		data: moons,
		epochs: 5,
		network: { hidden: [8] },
		seeds: [0],
		tuning: false,
	};
	const run = await vscode.commands.executeCommand<RunView>("activations.compareActivations", study);
	assert.equal(run.summary.state, "done");
	assert.equal(run.events.filter(({ kind }) => kind === "done").length, 2);
	assert.equal(run.summary.progress, 1);
});

test("a study with impossible numbers is refused at the door and leaves no run behind", async () => {
	const study = { activations: ["relu"], data: moons, batchSize: 1000, epochs: 1 };
	assert.equal(await vscode.commands.executeCommand("activations.compareActivations", study), undefined);
	const wrong = { activations: ["relu"], network: { hidden: [0] } };
	assert.equal(await vscode.commands.executeCommand("activations.compareActivations", wrong), undefined);
});

test("a function that is not understood fails its run with the construct, and the next run works", async () => {
	const source = "def sigmoid(x):\n    while x > 1:\n        x = x / 2\n    return x\n";
	const activations = [{ id: "custom", label: "mine", source }, "relu"];
	const run = await vscode.commands.executeCommand<RunView>("activations.compareActivations", {
		activations,
		data: moons,
		epochs: 2,
		seeds: [0],
		tuning: false,
	});
	assert.equal(run.summary.state, "failed");
	const endings = run.events.filter(({ kind }) => kind === "failed" || kind === "done");
	assert.deepEqual(endings.map(({ kind, run: { activation } }) => `${activation} ${kind}`).sort(), [
		"0 failed",
		"1 done",
	]);
});

test("the extension executes nothing of the workspace: no child process, no evaluation", () => {
	const bundle = readFileSync(`${__dirname}/../../extension.js`, "utf8");
	// A method of that name, as in the text of a PyTorch script, evaluates nothing.
	for (const forbidden of [/child_process/, /node:vm/, /(?<![.\w])eval\(/, /new Function\(/])
		assert.ok(!forbidden.test(bundle), String(forbidden));
	assert.ok(readdirSync(`${__dirname}/../..`).includes("trainerWorker.js"));
});

test("advice trains the candidates, keeps the study, and shows its page beside the editor", async () => {
	await openText("from torch import nn\nlayer = nn.Mish()\n");
	const spec = { candidates: ["relu", "tanh"], data: moons, depth: 2, width: 8, seconds: 30 };
	const command = "activations.whichActivation";
	const answer = await vscode.commands.executeCommand<GivenAdvice>(command, spec);
	assert.ok(["ReLU", "Tanh"].includes(answer.advice.choice ?? ""));
	assert.ok(!["facts alone", "alone"].includes(answer.advice.certainty.level));
	const isAdvice = ({ input }: vscode.Tab) =>
		input instanceof vscode.TabInputWebview && input.viewType.endsWith("activations.advice");
	const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.filter(isAdvice));
	await until("its tab", () => tabs().length === 1);
	assert.ok(answer.runId, "the study is kept");
	const facts = await vscode.commands.executeCommand<GivenAdvice>(command, { candidates: ["relu"], depth: 10 });
	assert.deepEqual([facts.advice.certainty.level, facts.runId], ["facts alone", undefined]);
	assert.equal(tabs().length, 1, "the page is used again");
	assert.equal(await vscode.commands.executeCommand(command, { depth: 0 }), undefined);
	await vscode.window.tabGroups.close(tabs());
});

test("the questions of advice are answered by Enter, and code of the choice goes to the file", async () => {
	const document = await openText("layer = \n");
	vscode.window.activeTextEditor!.selection = new vscode.Selection(0, 8, 0, 8);
	let answer: GivenAdvice | undefined;
	const asked = vscode.commands.executeCommand<GivenAdvice>("activations.whichActivation").then((given) => {
		answer = given;
	});
	// The first item of each question: float32, three layers, the digits.
	await until(
		"the answer",
		async () => {
			await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
			return answer;
		},
		55_000,
	);
	await asked;
	assert.ok(answer?.runId, "it trained on the digits");
	const [first] = answer.words.shortList;
	await vscode.commands.executeCommand("activations.insertAsPyTorch", first?.id);
	await until("the code", () => /^layer = nn\.\w+\(.*\)\n$/.test(document.getText()));
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
});

test("the panel opens beside the editor, and its page answers", async () => {
	await openText("from torch import nn\nlayer = nn.Mish()\n");
	await vscode.commands.executeCommand("activations.openPanel");
	const isPanel = ({ input }: vscode.Tab) =>
		input instanceof vscode.TabInputWebview && input.viewType.endsWith("activations.panel");
	await until("its tab", () => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(isPanel)));
	assert.ok(vscode.window.tabGroups.all.length >= 2, "it is beside the editor");
	// Resolves when the page has shown it.
	await vscode.commands.executeCommand("activations.showActivation", "gelu");
	await vscode.commands.executeCommand("activations.addToComparison", "relu");
	await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(isPanel)));
	// Nothing waits for a page that is gone.
	await vscode.commands.executeCommand("activations.openPanel");
	await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(isPanel)));
});

test("going to an activation selects it, in a file and in a notebook's cell", async () => {
	const document = await openText("from torch import nn\nlayer = nn.Mish()\n");
	const range = new vscode.Range(1, 8, 1, 15);
	await vscode.commands.executeCommand("activations.revealUse", document.uri, range);
	assert.ok(vscode.window.activeTextEditor?.selection.isEqual(range));
	const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
	assert.ok(folder);
	const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.joinPath(folder, "notebook.ipynb"));
	await vscode.window.showNotebookDocument(notebook);
	const cell = notebook.getCells().find((one) => one.document.getText().includes("layers.SiLU"));
	assert.ok(cell);
	await vscode.commands.executeCommand("activations.revealUse", cell.document.uri, new vscode.Range(0, 0, 0, 3));
	assert.equal(vscode.window.activeNotebookEditor?.selection.start, cell.index);
	const inCell = () => vscode.window.visibleTextEditors.find((editor) => editor.document === cell.document);
	await until("the selection in the cell", () => inCell()?.selection.isEqual(new vscode.Range(0, 0, 0, 3)));
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
});

/** A command that asks for a run: the first is taken, as soon as one is offered. */
async function onFirstRun(command: string): Promise<void> {
	for (let run: unknown; run === undefined; ) {
		let isDone = false;
		const done = vscode.commands.executeCommand(command).then((of) => {
			isDone = true;
			run = of;
		});
		await until(command, async () => {
			await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
			return isDone;
		});
		await done;
	}
}

test("a run is picked in the palette and cancelled", async () => {
	const study = { activations: ["relu", "gelu"], data: moons, epochs: 10_000, network: { hidden: [64, 64] } };
	const ended = vscode.commands.executeCommand<RunView>("activations.compareActivations", study);
	await onFirstRun("activations.cancelRun");
	assert.equal((await ended).summary.state, "cancelled");
});

test("a new study is a document that can be edited, and trains when it is told to", async () => {
	await openText("from torch import nn\na, b = nn.GELU(), nn.Mish()\n");
	await vscode.commands.executeCommand("activations.newStudy");
	const document = vscode.window.activeTextEditor!.document;
	const written = JSON.parse(document.getText());
	assert.deepEqual(
		written.activations.map(({ id }: { id: string }) => id),
		["gelu", "mish"],
	);
	assert.equal(written.seeds.length, 5);
	const small = {
		...written,
		data: moons,
		epochs: 2,
		network: { hidden: [[4], [4, 4]] },
		seeds: [0, 1],
		tuning: false,
	};
	const edit = new vscode.WorkspaceEdit();
	edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), JSON.stringify(small));
	await vscode.workspace.applyEdit(edit);
	const runs = await vscode.commands.executeCommand<RunView[]>("activations.trainStudy");
	assert.deepEqual(
		runs.map(({ summary }) => [summary.state, summary.study.network.hidden.length]),
		[
			["done", 1],
			["done", 2],
		],
	);
});

test("the form of a study opens empty and on a document, and trains what it says", async () => {
	// Each resolves when the page has the form.
	await vscode.commands.executeCommand("activations.buildStudy");
	const document = await openFile(
		"small.study.json",
		JSON.stringify({ activations: ["relu"], data: moons, epochs: 1 }),
	);
	await vscode.commands.executeCommand("activations.editStudy");
	const isPanel = ({ input }: vscode.Tab) =>
		input instanceof vscode.TabInputWebview && input.viewType.endsWith("activations.panel");
	assert.ok(vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(isPanel)));
	const small = {
		activations: ["relu"],
		data: moons,
		epochs: 1,
		seeds: [0],
		tuning: false,
		network: { width: [2, 4] },
	};
	const runs = await vscode.commands.executeCommand<RunView[]>("activations.trainStudy", small);
	assert.deepEqual(
		runs.map(({ summary }) => [summary.state, summary.study.network.hidden]),
		[
			["done", [2, 2]],
			["done", [4, 4]],
		],
	);
	// A click in the editor's title gives the document's place.
	const [clicked] = await vscode.commands.executeCommand<RunView[]>("activations.trainStudy", document.uri);
	assert.deepEqual([clicked?.summary.state, clicked?.summary.study.epochs], ["done", 1]);
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
});

test("a run is paused and goes on, and a cancelled one is resumed to its end", async () => {
	const study = {
		name: "long",
		activations: ["relu"],
		data: moons,
		epochs: 3000,
		network: { hidden: [64, 64] },
		precision: "float64",
		seeds: [0],
		tuning: false,
	};
	const views: RunView[] = [];
	const execute = (command: string, ...args: unknown[]) => vscode.commands.executeCommand<RunView>(command, ...args);
	const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
	const first = execute("activations.compareActivations", study).then((view) => views.push(view));
	await onFirstRun("activations.pauseRun");
	await wait(300);
	assert.equal(views.length, 0, "a paused run does not end");
	await onFirstRun("activations.resumeRun");
	await onFirstRun("activations.cancelRun");
	await first;
	assert.equal(views[0]?.summary.state, "cancelled");
	const steps = (view: RunView) =>
		Math.max(...view.events.map((event) => ("measure" in event ? event.measure.step : 0)));
	const second = execute("activations.resumeRun", views[0]!.summary).then((view) => views.push(view));
	await wait(1000); // To get further than it was.
	await onFirstRun("activations.cancelRun");
	await second;
	assert.equal(views[1]?.summary.id, views[0]?.summary.id);
	assert.ok(steps(views[1]!) > steps(views[0]!), `${steps(views[1]!)} steps after ${steps(views[0]!)}`);
});

test("two runs are compared in the panel, and one keeps its name where the new one is what it was", async () => {
	const study = { activations: ["relu", "tanh"], data: moons, epochs: 2, seeds: [0], tuning: false };
	const train = () => vscode.commands.executeCommand<RunView>("activations.compareActivations", study);
	const [first, second] = [await train(), await train()].map(({ summary }) => summary);
	await vscode.commands.executeCommand("activations.compareRuns", first, [first, second]);
	const renamed = vscode.commands.executeCommand("activations.renameRun", first);
	let isDone = false;
	void renamed.then(() => {
		isDone = true;
	});
	await until("the name", async () => {
		await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
		return isDone;
	});
});

test("the page of a rule opens as a preview", async () => {
	await vscode.commands.executeCommand("activations.explainRule", "softmax-twice");
	const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
	await until("the preview", () => labels().some((label) => label.includes("softmax-twice.md")));
});

test("a hand-written softplus is listed in Problems, and the quick fix makes it stable", async () => {
	const document = await openText("def softplus(v):\n    return np.log(1 + np.exp(v))\n\nimport numpy as np\n");
	const ours = () => vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === "Activation Lens");
	await until("findings", () => ours().length > 0);
	const overflow = ours().find(({ code }) => typeof code === "object" && code.value === "hazard-inf");
	assert.ok(overflow, "an overflow is among them");
	assert.equal(document.getText(overflow.range), "np.exp(v)");
	assert.match(overflow.message, /^Overflow: .*float32 x ≥ 88\.72/);
	assert.match(overflow.message, /at x = 100 the code gives ∞ in float32, the function is 100\./);
	assert.equal(overflow.severity, vscode.DiagnosticSeverity.Information);
	const actions = await actionsAt(document, overflow.range, vscode.CodeActionKind.QuickFix);
	const fix = actions.find(({ title }) => title.startsWith("Replace by stable form"));
	assert.ok(fix?.edit, "a fix is offered");
	await vscode.workspace.applyEdit(fix.edit);
	assert.match(document.getText(), /return np\.logaddexp\(v, 0\)\n/);
	await until("no finding any more", () => ours().length === 0);
});

test("a fix stands in its place also when the text above it has changed since it was first offered", async () => {
	const document = await openText("import numpy as np\n\ndef softplus(v):\n    return np.log(1 + np.exp(v))\n");
	const stable = async (line: number) => {
		const actions = await actionsAt(document, new vscode.Range(line, 5, line, 5), vscode.CodeActionKind.QuickFix);
		return actions.find(({ title }) => title.startsWith("Replace by stable form"));
	};
	await until("a fix", () => stable(2));
	const above = new vscode.WorkspaceEdit();
	above.insert(document.uri, new vscode.Position(0, 0), "# A comment of some length.\n");
	await vscode.workspace.applyEdit(above);
	const fix = await stable(3);
	assert.ok(fix?.edit, "the fix is offered again");
	await vscode.workspace.applyEdit(fix.edit);
	assert.match(document.getText(), /\ndef softplus\(v\):\n {4}return np\.logaddexp\(v, 0\)\n$/);
});

test("a fix in a notebook's cell knows what the cells before it import", async () => {
	const folder = vscode.workspace.workspaceFolders![0]!.uri;
	const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.joinPath(folder, "notebook.ipynb"));
	await vscode.window.showNotebookDocument(notebook);
	const cell = notebook.getCells().find((one) => one.document.getText().includes("def swish"))!.document;
	const before = cell.getText();
	const actions = await actionsAt(cell, new vscode.Range(0, 5, 0, 5), vscode.CodeActionKind.RefactorRewrite);
	const derivative = actions.find(({ title }) => title === "Insert the derivative of swish");
	assert.ok(derivative?.edit, "a derivative is offered");
	await vscode.workspace.applyEdit(derivative.edit);
	try {
		assert.match(cell.getText(), /def swish_derivative\(x\):/);
		assert.ok(!cell.getText().includes("import"), cell.getText());
	} finally {
		const undone = new vscode.WorkspaceEdit();
		undone.replace(cell.uri, new vscode.Range(0, 0, cell.lineCount, 0), before);
		await vscode.workspace.applyEdit(undone);
	}
});

test("a hand-written function is replaced by its library's own, and gets a derivative behind it", async () => {
	const document = await openText("import torch\n\ndef act(x):\n    return x / (1 + torch.exp(-x))\n");
	const offered = () => actionsAt(document, new vscode.Range(2, 5, 2, 5), vscode.CodeActionKind.RefactorRewrite);
	const derivative = (await offered()).find(({ title }) => title === "Insert the derivative of act");
	assert.ok(derivative?.edit, "a derivative is offered");
	await vscode.workspace.applyEdit(derivative.edit);
	assert.match(document.getText(), /\n\n\ndef act_derivative\(x\):\n {4}"""The derivative of act\."""\n/);
	const library = (await offered()).find(({ title }) => title === "Replace by library function: F.silu(x)");
	assert.ok(library?.edit, "the library's own is offered");
	await vscode.workspace.applyEdit(library.edit);
	assert.match(
		document.getText(),
		/^import torch\.nn\.functional as F\nimport torch\n\ndef act\(x\):\n {4}return F\.silu\(x\)\n/,
	);
});

test("a hand-written function is written as code of another library in an editor of its own", async () => {
	const document = await openText("import numpy as np\ndef act(x):\n    return x / (1 + np.exp(-x))\n");
	const actions = await actionsAt(document, new vscode.Range(1, 5, 1, 5), vscode.CodeActionKind.RefactorRewrite);
	const write = actions.find(({ title }) => title === "Write SiLU as code of another library…");
	assert.ok(write?.command, "writing is offered");
	const written = vscode.commands.executeCommand(write.command.command, ...(write.command.arguments ?? []));
	const text = await until("the first of the libraries in another editor", async () => {
		await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
		const shown = vscode.window.activeTextEditor?.document;
		return shown && shown !== document ? shown.getText() : undefined;
	});
	await written;
	assert.equal(
		text,
		'import torch\n\n\ndef act(x):\n    """act: x / (1 + exp(−x))."""\n    return x * torch.sigmoid(x)\n',
	);
});

test("a setting turns findings off or makes them warnings", async () => {
	const document = await openText("import numpy as np\nsoftplus = lambda x: np.log(1 + np.exp(x))\n");
	const ours = () => vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === "Activation Lens");
	const settings = () => vscode.workspace.getConfiguration("activations.findings");
	await until("findings", () => ours().length > 0);
	try {
		await settings().update("severity", "warning", vscode.ConfigurationTarget.Global);
		await until("warnings", () => ours().some(({ severity }) => severity === vscode.DiagnosticSeverity.Warning));
		await settings().update("severity", "off", vscode.ConfigurationTarget.Global);
		await until("none", () => ours().length === 0);
	} finally {
		await settings().update("severity", undefined, vscode.ConfigurationTarget.Global);
	}
});
