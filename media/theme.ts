/** Colours of the editor's theme for canvases, which know no CSS variables. */
export interface Theme {
	readonly foreground: string;
	readonly background: string;
	readonly muted: string;
	readonly grid: string;
	/** Told apart also by dashes in a high-contrast theme. */
	readonly series: readonly string[];
	readonly highContrast: boolean;
	readonly font: string;
}

const SERIES = ["blue", "orange", "green", "purple", "red", "yellow"] as const;
const FALLBACK: Readonly<Record<(typeof SERIES)[number], string>> = {
	blue: "#3794ff",
	orange: "#d18616",
	green: "#89d185",
	purple: "#b180d7",
	red: "#f14c4c",
	yellow: "#cca700",
};

/** Reads the theme as it is now. */
export function readTheme(): Theme {
	const style = getComputedStyle(document.body);
	const read = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
	const foreground = read("--vscode-editor-foreground", "#333333");
	return {
		foreground,
		background: read("--vscode-editor-background", "#ffffff"),
		muted: read("--vscode-descriptionForeground", foreground),
		grid: read("--vscode-editorIndentGuide-background1", read("--vscode-widget-border", "rgba(128,128,128,0.25)")),
		series: SERIES.map((name) => read(`--vscode-charts-${name}`, FALLBACK[name])),
		highContrast: document.body.className.includes("high-contrast"),
		font: read("--vscode-font-family", "sans-serif"),
	};
}

/** Calls back when the editor changes its theme: VS Code then rewrites the body's class and the root's variables. */
export function onThemeChange(callback: () => void): void {
	const observer = new MutationObserver(callback);
	observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-kind"] });
	observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
}
