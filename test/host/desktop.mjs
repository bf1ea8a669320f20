/** Finds out whether @vscode/test-electron can fetch a desktop VS Code here. */
import { request } from "node:https";

const PROBE_MS = 4_000;

/** Whether a window can be opened: on Linux that takes a display. */
export function hasDisplay() {
	return process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Whether the update service answers within a few seconds. Without a display there is no use in it. */
export async function canDownloadVsCode() {
	if (!hasDisplay()) return false;
	return new Promise((resolve) => {
		const probe = request(
			"https://update.code.visualstudio.com/api/releases/stable",
			{ method: "HEAD" },
			(response) => {
				response.resume();
				resolve(response.statusCode === 200);
			},
		);
		probe.setTimeout(PROBE_MS, () => probe.destroy());
		probe.on("error", () => resolve(false));
		probe.on("close", () => resolve(false));
		probe.end();
	});
}
