/** What every command of the command line is given, and how it refuses. */

/** A command: the arguments after its name in, the exit code out. It throws `Misuse` for arguments it cannot take. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

export interface CommandIo {
	/** Standard input. */
	readonly input: AsyncIterable<string | Uint8Array>;
	/** Writes to standard output and resolves when there is room for more. The process ends once nobody reads any more. */
	write(text: string): Promise<void>;
	/** Writes one line to standard error. */
	complain(message: string): void;
	/** Aborted when the user interrupts. */
	readonly signal: AbortSignal;
}

/** The arguments make no sense: its message says what was expected and what was found. Exit code 2. */
export class Misuse extends Error {}

/** Lines of a stream of text or UTF-8 bytes, without their ends; a last line without an end counts. */
export async function* linesOf(input: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	let rest = "";
	for await (const chunk of input) {
		rest += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
		const lines = rest.split("\n");
		rest = lines.pop()!;
		for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
	}
	rest += decoder.decode();
	if (rest !== "") yield rest;
}
