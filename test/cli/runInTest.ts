import { runCli } from "../../src/cli/run.ts";

/** Runs a command line; what it wrote, and what it complained of. */
export async function run(...args: string[]): Promise<{ code: number; out: string; complaints: string }> {
	let [out, complaints] = ["", ""];
	const io = {
		write: async (text: string) => {
			out += text;
		},
		complain: (text: string) => {
			complaints += text;
		},
		signal: new AbortController().signal,
	};
	const code = await runCli(args, io as unknown as Parameters<typeof runCli>[1], () => "0");
	return { code, out, complaints };
}
