import type { DescribedAdvice } from "../core/explanation/describeAdvice.ts";

/** A link that runs a command of the editor; the arguments are JSON. */
export interface CommandLink {
	readonly text: string;
	readonly command: string;
	readonly args: readonly unknown[];
}

/** What the page of an advice shows beside its words, in the user's language. */
export interface AdvicePage {
	readonly language: string;
	readonly words: DescribedAdvice;
	/** The heading of the short list and of the notes. */
	readonly headings: { readonly list: string; readonly notes: string };
	/** The links of a candidate of the short list, by its label. */
	readonly links: Readonly<Record<string, readonly CommandLink[]>>;
	/** Below the list: to the study, and to ask anew. */
	readonly actions: readonly CommandLink[];
	/** The style sheet's address, and the source that the page's policy allows it from. */
	readonly style: { readonly address: string; readonly source: string };
}

/** The page of an advice: no script, and commands by links alone. Labels and file names are shown as they are. */
export function adviceHtml({ language, words, headings, links, actions, style }: AdvicePage): string {
	const { title, certainty, shortList, table, notes } = words;
	const [heading = "", ...columns] = table.head;
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
	${certainty.map((one) => `<p class="certainty">${escaped(one)}</p>`).join("\n\t")}
	<h2>${escaped(headings.list)}</h2>
	<ol>
		${shortList.map(({ label, reason }) => `<li><strong>${escaped(label)}</strong> ${escaped(reason)}${linkList(links[label] ?? [])}</li>`).join("\n\t\t")}
	</ol>
	${linkList(actions)}
	<h2 id="evidence">${escaped(table.caption)}</h2>
	<div class="scroll" role="region" aria-labelledby="evidence" tabindex="0">
		<table aria-labelledby="evidence">
			<thead><tr>${[heading, ...columns].map((one) => `<th scope="col">${escaped(one)}</th>`).join("")}</tr></thead>
			<tbody>
				${table.rows.map(rowHtml).join("\n\t\t\t\t")}
			</tbody>
		</table>
	</div>
	<h2>${escaped(headings.notes)}</h2>
	<ul>
		${notes.map((one) => `<li>${escaped(one)}</li>`).join("\n\t\t")}
	</ul>
</main>
</body>
</html>`;
}

function rowHtml([label = "", ...cells]: readonly string[]): string {
	const rest = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");
	return `<tr><th scope="row">${escaped(label)}</th>${rest}</tr>`;
}

function linkList(links: readonly CommandLink[]): string {
	if (links.length === 0) return "";
	const all = links.map(({ text, command, args }) => {
		const given = args.length > 0 ? `?${encodeURIComponent(JSON.stringify(args))}` : "";
		return `<a href="command:${escaped(command + given)}">${escaped(text)}</a>`;
	});
	return `<p class="links">${all.join(" ")}</p>`;
}

/** Text as it is, within an element or an attribute. */
function escaped(text: string): string {
	const entities: Readonly<Record<string, string>> = {
		"&": "&amp;",
		"<": "&lt;",
		">": "&gt;",
		'"': "&quot;",
		"'": "&#39;",
	};
	return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
