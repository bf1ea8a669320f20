import type { HostApi } from "../src/protocol/panel.ts";
import type { Translate } from "./texts.ts";
import type { Colours } from "./theme.ts";

/** What every part of the page needs of the whole. */
export interface Context {
	readonly host: HostApi;
	readonly t: Translate;
	/** Points a curve is sampled at. */
	readonly points: number;
	/** The current theme's colours. */
	colours(): Colours;
	/** Keeps what must survive hiding and reloading. */
	remember(): void;
	/** Waits for a request whose failure the user has to see. */
	run(request: Promise<unknown>): void;
}
