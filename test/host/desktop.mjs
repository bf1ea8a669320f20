/** Finds out whether @vscode/test-electron can fetch a desktop VS Code here. */
import { request } from "node:https";

const PROBE_MS = 4_000;

/** Whether the update service answers within a few seconds. A desktop VS Code on Linux also needs a display. */
export async function canDownloadVsCode() {
	if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return false;
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
