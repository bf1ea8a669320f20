import { type CommandLink, escaped, linkHtml, linkList, type PageStyle, pageHtml } from "./html.ts";

/** A layer of the chart: what the signal and the gradient come to there. */
export interface ForecastRow {
	/** Its name leads to its line. */
	readonly link: CommandLink;
	readonly forward: string;
	readonly gradient: string;
	/** What it came to where the model was run; null where it was not. */
	readonly run: string | null;
	/** Length of the gradient's bar, 0 … 1; null where it is not known. */
	readonly share: number | null;
	readonly isBad: boolean;
}

/** What the page of a forecast shows, in the user's language. */
export interface ForecastPage {
	readonly language: string;
	readonly title: string;
	readonly summary: string;
	/** Of the columns: layer, signal, gradient, that of the run; and what the bars mean. */
	readonly headings: {
		readonly layer: string;
		readonly forward: string;
		readonly gradient: string;
		readonly run: string;
		readonly scale: string;
	};
	readonly rows: readonly ForecastRow[];
	/** How the numbers were confirmed, or are. */
	readonly confirmation: string;
	readonly fixesHeading: string;
	readonly fixes: readonly CommandLink[];
	readonly notes: readonly string[];
	readonly style: PageStyle;
}

/** The page of a model's forecast: a bar for each layer, linked to its line; no script. */
export function forecastHtml(page: ForecastPage): string {
	const { headings, rows, fixes, notes } = page;
	const isRun = rows.some(({ run }) => run !== null);
	const columns = [headings.layer, headings.forward, headings.gradient, ...(isRun ? [headings.run] : [])];
	const content = `	<p class="certainty">${escaped(page.summary)}</p>
	<p>${escaped(page.confirmation)}</p>
	<div class="scroll" role="region" aria-labelledby="layers" tabindex="0">
		<table class="forecast">
			<caption id="layers">${escaped(headings.scale)}</caption>
			<thead><tr>${columns.map((one) => `<th scope="col">${escaped(one)}</th>`).join("")}<td></td></tr></thead>
			<tbody>
				${rows.map(rowHtml).join("\n\t\t\t\t")}
			</tbody>
		</table>
	</div>
	${fixes.length > 0 ? `<h2>${escaped(page.fixesHeading)}</h2>\n\t${fixes.map((one) => linkList([one])).join("\n\t")}` : ""}
	${notes.length > 0 ? `<ul>${notes.map((one) => `<li>${escaped(one)}</li>`).join("")}</ul>` : ""}`;
	return pageHtml(page.language, page.title, page.style, content);
}

/** Width and height of a bar's picture, in units of its own. */
const WIDTH = 140;
const HEIGHT = 12;

function rowHtml({ link, forward, gradient, run, share, isBad }: ForecastRow): string {
	const bar =
		share === null
			? ""
			: `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><rect class="${isBad ? "bad" : "bar"}" width="${(share * WIDTH).toFixed(1)}" height="${HEIGHT}"/></svg>`;
	return `<tr><th scope="row">${linkHtml(link)}</th><td>${escaped(forward)}</td><td>${escaped(gradient)}</td>${run === null ? "" : `<td>${escaped(run)}</td>`}<td class="bars">${bar}</td></tr>`;
}
