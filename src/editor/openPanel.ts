import type * as vscode from "vscode";
import type { HostApi, PageApi } from "../protocol/panel.ts";
import { connect, type Port } from "../protocol/rpc.ts";
import type { Studies } from "./studies.ts";

/** Progress reaches the page at most 30 times a second. */
const EVENTS_MS = 34;

/**
 * One webview with its connection. Nothing is sent before the page has said `ready`. A hidden page is gone, and says
 * `ready` again when it is shown: what it missed is in the state that it gets then.
 */
export class OpenPanel {
	readonly panel: vscode.WebviewPanel;
	readonly #page: PageApi;
	readonly #subscriptions: vscode.Disposable[] = [];
	readonly #studies: Studies;
	#visit = new Visit();
	#watched: string | undefined;
	#timer: NodeJS.Timeout | undefined;
	#sent = 0;

	constructor(panel: vscode.WebviewPanel, api: (onReady: () => void) => HostApi, studies: Studies) {
		this.panel = panel;
		this.#studies = studies;
		const port: Port = {
			post: (message) => void panel.webview.postMessage(message),
			onMessage: (listener) => {
				this.#subscriptions.push(panel.webview.onDidReceiveMessage(listener));
			},
		};
		// The answer to `ready` is to arrive before anything else.
		const onReady = () => setTimeout(() => this.#renew().begin(), 0);
		this.#page = connect<PageApi, HostApi>(port, api(onReady));
		this.#subscriptions.push(
			studies.onDidReport((id) => this.#reportSoon(id)),
			panel.onDidChangeViewState(() => {
				if (!panel.visible) this.#renew();
			}),
		);
	}

	/** Calls the page once it is ready. A page that is closed or hidden in the meantime is no failure. */
	async call(method: (page: PageApi) => Promise<void>): Promise<void> {
		const visit = this.#visit;
		if (!(await visit.begun)) return;
		await Promise.race([method(this.#page).catch((error: unknown) => console.error(error)), visit.ended]);
	}

	/** Passes on what happens in this run from now on. */
	watch(runId: string): void {
		this.#watched = runId;
		this.#sent = this.#studies.eventsOf(runId)?.events.length ?? 0;
	}

	dispose(): void {
		clearTimeout(this.#timer);
		this.#visit.end();
		for (const one of this.#subscriptions) one.dispose();
	}

	/** A visit that has not begun: the one at hand, or else the one after it. */
	#renew(): Visit {
		if (!this.#visit.hasBegun) return this.#visit;
		this.#visit.end();
		this.#visit = new Visit();
		return this.#visit;
	}

	#reportSoon(id: string): void {
		if (id !== this.#watched) return;
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			const run = this.#studies.eventsOf(id);
			if (!run || id !== this.#watched || !this.panel.visible) return;
			const fresh = run.events.slice(this.#sent);
			this.#sent = run.events.length;
			void this.call((page) => page.runEvents(id, fresh, run.summary.state));
		}, EVENTS_MS);
	}
}

/** The life of one page, from its `ready` to when it is hidden or closed. */
class Visit {
	/** Whether the page came to life before it was gone. */
	readonly begun: Promise<boolean>;
	readonly ended: Promise<void>;
	begin: () => void = () => {};
	end: () => void = () => {};
	hasBegun = false;

	constructor() {
		const ended = new Promise<void>((resolve) => {
			this.end = resolve;
		});
		this.ended = ended;
		this.begun = new Promise((resolve) => {
			this.begin = () => {
				this.hasBegun = true;
				resolve(true);
			};
			void ended.then(() => resolve(false));
		});
	}
}
