import { differentiate } from "../expression/differentiate.ts";
import type { Expression, Parameters } from "../expression/expression.ts";

export interface ActivationParameter {
	/** Canonical name: the same whatever a library calls it. */
	readonly name: string;
	readonly default: number;
	/** Whether a layer learns it. */
	readonly trainable: boolean;
	/** What values make sense, in words; empty when all do. */
	readonly constraint: string;
}

/** An activation: one expression, from which value, derivatives, facts, plot and code are derived. */
export interface Activation {
	/** Canonical id, such as "leaky_relu"; "code:" and the name for a hand-written function. */
	readonly id: string;
	/** As a person writes it: "LeakyReLU". */
	readonly name: string;
	readonly aliases: readonly string[];
	readonly family: string;
	readonly parameters: readonly ActivationParameter[];
	/** The textbook form, for people. */
	readonly definition: Expression;
	/** The form that is computed: the same function, without overflow or cancellation. */
	readonly stable: Expression;
	/**
	 * What code is measured against: the same to 1e-6 of the value, and of the slope, where float64 loses digits of the stable
	 * form, or overflows in it, up to 1e300; the stable form elsewhere. It may be a series or a limit.
	 */
	readonly accurate: Expression;
	/** f′ and f″ of the stable form by the input; at a kink as PyTorch has them. */
	readonly derivative: Expression;
	readonly secondDerivative: Expression;
	/** Where the function was introduced. */
	readonly source: string;
	readonly origin: "catalog" | "code";
	/** Whether a layer draws its slope at random while it trains; what is shown is the evaluation mode. */
	readonly stochastic: boolean;
}

export interface ActivationEntry {
	readonly id: string;
	readonly name: string;
	readonly aliases?: readonly string[];
	readonly family: string;
	readonly parameters?: readonly ActivationParameter[];
	readonly definition: Expression;
	readonly stable?: Expression;
	readonly accurate?: Expression;
	readonly source?: string;
	readonly stochastic?: boolean;
}

/** An entry of the catalog. Derivatives are made when first asked for. */
export function activation(entry: ActivationEntry): Activation {
	const stable = entry.stable ?? entry.definition;
	return withDerivatives({
		aliases: [],
		parameters: [],
		source: "",
		stochastic: false,
		...entry,
		stable,
		accurate: entry.accurate ?? stable,
		origin: "catalog",
	});
}

/** An activation from a hand-written function: what is computed is the expression as written. */
export function fromExpression(
	name: string,
	expression: Expression,
	parameters: readonly ActivationParameter[] = [],
): Activation {
	return withDerivatives({
		id: `code:${name}`,
		name,
		aliases: [],
		family: "code",
		parameters,
		definition: expression,
		stable: expression,
		accurate: expression,
		source: "code",
		origin: "code",
		stochastic: false,
	});
}

/** A parameter that a layer does not learn. */
export function fixed(name: string, value: number, constraint = ""): ActivationParameter {
	return { name, default: value, trainable: false, constraint };
}

/** A parameter that a layer learns. */
export function learned(name: string, value: number, constraint = ""): ActivationParameter {
	return { name, default: value, trainable: true, constraint };
}

/** The activation's parameters with their defaults where `given` has no value. */
export function withDefaults(activation: Activation, given: Parameters = {}): Parameters {
	return Object.fromEntries(activation.parameters.map(({ name, default: value }) => [name, given[name] ?? value]));
}

/** Those of the parameters given that are not an activation's defaults, in its order. */
export function changedParameters(activation: Pick<Activation, "parameters">, given: Parameters): Parameters {
	const changed = activation.parameters.filter(({ name, default: value }) => (given[name] ?? value) !== value);
	return Object.fromEntries(changed.map(({ name }) => [name, given[name]!]));
}

function withDerivatives(fields: Omit<Activation, "derivative" | "secondDerivative">): Activation {
	let derivative: Expression | undefined;
	let secondDerivative: Expression | undefined;
	return {
		...fields,
		get derivative() {
			derivative ??= differentiate(fields.stable, "x");
			return derivative;
		},
		get secondDerivative() {
			secondDerivative ??= differentiate(this.derivative, "x");
			return secondDerivative;
		},
	};
}
