import type { DescribedAdvice } from "../core/explanation/describeAdvice.ts";
import { type CommandLink, escaped, linkList, type PageStyle, pageHtml } from "./html.ts";

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
	readonly style: PageStyle;
}

/** The page of an advice: no script, and commands by links alone. Labels and file names are shown as they are. */
export function adviceHtml({ language, words, headings, links, actions, style }: AdvicePage): string {
	const { title, certainty, shortList, table, notes } = words;
	const [heading = "", ...columns] = table.head;
	const content = `	${certainty.map((one) => `<p class="certainty">${escaped(one)}</p>`).join("\n\t")}
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
	</ul>`;
	return pageHtml(language, title, style, content);
}

function rowHtml([label = "", ...cells]: readonly string[]): string {
	const rest = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");
	return `<tr><th scope="row">${escaped(label)}</th>${rest}</tr>`;
}
