/** A link that runs a command of the editor; the arguments are JSON. */
export interface CommandLink {
	readonly text: string;
	readonly command: string;
	readonly args: readonly unknown[];
}

/** The style sheet's address, and the source that the page's policy allows it from. */
export interface PageStyle {
	readonly address: string;
	readonly source: string;
}

/** What stands around the content of a page without scripts. */
export function pageHtml(language: string, title: string, style: PageStyle, content: string): string {
	return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
	<meta charset="utf-8">
	<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${escaped(style.source)}">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<link rel="stylesheet" href="${escaped(style.address)}">
	<title>${escaped(title)}</title>
</head>
<body>
<main>
	<h1>${escaped(title)}</h1>
${content}
</main>
</body>
</html>`;
}

/** Links in one line; nothing where there are none. */
export function linkList(links: readonly CommandLink[]): string {
	return links.length === 0 ? "" : `<p class="links">${links.map(linkHtml).join(" ")}</p>`;
}

export function linkHtml({ text, command, args }: CommandLink): string {
	const given = args.length > 0 ? `?${encodeURIComponent(JSON.stringify(args))}` : "";
	return `<a href="command:${escaped(command + given)}">${escaped(text)}</a>`;
}

/** Text as it is, within an element or an attribute. */
export function escaped(text: string): string {
	const entities: Readonly<Record<string, string>> = {
		"&": "&amp;",
		"<": "&lt;",
		">": "&gt;",
		'"': "&quot;",
		"'": "&#39;",
	};
	return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
