import type { Channels } from "../../reading/model/model.ts";
import { countOf, partsOf } from "../../reading/model/shapes.ts";

/** Where the numbers of a sample lie: that of a place and a feature at place·`place` + feature·`feature`. */
export interface Layout {
	readonly count: number;
	readonly places: number;
	readonly features: number;
	readonly place: number;
	readonly feature: number;
}

/** That of values of a size, which is of a sample; `channels` says where the features are. */
export function layoutOf(size: readonly number[], channels: Channels): Layout {
	const parts = partsOf(size, channels)!;
	const [count, features] = [countOf(parts.places), parts.features];
	const [place, feature] = channels === "first" ? [1, count] : [features, 1];
	return { count: count * features, places: count, features, place, feature };
}

/** The feature that a number is of, among samples behind each other. */
export function featureAt({ features, feature }: Layout, at: number): number {
	return Math.floor(at / feature) % features;
}
