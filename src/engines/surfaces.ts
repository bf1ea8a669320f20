/**
 * Decision surfaces on their way from the training threads to whoever shows them, beside the events of a run: they are
 * sent when somebody looks, and once more where a run goes to its end; they are never stored.
 */
import { BroadcastChannel } from "node:worker_threads";
import type { RunSurface } from "../protocol/trainer.ts";

const LOOK = "look";

/** A training thread's side: answers each look with what `surface` gives; undefined is no answer. */
export class SurfaceSource {
	readonly #channel: BroadcastChannel;
	readonly #surface: () => RunSurface | undefined;

	constructor(name: string, surface: () => RunSurface | undefined) {
		this.#surface = surface;
		this.#channel = new BroadcastChannel(name);
		this.#channel.onmessage = (message: unknown) => {
			if (dataOf(message) === LOOK) this.send();
		};
		// It must not keep a thread alive that has nothing else to do.
		this.#channel.unref();
	}

	send(): void {
		const surface = this.#surface();
		if (surface) this.#channel.postMessage(surface);
	}

	close(): void {
		this.#channel.close();
	}
}

/** The owner's side: hears the surfaces of all runs of a study. */
export class SurfaceWatch {
	readonly #channel: BroadcastChannel;

	constructor(name: string, onSurface: (surface: RunSurface) => void) {
		this.#channel = new BroadcastChannel(name);
		this.#channel.onmessage = (message: unknown) => {
			const data = dataOf(message);
			// Only threads that run `SurfaceSource` know the name.
			if (data !== LOOK) onSurface(data as RunSurface);
		};
		this.#channel.unref();
	}

	/** Asks every run that trains at the moment for its surface. */
	look(): void {
		this.#channel.postMessage(LOOK);
	}

	close(): void {
		this.#channel.close();
	}
}

function dataOf(message: unknown): unknown {
	return typeof message === "object" && message !== null && "data" in message ? message.data : undefined;
}
