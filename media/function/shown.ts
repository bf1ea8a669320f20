import { formatNumber } from "../../src/core/numerics/formatNumber.ts";
import type { ActivationCard, Curve, ProbeReading } from "../../src/protocol/panel.ts";

export type ParameterValues = Readonly<Record<string, number>>;

/** An activation in the chart: the same one may be there twice, with different parameters. */
export interface Shown {
	readonly id: number;
	card: ActivationCard;
	parameters: ParameterValues;
	/** Stays when the cursor goes to another activation. */
	pinned: boolean;
	curve: Curve | undefined;
	reading: ProbeReading | undefined;
	/** Why it cannot be drawn any more. */
	failure: string | undefined;
}

/** The parameters that a card brings. */
export function parametersOf(card: ActivationCard): ParameterValues {
	return Object.fromEntries(card.parameters.map(({ name, value }) => [name, value]));
}

/** The title, and the parameters that are not the defaults: "LeakyReLU (negative_slope 0.2)". */
export function labelOf({ card, parameters }: Pick<Shown, "card" | "parameters">): string {
	const special = card.parameters
		.filter(({ name, default: value }) => parameters[name] !== value)
		.map(({ name }) => `${name} ${formatNumber(parameters[name] ?? Number.NaN)}`);
	return special.length > 0 ? `${card.title} (${special.join(", ")})` : card.title;
}

/** Whether two entries would draw the same line. */
export function isSame(a: Pick<Shown, "card" | "parameters">, b: Pick<Shown, "card" | "parameters">): boolean {
	const names = new Set([...Object.keys(a.parameters), ...Object.keys(b.parameters)]);
	return a.card.key === b.card.key && [...names].every((name) => a.parameters[name] === b.parameters[name]);
}
