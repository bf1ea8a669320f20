import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandIo } from "./io.ts";
import { runCli } from "./run.ts";

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

let reading = false;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	// Whoever read the output has gone, as `head` does: there is nobody left to work for.
	if (error.code === "EPIPE") process.exit(0);
	throw error;
});
process.stderr.on("error", () => {});

const io: CommandIo = {
	// Opened when a command asks for it: one that does not need it must not wait for it.
	get input() {
		reading = true;
		return process.stdin;
	},
	write: (text) =>
		new Promise((resolve) => {
			// A failure comes as the stream's "error".
			process.stdout.write(text, (error) => {
				if (!error) resolve();
			});
		}),
	complain: (message) => void process.stderr.write(`${message}\n`),
	signal: interrupted.signal,
};

/** The version of the package that this script is part of. */
function version(): string {
	const script = realpathSync(process.argv[1] ?? "");
	return JSON.parse(readFileSync(join(dirname(script), "..", "package.json"), "utf8")).version;
}

runCli(process.argv.slice(2), io, version).then(
	(code) => {
		process.exitCode = code;
		finish();
	},
	(error: unknown) => {
		process.stderr.write(`activation-lens: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
		process.exitCode = 70;
		finish();
	},
);

/** Standard input that was left half way would keep the process alive. */
function finish(): void {
	if (reading) process.stdin.destroy();
}
