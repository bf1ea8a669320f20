/** The kinds of theme that VS Code has. */
export type ThemeKind = "light" | "dark" | "high-contrast" | "high-contrast-light";

/** Colours for what is drawn on a canvas, where no style sheet reaches; all opaque. */
export interface Colours {
	readonly kind: ThemeKind;
	readonly highContrast: boolean;
	readonly background: string;
	readonly text: string;
	readonly faint: string;
	readonly grid: string;
	readonly axis: string;
	readonly border: string;
	readonly focus: string;
	/** Colours for lines, each with a contrast of at least 3 : 1 against the background (4.5 : 1 in high contrast). */
	readonly series: readonly string[];
	readonly font: string;
}

/** Used where a theme has no such colour, or one too faint for a line. In the order of `SERIES`. */
const OWN_SERIES: Readonly<Record<ThemeKind, readonly string[]>> = {
	light: ["#0b5cad", "#b0400f", "#2f7d2b", "#652d90", "#c2185b", "#7a5c00", "#00707a", "#5b5b5b"],
	dark: ["#59b3ff", "#ffa657", "#89d185", "#c79bec", "#ff7b93", "#d7ba3d", "#4ed8d8", "#b8b8b8"],
	"high-contrast": ["#40b4ff", "#ffa657", "#7ee787", "#d2a8ff", "#ff9492", "#ffd700", "#40e0e0", "#ffffff"],
	"high-contrast-light": ["#00479e", "#8a2500", "#1d5c14", "#652d90", "#a3003c", "#5f4700", "#00565e", "#000000"],
};
const SERIES = ["blue", "orange", "green", "purple", "red", "yellow"];

type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** The current theme's colours. */
export function readColours(): Colours {
	const style = getComputedStyle(document.documentElement);
	const kind = themeKind();
	const dark = kind === "dark" || kind === "high-contrast";
	const highContrast = kind === "high-contrast" || kind === "high-contrast-light";
	const variable = (name: string) => parse(style.getPropertyValue(`--vscode-${name}`).trim());
	const background = over(variable("editor-background") ?? (dark ? [31, 31, 31, 1] : [255, 255, 255, 1]), [
		...(dark ? ([0, 0, 0] as const) : ([255, 255, 255] as const)),
		1,
	]);
	const opaque = (colour: Rgba) => over(colour, background);
	const text = opaque(
		variable("foreground") ?? variable("editor-foreground") ?? (dark ? [204, 204, 204, 1] : [59, 59, 59, 1]),
	);
	const mixed = (share: number) => css(over([text[0], text[1], text[2], share], background));
	const least = highContrast ? 4.5 : 3;
	const border = variable("contrastBorder");
	const focus = variable("focusBorder");
	return {
		kind,
		highContrast,
		background: css(background),
		text: css(text),
		faint: highContrast ? css(text) : mixed(0.75),
		grid: mixed(highContrast ? 0.35 : 0.14),
		axis: mixed(highContrast ? 1 : 0.5),
		border: border ? css(opaque(border)) : mixed(0.3),
		focus: focus ? css(opaque(focus)) : css(text),
		series: OWN_SERIES[kind].map((own, index) => {
			const themed = SERIES[index] === undefined ? undefined : variable(`charts-${SERIES[index]}`);
			// VS Code's own orange is two thirds transparent: made to be laid over something, too faint for a line.
			return themed && themed[3] === 1 && contrast(themed, background) >= least ? css(themed) : own;
		}),
		font: style.getPropertyValue("--vscode-font-family").trim() || "system-ui, sans-serif",
	};
}

/** Calls `listener` whenever VS Code has put another theme on the page. */
export function onThemeChange(listener: () => void): void {
	let due = false;
	const observer = new MutationObserver(() => {
		if (due) return;
		due = true;
		// Classes and variables change one after the other.
		requestAnimationFrame(() => {
			due = false;
			listener();
		});
	});
	observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
	observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
}

function themeKind(): ThemeKind {
	const { classList } = document.body;
	// The light one carries both classes.
	if (classList.contains("vscode-high-contrast-light")) return "high-contrast-light";
	if (classList.contains("vscode-high-contrast")) return "high-contrast";
	if (classList.contains("vscode-dark")) return "dark";
	if (classList.contains("vscode-light")) return "light";
	return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Any colour that CSS knows; the canvas does the reading. */
function parse(colour: string): Rgba | undefined {
	if (colour === "" || !CSS.supports("color", colour)) return undefined;
	scratch ??= document.createElement("canvas").getContext("2d");
	if (!scratch) return undefined;
	scratch.fillStyle = colour;
	const text = scratch.fillStyle;
	const hex = /^#(..)(..)(..)$/.exec(text);
	if (hex) return [1, 2, 3].map((group) => Number.parseInt(hex[group]!, 16)).concat(1) as unknown as Rgba;
	const numbers = text.match(/[\d.]+/g)?.map(Number) ?? [];
	return numbers.length >= 3 ? [numbers[0]!, numbers[1]!, numbers[2]!, numbers[3] ?? 1] : undefined;
}
let scratch: CanvasRenderingContext2D | null | undefined;

function over([r, g, b, alpha]: Rgba, below: Rgba): Rgba {
	const mix = (top: number, under: number) => Math.round(top * alpha + under * (1 - alpha));
	return [mix(r, below[0]), mix(g, below[1]), mix(b, below[2]), 1];
}

function css([r, g, b]: Rgba): string {
	return `#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** WCAG 2's contrast ratio, 1…21. */
function contrast(a: Rgba, b: Rgba): number {
	const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
	return (high + 0.05) / (low + 0.05);
}

function luminance([r, g, b]: Rgba): number {
	const linear = (part: number) => (part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
	return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
