/**
 * The gallery: the panel's page in a browser, in every state and theme, against a host that answers from core.
 * `npm run panel` serves it and prints the address.
 */
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const OUT = join("dist", "gallery");
const THEMES = ["light", "dark", "high-contrast", "high-contrast-light"];

/** Builds and serves the gallery on a free port, or on `port`; resolves to `{ url, states, close }`. */
export async function serveGallery(port = 0) {
	const { files, states, shell } = await buildGallery();
	const server = createServer(({ url = "/" }, response) => {
		const { pathname } = new URL(url, "http://localhost");
		const send = (type, body) => response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(body);
		const file = files[pathname];
		if (file) send(pathname.endsWith(".css") ? "text/css" : "text/javascript", file);
		else if (pathname === "/") send("text/html", index(states));
		else if (states.includes(pathname.slice("/state/".length))) send("text/html", shell());
		else if (pathname === "/favicon.ico") response.writeHead(204).end();
		else response.writeHead(404).end();
	});
	await new Promise((listening) => server.listen(port, "127.0.0.1", listening));
	return {
		url: `http://127.0.0.1:${server.address().port}/`,
		states,
		close: () => {
			server.closeAllConnections();
			return new Promise((closed) => server.close(closed));
		},
	};
}

async function buildGallery() {
	const shared = { bundle: true, write: false, outdir: OUT, logLevel: "warning", target: "es2022" };
	const browser = { ...shared, platform: "browser", sourcemap: "inline" };
	const [page, host] = await Promise.all([
		build({ ...browser, format: "esm", entryPoints: ["media/panel.ts"] }),
		build({ ...browser, format: "iife", entryPoints: ["test/media/fakeHost.ts"] }),
		build({
			...shared,
			write: true,
			platform: "node",
			format: "esm",
			outExtension: { ".js": ".mjs" },
			entryPoints: { runs: "test/media/runs.ts", states: "test/media/states.ts", panelHtml: "src/editor/panelHtml.ts" },
			banner: {
				js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
			},
		}),
	]);
	const load = (name) => import(pathToFileURL(resolve(OUT, name)).href);
	const [{ trainRuns }, { states }, { panelHtml }] = await Promise.all(
		["runs.mjs", "states.mjs", "panelHtml.mjs"].map(load),
	);
	const files = { "/runs.js": `window.galleryRuns = ${JSON.stringify(await trainRuns())};` };
	for (const { outputFiles } of [page, host]) {
		for (const { path, text } of outputFiles) files[`/${path.split(/[\\/]/).pop()}`] = text;
	}
	// The page's shell as the editor makes it, and before the page's script the gallery's.
	const shell = () =>
		panelHtml({
			language: "en",
			source: "'self'",
			style: "/panel.css",
			script: "/panel.js",
			before: ["/runs.js", "/fakeHost.js"],
		});
	return { files, states: Object.keys(states), shell };
}

function index(states) {
	const row = (state) =>
		`<li>${state}: ${THEMES.map((theme) => `<a href="/state/${state}?theme=${theme}">${theme}</a>`).join(" · ")}</li>`;
	return `<!DOCTYPE html><meta charset="utf-8"><title>Panel gallery</title><h1>Panel gallery</h1><ul>${states.map(row).join("")}</ul>`;
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
	const { url } = await serveGallery(Number(process.env.PORT ?? 0));
	console.log(`The panel's page in every state and theme:\n\n    ${url}\n\nCtrl+C ends it.`);
}
