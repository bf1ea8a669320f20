/** The languages whose files are read, as a `when` clause writes a pattern of their ids. */
const LANGUAGES = "/^(python|(java|type)script(react)?)$/";

const STUDY_FILE = "resourceFilename =~ /\\.study\\.json$/";

/**
 * Every command of the extension, once: `npm run manifest` writes `contributes.commands` and `contributes.menus` from
 * here, and `Record<CommandId, Handler>` makes a missing handler a compile error.
 */
export const commands = {
	"activations.openPanel": {
		title: "Open Panel",
		icon: "$(graph-line)",
		menus: [
			{
				menu: "editor/title",
				group: "navigation@90",
				when: `resourceLangId =~ ${LANGUAGES} && config.activations.editorTitleButton`,
			},
			{ menu: "view/title", group: "navigation@1", when: "view == activations.catalog || view == activations.file" },
		],
	},
	"activations.compareActivations": {
		title: "Compare Activations…",
		icon: "$(beaker)",
		menus: [{ menu: "view/title", group: "navigation@1", when: "view == activations.runs" }],
	},
	"activations.whichActivation": {
		title: "Which Activation?",
		icon: "$(lightbulb)",
		menus: [
			{
				menu: "view/title",
				group: "navigation@2",
				when: "view == activations.catalog || view == activations.file || view == activations.runs",
			},
		],
	},
	"activations.buildStudy": {
		title: "New Study…",
		icon: "$(new-file)",
		menus: [{ menu: "view/title", group: "navigation@3", when: "view == activations.runs" }],
	},
	"activations.newStudy": { title: "New Study Document", icon: "$(json)", menus: [] },
	"activations.editStudy": {
		title: "Edit in Form",
		icon: "$(checklist)",
		palette: STUDY_FILE,
		menus: [{ menu: "editor/title", group: "navigation@2", when: STUDY_FILE }],
	},
	"activations.trainStudy": {
		title: "Train This Study",
		icon: "$(play)",
		palette: STUDY_FILE,
		menus: [{ menu: "editor/title", group: "navigation@1", when: STUDY_FILE }],
	},
	"activations.showActivation": {
		title: "Show in Panel",
		icon: "$(graph-line)",
		menus: [item("catalogEntry", "inline@2")],
	},
	"activations.addToComparison": {
		title: "Overlay in Panel",
		icon: "$(add)",
		menus: [item("catalogEntry", "inline@1"), item("catalogEntry", "1_show@1")],
	},
	"activations.insertAsPyTorch": insert("PyTorch", "pytorch", 1),
	"activations.insertAsKeras": insert("Keras", "keras", 2),
	"activations.insertAsJax": insert("JAX", "jax", 3),
	"activations.insertAsNumPy": insert("NumPy", "numpy", 4),
	"activations.writeAsCode": {
		title: "Write as Code…",
		icon: "$(code)",
		menus: [item("catalogEntry", "3_write@1")],
	},
	"activations.showFormula": {
		title: "Show as Formula",
		icon: "$(symbol-operator)",
		menus: [item("catalogEntry", "3_write@2")],
	},
	"activations.findUses": {
		title: "Find All Uses of an Activation",
		icon: "$(references)",
		menus: [
			{
				menu: "view/item/context",
				group: "inline@1",
				when: "view == activations.workspace && viewItem == workspaceActivation",
			},
			{ menu: "editor/context", group: "4_search@9", when: `resourceLangId =~ ${LANGUAGES}` },
		],
	},
	"activations.refreshWorkspace": {
		title: "Scan the Workspace Again",
		icon: "$(refresh)",
		menus: [{ menu: "view/title", group: "navigation@1", when: "view == activations.workspace" }],
	},
	"activations.focusFileTree": { title: "Show the Activations of This File", icon: "$(list-tree)", menus: [] },
	"activations.revealWorkspaceUse": { title: "Go to Activation", palette: false, menus: [] },
	"activations.revealUse": { title: "Go to Activation", palette: false, menus: [] },
	"activations.openRun": {
		title: "Open Run",
		icon: "$(graph-line)",
		palette: "activations.hasRuns",
		menus: [item("run", "inline@1"), item("run", "1_open@1")],
	},
	"activations.compareRuns": {
		title: "Compare Runs",
		icon: "$(compare-changes)",
		palette: "activations.hasRuns",
		menus: [item("run", "1_open@2")],
	},
	"activations.cancelRun": {
		title: "Cancel Run",
		icon: "$(debug-stop)",
		palette: "activations.isTraining",
		menus: [
			{
				menu: "view/item/context",
				group: "inline@3",
				when: "view == activations.runs && viewItem =~ /^run\\.(running|paused)$/",
			},
		],
	},
	"activations.pauseRun": {
		title: "Pause Run",
		icon: "$(debug-pause)",
		palette: "activations.isTraining",
		menus: [
			{ menu: "view/item/context", group: "inline@2", when: "view == activations.runs && viewItem == run.running" },
		],
	},
	"activations.resumeRun": {
		title: "Resume Run",
		icon: "$(debug-continue)",
		palette: "activations.hasRuns",
		menus: [
			{
				menu: "view/item/context",
				group: "inline@2",
				when: "view == activations.runs && viewItem =~ /^run\\.(paused|interrupted|cancelled|failed)$/",
			},
		],
	},
	"activations.renameRun": {
		title: "Rename Run…",
		icon: "$(edit)",
		palette: "activations.hasRuns",
		menus: [item("run", "2_edit@1")],
	},
	"activations.exportRun": {
		title: "Export Run…",
		icon: "$(export)",
		palette: "activations.hasRuns",
		menus: [item("run", "2_edit@2")],
	},
	"activations.deleteRun": {
		title: "Delete Run…",
		icon: "$(trash)",
		palette: "activations.hasRuns",
		menus: [item("run", "3_delete@1")],
	},
	"activations.refresh": {
		title: "Refresh Runs",
		icon: "$(refresh)",
		menus: [{ menu: "view/title", group: "navigation@3", when: "view == activations.runs" }],
	},
	"activations.explainRule": { title: "Explain a Rule", icon: "$(info)", menus: [] },
	"activations.openSettings": { title: "Open Settings", icon: "$(gear)", menus: [] },
	"activations.openWalkthrough": { title: "Open Walkthrough", icon: "$(book)", menus: [] },
} as const satisfies Record<string, Command>;

export type CommandId = keyof typeof commands;

export interface Command {
	/** English; the key of its translation is `command.` and the id's last part. */
	readonly title: string;
	readonly icon?: string;
	/** When the palette offers it: always by default, never for what only a click on an entry can mean. */
	readonly palette?: false | string;
	readonly menus: readonly { readonly menu: string; readonly group: string; readonly when: string }[];
}

function item(viewItem: string, group: string) {
	const view = viewItem === "run" ? "activations.runs" : "activations.catalog";
	return { menu: "view/item/context", group, when: `view == ${view} && viewItem =~ /^${viewItem}\\b/` } as const;
}

function insert(library: string, key: string, order: number) {
	return {
		title: `Insert as ${library}`,
		palette: "editorIsOpen",
		menus: [
			{
				menu: "view/item/context",
				group: `2_insert@${order}`,
				when: `view == activations.catalog && viewItem =~ /\\b${key}\\b/`,
			},
		],
	} as const;
}
