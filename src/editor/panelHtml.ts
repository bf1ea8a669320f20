import { randomBytes } from "node:crypto";

/** Where the panel's page finds what it is made of; `source` is what its policy allows style, images and fonts from. */
export interface PanelPage {
	readonly language: string;
	readonly source: string;
	/** Addresses. */
	readonly style: string;
	readonly script: string;
	/** Those of scripts that run before the page's. */
	readonly before?: readonly string[];
}

/** The panel's page as a shell: its script writes the rest. No inline script or style, no remote resource. */
export function panelHtml({ language, source, style, script, before = [] }: PanelPage): string {
	const nonce = randomBytes(16).toString("base64");
	const policy = [
		"default-src 'none'",
		`script-src 'nonce-${nonce}'`,
		`style-src ${source}`,
		`img-src ${source} data: blob:`,
		`font-src ${source}`,
	].join("; ");
	const scripts = [
		...before.map((address) => `<script nonce="${nonce}" src="${address}"></script>`),
		`<script type="module" nonce="${nonce}" src="${script}"></script>`,
	];
	return `<!DOCTYPE html>
<html lang="${language}">
<head>
	<meta charset="utf-8">
	<meta http-equiv="Content-Security-Policy" content="${policy}">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<link rel="stylesheet" href="${style}">
	<title>Activation Lens</title>
</head>
<body>
	<main id="app"></main>
	${scripts.join("\n\t")}
</body>
</html>`;
}
