/**
 * What the worker that confirms a forecast and its owner may say to each other. One model a worker; it ends with exactly
 * one `done`, `refused` or `failed`, and nothing follows. To stop, the owner ends the worker.
 */
import type { Confirmation, Planned } from "../core/diagnosis/propagation/simulate.ts";
import type { Model } from "../core/reading/model/model.ts";

export interface ForecastRequest {
	readonly model: Model;
	/** Samples and networks; 128 and 20 by default, fewer for a large model. */
	readonly wanted: { readonly batch?: number; readonly seeds?: number };
}

export type ForecastEvent =
	/** The share that is done, 0…1. */
	| { readonly kind: "progress"; readonly done: number }
	| { readonly kind: "done"; readonly confirmation: Confirmation }
	| Extract<Planned, { kind: "refused" }>
	| { readonly kind: "failed"; readonly message: string };
