/**
 * What the worker that confirms forecasts and its owner may say to each other. One model at a time; it ends with exactly
 * one `done`, `refused`, `cancelled` or `failed`, and nothing follows.
 */
import type { Confirmation, Planned } from "../core/diagnosis/propagation/simulate.ts";
import type { Model } from "../core/reading/model/model.ts";

export type ForecastRequest =
	| { readonly kind: "start"; readonly model: Model; readonly batch?: number; readonly seeds?: number }
	| { readonly kind: "cancel" };

export type ForecastEvent =
	/** The share that is done, 0…1. */
	| { readonly kind: "progress"; readonly done: number }
	| { readonly kind: "done"; readonly confirmation: Confirmation }
	| Extract<Planned, { kind: "refused" }>
	| { readonly kind: "cancelled" }
	| { readonly kind: "failed"; readonly message: string };
