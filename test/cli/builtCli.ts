import { type ChildProcess, execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { build } from "esbuild";

/** A folder with the command line and its worker, bundled before the file's tests and removed after them. */
export function builtCli(prefix: string) {
	const folder = mkdtempSync(join(tmpdir(), prefix));
	before(() =>
		build({
			entryPoints: { cli: "src/cli/main.ts", trainerWorker: "src/engines/trainerWorker.ts" },
			outdir: join(folder, "dist"),
			bundle: true,
			platform: "node",
			format: "cjs",
			target: "node20",
			logLevel: "error",
		}),
	);
	after(() => rmSync(folder, { recursive: true }));
	/** Runs a command on a document that is written into the folder, as a process of its own. */
	const run = (
		command: string,
		document: object,
		options: readonly string[] = [],
		onStart: (child: ChildProcess) => void = () => undefined,
	): Promise<{ code: number; out: string; err: string }> => {
		const file = join(folder, "spec.json");
		writeFileSync(file, JSON.stringify(document));
		return new Promise((resolve) => {
			const args = [join(folder, "dist", "cli.js"), command, file, ...options];
			const child = execFile(process.execPath, args, { cwd: tmpdir(), maxBuffer: 2 ** 28 }, (error, out, err) =>
				resolve({ code: Number(error?.code ?? 0), out, err }),
			);
			onStart(child);
		});
	};
	return { folder, run };
}
