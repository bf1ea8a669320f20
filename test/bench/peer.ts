import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Report, Workload } from "./workloads.ts";

const WAYS_TO_GET = "`npm run test:python` makes .venv, which has it";

/**
 * Another library's training in a process of its own: asked by a line of JSON, it computes, answers by one, and waits, so
 * that only one contestant computes at a time.
 */
export class Peer {
	readonly name: string;
	readonly #child: ChildProcess;
	readonly #answers: AsyncIterator<string>;

	private constructor(name: string, program: string, args: readonly string[]) {
		this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
		this.#answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
		this.name = name;
	}

	/** Starts it; its name has its version. */
	static async start(program: string, args: readonly string[]): Promise<Peer> {
		const peer = new Peer(program, program, args);
		const { name } = (await peer.#answer()) as { readonly name: string };
		return Object.assign(peer, { name });
	}

	/** Makes the network of a workload, in place of one before. */
	async prepare(workload: Workload): Promise<void> {
		await this.#ask({ workload });
	}

	async run(steps: number): Promise<Report> {
		return (await this.#ask({ steps })) as Report;
	}

	stop(): void {
		this.#child.stdin!.end();
	}

	#ask(question: object): Promise<unknown> {
		this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
		return this.#answer();
	}

	async #answer(): Promise<unknown> {
		const { value, done } = await this.#answers.next();
		if (done) throw new Error(`${this.name} ended without an answer`);
		return JSON.parse(value);
	}
}

/** PyTorch's eager mode; undefined, and said, where no Python with it is found. */
export async function startPyTorch(): Promise<Peer | undefined> {
	const places = [process.env.PYTHON, ".venv/bin/python", ".venv/Scripts/python.exe", "python3", "python"];
	const python = places.find((one) => one && spawnSync(one, ["-c", "import torch"]).status === 0);
	if (python) return Peer.start(python, ["test/bench/peers.py"]);
	console.log(`PyTorch is not measured: no Python with torch in .venv, $PYTHON or the path. ${WAYS_TO_GET}.`);
	return undefined;
}

/** TensorFlow.js' WebAssembly backend in a way of training, see tfjs.mjs; undefined, and said, where it is not found. */
export async function startTensorFlow(way: "fit" | "loop"): Promise<Peer | undefined> {
	const places = [process.env.TFJS, ".venv/tfjs", "."];
	const at = places.find((one) => one && isThere(one));
	if (at) return Peer.start(process.execPath, ["test/bench/tfjs.mjs", resolve(at), way]);
	if (way === "fit")
		console.log(`TensorFlow.js is not measured: not in .venv/tfjs or the folder $TFJS. ${WAYS_TO_GET}.`);
	return undefined;
}

function isThere(folder: string): boolean {
	if (!existsSync(folder)) return false;
	try {
		createRequire(`${resolve(folder)}/`).resolve("@tensorflow/tfjs-backend-wasm");
		return true;
	} catch {
		return false;
	}
}
