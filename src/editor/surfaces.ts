import type * as vscode from "vscode";
import { SurfaceWatch } from "../engines/surfaces.ts";
import type { RunSurface } from "../protocol/trainer.ts";
import type { Studies } from "./studies.ts";

/** Surfaces that are kept, of all studies together: the oldest goes first. */
const MOST_KEPT = 200;
/** Between two looks at the runs that train. */
const LOOK_MS = 1000;
/** What a run sends at its end may arrive after the news of its end. */
const LINGER_MS = 2000;

/**
 * The latest decision surface of each run since the window opened. Runs are asked for theirs only while one of their
 * study's pages is `watching`, once a second.
 */
export class Surfaces implements vscode.Disposable {
	readonly #studies: Studies;
	readonly #onSurface: (studyId: string, surface: RunSurface) => void;
	readonly #subscriptions: vscode.Disposable[];
	readonly #watches = new Map<string, SurfaceWatch>();
	/** By study and run; the one that came last is the last. */
	readonly #kept = new Map<string, { readonly studyId: string; readonly surface: RunSurface }>();
	#timer: NodeJS.Timeout | undefined;

	constructor(studies: Studies, onSurface: (studyId: string, surface: RunSurface) => void) {
		this.#studies = studies;
		this.#onSurface = onSurface;
		this.#subscriptions = [
			studies.onDidReport((id) => this.#hear(id)),
			studies.onDidChange(() => {
				for (const id of this.#watches.keys()) if (!this.#isRunning(id)) setTimeout(() => this.#close(id), LINGER_MS);
			}),
		];
	}

	/** From now on, while `isShown` says so, runs of this study are asked; of none where it is null. Gives what is known. */
	watch(studyId: string | null, isShown: () => boolean): readonly RunSurface[] {
		clearInterval(this.#timer);
		if (studyId === null) return [];
		if (this.#isRunning(studyId)) this.#hear(studyId);
		this.#timer = setInterval(() => {
			if (isShown()) this.#watches.get(studyId)?.look();
		}, LOOK_MS);
		this.#watches.get(studyId)?.look();
		return [...this.#kept.values()].filter((one) => one.studyId === studyId).map(({ surface }) => surface);
	}

	dispose(): void {
		clearInterval(this.#timer);
		for (const id of [...this.#watches.keys()]) this.#close(id);
		for (const one of this.#subscriptions) one.dispose();
	}

	#hear(id: string): void {
		if (this.#watches.has(id) || !this.#isRunning(id)) return;
		const watch = new SurfaceWatch(id, (surface) => {
			const key = JSON.stringify([id, surface.run]);
			this.#kept.delete(key);
			this.#kept.set(key, { studyId: id, surface });
			for (const oldest of this.#kept.keys()) if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest);
			this.#onSurface(id, surface);
		});
		this.#watches.set(id, watch);
	}

	#isRunning(id: string): boolean {
		return this.#studies.eventsOf(id)?.summary.state === "running";
	}

	#close(id: string): void {
		this.#watches.get(id)?.close();
		this.#watches.delete(id);
	}
}
