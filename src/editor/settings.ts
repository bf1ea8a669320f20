import { settableSeverities } from "../core/diagnosis/rules/ruleSettings.ts";
import { rules } from "../core/diagnosis/rules/rules.ts";

/** Every setting, once: `npm run manifest` writes `contributes.configuration` from here. Descriptions are English. */
export const settings = {
	"activations.hover.enabled": {
		type: "boolean",
		default: true,
		description: "Show a hover over activation functions.",
	},
	"activations.hover.parts": {
		type: "object",
		default: { plot: true, formula: true, values: true, range: true, gradient: true, notes: true },
		description: "Parts of the hover that are shown.",
		properties: ["plot", "formula", "values", "range", "gradient", "notes"],
	},
	"activations.findings.severity": {
		type: "string",
		default: "information",
		enum: ["error", "warning", "information", "hint", "off"],
		description: "How the Problems view lists where a hand-written activation gives NaN, infinity or a lost value.",
	},
	"activations.rules": {
		type: "object",
		default: {},
		description:
			"How the Problems view lists the findings of each rule; what is not set is as the rule has it. `pyproject.toml` says the same in `[tool.activation-lens.rules]`, which these settings override.",
		properties: Object.keys(rules),
		values: settableSeverities,
	},
	"activations.models.lenses": {
		type: "boolean",
		default: true,
		description: "Show above each model what becomes of the gradient in it before training.",
	},
	"activations.models.inlayHints": {
		type: "boolean",
		default: false,
		description: "Show behind each layer of a model the gradient there, relative to the last layer.",
	},
	"activations.panel.points": {
		type: "integer",
		default: 600,
		minimum: 2,
		maximum: 4096,
		description: "Points at which the panel samples a curve.",
	},
	"activations.panel.followCursor": {
		type: "boolean",
		default: true,
		description: "The panel shows the activation under the cursor.",
	},
	"activations.training.workers": {
		type: "integer",
		default: 0,
		minimum: 0,
		maximum: 64,
		description: "Networks trained at the same time; 0 is one for each core, or fewer where memory is short.",
	},
	"activations.statusBar": {
		type: "boolean",
		default: true,
		description: "Show in the status bar how many activations and findings the open file has.",
	},
	"activations.editorTitleButton": {
		type: "boolean",
		default: true,
		description: "Show a button that opens the panel in the title bar of editors of Python, TypeScript and JavaScript.",
	},
} as const satisfies Record<string, Setting>;

export type SettingId = keyof typeof settings;

export interface Setting {
	readonly type: "boolean" | "integer" | "object" | "string";
	readonly default: unknown;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly enum?: readonly string[];
	readonly description: string;
	/** What an object may have; each is a switch, or one of `values`. */
	readonly properties?: readonly string[];
	readonly values?: readonly string[];
}
