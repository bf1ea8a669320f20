/** Finds a Chromium and starts it for playwright; says what installs it where there is none. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ARGUMENTS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--no-first-run",
];

/** The path of a Chromium; `CHROME_PATH` wins. As root in CI it installs Debian's package, else it throws how to. */
export function findChromium() {
	const found = process.env.CHROME_PATH ?? onPath();
	if (found) return found;
	const command = "apt-get update && apt-get install -y chromium";
	if (process.env.CI && process.getuid?.() === 0) {
		console.log(`Chromium is missing: ${command}`);
		spawnSync("sh", ["-c", command], { stdio: ["ignore", "ignore", "inherit"] });
		const installed = onPath();
		if (installed) return installed;
	}
	throw new Error(`Chromium is missing. Install it with: ${command} (as root), or name one in CHROME_PATH`);
}

/** A headless browser; the caller closes it. */
export function launchChromium() {
	return chromium.launch({ executablePath: findChromium(), headless: true, args: ARGUMENTS });
}

function onPath() {
	for (const folder of (process.env.PATH ?? "").split(delimiter)) {
		for (const name of NAMES) {
			const file = join(folder, name);
			try {
				accessSync(file, constants.X_OK);
				return file;
			} catch {
				// Not here.
			}
		}
	}
	return undefined;
}
