import assert from "node:assert/strict";
import { test } from "node:test";
import { type AdvicePage, adviceHtml } from "../../src/editor/adviceHtml.ts";

const page: AdvicePage = {
	language: "en",
	words: {
		title: "Take <b>",
		certainty: ["From facts alone."],
		shortList: [{ label: '<img src=x onerror="1">', id: "custom", parameters: {}, reason: "costs 1 × ReLU" }],
		table: { caption: "The evidence", head: ["Activation", "Cost"], rows: [["<script>", "1"]] },
		notes: ["a & b"],
	},
	headings: { list: "The best", notes: "Notes" },
	links: {},
	actions: [{ text: "Show", command: "activations.openRun", args: ['"><script>'] }],
	style: { address: "https://x/advice.css", source: "https://x" },
};

test("what labels and arguments hold is shown, and makes no element of the page", () => {
	const html = adviceHtml(page);
	assert.ok(!/<script|<img|<b>/.test(html), html);
	assert.match(html, /<h1>Take &lt;b&gt;<\/h1>/);
	assert.match(html, /href="command:activations\.openRun\?%5B%22%5C%22%3E%3Cscript%3E%22%5D"/);
});

test("the page runs no script, and its table has headings of rows and columns", () => {
	const html = adviceHtml(page);
	assert.match(html, /content="default-src 'none'; style-src https:\/\/x"/);
	assert.match(html, /<th scope="col">Cost<\/th>/);
	assert.match(html, /<th scope="row">&lt;script&gt;<\/th>/);
});
